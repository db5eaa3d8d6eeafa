"""The words that an index knows: completing them, and finding the one that was meant.

A slip of the finger takes away at most one of a word's letters and three of its letter pairs, and adds as many. So
words are first compared by 64 bits of each, all at once, and only the few that remain letter by letter. That needs 17
bytes a word, where a dictionary of all one-letter deletions (the usual way) needs fifty times that in every process.
The words themselves stay in the list of terms.
"""

from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from galaxy.search.engines.terms import Terms, prefix, written

SHORTEST, LONGEST = 2, 24
AT_ONCE = 8_192
"""Words of which the signs are made in one go: more are no quicker, and take memory."""
_SPACE, _A_LETTER = np.uint64(32), np.uint64(21)


class _Signs(NamedTuple):
    """What words are first compared by."""

    lengths: NDArray[np.int8]
    """How many letters each has; 0 where it is no word to be spelled."""
    letters: NDArray[np.uint64]
    """A bit for each of its letters."""
    pairs: NDArray[np.uint64]
    """A bit for each pair of neighbours in it, its ends included."""


class Vocabulary:
    """The words among the terms of a segment, each with the number of documents that hold it."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    def beginning(self, letters: str, limit: int) -> dict[str, int]:
        """The commonest words that begin so."""
        numbers = self._terms.beginning(prefix("plain") + written(letters))
        times = self._terms.counts(numbers)
        found: dict[str, int] = {}
        for at in np.argsort(-times.astype(np.int64), kind="stable").tolist():
            word = self._word(numbers[at])
            if SHORTEST <= len(word) <= LONGEST and word.isalpha():
                found[word] = int(times[at])
            if len(found) == limit:
                break
        return found

    def near(self, word: str, slips: int) -> dict[str, int]:
        """The words at most so many slips away."""
        if len(word) > LONGEST + slips:
            return {}
        known, asked = self._signs, _signs(written(word), np.array([len(written(word))]))
        close = (known.lengths > 0) & (np.abs(known.lengths - np.int8(len(word))) <= slips)
        close &= np.bitwise_count(known.letters & ~asked.letters) <= slips
        close &= np.bitwise_count(asked.letters & ~known.letters) <= slips
        close &= np.bitwise_count(known.pairs ^ asked.pairs) <= 6 * slips
        likely = [self._numbers[at] for at in np.flatnonzero(close).tolist()]
        near = {other: at for at in likely if distance(word, other := self._word(at)) <= slips}
        return {other: int(self._terms.counts(range(at, at + 1))[0]) for other, at in near.items()}

    @cached_property
    def _numbers(self) -> range:
        return self._terms.beginning(prefix("plain"))

    @cached_property
    def _signs(self) -> _Signs:
        some = (self._numbers[at : at + AT_ONCE] for at in range(0, max(len(self._numbers), 1), AT_ONCE))
        return _Signs(*map(np.concatenate, zip(*(_signs(*self._terms.tokens(each)) for each in some), strict=True)))

    def _word(self, number: int) -> str:
        return self._terms.term(number)[2:].decode()


@lru_cache(10_000)
def distance(one: str, other: str) -> int:
    """Slips between two words: a letter missing, added, changed, or two neighbours exchanged."""
    two_above: list[int] = []
    above = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if two_above and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, two_above[j - 2] + 1)
            row.append(cost)
        two_above, above = above, row
    return above[-1]


def _signs(words: bytes, sizes: NDArray[Any]) -> _Signs:
    """The signs of words that stand one after the other, each so many bytes of UTF-8."""
    if not words:
        return _Signs(np.zeros(len(sizes), dtype=np.int8), *[np.zeros(len(sizes), dtype=np.uint64)] * 2)
    signs = np.frombuffer(words.decode().encode("utf-32-le"), dtype="<i4")
    letters = signs.astype(np.uint64)
    begins = (np.frombuffer(words, dtype=np.uint8) & 0xC0) != 0x80
    ends = np.cumsum(begins)[np.cumsum(sizes) - 1]
    starts = np.concatenate([[0], ends[:-1]])
    before = np.concatenate([letters[:1], letters[:-1]])
    before[starts] = _SPACE
    pairs = np.bitwise_or.reduceat(_bit(before << _A_LETTER | letters), starts)
    pairs |= _bit(letters[ends - 1] << _A_LETTER | _SPACE)
    lengths = ends - starts
    alphabet = np.bincount(signs) > 0
    alphabet[alphabet] = [chr(letter).isalpha() for letter in np.flatnonzero(alphabet)]
    spelled = np.logical_and.reduceat(alphabet.take(signs), starts)
    spelled &= (lengths >= SHORTEST) & (lengths <= LONGEST)
    return _Signs(np.where(spelled, lengths, 0).astype(np.int8), np.bitwise_or.reduceat(_bit(letters), starts), pairs)


def _bit(letters: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One of 64 bits for each letter or pair: the highest of a product (Fibonacci hashing), which are well mixed."""
    bits: NDArray[np.uint64] = np.uint64(1) << (letters * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(58))
    return bits
