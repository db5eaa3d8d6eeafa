"""The index follows the table: what is written is promised to the worker, which alone writes the index.

Truth is the database. The index holds published entries only; what it lost, or what it never had, is made good by
`pending`, by the hour, and a broken index is made again by the minute, while the search page answers from the database.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import structlog
from blinker import Namespace
from flask import Flask, current_app
from sqlalchemy import delete, event, func, inspect, make_url, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, selectin_polymorphic

from galaxy.content.imports import imported
from galaxy.content.models import Entry, SearchText, Status, Tag
from galaxy.core.db import db, now
from galaxy.core.jobs import Job, at_start, batch_task, every, keep, later, task
from galaxy.search import completion, facets, text
from galaxy.search.engines import Document, Engine, IndexBroken, IndexBusy, IndexMissing, IndexOut, IndexSilent
from galaxy.search.engines.postgres import PostgresEngine
from galaxy.search.engines.whoosh import WhooshEngine
from galaxy.search.meaning import coverage
from galaxy.search.models import Indexed

AT_ONCE = 200
IN_A_REBUILD = 50
MADE_AGAIN = timedelta(seconds=30)
"""After which what needs an index that is broken may try again."""
LONGEST_WAIT = 120  # seconds
LONGEST_KEPT = 60_000
LONGEST_FOLDED = 4_000

log = structlog.get_logger()
entry_written = Namespace().signal("entry written", "What the public may see of this entry may change: `(id)`.")
entries_indexed = Namespace().signal("entries indexed", "These entries were written into the index: `(ids)`.")


def engine() -> Engine:
    """The index of this app."""
    found: Engine = current_app.extensions["search"]
    return found


def init_app(app: Flask) -> None:
    """Give the app its index: beside PostgreSQL in that database, else in a folder of its own."""
    url = make_url(app.config["DATABASE_URL"])
    beside = url.get_backend_name() == "postgresql"
    app.extensions["search"] = PostgresEngine(url) if beside else WhooshEngine(Path(app.instance_path) / "index")


@event.listens_for(db.session, "after_flush")
def promise_to_index(session: Session, _flush: object) -> None:
    """Promise to index each entry written that the public may see or could see, and tell who else must know; the
    commit no longer knows which."""
    promised: set[int] = session.info.setdefault("indexed", set())
    new = session.new  # asked for once: it is put together each time
    for thing in {*new, *session.dirty, *session.deleted}:
        entry = thing.entry if isinstance(thing, Tag) else thing
        if isinstance(entry, Entry) and entry.id not in promised and may_be_public(entry, entry in new):
            promised.add(entry.id)
            later(index_entries, entry_id=entry.id)
            entry_written.send(entry.id)


@event.listens_for(db.session, "after_commit")
@event.listens_for(db.session, "after_soft_rollback")
def forget_promises(session: Session, *_more: object) -> None:
    """Promises were kept or undone with their transaction."""
    session.info.pop("indexed", None)


@batch_task(AT_ONCE)
def index_entries(promises: Sequence[dict[str, Any]]) -> None:
    """Make the index say of these entries what the database says now; on a broken index, promise a new one."""
    ids = sorted({int(promise["entry_id"]) for promise in promises})
    entries = published(Entry.id.in_(ids))
    said = [(entry, entry.text_for_search()) for entry in entries]
    documents = [document(*one) for one in said]
    rows = [indexed(*one) for one in said]
    db.session.commit()  # the analysis and the index take their time: nobody should wait for this transaction
    gone = set(ids) - {made.id for made in documents}
    try:
        if documents:
            engine().index(documents)
        if gone:
            engine().delete(gone)
    except IndexBroken as broken:
        tell = log.info if isinstance(broken, IndexMissing) else log.warning  # the first start has none yet
        tell("index broken", reason=str(broken))
        promise_rebuild()
    else:
        _remember(rows, gone)
    entries_indexed.send([made.id for made in documents])  # what follows waits for a new index by itself


@task
def rebuild_index() -> None:
    """Make the whole index again."""
    rebuild()


def rebuild(progress: Callable[[int], None] = lambda _done: None) -> int:
    """Make the whole index again beside the old one, and tell how many entries it holds.

    What changed meanwhile was perhaps read too early and indexed into the old one: it is promised again.
    """
    versions: dict[int, int] = {}

    def batches() -> Iterator[list[Document]]:
        ids = db.session.scalars(select(Entry.id).where(Entry.status == Status.PUBLISHED).order_by(Entry.id)).all()
        db.session.commit()
        for some in _pieces(ids):
            entries = published(Entry.id.in_(some))
            said = [(entry, entry.text_for_search()) for entry in entries]
            documents = [document(*one) for one in said]
            versions.update({entry.id: entry.version for entry in entries})
            _remember([indexed(*one) for one in said], ())
            db.session.commit()
            yield documents
            progress(len(some))

    engine().rebuild(batches())
    _forget_all_but(versions)
    _promise_changed_since(versions)
    db.session.commit()
    return len(versions)


@imported.connect
def index_at_once(_sender: object) -> bool:
    """Index what was imported, for a while; tell whether all of it is."""
    return not keep(LONGEST_WAIT, index_entries, rebuild_index)[1]


def promise_rebuild() -> None:
    """Promise one rebuild, however often it is asked for."""
    if not db.session.scalar(select(Job.id).where(Job.name == rebuild_index.name).limit(1)):
        later(rebuild_index)


@at_start
@every(minute="*")
def look_after() -> None:
    """A missing or broken index is made again; one whose server does not answer may be whole."""
    try:
        engine().state()
    except IndexSilent as silent:
        log.warning("index does not answer", reason=str(silent))
    except IndexBroken:
        promise_rebuild()
        db.session.commit()


@every(minute="17")
def make_good() -> None:
    """Promise again what the index should know and does not, once no first promise is left that could still be kept."""
    if db.session.scalar(select(Job.id).where(Job.name == index_entries.name).limit(1)):
        db.session.rollback()
        return
    for entry_id in db.session.scalars(pending().limit(10_000)):
        later(index_entries, entry_id=entry_id)
    db.session.commit()


@every(hour="3", minute="40")
def tidy() -> None:
    """Bring the index into its best shape when few are awake."""
    try:
        engine().tidy()
    except (IndexOut, IndexBusy) as reason:
        log.warning("index not tidied", reason=str(reason))


def pending() -> Any:
    """The ids of entries of which the index does not say what the database says."""
    published = Entry.status == Status.PUBLISHED
    stale = or_(
        published & (Indexed.version.is_(None) | (Indexed.version != Entry.version)),
        ~published & Indexed.version.is_not(None),
    )
    return select(Entry.id).outerjoin(Indexed, Indexed.entry_id == Entry.id).where(stale).order_by(Entry.id)


def trouble() -> str:
    """Why the index cannot be searched; empty when it can."""
    try:
        engine().state()
    except IndexSilent:
        return "the search index does not answer"
    except IndexBroken:
        return "the search index is being made again"
    return ""


def status() -> dict[str, Any]:
    """How the index is: for `search status`, the admin's page and the health page."""
    waiting = db.session.scalar(select(func.count()).select_from(pending().order_by(None).subquery()))
    oldest = db.session.scalar(select(func.min(Job.created_at)).where(Job.name == index_entries.name))
    said: dict[str, Any] = {
        "pending": waiting or 0,
        "lag": (now() - oldest).total_seconds() if oldest else 0.0,
        "published": db.session.scalar(select(func.count(Entry.id)).where(Entry.status == Status.PUBLISHED)),
        **coverage.status(),
    }
    try:
        state = engine().state()
    except IndexOut as out:
        return said | {"ok": False, "reason": str(out), "pending": said["published"]}
    return said | {
        "ok": True,
        "engine": state.engine,
        "generation": state.generation,
        "documents": state.documents,
        "segments": state.segments,
        "size": state.size,
        "analysis": state.analysis,
    }


