"""What readers are told of a webinar's time: how near it is, how long it lasts, what clocks elsewhere show then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from babel.dates import format_skeleton, format_time, get_datetime_format
from babel.lists import format_list
from babel.units import format_unit

from galaxy.content.models import Entry
from galaxy.core.db import now
from galaxy.core.i18n import _, lang, ngettext, reader_locale, reader_zone, zone_named
from galaxy.core.zones import Zone, city, in_zone, inhabited, offset
from galaxy.webinars.models import State, Webinar

DOORS: Final = timedelta(minutes=15)  # before the start, from when on one is let in
NEAR: Final = 14  # days ahead that are counted in days
A_DAY: Final = timedelta(days=1)

WORLD: Final[Mapping[str, tuple[str, ...]]] = {
    "002": ("Africa/Ouagadougou", "Africa/Lagos", "Africa/Cairo", "Africa/Johannesburg", "Africa/Nairobi"),
    "019": (
        "America/Mexico_City", "America/Bogota", "America/New_York", "America/Port_of_Spain", "America/Santiago",
        "America/Sao_Paulo",
    ),
    "142": (
        "Asia/Riyadh", "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata", "Asia/Dhaka", "Asia/Bangkok", "Asia/Shanghai",
        "Asia/Tokyo",
    ),
    "150": ("Europe/London", "Europe/Paris"),
    "009": ("Pacific/Port_Moresby", "Pacific/Fiji", "Pacific/Apia"),
}  # fmt: skip
"""Where readers ask what time it is then: by region (UN M49), from west to east; the global South first of all."""


@dataclass(frozen=True)
class Elsewhere:
    """When a webinar begins by the clocks of a place; `days`: by how many its day is later than the event's own."""

    place: str
    time: str
    offset: str
    days: int


def shown_zone(webinar: Webinar) -> str:
    """The zone a reader is told its time in: their profile's where it is known, else the event's; of days, its own."""
    own = reader_zone()
    return own.key if own and not webinar.all_day else event_zone(webinar)


def event_zone(webinar: Webinar) -> str:
    """The zone whose clock it is announced by; an unknown one is UTC."""
    return webinar.zone if zone_named(webinar.zone) else "UTC"


def machine_time(moment: datetime, webinar: Webinar, ends: bool = False) -> str:
    """A moment of it for machines, by the event's clock with its offset (ISO 8601); of whole days the day alone,
    where it `ends` the last one."""
    local = in_zone(moment, event_zone(webinar))
    if not webinar.all_day:
        return local.isoformat(timespec="minutes")
    return (local - timedelta(microseconds=ends)).date().isoformat()


def nearness(webinar: Webinar) -> str:
    """How near it is: "On now", "Today", "In 3 days"; empty where that is far, over or not known."""
    if webinar.is_on:
        return str(_("On now"))
    if not webinar.is_to_come or webinar.starts_at is None:
        return ""
    zone = shown_zone(webinar)
    days = (in_zone(webinar.starts_at, zone).date() - in_zone(now(), zone).date()).days
    if days == 0:
        return str(_("Today"))
    if days == 1:
        return str(_("Tomorrow"))
    return str(ngettext("In one day", "In %(num)d days", days)) if days <= NEAR else ""


def lasts(webinar: Webinar) -> str:
    """How long it lasts, in hours and minutes; empty where it is told in days or its end is not known."""
    if webinar.length is None or webinar.all_day or not timedelta() < webinar.length < A_DAY:
        return ""
    hours, minutes = divmod(int(webinar.length.total_seconds()) // 60, 60)
    parts = [
        format_unit(n, unit, "long", locale=reader_locale()) for n, unit in ((hours, "hour"), (minutes, "minute")) if n
    ]
    return str(format_list(parts, "unit", locale=reader_locale()))


def lets_in(webinar: Webinar) -> bool:
    """Whether one may come in now: from shortly before it begins until it ends."""
    planned = webinar.state == State.PLANNED and webinar.starts_at is not None
    return planned and webinar.starts_at - DOORS <= now() and not webinar.is_over  # type: ignore[operator]  # as said


def in_your_language(webinar: Entry) -> str:
    """How one follows it in the language of the page: `spoken`, `interpreted`, or not at all."""
    if lang() in webinar.codes("spoken"):
        return "spoken"
    return "interpreted" if lang() in {row.language for row in getattr(webinar, "interpretation", ())} else ""


def organisers(webinar: Webinar) -> list[str]:
    """Who holds it: as its author says, else the body it belongs to, else its author."""
    owner = webinar.body or webinar.author
    return webinar.organisers or [owner.name if owner and owner.name else str(_("A member"))]


def hour(webinar: Webinar, zone: Zone) -> str:
    """The time of day at which it begins, by the clocks of a zone."""
    begins = in_zone(webinar.starts_at, zone) if webinar.starts_at else None
    return str(format_time(begins, "short", locale=reader_locale())) if begins else ""


def place_in_recording(second: int) -> str:
    """A time of a recording as players show it: "2:05", "1:02:05"."""
    minutes, seconds = divmod(second, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def around_the_world(webinar: Webinar) -> dict[str, list[Elsewhere]]:
    """By the name of each region: when it begins for those who live there; nothing of what is told in days."""
    if webinar.starts_at is None or webinar.all_day:
        return {}
    return {
        reader_locale().territories[code]: [_elsewhere(webinar, webinar.starts_at, zone) for zone in zones]
        for code, zones in WORLD.items()
    }


def _elsewhere(webinar: Webinar, starts_at: datetime, zone: str) -> Elsewhere:
    """When it begins in a zone: "Tue, Mar 10, 2:00 PM"."""
    local = in_zone(starts_at, zone)
    day, hours = (
        format_skeleton("MMMEd", local, locale=reader_locale()),
        format_time(local, "short", locale=reader_locale()),
    )
    time = str(get_datetime_format("medium", locale=reader_locale())).replace("'", "").format(hours, day)
    days = _day(starts_at, zone) - _day(starts_at, event_zone(webinar))
    return Elsewhere(_place(zone), time, offset(starts_at, zone), days.days)


def _day(moment: datetime, zone: str) -> date:
    return in_zone(moment, zone).date()


def _place(zone: str) -> str:
    """A city and its country in the reader's language; the country alone where the zone is known by it."""
    country = reader_locale().territories.get(inhabited()[zone], "")
    return country if city(zone) == country else f"{city(zone)}, {country}"
