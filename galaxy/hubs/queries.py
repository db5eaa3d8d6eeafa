"""What a hub brings together: what is pinned and what its search finds, by kind and by country; and which are open.

A page costs the same number of statements however much it shows: the search gives ids, of which one statement says the
kinds, one the countries, and one loads the few that are shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict

from galaxy.content.models import VISIBLE, Entry, Link, Relation, Status, Tag
from galaxy.core.db import db, now
from galaxy.core.i18n import lang
from galaxy.hubs.models import PINS_MAX, Hub, Pin
from galaxy.search.engines import Answer
from galaxy.search.queries import found_ids
from galaxy.search.questions import Address, Question

MOST_FOUND = 1_000  # of what a search finds, for the counts of countries
SHOWN = 6  # found entries of a shelf, beside those that are pinned
SHOWN_OF_A_COUNTRY = 30
CALLS_LOOKED_AT = 30  # of which those that are open are shown first
MOST_OPEN, ON_HOME = 50, 3
SHELVES: Final[Mapping[str, tuple[str, ...]]] = {
    "solutions": ("solutions", "adaptations"),
    "calls": ("requests", "offers"),
    "webinars": ("webinars", "questions"),
    "partnerships": ("partnerships",),
    "people": ("organisations", "experts"),
    "resources": ("resources",),
}
"""The headings under which kinds stand, in their order."""
PLACES = ("country", "used_in")


@dataclass(frozen=True)
class Shelf:
    """What a hub has of some kinds: what is pinned, each with its note, then the first that are found; `total` says how
    many its search finds, `args` where all of them are."""

    name: str
    pinned: list[tuple[Entry, str]]
    found: list[Entry]
    total: int = 0
    args: Address = field(default_factory=dict)

    @property
    def has_more(self) -> bool:
        """Whether the search finds more than stands here."""
        return self.total > len(self.found) + len(self.pinned)


@dataclass(frozen=True)
class Gathered:
    """All that a hub brings together; `places` says how many entries there are of each country."""

    shelves: list[Shelf]
    places: dict[str, int]

    @property
    def entries(self) -> list[Entry]:
        """All that is shown."""
        return [each for shelf in self.shelves for each in (*(entry for entry, _note in shelf.pinned), *shelf.found)]


def search_of(asked: Mapping[str, Any], language: str = "en") -> dict[str, Any]:
    """A search as a hub keeps it: what an address of the search page asks, what no list knows left out."""
    return dict(Question.from_args(MultiDict(asked), language).args())


def question(hub: Hub, country: str = "") -> Question:
    """What a hub searches for, as its reader would ask it; of one country alone, where that is given."""
    asked = Question.from_args(MultiDict(hub.search), lang())
    return asked.asking(f"{asked.words} country:{country}".strip()) if country else asked


def finds(hub: Hub) -> int:
    """How many entries its search finds now."""
    asked = question(hub)
    return 0 if asked.is_empty else found_ids(asked, 1).total


def gathered(hub: Hub, country: str = "") -> Gathered:
    """What a hub brings together, of all countries or of one."""
    asked = question(hub, country)
    answer = Answer() if question(hub).is_empty else found_ids(asked, MOST_FOUND)
    notes = _pins(hub)
    ids = [*dict.fromkeys((*_answering(hub), *answer.ids))]
    kinds = _kinds(ids, notes, country)
    there = [each for each in ids if each in kinds and each not in notes]
    loaded = _loaded([*notes, *_looked_at(there, kinds, _most(country))])
    shelves = [_shelf(name, notes, there, kinds, loaded, answer, asked, _most(country)) for name in _in_order(country)]
    return Gathered([shelf for shelf in shelves if shelf.pinned or shelf.found], _places(kinds))


def _in_order(country: str) -> list[str]:
    """What works comes first; where one country is looked at, whoever calls for partners."""
    return sorted(SHELVES, key=lambda name: name != "calls") if country else list(SHELVES)


def _pins(hub: Hub) -> dict[int, str]:
    """The entries that are pinned, in their order, with their notes."""
    rows = select(Pin.entry_id, Pin.note).where(Pin.hub_id == hub.id).order_by(Pin.position, Pin.entry_id)
    return dict(iter(db.session.execute(rows.limit(PINS_MAX))))


def _answering(hub: Hub) -> Sequence[int]:
    """What was shared in answer to the hub, the newest first."""
    rows = select(Link.from_id).where(Link.to_id == hub.id, Link.relation == Relation.BORN_FROM)
    return db.session.scalars(rows.order_by(Link.from_id.desc()).limit(MOST_FOUND)).all()


def _kinds(ids: Iterable[int], pinned: Iterable[int], country: str) -> dict[int, str]:
    """The kind of each of these that the public may see; of what was pinned, also what is archived."""
    shown = or_(Entry.id.in_(list(ids)) & (Entry.status == Status.PUBLISHED), _pinned(pinned))
    rows = select(Entry.id, Entry.kind).where(shown, Entry.kind != Hub.__mapper__.polymorphic_identity)
    if country:
        rows = rows.where(Entry.id.in_(select(Tag.entry_id).where(Tag.scheme.in_(PLACES), Tag.code == country)))
    return dict(iter(db.session.execute(rows)))


def _pinned(ids: Iterable[int]) -> ColumnElement[bool]:
    return Entry.id.in_(list(ids)) & Entry.status.in_(VISIBLE)


def _looked_at(ids: Sequence[int], kinds: Mapping[int, str], most: int) -> list[int]:
    """Those of what is found of which some will be shown: the first of each shelf."""
    some: list[int] = []
    for name, held in SHELVES.items():
        some += [each for each in ids if kinds[each] in held][: max(most, CALLS_LOOKED_AT) if name == "calls" else most]
    return some


def _most(country: str) -> int:
    return SHOWN_OF_A_COUNTRY if country else SHOWN


def _loaded(ids: Sequence[int]) -> dict[int, Entry]:
    """These entries by their ids, each with what its card says."""
    rows = select(Entry).where(_pinned(ids)).options(joinedload(Entry.body))
    return {entry.id: entry for entry in db.session.scalars(rows)} if ids else {}


def _shelf(
    name: str,
    notes: Mapping[int, str],
    ids: Sequence[int],
    kinds: Mapping[int, str],
    loaded: Mapping[int, Entry],
    answer: Answer,
    asked: Question,
    most: int,
) -> Shelf:
    """What stands under one heading; open calls for partners before the others."""
    held = SHELVES[name]
    pinned = [(loaded[each], note) for each, note in notes.items() if kinds.get(each) in held and each in loaded]
    found = [loaded[each] for each in ids if each in loaded and kinds[each] in held]
    found.sort(key=lambda entry: not entry.wants_partners)
    chosen = [kind for kind in held if kind in asked.chosen.get("kind", held)]
    counts = answer.counts.get("kind", {})
    total = sum(counts.get(kind, 0) for kind in chosen)
    return Shelf(name, pinned, found[:most], total, asked.choosing("kind", tuple(chosen)).args())


def _places(kinds: Mapping[int, str]) -> dict[str, int]:
    """How many of these entries there are of each country."""
    counted = func.count(Tag.entry_id.distinct())
    rows = select(Tag.code, counted).where(Tag.scheme.in_(PLACES), Tag.entry_id.in_(list(kinds))).group_by(Tag.code)
    return dict(iter(db.session.execute(rows))) if kinds else {}


def _shown() -> Select[Hub]:
    return select(Hub).where(Hub.status == Status.PUBLISHED)


def _open() -> ColumnElement[bool]:
    return Hub.closed_at.is_(None) & (Hub.ends_on >= now().date())


def open_hubs(most: int = MOST_OPEN) -> Sequence[Hub]:
    """Those that are open, the newest first."""
    return db.session.scalars(
        _shown().where(_open()).order_by(Hub.published_at.desc(), Hub.id.desc()).limit(most)
    ).all()


def of_country(code: str) -> Sequence[Hub]:
    """The open ones that search in this country."""
    tagged = select(Tag.entry_id).where(Tag.scheme == "country", Tag.code == code)
    rows = _shown().where(_open(), Hub.id.in_(tagged)).order_by(Hub.published_at.desc(), Hub.id.desc())
    return db.session.scalars(rows.limit(ON_HOME)).all()


def past() -> Select[Hub]:
    """Those that have ended or are archived, the last first."""
    ended = (Hub.status == Status.ARCHIVED) | ((Hub.status == Status.PUBLISHED) & ~_open())
    return select(Hub).where(ended).order_by(Hub.ends_on.desc(), Hub.id.desc())


def drafts() -> Sequence[Hub]:
    """Those that only admins see, the newest first."""
    rows = select(Hub).where(Hub.status.not_in(VISIBLE)).order_by(Hub.id.desc())
    return db.session.scalars(rows.limit(MOST_OPEN)).all()


def running() -> Sequence[Hub]:
    """Those that admins may still give a search to: open ones and drafts, the newest first."""
    rows = select(Hub).where(Hub.status.in_([Status.PUBLISHED, Status.DRAFT]), _open()).order_by(Hub.id.desc())
    return db.session.scalars(rows.limit(MOST_OPEN)).all()


def due() -> Sequence[Hub]:
    """The drafts whose day to open has come, and whose last day has not passed."""
    today = now().date()
    rows = select(Hub).where(Hub.status == Status.DRAFT, Hub.opens_on <= today, Hub.ends_on >= today)
    return db.session.scalars(rows.order_by(Hub.id)).all()
