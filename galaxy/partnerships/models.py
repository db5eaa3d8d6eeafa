"""What a call for partners is, who answers it, and the partnership they make of it."""

import enum
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from flask_babel import LazyString
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from galaxy.accounts.models import Body, User
from galaxy.content.models import Entry, SearchText, plain_value, words_of
from galaxy.core.db import Base, Json, new_ref, now
from galaxy.core.i18n import _, format_decimal, lazy, ngettext
from galaxy.core.markdown import plain
from galaxy.core.storage import StoredFile
from galaxy.reference.weeks import zone_of


class Stage(enum.StrEnum):
    """How far a call has come once it is published, and the partnership with it."""

    OPEN = "open"
    IN_TALKS = "in talks"
    AGREED = "agreed"
    UNDER_WAY = "under way"
    COMPLETED = "completed"
    CLOSED = "closed"
    EXPIRED = "expired"


LISTENING = frozenset({Stage.OPEN, Stage.IN_TALKS})  # a call that takes answers
SETTLED = frozenset({Stage.AGREED, Stage.UNDER_WAY, Stage.COMPLETED})  # a call others have agreed to as it is
LIVE = frozenset({Stage.IN_TALKS, Stage.AGREED, Stage.UNDER_WAY})  # a partnership its parties work on
MONEY_MAX, PERSON_DAYS_MAX = 10**12, 10**5  # that one party gives


class Role(enum.StrEnum):
    """What a party is in a partnership; triangular co-operation has all three."""

    PROVIDER = "provider"
    RECIPIENT = "recipient"
    FACILITATOR = "facilitator"


def today(body: Body | None) -> date:
    """Which day it is where a body is."""
    zone = zone_of(body.country) if body else None
    return now().astimezone(zone or UTC).date()


class Call(Entry):
    """A need or an offer: what a body asks of others, and what it brings to them."""

    __tablename__ = "call"
    __table_args__ = (  # type: ignore[assignment]  # each table has its own
        Index("ix_call_listed", "id", "stage", "deadline", "modality"),  # lists are counted without the long texts
    )
    __mapper_args__ = {"polymorphic_abstract": True, "polymorphic_load": "selectin"}

    id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    background: Mapped[str] = mapped_column(Text, default="")  # why it is needed, or where it comes from
    asked: Mapped[str] = mapped_column(Text, default="")  # of the partners
    brought: Mapped[str] = mapped_column(Text, default="")  # by the body itself
    beneficiaries: Mapped[str] = mapped_column(Text, default="")  # target groups
    modality: Mapped[str | None]
    cost_range: Mapped[str | None]
    in_kind: Mapped[str] = mapped_column(Text, default="")  # its share in kind
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    deadline: Mapped[date | None] = mapped_column(index=True)  # the last day for answers
    stage: Mapped[Stage] = mapped_column(default=Stage.OPEN, index=True)
    stage_at: Mapped[datetime] = mapped_column(default=now)  # since when
    alone_at: Mapped[datetime | None]  # when admins were told that nobody acts for its body any more

    interests: Mapped[list["Interest"]] = relationship(back_populates="call", order_by="Interest.id")
    partnerships: Mapped[list["Partnership"]] = relationship(
        back_populates="call", foreign_keys="Partnership.call_id", order_by="Partnership.id"
    )

    endpoint: ClassVar[str] = "partnerships.show"
    own_role: ClassVar[Role] = Role.RECIPIENT  # what its body is in what comes of it
    texts: ClassVar[tuple[str, ...]] = ("background", "asked", "brought", "beneficiaries", "in_kind")
    fields: ClassVar[tuple[str, ...]] = (
        *Entry.fields, *texts, "modality", "cost_range", "starts_on", "ends_on", "deadline",
    )  # fmt: skip
    days: ClassVar[tuple[str, ...]] = ("starts_on", "ends_on", "deadline")
    schemes: ClassVar[tuple[str, ...]] = (
        "country", "sdg", "sector", "means", "role", "wanted", "wanted_group", "spoken",
    )  # fmt: skip
    needed: ClassVar[tuple[str, ...]] = ("title", "country", "asked", "means", "sdg")
    words: ClassVar[dict[str, LazyString]] = words_of(Entry.words, {
        "background": lazy("Background"),
        "asked": lazy("What is asked"),
        "means": lazy("Kinds of help"),
        "brought": lazy("What we bring ourselves"),
        "beneficiaries": lazy("Target groups"),
        "country": lazy("Country"),
        "wanted": lazy("Partners wanted from"),
        "wanted_group": lazy("Groups of countries wanted"),
        "role": lazy("Roles wanted"),
        "modality": lazy("Way of cooperating"),
        "spoken": lazy("Working languages"),
        "starts_on": lazy("From"),
        "ends_on": lazy("Until"),
        "cost_range": lazy("Rough cost"),
        "in_kind": lazy("Share in kind"),
        "deadline": lazy("Answers until"),
    })  # fmt: skip

    @property
    def lead(self) -> str:
        return plain(self.summary) or plain(self.asked)

    @property
    def wants_partners(self) -> bool:
        return self.stage == Stage.OPEN

    @property
    def is_restless(self) -> bool:
        """Its last day for answers comes nearer."""
        return self.stage in LISTENING and self.deadline is not None

    @property
    def is_settled(self) -> bool:
        return self.stage in SETTLED

    @property
    def missing(self) -> list[str]:
        last, asks = self.said["deadline"], self.stage in {None, Stage.OPEN}
        return [*super().missing, *(["deadline"] if asks and last and last < today(self.party).isoformat() else [])]

    @property
    def party(self) -> Body | None:
        """The body that would be a party: its own, or the one that endorsed what a member posted."""
        return self.body or self.endorsed_by

    @property
    def partnership(self) -> "Partnership | None":
        """What has come of it: the partnership that lives or is completed, if any."""
        alive = [each for each in self.partnerships if each.stage != Stage.CLOSED]
        return alive[-1] if alive else None

    def apply(self, said: dict[str, Any]) -> None:
        super().apply(with_days(said, self.days))

    def text_for_search(self) -> SearchText:
        main = [plain(self.summary), plain(self.asked)]
        more = [plain(getattr(self, name)) for name in self.texts if name != "asked"]
        return SearchText(self.title, main, more, self.language, self.search_codes())

    def search_codes(self) -> dict[str, list[str]]:
        return super().search_codes() | {"modality": [self.modality] if self.modality else []}


