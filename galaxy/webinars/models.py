"""What a webinar is: its words, which admins read, and its facts, which its hosts change as life goes on."""

import enum
import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from flask_babel import LazyString
from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, column, func, select, table
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from galaxy.accounts.models import Body
from galaxy.content.models import Entry, Link, Relation, SearchText, words_of
from galaxy.core.addresses import slug
from galaxy.core.db import Base, Json, db, new_ref, now
from galaxy.core.i18n import lazy
from galaxy.core.markdown import plain
from galaxy.core.storage import StoredFile

PASSAGE = 1_000  # characters
PLACES_MAX = 100_000  # of one webinar
TIMES = ("starts_at", "ends_at", "zone", "all_day")  # the facts that say when it is


class Format(enum.StrEnum):
    """What kind of event it is."""

    WEBINAR = "webinar"
    COURSE = "course"  # a session of one
    CONFERENCE = "conference"
    SIDE_EVENT = "side-event"
    OBSERVANCE = "observance"  # of a day or a year


class State(enum.StrEnum):
    """Whether it takes place when it says; whether it is over is the clock's to say."""

    PLANNED = "planned"
    POSTPONED = "postponed"  # to a time that is not known yet
    CANCELLED = "cancelled"


class Entrance(enum.StrEnum):
    """How one comes in."""

    HERE = "here"  # whoever registers on this site
    ELSEWHERE = "elsewhere"  # at another address
    OPEN = "open"  # whoever wants to, without registering


PLACES = table("registration", column("webinar_id"), column("status"))  # a model of its own, which knows this one


