"""The embedded store: matrices in files that all processes of a machine map, and what is newer in memory.

A generation is a folder of plain arrays, named in the file `current`; the worker makes another beside it when much is
newer, and then changes that name. What was written since is read from the table by each process, at most once a
second and only when the worker has said so. Without any file the table answers, as far as it fits into memory.
"""

import fcntl
import json
import re
import shutil
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock

import numpy as np
import structlog
from numpy.typing import NDArray
from sqlalchemy import func, select

from galaxy.core.db import db, reading
from galaxy.search.meaning.embedders import Embedder, Floats
from galaxy.search.meaning.matrices import Matrix, Sample, Similar, axis_of, chosen, coded, quantised, words_for
from galaxy.search.meaning.table import AT_ONCE, read
from galaxy.search.models import Vectors

LOOK_EVERY = 1.0
LOOK_ANYHOW = 60.0
"""Seconds after which the table is asked although nobody said that it has changed."""
OVERLAP = 120.0
"""Seconds for which what is committed late may be older than what was seen before it."""
MOST_FRESH = 3_000
"""Entries held in memory beside a generation."""
WORTH_A_FILE = 500

log = structlog.get_logger()


@dataclass(frozen=True)
class View:
    """What one model's vectors were at a moment: a generation without what is no longer so, and what is newer."""

    base: Matrix | None
    fresh: Mapping[int, tuple[float, NDArray[np.float16]]] = field(default_factory=dict)
    """When each was made, and its vectors as the table keeps them: half of what they take to be compared."""
    gone: frozenset[int] = frozenset()

    @cached_property
    def parts(self) -> list[Matrix]:
        """The matrices to be asked."""
        ids = sorted(self.fresh)
        axis = self.base.axis if self.base is not None else None
        newer = Matrix.of(ids, [self.fresh[i][0] for i in ids], [self.fresh[i][1] for i in ids], axis)
        older = [self.base.without(self.base.places({*ids, *self.gone}))] if self.base is not None else []
        return [part for part in (*older, newer) if part.entries]

    @property
    def entries(self) -> int:
        """How many entries it knows."""
        return sum(part.entries for part in self.parts)

    @cached_property
    def samples(self) -> list[Sample]:
        """The vectors of some entries, always the same, from each of the matrices."""
        if not self.parts:
            return []
        ids = chosen(np.concatenate([part.shown for part in self.parts])).tolist()
        placed = [(part, part.places(ids)) for part in self.parts]
        return [part.sample(places) for part, places in placed if len(places)]

    def made(self, ids: Collection[int]) -> dict[int, float]:
        """When the vectors of those of these entries that it knows were made."""
        held: dict[int, float] = {}
        if self.base is not None:
            places = self.base.places(ids)
            held = dict(zip(self.base.ids[places].tolist(), self.base.made[places].tolist(), strict=True))
        return held | {entry_id: self.fresh[entry_id][0] for entry_id in ids if entry_id in self.fresh}

    @property
    def known(self) -> frozenset[int]:
        """The ids of the generation's entries."""
        return frozenset(self.base.ids.tolist() if self.base is not None else ())

    @cached_property
    def newest(self) -> float:
        """When the newest of them were made; 0 where there are none."""
        older = float(self.base.made.max()) if self.base is not None and len(self.base.made) else 0.0
        return max([older, *(made for made, _ in self.fresh.values())])


