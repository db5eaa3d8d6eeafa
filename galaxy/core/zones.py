"""Time in the zones people live in: a moment there, a period in words, hours that do not exist or exist twice."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import format_interval, format_time, get_datetime_format, get_timezone_location
from flask import Flask
from flask_babel import force_locale

from galaxy.core.i18n import _, format_date, lang, lazy, reader_locale

REGIONS: Final = {
    "Africa": lazy("Africa"),
    "America": lazy("America"),
    "Antarctica": lazy("Antarctica"),
    "Arctic": lazy("Arctic"),
    "Asia": lazy("Asia"),
    "Atlantic": lazy("Atlantic Ocean"),
    "Australia": lazy("Australia"),
    "Europe": lazy("Europe"),
    "Indian": lazy("Indian Ocean"),
    "Pacific": lazy("Pacific Ocean"),
}
FRENCH_OF: Final = (
    (r"\bde Le (?=\w)", "du "),
    (r"\bde (?=(Açores|Bermudes|Caïmans|Comores|Galápagos|Îles|Maldives|Marquises)\b)", "des "),
    (r"\bde (?=(?!Oua)[AEIOUÀÂÉÈÊÎÔ])", "d’"),
)
Zone = ZoneInfo | str


@dataclass(frozen=True)
class Gap:
    """A time that no clock of the zone shows: the clock is put forward at `at`, from `before` to `after`."""

    at: datetime  # in UTC
    before: datetime  # what the clock would show, without a zone: 2:00
    after: datetime  # what it shows instead: 3:00


@dataclass(frozen=True)
class Twice:
    """A time that clocks of the zone show twice: the clock is put back at `at`, from `before` to `after`."""

    first: datetime  # in UTC
    second: datetime  # in UTC
    at: datetime  # in UTC
    before: datetime  # what the clock would show, without a zone: 3:00
    after: datetime  # what it shows instead: 2:00


def in_zone(moment: datetime, zone: Zone) -> datetime:
    """The moment as the clocks of a zone show it."""
    return moment.astimezone(_zone(zone))


def local_time(day: date, time: time, zone: Zone) -> Gap | Twice | datetime:
    """The instant, in UTC, at which clocks of a zone show a time; or that they never do, or twice.

    Days of the years 1 and 9999 raise `OverflowError`.
    """
    wall = datetime.combine(day, time.replace(tzinfo=None, fold=0), _zone(zone))
    first, second = wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
    if first == second:
        return first
    change = _change(min(first, second), max(first, second), _zone(zone))
    return Gap(*change) if first > second else Twice(first, second, *change)


def _change(early: datetime, late: datetime, zone: tzinfo) -> tuple[datetime, datetime, datetime]:
    """When between two instants the clock of a zone is changed, from what it would show to what it shows."""
    old = early.astimezone(zone).utcoffset() or timedelta()
    seconds = int((late - early).total_seconds())
    while seconds > 1:
        half = seconds // 2
        if (early + timedelta(seconds=half)).astimezone(zone).utcoffset() == old:
            early, seconds = early + timedelta(seconds=half), seconds - half
        else:
            seconds = half
    at = early + timedelta(seconds=seconds)
    return at, (at + old).replace(tzinfo=None), at.astimezone(zone).replace(tzinfo=None)


def changes(zone: Zone, first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime, datetime]]:
    """Each time the clock of a zone is changed from one instant to another: when, from what it would show, to what."""
    day = timedelta(days=1)
    while first < last:
        if in_zone(first, zone).utcoffset() != in_zone(first + day, zone).utcoffset():
            yield _change(first, first + day, _zone(zone))
        first += day


def offset(moment: datetime, zone: Zone) -> str:
    """How far a zone is from UTC at a moment: "UTC−4", "UTC+5:30", "UTC"."""
    minutes = round((in_zone(moment, zone).utcoffset() or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return "UTC" + (f"{sign}{hours}" + (f":{rest:02}" if rest else "") if minutes else "")


def zone_title(zone: Zone, at: datetime) -> str:
    """A zone in the reader's language, by its city, with its offset at a moment: "New York time (UTC−4)"."""
    if _zone(zone).key in {"UTC", "Etc/UTC"}:
        return "UTC"
    said = _("%(city)s time (%(offset)s)", city=city(zone), offset=offset(at, zone))
    return french(said) if lang() == "fr" else said


