"""What happens to registrations later: news of what has changed, reminders, thanks; and what is forgotten by night."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from galaxy.accounts.models import User
from galaxy.content.models import Status
from galaxy.core.db import db, now
from galaxy.core.jobs import every, later, task
from galaxy.webinars import letters, registration_services
from galaxy.webinars.letters import AT_ONCE
from galaxy.webinars.models import State, Webinar
from galaxy.webinars.registration_models import Registration, RegistrationStatus
from galaxy.webinars.registration_queries import LIVE
from galaxy.webinars.registration_services import DAY, HOUR
from galaxy.webinars.services import webinar_changed

TOO_NEAR = timedelta(hours=2)  # for the reminder of a day before: that of an hour before follows
THANKS_AFTER, THANKS_UNTIL = timedelta(hours=12), timedelta(days=7)


@webinar_changed.connect
def changed(webinar: Webinar, verb: str, by: User | None, before: dict[str, Any]) -> None:
    """In the transaction of the act: places that are free now are given, and all who come will be told."""
    registration_services.make_room(webinar)
    if verb == "entrance changed":
        return
    if verb != "join changed":
        registration_services.remind_anew(webinar)
    later(tell_all, webinar_id=webinar.id, verb=verb, before=letters.kept(before))


@task
def tell_all(webinar_id: int, verb: str, before: dict[str, Any], after: int = 0) -> None:
    """Promise a letter to each who comes and has not been told how it stands now, so many at a time."""
    webinar = db.session.get(Webinar, webinar_id)
    if webinar is None:
        return
    untold = (Registration.webinar_id == webinar_id) & (Registration.told_sequence < webinar.sequence)
    rows = select(Registration.id).where(untold, Registration.status.in_(LIVE), Registration.id > after)
    ids = list(db.session.scalars(rows.order_by(Registration.id).limit(AT_ONCE)))
    for number in ids:
        later(letters.write, registration_id=number, kind=verb, before=before)
    if len(ids) == AT_ONCE:
        later(tell_all, webinar_id=webinar_id, verb=verb, before=before, after=ids[-1])


def promise_some(kind: str, mark: str, *conditions: Any) -> int:
    """Promise this letter to some of those to whom it is due, and note it in the same transaction; how many."""
    of = getattr(Registration, mark)
    due = select(Registration).join(Webinar, Webinar.id == Registration.webinar_id)
    due = due.where(Registration.status == RegistrationStatus.REGISTERED, of.is_(None), Webinar.state == State.PLANNED)
    due = due.where(Webinar.status == Status.PUBLISHED, *conditions).order_by(Registration.id).limit(AT_ONCE)
    rows = db.session.scalars(due.with_for_update(skip_locked=True, of=Registration)).all()
    for registration in rows:
        setattr(registration, mark, now())
        later(letters.write, registration_id=registration.id, kind=kind)
    db.session.commit()
    return len(rows)


def all_of(some: Callable[[], int]) -> None:
    """Again and again, until nothing is left to do."""
    while some() == AT_ONCE:
        pass


@every(minute="*/5")
def remind() -> None:
    """Every five minutes: who comes to what begins within an hour, or within a day; each once for each time it has."""
    moment = now()
    hours = (Webinar.starts_at > moment, Webinar.starts_at <= moment + HOUR, Webinar.all_day.is_(False))
    days = (Webinar.starts_at > moment + TOO_NEAR, Webinar.starts_at <= moment + DAY)
    all_of(lambda: promise_some("hour", "hour_told_at", *hours))
    all_of(lambda: promise_some("day", "day_told_at", *days))


@every(minute="25")
def thank() -> None:
    """Half a day after a webinar: thank those who had a place, and say where what is kept of it is found."""
    moment = now()
    ended = (Webinar.ends_at <= moment - THANKS_AFTER, Webinar.ends_at > moment - THANKS_UNTIL)
    all_of(lambda: promise_some("after", "after_told_at", *ended))


@every(minute="50")
def forget_unconfirmed() -> None:
    """Each hour: guests who did not confirm in time."""
    hours = current_app.config["REGISTRATION_CONFIRM_HOURS"]
    registration_services.forget_unconfirmed(now() - timedelta(hours=hours))
    db.session.commit()


@every(hour="3", minute="35")
def forget_guests() -> None:
    """Each night: who came as a guest to what is long past."""
    limit = now() - timedelta(days=current_app.config["REGISTRATIONS_KEPT_DAYS"])
    all_of(lambda: forget_some(limit))


def forget_some(limit: Any) -> int:
    """Forget some of the guests of what was over by then; how many."""
    guests = Registration.user_id.is_(None) & Registration.forgotten_at.is_(None)
    past = select(Registration).join(Webinar, Webinar.id == Registration.webinar_id).where(Webinar.ends_at < limit)
    rows = db.session.scalars(past.where(guests).order_by(Registration.id).limit(AT_ONCE)).all()
    for registration in rows:
        registration_services.wipe(registration)
    db.session.commit()
    return len(rows)
