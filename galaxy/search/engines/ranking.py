"""Which entries answer a question, how well, and how they are counted: the same for every engine.

An engine shows its index as a `Corpus`: documents numbered from 0, arrays over these numbers, and for each token the
numbers of those that hold it with what it says in each. All else is arithmetic, and so engines cannot disagree.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, islice
from math import log, log1p
from operator import attrgetter
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from galaxy.search.clauses import Clause, Group, Run
from galaxy.search.engines import Answer, Document, Filters, Sort, Weighed
from galaxy.search.engines.codes import Counts
from galaxy.search.engines.impacts import NONE, Docs, Impacts, Mask
from galaxy.search.engines.kept import Kept
from galaxy.search.grammar import Field, Query
from galaxy.search.sounds import is_sure, weight
from galaxy.search.text import is_cjk

Numbers = NDArray[np.int64]
Token = tuple[str, str]
"""A field (head, plain, stem or names) and a token in it."""

HEAD = 1.2
"""What a word in the head (the title and the chief texts) adds, next to the word itself."""
SCATTERED, NEIGHBOURS = 0.6, 0.3
"""What some of a run's tokens are worth wherever they stand, and what they gain where neighbours are held."""
HEARD = 0.8
"""What it is worth to hold a name as another script writes it, beside holding the word."""
RARE = 0.4
"""How rare what sounds so must be to be the same name, beside what one entry holds."""
KEPT = 500_000
"""So many documents with what a clause is worth in them are kept of the questions asked last."""
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

    def carrying(self, code: str) -> Docs:
        """The documents that carry "facet:code", their numbers rising."""

    def counts(self, found: Mask, facets: Sequence[str]) -> Counts:
        """How many of these documents carry each code of these facets, if any."""

    def fetch(self, tokens: Iterable[Token]) -> None:
        """Get the postings of all these in one go, where that is cheaper than one by one."""

    def postings(self, field: str, token: str) -> tuple[Docs, Impacts]:
        """The documents that hold a token, their numbers rising, and what it says in each."""

    def times(self, tokens: Sequence[str]) -> Sequence[int]:
        """In about how many documents each of these stands in `plain`; reads no postings."""

    def adjacent(self, tokens: Sequence[str], among: Docs) -> Docs:
        """Those documents where the tokens stand one after the other in `plain`; `among` are all that hold them all."""


C = TypeVar("C", bound=Corpus)


class _Held(NamedTuple):
    """The living documents that meet a clause, their numbers rising, and what it is worth in each."""

    docs: Docs
    worth: Impacts


class _Share(NamedTuple):
    """A clause of a group: what is held of it, and its rarity."""

    held: _Held
    rarity: float


class _Part(NamedTuple):
    """A group of a question: its clauses, and what is said in their place."""

    shares: list[_Share]
    instead: _Held

    @property
    def rarity(self) -> float:
        """Of all its clauses."""
        return sum(share.rarity for share in self.shares)


