"""Commands: ask the search, make its index again, and see how it is."""

import json
import re
import sys
from html import unescape
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from galaxy.content.models import Entry, Status
from galaxy.core.db import db
from galaxy.core.i18n import force_locale, offered
from galaxy.notifications.services import whole
from galaxy.search import index, text
from galaxy.search.answers import answer
from galaxy.search.engines import IndexBusy
from galaxy.search.meaning import shipped
from galaxy.search.queries import find
from galaxy.search.questions import LAST_PAGE, Question

search = AppGroup("search", help="The search: ask it, make its index again, see how it is.")


@search.command("ask")
@click.argument("words", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="For programs: the answer of /api/v1/search.")
@click.option(
    "--lang", type=click.Choice(text.LANGUAGES), help="Of the words of the interface; a hint for the question."
)
@click.option("--page", type=click.IntRange(1, LAST_PAGE), default=1)
def ask(words: tuple[str, ...], as_json: bool, lang: str | None, page: int) -> None:
    """Ask as on the search page: words, "phrases", -not, field:value.

    What begins with a hyphen stands after --.
    """
    lang = lang or offered()[0]
    with (
        current_app.test_request_context(base_url=whole("")),
        force_locale(lang if lang in offered() else offered()[0]),
    ):
        asked = Question.from_args(MultiDict({"q": " ".join(words), "page": str(page)}), lang)
        said = answer(find(asked), page, more={"lang": lang})
    click.echo(json.dumps(said, ensure_ascii=False) if as_json else _readable(said))


def _readable(said: dict[str, Any]) -> str:
    """An answer for people: how many, then each hit with its language, why, its best passage and its address."""
    lines = [f"{said['total']} found, {said['by_meaning']} more by meaning."]
    lines += [said["notice"]] if "notice" in said else []
    for hit in said["hits"]:
        lines += ["", f"{hit['title']} ({hit['kind']}, {hit['language']})"]
        passages = [unescape(re.sub("</?mark>", "", passage)) for passage in hit["highlights"]]
        lines += [f"  {line}" for line in (*hit["reasons"], *passages, hit["address"])]
    return "\n".join(lines)


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


@search.command("keep-vectors")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
def keep_vectors(folder: Path) -> None:
    """Write the vectors of the demonstration's entries into FOLDER, for the next release to bring with it."""
    click.echo(f"The vectors of {shipped.write(folder)} texts are written.")


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
