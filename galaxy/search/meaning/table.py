"""The table of vectors, which is the truth: how they stand in it, and how they are read again."""

from collections.abc import Iterator, Sequence

import numpy as np
from sqlalchemy import select

from galaxy.core.db import db
from galaxy.search.meaning.embedders import Floats
from galaxy.search.models import Vectors

AT_ONCE = 500


def read(model: str, ids: Sequence[int], dimensions: int) -> Iterator[tuple[int, tuple[float, Floats]]]:
    """The vectors of these entries in the table: id, when made, one vector a row."""
    for at in range(0, len(ids), AT_ONCE):
        asked = select(Vectors.entry_id, Vectors.made_at, Vectors.data)
        some = asked.where(Vectors.model == model, Vectors.entry_id.in_(ids[at : at + AT_ONCE]))
        for entry_id, made_at, data in db.session.execute(some):
            if len(vectors := unpacked(data, dimensions)):
                yield entry_id, (made_at.timestamp(), vectors)


def packed(vectors: Floats) -> bytes:
    """Vectors as the table keeps them."""
    return vectors.astype(np.float16).tobytes()


def unpacked(data: bytes, dimensions: int) -> Floats:
    """Vectors as the table keeps them, one a row again; none where these are not of so many dimensions."""
    size = 2 * dimensions
    whole = len(data) // size if size and len(data) % size == 0 else 0
    return np.frombuffer(data, dtype=np.float16, count=whole * dimensions).reshape(whole, dimensions).astype(np.float32)
