"""What a reader may be about to type: titles of what is published, terms, countries and goals, in their own language.

The shared lists are held in memory as one long string each, with the places where words start in alphabetical order;
titles are rows of a table, kept beside the index. Both are asked for what begins as what was typed, at the start of
any word, whatever the accents and capitals.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any, Literal, NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, Row, Select, bindparam, delete, insert, inspect, select

from galaxy.content.models import Entry, Status
from galaxy.core.addresses import slug
from galaxy.core.db import db
from galaxy.reference import sdgs, terms, thesaurus
from galaxy.reference.countries import COUNTRIES
from galaxy.search import text
from galaxy.search.models import TitleStart

SHORTEST, LONGEST = 2, 48
LONGEST_TITLE = 300
MOST_STARTS = 16
MOST = 8
MOST_PLACES, MOST_TERMS = 2, 3
ROWS = 16  # read of the table, of which the best are shown
_ELIDED = re.compile(" (?:[cdjlmnst]|qu)$")  # of "Côte d'", whose last letter is no word yet
LAST = "\U0010ffff"
ELSEWHERE, INSIDE = 400, 200  # what a name loses in another language, and where the match is not at its start

Kind = Literal["country", "goal", "term", "entry"]


@dataclass(frozen=True, slots=True)
class Completion:
    """Something that may be meant: what it is called, in which language, and where it is found."""

    kind: Kind
    text: str
    language: str
    code: str = ""
    """Of a list, or the last part of the entry's address."""
    entry_kind: str = ""
    endpoint: str = ""
    """The view that shows the entry."""


class Named(NamedTuple):
    """A name of something in a shared list."""

    kind: Kind
    code: str
    language: str
    name: str


def complete(typed: str, lang: str) -> list[Completion]:
    """What begins so, at most `MOST`: the reader's language first, places and goals before terms, then titles."""
    prefix = _ELIDED.sub("", folded(text.clean(typed, LONGEST_TITLE))[:LONGEST].rstrip())
    if len(prefix) < (1 if text.is_cjk(prefix) else SHORTEST):
        return []
    places = _places(prefix, lang)
    called = {place.text for place in places}
    found = [*places, *(term for term in _terms(prefix, lang) if term.text not in called)]
    return [*found, *_titled(prefix, lang, MOST - len(found))]


def keep(ids: Collection[int]) -> None:
    """Remember the titles of those of these entries that are published, and forget those of the others."""
    known = select(Entry.id, Entry.language, Entry.title).where(Entry.id.in_(ids), Entry.status == Status.PUBLISHED)
    rows = [
        {"entry_id": entry_id, "language": language, "key": key, "place": place}
        for entry_id, language, title in db.session.execute(known)
        for key, place in starts(title).items()
    ]
    db.session.execute(delete(TitleStart).where(TitleStart.entry_id.in_(ids)))
    if rows:
        db.session.execute(insert(TitleStart), rows)


def starts(line: str) -> dict[str, int]:
    """The line folded, from each word on, with where that word stands; a Chinese sign and what an article precedes
    are words, too."""
    whole = folded(text.clean(line, LONGEST_TITLE))
    return {whole[at : at + LONGEST]: place for place, at in reversed(list(enumerate(_word_starts(whole))))}


def folded(line: str) -> str:
    """The words of a line as they are compared, one space between them."""
    return " ".join(text.fold(word.text) for word in text.words(line))


def _word_starts(whole: str) -> list[int]:
    """Where in a folded line a reader may begin to type."""
    found = [0]
    for at in range(1, len(whole)):
        if whole[at - 1] == " " or text.is_cjk(whole[at]):
            found.append(at)
        elif whole[at - 2 : at] == "ال" and (at == 2 or whole[at - 3] == " "):
            found.append(at)  # few type the article
    return found[:MOST_STARTS] if whole else []


class Lines:
    """Names that can be completed at the start of any word."""

    def __init__(self, names: Iterable[Named]) -> None:
        self.names = list(names)
        lines = [folded(named.name) for named in self.names]
        self._whole = "\n".join(lines)
        begins = [0, *accumulate(len(line) + 1 for line in lines)]
        places = [
            (begin + at, number, at)
            for number, (begin, line) in enumerate(zip(begins, lines, strict=False))
            for at in _word_starts(line)
        ]
        places.sort(key=lambda place: self._whole[place[0] : place[0] + LONGEST])
        self._places = np.array([place for place, _, _ in places], dtype=np.int32)
        self._numbers = np.array([number for _, number, _ in places], dtype=np.int32)
        self._languages = np.array([self.names[number].language for _, number, _ in places])
        self._worth = np.array([(INSIDE if at else 0) + min(len(lines[n]), 99) for _, n, at in places], dtype=np.int32)

    def beginning(self, prefix: str, lang: str, most: int) -> Iterator[Named]:
        """The names in which a word begins so: the reader's language first, then where it is the first word, then
        the shortest."""
        wide = len(prefix)
        first, last = (
            bisect_left(self._places, bound, key=lambda at: self._whole[at : at + wide + 1])
            for bound in (prefix, prefix + LAST)
        )
        worth = self._worth[first:last] + np.where(self._languages[first:last] == lang, 0, ELSEWHERE)
        for at in np.argsort(worth, kind="stable")[:most].tolist():
            yield self.names[self._numbers[first + at]]


