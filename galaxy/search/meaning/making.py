"""Vectors follow the table: what is published is given to each model by the worker, a few entries at a time.

The quick model comes first for all entries, then the slow one. An entry without vectors, or with such of another text,
waits; so a worker that was killed, or a new version of a model, goes on where it stands.
"""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import structlog
from blinker import Namespace
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import defer

from galaxy.content.imports import imported
from galaxy.content.models import Entry, Status
from galaxy.core.db import db, now, reading
from galaxy.core.jobs import Job, at_start, batch_task, every, keep, later, task
from galaxy.search import index
from galaxy.search.meaning import coverage, passages
from galaxy.search.meaning.embedders import Embedder, Silent
from galaxy.search.meaning.nearness import meaning
from galaxy.search.meaning.table import packed
from galaxy.search.models import Vectors

AT_ONCE = 200
TOGETHER = 8
"""Entries given to a model together: what a killed worker does again at most."""
IN_A_TURN = 400
SECONDS = 1.5
"""How long vectors are made before whatever else is due has its turn."""

LONGEST_WAIT = 60  # seconds

log = structlog.get_logger()
SEEN_AFTER = timedelta(seconds=5)
"""After which every process sees vectors that were made."""
vectors_made = Namespace().signal("vectors made", "Every model has seen these entries: `(ids)`.")


@index.entry_written.connect
def promise_to_look(entry_id: int) -> None:
    """Promise to look at an entry that is written."""
    if meaning().models:
        later(look_at_entries, entry_id=entry_id)


@batch_task(AT_ONCE)
def look_at_entries(promises: Sequence[dict[str, Any]]) -> None:
    """Say of these entries whose vectors are of another text that they wait; what is no longer public loses its own."""
    ids = sorted({int(promise["entry_id"]) for promise in promises})
    entries = index.published(Entry.id.in_(ids))
    digests = {entry.id: _digests(entry) for entry in entries}
    changed_at = {entry.id: entry.updated_at for entry in entries}
    gone = [entry_id for entry_id in ids if entry_id not in digests]
    db.session.execute(delete(Vectors).where(Vectors.entry_id.in_(gone)))
    theirs = select(Vectors).where(Vectors.entry_id.in_(list(digests))).options(defer(Vectors.data))
    for row in db.session.scalars(theirs):
        if row.digest != digests[row.entry_id].get(row.model, row.digest):
            row.digest = ""
        elif row.made_at < changed_at[row.entry_id]:
            row.made_at = now()
    promise_making()
    db.session.commit()
    if gone:
        meaning().store.changed(removed=True)


@task
def make_vectors() -> None:
    """Make vectors for a little while of entries that wait, and promise the rest."""
    if (found := _next()) is None:
        return
    model, ids = found
    until = time.monotonic() + SECONDS
    for at in range(0, len(ids), TOGETHER):
        try:
            make(model, ids[at : at + TOGETHER])
        except Silent as reason:
            log.warning("vectors wait", model=model.name, reason=str(reason))
            return
        if model is meaning().models[-1]:
            vectors_made.send(list(ids[at : at + TOGETHER]))
        db.session.commit()
        meaning().store.changed()
        if time.monotonic() > until:
            break
    later(make_vectors)


def make(model: Embedder, ids: Sequence[int]) -> None:
    """Give these entries their vectors of a model."""
    given = {entry.id: _given(entry, model) for entry in index.published(Entry.id.in_(ids))}
    db.session.commit()  # a model takes its time: nobody should wait for this transaction
    vectors = _vectors(model, list(given.values()))
    there = set(db.session.scalars(select(Entry.id).where(Entry.id.in_(list(given)))))
    for (entry_id, texts), made in zip(given.items(), vectors, strict=True):
        if entry_id in there:
            row = Vectors(
                entry_id=entry_id,
                model=model.name,
                digest=passages.digest(texts, model.most),
                data=packed(made),
                made_at=now(),
            )
            db.session.merge(row)


def _vectors(model: Embedder, given: Sequence[Sequence[str]]) -> list[Any]:
    """The vectors of each entry's texts; none where the model cannot bear them, as another try would not help."""
    try:
        flat = model.passages([text for texts in given for text in texts])
    except Silent:
        raise
    except Exception:
        log.exception("model failed", model=model.name)
        if len(given) == 1:
            return [np.empty((0, model.dimensions), dtype=np.float32)]
        return [one for texts in given for one in _vectors(model, [texts])]
    return np.split(flat, np.cumsum([len(texts) for texts in given])[:-1])


def _next() -> tuple[Embedder, Sequence[int]] | None:
    """The quickest model for which entries wait, and a few of these."""
    for model in meaning().models:
        ids: Sequence[int] = db.session.scalars(coverage.waiting(model).limit(IN_A_TURN)).all()
        if ids:
            return model, ids
    return None


@imported.connect
def make_at_once(_sender: object) -> bool:
    """Make the vectors of what was imported, for a while; tell whether all are made."""
    return not keep(LONGEST_WAIT, look_at_entries, make_vectors)[1]


def promise_making() -> None:
    """Promise to make vectors, if nobody has."""
    if not db.session.scalar(select(Job.id).where(Job.name == make_vectors.name).limit(1)):
        later(make_vectors)


@at_start
@every(minute="*")
def look_after() -> None:
    """What waits is made, whoever forgot it; the store is kept in shape; older versions are forgotten in time."""
    if not meaning().models:
        return
    with reading():
        waiting, older = _next() is not None, _older_versions()
    if waiting:
        promise_making()
    elif older:
        db.session.execute(delete(Vectors).where(Vectors.model.in_(older)))
    db.session.commit()
    meaning().store.look_after([model for model in meaning().models if model.dimensions or not model.trouble()])


@every(minute="27")
def make_good() -> None:
    """Look again at entries that were changed, or are no longer public, since their vectors were made."""
    if db.session.scalar(select(Job.id).where(Job.name == look_at_entries.name).limit(1)):
        db.session.rollback()
        return
    stale = or_(Vectors.made_at < Entry.updated_at, Entry.status != Status.PUBLISHED)
    asked = select(Entry.id).join(Vectors, Vectors.entry_id == Entry.id).where(stale).distinct()
    for entry_id in db.session.scalars(asked.order_by(Entry.id).limit(10_000)):
        later(look_at_entries, entry_id=entry_id)
    db.session.commit()


def _older_versions() -> list[str]:
    """What there is of other versions of the models at hand; another worker may well have other models."""
    names = [model.name for model in meaning().models]
    families = {name.partition(" ")[0] for name in names}
    found = db.session.scalars(select(Vectors.model).where(Vectors.model.not_in(names)).distinct())
    return [name for name in found if name.partition(" ")[0] in families]


def _given(entry: Entry, model: Embedder) -> list[str]:
    return passages.given(entry.text_for_search(), model.most)


def _digests(entry: Entry) -> dict[str, str]:
    said = entry.text_for_search()
    return {model.name: passages.digest(passages.given(said, model.most), model.most) for model in meaning().models}
