"""`python -m galaxy import solutions` and the converters of other platforms' records."""

from pathlib import Path

from galaxy.content.cli import SOURCE, group, importing, records, write_rows
from galaxy.solutions.converters import convert_dpg, convert_dpg_organisations
from galaxy.solutions.imports import IMPORTER

__all__ = ["group"]

importing("solutions", IMPORTER, "Import solutions. The columns are described in docs/import.md.")


@group.command("convert-dpg", with_appcontext=False)
@SOURCE
def convert_dpg_command(source: Path) -> None:
    """Write digital public goods as rows for `import solutions`, to the standard output."""
    write_rows(convert_dpg(records(source)))


@group.command("convert-dpg-organisations", with_appcontext=False)
@SOURCE
def convert_dpg_organisations_command(source: Path) -> None:
    """Write the organisations behind digital public goods as rows for `import organisations`."""
    write_rows(convert_dpg_organisations(records(source)))
