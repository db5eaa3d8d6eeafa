"""Text becomes tokens here, the same way for documents and for questions, in all seven languages.

Every text gives two lists. `plain` holds its words folded (lower case, no accents, no vowel signs), in order, for
phrases, names, spelling and every language we cannot stem; Chinese and Japanese runs are written in simplified signs
and cut into overlapping pairs. `stem` holds the words reduced by the rules of the document's own language: Snowball's
for five of them, Light10 for Arabic (Larkey, Ballesteros and Connell 2007, "Light Stemming for Arabic Information
Retrieval"), single signs for Chinese; a hyphenated word stands there as one word too.
A number is one word however its thousands are set apart (1 000, 1,000, 1.000), a code as well (6.2, 2.7.4), and so is
an acronym with its dots (O.N.U.). Engines are handed these lists and analyse nothing, so all of them agree.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple, Protocol

import snowballstemmer

from galaxy.search.stopwords import STOPWORDS

LANGUAGES = ("ar", "en", "es", "fr", "pt", "ru", "zh")
ANALYSIS = f"4-{version('snowballstemmer')}-{unicodedata.unidata_version}"
"""Changes whenever the same text would give other tokens: an index made by another analysis is made again."""

LONGEST_TEXT = 200_000
LONGEST_WORD = 40
MOST_TOKENS = 30_000

CJK = "㐀-䶿一-鿿豈-﫿぀-ヿ"
MARKS = "".join(chr(c) for c in range(0x300, 0x3100) if unicodedata.category(chr(c)) in {"Mn", "Mc"}) + "ـ"
JOINERS = "\u00ad\u200b\u200c\u200d\u2060\ufeff"  # soft hyphens and invisible joiners stand inside words
_LETTER = rf"[^\W_{CJK}]"
_INITIAL = rf"[^\W\d_{CJK}]"
_MARKED = rf"(?:[{MARKS}{JOINERS}]+{_LETTER}*)*"
_DIGIT = "[0-9٠-٩۰-۹]"
_HYPHENS = "-‐‑"
WORD = re.compile(
    r"(?=\w)(?:"
    r"[A-Za-zÀ-ÖØ-öø-ɏЀ-ҁҊ-ӿء-غف-ي]+(?=[\s,;:)])"  # what most words are, and quickly told
    rf"|[{CJK}]+"
    rf"|(?:{_INITIAL}\.)+{_INITIAL}\.?(?![^\W_])"  # O.N.U.
    rf"|[vV]?{_DIGIT}{{1,3}}(?:[.,'’ \u00a0\u2009\u202f\u066c]{_DIGIT}{{3}})+(?:[.,\u066b]{_DIGIT}{{1,2}})?(?!{_DIGIT})"
    rf"|[vV]?{_DIGIT}+(?:[.\u066b]{_DIGIT}+|\.[a-d](?![^\W_]))+"
    rf"|(?<!{_DIGIT},){_DIGIT}+,{_DIGIT}+(?![,.]?{_DIGIT})"
    rf"|{_INITIAL}{_LETTER}*{_MARKED}(?:[{_HYPHENS}]{_LETTER}+{_MARKED}){{0,3}}"
    rf"|{_LETTER}+{_MARKED}"
    r")"
)
SPELLED = re.compile(WORD.pattern.replace(rf"|[{CJK}]+", "", 1).replace(r"(?=\w)", rf"(?=[^\W{CJK}])", 1))
"""Words that are written in letters."""
_HYPHEN = re.compile(f"[{_HYPHENS}]")
_PIECE = re.compile(f"[^{_HYPHENS}]+")
_GROUPED = re.compile("[1-9][0-9]{0,2}(?:[.,'’ \u066c][0-9]{3})+(?=[.,\u066b][0-9]{1,2}$|$)")
_NUMBER = re.compile("v?([0-9]+(?:[.,'’ \u066b\u066c](?:[0-9]+|[a-d]$|[a-d](?=\\.)))+)")
_ACRONYM = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?\.?")
_PARTS = re.compile(r"\d+|[^\W\d_]+")
_FALLS_AWAY = re.compile(
    f"[\u0300-\u0305\u0307-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640{JOINERS}]"
)
_VOWEL_SIGNS = re.compile("[\u064b-\u0652\u0670\u0640]")
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
    language: dict(pair.split("=") for pair in pairs.split())
    for language, pairs in {
        "en": "women=woman men=man children=child feet=foot mice=mouse teeth=tooth geese=goose lives=life leaves=leaf "
        "knives=knife wolves=wolf halves=half shelves=shelf loaves=loaf calves=calf wives=wife crises=crisis "
        "bases=basis theses=thesis hypotheses=hypothesis diagnoses=diagnosis syntheses=synthesis criteria=criterion "
        "phenomena=phenomenon indices=index matrices=matrix media=medium curricula=curriculum fungi=fungus "
        "analyses=analysis analyse=analysis analyze=analysis analysed=analysis analyzed=analysis analysing=analysis "
        "analyzing=analysis built=build taught=teach grew=grow grown=grow sold=sell bought=buy taken=take took=take "
        "written=write wrote=write driven=drive drove=drive made=make paid=pay fed=feed bred=breed chosen=choose "
        "chose=choose drank=drink drunk=drink spoken=speak spoke=speak sought=seek aluminium=aluminum tyre=tire "
        "tyres=tire plough=plow ploughs=plow ploughing=plow ploughed=plow grey=gray oxen=ox lost=lose kept=keep "
        "fought=fight caught=catch brought=bring thought=think stolen=steal broken=break shown=show sewn=sew sown=sow",
        "fr": "travaux=travail yeux=œil baux=bail vitraux=vitrail émaux=émail coraux=corail emaux=email "
        "cieux=ciel aïeux=aïeul messieurs=monsieur mesdames=madame",
        "es": "",
        "pt": "mães=mãe maes=mae heróis=herói herois=heroi facil=facel dificil=dificel util=utel inutil=inutel "
        "fertil=fertel textil=textel agil=agel fragil=fragel reptil=reptel volatil=volatel versatil=versatel "
        "portatil=portatel pacto=pacto pactos=pacto facto=fato factos=fato",
    }.items()
}
_SPELT: dict[str, list[tuple[re.Pattern[str], str]]] = {
    language: [(re.compile(ending), other) for ending, other in endings]
    for language, endings in {
        "en": [
            (r"(?<=\w{3})is(e[drs]?|ers|es|ing|ations?|ational)$", r"iz\1"),  # organise
            (r"(?<=\w{3})our(s|ed|ing|al|able|ers?|hoods?)?$", r"or\1"),  # labour
            (r"(?<=\w{2}[bt])re(s|d)?$", r"er\1"),  # centre
            (r"(?<=\w{3})ogues?$", "og"),
            (r"(?<=\wra)mmes?$", "m"),  # programme
            (r"(?<=\w{3}el)l(ed|ing|ers?)$", r"\1"),  # travelled
            (r"^(p|an|h|gyn|orthop|leuk|arch|encyclop)ae(?=[dmco])", r"\1e"),
            (r"^(f|diarrh|)oe(?=[ta]|dem|str|soph)", r"\1e"),
        ],
        "fr": [
            (r"(?<=\w{3})(?:(?<!v)ers|[eè]res?)$", "er"),  # maraîcher
            (r"(?<=\w{3})trices?$", "teur"),
            (r"(?<=\w{2})ives?$", "if"),
        ],
        "ru": [(r"(?<=\w{3})тив$", "тива")],  # кооператив
        "es": [
            (r"(?<=\w{2})ces$", "z"),  # luces
            (r"(?<=\w)([eé])nes$", r"\1n"),  # jóvenes
        ],
        "pt": [
            (r"(?<=[aeiou])[cp](?=ç)|(?<=[aeo])c(?=c[ao]o$|coes$|t[aeiouáéíóú])", ""),  # acção, projecto
            (r"[õã]es$|ãos$", "ão"),
            (r"[oa]es$|aos$", "ao"),
            (r"(?<=\w{2})ais$", "al"),  # rurais
            (r"(?<=\w{2})[ée]is$|(?<=[áéíóúê][^aeiou])il$|(?<=[áéíóúê][^aeiou]{2})il$", "el"),  # fáceis, fácil
            (r"(?<=\w{2})[óo]is$", "ol"),
            (r"(?<=\w{2})uis$", "ul"),
            (r"(?<=[^aeiouáéíóú])is$", "il"),
            (r"(?<=[aeiou])ns$", "m"),  # homens
        ],
    }.items()
}
"""What is spelt in two ways, or makes a plural that Snowball's rules do not undo."""
_SNOWBALL = {"en": "english", "fr": "french", "es": "spanish", "pt": "portuguese", "ru": "russian"}
_SMALL_SIGNS = re.compile(
    "为什么|有没有|怎么[办样]?|如何|怎样|什么|哪[些里个种]|是否|能否|可否|以及|或者|关于|有关|对于|我们|你们|他们|请问|"
    "(?<!目)的(?!确)|(?<![缓温共饱总柔])和(?![平谐解睦])|(?<![参给赋])与(?!会)|(?<![埃普涉危波触])及(?![时格早])|"
    "(?<![存现潜正所实内外])在(?![线职校地家场于])|了(?!解)|[于但还就可]?是(?!否)|[吗呢吧啊]"
)
_threads = threading.local()
_ARABIC_PREFIXES = ("وبال", "وكال", "ولل", "فلل", "وال", "بال", "كال", "فال", "ال", "لل", "و")
_ARABIC_SUFFIXES = ("هم", "ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")


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
    for found in WORD.finditer(_without_elisions(text)):
        whole, start = found.group(), found.start()
        if whole.isalnum():
            yield Word(whole, start, found.end())
        else:
            for piece in _PIECE.finditer(whole):
                yield Word(piece.group(), start + piece.start(), start + piece.end())