def document(entry: Entry, said: SearchText) -> Document:
    """An entry as the index holds it; one not yet saved has the id 0."""
    return Document.of(
        entry.id or 0,
        said.title,
        said.main,
        [*said.more, *facets.names_of_countries(said.codes.get("country", ()))],
        language=said.language,
        codes=facets.all_codes(said.codes, now().date()),
        published=int(entry.published_at.timestamp()) if entry.published_at else 0,
        confirmed=int((entry.confirmed_at or entry.published_at or now()).timestamp()),
    )


def indexed(entry: Entry, said: SearchText) -> dict[str, Any]:
    """What is remembered of an entry beside the index."""
    kept, room = [], LONGEST_KEPT
    for part in chain(said.main, said.more):
        if (part := text.clean(part, room)).strip():
            kept.append(part)
            room -= len(part)
    folded = " ".join(text.plain(" ".join([said.title, *said.main])[:LONGEST_FOLDED]))[:LONGEST_FOLDED]
    return {
        "entry_id": entry.id,
        "version": entry.version,
        "texts": kept,
        "folded": folded,
        "indexed_at": now(),
    }


def published(condition: Any) -> Sequence[Entry]:
    """The published entries that meet a condition, each with what its kind adds."""
    kinds = [mapper.class_ for mapper in inspect(Entry).self_and_descendants if mapper.class_ is not Entry]
    found = select(Entry).where(condition, Entry.status == Status.PUBLISHED).order_by(Entry.id)
    return db.session.scalars(found.options(selectin_polymorphic(Entry, kinds))).all()