def french(said: str) -> str:
    """ "Heure de" before the name of a city as French says it: "d’Abidjan", "du Caire", "de Ouagadougou"."""
    for pattern, usual in FRENCH_OF:
        said = re.sub(pattern, usual, said, count=1)
    return said


def city(zone: Zone) -> str:
    """The city by which a zone is known, in the reader's language."""
    return str(get_timezone_location(_zone(zone), locale=reader_locale(), return_city=True)).rpartition("/")[2]


def span(start: datetime, end: datetime | None, zone: Zone, all_day: bool = False) -> str:
    """A period as the clocks of a zone show it: "Friday, September 10, 2021, 9:00 – 11:00 AM"; the zone is not named.

    `all_day`: whole days alone. `end` is when it is over: midnight after the last of them.
    """
    first, last = in_zone(start, zone), in_zone(end or start, zone)
    if all_day:
        return _days(first.date(), max(first.date(), (last - timedelta(microseconds=1)).date()))
    if end is None or end <= start:
        return _moment(first)
    if first.date() == last.date() and first.utcoffset() == last.utcoffset():
        hours = "hm" if "a" in str(reader_locale().time_formats["short"].pattern) else "Hm"
        return _both(first.date(), str(format_interval(first, last, hours, locale=reader_locale())))
    return str(reader_locale().interval_formats[None]).format(_moment(first), _moment(last))


def _days(first: date, last: date) -> str:
    """A day, or from one to another."""
    if first == last:
        return format_date(first, "full")
    return str(reader_locale().interval_formats[None]).format(format_date(first, "full"), format_date(last, "full"))


def _moment(local: datetime) -> str:
    return _both(local.date(), str(format_time(local, "short", locale=reader_locale())))


def _both(day: date, hours: str) -> str:
    """A day and hours of it, as the reader's language puts them together."""
    return (
        str(get_datetime_format("full", locale=reader_locale()))
        .replace("'", "")
        .format(hours, format_date(day, "full"))
    )


def zone_choices(language: str | None = None) -> dict[str, list[tuple[str, str]]]:
    """A menu of the zones people live in, by region, each by city and country in a language, else the reader's."""
    return {region: list(zones) for region, zones in _menu(language or lang()).items()}


@lru_cache(maxsize=16)
def _menu(language: str) -> Mapping[str, tuple[tuple[str, str], ...]]:
    with force_locale(language):
        regions: dict[str, list[tuple[str, str]]] = {}
        for name, country in inhabited().items():
            place = reader_locale().territories.get(country, "")
            words = city(name) if city(name) == place or not place else f"{city(name)}, {place}"
            regions.setdefault(str(REGIONS[name.partition("/")[0]]), []).append((name, words))
        ordered = {name: tuple(sorted(regions[name], key=lambda zone: _folded(zone[1]))) for name in sorted(regions)}
    return {"UTC": (("UTC", "UTC"),), **ordered}


@lru_cache(maxsize=1)
def inhabited() -> dict[str, str]:
    """The zones of the table of countries of the IANA and their countries (ISO 3166 alpha-2), without old names."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in table if line and not line.startswith("#")]
    there = available_timezones()
    return {row[2]: row[0] for row in rows if row[2] in there and row[2].partition("/")[0] in REGIONS}


def _folded(words: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", words) if not unicodedata.combining(c)).casefold()


def _zone(zone: Zone) -> ZoneInfo:
    return ZoneInfo(zone) if isinstance(zone, str) else zone


def init_app(app: Flask) -> None:
    """Offer them to every template."""
    app.jinja_env.globals.update(span=span, zone_title=zone_title)
