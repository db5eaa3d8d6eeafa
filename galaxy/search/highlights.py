"""The passage of a text that answers best, with the words that were asked for marked in it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log

from markupsafe import Markup, escape

from galaxy.search import text
from galaxy.search.clauses import Run
from galaxy.search.glance import Glance
from galaxy.search.grammar import Query

LONGEST_READ = 20_000
WIDTH = 240
MOST_SPANS = 300
"""Of a text, weighed against each other."""

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

    def words_of(self, parts: tuple[int, ...]) -> frozenset[int]:
        """The words that these things say."""
        if (known := self._words.get(parts)) is None:
            known = self._words[parts] = frozenset(self.things[part].word for part in parts)
        return known

    @cached_property
    def _words(self) -> dict[tuple[int, ...], frozenset[int]]:
        return {}

    @cached_property
    def many(self) -> bool:
        """Whether anything wanted is made of several words."""
        return any(thing.least > 1 for thing in self.things)

    @cached_property
    def glance(self) -> Glance:
        """Finds the words of a text that may be a part of something."""
        return Glance(token for thing in self.things for _field, token in thing.tokens)

    def begins(self, word: str, language: str) -> bool:
        """Whether a word begins as something wanted does; Arabic writes small words before others."""
        return language == "ar" or word[0] > "ӿ" or text.fold(word[0])[:1] in self._initials

    @cached_property
    def _initials(self) -> frozenset[str]:
        return frozenset(token[0] for token in self.glance.tokens)

    @cached_property
    def plain(self) -> Mapping[str, tuple[int, ...]]:
        """The things that a folded word is a part of."""
        return self._by_token("plain")

    @cached_property
    def stems(self) -> Mapping[str, tuple[int, ...]]:
        """The things that a stem is a part of."""
        return self._by_token("stem")

    def _by_token(self, field: str) -> Mapping[str, tuple[int, ...]]:
        found: dict[str, list[int]] = {}
        for at, thing in enumerate(self.things):
            for token in (token for its, token in thing.tokens if its == field):
                found.setdefault(token, []).append(at)
        return {token: tuple(parts) for token, parts in found.items()}


def marked(line: str, wanted: Wanted, language: str) -> Markup:
    """A whole line, such as a title, with the wanted words marked."""
    line = text.clean(line, LONGEST_READ)
    return _mark(line, spans(line, wanted, language), 0, len(line))


def snippet(texts: Sequence[str], wanted: Wanted, language: str, width: int = WIDTH) -> Markup:
    """The stretch that says most of what is wanted, marked, from the first of the texts that has it; else the first
    beginning.

    What the texts say often tells less: of two words, the one that they say once decides.
    """
    read = (line for line in map(readable, texts) if line)
    if not wanted:
        return _passage(next(read, ""), [], 0, width)
    found = [(line, spans(line, wanted, language)) for line in read]
    times = Counter(word for _line, some in found for span in some for word in wanted.words_of(span[2]))
    worth = {word: 1 / (1 + log(number)) for word, number in times.items()}
    best, start = 0.0, 0
    line, shown = found[0] if found else ("", [])
    for other, some in found:
        more, begins = _densest(some, wanted, worth, width)
        if more > best + 1e-9:
            best, line, shown, start = more, other, some, begins
    return _passage(line, shown, start, width)


def _passage(line: str, shown: list[Span], start: int, width: int) -> Markup:
    begin, end = _window(line, start, width)
    return ("…" if begin else "") + _mark(line, shown, begin, end) + ("…" if end < len(line) else "")


def readable(written: str) -> str:
    """A text without the signs of its Markdown, on one line."""
    line = text.clean(written, LONGEST_READ)
    if any(sign in line for sign in "*_#[>`|~"):
        line = _LINK.sub(r"\1", line)
        line = _SIGNS.sub(" ", line)
    if line.isprintable() and "  " not in line:  # the space is the one printable sign that parts words
        return line.strip()
    return " ".join(line.split())


def spans(line: str, wanted: Wanted, language: str) -> list[Span]:
    """Where the wanted things stand in a line, in order, none over another; of those, only what is whole in it."""
    found = sorted([*_in_words(line, wanted, language), *_in_signs(line, wanted)])
    if not wanted.many:
        return found
    there: dict[int, set[str]] = {}
    for start, end, parts in found:
        for part in parts:
            there.setdefault(part, set()).add(text.fold(line[start:end]))
    whole = {part for part, words in there.items() if len(words) >= wanted.things[part].least or _signed(words)}
    kept = ((start, end, tuple(part for part in parts if part in whole)) for start, end, parts in found)
    return [span for span in kept if span[2]]


def _signed(words: Iterable[str]) -> bool:
    """Whether these are Chinese signs, of which a run holds many tokens."""
    return any(text.is_cjk(word) for word in words)


def _in_words(line: str, wanted: Wanted, language: str) -> Iterator[Span]:
    """The words that are a part of something: each word that there is is looked at once, then sought."""
    plain, stems = wanted.plain, wanted.stems
    for word in {word for piece in wanted.glance.pieces(line, language) for word in text.SPELLED.findall(piece)}:
        if not wanted.begins(word, language):
            continue
        folded, reduced = text.tokens_of(word, language)
        if plain.keys().isdisjoint(folded) and stems.keys().isdisjoint(reduced):
            continue
        parts = [part for token in folded for part in plain.get(token, ())]
        parts += [part for token in reduced for part in stems.get(token, ())]
        yield from ((start, start + len(word), tuple(parts)) for start in _places(line, word))


def _places(line: str, word: str) -> Iterator[int]:
    """Where a word begins that stands alone."""
    start = line.find(word)
    while start >= 0:
        end = start + len(word)
        if not (start and _continues(line[start - 1])) and not _continues(line[end : end + 1]):
            yield start
        start = line.find(word, end)


def _continues(sign: str) -> bool:
    """Whether the sign belongs to the word beside it."""
    return (sign.isalnum() and not text.is_cjk(sign)) or sign in _WITHIN


def _in_signs(line: str, wanted: Wanted) -> Iterator[Span]:
    """Stretches of wanted Chinese signs, in whichever signs they are written; what overlaps is one."""
    if not wanted.signs or not _SIGN.search(line):
        return
    known = dict(wanted.signs)
    start = end = 0
    parts: dict[int, None] = {}
    for found in _signs(wanted).finditer(line):
        at, sign = found.start(), text.simplified(found[1])
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
    every = text.variants()
    ways = ["".join(f"[{every.get(letter, letter)}]" for letter in sign) for sign, _thing in wanted.signs]
    firsts = "".join(sorted({letter for sign, _ in wanted.signs for letter in every.get(sign[0], sign[0])}))
    return re.compile(f"(?=[{firsts}])(?=({'|'.join(ways)}))")


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


_WITHIN = frozenset(text.MARKS + text.JOINERS)


def _densest(found: list[Span], wanted: Wanted, worth: Mapping[int, float], width: int) -> tuple[float, int]:
    """The worth and the start of the stretch that says most of the different wanted words, then says them most."""
    best, begins, first = 0.0, 0, 0
    said = [wanted.words_of(parts) for _start, _end, parts in found]
    for last, (_, end, _) in enumerate(found[:MOST_SPANS]):
        while end - found[first][0] > width - 40 and first < last:
            first += 1
        inside = frozenset().union(*said[first : last + 1])
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
    out, at = "", start
    for begin, stop, _ in found:
        if begin >= at and stop <= end:
            out += f"{escape(line[at:begin])}<mark>{escape(line[begin:stop])}</mark>"
            at = stop
    return Markup(f"{out}{escape(line[at:end])}")  # noqa: S704  # each piece of the line is escaped
