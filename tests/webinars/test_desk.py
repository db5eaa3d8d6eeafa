"""The desk of a webinar: who comes and who waits, who came, and what nobody but its hosts sees."""

import csv
import io
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import inspect

from galaxy import create_app
from galaxy.accounts.models import Activity
from galaxy.core.db import Base, db
from galaxy.core.schema import import_models
from galaxy.webinars.registration_models import Registration, RegistrationStatus
from galaxy.webinars.registration_queries import token
from tests.conftest import SETTINGS
from tests.factories import a_focal_point, a_registration, a_user, a_webinar, an_admin
from tests.readers import Reader
from tests.statements import statements

STARTS = datetime(2026, 3, 10, 14, tzinfo=UTC)
BEFORE, DURING, AFTER = STARTS - timedelta(days=2), STARTS + timedelta(minutes=10), STARTS + timedelta(hours=3)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(BEFORE, tick=False) as travel:
        yield travel


def a_hosted(**facts):
    """A webinar on 10 March 2026 at 14:00 UTC for an hour, and its host of Ghana."""
    host = a_focal_point("GHA")
    return a_webinar(author=host, starts_at=STARTS, **facts), host


def again(thing):
    """A row as it is now: a page that was opened meanwhile let go of it."""
    return db.session.get(type(thing), inspect(thing).identity)


def number(thing):
    return inspect(thing).identity[0]


def where(webinar, rest="/desk", language="en"):
    return f"/{language}/webinars/{again(webinar).ref}{rest}"


def figures(page):
    return dict(zip(page.all(".figure dt"), page.all(".figure dd"), strict=True))


def marks():
    db.session.expire_all()
    rows = db.session.query(Registration).order_by(Registration.name)
    return {each.name: each.attended_at is not None for each in rows}


def log():
    return [act.verb for act in db.session.query(Activity).order_by(Activity.id)]


ASKS = [{"key": "k", "question": "What breaks?", "kind": "line"}]


def test_the_desk_tells_how_many_come_who_they_are_and_what_they_answered(reader):
    webinar, host = a_hosted(capacity=5, asks=ASKS)
    a_registration(webinar, name="Binta", organisation="SONES", country="SEN", language="fr", answers={"k": "Seals"})
    a_registration(webinar, name="Awa")
    a_registration(webinar, name="Cora", status=RegistrationStatus.WAITING)
    a_registration(webinar, status=RegistrationStatus.UNCONFIRMED)
    page = reader(host).get(where(webinar))

    assert figures(page) == {"registered": "2", "places free": "3", "waiting": "1", "not confirmed yet": "1"}
    assert page.all("tbody th") == ["Awa", "Binta SONES"]
    assert page.all("tbody tr:nth-child(2) td")[:3] == ["Senegal", "French", "What breaks? Seals"]
    assert page.notices == [
        "What to do next: One person waits for a place. Add places if you can: whoever waits moves up by themselves."
    ]
    assert page.response.headers["Cache-Control"] == "no-store"
    assert "guest" not in page.text  # no address of anybody


def test_the_waiting_list_stands_in_its_order(reader):
    webinar, host = a_hosted(capacity=1)
    for n, name in enumerate(("Zora", "Abla", "Mado")):
        a_registration(webinar, name=name, status=RegistrationStatus.WAITING, queued_at=BEFORE + timedelta(minutes=n))

    page = reader(host).get(f"{where(webinar)}?show=waiting")

    assert page.all("tbody th") == ["1. Zora", "2. Abla", "3. Mado"]


@pytest.mark.parametrize(
    ("moment", "facts", "words"),
    [
        (BEFORE, {"join_url": ""}, "Say where people join it: nobody knows yet."),
        (BEFORE, {}, "Nobody is registered yet. Send the address of its page to those it is for."),
        (DURING, {}, "Show the check-in code, so that those who are there can say so themselves."),
        (AFTER, {}, "Keep what remains of it: the recording, slides, minutes."),
        (AFTER, {"minutes": "We met."}, "Nothing: it is over, and what is kept of it can be read."),
        (BEFORE, {"state": "cancelled"}, "It is cancelled. All who were registered have been told."),
        (BEFORE, {"state": "postponed"}, "Give it a time as soon as you know it: those who are registered are told."),
    ],
)
def test_the_desk_says_what_to_do_next(reader, clock, moment, facts, words):
    webinar, host = a_hosted(**facts)
    clock.move_to(moment)

    assert reader(host).get(where(webinar)).notices == [f"What to do next: {words}"]


