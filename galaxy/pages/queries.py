"""What the pages that join the rooms read: counts by list, newest entries, and what waits for a reader."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import current_app
from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from galaxy.accounts.models import Body, BodyKind, Mandate, MandateStatus, User
from galaxy.content.models import Draft, Entry, Link, Relation, Status, Tag, Version
from galaxy.core.db import db
from galaxy.moderation.clock_queries import Median, median_overall
from galaxy.moderation.models import Case, Flag
from galaxy.notifications.models import Message, Notification
from galaxy.reference.countries import OFFERED, browse_region_of
from galaxy.reference.sdgs import targets_of
from galaxy.reference.sectors import SECTORS
from galaxy.search.lists import category_code, goal_code

P = ParamSpec("P")
T = TypeVar("T")
E = TypeVar("E", bound=Entry)

SOLUTIONS, ADAPTATIONS, ORGANISATIONS = "solutions", "adaptations", "organisations"
LESSONS_MOST = 80
MOST_WAITING = 30


def published(kind: str | None = None) -> Select[Entry]:
    """What the public is shown in lists, newest first, each with what its card says."""
    found = (
        select(Entry)
        .where(Entry.status == Status.PUBLISHED)
        .options(joinedload(Entry.body))
        .order_by(Entry.published_at.desc(), Entry.id.desc())
    )
    return found.where(Entry.kind == kind) if kind else found


def tagged(found: Select[E], scheme: str, *codes: str) -> Select[E]:
    """Of these entries, those that carry one of these codes of a list."""
    return found.where(Entry.id.in_(select(Tag.entry_id).where(Tag.scheme == scheme, Tag.code.in_(codes))))


def first(found: Select[E], most: int) -> Sequence[E]:
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


def kept_briefly(count: Callable[P, T]) -> Callable[P, T]:
    """Let a web process tell for a while what it has counted: numbers of what is public, the same for everybody."""

    @wraps(count)
    def told(*args: P.args, **kwargs: P.kwargs) -> T:
        kept, key, moment = current_app.extensions.setdefault("counts", {}), (count.__name__, args), time.monotonic()
        until, known = kept.get(key, (0.0, None))
        if moment >= until:
            known = count(*args, **kwargs)
            kept[key] = moment + current_app.config["COUNTS_SECONDS"], known
        return known  # type: ignore[no-any-return]  # what `count` gave

    return told


@kept_briefly
def goal_counts() -> dict[str, int]:
    """How many solutions serve each goal."""
    return counted("sdg", goal_code, SOLUTIONS)


@kept_briefly
def target_counts() -> dict[str, int]:
    """How many solutions serve each target; and how many name a goal alone."""
    return counted("sdg", Tag.code, SOLUTIONS)


@kept_briefly
def category_counts() -> dict[str, int]:
    """How many solutions belong to each category of sectors."""
    return counted("sector", category_code, SOLUTIONS)


@kept_briefly
def sector_counts() -> dict[str, int]:
    """How many solutions belong to each sector."""
    return counted("sector", Tag.code, SOLUTIONS)


@kept_briefly
def country_counts(*kinds: str) -> dict[str, int]:
    """How many entries of these kinds come from each country."""
    return counted("country", Tag.code, *(kinds or (SOLUTIONS, ADAPTATIONS)))


@kept_briefly
def region_counts() -> dict[str, int]:
    """How many solutions come from each of the regions to browse by."""
    regions = {country.code: region.code for country in OFFERED if (region := browse_region_of(country.code))}
    return counted("country", case(regions, value=Tag.code), SOLUTIONS)


@kept_briefly
def figures() -> dict[str, int]:
    """How many published entries there are of each kind."""
    rows = db.session.execute(
        select(Entry.kind, func.count()).where(Entry.status == Status.PUBLISHED).group_by(Entry.kind)
    )
    return {str(kind): count for kind, count in rows}


@kept_briefly
def answers() -> Median | None:
    """How long answers have taken, over a year."""
    return median_overall()


@kept_briefly
def lessons() -> list[tuple[str, str]]:
    """Which country learnt from which: where an adaptation is, or where a solution says it is used."""
    origin, to, adaptation, solution = aliased(Tag), aliased(Tag), aliased(Entry), aliased(Entry)
    origin_scheme = origin.scheme.concat("")  # keeps SQLite from beginning with every country of every entry
    first = (origin_scheme == "country") & (origin.position == 0)
    published_both = (adaptation.status == Status.PUBLISHED) & (solution.status == Status.PUBLISHED)
    adapted = (
        select(origin.code.label("taught"), to.code.label("learnt"))
        .select_from(Link)
        .join(adaptation, adaptation.id == Link.from_id)
        .join(solution, solution.id == Link.to_id)
        .join(origin, (origin.entry_id == Link.to_id) & first)
        .join(to, (to.entry_id == Link.from_id) & (to.scheme.concat("") == "country"))
        .where(Link.relation == Relation.ADAPTS, published_both)
    )
    used = (
        select(origin.code, to.code)
        .select_from(solution)
        .join(origin, (origin.entry_id == solution.id) & first)
        .join(to, (to.entry_id == solution.id) & (to.scheme == "used_in"))
        .where(solution.status == Status.PUBLISHED, solution.kind == SOLUTIONS)
    )
    pairs = adapted.union(used).order_by("taught", "learnt").limit(LESSONS_MOST)
    return [(taught, learnt) for taught, learnt in db.session.execute(pairs)]


def of_country(kind: str, iso3: str, scheme: str = "country") -> Select[Entry]:
    """The published entries of a kind that a country gave, or that say they are used there."""
    return tagged(published(kind), scheme, iso3)


def of_goal(goal: str) -> Select[Entry]:
    """The published solutions that serve a goal or one of its targets."""
    return serving(published(SOLUTIONS), goal)


def serving(found: Select[E], goal: str) -> Select[E]:
    """Of these entries, those that serve a goal or one of its targets."""
    return tagged(found, "sdg", goal, *(target.code for target in targets_of(goal)))


def of_category(category: str) -> Select[Entry]:
    """The published solutions of a category of sectors."""
    sectors = (sector.code for sector in SECTORS.values() if sector.category == category)
    return tagged(published(SOLUTIONS), "sector", category, *sectors)


def how_many(found: Select[Any]) -> int:
    """How long a list is."""
    counting = found.with_only_columns(func.count(Entry.id), maintain_column_froms=True).order_by(None)
    return db.session.scalar(counting) or 0


def focal_points(iso3: str) -> Sequence[Body]:
    """The national focal point institutions of a country."""
    national = select(Body).where(Body.kind == BodyKind.NATIONAL, Body.country == iso3, ~Body.proposed)
    return db.session.scalars(national.order_by(Body.name)).all()


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for a person: their entries on the way, new versions, unsent forms, messages and news."""

    returned: Sequence[Entry]
    waiting: Sequence[Entry]
    drafts: Sequence[Entry]
    versions: Sequence[Version]
    typed: Sequence[Draft]
    messages: Sequence[Message]
    news: Sequence[Notification]

    @property
    def is_clear(self) -> bool:
        """Whether there is nothing to show."""
        return not (
            self.waiting or self.returned or self.drafts or self.versions or self.typed or self.messages or self.news
        )


