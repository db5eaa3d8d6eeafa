"""What is written into the embedded index is read from it again, however it is merged and deleted."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from galaxy.search.engines import Document
from galaxy.search.engines.impacts import impacts
from galaxy.search.engines.postings import INFO, MOST_PLACES, NOWHERE, Postings, Read, joined, kept, packed, unpacked
from galaxy.search.engines.terms import Key, prefix
from galaxy.search.engines.whoosh import WhooshEngine

TOKENS = ("a", "b", "ab", "water", "水", "عين", "зелёный", "z" * 60)
CODES = ("country:KEN", "country:BFA", "sdg:6")
FEW = st.lists(st.sampled_from(TOKENS), max_size=12).map(tuple)
OFTEN = st.sampled_from([("a", "b") * 300, ("water",) * 257 + ("b",), ("b", "a", "ab") * 90])
DOCUMENTS = st.builds(
    Document,
    id=st.integers(1, 9),
    head=FEW,
    plain=FEW | OFTEN,
    stem=FEW,
    facets=st.sets(st.sampled_from(CODES)).map(lambda some: tuple(sorted(some))),
    order=st.sampled_from(["", "a title", "水"]),
    published=st.integers(0, 2**40),
    confirmed=st.integers(0, 2**40),
)
Act = tuple[str, object]
ACTS = st.lists(
    st.tuples(st.just("index"), st.lists(DOCUMENTS, max_size=4))
    | st.tuples(st.just("delete"), st.sets(st.integers(1, 9), max_size=3))
    | st.tuples(st.just("tidy"), st.none()),
    max_size=14,
)


class Model:
    """The same documents in a dictionary."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.held = {document.id: document for document in documents}

    def act(self, name: str, with_what: object) -> None:
        if name == "index":
            self.held |= {document.id: document for document in with_what}
        elif name == "delete":
            self.held = {number: document for number, document in self.held.items() if number not in with_what}

    def saying(self, field: str, token: str) -> dict[int, float]:
        """What a token says in each document that holds it."""
        said = {}
        for document in self.held.values():
            times = getattr(document, field).count(token)
            length = len(document.head if field == "head" else document.plain)
            if times:
                said[document.id] = float(impacts(field, np.array([times]), [length])[0])
        return said

    def adjacent(self, tokens: Sequence[str]) -> set[int]:
        """The documents where the tokens stand one after the other."""
        return {document.id for document in self.held.values() if self._stands(document.plain, tokens)}

    def _stands(self, plain: Sequence[str], tokens: Sequence[str]) -> bool:
        """Whether a run begins anywhere, of as many places of each token as are kept."""
        held = [[at for at, each in enumerate(plain) if each == token][:MOST_PLACES] for token in tokens]
        return any(all(at + further in some for further, some in enumerate(held)) for at in held[0])


def must_agree(engine: WhooshEngine, model: Model) -> None:
    held = engine._look(now=True)
    corpus, rows = held.corpus, range(held.corpus.size)
    alive = {int(corpus.ids[number]): number for number in rows if corpus.alive[number]}

    def ids(numbers: Iterable[int]) -> list[int]:
        return [int(corpus.ids[number]) for number in numbers if corpus.alive[number]]

    assert alive.keys() == model.held.keys()
    for each in model.held.values():
        row = alive[each.id]
        assert (corpus.published[row], corpus.confirmed[row]) == (each.published, each.confirmed)
        assert corpus.order[row].decode() == each.order
    for token in TOKENS:
        for field in ("head", "plain", "stem"):
            docs, said = corpus.postings(field, token)
            assert docs.tolist() == sorted(set(docs.tolist()))
            found = zip(docs.tolist(), said.tolist(), strict=True)
            read = {int(corpus.ids[number]): says for number, says in found if corpus.alive[number]}
            assert read == pytest.approx(model.saying(field, token))
        for other in TOKENS[:4]:
            run = (token, other, token)
            holders = [number for number in rows if corpus.alive[number] and number in _holding(corpus, run)]
            found = corpus.adjacent(run, np.array(holders, dtype=np.int32))
            assert set(ids(found.tolist())) == model.adjacent(run)
    for code in CODES:
        carrying = {one.id for one in model.held.values() if code in one.facets}
        assert set(ids(corpus.carrying(code).tolist())) == carrying
    counted = corpus.counts(corpus.alive, ("country", "sdg"))
    facets = Counter(code for document in model.held.values() for code in document.facets)
    assert {f"{facet}:{code}": n for facet, some in counted.items() for code, n in some.items()} == facets


