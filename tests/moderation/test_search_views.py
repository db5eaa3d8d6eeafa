"""How search is, and what was sought in vain, as admins see it."""

import pytest
from sqlalchemy import select

from galaxy.accounts.models import Activity
from galaxy.core.db import db, now
from galaxy.core.jobs import Job
from galaxy.search.models import Gap
from tests.factories import a_solution, an_admin, saved
from tests.statements import statements


def a_gap(words, **facts):
    return saved(Gap(**{"folded": words, "language": "en", "words": words, "times": 1} | facts))


@pytest.fixture
def admin(reader):
    return reader(an_admin())


def test_the_index_and_its_models_are_told(admin, work):
    a_solution()
    work()

    page = admin.get("/en/moderation/search")

    facts = dict(zip(page.all(".facts dt"), page.all(".facts dd"), strict=True))
    assert page.notices == [
        "The index knows all that is published.",
        "Search is by words only: no model is there, or GALAXY_MEANING is off.",
    ]
    assert (facts["Entries in the index"], facts["Published entries"]) == ("1", "1")
    assert facts["Goals and targets"] == "186"


def test_a_missing_index_is_told(admin):
    (told, *_) = admin.get("/en/moderation/search").notices

    assert told.startswith("The index cannot be searched. Until")


def test_an_admin_asks_for_a_new_index_and_the_log_knows(admin, work):
    work()

    page = admin.send("/en/moderation/search", "main form.act")

    assert page.notices[0] == "The index will be made again. Until then the one that is there answers."
    assert db.session.scalars(select(Job.name)).all() == ["search.index.rebuild_index"]
    assert db.session.scalars(select(Activity.verb)).all()[-1] == "index asked for"


def test_gaps_are_listed_the_most_often_sought_first(admin):
    a_gap("zeolites")
    a_gap("solar ovens", times=12)
    a_gap("fours", language="fr", times=5)
    a_gap("football", settled_at=now(), times=99)

    page = admin.get("/en/moderation/gaps")

    assert page.all("main tbody th") == ["solar ovens English", "fours French", "zeolites English"]
    assert page.all("main tbody tr td:nth-of-type(1)") == ["12 times", "5 times", "1 time"]
    assert page.links("main tbody tr:first-child a") == [
        "/en/search?q=solar+ovens",
        "/en/partnerships/new?kind=request&about=solar+ovens&fresh=1",
    ]
    assert admin.get("/en/moderation/gaps?language=fr").all("main tbody th") == ["fours French"]


def test_a_gap_is_settled_and_opened_again(admin):
    a_gap("zeolites")

    page = admin.send("/en/moderation/gaps", "main tbody form")
    assert page.notices[0].startswith("“zeolites” is settled")
    assert page.all("main tbody th") == []

    page = admin.send("/en/moderation/gaps?settled=1", "main tbody form")
    assert page.notices[0] == "“zeolites” is open again."
    assert admin.get("/en/moderation/gaps").all("main tbody th") == ["zeolites English"]


def test_one_gap_and_three_take_the_same_number_of_statements(admin):
    a_gap("one")
    one = statements(lambda: admin.get("/en/moderation/gaps"))
    a_gap("two")
    a_gap("three")

    assert statements(lambda: admin.get("/en/moderation/gaps")) == one
