"""Saved searches: kept, matched with what is new, told once, in the language and at the hour of their owner."""

import socket
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine
from aiosmtpd.controller import Controller
from sqlalchemy import delete, select

from galaxy.accounts import services as accounts
from galaxy.content.models import Status
from galaxy.core.db import db, now
from galaxy.core.jobs import Job, later
from galaxy.core.mail import Letter
from galaxy.notifications.models import Notification
from galaxy.notifications.services import silence
from galaxy.search import alerts, index, saved
from galaxy.search.models import Often, SavedMatch, SavedSearch
from tests.core.test_mail import Postbox
from tests.factories import a_focal_point, a_saved_search, a_solution, a_user
from tests.indexes import silent
from tests.statements import statements


@pytest.fixture(autouse=True)
def indexed(app):
    index.rebuild()


@pytest.fixture
def settle(work):
    """What the worker does within a minute."""

    def settling() -> list[Letter]:
        db.session.commit()
        work()
        alerts.tell_at_once()
        alerts.tell_by_the_clock()
        work()
        db.session.expire_all()
        return list(db.session.scalars(select(Letter).order_by(Letter.id)))

    return settling


def keep(user, *asked, **more) -> int:
    """Save a search; its number."""
    number = a_saved_search(user, *asked, **more).id
    db.session.commit()
    return number


def rhythm(number: int) -> Often:
    db.session.expire_all()
    return db.session.get(SavedSearch, number).often


# Keeping one


def test_a_search_is_saved_from_the_search_page_and_listed(reader, work):
    member = reader(a_user())
    page = member.get("/en/search?q=solar+pumps&country=FJI&page=2&sort=title")
    (way,) = page.links("a[href*='/search/saved/new']")

    form = member.get(way).form()
    listed = member.send(way, often="weekly")

    assert form["name"] == "solar pumps · Fiji"
    assert listed.all(".card h2") == ["solar pumps · Fiji"]
    assert "By mail, on Monday mornings" in listed.one(".card footer")
    (kept,) = db.session.scalars(select(SavedSearch))
    assert (kept.asked, kept.language, kept.often) == ({"q": "solar pumps", "country": ["FJI"]}, "en", Often.WEEKLY)
    again = member.get(way, follow=True)
    assert again.notices == ["You have saved this search already."]
    assert again.one("h1") == "Change this search"


def test_a_visitor_signs_in_to_save_one(visitor):
    page = visitor.get("/en/search/saved/new?q=pumps")

    assert page.status == 302
    assert "sign-in" in page.location


def test_a_name_must_be_given_and_what_was_typed_stays(reader):
    member = reader(a_user())

    page = member.send("/en/search/saved/new?q=pumps", name=" ", often="weekly")

    assert page.errors == ["Please give it a name."]
    assert page.form()["often"] == "weekly"


def test_fifty_can_be_saved(reader):
    user = a_user()
    for n in range(saved.MOST):
        keep(user, f"words {n}")
    member = reader(user)

    page = member.get("/en/search/saved/new?q=more", follow=True)

    assert page.notices == ["You can save 50 searches. Please delete one first."]
    assert len(page.all(".card")) == 50


def test_it_is_its_owners_alone(reader, visitor):
    kept = keep(a_user())
    others = [reader(a_user()), reader(a_user(is_admin=True, tf_primary_method="authenticator"))]

    for path in ("", "/edit", "/delete"):
        address = f"/en/search/saved/{kept}{path}"
        assert [other.get(address).status for other in others] == [404, 404]
        assert visitor.get(address).status == 302


def test_the_list_asks_as_much_for_three_as_for_one(reader):
    user = a_user()
    keep(user, "one")
    member = reader(user)
    member.get("/en/search/saved/")
    one = statements(lambda: member.get("/en/search/saved/"))
    user = db.session.merge(user)
    keep(user, "two")
    keep(user, "three")

    assert statements(lambda: member.get("/en/search/saved/")) == one


# What is found


def test_what_is_published_later_is_told_once(settle):
    user = a_user(email="amina@example.org")
    a_solution(title="Pumps of before")
    assert settle() == []
    keep(user)

    a_solution(title="Pumps of after")
    a_solution(title="Seed banks", summary="", challenge="", approach="", results="")
    (letter,) = settle()

    assert (letter.to, letter.subject) == ("amina@example.org", "One new entry: pumps")
    assert settle() == [letter]


