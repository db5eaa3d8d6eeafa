"""Webinars from tables and calendars: by an organiser on the site, and by the command."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from galaxy.content.imports import Choices, Line, Refusal, load
from galaxy.content.models import Status
from galaxy.core.db import db
from galaxy.webinars import services
from galaxy.webinars.cli import group
from galaxy.webinars.converters import convert_pyvideo
from galaxy.webinars.imports import IMPORTER, understand
from galaxy.webinars.models import State, Webinar
from tests.factories import a_focal_point, a_user
from tests.readers import Page, Reader
from tests.webinars.test_ics import TIMES, WEEKLY, calendar

ROW: dict[str, Any] = {
    "external_id": "x:1",
    "title": "Wells",
    "summary": "About wells.",
    "language": "French",
    "spoken": ["fr", "en"],
    "countries": "Niger; Mali",
    "sdgs": "6",
    "format": "conference",
    "series": "Water talks",
    "speakers": [{"name": "Ada", "country": "KEN"}, "Bo"],
    "starts_at": "2026-09-10T09:00",
    "duration": 90,
    "zone": "America/New_York",
    "join_url": "https://meet.example.org/wells",
    "capacity": "100",
}


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel("2026-06-01T12:00:00Z", tick=True):
        yield


def take(rows: list[dict[str, Any]], **chosen: Any) -> Any:
    return load((Line(n, row) for n, row in enumerate(rows, 1)), IMPORTER, Choices(**chosen))


def only() -> Webinar:
    db.session.expire_all()
    return db.session.scalars(select(Webinar)).one()


def test_a_row_is_a_webinar_with_its_words_and_its_facts(app: Flask) -> None:
    report = take([ROW], publish=True)
    assert (report.created, report.published, report.refusals) == (1, 1, [])
    webinar = only()
    assert webinar.status == Status.PUBLISHED
    assert webinar.starts_at is not None
    assert webinar.series is not None
    assert (webinar.starts_at.isoformat(), str(webinar.length), webinar.zone) == (
        "2026-09-10T13:00:00+00:00", "1:30:00", "America/New_York",
    )  # fmt: skip
    assert (webinar.series.title, webinar.capacity, webinar.language) == ("Water talks", 100, "fr")
    assert [(each.name, each.country) for each in webinar.speakers] == [("Ada", "KEN"), ("Bo", "")]
    assert (webinar.codes("spoken"), webinar.codes("country")) == (["fr", "en"], ["NER", "MLI"])


def test_what_is_the_same_is_not_touched_and_what_hosts_changed_is_left_alone(app: Flask) -> None:
    user = a_user()
    take([ROW], by=user, publish=True)
    assert take([ROW], by=user, publish=True).unchanged == 1
    assert take([ROW | {"duration": 60}], by=user, publish=True).updated == 1
    webinar = only()
    assert (str(webinar.length), webinar.sequence) == ("1:00:00", 1)
    services.move(webinar, webinar.starts_at, webinar.ends_at, "Europe/Paris", by=user)  # type: ignore[arg-type]
    db.session.commit()
    assert take([ROW], by=user, publish=True).refusals == [
        "line 1: it was changed here since the last import and is left as it is"
    ]
    assert take([ROW], by=user, publish=True, overwrite=True).updated == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"title": ""}, "the title is missing"),
        ({"zone": "Mars"}, "the zone “Mars” is none of the IANA’s, as Africa/Ouagadougou is"),
        ({"starts_at": "soon"}, "the starts_at “soon” is not like 2026-09-10 or 2026-09-10T09:00"),
        ({"starts_at": "1600-01-01"}, "the starts_at “1600-01-01” is not between 1990 and 2100"),
        ({"ends_at": "2026-09-10T08:00"}, "it ends before it begins"),
        ({"ends_at": "2028-09-10T08:00"}, "it lasts longer than a year"),
        ({"duration": ""}, "it does not say when it ends: give ends_at, or its duration in minutes"),
        ({"capacity": "-1"}, "the capacity “-1” is no whole number from 1 to 100,000"),
        ({"join_url": "javascript:x"}, "the join_url must be a whole address, and begin with http:// or https://"),
        ({"speakers": [{"name": "A", "country": "Narnia"}]}, "the country “Narnia” is not known"),
        ({"all_day": "perhaps"}, "the all_day “perhaps” is neither yes nor no"),
    ],
)
def test_a_row_that_is_not_right_is_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refusal, match=r".") as refused:
        understand(ROW | change)
    assert str(refused.value) == reason


def test_recorded_talks_are_past_webinars_of_a_day(app: Flask) -> None:
    record = {
        "id": "pv:pycon-fr-2024/a", "title": "Un exposé", "description": "De quoi ?", "language": "fr",
        "speakers": ["Ada"], "event": "PyCon FR 2024", "recorded": "2024-11-02", "duration_s": 1293,
        "videos": ["https://example.org/it's.mp4", "https://www.youtube.com/watch?v=1"], "thumbnail": None,
        "tags": [], "links": ["https://example.org/slides"], "text_language": "fr",
    }  # fmt: skip
    report = take(list(convert_pyvideo([record])), publish=True)
    assert report.refusals == []
    webinar = only()
    assert webinar.is_over
    assert (webinar.all_day, webinar.zone, webinar.recording_url) == (True, "UTC", "https://www.youtube.com/watch?v=1")
    assert webinar.description == (
        "L’enregistrement dure 22 minutes.\n\nL’enregistrement se trouve aussi ici :\n\n- <https://example.org/it%27s.mp4>"
        "\n\nLiens :\n\n- <https://example.org/slides>\n\nTiré de la liste d’exposés enregistrés de PyVideo (CC0 1.0), "
        "sous le nom `pv:pycon-fr-2024/a`. L’enregistrement a ses propres conditions."
    )
    assert (webinar.codes("sector"), webinar.codes("country"), webinar.codes("sdg")) == (["22040"], [], [])


# On the site.


def send(reader: Reader, raw: bytes, **typed: Any) -> Page:
    return reader.send("/en/webinars/import", file=(io.BytesIO(raw), "events.ics"), **typed)


def done(page: Page) -> list[str]:
    return page.all("tbody tr td:nth-of-type(4)")


def test_an_organiser_brings_in_a_calendar_and_is_told_of_each_event(app: Flask) -> None:
    focal = a_focal_point()
    name, organiser = focal.bodies[0].name, Reader(app, focal)
    raw = calendar(TIMES).replace(
        b"END:VCALENDAR", b"BEGIN:VEVENT\r\nUID:2\r\nSUMMARY:Bad\r\nEND:VEVENT\r\nEND:VCALENDAR"
    )

    page = send(organiser, raw)

    assert done(page) == ["Taken", "Not taken · its date “” cannot be read"]
    webinar = only()
    assert (webinar.title, webinar.status, webinar.body.name if webinar.body else "") == ("Pumps", Status.DRAFT, name)
    assert webinar.external_id == "ics:1@example.org"
    assert done(send(organiser, calendar(TIMES))) == ["Here already"]
    later = TIMES.replace("T140000Z", "T150000Z")
    assert done(send(organiser, calendar(later))) == ["Changed"]
    assert str(only().length) == "2:00:00"


def test_looking_changes_nothing(app: Flask) -> None:
    page = send(Reader(app, a_user()), calendar(WEEKLY), look="y")
    assert done(page) == ["Taken"] * 4
    assert db.session.scalars(select(Webinar)).all() == []


def test_what_belongs_to_somebody_else_is_left_alone(app: Flask) -> None:
    send(Reader(app, a_user()), calendar(TIMES))
    page = send(Reader(app, a_user()), calendar(TIMES.replace("Pumps", "Mine")))
    assert done(page) == ["Not taken · it is here already, and belongs to somebody else"]
    assert only().title == "Pumps"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"%PDF-1.7", "The file is no calendar: it does not begin with BEGIN:VCALENDAR."),
        (calendar(), "There are no events in this calendar."),
    ],
)
def test_a_file_that_is_no_calendar_is_refused_with_a_sentence(app: Flask, raw: bytes, reason: str) -> None:
    page = send(Reader(app, a_user()), raw)
    assert (page.status, page.errors) == (200, [reason])


def test_an_event_that_is_called_off_there_is_called_off_here(app: Flask) -> None:
    organiser = Reader(app, a_user())
    send(organiser, calendar(TIMES))
    page = send(organiser, calendar(f"{TIMES}\r\nSTATUS:CANCELLED"))
    assert done(page) == ["Changed"]
    assert only().state == State.CANCELLED
    new = calendar(f"{TIMES}\r\nSTATUS:CANCELLED").replace(b"1@example.org", b"9@example.org")
    assert done(send(organiser, new)) == ["Not taken · it is cancelled in the calendar"]


# By the command.


def run(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(group, ["webinars", *arguments])


def test_the_command_takes_a_calendar_whole_and_a_table_by_what_is_in_them(app: Flask, tmp_path: Path) -> None:
    ics, table = tmp_path / "events.ics", tmp_path / "rows.txt"
    ics.write_bytes(calendar(WEEKLY))
    table.write_text(json.dumps(ROW | {"external_id": "x:2"}), encoding="utf-8")
    said = run(app, str(ics), "--publish")
    assert (said.exit_code, said.output) == (0, "read 4, created 4, updated 0, unchanged 0, published 4, refused 0\n")
    assert run(app, str(ics), "--dry-run").output.startswith("Would be: read 4, created 0, updated 0, unchanged 4")
    assert run(app, str(table)).exit_code == 0
    found = db.session.scalars(select(Webinar).order_by(Webinar.id)).all()
    assert [each.title for each in found] == ["Water"] * 4 + ["Wells"]
    assert {each.series.title for each in found if each.series} == {"Water", "Water talks"}


def test_the_command_refuses_each_bad_event_on_a_line_and_a_file_that_is_none(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "events.ics"
    file.write_bytes(calendar("SUMMARY:Bad", TIMES.replace("Pumps", "Good")).replace(b"UID:1", b"UID:0", 1))
    said = run(app, str(file))
    assert said.exit_code == 2
    assert "line 4: its date “” cannot be read" in said.output
    file.write_bytes(b"\xff" * 6_000_000)
    said = run(app, str(file))
    assert (said.exit_code, "Stopped: The calendar is larger than 5 MB." in said.output) == (1, True)
