"""The clock as readers see it: who answers, who waits, the admins, and everybody."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from galaxy.accounts.models import Body, User
from galaxy.content.models import Status
from galaxy.core.db import db
from galaxy.moderation import services
from galaxy.moderation.models import Promise, Wait
from galaxy.notifications.services import relay, reply
from tests.factories import a_body, a_focal_point, a_solution, a_user, an_admin, an_organisation
from tests.statements import statements

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=True) as travel:
        yield travel


def test_who_answers_acknowledges_and_who_waits_sees_the_day(reader):
    focal, asker = a_focal_point(), a_user()
    message = relay(asker, a_solution(author=focal), "How do you mend the pumps?")
    where = f"/en/notifications/messages/{message.id}"
    focal, asker = reader(focal), reader(asker)

    page = focal.get(where)
    assert page.one(".clock") == "To be acknowledged by March 9, 2026 and answered by March 30, 2026"
    assert asker.get(where).all("main .toolbar button, main .toolbar a") == ["Send the answer"]
    done = focal.send_from(page, "form[action$=acknowledge]")

    assert done.notices == [
        "Who waits is told that you have received it, and that they will have an answer by the day shown here."
    ]
    assert done.one(".clock") == asker.get(where).one(".clock") == "To be answered by March 30, 2026"
    assert done.all("main .toolbar")[-1] == "No answer is needed Pause the clock"


def test_who_answers_stops_the_clock_with_a_reason_and_lets_it_run_again(reader):
    focal, asker = a_focal_point(), a_user()
    message = relay(asker, a_solution(author=focal), "How do you mend the pumps?")
    where = f"/en/notifications/messages/{message.id}"
    focal, asker = reader(focal), reader(asker)
    form = "/en/moderation/waits/1/pause"

    assert focal.send(form, reason=" ").errors == ["Please say why: who waits will read it."]
    focal.send(form, reason="The ministry moves house.")
    seen = asker.get(where)
    assert (seen.one(".status"), seen.all("blockquote")[-1]) == (
        "Paused since March 2, 2026",
        "The ministry moves house.",
    )
    page = focal.send_from(focal.get(where), "form[action$=resume]")

    assert page.one(".clock").startswith("To be acknowledged by March 9, 2026")


def test_a_message_that_wants_no_answer_is_closed(reader):
    focal, asker = a_focal_point(), a_user()
    message = relay(asker, a_solution(author=focal), "Thank you!")
    where = f"/en/notifications/messages/{message.id}"
    focal = reader(focal)

    page = focal.send_from(focal.get(where), "form[action$=close]")

    assert page.notices == ["Noted: no answer is needed. Who wrote is told."]
    assert [wait.took for wait in db.session.scalars(select(Wait))] == [None]
    asker = reader(db.session.merge(asker))
    assert asker.get("/en/notifications/").all("main li button")[0].startswith("A focal point has read this")


def test_the_queue_and_a_case_show_until_when(reader, monday):
    member = a_user()
    services.submit(a_solution(author=member, status=Status.DRAFT), member)
    someone = an_admin()
    admin = reader(someone)

    queue = admin.get("/en/moderation/")
    assert "To be acknowledged by March 9, 2026 and answered by March 30, 2026" in queue.one("main footer")
    monday.shift(timedelta(days=9))
    admin = reader(db.session.merge(someone))
    case = admin.send_from(admin.get("/en/moderation/1"), "form[action$=assign]")
    assert case.one(".clock") == "To be answered by March 30, 2026"
    monday.shift(timedelta(days=30))
    admin = reader(db.session.merge(someone))
    assert admin.get("/en/moderation/1").one(".status.late") == "Late since March 30, 2026"


def test_an_admin_reads_what_is_late_and_who_is_to_answer(reader, monday):
    body, admin = a_body(name="DGCOOP"), an_admin()
    focal = a_focal_point(body=body)
    relay(a_user(), body, "How?")
    message = relay(a_user(), body, "How long?")
    monday.shift(timedelta(days=3))
    reply(message, focal, "Three days.")
    monday.shift(timedelta(days=37))

    page = reader(admin).get("/en/moderation/clock")

    assert page.one(".lead") == "1 answer is late."
    assert page.all("main tbody tr") == [
        "The message to DGCOOP DGCOOP 40 days Late since March 9, 2026 Pause the clock",
        "Messages, which the body or the person answers 3 days 1",
        "All of them 3 days 1",
    ]


def test_an_admin_pauses_for_others_and_comes_back_to_the_overview(reader, monday):
    body, admin = a_body(name="DGCOOP"), reader(an_admin())
    a_focal_point(body=body)
    relay(a_user(), body, "How?")

    page = admin.send("/en/moderation/waits/1/pause", reason="Elections.")

    assert page.response.request.path == "/en/moderation/clock"
    assert page.all("main tbody tr") == [
        "The message to DGCOOP DGCOOP less than an hour Elections. Let the clock run again"
    ]


def test_an_admin_promises_other_days_within_reason(reader):
    admin = reader(an_admin())
    where = "/en/moderation/clock"

    wrong = admin.send(where, **{"message-acknowledge": "0", "interest-answer": "3", "request-answer": "many"})
    assert wrong.errors == [
        "Please give a whole number of days from 1 to 250.",
        "An answer cannot be due before it is acknowledged.",
        "Please give a whole number of days from 1 to 250.",
    ]
    assert wrong.form()["request-answer"] == "many"
    admin.send(where, **{"message-acknowledge": "2", "message-answer": "7"})

    assert [(row.kind, row.acknowledge_days, row.answer_days) for row in db.session.scalars(select(Promise))] == [
        ("message", 2, 7)
    ]
    assert admin.get(where).form()["message-answer"] == "7"


def test_everybody_reads_how_fast_a_body_answers(reader, visitor, monday):
    body = a_body(name="DGCOOP")
    focal = a_focal_point(body=body)
    profile = an_organisation(title="DGCOOP", profile_of=body)
    where = f"/en/directory/{profile.slug}"
    first, second = (relay(a_user(), body, f"How {n}?") for n in range(2))
    assert "Answers in" not in visitor.get(where).text
    monday.shift(timedelta(days=2))
    reply(db.session.merge(first), db.session.merge(focal), "So.")
    assert "Answers in 2 days (one answer in the last year)" in visitor.get(where).all("main aside p")
    monday.shift(timedelta(days=2))
    reply(db.session.merge(second), db.session.merge(focal), "So.")

    assert "Answers in 3 days (median of 2 answers in the last year)" in visitor.get(where).all("main aside p")
    about = "Half of the 2 answers of the last year came within 3 days."
    assert visitor.get("/en/about").all("#answers + p")[0].endswith(about)


def test_the_dashboard_shows_what_waits_with_the_most_pressing_first(reader, monday):
    focal = a_focal_point()
    for title in ("Late", "Soon"):
        monday.shift(timedelta(days=8))
        relay(a_user(), a_solution(author=focal, title=title), "How?")
    reader = reader(focal)

    page = reader.get("/en/dashboard")
    assert page.all(".waits")[0] == (
        "Waits for you The message about “Late” Late since March 17, 2026 "
        "The message about “Soon” To be acknowledged by March 25, 2026 and answered by April 15, 2026"
    )
    assert reader.get(page.links(".waits a")[0]).status == 200


def test_one_wait_and_three_take_the_same_number_of_statements(reader, monday):
    def one_more() -> None:
        focal = db.session.get_one(User, focal_id)
        relay(a_user(), a_solution(author=focal), "How?")
        relay(a_user(), a_solution(author=a_focal_point(country="FJI")), "How?")
        member = a_user()
        services.submit(a_solution(author=member, status=Status.DRAFT), member)
        db.session.commit()
        monday.shift(timedelta(days=40))

    focal, admin = a_focal_point(), an_admin()
    focal_id = focal.id
    readers = {"/en/dashboard": reader(focal), "/en/moderation/clock": reader(admin), "/en/moderation/": reader(admin)}
    one_more()
    with_one = {}
    for path, each in readers.items():
        each.get(path)
        with_one[path] = statements(lambda each=each, path=path: each.get(path))
    one_more()
    one_more()

    assert {path: statements(lambda e=each, p=path: e.get(p)) for path, each in readers.items()} == with_one


def test_those_who_act_for_a_body_say_when_it_works(reader):
    focal = a_focal_point("EGY")
    body_id = focal.bodies[0].id
    reader = reader(focal)
    (where,) = [link for link in reader.get("/en/accounts/mandates").links("main a") if "working-days" in link]

    page = reader.get(where)
    assert page.all(".choice label")[:2] == ["As is usual there: Friday, Saturday", "On days of its own"]
    assert page.all("select option")[0] == "That of its country: Cairo"
    none_left = reader.send(where, whose="own", weekend=[str(day) for day in range(7)])
    assert none_left.errors == ["A week needs a working day. Please take one of these away."]
    reader.send(where, whose="own", weekend=["4", "5", "4"], time_zone="Asia/Dhaka")
    body = db.session.get_one(Body, body_id)
    assert (body.weekend, body.time_zone) == ([4, 5], "Asia/Dhaka")
    assert "checked" in str(reader.get(where).soup.select_one("input[name=weekend][value='4']"))
    reader.send(where, whose="own", weekend=[], time_zone="")
    assert db.session.get_one(Body, body_id).weekend == []
    reader.send(where, whose="usual")

    body = db.session.get_one(Body, body_id)
    assert (body.weekend, body.time_zone) == (None, None)