def _without_elisions(text: str) -> str:
    return _ELISION.sub(lambda elided: " " * len(elided.group()), text) if _APOSTROPHE.search(text) else text


@lru_cache(100_000)
def fold(word: str) -> str:
    """The word without case, accents and vowel signs: how it is compared, whatever the language."""
    if word.isascii():
        letters = word.lower()
    else:
        letters = unicodedata.normalize("NFKC", word[: 4 * LONGEST_WORD]).casefold().translate(_LETTERS)
        letters = _BREVE.sub("", _FALLS_AWAY.sub("", unicodedata.normalize("NFD", letters.replace("ئو", "ؤو"))))
        letters = unicodedata.normalize("NFC", letters).translate(_LETTERS)
    return (letters if letters.isalnum() else _without_dots(letters))[:LONGEST_WORD]


def _without_dots(word: str) -> str:
    """A number without what sets its thousands apart and with a point before its decimals; an acronym without dots."""
    if not (number := _NUMBER.fullmatch(word)):
        return word.replace(".", "") if _ACRONYM.fullmatch(word) else word
    figures = number[1]
    if grouped := _GROUPED.match(figures):
        figures = re.sub(r"\D", "", grouped.group()) + figures[grouped.end() :]
    return re.sub("[,\u066b]", ".", figures)[:LONGEST_WORD].rstrip(".")


