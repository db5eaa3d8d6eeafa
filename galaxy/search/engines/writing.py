"""Writes segments: Whoosh 2.7.4 keeps columns and terms, merges, deletes and commits; the postings are our own.

Whoosh takes a document through an analyzer, a format and many checks, and sorts and stores posting by posting. Here
the tokens of a document are counted at once, all postings of a field are put in order by one sort of numbers, and what
segments hold that are merged goes term by term from the old files into the new one (`postings`).
"""

import pickle
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from heapq import merge
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from whoosh import columns, fields, formats
from whoosh.analysis import IDAnalyzer
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from galaxy.search.engines import Document
from galaxy.search.engines.impacts import USUAL, steps
from galaxy.search.engines.postings import MOST_PLACES, NOWHERE, Postings, joined, kept, packed, unpacked
from galaxy.search.engines.segments import ORDER_BYTES, Segment
from galaxy.search.engines.terms import FIELDS, prefix, written

Term = tuple[bytes, Postings]
SIZE_OF_A_POSTING, SIZE_OF_A_TERM = 48, 200
"""Bytes that gathering takes, the sort of it all included."""


@cache
def schema() -> fields.Schema:
    """What a document is in the index: lists of tokens, its codes, and columns; no text is kept."""

    def tokens() -> fields.TEXT:
        field = fields.TEXT(analyzer=IDAnalyzer(), phrase=False)
        field.format = formats.Existence()
        return field

    numbers = {name: fields.COLUMN(columns.NumericColumn("q")) for name in ("id", "published", "confirmed")}
    order = fields.COLUMN(columns.FixedBytesColumn(ORDER_BYTES))
    return fields.Schema(**{name: tokens() for name in FIELDS}, **numbers, order=order)


class LeanCodec(W3Codec):
    """Whoosh's own, but for the postings."""

    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> W3FieldWriter:
        return _Fields(self, storage, segment)


class _Fields(W3FieldWriter):
    """Writes all terms, which come in order."""

    def add_postings(self, schema: fields.Schema, lengths: object, terms: Iterable[Term]) -> None:
        for name in FIELDS:  # so that each has its number
            self.start_field(name, schema[name])
            self.finish_field()
        at = self._postfile.tell()
        for term, found in terms:
            info, written = packed(found, at)
            self._tindex.add(term, info)
            self._postfile.write(written)
            at += len(written)


class Writer(SegmentWriter):
    """Whoosh's, fed with whole documents and whole lists of postings."""

    def __init__(self, index: FileIndex, limitmb: int, **more: Any) -> None:
        super().__init__(index, codec=LeanCodec(), **more)
        self.pool = Pool(self.temp_storage(), limitmb << 20)

    def add(self, document: Document) -> None:
        """Put a document into what will be committed."""
        self.perdocwriter.start_doc(self.docnum)
        for name, value in _columns(document).items():
            self.perdocwriter.add_column_value(name, schema()[name].column_type, value)
        self.perdocwriter.finish_doc()
        self.pool.take(self.docnum, document)
        self._added = True
        self.docnum += 1

    def add_postings_to_pool(self, reader: SegmentReader, startdoc: int, docmap: dict[int, int] | None) -> None:
        """What Whoosh calls when it merges a segment, with the new numbers of those documents that are kept."""
        segment = Segment(Path(self.storage.folder), self.storage, reader.segment())
        numbers = np.arange(startdoc, startdoc + segment.size, dtype=np.int32)
        if docmap is not None:
            numbers[:] = -1
            numbers[list(docmap)] = list(docmap.values())
        self.pool.merge(segment, numbers)


class Pool:
    """Gathers postings in place of Whoosh's; what is too much for memory goes to files.

    The documents' numbers rise from one that is taken to the next, and further to those of segments that are merged.
    """

    def __init__(self, storage: FileStorage, limit: int) -> None:
        self._storage, self._limit = storage, limit
        self._fields = {name: _Gathered(name) for name in FIELDS}
        self._older: list[Callable[[], Iterator[Term]]] = []
        self._merged: list[Callable[[], Iterator[Term]]] = []

    def take(self, number: int, document: Document) -> None:
        """The tokens of a document."""
        places = _places(map(written, document.plain))
        length = len(document.plain)
        self._fields["plain"].take(number, {token: len(at) for token, at in places.items()}, length, places)
        self._fields["stem"].take(number, Counter(map(written, document.stem)), length)
        self._fields["head"].take(number, Counter(map(written, document.head)), len(document.head))
        self._fields["names"].take(number, Counter(map(written, document.names)), 0)
        self._fields["facet"].take(number, Counter(map(written, document.facets)), 0)
        if sum(field.size for field in self._fields.values()) > self._limit:
            self._save()

    def merge(self, segment: Segment, numbers: NDArray[np.int32]) -> None:
        """The postings of a segment under new numbers, once all documents are taken."""

        def terms() -> Iterator[Term]:
            moved = ((term, kept(found, numbers)) for term, found in segment.terms())
            return (pair for pair in moved if len(pair[1].docs))

        self._merged.append(terms)

    def iter_postings(self) -> Iterator[Term]:
        """All terms in order, each with all of its postings."""
        parts = [part() for part in (*self._older, self._terms, *self._merged)]
        if len(parts) == 1:
            return parts[0]
        same = groupby(merge(*parts, key=itemgetter(0)), itemgetter(0))
        return ((term, joined([found for _, found in some])) for term, some in same)

    def cleanup(self) -> None:
        """Let go of what was merged; files of its own lie in a folder that the writer takes away."""
        self._merged.clear()

    def _terms(self) -> Iterator[Term]:
        return chain.from_iterable(self._fields[name].terms() for name in FIELDS)

    def _save(self) -> None:
        name = f"{len(self._older)}.run"
        with self._storage.create_file(name).raw_file() as file:
            for term, found in self._terms():
                pickle.dump((term, *packed(found)), file, pickle.HIGHEST_PROTOCOL)
        self._older.append(partial(self._read, name))
        self._fields = {name: _Gathered(name) for name in FIELDS}

    def _read(self, name: str) -> Iterator[Term]:
        placed = prefix("plain")
        file: IO[bytes]
        with self._storage.open_file(name).raw_file() as file:
            while True:
                try:
                    term, info, written = pickle.load(file)  # noqa: S301  # written by this process, a moment ago
                except EOFError:
                    return
                yield term, unpacked(info, partial(_stretch, written), with_places=term.startswith(placed))


