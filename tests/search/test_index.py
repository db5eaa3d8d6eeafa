"""The index says what the database says."""

import json

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from galaxy.content.models import Status
from galaxy.core.db import db, now
from galaxy.core.jobs import Job
from galaxy.search import index
from galaxy.search.queries import find, similar
from galaxy.search.questions import Question
from tests.factories import a_solution, an_adaptation, an_organisation
from tests.indexes import again, damage, lose, silent


@pytest.fixture(autouse=True)
def speaking(app, work):
    index.rebuild()
    with app.test_request_context("/en/"):
        yield


def found(words: str = "", **chosen: str) -> list[str]:
    address = MultiDict([("q", words), *chosen.items()])
    return [hit.name for hit in find(Question.from_args(address, "en")).hits]


def promised() -> list[str]:
    return [job.name for job in db.session.scalars(select(Job).order_by(Job.id))]


def test_a_published_solution_is_found(work):
    a_solution(title="Seed banks")
    assert found("seed") == []

    work()

    assert found("seed") == ["Seed banks"]


def test_a_draft_is_not_found_and_promises_nothing(work):
    draft = a_solution(title="Not yet", status=Status.DRAFT)
    draft.title = "Still not"
    db.session.commit()

    assert promised() == []
    index.rebuild()
    assert found("not") == []


def test_an_unpublished_solution_is_no_more_shown_at_once_and_leaves_the_index(work):
    solution = a_solution(title="Seed banks")
    work()
    solution.status = Status.WITHDRAWN
    db.session.commit()

    shown = find(Question.from_args(MultiDict([("q", "seed")]), "en"))
    assert (shown.hits, shown.total) == ((), 0)

    work()
    assert index.engine().state().documents == 0


def test_a_changed_solution_is_found_by_its_new_words_and_codes(work):
    solution = a_solution(title="Seed banks", countries=["BFA"])
    work()
    solution.apply({"title": "Gene banks", "country": ["KEN"]})
    db.session.commit()
    work()

    assert found("seed") == []
    assert found("gene", country="KEN") == ["Gene banks"]
    assert found("gene", country="BFA") == []


def test_a_deleted_solution_is_not_found(work):
    solution = a_solution(title="Seed banks")
    work()
    db.session.delete(solution)
    db.session.commit()
    work()

    assert found("seed") == []
    assert index.engine().state().documents == 0
    assert index.status()["pending"] == 0


def test_every_kind_is_found_by_its_own_words(work):
    solution = a_solution(title="Pumps", failures="The hyacinth choked them.")
    an_adaptation(solution, title="Pumps in Niger", changes="Hyacinth is kept away.")
    an_organisation(title="Hyacinth institute", summary="Research.")
    work()

    assert sorted(found("hyacinth")) == ["Hyacinth institute", "Pumps", "Pumps in Niger"]
    assert found("hyacinth", kind="organisations") == ["Hyacinth institute"]


def test_codes_give_goals_regions_groups_and_categories(work):
    a_solution(title="Here", countries=["BFA"], sdgs=["6.2", "6"], sectors=["14030"])
    a_solution(title="There", countries=["FJI"], sdgs=["4"], sectors=["111"])
    work()

    assert found(sdg="6") == ["Here"]
    assert found(sector="140") == ["Here"]
    assert found(group="LDC") == ["Here"]
    assert found(group="SIDS") == ["There"]
    assert found(region="002") == ["Here"]
    assert found(evidence="told", year=str(now().year), language="en", sort="title") == ["Here", "There"]


def test_an_entry_is_found_by_the_names_of_its_countries(work):
    a_solution(title="Pompes", language="fr", countries=["KEN"])
    a_solution(title="Pumps", countries=["BFA"])
    work()

    assert found("Kenya") == found("肯尼亚") == found("Кения") == ["Pompes"]
    assert found('"Burkina Faso"') == ["Pumps"]


def test_an_entry_written_twice_in_one_transaction_is_promised_once():
    solution = a_solution(title="Seed banks")
    solution.title = "Gene banks"
    db.session.flush()
    solution.title = "Sperm banks"
    db.session.commit()

    assert promised() == ["search.index.index_entries"] * 2


def test_what_is_rolled_back_promises_nothing():
    solution = a_solution(title="Seed banks")
    before = promised()
    solution.title = "Gene banks"
    db.session.flush()
    db.session.rollback()

    assert promised() == before


