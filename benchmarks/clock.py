"""What one look at the clock costs with many open waits of which few are due, on SQLite, or on GALAXY_DATABASE_URL.

PYTHONPATH=. python benchmarks/clock.py [SIZE]     20000 where no size is said; the database must be one to throw away
"""

import gc
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import insert

from galaxy import create_app
from galaxy.core.db import Base, db, now
from galaxy.core.schema import import_models
from galaxy.moderation.clock_queries import late, median_of, median_overall, waiting_for
from galaxy.moderation.models import Wait
from galaxy.moderation.tasks import keep_time
from tests.conftest import SETTINGS
from tests.factories import a_body, a_mandate, a_user, an_admin
from tests.statements import statements

DUE, BODIES = 10, 200


def main(size: int) -> None:
    """Make the waits, look at the clock twice, and read what pages read."""
    with tempfile.TemporaryDirectory() as instance, create_app(instance, **SETTINGS).app_context():
        import_models()
        Base.metadata.create_all(db.engine)
        bodies = [a_body(name=f"Body {n}", country="KEN") for n in range(BODIES)]
        for body in bodies:
            a_mandate(a_user(), body)
        asker, admin = a_user(), an_admin()
        ids = [body.id for body in bodies]
        db.session.execute(insert(Wait), list(waits(size, ids, asker.id)))
        db.session.commit()
        body, focal = bodies[0], bodies[0].holders[0]
        print(f"{size} open waits, {DUE} of them due, {size} answered; {db.engine.dialect.name}")
        told("a look at the clock, with letters for those due", keep_time)
        told("a look at the clock with nothing due", keep_time)
        told("what waits for a focal point", lambda: waiting_for(focal))
        told("what waits for an admin", lambda: waiting_for(admin))
        told("the first page of what is late", lambda: db.session.scalars(late().limit(20)).all())
        told("the median of a body", lambda: median_of(body))
        told("the median of all", median_overall)


def waits(size: int, bodies: list[int], asker: int) -> Iterator[dict[str, object]]:
    """Open ones, of which a few are due; and as many that were answered."""
    moment = now()
    for n in range(2 * size):
        since = moment - timedelta(days=40) if n < DUE else moment - timedelta(minutes=n % 600)
        answered = n >= size
        yield {
            "kind": "message",
            "thing_id": n,
            "body_id": bodies[n % len(bodies)],
            "asker_id": asker,
            "since": since,
            "acknowledge_by": since + timedelta(days=7),
            "answer_by": since + timedelta(days=28),
            "next_at": None if answered else moment - timedelta(hours=1) if n < DUE else since + timedelta(days=6),
            "answered_at": moment if answered else None,
            "took": n if answered else None,
        }


@contextmanager
def timed(words: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"{words:50} {(time.perf_counter() - began) * 1_000:8.1f} ms", end="")


def told(words: str, act: Callable[[], object]) -> None:
    """Print how long an act took, and how many statements it sent."""
    db.session.rollback()
    gc.collect()
    with timed(words):
        sent = statements(act)
    print(f"  {sent:4} statements")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 20_000)
