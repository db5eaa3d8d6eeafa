"""Calls for partners as they are found: narrowed by what is asked and of whom; and those of a person."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask_babel import LazyString
from sqlalchemy import ColumnElement, Select, SQLColumnExpression, case, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import FromClause

from galaxy.accounts.models import User
from galaxy.content.models import Entry, Status, Version
from galaxy.core.db import db, now
from galaxy.core.i18n import lazy
from galaxy.partnerships.models import LISTENING, Call, Interest, InterestStatus, Stage
from galaxy.partnerships.words import SOON, stage_name
from galaxy.reference.countries import COUNTRIES
from galaxy.reference.groups import GROUPS
from galaxy.reference.lists import MEANS, MODALITIES, ROLES
from galaxy.reference.sdgs import GOALS
from galaxy.search.lists import Catalogue, Column, Goals, Groups, Sort, Tags

KINDS: Final = ("requests", "offers")
DEADLINES: Final[Mapping[str, LazyString]] = {
    "soon": lazy("Within two weeks"),
    "later": lazy("Later"),
    "none": lazy("None set"),
}


def published() -> Select[Call]:
    """The calls that the public is shown, each with its body."""
    return select(Call).where(Entry.kind.in_(KINDS), Entry.status == Status.PUBLISHED).options(joinedload(Call.body))


def newest() -> Select[Call]:
    """The published calls, what is open first, then the newest."""
    return published().order_by(_waits(Call.stage), Call.published_at.desc(), Call.id.desc())


def open_calls() -> Select[Call]:
    """The calls that take answers and are in no talks yet, the newest first."""
    return published().where(Call.stage == Stage.OPEN).order_by(Call.published_at.desc(), Call.id.desc())


def _rows() -> Select[Any]:
    """The published calls, each with its codes of one value, and what they are sorted by."""
    today = now().date()
    deadline = case(
        (Call.stage.not_in(LISTENING), None),
        (Call.deadline.is_(None), "none"),
        (Call.deadline < today, None),
        (Call.deadline <= today + SOON, "soon"),
        else_="later",
    )
    read = (Call.id, Call.kind, Call.stage, Call.modality, deadline.label("deadline"), Call.published_at)
    return published().with_only_columns(*read, Call.deadline.label("last_day"), maintain_column_froms=True)


def _waits(stage: SQLColumnExpression[Stage]) -> ColumnElement[int]:
    """What takes answers and is in no talks yet comes first, then what is in talks."""
    return case((stage == Stage.OPEN, 0), (stage == Stage.IN_TALKS, 1), else_=2)


def _newest(rows: FromClause) -> Sequence[ColumnElement[Any]]:
    return _waits(rows.c.stage), rows.c.published_at.desc(), rows.c.id.desc()


def _closing_soonest(rows: FromClause) -> Sequence[ColumnElement[Any]]:
    """What takes answers comes first, by its last day."""
    urgent = case((rows.c.deadline.in_(["soon", "later"]), 0), (rows.c.deadline == "none", 1), else_=2)
    return urgent, case((urgent == 0, rows.c.last_day)), rows.c.published_at.desc(), rows.c.id.desc()


CALLS: Final = Catalogue(
    rows=_rows,
    shown=published,
    facets=(
        Column("kind", KINDS),
        Column("stage", tuple(Stage), lazy("Stage"), stage_name),
        Column("deadline", DEADLINES, lazy("Last day for answers"), lambda code: str(DEADLINES[code])),
        Tags("means", MEANS, lazy("Kinds of help")),
        Tags("role", ROLES, lazy("Roles wanted")),
        Column("modality", MODALITIES),
        Goals("sdg", GOALS),
        Tags("country", COUNTRIES, by_count=True),
        Groups("group", GROUPS, scheme="country"),
    ),
    sorts={
        "newest": Sort(lazy("Open, newest first"), _newest),
        "deadline": Sort(lazy("Closing soonest"), _closing_soonest),
    },
)
"""The list of needs and offers."""


# What belongs to a person, and to a call.

standing = selectinload(Entry.versions).load_only(Version.number, Version.status)


def mine(user: User) -> list[Call]:
    """Calls this person may write: their own, and those of the bodies they act for, the last changed first."""
    bodies = [body.id for body in user.bodies]
    own = or_(Entry.body_id.in_(bodies), (Entry.author_id == user.id) & Entry.body_id.is_(None))
    rows = select(Call).where(own, Entry.kind.in_(KINDS)).options(joinedload(Call.body), standing)
    return list(db.session.scalars(rows.order_by(Entry.updated_at.desc(), Entry.id.desc()).limit(300)).unique())


def interests_waiting(call: Call) -> list[Interest]:
    """The answers to a call that wait for its side, the oldest first."""
    rows = select(Interest).where(Interest.call_id == call.id, Interest.status == InterestStatus.WAITING)
    return list(db.session.scalars(rows.order_by(Interest.id)))
