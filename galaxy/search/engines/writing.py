"""Writes segments just as Whoosh 2.7.4 does, in a fifth of its time.

Whoosh takes a document through an analyzer, a format and many checks, sorts and stores posting by posting, and packs
the one posting of a rare word as it packs ten thousand. Here tokens are counted at once, the postings of a term are
gathered and handed over together, and small blocks are left unpacked. What stands on the disk is Whoosh's form, and
Whoosh merges, deletes and commits.
"""

import pickle
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from heapq import merge
from itertools import groupby
from operator import itemgetter, sub
from typing import IO, Any

from whoosh import columns, fields, formats
from whoosh.analysis import IDAnalyzer
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3Codec, W3FieldWriter
from whoosh.system import pack_int, pack_uint, pack_ushort
from whoosh.writing import SegmentWriter

from galaxy.search.engines import Document
from galaxy.search.engines.segments import INFO, ORDER_BYTES, beginning

Posting = tuple[str, bytes, int, float, bytes]
"""A field, a token in it, the number of a document, how often it stands there, and where if that is kept."""
Term = tuple[str, bytes, list[int], list[float], list[bytes]]
"""A field, a token in it, and of all its postings the numbers of documents, how often, and where."""

BLOCK, COMPRESSION = 512, 3
PACKED_FROM = 12
SIZE_OF_A_POSTING, SIZE_OF_A_TERM = 72, 400


@cache
def schema() -> fields.Schema:
    """What a document is in the index: three lists of tokens, its codes, and columns; no text is kept."""

    def tokens(*, places: bool = False) -> fields.TEXT:
        field = fields.TEXT(analyzer=IDAnalyzer(), phrase=places)
        if not places:
            field.format = formats.Existence()
        return field

    numbers = {name: fields.COLUMN(columns.NumericColumn("q")) for name in ("id", "published", "confirmed")}
    lengths = {name: fields.COLUMN(columns.NumericColumn("i")) for name in ("length", "head_length")}
    order = fields.COLUMN(columns.FixedBytesColumn(ORDER_BYTES))
    return fields.Schema(
        head=tokens(), stem=tokens(), plain=tokens(places=True), facet=tokens(), order=order, **numbers, **lengths
    )


class LeanCodec(W3Codec):
    """Whoosh's own, without the lengths of each term's documents, which only its own scoring would use."""

    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> W3FieldWriter:
        return _Fields(self, storage, segment)


class Pool:
    """Gathers postings by term, in place of Whoosh's, which sorts them one by one; what is too much goes to files.

    The documents' numbers rise from one posting of a term to the next.
    """

    def __init__(self, writer: SegmentWriter) -> None:
        self.fieldnames: set[str] = set()
        self._storage, self._limit = writer.temp_storage(), writer.pool.limit
        self._fields: dict[str, dict[bytes, tuple[list[int], list[float], list[bytes]]]] = {}
        self._size = 0
        self._runs: list[str] = []

    def add(self, posting: Posting) -> None:
        """What Whoosh calls when it merges segments."""
        name, token, number, times, places = posting
        self.take(name, number, [(token, times, places)])

    def take(self, name: str, number: int, tokens: Sequence[tuple[bytes, float, bytes]]) -> None:
        """The tokens of a document in one field, each with how often it stands there, and where if that is kept."""
        terms = self._fields.setdefault(name, {})
        before = len(terms)
        for token, times, places in tokens:
            if (term := terms.get(token)) is None:
                term = terms[token] = ([], [], [])
            term[0].append(number)
            term[1].append(times)
            if places:
                term[2].append(places)
        self._size += SIZE_OF_A_TERM * (len(terms) - before) + SIZE_OF_A_POSTING * len(tokens)
        if self._size > self._limit:
            self._save()

    def iter_postings(self) -> Iterator[Term]:
        """All terms in order, each with all of its postings."""
        if not self._runs:
            return self._terms()
        return _joined(merge(*map(self._read, self._runs), self._terms(), key=itemgetter(0, 1)))

    def cleanup(self) -> None:
        """Its files lie in a folder that the writer takes away."""

    def _terms(self) -> Iterator[Term]:
        for name, terms in sorted(self._fields.items()):
            for token in sorted(terms):
                yield name, token, *terms[token]

    def _save(self) -> None:
        name = f"{len(self._runs)}.run"
        with self._storage.create_file(name).raw_file() as file:
            for term in self._terms():
                pickle.dump(term, file, pickle.HIGHEST_PROTOCOL)
        self._runs.append(name)
        self._fields, self._size = {}, 0

    def _read(self, run: str) -> Iterator[Term]:
        file: IO[bytes]
        with self._storage.open_file(run).raw_file() as file:
            while True:
                try:
                    yield pickle.load(file)  # noqa: S301  # written by this process, a moment ago
                except EOFError:
                    return


