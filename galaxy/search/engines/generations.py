"""One commit of a Whoosh index: its segments side by side, as one corpus."""

from collections.abc import Collection, Iterable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from galaxy.search.engines.codes import Counts, added
from galaxy.search.engines.impacts import NONE, Docs, Impacts, Mask
from galaxy.search.engines.ranking import Numbers, Token
from galaxy.search.engines.segments import ORDER_BYTES, Segment
from galaxy.search.engines.terms import Key


class Generation:
    """The segments of one commit; a document's number is its place in this row."""

    def __init__(self, name: str, segments: Sequence[Segment], deleted: Sequence[Collection[int]]) -> None:
        self.name = name
        self.segments = segments
        bases = list(accumulate((segment.size for segment in segments), initial=0))
        self.size = bases.pop()
        self._parts = list(zip(segments, map(np.int32, bases), strict=True))
        self.alive: Mask = np.ones(self.size, dtype=bool)
        for base, gone in zip(bases, deleted, strict=True):
            self.alive[base + np.fromiter(gone, dtype=np.int64)] = False
        self.ids: Numbers = self._column("id")

    @property
    def published(self) -> Numbers:
        """Seconds since 1970."""
        return self._column("published")

    @property
    def confirmed(self) -> Numbers:
        """Seconds since 1970."""
        return self._column("confirmed")

    @property
    def order(self) -> NDArray[np.bytes_]:
        """The folded titles, as far as they are kept for sorting."""
        return self._column("order", f"S{ORDER_BYTES}")

    def carrying(self, code: str) -> Docs:
        """The documents that carry "facet:code"."""
        return self.postings("facet", code)[0]

    def counts(self, found: Mask, facets: Sequence[str]) -> Counts:
        """How many of these documents carry each code of these facets, if any."""
        parts: list[Counts] = [{facet: {} for facet in facets}]
        parts += (s.codes.counts(found[base : base + s.size], facets) for s, base in self._parts)
        return added(parts)

    def fetch(self, tokens: Iterable[Token]) -> None:
        """Nothing: what is read one by one costs no more."""

    def postings(self, field: str, token: str) -> tuple[Docs, Impacts]:
        """The documents that hold a token, and what it says in each."""
        key = Key.of(field, token)
        parts = [(base, *found) for segment, base in self._parts if len((found := segment.postings(key))[0])]
        if not parts:
            return NONE
        if len(parts) == 1:
            base, docs, impacts = parts[0]
            return (docs + base if base else docs), impacts
        return np.concatenate([docs + base for base, docs, _ in parts]), np.concatenate([part[2] for part in parts])

    def times(self, tokens: Sequence[str]) -> list[int]:
        """In how many documents each token stands; those deleted since the last merge are counted too."""
        return [sum(s.times(key) for s in self.segments) for key in (Key.of("plain", token) for token in tokens)]

    def adjacent(self, tokens: Sequence[str], among: Docs) -> Docs:
        """Those of these documents where the tokens stand one after the other."""
        keys = [Key.of("plain", token) for token in tokens]
        parts = [NONE[0]]
        for segment, base in self._parts:
            first, last = np.searchsorted(among, (base, base + segment.size))
            parts.append(segment.adjacent(keys, among[first:last] - base) + base)
        return np.concatenate(parts)

    def _column(self, name: str, kind: str = ">i8") -> NDArray[Any]:
        """The column of all segments, one after the other."""
        parts = [np.empty(0, dtype=kind), *(segment.column(name, kind) for segment in self.segments)]
        return np.concatenate(parts, dtype=np.dtype(kind).newbyteorder("="))
