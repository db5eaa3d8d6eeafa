"""What is sent to the pages of webinars by who has no business there, and numbers and addresses that are none."""

import pytest

from galaxy.core.db import db
from galaxy.webinars.models import Webinar
from galaxy.webinars.registration_models import Registration
from tests.factories import a_focal_point, a_question, a_registration, a_series, a_webinar


def event(ref):
    return db.session.query(Webinar).filter_by(ref=ref).one()


def test_a_host_reaches_nobody_of_another_webinar(reader):
    host, other = a_focal_point("GHA"), a_webinar()
    mine, theirs = a_webinar(author=host), a_registration(other)
    series, question = a_series(title="Theirs"), a_question(other)
    number, asked, series_ref = theirs.id, question.id, series.ref
    ref, own = mine.ref, a_question(mine).ref
    hosts = reader(host)

    removed = hosts.post(f"/en/webinars/{ref}/registrations/{number}/remove").status
    hosts.post(f"/en/webinars/{ref}/attendance", {"shown": str(number), "came": str(number)})
    merged = hosts.send(f"/en/webinars/questions/{own}/group", same=str(asked))
    taken = hosts.send(f"/en/webinars/{ref}/edit/about", series=series_ref)

    (row,) = db.session.query(Registration)
    assert (removed, row.status.value, row.attended_at, merged.status) == (404, "registered", None, 200)
    assert (taken.status, event(ref).series_id) == (200, None)


@pytest.mark.parametrize("given", ["0", "-1", "1" + "0" * 12, "9" * 5_000, "1e3", "٣", "NaN", "one"])
def test_a_number_of_places_is_one(reader, given):
    host = a_focal_point("GHA")
    ref = a_webinar(author=host).ref

    page = reader(host).send(f"/en/webinars/{ref}/entrance", capacity=given)

    assert (page.status, len(page.errors), event(ref).capacity) == (200, 1, None)


@pytest.mark.parametrize("asked", [
    "play=1&at=-1", "play=1&at=99999999999999999999", "play=sound&at=x", "play=x&play=1&at=%00", "at=1e9", "play=",
    "play=1&at=٣", "page=1000000000&at=%ff",
])  # fmt: skip
def test_a_player_starts_somewhere(visitor, asked):
    ref = a_webinar(recording_url="https://www.youtube.com/watch?v=abcdefghijk").ref

    assert visitor.get(f"/en/webinars/{ref}?{asked}").status == 200


@pytest.mark.parametrize("path", [
    "month/1899/1", "month/2101/1", "month/2026/13", "month/2026/0", "month/0/0", "month/99999999999/1",
    "4f7kxzpm", "questions/4f7kxzpm", "series/4f7kxzpm", "series/4f7kxzpm/calendar.ics", "answers/0",
])  # fmt: skip
def test_what_is_not_there_is_not_found(visitor, path):
    assert visitor.get(f"/en/webinars/{path}", follow=True).status in {200, 404}


@pytest.mark.parametrize("path", ["", "calendar.ics", "month/1900/1", "month/2100/12", "mine", "series/{series}"])
def test_a_list_bears_any_page(visitor, path):
    webinar = a_webinar(series=a_series())
    at = path.format(series=webinar.series.ref)

    for asked in ("page=1000000000", "page=-1", "page=x", "page=" + "9" * 400, "when=x&series=x&sort=x&country=%00"):
        assert visitor.get(f"/en/webinars/{at}?{asked}", follow=True).status in {200, 404}


@pytest.mark.parametrize("email", [
    "a\x01b@example.org", "a@b\u202e.org", "a@exa mple.org", "a@example.org\r\nBcc: x@evil.example", "é@exämple.org",
    "x" * 250 + "@a.org", "<a@example.org>", "a@example.org,b@example.org", "\ud83d@example.org", "-f@example.org",
    "a@[127.0.0.1]", '"a b"@example.org',
])  # fmt: skip
def test_an_odd_address_is_refused_or_written_to(visitor, work, email):
    ref = a_webinar().ref

    page = visitor.send(f"/en/webinars/{ref}/register", name="Fanta", email=email.encode("utf-8", "replace").decode())

    assert page.status == 200
    work()
