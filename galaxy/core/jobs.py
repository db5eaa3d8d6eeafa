"""What must happen later: promised in the same transaction, run by Huey workers, never lost, tried again.

A task is a plain function that takes ids and may run twice. `later(task, entry_id=7)` writes the promise; the commit
nudges a worker; a sweep each minute finds the promises whose nudge was lost. The row goes when the task has succeeded,
in the task's own transaction, so a worker killed at any moment leaves it for the next.
"""

import gc
import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, current_app
from huey import PostgresHuey, SqliteHuey, crontab
from huey.api import Huey
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from galaxy.core.db import Base, Json, db, now

FIRST_DELAY = timedelta(seconds=10)
LONGEST_DELAY = timedelta(hours=6)
ALIVE = timedelta(seconds=150)
A_TURN = 2.0  # seconds
MOST_IN_LINE = 4  # beyond which nobody is woken: what is to be done by the clock would wait behind them

log = structlog.get_logger()


class Job(Base):
    """A promise: call the task of this name with these arguments, not before `due_at`."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    args: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime] = mapped_column(default=now, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    leased: Mapped[bool] = mapped_column(default=False)
    error: Mapped[str | None]


class Heartbeat(Base):
    """The last sign of life of the workers, for the health page."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(default=now)


@dataclass(frozen=True)
class Task:
    """A function that can be promised; with `batch`, it takes a list of argument sets at once, at most that many."""

    name: str
    call: Callable[..., None]
    batch: int = 0

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        self.call(*args, **kwargs)


TASKS: dict[str, Task] = {}
STARTING: list[Callable[[], None]] = []
PERIODIC: list[tuple[Callable[[], None], Callable[[datetime], bool]]] = []
batch_lock = threading.Lock()


def task(call: Callable[..., None]) -> Task:
    """Make a function one that can be promised."""
    return _register(call, 0)


def batch_task(size: int) -> Callable[[Callable[[list[dict[str, Any]]], None]], Task]:
    """Make a function that keeps up to `size` promises in one call; two such calls never overlap in a process."""
    return lambda call: _register(call, size)


def _register(call: Callable[..., None], batch: int) -> Task:
    name = f"{call.__module__}.{call.__name__}".removeprefix("galaxy.")
    TASKS[name] = Task(name, call, batch)
    return TASKS[name]