def apart(run: str) -> list[str]:
    """A run of Chinese signs without the small words in it; a run of small words alone stays as it is.

    Signs that are a small word alone and a part of others ("和" in "和平") part a run only where they are one.
    """
    pieces, at = list[str](), 0
    for small in (*_SMALL_SIGNS.finditer(simplified(run)), None):
        pieces.append(run[at : small.start() if small else len(run)])
        at = small.end() if small else at
    return [piece for piece in pieces if piece] or [run]


def bare(text: str) -> str:
    """The text without Arabic vowel signs and stretched letters, as most people write it."""
    return text if text.isascii() else _VOWEL_SIGNS.sub("", text)


def is_cjk(word: str) -> bool:
    """Whether the word is a run of Chinese or Japanese signs."""
    return bool(word) and ("㐀" <= word[0] <= "鿿" or "豈" <= word[0] <= "﫿" or "぀" <= word[0] <= "ヿ")


def simplified(text: str) -> str:
    """The text with traditional Chinese signs as the simplified ones; as long as it was."""
    return text.translate(_simplified())


@cache
def variants() -> dict[str, str]:
    """All signs that are one simplified sign, by that one."""
    found: dict[str, str] = {}
    for code, simple in _simplified().items():
        found[simple] = found.get(simple, simple) + chr(code)
    return found


@cache
def _simplified() -> dict[int, str]:
    """The simplified sign by the traditional one, and the usual sign by those that only old encodings tell apart."""
    traditional, simple = Path(__file__).with_name("data").joinpath("simplified.txt").read_text("utf-8").split()[-2:]
    signs = dict(zip(traditional, simple, strict=True))
    usual = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xF900, 0xFAD0)}
    return str.maketrans(signs | {old: signs.get(sign, sign) for old, sign in usual.items() if len(sign) == 1})


def bigrams(run: str) -> list[str]:
    """The overlapping pairs of a run of signs, simplified; one sign alone is itself."""
    run = simplified(unicodedata.normalize("NFKC", run))
    return [run] if len(run) < 2 else [run[at : at + 2] for at in range(len(run) - 1)]


