"""Lists of entries that are narrowed by facets, with exact counts from the database: a room says what its own has."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Generic, TypeVar

from flask_babel import LazyString
from sqlalchemy import CTE, ColumnElement, Select, case, func, literal, or_, select, union_all
from sqlalchemy.sql import FromClause

from galaxy.content.models import Entry, Tag
from galaxy.content.words import code_name
from galaxy.core.db import REF_LENGTH, REF_LETTERS, db, now
from galaxy.core.paging import Pages, page_by
from galaxy.reference.groups import in_group
from galaxy.reference.names import fold
from galaxy.reference.sdgs import targets_of
from galaxy.reference.sectors import SECTORS
from galaxy.search import facets, text
from galaxy.search.found import Choice, Facet, Value
from galaxy.search.models import Indexed
from galaxy.search.questions import MOST_VALUES, Args, Narrowed, typed

E = TypeVar("E", bound=Entry)
Counts = Mapping[str, int]
Counting = Select[str, str, int]
"""A statement that counts: the name of a facet, a code of it, how many entries carry that."""

MOST_WORDS: Final = 8
TOTAL: Final = "total"  # no facet has this name
REF: Final = re.compile(rf"[{REF_LETTERS}]{{{REF_LENGTH}}}")

goal_code = func.rtrim(func.substr(Tag.code + ".", 1, 2), ".")
"""The goal that the code of a goal or a target belongs to: "6" of "6.1"."""
category_code = func.substr(Tag.code, 1, 3)
"""The category of sectors that the code of a category or of a sector belongs to: "140" of "14031"."""


@dataclass(frozen=True)
class Column:
    """A facet of which an entry has one code at most, in the column of this name of the list's rows."""

    name: str
    codes: Collection[str]
    label: LazyString | None = None
    says: Callable[[str], str] | None = None
    by_count: bool = False

    @property
    def title(self) -> str:
        """What readers call the facet."""
        return str(self.label or facets.LABELS[self.name])

    def knows(self, code: str) -> bool:
        """Whether this may stand in an address."""
        return code in self.codes

    def labels(self, codes: Collection[str], lang: str) -> Mapping[str, str]:
        """What readers call these codes."""
        return {code: self.says(code) if self.says else facets.label(self.name, code, lang) for code in codes}

    def in_order(self, counts: Counts, labels: Mapping[str, str]) -> list[str]:
        """The codes that have a label, as they are listed: in their own order, or those of the most entries first."""
        if self.by_count:
            return sorted(labels, key=lambda code: (-counts[code], fold(labels[code]), code))
        return [code for code in self.codes if code in labels]

    def fits(self, rows: FromClause, codes: Iterable[str]) -> ColumnElement[bool]:
        """Whether a row carries one of these codes."""
        return rows.c[self.name].in_(list(codes))

    def counted(self, rows: FromClause) -> list[Counting]:
        """How many of the rows carry each code."""
        return [select(literal(self.name), rows.c[self.name], func.count()).group_by(rows.c[self.name])]


@dataclass(frozen=True)
class Refs(Column):
    """A facet by the permanent ids of other rows: `named` says what the public may know them by, in one statement."""

    codes: Collection[str] = ()
    named: Callable[[Collection[str]], Mapping[str, str]] = field(kw_only=True)
    by_count: bool = True

    def knows(self, code: str) -> bool:
        return REF.fullmatch(code) is not None

    def labels(self, codes: Collection[str], lang: str) -> Mapping[str, str]:
        return self.named(codes) if codes else {}


@dataclass(frozen=True)
class Tags(Column):
    """A facet of which an entry has any number of codes: its tags of a scheme, which is named as the facet or not."""

    scheme: str = ""

    @property
    def tags(self) -> str:
        """The scheme of its tags."""
        return self.scheme or self.name

    def labels(self, codes: Collection[str], lang: str) -> Mapping[str, str]:
        if self.says or self.name in facets.LABELS:
            return super().labels(codes, lang)
        return {code: code_name(self.tags, code, lang) for code in codes}

    def fits(self, rows: FromClause, codes: Iterable[str]) -> ColumnElement[bool]:
        return rows.c.id.in_(select(Tag.entry_id).where(Tag.scheme == self.tags, Tag.code.in_(self.carried(codes))))

    def carried(self, codes: Iterable[str]) -> list[str]:
        """The codes of tags that mean one of these codes of the facet."""
        return list(codes)

    def counted(self, rows: FromClause) -> list[Counting]:
        return [counted_tags(rows, [self])]


