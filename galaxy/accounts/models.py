"""Users, the bodies they act for, the mandates that let them, and the append-only activity log."""

import enum
import uuid
from datetime import date, datetime
from typing import Any

from flask import current_app
from flask_security.core import UserMixin
from flask_security.utils import verify_password
from sqlalchemy import DDL, CheckConstraint, ColumnElement, ForeignKey, Index, Text, event
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship, validates

from galaxy.core.db import Base, Json, now
from galaxy.core.storage import StoredFile


class User(Base, UserMixin):
    """A person with an account: a member, by mandates a focal point, perhaps an admin.

    Who deletes their account stays as an empty row, so that what they did for a body keeps its author.
    """

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True, default=lambda: uuid.uuid4().hex)
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    appointed: Mapped[bool] = mapped_column(default=False)  # as an admin; see `is_admin`
    demo: Mapped[bool] = mapped_column(default=False)

    name: Mapped[str] = mapped_column(default="")
    organisation: Mapped[str] = mapped_column(default="")
    country: Mapped[str | None]  # ISO 3166-1 alpha-3
    languages: Mapped[list[str]] = mapped_column(Json, default=list)  # spoken, most at ease first
    time_zone: Mapped[str | None]  # IANA name
    language: Mapped[str | None]  # of the interface and of mail

    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    tf_last_counter: Mapped[int | None]  # the half minute of the last code that was used: none is taken twice
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(Json)  # hashed; each is used once
    last_login_at: Mapped[datetime | None]
    current_login_at: Mapped[datetime | None]
    last_login_ip: Mapped[str | None]
    current_login_ip: Mapped[str | None]
    login_count: Mapped[int] = mapped_column(default=0)
    deleted_at: Mapped[datetime | None]

    mandates: Mapped[list["Mandate"]] = relationship(
        back_populates="user", foreign_keys="Mandate.user_id", order_by="Mandate.id"
    )

    @validates("email")
    def small_letters(self, _name: str, email: str) -> str:
        """One address is one account, however it is written."""
        return email.lower()

    @property
    def has_second_factor(self) -> bool:
        return bool(self.tf_primary_method)

    @hybrid_property
    def is_admin(self) -> bool:
        """Whether this person may act as an admin: appointed, and with a second factor where it is asked for."""
        return self.appointed and (self.has_second_factor or bool(current_app.config["DEMO"]))

    @is_admin.inplace.setter
    def _appoint(self, appointed: bool) -> None:
        self.appointed = appointed

    @is_admin.inplace.expression
    @classmethod
    def _appointed(cls) -> ColumnElement[bool]:
        return cls.appointed.expression

    @property
    def lacks_second_factor(self) -> bool:
        """Whether this person is to be an admin and must set up a second factor first."""
        return self.appointed and not self.is_admin

    def check_tf_required_setup(self) -> bool:
        """Whether a second factor may be changed but not turned off."""
        return self.appointed and not current_app.config["DEMO"]

    def verify_and_update_password(self, password: str) -> bool:
        """Compare a password, which takes long on purpose: meanwhile the database waits for nobody."""
        kept, session = self.password, object_session(self)
        if session is not None and not session.new and not session.dirty:
            session.rollback()
        return bool(kept) and bool(verify_password(password, kept))

    @property
    def live_mandates(self) -> list["Mandate"]:
        """The mandates this person may act by today."""
        return [mandate for mandate in self.mandates if mandate.is_live]

    @property
    def bodies(self) -> list["Body"]:
        """The bodies this person may act for today."""
        return [mandate.body for mandate in self.live_mandates]

    def acts_for(self, body: "Body | None") -> bool:
        """Whether this person may act for the body today."""
        return body is not None and any(mandate.body_id == body.id for mandate in self.live_mandates)

    @property
    def is_focal_point(self) -> bool:
        return bool(self.live_mandates)


class BodyKind(enum.StrEnum):
    """What a body is the focal point of."""

    NATIONAL = "national"
    REGIONAL = "regional"
    GLOBAL = "global"
    INSTITUTION = "institution"


