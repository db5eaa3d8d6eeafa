"""Which entries fit a call best, found in database and index; and the matches that are kept, as pages show them.

The database adds up what its tags give to each entry that is about the same; the index names the entries whose words
are most alike. Every other entry gets nothing for its words, so of those the best by tags are the best, and both
together hold the best of all. These few are then judged one by one, by the rules as they are written.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Float, Integer, Select, case, func, literal, or_, select, union_all
from sqlalchemy.orm import contains_eager, joinedload

from galaxy.accounts.models import Body
from galaxy.content.models import Entry, Link, Relation, Status, Tag
from galaxy.core.db import db, now
from galaxy.partnerships.matching import (
    DEFAULTS,
    KEPT,
    KINDS,
    MOST_ALIKE,
    RULES,
    TEXT,
    Facts,
    Fit,
    Part,
    Wanted,
    best,
    judge,
)
from galaxy.partnerships.models import LISTENING, Call, Interest, Match, Partnership, Party, Stage, Weight
from galaxy.search import index
from galaxy.search.engines import IndexOut

TAGS = frozenset({"country", "sdg", "sector", "means", "wanted", "wanted_group"})  # what the rules ask of tags alone
SHOWN = 5  # on the page of a call

log = structlog.get_logger()


def weights() -> dict[str, float]:
    """How much each reason counts: what admins have said, else what is in the code."""
    changed = {weight.reason: weight.value for weight in db.session.scalars(select(Weight))}
    return {name: changed.get(name, default) for name, default in DEFAULTS.items()}


def looking() -> tuple[ColumnElement[bool], ...]:
    """Said of the calls that are public and may be answered."""
    in_time = or_(Call.deadline.is_(None), Call.deadline >= now().date())
    return Call.status == Status.PUBLISHED, Call.stage.in_(LISTENING), in_time


def open_calls() -> Select[int]:
    """Their ids."""
    return select(Call.id).where(*looking())


def is_open(call: Call) -> bool:
    """Whether partners are looked for."""
    in_time = call.deadline is None or call.deadline >= now().date()
    return call.status == Status.PUBLISHED and call.stage in LISTENING and in_time


def best_of(call: Call) -> list[Fit]:
    """The best entries of each kind for a call, judged now."""
    wanted, may_fit = wanted_of(call), suggestible(call)
    alike = words_of(call, wanted)
    near = nearest(wanted, may_fit & Entry.id.not_in(alike), KEPT)
    born = map(int, wanted.call.of("origin"))
    return best(judged(wanted, facts(may_fit & Entry.id.in_([*alike, *near, *born])), alike))


def best_among(call: Call, changed: Mapping[int, Facts]) -> list[Fit] | None:
    """The same, where only these entries have changed since its matches were kept; none where nothing comes of it.

    A kept match that became worse makes room for one that is not known any more: then all are judged again.
    """
    rows = select(Match.entry_id, Entry.kind, Match.score, Match.reasons).join(Entry, Entry.id == Match.entry_id)
    kept = {row.entry_id: Fit(*row) for row in db.session.execute(rows.where(*_standing(call)))}
    wanted = wanted_of(call)
    fitting = select(Entry.id).where(Entry.id.in_(changed), suggestible(call))
    entries = [changed[number] for number in db.session.scalars(fitting)]
    alike = words_of(call, wanted) if entries else {}
    fits = {fit.entry_id: fit for fit in judged(wanted, entries, alike)}
    if any(entry_id not in fits or fits[entry_id].score < kept[entry_id].score for entry_id in kept.keys() & changed):
        return best_of(call)
    found = best((kept | fits).values())
    return None if found == best(kept.values()) else found


def _standing(call: Call) -> tuple[ColumnElement[bool], ...]:
    """Said of the matches of a call that are to be shown."""
    return Match.call_id == call.id, Match.score > 0, Match.dismissed_at.is_(None)


def matches_of(call: Call, most: int | None = None) -> Sequence[Match]:
    """The matches of a call, each with its entry as lists show it, the best first."""
    here = (Interest.call_id == Match.call_id) & (Interest.body_id == Entry.body_id)
    there = (Interest.call_id == Match.entry_id) & Interest.body_id.in_([body.id for body in _sides(call)])
    rows = select(Match).join(Match.entry).where(*_standing(call), Entry.status == Status.PUBLISHED)
    rows = rows.where(~select(Interest.id).where(here | there).exists())  # answered, and not matched anew yet
    rows = rows.options(contains_eager(Match.entry).joinedload(Entry.body))
    return db.session.scalars(rows.order_by(Match.score.desc(), Match.entry_id.desc()).limit(most)).all()


def set_aside(call: Call) -> Sequence[Match]:
    """The matches of a call that somebody set aside, the latest first."""
    rows = select(Match).join(Match.entry).where(Match.call_id == call.id, Match.dismissed_at.is_not(None))
    rows = rows.options(contains_eager(Match.entry).joinedload(Entry.body), joinedload(Match.dismissed_by))
    return db.session.scalars(rows.order_by(Match.dismissed_at.desc(), Match.entry_id.desc())).all()


def to_be_matched() -> list[int]:
    """The ids of the open calls, and of all others that still have matches."""
    standing = select(Match.call_id).where(Match.score > 0)
    return sorted({*db.session.scalars(open_calls()), *db.session.scalars(standing.distinct())})


def match_of(call: Call, ref: str) -> Match | None:
    """The match of a call with the entry of this permanent id."""
    return db.session.scalar(select(Match).join(Match.entry).where(Match.call_id == call.id, Entry.ref == ref))


def asking_for(entry: Entry) -> Sequence[Match]:
    """The open calls that an entry fits, the best first."""
    rows = select(Match).join(Call, Call.id == Match.call_id).where(Match.entry_id == entry.id, Match.score > 0)
    rows = rows.where(Match.dismissed_at.is_(None), *looking()).options(contains_eager(Match.call))
    answers = Interest.body_id == entry.body_id
    rows = rows.where(Call.id.not_in(select(Interest.call_id).where(answers)))
    return db.session.scalars(rows.order_by(Match.score.desc(), Match.call_id.desc()).limit(SHOWN)).all()


def told_lately(call_id: int) -> int:
    """How many matches of a call were told in the last week."""
    lately = Match.told_at >= now() - timedelta(days=7)
    return db.session.scalar(select(func.count()).select_from(Match).where(Match.call_id == call_id, lately)) or 0


def judged(wanted: Wanted, entries: Iterable[Facts], alike: Mapping[int, float]) -> list[Fit]:
    """How each of these fits, those that do at all."""
    fits = (judge(wanted, entry, alike.get(entry.id, 0.0)) for entry in entries)
    return [fit for fit in fits if fit is not None]


def wanted_of(call: Call) -> Wanted:
    """What a call looks for today."""
    codes: dict[str, set[str]] = defaultdict(set)
    for tag in call.tags:
        codes[tag.scheme].add(tag.code)
    codes["language"].add(call.language)
    born = select(Link.to_id).where(Link.from_id == call.id, Link.relation == Relation.BORN_FROM)
    codes["origin"].update(map(str, db.session.scalars(born)))
    held = Facts(call.id, call.kind, {scheme: frozenset(some) for scheme, some in codes.items()})
    return Wanted.of(held, weights(), now().date())


def words_of(call: Call, wanted: Wanted) -> dict[int, float]:
    """The entries whose words are most like a call's, and how alike they are; none while the index is made again."""
    if not wanted.weights[TEXT]:
        return {}
    document = index.document(call, replace(call.text_for_search(), codes={}))  # names of countries are no words of it
    try:
        return dict(index.engine().alike(document, MOST_ALIKE, {"kind": KINDS[call.kind]}))
    except IndexOut as out:
        log.info("matching without words", reason=str(out))
        return {}