class Folded(Tags):
    """Tags of a list in two levels: an entry has a code of the upper one by it or by any below, and has it once."""

    upper: ClassVar[ColumnElement[str]]

    def counted(self, rows: FromClause) -> list[Counting]:
        tagged = select(literal(self.name), self.upper, func.count(Tag.entry_id.distinct()))
        return [tagged.where(Tag.scheme == self.tags, _of(rows)).group_by(self.upper)]


class Goals(Folded):
    """The goals of an entry: its own, and those of its targets."""

    upper = goal_code

    def carried(self, codes: Iterable[str]) -> list[str]:
        return [each for goal in codes for each in (goal, *(target.code for target in targets_of(goal)))]


class Sectors(Folded):
    """The categories of sectors of an entry: its own, and those of its sectors."""

    upper = category_code

    def carried(self, codes: Iterable[str]) -> list[str]:
        categories = list(codes)
        return [*categories, *(sector for sector in SECTORS if sector[:3] in categories)]


class Groups(Tags):
    """The groups of countries that an entry's countries are in today, each once."""

    def carried(self, codes: Iterable[str]) -> list[str]:
        return sorted({country for group in codes for country in in_group(group, now().date())})

    def counted(self, rows: FromClause) -> list[Counting]:
        return [self._inside(rows, group) for group in self.codes]

    def _inside(self, rows: FromClause, group: str) -> Counting:
        counted = select(literal(self.name), literal(group), func.count())
        return counted.select_from(rows).where(self.fits(rows, [group]))


@dataclass(frozen=True)
class Sort:
    """An order of a list: what it is called, and what the rows are sorted by."""

    label: LazyString
    order: Callable[[FromClause], Sequence[ColumnElement[Any]]]


@dataclass(frozen=True)
class Listing(Generic[E]):
    """A page of a list, and what one may narrow it by."""

    question: Narrowed
    page: Pages[E]
    facets: tuple[Facet, ...]
    chosen: tuple[Choice, ...]
    sorts: tuple[Choice, ...]


