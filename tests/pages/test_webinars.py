"""Webinars on the pages that join the rooms: home, countries, goals, the dashboard."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from galaxy.accounts.models import User
from galaxy.core.db import db
from galaxy.webinars.models import State
from galaxy.webinars.registration_models import RegistrationStatus
from tests.factories import a_focal_point, a_registration, a_user, a_webinar
from tests.statements import statements

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


def hours(number):
    """So many hours from now."""
    return NOW + timedelta(hours=number)


def headings(page):
    return page.all("main h2")


def test_home_shows_what_is_on_and_the_next_webinars(visitor):
    for number in (48, 24, 72, 96):
        a_webinar(title=f"In {number} hours", starts_at=hours(number))
    a_webinar(title="On", starts_at=hours(-0.5), zone="Africa/Nairobi")
    a_webinar(title="A course of weeks", starts_at=hours(-200), ends_at=hours(200))
    a_webinar(title="Cancelled", starts_at=hours(1), state=State.CANCELLED)
    a_webinar(title="Over", starts_at=hours(-2))

    page = visitor.get("/en/")

    assert page.all(".card h3") == ["On", "In 24 hours", "In 48 hours"]
    assert page.all(".card time")[0].replace("\u202f", " ") == "Monday, March 2, 2026, 11:30 AM – 12:30 PM"
    assert "On now and next" in headings(page)
    assert [link["href"] for link in page.soup.select("main a") if link.text == "All webinars"] == ["/en/webinars/"]


def test_pages_without_webinars_do_not_speak_of_them(visitor, reader):
    a_webinar(starts_at=hours(-2), countries=["TZA"])

    for page in (visitor.get("/en/"), visitor.get("/en/goals/6"), visitor.get("/en/countries/TZA")):
        assert not {"On now and next", "Webinars", "To watch"} & set(page.all("main :is(h2, h3)"))
    assert "You take part in" not in headings(reader(a_user()).get("/en/dashboard"))


def test_a_country_shows_its_next_webinars_and_those_one_can_watch(visitor):
    a_webinar(title="Wells", starts_at=hours(48), countries=["TZA", "KEN"])
    a_webinar(title="Rain", starts_at=hours(-48), countries=["TZA"], recording_url="https://example.org/rain")
    a_webinar(title="Lost", starts_at=hours(-24), countries=["TZA"])
    a_webinar(title="Elsewhere", starts_at=hours(2), countries=["KEN"])

    page = visitor.get("/en/countries/TZA")

    assert page.all(".card h3") == ["Wells"]
    assert page.all("main h3")[-1] == "To watch"
    assert page.all(".card h4") == ["Rain"]
    assert "/en/webinars/?country=TZA" in page.links("main a")
    assert "Tous les webinaires : Tanzanie" in visitor.get("/fr/countries/TZA").all("main a")


def test_a_goal_shows_its_next_webinars(visitor):
    a_webinar(title="Wells", sdgs=["6.1"])
    a_webinar(title="Seeds", sdgs=["2"])

    page = visitor.get("/en/goals/6")

    assert page.all(".card h3") == ["Wells"]
    assert "/en/webinars/?sdg=6" in page.links("main a")


def test_the_dashboard_shows_what_one_registered_for_the_soonest_first(reader):
    ama, other = a_user(name="Ama"), a_user()
    a_registration(a_webinar(title="Wells", starts_at=hours(48)), ama)
    a_registration(a_webinar(title="Seeds", starts_at=hours(24)), ama, status=RegistrationStatus.WAITING)
    a_registration(a_webinar(title="Over", starts_at=hours(-24)), ama)
    a_registration(a_webinar(title="Left"), ama, status=RegistrationStatus.CANCELLED)
    a_registration(a_webinar(title="Of another"), other)

    page = reader(ama).get("/en/dashboard")

    assert "You take part in" in headings(page)
    assert page.all(".waits .lines li > a") == ["Seeds", "Wells"]
    assert page.all(".waits .lines .tag") == ["Tomorrow", "You wait for a place", "In 2 days"]
    assert page.all(".empty") == []


@pytest.mark.parametrize("path", ["/en/", "/en/countries/TZA", "/en/goals/6", "/en/dashboard"])
def test_one_webinar_costs_as_many_statements_as_three(reader, path):
    mine = reader(a_user(email="ama@example.org"))

    def add(country):
        author = a_focal_point(country)
        ama = db.session.scalars(select(User).where(User.email == "ama@example.org")).one()
        a_registration(a_webinar(author=author, countries=["TZA"]), ama)
        recording = {"starts_at": hours(-24), "recording_url": "https://example.org/rain"}
        a_webinar(author=author, countries=["TZA"], **recording)

    def look():
        mine.get(path)

    add("TZA")
    look()
    one = statements(look)
    add("FJI")
    add("NER")

    assert statements(look) == one
