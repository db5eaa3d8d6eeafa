"""What the shared lists say in place of the words of a question: in other languages, as an acronym, in full, as a code.

Words are looked up in the language of the question, as they are reduced by its rules, the longest name first; names of
countries in any. Where a list has several ideas for a word it is left alone, except that an acronym may mean two.
Only what means the same takes the place of a word; what is wider, narrower or beside it does not. A translator adds to
`data/acronyms.csv` and `data/glossary.csv`: one idea a line, its names in each language parted by semicolons, the
usual one first.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Final, Literal

from galaxy.reference import countries, sdgs, terms, thesaurus
from galaxy.reference.aliases import ALIASES
from galaxy.search import text
from galaxy.search.clauses import Expansion, Group, Run, any_of
from galaxy.search.stopwords import STOPWORDS

Source = Literal["acronym", "glossary", "thesaurus", "health", "goal", "country"]

MOST_RUNS: Final = 30
"""In a question."""
LONGEST_NAME: Final = 6
"""Words."""
MOST_MEANINGS: Final = 2
IN_FULL, OTHER_WAY, BY_CODE = 0.9, 0.7, 0.5
ALL: Final = "all"
"""In place of codes: no expansion at all."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WORDS_TOO: Final = _set(
    "ace ai air ans ar ari au bad bid bit ca car cas ces cut dat don dos dpi du ed eia epi es et ets eu ev fem gar "
    "hr ia idea ie ils in ind ip ira it its lie ma mal man mas me mi mic mis mit mou nap on ors os ou pa pace pam pan "
    "pas per pes pi pmi pro ps pt rh sa sap sas sat se si sig sis so son std sur ta tel the ti tic to tor tu ua ue un "
    "us va ve vi who"
)
"""Acronyms that are words in some language: only capitals tell them apart, and a text's tokens have none."""
_NAMES_TOO: Final = _set("reunion grenade granada chili chile turkey peru maurice jersey dominica salvador")
"""Names of countries that are words too: they count with a capital letter."""
_OF_NAMES: Final = _set("a and d da das de del des do dos du e el et l la las le les los o of the y и")
"""Words that tell no country from another."""
_OF_GOALS: Final = _set(
    "sdg sdgs odd ods цур goal goals objectif objectifs objetivo objetivos objectivo цель цели هدف الهدف 目标 "
    "可持续发展目标 target targets cible cibles meta metas задача غاية الغاية 具体目标"
)
_SAYS_LITTLE: Final = _set(
    "supportive exposure surface surfaces spread updates onset touch touching restrictions CV deadly disposable "
    "detectable corona wfh"
)
"""English terms of the health list that mean what they mean there beside others only."""
_CODE = re.compile(r"(?P<said>[^\W\d_]*?)-?(?P<code>(?:1[0-7]|[1-9])(?:\.(?:1?[0-9]|[a-d]))?)")
_ASIDE = re.compile(r"\s*[(\[].*?[)\]]")


@dataclass(frozen=True, slots=True)
class Idea:
    """One line of a list: what it is called in each language, the usual name first, and the code entries carry."""

    code: str
    source: Source
    labels: Mapping[str, tuple[str, ...]]
    facet: str = ""


@lru_cache(2_000)
def groups(
    words: tuple[str, ...], language: str, reader: str, without: frozenset[str] = frozenset(), most: int = MOST_RUNS
) -> tuple[Group, ...]:
    """Consecutive words of a question in `language`, each or some together with what the lists say in their place.

    `reader` is the language in which codes are told; expansions by the codes in `without` are left out; they have at
    most so many runs.
    """
    words = tuple(piece for word in words for piece in _pieces(word))
    if ALL in without:
        return tuple(group for word in words if (group := _plain((word,), language)).clauses)
    found = list(dict(_best(words, language, reader)).items())
    named = sum(bool(ideas) for _some, ideas in found)
    room = most // max(named, 1)
    made = (_group(some, ideas, language, reader, room, without) for some, ideas in found)
    return tuple(group for group in made if group.clauses)


def _plain(words: Sequence[str], language: str) -> Group:
    return Group(tuple(clause for word in words if (clause := any_of(word, language))))


