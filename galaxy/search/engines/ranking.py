"""Which entries answer a question, how well, and how they are counted: the same for every engine.

An engine shows its index as a `Corpus`: documents numbered from 0, arrays over these numbers, and for each token the
numbers of those that hold it with what it says in each. All else is arithmetic, and so engines cannot disagree.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from math import log
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from galaxy.search.clauses import Clause, Group, Run
from galaxy.search.engines import Answer, Document, Filters, Sort, Weighed
from galaxy.search.engines.impacts import NONE, Docs, Impacts
from galaxy.search.grammar import Field, Query
from galaxy.search.text import is_cjk

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Token = tuple[str, str]
"""A field (head, plain or stem) and a token in it."""

HEAD = 1.2
"""What a word in the head (the title and the chief texts) adds, next to the word itself."""
SCATTERED, NEIGHBOURS = 0.6, 0.3
"""What some of a run's tokens are worth wherever they stand, and what they gain where neighbours are held."""
CACHED_RUNS = 200
MOST_INSTEAD = 40
MOST_PAIRS = 40
"""Of the Chinese signs of a question that are weighed by themselves, where not all words need be met."""
MOST_LIKE = 12
_ID_BITS = 20


class Corpus(Protocol):
    """One state of an index. Documents that are no longer alive keep their numbers."""

    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def alive(self) -> Mask: ...
    @property
    def ids(self) -> Numbers: ...
    @property
    def published(self) -> Numbers: ...
    @property
    def confirmed(self) -> Numbers: ...
    @property
    def order(self) -> NDArray[np.bytes_]:
        """The folded titles, as far as they are kept for sorting."""

    @property
    def facets(self) -> Mapping[str, Docs]:
        """The documents that carry each "facet:code"."""

    def fetch(self, tokens: Collection[Token]) -> None:
        """Get the postings of all these in one go, where that is cheaper than one by one."""

    def postings(self, field: str, token: str) -> tuple[Docs, Impacts]:
        """The documents that hold a token, their numbers rising, and what it says in each."""

    def times(self, tokens: Sequence[str]) -> Sequence[int]:
        """In about how many documents each of these stands in `plain`; reads no postings."""

    def adjacent(self, tokens: Sequence[str], among: Docs) -> Docs:
        """Those documents where the tokens stand one after the other in `plain`; `among` are all that hold them all."""


C = TypeVar("C", bound=Corpus)


class _Share(NamedTuple):
    """A clause of a group, or what is said in its place: its worth in each document, who holds it, its rarity."""

    worth: Impacts
    held: Mask
    rarity: float


