"""Text becomes tokens here, the same way for documents and for questions, in all seven languages.

Every text gives two lists. `plain` holds its words folded (lower case, no accents, no vowel signs), in order, for
phrases, names, spelling and every language we cannot stem; Chinese and Japanese runs are cut into overlapping pairs.
`stem` holds the words reduced by the rules of the document's own language: Snowball's for six of them, Light10 for
Arabic (Larkey, Ballesteros and Connell 2007, "Light Stemming for Arabic Information Retrieval"), single signs for
Chinese. Engines are handed these lists and analyse nothing themselves, so all of them agree.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.metadata import version
from typing import NamedTuple, Protocol

import snowballstemmer

from galaxy.search.stopwords import STOPWORDS

LANGUAGES = ("ar", "en", "es", "fr", "pt", "ru", "zh")
ANALYSIS = f"2-{version('snowballstemmer')}-{unicodedata.unidata_version}"
"""Changes whenever the same text would give other tokens: an index made by another analysis is made again."""

LONGEST_TEXT = 200_000
LONGEST_WORD = 40
MOST_TOKENS = 30_000

CJK = "㐀-䶿一-鿿豈-﫿぀-ヿ"
MARKS = "".join(chr(c) for c in range(0x300, 0x3100) if unicodedata.category(chr(c)) in {"Mn", "Mc"}) + "ـ"
JOINERS = "\u00ad\u200b\u200c\u200d\u2060\ufeff"  # soft hyphens and invisible joiners stand inside words
_LETTER = rf"[^\W_{CJK}]"
_WORD = re.compile(rf"[{CJK}]+|{_LETTER}+(?:[{MARKS}{JOINERS}]+{_LETTER}*)*")
_FALLS_AWAY = re.compile(
    f"[\u0300-\u0305\u0307-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640{JOINERS}]"
)
_BREVE = re.compile("(?<!и)\u0306")  # the breve makes another letter of и only: й stays й, ă becomes a
_LETTERS = str.maketrans(
    {
        **dict(zip("أإآٱ", "اااا", strict=True)),
        **{"ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك"},
        **dict(zip("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789", strict=True)),
        **{"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i"},
    }
)
_APOSTROPHE = re.compile("['’ʼ＇]")
_ELISION = re.compile(r"(?<!\w)(?:[cdjlmnst]|(?:|jus|lors|puis|quoi)qu)['’ʼ＇](?=[^\W\d_])", re.IGNORECASE)
_UNFIT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_IRREGULAR = {
    "en": {"women": "woman", "men": "man", "children": "child", "feet": "foot", "mice": "mouse"},
    "fr": {"travaux": "travail", "yeux": "œil", "baux": "bail"},
}
_SNOWBALL = {"en": "english", "fr": "french", "es": "spanish", "pt": "portuguese", "ru": "russian"}
_threads = threading.local()
_ARABIC_PREFIXES = ("وال", "بال", "كال", "فال", "ال", "لل", "و")
_ARABIC_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")


_BROKEN_PLURALS = {
    "مدارس": "مدرسة",
    "مشاريع": "مشروع",
    "حلول": "حل",
    "دول": "دولة",
    "اطفال": "طفل",
    "مدن": "مدينة",
    "قرى": "قرية",
    "موارد": "مورد",
    "اهداف": "هدف",
    "برامج": "برنامج",
    "شركاء": "شريك",
    "حقوق": "حق",
    "تجارب": "تجربة",
    "خبراء": "خبير",
    "اسواق": "سوق",
    "امراض": "مرض",
    "انهار": "نهر",
    "ابار": "بئر",
}
"""Plurals that change the word from within, which no light rule undoes: those of the words this field lives by."""


class Word(NamedTuple):
    """A word as it was written, and where."""

    text: str
    start: int
    end: int


class Tokens(NamedTuple):
    """What a text gives to an index."""

    plain: list[str]
    stem: list[str]


class _Stemmer(Protocol):
    def __call__(self, word: str, /) -> str: ...


def clean(text: str, longest: int = LONGEST_TEXT) -> str:
    """The text without what no page may carry (control signs, lone surrogates), and not longer than `longest`."""
    text = text[:longest]
    return text if text.isprintable() else _UNFIT.sub(" ", text)


def words(text: str) -> Iterator[Word]:
    """The words of a text as written; a run of Chinese signs is one word; "l'" and "qu'" are none."""
    for found in _WORD.finditer(_without_elisions(text)):
        yield Word(found.group(), found.start(), found.end())


def _without_elisions(text: str) -> str:
    return _ELISION.sub(lambda elided: " " * len(elided.group()), text) if _APOSTROPHE.search(text) else text


@lru_cache(100_000)
def fold(word: str) -> str:
    """The word without case, accents and vowel signs: how it is compared, whatever the language."""
    if word.isascii():
        return word.lower()[:LONGEST_WORD]
    letters = unicodedata.normalize("NFKC", word[: 4 * LONGEST_WORD]).casefold().translate(_LETTERS)
    letters = _BREVE.sub("", _FALLS_AWAY.sub("", unicodedata.normalize("NFD", letters)))
    return unicodedata.normalize("NFC", letters).translate(_LETTERS)[:LONGEST_WORD]


def is_cjk(word: str) -> bool:
    """Whether the word is a run of Chinese or Japanese signs."""
    return bool(word) and ("㐀" <= word[0] <= "鿿" or "豈" <= word[0] <= "﫿" or "぀" <= word[0] <= "ヿ")


def bigrams(run: str) -> list[str]:
    """The overlapping pairs of a run of signs; one sign alone is itself."""
    run = unicodedata.normalize("NFKC", run)
    return [run] if len(run) < 2 else [run[at : at + 2] for at in range(len(run) - 1)]


def plain(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return analyse(text, "").plain


@lru_cache(200_000)
def stems(word: str, language: str) -> tuple[str, ...]:
    """The word reduced by its language's rules, as written and as written without accents where these differ.

    Who types "educacao" means "educação", and Snowball's rules do not give both the same stem; nor do they to the
    French "maraîcher", "maraîchers" and "maraîchère", or to "irriguer" and "irrigation".
    """
    word, folded = word[:LONGEST_WORD], fold(word)
    if language == "ar":
        return (_arabic(folded),)
    if (stemmer := _snowball(language)) is None:
        return (folded,)
    lowered = unicodedata.normalize("NFC", word.casefold())
    if language == "pt":
        lowered = re.sub("(õe|ãe|ão)s$", "ão", lowered)
    elif language == "fr":
        lowered = re.sub(r"(?<=\w{3})(?:(?<!v)ers|[eè]res?)$", "er", lowered)
    lowered = _IRREGULAR.get(language, {}).get(lowered, lowered)
    found = dict.fromkeys((fold(stemmer(lowered)), fold(stemmer(fold(lowered)))))
    return tuple(stem.removesuffix("u") if language == "fr" and stem.endswith("gu") else stem for stem in found)


def analyse(text: str, language: str) -> Tokens:
    """Both token lists of a text written in `language`; a language we do not know is folded only."""
    plain_tokens: list[str] = []
    stem_tokens: list[str] = []
    for word in _WORD.findall(_without_elisions(clean(text))):
        folded, stemmed = _both(word, language)
        plain_tokens += folded
        stem_tokens += stemmed
        if len(plain_tokens) >= MOST_TOKENS:
            break
    return Tokens(plain_tokens[:MOST_TOKENS], stem_tokens[: 2 * MOST_TOKENS])


@lru_cache(200_000)
def _both(word: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What one word gives to `plain` and to `stem`; small words give nothing to the latter."""
    if is_cjk(word):
        return tuple(bigrams(word)), tuple(unicodedata.normalize("NFKC", word))
    if not (folded := fold(word)):
        return (), ()
    return (folded,), () if folded in STOPWORDS.get(language, ()) else stems(word, language)


