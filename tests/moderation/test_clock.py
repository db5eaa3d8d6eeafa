"""The clock over whole lives of waits: who is told what and when, each letter once, none missed."""

import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from galaxy.accounts.models import Activity, MandateRole, MandateStatus
from galaxy.content.models import Status
from galaxy.core.db import db, now
from galaxy.core.mail import folder
from galaxy.moderation import clock, services
from galaxy.moderation.clock_queries import Median, late, median_of, median_overall, wait_of, waiting_for
from galaxy.moderation.clock_rules import Days
from galaxy.moderation.models import Reminder, Wait, WaitKind
from galaxy.moderation.tasks import keep_time
from galaxy.notifications.models import Notification
from galaxy.notifications.services import relay, reply
from tests.factories import a_body, a_focal_point, a_mandate, a_solution, a_user, an_admin, saved

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def at():
    """Travel: `at(MONDAY)`; time stands still there."""
    travels = []

    def go(moment: datetime) -> None:
        if travels:
            travels.pop().stop()
        travel = time_machine.travel(moment, tick=False)
        travel.start()
        travels.append(travel)

    yield go
    for travel in travels:
        travel.stop()


def letters(work: Any) -> list[tuple[str, str]]:
    """Every mail that was sent about the clock: to whom, with which subject."""
    db.session.commit()
    work()
    mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in sorted(folder().glob("*.eml"))]
    ours = [(mail["To"].partition("@")[0], " ".join(mail["Subject"].split())) for mail in mails]
    return [(to, subject) for to, subject in ours if not subject.startswith(("A message", "To review"))]


def a_body_with_people(**facts: Any) -> Any:
    """The focal point of Burkina Faso, or as said, with a lead and a deputy; and an admin."""
    body = a_body(**{"name": "DGCOOP"} | facts)
    a_mandate(a_user(email="lead@example.org"), body)
    a_mandate(a_user(email="deputy@example.org"), body, role=MandateRole.DEPUTY)
    an_admin(email="admin@example.org")
    return body


def test_a_message_that_nobody_answers_is_reminded_marked_late_and_escalated(app, work, at):
    at(MONDAY)
    body = a_body_with_people()
    relay(a_user(email="asker@example.org"), body, "How do you mend the pumps?")
    told: list[tuple[str, str, str]] = []
    seen = len(letters(work))

    for hours in range(0, 24 * 45, 4):
        at(MONDAY + timedelta(hours=hours))
        keep_time()
        new = letters(work)[seen:]
        seen += len(new)
        told += [(f"{now():%d %b %H}", to, subject) for to, subject in new]

    assert told == [
        ("06 Mar 08", "lead", "Acknowledge by March 9, 2026: the message to DGCOOP"),
        ("10 Mar 08", "lead", "Late to be acknowledged: the message to DGCOOP"),
        ("10 Mar 08", "deputy", "Late to be acknowledged: the message to DGCOOP"),
        ("25 Mar 08", "lead", "Answer by March 30, 2026: the message to DGCOOP"),
        ("31 Mar 08", "lead", "Late to be answered: the message to DGCOOP"),
        ("31 Mar 08", "deputy", "Late to be answered: the message to DGCOOP"),
        ("02 Apr 08", "admin", "Nobody has answered: the message to DGCOOP"),
    ]


def days(wait: Wait) -> list[str]:
    """The days promised, and the next step."""
    return [f"{at:%a %d %b}" if at else "" for at in (wait.acknowledge_by, wait.answer_by, wait.next_at)]


def open_wait() -> Wait:
    return db.session.scalars(select(Wait)).one()


def test_each_letter_is_sent_once_however_often_the_clock_is_looked_at(app, work, at):
    at(MONDAY)
    relay(a_user(), a_body_with_people(), "How do you mend the pumps?")
    letters(work)
    at(MONDAY + timedelta(days=4))

    for _again in range(5):
        keep_time()

    assert letters(work) == [("lead", "Acknowledge by March 9, 2026: the message to DGCOOP")]


