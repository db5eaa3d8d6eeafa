"""Calls as they are read: the list, a call's page, and the steps its owners take."""

from datetime import timedelta

import pytest
import time_machine

from galaxy.content.models import Link, Relation, Status
from galaxy.core.db import db, now
from galaxy.moderation import clock
from galaxy.moderation.models import WaitKind
from galaxy.partnerships import words
from galaxy.partnerships.models import LISTENING, Partnership, Role, Stage
from galaxy.solutions.models import Solution
from tests.factories import (
    a_body,
    a_focal_point,
    a_partnership,
    a_request,
    a_solution,
    a_user,
    an_interest,
    an_offer,
    saved,
)
from tests.statements import statements


def facts(page):
    return dict(zip(page.all(".facts dt"), page.all(".facts dd"), strict=True))


def address(call):
    return f"/en/partnerships/{call.slug}"


# The list.


def test_the_list_shows_what_is_asked_and_offered(visitor):
    a_request(title="Wells", deadline=now().date() + timedelta(days=5), means=["training", "funding"])
    an_offer(title="Repairers", author=a_user())
    a_request(title="Not yet", status=Status.DRAFT)

    page = visitor.get("/en/partnerships/")

    assert page.all(".card h2") == ["Repairers", "Wells"]
    assert page.all(".card .kind") == ["offer", "request"]
    assert page.all(".card .means") == ["Training", "Training Funding"]
    assert "Not endorsed yet" in page.all(".card footer")[0]
    assert "Focal point of BFA Open Closes in 5 days" in page.all(".card footer")[1]
    assert page.one("[role=status]") == "2 calls"


def test_a_choice_narrows_the_list_and_can_be_left_out(visitor):
    a_request(title="Wells")
    an_offer(title="Repairers")
    (offers,) = [
        link["href"] for link in visitor.get("/en/partnerships/").soup.select(".facets a") if "Offers" in link.text
    ]

    page = visitor.get("/en/partnerships/" + offers)

    assert page.all(".card h2") == ["Repairers"]
    assert page.all(".chosen li") == ["Leave out: Offers"]
    assert visitor.get("/en/partnerships/" + page.links(".chosen a")[0]).all(".card h2") == ["Repairers", "Wells"]


def test_words_keep_what_was_chosen(visitor):
    a_request(title="Wells for schools")
    a_request(title="Seeds")

    page = visitor.send("/en/partnerships/?kind=requests&sort=deadline", "main .ask", q="schools")

    assert page.all(".card h2") == ["Wells for schools"]
    assert page.form("main .ask") == {"q": "schools", "kind": "requests", "sort": "deadline"}


def test_an_empty_list_says_what_to_do(visitor):
    assert visitor.get("/en/partnerships/").all("main .empty .title") == [
        "No country has asked or offered anything yet"
    ]

    a_request()

    assert visitor.get("/en/partnerships/?q=nowhere").all("main .empty .title") == [
        "Nobody has asked or offered just this"
    ]


def test_the_list_goes_on_over_pages(visitor, app):
    for n in range(app.config["PAGE_SIZE"] + 1):
        a_request(title=f"Wells {n}")

    page = visitor.get("/en/partnerships/?kind=requests&page=2")

    assert page.all(".card h2") == ["Wells 0"]
    assert page.links(".paging a") == ["/en/partnerships/?kind=requests"]


def test_the_list_costs_as_many_statements_for_one_as_for_three(visitor):
    def look():
        visitor.get("/en/partnerships/")

    a_request(author=a_focal_point())
    look()
    one = statements(look)
    an_offer(author=a_focal_point("FJI"))
    a_request(author=a_user())

    assert statements(look) == one


def test_a_call_in_the_search_shows_what_it_is(visitor, work):
    a_request(title="Wells", deadline=now().date(), means=["funding"])
    work()

    page = visitor.get("/en/search?q=wells")

    assert page.all(".card .means") == ["Funding"]
    assert "Closes today" in page.one(".card footer")


# A call's page.


def test_a_call_says_everything(visitor):
    call = a_request(
        title="Wells",
        background="Pumps break.",
        beneficiaries="Villages.",
        in_kind="Rooms.",
        modality="triangular",
        cost_range="under-10k",
        wanted=["FJI"],
        wanted_group=["SIDS"],
        spoken=["en", "fr"],
        roles=["provider", "facilitator"],
        deadline=now().date() + timedelta(days=40),
    )

    page = visitor.get(f"/en/partnerships/{call.slug}")

    assert page.all("article section h2")[:6] == [
        "What is asked",
        "Kinds of help",
        "What we bring ourselves",
        "Share in kind",
        "Background",
        "Target groups",
    ]
    said = facts(page)
    assert said["Written by"] == "Focal point of BFA"
    assert said["Partners wanted from"] == "Fiji"
    assert said["Groups of countries wanted"] == "Small island developing States"
    assert said["Roles wanted"] == "Provider, Facilitator"
    assert said["Way of cooperating"] == "Triangular"
    assert said["Rough cost"] == "Under 10,000 US dollars"
    assert said["Working languages"] == "English, French"
    assert "Endorsement" not in said
    assert page.one("header .standing").startswith("Open Answers until")
    assert page.one(".answering h2") == "Can you help with this?"


