"""The countries and areas of the world, what they are called, where they lie, and which one a text means."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Final

from galaxy.reference import names
from galaxy.reference.aliases import ALIASES
from galaxy.reference.files import read
from galaxy.reference.groups import GROUPS, MEMBERSHIPS, Membership, groups_of, in_group
from galaxy.reference.names import Named, Names, fold
from galaxy.reference.regions import BROWSE_REGIONS, REGIONS, Region

__all__ = [
    "BROWSE_REGIONS", "COUNTRIES", "GROUPS", "MEMBERSHIPS", "OFFERED", "REGIONS", "Country", "Membership",
    "Region", "browse_region_of", "choices", "find", "groups_of", "in_group", "members", "region_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Country(Named):
    """A country or area; its code is its ISO 3166 alpha-3, its name the short one for menus.

    The regions are codes of `REGIONS`, the point (degrees) is the middle of its largest piece of land.
    """

    iso2: str = field(compare=False)
    m49: str = field(compare=False)
    region: str | None = field(compare=False)
    subregion: str | None = field(compare=False)
    intermediate: str | None = field(compare=False)
    formal: Names = field(compare=False, repr=False)
    also: tuple[str, ...] = field(compare=False, repr=False)
    capital: str | None = field(compare=False)
    languages: tuple[str, ...] = field(compare=False)
    un_status: str | None = field(compare=False)
    lat: float = field(compare=False)
    lon: float = field(compare=False)
    offered: bool = field(compare=False)

    @property
    def iso3(self) -> str:
        """Its code, by the name the field gives it."""
        return self.code

    @property
    def regions(self) -> tuple[str, ...]:
        """The codes of the regions it lies in, the smallest first."""
        return tuple(code for code in (self.intermediate, self.subregion, self.region) if code)

    def formal_name(self, lang: str) -> str:
        """What it calls itself on a treaty, in this language, else in English, else its name."""
        return self.formal.get(lang) or self.formal.get("en") or self.name(lang)

    def groups(self, on: date) -> frozenset[str]:
        """The codes of the groups it is in on this day."""
        return groups_of(self.code, on)


def _country(row: Mapping[str, object]) -> Country:
    """One line of the file; tuples in place of JSON's lists, so that nobody changes them."""
    return Country(**{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()})  # type: ignore[arg-type]  # the file's keys are the fields


COUNTRIES: Final[Mapping[str, Country]] = {row["code"]: _country(row) for row in read("countries")}
OFFERED: Final[tuple[Country, ...]] = tuple(country for country in COUNTRIES.values() if country.offered)
"""What people may choose: the 248 lines of the United Nations' list.

`COUNTRIES` has one line more, TWN, which ISO 3166 codes and the source adds but the United Nations' M49 does
not list. It stays there so that its code can be read; no menu, no import and no region offers it.
"""


def choices(lang: str, countries: Iterable[Country] = OFFERED) -> list[tuple[str, str]]:
    """The countries for a menu."""
    return names.choices(countries, lang)


def region_of(iso3: str) -> Region | None:
    """The smallest region a country lies in (its `ancestors` are the larger ones); None for Antarctica."""
    return next((REGIONS[code] for code in COUNTRIES[iso3].regions), None)


def browse_region_of(iso3: str) -> Region | None:
    """The region to browse by that a country lies in; None for Antarctica and Northern America."""
    return next((REGIONS[code] for code in COUNTRIES[iso3].regions if code in BROWSE_REGIONS), None)


@cache
def members(region: str) -> tuple[str, ...]:
    """The countries of a region, at whatever depth, by code; KeyError where there is no such region."""
    wanted = REGIONS[region]
    return tuple(country.code for country in OFFERED if wanted.parent is None or wanted.code in country.regions)


# Words that tell no country from another, in any of the languages, and the ways some others are shortened.
_SMALL: Final = {
    "a", "and", "d", "da", "das", "de", "del", "des", "do", "dos", "du", "e", "el", "et", "l", "la", "las",
    "le", "les", "los", "o", "of", "the", "y", "и",
}  # fmt: skip
_SHORT: Final = {"st": "saint", "ste": "saint", "rep": "republic", "dem": "democratic", "fed": "federated"}


def _key(text: str) -> str:
    """The telling words of a name, sorted, so that "Congo, Dem. Rep. of the" is found either way round."""
    words = [_SHORT.get(word, word) for word in fold(text).split()]
    return " ".join(sorted([word for word in words if word not in _SMALL] or words))


def _spellings(country: Country) -> Iterator[str]:
    yield from (country.code, country.iso2, country.m49)
    yield from country.names.values()
    yield from country.also
    yield from country.formal.values()
    yield from ALIASES.get(country.code, ())


@cache
def _index() -> Mapping[str, str]:
    """The code by every spelling; a test sees to it that no two countries share one."""
    return {_key(spelling): country.code for country in OFFERED for spelling in _spellings(country)}


def find(text: str) -> str | None:
    """The code of the country a text means: a code, or a name in any language, however accented or ordered.

    None where it means no country, or could mean two.
    """
    if len(text) > 200:
        return None
    bare = text.strip()
    return _index().get(bare.zfill(3) if bare.isdecimal() else _key(bare))
