"""Answers and partnerships as those who take part find them: a thread, what waits for whom; and the admins' board."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from galaxy.accounts.models import Activity, User
from galaxy.content.models import VISIBLE, Entry, Link, Relation, Status, Tag
from galaxy.core.db import db, now
from galaxy.moderation import queries as moderation_queries
from galaxy.moderation.clock_queries import waits_of
from galaxy.moderation.models import Wait, WaitKind
from galaxy.partnerships.models import (
    Call,
    Interest,
    InterestStatus,
    Milestone,
    Partnership,
    Party,
    Post,
    Report,
    Stage,
)
from galaxy.partnerships.queries import KINDS, mine, standing

ENDED = (Stage.COMPLETED, Stage.CLOSED, Stage.EXPIRED)
STAGES_SHOWN = (*moderation_queries.PUBLIC_VERBS, "talks begun", "agreed", "begun", "completed", "closed")
TALK = ("wrote privately", "kept notes")  # done often: the conversation and the notes show them
MOST_POSTS, MOST_ROWS = 500, 300


def interest_of(user: User, call: Call) -> Interest | None:
    """The answer of a body this person acts for, where one waits or is accepted."""
    open_ = (InterestStatus.WAITING, InterestStatus.ACCEPTED)
    bodies = [body.id for body in user.bodies]
    rows = select(Interest).where(Interest.call_id == call.id, Interest.body_id.in_(bodies), Interest.status.in_(open_))
    return db.session.scalar(rows.order_by(Interest.id.desc()).limit(1))


def posts_of(thread: Interest | Partnership) -> Sequence[Post]:
    """What was written in a private thread, oldest first; of a very long one the end."""
    column = Post.interest_id if isinstance(thread, Interest) else Post.partnership_id
    rows = db.session.scalars(select(Post).where(column == thread.id).order_by(Post.id.desc()).limit(MOST_POSTS))
    return rows.all()[::-1]


def reports_of(partnership: Partnership) -> Sequence[Report]:
    """What the parties have reported, newest first, each with its milestone and its author."""
    rows = select(Report).where(Report.partnership_id == partnership.id)
    rows = rows.options(joinedload(Report.milestone), joinedload(Report.author))
    return db.session.scalars(rows.order_by(Report.id.desc()).limit(MOST_POSTS)).all()


def born_of(entry: Entry) -> Sequence[Entry]:
    """What the public can read of what was made from an entry: solutions, adaptations, further calls."""
    rows = select(Entry).join(Link, Link.from_id == Entry.id)
    rows = rows.where(Link.to_id == entry.id, Link.relation == Relation.BORN_FROM, Entry.status.in_(VISIBLE))
    return db.session.scalars(rows.options(joinedload(Entry.body)).order_by(Entry.id).limit(50)).all()


def way_of(partnership: Partnership, whole: bool) -> Sequence[Activity]:
    """The log of a partnership, oldest first: for its parties with the answers that led to it; else what is public."""
    own = (Activity.object_kind == partnership.kind) & (Activity.object_id == partnership.id)
    if not whole:
        rows = select(Activity).where(own, Activity.verb.in_(STAGES_SHOWN))
    else:
        led = select(Interest.id).where(Interest.partnership_id == partnership.id)
        rows = select(Activity).where(or_(own, (Activity.object_kind == "interest") & Activity.object_id.in_(led)))
        rows = rows.where(Activity.verb.not_in(TALK))
    return db.session.scalars(rows.order_by(Activity.id).limit(MOST_POSTS)).all()


@dataclass
class Mine:
    """A person's calls, answers and partnerships, by what waits for whom."""

    to_answer: list[Interest] = field(default_factory=list)
    to_accept: list[Partnership] = field(default_factory=list)
    to_begin: list[Partnership] = field(default_factory=list)
    to_report: list[Milestone] = field(default_factory=list)
    to_correct: list[Entry] = field(default_factory=list)
    drafts: list[Entry] = field(default_factory=list)
    answered: list[Interest] = field(default_factory=list)
    accepted: list[Partnership] = field(default_factory=list)
    submitted: list[Entry] = field(default_factory=list)
    open: list[Call] = field(default_factory=list)
    running: list[Partnership] = field(default_factory=list)
    ended: list[Entry] = field(default_factory=list)
    refused: list[Interest] = field(default_factory=list)
    waits: dict[int, Wait] = field(default_factory=dict)  # the clock of each interest that waits

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, each.name) for each in fields(self))


def what_waits(user: User) -> Mine:
    """All that this person and the bodies they act for have to do with each other, in a fixed number of statements."""
    bodies = {body.id for body in user.bodies}
    found, calls = Mine(), mine(user)
    for interest in _interests(bodies, {call.id for call in calls}):
        _place_interest(found, interest, bodies)
    waiting = [interest.id for interest in (*found.to_answer, *found.answered)]
    found.waits = waits_of(WaitKind.INTEREST, waiting) if waiting else {}
    for partnership in _partnerships(bodies):
        _place_partnership(found, partnership, bodies)
    for call in calls:
        _place_call(found, call)
    return found


def _interests(bodies: set[int], calls: set[int]) -> Sequence[Interest]:
    own = or_(Interest.body_id.in_(bodies), Interest.call_id.in_(calls), Call.endorsed_by_id.in_(bodies))
    rows = select(Interest).join(Interest.call).where(own)
    rows = rows.options(contains_eager(Interest.call).options(joinedload(Call.body), joinedload(Call.endorsed_by)))
    return db.session.scalars(rows.order_by(Interest.id).limit(MOST_ROWS)).unique().all()


