"""PostgreSQL's store: pgvector compares the vectors, by an HNSW index, in one table for each model.

These tables are derived from `Vectors` and stand outside the metadata, in a schema of their own: whoever drops them
gets them again within a minute. A row of `Vectors` that goes takes its rows here with it.
"""

import hashlib
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import structlog
from sqlalchemy import BigInteger, Connection, TextClause, bindparam, cast, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from galaxy.core.db import db
from galaxy.search.meaning.embedders import Embedder, Floats
from galaxy.search.meaning.matrices import FACTOR, IN_SAMPLE, PRIME, Similar
from galaxy.search.meaning.stores import Store
from galaxy.search.meaning.table import read, unpacked
from galaxy.search.models import Vectors

A = TypeVar("A")

SCHEMA = "meaning"
AT_ONCE = 200
PASSAGES_EACH = 3
"""Passages looked at for each entry asked for: some entries have several good ones."""
MOST_LOOKED_AT = 1_000
LOOK_EVERY, LOOK_AGAIN = 1.0, 20.0
"""Seconds after which what was there, and what was not, is looked for again."""
SAMPLE_KEPT = 300.0
NO_EXTENSION = (
    "pgvector is not there: install it beside PostgreSQL and, as a superuser, run CREATE EXTENSION vector in this "
    "database; until then vectors are compared in files of this machine"
)

log = structlog.get_logger()


