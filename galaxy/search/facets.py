"""What a list of entries can be narrowed by: which codes there are, what they are called, what a typed value means."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Final

from flask_babel import LazyString

from galaxy.content import words
from galaxy.content.models import Entry
from galaxy.core.db import now
from galaxy.core.i18n import lazy
from galaxy.reference import countries, groups, languages, lists, regions, sdgs, sectors
from galaxy.reference.names import Named, fold
from galaxy.search import grammar

LABELS: Final[Mapping[str, LazyString]] = {
    "kind": lazy("Kind"),
    "country": lazy("Country"),
    "region": lazy("Region"),
    "group": lazy("Group of countries"),
    "sdg": lazy("Goal"),
    "sector": lazy("Sector"),
    "language": lazy("Language"),
    "year": lazy("Year"),
    "modality": lazy("Modality"),
    "evidence": lazy("Evidence"),
}
_LISTS: Final[Mapping[str, Mapping[str, Named]]] = {
    "country": countries.COUNTRIES,
    "region": {code: regions.REGIONS[code] for code in regions.BROWSE_REGIONS},
    "group": groups.GROUPS,
    "sdg": sdgs.GOALS,
    "sector": sectors.CATEGORIES,
    "language": languages.LANGUAGES,
    "modality": lists.MODALITIES,
    "evidence": lists.EVIDENCE,
}


def label(facet: str, code: str, lang: str) -> str:
    """What a code is called in the reader's language; a goal with its number, a kind in the plural."""
    if facet == "kind":
        name = words.kind_name(code, 2)
        return name[:1].upper() + name[1:]
    return _called(facet, code, lang)


@lru_cache(10_000)
def _called(facet: str, code: str, lang: str) -> str:
    if facet in {"region", "group"}:
        return _LISTS[facet][code].name(lang) if code in _LISTS[facet] else code
    return words.code_name(facet, code, lang)


def resolve(facet: str, value: str, language: str = "en") -> str | None:
    """The code that a typed value means: a code, or a name in any of the languages; None where it means none."""
    if facet == "country":
        return countries.find(value)
    if facet in {"sdg", "year"}:
        return grammar.as_typed(facet, value, language)
    if facet == "kind":
        return _kind(value)
    return _codes(facet).get(fold(value[: grammar.LONGEST_VALUE]))


def all_codes(codes: Mapping[str, Iterable[str]], on: date) -> dict[str, list[str]]:
    """An entry's codes as the index holds them.

    Countries give their regions and groups of this day, targets their goal, sectors their category of three digits.
    """
    held = {facet: list(some) for facet, some in codes.items() if facet in LABELS}
    held["target"] = [code for code in held.get("sdg", ()) if code in sdgs.TARGETS]  # found by, never chosen
    held["sdg"] = [goal for code in held.get("sdg", ()) if (goal := code.partition(".")[0]) in sdgs.GOALS]
    held["sector"] = [category for code in held.get("sector", ()) if (category := code[:3]) in sectors.CATEGORIES]
    known = [code for code in held.get("country", ()) if code in countries.COUNTRIES]
    held["region"] = [region.code for code in known if (region := countries.browse_region_of(code))]
    held["group"] = [group for code in known for group in groups.groups_of(code, on)]
    return {facet: list(dict.fromkeys(some)) for facet, some in held.items() if some}


def codes_of(entry: Entry) -> dict[str, list[str]]:
    """An entry's codes as the index would hold them today."""
    return all_codes(entry.search_codes(), now().date())


def names_of_countries(codes: Iterable[str]) -> list[str]:
    """What these countries are called in every language, so that an entry is found by where it is of."""
    known = (countries.COUNTRIES[code] for code in codes if code in countries.COUNTRIES)
    return [name for country in known for name in dict.fromkeys(country.names.values())]


def in_order(facet: str, counts: Mapping[str, int], lang: str) -> list[str]:
    """The codes of a facet as they are listed: goals and evidence by number, years backwards, others by count."""
    if facet in {"sdg", "evidence", "group"}:
        rank = {code: at for at, code in enumerate(_LISTS[facet])}
        return sorted(counts, key=lambda code: (rank.get(code, len(rank)), code))
    if facet == "year":
        return sorted(counts, reverse=True)
    return sorted(counts, key=lambda code: (-counts[code], _sorting(facet, code, lang), code))


@lru_cache(10_000)
def _sorting(facet: str, code: str, lang: str) -> str:
    return fold(label(facet, code, lang))


def _kind(value: str) -> str | None:
    asked = fold(value)
    named = {fold(words.kind_name(code, count)): code for code in words.KINDS for count in (1, 2)}
    return named.get(asked) or next((code for code in words.KINDS if asked and asked in {code, code[:-1]}), None)


@cache
def _codes(facet: str) -> Mapping[str, str]:
    codes = {fold(name): code for code, named in _LISTS[facet].items() for name in named.names.values()}
    return codes | {fold(code): code for code in _LISTS[facet]}
