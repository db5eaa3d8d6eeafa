"""Names that are written in two scripts, known by the consonants that are heard in them: "Washington" and "واشنطن".

A name has a skeleton: its consonants in nine classes, P (p b), F (f v), T (t d), S (s z sh ch j), G (k g), L, R, M, N,
each once where it is heard twice in a row; vowels and breaths fall away. So it is the same in Latin, Cyrillic and
Arabic letters, and for letters that are read in two ways there are two. Chinese knows fewer sounds: there R is L, M is
N, V is nothing, and an r or a d that closes a syllable is mostly not written; so every name has a coarser skeleton too.

Which signs write foreign names is custom, after the tables of the Xinhua News Agency ("Names of the World's Peoples",
1993): `data/transcription.txt` has the usual ones by the skeleton of their syllable.

As tokens in an index skeletons have a letter before them: l, c and a for names in Latin, Cyrillic and Arabic letters, h
for signs, z for the coarser ones of names in letters, by which Chinese questions find them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import islice, product
from pathlib import Path
from typing import Final

from galaxy.search import text
from galaxy.search.stopwords import STOPWORDS

FILE: Final = Path(__file__).with_name("data") / "transcription.txt"
LEAST: Final = 3
"""Consonants of a name; of fewer, too many words are alike."""
SURE: Final = 4
"""Consonants from which two words that sound alike are most likely the same name."""
LONGEST: Final = 7
MOST_WAYS: Final = 4
"""In which a word may be read."""
MOST_SIGNS: Final = 6
"""Of a name in Chinese signs."""
LONGEST_RUN: Final = 40
MOST_NAMES: Final = 400
"""Tokens of one entry."""
SHORTEST_ASKED: Final = 5
"""Letters of a word that may be a name though it is asked without a capital."""

Ways = tuple[str, ...]
Readings = tuple[Ways, Ways]
"""The ways in which letters may be read: as they are, and as Chinese signs write them."""


def _read(lines: str) -> dict[str, Readings]:
    """Lines of readings and the letters that have them: "F: f ph", "F/- -: в", where "-" is nothing."""
    found: dict[str, Readings] = {}
    for line in lines.strip().splitlines():
        readings, letters = line.split(":")
        plain, _, coarse = readings.strip().partition(" ")
        both = (plain, coarse or plain.replace("R", "L").replace("M", "N"))
        ways, others = (tuple(way.strip("-") for way in some.split("/")) for some in both)
        found |= dict.fromkeys(letters.split(), (ways, others))
    return found


_LETTERS: Final = {
    "l": _read("""
        P: p b
        F: f ph
        F F/-: v
        T: t d
        T T/-: ď
        T T/S: th
        S: s z sh sch tch ch tsch tz cz sz dz dj dzh zh ç
        S/TS: ts
        S/-: j
        G: k q c ck g gh
        G/S: ĝ
        L: l
        R: r
        R L/-: ŕ
        GR GL: chr
        M: m
        N: n
        N/NG: ng
        GS: x
    """),
    "c": _read("""
        P: п б
        F: ф
        F/- -: в
        T: т д
        T T/-: ď
        S: с з ж ш щ ч ц дж тч дз
        S/TS: тс
        G: к г
        G/-: ĝ
        L: л
        R: р
        R L/-: ŕ
        M: м
        N: н
        N/NG: нг
        GS: кс
    """),
    "a": _read("""
        P: ب پ
        F F/-: ف ڤ
        T: ت د ط ض ث ذ
        T T/-: ď
        S: س ص ز ظ ش چ تش دج
        S/TS: تس
        S/G: ج
        G: ك ق غ گ
        L: ل
        R: ر
        R L/-: ŕ
        M: م
        N: ن
        N/NG: نغ
        GS: كس
    """),
}
"""How letters are read, by the script: ŕ and ď are those that close a syllable, ĝ is a g that may be none."""
_CLOSING: Final = {
    script: [(re.compile(letters), mark) for letters, mark in some]
    for script, some in {
        "l": (("c(?=[eiy])", "s"), ("(?<!d)g(?=[eiy])", "ĝ"), ("r(?![aeiouyhr])", "ŕ"), ("(?<=[nŕ])[dt]$", "ď")),
        "c": (("^г", "ĝ"), ("р(?![аеёиоуыэюяйр])", "ŕ"), ("(?<=[нŕ])[дт]$", "ď")),
        "a": (("ر(?![اويىةهر])", "ŕ"), ("(?<=[نŕ])[دتط]$", "ď")),
    }.items()
}
_PIECES: Final = {
    script: re.compile("|".join(sorted(some, key=len, reverse=True))) for script, some in _LETTERS.items()
}
_TWICE: Final = re.compile(r"(.)\1+")
_RUSSIAN_CASE: Final = re.compile("(?:ом|ем|ой|ов|ев|ам|ах|ами|ям|ями|ях|ым|им|ого|его|ему|ому)$")
_MAY_BE: Final = re.compile(
    rf"(?<!\w)[A-ZÀ-ÖØ-ÞĀ-ɏЀ-Я][A-Za-zÀ-ɏЀ-ӿ\u0300-\u036f]{{2,}}|[\u0620-\u065f\u0670-\u06d3]{{3,}}|[{text.CJK}]{{2,}}"
)
_HYPHENS: Final = re.compile("[-‐‑]")


def of_text(written: Iterable[str], language: str) -> tuple[str, ...]:
    """What an index holds of some texts: the skeletons of all that may be a name in them.

    That is what has a capital; every word in Arabic, and any signs in Chinese that write names.
    """
    words = {word for each in written for word in _MAY_BE.findall(text.clean(each))}
    tokens = dict.fromkeys(token for word in sorted(words) for token in _held(word, language))
    return tuple(islice(tokens, MOST_NAMES))


@lru_cache(20_000)
def asked(word: str, language: str) -> tuple[str, ...]:
    """The tokens by which an index finds a word of a question where it is written in another script."""
    if text.is_cjk(word):
        return tuple(f"z{skeleton}" for skeleton in _heard(word))
    small = STOPWORDS.get(language, ())
    found: dict[str, None] = {}
    for piece in _HYPHENS.split(word):
        folded = text.fold(piece)
        own = script(folded)
        may_be = own == "a" or piece[:1].isupper() or len(folded) >= SHORTEST_ASKED
        if not own or not may_be or folded in small:
            continue
        for plain, coarse in map(skeletons, _forms(piece, folded)):
            found |= dict.fromkeys(f"{other}{way}" for other in _LETTERS if other != own for way in plain)
            found |= dict.fromkeys(f"h{way}" for way in coarse)
    return tuple(found)


def weight(token: str) -> float:
    """How much a token says beside the longest, from 0 to 1."""
    return min((len(token) - 1) / 5, 1.0)


def is_sure(token: str) -> bool:
    """Whether what sounds like this is most likely the same name."""
    return len(token) > SURE


def spelled(wanted: frozenset[str], written: str, language: str) -> str:
    """The first name in a text with one of these tokens, as it stands there; empty where there is none."""
    for word in text.words(written):
        if not wanted.isdisjoint(_held(word.text, language)):
            if not text.is_cjk(word.text):
                return word.text
            return next((signs for signs, token in _signs(word.text) if f"h{token}" in wanted), "")
    return ""


@lru_cache(100_000)
def _held(word: str, language: str) -> tuple[str, ...]:
    """The tokens of one word of a text."""
    if text.is_cjk(word):
        return tuple(f"h{skeleton}" for skeleton in _heard(word))
    found: dict[str, None] = {}
    for piece in _HYPHENS.split(word):
        folded = text.fold(piece)
        own = script(folded)
        if not own or (own != "a" and not piece[:1].isupper()) or folded in STOPWORDS.get(language, ()):
            continue
        for plain, coarse in map(skeletons, _forms(piece, folded)):
            found |= dict.fromkeys(f"{own}{way}" for way in plain)
            found |= dict.fromkeys(f"z{way}" for way in coarse)
    return tuple(found)


def script(folded: str) -> str:
    """The letter of the script in which a folded word is written; empty for another, and for signs."""
    first = folded[:1]
    if "a" <= first <= "z":
        return "l"
    return "c" if "\u0400" <= first <= "\u04ff" else "a" if "\u0600" <= first <= "\u06ff" else ""


def _forms(word: str, folded: str) -> Sequence[str]:
    """A word as it may stand in a list of names: without Arabic articles and what may be "by" or "for", and without
    the ending of a Russian case."""
    own = script(folded)
    if own == "a":
        bare = folded if word[0] in "أإ" else text.without_article(folded)
        return (bare, bare[1:]) if bare == folded and folded[0] in "بلكف" and len(folded) >= 5 else (bare,)
    if own == "c" and len(folded) > 5 and (ending := _RUSSIAN_CASE.search(folded)):
        return folded, folded[: ending.start()]
    return (folded,)


@lru_cache(100_000)
def skeletons(folded: str) -> Readings:
    """The skeletons of a folded word in letters, in each way in which it may be read, and the coarser ones."""
    if not (own := script(folded)):
        return (), ()
    for letters, mark in _CLOSING[own]:
        folded = letters.sub(mark, folded)
    pieces = [_LETTERS[own][piece] for piece in _PIECES[own].findall(folded)]
    return _ways(plain for plain, _coarse in pieces), _ways(coarse for _plain, coarse in pieces)


def _ways(pieces: Iterable[Ways]) -> Ways:
    read = (_TWICE.sub(r"\1", "".join(way))[:LONGEST] for way in islice(product(*pieces), MOST_WAYS))
    return tuple(dict.fromkeys(skeleton for skeleton in read if len(skeleton) >= LEAST))


def _heard(run: str) -> dict[str, None]:
    """The skeletons of all names that a run of Chinese signs may hold."""
    return dict.fromkeys(skeleton for _signs_of, skeleton in _signs(run))


@lru_cache(20_000)
def _signs(run: str) -> tuple[tuple[str, str], ...]:
    """Stretches of a run that may write a name, the longest first from each sign, each with a skeleton of it."""
    return tuple(_stretches(run[:LONGEST_RUN]))


def _stretches(run: str) -> Iterator[tuple[str, str]]:
    known, simple = transcription(), text.simplified(run)
    for start in range(len(simple) - 1):
        syllables = list[Ways]()
        for sign in simple[start : start + MOST_SIGNS]:
            if (ways := known.get(sign)) is None:
                break
            syllables.append(ways)
        for size in range(len(syllables), 1, -1):
            for skeleton in _ways(syllables[:size]):
                yield run[start : start + size], skeleton


@cache
def transcription() -> dict[str, Ways]:
    """The signs that write foreign names, each with the ways in which its syllable may be read."""
    found: dict[str, Ways] = {}
    lines = FILE.read_text(encoding="utf-8").splitlines()
    for line in (line for line in lines if line and not line.startswith("#")):
        ways, signs = line.split()
        found |= dict.fromkeys(signs, tuple(way.strip("-") for way in ways.split("/")))
    return found
