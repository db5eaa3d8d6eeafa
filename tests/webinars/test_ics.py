"""Calendars of others: what odd programs write, and what would keep a reader busy for ever."""

import time
from typing import Any

import pytest
import time_machine

from galaxy.content.imports import BadFile
from galaxy.webinars import ics

HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n"
EVENT = "BEGIN:VEVENT\r\nUID:1@example.org\r\nDTSTAMP:20260101T000000Z\r\n{}\r\nEND:VEVENT\r\n"
TIMES = "SUMMARY:Pumps\r\nDTSTART:20260910T130000Z\r\nDTEND:20260910T140000Z"
OURS = """BEGIN:VTIMEZONE
TZID:Ours
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel("2026-06-01T12:00:00Z", tick=True):
        yield


def calendar(*events: str, head: str = "") -> bytes:
    return (HEAD + head + "".join(EVENT.format(event) for event in events) + "END:VCALENDAR\r\n").encode()


def rows(raw: bytes, zone: str = "Africa/Niamey") -> list[Any]:
    """What a file says: rows, and the reasons of those that cannot be taken."""
    return [line.refusal or line.values for line in ics.read(raw, zone)]


def row(event: str, head: str = "") -> dict[str, Any]:
    [found] = rows(calendar(event, head=head))
    assert isinstance(found, dict), found
    return found


def when(event: str, head: str = "") -> tuple[str, str, str]:
    found = row(event, head)
    return found["starts_at"], found["ends_at"], found["zone"]


def test_an_event_is_a_row() -> None:
    found = row(
        "SUMMARY;LANGUAGE=fr:Des pompes\\, des puits\r\nDESCRIPTION:Qui les répare ?\\nTrois pays.\r\n"
        "DTSTART;TZID=Africa/Ouagadougou:20260910T090000\r\nDTEND;TZID=Africa/Ouagadougou:20260910T110000\r\n"
        "LOCATION:Salle 3\\, Ouagadougou\r\nURL:https://example.org/pompes\r\n"
        "ORGANIZER;CN=Centre de l'eau:mailto:a@example.org"
    )
    assert found == {
        "external_id": "ics:1@example.org",
        "title": "Des pompes, des puits",
        "starts_at": "2026-09-10T09:00:00+00:00",
        "ends_at": "2026-09-10T11:00:00+00:00",
        "all_day": False,
        "zone": "Africa/Ouagadougou",
        "cancelled": False,
        "summary": "Qui les répare ? Trois pays.",
        "description": "",
        "place": "Salle 3, Ouagadougou",
        "join_url": "",
        "join_words": "",
        "url": "https://example.org/pompes",
        "organisers": ["Centre de l'eau"],
        "language": "fr",
    }


@pytest.mark.parametrize(
    ("start", "head", "found"),
    [
        ("DTSTART:20260910T130000Z", "", ("2026-09-10T13:00:00+00:00", "Africa/Niamey")),
        ("DTSTART:20260910T130000", "", ("2026-09-10T12:00:00+00:00", "Africa/Niamey")),
        ("DTSTART:20260910T130000", "X-WR-TIMEZONE:Asia/Tokyo\r\n", ("2026-09-10T04:00:00+00:00", "Asia/Tokyo")),
        ("DTSTART;TZID=Eastern Standard Time:20260910T090000", "", ("2026-09-10T13:00:00+00:00", "America/New_York")),
        ('DTSTART;TZID="W. Europe Standard Time":20260910T090000', "", ("2026-09-10T07:00:00+00:00", "Europe/Berlin")),
        ("DTSTART;TZID=/x.org/Europe/Paris:20260910T090000", "", ("2026-09-10T07:00:00+00:00", "Europe/Paris")),
        ("DTSTART;TZID=Ours:20260910T090000", OURS, ("2026-09-10T07:00:00+00:00", "Europe/Paris")),
        ("DTSTART;TZID=Ours:20261210T090000", OURS, ("2026-12-10T08:00:00+00:00", "Europe/Paris")),
        ("DTSTART;TZID=Europe/Paris:20260329T023000", "", ("2026-03-29T01:30:00+00:00", "Europe/Paris")),
        ("DTSTART;TZID=Europe/Paris:20261025T023000", "", ("2026-10-25T00:30:00+00:00", "Europe/Paris")),
    ],
)  # fmt: skip
def test_times_are_by_the_clock_that_the_file_means(start: str, head: str, found: tuple[str, str]) -> None:
    begins, _ends, zone = when(f"SUMMARY:A\r\n{start}\r\nDURATION:PT1H", head)
    assert (begins, zone) == found


@pytest.mark.parametrize(
    ("times", "ends"),
    [
        ("DTSTART:20260910T130000Z\r\nDURATION:PT1H30M", "2026-09-10T14:30:00+00:00"),
        ("DTSTART:20260910T130000Z\r\nDURATION:P1DT1H", "2026-09-11T14:00:00+00:00"),
        ("DTSTART;VALUE=DATE:20260910", "2026-09-10"),
        ("DTSTART;VALUE=DATE:20260910\r\nDTEND;VALUE=DATE:20260912", "2026-09-11"),
        ("DTSTART:20260910\r\nDTEND:20260910", "2026-09-10"),
    ],
)
def test_its_end_is_said_in_several_ways(times: str, ends: str) -> None:
    assert when(f"SUMMARY:A\r\n{times}")[1] == ends


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("DTSTART:20260910T130000Z\r\nDURATION:PT1H", "it has no title"),
        ("SUMMARY:A\r\nDTSTART:20260910T130000Z", "it does not say when it ends"),
        ("SUMMARY:A\r\nDTEND:20260910T130000Z", "its date “” cannot be read"),
        ("SUMMARY:A\r\nDTSTART:20261340T990000Z\r\nDURATION:PT1H", "its date “20261340T990000Z” cannot be read"),
        ("SUMMARY:A\r\nDTSTART:16010101T000000Z\r\nDURATION:PT1H", "it is not between 1990 and 2100"),
        ("SUMMARY:A\r\nDTSTART:20260910T130000Z\r\nDTEND:20260910T120000Z", "it ends before it begins"),
        ("SUMMARY:A\r\nDTSTART:20260910T130000Z\r\nDURATION:-PT1H", "it ends before it begins"),
        ("SUMMARY:A\r\nDTSTART:20260910T130000Z\r\nDURATION:PT99999999H", "it does not say when it ends"),
        ("SUMMARY:A\r\nDTSTART;TZID=Nowhere:20260910T130000\r\nDURATION:PT1H", "its time zone “Nowhere” is not known"),
        (f"{TIMES}\r\nCLASS:PRIVATE", "it is marked as private"),
        (f"{TIMES}\r\nRRULE:FREQ=SECONDLY", "it comes again by a rule of a kind that is not read here"),
        (f"{TIMES}\r\nX-LONG:{'a' * 200_000}", "a line of it is longer than 100,000 characters"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_reason(event: str, reason: str) -> None:
    assert rows(calendar(event)) == [reason]


WEEKLY = "SUMMARY:Water\r\nDTSTART;TZID=Europe/Paris:20261015T100000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=4"


def test_what_comes_again_is_a_row_for_each_date_by_the_clock_of_its_zone() -> None:
    found = rows(calendar(f"{WEEKLY}\r\nEXDATE;TZID=Europe/Paris:20261022T100000\r\nRDATE:20261224T090000Z"))
    assert [(each["external_id"], each["starts_at"], each["series"]) for each in found] == [
        ("ics:1@example.org/20261015T080000Z", "2026-10-15T08:00:00+00:00", "Water"),
        ("ics:1@example.org/20261029T090000Z", "2026-10-29T09:00:00+00:00", "Water"),
        ("ics:1@example.org/20261105T090000Z", "2026-11-05T09:00:00+00:00", "Water"),
        ("ics:1@example.org/20261224T090000Z", "2026-12-24T09:00:00+00:00", "Water"),
    ]


def test_a_date_that_is_said_anew_keeps_its_id() -> None:
    moved = "SUMMARY:Water, later\r\nRECURRENCE-ID;TZID=Europe/Paris:20261022T100000\r\nDTSTART:20261023T120000Z"
    moved += "\r\nDURATION:PT2H"
    off = "SUMMARY:Water\r\nRECURRENCE-ID:20261029T090000Z\r\nDTSTART:20261029T090000Z\r\nDURATION:PT1H"
    off += "\r\nSTATUS:CANCELLED"
    found = {each["external_id"][-16:]: each for each in rows(calendar(WEEKLY, moved, off))}
    assert sorted(found) == ["20261015T080000Z", "20261022T080000Z", "20261029T090000Z", "20261105T090000Z"]
    other = found["20261022T080000Z"]
    assert (other["title"], other["starts_at"], other["ends_at"]) == (
        "Water, later", "2026-10-23T12:00:00+00:00", "2026-10-23T14:00:00+00:00",
    )  # fmt: skip
    assert [found[key]["cancelled"] for key in sorted(found)] == [False, False, True, False]


def test_of_what_comes_again_without_end_the_next_hundred_dates_are_taken() -> None:
    found = rows(calendar("SUMMARY:Tea\r\nDTSTART:20200101T100000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=1000000"))
    assert found[-1].startswith("it comes ")
    taken = [each["starts_at"][:10] for each in found[:-1]]
    assert (len(taken), taken[0], taken[-1]) == (100, "2026-06-02", "2026-09-09")


@pytest.mark.parametrize(
    ("event", "public", "join", "words"),
    [
        ("LOCATION:https://zoom.us/j/99?pwd=x", "", "https://zoom.us/j/99?pwd=x", ""),
        ("X-GOOGLE-CONFERENCE:https://meet.google.com/abc-defg-hij", "", "https://meet.google.com/abc-defg-hij", ""),
        ("CONFERENCE;VALUE=URI:https://rooms.example.org/x", "", "https://rooms.example.org/x", ""),
        (
            "DESCRIPTION:All about wells.\\n\\nJoin Zoom Meeting\\nhttps://us2.zoom.us/j/99?pwd=x\\n\\nPasscode: 1234",
            "All about wells.",
            "https://us2.zoom.us/j/99?pwd=x",
            "Join Zoom Meeting\nhttps://us2.zoom.us/j/99?pwd=x\n\nPasscode: 1234",
        ),
        (
            "DESCRIPTION:Wells.\\n________________________________\\nMicrosoft Teams meeting\\n"
            "https://teams.microsoft.com/l/meetup-join/9",
            "Wells.",
            "https://teams.microsoft.com/l/meetup-join/9",
            "________________________________\nMicrosoft Teams meeting\nhttps://teams.microsoft.com/l/meetup-join/9",
        ),
        (
            'DESCRIPTION:<p>All <b>about</b> wells.</p><p>See <a href="https://example.org/w">here</a></p>'
            "<script>alert(1)</script>",
            "All about wells. See https://example.org/w here",
            "",
            "",
        ),
    ],
)
def test_the_way_into_a_room_is_not_told_to_the_public(event: str, public: str, join: str, words: str) -> None:
    found = row(f"{TIMES}\r\n{event}")
    assert (found["join_url"], found["join_words"], found["url"], found["place"]) == (join, words, "", "")
    assert (found["summary"], found["description"]) == (public, "")


@pytest.mark.parametrize(
    "raw",
    [
        calendar(TIMES.replace("Pumps", "Étang")),
        b"\xef\xbb\xbf" + calendar(TIMES.replace("Pumps", "Étang")).replace(b"\r\n", b"\n"),
        calendar(TIMES.replace("Pumps", "Étang")).decode().encode("latin-1"),
        calendar(TIMES.replace("Pumps", "Étang")).decode().encode("utf-16"),
        calendar(TIMES.replace("SUMMARY:Pumps", "SUMMARY:Ét\r\n ang")),
        calendar(TIMES.replace("SUMMARY:Pumps", "summary:Étang")).replace(b"DTSTAMP:20260101T000000Z\r\n", b""),
    ],
)
def test_however_a_program_writes_its_letters_and_lines_they_are_read(raw: bytes) -> None:
    [found] = rows(raw)
    assert found["title"] == "Étang"


def test_what_is_within_an_event_and_beside_it_is_passed_over() -> None:
    alarm = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nSUMMARY:Alarm\r\nDTSTART:20200101T000000Z\r\nEND:VALARM\r\n"
    found = rows(calendar(alarm + TIMES, head="BEGIN:VTODO\r\nSUMMARY:To do\r\nEND:VTODO\r\n"))
    assert [each["title"] for each in found] == ["Pumps"]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "The file is no calendar: it does not begin with BEGIN:VCALENDAR."),
        (b"%PDF-1.7", "The file is no calendar: it does not begin with BEGIN:VCALENDAR."),
        (calendar(TIMES) + b"X" * 5_000_000, "The calendar is larger than 5 MB."),
        (calendar(*[TIMES] * 1_001), "The calendar has more than 1,000 events: please cut it into several."),
        (calendar("BEGIN:X\r\n" * 100_000), "The calendar is nested too deeply."),
        (HEAD.encode() + b"A:1\n" * 400_000, "The calendar has more than 300,000 lines."),
    ],
)
def test_a_file_that_is_none_or_too_much_is_refused_at_once(raw: bytes, reason: str) -> None:
    begun = time.process_time()
    with pytest.raises(BadFile) as refused:
        rows(raw)
    assert str(refused.value) == reason
    assert time.process_time() - begun < 2


def many(event: str, count: int) -> bytes:
    """A file with this event many times, each an event of its own."""
    one = EVENT.format(event)
    return (HEAD + "".join(one.replace("UID:1@", f"UID:{n}@") for n in range(count)) + "END:VCALENDAR\r\n").encode()


BOMBS = {
    "one line": calendar(f"{TIMES}\r\nDESCRIPTION:{'<' * 4_900_000}"),
    "folds": calendar(f"{TIMES}\r\nDESCRIPTION:" + "\r\n a" * 250_000),
    "tags": many(f"{TIMES}\r\nDESCRIPTION:{'<p' * 2_000}", 900),
    "daily": many(f"{TIMES}\r\nRRULE:FREQ=DAILY;COUNT=1000000".replace("20260910", "19900101"), 900),
    "never": many(f"{TIMES}\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30".replace("20260910", "19900101"), 900),
    "exdates": many(f"{TIMES}\r\nRRULE:FREQ=DAILY\r\nEXDATE:{'20260910T130000Z,' * 5_000}", 50),
    "zones": calendar(TIMES, head=OURS.replace("Ours", "{}") * 5_000),
    "zone": many("SUMMARY:A\r\nDTSTART;TZID=Ours:20260910T090000\r\nDURATION:PT1H", 999).replace(
        b"VERSION:2.0", OURS.encode()
    ),
    "zone every second": calendar(
        "SUMMARY:A\r\nDTSTART;TZID=Ours:20260910T090000\r\nDURATION:PT1H", head=OURS.replace("YEARLY", "SECONDLY")
    ),
    "escapes": calendar(f"{TIMES}\r\nDESCRIPTION:" + "\\\\n" * 30_000),
    "links": calendar(f"{TIMES}\r\nDESCRIPTION:" + "https://zoom.us" * 6_000),
    "params": calendar(f"{TIMES}\r\nATTENDEE;" + "X=1;" * 20_000 + "Y=2:mailto:a@example.org"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_file_that_means_harm_takes_a_second_or_two(name: str) -> None:
    begun = time.process_time()
    assert rows(BOMBS[name])
    assert time.process_time() - begun < 3
