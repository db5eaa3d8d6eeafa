"""The words that an index knows: completing them, and finding the one that was meant.

A slip of the finger changes at most three of a word's letter pairs, so words are first compared by a 64-bit signature
of their pairs, all at once, and only the few that remain letter by letter. That needs eight bytes a word, where a
dictionary of all one-letter deletions (the usual way) needs a hundred times that in every process.
"""

import heapq
from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from zlib import crc32

import numpy as np

SHORTEST, LONGEST = 2, 24


class Vocabulary:
    """Words in order, each with the number of documents that hold it."""

    def __init__(self, terms: Iterable[tuple[str, int]]) -> None:
        kept = [(word, times) for word, times in terms if SHORTEST <= len(word) <= LONGEST and word.isalpha()]
        kept.sort()
        self.words = [word for word, _ in kept]
        self.times = np.array([times for _, times in kept], dtype=np.int32)
        self._lengths = np.array([len(word) for word in self.words], dtype=np.int8)
        self._signatures = np.array([_signature(word) for word in self.words], dtype=np.uint64)

    def beginning(self, prefix: str, limit: int) -> dict[str, int]:
        """The commonest words that begin so."""
        first, last = bisect_left(self.words, prefix), bisect_left(self.words, prefix + "\U0010ffff")
        best = heapq.nlargest(limit, range(first, last), key=self.times.__getitem__)
        return {self.words[at]: int(self.times[at]) for at in best}

    def near(self, word: str, slips: int) -> dict[str, int]:
        """The words at most so many slips away."""
        if not self.words:
            return {}
        unlike = np.bitwise_count(self._signatures ^ np.uint64(_signature(word)))
        close = (unlike <= 6 * slips) & (np.abs(self._lengths - np.int8(len(word))) <= slips)
        return {
            self.words[at]: int(self.times[at])
            for at in np.flatnonzero(close).tolist()
            if distance(word, self.words[at]) <= slips
        }


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


def _signature(word: str) -> int:
    bits, before = 0, " "
    for letter in (*word, " "):
        bits |= _bit(before + letter)
        before = letter
    return bits


@lru_cache(10_000)
def _bit(pair: str) -> int:
    return 1 << (crc32(pair.encode()) & 63)