def test_a_draft_is_seen_by_its_owners_and_admins_only(reader, visitor):
    author = a_focal_point()
    path = address(a_request(author=author, title="Ours", status=Status.DRAFT))
    owner, other = reader(author), reader(a_focal_point("FJI"))

    assert visitor.get(path).status == 404
    assert other.get(path).status == 404
    assert owner.get(path).one("h1") == "Ours"


@pytest.mark.parametrize("stage", Stage)
def test_each_stage_is_told_and_explained(visitor, stage):
    call = a_request(stage=stage)

    page = visitor.get(address(call))

    assert page.one("header .standing").lower().startswith(stage)
    assert page.one("header .standing + .hint") == str(words.MEANINGS[stage])
    assert bool(page.all(".answering")) == (stage in LISTENING)


def test_a_members_call_says_that_no_country_stands_behind_it(visitor):
    call = an_offer_of_a_member()

    page = visitor.get(f"/en/partnerships/{call.slug}")

    assert facts(page)["Endorsement"] == "Not endorsed yet"
    assert "A focal point of the country must endorse it before talks can begin." in page.one(".answering")


def an_offer_of_a_member():
    return an_offer(author=a_user())


def test_a_call_says_how_fast_its_body_answers(app, visitor):
    call = a_request()
    with time_machine.travel(now() - timedelta(days=4)):
        clock.begin(WaitKind.INTEREST, 1, entry=call, body=call.body, asker=a_user(), address="/")
    clock.answered(WaitKind.INTEREST, 1, call.author)

    told = visitor.get(address(call)).one(".answering")

    assert "Answers in 4 days (one answer in the last year)" in told


def test_the_side_that_called_sees_the_answers_that_wait(reader, visitor):
    author = a_focal_point()
    call = a_request(author=author)
    an_interest(call, a_body(name="Fiji Water Authority", country="FJI"))
    path, owner = address(call), reader(author)

    assert "Fiji Water Authority Provider" in owner.get(path).one(".lines li")
    assert visitor.get(path).all(".lines li") == []


def test_a_call_born_from_a_solution_leads_back_to_it(visitor):
    solution = a_solution(title="Solar pumps")
    call = a_request()
    saved(Link(from_id=call.id, relation=Relation.BORN_FROM, to_id=solution.id))
    path, number = address(call), solution.id

    assert "Born from Solar pumps" in visitor.get(path).all("header p")

    db.session.get_one(Solution, number).status = Status.WITHDRAWN
    assert "Solar pumps" not in visitor.get(path).one("header:not(.masthead)")


def test_what_came_of_it_is_shown_once_it_is_published(reader, visitor):
    call, fiji = a_request(), a_focal_point("FJI")
    partnership = a_partnership(call, (fiji.bodies[0], Role.PROVIDER), title="Repairers", status=Status.DRAFT)
    path, party, number = address(call), reader(fiji), partnership.id

    assert visitor.get(path).all(".notice") == []
    assert party.get(path).all(".notice") == ["A partnership came of it: Repairers"]

    db.session.get_one(Partnership, number).status = Status.PUBLISHED
    assert visitor.get(path).all(".notice") == ["A partnership came of it: Repairers"]


# Elsewhere.


def test_home_shows_the_newest_open_calls_and_counts_all(visitor):
    for n in range(4):
        a_request(title=f"Wells {n}")
    an_offer(title="Done", stage=Stage.COMPLETED)

    page = visitor.get("/en/")

    assert page.all(".card h3") == ["Wells 3", "Wells 2", "Wells 1"]
    assert dict(zip(page.all(".figures dt"), page.all(".figures dd"), strict=True))["needs and offers"] == "5"


def test_a_country_shows_what_it_needs_and_offers(visitor):
    a_request(title="Wells", stage=Stage.CLOSED)
    a_request(title="Seeds")
    an_offer(title="Elsewhere", countries=["FJI"])

    assert visitor.get("/en/countries/BFA").all(".card h3") == ["Seeds", "Wells"]


def test_a_goal_in_the_search_has_calls_beside_solutions(visitor, work):
    a_request(title="Wells")
    a_solution(title="Solar pumps")
    work()

    page = visitor.get("/en/search?sdg=6")

    assert page.all(".card .kind") == ["solution", "request"]
    assert [kind for kind in page.all(".facets li") if kind in {"Requests 1", "Solutions 1"}] == [
        "Requests 1",
        "Solutions 1",
    ]
