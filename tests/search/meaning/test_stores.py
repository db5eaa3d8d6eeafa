"""Each store says the same of the same vectors, and follows the table."""

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete, text

from galaxy.core.db import db, now
from galaxy.search.meaning import mapped
from galaxy.search.meaning.mapped import Mapped
from galaxy.search.meaning.matrices import Matrix
from galaxy.search.meaning.nearness import store_for
from galaxy.search.meaning.pgvector import table_of
from galaxy.search.meaning.table import packed
from galaxy.search.models import Vectors
from tests.factories import a_solution
from tests.search.meaning.conftest import look_again

MODEL, DIMENSIONS = "random 1", 64


class Random:
    name, dimensions, most = MODEL, DIMENSIONS, 3


def units(count: int, seed: int, dimensions: int = DIMENSIONS) -> np.ndarray:
    found = np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def put(entry_id: int, vectors: np.ndarray) -> None:
    db.session.merge(Vectors(entry_id=entry_id, model=MODEL, digest="", data=packed(vectors), made_at=now()))


@pytest.fixture
def thirty(app):
    """Thirty entries with one to three vectors each."""
    ids = [a_solution().id for _ in range(30)]
    vectors = {entry_id: units(1 + entry_id % 3, entry_id) for entry_id in ids}
    for entry_id, some in vectors.items():
        put(entry_id, some)
    db.session.commit()
    return vectors


@pytest.fixture
def store(app, thirty):
    """The store of this database, looked after as the worker does."""
    found = store_for(app)
    found.look_after([Random()])
    return found


@pytest.fixture
def files(app, thirty):
    found = Mapped(Path(app.instance_path) / "vectors")
    found.make(MODEL, DIMENSIONS, [MODEL])
    return found


def by_hand(vectors, question, most=10):
    best = {entry_id: float((some @ question).max()) for entry_id, some in vectors.items()}
    return sorted(best, key=best.get, reverse=True)[:most]


QUESTION = units(1, 7)[0]


@pytest.mark.parametrize("kind", ["store", "files"])
def test_a_store_says_what_an_exact_search_says(kind, request, thirty):
    store = request.getfixturevalue(kind)

    assert list(store.nearest(MODEL, QUESTION, 10)) == by_hand(thirty, QUESTION)
    told = store.similar(MODEL, QUESTION, [*list(thirty)[:5], 999_999])
    assert sorted(told) == sorted(thirty)[:5]
    for entry_id, similar in told.items():
        cosines = thirty[entry_id] @ QUESTION
        assert similar.whole == pytest.approx(float(cosines[0]), abs=0.004)
        assert similar.best == pytest.approx(float(cosines.max()), abs=0.004)
        assert similar.passage == int(cosines.argmax())
    best = np.array([(some @ QUESTION).max() for some in thirty.values()])
    assert store.usual(MODEL, QUESTION) == pytest.approx((best.mean(), best.std(), len(best)), abs=0.004)


@pytest.mark.parametrize("kind", ["store", "files"])
def test_a_store_follows_the_table(kind, request, thirty):
    store = request.getfixturevalue(kind)
    store.nearest(MODEL, QUESTION, 10)
    first, second, third = by_hand(thirty, QUESTION, 3)
    put(first, -QUESTION[None])  # now the farthest
    db.session.execute(delete(Vectors).where(Vectors.entry_id == second))
    added = a_solution().id
    put(added, QUESTION[None])
    db.session.commit()
    store.changed(removed=True)
    look_again(store)

    nearest = list(store.nearest(MODEL, QUESTION, 40))

    assert nearest[:2] == [added, third]
    assert nearest[-1] == first
    assert second not in nearest
    assert len(nearest) == 30


def test_a_fresh_store_without_files_answers_from_the_table(app, thirty):
    store = Mapped(Path(app.instance_path) / "vectors")

    assert list(store.nearest(MODEL, QUESTION, 10)) == by_hand(thirty, QUESTION)
    assert not store.folder.exists()


@pytest.mark.parametrize("harm", ["lost", "empty", "short", "nonsense", "unnamed"])
def test_a_damaged_generation_is_made_again_and_the_table_answers_meanwhile(app, files, thirty, harm, monkeypatch):
    folder = next(path for path in files.folder.iterdir() if path.is_dir())
    rows = folder / "rows.npy"
    if harm == "lost":
        shutil.rmtree(folder)
    elif harm == "empty":
        rows.write_bytes(b"")
    elif harm == "short":
        rows.write_bytes(rows.read_bytes()[:-100])
    elif harm == "nonsense":
        rows.write_bytes(b"x" * 1_000)
    else:
        (files.folder / "current").write_text("[]{")
    monkeypatch.setattr(mapped, "WORTH_A_FILE", 10)
    another = Mapped(files.folder)

    assert list(another.nearest(MODEL, QUESTION, 10)) == by_hand(thirty, QUESTION)
    assert another.view(MODEL, DIMENSIONS).base is None
    another.look_after([Random()])
    assert list(another.nearest(MODEL, QUESTION, 10)) == by_hand(thirty, QUESTION)
    assert len(another.view(MODEL, DIMENSIONS).base.ids) == 30
    assert len([path for path in files.folder.iterdir() if path.is_dir()]) == 1


