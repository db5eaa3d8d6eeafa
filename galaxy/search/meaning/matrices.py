"""Vectors of many entries as matrices: cut by their signs, then estimated, then compared exactly where it matters."""

from collections.abc import Collection, Sequence
from copy import copy
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from galaxy.search.meaning.embedders import Floats
from galaxy.search.meaning.rows import Bytes, Filed, Held, Numbers, Rows, numbers_of

CUT_TO = 3_000
"""Passages whose likeness is estimated."""
LOOKED_AT = 4
"""Entries compared exactly for each that is asked for: they hold .998 of the nearest ten (docs/search.md)."""
LOOKED_AT_LEAST = 200
IN_SAMPLE = 400
TOGETHER, ROWS_TOGETHER = 16, 256
"""Entries whose passages are compared at once, and rows that are estimated: what the processor's cache holds."""
PLANES = 4
"""Bits of each component of a question when a likeness is estimated."""
FACTOR, PRIME = 2_654_435_761, 4_294_967_291
_FAR = 60_000
_PIECE = 32_768
_FILES = ("ids", "made", "starts", "scales", "signs", "along", "lengths", "axis")


class Similar(NamedTuple):
    """How near an entry is to a question, by one model."""

    whole: float
    """Cosine of the entry's first vector, that of title and summary."""
    best: float
    """Cosine of its best passage."""
    passage: int
    """Which that is, counted from 0 as `passages.cut` gives them."""


class Coded(NamedTuple):
    """What is kept of vectors to estimate their products with another."""

    signs: NDArray[np.uint64]
    """Of what is left of each without its part along the axis: 64 a word, words × vectors."""
    along: Floats
    """That part's length."""
    lengths: Floats
    """By what a product with the signs is multiplied, so that it is right in the mean."""


