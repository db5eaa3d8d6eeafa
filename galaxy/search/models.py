"""What the index was given of each entry, in plain words, so that a page of hits need not make them again."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from galaxy.core.db import Base, now


class Indexed(Base):
    """An entry that is in the index: which version of it, the texts its passages are cut from, its folded words."""

    __tablename__ = "indexed"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int]
    texts: Mapped[list[str]]
    folded: Mapped[str] = mapped_column(Text, default="")
    indexed_at: Mapped[datetime] = mapped_column(default=now)
