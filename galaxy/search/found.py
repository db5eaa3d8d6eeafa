"""What a page shows of a list that was found: its hits, what narrows it, the ways on."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from flask import request
from markupsafe import Markup

from galaxy.content.models import Entry
from galaxy.core.i18n import reader_zone
from galaxy.search.entries import Stamp, published
from galaxy.search.fusion import Ranked
from galaxy.search.questions import LAST_PAGE, Address, Question
from galaxy.search.reasons import Reason

PAGE = 20
MOST_DRAWN = 150_000  # letters of what is drawn of one list


@dataclass(frozen=True)
class Hit:
    """An entry that was found: its title and best passage, marked, in the entry's own language."""

    id: int
    ref: str
    slug: str
    endpoint: str
    name: str
    """Its title as it was written."""
    title: Markup
    snippet: Markup
    language: str
    kind: str
    carried: Ranked | None = None
    """What brought it into the list; nothing where it only meets the words, far down, or where none were asked for."""
    reasons: tuple[Reason, ...] = ()
    why: str = ""  # which of what was chosen it belongs to, where its card does not show that

    @property
    def score(self) -> float:
        """Its worth for the question, to be compared within one list."""
        return self.carried.score if self.carried else 0.0


@dataclass(frozen=True)
class Value:
    """A code one may choose in a facet, how many entries that gives, and where the click leads."""

    code: str
    label: str
    count: int
    selected: bool
    args: Address


@dataclass(frozen=True)
class Facet:
    """What one may narrow by."""

    name: str
    label: str
    values: tuple[Value, ...]

    @property
    def selected(self) -> bool:
        """Whether anything of it is chosen."""
        return any(value.selected for value in self.values)

    @property
    def useful(self) -> bool:
        """Whether there is something to choose, or to choose no longer."""
        return len(self.values) > 1 or self.selected

    def short(self, most: int) -> list[Value]:
        """The first of the values, and what is chosen of the others."""
        return [*self.values[:most], *(value for value in self.values[most:] if value.selected)]


@dataclass(frozen=True)
class Choice:
    """A way on: what it is called, where it leads, and how many entries it gives where that is known."""

    label: str
    args: Address
    count: int | None = None
    selected: bool = False


@dataclass(frozen=True)
class Found:
    """All that the search page shows."""

    question: Question
    hits: tuple[Hit, ...] = ()
    total: int = 0
    """How many entries meet the words."""
    by_meaning: int = 0
    """How many more are listed since they mean the like."""
    language: str = ""
    """In which the question is asked, as far as can be told."""
    expansions: tuple[Choice, ...] = ()
    """What the shared lists looked for besides; each leads to the list without it."""
    models: tuple[str, ...] = ()
    """The models of meaning that took part."""
    facets: tuple[Facet, ...] = ()
    chosen: tuple[Choice, ...] = ()
    """What the list is narrowed by; each leads to the list without it."""
    sorts: tuple[Choice, ...] = ()
    notes: tuple[str, ...] = ()
    did_you_mean: Choice | None = None
    loosened: tuple[Choice, ...] = ()
    """Where nothing is found: what to leave out, with what that gives."""
    notice: str = ""
    entries: dict[int, Entry] = field(default_factory=dict)
    """The entries of the hits by id, where they were read; `entry` reads them."""
    seen: Mapping[int, Stamp] | None = None
    """How the entries were of which anything is shown; None of a list that is not to be remembered."""
    restless: frozenset[int] = frozenset()
    """The ids of those that look otherwise with time, or by what others do."""
    _drawn: dict[Hashable, str] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        """How many pages there are to turn."""
        return pages_of(self.total + self.by_meaning)

    @property
    def previous(self) -> Address | None:
        """Where the page before is, if there is one."""
        return self.question.args(self.question.page - 1) if self.question.page > 1 else None

    @property
    def next(self) -> Address | None:
        """Where the page after is, if there is one."""
        return self.question.args(self.question.page + 1) if self.question.page < self.pages else None

    @property
    def first(self) -> int:
        """The number of the first hit shown, counted from 1; 0 where there is none."""
        return (self.question.page - 1) * PAGE + 1 if self.hits else 0

    @property
    def last(self) -> int:
        """The number of the last hit shown."""
        return self.first + len(self.hits) - 1 if self.hits else 0

    def entry(self, entry_id: int) -> Entry | None:
        """The entry of a hit, read together with those that are likely to be asked for next."""
        if entry_id not in self.entries:
            wanted = self.restless if entry_id in self.restless else [hit.id for hit in self.hits]
            self.entries.update((entry.id, entry) for entry in published([*wanted]))
        return self.entries.get(entry_id)

    @cached_property
    def _here(self) -> tuple[str | None, str]:
        """The reader's time zone and where the site stands: an answer that is remembered is copied for each request."""
        zone = reader_zone()
        return zone.key if zone else None, request.root_path

    def drawn(self, part: Hashable, caller: Callable[[], str]) -> str:
        """What a template draws of a part, or of the hit of this id: once, for as long as this list is remembered.

        A part must say all that it depends on beside this answer, the reader's time zone and where the site stands.
        """
        key = (part, *self._here)
        if (known := self._drawn.get(key)) is not None:
            return known
        drawn = caller()
        if part not in self.restless and sum(map(len, list(self._drawn.values()))) + len(drawn) <= MOST_DRAWN:
            self._drawn[key] = drawn
        return drawn


def pages_of(total: int) -> int:
    return min(-(-total // PAGE), LAST_PAGE)