class Ranking(Generic[C]):
    """Answers questions about one state of an index."""

    def __init__(self, corpus: C) -> None:
        self.corpus = corpus
        self.documents = int(corpus.alive.sum())
        self._runs: dict[Run, tuple[Docs, Impacts]] = {}
        self._rank = _ranks(np.argsort(corpus.ids, kind="stable"))
        self._facets: dict[str, dict[str, Docs]] = {}
        for term, docs in sorted(corpus.facets.items()):
            facet, _, code = term.partition(":")
            self._facets.setdefault(facet, {})[code] = docs

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
            ids=tuple(self.corpus.ids[docs[first:]].tolist()),
            total=int(shown.sum()),
            counts={facet: self._counts(facet, found, shown, chosen) for facet in facets},
        )

    def weigh(self, query: Query, filters: Filters, among: Collection[int], most: int) -> Weighed:
        """What the words are worth in the best documents that hold any of them, and in those named."""
        self._fetch(query)
        allowed = _all_of(self._allowed(query), [self._carrying(f, codes) for f, codes in filters.items() if codes])
        scores, covered = self._nothing(), self._nothing()
        whole = known = 0.0
        pairs = MOST_PAIRS
        for group in query.groups:
            instead, shares = self._shares(group, most_pairs=pairs)
            pairs -= len(shares)
            rarity = sum(share.rarity for share in shares)
            whole += rarity
            known += rarity if instead.held.any() else sum(share.rarity for share in shares if share.held.any())
            worth, cover = self._nothing(), self._nothing()
            for share in shares:
                worth += share.worth * np.float32(share.rarity)
                cover[share.held] += np.float32(share.rarity)
            scores += np.maximum(worth, instead.worth * np.float32(rarity))
            covered += np.where(instead.held, np.float32(rarity), cover)
        best = self._sorted(np.flatnonzero(allowed & (covered > 0)), scores, "relevance", most)
        docs = np.union1d(best, np.flatnonzero(allowed & self._named(among)))
        shares_of = np.minimum(covered[docs] / max(whole, 1e-9), 1.0)
        ids, spoken = self.corpus.ids[docs], self._carrying("language", [query.language])[docs]
        told = zip(ids.tolist(), scores[docs].tolist(), shares_of.tolist(), strict=True)
        return Weighed(
            known / max(whole, 1e-9),
            {entry_id: (worth, share) for entry_id, worth, share in told},
            frozenset(ids[spoken].tolist()),
        )

    def counts(self, ids: Collection[int], filters: Filters, facets: Sequence[str]) -> dict[str, dict[str, int]]:
        """For each facet what a click on each code would give among these documents."""
        found = self._named(ids)
        chosen = {facet: self._carrying(facet, codes) for facet, codes in filters.items() if codes}
        shown = _all_of(found, chosen.values())
        return {facet: self._counts(facet, found, shown, chosen) for facet in facets}

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
        own = np.flatnonzero(self.corpus.ids == document.id)
        telling = self._telling(document, own)
        scores = self._nothing()
        for worth, token in telling:
            docs, impacts = self.corpus.postings("plain", token)
            scores[docs] += np.float32(worth) * impacts
        scores[~_all_of(self.corpus.alive, [self._carrying(facet, codes) for facet, codes in filters.items()])] = 0
        scores[own] = 0
        best = self._sorted(np.flatnonzero(scores), scores, "relevance", limit)
        whole = sum(worth for worth, _token in telling)  # each of the words once, in a text of usual length
        return [(int(self.corpus.ids[at]), min(float(scores[at]) / whole, 1.0)) for at in best]

    def holds(self, clause: Clause) -> bool:
        """Whether any living document meets the clause."""
        self.corpus.fetch({token for run in clause for token in _tokens(run)})
        return any(bool(self.corpus.alive[self._run(run)[0]].any()) for run in clause)

    def spoken(self, words: Collection[str], language: str) -> dict[str, int]:
        """In how many living documents of this language each of these folded words stands."""
        self.corpus.fetch({("plain", word) for word in words})
        mine = self.corpus.alive & self._carrying("language", [language])
        return {word: int(mine[self.corpus.postings("plain", word)[0]].sum()) for word in words}

    def _telling(self, document: Document, own: Numbers) -> list[tuple[float, str]]:
        """The rarest of its most used words that others use too, with what each is worth.

        How rare they are is asked of the lists of terms: most postings need not be read.
        """
        often = [pair for pair in Counter(document.plain[:2_000]).most_common(200) if len(pair[0]) > 1]
        held = zip(often, self.corpus.times([token for token, _ in often]), strict=True)
        few = [(token, n, docs) for (token, n), docs in held if 0 < docs <= max(self.documents // 5, 5)]
        weighed = sorted(((1 + log(n)) * self._rarity(docs), token, docs) for token, n, docs in few)
        weighed.reverse()
        self.corpus.fetch({("plain", token) for _, token, _ in weighed[: 2 * MOST_LIKE]})
        others = ((worth, token) for worth, token, docs in weighed if docs > 1 or self._elsewhere(token, own))
        return list(islice(others, MOST_LIKE))

    def _elsewhere(self, token: str, own: Numbers) -> bool:
        docs = self.corpus.postings("plain", token)[0]
        return bool(len(np.setdiff1d(docs[self.corpus.alive[docs]], own)))

    def _judge(self, query: Query) -> tuple[Impacts, Mask]:
        """What each document is worth for the question (BM25; a clause is worth its best run), and which meet it."""
        self._fetch(query)
        scores = self._nothing()
        found = self._allowed(query)
        for group in query.groups:
            worth, held = self._group(group)
            found &= held
            scores += worth
        return scores, found

    def _fetch(self, query: Query) -> None:
        """Ask for all postings at once."""
        wanted = {token for clause in query.refusals for run in clause for token in _tokens(run)}
        for group in query.groups:
            for run in (run for clause in (*group.clauses, group.instead[:MOST_INSTEAD]) for run in clause):
                wanted.update(_tokens(run), (("head", token) for field, token in _tokens(run)))
        self.corpus.fetch(wanted)

    def _allowed(self, query: Query) -> Mask:
        """The living documents that carry the codes of a question and hold nothing that it refuses."""
        found = self.corpus.alive.copy()
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

    def _group(self, group: Group) -> tuple[Impacts, Mask]:
        """What each document is worth for words that belong together, and which documents have them.

        It is the sum of the words where all are held, or the best of what is said in their place, which counts as all
        of them do.
        """
        instead, shares = self._shares(group)
        worth, held = shares[0].worth * np.float32(shares[0].rarity), shares[0].held
        for share in shares[1:]:
            worth, held = worth + share.worth * np.float32(share.rarity), held & share.held
        if not group.expansions:
            return worth, held
        rarity = np.float32(sum(share.rarity for share in shares))
        return np.maximum(np.where(held, worth, 0), instead.worth * rarity), held | instead.held

    def _shares(self, group: Group, *, most_pairs: int = 0) -> tuple[_Share, list[_Share]]:
        """What is said in place of a group, and each of its clauses; of runs of Chinese signs so many of their pairs.

        A word is as rare as the documents that hold it or what is said in its place: a word that no entry holds has
        the rarity of its translation, and a translation that of the word. Pairs that no document holds mostly lie
        across two words, and say nothing beside others.
        """
        worth, elsewhere = self._clause(group.instead[:MOST_INSTEAD])
        shares: list[_Share] = []
        for clause in group.clauses:
            pairs = [self._share(pair, elsewhere) for pair in _pairs(clause)[: max(most_pairs - len(shares), 0)]]
            shares += [share for share in pairs if share.held.any()] or [self._share(clause, elsewhere)]
        return _Share(worth, elsewhere, 0.0), shares

    def _share(self, clause: Clause, elsewhere: Mask) -> _Share:
        worth, held = self._clause(clause)
        return _Share(worth, held, self._rarity(int(((held | elsewhere) & self.corpus.alive).sum())))

    def _clause(self, clause: Clause) -> tuple[Impacts, Mask]:
        """What the best of some runs says in each document, in the text and in the head; and where there is any."""
        worth, in_head = self._nothing(), self._nothing()
        for run in clause:
            docs, impacts = self._run(run)
            if not len(docs):
                continue
            worth[docs] = np.maximum(worth[docs], np.float32(run.weight) * impacts)
            docs, impacts = self._in_head(run)
            in_head[docs] = np.maximum(in_head[docs], np.float32(run.weight) * impacts)
        held = worth > 0
        return worth + np.float32(HEAD) * in_head * held, held

    def _rarity(self, times: int) -> float:
        return float(np.log1p((self.documents - times + 0.5) / (times + 0.5))) if times <= self.documents else 0.0

    def _run(self, run: Run) -> tuple[Docs, Impacts]:
        if run.field == "facet":
            facet, _, code = run.tokens[0].partition(":")
            docs = self._facets.get(facet, {}).get(code, NONE[0])
            return docs, np.ones(len(docs), dtype=np.float32)
        if len(run.tokens) == 1:
            return self.corpus.postings(run.field, run.tokens[0])
        if run not in self._runs:
            if len(self._runs) >= CACHED_RUNS:
                self._runs.clear()
            self._runs[run] = self._some_of(run, run.field) if run.least else self._phrase(run)
        return self._runs[run]

    def _in_head(self, run: Run) -> tuple[Docs, Impacts]:
        """The documents with the tokens of a run in their head; that they stand together is seen elsewhere."""
        if run.field == "facet":
            return NONE
        return self._some_of(run, "head") if run.least else self._all_of_them("head", run.tokens)

    def _phrase(self, run: Run) -> tuple[Docs, Impacts]:
        """Where the tokens stand one after the other; they say what the least telling of them does."""
        docs, impacts = self._all_of_them(run.field, run.tokens)
        if not len(docs):
            return NONE
        kept = np.isin(docs, self.corpus.adjacent(run.tokens, docs), assume_unique=True)
        return docs[kept], impacts[kept]

    def _all_of_them(self, field: str, tokens: Sequence[str]) -> tuple[Docs, Impacts]:
        docs, impacts = self.corpus.postings(field, tokens[0])
        for token in tokens[1:]:
            others, more = self.corpus.postings(field, token)
            docs, mine, theirs = np.intersect1d(docs, others, assume_unique=True, return_indices=True)
            impacts = np.minimum(impacts[mine], more[theirs])
        return docs, impacts

    def _some_of(self, run: Run, field: str) -> tuple[Docs, Impacts]:
        """Where at least so many of the tokens stand: each says by its rarity, more beside its neighbour in the run.

        Tokens that no document holds say nothing; where all stand just so, it is worth what a phrase is.
        """
        tokens = tuple(dict.fromkeys(run.tokens))
        worth, held, beside = self._nothing(), self._nothing(), self._nothing()
        whole = 0.0
        before = NONE[0]
        for token in tokens:
            docs, impacts = self.corpus.postings(field, token)
            rarity = self._rarity(int(self.corpus.alive[docs].sum())) if len(docs) else 0.0
            worth[docs] += np.float32(rarity) * impacts
            held[docs] += 1
            beside[np.intersect1d(before, docs, assume_unique=True)] += 1
            whole, before = whole + rarity, docs
        docs = np.flatnonzero(held >= min(run.least, len(tokens))).astype(np.int32)
        if not len(docs) or not whole:
            return NONE
        together = np.float32(SCATTERED) + np.float32(NEIGHBOURS) * (beside[docs] / np.float32(len(tokens) - 1 or 1))
        if field == "plain":
            just_so = self.corpus.adjacent(run.tokens, docs[held[docs] == len(tokens)])
            together[np.isin(docs, just_so, assume_unique=True)] = 1
        return docs, (worth[docs] * together / np.float32(whole)).astype(np.float32)

    def _nothing(self) -> Impacts:
        return np.zeros(self.corpus.size, dtype=np.float32)

    def _named(self, ids: Collection[int]) -> Mask:
        """The living documents with these ids."""
        named: Mask = np.isin(self.corpus.ids, np.fromiter(ids, dtype=np.int64)) & self.corpus.alive
        return named

    def _carrying(self, facet: str, codes: Collection[str]) -> Mask:
        mask = np.zeros(self.corpus.size, dtype=bool)
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

    def _facet_rows(self, facet: str) -> tuple[list[str], Docs, NDArray[np.int16]]:
        """The codes of a facet, and its pairs of document and code number."""
        if facet not in self._rows:
            known = self._facets.get(facet, {})
            numbers = [np.full(len(docs), number, dtype=np.int16) for number, docs in enumerate(known.values())]
            self._rows[facet] = (
                list(known),
                np.concatenate(list(known.values()) or [NONE[0]]),
                np.concatenate(numbers or [np.empty(0, dtype=np.int16)]),
            )
        return self._rows[facet]

    @cached_property
    def _rows(self) -> dict[str, tuple[list[str], Docs, NDArray[np.int16]]]:
        return {}

    def _sorted(self, docs: NDArray[Any], scores: Impacts, sort: Sort, first: int) -> NDArray[Any]:
        """The first so many of these documents in the order asked for; ties go to the newer, then to the later id."""
        keys = self._keys(docs, scores, sort)
        if len(docs) > first:
            best = np.argpartition(keys, len(keys) - first)[len(keys) - first :] if first else slice(0)
            docs, keys = docs[best], keys[best]
        return docs[np.argsort(-keys)]

    def _keys(self, docs: NDArray[Any], scores: Impacts, sort: Sort) -> Numbers:
        keys: Numbers = self._rank[docs]
        if sort == "title":
            keys = -self._title_rank[docs]
        elif sort == "newest":
            keys |= self.corpus.published[docs] << _ID_BITS
        elif sort == "confirmed":
            keys |= self.corpus.confirmed[docs] << _ID_BITS
        else:
            worth = np.minimum(scores[docs] * 10_000, (1 << 25) - 1).astype(np.int64)
            days = np.minimum(self.corpus.published[docs] // 86_400, (1 << 17) - 1)
            keys |= worth << (17 + _ID_BITS) | days << _ID_BITS
        return keys

    @cached_property
    def _title_rank(self) -> Numbers:
        return _ranks(np.lexsort((self.corpus.ids, self.corpus.order)))


def _pairs(clause: Clause) -> list[Clause]:
    """Each pair of a run of Chinese signs by itself; of what is none, or one pair, nothing."""
    run = clause[0]
    if run.field != "plain" or len(run.tokens) < 2 or not is_cjk(run.tokens[0]):
        return []
    return [(Run("plain", (pair,), run.weight),) for pair in dict.fromkeys(run.tokens)]


def _tokens(run: Run) -> Iterator[Token]:
    if run.field != "facet":
        for token in run.tokens:
            yield run.field, token


def _ranks(order: NDArray[Any]) -> Numbers:
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    return ranks


def _all_of(first: Mask, others: Iterable[Mask]) -> Mask:
    for other in others:
        first = first & other
    return first
