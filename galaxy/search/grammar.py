"""What a reader may type into the search box, and what it means.

    words               every word must be found, in any order
    "a phrase"          just so
    -word  -"a phrase"  must not be found
    field:value         kind, country, region, group, sdg, sector, language, year, modality, evidence

Nothing typed is ever an error: what cannot be understood is read as words, or ignored and told in `notes`.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Literal

from galaxy.search import expansion, text
from galaxy.search.clauses import Clause, Group, any_of, is_small, phrase
from galaxy.search.detect import language_of

FACETS = ("kind", "country", "region", "group", "sdg", "sector", "language", "year", "modality", "evidence")
LONGEST_QUESTION = 300
MOST_TERMS = 16
LONGEST_VALUE = 60
MOST_PIECES = 6
"""Of a hyphenated word, or of an address in the net."""

Problem = Literal["too long", "too many terms", "unknown value", "no or"]


@dataclass(frozen=True, slots=True)
class Note:
    """Something of the question that was not followed, and which words those were."""

    problem: Problem
    words: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or a hyphenated one, to be found in any of its forms."""

    text: str

    @property
    def typed(self) -> str:
        """How one types it."""
        return self.text

    def clause(self, language: str) -> Clause:
        """The ways in which it may stand in an entry."""
        return any_of(self.text, language)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words to be found just as they stand."""

    text: str

    @property
    def typed(self) -> str:
        """How one types it."""
        return f'"{self.text}"'

    def clause(self, language: str) -> Clause:
        """The way in which it stands in an entry."""
        return phrase(self.text)


@dataclass(frozen=True, slots=True)
class Field:
    """Entries that carry this code in this facet."""

    facet: str
    code: str


Term = Word | Phrase | Field


@dataclass(frozen=True, slots=True)
class Query:
    """A question understood: all of `terms`, none of `excluded`."""

    terms: tuple[Term, ...] = ()
    excluded: tuple[Term, ...] = ()
    notes: tuple[Note, ...] = ()
    language: str = "en"
    """In which it is asked, as far as can be told."""
    reader: str = "en"
    """The language of the page on which it is asked."""
    without: frozenset[str] = frozenset()
    """The codes of what the shared lists shall not add."""

    @property
    def said(self) -> tuple[Word | Phrase, ...]:
        """The words and phrases to be found."""
        return tuple(term for term in self.terms if not isinstance(term, Field))

    @property
    def fields(self) -> tuple[Field, ...]:
        """The codes to be carried."""
        return tuple(term for term in self.terms if isinstance(term, Field))

    @property
    def groups(self) -> tuple[Group, ...]:
        """What an index is asked for: each must be met. Small words count only where there is nothing else."""
        return _groups(self.said, self.language, self.reader, self.without)

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """What of it the words themselves ask for, each in the ways in which it may stand in an entry."""
        return tuple(clause for group in self.groups for clause in group.clauses)

    @property
    def refusals(self) -> tuple[Clause, ...]:
        """What an index must not find."""
        return _clauses([t for t in self.excluded if not isinstance(t, Field)], self.language)


Resolver = Callable[[str, str, str], str | None]
"""Finds the code that a value typed for a facet means, in the reader's language."""

_QUOTES = '"“”„«»'
_BETWEEN = "-‐‑.+&/@_#"
_SCHEME = re.compile(r"(?://)?(?:www\.)?", re.IGNORECASE)
_TERM = re.compile(
    rf"""
    (?P<no>(?<![^\s({_QUOTES}])[-\u2212\u2013](?=[\w{_QUOTES}]))?
    (?:
        (?P<field>[A-Za-z]{{2,12}}):(?:[{_QUOTES}](?P<quoted>[^{_QUOTES}]*)[{_QUOTES}]|(?P<value>[^\s{_QUOTES}()]+))
      | [{_QUOTES}](?P<phrase>[^{_QUOTES}]*)[{_QUOTES}]
      | (?P<word>[0-9]{{1,3}}(?:[ ][0-9]{{3}})+(?![\w.,])|[^\s{_QUOTES}()]+)
    )
    """,
    re.VERBOSE,
)


def parse(
    question: str,
    language: str = "en",
    resolve: Resolver | None = None,
    without: Iterable[str] = (),
) -> Query:
    """Understand a question asked on a page in `language`; never raises, whatever was typed."""
    notes: list[Note] = []
    question = " ".join(text.clean(question, 10 * LONGEST_QUESTION).split())
    if len(question) > LONGEST_QUESTION:
        notes.append(Note("too long", question[LONGEST_QUESTION : LONGEST_QUESTION + LONGEST_VALUE]))
        question = question[:LONGEST_QUESTION]
    wanted, refused = _wanted_and_refused(question, language, resolve or as_typed, notes)
    said = " ".join(term.text for term in wanted if not isinstance(term, Field))
    return Query(tuple(wanted), tuple(refused), tuple(notes), language_of(said, language), language, frozenset(without))


