"""`python -m galaxy import …`: the group that each kind adds its command to."""

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from sqlalchemy import select

from galaxy.accounts.models import Body, User
from galaxy.content.imports import Choices, Importer, Report, lines, load, shown
from galaxy.core.db import db
from galaxy.reference.names import fold

SOME_REFUSED, NOT_READ = 2, 1
SHOWN = 200  # refusals told one by one; all of them with --refused


group = AppGroup("import", help="Bring in content from files: JSON Lines or CSV (docs/import.md).")


def importing(name: str, importer: Importer[Any], help: str) -> None:
    """Add the command that imports one kind."""

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
        **options: bool,
    ) -> None:
        chosen = Choices(by=_user(author), body=_body(body), **options)
        report = with_bar(file, importer, chosen)
        _tell(report, dry=chosen.dry_run)
        if refused is not None:
            _keep(report, refused)
        context.exit(NOT_READ if report.stopped else SOME_REFUSED if report.refused else 0)


def with_bar(file: Path, importer: Importer[Any], chosen: Choices) -> Report:
    """Import a file and show how far it is."""
    columns = (TextColumn(f"{file.name}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("import", total=max(file.stat().st_size, 1))
        return load(lines(file), importer, chosen, lambda offset: progress.update(bar, completed=offset))


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
