"""How the documents that hold a token stand in a file: runs of small numbers, which become arrays without a loop.

First the steps from one document to the next, in the fewest of one, two or four bytes; then for each document the step
of what the token says there (`impacts`), a byte; then, where places are kept, how many there are in each document, a
byte, and all of them one after the other, two bytes each. What stands in the list of terms says where that begins.
"""

import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from galaxy.search.engines.impacts import Docs

INFO = struct.Struct("<IIQB")
"""How many documents hold a token, the first of them, where the rest begins, and the bytes of a step to the next."""
MOST_PLACES = 255
"""Of a token in one document: as many as PostgreSQL keeps, so that phrases are found in the same entries."""
Read = Callable[[int, int], bytes]
"""Gives so many bytes from a place on."""
BYTE, PLACE = np.dtype(np.uint8), np.dtype("<u2")
WIDTHS: dict[int, np.dtype[Any]] = {1: BYTE, 2: PLACE, 4: np.dtype("<u4")}


class Postings(NamedTuple):
    """Which documents hold a token; their numbers rise."""

    docs: Docs
    steps: NDArray[np.uint8]
    """For each what the token says there."""
    counts: NDArray[np.uint8]
    """For each how many places are kept; empty where none are."""
    places: NDArray[np.uint16]
    """All of them, those of the first document first."""


NOWHERE: NDArray[Any] = np.empty(0, dtype=BYTE)


def packed(found: Postings, at: int = 0) -> tuple[bytes, bytes]:
    """What the list of terms says of a token, and its postings as they are written from this place on."""
    docs, first = found.docs, int(found.docs[0])
    if len(docs) == 1:
        width, between = 1, b"\0"
    else:
        gaps = docs.copy()
        gaps[1:] -= docs[:-1]
        gaps[0] = 0
        most = int(gaps.max())
        width = 1 if most < 1 << 8 else 2 if most < 1 << 16 else 4
        between = gaps.astype(WIDTHS[width]).tobytes()
    rest = found.steps.tobytes() + found.counts.tobytes() + found.places.tobytes()
    return INFO.pack(len(docs), first, at, width), between + rest


def unpacked(info: bytes, read: Read, *, with_places: bool = False) -> Postings:
    """The postings of a token, places only if they are wanted."""
    often, first, at, width = INFO.unpack(info)
    written = read(at, often * (width + (2 if with_places else 1)))
    docs: Docs = np.frombuffer(written, WIDTHS[width], often).cumsum(dtype=np.int32)
    docs += first
    steps = np.frombuffer(written, BYTE, often, often * width)
    if not with_places:
        return Postings(docs, steps, NOWHERE, NOWHERE)
    counts = np.frombuffer(written, BYTE, often, often * (width + 1))
    places = read(at + len(written), 2 * int(counts.sum(dtype=np.int64)))
    return Postings(docs, steps, counts, np.frombuffer(places, PLACE))


def kept(found: Postings, numbers: NDArray[np.int32]) -> Postings:
    """The same under other numbers, which rise with these; without the documents that have none there (-1)."""
    docs = numbers[found.docs]
    alive = docs >= 0
    if alive.all():
        return found._replace(docs=docs)
    placed = np.repeat(alive, found.counts) if len(found.counts) else slice(0)
    return Postings(docs[alive], found.steps[alive], found.counts[alive[: len(found.counts)]], found.places[placed])


def joined(parts: Sequence[Postings]) -> Postings:
    """Postings of one token, in the order of their documents, as one."""
    if len(parts) == 1:
        return parts[0]
    return Postings(*map(np.concatenate, zip(*parts, strict=True)))


def standing(tokens: Iterable[Postings], among: Docs, size: int) -> Docs:
    """Those of these documents (of so many there are) where the tokens stand one after the other.

    Each place of a token is one number, the document's before that of where a run would have begun: what is in all of
    them is a run.
    """
    wanted = np.zeros(size, dtype=bool)
    wanted[among] = True
    starts: NDArray[np.int64] | None = None
    for further, found in sorted(enumerate(tokens), key=lambda pair: len(pair[1].places)):
        here = wanted.take(found.docs)
        begins = (np.repeat(found.docs[here], found.counts[here]).astype(np.int64) << 16) - further
        begins += found.places[np.repeat(here, found.counts)]
        if starts is not None:
            at = np.searchsorted(begins, starts)
            begins = starts[begins.take(at, mode="clip") == starts] if len(begins) else starts[:0]
        starts, wanted = begins, np.zeros(size, dtype=bool)
        wanted[starts >> 16] = True
    return np.flatnonzero(wanted).astype(np.int32)