@cache
def _list_of_places() -> Lines:
    """Countries and goals, by all their names; goals also by their numbers."""

    def names() -> Iterator[Named]:
        for country in COUNTRIES.values():
            if country.offered:
                yield from (Named("country", country.code, lang, name) for lang, name in country.names.items())
        for goal in sdgs.GOALS.values():
            for lang, name in goal.names.items():
                yield Named("goal", goal.code, lang, name)
                yield Named("goal", goal.code, lang, f"{_ABBREVIATIONS.get(lang, 'SDG')} {goal.code}")

    return Lines(names())


_ABBREVIATIONS = {"fr": "ODD", "es": "ODS", "pt": "ODS", "ru": "ЦУР"}


@cache
def _list_of_terms() -> Lines:
    """The terms of health and the ideas of the thesaurus, in every language that names them."""

    def names() -> Iterator[Named]:
        for named in (*terms.terms(), *(idea.names for idea in thesaurus.concepts().values())):
            yield from (Named("term", "", lang, name) for lang, name in named.items())

    return Lines(names())


def _places(prefix: str, lang: str) -> list[Completion]:
    """Countries and goals, called as the reader calls them."""
    found = _list_of_places().beginning(prefix, lang, 8 * MOST_PLACES)
    codes = list(dict.fromkeys((named.kind, named.code) for named in found))[:MOST_PLACES]
    return [
        Completion(kind, COUNTRIES[code].name(lang), lang, code)
        if kind == "country"
        else Completion(kind, f"{code}. {sdgs.GOALS[code].name(lang)}", lang, code)
        for kind, code in codes
    ]


def _terms(prefix: str, lang: str) -> list[Completion]:
    found: dict[str, Completion] = {}
    for named in _list_of_terms().beginning(prefix, lang, 4 * MOST_TERMS):
        found.setdefault(folded(named.name), Completion("term", named.name, named.language))
    return list(found.values())[:MOST_TERMS]


def _titled(prefix: str, lang: str, most: int) -> list[Completion]:
    """What is published under such a title; the reader's language first, then where it is the title's first word."""
    rows: dict[int, Row[Any]] = {}
    for wanted in (_IN_LANGUAGE, _IN_ANY):
        answer = db.session.execute(wanted, {"prefix": prefix, "last": prefix + LAST, "lang": lang})
        rows |= {row.id: row for row in answer if _is_visible(row)}
        if len(rows) >= most:
            break
    ranked = sorted(rows.values(), key=lambda row: (row.language != lang, row.place > 0, row.key))
    return [
        Completion("entry", row.title, row.language, slug(row.ref, row.title), row.kind, _class_of(row.kind).endpoint)
        for row in ranked[:most]
    ]


def _starting(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Entries with a title in which a word begins so. The inner statement is bounded before the outer one looks at
    any entry: without statistics SQLite would go through all that is published instead."""
    begins = (TitleStart.key >= bindparam("prefix"), TitleStart.key < bindparam("last"))
    found = select(TitleStart).where(*begins, *conditions).order_by(TitleStart.key).limit(ROWS).subquery()
    columns = (Entry.id, Entry.ref, Entry.kind, Entry.title, Entry.language, found.c.key, found.c.place)
    published = select(*columns).join(found, found.c.entry_id == Entry.id).where(Entry.status == Status.PUBLISHED)
    return published.order_by(found.c.key.desc())  # the first of several words of one title is read last, and kept


_IN_ANY, _IN_LANGUAGE = _starting(), _starting(TitleStart.language == bindparam("lang"))


def _class_of(kind: str) -> type[Entry]:
    found: type[Entry] = inspect(Entry).polymorphic_map[kind].class_
    return found


def _is_visible(row: Row[Any]) -> bool:
    """Whether the public may read it: what stands on another's page only with that one."""
    return _class_of(row.kind).parent is Entry.parent or db.session.get_one(Entry, row.id).is_visible
