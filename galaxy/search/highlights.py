"""The passage of a text that answers best, with the words that were asked for marked in it."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log

from markupsafe import Markup, escape

from galaxy.search import text
from galaxy.search.clauses import Run
from galaxy.search.grammar import Query

LONGEST_READ = 20_000
WIDTH = 240

Token = tuple[str, str]
"""A field of the index and what stands there."""
Span = tuple[int, int, tuple[int, ...]]
"""Where a marked word starts and ends, and which of the wanted things it is a part of."""


@dataclass(frozen=True, slots=True)
class Thing:
    """What may be found: a word of the question, or what a list says in place of some."""

    word: int
    """Things of the same number say the same: one of them is enough."""
    tokens: frozenset[Token]
    least: int
    """So many of the tokens make it."""
    code: str = ""
    """Of the expansion; empty where it is the reader's own word."""


@dataclass(frozen=True)
class Wanted:
    """What is to be marked: things made of folded words, stems, and runs of Chinese signs."""

    things: tuple[Thing, ...] = ()
    signs: tuple[tuple[str, int], ...] = ()
    """Runs of signs, simplified, the longest first, each with its thing."""

    @classmethod
    @lru_cache(1_000)
    def of(cls, query: Query) -> "Wanted":
        """What the words of a question stand for, and what the shared lists say in their place."""
        things: list[Thing] = []
        signs: dict[str, int] = {}
        for number, group in enumerate(query.groups):
            said = [(number * 100 + at, "", clause) for at, clause in enumerate(group.clauses)]
            said += [(number * 100, expansion.code, expansion.runs) for expansion in group.expansions]
            for word, code, runs in said:
                for run in (run for run in runs if run.field != "facet"):
                    tokens = frozenset((run.field, token) for token in run.tokens)
                    for pair in _joined(run):
                        signs.setdefault(pair, len(things))
                    # The words of a phrase are marked wherever they stand; of a name that a list gives, all must.
                    things.append(Thing(word, tokens, max(run.least, len(run.tokens) if code else 1), code))
        return cls(tuple(things), tuple(sorted(signs.items(), key=lambda sign: -len(sign[0]))))

    def __bool__(self) -> bool:
        return bool(self.things)

    @cached_property
    def by_token(self) -> Mapping[Token, tuple[int, ...]]:
        """The things that a token is a part of."""
        found: dict[Token, list[int]] = {}
        for at, thing in enumerate(self.things):
            for token in thing.tokens:
                found.setdefault(token, []).append(at)
        return {token: tuple(parts) for token, parts in found.items()}

    def in_word(self, word: str, language: str) -> tuple[int, ...]:
        """The things that a word of a text is a part of."""
        plain, stems = text.tokens_of(word, language)
        known = self.by_token
        found = [part for token in plain for part in known.get(("plain", token), ())]
        return (*found, *(part for token in stems for part in known.get(("stem", token), ())))


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of an entry's texts, and what of the wanted it shows."""

    html: Markup
    found: frozenset[str] = frozenset()
    """The codes of the expansions that stand in it; empty for the reader's own words."""


def marked(line: str, wanted: Wanted, language: str) -> Markup:
    """A whole line, such as a title, with the wanted words marked."""
    line = text.clean(line, LONGEST_READ)
    return _mark(line, spans(line, wanted, language), 0, len(line))


def snippet(texts: Sequence[str], wanted: Wanted, language: str, width: int = WIDTH) -> Markup:
    """The best passage of some texts, marked."""
    return passage(texts, wanted, language, width).html


