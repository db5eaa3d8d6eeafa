"""`python -m galaxy import …`: the group that each kind adds its command to."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from sqlalchemy import select

from galaxy.accounts.models import Body, User
from galaxy.content.imports import Choices, Importer, Line, Report, imported, lines, load, shown
from galaxy.core import jobs
from galaxy.core.db import db
from galaxy.reference.names import fold

SOME_REFUSED, NOT_READ = 2, 1
SHOWN = 200  # refusals told one by one; all of them with --refused


SOURCE = click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
group = AppGroup("import", help="Bring in content from files: JSON Lines or CSV (docs/import.md).")

Reader = Callable[[Path, Choices], tuple[Iterator[Line], bool]]


def as_table(file: Path, _chosen: Choices) -> tuple[Iterator[Line], bool]:
    """The rows of a file of JSON Lines or CSV, which are written in batches."""
    return lines(file), False


def importing(name: str, importer: Importer[Any], help: str, read: Reader = as_table) -> None:
    """Add the command that imports one kind. `read` gives the rows, and whether all are written in one transaction."""

    @group.command(name, help=help, epilog="Exit code 0: all taken, 2: some refused, 1: not read to the end.")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--publish", is_flag=True, help="Publish what is new, and show changes of what is published at once.")
    @click.option("--body", metavar="ID|NAME", help="The body that owns what is new.")
    @click.option("--author", metavar="EMAIL", help="The user who is the author, and who is named in the log.")
    @click.option("--overwrite", is_flag=True, help="Overwrite also what people have changed here since.")
    @click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
    @click.option("--refused", type=click.Path(dir_okay=False, path_type=Path), help="Write refused rows to this file.")
    @click.pass_context
    def command(
        context: click.Context,
        /,
        file: Path,
        body: str | None,
        author: str | None,
        refused: Path | None,
        publish: bool,
        overwrite: bool,
        dry_run: bool,
    ) -> None:
        by, owner = _user(author), _body(body)
        chosen = Choices(by=by, body=owner, publish=publish, overwrite=overwrite, dry_run=dry_run)
        report = with_bar(file, importer, chosen, read)
        _tell(report, dry=chosen.dry_run)
        if refused is not None:
            _keep(report, refused)
        if (report.created or report.updated) and not dry_run:
            _let_it_be_found()
        context.exit(NOT_READ if report.stopped else SOME_REFUSED if report.refused else 0)


def with_bar(file: Path, importer: Importer[Any], chosen: Choices, read: Reader = as_table) -> Report:
    """Import a file and show how far it is."""
    columns = (TextColumn(f"{file.name}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("import", total=max(file.stat().st_size, 1))
        source, whole = read(file, chosen)
        report = load(source, importer, chosen, lambda offset: progress.update(bar, completed=offset), whole)
        if whole:
            db.session.rollback() if chosen.dry_run else db.session.commit()
        return report


def _let_it_be_found() -> None:
    """Have search take up what is new at once where no worker does."""
    if jobs.worker_lives():
        return
    console = Console(stderr=True)
    quiet = not console.is_terminal
    with Progress(TextColumn("Putting it into the search"), console=console, transient=True, disable=quiet) as progress:
        progress.add_task("", total=None)
        whole = all(done for _receiver, done in imported.send())
    if not whole:
        click.echo("Not all is in the search yet: `python -m galaxy worker` goes on with it.", err=True)


def _tell(report: Report, *, dry: bool) -> None:
    for sentence in report.refusals[:SHOWN]:
        click.echo(sentence, err=True)
    if (more := len(report.refused) - SHOWN) > 0:
        click.echo(f"… and {more:,} more (--refused FILE keeps them all)", err=True)
    if report.unknown:
        click.echo(f"Left out, not known: {', '.join(sorted(report.unknown))}.", err=True)
    if report.stopped:
        click.echo(f"Stopped: {report.stopped}", err=True)
    counts = ("read", "created", "updated", "unchanged", "published")
    said = ", ".join(f"{name} {getattr(report, name):,}" for name in counts)
    click.echo(f"{'Would be: ' if dry else ''}{said}, refused {len(report.refused):,}")


def _keep(report: Report, path: Path) -> None:
    """The refused rows as JSON Lines, each with its line and reason, to be mended and imported again."""
    with path.open("w", encoding="utf-8") as out:
        for number, reason, values in report.refused:
            out.write(json.dumps({**values, "_line": number, "_refused": reason}) + "\n")


def _user(email: str | None) -> User | None:
    if email is None:
        return None
    found: User | None = db.session.scalar(
        select(User).where(User.email == email.strip().lower(), User.deleted_at.is_(None))
    )
    if found is None:
        raise click.BadParameter(f"Nobody has the address {shown(email)}.", param_hint="--author")
    return found


def _body(wanted: str | None) -> Body | None:
    if wanted is None:
        return None
    bodies = db.session.scalars(select(Body)).all()
    found = [body for body in bodies if str(body.id) == wanted or fold(body.name) == fold(wanted)]
    if len(found) != 1:
        what = "No body has" if not found else f"{len(found)} bodies have"
        raise click.BadParameter(f"{what} this number or name: {shown(wanted)}.", param_hint="--body")
    return found[0]


def records(source: Path) -> list[dict[str, Any]]:
    """The records of another platform, for its converter."""
    try:
        records = json.loads(source.read_bytes())
    except ValueError:
        raise click.FileError(str(source), "it is not JSON") from None
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise click.FileError(str(source), "it is not a list of records")
    return records


def write_rows(rows: Iterable[dict[str, Any]]) -> None:
    """Write rows to the standard output as JSON Lines, as an import reads them."""
    for row in rows:
        click.echo(json.dumps(row, ensure_ascii=False))
