"""Vectors follow the table: made after publishing, made again for another text, taken up where they were left."""

import numpy as np
import pytest
from sqlalchemy import select

from galaxy.content.models import Entry, Status
from galaxy.core.db import db, now
from galaxy.core.jobs import Job, release, work
from galaxy.search import index
from galaxy.search.meaning import making
from galaxy.search.meaning.table import unpacked
from galaxy.search.models import Vectors
from tests.factories import a_solution
from tests.search.meaning.conftest import with_models


class Letters:
    """A model for tests of what is around models: counts letters; refuses a text that says so."""

    dimensions, most = 64, 3

    def __init__(self, version="1"):
        self.name = f"letters {version}"
        self.read = []

    def passages(self, texts):
        self.read += texts
        if any("unbearable" in text for text in texts):
            raise ValueError("No.")
        counts = np.array([[text.count(chr(33 + at)) for at in range(64)] for text in texts], dtype=np.float32) + 0.1
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)

    def question(self, text):
        return self.passages([text])[0]

    def trouble(self):
        return ""


@pytest.fixture
def letters(app):
    model = Letters()
    before = with_models(app, [model])
    yield model
    app.extensions["meaning"] = before


def rows(model: str = "letters 1") -> dict[int, int]:
    """How many vectors each entry has."""
    asked = select(Vectors.entry_id, Vectors.data).where(Vectors.model == model)
    return {entry_id: len(unpacked(data, 64)) for entry_id, data in db.session.execute(asked)}


def promised() -> list[str]:
    """The tasks of this room that are still to be done."""
    asked = select(Job.name).where(Job.name.startswith("search.meaning."))
    return list(db.session.scalars(asked.order_by(Job.id)))


def test_a_published_entry_gets_vectors_and_a_draft_none(letters):
    published = a_solution(title="Water pumps")
    a_solution(title="Not yet", status=Status.DRAFT)
    work()

    assert list(rows()) == [published.id]
    assert letters.read[0].startswith("Water pumps. ")


def test_a_changed_text_makes_new_vectors_and_the_same_text_none(letters):
    entry = a_solution(title="Water pumps")
    work()
    read = len(letters.read)
    making.look_at_entries([{"entry_id": entry.id}])
    work()
    assert len(letters.read) == read

    entry.title = "Wind pumps"
    db.session.commit()
    work()
    assert letters.read[read].startswith("Wind pumps. ")


def test_an_unpublished_entry_loses_its_vectors(letters):
    entry = a_solution()
    work()
    entry.status = Status.WITHDRAWN
    db.session.commit()
    work()

    assert rows() == {}


def test_a_text_that_the_model_cannot_bear_keeps_no_other_from_its_vectors(letters):
    bad, good = a_solution(title="Bad", summary="unbearable"), a_solution(title="Good")
    work()

    assert rows()[bad.id] == 0
    assert rows()[good.id] > 0
    assert index.status()["vectors_pending"] == 0


def test_what_a_killed_worker_left_is_gone_on_with(letters, monkeypatch):
    monkeypatch.setattr(making, "TOGETHER", 1)
    for number in range(3):
        a_solution(title=f"Solution {number}")
    made = []
    usual = letters.passages
    letters.passages = lambda texts: made.append(texts) or (usual(texts) if len(made) < 2 else _killed())
    with pytest.raises(KeyboardInterrupt):
        work()
    db.session.rollback()
    assert len(rows()) == 1  # the batch before was committed
    assert index.status()["vectors_pending"] == 2

    letters.passages = usual
    read = len(letters.read)
    release()  # as a worker does when it starts
    work()

    assert len(rows()) == 3
    again = {text.split(".")[0] for text in letters.read[read:]}
    assert len(again) == 2  # and not the one that was made
    assert promised() == []


def _killed():
    raise KeyboardInterrupt


def test_make_vectors_leaves_the_rest_for_another_turn(letters, monkeypatch):
    monkeypatch.setattr(making, "SECONDS", 0)
    monkeypatch.setattr(making, "TOGETHER", 1)
    for _ in range(3):
        a_solution()
    work()
    assert len(rows()) == 3  # turn by turn

    db.session.execute(Vectors.__table__.delete())
    db.session.commit()
    making.make_vectors()
    db.session.commit()
    assert len(rows()) == 1
    assert promised() == ["search.meaning.making.make_vectors"]


def test_the_quick_model_comes_first(app):
    quick, slow = Letters("quick"), Letters("slow")
    before = with_models(app, [quick, slow])
    order = []
    for model in (quick, slow):
        model.passages = lambda texts, model=model: order.append(model.name) or Letters.passages(model, texts)
    try:
        for _ in range(20):
            a_solution()
        work()
    finally:
        app.extensions["meaning"] = before

    assert order == sorted(order)
    assert set(order) == {"letters quick", "letters slow"}


def test_a_new_version_is_a_pass_in_which_the_old_vectors_stay(app):
    before = with_models(app, [Letters("1")])
    try:
        a_solution(), a_solution()
        work()
        with_models(app, [Letters("2")])
        assert index.status()["vectors_pending"] == 2

        making.look_after()
        assert (len(rows("letters 1")), len(rows("letters 2"))) == (2, 0)
        work()
        assert (len(rows("letters 1")), len(rows("letters 2"))) == (2, 2)
        making.look_after()
        assert (len(rows("letters 1")), len(rows("letters 2"))) == (0, 2)
    finally:
        app.extensions["meaning"] = before


def test_make_good_finds_what_was_changed_unseen(letters):
    entry = a_solution(title="Water pumps")
    work()
    db.session.execute(Entry.__table__.update().values(title="Wind pumps", updated_at=now()))
    db.session.commit()
    making.make_good()
    work()

    assert any(text.startswith("Wind pumps") for text in letters.read)
    assert list(rows()) == [entry.id]
    making.make_good()
    assert promised() == []


def test_status_tells_coverage(letters):
    a_solution(), a_solution()
    assert index.status()["models"] == [{"name": "letters 1", "entries": 0, "pending": 2, "coverage": 0.0}]
    assert index.status()["vectors_pending"] == 2
    making.look_after()  # as a worker does when it starts: this makes the extension
    work()
    assert index.status()["models"] == [{"name": "letters 1", "entries": 2, "pending": 0, "coverage": 1.0}]
    assert index.status()["meaning"] == ""


def test_status_says_that_there_is_no_model(app):
    assert index.status()["models"] == []
    assert index.status()["meaning"].startswith("no model")
