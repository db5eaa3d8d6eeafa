"""What any engine answers in the same way, once it can show its index as a ranking and its words."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from threading import Lock
from typing import Generic, TypeVar

from galaxy.search import text
from galaxy.search.clauses import any_of
from galaxy.search.engines import Answer, Document, Filters, Sort, Weighed
from galaxy.search.engines.ranking import C, Ranking
from galaxy.search.grammar import Query

T = TypeVar("T")

COMPLETE_FROM = 2
SUGGEST_FROM = 4


class Reading(ABC, Generic[C]):
    """The questions of the protocol `Engine`. One state is held for the whole process and replaced by a newer one."""

    look_every = 1.0
    """Seconds after which a newer state is looked for; after writing it is at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: Ranking[C] | None = None
        self._stamp = 0
        self._looked = float("-inf")

    @abstractmethod
    def _ask(self, question: Callable[[Ranking[C]], T]) -> T:
        """Put a question to the newest state of the index; what it meets in a damaged one becomes `IndexBroken`."""

    @abstractmethod
    def _newest(self, held: Ranking[C] | None) -> Ranking[C]:
        """The newest state, which may be the one that is held."""

    def _stamped(self) -> int:
        """What can be told for nothing of whether the index was made again."""
        return 0

    def _look(self, *, now: bool = False) -> Ranking[C]:
        """The newest state; looks for a newer one once a second, at once after writing or after a rebuild."""
        held, stamp = self._held, self._stamped()
        fresh = stamp == self._stamp and time.monotonic() - self._looked < self.look_every
        if held is not None and fresh and not now:
            return held
        must_wait = held is None or now or self._looked == float("-inf")
        if not self._lock.acquire(blocking=must_wait):
            assert held is not None
            return held  # another thread is opening the newer one: nobody waits for it
        try:
            begun = time.monotonic()
            self._held = newest = self._newest(self._held)
            self._stamp, self._looked = stamp, begun
            return newest
        finally:
            self._lock.release()

    @abstractmethod
    def _beginning(self, prefix: str, limit: int) -> Mapping[str, int]:
        """The commonest words that begin so, each with the number of documents that hold it."""

    @abstractmethod
    def _near(self, word: str, slips: int) -> Mapping[str, int]:
        """The words at most so many slips away, this one too; each with the number of documents that hold it."""

    def search(
        self,
        query: Query,
        filters: Filters,
        facets: Sequence[str] = (),
        sort: Sort = "relevance",
        first: int = 0,
        size: int = 20,
        also: Collection[int] = (),
    ) -> Answer:
        """So many of the entries that meet the question and the filters, with counts for the facets named."""
        return self._ask(lambda held: held.answer(query, filters, facets, sort, first, size, also))

    def weigh(self, query: Query, filters: Filters, among: Collection[int] = (), most: int = 200) -> Weighed:
        """The worth of the words in the best entries that hold any of them, and in those named."""
        return self._ask(lambda held: held.weigh(query, filters, among, most))

    def counts(self, ids: Collection[int], filters: Filters, facets: Sequence[str]) -> dict[str, dict[str, int]]:
        """What a click on each code would give among these entries, as `search` counts what it finds."""
        return self._ask(lambda held: held.counts(ids, filters, facets))

    def version(self) -> str:
        """Changes whenever other entries may be found."""
        return self._ask(lambda held: str(held.corpus.name))

    def total(self, query: Query, filters: Filters) -> int:
        """How many entries meet the question and the filters."""
        return self._ask(lambda held: held.total(query, filters))

    def complete(self, prefix: str, limit: int = 10) -> list[str]:
        """Folded words that begin so, the commonest first."""
        prefix = text.fold(text.clean(prefix))
        if len(prefix) < COMPLETE_FROM or not prefix.isalpha():
            return []
        times = self._beginning(prefix, limit)
        return sorted(times, key=lambda word: (-times[word], word))[:limit]

    def suggest(self, word: str, limit: int = 3, language: str = "") -> list[str]:
        """Folded words a slip away, or two where the word is long; those of the language first, then the commonest."""
        word = text.fold(text.clean(word))
        if len(word) < SUGGEST_FROM or not word.isalpha():
            return []
        near: dict[str, int] = {}
        for slips in (1, 2) if len(word) >= 2 * SUGGEST_FROM - 1 else (1,):
            near = dict(self._near(word, slips))
            if near.pop(word, None) or near:
                break
        spoken = self._ask(lambda held: held.spoken(near, language)) if near and language else {}
        return sorted(near, key=lambda other: (not spoken.get(other), -near[other], other))[:limit]

    def knows(self, word: str, language: str) -> bool:
        """Whether the word, in any of its forms, is found in any entry."""
        return self._ask(lambda held: held.holds(any_of(word, language)))

    def related(self, document: Document, limit: int = 6) -> list[int]:
        """The entries most like this one."""
        return [found for found, _how in self.alike(document, limit, {})]

    def alike(self, document: Document, limit: int, filters: Filters) -> list[tuple[int, float]]:
        """The same among those that meet the filters, each with how alike it is, from 0 to 1."""
        return self._ask(lambda held: held.like(document, limit, filters))
