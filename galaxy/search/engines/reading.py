"""What any engine answers in the same way, once it can show its index as a ranking and its words."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from galaxy.search import text
from galaxy.search.clauses import any_of
from galaxy.search.engines import Answer, Document, Filters, Sort, Weighed
from galaxy.search.engines.ranking import Ranking
from galaxy.search.grammar import Query

T = TypeVar("T")

COMPLETE_FROM = 2
SUGGEST_FROM = 4


class Reading(ABC):
    """The questions of the protocol `Engine`."""

    @abstractmethod
    def _ask(self, question: Callable[[Ranking[Any]], T]) -> T:
        """Put a question to the newest state of the index; what it meets in a damaged one becomes `IndexBroken`."""

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
