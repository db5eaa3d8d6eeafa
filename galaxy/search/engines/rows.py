"""One state of a PostgreSQL index as a corpus: columns and codes in arrays, postings from the GIN index when asked for.

A row never changes: an entry written again gets a new row with a higher number, and the old one a mark. So what was
read once stays right, and a newer state is the older one with some rows more and some marks more.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection
from psycopg.adapt import Loader
from psycopg.pq import Format
from psycopg.sql import Composed

from galaxy.search.engines import IndexBroken, lexemes
from galaxy.search.engines.codes import Codes, Counts
from galaxy.search.engines.impacts import NONE, STEPS, Docs, Impacts, Mask
from galaxy.search.engines.kept import Kept
from galaxy.search.engines.ranking import Numbers, Token
from galaxy.search.engines.tables import Connections, Named, Tables

KEPT_POSTINGS = 2_000_000
CACHED_PHRASES = 500
MOST_NEW = 200
"""Rows of which the postings are held beside those of the older ones; more than that, and all are asked for again."""

Posting = tuple[Docs, Impacts]


class Postings:
    """The postings of the rows before `upto`, as far as they were asked for; shared by all states that have these."""

    def __init__(self, tables: Tables, upto: int) -> None:
        self.tables, self.upto = tables, upto
        self.adjacent: dict[tuple[str, ...], Docs] = {}
        """For tokens those of the rows that hold them one after the other."""
        self._kept: Kept[Token, Posting] = Kept(KEPT_POSTINGS)

    def fetch(self, connections: Connections, tokens: Collection[Token]) -> dict[Token, Posting]:
        """All of these, those not known yet by one statement."""
        known = {token: found for token in tokens if (found := self._kept.get(token)) is not None}
        if missing := [token for token in tokens if token not in known]:
            with connections() as connection:
                read = self._read(connection, missing)
            known |= read
            for token, posting in read.items():
                self._kept.put(token, posting, len(posting[0]))
        return known

    def _read(self, connection: Connection[Any], tokens: Sequence[Token]) -> dict[Token, Posting]:
        wanted = [(token, step) for token in tokens for step in lexemes.steps_of(token[0])]
        found = connection.cursor(binary=True).execute(
            self.tables.sql(
                "SELECT asked.at::int4, (SELECT array_agg(number) FROM {entry} WHERE tokens @@ asked.lexeme) "
                "FROM unnest(%s::text[]::tsquery[]) WITH ORDINALITY AS asked (lexeme, at)"
            ),
            [[lexemes.quoted(field, step, token) for (field, token), step in wanted]],
        )
        parts: dict[Token, list[Posting]] = {}
        for at, numbers in found:
            if numbers is not None:
                token, step = wanted[at - 1]
                parts.setdefault(token, []).append((numbers, np.full(len(numbers), STEPS[step])))
        return {token: self._whole(parts.get(token, [])) for token in tokens}

    def _whole(self, parts: list[Posting]) -> Posting:
        if not parts:
            return NONE
        docs, impacts = _in_order(parts)
        known = int(np.searchsorted(docs, self.upto))
        return docs[:known], impacts[:known]


class Rows:
    """All rows up to one change of the index; the number of a row is its document's."""

    def __init__(self, connections: Connections, named: Named, before: "Rows | None" = None) -> None:
        self.named, self._tables = named, named.tables
        self.name = f"{named.number}.{named.change}"
        self.size = named.last
        self.completed: dict[tuple[str, int], Mapping[str, int]] = {}
        self._connections = connections
        self._since = before.size if before else 0
        with connections() as connection:
            self._read_columns(connection, before)
            self._facets: Mapping[str, Docs] = self._read_facets(connection, before._facets if before else {})
            self._read_postings(connection, before)
        if int(self.alive.sum()) != named.documents:
            raise IndexBroken("rows of the index are missing")

    def carrying(self, code: str) -> Docs:
        """The documents that carry "facet:code"."""
        return self._facets.get(code, NONE[0])

    def counts(self, found: Mask, facets: Sequence[str]) -> Counts:
        """How many of these documents carry each code of these facets, if any."""
        return self._codes.counts(found, facets)

    @cached_property
    def _codes(self) -> Codes:
        return Codes(self.size, self._facets, self.carrying)

    def fetch(self, tokens: Iterable[Token]) -> None:
        """Get the postings of all these by one statement."""
        if wanted := set(tokens):
            self._postings.fetch(self._connections, wanted)

    def postings(self, field: str, token: str) -> Posting:
        """The documents that hold a token, and what it says in each."""
        docs, impacts = self._postings.fetch(self._connections, [(field, token)])[field, token]
        if (new := self._new.get((field, token))) is not None:
            return np.concatenate([docs, new[0]]), np.concatenate([impacts, new[1]])
        return docs, impacts

    def times(self, tokens: Sequence[str]) -> list[int]:
        """In how many living documents each token stands."""
        asked = self._tables.sql("SELECT word, times FROM {words} WHERE word = ANY(%s)")
        with self._connections() as connection:
            known = dict(connection.execute(asked, [list(tokens)]).fetchall())
        return [known.get(token, 0) for token in tokens]

    def adjacent(self, tokens: Sequence[str], among: Docs) -> Docs:
        """Those of these documents, which hold all the tokens, where they stand one after the other."""
        old, new = np.split(among, np.searchsorted(among, [self._postings.upto]))
        known = self._postings.adjacent
        if (found := known.get(tuple(tokens))) is None:
            found = self._adjacent(tokens, old)
            if len(known) >= CACHED_PHRASES:
                known.clear()
            known[tuple(tokens)] = found
        return np.concatenate([found, self._adjacent(tokens, new)])

    def _adjacent(self, tokens: Sequence[str], among: Docs) -> Docs:
        if not len(among):
            return NONE[0]
        asked = self._tables.sql(
            "SELECT array_agg(number) FROM (SELECT number, tokens FROM {entry} WHERE number = ANY(%s) OFFSET 0) AS few "
            "WHERE tokens @@ %s::tsquery"
        )
        with self._connections() as connection:
            found = _packed(connection, asked, [among.tolist(), lexemes.phrase(tokens)])
        return np.sort(found)

    def _read_columns(self, connection: Connection[Any], before: "Rows | None") -> None:
        asked = self._tables.sql(
            "COPY (SELECT number, id, published, confirmed, title FROM {card} WHERE number >= %s AND number < %s "
            "ORDER BY number) TO STDOUT (FORMAT BINARY)"
        )
        with connection.cursor().copy(asked, [self._since, self.size]) as rows:
            read = b"".join(rows)
        cards = np.frombuffer(read[len(lexemes.HEADER) : -len(lexemes.TRAILER)], dtype=lexemes.CARD)
        at = cards["number"].astype(np.int64) - self._since

        def column(name: str, values: Any, kind: Any) -> NDArray[Any]:
            new = np.zeros(self.size - self._since, dtype=kind)
            new[at] = values
            return np.concatenate([getattr(before, name), new]) if before else new

        self.ids: Numbers = column("ids", cards["id"], np.int64)
        self.published: Numbers = column("published", cards["published"], np.int64)
        self.confirmed: Numbers = column("confirmed", cards["confirmed"], np.int64)
        self.order: NDArray[np.bytes_] = column("order", cards["order"], cards.dtype["order"])
        self.alive: Mask = column("alive", True, bool)
        asked = self._tables.sql("SELECT array_agg(number) FROM {gone} WHERE change > %s AND change <= %s")
        self.alive[_packed(connection, asked, [before.named.change if before else -1, self.named.change])] = False

    def _read_facets(self, connection: Connection[Any], before: Mapping[str, Docs]) -> dict[str, Docs]:
        found = connection.cursor(binary=True).execute(
            self._tables.sql(
                "SELECT code, array_agg(number ORDER BY number) FROM {card}, unnest(facets) AS code "
                "WHERE number >= %s AND number < %s GROUP BY code"
            ),
            [self._since, self.size],
        )
        new = {code: np.concatenate([before[code], docs]) if code in before else docs for code, docs in found}
        return {**before, **new}

    def _read_postings(self, connection: Connection[Any], before: "Rows | None") -> None:
        """Hold all postings of a few new rows; where they are many, let all be asked for."""
        self._postings: Postings = before._postings if before else Postings(self._tables, self.size)
        self._new: dict[Token, Posting] = dict(before._new) if before else {}
        if self.size - self._postings.upto > MOST_NEW:
            self._postings, self._new = Postings(self._tables, self.size), {}
        if self.size == self._postings.upto:
            return
        found = connection.cursor(binary=True).execute(
            self._tables.sql(
                "SELECT lexeme, array_agg(number) FROM {entry}, unnest(tsvector_to_array(tokens)) AS lexeme "
                "WHERE number >= %s AND number < %s GROUP BY lexeme"
            ),
            [self._since, self.size],
        )
        parts: dict[Token, list[Posting]] = {}
        for lexeme, docs in found:
            field, token, impact = lexemes.parse(lexeme)
            parts.setdefault((field, token), []).append((docs, np.full(len(docs), impact, dtype=np.float32)))
        for known, some in parts.items():
            self._new[known] = _in_order([*([self._new[known]] if known in self._new else []), *some])


class Packed(Loader):
    """Reads an array of small numbers as numpy does."""

    format = Format.BINARY

    def load(self, data: Any) -> Docs:
        if len(data) <= 12:
            return NONE[0]
        return np.frombuffer(data, dtype=">i4", offset=20).reshape(-1, 2)[:, 1].astype(np.int32)


def _packed(connection: Connection[Any], asked: Composed, values: Sequence[Any]) -> Docs:
    """The one array that a statement gives."""
    ((found,),) = connection.cursor(binary=True).execute(asked, values).fetchall()
    return NONE[0] if found is None else found


def _in_order(parts: Sequence[Posting]) -> Posting:
    docs, impacts = np.concatenate([docs for docs, _ in parts]), np.concatenate([impacts for _, impacts in parts])
    order = np.argsort(docs, kind="stable")
    return docs[order], impacts[order]