class Pgvector:
    """Vectors in PostgreSQL; where pgvector is not there, or not ready for a model, in files."""

    name = "pgvector"

    def __init__(self, files: Store) -> None:
        self.files = files
        self._ready: dict[str, bool] = {}
        self._looked: dict[str, float] = {}
        self._versions: dict[str, tuple[float, str]] = {}
        self._samples: dict[str, tuple[float, Floats, np.ndarray[tuple[int], np.dtype[np.int64]]]] = {}

    # What is asked

    def nearest(self, model: str, question: Floats, most: int) -> Mapping[int, Similar]:
        """How near so many entries are, that with the best passage first."""
        table, looked_at = table_of(model), min(PASSAGES_EACH * most, MOST_LOOKED_AT)
        nearest = f"""entry_id IN (
                SELECT entry_id FROM (
                    SELECT entry_id, v <=> CAST(:question AS halfvec) AS far FROM {table} ORDER BY far LIMIT :looked_at
                ) AS near GROUP BY entry_id ORDER BY min(far), entry_id LIMIT :most
            )"""  # noqa: S608  # our own name
        asked = _told(table, nearest).bindparams(question=literal(question), looked_at=looked_at, most=most)

        def ask() -> Mapping[int, Similar]:
            db.session.execute(text(f"SET LOCAL hnsw.ef_search = {looked_at}"))
            db.session.execute(text("SET LOCAL hnsw.iterative_scan = relaxed_order"))
            return {row[0]: Similar(*row[1:]) for row in db.session.execute(asked)}

        return self._or_files(model, ask, lambda: self.files.nearest(model, question, most))

    def similar(self, model: str, question: Floats, ids: Collection[int]) -> Mapping[int, Similar]:
        """How near these entries are to a question; those without a vector are absent."""
        asked = _told(table_of(model), "entry_id = ANY(:ids)").bindparams(
            bindparam("ids", sorted(ids)), question=literal(question)
        )

        def ask() -> Mapping[int, Similar]:
            return {row[0]: Similar(*row[1:]) for row in db.session.execute(asked)} if ids else {}

        return self._or_files(model, ask, lambda: self.files.similar(model, question, ids))

    def usual(self, model: str, question: Floats) -> tuple[float, float, int]:
        """Mean and deviation of the best passage's cosine over a sample of all entries, and how many these are."""
        return self._or_files(model, lambda: self._usual(model, question), lambda: self.files.usual(model, question))

    def _usual(self, model: str, question: Floats) -> tuple[float, float, int]:
        made, vectors, first = self._samples.get(model, (0.0, None, None))
        few = first is not None and len(first) < IN_SAMPLE
        if vectors is None or first is None or time.monotonic() - made > (1.0 if few else SAMPLE_KEPT):
            some = [vectors for _, (_, vectors) in read(model, _chosen(model), len(question))]
            if not some:
                return 0.0, 1.0, 0
            counts = np.array([len(each) for each in some])
            vectors, first = np.concatenate(some), np.cumsum(counts) - counts
            self._samples[model] = time.monotonic(), vectors, first
        best = np.maximum.reduceat(vectors @ question, first)
        return float(best.mean()), float(best.std()) or 1.0, len(best)

    def version(self, model: str, dimensions: int) -> str:
        """Changes whenever other vectors of a model are compared, looked for once a second."""
        looked, found = self._versions.get(model, (-LOOK_EVERY, ""))
        if time.monotonic() - looked >= LOOK_EVERY:
            newest = db.session.scalar(select(func.max(Vectors.made_at)).where(Vectors.model == model))
            found = f"{newest}" if self.is_ready(model) else self.files.version(model, dimensions)
            self._versions[model] = time.monotonic(), found
        return found

    def _or_files(self, model: str, ask: Callable[[], A], instead: Callable[[], A]) -> A:
        """The answer of PostgreSQL, or that of the files where it has none; its failure ends no transaction."""
        if not self.is_ready(model):
            return instead()
        try:
            with db.session.begin_nested():
                return ask()
        except SQLAlchemyError as reason:
            log.warning("pgvector failed", model=model, reason=str(reason)[:500])
            self._ready[model], self._looked[model] = False, time.monotonic()
            return instead()

    def is_ready(self, model: str) -> bool:
        """Whether the model's table is there with its index."""
        if self._ready.get(model) or time.monotonic() - self._looked.get(model, -LOOK_AGAIN) < LOOK_AGAIN:
            return self._ready.get(model, False)
        asked = text("SELECT to_regclass(:index) IS NOT NULL").bindparams(index=f"{table_of(model)}_v")
        self._ready[model] = bool(db.session.scalar(asked))
        self._looked[model] = time.monotonic()
        return self._ready[model]

    def trouble(self) -> str:
        """What an admin should do; empty where all is well."""
        return "" if db.session.scalar(text("SELECT true FROM pg_extension WHERE extname = 'vector'")) else NO_EXTENSION

    # What the worker does

    def changed(self, removed: bool = False) -> None:
        """The worker has written to the table: what is newest is taken over."""
        self.files.changed(removed)
        for model in [model for model, ready in self._ready.items() if ready]:
            self._try(_follow, model, "10 minutes")

    def look_after(self, embedders: list[Embedder]) -> None:
        """Make what is missing, and take over what is newer in the table of vectors."""
        if not self._try(_extend):
            self.files.look_after(embedders)
            return
        for embedder in embedders:
            if self._try(_make, embedder.name, embedder.dimensions):
                while self._try(_follow, embedder.name) == AT_ONCE:
                    pass
                self._ready[embedder.name] = bool(self._try(_index, embedder.name))
        self._try(_drop_others, [table_of(embedder.name) for embedder in embedders])

    def _try(self, act: Callable[..., int], *args: Any) -> int:
        """Do it in a transaction of its own, one process at a time; 0 where it cannot be done."""
        try:
            with db.engine.begin() as connection:
                connection.execute(text("SELECT pg_advisory_xact_lock(7137001)"))
                return act(connection, *args)
        except SQLAlchemyError as reason:
            log.warning("pgvector failed", reason=str(reason)[:500])
            return 0


def _told(table: str, which: str) -> TextClause:
    """How near some entries are to a question, that with the best passage first."""
    return text(
        f"""SELECT entry_id, max(near) FILTER (WHERE passage = 0), max(near),
                (array_agg(passage ORDER BY near DESC, passage))[1]
            FROM (
                SELECT entry_id, passage, 1 - (v <=> CAST(:question AS halfvec)) AS near FROM {table} WHERE {which}
            ) AS near GROUP BY entry_id ORDER BY max(near) DESC, entry_id"""  # noqa: S608  # our own name
    )


