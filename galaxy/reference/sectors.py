"""The sectors of the OECD's Development Assistance Committee, by code, in English and French."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from galaxy.reference import names
from galaxy.reference.files import read
from galaxy.reference.names import Named, Names


@dataclass(frozen=True, slots=True)
class Category(Named):
    """A family of sectors, with a code of three digits."""

    active: bool = field(compare=False)


@dataclass(frozen=True, slots=True)
class Sector(Named):
    """A sector, with a code of five digits; withdrawn ones can be read but no longer chosen."""

    category: str = field(compare=False)
    active: bool = field(compare=False)
    descriptions: Names = field(compare=False, repr=False)

    def description(self, lang: str) -> str:
        """What belongs to it, in this language, else in English; empty where nobody has written it."""
        return self.descriptions.get(lang) or self.descriptions.get("en", "")


CATEGORIES: Final[Mapping[str, Category]] = {
    row["code"]: Category(row["code"], row["name"], row["active"]) for row in read("sector_categories")
}
SECTORS: Final[Mapping[str, Sector]] = {
    row["code"]: Sector(row["code"], row["name"], row["category"], row["active"], row["description"])
    for row in read("sectors")
}


def sectors_of(category: str) -> tuple[Sector, ...]:
    """The active sectors of a category, in the order of their codes."""
    return tuple(sector for sector in SECTORS.values() if sector.active and sector.category == category)


def choices(lang: str) -> list[tuple[str, str]]:
    """The active sectors for a menu."""
    return names.choices((sector for sector in SECTORS.values() if sector.active), lang)


def category_choices(lang: str) -> list[tuple[str, str]]:
    """The active categories for a menu."""
    return names.choices((category for category in CATEGORIES.values() if category.active), lang)


def grouped_choices(lang: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The active sectors for a menu, under the names of their categories."""
    return [(name, names.choices(sectors_of(code), lang)) for code, name in category_choices(lang) if sectors_of(code)]