def suggestible(call: Call) -> ColumnElement[bool]:
    """What may be suggested for a call: public, not set aside, still open where it is a call; of another body, and of
    none that answers the other already.
    """
    aside = select(Match.entry_id).where(Match.call_id == call.id, Match.dismissed_at.is_not(None))
    aside_there = select(Match.call_id).where(Match.entry_id == call.id, Match.dismissed_at.is_not(None))
    closed = Entry.kind.in_(KINDS) & Entry.id.not_in(open_calls())
    sides = [body.id for body in _sides(call)]
    ours = [*sides, *db.session.scalars(select(Interest.body_id).where(Interest.call_id == call.id))]
    answered = select(Interest.call_id).where(Interest.body_id.in_(sides))
    others = or_(Entry.body_id.is_not(None), Entry.author_id.is_(None), Entry.author_id != call.author_id)
    return (
        (Entry.status == Status.PUBLISHED)
        & Entry.kind.in_(KINDS[call.kind])
        & ~closed
        & or_(Entry.body_id.is_(None), Entry.body_id.not_in(ours))
        & others
        & Entry.id.not_in(aside)
        & Entry.id.not_in(aside_there)
        & Entry.id.not_in(answered)
    )


def _sides(call: Call) -> list[Body]:
    """The body of a call, and the one that endorsed it."""
    return [body for body in (call.body, call.endorsed_by) if body is not None]