def test_an_entry_is_told_once_however_often_it_changes(settle):
    keep(a_user())
    entry = a_solution(title="Pumps")
    assert len(settle()) == 1

    for change in ({"title": "Better pumps"}, {"status": Status.ARCHIVED}, {"status": Status.PUBLISHED}):
        for name, value in change.items():
            setattr(db.session.merge(entry), name, value)
        assert len(settle()) == 1


def test_an_edited_search_tells_nothing_twice_and_nothing_old(settle, reader):
    user = a_user()
    kept, member = keep(user), reader(user)
    first = a_solution(title="Pumps and wells")
    old = a_solution(title="Wells before the change", summary="", challenge="", approach="", results="")
    assert len(settle()) == 1

    member.send(f"/en/search/saved/{kept}/edit", words="wells", name="Wells")
    for entry in (first, old):
        db.session.merge(entry).summary = "Of other wells."
    assert len(settle()) == 1

    a_solution(title="Wells again")
    assert [letter.subject for letter in settle()] == ["One new entry: pumps", "One new entry: Wells"]


def test_a_draft_is_told_when_it_is_published(settle):
    keep(a_user())
    entry = a_solution(title="Pumps", status=Status.DRAFT)
    assert settle() == []

    entry = db.session.merge(entry)
    entry.status, entry.published_at = Status.PUBLISHED, now()

    assert len(settle()) == 1


def test_what_is_taken_away_before_it_is_told_is_not_told(settle, work):
    keep(a_user())
    entry = a_solution(title="Pumps")
    db.session.commit()
    work()

    db.session.merge(entry).status = Status.WITHDRAWN

    assert settle() == []


def test_filters_and_refusals_hold(settle):
    keep(a_user(), "pumps -wind", country="FJI")
    quiet = {"challenge": "", "results": "", "approach": "", "summary": ""}
    fits = a_solution(title="Pumps one", countries=["FJI"], **quiet).id
    a_solution(title="Pumps two", countries=["FJI"], **quiet | {"summary": "By wind."})
    a_solution(title="Pumps three", countries=["BFA"], **quiet)
    a_solution(title="Seeds", countries=["FJI"], **quiet)
    settle()

    assert [match.entry_id for match in db.session.scalars(select(SavedMatch))] == [fits]


def test_filters_alone_are_a_question_too(settle):
    keep(a_user(), "", country="FJI")
    fits = a_solution(countries=["FJI"]).id
    a_solution(countries=["BFA"])
    settle()

    assert [match.entry_id for match in db.session.scalars(select(SavedMatch))] == [fits]


def test_ones_own_are_not_told(settle):
    focal = a_focal_point()
    keep(focal)
    body = focal.bodies[0]
    a_solution(title="Pumps by me", author=focal)
    a_solution(title="Pumps by my body", body=body)

    assert settle() == []


@pytest.mark.parametrize("facts", [{"active": False}, {"confirmed_at": None}])
def test_nobody_is_written_to_who_may_not_be(settle, facts):
    keep(a_user(**facts))
    a_solution(title="Pumps")

    assert settle() == []


def test_who_wants_no_mail_of_saved_searches_reads_of_it_here(settle, reader):
    user = a_user()
    kept, member = keep(user), reader(user)
    silence(user, alerts.NEWS)
    a_solution(title="Pumps")

    assert settle() == []
    page = member.get("/en/notifications/")
    assert "There is something new for your search “pumps”." in page.text
    assert member.get(f"/en/search/saved/{kept}").all(".card h3") == ["Pumps"]


def test_a_flood_is_one_letter(settle):
    keep(a_user())
    for n in range(25):
        a_solution(title=f"Pumps {n}")

    (letter,) = settle()

    assert letter.subject == "25 new entries: pumps"


def test_a_flood_that_goes_on_is_waited_for(settle, app):
    keep(a_user())
    app.config["ALERT_QUIET_SECONDS"] = 20
    try:
        start = now()
        with time_machine.travel(start, tick=False) as clock:
            for second in (0, 15, 30):
                clock.move_to(start + timedelta(seconds=second))
                a_solution(title=f"Pumps {second}")
                assert settle() == []
            clock.move_to(start + timedelta(seconds=51))
            assert [letter.subject for letter in settle()] == ["3 new entries: pumps"]
    finally:
        app.config["ALERT_QUIET_SECONDS"] = 0


