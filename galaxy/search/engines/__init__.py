"""What an engine is handed, what it is asked and what it answers; any engine can take another's place."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, Protocol

from galaxy.search import sounds, text
from galaxy.search.grammar import Query

Sort = Literal["relevance", "newest", "title", "confirmed"]
Filters = Mapping[str, Collection[str]]
"""For each facet the codes of which an entry must carry at least one."""


MOST_HEAD_TOKENS = 200
MOST_TOKENS = 16_000
"""Of an entry, in `plain` and in `stem`: PostgreSQL counts places in a text up to 16,383."""


class IndexOut(Exception):
    """The index does not answer: something plainer must."""


class IndexSilent(IndexOut):
    """It may well be whole, but its server does not answer now, or not in time."""


class IndexBroken(IndexOut):
    """There is no index here, or it cannot be read, or another analysis made it: it must be made again."""


class IndexMissing(IndexBroken):
    """There is no index yet, as on a first start."""


class IndexBusy(Exception):
    """Another process is writing the index; try again a little later."""


@dataclass(frozen=True, slots=True)
class Document:
    """An entry as an index holds it: tokens and codes, never its text."""

    id: int
    head: tuple[str, ...]
    """The tokens of the title, three times, and once those of the texts that count more."""
    plain: tuple[str, ...]
    stem: tuple[str, ...]
    facets: tuple[str, ...]
    """Each "facet:code"."""
    order: str
    """The title folded, for sorting."""
    names: tuple[str, ...] = ()
    """The skeletons of what may be names, by which they are found in another script."""
    published: int = 0
    confirmed: int = 0
    """Seconds since 1970."""

    @classmethod
    def of(
        cls,
        id: int,
        title: str,
        main: Iterable[str] = (),
        more: Iterable[str] = (),
        *,
        language: str = "en",
        codes: Mapping[str, Iterable[str]] | None = None,
        published: int = 0,
        confirmed: int = 0,
    ) -> "Document":
        """Analyse an entry's texts by the rules of its language."""
        read = (title, "\n".join(main), "\n".join(more))
        parts = [text.analyse(part, language) for part in read]
        titled, chief, _ = (dict.fromkeys(part.plain + part.stem) for part in parts)
        return cls(
            id=id,
            head=(*titled, *titled, *titled, *islice(chief, MOST_HEAD_TOKENS)),
            plain=tuple(islice((token for part in parts for token in part.plain), MOST_TOKENS)),
            stem=tuple(islice((token for part in parts for token in part.stem), MOST_TOKENS)),
            facets=tuple(sorted({f"{facet}:{code}" for facet, some in (codes or {}).items() for code in some})),
            order=" ".join(parts[0].plain)[:80],
            names=sounds.of_text(read, language),
            published=max(published, 0),
            confirmed=max(confirmed, 0),
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of ids in order, how many there are in all, and for each facet how many a click would give."""

    ids: tuple[int, ...] = ()
    total: int = 0
    counts: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the words of a question are worth in some entries, whether or not all of them are met."""

    known: float
    """The share of the question, by how rare its words are, that any entry could meet; from 0 to 1."""
    scores: Mapping[int, tuple[float, float]]
    """For each entry its worth, and the share of the question (by rarity, from 0 to 1) that it meets."""
    spoken: frozenset[int] = frozenset()
    """Those of them that are written in the language of the question."""
    told: Mapping[int, float] = field(default_factory=dict)
    """How many of the question's numbers, and of its names as another script writes them, those of them hold that hold
    any; a frequent one counts for less than one."""
    fellows: int = 1_000
    """How many entries there are in the language of the question."""
    open: float = 1.0
    """The share of all entries that meet the filters, the fields of the question and its refusals."""


@dataclass(frozen=True, slots=True)
class State:
    """How an index is, for the admin page and `search status`."""

    engine: str
    generation: str
    documents: int
    segments: int
    size: int
    """Bytes on the disk."""
    analysis: str


class Engine(Protocol):
    """An index of entries. Every act and question may raise `IndexOut`; acts may raise `IndexBusy`."""

    def index(self, documents: Iterable[Document]) -> None:
        """Put these in, in place of what was there under the same ids; found at once by this process."""

    def delete(self, ids: Collection[int]) -> None:
        """Take these out."""

    def rebuild(self, batches: Iterable[Sequence[Document]]) -> None:
        """Make the whole index again beside the old one, which answers until the new one is whole."""

    def tidy(self) -> None:
        """Bring the index into its best shape, where it has one."""

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
        """So many of the entries that meet the question and the filters, from the first asked for (counted from 0).

        Several codes of one facet are alternatives, facets narrow each other; a facet's counts leave its own
        filter aside, so that each count is what choosing that code would give. `also` names entries to be listed
        although they do not meet the words, if they meet the filters; neither the total nor the counts know them.
        """

    def weigh(self, query: Query, filters: Filters, among: Collection[int] = (), most: int = 200) -> Weighed:
        """The worth of the words in the best entries that hold any of them, and in those named.

        Entries that do not meet the filters, the fields of the question or its refusals are not told.
        """

    def counts(self, ids: Collection[int], filters: Filters, facets: Sequence[str]) -> dict[str, dict[str, int]]:
        """What a click on each code would give among these entries, as `search` counts what it finds."""

    def version(self) -> str:
        """Changes whenever other entries may be found; cheap."""

    def total(self, query: Query, filters: Filters) -> int:
        """How many entries meet the question and the filters."""

    def complete(self, prefix: str, limit: int = 10) -> list[str]:
        """Folded words that begin so, the commonest first."""

    def suggest(self, word: str, limit: int = 3, language: str = "") -> list[str]:
        """Folded words one or two slips of the finger away: the nearest; of these first those in entries of the
        language, and the commonest."""

    def knows(self, word: str, language: str) -> bool:
        """Whether the word, in any of its forms, is found in any entry."""

    def related(self, document: Document, limit: int = 6) -> list[int]:
        """The entries most like this one, which need not be in the index."""

    def alike(self, document: Document, limit: int, filters: Filters) -> list[tuple[int, float]]:
        """The same among those that meet the filters, each with how alike it is, from 0 to 1."""

    def state(self) -> State:
        """How the index is."""
