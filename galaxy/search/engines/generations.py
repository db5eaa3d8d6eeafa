"""One generation of an index held in memory: everything a question needs as arrays over its documents."""

from collections import Counter
from collections.abc import Collection, Sequence
from functools import cached_property
from itertools import islice
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from galaxy.search.clauses import Clause, Group, Run
from galaxy.search.engines import Answer, Document, Filters, Sort, Weighed
from galaxy.search.engines.segments import Docs, Numbers, Segment, Weights
from galaxy.search.grammar import Field, Query

Mask = NDArray[np.bool_]

K1, B = 1.2, 0.75
HEAD = 1.2
"""What a word in the head (the title and the chief texts) adds, next to the word itself."""
CACHED_RUNS = 200
MOST_LIKE = 12
_ID_BITS = 20


class Generation:
    """The segments of one commit side by side; a document's number is its place in this row."""

    def __init__(self, name: str, segments: Sequence[Segment], deleted: Sequence[Collection[int]]) -> None:
        self.name = name
        self.segments = segments
        sizes = [segment.size for segment in segments]
        self.bases = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64).tolist()
        self.size: int = self.bases[-1]
        self.alive: Mask = np.ones(self.size, dtype=bool)
        for base, gone in zip(self.bases, deleted, strict=False):
            self.alive[base + np.fromiter(gone, dtype=np.int64)] = False
        self.documents = int(self.alive.sum())
        self.ids: Numbers = _row([segment.ids for segment in segments], np.int64)
        self.published: Numbers = _row([segment.published for segment in segments], np.int64)
        self._longer = self._penalty([segment.lengths for segment in segments])
        self._longer_head = self._penalty([segment.head_lengths for segment in segments])
        self._rank = _ranks(np.argsort(self.ids, kind="stable"))
        self._runs: dict[Run, tuple[Docs, Weights]] = {}
        self._facets: dict[str, dict[str, Docs]] = self._read_facets()

    def answer(
        self,
        query: Query,
        filters: Filters,
        facets: Sequence[str],
        sort: Sort,
        first: int,
        size: int,
        also: Collection[int],
    ) -> Answer:
        """The page asked for, the total, and the counts."""
        scores, found = self._judge(query)
        chosen = {facet: self._carrying(facet, codes) for facet, codes in filters.items() if codes}
        shown = _all_of(found, chosen.values())
        listed = shown | _all_of(self._named(also), [self._allowed(query), *chosen.values()]) if also else shown
        docs = self._sorted(np.flatnonzero(listed), scores, sort, first + size)
        return Answer(
            ids=tuple(self.ids[docs[first:]].tolist()),
            total=int(shown.sum()),
            counts={facet: self._counts(facet, found, shown, chosen) for facet in facets},
        )

    def weigh(self, query: Query, filters: Filters, among: Collection[int], most: int) -> Weighed:
        """What the words are worth in the best documents that hold any of them, and in those named."""
        allowed = _all_of(self._allowed(query), [self._carrying(f, codes) for f, codes in filters.items() if codes])
        scores, covered = np.zeros(self.size, dtype=np.float32), np.zeros(self.size, dtype=np.float32)
        whole = known = 0.0
        for group in query.groups:
            worth, held = self._group(group)
            rarity = self._rarity(int((held & self.alive).sum()))
            whole, known = whole + rarity, known + (rarity if held.any() else 0.0)
            scores += worth
            covered[held] += rarity
        best = self._sorted(np.flatnonzero(allowed & (covered > 0)), scores, "relevance", most)
        docs = np.union1d(best, np.flatnonzero(allowed & self._named(among)))
        shares = covered[docs] / max(whole, 1e-9)
        told = zip(self.ids[docs].tolist(), scores[docs].tolist(), shares.tolist(), strict=True)
        return Weighed(known / max(whole, 1e-9), {entry_id: (worth, share) for entry_id, worth, share in told})

    def total(self, query: Query, filters: Filters) -> int:
        """How many documents meet the question and the filters."""
        _, found = self._judge(query)
        masks = [self._carrying(facet, codes) for facet, codes in filters.items() if codes]
        return int(_all_of(found, masks).sum())

    def numbers_of(self, ids: Collection[int]) -> list[int]:
        """The numbers of the living documents with these ids."""
        return [int(number) for number in np.flatnonzero(self._named(ids))]

    def like(self, document: Document, limit: int, filters: Filters) -> list[tuple[int, float]]:
        """The documents that share the rarest of this one's most used words, and how many of these, from 0 to 1."""
        own = np.flatnonzero(self.ids == document.id)
        telling = [(worth, *self._token("plain", token)) for worth, token in self._telling(document, own)]
        scores = np.zeros(self.size, dtype=np.float32)
        for worth, docs, weights in telling:
            scores[docs] += worth * weights * (K1 + 1) / (weights + self._longer[docs])
        scores[~_all_of(self.alive, [self._carrying(facet, codes) for facet, codes in filters.items()])] = 0
        scores[own] = 0
        best = self._sorted(np.flatnonzero(scores), scores, "relevance", limit)
        whole = sum(worth for worth, _docs, _weights in telling)  # each of the words once, in a text of usual length
        return [(int(self.ids[at]), min(float(scores[at]) / whole, 1.0)) for at in best]

    def _telling(self, document: Document, own: Numbers) -> list[tuple[float, str]]:
        """The rarest of its most used words that others use too, with what each is worth.

        How rare they are is asked of the lists of terms: most postings need not be read.
        """
        often = Counter(document.plain[:2_000]).most_common(200)
        held = [(token, times, self._times("plain", token)) for token, times in often if len(token) > 1]
        few = [one for one in held if 0 < one[2] <= max(self.documents // 5, 5)]
        weighed = sorted(((1 + log(n)) * self._rarity(docs), token, docs) for token, n, docs in few)
        others = (
            (worth, token)
            for worth, token, docs in reversed(weighed)
            if docs > 1 or self._token("plain", token)[0][0] not in own
        )
        return list(islice(others, MOST_LIKE))

    def holds(self, clause: Clause) -> bool:
        """Whether any living document meets the clause."""
        return any(bool(self.alive[self._run(run)[0]].any()) for run in clause)

    def _judge(self, query: Query) -> tuple[Weights, Mask]:
        """What each document is worth for the question (BM25; a clause is worth its best run), and which meet it."""
        scores = np.zeros(self.size, dtype=np.float32)
        found = self._allowed(query)
        for group in query.groups:
            worth, held = self._group(group)
            found &= held
            scores += worth
        return scores, found

    def _allowed(self, query: Query) -> Mask:
        """The living documents that carry the codes of a question and hold nothing that it refuses."""
        found = self.alive.copy()
        for clause in query.refusals:
            for run in clause:
                found[self._run(run)[0]] = False
        carried: dict[str, set[str]] = {}
        for term in query.fields:
            carried.setdefault(term.facet, set()).add(term.code)
        for facet, codes in carried.items():
            found &= self._carrying(facet, codes)
        for refused in query.excluded:
            if isinstance(refused, Field):
                found &= ~self._carrying(refused.facet, [refused.code])
        return found

    def _group(self, group: Group) -> tuple[Weights, Mask]:
        """What each document is worth for words that belong together, and which documents have them."""
        worth, held = self._clause(group.clauses[0])
        for clause in group.clauses[1:]:
            more, also = self._clause(clause)
            worth, held = worth + more, held & also
        return worth, held

    def _clause(self, clause: Clause) -> tuple[Weights, Mask]:
        worth = np.zeros(self.size, dtype=np.float32)
        in_head = np.zeros(self.size, dtype=np.float32)
        for run in clause:
            docs, times = self._run(run)
            if not len(docs):
                continue
            saturated = run.weight * times * (K1 + 1) / (times + self._longer[docs])
            worth[docs] = np.maximum(worth[docs], saturated)
            docs, times = self._in_head(run)
            saturated = run.weight * times * (K1 + 1) / (times + self._longer_head[docs])
            in_head[docs] = np.maximum(in_head[docs], saturated)
        held = worth > 0
        rarity = self._rarity(int((held & self.alive).sum()))
        return (worth + HEAD * in_head * held) * np.float32(rarity), held

    def _rarity(self, times: int) -> float:
        return float(np.log1p((self.documents - times + 0.5) / (times + 0.5))) if times <= self.documents else 0.0

    def _run(self, run: Run) -> tuple[Docs, Weights]:
        if len(run.tokens) == 1:
            return self._token(run.field, run.tokens[0])
        if run not in self._runs:
            if len(self._runs) >= CACHED_RUNS:
                self._runs.clear()
            parts = [(base, *_adjacent(segment, run)) for segment, base in zip(self.segments, self.bases, strict=False)]
            self._runs[run] = self._together(parts)
        return self._runs[run]

    def _token(self, field: str, token: str) -> tuple[Docs, Weights]:
        parts = [(base, *s.postings(field, token)) for s, base in zip(self.segments, self.bases, strict=False)]
        return self._together(parts)

    def _times(self, field: str, token: str) -> int:
        return sum(segment.times(field, token) for segment in self.segments)

    def _in_head(self, run: Run) -> tuple[Docs, Weights]:
        """The documents with all tokens of a run in their head; that they stand together is seen elsewhere."""
        docs, times = self._token("head", run.tokens[0])
        for token in run.tokens[1:]:
            docs, mine, _ = np.intersect1d(docs, self._token("head", token)[0], True, return_indices=True)
            times = times[mine]
        return docs, times

    @staticmethod
    def _together(parts: list[tuple[int, Docs, Weights]]) -> tuple[Docs, Weights]:
        parts = [part for part in parts if len(part[1])]
        if not parts:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        if len(parts) == 1:
            base, docs, weights = parts[0]
            return (docs + np.int32(base) if base else docs), weights
        return (
            np.concatenate([docs + np.int32(base) for base, docs, _ in parts]),
            np.concatenate([weights for _, _, weights in parts]),
        )

    def _named(self, ids: Collection[int]) -> Mask:
        """The living documents with these ids."""
        named: Mask = np.isin(self.ids, np.fromiter(ids, dtype=np.int64)) & self.alive
        return named

    def _carrying(self, facet: str, codes: Collection[str]) -> Mask:
        mask = np.zeros(self.size, dtype=bool)
        known = self._facets.get(facet, {})
        for code in codes:
            if code in known:
                mask[known[code]] = True
        return mask

    def _counts(self, facet: str, found: Mask, shown: Mask, chosen: dict[str, Mask]) -> dict[str, int]:
        if facet in chosen:
            shown = _all_of(found, [mask for other, mask in chosen.items() if other != facet])
        codes, docs, numbers = self._facet_rows(facet)
        counts = np.bincount(numbers[shown[docs]], minlength=len(codes))
        return {codes[at]: int(counts[at]) for at in np.flatnonzero(counts)}

    def _facet_rows(self, facet: str) -> tuple[list[str], Docs, Docs]:
        """The codes of a facet, and its pairs of document and code number."""
        if facet not in self._rows:
            known = self._facets.get(facet, {})
            numbers = [np.full(len(docs), number, dtype=np.int32) for number, docs in enumerate(known.values())]
            empty = [np.empty(0, dtype=np.int32)]
            self._rows[facet] = (
                list(known),
                np.concatenate(list(known.values()) or empty),
                np.concatenate(numbers or empty),
            )
        return self._rows[facet]

    @cached_property
    def _rows(self) -> dict[str, tuple[list[str], Docs, Docs]]:
        return {}

    def _read_facets(self) -> dict[str, dict[str, Docs]]:
        parts: dict[str, list[Docs]] = {}
        for segment, base in zip(self.segments, self.bases, strict=False):
            for term, docs in segment.facets.items():
                parts.setdefault(term, []).append(docs + np.int32(base))
        facets: dict[str, dict[str, Docs]] = {}
        for term, docs_of in parts.items():
            facet, _, code = term.partition(":")
            facets.setdefault(facet, {})[code] = docs_of[0] if len(docs_of) == 1 else np.concatenate(docs_of)
        return facets

    def _sorted(self, docs: Numbers, scores: Weights, sort: Sort, first: int) -> Numbers:
        """The first so many of these documents in the order asked for; ties go to the newer, then to the later id."""
        keys = self._keys(docs, scores, sort)
        if len(docs) > first:
            best = np.argpartition(keys, len(keys) - first)[len(keys) - first :]
            docs, keys = docs[best], keys[best]
        return docs[np.argsort(-keys)]

    def _keys(self, docs: Numbers, scores: Weights, sort: Sort) -> Numbers:
        rank = self._rank[docs]
        if sort == "title":
            return -self._title_rank[docs]
        if sort == "newest":
            return self.published[docs] << _ID_BITS | rank
        if sort == "confirmed":
            return self._confirmed[docs] << _ID_BITS | rank
        days = np.minimum(self.published[docs] // 86_400, (1 << 17) - 1)
        worth = np.minimum(scores[docs] * 10_000, (1 << 25) - 1).astype(np.int64)
        return worth << (17 + _ID_BITS) | days << _ID_BITS | rank

    @cached_property
    def _confirmed(self) -> Numbers:
        return _row([segment.confirmed for segment in self.segments], np.int64)

    @cached_property
    def _title_rank(self) -> Numbers:
        order = _row([segment.order for segment in self.segments], "S32")
        return _ranks(np.lexsort((self.ids, order)))

    def _penalty(self, lengths: list[Weights]) -> Weights:
        """BM25's K for each document: the longer the text, the less a word in it says."""
        row = _row(lengths, np.float32)
        mean = float(row[self.alive].mean()) if self.documents else 1.0
        penalty: Weights = (K1 * (1 - B + B * row / max(mean, 1.0))).astype(np.float32)
        return penalty


def _adjacent(segment: Segment, run: Run) -> tuple[Docs, Weights]:
    """The documents of a segment where the tokens stand one after the other, and how often they do."""
    docs = segment.postings(run.field, run.tokens[0])[0]
    for token in run.tokens[1:]:
        docs = np.intersect1d(docs, segment.postings(run.field, token)[0], assume_unique=True)
    if not len(docs):
        return docs, np.empty(0, dtype=np.float32)
    starts = {doc: set(at) for doc, at in segment.positions(run.field, run.tokens[0], docs).items()}
    for further, token in enumerate(run.tokens[1:], 1):
        for doc, places in segment.positions(run.field, token, docs).items():
            starts[doc] &= {place - further for place in places}
        docs = np.array([doc for doc in docs.tolist() if starts[doc]], dtype=np.int32)
    return docs, np.array([len(starts[doc]) for doc in docs.tolist()], dtype=np.float32)


def _row(parts: Sequence[NDArray[Any]], kind: Any) -> NDArray[Any]:
    """The columns of all segments, one after the other."""
    return np.concatenate(parts).astype(kind, copy=False) if parts else np.empty(0, dtype=kind)


def _ranks(order: Numbers) -> Numbers:
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    return ranks


def _all_of(first: Mask, others: Collection[Mask]) -> Mask:
    for other in others:
        first = first & other
    return first