def _joined(terms: Iterable[Term]) -> Iterator[Term]:
    """Terms in order, those that are the same made one."""
    for (name, token), same in groupby(terms, itemgetter(0, 1)):
        docs, times, places = list[int](), list[float](), list[bytes]()
        for _, _, some, often, where in same:
            docs += some
            times += often
            places += where
        yield name, token, docs, times, places


class _Fields(W3FieldWriter):
    """Writes all terms, which come sorted by field and token."""

    def add_postings(self, schema: fields.Schema, lengths: object, items: Iterable[Term]) -> None:
        at = self._postfile.tell()
        for name, of_field in groupby(items, itemgetter(0)):
            self.start_field(name, schema[name])
            prefix = pack_ushort(self._fieldid)
            for _, token, docs, times, places in of_field:
                written = _blocks(docs, times, places)
                self._postfile.write(written)
                numbers = (sum(times), len(docs), 0, 0, max(times), docs[0], docs[-1])
                self._tindex.add(prefix + token, INFO.pack(0, *numbers, at, len(written)))
                at += len(written)
            self.finish_field()


def _blocks(docs: Sequence[int], times: Sequence[float], places: Sequence[bytes]) -> bytes:
    """The postings of a term, in blocks of which only large ones are packed."""
    parts, last = [WHOOSH3_HEADER_MAGIC], len(docs) - 1
    for at in range(0, len(docs), BLOCK):
        some, often = docs[at : at + BLOCK], times[at : at + BLOCK]
        steps = (some[0], *map(sub, some[1:], some))
        most = float(max(often))
        same = most == min(often)
        told = None if same and most == 1 else most if same else tuple(map(int, often))  # shorter than floats
        data = _three(steps, told, tuple(places[at : at + BLOCK]) if places else None)
        if packed := COMPRESSION if len(some) >= PACKED_FROM else 0:
            data = zlib.compress(data, packed)
        info = pickle.dumps((len(some), some[-1], most, packed, 0, 0), 2)
        length = len(info) + len(data)
        parts += (pack_int(-length if at + BLOCK > last else length), info, data)
    return b"".join(parts)


def _three(steps: Any, told: Any, places: Any) -> bytes:
    """The pickle of the three, which says first where the third begins, so that it need not be read (`segments`).

    A number is put on the stack and taken from it again: to whoever reads the whole it is nothing.
    """
    one, two, three = (pickle.dumps(part, 2)[2:-1] for part in (steps, told, places))
    return beginning(len(one) + len(two)) + one + two + three + pickle.TUPLE3 + pickle.STOP


def gathering(writer: SegmentWriter) -> SegmentWriter:
    """The writer with a pool of ours."""
    writer.pool = Pool(writer)
    return writer


def add(writer: SegmentWriter, document: Document) -> None:
    """Put a document into what the writer will commit."""
    number, per_document, pool = writer.docnum, writer.perdocwriter, writer.pool
    per_document.start_doc(number)
    pool.take("plain", number, [(_bytes(token), len(at), _placed(at)) for token, at in _places(document.plain)])
    for name, tokens in (("head", document.head), ("stem", document.stem), ("facet", document.facets)):
        pool.take(name, number, [(_bytes(token), times, b"") for token, times in Counter(tokens).items()])
    for name, value in _columns(document).items():
        per_document.add_column_value(name, schema()[name].column_type, value)
    per_document.finish_doc()
    writer._added = True
    writer.docnum += 1


def _columns(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "published": document.published,
        "confirmed": document.confirmed,
        "order": document.order.encode("utf-8", "replace")[:ORDER_BYTES].ljust(ORDER_BYTES, b"\0"),
        "length": len(document.plain),
        "head_length": len(document.head),
    }


def _places(tokens: Sequence[str]) -> Iterable[tuple[str, list[int]]]:
    places: dict[str, list[int]] = {}
    for place, token in enumerate(tokens):
        places.setdefault(token, []).append(place)
    return places.items()


def _bytes(token: str) -> bytes:
    return token.encode("utf-8", "replace")


def _placed(places: list[int]) -> bytes:
    """Where a token stands, as Whoosh keeps it."""
    if len(places) == 1:
        return _placed_once(places[0])
    steps = [after - before for before, after in zip([0, *places], places, strict=False)]
    return bytes(pack_uint(len(steps))) + pickle.dumps(steps, 2)


@lru_cache(20_000)
def _placed_once(place: int) -> bytes:
    return bytes(pack_uint(1)) + pickle.dumps([place], 2)
