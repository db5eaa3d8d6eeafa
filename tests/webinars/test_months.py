"""A month of webinars: each on each of its days, in the zone of who reads; ways to months that have something."""

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


def at(month, day, hour=0, minute=0):
    """A moment of 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def days(page):
    """The days that have something, and what stands on each."""
    return {
        cell.select_one("time")["datetime"]: [
            " ".join(row.get_text(" ").replace("\u202f", " ").split()) for row in cell.select("li")
        ]
        for cell in page.soup.select(".month td.busy")
    }


def ways(page):
    """Where one can go from here."""
    return dict(zip(page.all("main nav.toolbar a"), page.links("main nav.toolbar a"), strict=True))


def robots(page):
    return [meta["content"] for meta in page.soup.select("meta[name=robots]")]


def test_each_webinar_stands_on_its_day_with_its_hour(visitor):
    a_webinar(title="Wells", starts_at=at(3, 10, 14))
    a_webinar(title="Seeds", starts_at=at(3, 10, 9, 30), state=State.CANCELLED)
    a_webinar(title="Pumps", starts_at=at(3, 2, 8, 30))
    a_webinar(title="Later", starts_at=at(4, 1))
    a_webinar(title="Not yet", starts_at=at(3, 3), status=Status.SUBMITTED)
    a_webinar(title="Without a time", starts_at=None)

    page = visitor.get("/en/webinars/month/2026/3")

    assert days(page) == {
        "2026-03-02": ["8:30 AM Pumps On now"],
        "2026-03-10": ["9:30 AM Seeds Cancelled", "2:00 PM Wells"],
    }
    assert page.one("h1") == "March 2026"
    assert page.one("caption") == "Webinars day by day: March 2026"
    assert page.all(".month th[scope=col]") == [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]  # fmt: skip
    assert page.all(".month [aria-current=date] .long") == ["Monday, March 2, 2026"]
    assert page.one("main p.hint") == "Hours are those of the clock here: UTC"
    assert len(page.soup.select(".month tbody tr")) == 6
    assert {len(row.select("td")) for row in page.soup.select(".month tbody tr")} == {7}


def test_days_and_hours_are_those_of_the_readers_zone(visitor, reader):
    a_webinar(title="Wells", starts_at=at(3, 31, 13), zone="America/New_York")
    a_webinar(title="Seeds", starts_at=at(2, 28, 13), ends_at=at(2, 28, 14))

    assert days(visitor.get("/en/webinars/month/2026/3")) == {"2026-03-31": ["1:00 PM Wells"]}
    there = reader(a_user(time_zone="Pacific/Fiji"))
    assert days(there.get("/en/webinars/month/2026/3")) == {"2026-03-01": ["1:00 AM Seeds"]}
    assert days(there.get("/en/webinars/month/2026/4")) == {"2026-04-01": ["1:00 AM Wells"]}
    assert there.get("/en/webinars/month/2026/4").one("main p.hint") == (
        "Hours are those of the clock here: Fiji time (UTC+12)"
    )


def test_where_the_clock_is_changed_both_offsets_are_told(reader):
    a_webinar(starts_at=at(3, 10))

    page = reader(a_user(time_zone="America/New_York")).get("/en/webinars/month/2026/3")

    assert page.one("main p.hint") == (
        "Hours are those of the clock here: New York time (UTC−5) → New York time (UTC−4)"
    )


def test_whole_days_are_the_same_everywhere_and_each_of_several_days_shows_it(visitor, reader):
    fiji = timedelta(hours=12)  # before midnight of London
    a_webinar(title="Days", starts_at=at(3, 1) - fiji, ends_at=at(3, 4) - fiji, zone="Pacific/Fiji", all_day=True)
    expected = {f"2026-03-0{day}": ["Days On now"] for day in (1, 2, 3)}

    assert days(visitor.get("/en/webinars/month/2026/3")) == expected
    assert days(visitor.get("/en/webinars/month/2026/2")) == {}
    assert days(reader(a_user(time_zone="America/Lima")).get("/en/webinars/month/2026/3")) == expected


def test_what_ends_at_midnight_is_not_on_the_next_day(visitor):
    a_webinar(title="Late", starts_at=at(3, 9, 23), ends_at=at(3, 10))
    a_webinar(title="Night", starts_at=at(3, 9, 23), ends_at=at(3, 10, 1))

    page = visitor.get("/en/webinars/month/2026/3")

    assert days(page) == {"2026-03-09": ["11:00 PM Late", "11:00 PM Night"], "2026-03-10": ["11:00 PM Night"]}


def test_what_goes_on_for_weeks_stands_above_the_month_once(visitor):
    a_webinar(title="Course", starts_at=at(2, 20), ends_at=at(4, 3), all_day=True)
    a_webinar(title="Week", starts_at=at(3, 9), ends_at=at(3, 16), all_day=True)

    page = visitor.get("/en/webinars/month/2026/3")

    assert page.all("main section h2") == ["Over several weeks"]
    assert page.all("main .lines a") == ["Course"]
    assert list(days(page)) == [f"2026-03-{day:02}" for day in range(9, 16)]


def test_the_ways_lead_to_the_nearest_months_that_have_something_and_no_further(visitor):
    a_webinar(starts_at=at(3, 31, 23), ends_at=at(3, 31, 23, 30))
    a_webinar(starts_at=datetime(2025, 6, 30, 12, tzinfo=UTC))
    a_webinar(starts_at=at(9, 1), ends_at=at(9, 2), all_day=True)
    page = "/en/webinars/month"

    assert ways(visitor.get(f"{page}/2026/3")) == {
        "← June 2025": f"{page}/2025/6",
        "September 2026 →": f"{page}/2026/9",
        "As a list": "/en/webinars/",
    }
    assert ways(visitor.get(f"{page}/2026/9")) == {
        "← March 2026": f"{page}/2026/3",
        "This month": f"{page}/2026/3",
        "As a list": "/en/webinars/",
    }
    assert ways(visitor.get(f"{page}/2025/6")) == {
        "March 2026 →": f"{page}/2026/3",
        "This month": f"{page}/2026/3",
        "As a list": "/en/webinars/",
    }


def test_ways_know_what_reaches_into_other_months_and_whole_days_of_other_zones(visitor):
    fiji = timedelta(hours=12)
    a_webinar(starts_at=at(4, 1) - fiji, ends_at=at(4, 2) - fiji, all_day=True, zone="Pacific/Fiji")
    a_webinar(starts_at=at(4, 29), ends_at=at(5, 2))

    assert list(ways(visitor.get("/en/webinars/month/2026/3"))) == ["April 2026 →", "As a list"]
    assert list(ways(visitor.get("/en/webinars/month/2026/4"))) == ["May 2026 →", "This month", "As a list"]
    assert list(ways(visitor.get("/en/webinars/month/2026/5"))) == ["← April 2026", "This month", "As a list"]


def test_a_month_shows_what_the_list_is_narrowed_to_and_keeps_that(visitor):
    series = a_series(title="Water talks")
    a_webinar(title="Wells", starts_at=at(3, 10), countries=["TZA"], spoken=["fr"], series=series)
    a_webinar(title="Seeds", starts_at=at(3, 11), countries=["NER"])
    a_webinar(title="Rain", starts_at=at(5, 11), countries=["TZA"], spoken=["fr"], series=series)
    a_webinar(title="Wind", starts_at=at(4, 11), countries=["NER"])
    asked = f"country=TZA&language=fr&series={series.ref}"

    page = visitor.get(f"/en/webinars/month/2026/3?{asked}")

    assert list(days(page).values()) == [["12:00 AM Wells"]]
    assert page.all(".chosen li") == ["Leave out: French", "Leave out: Water talks", "Leave out: Tanzania"]
    assert set(ways(page)) == {"May 2026 →", "As a list"}
    assert "country=TZA" in ways(page)["May 2026 →"]
    assert robots(page) == ["noindex"]


def test_an_empty_month_says_so_and_is_in_no_index(visitor):
    a_webinar(starts_at=at(5, 1))

    page = visitor.get("/en/webinars/month/2026/3")

    assert page.one(".empty .title") == "Nothing takes place in this month"
    assert robots(page) == ["noindex"]
    assert robots(visitor.get("/en/webinars/month/2026/5")) == []


@pytest.mark.parametrize("month", ["2026/0", "2026/13", "0/1", "1899/12", "2101/1", "99999/1", "-2026/1", "2026/x"])
def test_a_month_that_is_none_is_not_found(visitor, month):
    assert visitor.get(f"/en/webinars/month/{month}").status == 404


@pytest.mark.parametrize("month", ["1900/1", "2100/12"])
def test_the_first_and_the_last_month_can_be_read(visitor, reader, month):
    assert visitor.get(f"/en/webinars/month/{month}").status == 200
    assert reader(a_user(time_zone="Pacific/Kiritimati")).get(f"/fr/webinars/month/{month}").status == 200


def test_a_busy_day_is_folded_up(visitor):
    for hour in range(9):
        a_webinar(title=f"At {hour}", starts_at=at(3, 10, hour))

    page = visitor.get("/en/webinars/month/2026/3")

    assert page.one(".month summary") == "and 3 more"
    assert len(days(page)["2026-03-10"]) == 9


def test_a_month_costs_as_many_statements_for_one_as_for_three(visitor):
    def look():
        visitor.get("/en/webinars/month/2026/3")

    a_webinar(author=a_focal_point(), starts_at=at(3, 9))
    look()
    one = statements(look)
    a_webinar(author=a_focal_point("TZA"), starts_at=at(3, 10), series=a_series())
    a_webinar(author=a_user(), starts_at=at(3, 11), interpretation=[{"language": "fr", "channel": "1"}])

    assert statements(look) == one == 3


def test_a_month_is_read_in_french(visitor):
    a_webinar(title="Wells", starts_at=at(3, 10, 14), language="en")
    a_webinar(starts_at=at(5, 1))
    assert visitor.get("/fr/webinars/month/2026/5").one(".month .busy .long") == "vendredi 1er mai 2026"

    page = visitor.get("/fr/webinars/month/2026/3")

    assert page.one("h1") == "Mars 2026"
    assert page.all(".month th")[0] == "lundi"
    assert page.one(".month .busy .long") == "mardi 10 mars 2026"
    assert days(page) == {"2026-03-10": ["14:00 Wells"]}
    assert list(ways(page)) == ["Mai 2026 →", "En liste"]
