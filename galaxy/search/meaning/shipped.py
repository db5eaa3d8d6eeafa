"""Vectors that come with texts, in a file for each model, so that nobody waits for what was made once before."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import structlog
from sqlalchemy import delete, insert, select

from galaxy.content.models import Entry
from galaxy.core.db import db, now
from galaxy.search import index
from galaxy.search.meaning import coverage, passages
from galaxy.search.meaning.embedders import Embedder, Floats
from galaxy.search.meaning.matrices import quantised
from galaxy.search.meaning.nearness import meaning
from galaxy.search.meaning.table import AT_ONCE, packed, unpacked
from galaxy.search.models import Vectors

log = structlog.get_logger()


def load(folder: Path) -> int:
    """Give waiting entries the vectors that came with their very texts; tells how many found theirs.

    They are looked up by what the model would be given, so that vectors of older texts are passed over.
    """
    held = {model: found for model in meaning().models if (found := dict(_read(_file(folder, model))))}
    waiting = {model: set(db.session.scalars(coverage.waiting(model))) for model in held}
    ids = sorted(set[int]().union(*waiting.values()))
    count = 0
    for at in range(0, len(ids), AT_ONCE):
        given = {
            entry.id: passages.given(entry.text_for_search())
            for entry in index.published(Entry.id.in_(ids[at : at + AT_ONCE]))
        }
        for model, found in held.items():
            texts = {entry_id: some for entry_id, some in given.items() if entry_id in waiting[model]}
            count += _give(model, found, texts)
    return count


def _give(model: Embedder, held: Mapping[str, Floats], given: Mapping[int, Sequence[str]]) -> int:
    """Put the vectors that are held of these entries' texts into the table, in place of older ones."""
    digests = {entry_id: passages.digest(texts[: model.most], model.most) for entry_id, texts in given.items()}
    rows = [
        {"entry_id": entry_id, "model": model.name, "digest": digest, "data": packed(held[digest]), "made_at": now()}
        for entry_id, digest in digests.items()
        if digest in held
    ]
    if rows:
        theirs = Vectors.entry_id.in_([row["entry_id"] for row in rows])
        db.session.execute(delete(Vectors).where(Vectors.model == model.name, theirs))
        db.session.execute(insert(Vectors), rows)
    return len(rows)


def write(folder: Path) -> int:
    """Write the vectors of the demonstration's entries into a file for each model, the same each time."""
    return sum(_write(model, folder) for model in meaning().models)


def _write(model: Embedder, folder: Path) -> int:
    asked = select(Vectors.digest, Vectors.data).join(Entry, Entry.id == Vectors.entry_id)
    rows = db.session.execute(asked.where(Vectors.model == model.name, Entry.demo)).all()
    held = {digest: unpacked(data, model.dimensions) for digest, data in rows if digest and data}
    if not held:
        return 0
    digests = sorted(held)
    vectors, scales = quantised(np.concatenate([held[digest] for digest in digests]))
    np.savez(
        _file(folder, model),
        digests=np.array(digests),
        counts=np.array([len(held[digest]) for digest in digests], dtype=np.uint8),
        vectors=vectors,
        scales=scales.astype(np.float16),
    )
    return len(digests)


def _read(file: Path) -> Iterable[tuple[str, Floats]]:
    """The digests and vectors in a file; none where there is no file, or none that can be read."""
    if not file.exists():
        return ()
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as held:
            vectors = held["vectors"].astype(np.float32) * held["scales"].astype(np.float32)[:, None]
            ends = np.cumsum(held["counts"], dtype=np.int64)
            return zip(held["digests"].tolist(), np.split(vectors, ends[:-1]), strict=True)
    except (OSError, EOFError, ValueError, LookupError, BadZipFile) as reason:
        log.warning("shipped vectors not read", file=file.name, reason=str(reason))
        return ()


def _file(folder: Path, model: Embedder) -> Path:
    return folder / f"vectors-{re.sub('[^a-z0-9.]+', '-', model.name.lower())}.npz"
