"""What readers of an entry may want to read next: found by the worker when one of the two changes, and kept."""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import joinedload

from galaxy.content.models import VISIBLE, Entry, Link, Status
from galaxy.core.db import db, now, reading
from galaxy.core.jobs import every, later, task
from galaxy.search import index
from galaxy.search.engines import IndexOut
from galaxy.search.fusion import usual_of
from galaxy.search.meaning.making import SEEN_AFTER, vectors_made
from galaxy.search.meaning.nearness import meaning
from galaxy.search.meaning.table import unpacked
from galaxy.search.models import Related, Vectors
from galaxy.search.neutral import neutral

KEPT: Final = 8  # for each entry; more than are shown, as some may be taken away
SHOWN: Final = 4
CONSIDERED: Final = 24  # by words, and by each model
LEAST: Final = 0.4
LEAST_BY_WORDS: Final = 0.3  # where no model knows the entry
WORDS: Final = 0.2
"""What words alike add to meaning alike, both from 0 to 1: in a language that few write, any text shares rare words."""
FAR_ABOVE: Final = 8.0  # deviations above the usual likeness at which a model counts two texts as one
SECONDS: Final = 1.0  # how long this goes on before whatever else is due has its turn
MOST_A_NIGHT: Final = 2_000


def related(entry: Entry) -> list[Entry]:
    """Up to four entries to read next that the public may see, the most alike first."""
    rows = select(Entry).join(Related, Related.other_id == Entry.id).options(joinedload(Entry.body))
    rows = rows.where(Related.entry_id == entry.id, Entry.status.in_(VISIBLE))
    rows = rows.order_by(Related.likeness.desc(), Entry.id.desc()).limit(KEPT)
    return [other for other in db.session.scalars(rows) if other.is_visible][:SHOWN]


@index.entries_indexed.connect
def promise_to_relate(ids: Sequence[int], at: datetime | None = None) -> None:
    """Promise to look at entries that are indexed anew."""
    if ids:
        later(relate, at, entry_ids=list(ids))


@vectors_made.connect
def promise_to_relate_again(ids: Sequence[int]) -> None:
    """Promise to look at them again once every model has seen them."""
    promise_to_relate(ids, now() + SEEN_AFTER)


@every(hour="4", minute="20")
def relate_the_rest() -> None:
    """Each night: look at published entries to which nothing is related, as many as a night takes."""
    lonely = select(Entry.id).where(Entry.status == Status.PUBLISHED)
    lonely = lonely.where(Entry.id.not_in(select(Related.entry_id))).order_by(Entry.id.desc()).limit(MOST_A_NIGHT)
    promise_to_relate(db.session.scalars(lonely).all())
    db.session.commit()


@task
def relate(entry_ids: list[int]) -> None:
    """Find what is related to these entries, for a little while, and promise the rest."""
    until = time.monotonic() + SECONDS
    for done, entry_id in enumerate(entry_ids):
        if done and time.monotonic() > until:
            later(relate, entry_ids=entry_ids[done:])
            return
        try:
            _relate(entry_id)
        except IndexOut:
            later(relate, now() + index.MADE_AGAIN, entry_ids=entry_ids[done:])
            return
        db.session.commit()


def _relate(entry_id: int) -> None:
    """Keep the best for an entry, offer it to them and to those near, and fill the rows of those that lose it."""
    with reading():
        found = alike(entry_id)
        before = set(db.session.scalars(select(Related.entry_id).where(Related.other_id == entry_id)))
        lost = {other: alike(other) for other in sorted(before - set(found))[:CONSIDERED]}
    _keep(entry_id, found)
    db.session.execute(delete(Related).where(Related.other_id == entry_id))
    for other, others in lost.items():
        _keep(other, others)
    _offer(entry_id, found)


def alike(entry_id: int) -> Mapping[int, float]:
    """How alike the most alike published entries are, from 0 to 1, but for those it is linked with on its page."""
    (entry,) = index.published(Entry.id == entry_id) or (None,)
    if entry is None:
        return {}
    document = index.document(entry, entry.text_for_search())
    words = dict(index.engine().alike(document, CONSIDERED, {}))
    means = _by_meaning(entry_id, words)
    both = {other: WORDS * words.get(other, 0.0) + means.get(other, 0.0) for other in words.keys() | means.keys()}
    found, least = (both, LEAST) if means else (words, LEAST_BY_WORDS)
    none = {entry_id, *_linked(entry)}
    best = sorted((-likeness, other) for other, likeness in found.items() if other not in none and likeness >= least)
    return {other: min(-less, 1.0) for less, other in best[:CONSIDERED]}


def _by_meaning(entry_id: int, among: Collection[int]) -> dict[int, float]:
    """How alike entries are by their first passages, from 0 to 1: the mean of what models that know this one say."""
    said: dict[int, list[float]] = {}
    rows = {row.model: row.data for row in db.session.scalars(select(Vectors).where(Vectors.entry_id == entry_id))}
    known, store = 0, meaning().store
    for model in meaning().models:
        own = unpacked(rows.get(model.name, b""), model.dimensions)
        if not len(own):
            continue
        known += 1
        asked = neutral(model.name, own[0])
        near = store.nearest(model.name, asked, CONSIDERED)
        others = store.similar(model.name, asked, set(among) - near.keys())
        usual, deviation = usual_of(model.name, asked, store.usual(model.name, asked))
        for other, similar in (*near.items(), *others.items()):
            above = (similar.whole - usual) / deviation / FAR_ABOVE
            said.setdefault(other, []).append(min(max(above, 0.0), 1.0))
    return {other: sum(some) / known for other, some in said.items()}


def _linked(entry: Entry) -> set[int]:
    """What an entry is linked with, either way; and where it stands."""
    ends = select(Link.from_id, Link.to_id).where(or_(Link.from_id == entry.id, Link.to_id == entry.id))
    parent = [entry.parent.id] if entry.parent is not None else []
    return {end for link in db.session.execute(ends) for end in link} | set(parent)


def _keep(entry_id: int, found: Mapping[int, float]) -> None:
    """These are the best for an entry, and no others."""
    there = _there({entry_id, *found})
    db.session.execute(delete(Related).where(Related.entry_id == entry_id))
    if entry_id in there:
        best = [(other, likeness) for other, likeness in found.items() if other in there][:KEPT]
        _put((entry_id, other, likeness) for other, likeness in best)


def _offer(entry_id: int, found: Mapping[int, float]) -> None:
    """Put an entry among the best for each of these where it is better than the last of them."""
    rows: dict[int, list[Related]] = {}
    for row in db.session.scalars(select(Related).where(Related.entry_id.in_(list(found)))):
        rows.setdefault(row.entry_id, []).append(row)
    there = _there({entry_id, *found})
    for other, likeness in found.items():
        held = sorted(rows.get(other, ()), key=lambda row: (row.likeness, -row.other_id))
        if len(held) >= KEPT and held[0].likeness >= likeness:
            continue
        if len(held) >= KEPT:
            gone = (Related.entry_id == other) & (Related.other_id == held[0].other_id)
            db.session.execute(delete(Related).where(gone))
        if {entry_id, other} <= there:
            _put([(other, entry_id, likeness)])


def _there(ids: Collection[int]) -> set[int]:
    return set(db.session.scalars(select(Entry.id).where(Entry.id.in_(list(ids)))))


def _put(rows: Iterable[tuple[int, int, float]]) -> None:
    made = [{"entry_id": one, "other_id": other, "likeness": likeness} for one, other, likeness in rows]
    if made:
        db.session.execute(insert(Related), made)
