"""The ideas of the shared lists, and which of them words are the name of.

Words are looked up in the language of the question, as they are reduced by its rules, the longest name first; names of
countries in any. Where a list has several ideas for a word it is left alone, except that an acronym may mean two.
A translator adds to `data/acronyms.csv` and `data/glossary.csv`: one idea a line, its names in each language parted by
semicolons, the usual one first.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Literal

from galaxy.reference import countries, sdgs, terms, thesaurus
from galaxy.reference.aliases import ALIASES
from galaxy.search import text
from galaxy.search.stopwords import STOPWORDS

Source = Literal["acronym", "glossary", "thesaurus", "health", "goal", "country"]
LONGEST_NAME: Final = 6
"""Words."""
MOST_MEANINGS: Final = 2


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


WORDS_TOO: Final = _set(
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


def is_acronym(name: str) -> bool:
    """Whether the name is an acronym, at least in part: "OMS", "I+D", "G77", "SDGs", "AfDB"."""
    bare = name.removesuffix("s")
    return len(name) <= 12 and " " not in name and sum(sign.isupper() for sign in bare) >= min(2, len(bare))


def is_small(tokens: Iterable[str]) -> bool:
    return all(any(token in small for small in STOPWORDS.values()) for token in tokens)


def named_in(words: Sequence[str], language: str, reader: str) -> Sequence[tuple[tuple[str, ...], Sequence[Idea]]]:
    """The words parted by the names of their language; by those of the reader's where that knows none of them."""
    found = list(_parted(words, language))
    if reader != language and not any(ideas for _some, ideas in found):
        return list(_parted(words, reader))
    return found


def _parted(words: Sequence[str], language: str) -> Iterator[tuple[tuple[str, ...], Sequence[Idea]]]:
    """The words in order, those together that are the name of something, with what that is."""
    keys = [key_of_words((word,), language) for word in words]
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
    if not word.isupper() and (folded in WORDS_TOO or len(folded) < 3 or is_small([folded])):
        return ()
    ways = (language, *(other for other in text.LANGUAGES if other != language))
    return next((found for lang in ways if (found := _acronyms(lang).get(folded))), ())


def pieces(word: str) -> Sequence[str]:
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


def key_of_words(words: Iterable[str], language: str) -> str:
    if language == "zh":
        return " ".join(text.simplified(word) for word in words)
    return " ".join(text.stem(piece.text, language) for word in words for piece in text.words(word))


def key_of(name: str, language: str) -> str:
    """A name by its telling words, reduced; Chinese as it stands."""
    if language == "zh":
        return text.simplified(name)
    small = STOPWORDS.get(language, frozenset())
    return key_of_words((word.text for word in text.words(name) if text.fold(word.text) not in small), language)


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
    for ideas in (table("glossary"), table("acronyms"), goals(), _health(), _thesaurus()):
        preferred: dict[str, dict[str, tuple[Idea, str]]] = defaultdict(dict)
        others: dict[str, dict[str, tuple[Idea, str]]] = defaultdict(dict)
        for idea in ideas:
            for at, name in enumerate(idea.labels.get(language, ())):
                if _may_be_asked(idea, name, at) and (key := key_of(name, language)):
                    (others if at else preferred)[key].setdefault(idea.code, (idea, name))
        for named in (preferred, others):
            for key, found in named.items():
                if len(found) == 1 or ideas is table("glossary"):
                    index.setdefault(key, next(iter(found.values())))
    return index


def _may_be_asked(idea: Idea, name: str, at: int) -> bool:
    """Acronyms have a list of their own; the thesaurus's other names of one word are often those of something wider."""
    if idea.source != "glossary" and is_acronym(name):
        return False
    return not (at and idea.source == "thesaurus" and " " not in name)


@cache
def _acronyms(language: str) -> Mapping[str, tuple[Idea, ...]]:
    found: dict[str, dict[str, Idea]] = defaultdict(dict)
    for idea in table("acronyms"):
        for name in idea.labels.get(language, ()):
            if is_acronym(name) or language == "zh":
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
def goals() -> tuple[Idea, ...]:
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
