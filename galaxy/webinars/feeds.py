"""What a calendar holds: the webinars of a series, of a list, of one person; and the key to one's own."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Select, case, delete, select
from sqlalchemy.orm import contains_eager, joinedload

from galaxy.accounts.models import User
from galaxy.accounts.services import account_deleted
from galaxy.content.models import VISIBLE
from galaxy.core.db import db, now
from galaxy.search.questions import Narrowed
from galaxy.webinars.calendar import GONE
from galaxy.webinars.models import Series, Webinar
from galaxy.webinars.queries import WEBINARS
from galaxy.webinars.registration_models import CalendarKey, Registration
from galaxy.webinars.registration_queries import of_user as of_member

KEY_MOST: Final = 100  # characters
MOST: Final = 500  # events of one calendar
KEPT: Final = timedelta(days=366)  # after which what is over is in no calendar of several
WHOLE: Final = contains_eager(Registration.webinar).joinedload(Webinar.body)


@dataclass(frozen=True)
class Own:
    """What one person registered for, and the ids of where they hold a place; for the others they wait."""

    webinars: list[Webinar]
    joined: frozenset[int]

    @property
    def unsure(self) -> frozenset[int]:
        """The ids of those they wait for a place at."""
        return frozenset(webinar.id for webinar in self.webinars) - self.joined


def of_series(series: Series) -> list[Webinar]:
    """The webinars of a series that the public may read."""
    return _bounded(_visible().where(Webinar.series_id == series.id))


def of_list(asked: Narrowed) -> list[Webinar]:
    """The webinars that a list shows where this is asked of it: to come, and of the last year."""
    return _bounded(WEBINARS.fitting(asked).where(Webinar.ends_at > now() - KEPT, Webinar.starts_at.is_not(None)))


def of_user(user: User) -> Own:
    """What somebody holds a place for or waits for, also where it is called off: to come, and of the last year."""
    mine = of_member(user).order_by(None).join(Registration.webinar).options(WHOLE)
    rows = mine.where(Webinar.status.in_(VISIBLE | GONE), Webinar.ends_at > now() - KEPT)
    registrations = db.session.scalars(_in_order(rows)).unique().all()
    joined = frozenset(each.webinar_id for each in registrations if each.holds_place)
    return Own([each.webinar for each in registrations], joined)


def _visible() -> Select[Webinar]:
    return select(Webinar).where(Webinar.status.in_(VISIBLE), Webinar.starts_at.is_not(None))


def _bounded(found: Select[Webinar]) -> list[Webinar]:
    return list(db.session.scalars(_in_order(found.options(joinedload(Webinar.body)))).unique())


def _in_order(found: Select[Any]) -> Select[Any]:
    """The first of those to come, the next first, then those that are over, the last first."""
    to_come = Webinar.ends_at >= now()
    return found.order_by(~to_come, case((to_come, Webinar.starts_at)), Webinar.starts_at.desc(), Webinar.id).limit(
        MOST
    )


# The key to one's own.


def key_of(user: User) -> CalendarKey | None:
    """The key that somebody has made."""
    return db.session.get(CalendarKey, user.id)


def owner_of(key: str) -> User | None:
    """Whose calendar a key opens: of somebody who may still sign in."""
    if not key.isalnum():  # what no key is made of, as a null byte, no database is asked for
        return None
    found = select(User).join(CalendarKey, CalendarKey.user_id == User.id).where(CalendarKey.key == key[:KEY_MOST])
    return db.session.scalar(found.where(User.active, User.deleted_at.is_(None)))


def new_key(user: User) -> CalendarKey:
    """Make somebody's key; the one they had opens nothing any more."""
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update())
    db.session.execute(delete(CalendarKey).where(CalendarKey.user_id == user.id))
    key = CalendarKey(user_id=user.id)
    db.session.add(key)
    return key


@account_deleted.connect
def forget_key(user: User) -> None:
    """Whoever leaves takes the key along."""
    db.session.execute(delete(CalendarKey).where(CalendarKey.user_id == user.id))