class Matrix:
    """The vectors of entries, in order of their ids; each component in a byte, which moves a cosine by less than .002.

    Half of what float16 takes, and three times as quick to read for numpy. Either in memory or in files.
    """

    def __init__(
        self, ids: Numbers, made: NDArray[np.float64], starts: Numbers, rows: Rows, scales: Floats, coded: Coded,
        axis: Floats,
    ) -> None:  # fmt: skip
        self.ids, self.made, self.starts, self.rows, self.scales = ids, made, starts, rows, scales
        self.coded, self.axis = coded, axis
        self.hidden: Numbers = np.empty(0, dtype=np.int64)

    @classmethod
    def of(
        cls,
        ids: Sequence[int],
        made: Sequence[float],
        vectors: Sequence[Floats] | Sequence[NDArray[np.float16]],
        axis: Floats | None,
    ) -> "Matrix":
        """Of entries in order of their ids, each with one vector a row; `axis` as in the matrix they belong to."""
        flat = np.concatenate(vectors) if len(vectors) else np.empty((0, len(axis) if axis is not None else 64))
        flat = flat.astype(np.float32)
        axis = axis_of(flat) if axis is None else axis
        rows, scales = quantised(flat)
        starts = np.concatenate([[0], np.cumsum([len(each) for each in vectors])]).astype(np.int64)
        return cls(
            np.asarray(ids, dtype=np.int64), np.asarray(made), starts, Held(rows), scales, coded(flat, axis), axis
        )  # fmt: skip

    @classmethod
    def mapped(cls, folder: Path) -> "Matrix":
        """What a folder holds, shared by all processes that look at it; OSError or ValueError where it is not whole."""
        ids, made, starts, scales, signs, along, lengths, axis = (
            np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in _FILES
        )
        rows = Filed(folder / "rows.npy")
        matrix = cls(ids, made, starts, rows, scales, Coded(signs, along, lengths), np.array(axis))
        if not matrix.is_whole():
            raise ValueError(f"{folder.name} is not whole")
        return matrix

    def is_whole(self) -> bool:
        """Whether its parts fit each other."""
        count, dimensions = self.rows.shape
        return (
            len(self.made) == len(self.ids) == len(self.starts) - 1
            and int(self.starts[-1]) == count == len(self.scales)
            and self.coded.signs.shape == (words_for(dimensions), count)
            and len(self.coded.along) == len(self.coded.lengths) == count
            and len(self.axis) == dimensions
        )

    def without(self, hidden: Numbers) -> "Matrix":
        """The same without the entries at these places."""
        other = copy(self)  # of the object: the arrays are shared
        other.hidden = hidden
        other.__dict__.pop("_hidden_rows", None)
        return other

    @cached_property
    def _hidden_rows(self) -> Numbers:
        return numbers_of(*self._stretches(self.hidden))

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
        asked = np.sort(np.fromiter({*ids}, dtype=np.int64))
        at = np.minimum(np.searchsorted(self.ids, asked), len(self.ids) - 1)
        at = at[self.ids[at] == asked]
        return np.setdiff1d(at, self.hidden, assume_unique=True) if len(self.hidden) else at

    def nearest(self, question: Floats, most: int) -> dict[int, Similar]:
        """How near the entries nearest to a question are, so many, in no order."""
        return self._told(self._likely(question, max(LOOKED_AT * most, LOOKED_AT_LEAST)), question, most)

    def similar(self, question: Floats, places: Numbers) -> dict[int, Similar]:
        """How near the entries at these places are to a question, by id."""
        return self._told(places, question, len(places))

    def _told(self, places: Numbers, question: Floats, most: int) -> dict[int, Similar]:
        """How near those of the entries at these places are that are nearest, so many."""
        if not len(places):
            return {}
        cosines, first = self._cosines(places, question)
        best = np.maximum.reduceat(cosines, first)
        counts = np.diff(first, append=len(cosines))
        at = np.flatnonzero(cosines == np.repeat(best, counts))
        group = np.repeat(np.arange(len(first)), counts)[at]
        passage = at[np.flatnonzero(np.diff(group, prepend=-1))] - first
        kept = np.argpartition(best, -most)[-most:] if most < len(best) else slice(None)
        told = zip(cosines[first][kept].tolist(), best[kept].tolist(), passage[kept].tolist(), strict=True)
        return dict(zip(self.ids[places[kept]].tolist(), map(Similar._make, told), strict=True))

    def _cosines(self, places: Numbers, question: Floats) -> tuple[Floats, Numbers]:
        """Those of all vectors of the entries at these places, and where each entry's begin."""
        starts, counts = self._stretches(places)
        ends = np.cumsum(counts)
        found = np.empty(int(ends[-1]), dtype=np.float32)
        for at in range(0, len(places), TOGETHER):
            some = slice(at, at + TOGETHER)
            rows = self.rows.stretches(starts[some], counts[some])
            found[ends[at] - counts[at] : ends[some][-1]] = products(rows, question)
        found *= self.scales[numbers_of(starts, counts)]
        return found, ends - counts

    def _likely(self, question: Floats, most: int) -> Numbers:
        """The places of so many entries of which one passage at least seems to be near to a question."""
        if self.entries <= most:
            return np.delete(np.arange(len(self.ids)), self.hidden)
        rows = self._first_cut(question)
        owners = np.searchsorted(self.starts, rows, side="right") - 1
        first = np.flatnonzero(np.diff(owners, prepend=-1))
        best = np.maximum.reduceat(self._estimated(rows, question), first)
        if len(best) > most:
            first = first[np.argpartition(best, -most)[-most:]]
        return np.sort(owners[first])

    def _first_cut(self, question: Floats) -> Numbers:
        """The rows, in order, whose vectors have the most signs in common with the question's, beside the axis."""
        if len(self.scales) <= CUT_TO:
            return np.delete(np.arange(len(self.scales)), self._hidden_rows)
        differ = self._signs_that_differ(packed_signs(self._beside(question)[None])[:, 0])
        differ[self._hidden_rows] = _FAR
        sample = differ[:: max(len(differ) // 20_000, 1)]
        at = int(len(sample) * CUT_TO / len(differ))
        return np.flatnonzero(differ <= min(int(np.partition(sample, at)[at]), _FAR - 1))

    def _estimated(self, rows: Numbers, question: Floats) -> Floats:
        """What the cosines of these rows are, about: as their signs, and what is known of each besides, tell."""
        beside = self._beside(question)
        planes, worths = _planes(beside)
        above = np.empty(len(rows), dtype=np.float32)
        room = np.empty((*planes.shape, ROWS_TOGETHER), dtype=np.uint64)  # new ones cost more than what is done in them
        for at in range(0, len(rows), ROWS_TOGETHER):
            signs = self.coded.signs[:, rows[at : at + ROWS_TOGETHER]]
            common = np.bitwise_and(signs, planes[:, :, None], out=room[:, :, : signs.shape[1]])
            above[at : at + ROWS_TOGETHER] = worths @ np.bitwise_count(common).reshape(len(worths), -1)
        product = self.coded.lengths[rows] * (2 * above - float(beside.sum()))
        estimated: Floats = product + float(question @ self.axis) * self.coded.along[rows]
        return estimated

    def _beside(self, question: Floats) -> Floats:
        return question - float(question @ self.axis) * self.axis

    def _signs_that_differ(self, asked: NDArray[np.uint64]) -> NDArray[np.uint16]:
        """For each row in how many signs it differs; in pieces that the processor's cache holds."""
        differ = np.zeros(len(self.scales), dtype=np.uint16)
        words, counts = np.empty(_PIECE, dtype=np.uint64), np.empty(_PIECE, dtype=np.uint8)
        for at in range(0, len(differ), _PIECE):
            piece = differ[at : at + _PIECE]
            for signs, sign in zip(self.coded.signs, asked, strict=True):
                np.bitwise_xor(signs[at : at + _PIECE], sign, out=words[: len(piece)])
                piece += np.bitwise_count(words[: len(piece)], out=counts[: len(piece)])
        return differ

    def sample(self, places: Numbers) -> "Sample":
        """The vectors of the entries at these places."""
        starts, counts = self._stretches(places)
        scales = np.array(self.scales[numbers_of(starts, counts)])
        return Sample(np.array(self.rows.stretches(starts, counts)), scales, np.cumsum(counts) - counts)

    def _stretches(self, places: Numbers) -> tuple[Numbers, Numbers]:
        """Where the rows of the entries at these places begin, and how many each has."""
        return self.starts[places], self.starts[places + 1] - self.starts[places]


def _planes(vector: Floats) -> tuple[NDArray[np.uint64], Floats]:
    """A vector in steps, as bits that the signs of others are held against, and what a bit in each is worth.

    The sum of a vector's components where another's are above 0 is the sum of what the bits in common are worth.
    """
    lowest = float(vector.min())
    step = max((float(vector.max()) - lowest) / (2**PLANES - 1), 1e-12)
    steps = np.rint((vector - lowest) / step).astype(np.uint8)
    bits = [np.ones_like(steps), *(steps >> plane & 1 for plane in range(PLANES))]
    planes = packed_signs(np.array(bits)).T
    worths = np.array([lowest, *(step * 2**plane for plane in range(PLANES))], dtype=np.float32)
    return planes, np.repeat(worths, planes.shape[1])


class Sample(NamedTuple):
    """Vectors of some entries one below the other, and where each entry's begin."""

    rows: Bytes
    scales: Floats
    first: Numbers

    def best(self, question: Floats) -> Floats:
        """The cosine of each entry's best passage."""
        found: Floats = np.maximum.reduceat(products(self.rows, question) * self.scales, self.first)
        return found


def products(rows: Bytes, question: Floats) -> Floats:
    """With each row."""
    found = np.empty(len(rows), dtype=np.float32)
    room = np.empty((min(len(rows), ROWS_TOGETHER), len(question)), dtype=np.float32)
    for at in range(0, len(rows), ROWS_TOGETHER):
        some = rows[at : at + ROWS_TOGETHER]
        held = room[: len(some)]
        np.copyto(held, some)
        np.dot(held, question, out=found[at : at + ROWS_TOGETHER])
    return found


def quantised(vectors: Floats) -> tuple[Bytes, Floats]:
    """Each component in a byte, and what a row's bytes are to be multiplied with."""
    scales = np.maximum(np.abs(vectors).max(axis=1, initial=0), 1e-12).astype(np.float32) / 127
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales


def axis_of(vectors: Floats) -> Floats:
    """The direction in which vectors lie together, of unit length."""
    middle = vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1], dtype=np.float32)
    axis: Floats = (middle / max(float(np.linalg.norm(middle)), 1e-9)).astype(np.float32)
    return axis


def coded(vectors: Floats, axis: Floats) -> Coded:
    """What is kept of them to estimate their products (after Gao and Long, "RaBitQ", 2024)."""
    along = (vectors @ axis).astype(np.float32)
    beside = vectors - along[:, None] * axis
    lengths = (beside**2).sum(axis=1) / np.maximum(np.abs(beside).sum(axis=1), 1e-12)
    return Coded(packed_signs(beside), along, lengths.astype(np.float32))


def packed_signs(vectors: NDArray[np.floating] | NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Which components lie above 0, as bits: 64 a word, words × vectors."""
    packed = np.packbits(vectors > 0, axis=1)
    packed = np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8)))
    return np.ascontiguousarray(packed.view(np.uint64).T)


def words_for(dimensions: int) -> int:
    """Words of 64 bits that hold the signs of a vector."""
    return -(-dimensions // 64)


def chosen(ids: Numbers, most: int = IN_SAMPLE) -> Numbers:
    """Some of these ids that look as if drawn by lot, and are the same each time."""
    drawn = np.argsort((ids * FACTOR) % PRIME, kind="stable")[:most]
    return np.sort(ids[drawn])