def test_after_a_month_without_a_worker_no_late_letter_is_missed_and_no_early_one_is_sent(app, work, at):
    at(MONDAY)
    relay(a_user(), a_body_with_people(), "How do you mend the pumps?")
    letters(work)
    at(MONDAY + timedelta(days=40))

    keep_time()

    assert letters(work) == [
        ("lead", "Late to be acknowledged: the message to DGCOOP"),
        ("deputy", "Late to be acknowledged: the message to DGCOOP"),
        ("lead", "Late to be answered: the message to DGCOOP"),
        ("deputy", "Late to be answered: the message to DGCOOP"),
        ("admin", "Nobody has answered: the message to DGCOOP"),
    ]
    taken = db.session.execute(select(Reminder.step, Reminder.sent).order_by(Reminder.step)).all()
    assert [(step.value, sent) for step, sent in taken] == [
        ("acknowledge late", True),
        ("acknowledge soon", False),
        ("answer late", True),
        ("answer soon", False),
        ("escalated", True),
    ]
    assert open_wait().next_at is None


def look(app, together) -> None:
    """Be a worker that looks at the clock at the same moment as the others."""
    with app.app_context():
        together.wait(timeout=20)
        keep_time()
        db.session.remove()


def test_workers_that_look_at_the_same_moment_send_each_letter_once(app, work, at):
    at(MONDAY)
    body = a_body_with_people()
    for n in range(6):
        relay(a_user(), body, f"Question {n}")
    letters(work)
    at(MONDAY + timedelta(days=40))
    together = threading.Barrier(3)
    db.session.remove()

    workers = [threading.Thread(target=look, args=(app, together)) for _n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)

    assert len(letters(work)) == 6 * 5
    assert db.session.query(Reminder).count() == 6 * 5


def test_a_step_that_another_worker_has_just_taken_is_not_taken_again(app, work, at):
    at(MONDAY)
    relay(a_user(), a_body_with_people(), "How do you mend the pumps?")
    letters(work)
    at(MONDAY + timedelta(days=4))
    saved(Reminder(wait_id=open_wait().id, step="acknowledge soon"))

    keep_time()

    assert (letters(work), days(open_wait())[2]) == ([], "Tue 10 Mar")


def test_an_answer_stops_the_clock_and_the_median_says_how_long_it_took(app, work, at):
    at(MONDAY)
    body = a_body_with_people()
    lead, asker = body.holders[0], a_user()
    for waited in (1, 3, 8):
        at(MONDAY)
        message = relay(asker, body, "How do you mend the pumps?")
        at(MONDAY + timedelta(days=waited))
        reply(message, lead, "With spare parts from Bobo.")
    db.session.commit()

    assert (median_of(body), median_overall()) == (Median(3 * 86_400, 3), Median(3 * 86_400, 3))
    assert (median_of(a_body(country="FJI")), median_overall(WaitKind.INTEREST)) == (None, None)
    at(MONDAY + timedelta(days=380))
    assert median_of(body) is None
    keep_time()
    assert letters(work) == []


def test_of_two_answers_the_median_lies_between(app, at):
    at(MONDAY)
    body = a_body_with_people()
    for waited in (1, 4):
        at(MONDAY)
        message = relay(a_user(), body, "How?")
        at(MONDAY + timedelta(days=waited))
        reply(message, body.holders[0], "So.")
    db.session.commit()

    assert median_of(body) == Median(2.5 * 86_400, 2)


def test_who_writes_again_waits_since_the_first_word_and_anew_after_an_answer(app, at):
    at(MONDAY)
    body, asker = a_body_with_people(), a_user()
    message = relay(asker, body, "How do you mend the pumps?")
    at(MONDAY + timedelta(days=2))
    reply(message, asker, "And who pays?")
    assert wait_of(WaitKind.MESSAGE, message.id).since == MONDAY

    reply(message, body.holders[0], "The villages.")
    assert wait_of(WaitKind.MESSAGE, message.id) is None

    reply(message, asker, "How much?")
    assert wait_of(WaitKind.MESSAGE, message.id).since == MONDAY + timedelta(days=2)


def test_what_is_acknowledged_is_promised_to_the_asker_and_only_the_answer_is_still_due(app, work, at):
    at(MONDAY)
    body, asker = a_body_with_people(), a_user(email="asker@example.org")
    message = relay(asker, body, "How do you mend the pumps?")
    letters(work)

    for _twice in range(2):
        clock.acknowledge(WaitKind.MESSAGE, message.id, body.holders[1])
    db.session.commit()

    assert letters(work) == [("asker", "Received; an answer by March 30, 2026: the message to DGCOOP")]
    assert days(open_wait()) == ["Mon 09 Mar", "Mon 30 Mar", "Wed 25 Mar"]
    assert db.session.scalars(select(Activity.verb).order_by(Activity.id)).all() == ["wrote", "acknowledged"]


