"""Cases in the queue, and flags raised by readers."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from galaxy.accounts.models import User
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
