"""The first page, in the reader's language."""

from datetime import timedelta

from galaxy.content.models import Status
from galaxy.core.db import now
from tests.factories import a_solution, an_adaptation, an_organisation
from tests.statements import statements


def test_the_door_leads_to_the_language_the_browser_asks_for(visitor):
    french = visitor.get("/", headers={"Accept-Language": "fr-BF,fr;q=0.9"})
    other = visitor.get("/", headers={"Accept-Language": "xx"})

    assert (french.location, other.location) == ("/fr/", "/en/")


def test_an_unknown_address_says_so_kindly_and_offers_a_search(visitor):
    page = visitor.get("/en/nowhere")

    assert (page.status, page.one("h1")) == (404, "There is nothing at this address")
    assert page.form("main form") == {"q": ""}


def test_home_shows_the_newest_published_solutions_first(visitor):
    a_solution(title="Solar pumps", published_at=now() - timedelta(days=1))
    a_solution(title="Seed banks")
    a_solution(title="Not yet", status=Status.SUBMITTED)

    assert visitor.get("/en/").all(".card h3") == ["Seed banks", "Solar pumps"]


def test_home_counts_what_is_published(visitor):
    solution = a_solution(countries=["BFA", "NER"], sdgs=["6.1", "6.2", "13"])
    a_solution(countries=["FJI"], sdgs=["6"])
    a_solution(countries=["KEN"], sdgs=["6"], status=Status.DRAFT)
    an_adaptation(solution, countries=["MLI"])
    an_organisation()

    page = visitor.get("/en/")

    figures = dict(zip(page.all(".figures dt"), page.all(".figures dd"), strict=True))
    assert figures == {"solutions": "2", "adaptation elsewhere": "1", "countries": "4", "organisation": "1"}
    assert page.one(".tile.goal-6 .count") == "2 solutions"
    assert page.one(".tile.goal-13 .count") == "1 solution"
    assert page.one(".tile.goal-1 .count") == "0 solutions"
    assert page.all(".regions li") == [
        "Africa 1",
        "Asia 0",
        "Latin America and the Caribbean 0",
        "Oceania 1",
        "Europe 0",
    ]


def test_home_without_anything_invites(visitor):
    page = visitor.get("/en/")

    assert page.one(".empty .title") == "Nothing is shared yet"


def test_home_takes_the_same_number_of_statements_with_one_and_three(visitor):
    a_solution()
    one = statements(lambda: visitor.get("/en/"))
    a_solution()
    an_adaptation(a_solution())

    assert statements(lambda: visitor.get("/en/")) == one


def test_the_sky_joins_who_taught_to_who_learnt(visitor):
    an_adaptation(a_solution(countries=["BFA"]), countries=["NER"])

    sky = visitor.get("/en/").soup.select_one("svg.sky")

    assert sky is not None
    assert [str(sky.select_one(f"path.{part}")["d"]).count("M") for part in ("line", "heart", "near")] == [1, 1, 1]


def test_counts_may_be_a_while_old(app, visitor, monkeypatch):
    monkeypatch.setitem(app.config, "COUNTS_SECONDS", 60)
    a_solution()
    first = visitor.get("/en/goals/").all(".count")
    a_solution()

    assert visitor.get("/en/goals/").all(".count") == first

    app.extensions["counts"].clear()
    assert visitor.get("/en/goals/").all(".count") != first
    app.extensions["counts"].clear()  # for the tests that follow
