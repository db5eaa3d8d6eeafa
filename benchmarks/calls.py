"""The time to list calls with all their counts, on SQLite and PostgreSQL, narrowed in several ways.

PYTHONPATH=. python benchmarks/calls.py [SIZE …]     2000 and 20000 where none is said

CPU is that of this process: PostgreSQL's own work shows in the wall time alone.
"""

import sys
import time
from datetime import timedelta
from itertools import cycle
from statistics import median
from tempfile import TemporaryDirectory

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
from galaxy.partnerships.models import Offer, Request, Stage
from galaxy.partnerships.queries import CALLS
from galaxy.reference.lists import MEANS, MODALITIES, ROLES
from galaxy.search import index
from galaxy.search.questions import Narrowed

ROUNDS = 7
KINDS, STAGES = cycle([Request, Offer]), cycle([*Stage, *[Stage.OPEN] * 5])
DAYS, HELP, WANTED, WAYS = cycle([None, *range(-10, 90)]), cycle(MEANS), cycle(ROLES), cycle(MODALITIES)
QUESTIONS: dict[str, list[tuple[str, str]]] = {
    "nothing asked": [],
    "closing soonest": [("sort", "deadline")],
    "offers": [("kind", "offers")],
    "a goal, a kind of help, open": [("sdg", "6"), ("means", "training"), ("stage", "open")],
    "a group of countries": [("group", "SIDS")],
    "a small country": [("country", "FJI")],
    "a word": [("q", "water")],
}


def call(written: corpus.Text) -> Entry:
    """A need or an offer of some body, in some stage."""
    days, body = next(DAYS), written.number % 50 + 1
    made = next(KINDS)(asked=written.body, body_id=body, stage=next(STAGES), modality=next(WAYS))
    made.deadline = now().date() + timedelta(days=days) if days is not None else None
    made.set_codes("means", [next(HELP), next(HELP)])
    made.set_codes("role", [next(WANTED)])
    return made


def measured(size: int, url: str) -> list[str]:
    """The medians of CPU and wall of each question in ms, warm."""
    with TemporaryDirectory(prefix="galaxy-bench-") as folder:
        app = create_app(folder, **SETTINGS | {"DATABASE_URL": url})
        with app.test_request_context("/en/partnerships/"):
            Base.metadata.create_all(db.engine)
            people()
            fill(size, call)
            index.rebuild()
            db.session.execute(text("ANALYZE"))
            db.session.commit()
            found = [timed(CALLS.asked(MultiDict(said), "en")) for said in QUESTIONS.values()]
            db.session.remove()
            db.engine.dispose()
    return found


def timed(asked: Narrowed) -> str:
    """Its CPU and its wall time."""
    cpu, wall = [], []
    for _round in range(ROUNDS):
        db.session.expire_all()
        busy, started = time.process_time(), time.perf_counter()
        CALLS.listing(asked)
        cpu.append((time.process_time() - busy) * 1_000)
        wall.append((time.perf_counter() - started) * 1_000)
    return f"{median(cpu[1:]):.0f}, {median(wall[1:]):.0f}"


def main(sizes: list[int]) -> None:
    table = Table("", title="A page of calls with all its counts: CPU ms, wall ms")
    columns = []
    for size in sizes:
        with a_postgres() as url:
            for name, address in (("SQLite", ""), ("PostgreSQL", url)):
                table.add_column(f"{size:,} {name}", justify="right")
                columns.append(measured(size, address))
    for n, name in enumerate(QUESTIONS):
        table.add_row(name, *(column[n] for column in columns))
    Console(width=100).print(table)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [2_000, 20_000])
