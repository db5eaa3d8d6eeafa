"""What a word of a question may look like in the index, so that every engine asks for the same tokens."""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil
from typing import Literal, NamedTuple

from galaxy.search import text
from galaxy.search.stopwords import STOPWORDS

Field = Literal["plain", "stem", "facet"]


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens that stand one after the other in a field; worth more the surer it is that they were meant."""

    field: Field
    tokens: tuple[str, ...]
    """In the field `facet` one, "facet:code"."""
    weight: float
    least: int = 0
    """Where it is not 0, so many of the tokens are enough, wherever they stand."""


Clause = tuple[Run, ...]
"""Any of these is enough; the best one counts."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """What one of the shared lists says in place of words that were typed."""

    typed: str
    said: str
    """As a reader reads it: "sanitation", "SDG 6.2 Sanitation"."""
    language: str
    """Of what is said; empty where it is a code."""
    source: Literal["acronym", "glossary", "thesaurus", "health", "goal", "country"]
    code: str
    """By which a reader takes it away."""
    runs: tuple[Run, ...]


class Heard(NamedTuple):
    """A word that may be a name, and the tokens by which it is known where another script writes it."""

    typed: str
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Words that belong together: all their clauses must be met, or any one of the expansions in their place."""

    clauses: tuple[Clause, ...]
    expansions: tuple[Expansion, ...] = ()
    heard: tuple[Heard, ...] = ()
    """Of words that no list knows."""

    @property
    def instead(self) -> Clause:
        """The runs of all expansions, each once."""
        return tuple(dict.fromkeys(run for expansion in self.expansions for run in expansion.runs))


AS_TYPED, SAME_LANGUAGE, OTHER_LANGUAGE, LOOSELY = 1.5, 1.0, 0.6, 0.6
LONGEST_ACRONYM = 5
MOST_OF = 2 / 3
"""So much of a long run of Chinese signs is enough."""


@lru_cache(10_000)
def any_of(word: str, language: str) -> Clause:
    """The ways in which one typed word, compound or run of Chinese signs may be found.

    `language` is the asker's: words reduced by its rules are believed more than those of other languages.
    """
    pieces = [piece.text for piece in text.words(text.clean(word))]
    if not pieces:
        return ()
    if len(pieces) > 1:
        return _compound(word, language)
    if text.is_cjk(word := pieces[0]):
        return _signs(word)
    if not text.fold(word).isalpha():
        return _number(text.fold(word))
    return _inflected(word, language)


def phrase(words: str) -> Clause:
    """The words just as they stand between quotation marks."""
    tokens = tuple(text.plain(words))
    if len(tokens) == 1 and text.is_cjk(tokens[0]) and len(tokens[0]) == 1:
        return (Run("stem", tokens, AS_TYPED),)
    return (Run("plain", tokens, AS_TYPED),) if tokens else ()


def is_small(word: str, language: str) -> bool:
    """Whether the word alone says nothing, in the asker's language."""
    return text.fold(word) in STOPWORDS.get(language, ())


def _inflected(word: str, language: str) -> Clause:
    """The word as typed and reduced; what is written as an acronym is, is not made shorter ("AIDS" is not "aid")."""
    folded = text.fold(word)
    runs: dict[tuple[Field, str], float] = {("plain", folded): AS_TYPED}
    is_acronym = word.isupper() and len(folded) <= LONGEST_ACRONYM
    for other in text.languages_of(word, language):
        for stem in text.stems(word, other):
            if is_acronym and stem != folded:
                continue
            runs.setdefault(("stem", stem), SAME_LANGUAGE if other == language else OTHER_LANGUAGE)
    return tuple(Run(field, (token,), weight) for (field, token), weight in runs.items())


def _signs(run: str) -> Clause:
    """Chinese signs as they stand; a long run is met by most of its pairs, one of four signs by its two halves.

    "农村饮用水安全" finds "农村居民的饮用水安全".
    """
    pairs = tuple(text.bigrams(run))
    exact = Run("stem" if len(run) == 1 else "plain", pairs, AS_TYPED)
    if len(run) < 4:
        return (exact,)
    some = (pairs[0], pairs[-1]) if len(run) == 4 else tuple(dict.fromkeys(pairs))
    return exact, Run("plain", some, LOOSELY, least=ceil(len(some) * MOST_OF))


def _number(folded: str) -> Clause:
    """A number, a code or a word with figures in it, also where its parts stand apart: "10km" and "10 km"."""
    runs = (Run("plain", (folded,), AS_TYPED), Run("stem", (folded,), SAME_LANGUAGE))
    parts = text.parts(folded)
    return (*runs, Run("plain", parts, SAME_LANGUAGE)) if len(parts) > 1 and folded.isalnum() else runs


def _compound(word: str, language: str) -> Clause:
    """A hyphenated word is found as two words and as one: "e-learning", "e learning", "elearning"."""
    tokens = tuple(text.plain(word))
    joined = "".join(tokens)[: text.LONGEST_WORD]
    one_word = _inflected(joined, language) if joined.isalpha() else _number(joined)[:2]
    return Run("plain", tokens, AS_TYPED), *(replace(run, weight=min(run.weight, SAME_LANGUAGE)) for run in one_word)