def may_be_public(entry: Entry, is_new: bool) -> bool:
    """Whether it is or was published; what is not known of an old entry may have been."""
    status = inspect(entry).attrs.status.history
    known = [*(status.added or ()), *(status.unchanged or ()), *(status.deleted or ())]
    return Status.PUBLISHED in known or not (is_new or status.unchanged or status.deleted)


def _remember(rows: Iterable[dict[str, Any]], gone: Iterable[int]) -> None:
    """Write down what the index now holds; an entry deleted meanwhile is not held."""
    held = {row["entry_id"]: row for row in rows}
    there = set(db.session.scalars(select(Entry.id).where(Entry.id.in_(list(held)))))
    if there:
        dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
        put = dialect.insert(Indexed)
        again = {name: put.excluded[name] for name in ("version", "texts", "folded", "indexed_at")}
        kept = [row for entry_id, row in held.items() if entry_id in there]
        db.session.execute(put.on_conflict_do_update(index_elements=["entry_id"], set_=again), kept)
    for some in _pieces(list(gone)):
        db.session.execute(delete(Indexed).where(Indexed.entry_id.in_(some)))
    for some in _pieces([*there, *gone]):
        completion.keep(some)


def _forget_all_but(versions: dict[int, int]) -> None:
    held = db.session.scalars(select(Indexed.entry_id)).all()
    for some in _pieces([entry_id for entry_id in held if entry_id not in versions]):
        db.session.execute(delete(Indexed).where(Indexed.entry_id.in_(some)))


def _promise_changed_since(versions: dict[int, int]) -> None:
    published = db.session.execute(select(Entry.id, Entry.version).where(Entry.status == Status.PUBLISHED))
    now_there: dict[int, int] = dict(iter(published))
    for entry_id in versions.keys() | now_there.keys():
        if versions.get(entry_id) != now_there.get(entry_id):
            later(index_entries, entry_id=entry_id)


def _pieces(ids: Sequence[int], size: int = IN_A_REBUILD) -> Iterator[Sequence[int]]:
    """A long list of ids in pieces that one statement takes."""
    for at in range(0, len(ids), size):
        yield ids[at : at + size]
