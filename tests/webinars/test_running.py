"""Hosts change when, where and how one comes in at once; it is logged, told once, and two at a time are told apart."""

from datetime import UTC, datetime, timedelta

import pytest

from galaxy.accounts.models import Activity
from galaxy.accounts.services import NotPossible
from galaxy.content.models import Status
from galaxy.core.db import db, now
from galaxy.moderation import services as moderation
from galaxy.webinars import services
from galaxy.webinars.models import Entrance, State, Webinar
from tests.factories import a_focal_point, a_registration, a_user, a_webinar

FORM = "main form.form"
START = datetime(2030, 3, 12, 9, tzinfo=UTC)
NEXT = START + timedelta(days=7)


@pytest.fixture
def heard(app):
    """What the signal said, in order: verb, and when it was before."""
    said = []

    def listen(webinar, verb, by, before):
        said.append((verb, before["starts_at"], webinar.sequence))

    with services.webinar_changed.connected_to(listen):
        yield said


def a_planned(**facts):
    return a_webinar(**{"author": a_focal_point("KEN"), "starts_at": START, "zone": "Africa/Nairobi"} | facts)


def reread(webinar_id):
    db.session.expire_all()
    return db.session.get(Webinar, webinar_id)


def log_of(webinar_id):
    rows = db.session.query(Activity).filter_by(object_kind="webinars", object_id=webinar_id).order_by(Activity.id)
    return [(row.verb, row.before, row.after) for row in rows]


# Time.


def test_a_published_webinar_moves_at_once(app, reader, heard):
    webinar = a_planned()
    number, own = webinar.id, reader(webinar.author)

    page = own.get(f"/en/webinars/{webinar.ref}/when")
    own.send_from(page, FORM, day="2030-03-19")

    assert [page.form(FORM)[name] for name in ("day", "begins", "ends", "zone")] == [
        "2030-03-12", "12:00", "13:00", "Africa/Nairobi",
    ]  # fmt: skip
    moved = reread(number)
    assert (moved.starts_at, moved.ends_at, moved.sequence) == (NEXT, NEXT + timedelta(hours=1), 1)
    assert heard == [("moved", START, 1)]
    assert log_of(number) == [(
        "moved",
        {"starts_at": "2030-03-12T09:00:00+00:00", "ends_at": "2030-03-12T10:00:00+00:00"},
        {"starts_at": "2030-03-19T09:00:00+00:00", "ends_at": "2030-03-19T10:00:00+00:00"},
    )]  # fmt: skip


@pytest.mark.parametrize(
    ("registered", "told"),
    [
        (0, "Saved."),
        (1, "Saved. The one person who is registered is told by mail."),
        (2, "Saved. The 2 people who are registered are told by mail."),
    ],
)
def test_a_host_reads_how_many_are_told(app, reader, registered, told):
    webinar = a_planned()
    for _n in range(registered):
        a_registration(webinar)
    path, own = f"/en/webinars/{webinar.ref}/when", reader(webinar.author)

    assert own.send(path, FORM, day="2030-03-19").notices == [told]


def test_another_zone_keeps_what_the_clock_shows(app, reader):
    webinar = a_planned()
    number = webinar.id

    reader(webinar.author).send(f"/en/webinars/{webinar.ref}/when", FORM, zone="Asia/Kolkata")

    moved = reread(number)
    assert (moved.zone, moved.starts_at) == ("Asia/Kolkata", datetime(2030, 3, 12, 6, 30, tzinfo=UTC))


def test_what_is_the_same_changes_nothing(app, reader, heard):
    webinar = a_planned()
    number = webinar.id

    reader(webinar.author).send(f"/en/webinars/{webinar.ref}/when", FORM)

    assert (heard, reread(number).sequence, log_of(number)) == ([], 0, [])


def test_whole_days_end_at_the_next_midnight_of_their_zone(app, reader):
    webinar = a_planned()
    number, path, own = webinar.id, f"/en/webinars/{webinar.ref}/when", reader(webinar.author)

    own.send(path, FORM, all_day="y", begins="", ends="", day="2030-03-30", last_day="2030-03-31", zone="Europe/Berlin")
    form = own.get(path).form(FORM)

    moved = reread(number)
    assert (moved.all_day, moved.starts_at, moved.ends_at) == (
        True, datetime(2030, 3, 29, 23, tzinfo=UTC), datetime(2030, 3, 31, 22, tzinfo=UTC),
    )  # fmt: skip
    assert (form["day"], form["last_day"], form["all_day"]) == ("2030-03-30", "2030-03-31", "y")