class Mapped:
    """Vectors in a folder that all processes of this machine share."""

    name = "mapped"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = Lock()
        self._views: dict[str, View] = {}
        self._signs: dict[str, tuple[str, int, int]] = {}
        self._counts: dict[str, tuple[int, datetime | None]] = {}
        self._looked: dict[str, float] = {}
        self._asked: dict[str, float] = {}

    # What is asked

    def nearest(self, model: str, question: Floats, most: int) -> Mapping[int, Similar]:
        """How near so many entries are, that with the best passage first."""
        found: dict[int, Similar] = {}
        for part in self.view(model, len(question)).parts:
            found |= part.nearest(question, most)
        best = sorted(found.items(), key=lambda one: (one[1].best, one[0]), reverse=True)
        return dict(best[:most])

    def similar(self, model: str, question: Floats, ids: Collection[int]) -> Mapping[int, Similar]:
        """How near these entries are to a question; those without a vector are absent."""
        found: dict[int, Similar] = {}
        for part in self.view(model, len(question)).parts:
            found |= part.similar(question, part.places(ids))
        return found

    def usual(self, model: str, question: Floats) -> tuple[float, float, int]:
        """Mean and deviation of the best passage's cosine over a sample of all entries, and how many these are."""
        if not (samples := self.view(model, len(question)).samples):
            return 0.0, 1.0, 0
        best = np.concatenate([sample.best(question) for sample in samples])
        return float(best.mean()), float(best.std()) or 1.0, len(best)

    def version(self, model: str, dimensions: int) -> str:
        """Changes whenever other vectors of a model are compared."""
        self.view(model, dimensions)
        return repr(self._signs.get(model))

    def trouble(self) -> str:
        """What an admin should do; empty where all is well."""
        return ""

    # What is held

    def view(self, model: str, dimensions: int) -> View:
        """What there is of a model, not older than a second or two."""
        held = self._views.get(model)
        if held is not None and time.monotonic() - self._looked.get(model, 0) < LOOK_EVERY:
            return held
        if not self._lock.acquire(blocking=held is None):
            return held or View(None)
        try:
            self._look(model, dimensions)
        finally:
            self._lock.release()
        return self._views[model]

    def _look(self, model: str, dimensions: int) -> None:
        sign, now = self._sign(model), time.monotonic()
        held = self._views.get(model)
        self._looked[model] = now
        before = self._signs.get(model)
        if held is not None and sign == before and now - self._asked[model] < LOOK_ANYHOW:
            return
        counted = self._counted(model)
        if held is not None and (sign, counted) == (before, self._counts.get(model)):
            self._asked[model] = now
            return
        if held is None or before is None or sign[0] != before[0]:
            held, before = View(self._mapped(sign[0])), None
        count_too = before is None or sign[2] != before[2] or counted[0] != self._counts[model][0]
        self._views[model] = self._renewed(model, dimensions, held, count_too)
        self._signs[model], self._counts[model], self._asked[model] = sign, counted, now

    def _counted(self, model: str) -> tuple[int, datetime | None]:
        """How many rows of a model the table has, and when any was last written: what indexes tell without a row."""
        count = db.session.scalar(select(func.count()).where(Vectors.model == model)) or 0
        return count, db.session.scalar(select(func.max(Vectors.made_at)))

    def _sign(self, model: str) -> tuple[str, int, int]:
        """The folder of the generation, and when the worker last wrote to the table, and removed from it."""
        return self._current().get(model, ""), _moment(self.folder / "changed"), _moment(self.folder / "removed")

    def _current(self) -> dict[str, str]:
        try:
            found = json.loads((self.folder / "current").read_bytes())
        except (OSError, ValueError):
            return {}
        return {str(model): str(name) for model, name in found.items()} if isinstance(found, dict) else {}

    def _mapped(self, name: str) -> Matrix | None:
        if not re.fullmatch(r"[\w-]+", name):
            return None
        try:
            return Matrix.mapped(self.folder / name)
        except (OSError, ValueError, EOFError) as reason:
            log.warning("vectors not whole", reason=str(reason))
            return None

    def _renewed(self, model: str, dimensions: int, held: View, count_too: bool) -> View:
        """The view with what the table has beside it."""
        since = select(Vectors.entry_id, Vectors.made_at).where(Vectors.model == model)
        if held.newest:
            since = since.where(Vectors.made_at > _instant(held.newest - OVERLAP))
        told = db.session.execute(since.order_by(Vectors.made_at.desc())).all()
        made = held.made([entry_id for entry_id, _ in told])
        newer = [entry_id for entry_id, at in told if made.get(entry_id) != at.timestamp()][:MOST_FRESH]
        read_now = read(model, newer, dimensions)
        found = {entry_id: (at, vectors.astype(np.float16)) for entry_id, (at, vectors) in read_now}
        fresh, gone = {**held.fresh, **found}, held.gone.union(newer)  # what a model cannot bear has a row with nothing
        if count_too:
            there = set(db.session.scalars(select(Vectors.entry_id).where(Vectors.model == model)))
            gone = (gone & there).union(held.known.difference(there), fresh.keys() - there)
        gone -= found.keys()
        if not newer and gone == held.gone:
            return held
        kept = {entry_id: one for entry_id, one in fresh.items() if entry_id not in gone}
        return View(held.base, kept, gone & held.known)

    # What the worker does

    def changed(self, removed: bool = False) -> None:
        """The worker has written to the table; with `removed`, some rows are gone."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("changed", "removed") if removed else ("changed",):
            (self.folder / name).write_text(str(time.time_ns()), encoding="ascii")

    def look_after(self, embedders: list[Embedder]) -> None:
        """Make a generation of each model of which much is newer than the last, or which has none that is whole."""
        for embedder in embedders:
            with reading():
                self._looked.pop(embedder.name, None)
                view = self.view(embedder.name, embedder.dimensions)
            older = len(view.base.ids) if view.base is not None else 0
            if len(view.fresh) > max(WORTH_A_FILE, older // 4) or len(view.gone) > max(WORTH_A_FILE, older // 4):
                self.make(embedder.name, embedder.dimensions, {each.name for each in embedders})
                self._looked.pop(embedder.name, None)

    def make(self, model: str, dimensions: int, kept: Collection[str]) -> None:
        """Make another generation of a model from the table, and let go of those of models that are not kept."""
        with self._alone() as alone, reading():
            if not alone:
                return
            told = select(Vectors.entry_id, Vectors.made_at, func.length(Vectors.data)).where(Vectors.model == model)
            rows = db.session.execute(told.order_by(Vectors.entry_id)).all()
            whole = [row for row in rows if row[2] and row[2] % (2 * dimensions) == 0]
            if not whole:
                return
            name = f"{re.sub('[^a-z0-9]+', '-', model.lower())}-{time.time_ns()}"
            (self.folder / name).mkdir(mode=0o700)
            _Writer(self.folder / name, dimensions).write(
                model, [(i, at.timestamp(), n // 2 // dimensions) for i, at, n in whole]
            )
            self._name({**self._current(), model: name}, kept)

    def _name(self, current: dict[str, str], kept: Collection[str]) -> None:
        current = {model: name for model, name in current.items() if model in kept}
        draft = self.folder / "current.new"
        draft.write_text(json.dumps(current), encoding="utf-8")
        draft.replace(self.folder / "current")
        for folder in self.folder.iterdir():
            if folder.is_dir() and folder.name not in current.values():
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether no other process makes a generation now."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True


class _Writer:
    """Writes a generation array by array, a few hundred entries at a time."""

    def __init__(self, folder: Path, dimensions: int) -> None:
        self.folder, self.dimensions = folder, dimensions

    def write(self, model: str, told: Sequence[tuple[int, float, int]]) -> None:
        """The entries told (id, when made, how many vectors), from the table; what changes meanwhile is found there."""
        ids = np.array([entry_id for entry_id, _, _ in told], dtype=np.int64)
        starts = np.concatenate([[0], np.cumsum([count for _, _, count in told])]).astype(np.int64)
        axis = self._axis(model, ids)
        count = int(starts[-1])
        rows, scales = (
            self._array("rows", np.int8, (count, self.dimensions)),
            self._array("scales", np.float32, (count,)),
        )
        signs = self._array("signs", np.uint64, (words_for(self.dimensions), count))
        along, lengths = (self._array(name, np.float32, (count,)) for name in ("along", "lengths"))
        for at in range(0, len(ids), AT_ONCE):
            found = dict(read(model, ids[at : at + AT_ONCE].tolist(), self.dimensions))
            for place, entry_id in enumerate(ids[at : at + AT_ONCE].tolist(), at):
                first, last = int(starts[place]), int(starts[place + 1])
                _, vectors = found.get(entry_id, (0.0, None))
                if vectors is not None and vectors.shape == (last - first, self.dimensions):
                    rows[first:last], scales[first:last] = quantised(vectors)
                    signs[:, first:last], along[first:last], lengths[first:last] = coded(vectors, axis)
        for name, array in (
            ("ids", ids),
            ("made", np.array([at for _, at, _ in told])),
            ("starts", starts),
            ("axis", axis),
        ):
            np.save(self.folder / f"{name}.npy", array)
        for mapped in (rows, scales, signs, along, lengths):
            mapped.flush()

    def _axis(self, model: str, ids: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
        some = [vectors for _, (_, vectors) in read(model, chosen(ids, 1_000).tolist(), self.dimensions)]
        return axis_of(np.concatenate(some) if some else np.empty((0, self.dimensions), dtype=np.float32))

    def _array(
        self, name: str, kind: type, shape: tuple[int, ...]
    ) -> "np.memmap[tuple[int, ...], np.dtype[np.generic]]":
        return np.lib.format.open_memmap(self.folder / f"{name}.npy", mode="w+", dtype=kind, shape=shape)


def _moment(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def _instant(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
