"""What readers of an entry may want to read next: found by the worker when one of the two changes, and kept."""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, or_, select, tuple_
from sqlalchemy.orm import joinedload

from galaxy.content.models import VISIBLE, Entry, Link, Status
from galaxy.core.db import db, now, reading
from galaxy.core.jobs import every, later, task
from galaxy.search import index
from galaxy.search.engines import IndexOut
from galaxy.search.fusion import usual_of
from galaxy.search.meaning.embedders import Floats
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
TOGETHER: Final = 10  # entries that are read at once
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
    for at in range(0, len(entry_ids), TOGETHER):
        if at and time.monotonic() > until:
            later(relate, entry_ids=entry_ids[at:])
            return
        try:
            _relate(entry_ids[at : at + TOGETHER])
        except IndexOut:
            later(relate, now() + index.MADE_AGAIN, entry_ids=entry_ids[at:])
            return


def _relate(entry_ids: Collection[int]) -> None:
    """Keep the best for each entry, offer it to them and to those near, and fill the rows of those that lose it."""
    with reading():
        found = alike(entry_ids)
    for entry_id in entry_ids:
        best = found.get(entry_id, {})
        with reading():
            before = set(db.session.scalars(select(Related.entry_id).where(Related.other_id == entry_id)))
            lost = sorted(before - set(best))[:CONSIDERED]
            others = alike(lost)
        _keep(entry_id, {entry_id: best} | {other: others.get(other, {}) for other in lost})
        _offer(entry_id, best)
        db.session.commit()


def alike(entry_ids: Collection[int]) -> dict[int, Mapping[int, float]]:
    """How alike the most alike published entries are to each of these, from 0 to 1, but for those it is linked with
    on its page; what is not published itself is absent."""
    entries = index.published(Entry.id.in_(entry_ids)) if entry_ids else ()
    vectors = _first_vectors([entry.id for entry in entries])
    linked = _linked(entries)
    return {entry.id: _alike(entry, vectors.get(entry.id, {}), linked[entry.id]) for entry in entries}


def _alike(entry: Entry, vectors: Mapping[str, Floats], linked: Collection[int]) -> Mapping[int, float]:
    document = index.document(entry, entry.text_for_search())
    words = dict(index.engine().alike(document, CONSIDERED, {}))
    means = _by_meaning(vectors, words)
    both = {other: WORDS * words.get(other, 0.0) + means.get(other, 0.0) for other in words.keys() | means.keys()}
    found, least = (both, LEAST) if means else (words, LEAST_BY_WORDS)
    none = {entry.id, *linked}
    best = sorted((-likeness, other) for other, likeness in found.items() if other not in none and likeness >= least)
    return {other: min(-less, 1.0) for less, other in best[:CONSIDERED]}


def _first_vectors(entry_ids: Collection[int]) -> dict[int, dict[str, Floats]]:
    """For each entry that of its first passage by each model that knows it, as it is compared with others."""
    found: dict[int, dict[str, Floats]] = {}
    dimensions = {model.name: model.dimensions for model in meaning().models}
    asked = select(Vectors.entry_id, Vectors.model, Vectors.data)
    known = asked.where(Vectors.entry_id.in_(entry_ids), Vectors.model.in_(dimensions))
    for entry_id, model, data in db.session.execute(known) if dimensions and entry_ids else ():
        if len(own := unpacked(data, dimensions[model])):
            found.setdefault(entry_id, {})[model] = neutral(model, own[0])
    return found


def _by_meaning(vectors: Mapping[str, Floats], among: Collection[int]) -> dict[int, float]:
    """How alike entries are by their first passages, from 0 to 1: the mean of what models that know this one say."""
    said: dict[int, list[float]] = {}
    store = meaning().store
    for model, asked in vectors.items():
        near = store.nearest(model, asked, CONSIDERED)
        others = store.similar(model, asked, set(among) - near.keys())
        usual, deviation = usual_of(model, asked, store.usual(model, asked))
        for other, similar in (*near.items(), *others.items()):
            above = (similar.whole - usual) / deviation / FAR_ABOVE
            said.setdefault(other, []).append(min(max(above, 0.0), 1.0))
    return {other: sum(some) / len(vectors) for other, some in said.items()}


def _linked(entries: Collection[Entry]) -> dict[int, set[int]]:
    """What each entry is linked with, either way; and where it stands."""
    found = {entry.id: {entry.parent.id} if entry.parent is not None else set() for entry in entries}
    ends = select(Link.from_id, Link.to_id).where(or_(Link.from_id.in_(found), Link.to_id.in_(found)))
    for one, other in db.session.execute(ends) if found else ():
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return found


def _keep(entry_id: int, found: Mapping[int, Mapping[int, float]]) -> None:
    """These are the best for each of these entries, and no others; nobody else has the first any more."""
    there = _there({*found, *(other for others in found.values() for other in others)})
    old = or_(Related.other_id == entry_id, Related.entry_id.in_(found))
    db.session.execute(delete(Related).where(old))
    best = {one: [other for other in others if other in there][:KEPT] for one, others in found.items() if one in there}
    _put((one, other, found[one][other]) for one, others in best.items() for other in others)


def _offer(entry_id: int, found: Mapping[int, float]) -> None:
    """Put an entry among the best for each of these where it is better than the last of them."""
    rows: dict[int, list[Related]] = {}
    for row in db.session.scalars(select(Related).where(Related.entry_id.in_(found))):
        rows.setdefault(row.entry_id, []).append(row)
    there = _there({entry_id, *found})
    last = {other: min(held, key=lambda row: (row.likeness, -row.other_id)) for other, held in rows.items()}
    full = {other for other, held in rows.items() if len(held) >= KEPT}
    better = [other for other, likeness in found.items() if other not in full or last[other].likeness < likeness]
    gone = [(other, last[other].other_id) for other in better if other in full]
    if gone:
        db.session.execute(delete(Related).where(tuple_(Related.entry_id, Related.other_id).in_(gone)))
    _put((other, entry_id, found[other]) for other in better if {entry_id, other} <= there)


def _there(ids: Collection[int]) -> set[int]:
    return set(db.session.scalars(select(Entry.id).where(Entry.id.in_(ids)))) if ids else set()


def _put(rows: Iterable[tuple[int, int, float]]) -> None:
    made = [{"entry_id": one, "other_id": other, "likeness": likeness} for one, other, likeness in rows]
    if made:
        db.session.execute(insert(Related), made)
