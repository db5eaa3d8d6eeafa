"""What each letter to those who register says, and of whom it is true."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from galaxy.content.models import Status
from galaxy.core.i18n import lazy
from galaxy.webinars.models import State
from galaxy.webinars.registration_models import Registration, RegistrationStatus
from galaxy.webinars.registration_queries import LIVE

SEAT = lazy("See your registration")


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of letter is said, and of whom it is true. A `news` is also put before members in the page."""

    subject: Any
    sentence: Any
    true_of: Callable[[Registration], bool]
    more: Any = ""
    button: Any = SEAT
    calendar: str = ""
    news: str = ""


def holds(registration: Registration) -> bool:
    """They have a place at something that is not over."""
    return registration.holds_place and not registration.webinar.is_over


def waits(registration: Registration) -> bool:
    return registration.status == RegistrationStatus.WAITING and not registration.webinar.is_over


def comes(registration: Registration) -> bool:
    return registration.status in LIVE and not registration.webinar.is_over


def unconfirmed(registration: Registration) -> bool:
    return registration.status == RegistrationStatus.UNCONFIRMED


def gone(registration: Registration) -> bool:
    return registration.status == RegistrationStatus.CANCELLED


def soon(registration: Registration) -> bool:
    """A reminder is of use until it begins, where it does."""
    webinar = registration.webinar
    return registration.holds_place and webinar.is_to_come and webinar.status == Status.PUBLISHED


def came(registration: Registration) -> bool:
    webinar = registration.webinar
    return registration.holds_place and webinar.is_over and webinar.state == State.PLANNED


def untold(registration: Registration) -> bool:
    """They come, and have not been told yet how it stands now."""
    return comes(registration) and registration.told_sequence < registration.webinar.sequence


KINDS: dict[str, Kind] = {
    "confirm": Kind(
        lazy("Please confirm: %(title)s"),
        lazy("Somebody, probably you, registered this address for “%(title)s”. Please confirm that you want to come."),
        unconfirmed,
        lazy("If it was not you, do nothing: the address is soon forgotten."),
        lazy("Confirm my registration"),
    ),
    "known": Kind(
        lazy("You are registered already: %(title)s"),
        lazy("Somebody, probably you, registered this address for “%(title)s” once more. Nothing has changed."),
        comes,
    ),
    "registered": Kind(
        lazy("You are registered: %(title)s"),
        lazy("You have a place at “%(title)s”."),
        holds,
        calendar="REQUEST",
    ),
    "waiting": Kind(
        lazy("You are on the waiting list: %(title)s"),
        lazy("All places at “%(title)s” are taken. You are on the waiting list, at place %(place)s."),
        waits,
        lazy("As soon as a place is free for you, we write to you. There is nothing you need to do."),
    ),
    "moved up": Kind(
        lazy("You have a place now: %(title)s"),
        lazy("A place has become free: you are registered for “%(title)s”."),
        holds,
        lazy("If you cannot come any more, please leave, so that the next on the list can have your place."),
        calendar="REQUEST",
        news="webinar place",
    ),
    "left": Kind(
        lazy("You do not come: %(title)s"),
        lazy("You are no longer registered for “%(title)s”."),
        gone,
        lazy("If you change your mind, register again."),
        lazy("See the webinar"),
        "CANCEL",
    ),
    "removed": Kind(
        lazy("Your registration has ended: %(title)s"),
        lazy("The organisers took your registration for “%(title)s” off their list."),
        gone,
        lazy("If you think that this is a mistake, please write to them."),
        lazy("See the webinar"),
        "CANCEL",
        "webinar place lost",
    ),
    "moved": Kind(
        lazy("New time: %(title)s"),
        lazy("“%(title)s” takes place at another time."),
        untold,
        calendar="REQUEST",
        news="webinar moved",
    ),
    "changed": Kind(
        lazy("Please note what has changed: %(title)s"),
        lazy("The organisers changed where one joins “%(title)s”. This is how it stands now."),
        untold,
        calendar="REQUEST",
        news="webinar changed",
    ),
    "resumed": Kind(
        lazy("It takes place: %(title)s"),
        lazy("“%(title)s” takes place after all, as it was announced."),
        untold,
        calendar="REQUEST",
        news="webinar resumed",
    ),
    "postponed": Kind(
        lazy("Postponed: %(title)s"),
        lazy("“%(title)s” is postponed. Its new time is not known yet; we write to you when it is."),
        untold,
        lazy("You stay registered. There is nothing you need to do."),
        calendar="CANCEL",
        news="webinar postponed",
    ),
    "cancelled": Kind(
        lazy("Cancelled: %(title)s"),
        lazy("“%(title)s” does not take place."),
        untold,
        calendar="CANCEL",
        news="webinar cancelled",
    ),
    "day": Kind(
        lazy("Tomorrow: %(title)s"),
        lazy("“%(title)s” begins tomorrow."),
        soon,
        calendar="REQUEST",
        news="webinar soon",
    ),
    "hour": Kind(
        lazy("In one hour: %(title)s"),
        lazy("“%(title)s” begins in one hour."),
        soon,
        calendar="REQUEST",
        news="webinar soon",
    ),
    "late": Kind(
        lazy("In %(left)s: %(title)s"),
        lazy("“%(title)s” begins in %(left)s."),
        soon,
        lazy("This reminder comes later than it should have. We are sorry."),
        calendar="REQUEST",
        news="webinar soon",
    ),
    "after": Kind(
        lazy("Thank you: %(title)s"),
        lazy("“%(title)s” is over. Thank you for your interest."),
        came,
        lazy("What is kept of it — a recording, minutes, answers to questions — you find on its page as it comes in."),
        news="webinar over",
    ),
}
