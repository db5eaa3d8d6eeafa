"""Letters: written in the transaction of the act, sent by the worker, kept in a folder until a mail server is set."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage, Message
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from flask import current_app
from sqlalchemy import Text, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from galaxy.core.db import Base, Json, db, now
from galaxy.core.jobs import every, later, task

UNFOLDED = SMTP.clone(max_line_length=998)  # where Python folds a subject with accents, it doubles spaces
TIMEOUT_SECONDS = 20
KEPT = timedelta(days=30)
FILES_MAX_CHARACTERS = 1_000_000  # of all files of one letter


@dataclass(frozen=True)
class File:
    """A small text that a letter carries: `File("seminar.ics", "text/calendar; method=REQUEST", text)`."""

    name: str
    media_type: str  # with its parameters; a calendar's method says what a mail program offers to do with it
    text: str


class Letter(Base):
    """A mail on its way. Its words are wiped once it is sent: they may hold a secret link."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    to: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    headers: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    files: Mapped[list[Any]] = mapped_column(Json, default=list)  # of `File`, as dictionaries
    created_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]


def post(
    to: str, subject: str, text: str, html: str, headers: dict[str, str] | None = None, files: Sequence[File] = ()
) -> None:
    """Promise a mail; it leaves once the transaction is committed. Files that are too large: `ValueError`."""
    if sum(len(file.text) for file in files) > FILES_MAX_CHARACTERS:
        raise ValueError("The files of this letter are too large.")
    letter = Letter(to=one_line(to), subject=one_line(subject), text=text, html=html, headers=headers or {})
    letter.files = [asdict(file) for file in files]
    db.session.add(letter)
    db.session.flush()
    later(deliver, letter_id=letter.id)


def one_line(text: str) -> str:
    """A header's value: no line break can start another header."""
    return " ".join(str(text).split())


@task
def deliver(letter_id: int) -> None:
    """Send one letter, by the mail server or into the folder."""
    letter = db.session.scalar(select(Letter).where(Letter.id == letter_id, Letter.sent_at.is_(None)))
    if letter is None:
        return
    message = compose(letter)
    db.session.commit()  # no lock is held while a mail server thinks
    if current_app.config["MAIL_URL"]:
        send(message)
    else:
        keep(message, letter_id)
    letter.sent_at, letter.text, letter.html, letter.headers, letter.files = now(), "", "", {}, []


def compose(letter: Letter) -> EmailMessage:
    """The letter as MIME: text, HTML and its files."""
    message = EmailMessage(policy=SMTP)
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.created_at)
    domain = parseaddr(current_app.config["MAIL_FROM"])[1].partition("@")[2] or "localhost"
    message["Message-ID"] = make_msgid(idstring=str(letter.id), domain=domain)
    message["Auto-Submitted"] = "auto-generated"
    for name, value in letter.headers.items():
        message[name] = one_line(value)
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    carry(message, [File(**file) for file in letter.files])
    message.policy = UNFOLDED
    return message


def carry(message: EmailMessage, files: Sequence[File]) -> None:
    """Attach files. A calendar is a third way to read the letter, too: so mail programs show it as an invitation."""
    for file in files:
        kind, subtype, parameters = read_type(file.media_type)
        if (kind, subtype) == ("text", "calendar"):
            message.add_alternative(file.text, subtype=subtype, params=parameters)
    for file in files:
        kind, subtype, parameters = read_type(file.media_type)
        if (kind, subtype) == ("text", "calendar"):
            kind, subtype, parameters = "application", "ics", {}  # with its method it would be a second invitation
        message.add_attachment(file.text.encode(), kind, subtype, filename=one_line(file.name), params=parameters)


def read_type(media_type: str) -> tuple[str, str, dict[str, str]]:
    """A media type in its parts: `text`, `calendar`, and its parameters; letters are sent in UTF-8."""
    header = Message()
    header["Content-Type"] = one_line(media_type)
    _type, *parameters = header.get_params() or [("", "")]
    return header.get_content_maintype(), header.get_content_subtype(), dict(parameters) | {"charset": "utf-8"}


def send(message: EmailMessage) -> None:
    """Hand a message to the mail server that GALAXY_MAIL_URL names."""
    url = urlsplit(current_app.config["MAIL_URL"])
    host, port = url.hostname or "localhost", url.port or (465 if url.scheme == "smtps" else 25)
    context = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
        if url.scheme == "smtps"
        else smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    ) as server:
        if parse_qs(url.query).get("tls") == ["start"]:
            server.starttls(context=context)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)


def folder() -> Path:
    """Where mails are kept while no mail server is set."""
    return Path(current_app.instance_path) / "mail"


def keep(message: EmailMessage, id: int) -> None:
    """Write a message into the mail folder, whole or not at all."""
    folder().mkdir(mode=0o700, exist_ok=True)
    draft = folder() / f".{id:08d}"
    draft.write_bytes(message.as_bytes())
    draft.rename(folder() / f"{id:08d}.eml")


@every(hour="4", minute="5")
def forget_letters() -> None:
    """Delete what is left of mails sent a month ago."""
    db.session.execute(delete(Letter).where(Letter.sent_at < now() - KEPT))
    db.session.commit()
