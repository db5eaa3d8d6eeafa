"""`python -m galaxy import organisations`."""

from galaxy.content.cli import group, importing
from galaxy.directory.imports import IMPORTER

__all__ = ["group"]

importing("organisations", IMPORTER, "Import organisations. The columns are described in docs/import.md.")