def nearest(wanted: Wanted, may_fit: ColumnElement[bool], most: int) -> list[int]:
    """The ids of the entries of each kind that get most from all but their words; of equals the newer."""
    of_tags = [(RULES[name].subject, part, worth) for name, part, worth in wanted.parts if part.schemes[0] in TAGS]
    if not any(subject for subject, _part, _worth in of_tags):
        return []
    rows = union_all(*(_carrying(*each) for each in of_tags)).subquery()
    tagged = (
        select(rows.c.entry_id, func.sum(rows.c.worth).label("worth"))
        .group_by(rows.c.entry_id)
        .having(func.max(rows.c.subject) == 1)
        .subquery()
    )
    points: ColumnElement[Any] = tagged.c.worth
    for _name, part, worth in wanted.parts:
        if part.schemes[0] not in TAGS:
            points = points + case((_meets(part), worth), else_=0.0)
    place = func.row_number().over(partition_by=Entry.kind, order_by=[func.round(points * 1e6).desc(), Entry.id.desc()])
    placed = (
        select(Entry.id, place.label("place")).join(tagged, tagged.c.entry_id == Entry.id).where(may_fit).subquery()
    )
    return list(db.session.scalars(select(placed.c.id).where(placed.c.place <= most)))


def _carrying(subject: bool, part: Part, worth: float) -> Select[int, float, int]:
    """The entries whose tags meet a part, each once, with what they get for it."""
    columns = select(
        Tag.entry_id, literal(worth, Float).label("worth"), literal(int(subject), Integer).label("subject")
    )
    met = columns.where(Tag.scheme.in_(part.schemes), Tag.code.in_(part.codes or ()))
    return met if len(part.codes or ()) == 1 == len(part.schemes) else met.distinct()


def _meets(part: Part) -> ColumnElement[bool]:
    """Whether an entry meets a part that is not one of tags alone."""
    codes = part.codes or frozenset()
    if part.schemes == ("id",):
        return Entry.id.in_([int(code) for code in codes])
    if part.schemes == ("adapted",):
        return Entry.id.in_(_adaptations().with_only_columns(Link.to_id))
    if part.schemes == ("experience",):
        return Entry.body_id.in_([*experienced()])
    speaks = select(Tag.entry_id).where(Tag.scheme == "spoken", Tag.code.in_(codes))
    return or_(Entry.language.in_(codes), Entry.id.in_(speaks))


def _adaptations() -> Select[int, int]:
    """What was adapted, and the public adaptations of it."""
    rows = select(Link.to_id, Link.from_id).join(Entry, Entry.id == Link.from_id)
    return rows.where(Link.relation == Relation.ADAPTS, Entry.status == Status.PUBLISHED)


def experienced() -> dict[int, set[str]]:
    """By the id of a body, what it has done before and the public may know: `adapted`, `completed`."""
    adapted = select(Entry.body_id).where(Entry.kind == "adaptations", Entry.status == Status.PUBLISHED)
    completed = select(Party.body_id).join(Partnership, Partnership.id == Party.partnership_id)
    completed = completed.where(Partnership.stage == Stage.COMPLETED, Partnership.status == Status.PUBLISHED)
    found: dict[int, set[str]] = defaultdict(set)
    for what, bodies in (("adapted", adapted), ("completed", completed)):
        for body_id in db.session.scalars(bodies.distinct()):
            if body_id is not None:  # said here: with a condition SQLite would walk all entries by their body
                found[int(body_id)].add(what)
    return found


def known(ids: Collection[int]) -> dict[int, Facts]:
    """What the rules know of these entries, for all calls that they are compared with."""
    return {entry.id: entry for entry in facts(Entry.id.in_(ids))}


def facts(condition: ColumnElement[bool]) -> list[Facts]:
    """What the rules know of the entries that meet a condition."""
    columns = select(Entry.id, Entry.kind, Entry.language, Entry.body_id).where(condition)
    entries = db.session.execute(columns).all()
    codes: dict[int, dict[str, set[str]]] = {entry.id: defaultdict(set) for entry in entries}
    tags = select(Tag.entry_id, Tag.scheme, Tag.code).where(Tag.entry_id.in_(codes), Tag.scheme.in_([*TAGS, "spoken"]))
    for entry_id, scheme, code in db.session.execute(tags):
        codes[entry_id][scheme].add(code)
    adaptations = _adaptations().subquery()
    places = select(adaptations.c.to_id, Tag.code).where(adaptations.c.to_id.in_(codes))
    places = places.outerjoin(Tag, (Tag.entry_id == adaptations.c.from_id) & (Tag.scheme == "country"))
    for entry_id, code in db.session.execute(places):
        codes[entry_id]["adapted"].add(code or "")
    done = experienced()
    for entry in entries:
        own = {"id": {str(entry.id)}, "language": {entry.language}, "experience": done.get(entry.body_id, set())}
        codes[entry.id].update(own)
    return [Facts(e.id, e.kind, {scheme: frozenset(some) for scheme, some in codes[e.id].items()}) for e in entries]
