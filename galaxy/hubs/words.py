"""What readers call the occasions of hubs and their shelves, and what a hub on each occasion may begin with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from galaxy.core.i18n import _, format_date, lang, lazy
from galaxy.hubs.models import Hub, Occasion
from galaxy.reference.countries import BROWSE_REGIONS, COUNTRIES, REGIONS, browse_region_of
from galaxy.reference.names import fold

NORTHERN_AMERICA: Final = "021"


@dataclass(frozen=True)
class Beginning:
    """What is proposed on an occasion: words to change, a search, and how many days it stays open."""

    called: Any
    title: Any
    introduction: Any
    words: Any
    goals: tuple[str, ...] = ()
    days: int = 90


BEGINNINGS: Final[Mapping[Occasion, Beginning]] = {
    Occasion.EPIDEMIC: Beginning(
        lazy("An epidemic"),
        lazy("Answering the epidemic together"),
        lazy(
            "The disease crosses borders, and so does what helps against it. Here you find what countries have tried "
            "in earlier outbreaks, who offers help now, and who asks for it.\n\nTell us what your country does, "
            "also when it did not work: it may spare another country weeks."
        ),
        lazy("epidemic"),
    ),
    Occasion.DROUGHT: Beginning(
        lazy("A drought"),
        lazy("Living through the drought"),
        lazy(
            "The rains have failed in several countries. Here you find what has kept wells, herds and fields alive "
            "elsewhere, who offers help now, and who asks for it.\n\nTell us what your country does, also when it "
            "did not work: it may spare another country a season."
        ),
        lazy("drought"),
    ),
    Occasion.CYCLONE: Beginning(
        lazy("A cyclone or a flood"),
        lazy("After the cyclone"),
        lazy(
            "Houses, roads and lines must stand again, better than before. Here you find what has helped other "
            "countries to warn, to shelter and to rebuild, who offers help now, and who asks for it.\n\nTell us what "
            "your country does: others are in the path of the next one."
        ),
        lazy("cyclone"),
        days=60,
    ),
    Occasion.OBSERVANCE: Beginning(
        lazy("A day that is observed, such as 12 September"),
        lazy("United Nations Day for South-South Cooperation"),
        lazy(
            "Every year on 12 September, countries of the South look at what they have achieved together. Here you "
            "find this year’s events, and what countries have shared for the day.\n\nTell us what yours does."
        ),
        "",
        days=30,
    ),
    Occasion.OTHER: Beginning(lazy("Something else"), "", "", ""),
}

SHELVES: Final[Mapping[str, Any]] = {
    "solutions": lazy("What works"),
    "calls": lazy("Needs and offers"),
    "webinars": lazy("Webinars and questions"),
    "partnerships": lazy("Partnerships"),
    "people": lazy("Organisations and experts"),
    "resources": lazy("Resources"),
}


def occasion_name(occasion: Occasion) -> str:
    """What a hub is for, in the reader's words."""
    return str(BEGINNINGS[occasion].called)


def shelf_name(name: str) -> str:
    return str(SHELVES[name])


def until(hub: Hub) -> str:
    """Until when it is open, or since when it is not."""
    if hub.closed_at:
        return str(_("Closed on %(day)s", day=format_date(hub.closed_at.date(), "long")))
    last = format_date(hub.ends_on, "long")
    return str(_("Ended on %(day)s", day=last) if hub.has_ended else _("Open until %(day)s", day=last))


def by_region(places: Mapping[str, int]) -> Iterator[tuple[str, list[tuple[str, str, int]]]]:
    """The countries of what a hub brings together, by region: its name, then code, name and number of each country."""
    for region in (*BROWSE_REGIONS, NORTHERN_AMERICA):
        inside = [code for code in places if code in COUNTRIES and _region(code) == region]
        named = sorted(((code, COUNTRIES[code].name(lang()), places[code]) for code in inside), key=_sorting)
        if named:
            yield REGIONS[region].name(lang()), named


def _region(code: str) -> str:
    region = browse_region_of(code)
    return region.code if region else NORTHERN_AMERICA


def _sorting(country: tuple[str, str, int]) -> str:
    return fold(country[1])
