"""`python -m galaxy import solutions` and the converters of other platforms' records."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from galaxy.content.cli import group, importing
from galaxy.solutions.converters import convert_dpg, convert_dpg_organisations
from galaxy.solutions.imports import IMPORTER

__all__ = ["group"]

importing("solutions", IMPORTER, "Import solutions. The columns are described in docs/import.md.")
SOURCE = click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@group.command("convert-dpg", with_appcontext=False)
@SOURCE
def convert_dpg_command(source: Path) -> None:
    """Write digital public goods as rows for `import solutions`, to the standard output."""
    _write(convert_dpg(_records(source)))


@group.command("convert-dpg-organisations", with_appcontext=False)
@SOURCE
def convert_dpg_organisations_command(source: Path) -> None:
    """Write the organisations behind digital public goods as rows for `import organisations`."""
    _write(convert_dpg_organisations(_records(source)))


def _records(source: Path) -> list[dict[str, Any]]:
    try:
        records = json.loads(source.read_bytes())
    except ValueError:
        raise click.FileError(str(source), "it is not JSON") from None
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise click.FileError(str(source), "it is not a list of records")
    return records


def _write(rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        click.echo(json.dumps(row, ensure_ascii=False))
