"""What the shared lists say in place of the words of a question: in other languages, as an acronym, in full, as a code.

Only what means the same takes the place of a word; what is wider, narrower or beside it does not.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import zip_longest
from typing import Final

from galaxy.search import sounds, text
from galaxy.search.clauses import Expansion, Group, Heard, Run, any_of
from galaxy.search.ideas import (
    WORDS_TOO,
    Idea,
    goals,
    is_acronym,
    is_small,
    key_of,
    key_of_words,
    named_in,
    pieces,
    table,
)
from galaxy.search.stopwords import STOPWORDS

MOST_RUNS: Final = 30
"""In a question."""
IN_FULL, OTHER_WAY, BY_CODE = 0.9, 0.7, 0.5
ALL: Final = "all"
"""In place of codes: no expansion at all."""


@lru_cache(2_000)
def groups(
    words: tuple[str, ...], language: str, reader: str, without: frozenset[str] = frozenset(), most: int = MOST_RUNS
) -> tuple[Group, ...]:
    """Consecutive words of a question in `language`, each or some together with what the lists say in their place.

    `reader` is the language in which codes are told; expansions by the codes in `without` are left out; they have at
    most so many runs.
    """
    words = tuple(piece for word in words for piece in pieces(word))
    if ALL in without:
        return tuple(group for word in words if (group := _plain((word,), language)).clauses)
    found = list(dict(named_in(words, language, reader)).items())
    named = sum(bool(ideas) for _some, ideas in found)
    room = most // max(named, 1)
    made = (_group(some, ideas, language, reader, room, without) for some, ideas in found)
    return tuple(group for group in made if group.clauses)


def _plain(words: Sequence[str], language: str) -> Group:
    heard = tuple(Heard(word, tokens) for word in words if (tokens := sounds.asked(word, language)))
    return Group(tuple(clause for word in words if (clause := any_of(word, language))), heard=heard)


def _group(
    words: Sequence[str], ideas: Sequence[Idea], language: str, reader: str, room: int, without: Collection[str]
) -> Group:
    group = _plain(words, language)
    asked = {(run.field, run.tokens) for clause in group.clauses for run in clause}
    each = [_expansions(idea, words, language, reader) for idea in ideas]
    kept: list[Expansion] = []
    for expansion in (one for row in zip_longest(*each) for one in row if one is not None):
        runs = tuple(run for run in expansion.runs if (run.field, run.tokens) not in asked)[:room]
        if runs and expansion.code not in without:
            asked.update((run.field, run.tokens) for run in runs)
            room -= len(runs)
            kept.append(expansion if len(runs) == len(expansion.runs) else replace(expansion, runs=runs))
    return Group(group.clauses, tuple(kept)) if kept else group


def _expansions(idea: Idea, words: Sequence[str], language: str, reader: str) -> Iterator[Expansion]:
    """What an idea puts in the place of the words, the most useful first."""
    typed = " ".join(words)
    if idea.source == "country":
        named = (_run(name, lang, IN_FULL) for lang, some in idea.labels.items() for name in some[:1])
        runs = (Run("facet", (idea.facet,), BY_CODE), *dict.fromkeys(run for run in named if run))
        yield Expansion(typed, idea.labels.get(reader, idea.labels["en"])[0], reader, "country", idea.code, runs)
        return
    if idea.facet:
        yield _coded(idea, typed, reader)
    own, key = idea.labels.get(language, ()), key_of_words(words, language)
    surely = idea.source != "thesaurus" or (bool(own) and key_of(own[0], language) == key)
    for name in own[:3] if idea.source != "thesaurus" else _in_words(own):
        if key_of(name, language) != key and (run := _run(name, language, OTHER_WAY if surely else BY_CODE)):
            yield Expansion(typed, name, language, idea.source, idea.code, (run,))
    others = [lang for lang in text.LANGUAGES if lang != language and lang in idea.labels]
    for at, weight in enumerate((IN_FULL, OTHER_WAY) if idea.source in {"acronym", "glossary"} else (IN_FULL,)):
        for lang in others:
            names = idea.labels[lang]
            if len(names) > at and (run := _run(names[at], lang, weight if surely else BY_CODE)):
                yield Expansion(typed, names[at], lang, idea.source, idea.code, (run,))


def _in_words(names: Sequence[str]) -> Sequence[str]:
    """The thesaurus's preferred name, and of its others, which are often narrower, two of several words."""
    return [*names[:1], *[name for name in names[1:] if " " in name][:2]]


def _coded(idea: Idea, typed: str, reader: str) -> Expansion:
    """What carries the code of a goal or a target: "SDG 6.2 sanitation"."""
    code = idea.facet.partition(":")[2]
    named = next((one for one in (*goals(), *table("glossary")) if one.facet == idea.facet), idea)
    called = named.labels.get(reader, ("",))[0]
    said = f"{_acronym_of_goals(reader)} {code} {called}".strip()
    runs = (Run("facet", (idea.facet,), BY_CODE), *(() if idea.labels else _numbered(code)))
    return Expansion(typed, said, "", "goal", f"goal:{code}", runs)


@cache
def _numbered(code: str) -> tuple[Run, ...]:
    """How texts in other languages name a goal or a target by its number: "ODD 6", "ЦУР 6", "6.2"."""
    if "." in code:
        return (Run("plain", (code,), IN_FULL),)
    names = (text.fold(_acronym_of_goals(language)) for language in text.LANGUAGES)
    return tuple(
        dict.fromkeys(Run("plain", (name, code), IN_FULL) for name in names if name.isascii() or name == "цур")
    )


@cache
def _acronym_of_goals(reader: str) -> str:
    goals = next(idea for idea in table("acronyms") if idea.code == "acronym:sdg")
    return goals.labels.get(reader, goals.labels["en"])[0]


@lru_cache(5_000)
def _run(name: str, language: str, weight: float) -> Run | None:
    """What of an index says this name: all its telling words wherever they stand, an acronym or Chinese just so."""
    if language == "zh":
        return Run("plain", tuple(text.plain(name)), weight) if name else None
    words = [word.text for word in text.words(name)]
    if is_acronym(name):
        tokens = tuple(text.plain(name))
        return None if " ".join(tokens) in WORDS_TOO or is_small(tokens) else Run("plain", tokens, weight)
    telling = [word for word in words if text.fold(word) not in STOPWORDS.get(language, ())]
    stems = tuple(dict.fromkeys(text.stem(word, language) for word in telling))
    if len(stems) == 1:
        folded = text.fold(telling[0])
        return Run("stem", stems, weight) if len(stems[0]) > 3 else Run("plain", (folded,), weight)
    return Run("stem", stems, weight, least=len(stems)) if stems else None
