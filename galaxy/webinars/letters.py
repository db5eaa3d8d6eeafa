"""Every letter to those who register: promised in the transaction of the act, written for what is true when it goes.

Each is in the language and the time zone of its reader, with the calendar's file, and a way to leave.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_timedelta
from flask import render_template

from galaxy.content.models import Status
from galaxy.core import mail
from galaxy.core.db import db, now
from galaxy.core.i18n import force_locale, lang, lazy, offered, reader_locale, zone_named
from galaxy.core.jobs import batch_task, later
from galaxy.core.zones import in_zone, span, zone_title
from galaxy.notifications.queries import silenced
from galaxy.notifications.services import path, tell, whole
from galaxy.webinars import calendar
from galaxy.webinars.models import TIMES, State, Webinar
from galaxy.webinars.registration_models import Registration, RegistrationStatus
from galaxy.webinars.registration_queries import LIVE, place_in_queue, token

AT_ONCE = 200
CHANGES = frozenset({"moved", "postponed", "cancelled", "resumed", "join changed"})
LATE = {"day": timedelta(hours=23), "hour": timedelta(minutes=50)}
"""A reminder that goes when less is left than this is late, and says so."""


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
        news="webinar soon",
    ),
    "hour": Kind(
        lazy("In one hour: %(title)s"),
        lazy("“%(title)s” begins in one hour."),
        soon,
        news="webinar soon",
    ),
    "late": Kind(
        lazy("In %(left)s: %(title)s"),
        lazy("“%(title)s” begins in %(left)s."),
        soon,
        lazy("This reminder comes later than it should have. We are sorry."),
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


def promise(kind: str, registration: Registration, **more: Any) -> None:
    """Write this letter once the transaction is committed."""
    db.session.flush()  # gives a number to what is new
    later(write, registration_id=registration.id, kind=kind, **more)


@batch_task(AT_ONCE)
def write(promised: list[dict[str, Any]]) -> None:
    """Write promised letters; those that are no longer true of their reader are left out."""
    for each in promised:
        registration = db.session.get(Registration, each["registration_id"])
        if registration is not None and registration.forgotten_at is None:
            _write(registration, each["kind"], each.get("before", {}))


def _write(registration: Registration, name: str, before: dict[str, Any]) -> None:
    name = _as_it_stands(registration.webinar, name, before)
    kind = KINDS[name]
    if not kind.true_of(registration):
        return
    user, webinar = registration.user, registration.webinar
    registration.told_sequence = webinar.sequence
    if user is not None and (not user.active or user.deleted_at):
        return
    with force_locale(language_of(registration)):
        seat = f"/webinars/seats/{token(registration)}"
        if user is not None and kind.news:
            tell([user], kind.news, webinar, "" if gone(registration) else seat, by_mail=False)
            if kind.news in silenced(user):
                return
        _post(registration, kind, before)


def language_of(registration: Registration) -> str:
    """The language of somebody's letters."""
    wanted = registration.user.language if registration.user else registration.language
    return wanted if wanted in offered() else offered()[0]


def zone_of(registration: Registration) -> str:
    """The zone of somebody's clocks, else the event's own."""
    named = registration.user.time_zone if registration.user else registration.zone
    zone = zone_named(named) or zone_named(registration.webinar.zone)
    return zone.key if zone else "UTC"


def _as_it_stands(webinar: Webinar, name: str, before: dict[str, Any]) -> str:
    """A letter says how things are when it is written, not how they were when it was promised."""
    if name in LATE and webinar.starts_at is not None and webinar.starts_at - now() < LATE[name]:
        return "late"
    if name not in CHANGES:
        return name
    if webinar.state == State.POSTPONED:
        return "postponed"
    if not calendar.takes_place(webinar):
        return "cancelled"
    if name == "join changed":
        return "changed"
    return "moved" if before != noted(webinar) else "resumed"


def noted(webinar: Webinar) -> dict[str, Any]:
    """When it takes place, as a job can keep it."""
    return kept({name: getattr(webinar, name) for name in TIMES})


def kept(times: Mapping[str, Any]) -> dict[str, Any]:
    """Times as a job can keep them."""
    said = {name: times.get(name) for name in TIMES}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in said.items()}


def _post(registration: Registration, kind: Kind, before: dict[str, Any]) -> None:
    webinar = registration.webinar
    facts = {"title": webinar.title, "left": left(webinar), "place": _place(registration)}
    seat = _page("webinars.seat", token=token(registration))
    leave = _page("webinars.leave", token=token(registration)) if registration.status in LIVE else ""
    said = {
        "greeted": registration.name if registration.status in LIVE else "",
        "webinar": webinar,
        "registration": registration,
        "language": language_of(registration),
        "sentence": str(kind.sentence) % facts,
        "more": str(kind.more),
        "reason": webinar.reason if kind.calendar == "CANCEL" and registration.status in LIVE else "",
        "when": when(webinar.starts_at, webinar.ends_at, webinar, zone_of(registration)),
        "was": _was(before, webinar, zone_of(registration)) if kind.news == "webinar moved" else [],
        "joins": registration.holds_place and kind.news not in {"webinar postponed", "webinar cancelled"},
        "button": str(kind.button),
        "link": _page("webinars.show", ref=webinar.slug) if gone(registration) else seat,
        "leave": leave,
    }
    headers = {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if leave else {}
    mail.post(
        registration.address,
        str(kind.subject) % facts,
        render_template("emails/webinars/letter.txt", **said),
        render_template("emails/webinars/letter.html", **said),
        headers,
        _files(registration, kind),
    )


def when(start: datetime | None, end: datetime | None, webinar: Webinar, zone: str) -> list[str]:
    """A time as the reader's clocks show it, then as the event's own do, where those differ; days are days anywhere."""
    if start is None:
        return []
    if webinar.all_day:
        return [span(start, end, webinar.zone, True)]
    zones = (
        [zone] if in_zone(start, zone).utcoffset() == in_zone(start, webinar.zone).utcoffset() else [zone, webinar.zone]
    )
    return [f"{span(start, end, each)} · {zone_title(each, start)}" for each in zones]


def _was(before: dict[str, Any], webinar: Webinar, zone: str) -> list[str]:
    """When it was to take place, in the reader's zone alone."""
    start, end = (
        datetime.fromisoformat(before[name]) if before.get(name) else None for name in ("starts_at", "ends_at")
    )
    if before.get("all_day") != webinar.all_day:
        return []
    return when(start, end, webinar, zone)[:1]


def left(webinar: Webinar) -> str:
    """How long it still is until it begins: "90 minutes", "11 hours"."""
    time = max((webinar.starts_at or now()) - now(), timedelta(minutes=1))
    return str(format_timedelta(time, granularity="minute", threshold=2, locale=reader_locale()))


def _place(registration: Registration) -> str:
    return str(place_in_queue(registration)) if registration.status == RegistrationStatus.WAITING else ""


def _page(endpoint: str, **values: Any) -> str:
    """The whole address of a page in the language of the moment."""
    return whole(f"/{lang()}{path(endpoint, **values)}")


def _files(registration: Registration, kind: Kind) -> list[mail.File]:
    """The calendar's file; one without a time was never in a calendar."""
    if not kind.calendar or registration.webinar.starts_at is None:
        return []
    made = calendar.invitation if kind.calendar == "REQUEST" else calendar.cancellation
    if kind.calendar == "REQUEST" and not registration.holds_place:
        return []
    return [mail.File("webinar.ics", f"text/calendar; method={kind.calendar}", made(registration))]