class Webinar(Entry):
    """An event that people join, most often from afar.

    Its words are an entry's: versions of them wait for an admin. Its facts — when, where to join, how one comes in,
    what is kept afterwards — its hosts change at once, and each such change is logged and told to those who come.
    """

    __tablename__ = "webinar"
    __table_args__ = (  # type: ignore[assignment]  # each table has its own
        Index("ix_webinar_times", "starts_at", "ends_at"),
        Index(  # lists are counted without the long texts
            "ix_webinar_listed",
            "id",
            "state",
            "starts_at",
            "ends_at",
            "format",
            "series_id",
            "recording_id",
            "recording_url",
        ),
    )
    __mapper_args__ = {"polymorphic_identity": "webinars", "polymorphic_load": "selectin"}

    id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)

    # Its words.
    description: Mapped[str] = mapped_column(Text, default="")  # Markdown
    format: Mapped[Format] = mapped_column(default=Format.WEBINAR)
    organisers: Mapped[list[str]] = mapped_column(Json, default=list)  # names, as the author gives them
    sign_language: Mapped[str] = mapped_column(default="")  # which one, where there is one
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id", ondelete="SET NULL"), index=True)

    # Its facts.
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    zone: Mapped[str] = mapped_column(default="UTC")  # IANA name: whose clock it is announced by
    all_day: Mapped[bool] = mapped_column(default=False)  # days are known, hours are not; the end is the next midnight
    state: Mapped[State] = mapped_column(default=State.PLANNED)
    reason: Mapped[str] = mapped_column(Text, default="")  # of postponing or cancelling, told to the public
    place: Mapped[str] = mapped_column(default="")  # where people meet in person, if they do
    join_url: Mapped[str] = mapped_column(default="")
    join_words: Mapped[str] = mapped_column(Text, default="")  # what else one must know: a telephone number, a code
    join_public: Mapped[bool] = mapped_column(default=False)  # else only to those registered
    entrance: Mapped[Entrance] = mapped_column(default=Entrance.HERE)
    entrance_url: Mapped[str] = mapped_column(default="")
    capacity: Mapped[int | None]  # none: without bound
    asks: Mapped[list[Any]] = mapped_column(Json, default=list)  # of who registers: {"key", "question", "kind", …}
    questions_read_first: Mapped[bool] = mapped_column(default=False)  # before the public sees them

    uid: Mapped[str] = mapped_column(unique=True, default=lambda: str(uuid.uuid4()))  # in calendars, for ever
    sequence: Mapped[int] = mapped_column(default=0)  # grows with each change that a calendar must know
    changed_at: Mapped[datetime] = mapped_column(default=now)  # when it last grew
    check_in: Mapped[str] = mapped_column(default="")  # the code that is shown during the event

    # What is kept afterwards.
    recording_url: Mapped[str] = mapped_column(default="")
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    minutes: Mapped[str] = mapped_column(Text, default="")  # Markdown
    survey: Mapped[list[Any]] = mapped_column(Json, default=list)  # questions, in the form of `asks`

    taken: Mapped[int] = column_property(  # places that are held, as of when the row was read
        select(func.count())
        .select_from(PLACES)
        .where(PLACES.c.webinar_id == id, PLACES.c.status == "registered")
        .correlate_except(PLACES)
        .scalar_subquery()
    )
    series: Mapped["Series | None"] = relationship()
    recording: Mapped[StoredFile | None] = relationship(
        foreign_keys=recording_id, cascade="all, delete-orphan", single_parent=True
    )
    speakers: Mapped[list["Speaker"]] = relationship(
        back_populates="webinar", cascade="all, delete-orphan", order_by="Speaker.position"
    )
    interpretation: Mapped[list["Interpretation"]] = relationship(
        back_populates="webinar",
        cascade="all, delete-orphan",
        order_by="Interpretation.position",
        lazy="selectin",  # every list says whether one follows it in one's own language
    )
    presented: Mapped[list[Link]] = relationship(
        primaryjoin=lambda: (Link.from_id == Webinar.id) & (Link.relation == Relation.PRESENTS),
        foreign_keys=Link.from_id,
        cascade="all, delete-orphan",
        order_by="Link.to_id",
        overlaps="from_entry",
    )
    chapters: Mapped[list["Chapter"]] = relationship(
        back_populates="webinar", cascade="all, delete-orphan", order_by="Chapter.second"
    )
    transcripts: Mapped[list["Transcript"]] = relationship(
        back_populates="webinar", cascade="all, delete-orphan", order_by="Transcript.id"
    )

    endpoint: ClassVar[str] = "webinars.show"
    fields: ClassVar[tuple[str, ...]] = (*Entry.fields, "description", "format", "organisers", "sign_language")
    schemes: ClassVar[tuple[str, ...]] = ("country", "sdg", "sector", "spoken", "captions")
    needed: ClassVar[tuple[str, ...]] = ("title", "summary", "spoken")
    words: ClassVar[dict[str, LazyString]] = words_of(Entry.words, {
        "description": lazy("Description"),
        "format": lazy("Kind of event"),
        "series": lazy("Series"),
        "starts_at": lazy("When"),
        "speakers": lazy("Speakers"),
        "organisers": lazy("Organised by"),
        "spoken": lazy("Languages"),
        "interpretation": lazy("Interpretation"),
        "captions": lazy("Captions"),
        "sign_language": lazy("Sign language"),
        "country": lazy("Countries"),
        "sector": lazy("Themes"),
        "presents": lazy("What is presented"),
        "join_url": lazy("Where to join"),
        "entrance_url": lazy("Where to register"),
        "place": lazy("Place"),
    })  # fmt: skip

    @property
    def lead(self) -> str:
        return plain(self.summary) or plain(self.description)

    @property
    def missing(self) -> list[str]:
        return [*super().missing, *([] if self.starts_at else ["starts_at"]), *self._lacking_entrance()]

    def _lacking_entrance(self) -> list[str]:
        """What is not said of how one comes in; when all is over nobody asks any more."""
        if self.is_over:
            return []
        if self.entrance == Entrance.ELSEWHERE:
            return [] if self.entrance_url else ["entrance_url"]
        return [] if self.join_url or self.join_words or self.place else ["join_url"]

    @property
    def is_over(self) -> bool:
        """Whether its time has passed, or can never come."""
        return self.ends_at is not None and self.ends_at <= now()

    @property
    def is_on(self) -> bool:
        """Whether it takes place at this moment."""
        planned = self.state == State.PLANNED and self.starts_at is not None and self.ends_at is not None
        return planned and self.starts_at <= now() < self.ends_at  # type: ignore[operator]  # both are there

    @property
    def is_to_come(self) -> bool:
        """Whether it will take place, as far as anybody knows, and has not begun."""
        return self.state == State.PLANNED and self.starts_at is not None and self.starts_at > now()

    @property
    def is_restless(self) -> bool:
        """It comes nearer, and its places are taken."""
        return self.is_to_come or self.is_on

    @property
    def is_full(self) -> bool:
        """Whether all of its places are held, where one registers here and there is a bound."""
        return self.entrance == Entrance.HERE and self.capacity is not None and (self.taken or 0) >= self.capacity

    @property
    def has_recording(self) -> bool:
        return bool(self.recording_url or self.recording_id)

    @property
    def length(self) -> timedelta | None:
        return self.ends_at - self.starts_at if self.starts_at and self.ends_at else None

    @classmethod
    def named(cls, name: str, code: Any) -> str:
        """The title of a series, or of an entry that is presented, by its permanent id."""
        if name == "series":
            return db.session.scalar(select(Series.title).where(Series.ref == code)) or ""
        presented = select(Entry.title).where(Entry.ref == code)
        return (db.session.scalar(presented) or "") if name == "presents" else ""

    def snapshot(self) -> dict[str, Any]:
        """Its words; its facts are no version's to bring back."""
        return super().snapshot() | {
            "series": self.series.ref if self.series else "",
            "speakers": [speaker.said for speaker in self.speakers],
            "interpretation": [each.said for each in self.interpretation],
            "presents": [link.to_entry.ref for link in self.presented],
        }

    def apply(self, said: dict[str, Any]) -> None:
        """Take what its author says; a series and presented entries are named by their permanent ids."""
        if "format" in said:
            said = said | {"format": Format(said["format"])}
        super().apply(said)
        if "speakers" in said:
            self.speakers = [Speaker(position=i, **row) for i, row in enumerate(said["speakers"])]
        if "interpretation" in said:
            rows = said["interpretation"]
            self.interpretation = [Interpretation(position=i, **row) for i, row in enumerate(rows)]
        if "series" in said:
            self.series = db.session.scalar(select(Series).where(Series.ref == said["series"]))
        if "presents" in said:
            self._present(said["presents"])

    def _present(self, refs: list[str]) -> None:
        """Present these entries and no others, keeping the rows that stay."""
        kept = {link.to_entry.ref: link for link in self.presented}
        wanted = db.session.scalars(select(Entry).where(Entry.ref.in_(refs)).order_by(Entry.id))
        self.presented = [kept.get(entry.ref) or Link(relation=Relation.PRESENTS, to_entry=entry) for entry in wanted]

    def text_for_search(self) -> SearchText:
        people = [part for speaker in self.speakers for part in (speaker.name, speaker.organisation) if part]
        kept = [plain(self.minutes), *(chapter.title for chapter in self.chapters)]
        heard = [passage for transcript in self.transcripts for passage in transcript.passages]
        return SearchText(
            self.title,
            [plain(self.summary), plain(self.description)],
            [*people, *self.organisers, *([self.series.title] if self.series else []), *kept, *heard],
            self.language,
            self.search_codes(),
        )

    def search_codes(self) -> dict[str, list[str]]:
        """As of every entry; its languages are those that are spoken, its year is that of the event."""
        codes = super().search_codes()
        year = [str(self.starts_at.year)] if self.starts_at else codes["year"]
        return codes | {"language": list(dict.fromkeys([*self.codes("spoken"), self.language])), "year": year}