def test_the_desk_takes_as_many_statements_for_one_as_for_three(reader):
    webinar, host = a_hosted()
    host = reader(host)
    a_registration(webinar, a_user(name="Awa"))
    one = statements(lambda: host.get(where(webinar)))
    a_registration(webinar, a_user(name="Binta"))
    a_registration(webinar)

    assert statements(lambda: host.get(where(webinar))) == one


def test_one_is_removed_after_a_question_and_told_so_and_the_next_moves_up(reader, work):
    webinar, host = a_hosted(capacity=1)
    gone = a_registration(webinar, name="Awa")
    a_registration(webinar, name="Binta", status=RegistrationStatus.WAITING)
    page = reader(host).send(where(webinar, f"/registrations/{number(gone)}/remove"))

    assert page.notices[0] == "They are off the list, and are told so by mail."
    assert page.all("tbody th") == ["Binta"]
    assert log() == ["removed a registration"]


def test_nobody_of_another_webinar_can_be_removed(reader):
    (mine, host), (other, _) = a_hosted(), a_hosted()
    them = a_registration(other)

    host = reader(host)
    assert host.get(where(mine, f"/registrations/{number(them)}/remove")).status == 404
    assert host.post(where(mine, f"/registrations/{number(them)}/remove")).status == 404
    assert host.get(where(mine, f"/registrations/{2**40}/remove")).status == 404


def test_the_list_is_taken_along_as_a_table_that_computes_nothing_and_that_stands_in_the_log(reader):
    webinar, host = a_hosted(asks=ASKS)
    a_registration(webinar, name="=1+1", organisation="@SUM(A1)", country="SEN", language="fr", answers={"k": "-2"})
    a_registration(webinar, name="Zoé", status=RegistrationStatus.WAITING)
    page = reader(host).post(where(webinar, "/registrations.csv"))
    sent = page.response.get_data()

    assert sent.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(sent.decode("utf-8-sig")))) == [
        ["Name", "Organisation", "Country", "Language", "Registered at", "Came", "Place", "What breaks?"],
        ["'=1+1", "'@SUM(A1)", "Senegal", "French", "2026-03-08T14:00+00:00", "", "holds a place", "'-2"],
        ["Zoé", "", "", "English", "2026-03-08T14:00+00:00", "", "waits for a place", ""],
    ]
    assert (
        page.response.headers["Content-Disposition"] == f"attachment; filename=registrations-{again(webinar).ref}.csv"
    )
    assert page.response.headers["Cache-Control"] == "no-store"
    assert log() == ["took registrations away"]


# Who came.


def test_hosts_mark_who_came_and_take_a_mark_back(reader, clock):
    webinar, host = a_hosted()
    awa, binta = a_registration(webinar, name="Awa"), a_registration(webinar, name="Binta")
    assert reader(host).get(where(webinar, "/attendance")).notices == [
        "From 15 minutes before it begins you can mark here who is there."
    ]
    clock.move_to(DURING)
    host = reader(again(host))

    page = host.send(where(webinar, "/attendance"), came=[number(awa), number(binta)], act="save")
    assert (page.notices[0], marks()) == ("Saved: 2 marks have changed.", {"Awa": True, "Binta": True})

    page = host.send(where(webinar, "/attendance"), came=[number(awa)], act="save")
    assert (page.notices[0], marks()) == ("Saved: one mark has changed.", {"Awa": True, "Binta": False})
    assert page.one("legend") == "1 of 2 are marked"


