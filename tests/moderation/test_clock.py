"""The clock over whole lives of waits: who is told what and when, each letter once, none missed."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
import time_machine

from galaxy.accounts.models import MandateRole
from galaxy.core.db import db, now
from galaxy.core.mail import folder
from galaxy.moderation.tasks import keep_time
from galaxy.notifications.services import relay
from tests.factories import a_body, a_mandate, a_user, an_admin

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
    ours = [(mail["To"].partition("@")[0], mail["Subject"]) for mail in mails]
    return [(to, subject) for to, subject in ours if not subject.startswith(("A message", "To review", "Published"))]


def a_body_with_people() -> Any:
    """The focal point of Burkina Faso with a lead and a deputy, and an admin."""
    body = a_body(name="DGCOOP")
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