def test_a_rebuild_finds_everything_and_remembers_it():
    for n in range(120):
        a_solution(title=f"Solution n{n}")

    assert index.rebuild() == 120
    assert len(found("solution")) == 20
    assert find(Question.from_args(MultiDict([("q", "solution")]), "en")).total == 120
    assert index.status()["pending"] == 0


def test_what_changes_during_a_rebuild_is_promised_again(work):
    kept, gone = a_solution(title="Kept"), a_solution(title="Gone")
    work()

    def meanwhile(_done: int) -> None:
        kept.title = "Changed"
        gone.status = Status.ARCHIVED
        db.session.commit()
        work()

    index.rebuild(meanwhile)
    work()

    assert found() == ["Changed"]
    assert index.engine().state().documents == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Whoosh leaves a torn file open
def test_a_broken_index_is_answered_from_the_database_and_made_again(app, work):
    a_solution(title="Water pumps", language="en", countries=["KEN"])
    a_solution(title="Water wheels", language="fr", countries=["BFA"])
    work()
    damage(index.engine(), "gone")
    app.extensions["search"] = again(index.engine())

    page = find(Question.from_args(MultiDict([("q", "wäter"), ("country", "KEN")]), "en"))
    assert [hit.title for hit in page.hits] == ["<mark>Water</mark> pumps"]
    assert page.notice != ""
    assert found("water", region="002") == ["Water wheels", "Water pumps"]
    assert found("", language="fr") == ["Water wheels"]
    assert index.status()["ok"] is False

    index.look_after()
    index.look_after()
    assert promised() == ["search.index.rebuild_index"]
    work()

    assert index.status()["ok"] is True
    page = find(Question.from_args(MultiDict([("q", "water")]), "en"))
    assert (page.total, page.notice) == (2, "")


def test_an_index_that_does_not_answer_in_time_is_answered_for_by_the_database_and_left_whole(app, work):
    if db.engine.dialect.name == "sqlite":
        return
    a_solution(title="Water pumps", language="en", countries=["KEN"])
    work()

    with silent(app):
        assert found("water", country="KEN") == ["Water pumps"]
        page = find(Question.from_args(MultiDict([("q", "water")]), "en"))
        assert ([hit.title for hit in page.hits], page.notice != "") == (["<mark>Water</mark> pumps"], True)
        assert [entry.title for entry in similar(page.entry(page.hits[0].id))] == []
        assert index.trouble() == "the search index does not answer"
        index.look_after()  # as a worker does when it starts, and each minute
    assert promised() == []

    page = find(Question.from_args(MultiDict([("q", "water")]), "en"))
    assert (page.total, page.notice) == (1, "")


def test_entries_promised_while_the_index_is_missing_get_a_rebuild(app, work):
    lose(index.engine())
    a_solution(title="Seed banks")

    work()

    assert found("seed") == ["Seed banks"]


def test_a_lost_promise_is_made_good(work):
    a_solution(title="Seed banks")
    for job in db.session.scalars(select(Job)):
        db.session.delete(job)
    db.session.commit()
    assert index.status()["pending"] == 1

    index.make_good()
    index.make_good()
    assert promised() == ["search.index.index_entries"]
    work()

    assert found("seed") == ["Seed banks"]
    assert index.status()["pending"] == 0


def test_the_index_is_tidied(work):
    for n in range(3):
        a_solution(title=f"Solution n{n}")
        work()

    index.tidy()

    assert index.engine().state().segments == 1
    assert len(found("solution")) == 3


def test_similar_entries_are_found_for_a_draft(work):
    a_solution(title="Solar pumps for wells")
    a_solution(title="Seed banks", summary="Seeds.", challenge="Hunger", approach="Banks", results="Seeds kept")
    work()
    draft = a_solution(title="Pumps with solar power", status=Status.DRAFT)

    assert [entry.title for entry in similar(draft)] == ["Solar pumps for wells"]


def test_status_and_rebuild_are_commands(app, work):
    a_solution(title="Seed banks")
    runner = app.test_cli_runner()
    from galaxy.search.cli import search  # noqa: PLC0415

    status = runner.invoke(search, ["status", "--json"])
    assert (status.exit_code, json.loads(status.stdout)["pending"]) == (0, 1)

    assert runner.invoke(search, ["rebuild"]).output.endswith("1 entries indexed.\n")
    assert "pending: 0" in runner.invoke(search, ["status"]).output

    lose(index.engine())
    broken = runner.invoke(search, ["status", "--json"])
    assert (broken.exit_code, json.loads(broken.stdout)["ok"], json.loads(broken.stdout)["pending"]) == (1, False, 1)