def _chosen(model: str) -> Sequence[int]:
    """Ids that look as if drawn by lot, the same as `matrices.chosen` takes."""
    lot = (cast(Vectors.entry_id, BigInteger) * FACTOR) % PRIME
    return db.session.scalars(
        select(Vectors.entry_id).where(Vectors.model == model).order_by(lot).limit(IN_SAMPLE)
    ).all()


def _extend(connection: Connection) -> int:
    if not connection.scalar(text("SELECT true FROM pg_extension WHERE extname = 'vector'")):
        connection.execute(text("CREATE EXTENSION vector"))
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    return 1


def _make(connection: Connection, model: str, dimensions: int) -> int:
    connection.execute(
        text(
            f"""CREATE TABLE IF NOT EXISTS {table_of(model)} (
                    entry_id integer NOT NULL, model varchar NOT NULL, passage smallint NOT NULL,
                    made_at timestamptz NOT NULL, v halfvec({dimensions}) NOT NULL,
                    PRIMARY KEY (entry_id, passage),
                    FOREIGN KEY (entry_id, model) REFERENCES vectors (entry_id, model) ON DELETE CASCADE
                )"""
        )
    )
    return 1


def _index(connection: Connection, model: str) -> int:
    """Made after the rows that are there already: that is several times quicker."""
    table = table_of(model)
    name = f"{table.removeprefix(f'{SCHEMA}.')}_v"
    connection.execute(text(f"CREATE INDEX IF NOT EXISTS {name} ON {table} USING hnsw (v halfvec_cosine_ops)"))
    return 1


def _follow(connection: Connection, model: str, since: str = "") -> int:
    """Take over some of what the table of vectors says otherwise; with `since`, only of what was made that lately."""
    table = table_of(model)
    lately = f"AND vectors.made_at > now() - interval '{since}'" if since else ""
    newer = text(
        f"""SELECT vectors.entry_id, vectors.made_at, vectors.data FROM vectors
            LEFT JOIN {table} AS near ON near.entry_id = vectors.entry_id AND near.passage = 0
            WHERE vectors.model = :model AND length(vectors.data) > 0 AND length(vectors.data) % :size = 0 {lately}
            AND (near.entry_id IS NULL OR near.made_at <> vectors.made_at) LIMIT {AT_ONCE}"""  # noqa: S608
    )
    dimensions = _dimensions(connection, table)
    found = connection.execute(newer, {"model": model, "size": 2 * dimensions}).all()
    old = text(f"DELETE FROM {table} WHERE entry_id = ANY(:ids)")  # noqa: S608
    connection.execute(old, {"ids": [row.entry_id for row in found]})
    rows = [
        {"entry_id": row.entry_id, "model": model, "passage": at, "made_at": row.made_at, "v": literal(vector)}
        for row in found
        for at, vector in enumerate(unpacked(row.data, dimensions))
    ]
    if rows:
        put = f"INSERT INTO {table} VALUES (:entry_id, :model, :passage, :made_at, CAST(:v AS halfvec))"  # noqa: S608
        connection.execute(text(put), rows)
    return len(found)


def _dimensions(connection: Connection, table: str) -> int:
    asked = "SELECT atttypmod FROM pg_attribute WHERE attrelid = CAST(:table AS regclass) AND attname = 'v'"
    return int(connection.scalar(text(asked), {"table": table}) or 0)


def _drop_others(connection: Connection, kept: Collection[str]) -> int:
    """Tables of models that have no vectors any more."""
    asked = text("SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname = :schema")
    for table in connection.scalars(asked, {"schema": SCHEMA}).all():
        if table not in kept and not connection.scalar(text(f"SELECT true FROM {table} LIMIT 1")):  # noqa: S608
            connection.execute(text(f"DROP TABLE {table}"))
    return 1


def table_of(model: str) -> str:
    """The name of a model's table."""
    return f"{SCHEMA}.near_{hashlib.blake2b(model.encode(), digest_size=6).hexdigest()}"


def literal(vector: Floats) -> str:
    """A vector as pgvector reads it."""
    return f"[{','.join(format(component, '.6g') for component in vector.tolist())}]"
