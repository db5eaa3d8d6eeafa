"""What the pages that join the rooms read: counts by list, newest entries, and what waits for a reader."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import aliased, joinedload, selectin_polymorphic

from galaxy.accounts.models import Body, BodyKind
from galaxy.content.models import Entry, Link, Relation, Status, Tag
from galaxy.core.db import db
from galaxy.reference.countries import OFFERED, browse_region_of
from galaxy.solutions.models import Solution

SOLUTIONS, ADAPTATIONS, ORGANISATIONS = "solutions", "adaptations", "organisations"
LESSONS_MOST = 80

goal_code = func.rtrim(func.substr(Tag.code + ".", 1, 2), ".")
"""The goal that the code of a goal or a target belongs to: "6" of "6.1"."""
category_code = func.substr(Tag.code, 1, 3)
"""The category of sectors that the code of a category or of a sector belongs to: "140" of "14031"."""


def published(kind: str | None = None) -> Select[Entry]:
    """What the public is shown in lists, newest first, each with what its card says."""
    found = (
        select(Entry)
        .where(Entry.status == Status.PUBLISHED)
        .options(joinedload(Entry.body), selectin_polymorphic(Entry, [Solution]))
        .order_by(Entry.published_at.desc(), Entry.id.desc())
    )
    return found.where(Entry.kind == kind) if kind else found


def tagged(found: Select[Entry], scheme: str, holds: ColumnElement[bool]) -> Select[Entry]:
    """Of these entries, those that carry a code of a list for which this holds."""
    return found.where(Entry.tags.any((Tag.scheme == scheme) & holds))


def first(found: Select[Entry], most: int) -> Sequence[Entry]:
    """The first of a list."""
    return db.session.scalars(found.limit(most)).all()


def counted(scheme: str, group: Any, *kinds: str) -> dict[str, int]:
    """How many published entries of these kinds carry each code of a list, or each group of codes."""
    rows = db.session.execute(
        select(group, func.count(Tag.entry_id.distinct()))
        .join(Entry, Entry.id == Tag.entry_id)
        .where(Tag.scheme == scheme, Entry.status == Status.PUBLISHED, Entry.kind.in_(kinds))
        .group_by(group)
    )
    return {str(code): count for code, count in rows if code is not None}


def goal_counts() -> dict[str, int]:
    """How many solutions serve each goal."""
    return counted("sdg", goal_code, SOLUTIONS)


def target_counts(goal: str) -> dict[str, int]:
    """How many solutions serve each target of a goal."""
    counts = counted("sdg", Tag.code, SOLUTIONS)
    return {code: count for code, count in counts.items() if code.startswith(f"{goal}.")}


def category_counts() -> dict[str, int]:
    """How many solutions belong to each category of sectors."""
    return counted("sector", category_code, SOLUTIONS)


def sector_counts() -> dict[str, int]:
    """How many solutions belong to each sector."""
    return counted("sector", Tag.code, SOLUTIONS)


def country_counts(*kinds: str) -> dict[str, int]:
    """How many entries of these kinds come from each country."""
    return counted("country", Tag.code, *(kinds or (SOLUTIONS, ADAPTATIONS)))


def region_counts() -> dict[str, int]:
    """How many solutions come from each of the regions to browse by."""
    regions = {country.code: region.code for country in OFFERED if (region := browse_region_of(country.code))}
    return counted("country", case(regions, value=Tag.code), SOLUTIONS)


def figures() -> dict[str, int]:
    """How many published entries there are of each kind."""
    rows = db.session.execute(
        select(Entry.kind, func.count()).where(Entry.status == Status.PUBLISHED).group_by(Entry.kind)
    )
    return {str(kind): count for kind, count in rows}


def lessons() -> list[tuple[str, str]]:
    """Which country learnt from which: where an adaptation is, or where a solution says it is used."""
    origin, to, adaptation, solution = aliased(Tag), aliased(Tag), aliased(Entry), aliased(Entry)
    published_both = (adaptation.status == Status.PUBLISHED) & (solution.status == Status.PUBLISHED)
    adapted = (
        select(origin.code.label("taught"), to.code.label("learnt"))
        .select_from(Link)
        .join(adaptation, adaptation.id == Link.from_id)
        .join(solution, solution.id == Link.to_id)
        .join(origin, (origin.entry_id == Link.to_id) & (origin.scheme == "country") & (origin.position == 0))
        .join(to, (to.entry_id == Link.from_id) & (to.scheme == "country"))
        .where(Link.relation == Relation.ADAPTS, published_both)
    )
    used = (
        select(origin.code, to.code)
        .select_from(solution)
        .join(origin, (origin.entry_id == solution.id) & (origin.scheme == "country") & (origin.position == 0))
        .join(to, (to.entry_id == solution.id) & (to.scheme == "used_in"))
        .where(solution.status == Status.PUBLISHED, solution.kind == SOLUTIONS)
    )
    pairs = adapted.union(used).order_by("taught", "learnt").limit(LESSONS_MOST)
    return [(taught, learnt) for taught, learnt in db.session.execute(pairs)]


def of_country(kind: str, iso3: str, scheme: str = "country") -> Select[Entry]:
    """The published entries of a kind that a country gave, or that say they are used there."""
    return tagged(published(kind), scheme, Tag.code == iso3)


def of_goal(goal: str) -> Select[Entry]:
    """The published solutions that serve a goal or one of its targets."""
    return tagged(published(SOLUTIONS), "sdg", goal_code == goal)


def of_category(category: str) -> Select[Entry]:
    """The published solutions of a category of sectors."""
    return tagged(published(SOLUTIONS), "sector", category_code == category)


def how_many(found: Select[Entry]) -> int:
    """How long a list is."""
    counting = found.with_only_columns(func.count(Entry.id), maintain_column_froms=True).order_by(None)
    return db.session.scalar(counting) or 0


def focal_points(iso3: str) -> Sequence[Body]:
    """The national focal point institutions of a country."""
    national = select(Body).where(Body.kind == BodyKind.NATIONAL, Body.country == iso3)
    return db.session.scalars(national.order_by(Body.name)).all()
