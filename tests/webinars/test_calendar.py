"""Webinars in calendars: read back as calendar programs would, with the zones as the files themselves tell them."""

import re
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil.tz import tzical
from flask import Flask
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event

from galaxy.content.models import Status
from galaxy.core.i18n import force_locale
from galaxy.webinars import calendar
from galaxy.webinars.models import Entrance, State, Webinar
from galaxy.webinars.registration_models import RegistrationStatus
from tests.factories import a_body, a_focal_point, a_registration, a_user, a_webinar

AT = datetime(2026, 9, 10, 13, tzinfo=UTC)
EARLIEST = datetime(1996, 1, 1, tzinfo=UTC)
ZONES = sorted(available_timezones() - {"localtime", "Factory"})


def read(text: bytes | str) -> Calendar:
    """A file as `icalendar` reads it: nothing in it is wrong, its lines are folded, each ends as RFC 5545 says."""
    raw = text.encode() if isinstance(text, str) else text
    assert raw.endswith(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    made = Calendar.from_ical(raw)
    assert isinstance(made, Calendar)
    assert [each.errors for each in made.walk()] == [[] for _each in made.walk()]
    return made


def only(text: bytes | str) -> Event:
    [made] = read(text).events
    return made


def plain_values(made: Event) -> dict[str, Any]:
    """Its properties as a file shows them."""
    lines = made.to_ical().decode().replace("\r\n ", "").split("\r\n")
    return {
        line.split(":", 1)[0]: line.split(":", 1)[1] for line in lines if line and not line.startswith(("BEGIN", "END"))
    }


def instant(text: bytes, name: str) -> datetime:
    """When an event begins or ends by the zone that its file tells, as `dateutil` understands it."""
    value = only(text)[name]
    if "TZID" not in value.params:
        return value.dt
    block = re.search(rb"BEGIN:VTIMEZONE.*END:VTIMEZONE\r\n", text, re.DOTALL)
    assert block
    zone = tzical(StringIO(block[0].replace(b"\r\n ", b"").decode())).get(value.params["TZID"])
    return value.dt.replace(tzinfo=zone).astimezone(UTC)


def test_a_webinar_is_an_event_with_all_that_a_calendar_wants_to_know(app: Flask) -> None:
    body = a_body(name="Centre de l’eau", country="BFA")
    webinar = a_webinar(
        author=a_focal_point(body=body),
        starts_at=AT,
        zone="America/New_York",
        title="Pumps; wells, and more",
        summary="Who *repairs* them.",
        description="An hour.",
        sequence=3,
        changed_at=datetime(2026, 8, 1, 12, 30, 5, tzinfo=UTC),
        created_at=datetime(2026, 7, 1, tzinfo=UTC),
        uid="5f6e3f0e-7a39-4a10-9a43-cf2f4b3f8f51",
    )
    page = f"http://localhost/en/webinars/{webinar.slug}"

    made = only(calendar.file([webinar], "Water"))

    assert plain_values(made) == {
        "UID": "5f6e3f0e-7a39-4a10-9a43-cf2f4b3f8f51",
        "SEQUENCE": "3",
        "DTSTAMP": "20260801T123005Z",
        "LAST-MODIFIED": "20260801T123005Z",
        "CREATED": "20260701T000000Z",
        "DTSTART;TZID=America/New_York": "20260910T090000",
        "DTEND;TZID=America/New_York": "20260910T100000",
        "SUMMARY;LANGUAGE=en": "Pumps\\; wells\\, and more",
        "DESCRIPTION;LANGUAGE=en": f"Who repairs them.\\n\\nAn hour.\\n\\nAll about it: {page}",
        "LOCATION": page,
        "URL": page,
        "CATEGORIES": "Webinar,6. Clean water and sanitation,Water Supply & Sanitation",
        'ORGANIZER;CN="Centre de l’eau"': "mailto:no-reply@galaxy.example",
        "STATUS": "CONFIRMED",
        "TRANSP": "OPAQUE",
    }


def test_the_calendar_speaks_the_language_of_the_page(app: Flask) -> None:
    webinar = a_webinar(language="fr", title="Des pompes")
    with force_locale("fr"):
        made = only(calendar.file([webinar], "Eau"))
        whole = read(calendar.file([webinar], "Eau"))
    assert (made["summary"].params["LANGUAGE"], str(made["url"])) == (
        "fr",
        f"http://localhost/fr/webinars/{webinar.slug}",
    )
    assert str(made["description"]).endswith(
        f"Pour en savoir plus\N{NO-BREAK SPACE}: http://localhost/fr/webinars/{webinar.slug}"
    )
    assert {str(whole[name]) for name in ("NAME", "X-WR-CALNAME")} == {"Eau"}
    assert [str(whole[name]) for name in ("VERSION", "METHOD", "PRODID", "CALSCALE")] == [
        "2.0", "PUBLISH", "-//Galaxy//Galaxy//FR", "GREGORIAN",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        ("America/New_York", datetime(2026, 3, 8, 6, 59, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 8, 7, 0, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
        ("Europe/London", datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        ("Europe/Paris", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("Africa/Casablanca", datetime(2026, 2, 15, 2, 30, tzinfo=UTC)),
        ("Africa/Casablanca", datetime(2026, 3, 22, 2, 30, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, 15, tzinfo=UTC)),
        ("America/New_York", datetime(2006, 4, 2, 7, 0, tzinfo=UTC)),
    ],
)
def test_hours_are_right_on_the_days_a_clock_is_changed(app: Flask, zone: str, hour: datetime) -> None:
    text = calendar.file([a_webinar(starts_at=hour, zone=zone)], "One")
    assert (instant(text, "DTSTART"), instant(text, "DTEND")) == (hour, hour + timedelta(hours=1))


@given(
    st.sampled_from(ZONES),
    st.integers(0, 40 * 366 * 24 * 60).map(lambda minutes: EARLIEST + timedelta(minutes=minutes)),
    st.integers(1, 3_000),
)
@example("America/New_York", datetime(2026, 11, 1, 6, 30, tzinfo=UTC), 60)
@settings(max_examples=150, deadline=None)
def test_an_hour_of_any_zone_is_that_hour_to_whoever_reads_the_file(zone: str, start: datetime, minutes: int) -> None:
    webinar = Webinar(starts_at=start, ends_at=start + timedelta(minutes=minutes), zone=zone, all_day=False)
    made = Event()
    calendar._add_times(made, webinar)
    if "TZID" not in made["DTSTART"].params:
        assert start == made.DTSTART
        return
    told = calendar.timezone(zone, start.year, start.year).to_ical().decode().replace("\r\n ", "")
    local = made["DTSTART"].dt.replace(tzinfo=tzical(StringIO(told)).get(zone))
    assert local.astimezone(UTC) == start


def test_a_file_tells_each_zone_once_and_utc_not_at_all(app: Flask) -> None:
    webinars = [a_webinar(starts_at=AT, zone=zone) for zone in ("Asia/Tokyo", "UTC", "Africa/Niamey", "Asia/Tokyo")]
    made = read(calendar.file(webinars, "Some"))
    assert [zone.tz_name for zone in made.timezones] == ["Africa/Niamey", "Asia/Tokyo"]
    assert [plain_values(each).get("DTSTART") for each in made.events] == [None, "20260910T130000Z", None, None]


def test_days_without_hours_are_dates_and_keep_nobody_from_other_things(app: Flask) -> None:
    begin = datetime(2026, 9, 12, tzinfo=ZoneInfo("Pacific/Fiji"))
    webinar = a_webinar(starts_at=begin, ends_at=begin + timedelta(days=2), zone="Pacific/Fiji", all_day=True)
    one = a_webinar(starts_at=begin, ends_at=begin, zone="Pacific/Fiji", all_day=True)
    made = read(calendar.file([webinar, one], "Days"))
    assert made.timezones == []
    assert [(each.DTSTART, each.DTEND) for each in made.events] == [
        (date(2026, 9, 12), date(2026, 9, 14)),
        (date(2026, 9, 12), date(2026, 9, 13)),
    ]
    assert plain_values(made.events[0])["DTSTART;VALUE=DATE"] == "20260912"
    assert str(made.events[0]["TRANSP"]) == "TRANSPARENT"


def test_the_join_address_is_there_only_for_those_who_may_join(app: Flask) -> None:
    webinar = a_webinar(join_words="Code 1234")
    open_ = a_webinar(join_public=True, join_url="https://meet.example.org/open")
    assert b"meet.example" not in calendar.file([webinar], "All").replace(b"\r\n ", b"")
    assert b"Code" not in calendar.file([webinar], "All")
    joined = only(calendar.file([webinar], "Mine", joined=[webinar.id]))
    assert str(joined["location"]) == "https://meet.example.org/pumps"
    assert "Join here: https://meet.example.org/pumps\nCode 1234\n" in str(joined["description"])
    assert str(only(calendar.file([open_], "All"))["location"]) == "https://meet.example.org/open"


def test_people_who_meet_in_a_room_see_which(app: Flask) -> None:
    webinar = a_webinar(place="Salle 3,\nOuagadougou", join_public=True)
    made = only(calendar.file([webinar], "All"))
    assert str(made["location"]) == "Salle 3,\nOuagadougou"
    assert "Join here: https://meet.example.org/pumps" in str(made["description"])


def test_who_registers_elsewhere_is_told_where(app: Flask) -> None:
    webinar = a_webinar(entrance=Entrance.ELSEWHERE, entrance_url="https://example.org/register")
    assert "Register here: https://example.org/register" in str(only(calendar.file([webinar], "All"))["description"])


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({}, "CONFIRMED"),
        ({"state": State.CANCELLED, "reason": "The river rose."}, "CANCELLED"),
        ({"state": State.POSTPONED}, "CANCELLED"),
        ({"status": Status.WITHDRAWN}, "CANCELLED"),
        ({"status": Status.ARCHIVED}, "CANCELLED"),
        ({"status": Status.ARCHIVED, "starts_at": datetime(2021, 9, 10, 13, tzinfo=UTC)}, "CONFIRMED"),
    ],
)
def test_what_is_called_off_says_so(app: Flask, facts: dict[str, Any], status: str) -> None:
    made = only(calendar.file([a_webinar(**facts)], "All"))
    assert str(made["status"]) == status
    assert ("The river rose." in str(made["description"])) == ("reason" in facts)


def test_what_has_no_time_is_in_no_calendar(app: Flask) -> None:
    assert read(calendar.file([a_webinar(starts_at=None)], "All")).events == []


def test_long_texts_are_cut_and_signs_no_calendar_may_hold_are_left_out(app: Flask) -> None:
    webinar = a_webinar(title="Bell\x07 and\ttab", summary="", description="Déjà vu. " * 2_000)
    made = only(calendar.file([webinar], "All\x00\x1b"))
    assert str(made["summary"]) == "Bell and tab"
    assert len(made["description"]) < 1_700
    assert "Déjà…\n\nAll about it:" in str(made["description"]) or "vu.…\n\nAll about it:" in str(made["description"])


def test_whoever_registered_is_invited_by_a_calendar_of_their_own(app: Flask) -> None:
    webinar = a_webinar(starts_at=AT, zone="Europe/Paris", sequence=2, changed_at=AT - timedelta(days=90))
    registration = a_registration(webinar, a_user(email="ada@example.org", name='Ada "the" Lovelace; Countess'))

    text = calendar.invitation(registration)

    made = only(text)
    assert str(read(text)["METHOD"]) == "REQUEST"
    assert [zone.tz_name for zone in read(text).timezones] == ["Europe/Paris"]
    assert str(made["attendee"]) == "mailto:ada@example.org"
    assert dict(made["attendee"].params) == {
        "CN": "Ada the Lovelace; Countess",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "ACCEPTED",
        "RSVP": "FALSE",
    }
    assert (str(made["status"]), made["sequence"], str(made["uid"])) == ("CONFIRMED", 2, webinar.uid)
    assert str(made["location"]) == "https://meet.example.org/pumps"
    assert AT - timedelta(days=90) < made.DTSTAMP
    [alarm] = made.subcomponents
    assert (str(alarm["action"]), alarm["trigger"].dt, str(alarm["description"])) == (
        "DISPLAY",
        timedelta(minutes=-15),
        webinar.title,
    )


def test_whoever_waits_has_it_as_not_sure_and_is_not_told_where_to_join(app: Flask) -> None:
    registration = a_registration(a_webinar(), status=RegistrationStatus.WAITING)
    made = only(calendar.invitation(registration))
    assert (str(made["status"]), made["attendee"].params["PARTSTAT"]) == ("TENTATIVE", "TENTATIVE")
    assert "meet.example" not in str(made["location"]) + str(made["description"])
    assert made.subcomponents == []


def test_whoever_leaves_has_it_taken_out_of_their_calendar(app: Flask) -> None:
    webinar = a_webinar(sequence=4)
    registration = a_registration(webinar, email="bo@example.org", status=RegistrationStatus.CANCELLED)
    text = calendar.cancellation(registration)
    made = only(text)
    assert str(read(text)["METHOD"]) == "CANCEL"
    assert (str(made["status"]), made["sequence"], str(made["uid"])) == ("CANCELLED", 4, webinar.uid)
    assert (str(made["attendee"]), made["attendee"].params["PARTSTAT"]) == ("mailto:bo@example.org", "DECLINED")
    assert "meet.example" not in text.replace("\r\n ", "")


def test_what_is_postponed_to_nobody_knows_when_is_taken_out_without_a_time(app: Flask) -> None:
    webinar = a_webinar(starts_at=None, state=State.POSTPONED)
    made = only(calendar.cancellation(a_registration(webinar)))
    assert (made.get("dtstart"), str(made["status"])) == (None, "CANCELLED")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(title=TEXTS, summary=TEXTS, place=TEXTS, name=TEXTS)
@example(title="", summary="", place="", name="\\")
@settings(max_examples=100, deadline=None)
def test_whatever_people_write_the_file_can_be_read(title: str, summary: str, place: str, name: str) -> None:
    made = Event()
    for key, text in {"summary": title, "description": summary, "location": place}.items():
        made.add(key, calendar._clean(text))
    made.add("organizer", "mailto:a@example.org", parameters={"CN": calendar._name(name) or "-"})
    [again] = Calendar.from_ical(calendar._written(Calendar.new(), [], [made])).events
    assert again.errors == []
    assert {key: str(again[key]) for key in ("summary", "description", "location")} == {
        "summary": calendar._clean(title),
        "description": calendar._clean(summary),
        "location": calendar._clean(place),
    }
    assert again["organizer"].params["CN"] == (calendar._name(name) or "-")
