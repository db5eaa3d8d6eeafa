"""The public profile of an organisation."""

from typing import ClassVar

from sqlalchemy import Connection, ForeignKey, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from galaxy.accounts.models import Body
from galaxy.content.models import Entry
from galaxy.reference.names import fold

ACCENTLESS = 200  # letters of a name that are kept to find it by


class Organisation(Entry):
    """An organisation as the public sees it; `profile_of` says which body it is the profile of."""

    __tablename__ = "organisation"
    __mapper_args__ = {"polymorphic_identity": "organisations", "polymorphic_load": "selectin"}

    id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    acronym: Mapped[str] = mapped_column(default="")
    type: Mapped[str | None]  # IATI organisation type
    profile_of_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"), unique=True)
    folded: Mapped[str] = mapped_column(default="", index=True)  # its name without capitals and accents
    letter: Mapped[str] = mapped_column(default="", index=True)  # under which it stands in the list

    profile_of: Mapped[Body | None] = relationship(foreign_keys=profile_of_id)

    @property
    def spoken_for_by(self) -> Body | None:
        """The body it is the profile of."""
        return self.profile_of or self.body

    endpoint: ClassVar[str] = "directory.show"
    judged: ClassVar[bool] = False
    fields: ClassVar[tuple[str, ...]] = (*Entry.fields, "acronym", "type")


def folded(name: str) -> str:
    """A name as it is looked up: without capitals, accents and signs."""
    return (fold(name) or name.casefold().strip())[:ACCENTLESS]


def letter(name: str) -> str:
    """The letter a name stands under: its first without accent, `#` for digits and signs."""
    first = folded(name)[:1]
    return first.upper()[:1] if first.isalpha() else "#"


@event.listens_for(Organisation, "before_insert")
@event.listens_for(Organisation, "before_update")
def follow_title(_mapper: Mapper[Organisation], _connection: Connection, organisation: Organisation) -> None:
    """What a name is found by follows the name, however it was changed."""
    organisation.folded, organisation.letter = folded(organisation.title), letter(organisation.title)