def passage(texts: Sequence[str], wanted: Wanted, language: str, width: int = WIDTH) -> Passage:
    """The stretch that says most of what is wanted, from the first of the texts that has it; else the first beginning.

    What the texts say often tells less: of two words, the one that they say once decides.
    """
    read = [line for line in (readable(one) for one in texts) if line]
    if not read:
        return Passage(Markup(""))
    found = [spans(line, wanted, language) for line in read]
    times = Counter(word for some in found for span in some for word in _words_of(span, wanted))
    worth = {word: 1 / (1 + log(number)) for word, number in times.items()}
    best, line, shown, start = 0.0, read[0], found[0], 0
    for other, some in zip(read, found, strict=True):
        more, begins = _densest(some, wanted, worth, width)
        if more > best + 1e-9:
            best, line, shown, start = more, other, some, begins
    begin, end = _window(line, start, width)
    out = _mark(line, shown, begin, end)
    html = Markup("{}{}{}").format("…" if begin else "", out, "…" if end < len(line) else "")
    inside = (part for first, last, parts in shown if begin <= first and last <= end for part in parts)
    return Passage(html, frozenset(wanted.things[part].code for part in inside))


def readable(written: str) -> str:
    """A text without the signs of its Markdown, on one line."""
    line = text.clean(written, LONGEST_READ)
    if any(sign in line for sign in "*_#[>`|~"):
        line = _LINK.sub(r"\1", line)
        line = _SIGNS.sub(" ", line)
    return " ".join(line.split())


def spans(line: str, wanted: Wanted, language: str) -> list[Span]:
    """Where the wanted things stand in a line, in order, none over another; of those, only what is whole in it."""
    found = [*_in_words(line, wanted, language), *_in_signs(line, wanted)]
    there: dict[int, set[str]] = {}
    for start, end, parts in found:
        for part in parts:
            there.setdefault(part, set()).add(text.fold(line[start:end]))
    whole = {part for part, words in there.items() if len(words) >= wanted.things[part].least or _signed(words)}
    kept = ((start, end, tuple(part for part in parts if part in whole)) for start, end, parts in found)
    return sorted(span for span in kept if span[2])


def _signed(words: Iterable[str]) -> bool:
    """Whether these are Chinese signs, of which a run holds many tokens."""
    return any(text.is_cjk(word) for word in words)


def _in_words(line: str, wanted: Wanted, language: str) -> Iterator[Span]:
    """The words that are a part of something, after a quick look at which words there are at all."""
    pattern = _likely(wanted, language) or text.WORD
    words = (word for word in set(pattern.findall(line)) if not text.is_cjk(word))
    hits = {word: parts for word in words if (parts := wanted.in_word(word, language))}
    if hits:
        yield from ((*word.span(), hits[word.group()]) for word in pattern.finditer(line) if word.group() in hits)


def _in_signs(line: str, wanted: Wanted) -> Iterator[Span]:
    """Stretches of wanted Chinese signs, in whichever signs they are written; what overlaps is one."""
    if not wanted.signs or not _SIGN.search(line):
        return
    simple = text.simplified(line)
    known = dict(wanted.signs)
    start = end = 0
    parts: dict[int, None] = {}
    for found in _signs(wanted).finditer(simple):
        at, sign = found.start(), found[1]
        if parts and at >= end:
            yield start, end, tuple(parts)
            parts = {}
        if not parts:
            start = end = at
        end = max(end, at + len(sign))
        parts[known[sign]] = None
    if parts:
        yield start, end, tuple(parts)


@lru_cache(1_000)
def _signs(wanted: Wanted) -> re.Pattern[str]:
    """Finds each wanted run of signs at every place, the longest that begins there."""
    return re.compile(f"(?=({'|'.join(re.escape(sign) for sign, _thing in wanted.signs)}))")


def _joined(run: Run) -> list[str]:
    """The Chinese signs of a run of pairs: in one where they follow each other, else each pair."""
    if not any(text.is_cjk(token) for token in run.tokens):
        return []
    if run.least:
        return [token for token in run.tokens if text.is_cjk(token)]
    return ["".join(token[0] for token in run.tokens[:-1]) + run.tokens[-1]]