class _Gathered:
    """The postings of a field, as documents bring them; each token has a number by which they are put in order."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tokens: dict[bytes, int] = {}
        self._held, self._steps, self._counts, self._places = array("i"), array("B"), array("B"), array("H")
        self._docs, self._sizes = array("i"), array("i")

    @property
    def size(self) -> int:
        """How many bytes it takes, about."""
        return SIZE_OF_A_POSTING * len(self._held) + SIZE_OF_A_TERM * len(self._tokens)

    def take(
        self, number: int, times: dict[bytes, int], length: int, places: dict[bytes, list[int]] | None = None
    ) -> None:
        """The tokens of a document, each with how often it stands there, and where if that is kept."""
        if not times:
            return
        known = self._tokens
        self._held.extend([known.setdefault(token, len(known)) for token in times])
        self._docs.append(number)
        self._sizes.append(len(times))
        often = np.fromiter(times.values(), dtype=np.int64, count=len(times))
        if self._name in USUAL:
            self._steps.frombytes(steps(self._name, often, length).astype(np.uint8).tobytes())
        else:
            self._steps.frombytes(bytes(len(times)))
        if places is not None:
            self._counts.extend([min(count, MOST_PLACES) for count in times.values()])
            self._places.extend(chain.from_iterable(at[:MOST_PLACES] for at in places.values()))

    def terms(self) -> Iterator[Term]:
        """All terms in order, each with its postings."""
        if not self._tokens:
            return
        tokens = sorted(self._tokens)
        rank = np.empty(len(tokens), dtype=np.int32)
        rank[[self._tokens[token] for token in tokens]] = np.arange(len(tokens), dtype=np.int32)
        held = rank[np.frombuffer(self._held, dtype=np.int32)]
        order = np.argsort(held, kind="stable")
        ends = np.cumsum(np.bincount(held, minlength=len(tokens)))
        docs = np.repeat(np.frombuffer(self._docs, dtype=np.int32), np.frombuffer(self._sizes, dtype=np.int32))[order]
        said = np.frombuffer(self._steps, dtype=np.uint8)[order]
        counts, places, stops = self._placed(order, ends)
        begun, start, begin = prefix(self._name), 0, 0
        for token, end, stop in zip(tokens, ends.tolist(), stops.tolist(), strict=True):
            yield begun + token, Postings(docs[start:end], said[start:end], counts[start:end], places[begin:stop])
            start, begin = end, stop

    def _placed(self, order: NDArray[np.intp], ends: NDArray[np.intp]) -> tuple[NDArray[Any], ...]:
        """How many places each posting has, and the places, both in this order; and where those of each term end."""
        if not self._counts:
            return NOWHERE, NOWHERE, np.zeros_like(ends)
        counts = np.frombuffer(self._counts, dtype=np.uint8)
        begins = np.cumsum(counts, dtype=np.int64) - counts
        sizes = counts[order]
        stops = np.cumsum(sizes, dtype=np.int64)
        at = np.arange(stops[-1]) + np.repeat(begins[order] - (stops - sizes), sizes)
        return sizes, np.frombuffer(self._places, dtype=np.uint16)[at], stops[ends - 1]


def _columns(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "published": document.published,
        "confirmed": document.confirmed,
        "order": document.order.encode("utf-8", "replace")[:ORDER_BYTES].ljust(ORDER_BYTES, b"\0"),
    }


def _places(tokens: Iterable[bytes]) -> dict[bytes, list[int]]:
    places: dict[bytes, list[int]] = {}
    for place, token in enumerate(tokens):
        places.setdefault(token, []).append(place)
    return places


def _stretch(written: bytes, at: int, size: int) -> bytes:
    return written[at : at + size]
