"""Calls for partners as they are found: narrowed by what is asked and of whom, with exact counts from the database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Final

from flask_babel import LazyString
from sqlalchemy import CTE, ColumnElement, Select, String, case, cast, func, literal, or_, select, union_all
from sqlalchemy.orm import joinedload, selectinload

from galaxy.accounts.models import User
from galaxy.content.models import Entry, Status, Tag, Version
from galaxy.content.words import code_name
from galaxy.core.db import db, now
from galaxy.core.i18n import lazy
from galaxy.core.paging import Pages, page_of
from galaxy.partnerships.models import LISTENING, Call, Interest, InterestStatus, Stage
from galaxy.partnerships.words import SOON, stage_name
from galaxy.reference.countries import COUNTRIES
from galaxy.reference.groups import GROUPS, in_group
from galaxy.reference.lists import MEANS, MODALITIES, ROLES
from galaxy.reference.sdgs import GOALS, targets_of
from galaxy.search import facets, text
from galaxy.search.models import Indexed
from galaxy.search.queries import Choice, Facet, Value
from galaxy.search.questions import MOST_VALUES, Args, Narrowed, typed

KINDS: Final = ("requests", "offers")
CODES: Final[Mapping[str, tuple[str, ...]]] = {
    "kind": KINDS,
    "stage": tuple(Stage),
    "deadline": ("soon", "later", "none"),
    "means": tuple(MEANS),
    "role": tuple(ROLES),
    "modality": tuple(MODALITIES),
    "sdg": tuple(GOALS),
    "country": tuple(COUNTRIES),
    "group": tuple(GROUPS),
}
"""What the list may be narrowed by, in the order of the page, each with its codes in their own order."""
COLUMNS: Final = ("kind", "stage", "deadline", "modality")  # facets with one code at most; the others are tags
LABELS: Final[Mapping[str, LazyString]] = {
    **facets.LABELS,
    "stage": lazy("Stage"),
    "deadline": lazy("Last day for answers"),
    "means": lazy("Kinds of help"),
    "role": lazy("Roles wanted"),
}
DEADLINES: Final[Mapping[str, LazyString]] = {
    "soon": lazy("Within two weeks"),
    "later": lazy("Later"),
    "none": lazy("None set"),
}
SORTS: Final[Mapping[str, LazyString]] = {"newest": lazy("Open, newest first"), "deadline": lazy("Closing soonest")}
MOST_WORDS = 8

goal_code = func.rtrim(func.substr(Tag.code + ".", 1, 2), ".")
"""The goal that the code of a goal or a target belongs to: "6" of "6.1"."""


@dataclass(frozen=True)
class Asked(Narrowed):
    """What a reader asks of the list of calls."""

    @classmethod
    def from_args(cls, args: Args, lang: str) -> "Asked":
        """Read an address; what no list knows falls away."""
        given = {facet: dict.fromkeys(args.getlist(facet)[:MOST_VALUES]) for facet in CODES}
        chosen = {facet: tuple(code for code in codes if code in CODES[facet]) for facet, codes in given.items()}
        sort = args.get("sort", "")
        return cls(
            words=typed(args),
            chosen={facet: codes for facet, codes in chosen.items() if codes},
            asked_sort=sort if sort in SORTS else None,
            lang=lang,
        )

    @property
    def sort(self) -> str:
        """How it is sorted; what still takes answers comes first either way."""
        return self.asked_sort or "newest"


@dataclass(frozen=True)
class Listing:
    """A page of calls, and what one may narrow them by."""

    question: Asked
    calls: Pages[Call]
    facets: tuple[Facet, ...]
    chosen: tuple[Choice, ...]
    sorts: tuple[Choice, ...]


def listing(asked: Asked) -> Listing:
    """The published calls that fit, and how many fit each further choice: two statements, however many there are."""
    shown = _shown(asked.words)
    counts = _counts(shown, asked.chosen)
    return Listing(
        question=asked,
        calls=page_of(_in_order(asked, shown), counts["total"].get("", 0)),
        facets=tuple(facet for name in CODES if (facet := _facet(asked, name, counts[name])).values),
        chosen=tuple(Choice(_label(f, code, asked.lang), asked.toggled(f, code)) for f, code in asked.chosen_pairs()),
        sorts=tuple(Choice(str(SORTS[sort]), asked.sorted_by(sort), selected=asked.sort == sort) for sort in SORTS),
    )


def published() -> Select[Call]:
    """The calls that the public is shown, each with its body."""
    return select(Call).where(Entry.kind.in_(KINDS), Entry.status == Status.PUBLISHED).options(joinedload(Call.body))


def newest() -> Select[Call]:
    """The published calls, what is open first, then the newest."""
    waits = case((Call.stage == Stage.OPEN, 0), (Call.stage == Stage.IN_TALKS, 1), else_=2)
    return published().order_by(waits, Call.published_at.desc(), Call.id.desc())


def open_calls() -> Select[Call]:
    """The calls that take answers and are in no talks yet, the newest first."""
    return published().where(Call.stage == Stage.OPEN).order_by(Call.published_at.desc(), Call.id.desc())


def _shown(words: str) -> CTE:
    """The published calls that hold all these words in title or chief texts, each with its codes of one value."""
    today = now().date()
    deadline = case(
        (Call.stage.not_in(LISTENING), None),
        (Call.deadline.is_(None), "none"),
        (Call.deadline < today, None),
        (Call.deadline <= today + SOON, "soon"),
        else_="later",
    )
    rows = published().with_only_columns(
        Call.id, Call.kind, Call.stage, Call.modality, deadline.label("deadline"), maintain_column_froms=True
    )
    said = text.plain(words)[:MOST_WORDS]
    if said:
        rows = rows.outerjoin(Indexed, Indexed.entry_id == Call.id)
    for word in said:
        held = Indexed.folded.contains(word, autoescape=True)
        rows = rows.where(or_(held, func.lower(Call.title).contains(word, autoescape=True)))
    return rows.cte("shown")


def _fitting(shown: CTE, chosen: Mapping[str, Iterable[str]], but: str = "") -> list[ColumnElement[bool]]:
    """What is true of a call that fits all that is chosen, leaving one facet out."""
    return [_fits(shown, facet, codes) for facet, codes in chosen.items() if facet != but]


def _fits(shown: CTE, facet: str, codes: Iterable[str]) -> ColumnElement[bool]:
    if facet in COLUMNS:
        return shown.c[facet].in_(list(codes))
    tagged = select(Tag.entry_id)
    if facet == "group":
        places = {place for group in codes for place in in_group(group, now().date())}
        tagged = tagged.where(Tag.scheme == "country", Tag.code.in_(sorted(places)))
    elif facet == "sdg":
        targets = [target.code for goal in codes for target in targets_of(goal)]
        tagged = tagged.where(Tag.scheme == "sdg", Tag.code.in_([*codes, *targets]))
    else:
        tagged = tagged.where(Tag.scheme == facet, Tag.code.in_(list(codes)))
    return shown.c.id.in_(tagged)


def _counts(shown: CTE, chosen: Mapping[str, tuple[str, ...]]) -> dict[str, dict[str, int]]:
    """For each facet how many calls carry each code and fit what is chosen of the others; `total` fit everything."""
    parts = [select(literal("total").label("facet"), literal("").label("code"), func.count().label("calls"))]
    parts[0] = parts[0].select_from(shown).where(*_fitting(shown, chosen))
    for facet in CODES:
        parts.append(_counted(shown, facet, _fitting(shown, chosen, but=facet)))
    found: dict[str, dict[str, int]] = {facet: {} for facet in (*CODES, "total")}
    for facet, code, calls in db.session.execute(union_all(*parts)):
        if code is not None and (calls or facet == "total"):
            found[facet][code] = calls
    return found | {"group": _of_groups(found["group"])}


def _counted(shown: CTE, facet: str, fitting: list[ColumnElement[bool]]) -> Select[str, str, int]:
    """How many of the calls that fit carry each code of a facet; for `group`, each sum of groups."""
    if facet in COLUMNS:
        return select(literal(facet), shown.c[facet], func.count()).where(*fitting).group_by(shown.c[facet])
    tags = select().select_from(shown).join(Tag, Tag.entry_id == shown.c.id).where(*fitting)
    if facet == "group":
        of = (
            tags.add_columns(_groups().label("groups")).where(Tag.scheme == "country").group_by(Tag.entry_id).subquery()
        )
        return select(literal(facet), cast(of.c.groups, String), func.count()).group_by(of.c.groups)
    code, calls = (goal_code, func.count(Tag.entry_id.distinct())) if facet == "sdg" else (Tag.code, func.count())
    return tags.add_columns(literal(facet), code, calls).where(Tag.scheme == facet).group_by(code)


def _groups() -> ColumnElement[int]:
    """The groups that the countries of a call are in, as a sum: 1 for the first group, 2 for the second, 4 …"""
    inside = (Tag.code.in_(sorted(in_group(group, now().date()))) for group in GROUPS)
    return reduce(add, (2**n * func.max(case((each, 1), else_=0)) for n, each in enumerate(inside)))


def _of_groups(counts: Mapping[str, int]) -> dict[str, int]:
    """The calls of each group, of the calls of each sum of groups."""
    each = {group: sum(c for some, c in counts.items() if int(some) & 2**n) for n, group in enumerate(GROUPS)}
    return {group: calls for group, calls in each.items() if calls}


def _in_order(asked: Asked, shown: CTE) -> Select[Call]:
    """The calls that fit, what takes answers first."""
    found = newest() if asked.sort == "newest" else published()
    found = found.join(shown, shown.c.id == Call.id).where(*_fitting(shown, asked.chosen))
    if asked.sort == "newest":
        return found
    urgent = case((shown.c.deadline.in_(["soon", "later"]), 0), (shown.c.deadline == "none", 1), else_=2)
    return found.order_by(urgent, case((urgent == 0, Call.deadline)), Call.published_at.desc(), Call.id.desc())


def _facet(asked: Asked, name: str, counts: Mapping[str, int]) -> Facet:
    chosen, toggled = asked.chosen.get(name, ()), asked.toggling(name)
    counts = {**dict.fromkeys(chosen, 0), **counts}
    codes = [code for code in CODES[name] if code in counts]
    if name == "country":
        codes = facets.in_order(name, counts, asked.lang)
    values = (Value(c, _label(name, c, asked.lang), counts[c], c in chosen, toggled(c)) for c in codes)
    return Facet(name, str(LABELS[name]), tuple(values))


def _label(facet: str, code: str, lang: str) -> str:
    """What a code is called in the reader's language."""
    if facet == "stage":
        return stage_name(code)
    if facet == "deadline":
        return str(DEADLINES[code])
    return facets.label(facet, code, lang) if facet in facets.LABELS else code_name(facet, code, lang)


# What belongs to a person, and to a call.

standing = selectinload(Entry.versions).load_only(Version.number, Version.status)


def mine(user: User) -> list[Call]:
    """Calls this person may write: their own, and those of the bodies they act for, the last changed first."""
    bodies = [body.id for body in user.bodies]
    own = or_(Entry.body_id.in_(bodies), (Entry.author_id == user.id) & Entry.body_id.is_(None))
    rows = select(Call).where(own, Entry.kind.in_(KINDS)).options(joinedload(Call.body), standing)
    return list(db.session.scalars(rows.order_by(Entry.updated_at.desc(), Entry.id.desc()).limit(300)).unique())


def interests_waiting(call: Call) -> list[Interest]:
    """The answers to a call that wait for its side, the oldest first."""
    rows = select(Interest).where(Interest.call_id == call.id, Interest.status == InterestStatus.WAITING)
    return list(db.session.scalars(rows.order_by(Interest.id)))
