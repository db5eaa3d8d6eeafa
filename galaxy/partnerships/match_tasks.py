"""Matches follow both sides: what is written is promised to the worker, which brings the matches up to date."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from galaxy.content.models import Entry, Link, Relation, Tag
from galaxy.core.db import db, now, reading
from galaxy.core.jobs import batch_task, every, later
from galaxy.partnerships import match_queries as queries
from galaxy.partnerships import match_services as services
from galaxy.partnerships.matching import KINDS, Fit
from galaxy.partnerships.models import Call, Interest
from galaxy.search.index import may_be_public

CONCERNED = frozenset({"adaptations", *KINDS, *(kind for kinds in KINDS.values() for kind in kinds)})
CALLS_AT_ONCE, ENTRIES_AT_ONCE = 50, 1_000


@event.listens_for(db.session, "after_flush")
def promise_to_match(session: Session, _flush: object) -> None:
    """Promise to match each entry written that the public may see or could see: a call with all, others with calls.

    Where no call is open nothing is promised: the first that opens will be matched with all there is.
    """
    promised: set[tuple[str, int]] = session.info.setdefault("matched", set())
    for name, number in _concerned(session):
        if (name, number) not in promised and (name == "call_id" or _any_open(session)):
            promised.add((name, number))
            task = match_calls if name == "call_id" else match_entries
            later(task, now() + timedelta(seconds=current_app.config["MATCH_AFTER_SECONDS"]), **{name: number})


def _concerned(session: Session) -> Iterator[tuple[str, int]]:
    """Ids of calls to be matched anew, and of entries to be matched with the calls there are."""
    new = session.new  # asked for once: it is put together each time
    for thing in {*new, *session.dirty, *session.deleted}:
        if isinstance(thing, Link) and thing.relation == Relation.ADAPTS:
            yield "entry_id", thing.to_id
        elif isinstance(thing, Link) and thing.relation == Relation.BORN_FROM:
            yield "call_id", thing.from_id
        elif isinstance(thing, Interest) and thing in new:
            yield "call_id", thing.call_id
            yield "entry_id", thing.call_id
        entry = thing.entry if isinstance(thing, Tag) else thing
        if isinstance(entry, Entry) and entry.kind in CONCERNED and may_be_public(entry, entry in new):
            yield "entry_id", entry.id
            if isinstance(entry, Call):
                yield "call_id", entry.id


def _any_open(session: Session) -> bool:
    """Whether there is a call to be matched with; asked once in a transaction."""
    if "open calls" not in session.info:
        session.info["open calls"] = session.scalar(queries.open_calls().limit(1)) is not None
    return bool(session.info["open calls"])


@event.listens_for(db.session, "after_commit")
@event.listens_for(db.session, "after_soft_rollback")
def forget_promises(session: Session, *_more: object) -> None:
    """Promises were kept or undone with their transaction."""
    session.info.pop("matched", None)
    session.info.pop("open calls", None)


@batch_task(CALLS_AT_ONCE)
def match_calls(promises: Sequence[dict[str, Any]]) -> None:
    """Match these calls with everything; nobody is told of those of which every promise is `quiet`."""
    loud = {int(promise["call_id"]) for promise in promises if not promise.get("quiet")}
    for call_id in sorted({int(promise["call_id"]) for promise in promises}):
        with reading():
            call = db.session.get(Call, call_id)
            fits = queries.best_of(call) if call is not None and queries.is_open(call) else []
        _keep(call_id, fits, call_id in loud)


@batch_task(ENTRIES_AT_ONCE)
def match_entries(promises: Sequence[dict[str, Any]]) -> None:
    """Match these entries, and what those among them that are adaptations adapt, with every open call."""
    ids = {int(promise["entry_id"]) for promise in promises}
    with reading():
        above = select(Link.to_id).where(Link.from_id.in_(ids), Link.relation == Relation.ADAPTS)
        ids |= set(db.session.scalars(above))
        calls = db.session.scalars(queries.open_calls().order_by(Call.id)).all()
        changed = queries.known(ids)
    for call_id in calls:
        with reading():
            call = db.session.get(Call, call_id)
            fits = queries.best_among(call, changed) if call is not None and queries.is_open(call) else None
        if fits is not None:
            _keep(call_id, fits, True)


def _keep(call_id: int, fits: Iterable[Fit], loud: bool) -> None:
    """Keep what was found, unless the call is gone meanwhile."""
    call = db.session.get(Call, call_id)
    if call is not None:
        risen = services.keep(call, fits)
        services.tell_of(call, risen if loud else ())
    db.session.commit()


@every(hour="2", minute="50")
def match_all() -> None:
    """Each night, match every call anew: days pass, countries leave groups, bodies complete partnerships."""
    promise_all(quiet=False)
    db.session.commit()


def promise_all(quiet: bool) -> None:
    """Promise to match every open call, and every other one that still has matches."""
    for call_id in queries.to_be_matched():
        later(match_calls, call_id=call_id, quiet=quiet)