def test_a_generation_is_made_when_much_is_newer_and_not_before(app, thirty, monkeypatch):
    store = Mapped(Path(app.instance_path) / "vectors")
    store.look_after([Random()])
    assert store.view(MODEL, DIMENSIONS).base is None

    monkeypatch.setattr(mapped, "WORTH_A_FILE", 10)
    store.look_after([Random()])
    assert len(store.view(MODEL, DIMENSIONS).base.ids) == 30
    before = store._current()
    store.look_after([Random()])
    assert store._current() == before


@pytest.mark.parametrize("leaning", [0, 2], ids=["around nothing", "to one side"])
@pytest.mark.parametrize("filed", [False, True], ids=["in memory", "in files"])
def test_the_cuts_keep_what_is_near(tmp_path, leaning, filed):
    """Among ten thousand entries the nearest ten are found, also where all vectors lie close together, as e5's do."""
    subjects = units(24, 4, 256)
    vectors = units(10_000, 1, 24) @ subjects + leaning * units(1, 2, 256)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    matrix = Matrix.of(range(10_000), [0.0] * 10_000, [row[None] for row in vectors], None)
    question = vectors[17] + 0.5 * (units(1, 3, 24) @ subjects)[0]
    question /= np.linalg.norm(question)

    found = (kept(matrix, tmp_path) if filed else matrix).nearest(question, 10)

    told = sorted((one.best for one in found.values()), reverse=True)
    assert told == pytest.approx(sorted(vectors @ question, reverse=True)[:10], abs=0.004)


def kept(matrix, folder):
    """The same matrix in files."""
    for name in ("ids", "made", "starts", "scales", "axis"):
        np.save(folder / f"{name}.npy", getattr(matrix, name))
    for name, array in matrix.coded._asdict().items():
        np.save(folder / f"{name}.npy", array)
    np.save(folder / "rows.npy", matrix.rows.rows)
    return Matrix.mapped(folder)


def test_postgresql_without_pgvector_compares_in_files_and_says_what_to_do(app, thirty):
    store = store_for(app)
    if db.engine.dialect.name == "sqlite":
        assert store.trouble() == ""
        return
    db.session.execute(text("DROP EXTENSION IF EXISTS vector CASCADE"))
    db.session.commit()
    try:
        assert "CREATE EXTENSION vector" in store.trouble()
        assert list(store.nearest(MODEL, QUESTION, 10)) == by_hand(thirty, QUESTION)
    finally:
        db.session.rollback()
        store.look_after([Random()])
    assert store.trouble() == ""
    assert list(store.nearest(MODEL, QUESTION, 10)) == by_hand(thirty, QUESTION)


def test_a_table_that_is_dropped_is_made_again(app, store, thirty):
    if db.engine.dialect.name == "sqlite":
        return
    assert list(store.nearest(MODEL, QUESTION, 10)) == by_hand(thirty, QUESTION)
    db.session.execute(text(f"DROP TABLE {table_of(MODEL)}"))
    db.session.commit()
    assert list(store.nearest(MODEL, QUESTION, 10)) == by_hand(thirty, QUESTION)  # by files
    assert not store.is_ready(MODEL)
    store.look_after([Random()])
    assert store.is_ready(MODEL)
    assert list(store.nearest(MODEL, QUESTION, 10)) == by_hand(thirty, QUESTION)


def test_readers_see_whole_generations_while_others_are_made(app, files, thirty):
    expected, wrong, stop = by_hand(thirty, QUESTION), [], threading.Event()

    def read() -> None:
        with app.app_context():
            while not stop.is_set():
                look_again(files)
                found = list(files.nearest(MODEL, QUESTION, 10))
                db.session.rollback()
                if found != expected:
                    wrong.append(found)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(10):
        files.make(MODEL, DIMENSIONS, [MODEL])
    stop.set()
    for reader in readers:
        reader.join()

    assert wrong == []
    assert len([path for path in files.folder.iterdir() if path.is_dir()]) == 1
