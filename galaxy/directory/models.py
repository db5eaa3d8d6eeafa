"""The public profile of an organisation."""

from typing import ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from galaxy.accounts.models import Body
from galaxy.content.models import Entry


class Organisation(Entry):
    """An organisation as the public sees it; `profile_of` says which body it is the profile of."""

    __tablename__ = "organisation"
    __mapper_args__ = {"polymorphic_identity": "organisations"}

    id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    acronym: Mapped[str] = mapped_column(default="")
    type: Mapped[str | None]  # IATI organisation type
    profile_of_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"), unique=True)

    profile_of: Mapped[Body | None] = relationship(foreign_keys=profile_of_id)

    endpoint: ClassVar[str] = "directory.show"
    fields: ClassVar[tuple[str, ...]] = (*Entry.fields, "acronym", "type")
