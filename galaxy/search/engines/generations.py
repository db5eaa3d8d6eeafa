"""One commit of a Whoosh index: its segments side by side, as one corpus."""

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from galaxy.search.engines.impacts import NONE, Docs, Impacts
from galaxy.search.engines.ranking import Mask, Numbers, Token
from galaxy.search.engines.segments import ORDER_BYTES, Segment


class Generation:
    """The segments of one commit; a document's number is its place in this row."""

    def __init__(self, name: str, segments: Sequence[Segment], deleted: Sequence[Collection[int]]) -> None:
        self.name = name
        self.segments = segments
        sizes = [segment.size for segment in segments]
        self.bases = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64).tolist()
        self.size: int = self.bases[-1]
        self.alive: Mask = np.ones(self.size, dtype=bool)
        for base, gone in zip(self.bases, deleted, strict=False):
            self.alive[base + np.fromiter(gone, dtype=np.int64)] = False
        self.ids: Numbers = _row([segment.ids for segment in segments], np.int64)
        self.published: Numbers = _row([segment.published for segment in segments], np.int64)

    @cached_property
    def confirmed(self) -> Numbers:
        """Seconds since 1970."""
        return _row([segment.confirmed for segment in self.segments], np.int64)

    @cached_property
    def order(self) -> NDArray[np.bytes_]:
        """The folded titles, as far as they are kept for sorting."""
        return _row([segment.order for segment in self.segments], f"S{ORDER_BYTES}")

    @cached_property
    def facets(self) -> dict[str, Docs]:
        """The documents that carry each "facet:code"."""
        parts: dict[str, list[Docs]] = {}
        for segment, base in zip(self.segments, self.bases, strict=False):
            for term, docs in segment.facets.items():
                parts.setdefault(term, []).append(docs + np.int32(base))
        return {term: docs[0] if len(docs) == 1 else np.concatenate(docs) for term, docs in parts.items()}

    def fetch(self, tokens: Collection[Token]) -> None:
        """Nothing: each segment reads its postings when they are asked for."""

    def postings(self, field: str, token: str) -> tuple[Docs, Impacts]:
        """The documents that hold a token, and what it says in each."""
        parts = [(base, *s.postings(field, token)) for s, base in zip(self.segments, self.bases, strict=False)]
        parts = [part for part in parts if len(part[1])]
        if not parts:
            return NONE
        if len(parts) == 1:
            base, docs, impacts = parts[0]
            return (docs + np.int32(base) if base else docs), impacts
        return (
            np.concatenate([docs + np.int32(base) for base, docs, _ in parts]),
            np.concatenate([impacts for _, _, impacts in parts]),
        )

    def times(self, tokens: Sequence[str]) -> list[int]:
        """In how many documents each token stands; those deleted since the last merge are counted too."""
        return [sum(segment.times("plain", token) for segment in self.segments) for token in tokens]

    def adjacent(self, tokens: Sequence[str], among: Docs) -> Docs:
        """Those of these documents where the tokens stand one after the other."""
        parts = [NONE[0]]
        for segment, base in zip(self.segments, self.bases, strict=False):
            first, last = np.searchsorted(among, (base, base + segment.size))
            parts.append(segment.adjacent(tokens, among[first:last] - np.int32(base)) + np.int32(base))
        return np.concatenate(parts)


def _row(parts: Sequence[NDArray[Any]], kind: Any) -> NDArray[Any]:
    """The columns of all segments, one after the other."""
    return np.concatenate(parts).astype(kind, copy=False) if parts else np.empty(0, dtype=kind)