def test_a_day_without_a_midnight_begins_when_its_clock_does(app, reader):
    webinar = a_planned()
    number = webinar.id

    reader(webinar.author).send(
        f"/en/webinars/{webinar.ref}/when", FORM, all_day="y", day="2021-03-26", zone="Asia/Amman"
    )

    assert reread(number).starts_at == datetime(2021, 3, 25, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            {"day": "", "begins": "", "ends": ""},
            "Please give a day. Where it is not known any more, you can postpone it.",
        ),
        ({"last_day": "2031-04-01"}, "It can last a year at most. A series holds what goes on for longer."),
        (
            {"last_day": "2030-03-11"},
            "It would end before it begins. Where it ends on another day, say on which.",
        ),
        ({"zone": "Nowhere"}, "There is no such time zone. Please choose one from the list."),
        ({"join_url": "javascript:alert(1)"}, "Please give the whole address, beginning with https://."),
    ],
)
def test_a_wrong_time_changes_nothing_and_keeps_what_was_typed(app, reader, typed, told):
    webinar = a_planned()
    number = webinar.id

    page = reader(webinar.author).send(f"/en/webinars/{webinar.ref}/when", FORM, place="Room 4", **typed)

    assert page.errors == [told]
    assert page.form(FORM)["place"] == "Room 4"
    assert reread(number).starts_at == START


def test_of_two_hosts_who_move_it_at_once_the_second_is_told(app, reader):
    webinar = a_planned()
    number, path = webinar.id, f"/en/webinars/{webinar.ref}/when"
    one, two = reader(webinar.author), reader(webinar.author)
    first, second = one.get(path), two.get(path)

    one.send_from(first, FORM, day="2030-03-19")
    told = two.send_from(second, FORM, day="2030-03-26")
    between = reread(number).starts_at
    two.send_from(told, FORM)

    assert (told.status, between) == (409, NEXT)
    assert told.all(".changes dt") == ["Day"]
    assert told.form(FORM)["day"] == "2030-03-26"
    assert reread(number).starts_at == NEXT + timedelta(days=7)


# Where, and how one comes in.


def test_where_one_joins_changes_at_once_and_the_log_does_not_say_it(app, reader, heard):
    webinar = a_planned()
    number = webinar.id

    reader(webinar.author).send(f"/en/webinars/{webinar.ref}/when", FORM, join_url="https://secret.example.org/x")

    assert (reread(number).join_url, heard) == ("https://secret.example.org/x", [("join changed", START, 1)])
    assert log_of(number) == [("join changed", None, {"changed": ["join_url"]})]


def test_time_and_place_together_are_told_once(app, reader, heard):
    webinar = a_planned()

    reader(webinar.author).send(f"/en/webinars/{webinar.ref}/when", FORM, day="2030-03-19", place="Nairobi")

    assert heard == [("moved", START, 1)]


def test_hosts_say_how_one_comes_in(app, reader, heard):
    webinar = a_planned()
    number, path, own = webinar.id, f"/en/webinars/{webinar.ref}/entrance", reader(webinar.author)
    asks = {
        "asks-0-question": "Why?", "asks-0-needed": "y", "asks-1-question": "Which?", "asks-1-kind": "choice",
        "asks-1-choices": "A\nB",
    }  # fmt: skip

    own.send(path, FORM, capacity="40", questions_read_first="y", **asks)
    first = reread(number).asks
    own.send(path, FORM, **{"asks-0-question": "Why do you come?"})

    webinar = reread(number)
    assert (webinar.capacity, webinar.questions_read_first, webinar.sequence) == (40, True, 0)
    assert [(ask["question"], ask["kind"], ask["choices"], ask["needed"]) for ask in first] == [
        ("Why?", "line", [], True), ("Which?", "choice", ["A", "B"], False),
    ]  # fmt: skip
    assert [ask["question"] for ask in webinar.asks] == ["Why do you come?", "Which?"]
    assert [ask["key"] for ask in webinar.asks] == [ask["key"] for ask in first]
    assert [verb for verb, *_rest in heard] == ["entrance changed", "entrance changed"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"entrance": "elsewhere"}, "Please say where people register."),
        ({"capacity": "0"}, "Please give a whole number of places, from 1 to 100000, or none."),
        ({"asks-0-needed": "y"}, "Please fill this in, or empty the whole row."),
        (
            {"asks-0-question": "Which?", "asks-0-kind": "choice", "asks-0-choices": "A"},
            "Please give two answers at least, one a line.",
        ),
    ],
)
def test_a_wrong_entrance_is_told(app, reader, typed, told):
    webinar = a_planned()
    number = webinar.id

    page = reader(webinar.author).send(f"/en/webinars/{webinar.ref}/entrance", FORM, **typed)

    assert page.errors == [told]
    assert reread(number).entrance == Entrance.HERE


def test_questions_of_the_same_words_keep_keys_of_their_own():
    old = [{"question": "A", "key": "a"}, {"question": "B", "key": "b"}]

    kept = services.with_keys([{"question": "B"}, {"question": "A"}, {"question": "A"}], old)

    assert [ask["key"] for ask in kept[:2]] == ["b", "a"]
    assert len({ask["key"] for ask in kept}) == 3


