"""Vectors of many entries as matrices: a first cut by their signs, then the exact likeness of what is left."""

from collections.abc import Collection, Sequence
from copy import copy
from functools import cached_property
from mmap import MADV_DONTNEED, mmap
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from galaxy.search.meaning.embedders import Floats

Numbers = NDArray[np.int64]

CUT_TO = 2_000
"""Passages whose exact likeness is computed; among 30,000 they hold .993 of the nearest fifty (docs/search.md)."""
IN_SAMPLE = 400
LARGE = 32_000_000
"""Bytes of a file that may stay in the memory of a process as long as the system likes."""
FACTOR, PRIME = 2_654_435_761, 4_294_967_291
_FAR = 60_000
_PIECE = 32_768
_FILES = ("ids", "made", "starts", "rows", "scales", "signs", "middle")


class Similar(NamedTuple):
    """How near an entry is to a question, by one model."""

    whole: float
    """Cosine of the entry's first vector, that of title and summary."""
    best: float
    """Cosine of its best passage."""
    passage: int
    """Which that is, counted from 0 as `passages.cut` gives them."""


class Matrix:
    """The vectors of entries, in order of their ids; each component in a byte, which moves a cosine by less than .002.

    Half of what float16 takes, and three times as quick to read for numpy. Either in memory or mapped from files.
    """

    def __init__(
        self,
        ids: Numbers,
        made: NDArray[np.float64],
        starts: Numbers,
        rows: NDArray[np.int8],
        scales: Floats,
        signs: NDArray[np.uint64],
        middle: Floats,
    ) -> None:
        self.ids, self.made, self.starts = ids, made, starts
        self.rows, self.scales, self.signs, self.middle = rows, scales, signs, middle
        self.owners = np.repeat(np.arange(len(ids), dtype=np.int32), np.diff(starts))
        self.hidden: Numbers = np.empty(0, dtype=np.int64)
        self.file: object = None
        """The file that `rows` are mapped from."""

    @classmethod
    def of(
        cls, ids: Sequence[int], made: Sequence[float], vectors: Sequence[Floats], middle: Floats | None
    ) -> "Matrix":
        """Of entries in order of their ids, each with one vector a row; `middle` as in the matrix they belong to."""
        flat = np.concatenate(vectors) if len(vectors) else np.empty((0, len(middle) if middle is not None else 64))
        flat = flat.astype(np.float32)
        if middle is None:
            middle = flat.mean(axis=0) if len(flat) else np.zeros(flat.shape[1], dtype=np.float32)
        rows, scales = quantised(flat)
        starts = np.concatenate([[0], np.cumsum([len(each) for each in vectors])]).astype(np.int64)
        return cls(
            np.asarray(ids, dtype=np.int64), np.asarray(made), starts, rows, scales, signs_of(flat, middle), middle
        )  # fmt: skip

    @classmethod
    def mapped(cls, folder: Path) -> "Matrix":
        """What a folder holds, shared by all processes that look at it; OSError or ValueError where it is not whole."""
        mapped = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in _FILES}
        small = {name: np.array(mapped[name]) for name in ("ids", "made", "starts", "middle")}
        matrix = cls(**{name: np.asarray(array) for name, array in mapped.items()} | small)
        matrix.file = mapped["rows"].base
        if not matrix.is_whole():
            raise ValueError(f"{folder.name} is not whole")
        return matrix

    def is_whole(self) -> bool:
        """Whether its parts fit each other."""
        count, dimensions = self.rows.shape
        return (
            len(self.made) == len(self.ids) == len(self.starts) - 1
            and int(self.starts[-1]) == count == len(self.scales)
            and self.signs.shape == (words_for(dimensions), count)
            and len(self.middle) == dimensions
        )

    def without(self, hidden: Numbers) -> "Matrix":
        """The same without the entries at these places."""
        other = copy(self)  # of the object: the arrays are shared
        other.hidden = hidden
        other.__dict__.pop("_hidden_rows", None)
        return other

    @cached_property
    def _hidden_rows(self) -> Numbers:
        return np.flatnonzero(np.isin(self.owners, self.hidden))

    @property
    def entries(self) -> int:
        """How many can be found in it."""
        return len(self.ids) - len(self.hidden)

    @property
    def shown(self) -> Numbers:
        """The ids that can be found in it."""
        return np.delete(self.ids, self.hidden)

    def places(self, ids: Collection[int]) -> Numbers:
        """Where these entries stand, those that do."""
        if not len(ids) or not len(self.ids):
            return np.empty(0, dtype=np.int64)
        asked = np.unique(np.fromiter(ids, dtype=np.int64, count=len(ids)))
        at = np.minimum(np.searchsorted(self.ids, asked), len(self.ids) - 1)
        return np.setdiff1d(at[self.ids[at] == asked], self.hidden)

    def nearest(self, question: Floats, most: int) -> list[tuple[float, int]]:
        """The best passage's cosine and the id of the entries nearest to a question, in no order."""
        rows = self._first_cut(question)
        if not len(rows):
            return []
        likeness = self._likeness(rows, question)
        owners = self.owners[rows]
        first = np.flatnonzero(np.diff(owners, prepend=-1))
        best, entries = np.maximum.reduceat(likeness, first), owners[first]
        if len(best) > most:
            kept = np.argpartition(best, -most)[-most:]
            best, entries = best[kept], entries[kept]
        return list(zip(best.tolist(), self.ids[entries].tolist(), strict=True))

    def _first_cut(self, question: Floats) -> Numbers:
        """The rows, in order, whose vectors have the most signs in common with the question's, seen from the middle."""
        if len(self.rows) <= CUT_TO:
            return np.delete(np.arange(len(self.rows)), self._hidden_rows)
        differ = self._signs_that_differ(signs_of(question[None], self.middle)[:, 0])
        differ[self._hidden_rows] = _FAR
        sample = differ[:: max(len(differ) // 20_000, 1)]
        share = CUT_TO / len(differ)
        bound = np.partition(sample, int(len(sample) * share))[int(len(sample) * share)]
        return np.flatnonzero(differ <= min(int(bound), _FAR - 1))

    def _likeness(self, rows: Numbers, question: Floats) -> Floats:
        """The cosines of these rows. A large file is let go again, or it would soon seem to be all ours."""
        found: Floats = (self.rows[rows].astype(np.float32) @ question) * self.scales[rows]
        self._let_go()
        return found

    def _let_go(self) -> None:
        if self.rows.nbytes > LARGE and isinstance(self.file, mmap):
            self.file.madvise(MADV_DONTNEED)

    def _signs_that_differ(self, asked: NDArray[np.uint64]) -> NDArray[np.uint16]:
        """For each row in how many signs it differs; in pieces that the processor's cache holds."""
        differ = np.zeros(len(self.rows), dtype=np.uint16)
        words, counts = np.empty(_PIECE, dtype=np.uint64), np.empty(_PIECE, dtype=np.uint8)
        for at in range(0, len(differ), _PIECE):
            piece = differ[at : at + _PIECE]
            for signs, sign in zip(self.signs, asked, strict=True):
                np.bitwise_xor(signs[at : at + _PIECE], sign, out=words[: len(piece)])
                piece += np.bitwise_count(words[: len(piece)], out=counts[: len(piece)])
        return differ

    def similar(self, question: Floats, places: Numbers) -> dict[int, Similar]:
        """How near the entries at these places are to a question, by id."""
        if not len(places):
            return {}
        rows, first = self._rows_of(places)
        likeness = self._likeness(rows, question)
        best = np.maximum.reduceat(likeness, first)
        counts = np.diff(first, append=len(rows))
        at = np.flatnonzero(likeness == np.repeat(best, counts))
        group = np.repeat(np.arange(len(first)), counts)[at]
        at = at[np.flatnonzero(np.diff(group, prepend=-1))]
        told = zip(likeness[first].tolist(), best.tolist(), (at - first).tolist(), strict=True)
        return dict(zip(self.ids[places].tolist(), map(Similar._make, told), strict=True))

    def vectors(self, places: Numbers) -> tuple[Floats, Numbers]:
        """The vectors of the entries at these places one below the other, and where each entry's begin."""
        rows, first = self._rows_of(places)
        found = self.rows[rows].astype(np.float32) * self.scales[rows, None]
        self._let_go()
        return found, first

    def _rows_of(self, places: Numbers) -> tuple[Numbers, Numbers]:
        counts = self.starts[places + 1] - self.starts[places]
        first = np.cumsum(counts) - counts
        return np.repeat(self.starts[places] - first, counts) + np.arange(counts.sum()), first


def quantised(vectors: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Each component in a byte, and what a row's bytes are to be multiplied with."""
    scales = np.maximum(np.abs(vectors).max(axis=1, initial=0), 1e-12).astype(np.float32) / 127
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales


def signs_of(vectors: Floats, middle: Floats) -> NDArray[np.uint64]:
    """Which components lie above the middle, as bits: 64 a word, words × vectors."""
    packed = np.packbits(vectors > middle, axis=1)
    packed = np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8)))
    return np.ascontiguousarray(packed.view(np.uint64).T)


def words_for(dimensions: int) -> int:
    """Words of 64 bits that hold the signs of a vector."""
    return -(-dimensions // 64)


def chosen(ids: Numbers, most: int = IN_SAMPLE) -> Numbers:
    """Some of these ids that look as if drawn by lot, and are the same each time."""
    drawn = np.argsort((ids * FACTOR) % PRIME, kind="stable")[:most]
    return np.sort(ids[drawn])