class Speaker(Base):
    """Who speaks at a webinar. The address is shown to nobody: whoever confirmed it here may answer questions."""

    __tablename__ = "speaker"

    id: Mapped[int] = mapped_column(primary_key=True)
    webinar_id: Mapped[int] = mapped_column(ForeignKey("webinar.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str]
    role: Mapped[str] = mapped_column(default="")  # speaker, moderator …, in the author's words
    organisation: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")  # ISO 3166-1 alpha-3
    profile: Mapped[str] = mapped_column(default="")  # the permanent id of an entry that tells of them
    email: Mapped[str] = mapped_column(default="", index=True)  # in small letters

    webinar: Mapped[Webinar] = relationship(back_populates="speakers")

    @property
    def said(self) -> dict[str, Any]:
        names = ("name", "role", "organisation", "country", "profile", "email")
        return {name: getattr(self, name) for name in names}


class Interpretation(Base):
    """A language into which a webinar is interpreted, and the channel on which one hears it."""

    __tablename__ = "interpretation"

    id: Mapped[int] = mapped_column(primary_key=True)
    webinar_id: Mapped[int] = mapped_column(ForeignKey("webinar.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    language: Mapped[str]  # ISO 639-1
    channel: Mapped[str] = mapped_column(default="")

    webinar: Mapped[Webinar] = relationship(back_populates="interpretation")

    @property
    def said(self) -> dict[str, Any]:
        return {"language": self.language, "channel": self.channel}


class Series(Base):
    """Webinars that belong together, one after another."""

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True, default=new_ref)
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(default="en")
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)  # where no body owns it
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)

    body: Mapped[Body | None] = relationship()

    @property
    def slug(self) -> str:
        """The last part of its address."""
        return slug(self.ref, self.title)


class Chapter(Base):
    """A part of a recording that one may begin at."""

    __tablename__ = "chapter"

    id: Mapped[int] = mapped_column(primary_key=True)
    webinar_id: Mapped[int] = mapped_column(ForeignKey("webinar.id", ondelete="CASCADE"), index=True)
    second: Mapped[int]  # of the recording
    title: Mapped[str]

    webinar: Mapped[Webinar] = relationship(back_populates="chapters")


class Transcript(Base):
    """What was said, in one language, with the time of each piece; also the captions of the recording."""

    __tablename__ = "transcript"
    __table_args__ = (UniqueConstraint("webinar_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    webinar_id: Mapped[int] = mapped_column(ForeignKey("webinar.id", ondelete="CASCADE"), index=True)
    language: Mapped[str]  # ISO 639-1
    cues: Mapped[list[Any]] = mapped_column(Json)  # of [begin, end, words]; times in milliseconds
    created_at: Mapped[datetime] = mapped_column(default=now)

    webinar: Mapped[Webinar] = relationship(back_populates="transcripts")

    @property
    def passages(self) -> list[str]:
        """All that was said, in pieces of which a search shows the one that answers."""
        said: list[str] = []
        for _begin, _end, words in self.cues:
            if said and len(said[-1]) < PASSAGE:
                said[-1] += f" {words}"
            else:
                said.append(words)
        return said