def test_the_same_question_of_many_is_asked_once(app, work):
    for _n in range(3):
        keep(a_user())
    ids = [a_solution(title="Pumps").id]
    db.session.commit()
    work()
    few = statements(lambda: saved.new_matches(ids))
    for _n in range(30):
        keep(a_user())

    assert statements(lambda: saved.new_matches(ids)) == few


# When it is told


@pytest.mark.parametrize(
    ("moment", "zone", "weekly", "expected"),
    [
        ("2026-11-28 06:59", "UTC", False, "2026-11-27 07:00"),
        ("2026-11-28 07:00", "UTC", False, "2026-11-28 07:00"),
        ("2026-11-28 20:00", "Pacific/Fiji", False, "2026-11-28 19:00"),
        ("2026-11-28 18:59", "Pacific/Fiji", False, "2026-11-27 19:00"),
        ("2026-11-28 12:00", "UTC", True, "2026-11-23 07:00"),
        ("2026-11-30 06:59", "UTC", True, "2026-11-23 07:00"),
        ("2026-11-30 07:00", "UTC", True, "2026-11-30 07:00"),
        ("2026-03-29 12:00", "Europe/Paris", False, "2026-03-29 05:00"),
    ],
)
def test_morning_is_that_of_the_reader(app, moment, zone, weekly, expected):
    told = alerts.last_morning(datetime.fromisoformat(moment).replace(tzinfo=UTC), ZoneInfo(zone), weekly)

    assert told.astimezone(UTC) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_daily_news_come_in_the_morning_of_the_reader(settle):
    with time_machine.travel(datetime(2026, 11, 28, 12, tzinfo=UTC), tick=False) as clock:
        keep(a_user(time_zone="Pacific/Fiji", email="fiji@example.org"), often=Often.DAILY)
        keep(a_user(time_zone="UTC", email="utc@example.org"), often=Often.DAILY)
        keep(a_user(email="weekly@example.org", time_zone="UTC"), often=Often.WEEKLY)
        keep(a_user(email="never@example.org"), often=Often.NEVER)
        clock.shift(1)
        a_solution(title="Pumps")
        sent = []
        for hours in range(0, 72):
            clock.move_to(datetime(2026, 11, 28, 12, 10, tzinfo=UTC) + timedelta(hours=hours))
            letters = settle()
            sent += [(letter.to, hours) for letter in letters[len(sent) :]]

    assert sent == [("fiji@example.org", 7), ("utc@example.org", 19), ("weekly@example.org", 43)]


def test_what_was_seen_here_is_not_mailed(settle, reader):
    user = a_user()
    kept, member = keep(user, often=Often.DAILY), reader(user)
    a_solution(title="Pumps")
    assert settle() == []

    assert member.get("/en/search/saved/").all(".card h2 .tag") == ["1 new"]
    assert member.get(f"/en/search/saved/{kept}").all(".card .hint") == ["New"]
    assert member.get(f"/en/search/saved/{kept}").all(".card .hint") == []
    assert member.get("/en/search/saved/").all(".card h2 .tag") == []
    with time_machine.travel(now() + timedelta(days=2)):
        assert settle() == []


def test_what_was_found_while_no_mail_was_wanted_is_not_mailed_later(settle, reader):
    user = a_user()
    kept, member = keep(user, often=Often.NEVER), reader(user)
    a_solution(title="Pumps")
    assert settle() == []

    member.send(f"/en/search/saved/{kept}/edit", often="at once")
    assert settle() == []

    a_solution(title="More pumps")
    assert len(settle()) == 1


def test_it_is_written_in_the_language_of_its_reader(settle):
    keep(a_user(language="fr", name="Amina"), "pompes", lang="fr")
    a_solution(title="Pompes", language="fr", summary="De l’eau.")

    (letter,) = settle()

    assert letter.subject == "Une nouveauté : pompes"


# Ways out


@pytest.fixture
def postbox(app):
    box = Postbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    app.config["MAIL_URL"] = f"smtp://127.0.0.1:{port}"
    yield box
    app.config["MAIL_URL"] = ""
    server.stop()


