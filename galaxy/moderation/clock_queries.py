"""What waits for whom, what is late, how long answers take; and the days that are promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from galaxy.accounts.models import Body, User
from galaxy.core.db import db, now
from galaxy.core.i18n import zone_named
from galaxy.moderation.clock_rules import DAYS, Days
from galaxy.moderation.models import BEFORE_ADMINS, Promise, Wait, WaitKind
from galaxy.moderation.working_days import Calendar, weekend
from galaxy.notifications.queries import unanswering
from galaxy.reference.weeks import weekend_of, zone_of

YEAR = timedelta(days=365)
MOST = 50
OPEN = and_(Wait.answered_at.is_(None), Wait.ended_at.is_(None))
PEOPLE = (joinedload(Wait.entry), joinedload(Wait.body), joinedload(Wait.asker), joinedload(Wait.recipient))


@dataclass(frozen=True, slots=True)
class Median:
    """How long half of the answers took at most, in seconds, and how many answers there were."""

    seconds: float
    count: int


def wait_of(kind: WaitKind, thing_id: int) -> Wait | None:
    """The open wait for an answer to this thing."""
    return db.session.scalar(select(Wait).where(Wait.kind == kind, Wait.thing_id == thing_id, OPEN).options(*PEOPLE))


def waits_of(kind: WaitKind, things: Sequence[int]) -> dict[int, Wait]:
    """The open waits for answers to these things, by thing."""
    rows = db.session.scalars(select(Wait).where(Wait.kind == kind, Wait.thing_id.in_(things), OPEN).options(*PEOPLE))
    return {wait.thing_id: wait for wait in rows}


def waiting_for(user: User, most: int = MOST) -> list[Wait]:
    """What waits for this person's answer, the most pressing first; what is paused last."""
    sides: list[ColumnElement[bool]] = [
        Wait.body_id.in_([body.id for body in user.bodies]),
        and_(Wait.recipient_id == user.id, Wait.body_id.is_(None), Wait.kind.not_in(BEFORE_ADMINS)),
    ]
    if user.is_admin:
        nobodys = and_(Wait.body_id.is_(None), Wait.recipient_id.is_(None))
        sides += [nobodys, and_(Wait.kind.in_(BEFORE_ADMINS), Wait.recipient_id == user.id)]
        sides.append(Wait.body_id.in_(unanswering()))
    due = case((Wait.acknowledged_at.is_(None), Wait.acknowledge_by), else_=Wait.answer_by)
    rows = select(Wait).where(OPEN, or_(*sides)).options(*PEOPLE)
    return list(db.session.scalars(rows.order_by(Wait.paused_at.is_not(None), due, Wait.id).limit(most)))


def late() -> Select[Wait]:
    """What should have been acknowledged or answered by now, the one that has waited longest first."""
    moment = now()
    passed = or_(Wait.answer_by < moment, and_(Wait.acknowledged_at.is_(None), Wait.acknowledge_by < moment))
    return select(Wait).where(OPEN, Wait.paused_at.is_(None), passed).options(*PEOPLE).order_by(Wait.since, Wait.id)


def paused() -> Select[Wait]:
    """What is paused, the longest first."""
    return select(Wait).where(OPEN, Wait.paused_at.is_not(None)).options(*PEOPLE).order_by(Wait.paused_at, Wait.id)


def median_of(body: Body) -> Median | None:
    """How long a body has taken to answer, over a year; None where it has answered nothing."""
    return _median(Wait.body_id == body.id)


def median_overall(kind: WaitKind | None = None) -> Median | None:
    """How long answers of everybody have taken, over a year: to everything, or to one kind of thing."""
    return _median(*([Wait.kind == kind] if kind else []))


def _median(*holds: ColumnElement[bool]) -> Median | None:
    lately = (Wait.answered_at > now() - YEAR, *holds)
    count = db.session.scalar(select(func.count(Wait.id)).where(*lately)) or 0
    if not count:
        return None
    middle = select(Wait.took).where(*lately).order_by(Wait.took).offset((count - 1) // 2).limit(2 - count % 2)
    took = [float(seconds or 0) for seconds in db.session.scalars(middle)]
    return Median(sum(took) / len(took), count)


def days_of(kind: WaitKind) -> Days:
    """Within how many working days this kind is acknowledged and answered."""
    promise = db.session.get(Promise, kind)
    return Days(promise.acknowledge_days, promise.answer_days) if promise else DAYS[kind]


def calendar_of(wait: Wait) -> Calendar:
    """The working days of those who are to answer: of the body, of the recipient, or of the admins."""
    if wait.body is not None:
        return calendar(wait.body)
    usual = admins_calendar(current_app.config["WEEKEND"], current_app.config["TIME_ZONE"])
    if wait.before_admins or wait.recipient is None or not wait.recipient.country:
        return usual
    country = wait.recipient.country
    return Calendar(weekend_of(country), zone_named(wait.recipient.time_zone) or zone_of(country) or usual.zone)


def calendar(body: Body) -> Calendar:
    """The working days of a body: its own, else those of its country, else those of the admins."""
    usual = admins_calendar(current_app.config["WEEKEND"], current_app.config["TIME_ZONE"])
    rest = weekend_of(body.country) if body.country else usual.rest
    zone = zone_named(body.time_zone) or zone_of(body.country) or usual.zone
    return Calendar(weekend(body.weekend) if body.weekend is not None else rest, zone)


@lru_cache(maxsize=8)
def admins_calendar(days: str, zone: str) -> Calendar:
    """The working days of the admins, as the settings say them."""
    return Calendar(weekend(int(day) for day in days.split()), ZoneInfo(zone))


def next_due(but: set[int]) -> Select[Any]:
    """The wait whose next step is due longest, for the one worker who takes it; `but` those that failed just now."""
    due = select(Wait).where(Wait.next_at <= now(), Wait.id.not_in(but)).order_by(Wait.next_at, Wait.id).limit(1)
    return due.with_for_update(skip_locked=True, of=Wait).execution_options(populate_existing=True)
