"""Writes segments just as Whoosh 2.7.4 does, in less than half of its time.

Whoosh takes a document through an analyzer, a format and many checks, posting by posting, and packs the one posting of
a rare word as it packs ten thousand. Here tokens are counted at once, a term's postings are handed over together, and
small blocks are left unpacked. What stands on the disk is Whoosh's form, and Whoosh merges, deletes and commits.
"""

import pickle
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from whoosh import columns, fields, formats
from whoosh.analysis import IDAnalyzer
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3PostingsWriter
from whoosh.system import pack_uint
from whoosh.writing import SegmentWriter

from galaxy.search.engines import Document
from galaxy.search.engines.segments import ORDER_BYTES

Posting = tuple[str, bytes, int, float, bytes]
"""A field, a token in it, the number of a document, how often it stands there, and where if that is kept."""

PACKED_FROM = 12
SIZE_OF_A_POSTING = 180


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

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> W3PostingsWriter:
        return _Postings(dbfile, self._blocklimit, byteids, self._compression, self._inlinelimit)


class _Fields(W3FieldWriter):
    """Writes all postings, which come sorted by field, token and document."""

    def add_postings(self, schema: fields.Schema, lengths: object, items: Iterable[Posting]) -> None:
        for name, of_field in groupby(items, itemgetter(0)):
            self.start_field(name, schema[name])
            for token, postings in groupby(of_field, itemgetter(1)):
                self.start_term(token)
                self._postwriter.take(list(postings))
                self.finish_term()
            self.finish_field()


class _Postings(W3PostingsWriter):
    """Writes the postings of a term in blocks of which only large ones are packed."""

    def take(self, postings: Sequence[Posting]) -> None:
        """All postings of a term; the last block is written when the term is finished."""
        packing = self._compression
        for at in range(0, len(postings), self._blocklimit):
            if self._ids:
                self._write_block()
            block = postings[at : at + self._blocklimit]
            self._compression: int = packing if len(block) >= PACKED_FROM else 0
            self._ids.extend([posting[2] for posting in block])
            self._weights.extend([posting[3] for posting in block])
            self._values = [posting[4] for posting in block if posting[4]]
            self._maxweight = max(self._weights)

    def finish_postings(self) -> Any:
        finished = super().finish_postings()
        self._compression = W3Codec()._compression
        return finished


def add(writer: SegmentWriter, document: Document) -> None:
    """Put a document into what the writer will commit."""
    number, per_document = writer.docnum, writer.perdocwriter
    per_document.start_doc(number)
    postings: list[Posting] = [("plain", *_placed(token, places, number)) for token, places in _places(document.plain)]
    for name, tokens in (("head", document.head), ("stem", document.stem), ("facet", document.facets)):
        postings += [
            (name, token.encode("utf-8", "replace"), number, times, b"") for token, times in Counter(tokens).items()
        ]
    pool = writer.pool
    pool.fieldnames.update(("plain", "head", "stem", "facet"))
    pool.current += postings
    pool.currentsize += SIZE_OF_A_POSTING * len(postings)
    if pool.currentsize > pool.limit:
        pool.save()
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


def _placed(token: str, places: list[int], number: int) -> tuple[bytes, int, float, bytes]:
    steps = [after - before for before, after in zip([0, *places], places, strict=False)]
    return token.encode("utf-8", "replace"), number, len(places), pack_uint(len(steps)) + pickle.dumps(steps, 2)
