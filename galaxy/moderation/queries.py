"""The queue, a case with its past, the flags, and the activity log, each in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from galaxy.accounts.models import Activity, User
from galaxy.content.models import Entry, Status, Tag
from galaxy.core.db import db
from galaxy.core.paging import Pages, page_of
from galaxy.moderation.models import Case, Flag
from galaxy.search.queries import similar

LOOKALIKES = 5
SAID_NO = ("returned", "declined", "taken down", "turned away")
PUBLIC_VERBS = (
    "published", "withdrawn", "taken down", "archived", "unarchived", "endorsed", "confirmed",
    "talks begun", "agreed", "talks ended", "talks reopened", "begun", "completed", "closed", "expired", "reopened",
    "moved", "postponed", "cancelled",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the queue an admin looks at."""

    kind: str = ""
    country: str = ""
    language: str = ""
    assigned: str = ""  # me, nobody, or anyone


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue, and what one may narrow it by."""

    cases: Pages[Case]
    kinds: list[str]
    countries: list[str]
    languages: list[str]


def queue(wanted: Wanted, me: User) -> Queue:
    """The open cases, oldest first."""
    rows = (
        select(Case)
        .join(Case.entry)
        .where(*_conditions(wanted, me))
        .options(
            joinedload(Case.entry).joinedload(Entry.body),
            joinedload(Case.entry).joinedload(Entry.author),
            joinedload(Case.assigned_to),
        )
        .order_by(Case.opened_at, Case.id)
    )
    waiting = select(Case.entry_id).where(Case.closed_at.is_(None))
    pairs = db.session.execute(select(Entry.kind, Entry.language).where(Entry.id.in_(waiting)).distinct()).all()
    tagged = select(Tag.code).where(Tag.scheme == "country", Tag.entry_id.in_(waiting)).distinct()
    return Queue(
        cases=page_of(rows),
        kinds=sorted({kind for kind, _language in pairs}),
        languages=sorted({language for _kind, language in pairs}),
        countries=sorted(db.session.scalars(tagged)),
    )


def _conditions(wanted: Wanted, me: User) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Case.closed_at.is_(None)]
    if wanted.kind:
        found.append(Entry.kind == wanted.kind)
    if wanted.language:
        found.append(Entry.language == wanted.language)
    if wanted.country:
        found.append(Entry.tags.any((Tag.scheme == "country") & (Tag.code == wanted.country)))
    if wanted.assigned == "me":
        found.append(Case.assigned_to_id == me.id)
    if wanted.assigned == "nobody":
        found.append(Case.assigned_to_id.is_(None))
    return found


def earlier(case: Case) -> Sequence[Case]:
    """What was decided about the same entry before, newest first."""
    closed = select(Case).where(Case.entry_id == case.entry_id, Case.closed_at.is_not(None), Case.id != case.id)
    return db.session.scalars(closed.options(joinedload(Case.closed_by)).order_by(Case.closed_at.desc())).all()


def reasons(entry: Entry) -> Activity | None:
    """The admin's step, with its reasons, that its owners should answer: none once it has been sent again."""
    verbs = (*SAID_NO, "submitted", "published")
    of_it = (Activity.object_kind == entry.kind) & (Activity.object_id == entry.id) & Activity.verb.in_(verbs)
    last = db.session.scalar(select(Activity).where(of_it).order_by(Activity.id.desc()).limit(1))
    return last if last is not None and last.verb in SAID_NO and last.reason else None


def alike(entry: Entry) -> list[Entry]:
    """Other entries that may be the same thing: those with its title or web address, then those that read like it."""
    same = lookalikes(entry)
    known = {other.id for other in same}
    return [*same, *(other for other in similar(entry, LOOKALIKES) if other.id not in known)]


def lookalikes(entry: Entry) -> Sequence[Entry]:
    """Other entries that have been sent and have the same title or the same web address."""
    same: list[ColumnElement[bool]] = [func.lower(Entry.title) == func.lower(entry.title)]
    if entry.url:
        same.append(Entry.url == entry.url)
    others = select(Entry).where(Entry.id != entry.id, Entry.status != Status.DRAFT, or_(*same))
    return db.session.scalars(others.options(joinedload(Entry.body)).order_by(Entry.id).limit(LOOKALIKES)).all()


def flagged() -> list[tuple[Entry, list[Flag]]]:
    """The entries with open flags, the one that has waited longest first, each with its flags."""
    rows = (
        select(Flag)
        .where(Flag.settled_at.is_(None))
        .options(joinedload(Flag.entry).joinedload(Entry.body), joinedload(Flag.user))
        .order_by(Flag.created_at, Flag.id)
        .limit(200)
    )
    flags = db.session.scalars(rows).all()
    first = {flag.entry_id: n for n, flag in reversed(list(enumerate(flags)))}
    ordered = sorted(flags, key=lambda flag: first[flag.entry_id])
    return [(group[0].entry, group) for _id, found in groupby(ordered, key=lambda f: f.entry_id) if (group := [*found])]


def my_flag(entry: Entry, user: User) -> Flag | None:
    """The open flag of a person on an entry."""
    mine = select(Flag).where(Flag.entry_id == entry.id, Flag.user_id == user.id, Flag.settled_at.is_(None))
    return db.session.scalar(mine)


def steps(entry: Entry, whole: bool) -> Sequence[Activity]:
    """The log of an entry, oldest first: whole for its owners and admins; for the public, what was public."""
    rows = select(Activity).where(Activity.object_kind == entry.kind, Activity.object_id == entry.id)
    if not whole:
        rows = rows.where(Activity.verb.in_(PUBLIC_VERBS))
    return db.session.scalars(rows.order_by(Activity.id).limit(500)).all()


@dataclass(frozen=True, slots=True)
class Asked:
    """What an admin looks for in the log."""

    actor: str = ""
    verb: str = ""
    words: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None  # older than this row


def log(asked: Asked) -> tuple[Sequence[Activity], int | None]:
    """A page of the activity log, newest first, and the row before which the next page begins."""
    size = current_app.config["PAGE_SIZE"]
    rows = db.session.scalars(_acts(asked).order_by(Activity.id.desc()).limit(size + 1)).all()
    return rows[:size], rows[size - 1].id if len(rows) > size else None


def _acts(asked: Asked) -> Select[Activity]:
    rows = select(Activity)
    if asked.actor:
        named = select(User.id).where(or_(contains(User.name, asked.actor), contains(User.email, asked.actor)))
        rows = rows.where(Activity.actor_id.in_(named))
    if asked.verb:
        rows = rows.where(Activity.verb == asked.verb)
    for word in asked.words.split()[:8]:
        rows = rows.where(or_(contains(Activity.object_name, word), contains(Activity.reason, word)))
    if asked.kind:
        rows = rows.where(Activity.object_kind == asked.kind)
    if asked.since:
        rows = rows.where(Activity.published >= midnight(asked.since))
    if asked.until:
        rows = rows.where(Activity.published < midnight(asked.until + timedelta(days=1)))
    if asked.before:
        rows = rows.where(Activity.id < asked.before)
    return rows.options(joinedload(Activity.actor))


def contains(column: Any, words: str) -> ColumnElement[bool]:
    """Whether a text column holds these letters, whatever their case."""
    return column.icontains(words, autoescape=True)  # type: ignore[no-any-return]  # the column is of any text


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