def _group(
    words: Sequence[str], ideas: Sequence[Idea], language: str, reader: str, room: int, without: Collection[str]
) -> Group:
    group = _plain(words, language)
    asked = {(run.field, run.tokens) for clause in group.clauses for run in clause}
    each = [_expansions(idea, words, language, reader) for idea in ideas[:MOST_MEANINGS]]
    kept: list[Expansion] = []
    for expansion in (one for row in zip_longest(*each) for one in row if one is not None):
        runs = tuple(run for run in expansion.runs if (run.field, run.tokens) not in asked)[:room]
        if runs and expansion.code not in without:
            asked.update((run.field, run.tokens) for run in runs)
            room -= len(runs)
            kept.append(expansion if len(runs) == len(expansion.runs) else replace(expansion, runs=runs))
    return Group(group.clauses, tuple(kept))


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
    own, key = idea.labels.get(language, ()), _key(words, language)
    surely = idea.source != "thesaurus" or (bool(own) and _key_of(own[0], language) == key)
    for name in own[:3] if idea.source != "thesaurus" else _in_words(own):
        if _key_of(name, language) != key and (run := _run(name, language, OTHER_WAY if surely else BY_CODE)):
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
    named = next((one for one in (*_goals(), *table("glossary")) if one.facet == idea.facet), idea)
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
    if _is_acronym(name):
        tokens = tuple(text.plain(name))
        return None if " ".join(tokens) in _WORDS_TOO or _is_small(tokens) else Run("plain", tokens, weight)
    telling = [word for word in words if text.fold(word) not in STOPWORDS.get(language, ())]
    stems = tuple(dict.fromkeys(text.stem(word, language) for word in telling))
    if len(stems) == 1:
        folded = text.fold(telling[0])
        return Run("stem", stems, weight) if len(stems[0]) > 3 else Run("plain", (folded,), weight)
    return Run("stem", stems, weight, least=len(stems)) if stems else None


def _is_acronym(name: str) -> bool:
    """Whether the name is an acronym, at least in part: "OMS", "I+D", "G77", "SDGs", "AfDB"."""
    bare = name.removesuffix("s")
    return len(name) <= 12 and " " not in name and sum(sign.isupper() for sign in bare) >= min(2, len(bare))


def _is_small(tokens: Iterable[str]) -> bool:
    return all(any(token in small for small in STOPWORDS.values()) for token in tokens)


def _best(words: Sequence[str], language: str, reader: str) -> Sequence[tuple[tuple[str, ...], Sequence[Idea]]]:
    """The words parted by the names of their language; by those of the reader's where that knows none of them."""
    found = list(_parted(words, language))
    if reader != language and not any(ideas for _some, ideas in found):
        return list(_parted(words, reader))
    return found


def _parted(words: Sequence[str], language: str) -> Iterator[tuple[tuple[str, ...], Sequence[Idea]]]:
    """The words in order, those together that are the name of something, with what that is."""
    keys = [_key((word,), language) for word in words]
    names = [_name_key(word) for word in words]
    at = 0
    while at < len(words):
        for size in range(min(LONGEST_NAME, len(words) - at), 0, -1):
            end = at + size
            if ideas := _named(words[at:end], " ".join(keys[at:end]), " ".join(filter(None, names[at:end])), language):
                break
        yield tuple(words[at:end]), ideas
        at = end


def _named(words: Sequence[str], key: str, name: str, language: str) -> Sequence[Idea]:
    """What these words are the name of, together."""
    if len(words) <= 2 and (code := _goal_or_target(words)):
        return (code,)
    if country := _country(words, name):
        return (country,)
    if len(words) == 1 and (ideas := _acronym(words[0], language)):
        return ideas
    idea, called = _index(language).get(key, (None, ""))
    return (idea,) if idea and _is_inflected(words, called, language) else ()


def _goal_or_target(words: Sequence[str]) -> Idea | None:
    """ "SDG 6", "ODD 6.2", "SDG6"; the code of a target alone."""
    if not (found := _CODE.fullmatch(text.fold(words[-1]))):
        return None
    before = [text.fold(word) for word in words[:-1]] + ([found["said"]] if found["said"] else [])
    code = found["code"]
    if len(before) > 1 or any(word not in _OF_GOALS for word in before):
        return None
    if code in sdgs.TARGETS:
        return Idea(f"goal:{code}", "goal", {}, f"target:{code}")
    return Idea(f"goal:{code}", "goal", {}, f"sdg:{code}") if before and code in sdgs.GOALS else None


