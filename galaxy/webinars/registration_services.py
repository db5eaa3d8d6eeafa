"""What may be done with registrations: made, confirmed, left; whose place is free goes to who has waited longest.

Each act locks the webinar's row, counts, writes, and is committed by its view: nothing else is done meanwhile. Letters
are promised in the same transaction and written afterwards.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from galaxy.accounts.models import User
from galaxy.accounts.services import NotPossible as Refusal
from galaxy.accounts.services import account_deleted, exports, plain, record
from galaxy.content import services as content
from galaxy.content.models import Status
from galaxy.core.db import db, now
from galaxy.core.i18n import _
from galaxy.webinars import letters, surveys
from galaxy.webinars.models import Entrance, State, Webinar
from galaxy.webinars.registration_models import Registration, RegistrationStatus, registration_forgotten
from galaxy.webinars.registration_queries import LIVE, of_user, queue, row_of
from galaxy.webinars.rules import may_register

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class NotPossible(Refusal):
    """An act that cannot be done now; the message says why."""


def register(webinar: Webinar, by: User | None, said: dict[str, Any]) -> Registration:
    """Give a member a place, or a place in the queue; send a guest a letter to confirm their address by first.

    `said` is `answers` by key; of a guest also `email, name, organisation, country, language, zone`. Who comes already
    is left as they are, and a guest is only sent the address of their page: the answer is the same, and tells nothing.
    """
    content.lock(webinar)
    if not may_register(by, webinar):
        raise NotPossible(_("One can no longer register for this webinar."))
    email = by.email if by else said["email"].strip().lower()
    _free(webinar, email)
    row = row_of(webinar, by, email)
    if row is None:
        row = Registration(webinar=webinar, email=email)
        db.session.add(row)
    if by is None:
        return _ask_to_confirm(row, said)
    row.user = by
    if row.status not in LIVE:
        _take(row, _of_member(by) | {"answers": said.get("answers", {})})
        _queue_up(row)
    return row


def _free(webinar: Webinar, email: str) -> None:
    """An address that was a member's when they registered may be somebody else's now; theirs is the one they have."""
    here = Registration.webinar_id == webinar.id
    old = select(Registration).join(Registration.user).where(here, Registration.email == email, User.email != email)
    row = db.session.scalar(old)
    if row is not None and row.user is not None:
        taken = db.session.scalar(select(Registration.id).where(here, Registration.email == row.user.email))
        row.email = f"{row.id}@moved.invalid" if taken else row.user.email
        db.session.flush()


def _of_member(user: User) -> dict[str, Any]:
    language = {"language": user.language} if user.language else {}
    return language | {
        "name": user.name,
        "organisation": user.organisation,
        "country": user.country or "",
        "zone": user.time_zone or "",
    }


def _take(row: Registration, said: dict[str, Any]) -> None:
    """Note what somebody says of themselves, and of what the hosts ask."""
    for name in ("name", "organisation", "country", "language", "zone", "answers"):
        if name in said:
            setattr(row, name, said[name])


def _ask_to_confirm(row: Registration, said: dict[str, Any]) -> Registration:
    """Write to a guest's address: only who reads its letters can tell that it is theirs."""
    if row.status in LIVE:
        letters.promise("known", row)
        return row
    if row.user_id is None:
        _take(row, said)
    row.status, row.created_at = RegistrationStatus.UNCONFIRMED, now()
    letters.promise("confirm", row)
    return row


def confirm(registration: Registration) -> Registration:
    """The address is theirs: a place, or a place in the queue. Doing it twice changes nothing."""
    registration = _locked(registration)
    if registration.status == RegistrationStatus.UNCONFIRMED:
        if not may_register(None, registration.webinar):
            raise NotPossible(_("One can no longer register for this webinar."))
        _queue_up(registration)
    return registration


def leave(registration: Registration) -> None:
    """Not come after all; the next in the queue moves up."""
    _cancel(registration, "left")


def remove(registration: Registration, by: User) -> None:
    """Take somebody off the list, as a host; the log does not say whom."""
    if _cancel(registration, "removed"):
        record(by, "removed a registration", registration.webinar)


def _cancel(registration: Registration, letter: str) -> bool:
    registration = _locked(registration)
    if registration.status not in LIVE:
        return False
    if registration.webinar.is_over:
        raise NotPossible(_("It is over: one can no longer leave."))
    registration.status = RegistrationStatus.CANCELLED
    letters.promise(letter, registration)
    _fill(registration.webinar)
    return True


def make_room(webinar: Webinar) -> None:
    """Give the places that are free to those who wait: the capacity has grown, or is gone."""
    db.session.flush()
    content.lock(webinar)
    _fill(webinar)


def change(registration: Registration, said: dict[str, Any]) -> None:
    """Take what somebody says anew of themselves, until it begins."""
    registration = _locked(registration)
    if not may_change(registration):
        raise NotPossible(_("It has begun: what you said can no longer be changed."))
    _take(registration, said)


