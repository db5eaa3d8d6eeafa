"""Hubs as readers see them: what is pinned and found, country by country, in their language, open and past."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from galaxy.content.models import Link, Relation, Status
from galaxy.core.db import db
from galaxy.hubs import queries, tasks
from galaxy.hubs.models import Occasion
from galaxy.moderation import services as moderation
from tests.factories import (
    a_hub,
    a_request,
    a_solution,
    a_user,
    a_webinar,
    an_admin,
    an_offer,
    an_organisation,
    saved,
)
from tests.indexes import lose
from tests.statements import statements

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
QUIET = {"summary": "Quiet.", "challenge": "", "approach": "", "results": ""}
FRENCH = {"fr": {"title": "Vivre la sécheresse", "summary": "En bref.", "introduction": "Ce qui **tient**."}}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW):
        yield


def shelves(page):
    """What stands under each heading."""
    return {
        section.h2.get_text(): [title.get_text(strip=True) for title in section.select(".card h3")]
        for section in page.soup.select(".hub > section")
        if section.select(".card")
    }


def regions(page):
    """The countries of each region, with how many entries each has."""
    return {
        section.h3.get_text(): [" ".join(each.get_text(" ").split()) for each in section.select("li")]
        for section in page.soup.select("#countries .board > section")
    }


def test_a_hub_shows_what_is_pinned_by_kind_in_its_order_with_notes(visitor):
    well, herd = a_solution(title="Wells"), a_solution(title="Herds")
    call, organisation, webinar = a_request(title="Repairers wanted"), an_organisation(title="Reef Lab"), a_webinar()
    hub = a_hub(pins=[herd, organisation, call, well, webinar])
    hub.pins[0].note = "Tried in three countries"
    path = f"/en/hubs/{saved(hub).slug}"

    page = visitor.get(path)

    assert shelves(page) == {
        "What works": ["Herds", "Wells"],
        "Needs and offers": ["Repairers wanted"],
        "Webinars and questions": ["How villages keep their pumps running"],
        "Organisations and experts": ["Reef Lab"],
    }
    assert page.all("#solutions .card .hint") == ["Tried in three countries"]
    assert [" ".join(said.split()) for said in page.all("#webinars .card time")] == [
        "Tuesday, March 3, 2026, 2:00 – 3:00 PM"
    ]
    assert (page.one("h1"), page.one(".hub .prose")) == ("Living through the drought", "What keeps wells alive.")
    assert page.all(".hub header .over") == ["topic hub Open until April 1, 2026"]


def test_what_its_search_finds_stands_after_the_pins_and_never_twice(visitor, work):
    pinned = a_solution(title="Drought maps", **QUIET)
    for n in range(8):
        a_solution(title=f"Drought seed {n}", **QUIET)
    a_solution(title="Solar pumps", **QUIET)
    an_organisation(title="Drought Lab", summary="Quiet.")
    hub = a_hub(pins=[pinned], search={"q": "drought"})
    work()

    page = visitor.get(f"/en/hubs/{hub.slug}")

    found = shelves(page)
    assert found["What works"][0] == "Drought maps"
    assert len(found["What works"]) == len(set(found["What works"])) == 1 + queries.SHOWN
    assert found["Organisations and experts"] == ["Drought Lab"]
    assert page.all(".hub .heading > a") == ["All 9 : What works"]
    assert visitor.get(page.links(".hub .heading > a")[0]).one("[role=status]") == "1 to 9 of 9 entries"


def test_a_hub_counts_its_countries_by_region_once_for_each_entry(visitor, work):
    pinned = a_solution(title="Drought maps", countries=["FJI"], **QUIET)
    a_solution(title="Drought seed", countries=["BFA", "NER"], **QUIET)
    a_solution(title="Drought wells", countries=["BFA"], **QUIET)
    a_solution(title="Pumps", countries=["KEN"], **QUIET)
    path = f"/en/hubs/{a_hub(pins=[pinned], search={'q': 'drought'}).slug}"
    work()

    page = visitor.get(path)
    fiji, burkina = (visitor.get(f"{path}?country={code}") for code in ("FJI", "BFA"))

    assert list(regions(page).items()) == [("Africa", ["Burkina Faso 2", "Niger 1"]), ("Oceania", ["Fiji 1"])]
    assert shelves(fiji) == {"What works": ["Drought maps"]}
    assert sorted(shelves(burkina)["What works"]) == ["Drought seed", "Drought wells"]
    assert burkina.one(".hub > h2") == "What this hub has of Burkina Faso"


def test_of_one_country_whoever_calls_for_partners_comes_first_and_open_calls_before_others(visitor, work):
    solution = a_solution(title="Drought maps", **QUIET)
    a_request(title="Drought: repairers wanted", stage="in talks")
    an_offer(title="Drought: we train repairers")
    path = f"/en/hubs/{a_hub(pins=[solution], search={'q': 'drought'}).slug}"
    work()

    page = visitor.get(f"{path}?country=BFA")

    assert list(shelves(page).items()) == [
        ("Needs and offers", ["Drought: we train repairers", "Drought: repairers wanted"]),
        ("What works", ["Drought maps"]),
    ]


def test_what_is_withdrawn_leaves_no_trace_and_what_is_archived_says_so(visitor):
    gone, old = a_solution(title="Gone", countries=["FJI"]), a_solution(title="Old")
    path = f"/en/hubs/{a_hub(pins=[gone, old]).slug}"
    gone.status, old.status = Status.WITHDRAWN, Status.ARCHIVED
    db.session.commit()

    page = visitor.get(path)

    assert shelves(page) == {"What works": ["Old"]}
    assert "Gone" not in page.text
    assert "Fiji" not in page.one("main")
    assert "Archived" in page.one("#solutions .over")


def test_readers_see_their_language_else_the_hubs_own_with_its_name(visitor):
    both = f"/hubs/{a_hub(texts=FRENCH, summary='In short.').slug}"
    english = f"/hubs/{a_hub().slug}"

    pages = [visitor.get(f"/fr{path}") for path in (both, english)]

    assert [(page.one("h1"), page.soup.h1["lang"]) for page in pages] == [
        ("Vivre la sécheresse", "fr"),
        ("Living through the drought", "en"),
    ]
    assert pages[0].one(".hub .prose") == "Ce qui tient ."
    assert "Langue d’origine : anglais" in " ".join(pages[1].one(".hub header .over").split())
    assert [link["hreflang"] for link in pages[0].soup.select("head link[rel=alternate]")] == ["en", "fr"]
    assert visitor.get("/fr/hubs/").all(".card h3") == ["Living through the drought", "Vivre la sécheresse"]


def test_a_hub_is_found_by_its_words_in_every_language(visitor, work):
    a_hub(texts=FRENCH)
    work()

    pages = [
        visitor.get(path) for path in ("/fr/search?q=secheresse", "/en/search?q=drought", "/fr/search?language=fr")
    ]

    assert [page.all(".card h2") for page in pages] == [["Living through the drought"]] * 3


def test_a_hub_that_has_ended_says_so_leaves_the_home_page_and_can_be_read(visitor):
    path = f"/en/hubs/{a_hub(pins=[a_solution()]).slug}"
    assert visitor.get("/en/").all("#hubs") == ["What presses now"]

    with time_machine.travel(NOW + timedelta(days=30)):
        assert visitor.get("/en/").all(".pressing h3") == ["Living through the drought"]
    with time_machine.travel(NOW + timedelta(days=31)):
        home, listed, page = (visitor.get(each) for each in ("/en/", "/en/hubs/", path))

    assert home.all(".pressing") == []
    assert (listed.all("#open h3"), listed.all("#past h3")) == ([], ["Living through the drought"])
    assert page.notices[0].startswith("Ended on April 1, 2026. This hub is no longer looked after.")
    assert shelves(page) == {"What works": ["Solar pumps for village wells"]}
    assert page.links('a[href*="/new"]') == []


def test_a_draft_is_for_admins_until_its_day_comes(visitor, reader):
    hub = a_hub(opens_on=NOW.date() + timedelta(days=2))
    path, admin = f"/en/hubs/{hub.slug}", reader(an_admin())
    tasks.open_due()

    assert [who.get(path).status for who in (visitor, reader(a_user()), admin)] == [404, 404, 200]
    assert admin.get("/en/hubs/").all("#drafts footer") == ["Opens on March 4, 2026"]
    assert visitor.get("/en/hubs/").all(".card") == []

    with time_machine.travel(NOW + timedelta(days=2)):
        tasks.open_due()
        assert visitor.get(path).one("h1") == "Living through the drought"


def test_home_shows_at_most_three_open_hubs_and_country_pages_theirs(visitor):
    for n in range(4):
        a_hub(title=f"Hub {n}", search={"country": ["BFA"]} if n == 1 else {"q": "drought"})

    assert visitor.get("/en/").all(".pressing h3") == ["Hub 3", "Hub 2", "Hub 1"]
    assert visitor.get("/en/countries/BFA").all(".card h3") == ["Hub 1"]
    assert visitor.get("/en/countries/FJI").all(".card h3") == []


def test_what_is_shared_in_answer_stands_in_the_hub_and_begins_with_its_goals(visitor, reader):
    hub = a_hub(search={"q": "drought", "sdg": ["13"]})
    path = f"/en/hubs/{hub.slug}"
    solution = a_solution(title="Our wells", countries=["NER"])
    saved(Link(from_id=solution.id, relation=Relation.BORN_FROM, to_id=hub.id))
    answers = visitor.get(path).links(".hub .toolbar a")

    form = reader(a_user()).get(answers[0])

    assert form.form("form[data-autosave]")["sdg"] == "13"
    assert form.form("form[data-autosave]")["title"] == ""
    assert shelves(visitor.get(path)) == {"What works": ["Our wells"]}
    assert len(answers) == 2


def test_a_hub_says_to_machines_what_it_collects_and_may_be_kept_by_anyone(visitor):
    solution = a_solution()
    hub = a_hub(pins=[solution], texts=FRENCH)
    paths = [f"http://localhost/s/{entry.ref}" for entry in (hub, solution)]

    page = visitor.get(f"/en/hubs/{hub.slug}")

    whole = page.soup.select_one("[typeof]")
    assert (whole["typeof"], whole["resource"]) == ("CollectionPage", paths[0])
    said = [(each["property"], each.get("content") or each.get("href")) for each in whole.select("[property]")]
    assert [pair for pair in said if pair[1]] == [
        ("inLanguage", "en"),
        ("inLanguage", "fr"),
        ("datePublished", "2026-03-02"),
        ("expires", "2026-04-01"),
        ("url", paths[0]),
        ("hasPart", paths[1]),
    ]
    assert page.response.headers["Cache-Control"] == "public, max-age=0, s-maxage=10, must-revalidate"
    assert page.response.headers["ETag"]


def test_a_hub_asks_the_same_number_of_questions_for_one_and_for_three(visitor, work):
    def path(n):
        pins = [a_solution(title=f"Pinned {n} {each}", **QUIET) for each in range(n)]
        for each in range(n):
            a_solution(title=f"Word{n} found {each}", **QUIET)
        links = [{"title": f"Page {each}", "address": "https://example.org/"} for each in range(n)]
        found = f"/en/hubs/{a_hub(pins=pins, search={'q': f'word{n}'}, links=links).slug}"
        work()
        return found

    one, three = path(1), path(3)
    visitor.get(one)
    visitor.get(three)

    assert statements(lambda: visitor.get(one)) == statements(lambda: visitor.get(three))
    assert [len(shelves(visitor.get(each))["What works"]) for each in (one, three)] == [2, 6]


def test_the_list_and_home_ask_the_same_number_of_questions_for_one_and_for_three(visitor):
    a_hub(texts=FRENCH)
    paths = ("/fr/hubs/", "/fr/")
    for path in paths:
        visitor.get(path)
    one = [statements(lambda path=path: visitor.get(path)) for path in paths]
    a_hub(texts=FRENCH)
    a_hub(texts=FRENCH)

    assert [statements(lambda path=path: visitor.get(path)) for path in paths] == one


def test_without_an_index_a_hub_still_shows_its_pins_and_what_the_database_finds(visitor, work, app):
    pinned = a_solution(title="Maps", **QUIET)
    a_solution(title="Drought wells", **QUIET)
    path = f"/en/hubs/{a_hub(pins=[pinned], search={'q': 'drought'}).slug}"
    work()
    lose(app.extensions["search"])

    assert shelves(visitor.get(path)) == {"What works": ["Maps", "Drought wells"]}


def test_a_hub_taken_under_review_is_gone(visitor):
    hub = a_hub(occasion=Occasion.DROUGHT)
    path = f"/en/hubs/{hub.slug}"
    hub.status = Status.REVIEW
    db.session.commit()

    assert visitor.get(path).status == 404
    assert visitor.get("/en/hubs/").all(".card") == []


def test_an_archived_hub_stands_in_the_past(visitor):
    hub = a_hub()
    moderation.archive(hub, an_admin())
    path = f"/en/hubs/{saved(hub).slug}"

    assert visitor.get("/en/hubs/").all("#past h3") == ["Living through the drought"]
    assert visitor.get(path).notices == ["This is archived: it is kept to be read, and may no longer be true."]
