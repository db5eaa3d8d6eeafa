"""Which words of a text may be wanted, told at a glance of their first letters, so that only these are read.

A text is looked at as bytes of a code page, one for each of its signs: all that a folded letter can be written as under
one byte, whatever parts words as a space. What the page does not have, or what does not fold to one letter, is `?`: it
may be anything.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache, cached_property

from galaxy.search import text

PAGES = {"ru": "cp1251", "ar": "cp1256"}
"""The code page in which texts of a language are looked at; of all others in that of western Europe."""
WESTERN = "cp1252"
GLANCED = 3
"""So many of the first letters are compared; of a short stem two, since rules change the third."""
_SPELT = {"e": "ao", "c": "cp", "t": "c"}
"""What spelling drops before a letter: haemo…, oedema, acção, opção, actor."""
_DROPPED = re.compile("e|(?<=[aeiou])[ct]")
_ANYTHING = re.compile(rb"\?[^ ]*")
_ARABIC = re.compile("[\u0600-\u06ff]")


class Glance:
    """Looks for the words that may give one of these tokens."""

    def __init__(self, tokens: Iterable[str]) -> None:
        self.tokens = frozenset(tokens)
        self._patterns: dict[str, re.Pattern[bytes]] = {}

    def pieces(self, line: str, language: str) -> Iterable[str]:
        """The pieces of a line, between spaces, that may hold such a word.

        Where numbers are sought it is the whole line, since they may hold spaces.
        """
        page = PAGES.get(language, WESTERN)
        written = line.encode(page, "replace").replace(b". ", b"  ")
        seen = b" " + written.translate(_seen(page))  # what is seen stands one place further on than what is read
        places = [found.end() - 2 for found in self._pattern(page).finditer(seen)]
        places += [found.start() - 1 for found in _ANYTHING.finditer(seen)]
        if places and self._numbers:
            return [line]
        ends = ((place, line.find(" ", place)) for place in places)
        return {line[line.rfind(" ", 0, place) + 1 : end if end >= 0 else None] for place, end in ends}

    @cached_property
    def _numbers(self) -> bool:
        return any(token[0].isdecimal() for token in self.tokens)

    def _pattern(self, page: str) -> re.Pattern[bytes]:
        if (known := self._patterns.get(page)) is None:
            known = self._patterns[page] = _pattern(self.tokens, page)
        return known


def _pattern(tokens: Iterable[str], page: str) -> re.Pattern[bytes]:
    """Finds how words begin that may give one of the tokens; an Arabic one anywhere, since small words stand before."""
    table = _seen(page)
    ways = {way: way.encode(page, "replace").translate(table) for token in tokens for way in _ways(token)}
    known = sorted((seen, way) for way, seen in ways.items() if b"?" not in seen)
    begun = b"|".join(re.escape(seen) for seen, way in known if not _ARABIC.match(way))
    within = [re.escape(seen) for seen, way in known if _ARABIC.match(way)]
    return re.compile(b"|".join([b" (?:%b)" % begun] * bool(begun) + within) or rb"(?!)")


def _ways(token: str) -> Iterator[str]:
    """How words may begin that give this token: as it does, as irregular ones do, and with what spelling drops."""
    if token[0].isdecimal():
        yield token[0]
    elif not text.is_cjk(token):
        length = GLANCED if len(token) > GLANCED else 2
        for word in (token, *text.irregulars().get(token, ())):
            yield word[:length]
        for dropped in _DROPPED.finditer(token, 0, GLANCED):
            at = dropped.start()
            yield from (f"{token[:at]}{sign}{token[at:]}"[:length] for sign in _SPELT[dropped[0]])


@cache
def _seen(page: str) -> bytes:
    """What each byte of a code page is seen as."""
    return bytes(_seen_as(bytes([byte]).decode(page, "replace"), page) for byte in range(256))


def _seen_as(sign: str, page: str) -> int:
    if sign in f"?-.ئ{text.MARKS}{text.JOINERS}":  # what may stand within a word, or folds as its neighbour has it
        return ord("?")
    if not sign.isalnum():
        return ord(" ")
    folded = text.fold(sign).replace("y", "i").encode(page, "replace")  # rules make "dying" of "die"
    return folded[0] if len(folded) == 1 else ord("?")
