"""The letters to those who register: in their language and zone, with the calendar, each once, reminders in time."""

import email
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from galaxy.content.models import Status
from galaxy.core.db import db, now
from galaxy.notifications.models import Notification
from galaxy.notifications.services import silence
from galaxy.webinars import registration_services as services
from galaxy.webinars import tasks
from galaxy.webinars.models import State
from galaxy.webinars.registration_models import Registration, RegistrationStatus
from galaxy.webinars.registration_queries import token
from galaxy.webinars.services import webinar_changed
from tests.factories import a_registration, a_user, a_webinar

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TITLE = "How villages keep their pumps running"


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as travel:
        yield travel


@pytest.fixture
def mails(app: Flask, work):
    """What was sent since the last time one asked, oldest first."""
    seen: set[str] = set()

    def sent() -> list[EmailMessage]:
        work()
        folder = Path(app.instance_path) / "mail"
        files = sorted(file for file in folder.glob("*.eml") if file.name not in seen) if folder.is_dir() else []
        seen.update(file.name for file in files)
        return [
            email.message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=policy.default) for file in files
        ]

    return sent


def subjects(sent):
    return sorted((mail["To"], mail["Subject"]) for mail in sent)


def text_of(mail):
    """Its words, with one kind of space and of line break."""
    text = mail.get_body(("plain",)).get_content()
    return text.replace("\r\n", "\n").replace("\u00a0", " ").replace("\u202f", " ").replace("\u2009", " ")


def calendar_of(mail):
    return [part.get_content() for part in mail.walk() if part.get_content_type() == "text/calendar"]


def change(webinar, verb, **facts):
    """Change facts as the services of hosts do."""
    before = {name: getattr(webinar, name) for name in ("starts_at", "ends_at", "zone", "all_day")}
    for name, value in facts.items():
        setattr(webinar, name, value)
    if verb != "entrance changed":
        webinar.sequence += 1
        webinar.changed_at = now()
    db.session.flush()
    webinar_changed.send(webinar, verb=verb, by=None, before=before)
    db.session.commit()


def test_a_place_is_confirmed_in_the_language_and_the_zone_of_who_has_it(clock, mails):
    webinar = a_webinar(starts_at=NOON + timedelta(days=5), zone="Africa/Ouagadougou")
    awa = a_user(email="awa@example.org", name="Awa", language="fr", time_zone="Africa/Nairobi")
    registration = services.register(webinar, awa, {})
    db.session.commit()
    (mail,) = mails()
    seat = f"http://localhost/fr/webinars/seats/{token(registration)}"

    assert (mail["To"], mail["Subject"]) == ("awa@example.org", f"Vous êtes inscrit(e) : {TITLE}")
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (
        f"<{seat}/leave>",
        "List-Unsubscribe=One-Click",
    )
    assert text_of(mail) == (
        f"""Bonjour Awa,

Vous avez une place pour « {TITLE} ».

{TITLE}
dimanche 15 mars 2026, 15:00 – 16:00 · heure de Nairobi (UTC+3)
dimanche 15 mars 2026, 12:00 – 13:00 · heure de Ouagadougou (UTC)

Pour rejoindre le webinaire :
https://meet.example.org/pumps
Ceci est pour vous seul(e) : merci de ne pas le transmettre.

Voir votre inscription
{seat}

--
Vous ne pouvez plus venir ? Désinscrivez-vous ici : {seat}/leave
"""
    )
    (said,) = calendar_of(mail)
    assert ("METHOD:REQUEST" in said, "mailto:awa@example.org" in said.replace("\r\n ", "")) == (True, True)


def test_who_waits_is_not_told_where_to_join_until_they_move_up(clock, mails):
    webinar = a_webinar(starts_at=NOON + timedelta(days=5), capacity=1)
    first = services.register(webinar, a_user(email="first@example.org"), {})
    services.register(webinar, a_user(email="second@example.org"), {})
    db.session.commit()
    sent = mails()
    (waiting,) = [mail for mail in sent if mail["To"] == "second@example.org"]

    assert subjects(sent) == [
        ("first@example.org", f"You are registered: {TITLE}"),
        ("second@example.org", f"You are on the waiting list: {TITLE}"),
    ]
    assert "on the waiting list, at place 1." in text_of(waiting)
    assert "meet.example.org" not in waiting.as_string()

    services.leave(first)
    db.session.commit()
    left, moved = sorted(mails(), key=lambda mail: mail["To"])

    assert subjects([left, moved]) == [
        ("first@example.org", f"You do not come: {TITLE}"),
        ("second@example.org", f"You have a place now: {TITLE}"),
    ]
    assert "METHOD:CANCEL" in calendar_of(left)[0]
    assert "METHOD:REQUEST" in calendar_of(moved)[0]
    assert "https://meet.example.org/pumps" in text_of(moved)
    assert [(news.user.email, news.verb) for news in db.session.query(Notification)] == [
        ("second@example.org", "webinar place")
    ]