def _holding(corpus, tokens: Sequence[str]) -> set[int]:
    return set.intersection(*(set(corpus.postings("plain", token)[0].tolist()) for token in tokens))


@settings(deadline=None, max_examples=60)
@given(st.lists(DOCUMENTS, max_size=6), ACTS, st.sampled_from([64, 0]))
def test_what_is_written_is_read_again(first, acts, memory):
    """With no memory the postings of each document go to a file of their own, and are merged from there."""
    with tempfile.TemporaryDirectory() as folder:
        engine = WhooshEngine(Path(folder))
        engine.memory = memory
        model = Model(first)
        engine.rebuild([list(model.held.values())])
        must_agree(engine, model)
        for name, with_what in acts:
            getattr(engine, name)(*([] if with_what is None else [with_what]))
            model.act(name, with_what)
            must_agree(engine, model)


@st.composite
def lists_of_postings(draw) -> Postings:
    docs = sorted(draw(st.sets(st.integers(0, 300) | st.integers(0, 70_000) | st.integers(0, 2**31 - 1), min_size=1)))
    steps = draw(st.binary(min_size=len(docs), max_size=len(docs)))
    where = st.sets(st.integers(0, 16_000), min_size=1, max_size=5).map(sorted)
    places = draw(st.lists(where, min_size=len(docs), max_size=len(docs))) if draw(st.booleans()) else []
    return Postings(
        np.array(docs, dtype=np.int32),
        np.frombuffer(steps, dtype=np.uint8),
        np.array([len(at) for at in places], dtype=np.uint8),
        np.array([place for at in places for place in at], dtype=np.uint16),
    )


def reading(written: bytes) -> Read:
    return lambda at, size: written[at : at + size]


def plainly(found: Postings) -> list[list[int]]:
    return [part.tolist() for part in found]


@given(lists_of_postings(), st.integers(0, 5))
@example(
    Postings(np.array([0, 1 << 8, 1 << 16, 2**31 - 1], dtype=np.int32), *[np.zeros(4, np.uint8)], NOWHERE, NOWHERE), 0
)
def test_postings_are_read_as_they_were_written(found, before):
    info, written = packed(found, before)

    read = unpacked(info, reading(bytes(before) + written), with_places=bool(len(found.counts)))

    assert plainly(read) == plainly(found)
    assert INFO.unpack(info)[0] == len(found.docs)
    assert plainly(unpacked(info, reading(bytes(before) + written)))[:2] == plainly(found)[:2]


@pytest.mark.parametrize(("most", "width"), [(1, 1), (255, 1), (256, 2), (65_535, 2), (65_536, 4)])
def test_steps_between_documents_take_as_few_bytes_as_they_can(most, width):
    found = Postings(np.array([7, 8, 8 + most], dtype=np.int32), np.zeros(3, dtype=np.uint8), NOWHERE, NOWHERE)

    info, written = packed(found)

    assert len(written) == 3 * (width + 1)
    assert unpacked(info, reading(written)).docs.tolist() == [7, 8, 8 + most]


def test_documents_that_are_gone_take_their_places_with_them():
    docs, counts = np.array([0, 2, 3], dtype=np.int32), np.array([1, 2, 1], dtype=np.uint8)
    found = Postings(docs, np.array([5, 6, 7], dtype=np.uint8), counts, np.array([10, 20, 21, 30], dtype=np.uint16))

    moved = kept(found, np.array([9, -1, -1, 10], dtype=np.int32))

    assert plainly(moved) == [[9, 10], [5, 7], [1, 1], [10, 30]]
    assert plainly(joined([moved, kept(found, np.array([-1, -1, 11, -1], dtype=np.int32))])) == [
        [9, 10, 11],
        [5, 7, 6],
        [1, 1, 2],
        [10, 30, 20, 21],
    ]


def test_terms_are_found_by_name_and_by_how_they_begin(tmp_path):
    engine = WhooshEngine(tmp_path)
    words = [f"w{number}" for number in range(3_000)]
    engine.rebuild([[Document(1, (), tuple(words), (), (), "")]])
    (segment,) = engine._look().corpus.segments

    terms = segment._terms
    assert all(terms.find(Key.of("plain", word)) for word in words)
    assert not any(terms.find(Key.of("plain", word)) for word in ("w", "w3000", "", "W1"))
    assert terms.find(Key.of("stem", "w1")) is None
    begun = [terms.term(number) for number in terms.beginning(prefix("plain") + b"w29")]
    assert begun == sorted(prefix("plain") + word.encode() for word in words if word.startswith("w29"))
    assert list(terms.beginning(prefix("plain") + b"x")) == []
    assert list(terms.beginning(prefix("head"))) == []
