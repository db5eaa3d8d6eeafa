"""The list of webinars as a reader sees it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from galaxy.content.models import Status
from galaxy.webinars.models import State
from tests.factories import a_focal_point, a_series, a_user, a_webinar
from tests.statements import statements

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


def hours(number):
    """So many hours from now."""
    return NOW + timedelta(hours=number)


def robots(page):
    return [meta["content"] for meta in page.soup.select("meta[name=robots]")]


def test_the_list_shows_what_is_to_come_and_then_what_has_been(visitor):
    a_webinar(title="Wells", starts_at=hours(48))
    a_webinar(title="Seeds", starts_at=hours(24), state=State.CANCELLED)
    a_webinar(title="Rain", starts_at=hours(-48), recording_url="https://example.org/rain")
    a_webinar(title="Not yet", status=Status.SUBMITTED)

    page = visitor.get("/en/webinars/")

    assert page.all(".results section h2") == ["On now and to come", "Past"]
    assert page.all(".card h3") == ["Seeds", "Wells", "Rain"]
    assert page.all(".card .status, .card footer .tag") == [
        "Cancelled", "In your language", "In your language", "In your language", "Recording",
    ]  # fmt: skip
    assert page.one("[role=status]") == "3 events"
    assert page.all(".tabs a") == ["All events", "On now and to come 2", "Past 1", "Month by month"]
    assert page.all(".notice") == []


def test_what_is_on_now_stands_at_the_head_of_the_list(visitor):
    address = f"/en/webinars/{a_webinar(title='Pumps', starts_at=hours(-0.5)).slug}"
    a_webinar(title="Called off", starts_at=hours(-0.5), state=State.CANCELLED)

    page = visitor.get("/en/webinars/?when=past")

    assert page.one(".notice") == "On now: Pumps"
    assert page.links(".notice a") == [address]
    assert page.all(".card h3") == []


def test_one_click_leads_to_what_has_been_and_back(visitor):
    a_webinar(title="Wells", starts_at=hours(48))
    a_webinar(title="Rain", starts_at=hours(-48))
    links = visitor.get("/en/webinars/?sdg=6").links(".tabs a")[:3]

    pages = [visitor.get(f"/en/webinars/{link}") for link in links]

    assert [page.all(".card h3") for page in pages] == [["Wells", "Rain"], ["Wells"], ["Rain"]]
    assert [page.all(".tabs [aria-current]") for page in pages] == [
        ["All events"],
        ["On now and to come 1"],
        ["Past 1"],
    ]


def test_one_click_leads_to_what_can_be_followed_in_the_readers_language(visitor):
    a_webinar(title="Wells", spoken=["en"], interpretation=[{"language": "fr", "channel": "2"}])
    a_webinar(title="Semences", spoken=["fr"])
    a_webinar(title="Seeds", spoken=["en"])
    page = visitor.get("/fr/webinars/")
    (link,) = [each["href"] for each in page.soup.select(".results section .toolbar a") if "langue" in each.text]

    chosen = visitor.get(f"/fr/webinars/{link}")

    assert page.one(".results section .toolbar:first-child") == "Dans votre langue (2)"
    assert sorted(chosen.all(".card h3")) == ["Semences", "Wells"]
    assert chosen.all(".chosen li") == ["Enlever : français"]
    assert chosen.all(".results section .toolbar:first-child") == []


def test_no_way_leads_to_a_language_in_which_there_is_nothing(visitor):
    a_webinar(spoken=["en"])

    assert "Dans votre langue" not in visitor.get("/fr/webinars/").text


def test_a_choice_narrows_the_list_and_is_kept_for_the_next_words(visitor):
    a_webinar(title="Wells", countries=["TZA"])
    a_webinar(title="Seeds", countries=["NER"])

    page = visitor.get("/en/webinars/?country=TZA&sort=latest")

    assert page.all(".card h2") == ["Wells"]
    assert page.all(".chosen li") == ["Leave out: Tanzania"]
    assert page.form("main form") == {"q": "", "country": "TZA", "sort": "latest"}


def test_where_nothing_fits_the_page_offers_ways_on(visitor):
    a_webinar()

    page = visitor.get("/en/webinars/?q=locusts")

    assert page.one("[role=status]") == "No event fits all of this"
    assert page.one(".empty .title") == "No event is just like this"
    assert page.links(".empty a") == ["/en/webinars/"]
    assert page.all(".results a[rel=nofollow]")[-1] == "Search for “locusts” in all languages"


def test_a_site_without_webinars_says_so(visitor):
    page = visitor.get("/en/webinars/")

    assert page.one(".empty .title") == "Nobody has announced a webinar yet"
    assert page.all(".tabs, .ask, .facets") == []


def test_long_lists_have_pages_that_keep_what_was_chosen(app, visitor, monkeypatch):
    monkeypatch.setitem(app.config, "PAGE_SIZE", 2)
    for number in range(3):
        a_webinar(title=f"Wells {number}", starts_at=hours(-number - 2), countries=["TZA"])

    page = visitor.get("/en/webinars/?country=TZA&page=2")

    assert page.all(".card h3") == ["Wells 2"]
    assert page.links(".paging a") == ["/en/webinars/?country=TZA"]


def test_the_list_says_its_times_in_the_readers_zone(visitor, reader):
    a_webinar(starts_at=datetime(2026, 3, 10, 14, tzinfo=UTC), zone="America/New_York")

    assert (
        visitor.get("/en/webinars/").one(".card time").replace("\u202f", " ")
        == "Tuesday, March 10, 2026, 10:00 – 11:00 AM"
    )
    page = reader(a_user(time_zone="Africa/Nairobi")).get("/en/webinars/")
    assert page.one(".card time").replace("\u202f", " ") == "Tuesday, March 10, 2026, 5:00 – 6:00 PM"


def test_the_list_may_be_kept_by_shared_caches_and_a_narrowed_one_is_in_no_index(visitor):
    a_webinar(countries=["TZA"])

    page = visitor.get("/en/webinars/")
    again = visitor.get("/en/webinars/", headers={"If-None-Match": page.response.headers["ETag"]})

    assert again.status == 304
    assert "s-maxage" in page.response.headers["Cache-Control"]
    assert robots(page) == []
    assert robots(visitor.get("/en/webinars/?country=TZA")) == ["noindex"]


def test_the_list_costs_as_many_statements_for_one_as_for_three(visitor):
    def look():
        visitor.get("/en/webinars/")

    series = a_series()
    a_webinar(author=a_focal_point(), series=series)
    look()
    one = statements(look)
    a_webinar(author=a_focal_point("FJI"), series=a_series(), interpretation=[{"language": "fr", "channel": "2"}])
    a_webinar(author=a_user(), series=series)

    assert statements(look) == one


def test_the_list_is_read_in_french(visitor):
    a_webinar(title="Wells", starts_at=hours(48))
    a_webinar(title="Rain", starts_at=hours(-48), recording_url="https://example.org/rain")

    page = visitor.get("/fr/webinars/")

    assert page.all(".tabs a") == ["Tous", "En cours et à venir 1", "Passés 1", "Mois par mois"]
    assert page.one("[role=status]") == "2 événements"
    assert page.all(".sorts a") == ["Les plus proches d’abord", "Les plus tardifs d’abord", "Derniers annoncés"]
