"""UNESCO's Thesaurus: ideas of education, science, culture and society, their names and their kin.

The file has a licence of its own, which asks the same of whatever is made from it: sharealike/LICENSE.md.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from galaxy.reference.files import read
from galaxy.reference.names import Named, fold


@dataclass(frozen=True, slots=True)
class Concept(Named):
    """An idea: its preferred names, its others by language, the codes of what is above, beside, around it."""

    also: Mapping[str, tuple[str, ...]] = field(compare=False, repr=False)
    broader: tuple[str, ...] = field(compare=False)
    related: tuple[str, ...] = field(compare=False)
    groups: tuple[str, ...] = field(compare=False)

    def spellings(self, lang: str) -> tuple[str, ...]:
        """All its names in a language, the preferred first; none where nobody has named it."""
        preferred = (self.names[lang],) if lang in self.names else ()
        return preferred + self.also.get(lang, ())


@cache
def concepts() -> Mapping[str, Concept]:
    """Every concept by its code, read at the first call."""
    return {
        row["id"]: Concept(
            row["id"],
            row["pref"],
            {lang: tuple(words) for lang, words in row.get("alt", {}).items()},
            tuple(row.get("broader", ())),
            tuple(row.get("related", ())),
            tuple(row.get("groups", ())),
        )
        for row in read("sharealike/thesaurus")
    }


@cache
def groups() -> Mapping[str, Named]:
    """The fields the concepts are sorted into, by code."""
    return {row["id"]: Named(row["id"], row["pref"]) for row in read("sharealike/thesaurus_groups")}


@cache
def _index() -> Mapping[str, tuple[Concept, ...]]:
    index: dict[str, dict[str, Concept]] = defaultdict(dict)
    for concept in concepts().values():
        for lang in concept.names.keys() | concept.also.keys():
            for spelling in concept.spellings(lang):
                index[fold(spelling)][concept.code] = concept
    return {words: tuple(found.values()) for words, found in index.items()}


def named(text: str) -> tuple[Concept, ...]:
    """The concepts that are called so in any of the languages, whatever the accents and capitals."""
    return _index().get(fold(text), ())
