"""Calendars that are downloaded and subscribed to, by programs that do not sign in."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from galaxy.accounts.services import account_deleted
from galaxy.content.models import Status
from galaxy.core import logs
from galaxy.core.db import db, now
from galaxy.webinars import feeds
from galaxy.webinars.models import Format, State
from galaxy.webinars.registration_models import CalendarKey, RegistrationStatus
from tests.factories import a_registration, a_series, a_user, a_webinar, saved
from tests.readers import Page, Reader
from tests.statements import statements


def titles(page: Page) -> list[str]:
    return [str(each["summary"]) for each in calendar(page).events]


def calendar(page: Page) -> Calendar:
    assert (page.status, page.response.content_type) == (200, "text/calendar; charset=utf-8")
    found = Calendar.from_ical(page.response.data)
    assert isinstance(found, Calendar)
    return found


def test_one_webinar_is_a_file_that_anybody_may_keep(app: Flask, visitor: Reader) -> None:
    ref, slug = (webinar := a_webinar(title="Étang et pompes")).ref, webinar.slug
    page = visitor.get(f"/fr/webinars/{slug}/calendar.ics")
    assert titles(page) == ["Étang et pompes"]
    headers = page.response.headers
    assert headers["Content-Disposition"] == (
        f"attachment; filename=\"{ref}-tang-et-pompes.ics\"; filename*=UTF-8''{ref}-%C3%A9tang-et-pompes.ics"
    )
    assert headers["Cache-Control"] == "public, max-age=0, s-maxage=10, must-revalidate"
    assert "Set-Cookie" not in headers
    assert "meet.example" not in page.text


def test_a_file_that_has_not_changed_is_not_sent_again(app: Flask, visitor: Reader) -> None:
    address = f"/en/webinars/{a_webinar().slug}/calendar.ics"
    tag = visitor.get(address).response.headers["ETag"]
    again = visitor.get(address, headers={"If-None-Match": tag})
    assert (again.status, again.response.data) == (304, b"")


def test_what_has_no_time_has_no_calendar(app: Flask, visitor: Reader) -> None:
    assert visitor.get(f"/en/webinars/{a_webinar(starts_at=None).slug}/calendar.ics").status == 404


def test_a_series_is_a_calendar_of_what_is_published_in_it(app: Flask, visitor: Reader) -> None:
    slug = (series := a_series(title="Water talks")).slug
    soon, old = now() + timedelta(days=3), datetime(2019, 5, 1, 12, tzinfo=UTC)
    a_webinar(title="Later", series=series, starts_at=soon + timedelta(days=1))
    a_webinar(title="Soon", series=series, starts_at=soon)
    a_webinar(title="Long ago", series=series, starts_at=old)
    a_webinar(title="Draft", series=series, status=Status.DRAFT)
    a_webinar(title="Another")
    page = visitor.get(f"/en/webinars/series/{slug}/calendar.ics")
    assert titles(page) == ["Soon", "Later", "Long ago"]
    assert str(calendar(page)["X-WR-CALNAME"]) == "Water talks"
    assert str(calendar(page)["SOURCE"]) == f"http://localhost/en/webinars/series/{slug}/calendar.ics"


def test_a_list_is_a_calendar_of_what_it_shows_to_come_and_of_the_last_year(app: Flask, visitor: Reader) -> None:
    ref = (series := a_series()).ref
    a_webinar(
        title="Wells in Fiji", countries=["FJI"], sdgs=["6.1"], spoken=["fr"], format=Format.COURSE, series=series
    )
    a_webinar(title="Seeds", countries=["KEN"], sdgs=["2"], starts_at=now() - timedelta(days=300))
    a_webinar(title="Old", starts_at=now() - timedelta(days=400))
    a_webinar(title="Off", state=State.CANCELLED, starts_at=now() + timedelta(days=3))

    def found(asked: str) -> list[str]:
        return titles(visitor.get(f"/en/webinars/calendar.ics{asked}"))

    assert found("") == ["Wells in Fiji", "Off", "Seeds"]
    assert found("?country=FJI") == ["Wells in Fiji"]
    assert found("?country=FJI&country=KEN") == ["Wells in Fiji", "Seeds"]
    assert found("?sdg=6&language=fr&format=course") == ["Wells in Fiji"]
    assert found(f"?series={ref}") == ["Wells in Fiji"]
    assert found("?q=fiji") == ["Wells in Fiji"]
    assert found("?q=fiji&country=KEN") == []
    assert found("?country=nowhere") == ["Wells in Fiji", "Off", "Seeds"]


def test_a_list_is_bounded_and_read_by_as_many_statements_however_long_it_is(
    app: Flask, visitor: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_webinar(title="One")
    few = statements(lambda: visitor.get("/en/webinars/calendar.ics"))
    for number in range(3):
        a_webinar(title=f"More {number}", starts_at=now() + timedelta(days=2 + number), zone="Africa/Niamey")
    assert statements(lambda: visitor.get("/en/webinars/calendar.ics")) == few
    monkeypatch.setattr(feeds, "MOST", 2)
    assert titles(visitor.get("/en/webinars/calendar.ics")) == ["One", "More 0"]


@pytest.fixture
def key(app: Flask) -> str:
    """The key of a member who comes to one webinar and waits for another."""
    user = a_user()
    a_registration(a_webinar(title="Mine"), user)
    later = now() + timedelta(days=4)
    a_registration(a_webinar(title="Perhaps", starts_at=later), user, status=RegistrationStatus.WAITING)
    a_registration(a_webinar(title="Not"), user, status=RegistrationStatus.CANCELLED)
    a_registration(a_webinar(title="Gone", status=Status.WITHDRAWN, starts_at=later), user)
    a_registration(a_webinar(title="Hidden", status=Status.REVIEW), user)
    a_registration(a_webinar(title="Long ago", starts_at=now() - timedelta(days=400)), user)
    a_registration(a_webinar(title="Another's"))
    return saved(CalendarKey(user_id=user.id)).key


def test_ones_own_calendar_holds_what_one_comes_to_and_where_to_join(visitor: Reader, key: str) -> None:
    page = visitor.get(f"/en/webinars/feeds/{key}.ics")
    events = calendar(page).events
    assert [(str(each["summary"]), str(each["status"])) for each in events] == [
        ("Mine", "CONFIRMED"),
        ("Perhaps", "TENTATIVE"),
        ("Gone", "CANCELLED"),
    ]
    assert ["meet.example.org/pumps" in str(each["description"]) for each in events] == [True, False, True]
    headers = page.response.headers
    assert headers["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert "Set-Cookie" not in headers
    again = visitor.get(f"/en/webinars/feeds/{key}.ics", headers={"If-None-Match": headers["ETag"]})
    assert (again.status, again.response.data) == (304, b"")


def test_a_key_opens_nothing_when_it_is_wrong_or_its_owner_has_left(app: Flask, visitor: Reader, key: str) -> None:
    address = f"/en/webinars/feeds/{key}.ics"
    assert visitor.get("/en/webinars/feeds/nothing.ics").status == 404
    assert visitor.get(f"/en/webinars/feeds/{'x' * 5_000}.ics").status == 404
    user = feeds.owner_of(key)
    assert user is not None
    user.active = False
    db.session.commit()
    assert visitor.get(address).status == 404
    user = db.session.merge(user)
    user.active = True
    account_deleted.send(user)
    db.session.commit()
    assert db.session.scalars(select(CalendarKey)).all() == []
    assert visitor.get(address).status == 404


def test_a_member_makes_the_address_of_their_calendar_and_another_when_it_got_about(app: Flask) -> None:
    user = a_user()
    a_registration(a_webinar(title="Mine"), user)
    member, program = Reader(app, user), Reader(app)
    assert member.get("/en/webinars/my-calendar").soup.select_one("#address") is None

    page = member.send("/en/webinars/my-calendar")

    first = shown(page)
    assert page.notices[0] == "Your calendar has a new address."
    assert first.startswith("http://localhost/en/webinars/feeds/")
    assert page.links("main .toolbar a") == [first.replace("http", "webcal"), first.removeprefix("http://localhost")]
    assert titles(program.get(first)) == ["Mine"]
    second = shown(member.send("/en/webinars/my-calendar"))
    assert second != first
    assert (program.get(first).status, titles(program.get(second))) == (404, ["Mine"])


def shown(page: Page) -> str:
    [found] = page.soup.select("#address")
    return str(found["value"])


def test_the_key_stands_in_no_line_of_the_log(app: Flask) -> None:
    with app.test_request_context("/en/webinars/feeds/secret.ics"):
        assert logs.path() == "/en/webinars/feeds/….ics"