def every(**when: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Run a function by the clock: `@every(minute="*/5")`, `@every(hour="3", minute="0")`, in UTC."""

    def decorate(call: Callable[[], None]) -> Callable[[], None]:
        PERIODIC.append((call, crontab(**when)))
        return call

    return decorate


def at_start(call: Callable[[], None]) -> Callable[[], None]:
    """Run a function when a worker starts, before its first job."""
    STARTING.append(call)
    return call


def later(task: Task, at: datetime | None = None, **args: Any) -> None:
    """Promise to run a task after this transaction, if it is committed."""
    db.session.add(Job(name=task.name, args=args, due_at=at or now()))
    db.session.info["nudge"] = True


def work() -> int:
    """Keep every promise that is due, and tell how many were kept.

    A worker does so for a little while and then gets in line again: what is to be done by the clock stands there too,
    and some tasks promise themselves anew for hours.
    """
    kept, more = keep(A_TURN if current_app.config.get("NUDGE", True) else math.inf)
    if more:
        _get_in_line()
    return kept


def keep(seconds: float, *tasks: Task) -> tuple[int, bool]:
    """Keep the promises that are due, for so long: how many were kept, and whether others may be left.

    Where tasks are named, theirs alone.
    """
    kept, until = 0, time.monotonic() + seconds
    while leased := _lease([task.name for task in tasks]):
        kept += _run(*leased)
        if time.monotonic() > until:
            return kept, True
    return kept, False


def _get_in_line() -> None:
    """Let a worker look for promises once what stands in line is done; where enough do so already, not once more."""
    huey = current_app.extensions["huey"]
    if huey.pending_count() < MOST_IN_LINE:
        huey.enqueue(current_app.extensions["work"].s())


def _lease(names: Sequence[str] = ()) -> tuple[Task | None, list[tuple[int, dict[str, Any]]]] | None:
    """Take the next promise, or the next batch of one task's, for a while: nobody else will run it meanwhile.

    One that has failed before is taken alone, so that it cannot fail its neighbours for ever. What was taken is read
    before the commit, so that no transaction stays open, and on SQLite keeps all others out, while a task waits.
    """
    ready = select(Job).where(Job.due_at <= now()).order_by(Job.due_at, Job.id).with_for_update(skip_locked=True)
    if names:
        ready = ready.where(Job.name.in_(names))
    jobs = list(db.session.scalars(ready.limit(1)))
    found = TASKS.get(jobs[0].name) if jobs else None
    if found and found.batch and not jobs[0].attempts:
        jobs = list(db.session.scalars(ready.where(Job.name == found.name, Job.attempts == 0).limit(found.batch)))
    lease = timedelta(seconds=current_app.config["JOB_LEASE_SECONDS"])
    for job in jobs:
        job.due_at, job.attempts, job.leased = now() + lease, job.attempts + 1, True
    taken = [(job.id, dict(job.args)) for job in jobs]
    db.session.commit()
    return (found, taken) if taken else None


def _run(found: Task | None, jobs: list[tuple[int, dict[str, Any]]]) -> int:
    ids = [number for number, _args in jobs]
    try:
        if found is None:
            raise LookupError("No task has this name any more.")
        if found.batch:
            with batch_lock:
                found.call([args for _id, args in jobs])
        else:
            found.call(**jobs[0][1])
        for job in db.session.scalars(select(Job).where(Job.id.in_(ids))):
            db.session.delete(job)
        db.session.commit()
    except Exception as failure:  # a failed task must not end the worker; it is kept, shown and tried again
        db.session.rollback()
        log.exception("job failed", jobs=ids, task=found.name if found else None)
        for job in db.session.scalars(select(Job).where(Job.id.in_(ids))):
            delay = min(FIRST_DELAY * 2 ** min(job.attempts - 1, 12), LONGEST_DELAY)
            job.due_at, job.leased, job.error = (
                now() + delay,
                False,
                f"{type(failure).__name__}: {failure}"[:500],
            )
        db.session.commit()
        return 0
    return len(ids)


def release() -> None:
    """Give back what a worker that is gone had taken; only for the one worker of an embedded installation."""
    db.session.execute(update(Job).where(Job.leased).values(due_at=now(), leased=False))
    db.session.commit()


def beat() -> None:
    """Tell that a worker lives."""
    db.session.merge(Heartbeat(name="worker", seen_at=now()))
    db.session.commit()


def worker_lives() -> bool:
    """Whether a worker has been heard of lately."""
    seen = db.session.scalar(select(Heartbeat.seen_at).where(Heartbeat.name == "worker"))
    return seen is not None and now() - seen < ALIVE


def oldest(prefix: str = "") -> float:
    """How many seconds the oldest promise of the tasks whose names begin so has waited, not counting delayed ones."""
    made = db.session.scalar(select(func.min(Job.created_at)).where(Job.name.startswith(prefix), Job.attempts < 2))
    return (now() - made).total_seconds() if made else 0.0


def waiting() -> dict[str, Any]:
    """For the admin's page: how many promises wait, the age in seconds of the oldest, the failed ones."""
    count, oldest = db.session.execute(select(func.count(Job.id), func.min(Job.created_at))).one()
    failed = db.session.scalars(select(Job).where(Job.error.is_not(None)).order_by(Job.due_at).limit(50)).all()
    age = (now() - oldest).total_seconds() if oldest else 0.0
    return {"waiting": count, "oldest_seconds": age, "failed": failed}


@event.listens_for(db.session, "after_commit")
def nudge(session: Session) -> None:
    """Wake a worker once a promise is committed; a lost nudge is made good by the sweep."""
    if session.info.pop("nudge", False) and current_app.config.get("NUDGE", True):
        try:
            _get_in_line()
        except Exception:  # the promise is safe in the database: the sweep will find it
            log.exception("nudge lost")


@event.listens_for(db.session, "after_rollback")
def forget(session: Session) -> None:
    """A promise rolled back wakes nobody."""
    session.info.pop("nudge", None)


def init_app(app: Flask) -> None:
    """Give the app its Huey: in a file beside SQLite, in PostgreSQL beside PostgreSQL."""
    url = app.config["DATABASE_URL"]
    huey: Huey = (
        PostgresHuey("galaxy", dsn=url.replace("+psycopg", ""), results=False, create_tables=False)
        if url.startswith("postgresql")
        else SqliteHuey("galaxy", filename=str(Path(app.instance_path) / "jobs.db"), results=False)
    )

    def in_app(call: Callable[[], Any]) -> Callable[[], None]:
        def run() -> None:
            with app.app_context():
                call()

        run.__name__ = call.__name__
        return run

    app.extensions["huey"] = huey
    app.extensions["work"] = huey.task(name="work")(in_app(work))
    huey.periodic_task(crontab(minute="*"), name="sweep")(in_app(sweep))
    for call, when in PERIODIC:
        huey.periodic_task(when, name=f"{call.__module__}.{call.__name__}")(in_app(call))


def sweep() -> None:
    """Each minute: a sign of life, and what was promised and not nudged."""
    beat()
    work()


def serve(app: Flask) -> None:
    """Be a worker until told to stop."""
    huey = app.extensions["huey"]
    with app.app_context():
        if isinstance(huey, PostgresHuey):
            huey.storage.initialize_schema()
        else:
            release()
        beat()
        for call in STARTING:
            call()
        huey.enqueue(app.extensions["work"].s())
    gc.collect()
    gc.freeze()  # what there is now stays: a full collection would look at all of it, for a quarter of a second
    threads = app.config["JOB_THREADS"]
    huey.create_consumer(
        workers=threads, initial_delay=0.05, max_delay=0.4, backoff=1.3, check_worker_health=True
    ).run()
