"""Reads the segments of an index: Whoosh's files, in them our own postings, as numpy arrays.

Terms are looked for where they lie, in a mapped file; postings are read when they are asked for, since mapped pages
would count as memory of this process, which so owns next to nothing of an index. A segment never changes after it was
written; which of its documents are deleted is not read here: that stands in the table of contents, and does change.
"""

import mmap
import os
import weakref
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3Segment
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage

from galaxy.search.engines.codes import Codes
from galaxy.search.engines.impacts import NONE, STEPS, Docs, Impacts
from galaxy.search.engines.postings import INFO, Postings, Read, standing, unpacked
from galaxy.search.engines.spelling import Vocabulary
from galaxy.search.engines.terms import Key, Terms, prefix

ORDER_BYTES = 32


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
            self._bytes = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            self._postings = _reading(os.dup(file.fileno()), *self._ranges[".pst"])
        self._terms = Terms(self._part(".trm"))
        names = [self._terms.term(number)[2:].decode() for number in self._terms.beginning(prefix("facet"))]
        self.codes = Codes(self.size, names, partial(_carrying, self._terms, self._postings))
        self.vocabulary = Vocabulary(self._terms)

    def postings(self, key: Key) -> tuple[Docs, Impacts]:
        """The documents (numbers within this segment, rising) that hold a token, and what it says in each."""
        if (info := self._terms.find(key)) is None:
            return NONE
        found = unpacked(info, self._postings)
        return found.docs, STEPS.take(found.steps)

    def times(self, key: Key) -> int:
        """How many documents (deleted ones too) hold a token; reads nothing but the list of terms."""
        info = self._terms.find(key)
        return 0 if info is None else int(INFO.unpack(info)[0])

    def adjacent(self, keys: Sequence[Key], among: Docs) -> Docs:
        """Those of these documents, which hold all the tokens of `plain`, where they stand one after the other."""
        infos = {key: self._terms.find(key) for key in keys} if len(among) else {}
        found = {key: unpacked(info, self._postings, with_places=True) for key, info in infos.items() if info}
        return standing([found[key] for key in keys], among, self.size) if found else among

    def terms(self) -> Iterator[tuple[bytes, Postings]]:
        """Every term in order, with all that is kept of it."""
        placed = prefix("plain")
        for number in range(len(self._terms)):
            term, info = self._terms.item(number)
            yield term, unpacked(info, self._postings, with_places=term.startswith(placed))

    def column(self, name: str, kind: str) -> NDArray[Any]:
        """One value a document; Whoosh leaves out the last ones where they are nothing."""
        part = self._part(f".{name}.col") if f".{name}.col" in self._ranges else b""
        written = np.frombuffer(part, dtype=kind, count=len(part) // np.dtype(kind).itemsize)
        return (
            written
            if len(written) == self.size
            else np.concatenate([written, np.zeros(self.size - len(written), kind)])
        )

    def _part(self, name: str) -> memoryview:
        start, length = self._ranges[name]
        return self._bytes[start : start + length]


def _reading(file: int, start: int, length: int) -> Read:
    """Reads from a part of a file, which is closed with the last that reads from it."""

    def read(at: int, size: int) -> bytes:
        if at + size > length:
            raise ValueError("no postings here")
        return os.pread(file, size, start + at)

    weakref.finalize(read, os.close, file)
    return read


def _carrying(terms: Terms, postings: Read, code: str) -> Docs:
    info = terms.find(Key.of("facet", code))
    return NONE[0] if info is None else unpacked(info, postings).docs