@dataclass(frozen=True, slots=True)
class AdminDesk:
    """What waits for the admins."""

    first: Sequence[Case]  # the oldest
    cases: int
    mine: int
    oldest: datetime | None
    flags: int
    mandates: int


def desk(user: User) -> Desk:
    """What waits for this person, of their own and of the bodies they act for."""
    bodies = [body.id for body in user.bodies]
    owned = or_(Entry.author_id == user.id, Entry.body_id.in_(bodies))
    on_the_way = (Status.DRAFT, Status.RETURNED, Status.SUBMITTED, Status.REVIEW)
    entries = db.session.scalars(
        select(Entry).where(owned, Entry.status.in_(on_the_way)).order_by(Entry.updated_at.desc()).limit(MOST_WAITING)
    ).all()
    return Desk(
        returned=[entry for entry in entries if entry.status == Status.RETURNED],
        drafts=[entry for entry in entries if entry.status == Status.DRAFT and entry.kind != "partnerships"],
        waiting=[entry for entry in entries if entry.status == Status.REVIEW or is_with_admins(entry)],
        versions=_versions(owned),
        typed=_newest(select(Draft).where(Draft.user_id == user.id).order_by(Draft.updated_at.desc())),
        messages=_newest(
            select(Message)
            .where(or_(Message.recipient_id == user.id, Message.body_id.in_(bodies)), Message.sender_id != user.id)
            .options(joinedload(Message.sender))
            .order_by(Message.created_at.desc())
        ),
        news=_newest(
            select(Notification)
            .where(Notification.user_id == user.id, Notification.read_at.is_(None))
            .order_by(Notification.id.desc())
        ),
    )


def is_with_admins(entry: Entry) -> bool:
    """Whether it waits for an admin; what is not judged may wait for those on whose page it is to stand."""
    return entry.status == Status.SUBMITTED and entry.judged


def _versions(owned: ColumnElement[bool]) -> Sequence[Version]:
    """New versions of published entries that are not applied yet."""
    open_ = (Status.DRAFT, Status.RETURNED, Status.SUBMITTED)
    found = select(Version).join(Version.entry).where(owned, Version.status.in_(open_))
    shown = found.where(Entry.status.in_((Status.PUBLISHED, Status.ARCHIVED)))
    return _newest(shown.options(joinedload(Version.entry)).order_by(Version.created_at.desc()))


def _newest(found: Select[Any], most: int = 5) -> Sequence[Any]:
    return db.session.scalars(found.limit(most)).all()


def admin_desk(user: User) -> AdminDesk:
    """What waits for the admins, and what of it this one has taken."""
    cases, mine, oldest = db.session.execute(
        select(
            func.count(Case.id),
            func.count(Case.id).filter(Case.assigned_to_id == user.id),
            func.min(Case.opened_at),
        ).where(Case.closed_at.is_(None))
    ).one()
    flags = db.session.scalar(select(func.count(Flag.id)).where(Flag.settled_at.is_(None)))
    applied = select(func.count(Mandate.id)).where(Mandate.status == MandateStatus.APPLIED)
    open_ = select(Case).where(
        Case.closed_at.is_(None), or_(Case.assigned_to_id.is_(None), Case.assigned_to_id == user.id)
    )
    with_names = open_.options(
        joinedload(Case.entry).joinedload(Entry.body), joinedload(Case.entry).joinedload(Entry.author)
    )
    first = _newest(with_names.order_by(Case.opened_at, Case.id))
    return AdminDesk(first, cases, mine, oldest, flags or 0, db.session.scalar(applied) or 0)
