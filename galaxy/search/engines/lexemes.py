"""How a document is written for PostgreSQL: a lexeme for each token of each field, which tells the step of its impact.

"pfwater" says that `plain` holds "water" at step f (the sixth), so that the GIN index alone answers who holds a token
and what it says there; the lexemes of `plain` carry places too. Rows go in as `COPY … (FORMAT BINARY)` takes them,
which needs no quoting, and PostgreSQL's own parser of texts never sees any.
"""

import struct
from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from galaxy.search.engines import Document
from galaxy.search.engines.impacts import STEPS, steps
from galaxy.search.engines.postings import MOST_PLACES
from galaxy.search.engines.segments import ORDER_BYTES

LETTERS = "abcdefghijkl"
assert len(LETTERS) == len(STEPS)
MOST_BYTES = 900_000
"""Of one document's lexemes; PostgreSQL takes a megabyte. Only texts made to be huge have more."""
HEADER, TRAILER = b"PGCOPY\n\xff\r\n\0" + bytes(8), struct.pack(">h", -1)
_TEXT = 25
CARD = np.dtype(
    [("columns", ">i2"), ("_1", ">i4"), ("number", ">i4")]
    + [each for name in ("id", "published", "confirmed") for each in ((f"_{name}", ">i4"), (name, ">i8"))]
    + [("_2", ">i4"), ("order", f"S{ORDER_BYTES}")]
)
"""A row of number, id, two dates and title, as COPY gives it."""


def entry(number: int, document: Document) -> bytes:
    """The row of a document in the table of tokens."""
    return _row(struct.pack(">i", number), tsvector(document))


def card(number: int, document: Document) -> bytes:
    """The row of a document in the table of columns and codes."""
    order = document.order.encode("utf-8", "replace")[:ORDER_BYTES].ljust(ORDER_BYTES, b"\0")
    facets = [facet.replace("\0", "").encode("utf-8", "replace") for facet in document.facets]
    array = struct.pack(">iii", int(bool(facets)), 0, _TEXT)
    array += struct.pack(">ii", len(facets), 1) if facets else b""
    array += b"".join(struct.pack(">i", len(facet)) + facet for facet in facets)
    numbers = (struct.pack(">q", value) for value in (document.id, document.published, document.confirmed))
    return _row(struct.pack(">i", number), *numbers, order, array)


def tsvector(document: Document) -> bytes:
    """The tokens of a document as PostgreSQL receives a tsvector."""
    written = [lexeme for letter in FIELDS for lexeme in _lexemes(letter, document)]
    room = MOST_BYTES
    for at, lexeme in enumerate(written):
        if (room := room - len(lexeme)) < 0:
            written = written[:at]
            break
    return struct.pack(">i", len(written)) + b"".join(written)


def parse(lexeme: str) -> tuple[str, str, float]:
    """The field, the token and the impact that a lexeme tells."""
    return FIELDS[lexeme[0]], lexeme[2:], float(STEPS[LETTERS.index(lexeme[1])])


def quoted(field: str, step: int, token: str) -> str:
    """A lexeme as one stands in a tsquery."""
    return "'" + (field[0] + LETTERS[step] + token).replace("\\", "\\\\").replace("'", "''") + "'"


def steps_of(field: str) -> range:
    """The steps at which tokens of a field may stand; of a name only one is kept."""
    return range(1 if field == "names" else len(STEPS))


def phrase(tokens: Iterable[str]) -> str:
    """A tsquery for tokens that stand one after the other in `plain`, at whatever step each."""
    return " <-> ".join(
        "(" + "|".join(quoted("plain", step, token) for step in range(len(STEPS))) + ")" for token in tokens
    )


FIELDS = {"p": "plain", "h": "head", "s": "stem", "n": "names"}


def _lexemes(letter: str, document: Document) -> Iterator[bytes]:
    tokens = {"p": document.plain, "h": document.head, "s": document.stem, "n": document.names}[letter]
    if not tokens:
        return
    if letter == "n":
        yield from (f"n{LETTERS[0]}{token}\0\0\0".encode() for token in dict.fromkeys(tokens))
        return
    times = Counter(tokens)
    length = len(document.head if letter == "h" else document.plain)
    at = steps(FIELDS[letter], np.fromiter(times.values(), dtype=np.int64, count=len(times)), length).tolist()
    if letter == "p":
        places: dict[str, list[int]] = {}
        for place, token in enumerate(tokens, 1):
            places.setdefault(token, []).append(place)
        for token, step in zip(times, at, strict=True):
            some = places[token][:MOST_PLACES]
            yield f"p{LETTERS[step]}{token}\0".encode() + struct.pack(f">{len(some) + 1}H", len(some), *some)
    else:
        for token, step in zip(times, at, strict=True):
            yield f"{letter}{LETTERS[step]}{token}\0\0\0".encode()


def _row(*fields: bytes) -> bytes:
    return struct.pack(">h", len(fields)) + b"".join(struct.pack(">i", len(field)) + field for field in fields)
