"""Notifications, what each reader wants to hear by mail, and relayed messages."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from galaxy.accounts.models import Body, User
from galaxy.content.models import Entry
from galaxy.core.db import Base, Json, now


class Notification(Base):
    """One piece of news for one reader; its words are made when it is read, in the reader's language."""

    __tablename__ = "notification"
    __table_args__ = (Index("ix_notification_user_read", "user_id", "read_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    verb: Mapped[str]  # submitted, returned, published, declined, message, mandate verified …
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))  # whose act it was; none: Galaxy's own
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"))
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # reasons and names that complete the sentence
    address: Mapped[str] = mapped_column(default="")  # where it leads: a path without the language
    created_at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=user_id)
    by: Mapped[User | None] = relationship(foreign_keys=by_id, lazy="joined")
    entry: Mapped[Entry | None] = relationship(lazy="joined")


class Silence(Base):
    """A kind of news that a reader does not want by mail."""

    __tablename__ = "silence"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    verb: Mapped[str] = mapped_column(primary_key=True)


class Message(Base):
    """A message from a member to a body, relayed to those who act for it; addresses are shown to nobody."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"), index=True)
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)  # where no body owns it
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id", ondelete="SET NULL"))
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)

    sender: Mapped[User] = relationship(foreign_keys=sender_id)
    recipient: Mapped[User | None] = relationship(foreign_keys=recipient_id)
    body: Mapped[Body | None] = relationship()
    entry: Mapped[Entry | None] = relationship()
    answers: Mapped["Message | None"] = relationship(remote_side=id)