class Body(Base):
    """An organisation people act for: the owner of what they share. Its public profile is an entry of the directory."""

    __tablename__ = "body"
    __table_args__ = (CheckConstraint("kind <> 'national' OR country IS NOT NULL", name="national_has_country"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[BodyKind]
    name: Mapped[str]
    country: Mapped[str | None] = mapped_column(index=True)  # ISO 3166-1 alpha-3
    region: Mapped[str | None]  # M49 code, of a regional body
    website: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")  # of its name
    weekend: Mapped[list[int] | None] = mapped_column(Json)  # 0 is Monday; none: as usual in its country
    time_zone: Mapped[str | None]  # IANA name; none: that of its country's capital
    proposed: Mapped[bool] = mapped_column(default=False)  # by an applicant; nobody has verified that it is
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)

    mandates: Mapped[list["Mandate"]] = relationship(back_populates="body", order_by="Mandate.id")

    @property
    def holders(self) -> list[User]:
        """Who acts for the body today, leads first."""
        live = [mandate for mandate in self.mandates if mandate.is_live]
        return [mandate.user for mandate in sorted(live, key=lambda m: m.role != MandateRole.LEAD)]


class MandateRole(enum.StrEnum):
    """Whether a person leads or stands in."""

    LEAD = "lead"
    DEPUTY = "deputy"


class MandateStatus(enum.StrEnum):
    """Where an application stands."""

    APPLIED = "applied"
    VERIFIED = "verified"
    DECLINED = "declined"
    ENDED = "ended"


class Mandate(Base):
    """A user acts for a body from a day to a day; an admin has verified it."""

    __tablename__ = "mandate"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    role: Mapped[MandateRole] = mapped_column(default=MandateRole.LEAD)
    status: Mapped[MandateStatus] = mapped_column(default=MandateStatus.APPLIED, index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    succeeds_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"))  # which ends when this one is verified
    note: Mapped[str] = mapped_column(Text, default="")  # the applicant's words to the admin
    reason: Mapped[str] = mapped_column(Text, default="")  # the admin's words on declining or ending
    applied_at: Mapped[datetime] = mapped_column(default=now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column()

    user: Mapped[User] = relationship(back_populates="mandates", foreign_keys=user_id)
    body: Mapped[Body] = relationship(back_populates="mandates", lazy="joined")
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)
    letter: Mapped[StoredFile | None] = relationship()
    succeeds: Mapped["Mandate | None"] = relationship(remote_side=id)

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_over(self) -> bool:
        """Whether its last day has passed, or it was ended before."""
        passed = self.ends_on is not None and self.ends_on < now().date()
        return passed or self.status == MandateStatus.ENDED

    @property
    def is_live(self) -> bool:
        """Whether one may act by it today."""
        return self.status == MandateStatus.VERIFIED and self.starts_on <= now().date() and not self.is_over

    @property
    def name(self) -> str:
        """What the log calls it."""
        return self.body.name


class Activity(Base):
    """One act: who did what to which thing, what changed, when. Rows are added and never changed.

    Names after W3C Activity Streams. The object is named softly, by kind and id, because the log outlives it.
    """

    __tablename__ = "activity"
    __table_args__ = (Index("ix_activity_object", "object_kind", "object_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)  # none: Galaxy itself
    verb: Mapped[str] = mapped_column(index=True)
    object_kind: Mapped[str]
    object_id: Mapped[int]
    object_name: Mapped[str]
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(Text, default="")
    published: Mapped[datetime] = mapped_column(default=now, index=True)

    actor: Mapped[User | None] = relationship(lazy="joined")


# The database itself refuses to change the log.
APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER activity_no_{verb} BEFORE {verb.upper()} ON activity "
        "BEGIN SELECT RAISE(ABORT, 'the activity log is append-only'); END"
        for verb in ("update", "delete")
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION activity_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the activity log is append-only'; END $$",
        "CREATE TRIGGER activity_append_only BEFORE UPDATE OR DELETE ON activity "
        "FOR EACH ROW EXECUTE FUNCTION activity_append_only()",
    ],
}
for dialect, statements in APPEND_ONLY.items():
    for statement in statements:
        event.listen(
            Activity.__table__,
            "after_create",
            DDL(statement).execute_if(dialect=dialect),  # type: ignore[no-untyped-call]  # SQLAlchemy's own gap
        )