_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,500}\)")
_SIGNS = re.compile(r"(?:^|(?<=\s))(?:#{1,6}|>+|[-*+])(?=\s)|[*_`~|]+")
_SIGN = re.compile(f"[{text.CJK}]")
_REST = rf"[^\W_{text.CJK}]*(?:[{text.MARKS}{text.JOINERS}]+[^\W_{text.CJK}]*)*"
_OTHER_STARTS = {"ma": "me", "fo": "fe", "mo": "mi", "pe": "pa", "fe": "fo", "te": "ta", "se": "so"}
"""How forms of a word begin that do not begin alike: man and men, foot and feet, pediatric and paediatric."""


@lru_cache(1_000)
def _likely(wanted: Wanted, language: str) -> re.Pattern[str] | None:
    """Words that begin as a wanted one does, so that few words of a text need a closer look (Latin and Cyrillic).

    None where every word must be looked at: in Arabic, which writes small words at the beginning, and for numbers.
    """
    if language in {"ar", "zh"}:
        return None
    tokens = {token for thing in wanted.things for _field, token in thing.tokens}
    starts = {token[:2] for token in tokens if token[0].isascii() or "\u0400" <= token[0] <= "\u04ff"}
    if not starts or any(not start.isalpha() for start in starts):
        return None
    starts |= {other for start, other in _OTHER_STARTS.items() if start in starts}
    spelled = sorted("".join(_any_accent(letter) for letter in start) for start in starts)
    spelled += [joined for start, joined in (("oe", "œ"), ("ae", "æ")) if start in starts]
    return re.compile(rf"(?<![\w{text.MARKS}])(?:{'|'.join(spelled)}){_REST}", re.IGNORECASE)


@lru_cache(100)
def _any_accent(letter: str) -> str:
    if letter.isdigit():
        return rf"{letter}"
    others = "".join(v for v in _variants().get(letter, ()) if v.isalnum())
    return f"[{re.escape(letter)}{others}][\u0300-\u036f]?"


@lru_cache(1)
def _variants() -> dict[str, list[str]]:
    """Every accented letter of the Latin and Cyrillic blocks, under the letter it folds to."""
    variants: dict[str, list[str]] = {}
    for letter in map(chr, [*range(0xC0, 0x250), *range(0x400, 0x500), *range(0x1E00, 0x1F00)]):
        folded = text.fold(letter)
        if len(folded) == 1 and folded != letter and unicodedata.category(letter).startswith("L"):
            variants.setdefault(folded, []).append(letter)
    return variants


def _words_of(span: Span, wanted: Wanted) -> set[int]:
    return {wanted.things[part].word for part in span[2]}


def _densest(found: list[Span], wanted: Wanted, worth: Mapping[int, float], width: int) -> tuple[float, int]:
    """The worth and the start of the stretch that says most of the different wanted words, then says them most."""
    best, begins, first = 0.0, 0, 0
    said = [_words_of(span, wanted) for span in found]
    for last, (_, end, _) in enumerate(found):
        while end - found[first][0] > width - 40 and first < last:
            first += 1
        inside = set().union(*said[first : last + 1])
        more = sum(worth[word] for word in inside) + 0.001 * min(last + 1 - first, 99)
        if more > best + 1e-9:
            best, begins = more, found[first][0]
    return best, begins


def _window(line: str, start: int, width: int) -> tuple[int, int]:
    """Some 40 signs before the start and `width` in all, cut between words where there are any."""
    begin = max(0, min(start - 40, len(line) - width))
    if begin:
        space = line.find(" ", begin, start)
        begin = space + 1 if space >= 0 else begin
    end = min(len(line), begin + width)
    if end < len(line):
        space = line.rfind(" ", begin + width // 2, end)
        end = space if space >= 0 else end
    return begin, end


def _mark(line: str, found: list[Span], start: int, end: int) -> Markup:
    out, at = [], start
    for begin, stop, _ in found:
        if begin >= at and stop <= end:
            out += [escape(line[at:begin]), Markup("<mark>"), escape(line[begin:stop]), Markup("</mark>")]
            at = stop
    return Markup("").join([*out, escape(line[at:end])])
