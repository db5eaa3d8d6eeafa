"""Certificates of attendance: for whoever was there, once it is over; verified by anybody who has their number."""

import secrets
from dataclasses import dataclass
from typing import Any

import segno
from flask_babel import LazyString
from markupsafe import Markup
from sqlalchemy import select

from galaxy.accounts.services import NotPossible
from galaxy.content import services as content
from galaxy.content.models import Status
from galaxy.core.db import REF_LETTERS, db
from galaxy.core.i18n import _, lang, lazy
from galaxy.core.zones import span, zone_title
from galaxy.notifications.services import path, whole
from galaxy.webinars.models import State, Webinar
from galaxy.webinars.registration_models import Registration
from galaxy.webinars.words import event_zone, lasts, organisers

LENGTH, GROUP = 12, 4  # letters


@dataclass(frozen=True)
class Paper:
    """What stands on a certificate, in the language of the moment."""

    name: str
    webinar: Webinar
    when: str
    lasts: str
    held_by: list[str]
    number: str
    address: str

    @property
    def square(self) -> Markup:
        """The address for a camera: a QR code as a drawing."""
        drawn = segno.make_qr(self.address, error="m").svg_inline(
            omitsize=True, border=0, svgclass="qr", lineclass=None
        )
        return Markup(drawn)  # noqa: S704  # drawn by segno of our own address

    @staticmethod
    def size(text: str, large: int) -> str:
        """A class by which text that is longer than this many letters is set smaller."""
        wide = sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)  # letters of Chinese are twice as wide
        return "" if wide <= large else "long" if wide <= 2 * large else "longest"


def void(registration: Registration) -> LazyString | None:
    """Why there is no certificate, or why one that was made is worth nothing now; none where it is good."""
    webinar = registration.webinar
    if webinar.status == Status.REVIEW:
        return lazy("The page of the webinar is being looked at by an admin. Please try again in a few days.")
    if not webinar.is_visible:
        return lazy("The webinar it was made for has been withdrawn.")
    if webinar.state == State.CANCELLED:
        return lazy("The webinar was cancelled.")
    if webinar.state == State.POSTPONED or not webinar.is_over:
        return lazy("The webinar is not over yet.")
    return (
        None
        if registration.attended_at
        else lazy("The hosts have not marked, or no longer mark, that they were there.")
    )


def make(registration: Registration) -> None:
    """Give a certificate its number, once; the name on it stays what it is now."""
    content.lock(registration.webinar)
    db.session.refresh(registration)
    if registration.certificate:
        return
    if (why := void(registration)) is not None:
        raise NotPossible(str(why))
    name = registration.name or (registration.user.name if registration.user else "")
    if not name:
        raise NotPossible(_("Please say your name in your profile first: it stands on the certificate."))
    registration.name = name
    registration.certificate = "".join(secrets.choice(REF_LETTERS) for _n in range(LENGTH))


def give_up(registration: Registration) -> None:
    """Its owner does not want it any more: its number leads nowhere."""
    content.lock(registration.webinar)
    db.session.refresh(registration)
    registration.certificate = None


def found(typed: str) -> Registration | None:
    """Whose certificate a number is, however it is typed."""
    code = "".join(typed.replace("-", " ").split()).lower()
    if len(code) != LENGTH:
        return None
    return db.session.scalar(select(Registration).where(Registration.certificate == code))


def number(code: str) -> str:
    """A number as people read it out: "abcd-efgh-jkmn"."""
    return "-".join(code[n : n + GROUP] for n in range(0, len(code), GROUP))


def paper(registration: Registration) -> Paper:
    """What stands on somebody's certificate, which has a number."""
    webinar, code = registration.webinar, str(registration.certificate)
    return Paper(
        name=registration.name,
        webinar=webinar,
        when=when(webinar),
        lasts=lasts(webinar),
        held_by=organisers(webinar),
        number=number(code),
        address=whole(f"/{lang()}{path('webinars.certificate', code=code)}"),
    )


def when(webinar: Webinar) -> str:
    """When it was, by its own clock."""
    if webinar.starts_at is None:
        return ""
    zone = event_zone(webinar)
    said = span(webinar.starts_at, webinar.ends_at, zone, webinar.all_day)
    return said if webinar.all_day else f"{said}, {zone_title(zone, webinar.starts_at)}"


def shown(registration: Registration) -> dict[str, Any]:
    """What anybody is told who has its number: of one that is void, neither whose it was nor what cannot be read."""
    why = void(registration)
    return {"why": why, "paper": None if why else paper(registration), "webinar": registration.webinar}
