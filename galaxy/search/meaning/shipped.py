"""Vectors that come with texts, in a file for each model, so that nobody waits for what was made once before."""

import re
from collections.abc import Iterable
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import structlog
from sqlalchemy import select

from galaxy.content.models import Entry, SearchText
from galaxy.core.db import db
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
    rows = []
    for at in range(0, len(ids), AT_ONCE):
        for entry in index.published(Entry.id.in_(ids[at : at + AT_ONCE])):
            said = entry.text_for_search()
            for model, found in held.items():
                digest = _digest(said, model)
                if entry.id in waiting[model] and digest in found:
                    rows.append(Vectors(entry_id=entry.id, model=model.name, digest=digest, data=packed(found[digest])))
    for row in rows:
        db.session.merge(row)
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


def _digest(said: SearchText, model: Embedder) -> str:
    return passages.digest(passages.given(said, model.most), model.most)


def _file(folder: Path, model: Embedder) -> Path:
    return folder / f"vectors-{re.sub('[^a-z0-9.]+', '-', model.name.lower())}.npz"