def test_a_pause_is_told_with_its_reason_and_gives_the_days_back(app, work, at):
    at(MONDAY)
    body, asker = a_body_with_people(), a_user(email="asker@example.org")
    relay(asker, body, "How do you mend the pumps?")
    letters(work)
    at(MONDAY + timedelta(days=2))
    lead = body.holders[0]

    clock.pause(open_wait(), lead, "The ministry moves house.")
    clock.pause(open_wait(), lead, "Twice.")
    db.session.commit()
    at(MONDAY + timedelta(days=60))
    keep_time()
    assert letters(work) == [("asker", "Your answer takes longer: the message to DGCOOP")]
    assert (late_ones(), waiting_for(lead)) == ([], [open_wait()])
    clock.resume(open_wait(), lead)

    assert days(open_wait()) == ["Wed 06 May", "Wed 27 May", "Tue 05 May"]
    assert letters(work)[1:] == [("asker", "An answer by May 27, 2026: the message to DGCOOP")]
    reasons = db.session.execute(select(Activity.verb, Activity.reason).order_by(Activity.id)).all()
    assert [tuple(row) for row in reasons] == [
        ("wrote", ""),
        ("paused", "The ministry moves house."),
        ("resumed", ""),
    ]


def test_the_median_counts_pauses_too(app, at):
    at(MONDAY)
    body = a_body_with_people()
    message = relay(a_user(), body, "How?")
    clock.pause(open_wait(), body.holders[0], "Elections.")
    at(MONDAY + timedelta(days=30))
    reply(message, body.holders[0], "So.")
    db.session.commit()

    assert median_of(body) == Median(30 * 86_400, 1)


@pytest.mark.parametrize(
    ("facts", "promised"),
    [
        ({"country": "BFA"}, ["Mon 09 Mar", "Mon 30 Mar"]),
        ({"country": "EGY"}, ["Mon 09 Mar", "Mon 30 Mar"]),
        ({"country": "IRN"}, ["Sun 08 Mar", "Wed 25 Mar"]),
        ({"country": "BFA", "weekend": [4]}, ["Sun 08 Mar", "Wed 25 Mar"]),
        ({"country": "BFA", "weekend": []}, ["Sat 07 Mar", "Sun 22 Mar"]),
    ],
)
def test_the_days_of_the_body_count(app, at, facts, promised):
    at(MONDAY)
    relay(a_user(), a_body_with_people(**facts), "How?")

    assert days(open_wait())[:2] == promised


def test_a_day_ends_where_the_body_is(app, at):
    at(MONDAY)
    relay(a_user(), a_body_with_people(country="FJI"), "How?")
    relay(a_user(), a_body(name="B", country="FJI", time_zone="America/Lima"), "How?")

    ends = [wait.answer_by.isoformat() for wait in db.session.scalars(select(Wait).order_by(Wait.id))]
    assert ends == ["2026-03-30T11:59:59+00:00", "2026-03-31T04:59:59+00:00"]


def test_a_body_whose_mandates_ended_is_the_business_of_the_admins(app, work, at):
    at(MONDAY)
    body = a_body_with_people()
    relay(a_user(), body, "How do you mend the pumps?")
    for mandate in body.mandates:
        mandate.status = MandateStatus.ENDED
    letters(work)
    at(MONDAY + timedelta(days=40))
    keep_time()

    assert letters(work) == [
        ("admin", "Late to be acknowledged: the message to DGCOOP"),
        ("admin", "Late to be answered: the message to DGCOOP"),
        ("admin", "Nobody has answered: the message to DGCOOP"),
    ]


def test_an_interest_in_a_body_without_people_is_told_the_admins_at_once(app, work, at):
    at(MONDAY)
    an_admin(email="admin@example.org")
    clock.begin(WaitKind.INTEREST, 7, entry=a_solution(title="Pumps wanted"), body=a_body(), address="/x")

    assert letters(work) == [("admin", "Nobody to answer: an answer to the call “Pumps wanted”")]


