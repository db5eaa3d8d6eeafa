"""The engine beside PostgreSQL: our own tokens in a tsvector under a GIN index, words under trigrams, in tables apart.

The schema `search` holds one index in four tables whose number the table `current` names; a rebuild fills four others
and then changes that number. A write takes the lock of the row in `current`, so states follow each other in order, and
is one transaction: killed at any moment, the index is the old or the new one. All this can be dropped at any time: the
index is made again. Connections are the engine's own: nothing of it rides in a request's transaction, and no reader
keeps one open.
"""

import time
import weakref
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection, errors
from sqlalchemy import URL, create_engine, event
from sqlalchemy.pool import QueuePool

from galaxy.search.engines import Document, IndexBroken, IndexBusy, IndexOut, IndexSilent, State, lexemes
from galaxy.search.engines.ranking import Ranking
from galaxy.search.engines.reading import Reading, T
from galaxy.search.engines.rows import Packed, Rows
from galaxy.search.engines.spelling import LONGEST, SHORTEST, distance
from galaxy.search.engines.tables import LAYOUT, NAMES, Named, Tables, current, declare, locked, make_room

CONNECTIONS = 4
LEAST_ALIKE = 0.2
"""The least similarity of trigrams that is looked at for slips; two slips in seven letters leave hardly more."""
INT4_ARRAY = 1007
REBUILDING = 7_305_021_991
"""The number of the lock that keeps two from making the index again at once."""
SETTINGS = f"SET enable_seqscan = off; SET jit = off; SET pg_trgm.similarity_threshold = {LEAST_ALIKE}"

THESE = "SELECT word, times FROM {words} WHERE spelled AND times > 0 AND word = ANY(%s)"
ALIKE = (
    "SELECT word, times FROM {words} WHERE spelled AND times > 0 "
    "AND (word = ANY(%s) OR word %% %s AND length(word) BETWEEN %s AND %s)"
)
BEGINNING = (
    "SELECT word, times FROM {words} WHERE spelled AND times > 0 AND word >= %s AND word < %s "
    "ORDER BY times DESC, word LIMIT %s"
)


class PostgresEngine(Reading[Rows]):
    """An index in a PostgreSQL database. One state is held for the whole process and replaced by a newer one."""

    name = "postgresql"

    def __init__(self, url: URL | str) -> None:
        super().__init__()
        self.url = url
        self._pool = create_engine(url, poolclass=QueuePool, pool_size=CONNECTIONS, max_overflow=-1)
        event.listen(self._pool, "connect", _set_up)
        weakref.finalize(self, self._pool.dispose)

    # What is written

    def index(self, documents: Iterable[Document]) -> None:
        """Put these in, in place of what was there under the same ids."""
        by_id = {document.id: document for document in documents}
        self._write(by_id.keys(), list(by_id.values()))

    def delete(self, ids: Collection[int]) -> None:
        """Take these out."""
        self._write(ids, [])

    def rebuild(self, batches: Iterable[Sequence[Document]]) -> None:
        """Make the whole index again in new tables, then let `current` name these."""
        with self._alone() as connection:
            make_room(connection)
            made = Tables(time.time_ns())
            made.make(connection)
            try:
                last = self._fill(connection, made, batches)
                declare(connection, Named(made.number, LAYOUT, last, 0, last))
            finally:
                make_room(connection)
        self._looked = float("-inf")

    def tidy(self) -> None:
        """Take the rows of deleted entries away for good, once no process can be reading a state that has them."""
        with self._connection() as connection, _whole():
            named = current(connection)
            time.sleep(2 * self.look_every)
            for statement in (
                "DELETE FROM {entry} WHERE number IN (SELECT number FROM {gone} WHERE change <= %s)",
                "DELETE FROM {card} WHERE number IN (SELECT number FROM {gone} WHERE change <= %s)",
            ):
                connection.execute(named.tables.sql(statement), [named.change])
            for statement in ("DELETE FROM {words} WHERE times <= 0", "VACUUM (ANALYZE) {entry}, {card}, {words}"):
                connection.execute(named.tables.sql(statement))

    def _write(self, ids: Collection[int], documents: Sequence[Document]) -> None:
        with self._connection() as connection, _whole(), connection.transaction():
            named = locked(connection)
            gone = _take_out(connection, named, list(ids))
            _put_in(connection, named.tables, named.last, documents)
            _count_words(connection, named.tables, _counted(documents))
            declare(
                connection,
                named._replace(
                    last=named.last + len(documents),
                    change=named.change + 1,
                    documents=named.documents - gone + len(documents),
                ),
            )
        self._looked = float("-inf")

    def _fill(self, connection: Connection[Any], made: Tables, batches: Iterable[Sequence[Document]]) -> int:
        last, words = 0, Counter[str]()
        for batch in batches:
            with connection.transaction():
                _put_in(connection, made, last, batch)
            words += _counted(batch)
            last += len(batch)
        _count_words(connection, made, words)
        made.make_indexes(connection)
        return last

    @contextmanager
    def _alone(self) -> Iterator[Connection[Any]]:
        with self._connection() as connection:
            asked = connection.execute("SELECT pg_try_advisory_lock(%s)", [REBUILDING]).fetchone()
            if not asked or not asked[0]:
                raise IndexBusy("the index is being made again already")
            try:
                yield connection
            finally:
                if not connection.closed:
                    connection.execute("SELECT pg_advisory_unlock(%s)", [REBUILDING])

    # What is read

    def state(self) -> State:
        """How the index is."""

        def state(held: Ranking[Rows]) -> State:
            names = [f"search.{name}_{held.corpus.named.number}" for name in NAMES]
            asked = "SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(%s::text[]) AS tables (name)"
            with self._connection() as connection:
                ((size,),) = connection.execute(asked, [names]).fetchall()
            return State(self.name, held.corpus.name, held.documents, 1, int(size), LAYOUT)

        return self._ask(state, now=True)

    def _ask(self, question: Callable[[Ranking[Rows]], T], *, now: bool = False) -> T:
        """Ask again where a rebuild took the tables away under our hands, or a connection had been lost meanwhile."""
        try:
            with _whole():
                return question(self._look(now=now))
        except IndexOut as out:
            if isinstance(out, IndexBroken):
                self._held = None
            with _whole():
                return question(self._look(now=True))

    def _beginning(self, prefix: str, limit: int) -> Mapping[str, int]:
        def words(held: Ranking[Rows]) -> Mapping[str, int]:
            known = held.corpus.completed
            if (prefix, limit) not in known:
                known[prefix, limit] = self._words(held, BEGINNING, [prefix, prefix + "\U0010ffff", limit])
            return known[prefix, limit]

        return self._ask(words)

    def _near(self, word: str, slips: int) -> Mapping[str, int]:
        if len(word) > LONGEST + slips:
            return {}
        close = [word, *(word[:at] + word[at : at + 2][::-1] + word[at + 2 :] for at in range(len(word) - 1))]

        def words(held: Ranking[Rows]) -> Mapping[str, int]:
            try:
                return self._words(held, ALIKE, [close, word, len(word) - slips, len(word) + slips])
            except errors.UndefinedFunction:  # there are no trigrams here: neighbours exchanged are all that is found
                return self._words(held, THESE, [close])

        return {other: times for other, times in self._ask(words).items() if distance(word, other) <= slips}

    def _words(self, held: Ranking[Rows], asked: str, values: Sequence[Any]) -> dict[str, int]:
        with self._connection() as connection:
            return dict(connection.execute(held.corpus.named.tables.sql(asked), values).fetchall())

    def _newest(self, held: Ranking[Rows] | None) -> Ranking[Rows]:
        with self._connection() as connection:
            named = current(connection)
        if held is None or held.corpus.named.number != named.number:
            return Ranking(Rows(self._connection, named))
        if held.corpus.named.change == named.change:
            return held
        return Ranking(Rows(self._connection, named, held.corpus))

    @contextmanager
    def _connection(self) -> Iterator[Connection[Any]]:
        """A connection of our own; one that was lost is thrown away."""
        lent = self._pool.raw_connection()
        connection: Connection[Any] = lent.driver_connection  # type: ignore[assignment]
        try:
            yield connection
        finally:
            if connection.closed:
                lent.invalidate()
            lent.close()


