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
ANALYSIS = f"1-{version('snowballstemmer')}-{unicodedata.unidata_version}"
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
_ELIDED = frozenset(["c", "d", "j", "l", "m", "n", "s", "t", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"])
_APOSTROPHES = frozenset("'’ʼ＇")
_IRREGULAR = {"women": "woman", "men": "man", "children": "child", "feet": "foot", "mice": "mouse"}
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
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() or sign.isspace() or sign in JOINERS else " " for sign in text)


def words(text: str) -> Iterator[Word]:
    """The words of a text as written; a run of Chinese signs is one word; "l'" and "qu'" are none."""
    for found in _WORD.finditer(text):
        word, end = found.group(), found.end()
        if text[end : end + 1] in _APOSTROPHES and text[end + 1 : end + 2].isalpha() and word.lower() in _ELIDED:
            continue
        yield Word(word, found.start(), end)


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
    out: list[str] = []
    for word in words(clean(text)):
        if is_cjk(word.text):
            out.extend(bigrams(word.text))
        elif folded := fold(word.text):
            out.append(folded)
    return out[:MOST_TOKENS]


@lru_cache(200_000)
def stems(word: str, language: str) -> tuple[str, ...]:
    """The word reduced by its language's rules, as written and as written without accents where these differ.

    Who types "educacao" means "educação", and Snowball's rules do not give both the same stem.
    """
    word, folded = word[:LONGEST_WORD], fold(word)
    if language == "ar":
        return (_arabic(folded),)
    if (stemmer := _snowball(language)) is None:
        return (folded,)
    lowered = unicodedata.normalize("NFC", word.casefold())
    if language == "pt":
        lowered = re.sub("(õe|ãe|ão)s$", "ão", lowered)
    elif language == "en":
        lowered = _IRREGULAR.get(lowered, lowered)
    as_written = fold(stemmer(lowered))
    return tuple(dict.fromkeys((as_written, fold(stemmer(fold(lowered))))))


def analyse(text: str, language: str) -> Tokens:
    """Both token lists of a text written in `language`; a language we do not know is folded only."""
    plain_tokens: list[str] = []
    stem_tokens: list[str] = []
    stop = STOPWORDS.get(language, frozenset())
    for word in words(clean(text)):
        if is_cjk(word.text):
            plain_tokens.extend(bigrams(word.text))
            stem_tokens.extend(unicodedata.normalize("NFKC", word.text))
        elif folded := fold(word.text):
            plain_tokens.append(folded)
            if folded not in stop:
                stem_tokens.extend(stems(word.text, language))
        if len(plain_tokens) >= MOST_TOKENS:
            break
    return Tokens(plain_tokens[:MOST_TOKENS], stem_tokens[: 2 * MOST_TOKENS])


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