def test_a_submission_is_the_admins_to_acknowledge_and_to_answer(app, work, at):
    at(MONDAY)
    focal = a_focal_point(email="focal@example.org")
    ada, ben = (an_admin(email=f"{name}@example.org", name=name) for name in ("ada", "ben"))
    case = services.submit(a_solution(author=focal, status=Status.DRAFT), focal)
    letters(work)
    assert [len(waiting_for(admin)) for admin in (ada, ben, focal)] == [1, 1, 0]

    at(MONDAY + timedelta(days=4))
    keep_time()
    services.assign(case, ada)
    at(MONDAY + timedelta(days=32))
    keep_time()

    what = "the submission “Solar pumps for village wells”"
    assert letters(work) == [
        ("ada", f"Acknowledge by March 9, 2026: {what}"),
        ("ben", f"Acknowledge by March 9, 2026: {what}"),
        ("focal", f"Received; an answer by March 30, 2026: {what}"),
        ("ada", f"Late to be answered: {what}"),
        ("ben", f"Late to be answered: {what}"),
        ("ada", f"Nobody has answered: {what}"),
        ("ben", f"Nobody has answered: {what}"),
    ]
    assert [len(waiting_for(admin)) for admin in (ada, ben)] == [1, 0]
    services.unassign(case, ben)
    assert [len(waiting_for(admin)) for admin in (ada, ben)] == [1, 1]

    services.give_back(case, ben, "Who says so?", {})

    assert (open_wait().took, median_overall(WaitKind.SUBMISSION)) == (32 * 86_400, Median(32 * 86_400, 1))


@pytest.mark.parametrize("act", [services.take_back, services.withdraw])
def test_what_is_taken_back_needs_no_answer_and_counts_for_nothing(app, act):
    member = a_user()
    entry = a_solution(author=member, status=Status.DRAFT)
    services.submit(entry, member)

    act(entry, member)

    assert (open_wait().is_open, open_wait().next_at, median_overall()) == (False, None, None)


def test_a_wait_is_begun_once_while_it_is_open(app):
    first = clock.begin(WaitKind.REQUEST, 3, entry=a_solution())
    again = clock.begin(WaitKind.REQUEST, 3)
    clock.end(WaitKind.REQUEST, 3)
    anew = clock.begin(WaitKind.REQUEST, 3)

    assert (again is first, anew is first) == (True, False)


def test_what_is_answered_without_waiting_changes_nothing(app):
    clock.answered(WaitKind.INTEREST, 3, a_user())
    clock.acknowledge(WaitKind.INTEREST, 3, a_user())
    clock.end(WaitKind.INTEREST, 3)

    assert db.session.query(Wait).count() == 0


def test_other_days_count_for_what_begins_from_then_on(app, at):
    at(MONDAY)
    body, admin = a_body_with_people(), an_admin()
    relay(a_user(), body, "How?")
    clock.set_days(WaitKind.MESSAGE, Days(1, 2), admin)
    relay(a_user(), body, "Why?")

    promised = [days(wait)[:2] for wait in db.session.scalars(select(Wait).order_by(Wait.id))]
    assert promised == [["Mon 09 Mar", "Mon 30 Mar"], ["Tue 03 Mar", "Wed 04 Mar"]]


def late_ones() -> list[Wait]:
    return list(db.session.scalars(late()))


def test_what_waits_for_me_is_shown_with_the_most_pressing_first(app, at):
    at(MONDAY)
    body = a_body_with_people()
    lead = body.holders[0]
    for day in (3, 1, 2):
        at(MONDAY + timedelta(days=day))
        relay(a_user(), body, f"Day {day}")
    relay(a_user(), a_body(country="FJI"), "Not mine")
    db.session.commit()

    assert [wait.since - MONDAY for wait in waiting_for(lead)] == [timedelta(days=n) for n in (1, 2, 3)]
    at(MONDAY + timedelta(days=9))
    assert [wait.since - MONDAY for wait in late_ones()] == [timedelta(days=1)]


def test_a_wait_that_fails_stops_no_other(app, work, at):
    at(MONDAY)
    body = a_body_with_people()
    for n in range(2):
        relay(a_user(), body, f"Question {n}")
    broken, _whole = db.session.scalars(select(Wait).order_by(Wait.id))
    body_without_week = a_body(weekend=[9], country="FJI")
    broken.body = body_without_week
    letters(work)
    at(MONDAY + timedelta(days=4))

    keep_time()

    assert letters(work) == [("lead", "Acknowledge by March 9, 2026: the message to DGCOOP")]
    assert db.session.query(Notification).filter_by(verb="acknowledge soon").count() == 1
