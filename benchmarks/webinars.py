"""The time to list webinars with all their counts, and to show a busy month, on SQLite and PostgreSQL.

PYTHONPATH=. python benchmarks/webinars.py [SIZE …]     10 and 10000 where none is said

CPU is that of this process: PostgreSQL's own work shows in the wall time alone.
"""

import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle
from statistics import median
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from werkzeug.datastructures import MultiDict

from benchmarks import corpus
from benchmarks.content import SETTINGS, fill, people
from benchmarks.matching import a_postgres
from galaxy import create_app
from galaxy.content.models import Entry
from galaxy.core.db import Base, db, now
from galaxy.search import index
from galaxy.webinars.models import Format, Interpretation, Series, Webinar
from galaxy.webinars.months import month_of
from galaxy.webinars.queries import WEBINARS
from tests.statements import statements

ROUNDS, A_MONTH = 15, 300
FORMATS, SPOKEN, HEARD, OVER = (
    cycle(Format),
    cycle(["en", "fr", "es", "ar"]),
    cycle(["fr", "", ""]),
    cycle(range(3_000)),
)
QUESTIONS: dict[str, list[tuple[str, str]]] = {
    "nothing asked": [],
    "the latest first": [("sort", "latest")],
    "to come": [("when", "now"), ("when", "coming")],
    "in French, with a recording": [("language", "fr"), ("recording", "yes")],
    "a goal, a country": [("sdg", "6"), ("country", "KEN")],
    "a word": [("q", "water")],
}


def webinar(written: corpus.Text) -> Entry:
    """The first three hundred in one month, the others over eight years, mostly past."""
    crowded = written.number <= A_MONTH
    start = this_month() + (timedelta(hours=written.number * 2.2) if crowded else timedelta(days=90 - next(OVER)))
    made = Webinar(
        description=written.body,
        body_id=written.number % 50 + 1,
        format=next(FORMATS),
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        series_id=written.number % 40 + 1 if written.number % 3 == 0 else None,
        recording_url=f"https://example.org/watch/{written.number}" if written.number % 2 else "",
    )
    made.set_codes("spoken", [next(SPOKEN)])
    if language := next(HEARD):
        made.interpretation = [Interpretation(position=0, language=language)]
    return made


def this_month() -> datetime:
    """The first moment of it."""
    return now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def measured(size: int, url: str) -> dict[str, str]:
    """Statements, and the medians of CPU and wall in ms, warm: of each question, and of the month."""
    with TemporaryDirectory(prefix="galaxy-bench-") as folder:
        app = create_app(folder, **SETTINGS | {"DATABASE_URL": url})
        with app.test_request_context("/en/webinars/"):
            Base.metadata.create_all(db.engine)
            people()
            db.session.add_all(Series(title=f"Series {number}") for number in range(40))
            db.session.commit()
            fill(size, webinar)
            index.rebuild()
            db.session.execute(text("ANALYZE"))
            db.session.commit()
            asked = {name: WEBINARS.asked(MultiDict(said), "en") for name, said in QUESTIONS.items()}
            found = {name: timed(partial(WEBINARS.listing, narrowed)) for name, narrowed in asked.items()}
            month = partial(month_of, asked["nothing asked"], this_month().date(), ZoneInfo("UTC"))
            found["the busy month"] = timed(month)
            db.session.remove()
            db.engine.dispose()
    return found


def timed(act: Callable[[], object]) -> str:
    """Its statements, its CPU and its wall time."""
    cpu, wall = [], []
    sent = statements(act)
    for _round in range(ROUNDS):
        db.session.expunge_all()
        busy, started = time.process_time(), time.perf_counter()
        act()
        cpu.append((time.process_time() - busy) * 1_000)
        wall.append((time.perf_counter() - started) * 1_000)
    return f"{sent}: {median(cpu[1:]):.1f}, {median(wall[1:]):.1f}"


def main(sizes: list[int]) -> None:
    table = Table("", title="A page of webinars with all its counts, and a month of 300: statements: CPU ms, wall ms")
    columns = []
    for size in sizes:
        with a_postgres() as url:
            for name, address in (("SQLite", ""), ("PostgreSQL", url)):
                table.add_column(f"{size:,} {name}", justify="right")
                columns.append(measured(size, address))
    for name in columns[0]:
        table.add_row(name, *(column[name] for column in columns))
    Console(width=110).print(table)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [10, 10_000])
