"""Commands: make the search index again, and see how it is."""

import json
import sys

import click
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import func, select

from galaxy.content.models import Entry, Status
from galaxy.core.db import db
from galaxy.search import index
from galaxy.search.engines import IndexBusy

search = AppGroup("search", help="The search index: make it again, see how it is.")


@search.command("rebuild")
def rebuild() -> None:
    """Make the whole index again; the old one answers until the new one is whole."""
    total = db.session.scalar(select(func.count(Entry.id)).where(Entry.status == Status.PUBLISHED)) or 0
    db.session.commit()
    console = Console(stderr=True)
    columns = (TextColumn("Indexing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console) as progress:
            bar = progress.add_task("", total=total)
            done = index.rebuild(lambda some: progress.advance(bar, some))
    except IndexBusy as busy:
        raise click.ClickException(f"Not now: {busy}.") from busy
    click.echo(f"{done} entries indexed.")


@search.command("status")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(as_json: bool) -> None:
    """How the index is; the exit code is 1 when it is broken."""
    said = index.status()
    if as_json:
        click.echo(json.dumps(said))
    else:
        for name, value in said.items():
            click.echo(f"{name}: {value}")
    sys.exit(0 if said["ok"] else 1)