class Request(Call):
    """A need: what a country asks of others."""

    __mapper_args__ = {"polymorphic_identity": "requests", "polymorphic_load": "inline"}


class Offer(Call):
    """An offer: what a country brings to others."""

    __mapper_args__ = {"polymorphic_identity": "offers", "polymorphic_load": "inline"}

    own_role: ClassVar[Role] = Role.PROVIDER
    words: ClassVar[dict[str, LazyString]] = Call.words | {
        "asked": lazy("What is offered"),
        "brought": lazy("What partners bring themselves"),
    }


def with_days(said: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """The same, its ISO dates as dates."""
    return said | {name: date.fromisoformat(said[name]) for name in names if isinstance(said.get(name), str)}


class InterestStatus(enum.StrEnum):
    """Where an answer to a call stands."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"  # by the body that had shown it
    ENDED = "ended"  # because the call closed, expired or left the site


class Interest(Base):
    """A body answers a call: in which role, with which words, and what came of it."""

    __tablename__ = "interest"
    __table_args__ = (
        Index(
            "uq_interest_open",  # at most one of a body on a call that waits or is accepted
            "call_id",
            "body_id",
            unique=True,
            sqlite_where=text("status IN ('waiting', 'accepted')"),
            postgresql_where=text("status IN ('waiting', 'accepted')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True, default=new_ref)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), index=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[Role]
    message: Mapped[str] = mapped_column(Text)
    status: Mapped[InterestStatus] = mapped_column(default=InterestStatus.WAITING, index=True)
    reason: Mapped[str] = mapped_column(Text, default="")  # of declining, withdrawing, ending
    created_at: Mapped[datetime] = mapped_column(default=now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    partnership_id: Mapped[int | None] = mapped_column(ForeignKey("partnership.id", ondelete="SET NULL"), index=True)
    admins_invited_at: Mapped[datetime | None]  # into its private thread
    row_version: Mapped[int] = mapped_column()

    call: Mapped[Call] = relationship(back_populates="interests")
    body: Mapped[Body] = relationship(lazy="joined")
    by: Mapped[User | None] = relationship(foreign_keys=by_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)
    posts: Mapped[list["Post"]] = relationship(back_populates="interest", order_by="Post.id")

    __mapper_args__ = {"version_id_col": row_version}

    @property
    def is_open(self) -> bool:
        return self.status in {InterestStatus.WAITING, InterestStatus.ACCEPTED}

    @property
    def title(self) -> str:
        """What the log calls it."""
        return self.call.title

    @property
    def why(self) -> str:
        """Why it was declined, withdrawn or ended; Galaxy's own words are in the reader's language."""
        return _(self.reason) if self.status == InterestStatus.ENDED and self.reason else self.reason

    @property
    def bodies(self) -> list[Body]:
        """Both sides of its private thread."""
        return [body for body in (self.call.party, self.body) if body is not None]


class Partnership(Entry):
    """What bodies do together: agreed by each of them, reported on, told to the public in the words they choose.

    Its entry is what the public may read, moderated like any other; terms, thread, notes and the agreement are its
    parties' alone.
    """

    __tablename__ = "partnership"
    __table_args__ = (  # type: ignore[assignment]  # each table has its own
        Index(
            "uq_partnership_call",  # a call leads to one partnership at a time
            "call_id",
            unique=True,
            sqlite_where=text("stage <> 'closed'"),
            postgresql_where=text("stage <> 'closed'"),
        ),
    )
    __mapper_args__ = {"polymorphic_identity": "partnerships", "polymorphic_load": "selectin"}

    id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    stage: Mapped[Stage] = mapped_column(default=Stage.IN_TALKS, index=True)
    stage_at: Mapped[datetime] = mapped_column(default=now)
    closing: Mapped[str] = mapped_column(Text, default="")  # why it was closed

    modality: Mapped[str] = mapped_column(default="south-south")  # from here on: the terms
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    terms: Mapped[str] = mapped_column(Text, default="")  # what was agreed, in words
    costs_public: Mapped[bool] = mapped_column(default=False)  # whether the public sees what each gives
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    notes: Mapped[str] = mapped_column(Text, default="")  # working notes of the parties
    admins_invited_at: Mapped[datetime | None]  # into its private thread

    results: Mapped[str] = mapped_column(Text, default="")  # from here on: told to the public
    lessons: Mapped[str] = mapped_column(Text, default="")

    call: Mapped[Call] = relationship(back_populates="partnerships", foreign_keys=call_id)
    agreement: Mapped[StoredFile | None] = relationship(foreign_keys=agreement_id)
    parties: Mapped[list["Party"]] = relationship(
        back_populates="partnership", cascade="all, delete-orphan", order_by="Party.id"
    )
    milestones: Mapped[list["Milestone"]] = relationship(
        back_populates="partnership", cascade="all, delete-orphan", order_by="Milestone.position"
    )
    outcomes: Mapped[list["Outcome"]] = relationship(
        back_populates="partnership", cascade="all, delete-orphan", order_by="Outcome.position"
    )
    reports: Mapped[list["Report"]] = relationship(back_populates="partnership", order_by="Report.id")
    posts: Mapped[list["Post"]] = relationship(back_populates="partnership", order_by="Post.id")

    endpoint: ClassVar[str] = "partnerships.partnership"
    disposable: ClassVar[bool] = False
    fields: ClassVar[tuple[str, ...]] = (*Entry.fields, "results", "lessons")
    schemes: ClassVar[tuple[str, ...]] = ("country", "sdg", "sector")
    needed: ClassVar[tuple[str, ...]] = ("title", "summary")
    words: ClassVar[dict[str, LazyString]] = words_of(Entry.words, {
        "summary": lazy("Public summary"),
        "country": lazy("Countries"),
        "results": lazy("What came of it"),
        "outcomes": lazy("Outcomes in figures"),
        "lessons": lazy("What was learnt"),
        "agreed": lazy("The agreement of all parties on their terms"),
    })  # fmt: skip

    @property
    def lead(self) -> str:
        return plain(self.summary) or plain(self.results)

    @property
    def owners(self) -> list[Body]:
        """Each party speaks for it."""
        return [party.body for party in self.parties]

    @property
    def bodies(self) -> list[Body]:
        """The sides of its private thread."""
        return self.owners

    @property
    def missing(self) -> list[str]:
        return [*super().missing, *(["agreed"] if self.stage == Stage.IN_TALKS else [])]

    @property
    def is_agreed(self) -> bool:
        """Whether every party has accepted the terms as they stand; it is their public word only then."""
        accepted = bool(self.parties) and all(party.accepted_at is not None for party in self.parties)
        return self.stage in SETTLED or accepted

    @property
    def progress(self) -> int:
        """How far its milestones have come on the whole, in per cent."""
        done = [milestone.progress for milestone in self.milestones]
        return round(sum(done) / len(done)) if done else 100 if self.stage == Stage.COMPLETED else 0

    def party_of(self, body: Body | None) -> "Party | None":
        return next((party for party in self.parties if body is not None and party.body_id == body.id), None)

    def snapshot(self) -> dict[str, Any]:
        return super().snapshot() | {"outcomes": [outcome.said for outcome in self.outcomes]}

    def offers(self) -> dict[str, Any]:
        """What its parties tell of it, as a solution or an adaptation is begun with: of its inside, nothing.

        It was done where it was received, and carried out by those who provided and received.
        """
        received = [party.body.country for party in self.parties if party.role == Role.RECIPIENT]
        helped = [party.body.name for party in self.parties if party.role == Role.FACILITATOR]
        needs = [self.call.background, self.call.asked] if self.call.is_visible else []
        gifts = [party.gift for party in self.parties] if self.costs_public and self.is_agreed else []
        return super().offers() | {
            "country": [code for code in received if code] or self.codes("country"),
            "challenge": "\n\n".join(filter(None, needs)),
            "approach": self.summary,
            "changes": self.summary,
            "results": self.results,
            "failures": self.lessons,
            "figures": [outcome.said for outcome in self.outcomes],
            "inputs": "\n".join(filter(None, gifts)),
            "modality": self.modality,
            "began_on": plain_value(self.starts_on) if self.is_agreed else None,
            "ended_on": plain_value(self.ends_on) if self.is_agreed else None,
            "implementers": [party.body.name for party in self.parties if party.role != Role.FACILITATOR],
            "supporters": helped,
        }

    def apply(self, said: dict[str, Any]) -> None:
        super().apply(said)
        if "outcomes" in said:
            self.outcomes = [Outcome(position=i, **outcome) for i, outcome in enumerate(said["outcomes"])]

    def text_for_search(self) -> SearchText:
        """Only what the public reads: no terms, no notes, no thread."""
        more = [plain(self.results), plain(self.lessons), *(outcome.label for outcome in self.outcomes)]
        return SearchText(self.title, [plain(self.summary)], more, self.language, self.search_codes())

    def search_codes(self) -> dict[str, list[str]]:
        return super().search_codes() | {"modality": [self.modality]}


class Party(Base):
    """A body in a partnership: its role, what it gives, and whether it has accepted the terms as they are."""

    __tablename__ = "party"
    __table_args__ = (UniqueConstraint("partnership_id", "body_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id", ondelete="CASCADE"))
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    role: Mapped[Role]
    money: Mapped[int | None] = mapped_column(BigInteger)  # whole units of `currency`
    currency: Mapped[str] = mapped_column(default="USD")  # ISO 4217
    person_days: Mapped[int | None]
    in_kind: Mapped[str] = mapped_column(Text, default="")
    joined_at: Mapped[datetime] = mapped_column(default=now)
    accepted_at: Mapped[datetime | None]  # the terms as they stand; a change of terms takes it back
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    alone_at: Mapped[datetime | None]  # when admins were told that nobody acts for it any more

    partnership: Mapped[Partnership] = relationship(back_populates="parties")
    body: Mapped[Body] = relationship(lazy="joined")
    accepted_by: Mapped[User | None] = relationship()

    @property
    def gift(self) -> str:
        """What it gives, in a line; empty where nothing is said."""
        return f"{self.body.name}: {'; '.join(self.given)}" if self.given else ""

    @property
    def given(self) -> list[str]:
        """What it gives, each thing in the reader's words."""
        return gifts(self.gives)

    @property
    def gives(self) -> dict[str, Any]:
        """What it gives, as plain values."""
        return {
            "money": self.money, "currency": self.currency, "person_days": self.person_days, "in_kind": self.in_kind,
        }  # fmt: skip


def gifts(gives: Mapping[str, Any]) -> list[str]:
    """What a party gives, each thing in the reader's words; `gives` is as `Party.gives` tells it."""
    days, found = gives["person_days"], []
    if gives["money"]:
        found.append(f"{format_decimal(gives['money'])} {gives['currency']}")
    if days:
        found.append(ngettext("one person-day", "%(days)s person-days", days, days=format_decimal(days)))
    return [*found, *filter(None, [gives["in_kind"]])]


class Milestone(Base):
    """A step of the work that can be seen to be done, and how far it has come."""

    __tablename__ = "milestone"

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    title: Mapped[str]
    due_on: Mapped[date | None]
    progress: Mapped[int] = mapped_column(default=0)  # per cent, as last reported

    partnership: Mapped[Partnership] = relationship(back_populates="milestones")


class Report(Base):
    """How far the work has come, in a party's words."""

    __tablename__ = "progress_report"
    __table_args__ = (CheckConstraint("progress IS NULL OR progress BETWEEN 0 AND 100", name="progress_in_per_cent"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id", ondelete="CASCADE"), index=True)
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id", ondelete="SET NULL"), index=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    progress: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)

    partnership: Mapped[Partnership] = relationship(back_populates="reports")
    milestone: Mapped[Milestone | None] = relationship()
    body: Mapped[Body] = relationship(lazy="joined")
    author: Mapped[User | None] = relationship()


class Outcome(Base):
    """An outcome as a number: 240 technicians trained, and who says so."""

    __tablename__ = "outcome"

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    value: Mapped[str]
    label: Mapped[str]
    source: Mapped[str] = mapped_column(default="")

    partnership: Mapped[Partnership] = relationship(back_populates="outcomes")

    @property
    def said(self) -> dict[str, Any]:
        return {"value": self.value, "label": self.label, "source": self.source}


class Post(Base):
    """Something written in a private thread: between two sides about an interest, or among a partnership's parties."""

    __tablename__ = "post"
    __table_args__ = (CheckConstraint("(interest_id IS NULL) <> (partnership_id IS NULL)", name="in_one_thread"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interest_id: Mapped[int | None] = mapped_column(ForeignKey("interest.id", ondelete="CASCADE"), index=True)
    partnership_id: Mapped[int | None] = mapped_column(ForeignKey("partnership.id", ondelete="CASCADE"), index=True)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))  # none: an admin's, or a member's own
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)

    interest: Mapped[Interest | None] = relationship(back_populates="posts")
    partnership: Mapped[Partnership | None] = relationship(back_populates="posts")
    body: Mapped[Body | None] = relationship(lazy="joined")
    author: Mapped[User | None] = relationship(lazy="joined")
    files: Mapped[list["PostFile"]] = relationship(
        back_populates="post", cascade="all, delete-orphan", order_by="PostFile.id", lazy="selectin"
    )

    @property
    def thread(self) -> Interest | Partnership:
        found = self.interest or self.partnership
        assert found is not None  # the table's check says so
        return found


class PostFile(Base):
    """A file sent in a private thread."""

    __tablename__ = "post_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))

    post: Mapped[Post] = relationship(back_populates="files")
    file: Mapped[StoredFile] = relationship(lazy="joined")


class Dismissal(enum.StrEnum):
    """Why a match does not fit."""

    SUBJECT = "subject"  # it is about something else
    SITUATION = "situation"  # the country or the situation differ too much
    EFFORT = "effort"  # too far, too dear, too slow
    KNOWN = "known"  # both have spoken already
    OUTDATED = "outdated"
    OTHER = "other"


class Match(Base):
    """An entry that may be what a call looks for, how well it fits, and why; kept with what people said of it."""

    __tablename__ = "call_match"

    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True, index=True)
    score: Mapped[float]  # from 0 to 1, of all that the weights allow
    reasons: Mapped[list[Any]] = mapped_column(Json)  # of {"reason", "share", "codes"}, the weightiest first
    made_at: Mapped[datetime] = mapped_column(default=now)
    told_at: Mapped[datetime | None]  # when both sides were told
    dismissed_at: Mapped[datetime | None]
    dismissed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    dismissed_for: Mapped[Dismissal | None]
    dismissal: Mapped[str] = mapped_column(Text, default="")  # the same in words

    call: Mapped[Call] = relationship(foreign_keys=call_id)
    entry: Mapped[Entry] = relationship(foreign_keys=entry_id)
    dismissed_by: Mapped[User | None] = relationship()


class Weight(Base):
    """How much a reason counts in matching, where an admin has changed it."""

    __tablename__ = "match_weight"

    reason: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float]
