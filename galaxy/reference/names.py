"""Things that have a code and a name in several languages, and how a reader's list of them is sorted."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

Names = Mapping[str, str]
"""The same words by language code; English is always there."""


def said(names: Names, lang: str) -> str:
    """The words in this language, or in English where nobody has put them into it."""
    return names.get(lang) or names["en"]


@dataclass(frozen=True, slots=True)
class Named:
    """One line of a list; two lines are the same when their codes are."""

    code: str
    names: Names = field(compare=False, repr=False)

    def name(self, lang: str) -> str:
        """Its name in this language, else in English."""
        return said(self.names, lang)


def fold(text: str) -> str:
    """Letters and digits alone, small, without accents, one space between words: "Île-d’Or" is "ile d or"."""
    bare = (sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join("".join(sign if sign.isalnum() else " " for sign in bare).casefold().split())


# The names of these lists are few and sorted on every form; what readers type is never kept.
_place = lru_cache(maxsize=10_000)(fold)


def choices(things: Iterable[Named], lang: str) -> list[tuple[str, str]]:
    """Code and name of each, in the order a reader of this language looks them up.

    Accents are folded, so that "Îles" stands among the I. Chinese, which this cannot sort by sound, comes in
    the order of its signs.
    """
    named = [(thing.code, thing.name(lang)) for thing in things]
    return sorted(named, key=lambda choice: (_place(choice[1]), choice))