def test_a_guest_is_asked_to_confirm_and_is_told_nothing_of_others(clock, mails):
    webinar = a_webinar(starts_at=NOON + timedelta(days=5))
    said = {"email": "fanta@example.org", "name": "Win a prize", "language": "en"}
    registration = services.register(webinar, None, said)
    db.session.commit()
    (mail,) = mails()

    assert mail["Subject"] == f"Please confirm: {TITLE}"
    assert f"http://localhost/en/webinars/seats/{token(registration)}\n" in text_of(mail)
    assert "Win a prize" not in mail.as_string()
    assert "meet.example.org" not in mail.as_string()
    assert mail["List-Unsubscribe"] is None

    services.confirm(registration)
    db.session.commit()
    assert subjects(mails()) == [("fanta@example.org", f"You are registered: {TITLE}")]

    services.register(webinar, None, said | {"name": "Somebody else"})
    db.session.commit()
    assert subjects(mails()) == [("fanta@example.org", f"You are registered already: {TITLE}")]
    assert (registration.name, registration.status) == ("Win a prize", RegistrationStatus.REGISTERED)


def test_reminders_go_a_day_and_an_hour_before_each_once(clock, mails):
    webinar = a_webinar(starts_at=NOON + timedelta(days=5))
    a_registration(webinar, email="a@example.org")
    a_registration(webinar, email="waits@example.org", status=RegistrationStatus.WAITING)
    told = []
    for minutes in range(4 * 24 * 60 - 30, 5 * 24 * 60 + 60, 30):
        clock.move_to(NOON + timedelta(minutes=minutes))
        tasks.remind()
        told += [(NOON + timedelta(minutes=minutes), subject) for _to, subject in subjects(mails())]

    assert told == [
        (NOON + timedelta(days=4), f"Tomorrow: {TITLE}"),
        (NOON + timedelta(days=5, hours=-1), f"In one hour: {TITLE}"),
    ]


@pytest.mark.parametrize(
    ("left", "subject"),
    [
        (timedelta(hours=10), "In 10 hours: "),
        (timedelta(minutes=100), None),
        (timedelta(minutes=20), "In 20 minutes: "),
        (timedelta(minutes=-1), None),
    ],
)
def test_a_worker_that_was_down_says_how_long_is_really_left_or_nothing(clock, mails, left, subject):
    webinar = a_webinar(starts_at=NOON + timedelta(days=5))
    a_registration(webinar, email="a@example.org")
    clock.move_to(webinar.starts_at - left)
    tasks.remind()
    tasks.remind()

    assert subjects(mails()) == ([("a@example.org", subject + TITLE)] if subject else [])


def test_a_reminder_that_waited_too_long_is_not_sent_after_the_start(clock, mails):
    webinar = a_webinar(starts_at=NOON + timedelta(hours=1))
    a_registration(webinar)
    tasks.remind()
    clock.move_to(NOON + timedelta(hours=1))

    assert mails() == []


def test_who_registers_within_a_day_gets_no_reminder_of_a_day(clock, mails):
    webinar = a_webinar(starts_at=NOON + timedelta(hours=20))
    services.register(webinar, a_user(email="a@example.org"), {})
    db.session.commit()
    mails()
    tasks.remind()
    assert mails() == []

    clock.move_to(NOON + timedelta(hours=19))
    tasks.remind()
    assert subjects(mails()) == [("a@example.org", f"In one hour: {TITLE}")]


def test_all_are_told_once_of_a_new_time_and_reminded_anew(clock, mails):
    webinar = a_webinar(starts_at=NOON + timedelta(hours=20), zone="Africa/Dakar")
    a_registration(webinar, email="a@example.org")
    a_registration(webinar, email="gone@example.org", status=RegistrationStatus.CANCELLED)
    tasks.remind()
    (reminder,) = mails()
    assert (reminder["To"], reminder["Subject"]) == ("a@example.org", f"In 20 hours: {TITLE}")
    assert "METHOD:REQUEST" in calendar_of(reminder)[0]

    start = NOON + timedelta(days=3)
    change(webinar, "moved", starts_at=start, ends_at=start + timedelta(hours=1))
    (mail,) = mails()
    tasks.tell_all(webinar.id, "moved", {})  # a task may run twice
    db.session.commit()
    assert mails() == []

    assert (mail["To"], mail["Subject"]) == ("a@example.org", f"New time: {TITLE}")
    assert "March 13, 2026" in text_of(mail)
    assert text_of(mail).split("\n\n")[2:4] == [
        f"{TITLE}\nFriday, March 13, 2026, 12:00 – 1:00 PM · Dakar time (UTC)",
        "It was to take place:\nWednesday, March 11, 2026, 8:00 – 9:00 AM · Dakar time (UTC)",
    ]
    assert "SEQUENCE:1" in calendar_of(mail)[0]

    clock.move_to(NOON + timedelta(days=2))
    tasks.remind()
    assert subjects(mails()) == [("a@example.org", f"Tomorrow: {TITLE}")]