class Ranking(Generic[C]):
    """Answers questions about one state of an index."""

    def __init__(self, corpus: C) -> None:
        self.corpus = corpus
        self.documents = int(np.count_nonzero(corpus.alive))
        self._once = self._rarity(1) or 1.0
        self._clauses: Kept[Clause, _Held] = Kept(KEPT)
        self._orders: dict[Sort, Numbers] = {}
        by_id = np.argsort(corpus.ids, kind="stable").astype(np.int32)
        self._rank = _ranks(by_id)
        self._by_id: Docs = by_id[corpus.alive[by_id]]
        self._ids: Numbers = corpus.ids[self._by_id]

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
        parts = self._parts(query)
        found = self._meeting(query, parts)
        chosen = self._chosen(filters)
        shown = _all_of(found, chosen.values())
        listed = shown
        if also:
            listed = shown | _all_of(self._named(also), [self._allowed(query), *chosen.values()])
        docs = self._sorted(np.flatnonzero(listed), parts, sort, first + size)
        return Answer(
            ids=tuple(self.corpus.ids[docs[first:]].tolist()),
            total=int(np.count_nonzero(shown)),
            counts=self._counts(found, shown, chosen, facets),
        )

    def weigh(self, query: Query, filters: Filters, among: Collection[int], most: int) -> Weighed:
        """What the words are worth in the best documents that hold any of them, and in those named."""
        parts = self._parts(query, MOST_PAIRS)
        self.corpus.fetch({("names", token) for group in query.groups for name in group.heard for token in name.tokens})
        allowed = _all_of(self._allowed(query), self._chosen(filters).values())
        scores, covered, told = self._nothing(), self._nothing(), self._nothing()
        whole = known = 0.0
        for group, part in zip(query.groups, parts, strict=True):
            whole += part.rarity
            self._count(group, part, told)
            heard = self._heard(group, told)
            met = len(part.instead.docs) > 0 or len(heard) > 0
            known += sum(share.rarity for share in part.shares if met or len(share.held.docs))
            self._cover(part, heard, scores, covered)
        numbers = np.flatnonzero(allowed & (covered > 0))
        best = self._best(numbers, scores.take(numbers), most)
        named = self.numbers_of(among)
        docs = np.union1d(best, named[allowed[named]])
        shares_of = np.minimum(covered[docs] / max(whole, 1e-9), 1.0)
        own = self._carrying("language", [query.language]) & self.corpus.alive
        ids, telling = self.corpus.ids[docs], told[docs] > 0
        weighed = zip(ids.tolist(), scores[docs].tolist(), shares_of.tolist(), strict=True)
        return Weighed(
            known / max(whole, 1e-9),
            {entry_id: (worth, share) for entry_id, worth, share in weighed},
            frozenset(ids[own[docs]].tolist()),
            dict(zip(ids[telling].tolist(), told[docs][telling].tolist(), strict=True)),
            int(np.count_nonzero(own)),
            float(np.count_nonzero(allowed)) / max(self.documents, 1),
        )

    def counts(self, ids: Collection[int], filters: Filters, facets: Sequence[str]) -> Counts:
        """For each facet what a click on each code would give among these documents."""
        found, chosen = self._named(ids), self._chosen(filters)
        return self._counts(found, _all_of(found, chosen.values()), chosen, facets)

    def total(self, query: Query, filters: Filters) -> int:
        """How many documents meet the question and the filters."""
        found = self._meeting(query, self._parts(query))
        return int(np.count_nonzero(_all_of(found, self._chosen(filters).values())))

    def numbers_of(self, ids: Collection[int]) -> Docs:
        """The numbers of the living documents with these ids."""
        wanted = np.sort(np.fromiter(set(ids), dtype=np.int64))
        if not len(self._ids):
            return NONE[0]
        places = np.searchsorted(self._ids, wanted).clip(max=len(self._ids) - 1)
        return np.sort(self._by_id[places[self._ids[places] == wanted]])

    def like(self, document: Document, limit: int, filters: Filters) -> list[tuple[int, float]]:
        """The documents that share the rarest of this one's most used words, and how many of these, from 0 to 1."""
        own = self.numbers_of([document.id])
        telling = self._telling(document, own)
        scores = self._nothing()
        for worth, token in telling:
            docs, impacts = self.corpus.postings("plain", token)
            scores[docs] += np.float32(worth) * impacts
        scores[own] = 0
        numbers = np.flatnonzero(_all_of(self.corpus.alive, [*self._chosen(filters).values(), scores > 0]))
        best = self._best(numbers, scores.take(numbers), limit)
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
        return {word: int(np.count_nonzero(mine.take(self.corpus.postings("plain", word)[0]))) for word in words}

    def _telling(self, document: Document, own: Docs) -> list[tuple[float, str]]:
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

    def _elsewhere(self, token: str, own: Docs) -> bool:
        docs = self.corpus.postings("plain", token)[0]
        return bool(len(np.setdiff1d(docs[self.corpus.alive[docs]], own)))

    def _meeting(self, query: Query, parts: Sequence[_Part]) -> Mask:
        """The documents that a question finds: that are allowed, and meet all clauses of each group or what is said
        in their place."""
        found = self._allowed(query)
        for part in parts:
            held = _all_of(self._mask(part.shares[0].held.docs), (self._mask(s.held.docs) for s in part.shares[1:]))
            held[part.instead.docs] = True
            found &= held
        return found

    def _allowed(self, query: Query) -> Mask:
        """The living documents that carry the codes of a question and hold nothing that it refuses."""
        found = self.corpus.alive.copy()
        for clause in query.refusals:
            found[self._clause(clause).docs] = False
        carried: dict[str, set[str]] = {}
        for term in query.fields:
            carried.setdefault(term.facet, set()).add(term.code)
        for facet, codes in carried.items():
            found &= self._carrying(facet, codes)
        for refused in query.excluded:
            if isinstance(refused, Field):
                found &= ~self._carrying(refused.facet, [refused.code])
        return found

    def _chosen(self, filters: Filters) -> dict[str, Mask]:
        return {facet: self._carrying(facet, codes) for facet, codes in filters.items() if codes}

    def _parts(self, query: Query, most_pairs: int = 0) -> list[_Part]:
        """What the documents hold of each group of a question; of runs of Chinese signs so many of their pairs."""
        self.corpus.fetch(self._wanted(query))
        parts: list[_Part] = []
        for group in query.groups:
            parts.append(self._part(group, most_pairs))
            most_pairs -= len(parts[-1].shares)
        return parts

    def _wanted(self, query: Query) -> Iterator[Token]:
        """The tokens of all clauses that are not kept."""
        asked = chain.from_iterable((*group.clauses, _instead(group)) for group in query.groups)
        for run in chain.from_iterable(clause for clause in (*query.refusals, *asked) if clause not in self._clauses):
            for field, token in _tokens(run):
                yield from ((field, token), ("head", token))

    def _part(self, group: Group, most_pairs: int) -> _Part:
        """What the documents hold of a group.

        A word is as rare as the documents that hold it or what is said in its place: a word that no entry holds has
        the rarity of its translation, and a translation that of the word. Pairs that no document holds mostly lie
        across two words, and say nothing beside others.
        """
        instead = self._clause(_instead(group))
        elsewhere = self._mask(instead.docs) if len(instead.docs) else None
        shares: list[_Share] = []
        for clause in group.clauses:
            pairs = [self._clause(pair) for pair in _pairs(clause)[: max(most_pairs - len(shares), 0)]]
            held = [pair for pair in pairs if len(pair.docs)] or [self._clause(clause)]
            shares += [_Share(each, self._rarity(_together(each.docs, instead.docs, elsewhere))) for each in held]
        return _Part(shares, instead)

    def _clause(self, clause: Clause) -> _Held:
        """What the best of some runs says in each document, in the text and in the head.

        It is kept for a while: most questions are asked more than once, for a list, to be weighed, without a word.
        """
        if (found := self._clauses.get(clause)) is None:
            found = self._read(clause)
            self._clauses.put(clause, found, len(found.docs))
        return found

    def _read(self, clause: Clause) -> _Held:
        runs = [(run, *found) for run in clause if len((found := self._run(run))[0])]
        if not runs:
            return _Held(*NONE)
        held, worth, in_head = self._mask(NONE[0]), self._nothing(), self._nothing()
        for run, docs, impacts in runs:
            held[docs] = True
            worth[docs] = np.maximum(worth.take(docs), np.float32(run.weight) * impacts)
        by_weight = sorted((run for run, _, _ in runs), key=attrgetter("weight"))
        for run in {(run.tokens, run.least): run for run in by_weight}.values():
            docs, impacts = self._in_head(run)
            in_head[docs] = np.maximum(in_head.take(docs), np.float32(run.weight) * impacts)
        docs = np.flatnonzero(held & self.corpus.alive).astype(np.int32)
        return _Held(docs, worth.take(docs) + np.float32(HEAD) * in_head.take(docs))

    def _worth(self, part: _Part, docs: NDArray[Any]) -> Impacts:
        """What a group is worth in these documents: the sum of its clauses where all are held, or the best of what is
        said in their place, which counts as all of them do."""
        worth, met = np.zeros(len(docs), dtype=np.float32), np.ones(len(docs), dtype=bool)
        for held, rarity in part.shares:
            says = self._at(held, docs)
            worth += says * np.float32(rarity)
            met &= says > 0
        if len(part.instead.docs):
            worth[~met] = 0
            worth = np.maximum(worth, self._at(part.instead, docs) * np.float32(part.rarity))
        return worth

    def _cover(self, part: _Part, heard: Docs, scores: Impacts, covered: Impacts) -> None:
        """Add what a group is worth in all documents, and how much of it each of them holds; `heard` are those with a
        name of it as another script writes it."""
        apart = len(part.instead.docs) > 0 or len(part.shares) > 1 or len(heard) > 0
        worth, cover = (self._nothing(), self._nothing()) if apart else (scores, covered)
        for (docs, says), rarity in part.shares:
            worth[docs] = worth.take(docs) + says * np.float32(rarity)
            cover[docs] = cover.take(docs) + np.float32(rarity)
        if apart:
            docs, says = part.instead
            worth[docs] = np.maximum(worth.take(docs), says * np.float32(part.rarity))
            cover[docs] = part.rarity
            worth[heard] = np.maximum(worth.take(heard), np.float32(HEARD * part.rarity))
            cover[heard] = np.maximum(cover.take(heard), np.float32(HEARD * part.rarity))
            scores += worth
            covered += cover

    def _at(self, held: _Held, docs: NDArray[Any]) -> Impacts:
        """What is said in these documents; nothing in those that do not hold it."""
        says = self._nothing()
        says[held.docs] = held.worth
        return says.take(docs)

    def _count(self, group: Group, part: _Part, told: Impacts) -> None:
        """Count for each document the numbers of a group that it holds, a frequent one as less than one."""
        if len(part.shares) == len(group.clauses):
            for clause, (held, rarity) in zip(group.clauses, part.shares, strict=True):
                if clause[0].field == "plain" and clause[0].tokens[0][0].isdecimal():
                    told[held.docs] = told.take(held.docs) + np.float32(rarity / self._once)

    def _heard(self, group: Group, told: Impacts) -> Docs:
        """Count for each document the names of a group that it holds as another script writes them, a frequent one as
        less than one; and tell the documents that surely hold one."""
        same = np.zeros(self.corpus.size, dtype=bool)
        for name in group.heard:
            said = self._nothing()
            for token in name.tokens:
                docs = self.corpus.postings("names", token)[0]
                rarity = self._rarity(int(np.count_nonzero(self.corpus.alive.take(docs)))) / self._once
                if len(docs):
                    said[docs] = np.maximum(said.take(docs), np.float32(rarity * weight(token)))
                    same[docs] |= is_sure(token) and rarity >= RARE
            told += said
        return np.flatnonzero(same).astype(np.int32) if group.heard else NONE[0]

    def _rarity(self, times: int) -> float:
        return log1p((self.documents - times + 0.5) / (times + 0.5)) if times <= self.documents else 0.0

    def _run(self, run: Run) -> tuple[Docs, Impacts]:
        if run.field == "facet":
            docs = self.corpus.carrying(run.tokens[0])
            return docs, np.ones(len(docs), dtype=np.float32)
        if len(run.tokens) == 1:
            return self.corpus.postings(run.field, run.tokens[0])
        return self._some_of(run, run.field) if run.least else self._phrase(run)

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
        kept = self._mask(self.corpus.adjacent(run.tokens, docs)).take(docs)
        return docs[kept], impacts[kept]

    def _all_of_them(self, field: str, tokens: Sequence[str]) -> tuple[Docs, Impacts]:
        read = sorted((self.corpus.postings(field, token) for token in dict.fromkeys(tokens)), key=_how_many)
        docs, impacts = read[0]
        for others, says in read[1:]:
            if not len(docs):
                return NONE
            told = self._at(_Held(others, says), docs)
            docs, impacts = docs[told > 0], np.minimum(impacts, told)[told > 0]
        return docs, impacts

    def _some_of(self, run: Run, field: str) -> tuple[Docs, Impacts]:
        """Where at least so many of the tokens stand: each says by its rarity, more beside its neighbour in the run.

        Tokens that no document holds say nothing; where all stand just so, it is worth what a phrase is.
        """
        tokens = tuple(dict.fromkeys(run.tokens))
        worth, held, beside = self._nothing(), self._nothing(), self._nothing()
        whole = 0.0
        before = self._mask(NONE[0])
        for token in tokens:
            docs, impacts = self.corpus.postings(field, token)
            rarity = self._rarity(int(np.count_nonzero(self.corpus.alive.take(docs)))) if len(docs) else 0.0
            worth[docs] = worth.take(docs) + np.float32(rarity) * impacts
            held[docs] = held.take(docs) + 1
            beside[docs] = beside.take(docs) + before.take(docs)
            whole, before = whole + rarity, self._mask(docs)
        docs = np.flatnonzero(held >= min(run.least, len(tokens))).astype(np.int32)
        if not len(docs) or not whole:
            return NONE
        together = np.float32(SCATTERED) + np.float32(NEIGHBOURS) * (beside[docs] / np.float32(len(tokens) - 1 or 1))
        if field == "plain":
            just_so = self.corpus.adjacent(run.tokens, docs[held[docs] == len(tokens)])
            together[self._mask(just_so)[docs]] = 1
        return docs, (worth[docs] * together / np.float32(whole)).astype(np.float32)

    def _nothing(self) -> Impacts:
        return np.zeros(self.corpus.size, dtype=np.float32)

    def _mask(self, docs: Docs) -> Mask:
        mask = np.zeros(self.corpus.size, dtype=bool)
        mask[docs] = True
        return mask

    def _named(self, ids: Collection[int]) -> Mask:
        """The living documents with these ids."""
        return self._mask(self.numbers_of(ids))

    def _carrying(self, facet: str, codes: Collection[str]) -> Mask:
        mask = np.zeros(self.corpus.size, dtype=bool)
        for code in codes:
            mask[self.corpus.carrying(f"{facet}:{code}")] = True
        return mask

    def _counts(self, found: Mask, shown: Mask, chosen: dict[str, Mask], facets: Sequence[str]) -> Counts:
        """For each facet what a click on each code would give: its own filter is left aside."""
        counts = self.corpus.counts(shown, facets) if facets else {}
        for facet in chosen.keys() & set(facets):
            others = _all_of(found, [mask for other, mask in chosen.items() if other != facet])
            counts |= self.corpus.counts(others, (facet,))
        return counts

    def _sorted(self, docs: NDArray[Any], parts: Sequence[_Part], sort: Sort, first: int) -> NDArray[Any]:
        """The first so many of these documents in the order asked for; ties go to the newer, then to the later id."""
        if sort != "relevance":
            return _highest(docs, self._keys(sort).take(docs), first)
        worth = np.zeros(len(docs), dtype=np.float32)
        for part in parts:
            worth += self._worth(part, docs)
        return self._best(docs, worth, first)

    def _best(self, docs: NDArray[Any], worth: Impacts, first: int) -> NDArray[Any]:
        """The first so many of these documents by what they are worth."""
        steps = np.minimum(worth * 10_000, (1 << 25) - 1).astype(np.int32)
        if len(docs) > first > 0:  # most are left aside by this alone
            good = steps >= np.partition(steps, len(steps) - first)[len(steps) - first]
            docs, steps = docs[good], steps[good]
        return _highest(docs, steps.astype(np.int64) << (17 + _ID_BITS) | self._keys("relevance").take(docs), first)

    def _keys(self, sort: Sort) -> Numbers:
        """For each document a number that is the higher the further in front it stands, whatever the words."""
        if sort not in self._orders:
            self._orders[sort] = self._order(sort)
        return self._orders[sort]

    def _order(self, sort: Sort) -> Numbers:
        if sort == "title":
            return -_ranks(np.lexsort((self.corpus.ids, self.corpus.order)))
        dates = self.corpus.confirmed if sort == "confirmed" else self.corpus.published
        if sort == "relevance":
            dates = np.minimum(dates // 86_400, (1 << 17) - 1)
        return dates << _ID_BITS | self._rank


def _pairs(clause: Clause) -> list[Clause]:
    """Each pair of a run of Chinese signs by itself; of what is none, or one pair, nothing."""
    run = clause[0]
    if run.field != "plain" or len(run.tokens) < 2 or not is_cjk(run.tokens[0]):
        return []
    return [(Run("plain", (pair,), run.weight),) for pair in dict.fromkeys(run.tokens)]


def _instead(group: Group) -> Clause:
    """What is enough in place of a group."""
    return group.instead[:MOST_INSTEAD] if group.expansions else ()


def _tokens(run: Run) -> Iterator[Token]:
    if run.field != "facet":
        for token in run.tokens:
            yield run.field, token


def _ranks(order: NDArray[Any]) -> Numbers:
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    return ranks


def _together(docs: Docs, others: Docs, where: Mask | None) -> int:
    """How many documents these and the others are; `where` the others are, if there are any."""
    return len(docs) + (len(others) - int(np.count_nonzero(where.take(docs))) if where is not None else 0)


def _how_many(found: tuple[Docs, Impacts]) -> int:
    return len(found[0])


def _highest(docs: NDArray[Any], keys: Numbers, first: int) -> NDArray[Any]:
    """The first so many of these documents by their keys, no two of which are the same; the highest first."""
    if len(docs) > first:
        best = np.argpartition(keys, len(keys) - first)[len(keys) - first :] if first else slice(0)
        docs, keys = docs[best], keys[best]
    return docs[np.argsort(-keys)]


def _all_of(first: Mask, others: Iterable[Mask]) -> Mask:
    for other in others:
        first = first & other
    return first