def test_a_letter_has_one_click_to_end_it(postbox, settle, visitor):
    kept = keep(a_user(email="amina@example.org", name="Amina"))
    other = keep(a_user())
    a_solution(title="Pumps <for> wells", summary="Water & sun.")
    settle()
    message = next(each for each in postbox.messages if each["To"] == "amina@example.org")
    text, html = (part.get_payload(decode=True).decode() for part in message.get_payload())

    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = message["List-Unsubscribe"].strip("<>")
    assert stop in text
    assert stop in html
    assert "Pumps <for> wells" in text
    assert "Pumps &lt;for&gt; wells" in html
    assert "http://localhost/en/solutions/" in text
    path = urlsplit(stop).path
    asked = visitor.get(path)
    assert asked.one("h1") == "No more mail of this search?"
    assert rhythm(kept) == Often.AT_ONCE

    click = visitor.client.post(path, data={"List-Unsubscribe": "One-Click"})
    again = visitor.client.post(path, data={"List-Unsubscribe": "One-Click"})

    assert (click.status_code, again.status_code) == (200, 200)
    assert [rhythm(each) for each in (kept, other)] == [Often.NEVER, Often.AT_ONCE]
    a_solution(title="More pumps")
    settle()
    assert [each["To"] for each in postbox.messages].count("amina@example.org") == 1


def test_a_forged_link_leads_nowhere_and_one_of_a_deleted_search_ends_well(app, visitor):
    user = a_user()
    kept = db.session.get(SavedSearch, keep(user))
    token = alerts.token(kept)
    saved.throw_away(kept)
    db.session.commit()
    newer = keep(user, "others")

    assert visitor.get("/en/search/saved/unsubscribe/forged.token").status == 404
    gone = visitor.client.post(f"/en/search/saved/unsubscribe/{token}")
    assert gone.status_code == 200
    assert "This search has been deleted" in gone.text
    assert rhythm(newer) == Often.AT_ONCE


def test_a_search_is_deleted_once_that_is_confirmed(settle, reader):
    user = a_user()
    kept, member = keep(user), reader(user)
    a_solution(title="Pumps")
    settle()

    assert member.get(f"/en/search/saved/{kept}/delete").one("main form button") == "Delete it for good"
    page = member.send(f"/en/search/saved/{kept}/delete")

    assert page.all(".card") == []
    assert db.session.scalars(select(SavedMatch)).all() == []
    assert db.session.scalars(select(Notification).where(Notification.verb == alerts.NEWS)).all() == []


def test_it_goes_with_its_owner_and_is_in_the_copy_of_their_data(app):
    user = a_user()
    keep(user, often=Often.WEEKLY)
    (said,) = accounts.exporters["saved searches"](user)
    assert (said["name"], said["asked"], said["often"]) == ("pumps", {"q": "pumps"}, "weekly")

    accounts.delete(user)
    db.session.commit()

    assert db.session.scalars(select(SavedSearch)).all() == []


def test_many_questions_are_matched_turn_by_turn(settle, monkeypatch):
    monkeypatch.setattr(saved, "SECONDS", 0)
    for n in range(3):
        keep(a_user(), f"pumps -word{n}")
    a_solution(title="Pumps")

    assert len(settle()) == 3


def test_match_saved_runs_twice_without_harm(app, work):
    keep(a_user())
    number = a_solution(title="Pumps").id
    db.session.commit()
    work()

    saved.match_saved([{"entry_ids": [number, 10**6]}])
    saved.match_saved([{"entry_ids": [number]}])
    db.session.commit()

    assert len(db.session.scalars(select(SavedMatch)).all()) == 1


def test_an_index_that_does_not_answer_is_waited_for(app, settle):
    if db.engine.dialect.name == "sqlite":
        return
    keep(a_user(), "pumps")
    solution_id = a_solution(title="Water pumps").id
    settle()
    db.session.execute(delete(SavedMatch))
    later(saved.match_saved, entry_ids=[solution_id])

    with silent(app):
        settle()
    (waiting,) = db.session.scalars(select(Job))
    assert (waiting.name, waiting.error, waiting.attempts) == ("search.saved.match_saved", None, 0)
    assert db.session.scalars(select(SavedMatch)).all() == []

    with time_machine.travel(now() + index.MADE_AGAIN):
        settle()
    assert db.session.scalars(select(SavedMatch.entry_id)).all() == [solution_id]
