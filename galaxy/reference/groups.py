"""The groups of countries in special situations, and from when to when each country was in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from galaxy.reference.files import read
from galaxy.reference.names import Named

GROUPS: Final[Mapping[str, Named]] = {row["code"]: Named(row["code"], row["name"]) for row in read("groups")}
LDC, LLDC, SIDS = GROUPS


@dataclass(frozen=True, slots=True)
class Membership:
    """That a country is in a group from a day on, until the day it is no longer; None where none is known."""

    group: str
    iso3: str
    since: date | None = None
    until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether the country is in the group on this day."""
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


# The list of least developed countries as the United Nations' Committee for Development Policy keeps it. The
# year in which a country came onto it is certain; its day stands here as the first of that January.
_LDC_SINCE: Final = {
    1971: "AFG BDI BEN BFA BTN BWA ETH GIN HTI LAO LSO MDV MLI MWI NER NPL RWA SDN SOM TCD TZA UGA WSM YEM",
    1975: "BGD CAF GMB",
    1977: "COM CPV",
    1981: "GNB",
    1982: "DJI GNQ SLE STP TGO",
    1985: "VUT",
    1986: "KIR MRT TUV",
    1987: "MMR",
    1988: "MOZ",
    1990: "LBR",
    1991: "COD KHM MDG SLB ZMB",
    1994: "AGO ERI",
    2000: "SEN",
    2003: "TLS",
    2012: "SSD",
}
# The day each of them left it. Only graduations that have certainly happened stand here. Angola was to leave
# in 2021, then in 2024, and did not. Decided but still to come when this was written, and often put off:
# Bangladesh, the Lao People's Democratic Republic and Nepal (resolution 76/8: 24 November 2026, for which
# Bangladesh asked three years more), Solomon Islands (13 December 2027), Cambodia and Senegal (19 December
# 2029). Add a day once it has come.
_LDC_UNTIL: Final = {
    "BWA": date(1994, 12, 19),
    "CPV": date(2007, 12, 20),
    "MDV": date(2011, 1, 1),
    "WSM": date(2014, 1, 1),
    "GNQ": date(2017, 6, 4),
    "VUT": date(2020, 12, 4),
    "BTN": date(2023, 12, 13),
    "STP": date(2024, 12, 13),
}


def _memberships() -> Iterator[Membership]:
    for year, members in _LDC_SINCE.items():
        for iso3 in members.split():
            yield Membership(LDC, iso3, date(year, 1, 1), _LDC_UNTIL.get(iso3))
    # Landlocked countries and small islands are so by nature: the source gives today's lists, without days.
    for row in read("groups"):
        for iso3 in row["members"]:
            yield Membership(row["code"], iso3)


MEMBERSHIPS: Final[tuple[Membership, ...]] = tuple(_memberships())


@lru_cache(maxsize=4096)
def groups_of(iso3: str, on: date) -> frozenset[str]:
    """The codes of the groups this country is in on this day."""
    return frozenset(entry.group for entry in MEMBERSHIPS if entry.iso3 == iso3 and entry.holds(on))


@lru_cache(maxsize=4096)
def in_group(group: str, on: date) -> frozenset[str]:
    """The countries (ISO 3166 alpha-3) that are in this group on this day."""
    return frozenset(entry.iso3 for entry in MEMBERSHIPS if entry.group == group and entry.holds(on))


def choices(lang: str) -> list[tuple[str, str]]:
    """The groups for a menu, the largest need first, as the United Nations names them."""
    return [(group.code, group.name(lang)) for group in GROUPS.values()]
