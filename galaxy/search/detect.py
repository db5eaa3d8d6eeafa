"""In which language a question is asked: by its script, and in Latin letters by its small words and its letters.

Questions are short, so that the language of the page on which one is asked counts as much as a telling word. How much
three or four letters in a row speak for a language was counted in the shared lists: `benchmarks/detection.py` makes the
table anew and measures it.
"""

from collections import Counter
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from galaxy.reference.files import read
from galaxy.search import text
from galaxy.search.stopwords import STOPWORDS

LATIN: Final = ("en", "fr", "es", "pt")
PRIOR, SMALL_WORD = 2.0, 2.0
BY_LETTERS = 0.5
AS_A_NAME = 0.5
"""How much less the letters of names say."""
TENTHS: Final = 10
MOST_WORDS: Final = 20

Table = Mapping[str, tuple[int, ...]]
"""For three or four letters in a row, how much they speak for each of the `LATIN` languages, in tenths (logarithms)."""


@lru_cache(2_000)
def language_of(words: str, prior: str) -> str:
    """One of `text.LANGUAGES`: the one these words are written in, `prior` where they do not tell."""
    found = [word.text for word in text.words(words)][:MOST_WORDS]
    scripts = Counter(_script(word) for word in found)
    script, _times = max(scripts.items(), key=lambda one: (one[1], one[0] != "latin"), default=("", 0))
    if script != "latin":
        return script or prior
    return by_letters([word for word in found if _tells(word)], prior, table())


def by_letters(words: list[str], prior: str, counted: Table) -> str:
    """Which of the languages in Latin letters these words are in."""
    if not words:
        return prior
    scores = [PRIOR if language == prior else 0.0 for language in LATIN]
    share = AS_A_NAME if all(word[0].isupper() for word in words) and len(words) <= 3 else 1.0
    for word in words:
        small = [text.fold(word) in STOPWORDS[language] for language in LATIN]
        letters = _letters(word.lower(), counted)
        for at in range(len(LATIN)):
            scores[at] += small[at] * SMALL_WORD + letters[at] * BY_LETTERS * share / TENTHS
    best = max(scores)
    return LATIN[scores.index(best)] if best > 0 or prior in LATIN else prior


def _letters(word: str, counted: Table) -> list[int]:
    word = f" {word[: text.LONGEST_WORD]} "
    rows = [row for size in (3, 4) for at in range(len(word) - size + 1) if (row := counted.get(word[at : at + size]))]
    return [sum(column) for column in zip(*rows, strict=True)] or [0] * len(LATIN)


def _script(word: str) -> str:
    """The language that alone of ours is written so, "latin", or nothing for numbers."""
    if text.is_cjk(word):
        return "zh"
    languages = text.languages_of(word)
    return languages[0] if len(languages) == 1 else "latin" if languages and not word[0].isdecimal() else ""


def _tells(word: str) -> bool:
    """Whether the word is of a language: not an acronym, a number or a code."""
    return word.isalpha() and not (word.isupper() and len(word) <= 6)


@cache
def table() -> Table:
    """What the letters speak for, as it was counted."""
    return {letters: tuple(row) for letters, row in read("sharealike/letters").items()}