def _country(words: Sequence[str], name: str) -> Idea | None:
    code = _countries().get(name)
    if code is None or (text.fold(words[0]) in _NAMES_TOO and not words[0][:1].isupper()):
        return None
    found = countries.COUNTRIES[code]
    labels = {lang: (name,) for lang, name in found.names.items()}
    return Idea(f"country:{code}", "country", labels, f"country:{code}")


def _acronym(word: str, language: str) -> Sequence[Idea]:
    """What an acronym stands for in this language, else in others; small letters do where it is no word."""
    folded = " ".join(text.plain(word))
    if not word.isupper() and (folded in _WORDS_TOO or len(folded) < 3 or _is_small([folded])):
        return ()
    ways = (language, *(other for other in text.LANGUAGES if other != language))
    return next((found for lang in ways if (found := _acronyms(lang).get(folded))), ())


def _pieces(word: str) -> Sequence[str]:
    """A run of Chinese signs cut where the lists know a name in it, the longest first; what stays over is asked for
    as it stands, single signs are not."""
    if not text.is_cjk(word) or len(word) < 3:
        return (word,)
    simple, known = text.simplified(word), _signs()
    pieces: list[str] = []
    at = start = 0
    while at < len(word):
        size = next((n for n in range(min(12, len(word) - at), 1, -1) if simple[at : at + n] in known), 0)
        if size:
            pieces += [word[start:at], word[at : at + size]]
            start = at + size
        at += size or 1
    pieces.append(word[start:])
    return [piece for piece in pieces if len(piece) > 1] or (word,)


@cache
def _signs() -> frozenset[str]:
    """All names in Chinese signs that the lists know."""
    return (
        frozenset(_index("zh"))
        | {key for key in _countries() if text.is_cjk(key)}
        | {key for key in _acronyms("zh") if text.is_cjk(key)}
    )


def _key(words: Iterable[str], language: str) -> str:
    if language == "zh":
        return " ".join(text.simplified(word) for word in words)
    return " ".join(text.stem(piece.text, language) for word in words for piece in text.words(word))


def _key_of(name: str, language: str) -> str:
    """A name by its telling words, reduced; Chinese as it stands."""
    if language == "zh":
        return text.simplified(name)
    small = STOPWORDS.get(language, frozenset())
    return _key((word.text for word in text.words(name) if text.fold(word.text) not in small), language)


def _is_inflected(words: Sequence[str], name: str, language: str) -> bool:
    """Whether the words are the name in another number or case, not another word of its family ("accountable" and
    "accounting", "assurer" and "assurance")."""
    if language == "zh":
        return True
    small = STOPWORDS.get(language, frozenset())
    named = (word.text for word in text.words(name) if text.fold(word.text) not in small)
    asked = (piece.text for word in words for piece in text.words(word))
    return all(_is_form(word, other, language) for word, other in zip(asked, named, strict=False))


@lru_cache(5_000)
def _is_form(word: str, other: str, language: str) -> bool:
    one, two = text.fold(word), text.fold(other)
    if one == two or text.is_irregular(one, language) or text.is_irregular(two, language):
        return True
    if language == "ar":
        one, two = text.without_article(one), text.without_article(two)
    same = next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    ends = {one[same:], two[same:]}
    if language == "ar":
        return ends <= _ARABIC_ENDS
    return all(len(end) <= (3 if language == "ru" else 2) or end in _LONG_ENDS for end in ends)


_ARABIC_ENDS: Final = _set("ات ون ين ان ه ها هم ت") | {""}
_LONG_ENDS: Final = _set("ies oes aes ren ves ais eis ices")


