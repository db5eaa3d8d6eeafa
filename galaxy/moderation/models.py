"""Cases in the queue, flags raised by readers, and what waits for an answer on the clock."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from galaxy.accounts.models import Body, User
from galaxy.content.models import Entry, Version
from galaxy.core.db import Base, Json, now


class Outcome(enum.StrEnum):
    """How a case ended."""

    PUBLISHED = "published"
    RETURNED = "returned"
    DECLINED = "declined"
    TAKEN_BACK = "taken back"  # by those who had submitted it
    WITHDRAWN = "withdrawn"  # with the entry, or because the entry was archived


class Case(Base):
    """One submission before the admins: an entry, or a new version of a published one."""

    __tablename__ = "moderation_case"
    __table_args__ = (
        Index(
            "uq_moderation_case_open",  # at most one open case for each entry
            "entry_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("version.id", ondelete="CASCADE"))
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime] = mapped_column(default=now, index=True)
    assigned_to_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    assigned_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    outcome: Mapped[Outcome | None]
    reasons: Mapped[str] = mapped_column(Text, default="")
    checks: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # criterion → met or not
    row_version: Mapped[int] = mapped_column()

    entry: Mapped[Entry] = relationship()
    entry_version: Mapped[Version | None] = relationship()
    submitted_by: Mapped[User | None] = relationship(foreign_keys=submitted_by_id)
    assigned_to: Mapped[User | None] = relationship(foreign_keys=assigned_to_id)
    closed_by: Mapped[User | None] = relationship(foreign_keys=closed_by_id)

    __mapper_args__ = {"version_id_col": row_version}

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def subject(self) -> Entry | Version:
        """What is judged: the new version of a published entry, or the entry itself."""
        return self.entry_version or self.entry


class FlagReason(enum.StrEnum):
    """Why a reader raises a flag."""

    WRONG = "wrong"
    OUTDATED = "outdated"
    PERSONAL = "personal"
    RIGHTS = "rights"
    OFFENSIVE = "offensive"
    ADVERTISING = "advertising"
    DUPLICATE = "duplicate"
    OTHER = "other"


class FlagOutcome(enum.StrEnum):
    """How a flag was settled."""

    UPHELD = "upheld"  # the entry was withdrawn
    DISMISSED = "dismissed"  # nothing was wrong
    WITHDRAWN = "withdrawn"  # its owner took the entry off before an admin had decided


class Flag(Base):
    """A reader's word that something is wrong with an entry."""

    __tablename__ = "flag"
    __table_args__ = (
        Index(
            "uq_flag_open",  # at most one open flag of a person on an entry
            "entry_id",
            "user_id",
            unique=True,
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[FlagReason]
    text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    settled_at: Mapped[datetime | None] = mapped_column(index=True)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    outcome: Mapped[FlagOutcome | None]
    note: Mapped[str] = mapped_column(Text, default="")  # the admin's words to who raised it
    row_version: Mapped[int] = mapped_column()

    entry: Mapped[Entry] = relationship()
    user: Mapped[User] = relationship(foreign_keys=user_id)
    settled_by: Mapped[User | None] = relationship(foreign_keys=settled_by_id)

    __mapper_args__ = {"version_id_col": row_version}


class WaitKind(enum.StrEnum):
    """What somebody waits for an answer to."""

    SUBMISSION = "submission"  # a case in the queue
    REQUEST = "request"  # a published one, until somebody shows interest
    INTEREST = "interest"  # in a request or an offer
    MESSAGE = "message"  # a conversation


OPEN = text("answered_at IS NULL AND ended_at IS NULL")


class Wait(Base):
    """Somebody waits for an answer: since when, from whom, and by when it is promised.

    A body answers; where there is none, the recipient; where there is neither, and to what is before the admins, an
    admin. What is waited for is named softly, by kind and id, since the rooms above know what it is.
    """

    __tablename__ = "wait"
    __table_args__ = (
        Index("uq_wait_open", "kind", "thing_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_wait_body_answered", "body_id", "answered_at"),
        Index("ix_wait_body_open", "body_id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_wait_recipient_open", "recipient_id", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[WaitKind]
    thing_id: Mapped[int]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    recipient_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id")
    )  # or who took it on, and gave the answer
    asker_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    asker_body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    address: Mapped[str] = mapped_column(default="")  # where it is answered: a path without the language
    since: Mapped[datetime] = mapped_column(default=now)
    acknowledge_by: Mapped[datetime]
    answer_by: Mapped[datetime]
    next_at: Mapped[datetime | None] = mapped_column(index=True)  # the instant of its next step; none: there is none
    acknowledged_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None] = mapped_column(index=True)
    took: Mapped[int | None]  # seconds until the answer, pauses and all: what the asker lived through
    ended_at: Mapped[datetime | None]  # without an answer
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str] = mapped_column(Text, default="")
    paused_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    entry: Mapped[Entry | None] = relationship()
    body: Mapped[Body | None] = relationship(foreign_keys=body_id)
    recipient: Mapped[User | None] = relationship(foreign_keys=recipient_id)
    asker: Mapped[User | None] = relationship(foreign_keys=asker_id)
    asker_body: Mapped[Body | None] = relationship(foreign_keys=asker_body_id)
    paused_by: Mapped[User | None] = relationship(foreign_keys=paused_by_id)

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.ended_at is None

    @property
    def before_admins(self) -> bool:
        """Whether admins answer it, all of them or the one who took it on."""
        return self.kind in BEFORE_ADMINS or (self.body is None and self.recipient is None)

    @property
    def due(self) -> datetime:
        """The deadline that comes next: to acknowledge it, and then to answer it."""
        return self.answer_by if self.acknowledged_at else self.acknowledge_by

    @property
    def is_late(self) -> bool:
        return self.is_open and self.paused_at is None and self.due < now()


BEFORE_ADMINS = frozenset({WaitKind.SUBMISSION, WaitKind.REQUEST})


class ClockStep(enum.StrEnum):
    """What the clock does while somebody waits."""

    ACKNOWLEDGE_SOON = "acknowledge soon"
    ACKNOWLEDGE_LATE = "acknowledge late"
    ANSWER_SOON = "answer soon"
    ANSWER_LATE = "answer late"
    ESCALATED = "escalated"


class Reminder(Base):
    """A step that was taken: its key lets no step be taken twice."""

    __tablename__ = "reminder"

    wait_id: Mapped[int] = mapped_column(ForeignKey("wait.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[ClockStep] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    sent: Mapped[bool] = mapped_column(default=True)  # else its deadline had passed, and the late one says more


class Promise(Base):
    """Within how many working days a kind is to be acknowledged and answered, where an admin has changed it."""

    __tablename__ = "promise"

    kind: Mapped[WaitKind] = mapped_column(primary_key=True)
    acknowledge_days: Mapped[int]
    answer_days: Mapped[int]
