"""`python -m galaxy import webinars`, from tables and calendars, and the converters of other platforms' records."""

from pathlib import Path

from galaxy.content.cli import SOURCE, group, importing, records, write_rows
from galaxy.webinars.converters import convert_pyvideo
from galaxy.webinars.imports import IMPORTER, read

__all__ = ["group"]


importing("webinars", IMPORTER, "Import webinars, also from a calendar (.ics). See docs/import.md.", read)


@group.command("convert-pyvideo", with_appcontext=False)
@SOURCE
def convert_pyvideo_command(source: Path) -> None:
    """Write recorded talks as rows for `import webinars`, to the standard output."""
    write_rows(convert_pyvideo(records(source)))