def test_nobody_is_marked_before_it_begins_nor_who_holds_no_place_nor_of_another_webinar(reader, clock):
    (webinar, host), (other, _) = a_hosted(), a_hosted()
    waits = a_registration(webinar, name="Waits", status=RegistrationStatus.WAITING)
    comes, elsewhere = a_registration(webinar, name="Comes"), a_registration(other, name="Elsewhere")
    ids = [number(waits), number(comes), number(elsewhere)]

    assert reader(host).post(where(webinar, "/attendance"), {"shown": ids, "came": ids}).status == 409
    clock.move_to(DURING)
    reader(again(host)).post(where(webinar, "/attendance"), {"shown": ids, "came": [*ids, "x", "9" * 30, "-1"]})

    assert marks() == {"Comes": True, "Elsewhere": False, "Waits": False}


def test_all_who_registered_came(reader, clock):
    webinar, host = a_hosted()
    for n in range(60):
        a_registration(webinar, name=f"Guest {n:02}")
    a_registration(webinar, name="Waits", status=RegistrationStatus.WAITING)
    clock.move_to(AFTER)
    page = reader(host).send(where(webinar, "/attendance"), "main form.act", act="all")

    assert page.notices[0] == "Saved: 60 marks have changed."
    assert [name for name, came in marks().items() if not came] == ["Waits"]
    assert len(page.all("main .choice")) == 50


def at_once(app, *sent):
    """Each reader sends this to this address, all at the same moment; what each is answered."""
    together, answers = threading.Barrier(len(sent)), []

    def send(reader, path, form):
        with app.app_context():
            together.wait(timeout=20)
            answers.append(reader.client.post(path, data=form).status_code)

    db.session.remove()
    threads = [threading.Thread(target=send, args=each) for each in sent]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def test_two_hosts_who_mark_at_once_lose_no_mark(app, reader, clock):
    """Each opened the page before the other saved."""
    webinar, first = a_hosted()
    names = ("Awa", "Binta", "Cora", "Dina")
    ids = [number(a_registration(webinar, name=name)) for name in names]
    clock.move_to(DURING)
    path, hosts = where(webinar, "/attendance"), [reader(first), reader(an_admin())]
    forms = [host.get(path).form("main form.form") for host in hosts]

    sent = [
        (host, path, form | {"came": ids[2 * n : 2 * n + 2]})
        for n, (host, form) in enumerate(zip(hosts, forms, strict=True))
    ]
    assert at_once(app, *sent) == [302, 302]

    assert marks() == dict.fromkeys(names, True)


# The code.


def seat(registration, rest="/check-in"):
    return f"/en/webinars/seats/{token(again(registration))}{rest}"


def test_the_code_is_made_shown_large_and_made_anew(reader):
    webinar, host = a_hosted()
    host = reader(host)
    page = host.send(where(webinar), "#code form")
    first = page.one("#code .code")

    assert len(first) == 6
    assert page.one("#code strong") == f"http://localhost/en/webinars/{again(webinar).ref}/check-in"
    assert host.send(where(webinar), "#code form").one("#code .code") != first
    assert log() == ["check-in code made", "check-in code made"]


def test_who_types_the_code_is_noted_once_whatever_its_case_and_spaces(visitor, clock):
    webinar, _host = a_hosted(check_in="abc234")
    guest = a_registration(webinar, name="Awa")
    assert visitor.get(seat(guest)).notices == [
        "Checking in is not open now. Where the hosts show a code, it is taken from 15 minutes before the start until"
        " a day after the end."
    ]
    clock.move_to(DURING)

    assert (
        visitor.send(seat(guest), word="abc235").notices[0]
        == "This is not the code. Please look again at what the hosts show or say."
    )
    assert marks() == {"Awa": False}
    assert visitor.send(seat(guest), word=" ABC 2 34 ").notices[0] == "Welcome: it is noted that you are here."
    clock.move_to(DURING + timedelta(minutes=9))
    visitor.post(seat(guest), {"word": "abc234"})

    assert db.session.query(Registration).one().attended_at == DURING


