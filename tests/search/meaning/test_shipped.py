"""Vectors that come with the demonstration are given to the very texts they were made of."""

import pytest
from sqlalchemy import delete, select

from galaxy.core.db import db
from galaxy.pages import demo
from galaxy.search import index
from galaxy.search.meaning import embedders, shipped
from galaxy.search.models import Vectors
from tests.factories import a_solution
from tests.search.meaning.conftest import with_models
from tests.search.meaning.test_making import Letters, rows


@pytest.fixture
def letters(app):
    model = Letters()
    before = with_models(app, [model])
    yield model
    app.extensions["meaning"] = before


def test_what_was_written_is_given_to_the_same_texts_only(letters, work, tmp_path):
    kept, changed, own = (
        a_solution(title="Kept", demo=True),
        a_solution(title="Old", demo=True),
        a_solution(title="Own"),
    )
    work()
    assert shipped.write(tmp_path) == 2
    first = [path.read_bytes() for path in sorted(tmp_path.iterdir())]
    shipped.write(tmp_path)
    assert [path.read_bytes() for path in sorted(tmp_path.iterdir())] == first
    before = db.session.get(Vectors, (kept.id, "letters 1")).data
    changed.title = "New"
    db.session.execute(delete(Vectors))
    db.session.commit()
    read = len(letters.read)

    assert shipped.load(tmp_path) == 1
    db.session.commit()

    assert list(rows()) == [kept.id]
    assert len(db.session.get(Vectors, (kept.id, "letters 1")).data) == len(before)
    assert len(letters.read) == read
    work()
    assert sorted(rows()) == sorted([kept.id, changed.id, own.id])
    assert not any("Kept" in text for text in letters.read[read:])


@pytest.mark.parametrize("harm", [b"", b"PK\x03\x04 nonsense", b"x" * 1000])
def test_a_damaged_file_is_passed_over(letters, work, tmp_path, harm):
    a_solution(demo=True)
    work()
    shipped.write(tmp_path)
    next(tmp_path.iterdir()).write_bytes(harm)
    db.session.execute(delete(Vectors))
    db.session.commit()

    assert shipped.load(tmp_path) == 0


def test_the_demonstration_comes_with_its_vectors(app):
    """All but what tells of days that follow the day it is loaded."""
    if app.config["DATABASE_URL"].startswith("postgresql"):
        return
    before = with_models(app, embedders.local())
    try:
        demo.load()
        waiting = index.status()["vectors_pending"]
        made = set(db.session.scalars(select(Vectors.model).distinct()))
    finally:
        app.extensions["meaning"] = before
    assert made == {model.name for model in embedders.local()}
    assert waiting <= 20