# Postponing, cancelling, resuming.


def test_cancelling_is_asked_once_more_with_the_number_of_those_who_come(app, reader, heard):
    webinar = a_planned()
    a_registration(webinar), a_registration(webinar)
    number, path, own = webinar.id, f"/en/webinars/{webinar.ref}/cancel", reader(webinar.author)

    page = own.get(path)
    unsure = own.send_from(page, FORM, reason="The speaker is ill.")
    own.send_from(unsure, FORM, sure="y")

    assert page.all("label[for=sure]") == ["Yes, cancel it and tell the 2 people who are registered"]
    assert (unsure.errors, unsure.form(FORM)["reason"]) == (["Please tick this if you mean it."], "The speaker is ill.")
    webinar = reread(number)
    assert (webinar.state, webinar.reason, webinar.sequence) == (State.CANCELLED, "The speaker is ill.", 1)
    assert heard == [("cancelled", START, 1)]


def test_a_postponed_webinar_is_given_a_new_time(app, reader, heard):
    webinar = a_planned()
    number, path, own = webinar.id, f"/en/webinars/{webinar.ref}", reader(webinar.author)

    own.send(f"{path}/postpone", FORM, reason="The line is down.")
    postponed = reread(number).state
    page = own.get(f"{path}/when", follow=True)
    own.send_from(page, FORM, day="2030-03-19")

    webinar = reread(number)
    assert (postponed, page.one("h1")) == (State.POSTPONED, "Give it a new time")
    assert (webinar.state, webinar.reason, webinar.starts_at, webinar.sequence) == (State.PLANNED, "", NEXT, 2)
    assert [verb for verb, *_rest in heard] == ["postponed", "moved"]


def test_a_time_that_comes_too_late_waits_for_its_writer(app, reader):
    webinar = a_planned()
    path, own = f"/en/webinars/{webinar.ref}", reader(webinar.author)
    page = own.get(f"{path}/when")
    webinar = db.session.query(Webinar).one()
    services.cancel(webinar, "Ill.", webinar.author)
    db.session.commit()

    refused = own.send_from(page, FORM, day="2030-03-19", join_words="Code 12")
    again = own.get(f"{path}/resume").form(FORM)

    assert refused.status == 409
    assert "It is cancelled. You can take that back by giving it a new time." in refused.one("main")
    assert (again["day"], again["join_words"]) == ("2030-03-19", "Code 12")


@pytest.mark.parametrize(
    ("facts", "verb", "told"),
    [
        ({"state": State.POSTPONED}, "postpone", "It is postponed. You can give it a new time."),
        ({"state": State.CANCELLED}, "cancel", "It is cancelled. You can take that back by giving it a new time."),
        ({"starts_at": datetime(2021, 1, 1, tzinfo=UTC)}, "cancel", "It is over already."),
        ({"status": Status.DRAFT}, "postpone", "It is not published, so nobody waits for it."),
    ],
)
def test_what_is_not_possible_is_refused_in_words(app, reader, facts, verb, told):
    webinar = a_planned(**facts)

    page = reader(webinar.author).get(f"/en/webinars/{webinar.ref}/{verb}")

    assert page.status == 409
    assert told in page.one("main")


def test_services_refuse_what_no_form_would_send(app):
    webinar = a_planned()

    for times, told in [
        ((START, START), "It would end before it begins."),
        ((START, START + timedelta(days=400)), "It can last a year at most."),
        ((datetime(1989, 1, 1, tzinfo=UTC), START), "Please give a day between 1990 and 2100."),
    ]:
        with pytest.raises(NotPossible, match=told):
            services.move(webinar, *times, "Africa/Nairobi", None)
    with pytest.raises(NotPossible, match="There is no such time zone"):
        services.move(webinar, START, NEXT, "Mars/Olympus", None)


def test_what_leaves_the_site_before_it_took_place_is_cancelled_for_those_who_come(app, heard):
    webinar, over = a_planned(), a_planned(starts_at=now() - timedelta(days=1))

    for each in (webinar, over):
        moderation.archive(each, each.author)
    moderation.unarchive(webinar, webinar.author)

    assert [verb for verb, *_rest in heard] == ["cancelled", "moved"]
    assert (webinar.state, webinar.sequence) == (State.PLANNED, 2)


def test_facts_are_no_business_of_others(app, reader):
    webinar = a_planned()
    path, other = f"/en/webinars/{webinar.ref}", reader(a_user())

    assert [other.get(f"{path}/{page}").status for page in ("when", "entrance", "cancel", "postpone")] == [404] * 4


def test_facts_change_while_an_admin_reads_the_words(app, reader):
    webinar = a_planned(status=Status.SUBMITTED)
    number = webinar.id

    reader(webinar.author).send(f"/en/webinars/{webinar.ref}/when", FORM, day="2030-03-19")

    assert reread(number).starts_at == NEXT
