"""What search keeps in tables: what the index was given, vectors, related entries, saved searches, gaps."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from galaxy.accounts.models import User
from galaxy.core.db import Base, now

BYTEWISE = String().with_variant(String(collation="C"), "postgresql")  # compared sign by sign, as SQLite does


class Indexed(Base):
    """An entry that is in the index: which version of it, the texts its passages are cut from, its folded words."""

    __tablename__ = "indexed"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int]
    texts: Mapped[list[str]]
    folded: Mapped[str] = mapped_column(Text, default="")
    indexed_at: Mapped[datetime] = mapped_column(default=now)


class TitleStart(Base):
    """The title of an entry that is in the index, folded, from one of its words on."""

    __tablename__ = "title_start"
    __table_args__ = (Index("ix_title_start_language_key", "language", "key"),)

    key: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True, index=True)
    language: Mapped[str]
    place: Mapped[int]  # which word it starts from, counted from 0


class Vectors(Base):
    """What a model makes of an entry: one vector for each of its passages."""

    __tablename__ = "vectors"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)  # its name and version
    digest: Mapped[str]  # of the texts it was given and how they were cut
    data: Mapped[bytes] = mapped_column(LargeBinary)  # float16, passages × dimensions, row by row
    made_at: Mapped[datetime] = mapped_column(default=now, index=True)


class Related(Base):
    """An entry that readers of another may want to read next."""

    __tablename__ = "related"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True, index=True)
    likeness: Mapped[float]  # from 0 to 1


class Often(enum.StrEnum):
    """How often somebody wants to hear of what is new."""

    AT_ONCE = "at once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class SavedSearch(Base):
    """A question somebody keeps, and how often its new matches come by mail."""

    __tablename__ = "saved_search"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    asked: Mapped[dict[str, Any]]  # as it stands in the address of the search page
    language: Mapped[str]  # of the interface when it was asked
    often: Mapped[Often] = mapped_column(default=Often.DAILY, index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    asked_at: Mapped[datetime] = mapped_column(default=now)  # what was published before is not new to whoever asks

    user: Mapped[User] = relationship()


class SavedMatch(Base):
    """An entry that a saved search has found, so that it is told once."""

    __tablename__ = "saved_match"

    saved_id: Mapped[int] = mapped_column(ForeignKey("saved_search.id", ondelete="CASCADE"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True, index=True)
    found_at: Mapped[datetime] = mapped_column(default=now)
    told_at: Mapped[datetime | None] = mapped_column(index=True)  # by mail, or seen on the site


class Gap(Base):
    """What was sought and not found, and how often; never by whom."""

    __tablename__ = "gap"
    __table_args__ = (UniqueConstraint("folded", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    folded: Mapped[str]
    language: Mapped[str]  # of the interface
    words: Mapped[str]  # as last typed
    times: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[datetime] = mapped_column(default=now)
    last_at: Mapped[datetime] = mapped_column(default=now, index=True)
    settled_at: Mapped[datetime | None]  # an admin has seen to it