def _place_interest(found: Mine, interest: Interest, bodies: set[int]) -> None:
    theirs = interest.body_id in bodies
    if interest.status == InterestStatus.WAITING:
        (found.answered if theirs else found.to_answer).append(interest)
    elif theirs and not interest.is_open and interest.partnership_id is None:
        found.refused.append(interest)


def _partnerships(bodies: set[int]) -> Sequence[Partnership]:
    party = select(Party.partnership_id).where(Party.body_id.in_(bodies))
    more = (selectinload(Partnership.parties), selectinload(Partnership.milestones), standing)
    rows = select(Partnership).where(Partnership.id.in_(party)).options(*more)
    return db.session.scalars(rows.order_by(Partnership.stage_at.desc(), Entry.id.desc()).limit(MOST_ROWS)).all()


def _place_partnership(found: Mine, partnership: Partnership, bodies: set[int]) -> None:
    today, mine_ = now().date(), [party for party in partnership.parties if party.body_id in bodies]
    if partnership.stage == Stage.IN_TALKS:
        waits = any(party.accepted_at is None for party in mine_)
        (found.to_accept if waits else found.accepted).append(partnership)
    elif partnership.stage in ENDED:
        found.ended.append(partnership)
    else:
        found.running.append(partnership)
        if partnership.stage == Stage.AGREED:
            found.to_begin.append(partnership)
        late = [m for m in partnership.milestones if m.progress < 100 and m.due_on and m.due_on <= today]
        found.to_report += late
    told = {partnership.status, partnership.waiting.status if partnership.waiting else None}
    if Status.RETURNED in told:
        found.to_correct.append(partnership)
    elif Status.SUBMITTED in told:
        found.submitted.append(partnership)


def _place_call(found: Mine, call: Call) -> None:
    waiting = call.waiting.status if call.waiting else None
    if Status.RETURNED in {call.status, waiting}:
        found.to_correct.append(call)
    elif call.status in {Status.DRAFT, Status.WITHDRAWN} or waiting == Status.DRAFT:
        found.drafts.append(call)
    elif Status.SUBMITTED in {call.status, waiting}:
        found.submitted.append(call)
    if call.is_visible and call.stage == Stage.OPEN:
        found.open.append(call)
    elif call.stage in {Stage.CLOSED, Stage.EXPIRED} or call.status == Status.DECLINED:
        found.ended.append(call)


# The admins' board.

BOARD_ROWS = 40  # of each stage, the oldest first


@dataclass(frozen=True, slots=True)
class Place:
    """A call on the board, with what has come of it: how many days it stands there, and what is late about it."""

    call: Call
    partnership: Partnership | None
    days: int
    late: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A stage on the board: how many calls stand there, and the oldest of them."""

    stage: Stage
    total: int
    places: list[Place]


def board(kind: str = "", country: str = "") -> list[Column]:
    """Published calls by stage, the longest there first; of a kind, and with a country among theirs, where asked."""
    shown = select(Call.id, Call.stage, Call.stage_at).where(Entry.status.in_(VISIBLE), Entry.kind.in_(KINDS))
    if kind:
        shown = shown.where(Entry.kind == kind)
    if country:
        shown = shown.where(Entry.tags.any((Tag.scheme == "country") & (Tag.code == country)))
    nth = func.row_number().over(partition_by=Call.stage, order_by=(Call.stage_at, Call.id)).label("nth")
    ranked = shown.add_columns(nth, func.count().over(partition_by=Call.stage).label("total")).subquery()
    rows = select(Call, ranked.c.total).join(ranked, ranked.c.id == Call.id).where(ranked.c.nth <= BOARD_ROWS)
    parties = selectinload(Call.partnerships).options(
        selectinload(Partnership.parties), selectinload(Partnership.milestones)
    )
    rows = rows.options(joinedload(Call.body), joinedload(Call.endorsed_by), selectinload(Call.interests), parties)
    found = db.session.execute(rows.order_by(Call.stage_at, Call.id)).unique().all()
    waiting = [each.id for call, _n in found for each in call.interests if each.status == InterestStatus.WAITING]
    waits = waits_of(WaitKind.INTEREST, waiting) if waiting else {}
    totals = {call.stage: total for call, total in found}
    places = [Place(call, call.partnership, _age(call), tuple(_late(call, waits))) for call, _n in found]
    return [Column(stage, totals.get(stage, 0), [p for p in places if p.call.stage == stage]) for stage in Stage]


def _age(call: Call) -> int:
    return (now() - call.stage_at).days


def _late(call: Call, waits: Mapping[int, Wait]) -> Iterable[str]:
    """What of a call should have happened by now."""
    today, found = now().date(), call.partnership
    if any(waits[each.id].is_late for each in call.interests if each.id in waits):
        yield "answer"
    if call.stage == Stage.OPEN and call.deadline and call.deadline < today:
        yield "deadline"
    if found is None or found.stage in ENDED:
        return
    if found.stage == Stage.AGREED and found.starts_on and found.starts_on < today:
        yield "beginning"
    if any(each.progress < 100 and each.due_on and each.due_on < today for each in found.milestones):
        yield "milestone"
    if found.ends_on and found.ends_on < today:
        yield "end"
    if any(party.alone_at for party in found.parties):
        yield "alone"


def countries_of_calls() -> list[str]:
    """The countries that published calls are from."""
    rows = select(Tag.code).join(Entry, Entry.id == Tag.entry_id)
    rows = rows.where(Tag.scheme == "country", Entry.kind.in_(KINDS), Entry.status.in_(VISIBLE)).distinct()
    return list(db.session.scalars(rows))