def test_only_the_last_of_two_changes_is_told(clock, mails):
    webinar = a_webinar(starts_at=NOON + timedelta(days=5))
    a_registration(webinar, email="a@example.org")
    change(webinar, "moved", starts_at=NOON + timedelta(days=6), ends_at=NOON + timedelta(days=6, hours=1))
    change(webinar, "cancelled", state=State.CANCELLED, reason="The speaker is ill.")
    (mail,) = mails()

    assert mail["Subject"] == f"Cancelled: {TITLE}"
    assert "The speaker is ill." in text_of(mail)
    assert text_of(mail).split("\n\n")[4:6] == [
        TITLE, "It was to take place:\nMonday, March 16, 2026, 12:00 – 1:00 PM · UTC",
    ]  # fmt: skip
    assert ("Leave here" in text_of(mail), "meet.example.org" in mail.as_string()) == (False, False)
    assert "METHOD:CANCEL" in calendar_of(mail)[0]


@pytest.mark.parametrize(
    ("verb", "facts", "subject"),
    [
        ("postponed", {"state": State.POSTPONED, "reason": "A storm."}, f"Postponed: {TITLE}"),
        ("join changed", {"join_url": "https://elsewhere.example.org/"}, f"Please note what has changed: {TITLE}"),
        ("resumed", {"state": State.PLANNED}, f"It takes place: {TITLE}"),
        ("cancelled", {"status": Status.WITHDRAWN}, f"Cancelled: {TITLE}"),
    ],
)
def test_each_change_has_its_words(clock, mails, verb, facts, subject):
    webinar = a_webinar(starts_at=NOON + timedelta(days=5))
    member = a_user(email="a@example.org")
    a_registration(webinar, member)
    change(webinar, verb, **facts)

    assert subjects(mails()) == [("a@example.org", subject)]
    assert db.session.query(Notification).filter_by(user_id=member.id).count() == 1


def test_many_are_told_so_many_at_a_time_each_once(clock, mails, monkeypatch):
    monkeypatch.setattr(tasks, "AT_ONCE", 4)
    webinar = a_webinar(starts_at=NOON + timedelta(days=5))
    for n in range(10):
        a_registration(webinar, email=f"{n}@example.org")
    change(webinar, "cancelled", state=State.CANCELLED)

    assert subjects(mails()) == [(f"{n}@example.org", f"Cancelled: {TITLE}") for n in range(10)]


def test_a_larger_room_lets_those_who_wait_in(clock, mails):
    webinar = a_webinar(starts_at=NOON + timedelta(days=5), capacity=0)
    for n in range(3):
        a_registration(webinar, email=f"{n}@example.org", status=RegistrationStatus.WAITING)
    change(webinar, "entrance changed", capacity=2)

    assert subjects(mails()) == [(f"{n}@example.org", f"You have a place now: {TITLE}") for n in range(2)]


def test_thanks_go_half_a_day_later_once(clock, mails):
    webinar = a_webinar(starts_at=NOON)
    a_registration(webinar, email="a@example.org")
    clock.move_to(NOON + timedelta(hours=12))
    tasks.thank()
    assert mails() == []
    clock.move_to(NOON + timedelta(hours=13))
    tasks.thank()
    tasks.thank()

    (mail,) = mails()
    assert (mail["To"], mail["Subject"]) == ("a@example.org", f"Thank you: {TITLE}")
    assert text_of(mail).split("\n\n")[-1].splitlines() == [
        "See the webinar",
        f"http://localhost/en/webinars/{webinar.slug}",
    ]
    assert [said for said in ("Where to join", "meet.example.org", "Leave here") if said in text_of(mail)] == []


def test_a_member_may_do_without_reminders(clock, mails):
    webinar, member = a_webinar(starts_at=NOON + timedelta(hours=24)), a_user()
    a_registration(webinar, member)
    silence(member, "webinar soon")
    db.session.commit()
    tasks.remind()

    assert mails() == []
    assert [news.verb for news in db.session.query(Notification)] == ["webinar soon"]


def test_guests_are_forgotten_and_members_who_delete_their_account(clock, mails):
    webinar = a_webinar(starts_at=NOON, capacity=1)
    a_registration(webinar, email="a@example.org", name="Awa", certificate="abc")
    a_registration(webinar, email="b@example.org", name="Bila")
    a_registration(webinar, email="late@example.org", status=RegistrationStatus.UNCONFIRMED)
    clock.move_to(NOON + timedelta(hours=47))
    tasks.forget_unconfirmed()
    assert db.session.query(Registration).count() == 3
    clock.move_to(NOON + timedelta(hours=49))
    tasks.forget_unconfirmed()
    assert db.session.query(Registration).count() == 2
    clock.move_to(NOON + timedelta(days=365))
    tasks.forget_guests()
    assert db.session.query(Registration).filter(Registration.forgotten_at.is_not(None)).count() == 0
    clock.move_to(NOON + timedelta(days=366))
    tasks.forget_guests()

    assert [(each.name, each.email) for each in db.session.query(Registration).order_by(Registration.id)] == [
        ("Awa", "1@forgotten.invalid"),
        ("", "2@forgotten.invalid"),
    ]
