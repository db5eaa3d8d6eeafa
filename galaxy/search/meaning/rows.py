"""Rows of bytes, of which stretches are read: those of a few hundred entries, wherever they stand."""

import os
from itertools import repeat
from pathlib import Path
from typing import Protocol
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.integer]
Bytes = NDArray[np.int8]


class Rows(Protocol):
    """Rows by their numbers."""

    @property
    def shape(self) -> tuple[int, ...]:
        """How many there are, and how long they are."""

    def stretches(self, starts: Numbers, counts: Numbers) -> Bytes:
        """So many rows from each start on, one below the other."""


class Held:
    """Rows in memory."""

    def __init__(self, rows: Bytes) -> None:
        self.rows = rows
        self.shape: tuple[int, ...] = rows.shape

    def stretches(self, starts: Numbers, counts: Numbers) -> Bytes:
        """So many rows from each start on, one below the other."""
        return self.rows[numbers_of(starts, counts)]


class Filed:
    """Rows in a file, which is read and not mapped.

    The rows of a question's entries lie far apart: through a map each would bring its surroundings into the memory of
    the process, and to have it let go of them again costs more than to read.
    """

    def __init__(self, file: Path) -> None:
        array = np.load(file, mmap_mode="r")
        if array.dtype != np.int8 or array.ndim != 2:
            raise ValueError(f"{file} holds no rows of bytes")
        self.shape: tuple[int, ...] = array.shape
        self._begin = int(array.offset)
        self._file = os.open(file, os.O_RDONLY)
        finalize(self, os.close, self._file)

    def stretches(self, starts: Numbers, counts: Numbers) -> Bytes:
        """So many rows from each start on, one below the other; ValueError where the file has become shorter."""
        length = self.shape[1]
        sizes, begins = (counts * length).tolist(), (starts * length + self._begin).tolist()
        found = b"".join(map(os.pread, repeat(self._file), sizes, begins))
        return np.frombuffer(found, dtype=np.int8).reshape(int(counts.sum()), length)


def numbers_of(starts: Numbers, counts: Numbers) -> NDArray[np.int64]:
    """The numbers of the rows in such stretches."""
    first = np.cumsum(counts) - counts
    found: NDArray[np.int64] = np.repeat(starts - first, counts) + np.arange(counts.sum())
    return found