def may_change(registration: Registration) -> bool:
    """Whether what somebody said of themselves may still be changed."""
    starts_at = registration.webinar.starts_at
    return registration.status in LIVE and (starts_at is None or starts_at > now())


def may_leave(registration: Registration) -> bool:
    """Whether there is still something to leave."""
    return registration.status in LIVE and not registration.webinar.is_over


def _locked(registration: Registration) -> Registration:
    """A registration as it stands once nobody else can register, leave or be moved up."""
    content.lock(registration.webinar)
    fresh = db.session.get(Registration, registration.id, populate_existing=True)
    if fresh is None:
        raise NotPossible(_("This registration is gone. Please register again."))
    return fresh


def _queue_up(registration: Registration) -> None:
    """Join the queue at its end; where places are free, that is a place at once."""
    webinar = registration.webinar
    registration.status, registration.queued_at = RegistrationStatus.WAITING, now()
    registration.told_sequence = webinar.sequence
    db.session.flush()
    _fill(webinar, registration)
    letters.promise("registered" if registration.holds_place else "waiting", registration)


def _fill(webinar: Webinar, newcomer: Registration | None = None) -> None:
    """Give each free place to who has waited longest, and tell them; the row of the webinar is locked."""
    if webinar.is_over or webinar.state == State.CANCELLED or webinar.status != Status.PUBLISHED:
        return
    waiting = queue(webinar)
    if webinar.capacity is not None and webinar.entrance != Entrance.OPEN:
        db.session.flush()
        holds = (Registration.webinar_id == webinar.id) & (Registration.status == RegistrationStatus.REGISTERED)
        taken = db.session.scalar(select(func.count()).where(holds)) or 0
        waiting = waiting.limit(max(webinar.capacity - taken, 0))
    for each in db.session.scalars(waiting.execution_options(populate_existing=True)).all():
        each.status = RegistrationStatus.REGISTERED
        each.day_told_at, each.hour_told_at = told_at(webinar)
        each.told_sequence = webinar.sequence
        if each is not newcomer:
            letters.promise("moved up", each)


def told_at(webinar: Webinar) -> tuple[datetime | None, datetime | None]:
    """What to note of the reminders of a day and an hour, when somebody is told the time now: too late is told."""
    moment = now()
    left = webinar.starts_at - moment if webinar.starts_at else 2 * DAY
    return (moment if left <= DAY else None), (moment if left <= HOUR else None)


def remind_anew(webinar: Webinar) -> None:
    """Its time is another one: reminders are due again, but for those that the news of it makes needless."""
    day, hour = told_at(webinar)
    mine = (Registration.webinar_id == webinar.id) & Registration.status.in_(LIVE)
    db.session.execute(update(Registration).where(mine).values(day_told_at=day, hour_told_at=hour))


# Privacy.


def forget(user: User, **_more: Any) -> None:
    """An account was emptied: nobody comes in its name any more, and who it was is forgotten."""
    mine = select(Registration).where(Registration.user_id == user.id).order_by(Registration.webinar_id)
    for registration in db.session.scalars(mine).all():
        content.lock(registration.webinar)
        if may_leave(registration):
            registration.status = RegistrationStatus.CANCELLED
        wipe(registration)
        _fill(registration.webinar)


@exports("registrations")
def _registrations(user: User) -> list[dict[str, Any]]:
    return [_exported(each) for each in db.session.scalars(of_user(user, list(RegistrationStatus)))]


def _exported(registration: Registration) -> dict[str, Any]:
    asked = {ask["key"]: ask["question"] for ask in registration.webinar.asks}
    shown = ("name", "organisation", "country", "language", "zone", "status")
    moments = ("created_at", "queued_at", "attended_at")
    facts = {"webinar": registration.webinar.title, "email": registration.email}
    answers = {asked.get(key, key): answer for key, answer in registration.answers.items()}
    return facts | {name: plain(getattr(registration, name)) for name in shown + moments} | {"answers": answers}


def wipe(registration: Registration) -> None:
    """Forget who it was. A certificate that they asked for keeps its name: they can give it up before."""
    registration.email = f"{registration.id}@forgotten.invalid"
    registration.user = None
    registration.organisation = registration.country = registration.zone = ""
    registration.answers = {}
    if registration.certificate is None:
        registration.name = ""
    registration.forgotten_at = now()
    surveys.unlink(registration)
    registration_forgotten.send(registration)


def forget_unconfirmed(before: datetime) -> None:
    """Guests who did not open the link in the letter were never here."""
    lapsed = (Registration.status == RegistrationStatus.UNCONFIRMED) & (Registration.created_at < before)
    db.session.execute(delete(Registration).where(lapsed))


account_deleted.connect(forget)
