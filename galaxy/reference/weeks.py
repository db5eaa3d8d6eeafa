"""When a country rests, and what time it is there: weekends and time zones of Unicode CLDR, as Babel carries them."""

from collections.abc import Mapping
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from babel.core import Locale, get_global
from babel.localedata import locale_identifiers

from galaxy.core.i18n import zone_named
from galaxy.reference.countries import COUNTRIES, Country

USUAL_WEEKEND: Final = frozenset({5, 6})
"""Saturday and Sunday, where CLDR says nothing else; Monday is 0."""

CAPITALS: Final[Mapping[str, str]] = {
    "AUS": "Australia/Sydney",
    "BRA": "America/Sao_Paulo",
    "CAN": "America/Toronto",
    "CHN": "Asia/Shanghai",
    "ECU": "America/Guayaquil",
    "FSM": "Pacific/Pohnpei",
    "NZL": "Pacific/Auckland",
    "PYF": "Pacific/Tahiti",
    "USA": "America/New_York",
}
"""The time in the capital, where a country has several zones and none has the capital's name."""


@cache
def _locales() -> Mapping[str, str]:
    """A locale of each territory, by ISO 3166 alpha-2, since Babel hands out the weekends of territories by locale."""
    parts = ((name, name.split("_")[-1]) for name in locale_identifiers())
    return {territory: name for name, territory in parts if len(territory) == 2 and territory.isupper()}


def days(first: int, last: int) -> frozenset[int]:
    """The days of the week from one to another, over its end where the first is the later one."""
    return frozenset((first + more) % 7 for more in range((last - first) % 7 + 1))


@cache
def weekend_of(iso3: str | None) -> frozenset[int]:
    """On which days of the week a country rests, 0 being Monday: Friday and Saturday in Egypt."""
    country = COUNTRIES.get(iso3 or "")
    name = _locales().get(country.iso2) if country else None
    if name is None:
        return USUAL_WEEKEND
    locale = Locale.parse(name)
    return days(locale.weekend_start, locale.weekend_end)


@cache
def zone_of(iso3: str | None) -> ZoneInfo | None:
    """The time zone of a country's capital; None where there is no such country, or nobody lives there."""
    country = COUNTRIES.get(iso3 or "")
    return zone_named(_zone_name(country)) if country else None


def _zone_name(country: Country) -> str | None:
    zones: tuple[str, ...] = get_global("territory_zones").get(country.iso2, ())
    capital = (country.capital or "").lower().replace(" ", "_")
    named = (zone for zone in zones if zone.rpartition("/")[2].lower() == capital)
    return CAPITALS.get(country.code) or next(named, zones[0] if zones else None)
