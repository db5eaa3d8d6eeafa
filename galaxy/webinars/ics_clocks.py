"""The clocks of calendars of others: zones by whatever name or rules a file says them, and times by these clocks."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from galaxy.core.db import now
from galaxy.core.i18n import zone_named
from galaxy.core.zones import inhabited
from galaxy.webinars.recurrence import DAYS
from galaxy.webinars.words import WORLD

MAX_RULES = 200  # of a zone
MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?", re.ASCII)
Params = dict[str, str]


@dataclass(frozen=True)
class Clock:
    """The clock by which a time is said: the zone it is shown in, and how a time there becomes an instant."""

    zone: str
    instant: Callable[[datetime], datetime]


def clock(name: str, zones: Mapping[str, list[Params]], usual: str) -> Clock | None:
    """The clock of a zone as a file names it: by the IANA's list, Windows' names, or the rules that the file brings.

    `zones` are those rules, by the names of zones; `usual` is the zone to show times in where it does as well.
    """
    name = name.strip().strip('"')
    parts = name.strip("/").split("/")
    for known in (name, WINDOWS_TO_OLSON.get(name, ""), *("/".join(parts[i:]) for i in range(1, len(parts)))):
        if zone_named(known):
            return iana(known)
    rules = zones.get(name, [])
    if rules and zone_named(rules[0].get("X-LIC-LOCATION")):
        return iana(rules[0]["X-LIC-LOCATION"])
    parts_of_year = [part for rule in rules[1:] if (part := _part_of_year(rule))]
    if not parts_of_year:
        return None
    return Clock(_like(parts_of_year, usual), lambda wall: (wall - _offset(parts_of_year, wall)).replace(tzinfo=UTC))


def iana(name: str) -> Clock:
    """Of two equal hours the first; of one that does not exist, by the offset before it (RFC 5545, 3.3.5)."""
    return Clock(name, lambda wall: wall.replace(tzinfo=ZoneInfo(name)).astimezone(UTC))


@dataclass(frozen=True)
class Part:
    """A part of the year of a zone that a file brings: when it begins, and how far it then is from UTC."""

    begins: tuple[datetime, ...]
    offset: timedelta
    again: tuple[int, int, int] | None  # month, which of its weekdays (-1: the last), weekday

    def last(self, wall: datetime) -> datetime | None:
        """When it began last, before a time."""
        found = list(self.begins)
        if self.again:
            first = self.begins[0]
            for year in range(max(wall.year - 1, first.year), wall.year + 1):
                found.append(datetime.combine(_nth_day(year, *self.again), first.time()))
        return max((each for each in found if each <= wall), default=None)


def _part_of_year(rule: Params) -> Part | None:
    offset = re.fullmatch(r"([+-])(\d\d)(\d\d)(?:\d\d)?", rule.get("TZOFFSETTO", ""))
    begins = wall_of(rule.get("DTSTART", ""))
    if offset is None or begins is None:
        return None
    shift = timedelta(hours=int(offset[2]), minutes=int(offset[3])) * (-1 if offset[1] == "-" else 1)
    if shift >= timedelta(days=1) or shift <= -timedelta(days=1):
        return None
    more = [moment for text in rule.get("RDATE", "").split(",")[:MAX_RULES] if (moment := wall_of(text))]
    said = rule.get("RRULE", "").upper()
    month, day = (
        re.search(r"BYMONTH=(1[0-2]|[1-9])(?!\d)", said),
        re.search(r"BYDAY=(-?[1-5])(SU|MO|TU|WE|TH|FR|SA)", said),
    )
    again = (int(month[1]), int(day[1]), DAYS.index(day[2])) if month and day else None
    return Part((begins, *more), shift, again)


def _nth_day(year: int, month: int, which: int, weekday: int) -> date:
    """The second Sunday of March: `_nth_day(2026, 3, 2, 6)`; -1 is the last."""
    if which > 0:
        first = date(year, month, 1)
        day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))
        return day if day.month == month else day - timedelta(days=7)
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - weekday) % 7 + 7 * (-which - 1))


def _offset(parts: list[Part], wall: datetime) -> timedelta:
    begun = [(last, part.offset) for part in parts if (last := part.last(wall))]
    return max(begun)[1] if begun else min(parts, key=lambda part: part.begins[0]).offset


def _like(parts: list[Part], usual: str) -> str:
    """A zone of the IANA whose clocks show the same this winter and summer: times are shown in it, and right anyhow."""
    seasons = [datetime(now().year, month, 15, tzinfo=UTC) for month in (1, 7)]  # far from any change
    wanted = [_offset(parts, season.replace(tzinfo=None)) for season in seasons]
    first = [zone for zones in WORLD.values() for zone in zones]
    for name in (usual, *first, *inhabited()):
        if [season.astimezone(ZoneInfo(name)).utcoffset() for season in seasons] == wanted:
            return name
    return "UTC"


@dataclass(frozen=True)
class Moment:
    """A time as an event says it: what the clock shows there, whether only the day is known, and whose clock it is."""

    wall: datetime
    day: bool
    clock: Clock

    @property
    def instant(self) -> datetime:
        return self.clock.instant(self.wall)

    @property
    def key(self) -> str:
        """By it a date of an event that comes again is known for ever."""
        return f"{self.wall:%Y%m%d}" if self.day else f"{self.instant:%Y%m%dT%H%M%SZ}"


def wall_of(text: str) -> datetime | None:
    """What the clock shows; midnight where only a day is given."""
    found = MOMENT.fullmatch(text.strip())
    try:
        return datetime.fromisoformat("T".join(filter(None, text.strip().rstrip("Z").split("T")))) if found else None
    except ValueError:
        return None