@pytest.mark.parametrize(
    ("moment", "came"),
    [
        (STARTS - timedelta(minutes=15, seconds=1), False),
        (STARTS - timedelta(minutes=15), True),
        (STARTS + timedelta(hours=25) - timedelta(seconds=1), True),
        (STARTS + timedelta(hours=25), False),
    ],
)
def test_the_code_is_taken_from_before_the_start_until_a_day_after_the_end(visitor, clock, moment, came):
    webinar, _host = a_hosted(check_in="abc234")
    guest = a_registration(webinar, name="Awa")
    clock.move_to(moment)
    visitor.post(seat(guest), {"word": "abc234"})

    assert marks() == {"Awa": came}


@pytest.mark.parametrize("code", ["", "abc234"])
def test_who_waits_for_a_place_or_types_nothing_is_not_noted(visitor, clock, code):
    webinar, _host = a_hosted(check_in=code)
    waits = a_registration(webinar, name="Waits", status=RegistrationStatus.WAITING)
    comes = a_registration(webinar, name="Comes")
    clock.move_to(DURING)
    visitor.post(seat(waits), {"word": "abc234"})
    visitor.post(seat(comes), {"word": " "})

    assert marks() == {"Comes": False, "Waits": False}


def test_codes_are_counted_for_each_registration_and_not_for_the_room_they_sit_in(tmp_path, clock):
    app = create_app(tmp_path, **SETTINGS | {"LIMITS": True, "LIMIT_CHECK_INS": "2/hour"})
    import_models()
    with app.app_context():
        Base.metadata.create_all(db.engine)
        webinar, _host = a_hosted(check_in="abc234")
        guest, other = (seat(a_registration(webinar, name=name)) for name in ("Awa", "Binta"))
        clock.move_to(DURING)
        visitor = Reader(app)
        for _n in range(2):
            visitor.send(guest, word="wrong")
        page = visitor.send(guest, word="abc234")
        visitor.send(other, word="abc234")

        assert page.notices == ["That was too often. Please ask the hosts for the code, and try again in an hour."]
        assert marks() == {"Awa": False, "Binta": True}


def test_a_member_checks_in_from_the_page_of_the_webinar_and_from_the_address_that_hosts_show(reader, visitor, clock):
    webinar, _host = a_hosted(check_in="abc234")
    member = a_user(name="Awa")
    mine = a_registration(webinar, member)
    clock.move_to(DURING)
    own = reader(member)

    assert "Check in with the code" in own.get(f"/en/webinars/{again(webinar).slug}").all(".notice a")
    assert own.get(where(webinar, "/check-in")).location == seat(mine)
    assert own.send(where(webinar, "/check-in"), word="abc234").notices[:1] == [
        "Welcome: it is noted that you are here."
    ]
    assert visitor.get(where(webinar, "/check-in")).all("main p")[1:] == [
        "You check in on the page of your registration. Its address is in the mail that confirmed it.",
        "If you registered as a member, sign in first.",
        "Sign in",
    ]


# What others do not see.


@pytest.mark.parametrize("rest", ["/desk", "/desk?show=waiting", "/attendance"])
def test_nobody_but_hosts_and_admins_sees_who_comes(reader, rest, clock):
    webinar, host = a_hosted(check_in="abc234")
    member = a_user()
    a_registration(webinar, member)
    a_registration(webinar, name="Binta Diallo")
    clock.move_to(DURING)
    path = where(webinar, rest)

    readers = [reader(each) for each in (member, a_focal_point("FJI"), host, an_admin())]
    met = [each.get(path).status for each in readers]

    assert met == [404, 404, 200, 200]
    assert reader().get(path).location.startswith("/en/accounts/sign-in")
    for each in (reader(), readers[0]):
        for public in (
            f"/en/webinars/{again(webinar).slug}",
            f"/en/webinars/{again(webinar).slug}/calendar.ics",
            "/en/webinars/",
        ):
            text = each.get(public).text
            assert ("Binta" in text, "abc234" in text) == (False, False)


def test_the_desk_stands_in_french(reader):
    webinar, host = a_hosted()
    a_registration(webinar)

    page = reader(host).get(where(webinar, language="fr"))

    assert page.all("main h1, main h2") == ["Participants", "Code de présence", "Inscrits"]