def _wanted_and_refused(
    question: str, language: str, resolve: Resolver, notes: list[Note]
) -> tuple[list[Term], list[Term]]:
    wanted: dict[Term, None] = {}
    refused: dict[Term, None] = {}
    for found in _TERM.finditer(question):
        into = refused if found["no"] else wanted
        for term in _terms(found, language, resolve, notes):
            if term in wanted or term in refused:
                continue
            if len(wanted) + len(refused) >= MOST_TERMS:
                notes.append(Note("too many terms", question[found.start() :][:LONGEST_VALUE]))
                return list(wanted), list(refused)
            into[term] = None
    return list(wanted), list(refused)


def as_typed(facet: str, value: str, language: str) -> str | None:
    """The code a value means where codes are typed as they are: "sdg:6", "group:ldc", "year:2024"."""
    value = value.strip()[:LONGEST_VALUE]
    if facet in {"country", "group"}:
        return value.upper() or None
    if facet == "sdg":
        number = re.fullmatch(r"(?:sdg)?\s*0?([1-9]|1[0-7])(?:\.\w+)?", value.lower())
        return number[1] if number else None
    if facet == "year":
        return value if re.fullmatch("[12][0-9]{3}", value) else None
    return value.lower() or None


def _terms(found: re.Match[str], language: str, resolve: Resolver, notes: list[Note]) -> list[Term]:
    if found["word"] is not None:
        return _words(found["word"], notes)
    if found["phrase"] is not None:
        return [Phrase(found["phrase"].strip())] if text.plain(found["phrase"]) else []
    facet = found["field"].lower()
    value = found["quoted"] if found["quoted"] is not None else found["value"]
    if facet in {"http", "https", "mailto"}:
        return _words(_SCHEME.sub("", value, count=1), notes)
    if facet not in FACETS:
        return _words(found["field"], notes) + _words(value, notes)
    if (code := resolve(facet, value[:LONGEST_VALUE], language)) is not None:
        return [Field(facet, code)]
    notes.append(Note("unknown value", found.group()[:LONGEST_VALUE]))
    return []


def _words(typed: str, notes: list[Note]) -> list[Term]:
    if typed in {"OR", "||", "|"}:
        notes.append(Note("no or", typed))
        return []
    if typed in {"AND", "&", "&&", "+"}:
        return []
    pieces = list(text.words(typed))
    if not pieces:
        return []
    if not typed.isascii() and any(text.is_cjk(piece.text) for piece in pieces):
        return [Word(part) for piece in pieces for part in _telling(piece.text)]
    joined = all(typed[a.end : b.start] in _BETWEEN for a, b in pairwise(pieces))
    if joined and len(pieces) <= MOST_PIECES:
        return [Word(typed[pieces[0].start : pieces[-1].end])]
    return [Word(piece.text) for piece in pieces]


def _telling(word: str) -> list[str]:
    return text.apart(word) if text.is_cjk(word) else [word]


@lru_cache(1_000)
def _groups(said: tuple[Word | Phrase, ...], language: str, reader: str, without: frozenset[str]) -> tuple[Group, ...]:
    """Words that follow each other go to the shared lists together; a phrase is asked for as it stands."""
    telling = tuple(term for term in said if not _is_small(term, language)) or said
    parts = [(is_phrase, tuple(some)) for is_phrase, some in groupby(telling, lambda term: isinstance(term, Phrase))]
    most = expansion.MOST_RUNS // max(sum(not is_phrase for is_phrase, _some in parts), 1)
    groups: list[Group] = []
    for is_phrase, some in parts:
        if is_phrase:
            groups += (Group((clause,)) for clause in _clauses(some, language))
        else:
            groups += expansion.groups(tuple(term.text for term in some), language, reader, without, most)
    return tuple(groups)


def _is_small(term: Word | Phrase, language: str) -> bool:
    """Whether a term says nothing beside others; "WHO" in capitals does."""
    return isinstance(term, Word) and is_small(term.text, language) and not (len(term.text) > 1 and term.text.isupper())


def _clauses(terms: Iterable[Word | Phrase], language: str) -> tuple[Clause, ...]:
    clauses = (term.clause(language) for term in terms)
    return tuple(clause for clause in clauses if clause)