def _set_up(connection: Any, _record: object) -> None:
    connection.autocommit = True
    connection.adapters.register_loader(INT4_ARRAY, Packed)
    connection.execute(SETTINGS)


def _take_out(connection: Connection[Any], named: Named, ids: list[int]) -> int:
    """Mark the rows of these ids as gone, and take back what they said of words; how many there were."""
    marked = connection.execute(
        named.tables.sql(
            "INSERT INTO {gone} SELECT number, %s FROM {card} WHERE id = ANY(%s) "
            "AND NOT EXISTS (SELECT FROM {gone} AS before WHERE before.number = {card}.number) RETURNING number"
        ),
        [named.change + 1, ids],
    )
    if gone := [number for (number,) in marked]:
        connection.execute(
            named.tables.sql(
                "UPDATE {words} AS known SET times = known.times - old.times FROM "
                "(SELECT substr(lexeme, 3) AS word, count(*)::int AS times FROM {entry}, "
                "unnest(tsvector_to_array(tokens)) AS lexeme WHERE number = ANY(%s) AND lexeme LIKE 'p%%' GROUP BY 1) "
                "AS old WHERE known.word = old.word"
            ),
            [gone],
        )
    return len(gone)


def _put_in(connection: Connection[Any], tables: Tables, first: int, documents: Sequence[Document]) -> None:
    for table, row in (("COPY {entry}", lexemes.entry), ("COPY {card}", lexemes.card)):
        rows = b"".join(row(number, document) for number, document in enumerate(documents, first))
        with connection.cursor().copy(tables.sql(table + " FROM STDIN (FORMAT BINARY)")) as copy:
            copy.write(lexemes.HEADER + rows + lexemes.TRAILER)


def _counted(documents: Iterable[Document]) -> Counter[str]:
    """In how many of these documents each word stands."""
    return Counter(word for document in documents for word in set(document.plain))


def _count_words(connection: Connection[Any], tables: Tables, words: Counter[str]) -> None:
    spelled = [SHORTEST <= len(word) <= LONGEST and word.isalpha() for word in words]
    connection.execute(
        tables.sql(
            "INSERT INTO {words} AS known SELECT * FROM unnest(%s::text[], %s::int[], %s::bool[]) "
            "ON CONFLICT (word) DO UPDATE SET times = known.times + excluded.times"
        ),
        [list(words), list(words.values()), spelled],
    )


@contextmanager
def _whole() -> Iterator[None]:
    """Whatever is wrong with tables means that they must be made again; that the server is away does not."""
    try:
        yield
    except (IndexBroken, IndexBusy):
        raise
    except psycopg.OperationalError as away:  # too many connections, a statement cut off, a disk that is full …
        raise IndexSilent(f"the index does not answer: {away!r}") from away
    except (psycopg.Error, LookupError, ValueError) as broken:
        raise IndexBroken(f"the index cannot be used: {broken!r}") from broken
