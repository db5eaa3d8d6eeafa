"""Mails leave after the commit, by a real server or into a folder, and keep no secret behind."""

import email
import socket
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from galaxy.core.db import db
from galaxy.core.jobs import waiting
from galaxy.core.mail import File, Letter, post


class Postbox(Message):
    """Keeps what arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[email.message.Message] = []

    def handle_message(self, message: email.message.Message) -> None:
        self.messages.append(message)


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


def test_a_mail_goes_to_the_server_and_its_words_are_forgotten(postbox, work):
    post("amina@example.org", "Votre\r\nBcc: x@evil.example lien", "Texte é", "<p>HTML é</p>", {"X-Kind": "news"})
    db.session.commit()

    work()

    (message,) = postbox.messages
    parts = [part.get_payload(decode=True).decode().strip() for part in message.get_payload()]
    assert (message["To"], message["Bcc"], message["X-Kind"]) == ("amina@example.org", None, "news")
    assert parts == ["Texte é", "<p>HTML é</p>"]
    assert [(letter.text, letter.html) for letter in db.session.query(Letter)] == [("", "")]


def test_a_long_subject_with_accents_arrives_as_it_was_written(postbox, work):
    subject = "Vous pouvez maintenant agir pour Direction togolaise de la coopération Sud-Sud, à Lomé et à Sokodé"
    post("amina@example.org", subject, "Texte", "<p>HTML</p>")
    db.session.commit()

    work()

    (message,) = postbox.messages
    assert email.message_from_bytes(message.as_bytes(), policy=default)["Subject"] == subject


def test_a_mail_of_an_act_that_was_undone_never_leaves(postbox, work):
    post("amina@example.org", "Hello", "text", "html")
    db.session.rollback()

    work()

    assert postbox.messages == []


def test_a_server_that_is_away_loses_nothing(app, work):
    app.config["MAIL_URL"] = "smtp://127.0.0.1:9"
    post("amina@example.org", "Hello", "text", "html")
    db.session.commit()

    work()
    app.config["MAIL_URL"] = ""

    assert [(job.attempts, job.error[:22]) for job in waiting()["failed"]] == [(1, "ConnectionRefusedError")]


def test_without_a_server_mails_are_kept_in_a_folder(app, work):
    post("amina@example.org", "Votre lien", "Texte", "<p>HTML</p>")
    db.session.commit()

    work()

    (file,) = (Path(app.instance_path) / "mail").glob("*.eml")
    assert email.message_from_bytes(file.read_bytes(), policy=default)["Subject"] == "Votre lien"


CALENDAR = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Semences de qualité : atelier\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def test_a_calendar_is_an_invitation_and_a_file(postbox, work):
    calendar = File("atelier.ics", "text/calendar; method=REQUEST; charset=utf-8", CALENDAR)
    post(
        "amina@example.org", "Votre place", "Texte", "<p>HTML</p>", files=[calendar, File("é.txt", "text/plain", "Été")]
    )
    db.session.commit()

    work()

    (message,) = postbox.messages
    read = email.message_from_bytes(message.as_bytes(), policy=default)
    ways, *files = read.iter_parts()
    invitation = list(ways.iter_parts())[2]
    assert [part.get_content_type() for part in ways.iter_parts()] == ["text/plain", "text/html", "text/calendar"]
    assert (invitation["Content-Type"].params["method"], invitation.get_content()) == (
        "REQUEST",
        CALENDAR.replace("\r\n", "\n"),
    )
    assert [(part.get_filename(), part.get_content_type(), part.get_payload(decode=True)) for part in files] == [
        ("atelier.ics", "application/ics", CALENDAR.encode()),
        ("é.txt", "text/plain", "Été".encode()),
    ]
    assert [letter.files for letter in db.session.query(Letter)] == [[]]


def test_a_letter_carries_only_small_files(app):
    with pytest.raises(ValueError, match="too large"):
        post("amina@example.org", "Hello", "text", "html", files=[File("a.txt", "text/plain", "x" * 500_001)] * 2)