def languages_of(word: str, preferred: str = "") -> tuple[str, ...]:
    """Whose rules may have reduced this word, judged by its letters; the preferred language comes first."""
    if "\u0400" <= word[0] <= "\u04ff":
        return ("ru",)
    if "\u0600" <= word[0] <= "\u06ff":
        return ("ar",)
    if word[0] > "\u024f":
        return ()
    latin = ("en", "fr", "es", "pt")
    return tuple(sorted(latin, key=lambda language: language != preferred))


@cache
def _singulars() -> dict[str, str]:
    return {_light10(fold(many)): _light10(fold(one)) for many, one in _BROKEN_PLURALS.items()}


def _arabic(folded: str) -> str:
    stem = _light10(folded)
    return _singulars().get(stem, stem)


def _light10(word: str) -> str:
    for prefix in _ARABIC_PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= (3 if prefix == "و" else 2):
            word = word[len(prefix) :]
            break
    for suffix in _ARABIC_SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 2:
            word = word[: -len(suffix)]
    return word


def _snowball(language: str) -> _Stemmer | None:
    """The language's stemmer, one for each thread: they keep the word they work on in themselves."""
    if language not in _SNOWBALL:
        return None
    mine: dict[str, _Stemmer] = _threads.__dict__
    if language not in mine:
        mine[language] = snowballstemmer.stemmer(_SNOWBALL[language]).stemWord
    return mine[language]
