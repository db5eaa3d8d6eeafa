"""The list of terms of a segment, as `whoosh.filedb.filetables.OrderedHashWriter` writes it, read where it lies.

A term is the number of its field in two bytes, then its token. They stand in order, each with what is said of it;
behind them a table by their digests, and one of where each begins.
"""

import pickle
import struct
from bisect import bisect_left
from hashlib import md5
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FIELDS = ("facet", "head", "names", "plain", "stem")
_SIZES, _SLOT, _TABLE = struct.Struct("!ii"), struct.Struct("!Iq"), struct.Struct("!qi")
_TABLES, _FIELD = 256, 2


class Terms:
    """All terms of a segment."""

    def __init__(self, part: memoryview) -> None:
        if bytes(part[:5]) != b"HSH3\0":
            raise ValueError("no list of terms of ours")
        end = len(part) - 4
        said = end - int.from_bytes(part[end:], "big")
        extras = pickle.loads(part[said:end])  # noqa: S301  # of an index of our own, see `whoosh`
        kind = np.dtype(f">{extras['indextype']}")
        self._part = part
        self._tables = list(_TABLE.iter_unpack(part[said - _TABLES * _TABLE.size : said]))
        self.places = np.frombuffer(part, kind, extras["indexlen"], end - extras["indexlen"] * kind.itemsize)
        """Where each term begins, in order."""

    def __len__(self) -> int:
        return len(self.places)

    def find(self, key: "Key") -> bytes | None:
        """What is said of a term."""
        part, (term, digest) = self._part, key
        start, slots = self._tables[digest & (_TABLES - 1)]
        for turn in range(slots):
            known, at = _SLOT.unpack_from(part, start + (((digest >> 8) + turn) % slots) * _SLOT.size)
            if not at:
                return None
            if known == digest:
                size, said = _SIZES.unpack_from(part, at)
                begin = at + _SIZES.size
                if part[begin : begin + size] == term:
                    return bytes(part[begin + size : begin + size + said])
        return None

    def term(self, number: int) -> bytes:
        """A term, by its number in their order."""
        at = int(self.places[number])
        size = int.from_bytes(self._part[at : at + 4], "big")
        return bytes(self._part[at + 8 : at + 8 + size])

    def item(self, number: int) -> tuple[bytes, bytes]:
        """A term and what is said of it."""
        at = int(self.places[number])
        size, said = _SIZES.unpack_from(self._part, at)
        begin = at + _SIZES.size
        return bytes(self._part[begin : begin + size]), bytes(self._part[begin + size : begin + size + said])

    def beginning(self, prefix: bytes) -> range:
        """The numbers of the terms that begin so."""
        numbers = range(len(self))
        first = bisect_left(numbers, prefix, key=self.term)
        return range(first, bisect_left(numbers, prefix + b"\xff", first, key=self.term))

    def counts(self, numbers: range) -> NDArray[np.uint32]:
        """The number of four bytes with which what is said of each of these terms begins."""
        starts, sizes = self._extents(numbers)
        return self._gathered(starts + sizes, np.full(len(sizes), 4)).view("<u4")

    def tokens(self, numbers: range) -> tuple[bytes, NDArray[np.int64]]:
        """The tokens of these terms one after the other, and how many bytes each has."""
        starts, sizes = self._extents(numbers)
        return self._gathered(starts + _FIELD, sizes - _FIELD).tobytes(), sizes - _FIELD

    def _extents(self, numbers: range) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where each of these terms begins in the file, and how many bytes it has."""
        at = self.places[numbers.start : numbers.stop].astype(np.int64)
        sizes = self._gathered(at, np.full(len(at), 4)).view(">i4").astype(np.int64)
        return at + _SIZES.size, sizes

    def _gathered(self, starts: NDArray[np.int64], sizes: NDArray[Any]) -> NDArray[np.uint8]:
        """Stretches of the file, one after the other."""
        ends = np.cumsum(sizes)
        at = np.repeat(starts - (ends - sizes), sizes) + np.arange(ends[-1] if len(ends) else 0)
        return np.frombuffer(self._part, dtype=np.uint8).take(at)


class Key(NamedTuple):
    """A term as it is looked for."""

    term: bytes
    digest: int

    @classmethod
    def of(cls, field: str, token: str) -> "Key":
        """A token of a field."""
        term = prefix(field) + written(token)
        return cls(term, int.from_bytes(md5(term, usedforsecurity=False).digest()[12:], "big"))


def prefix(field: str) -> bytes:
    """How the terms of a field begin."""
    return FIELDS.index(field).to_bytes(_FIELD, "big")


def written(token: str) -> bytes:
    """A token as it stands in a term."""
    return token.encode("utf-8", "replace")
