"""What one may want to read next."""

import pytest
from sqlalchemy import select

from galaxy.content.models import Entry, Status
from galaxy.core.db import db
from galaxy.core.jobs import Job, later
from galaxy.search import index
from galaxy.search.models import Related
from galaxy.search.related import KEPT, alike, relate, relate_the_rest, related
from tests.factories import a_solution, a_webinar, an_adaptation, an_organisation
from tests.indexes import silent
from tests.statements import statements

WELLS = "Solar pumps lift water from deep village wells"
SEEDS = "Community seed banks keep drought resistant millet varieties"


@pytest.fixture(autouse=True)
def indexed(app):
    index.rebuild()


def about(words: str, **facts):
    """An entry that says nothing else."""
    return a_solution(**{"title": words, "summary": words, "challenge": words, "approach": "", "results": ""} | facts)


def titles(entry_id: int) -> list[str]:
    return [other.title for other in related(db.session.get(Entry, entry_id))]


def crowd(many: int) -> None:
    """Entries about other things: words are telling where few have them."""
    for n in range(many):
        about(f"Something else entirely, of kind {n}")


@pytest.fixture
def some(app, work):
    """Entries about two things among others."""
    made = {}
    for n in range(3):
        made[f"wells {n}"] = about(f"{WELLS} {n}").id
        made[f"seeds {n}"] = about(f"{SEEDS} {n}").id
    crowd(8)
    db.session.commit()
    work()
    return made


def test_entries_about_the_same_are_related_either_way(some):
    assert sorted(titles(some["wells 0"])) == [f"{WELLS} 1", f"{WELLS} 2"]
    assert sorted(titles(some["wells 2"])) == [f"{WELLS} 0", f"{WELLS} 1"]
    assert sorted(titles(some["seeds 1"])) == [f"{SEEDS} 0", f"{SEEDS} 2"]


def test_they_are_shown_on_its_page_at_most_four_with_their_language(some, work, visitor):
    crowd(30)
    for n in range(3, 7):
        about(f"{WELLS} {n}", language="fr")
    db.session.commit()
    work()
    ref = db.session.get(Entry, some["wells 0"]).ref

    page = visitor.get(f"/en/solutions/{ref}", follow=True)

    assert page.one("#related h2") == "Related"
    assert len(page.all("#related .card")) == 4
    assert f"{WELLS} 0" not in page.all("#related .card h3")
    assert "French" in page.all("#related .card .language")


def test_what_is_taken_away_is_gone_at_once(some):
    db.session.get(Entry, some["wells 1"]).status = Status.WITHDRAWN
    db.session.commit()

    assert titles(some["wells 0"]) == [f"{WELLS} 2"]


def test_what_changes_its_subject_leaves_its_neighbours_and_finds_others(some, work):
    entry = db.session.get(Entry, some["wells 1"])
    entry.title = entry.summary = entry.challenge = f"{SEEDS} 9"
    db.session.commit()
    work()

    assert titles(some["wells 0"]) == [f"{WELLS} 2"]
    assert sorted(titles(some["wells 1"])) == [f"{SEEDS} {n}" for n in range(3)]
    assert f"{SEEDS} 9" in titles(some["seeds 0"])


def test_an_adaptation_and_its_solution_are_not_told_twice(some, work):
    solution = db.session.get(Entry, some["wells 0"])
    child = an_adaptation(solution, title=f"{WELLS} in Niger", summary=WELLS, changes=WELLS, results=WELLS).id
    db.session.commit()
    work()

    assert f"{WELLS} in Niger" not in titles(some["wells 0"])
    assert f"{WELLS} 0" not in titles(child)
    assert f"{WELLS} in Niger" in titles(some["wells 1"])


def test_other_kinds_are_related_too(some, work, visitor):
    webinar = a_webinar(title=WELLS, summary=WELLS, description=WELLS)
    organisation = an_organisation(title=f"{SEEDS} network", summary=SEEDS)
    seen = {webinar.id: webinar.ref, organisation.id: organisation.ref}
    db.session.commit()
    work()

    assert WELLS in titles(some["wells 0"])
    pages = [
        visitor.get(f"/en/{room}/{ref}", follow=True)
        for room, ref in zip(("webinars", "directory"), seen.values(), strict=True)
    ]
    assert sorted(pages[0].all("#related h3")) == [f"{WELLS} {n}" for n in range(3)]
    assert sorted(pages[1].all("#related h3")) == [f"{SEEDS} {n}" for n in range(3)]


def test_so_many_are_kept_and_the_best_stay(some, work):
    crowd(50)
    for n in range(3, 12):
        about(f"{WELLS} {n}")
    db.session.commit()
    work()

    held = db.session.scalars(select(Related).where(Related.entry_id == some["wells 0"])).all()
    assert len(held) == KEPT
    assert all(row.other_id != row.entry_id for row in db.session.scalars(select(Related)))


def test_a_page_asks_as_much_for_three_as_for_one(some, work, visitor):
    ref = db.session.get(Entry, some["wells 0"]).ref
    db.session.get(Entry, some["wells 1"]).status = Status.WITHDRAWN
    db.session.commit()
    page = visitor.get(f"/en/solutions/{ref}", follow=True).response.request.path
    one = statements(lambda: visitor.get(page))
    db.session.get(Entry, some["wells 1"]).status = Status.PUBLISHED
    about(f"{WELLS} 3")
    db.session.commit()
    work()

    assert len(visitor.get(page).all("#related .card")) == 3
    assert statements(lambda: visitor.get(page)) == one


def test_relate_runs_twice_without_harm_and_leaves_alone_what_is_gone(some):
    before = {(row.entry_id, row.other_id) for row in db.session.scalars(select(Related))}

    relate([some["wells 0"], 10**6])
    relate([some["wells 0"]])

    assert {(row.entry_id, row.other_id) for row in db.session.scalars(select(Related))} == before


def test_entries_are_looked_at_together(some):
    ids = [some[f"wells {n}"] for n in range(3)]
    db.session.rollback()
    one = statements(lambda: alike(ids[:1]))
    db.session.rollback()

    assert statements(lambda: alike(ids)) == one + 2  # the building blocks of the two others
    assert {entry_id: sorted(found) for entry_id, found in alike(ids).items()} == {
        entry_id: sorted({*ids} - {entry_id}) for entry_id in ids
    }


def test_what_has_nothing_related_is_looked_at_again_by_night(some, work):
    db.session.execute(Related.__table__.delete())
    db.session.commit()

    relate_the_rest()
    work()

    assert sorted(titles(some["wells 0"])) == [f"{WELLS} 1", f"{WELLS} 2"]


def test_an_index_that_does_not_answer_is_waited_for(app, some, work):
    if db.engine.dialect.name == "sqlite":
        return
    later(relate, entry_ids=list(some.values()))
    db.session.commit()

    with silent(app):
        work()

    (waiting,) = db.session.scalars(select(Job).where(Job.name == "search.related.relate"))
    assert (waiting.error, waiting.attempts, waiting.args) == (None, 0, {"entry_ids": list(some.values())})
