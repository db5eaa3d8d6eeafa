"""Which documents carry which codes: a bit for each of both, so that the codes of all facets are counted at once."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from galaxy.search.engines.impacts import Docs, Mask

Bits = NDArray[np.uint64]
Counts = dict[str, dict[str, int]]
"""For each facet its codes, each with a number of documents."""
_WORD = 64


class Codes:
    """The codes of so many documents, each "facet:code"."""

    def __init__(self, size: int, names: Iterable[str], carrying: Callable[[str], Docs]) -> None:
        self._size, self._carrying = size, carrying
        self._names = [(*name.partition(":")[::2], name) for name in sorted(names)]
        self._tables: dict[tuple[str, ...], tuple[list[tuple[str, str]], Bits]] = {}

    def counts(self, found: Mask, facets: Sequence[str]) -> Counts:
        """How many of these documents carry each code of these facets; of codes that none carries nothing is said.

        Sixty-four documents are compared at once, and where few are found only those among which there is any.
        """
        named, bits = self._table(tuple(facets))
        asked = _bits(found)
        some = np.flatnonzero(asked)
        both = bits & asked[:, None] if 2 * len(some) > len(asked) else bits[some] & asked[some, None]
        counts: Counts = {facet: {} for facet in facets}
        for (facet, code), count in zip(
            named, np.bitwise_count(both).sum(axis=0, dtype=np.int32).tolist(), strict=True
        ):
            if count:
                counts[facet][code] = count
        return counts

    def _table(self, facets: tuple[str, ...]) -> tuple[list[tuple[str, str]], Bits]:
        """The codes of these facets, and a column of bits for each of them."""
        if facets not in self._tables:
            named = [(facet, code, name) for facet, code, name in self._names if facet in facets]
            bits = np.zeros((-(-self._size // _WORD), len(named)), dtype=np.uint64)
            for column, (_, _, name) in enumerate(named):
                carrying = np.zeros(self._size, dtype=bool)
                carrying[self._carrying(name)] = True
                bits[:, column] = _bits(carrying)
            self._tables[facets] = [(facet, code) for facet, code, _ in named], bits
        return self._tables[facets]


def added(parts: Iterable[Counts]) -> Counts:
    """Counts of parts of the documents as counts of them all."""
    first, *others = parts
    for other in others:
        for facet, counts in other.items():
            for code, count in counts.items():
                first[facet][code] = first[facet].get(code, 0) + count
    return first


def _bits(mask: Mask) -> Bits:
    packed = np.packbits(mask)
    whole = np.zeros(-(-len(mask) // _WORD) * _WORD // 8, dtype=np.uint8)
    whole[: len(packed)] = packed
    return whole.view(np.uint64)
