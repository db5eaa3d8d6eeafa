"""Entry, the one table every kind of content stands on, and what hangs on it."""

import enum
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

from flask_babel import LazyString
from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from galaxy.accounts.models import Body, User
from galaxy.core.addresses import slug
from galaxy.core.db import Base, Json, new_ref, now
from galaxy.core.i18n import lazy
from galaxy.core.markdown import plain
from galaxy.core.storage import StoredFile


class Status(enum.StrEnum):
    """Where an entry stands; only moderation sets it."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    DECLINED = "declined"
    PUBLISHED = "published"
    REVIEW = "review"  # flagged, and hidden until an admin has looked
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


# Bounds of what an entry says, in characters and lines: the same in forms and imports.
TITLE_MAX, SUMMARY_MAX, TEXT_MAX, ADDRESS_MAX, LINE_MAX, LINES_MAX = 200, 1_000, 20_000, 500, 300, 50
YEAR_MIN, YEAR_MAX = 1900, 2100

VISIBLE = frozenset({Status.PUBLISHED, Status.ARCHIVED})  # what the public may read; an archived entry says so
EDITABLE = frozenset({Status.DRAFT, Status.RETURNED, Status.PUBLISHED, Status.WITHDRAWN})


def words_of(common: dict[str, LazyString], own: dict[str, LazyString]) -> dict[str, LazyString]:
    """The words of a kind: what it is called, then its own things, then what every entry has."""
    first = {name: common[name] for name in ("title", "summary")}
    return first | own | {name: words for name, words in common.items() if name not in own}


@dataclass(frozen=True, slots=True)
class SearchText:
    """What of an entry is searchable: its title counts most, then `main`, then `more`; `codes` are its facets."""

    title: str
    main: list[str]
    more: list[str]
    language: str
    codes: dict[str, list[str]] = field(default_factory=dict)


class Entry(Base):
    """A piece of content of any kind: owned by a body, or by its author alone; written in one language."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("kind", "external_id"),
        Index("ix_entry_kind_status_published", "kind", "status", "published_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True, default=new_ref)
    kind: Mapped[str] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(default="en")
    status: Mapped[Status] = mapped_column(default=Status.DRAFT, index=True)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    licence: Mapped[str] = mapped_column(default="CC-BY-4.0")  # SPDX
    url: Mapped[str] = mapped_column(default="")
    external_id: Mapped[str | None]  # of an import's source
    demo: Mapped[bool] = mapped_column(default=False, index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    consented_at: Mapped[datetime | None]  # when its owner agreed to publish it under its licence
    confirmed_at: Mapped[datetime | None]  # last said to be still true
    endorsed_at: Mapped[datetime | None]  # by a focal point of the country
    endorsed_by_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    version: Mapped[int] = mapped_column()

    body: Mapped[Body | None] = relationship(foreign_keys=body_id)
    author: Mapped[User | None] = relationship(foreign_keys=author_id)
    endorsed_by: Mapped[Body | None] = relationship(foreign_keys=endorsed_by_id)
    cover: Mapped[StoredFile | None] = relationship(foreign_keys=cover_id)
    tags: Mapped[list["Tag"]] = relationship(
        back_populates="entry", cascade="all, delete-orphan", order_by="Tag.position", lazy="selectin"
    )
    uploads: Mapped[list["Attachment"]] = relationship(
        back_populates="entry", cascade="all, delete-orphan", order_by="Attachment.position, Attachment.id"
    )
    versions: Mapped[list["Version"]] = relationship(
        back_populates="entry", cascade="all, delete-orphan", order_by="Version.number"
    )

    __mapper_args__ = {"polymorphic_on": "kind", "version_id_col": version}

    endpoint: ClassVar[str] = ""  # the view that shows it
    disposable: ClassVar[bool] = True  # its owners may throw it away while it is a draft that nobody else has seen
    judged: ClassVar[bool] = True  # an admin reads what is said in it before the public does; else it is shown at once
    fields: ClassVar[tuple[str, ...]] = ("title", "summary", "language", "licence", "url")
    schemes: ClassVar[tuple[str, ...]] = ("country", "used_in", "sdg", "sector")
    words: ClassVar[dict[str, LazyString]] = {
        "title": lazy("Title"),
        "summary": lazy("In one sentence"),
        "language": lazy("Language of the text"),
        "licence": lazy("Licence"),
        "url": lazy("Web address"),
        "country": lazy("Country"),
        "used_in": lazy("Used since in"),
        "sdg": lazy("Sustainable Development Goals"),
        "sector": lazy("Sectors"),
        "files": lazy("Files and pictures"),
        "cover": lazy("Cover picture"),
        "consent": lazy("Your agreement to publish it"),
    }
    """What readers call each thing that `snapshot` holds."""
    needed: ClassVar[tuple[str, ...]] = ("title",)  # before it can be submitted

    @validates("title")
    def no_line_breaks(self, _name: str, title: str) -> str:
        return " ".join((title or "").split())

    @property
    def slug(self) -> str:
        """The last part of its address."""
        return slug(self.ref, self.title)

    @property
    def owners(self) -> list[Body]:
        """The bodies it belongs to; none where it is its author's alone."""
        return [self.body] if self.body else []

    @property
    def spoken_for_by(self) -> Body | None:
        """The body one writes to about it."""
        return self.body

    @property
    def parent(self) -> "Entry | None":
        """The entry on whose page it stands: whoever owns that one may take this one down, and hides it with that."""
        return None

    @property
    def is_visible(self) -> bool:
        """Whether the public may read it."""
        return self.status in VISIBLE and (self.parent is None or self.parent.is_visible)

    @property
    def is_restless(self) -> bool:
        """Whether it looks otherwise in a list with time, or by what others do, though nobody changes it."""
        return False

    @property
    def is_settled(self) -> bool:
        """Whether what it says must stay as it is, since others have agreed to it."""
        return False

    @property
    def wants_partners(self) -> bool:
        """Whether it calls for partners and is open to all who may answer."""
        return False

    @property
    def lead(self) -> str:
        """What it is about, in a sentence or two of plain words, for lists."""
        return plain(self.summary)

    @property
    def freshness(self) -> str:
        """How lately it was said to be true: `fresh` for a year, `aging` for another, `old` after; empty before."""
        said = self.confirmed_at or self.published_at
        if said is None:
            return ""
        age = (now() - said).days
        return "fresh" if age < 365 else "aging" if age < 730 else "old"

    @property
    def attachments(self) -> list["Attachment"]:
        """The files it shows, in order; `uploads` also has those that wait for an admin, and those taken away."""
        return [upload for upload in self.uploads if upload.live]

    @property
    def waiting(self) -> "Version | None":
        """The version of a published entry that is written, and perhaps submitted, but not yet shown."""
        last = self.versions[-1] if self.versions and self.status in VISIBLE else None
        return last if last and last.status in {Status.DRAFT, Status.SUBMITTED, Status.RETURNED} else None

    @property
    def missing(self) -> list[str]:
        """The names of what its author must still say before it can be submitted."""
        said = self.said
        return [name for name in self.needed if not said.get(name)] + ([] if self.consented_at else ["consent"])

    @property
    def said(self) -> dict[str, Any]:
        """What its author says now: of a published entry the version that waits, if any."""
        return self.snapshot() | (self.waiting.said if self.waiting else {})

    @classmethod
    def named(cls, _name: str, _code: Any) -> str:
        """What readers call a code of one of its things that no shared list names; empty where there is none."""
        return ""

    def codes(self, scheme: str) -> list[str]:
        """Its codes of one list: `country`, `used_in` (ISO 3166-1 alpha-3), `sdg` (goal or target), `sector` (DAC)."""
        return [tag.code for tag in self.tags if tag.scheme == scheme]

    def set_codes(self, scheme: str, codes: list[str]) -> None:
        """Replace its codes of one list, in this order, keeping the rows that stay."""
        kept = {tag.code: tag for tag in self.tags if tag.scheme == scheme}
        wanted = list(dict.fromkeys(codes))
        for code, tag in kept.items():
            if code not in wanted:
                self.tags.remove(tag)
        for position, code in enumerate(wanted):
            tag = kept.get(code) or Tag(scheme=scheme, code=code)
            tag.position = position
            if code not in kept:
                self.tags.append(tag)

    def snapshot(self) -> dict[str, Any]:
        """All that its author has said in it, as plain values: what a version keeps and `apply` takes."""
        said: dict[str, Any] = {name: plain_value(getattr(self, name)) for name in self.fields}
        said |= {scheme: self.codes(scheme) for scheme in self.schemes}
        files = [{"id": upload.id, "caption": upload.caption} for upload in self.attachments]
        return said | {"files": files, "cover": self.cover_id}

    def offers(self) -> dict[str, Any]:
        """What a new entry, perhaps of another kind, may begin with, in the words of a snapshot."""
        names = ("title", "summary", "language", "country", "sdg", "sector")
        return {name: value for name, value in self.snapshot().items() if name in names}

    def apply(self, said: dict[str, Any]) -> None:
        """Take what its author says, for the fields and lists that are there; the rest stays."""
        for name in self.fields:
            if name in said:
                setattr(self, name, said[name])
        for scheme in self.schemes:
            if scheme in said:
                self.set_codes(scheme, said[scheme])
        if "files" in said:
            self.show_files(said["files"])
        if "cover" in said:
            self.cover_id = said["cover"]
        self.updated_at = now()

    def show_files(self, files: list[dict[str, Any]]) -> None:
        """Show these of its uploads, with these captions, in this order, and no others."""
        places = {file["id"]: (position, file["caption"]) for position, file in enumerate(files)}
        for upload in self.uploads:
            upload.live = upload.id in places
            if upload.live:
                upload.position, upload.caption = places[upload.id]

    def text_for_search(self) -> SearchText:
        """What of it is searchable; each kind adds its own."""
        return SearchText(self.title, [plain(self.summary)], [], self.language, self.search_codes())

    def search_codes(self) -> dict[str, list[str]]:
        """Its facets: lists of codes, the year first published or begun, the kind."""
        year = self.published_at.year if self.published_at else None
        return {
            "kind": [self.kind],
            "country": [*self.codes("country"), *self.codes("used_in")],
            "sdg": self.codes("sdg"),
            "sector": self.codes("sector"),
            "language": [self.language],
            "year": [str(year)] if year else [],
        }


def plain_value(value: Any) -> Any:
    """A value as JSON can keep it."""
    return value.isoformat() if isinstance(value, date | datetime) else value


class Tag(Base):
    """A code of one of the shared lists, given to an entry."""

    __tablename__ = "tag"
    __table_args__ = (Index("ix_tag_scheme_code", "scheme", "code", "entry_id"),)  # facets read nothing else

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    scheme: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(default=0)

    entry: Mapped[Entry] = relationship(back_populates="tags")


class Relation(enum.StrEnum):
    """How one entry stands to another: `from` is said of `to`."""

    BORN_FROM = "born from"
    ADAPTS = "adapts"
    ANSWERS = "answers"
    PART_OF = "part of"
    IMPLEMENTED_BY = "implemented by"
    PRESENTS = "presents"


class Link(Base):
    """An entry, a relation, an entry."""

    __tablename__ = "link"

    from_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    relation: Mapped[Relation] = mapped_column(primary_key=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    from_entry: Mapped[Entry] = relationship(foreign_keys=from_id)
    to_entry: Mapped[Entry] = relationship(foreign_keys=to_id)


class Attachment(Base):
    """A file of an entry, with its caption."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    caption: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    live: Mapped[bool] = mapped_column(default=True)  # shown; else only versions speak of it

    entry: Mapped[Entry] = relationship(back_populates="uploads")
    file: Mapped[StoredFile] = relationship(lazy="joined")


class Version(Base):
    """What an entry said at a moment. The newest one of a published entry may still wait for an admin."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("entry_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    said: Mapped[dict[str, Any]] = mapped_column(Json)
    status: Mapped[Status] = mapped_column(
        default=Status.DRAFT
    )  # draft, submitted, returned or declined; published once applied
    note: Mapped[str] = mapped_column(default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)

    entry: Mapped[Entry] = relationship(back_populates="versions")
    author: Mapped[User | None] = relationship()


class Draft(Base):
    """What somebody typed into a form and has not sent: raw, perhaps not yet right, saved as they type."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("user_id", "form", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    form: Mapped[str]  # which form, as `solutions.new`
    key: Mapped[str]  # of what: an entry's `ref`, or letters of its own for what is not an entry yet
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"))
    fields: Mapped[list[Any]] = mapped_column(Json)  # pairs of name and value, as typed
    updated_at: Mapped[datetime] = mapped_column(default=now, index=True)