@cache
def _index(language: str) -> Mapping[str, tuple[Idea, str]]:
    """The ideas and their names in a language, by the reduced form of the name; a name with two meanings is left out.

    Lists are asked in order: the first that knows a name has it.
    """
    index: dict[str, tuple[Idea, str]] = {}
    for ideas in (table("glossary"), table("acronyms"), _goals(), _health(), _thesaurus()):
        preferred: dict[str, dict[str, tuple[Idea, str]]] = defaultdict(dict)
        others: dict[str, dict[str, tuple[Idea, str]]] = defaultdict(dict)
        for idea in ideas:
            for at, name in enumerate(idea.labels.get(language, ())):
                if _may_be_asked(idea, name, at) and (key := _key_of(name, language)):
                    (others if at else preferred)[key].setdefault(idea.code, (idea, name))
        for named in (preferred, others):
            for key, found in named.items():
                if len(found) == 1 or ideas is table("glossary"):
                    index.setdefault(key, next(iter(found.values())))
    return index


def _may_be_asked(idea: Idea, name: str, at: int) -> bool:
    """Acronyms have a list of their own; the thesaurus's other names of one word are often those of something wider."""
    if idea.source != "glossary" and _is_acronym(name):
        return False
    return not (at and idea.source == "thesaurus" and " " not in name)


@cache
def _acronyms(language: str) -> Mapping[str, tuple[Idea, ...]]:
    found: dict[str, dict[str, Idea]] = defaultdict(dict)
    for idea in table("acronyms"):
        for name in idea.labels.get(language, ()):
            if _is_acronym(name) or language == "zh":
                found[" ".join(text.plain(name)) if language != "zh" else text.simplified(name)][idea.code] = idea
    return {key: tuple(ideas.values())[:MOST_MEANINGS] for key, ideas in found.items()}


@cache
def table(name: Literal["acronyms", "glossary"]) -> tuple[Idea, ...]:
    """The ideas of one of our own tables."""
    source: Source = "glossary" if name == "glossary" else "acronym"
    with (Path(__file__).with_name("data") / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_line(source, row) for row in csv.DictReader(file))


def _line(source: Source, row: Mapping[str, str]) -> Idea:
    labels = {lang: tuple(name.strip() for name in row[lang].split(";") if name.strip()) for lang in text.LANGUAGES}
    code = row["goal or target"]
    facet = f"{'target' if '.' in code else 'sdg'}:{code}" if code else ""
    return Idea(f"{source}:{row['code']}", source, {lang: some for lang, some in labels.items() if some}, facet)


@cache
def _goals() -> tuple[Idea, ...]:
    return tuple(
        Idea(f"goal:{goal.code}", "goal", {lang: (name,) for lang, name in goal.names.items()}, f"sdg:{goal.code}")
        for goal in sdgs.GOALS.values()
    )


@cache
def _health() -> tuple[Idea, ...]:
    return tuple(
        Idea(f"health:{at}", "health", {lang: (_ASIDE.sub("", name),) for lang, name in names.items() if name})
        for at, names in enumerate(terms.terms())
        if names["en"] not in _SAYS_LITTLE
    )


@cache
def _thesaurus() -> tuple[Idea, ...]:
    return tuple(
        Idea(
            f"thesaurus:{concept.code}",
            "thesaurus",
            {lang: tuple(_ASIDE.sub("", name) for name in concept.spellings(lang)) for lang in concept.names},
        )
        for concept in thesaurus.concepts().values()
        if _name_key(concept.names["en"]) not in _countries() and _name_key(concept.names["fr"]) not in _countries()
    )


@cache
def _countries() -> Mapping[str, str]:
    """The code by the names of a country in any language, as people write them."""
    found: dict[str, str] = {}
    for country in countries.OFFERED:
        names = (*country.names.values(), *country.formal.values(), *ALIASES.get(country.code, ()))
        for name in names:
            if len(key := _name_key(name)) > 1:
                found.setdefault(key, country.code)
    return found


@lru_cache(5_000)
def _name_key(name: str) -> str:
    """A name by its telling words, reduced where a language bends names."""
    if text.is_cjk(name):
        return text.simplified(name)
    words = (word.text for word in text.words(name))
    reduced = (text.stem(word, bent) if (bent := _bending(word)) else text.fold(word) for word in words)
    return " ".join(word for word in reduced if word not in _OF_NAMES)


def _bending(word: str) -> str:
    return "ru" if "\u0400" <= word[0] <= "\u04ff" else "ar" if "\u0600" <= word[0] <= "\u06ff" else ""
