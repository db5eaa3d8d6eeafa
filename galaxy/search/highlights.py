"""The passage of a text that answers best, with the words that were asked for marked in it."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from galaxy.search import text
from galaxy.search.grammar import Query

LONGEST_READ = 20_000
WIDTH = 240

Span = tuple[int, int, int]
"""Where a marked word starts and ends, and which of the wanted tokens it is (for counting different ones)."""


@dataclass(frozen=True)
class Wanted:
    """What is to be marked: folded words, stems, and runs of Chinese signs."""

    plain: frozenset[str] = frozenset()
    stems: frozenset[str] = frozenset()
    signs: tuple[str, ...] = ()

    @classmethod
    @lru_cache(1_000)
    def of(cls, query: Query) -> "Wanted":
        """The tokens that the words of a question stand for."""
        plain, stems, signs = set[str](), set[str](), set[str]()
        for term in query.said:
            signs.update(word.text for word in text.words(term.text) if text.is_cjk(word.text))
        for run in (run for clause in query.clauses for run in clause):
            into = plain if run.field == "plain" else stems
            into.update(token for token in run.tokens if not text.is_cjk(token))
        return cls(frozenset(plain), frozenset(stems), tuple(sorted(signs, key=len, reverse=True)))

    def __bool__(self) -> bool:
        return bool(self.plain or self.stems or self.signs)


def marked(line: str, wanted: Wanted, language: str) -> Markup:
    """A whole line, such as a title, with the wanted words marked."""
    line = text.clean(line, LONGEST_READ)
    return _mark(line, spans(line, wanted, language), 0, len(line))


def snippet(texts: Sequence[str], wanted: Wanted, language: str, width: int = WIDTH) -> Markup:
    """The passage with most of the wanted words, from the first of the texts that has it; else the first beginning."""
    read = [line for line in (readable(one) for one in texts) if line]
    if not read:
        return Markup("")
    best: tuple[int, str, list[Span], int] = (0, read[0], [], 0)
    for line in read:
        found = spans(line, wanted, language)
        worth, start = _densest(found, width)
        if worth > best[0]:
            best = (worth, line, found, start)
    _, line, found, start = best
    start, end = _window(line, start, width)
    out = _mark(line, found, start, end)
    return Markup("{}{}{}").format("…" if start else "", out, "…" if end < len(line) else "")


def readable(written: str) -> str:
    """A text without the signs of its Markdown, on one line."""
    line = text.clean(written, LONGEST_READ)
    if any(sign in line for sign in "*_#[>`|~"):
        line = _LINK.sub(r"\1", line)
        line = _SIGNS.sub(" ", line)
    return " ".join(line.split())


def spans(line: str, wanted: Wanted, language: str) -> list[Span]:
    """Where the wanted words stand in a line, in order, none over another."""
    found: list[Span] = []
    if wanted.plain or wanted.stems:
        likely = _likely(wanted)
        words = likely.finditer(line) if likely else _ANY.finditer(line)
        for word in words:
            folded = text.fold(word.group())
            if folded in wanted.plain:
                found.append((*word.span(), hash(folded)))
            elif stem := next((s for s in text.stems(word.group(), language) if s in wanted.stems), None):
                found.append((*word.span(), hash(stem)))
    if wanted.signs:
        runs = re.finditer("|".join(map(re.escape, wanted.signs)), line)
        found.extend((*run.span(), hash(run.group())) for run in runs)
        found.sort()
    return found


_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,500}\)")
_SIGNS = re.compile(r"(?:^|(?<=\s))(?:#{1,6}|>+|[-*+])(?=\s)|[*_`~|]+")
_REST = rf"[^\W_{text.CJK}]*(?:[{text.MARKS}{text.JOINERS}]+[^\W_{text.CJK}]*)*"
_ANY = re.compile(rf"[^\W_{text.CJK}]{_REST}")


@lru_cache(1_000)
def _likely(wanted: Wanted) -> re.Pattern[str] | None:
    """Words that begin as a wanted one does, so that few words of a text need a closer look (Latin and Cyrillic)."""
    starts = {token[:2] for token in wanted.plain | wanted.stems}
    if starts & {"ma", "fo", "mo"}:
        starts |= {"me", "fe", "mi"}  # men and man, feet and foot, mice and mouse
    if not all(start.isascii() or all("\u0400" <= letter <= "\u04ff" for letter in start) for start in starts):
        return None
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


def _densest(found: list[Span], width: int) -> tuple[int, int]:
    """The worth and the start of the stretch that holds most different wanted words, then most of them."""
    best, first = (0, 0), 0
    for last, (_, end, _) in enumerate(found):
        while end - found[first][0] > width - 40 and first < last:
            first += 1
        inside = found[first : last + 1]
        worth = 100 * len({which for _, _, which in inside}) + min(len(inside), 99)
        if worth > best[0]:
            best = (worth, found[first][0])
    return best


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