@dataclass(frozen=True)
class Catalogue(Generic[E]):
    """What a room says of its list.

    `rows` are what the public may see: a select of entries' `id` and of the columns that facets and sorts name, no
    more, since all of them are read each time. `shown` are the same entries, with all that their cards say. `facets`
    stand in the order of the page, and so do `sorts`, the first of which holds where none is asked.
    """

    rows: Callable[[], Select[Any]]
    shown: Callable[[], Select[E]]
    facets: Sequence[Column]
    sorts: Mapping[str, Sort]

    def asked(self, args: Args, lang: str) -> Narrowed:
        """Read an address; what no list knows falls away."""
        given = {facet.name: dict.fromkeys(args.getlist(facet.name)[:MOST_VALUES]) for facet in self.facets}
        chosen = {facet.name: tuple(filter(facet.knows, given[facet.name])) for facet in self.facets}
        sort = args.get("sort", "")
        return Narrowed(
            words=typed(args),
            chosen={name: codes for name, codes in chosen.items() if codes},
            asked_sort=sort if sort in self.sorts else None,
            lang=lang,
        )

    def listing(self, asked: Narrowed) -> Listing[E]:
        """The entries that fit, and how many fit each further choice: two statements, however many there are.

        Their tags are one more, and so are the names of what facets of `Refs` show.
        """
        narrowing = self._narrowing(asked)
        counts = self._counts(narrowing)
        shown = tuple(_facet(facet, asked, counts[facet.name]) for facet in self.facets)
        values = {(facet.name, value.code): value for facet in shown for value in facet.values}
        sort = asked.asked_sort or next(iter(self.sorts))
        return Listing(
            question=asked,
            page=self._page(narrowing[TOTAL], self.sorts[sort], counts[TOTAL].get("", 0)),
            facets=tuple(facet for facet in shown if facet.values),
            chosen=tuple(Choice(values[pair].label, values[pair].args) for pair in asked.chosen_pairs()),
            sorts=tuple(Choice(str(s.label), asked.sorted_by(n), selected=n == sort) for n, s in self.sorts.items()),
        )

    def chosen(self, asked: Narrowed) -> tuple[Choice, ...]:
        """What is chosen, and the way to each without it: for pages that count nothing."""
        facets = [facet for facet in self.facets if facet.name in asked.chosen]
        labels = {facet.name: facet.labels(asked.chosen[facet.name], asked.lang) for facet in facets}
        return tuple(
            Choice(labels[name].get(code, code), asked.toggled(name, code)) for name, code in asked.chosen_pairs()
        )

    def fitting(self, asked: Narrowed) -> Select[E]:
        """All entries that fit, in no order and without counts: for a calendar or a feed."""
        if asked.is_empty:
            return self.shown().order_by(None)
        rows = self._narrowing(asked)[TOTAL]
        return self.shown().join(rows, rows.c.id == Entry.id).order_by(None)

    def _narrowing(self, asked: Narrowed) -> dict[str, CTE]:
        """The rows that fit all that is asked, as `total`; under each facet that is chosen, those that fit the rest."""
        said = _saying(self.rows(), asked.words).cte("said")
        chosen = [facet for facet in self.facets if facet.name in asked.chosen]
        fitting = {facet.name: facet.fits(said, asked.chosen[facet.name]) for facet in chosen}

        def rest(but: str) -> CTE:
            others = [fits for name, fits in fitting.items() if name != but]
            return select(said).where(*others).cte(f"but_{but}") if others else said

        return {but: rest(but) for but in (TOTAL, *fitting)}

    def _counts(self, narrowing: Mapping[str, CTE]) -> dict[str, dict[str, int]]:
        """For each facet how many rows carry each code and fit what is chosen of the others; `total` fit everything."""
        rows = narrowing[TOTAL]
        total: Counting = select(literal(TOTAL), literal(""), func.count()).select_from(rows)
        plain = [facet for facet in self.facets if type(facet) is Tags and facet.name not in narrowing]
        arms = [total, *([counted_tags(rows, plain)] if plain else [])]
        for facet in self.facets:
            if facet not in plain:
                arms += facet.counted(narrowing.get(facet.name, rows))
        found: dict[str, dict[str, int]] = {name: {} for name in (TOTAL, *(facet.name for facet in self.facets))}
        for name, code, count in db.session.execute(union_all(*arms)):
            if code is not None and count:
                found[name][code] = count
        return found

    def _page(self, rows: CTE, sort: Sort, total: int) -> Pages[E]:
        """The page asked for: ids are sorted, and only what stands on the page is read whole."""

        def whole(page: Select[Any]) -> Select[E]:
            there = page.subquery("page")
            return self.shown().join(there, there.c.id == Entry.id).order_by(None).order_by(*sort.order(there))

        return page_by(select(rows).order_by(*sort.order(rows)), total, whole)


def counted_tags(rows: FromClause, of: Sequence[Tags]) -> Counting:
    """How many of the rows carry each code of these facets: one pass over their tags."""
    name = case({facet.tags: facet.name for facet in of}, value=Tag.scheme)
    tagged = select(name, Tag.code, func.count()).where(Tag.scheme.in_([facet.tags for facet in of]), _of(rows))
    return tagged.group_by(Tag.scheme, Tag.code)


def _of(rows: FromClause) -> ColumnElement[bool]:
    """Whether a tag is of one of the rows.

    The sum keeps SQLite from looking up the tags of each row: it reads those of a scheme in the order of their index,
    which takes a third of the time for many rows and some milliseconds for few.
    """
    return (Tag.entry_id + 0).in_(select(rows.c.id))


def _saying(rows: Select[Any], words: str) -> Select[Any]:
    """Those that hold all these words in title or chief texts."""
    said = text.plain(words)[:MOST_WORDS]
    if said:
        rows = rows.outerjoin(Indexed, Indexed.entry_id == Entry.id)
    for word in said:
        held = Indexed.folded.contains(word, autoescape=True)
        rows = rows.where(or_(held, func.lower(Entry.title).contains(word, autoescape=True)))
    return rows


def _facet(facet: Column, asked: Narrowed, found: Counts) -> Facet:
    chosen, toggled = asked.chosen.get(facet.name, ()), asked.toggling(facet.name)
    counts = dict.fromkeys(chosen, 0) | {code: count for code, count in found.items() if facet.knows(code)}
    labels = {code: code for code in chosen} | dict(facet.labels(counts, asked.lang))
    codes = facet.in_order(counts, labels)
    values = (Value(code, labels[code], counts[code], code in chosen, toggled(code)) for code in codes)
    return Facet(facet.name, facet.title, tuple(values))
