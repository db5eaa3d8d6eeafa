"""Every letter to those who register: promised in the transaction of the act, written for what is true when it goes.

Each is in the language and the time zone of its reader, with the calendar's file, and a way to leave.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_timedelta
from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from galaxy.core import mail
from galaxy.core.db import db, now
from galaxy.core.i18n import force_locale, lang, offered, reader_locale, zone_named
from galaxy.core.jobs import batch_task, later
from galaxy.core.zones import in_zone, span, zone_title
from galaxy.notifications.queries import silenced
from galaxy.notifications.services import path, tell, whole
from galaxy.webinars import calendar
from galaxy.webinars.letter_kinds import KINDS, Kind, gone
from galaxy.webinars.models import TIMES, State, Webinar
from galaxy.webinars.registration_models import Registration, RegistrationStatus
from galaxy.webinars.registration_queries import LIVE, place_in_queue, token

AT_ONCE = 200
CHANGES = frozenset({"moved", "postponed", "cancelled", "resumed", "join changed"})
CALLED_OFF = frozenset({"webinar postponed", "webinar cancelled"})
LATE = {"day": timedelta(hours=23), "hour": timedelta(minutes=50)}
"""A reminder that goes when less is left than this is late, and says so."""


def promise(kind: str, registration: Registration, **more: Any) -> None:
    """Write this letter once the transaction is committed."""
    db.session.flush()  # gives a number to what is new
    later(write, registration_id=registration.id, kind=kind, **more)


@batch_task(AT_ONCE)
def write(promised: list[dict[str, Any]]) -> None:
    """Write promised letters; those that are no longer true of their reader are left out."""
    ids = {each["registration_id"] for each in promised}
    rows = select(Registration).where(Registration.id.in_(ids)).options(joinedload(Registration.user))
    there = {row.id: row for row in db.session.scalars(rows)}
    for each in promised:
        registration = there.get(each["registration_id"])
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
    webinar, leave = registration.webinar, ""
    if registration.status in LIVE:
        leave = _page("webinars.leave", token=token(registration))
    facts = {"title": webinar.title, "left": left(webinar), "place": _place(registration)}
    said = _said(registration, kind, before) | {"sentence": str(kind.sentence) % facts, "leave": leave}
    headers = {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if leave else {}
    mail.post(
        registration.address,
        str(kind.subject) % facts,
        render_template("emails/webinars/letter.txt", **said),
        render_template("emails/webinars/letter.html", **said),
        headers,
        _files(registration, kind),
    )


def _said(registration: Registration, kind: Kind, before: dict[str, Any]) -> dict[str, Any]:
    """What the templates of a letter say, but for its sentence and the way to leave."""
    webinar, zone = registration.webinar, zone_of(registration)
    seat, page = _page("webinars.seat", token=token(registration)), _page("webinars.show", ref=webinar.slug)
    announced, called_off = when(webinar.starts_at, webinar.ends_at, webinar, zone), kind.news in CALLED_OFF
    moved = _was(before, webinar, zone) if kind.news == "webinar moved" else []
    return {
        "greeted": registration.name if registration.status in LIVE else "",
        "webinar": webinar,
        "registration": registration,
        "more": str(kind.more),
        "reason": webinar.reason if kind.calendar == "CANCEL" and registration.status in LIVE else "",
        "when": [] if called_off else announced,
        "was": announced if called_off else moved,
        "joins": registration.holds_place and not called_off and not webinar.is_over,
        "may_leave": not webinar.is_over and kind.news != "webinar cancelled",
        "button": str(kind.button),
        "link": page if gone(registration) else seat,
        "page": page if webinar.is_over else "",
    }


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
