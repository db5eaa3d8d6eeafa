"""Who comes to a webinar, what they said when they registered, and what they thought of it."""

import enum
from datetime import datetime
from typing import Any

from blinker import Namespace
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from galaxy.accounts.models import User
from galaxy.core.db import Base, Json, new_ref, now
from galaxy.webinars.models import Webinar

registration_forgotten = Namespace().signal(
    "registration forgotten", "Nobody is to know any more who it was that registered: `(registration)`."
)


class RegistrationStatus(enum.StrEnum):
    """Where somebody stands who wants to come."""

    UNCONFIRMED = "unconfirmed"  # a guest who has not opened the link in the mail; takes no place
    REGISTERED = "registered"
    WAITING = "waiting"  # for a place
    CANCELLED = "cancelled"  # by themselves, or by a host


class Registration(Base):
    """A member or a guest who comes to a webinar: one row for an address, however often it is used."""

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("webinar_id", "email"),
        Index("ix_registration_queue", "webinar_id", "status", "queued_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webinar_id: Mapped[int] = mapped_column(ForeignKey("webinar.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)  # none: a guest
    email: Mapped[str]  # in small letters; of a member as it was then: mails go to the one they have now
    name: Mapped[str] = mapped_column(default="")
    organisation: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")  # ISO 3166-1 alpha-3
    language: Mapped[str] = mapped_column(default="en")  # of their mails
    zone: Mapped[str] = mapped_column(default="")  # IANA name; empty: the event's own
    answers: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # by the key of each of `Webinar.asks`
    status: Mapped[RegistrationStatus] = mapped_column(default=RegistrationStatus.UNCONFIRMED)
    created_at: Mapped[datetime] = mapped_column(default=now)
    queued_at: Mapped[datetime | None]  # when a place was taken or waited for: the order of the waiting list
    attended_at: Mapped[datetime | None]  # marked by a host, or by the code
    certificate: Mapped[str | None] = mapped_column(unique=True)  # letters by which a certificate is verified
    told_sequence: Mapped[int] = mapped_column(default=0)  # the `Webinar.sequence` of which they were last told
    day_told_at: Mapped[datetime | None]  # the reminder of the day before
    hour_told_at: Mapped[datetime | None]
    after_told_at: Mapped[datetime | None]  # thanks, with the survey and what is kept
    forgotten_at: Mapped[datetime | None]  # when name and address of a guest were wiped

    webinar: Mapped[Webinar] = relationship()
    user: Mapped[User | None] = relationship()

    @validates("email")
    def small_letters(self, _name: str, email: str) -> str:
        return email.strip().lower()

    @property
    def address(self) -> str:
        """Where mails go: where a member is reached now, else what a guest gave."""
        return self.user.email if self.user else self.email

    @property
    def holds_place(self) -> bool:
        return self.status == RegistrationStatus.REGISTERED


class SurveyAnswer(Base):
    """What one who came thought of it; hosts see it without a name."""

    __tablename__ = "survey_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="SET NULL"), unique=True
    )  # none: who said it is forgotten
    webinar_id: Mapped[int] = mapped_column(ForeignKey("webinar.id", ondelete="CASCADE"), index=True)
    answers: Mapped[dict[str, Any]] = mapped_column(Json)  # by the key of each of `Webinar.survey`
    answered_at: Mapped[datetime] = mapped_column(default=now)


class CalendarKey(Base):
    """The secret part of the address at which a member's calendar program finds what they registered for."""

    __tablename__ = "calendar_key"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    key: Mapped[str] = mapped_column(unique=True, default=lambda: new_ref() + new_ref() + new_ref())
    created_at: Mapped[datetime] = mapped_column(default=now)