def plain(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return analyse(text, "").plain


@lru_cache(200_000)
def stems(word: str, language: str) -> tuple[str, ...]:
    """The word reduced by its language's rules, as written and as written without accents where these differ.

    Who types "educacao" means "educação", and Snowball's rules do not give both the same stem; nor do they to the
    French "maraîcher", "maraîchers" and "maraîchère", or to "irriguer" and "irrigation". The last stem is that of
    the word without accents, which every spelling of it has.
    """
    word, folded = word[:LONGEST_WORD], fold(word)
    if language == "ar":
        return _arabic(folded)
    if (stemmer := _snowball(language)) is None or not folded.isalpha():
        return (folded,)
    lowered = unicodedata.normalize("NFC", word.casefold())
    spellings = (lowered, folded) if lowered != folded and lowered.isalpha() else (folded,)
    found = dict.fromkeys(fold(stemmer(_regular(spelling, language))) for spelling in spellings)
    return tuple(stem.removesuffix("u") if language == "fr" and stem.endswith("gu") else stem for stem in found)


def stem(word: str, language: str) -> str:
    """The stem of the word without accents, by which every spelling of it is known."""
    return stems(word, language)[-1 if language != "ar" else 0]


def _regular(word: str, language: str) -> str:
    """The word as it is spelt most, in the singular, where the stemmer would not see that it is the same."""
    if singular := _IRREGULAR.get(language, {}).get(word):
        return singular
    for ending, usual in _SPELT.get(language, ()):
        word = ending.sub(usual, word)
    return word


def analyse(text: str, language: str) -> Tokens:
    """Both token lists of a text written in `language`; a language we do not know is folded only."""
    plain_tokens: list[str] = []
    stem_tokens: list[str] = []
    for word in WORD.findall(_without_elisions(clean(text))):
        folded, stemmed = tokens_of(word, language)
        plain_tokens += folded
        stem_tokens += stemmed
        if len(plain_tokens) >= MOST_TOKENS:
            break
    return Tokens(plain_tokens[:MOST_TOKENS], stem_tokens[: 2 * MOST_TOKENS])


@lru_cache(200_000)
def tokens_of(word: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What one word gives to `plain` and to `stem`; small words give nothing to the latter."""
    if is_cjk(word):
        return tuple(bigrams(word)), tuple(simplified(unicodedata.normalize("NFKC", word)))
    if word.isalnum() or not _HYPHEN.search(word):
        return _one(word, language)
    pieces = [(piece, *_one(piece, language)) for piece in _PIECE.findall(word)]
    joined = "".join(piece for piece, _plain, _stem in pieces)
    return (
        tuple(token for _piece, plain, _stem in pieces for token in plain),
        (*(token for _piece, _plain, stem in pieces for token in stem), *stems(joined, language)),
    )


def _one(word: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if not (folded := fold(word)):
        return (), ()
    if not folded.isalpha() and folded[0].isdecimal():
        return (folded,), (folded, *_measured(folded))
    return (folded,), () if folded in STOPWORDS.get(language, ()) else stems(word, language)


def parts(folded: str) -> tuple[str, ...]:
    """The figures and the letters of a word: "10", "km"."""
    return tuple(_PARTS.findall(folded))


def _measured(folded: str) -> tuple[str, ...]:
    """The number and the unit of "10km", the year of "1.6.2024": what else a number may be found by."""
    found = parts(folded)
    if any(part.isalpha() for part in found):
        return found[:3]
    return tuple(part for part in found if len(part) == 4) if len(found) == 3 else ()


def is_irregular(folded: str, language: str) -> bool:
    """Whether the word makes its forms in a way that no rule tells."""
    if language == "ar":
        return _light10(folded) in _singulars()
    return folded in _IRREGULAR.get(language, {})


@cache
def irregulars() -> dict[str, tuple[str, ...]]:
    """The words that make their forms in a way that no rule tells, folded, by their stem in any language."""
    found: dict[str, list[str]] = {}
    for many, stem in _singulars().items():
        found.setdefault(stem, []).append(many)
    for word, language in ((word, language) for language, words in _IRREGULAR.items() for word in words):
        for stem in stems(word, language):
            found.setdefault(stem, []).append(fold(word))
    return {stem: tuple(words) for stem, words in found.items()}


def without_article(folded: str) -> str:
    """An Arabic word without what is written before it."""
    return next((folded[len(before) :] for before in _ARABIC_PREFIXES if _begins(folded, before)), folded)


def _begins(word: str, prefix: str) -> bool:
    return word.startswith(prefix) and len(word) - len(prefix) >= (3 if prefix == "و" else 2)


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


def _arabic(folded: str) -> tuple[str, ...]:
    """Its light stem; where its first letter may be "for" or "by", also that of the rest."""
    stem = _light10(folded)
    found = [_singulars().get(stem, stem)]
    if folded[:1] in {"ل", "ب"} and len(folded) >= 5 and not folded.startswith(("لل", "بال")):
        stem = _light10(folded[1:])
        found.append(_singulars().get(stem, stem))
    return tuple(dict.fromkeys(found))


def _light10(word: str) -> str:
    word = without_article(word)
    for suffix in _ARABIC_SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= (4 if suffix == "هم" else 2):
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
