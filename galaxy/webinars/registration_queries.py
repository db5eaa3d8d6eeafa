"""Who comes to a webinar: one's own place, how many there are, and the signed address at which each finds theirs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager

from galaxy.accounts.models import User
from galaxy.content.models import VISIBLE
from galaxy.core.access import LAST_ID
from galaxy.core.db import db, now
from galaxy.webinars.models import Webinar
from galaxy.webinars.registration_models import Registration, RegistrationStatus
from galaxy.webinars.rules import may_run, speaks

LIVE = (RegistrationStatus.REGISTERED, RegistrationStatus.WAITING)
TOKEN_MAX = 200


@dataclass(frozen=True)
class Tally:
    """How many of those who registered stand where; `free` is none where there is no bound."""

    registered: int
    waiting: int
    unconfirmed: int
    attended: int
    free: int | None


def tally(webinar: Webinar) -> Tally:
    """How many of those who registered for a webinar stand where, in one statement."""
    of, holds = Registration.status, Registration.status == RegistrationStatus.REGISTERED
    registered, waiting, unconfirmed, attended = db.session.execute(
        select(
            func.count().filter(holds),
            func.count().filter(of == RegistrationStatus.WAITING),
            func.count().filter(of == RegistrationStatus.UNCONFIRMED),
            func.count().filter(holds & Registration.attended_at.is_not(None)),
        ).where(Registration.webinar_id == webinar.id)
    ).one()
    free = None if webinar.capacity is None else max(webinar.capacity - registered, 0)
    return Tally(registered, waiting, unconfirmed, attended, free)


def holders(webinar: Webinar) -> Select[Registration]:
    """Those who hold a place, by their names."""
    holds = (Registration.webinar_id == webinar.id) & (Registration.status == RegistrationStatus.REGISTERED)
    return select(Registration).where(holds).order_by(func.lower(Registration.name), Registration.id)


def own(user: User) -> Any:
    """The condition that a registration is this member's: made as one, or as a guest by the address they confirmed."""
    as_guest = and_(Registration.user_id.is_(None), Registration.email == user.email)
    return or_(Registration.user_id == user.id, as_guest) if user.confirmed_at else Registration.user_id == user.id


def registration_of(user: Any, webinar: Webinar) -> Registration | None:
    """The place of a member, or their place in the queue; none where they do not come."""
    if not user.is_authenticated:
        return None
    mine = select(Registration).where(Registration.webinar_id == webinar.id, own(user), Registration.status.in_(LIVE))
    return db.session.scalar(mine.order_by(Registration.status != RegistrationStatus.REGISTERED, Registration.id))


def may_join(user: Any, webinar: Webinar) -> bool:
    """Whether this reader is told where to join: where all are, its hosts, its speakers, and who holds a place."""
    if webinar.join_public or may_run(user, webinar) or speaks(user, webinar):
        return True
    mine = registration_of(user, webinar)
    return mine is not None and mine.holds_place


def of_user(user: User, statuses: Collection[RegistrationStatus] = LIVE) -> Select[Registration]:
    """The registrations of a member, oldest first."""
    return select(Registration).where(own(user), Registration.status.in_(statuses)).order_by(Registration.id)


def awaited(user: User, most: int) -> Sequence[Registration]:
    """What a member has registered for or waits for a place at, that is on or to come: the soonest first."""
    shown = of_user(user).join(Registration.webinar).where(Webinar.ends_at > now(), Webinar.status.in_(VISIBLE))
    rows = shown.options(contains_eager(Registration.webinar)).order_by(None)
    return db.session.scalars(rows.order_by(Webinar.starts_at, Webinar.id).limit(most)).all()


def queue(webinar: Webinar) -> Select[Registration]:
    """Those who wait for a place, first come first."""
    waits = (Registration.webinar_id == webinar.id) & (Registration.status == RegistrationStatus.WAITING)
    return select(Registration).where(waits).order_by(Registration.queued_at, Registration.id)


def place_in_queue(registration: Registration) -> int:
    """Where somebody stands who waits, counted from one."""
    earlier = or_(
        Registration.queued_at < registration.queued_at,
        and_(Registration.queued_at == registration.queued_at, Registration.id < registration.id),
    )
    before = queue(registration.webinar).where(earlier).order_by(None).with_only_columns(func.count())
    return (db.session.scalar(before) or 0) + 1


def row_of(webinar: Webinar, user: User | None, email: str) -> Registration | None:
    """The one row of a person, whatever its status: a member's own, else that of the address."""
    mine = own(user) if user else Registration.email == email.strip().lower()
    rows = select(Registration).where(Registration.webinar_id == webinar.id, mine)
    return db.session.scalar(
        rows.order_by(Registration.status.not_in(LIVE), Registration.id).execution_options(populate_existing=True)
    )


# The address of a registration's page.


def _signer(registration: Registration) -> URLSafeSerializer:
    """The address is signed with: numbers of rows that are gone may be given anew, to somebody else."""
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"seat of {registration.email}")


def token(registration: Registration) -> str:
    """The secret part of the address of somebody's page; good until they leave, or are forgotten."""
    return str(_signer(registration).dumps(registration.id))


def named(token: str) -> Registration | None:
    """Whose page an address is, whether they still come or not; none where we never gave it away."""
    if len(token) > TOKEN_MAX:
        return None
    _signed, number = URLSafeSerializer("").loads_unsafe(token)
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number <= LAST_ID:
        return None
    registration = db.session.get(Registration, number)
    if registration is None or registration.forgotten_at is not None:
        return None
    try:
        _signer(registration).loads(token)
    except BadData:
        return None
    return registration


def found(token: str) -> Registration | None:
    """Whose page an address is: of somebody who holds a place or waits for one."""
    registration = named(token)
    return registration if registration is not None and registration.status in LIVE else None
