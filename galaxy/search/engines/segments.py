"""Reads the segments of a Whoosh 2.7.4 index as numpy arrays.

Whoosh walks postings one by one in Python; here a term's postings become two arrays, once, and every question after
that is arithmetic. A segment never changes after it was written, so what was read of it stays right; which of its
documents are deleted is not read here, since that stands in the table of contents and does change.
The layout is that of `whoosh.codec.whoosh3`, frozen since 2016.
"""

import io
import mmap
import pickle
import struct
import zlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3Segment
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.filetables import OrderedHashReader
from whoosh.filedb.structfile import BufferFile

from galaxy.search.engines.impacts import NONE, Docs, Impacts, impacts
from galaxy.search.engines.spelling import Vocabulary

CACHED_POSTINGS = 2_000_000
CACHED_PHRASES = 500
ORDER_BYTES = 32
INFO = struct.Struct("!BfIBBfIIqi")
READ_BETWEEN = 200
"""Posting lists that are read of a file until its pages are given back."""
MOST_PLACES = 255
"""Of a token in one document: as many as PostgreSQL keeps, so that phrases are found in the same entries."""


class Segment:
    """One segment, read only, kept as long as any generation of the index has it."""

    def __init__(self, folder: Path, storage: FileStorage, segment: W3Segment) -> None:
        self.id: str = segment.segment_id()
        self.size: int = segment.doc_count_all()
        files: CompoundStorage = segment.open_compound_file(storage)
        try:
            self._ranges: dict[str, tuple[int, int]] = {
                name.removeprefix(self.id): files.range(name) for name in files.list()
            }
        finally:
            files.close()
        with (folder / f"{self.id}.seg").open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._bytes, self._since = memoryview(self._map), 0
        self._postings = self._part(".pst")
        self._terms = self._open_terms()
        self._fields: dict[str, int] = self._terms.extras["fieldmap"]
        self.ids = self._column("id", ">i8", 0).astype(np.int64)
        self.published = self._column("published", ">i8", 0).astype(np.int64)
        self.confirmed = self._column("confirmed", ">i8", 0).astype(np.int64)
        self.order = self._column("order", f"S{ORDER_BYTES}", b"")
        lengths = self._column("length", ">i4", 0)
        self._lengths = {"plain": lengths, "stem": lengths, "head": self._column("head_length", ">i4", 0)}
        self.facets = {term: self._read("facet", term)[0] for term, _ in self.terms("facet")}
        self._cache: OrderedDict[tuple[str, str], tuple[Docs, Impacts]] = OrderedDict()
        self._cached = 0
        self._adjacent: dict[tuple[str, ...], Docs] = {}
        self._lock = Lock()
        self._vocabulary: Vocabulary | None = None

    def postings(self, field: str, token: str) -> tuple[Docs, Impacts]:
        """The documents (numbers within this segment, rising) that hold a token, and what it says in each."""
        key = (field, token)
        with self._lock:
            if (known := self._cache.get(key)) is not None:
                self._cache.move_to_end(key)
                return known
        docs, times = self._read(field, token)
        read = (docs, impacts(field, times, self._lengths[field][docs]))
        with self._lock:
            if key not in self._cache:
                self._cache[key] = read
                self._cached += len(read[0]) + 1
            while self._cached > CACHED_POSTINGS:
                _, (docs, _) = self._cache.popitem(last=False)
                self._cached -= len(docs) + 1
        return read

    def times(self, field: str, token: str) -> int:
        """How many documents (deleted ones too) hold a token; reads nothing but the list of terms."""
        info = self._info(field, token)
        return 0 if info is None else info[2]

    def adjacent(self, tokens: tuple[str, ...], among: Docs) -> Docs:
        """Those of these documents, which hold all the tokens, where they stand one after the other in `plain`."""
        if (known := self._adjacent.get(tokens)) is None:
            known = self._read_adjacent(tokens, among)
            if len(self._adjacent) >= CACHED_PHRASES:
                self._adjacent.clear()
            self._adjacent[tokens] = known
        return known

    def _read_adjacent(self, tokens: Sequence[str], among: Docs) -> Docs:
        if not len(among):
            return among
        starts = {doc: set(at) for doc, at in self._positions(tokens[0], among).items()}
        for further, token in enumerate(tokens[1:], 1):
            for doc, places in self._positions(token, among).items():
                starts[doc] &= {place - further for place in places}
            among = np.array([doc for doc in among.tolist() if starts[doc]], dtype=np.int32)
        return among

    def _positions(self, token: str, among: Docs) -> dict[int, list[int]]:
        """Where the token stands in those of the documents that hold it."""
        if (start := self._start("plain", token)) is None or not len(among):
            return {}
        wanted = set(among.tolist())
        found: dict[int, list[int]] = {}
        previous = -1
        for last, block in self._blocks(start):
            if not _any_between(among, previous, last):
                previous = last
                continue
            previous = last
            deltas, _, values = _load(_whole(*block))
            for doc, value in zip(accumulate(deltas), values, strict=True):
                if doc in wanted:
                    found[doc] = list(accumulate(_load(value[4:])))[:MOST_PLACES]
        return found

    def terms(self, field: str) -> Iterator[tuple[str, int]]:
        """Every token of a field in order, with the number of documents (deleted ones too) that hold it."""
        prefix = self._key(field, "")
        if prefix is None:
            return
        for key, value in self._terms.items_from(prefix):
            if not key.startswith(prefix):
                return
            yield key[2:].decode(), int.from_bytes(value[5:9], "big")

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of this segment, for spelling and completion; read when first needed."""
        if self._vocabulary is None:
            self._vocabulary = Vocabulary(self.terms("plain"))
        return self._vocabulary

    def _part(self, name: str) -> memoryview:
        start, length = self._ranges[name]
        return self._bytes[start : start + length]

    def _open_terms(self) -> Any:
        part = self._part(".trm")
        terms = OrderedHashReader(BufferFile(part), len(part))
        terms.dbfile.file = None  # its copy of the whole part served the opening only
        return terms

    def _column(self, name: str, kind: str, default: Any) -> NDArray[Any]:
        """A column of one value a document; Whoosh leaves out the last ones where they are the default."""
        column = np.full(self.size, default, dtype=kind)
        if f".{name}.col" in self._ranges:
            part = self._part(f".{name}.col")
            written = np.frombuffer(part, dtype=kind, count=len(part) // column.itemsize)
            column[: len(written)] = written
        return column

    def _key(self, field: str, token: str) -> bytes | None:
        number = self._fields.get(field)
        return None if number is None else number.to_bytes(2, "big") + token.encode()

    def _info(self, field: str, token: str) -> tuple[Any, ...] | None:
        """What the list of terms says of a token: the third is its number of documents, the ninth where they stand."""
        key = self._key(field, token)
        info = self._terms.get(key) if key is not None else None
        return None if info is None else INFO.unpack(info)

    def _start(self, field: str, token: str) -> int | None:
        info = self._info(field, token)
        return None if info is None else int(info[8])

    def _read(self, field: str, token: str) -> tuple[Docs, Impacts]:
        """The documents that hold a token, and how often each does."""
        if (start := self._start(field, token)) is None:
            return NONE
        self._let_go()
        steps, weights, sizes = list[int](), [], list[int]()
        for _, block in self._blocks(start):
            deltas, some = _load(_without_places(*block))
            steps += deltas
            sizes.append(len(deltas))
            weights.append(np.full(len(deltas), 1 if some is None else some, dtype=np.float32))
        sums = np.cumsum(np.array(steps, dtype=np.int64))
        before = np.concatenate([[0], sums[np.cumsum(sizes[:-1], dtype=np.int64) - 1]]) if sizes[1:] else [0]
        return (sums - np.repeat(before, sizes)).astype(np.int32), np.concatenate(weights)

    def _let_go(self) -> None:
        """Give the pages of the file back now and then: postings are read once, and would soon seem to be all ours."""
        self._since += 1
        if self._since >= READ_BETWEEN:
            self._since = 0
            self._map.madvise(mmap.MADV_DONTNEED)

    def _blocks(self, start: int) -> Iterator[tuple[int, tuple[bytes, int]]]:
        """For each block of a posting list its last document, and its bytes with the level at which they are packed."""
        if bytes(self._postings[start : start + 4]) != b"W3Bl":
            raise ValueError("no posting list here")
        at, more = start + 4, True
        while more:
            length = int.from_bytes(self._postings[at : at + 4], "big", signed=True)
            more, length = length >= 0, abs(length)
            block = io.BytesIO(self._postings[at + 4 : at + 4 + length])
            _, last, _, packed, _, _ = _Plain(block).load()
            yield last, (block.read(), packed)
            at += 4 + length


class _Plain(pickle.Unpickler):
    """Reads numbers, bytes and tuples of them, which is all that posting lists hold; runs nothing."""

    def find_class(self, module: str, name: str) -> Any:
        # Pickles of protocol 2 spell bytes as a call to this encoder, or to `bytes` where there are none.
        if (module, name) == ("_codecs", "encode"):
            return _encoded
        if (module, name) == ("__builtin__", "bytes"):
            return bytes
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a posting list")


def _encoded(letters: str, _encoding: str) -> bytes:
    return letters.encode("latin-1")


def _load(data: bytes) -> Any:
    return _Plain(io.BytesIO(data)).load()


def beginning(size: int) -> bytes:
    """How the pickle of a block begins: the bytes up to its third part, a number put on the stack and taken off it."""
    return _BEGINNING.pack(_NUMBER, size, pickle.POP)


def _whole(block: bytes, packed: int) -> bytes:
    return zlib.decompress(block) if packed else block


def _without_places(block: bytes, packed: int) -> bytes:
    """The pickle of the first two parts of a block; where tokens stand is most of it, and is seldom asked."""
    unpacking = zlib.decompressobj() if packed else None
    begun = unpacking.decompress(block, _BEGINNING.size) if unpacking else block[: _BEGINNING.size]
    number, size, pop = _BEGINNING.unpack(begun)
    if (number, pop) != (_NUMBER, pickle.POP):
        raise ValueError("no block of postings of ours")
    if unpacking:
        told = unpacking.decompress(unpacking.unconsumed_tail, size)
    else:
        told = block[_BEGINNING.size : _BEGINNING.size + size]
    return pickle.PROTO + b"\x02" + told + pickle.TUPLE2 + pickle.STOP


_BEGINNING, _NUMBER = struct.Struct("<3sic"), pickle.PROTO + b"\x02" + pickle.BININT


def _any_between(docs: Docs, after: int, upto: int) -> bool:
    first = int(np.searchsorted(docs, after, side="right"))
    return first < len(docs) and int(docs[first]) <= upto
