"""What may be done with accounts, the log of every act, and where rooms above add what they keep about a person."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from blinker import Namespace
from flask_security.utils import hash_password
from sqlalchemy import select

from galaxy.accounts.models import Activity, Body, Mandate, MandateStatus, User
from galaxy.accounts.queries import is_last_admin
from galaxy.core.db import db, now
from galaxy.core.i18n import _

Exporter = Callable[[User], Any]
E = TypeVar("E", bound=Exporter)

signals = Namespace()
mandate_applied = signals.signal("mandate applied", "A member asks to act for a body: `(mandate)`.")
mandate_decided = signals.signal(
    "mandate decided", "A mandate is verified, declined, ended or handed over: `(mandate, by=User, verb=str)`."
)
account_deleted = signals.signal(
    "account deleted", "An account has just been emptied; rooms delete what was that person's alone: `(user)`."
)
exporters: dict[str, Exporter] = {}


class NotPossible(Exception):
    """An act that cannot be done; the message tells its doer why, and what to do instead."""


def exports(name: str) -> Callable[[E], E]:
    """Make a function part of the export of one's own data: given a user, what is kept about them, as JSON can say."""

    def register(exporter: E) -> E:
        exporters[name] = exporter
        return exporter

    return register


def record(
    by: User | None,
    verb: str,
    thing: Any,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write an act into the activity log, in the transaction of the act. People are named there by their number."""
    if thing.id is None:
        db.session.flush()
    kind = getattr(thing, "kind", None) if thing.__tablename__ != "body" else None
    name = "" if isinstance(thing, User) else getattr(thing, "title", None) or getattr(thing, "name", "")
    activity = Activity(
        actor_id=by.id if by else None,
        verb=verb,
        object_kind=str(kind or thing.__tablename__),
        object_id=thing.id,
        object_name=str(name)[:300],
        before=before,
        after=after,
        reason=reason,
    )
    db.session.add(activity)


def create_admin(email: str, name: str, password: str) -> User:
    """An admin with a confirmed address; an account that is there already is appointed and given the password."""
    user = db.session.scalar(select(User).where(User.email == email.lower()))
    if user is None:
        user = User(email=email)
        db.session.add(user)
    user.name, user.password, user.active = name or user.name, hash_password(password), True
    user.confirmed_at = user.confirmed_at or now()
    appoint(user, None)
    sign_out_everywhere(user)
    return user


def appoint(user: User, by: User | None) -> None:
    """Make a member an admin; they act as one once they have a second factor."""
    if user.deleted_at or not user.active:
        raise NotPossible(_("This account is disabled. Enable it first."))
    user.appointed = True
    record(by, "appointed", user)


def dismiss(user: User, by: User | None) -> None:
    """Make an admin a member again."""
    keep_an_admin(user)
    user.appointed = False
    record(by, "dismissed", user)


def keep_an_admin(user: User) -> None:
    """Refuse what would leave nobody to run this place; two who do so at once wait for each other."""
    if user.appointed:
        appointed = select(User).where(User.appointed).order_by(User.id)
        db.session.scalars(appointed.with_for_update().execution_options(populate_existing=True)).all()
    if is_last_admin(user):
        raise NotPossible(_("This is the last admin. Make somebody else an admin first."))


def disable(user: User, by: User, reason: str) -> None:
    """Sign a person out everywhere and let them in no more; what they shared stays."""
    keep_an_admin(user)
    user.active = False
    sign_out_everywhere(user)
    record(by, "disabled", user, reason=reason)


def enable(user: User, by: User) -> None:
    """Let a disabled person in again."""
    if user.deleted_at:
        raise NotPossible(_("This account was deleted by its owner."))
    user.active = True
    record(by, "enabled", user)


def forget_second_factor(user: User, by: User | None) -> None:
    """Let somebody who has lost their phone and their recovery codes set up a second factor anew."""
    user.tf_primary_method = user.tf_totp_secret = user.tf_last_counter = user.mf_recovery_codes = None
    sign_out_everywhere(user)
    record(by, "removed second factor", user)


def sign_out_everywhere(user: User) -> None:
    """End every session of this person, on whatever device."""
    user.fs_uniquifier = uuid.uuid4().hex


def change_profile(user: User, said: dict[str, Any]) -> None:
    """Take what a person says about themselves."""
    changed = sorted(name for name, value in said.items() if getattr(user, name) != value)
    for name in changed:
        setattr(user, name, said[name])
    if changed:
        record(user, "changed profile", user, after={"fields": changed})


def set_week(body: Body, weekend: list[int] | None, zone: str | None, by: User) -> None:
    """Say on which days of the week a body rests, 0 being Monday, and in which time zone its days end."""
    before = {"weekend": body.weekend, "time_zone": body.time_zone}
    body.weekend, body.time_zone = weekend, zone
    after = {"weekend": body.weekend, "time_zone": body.time_zone}
    if before != after:
        record(by, "changed working days", body, before=before, after=after)


def export(user: User) -> dict[str, Any]:
    """All that is kept about a person, by the room that keeps it."""
    record(user, "exported", user)
    return {name: exporter(user) for name, exporter in exporters.items()}


def delete(user: User) -> None:
    """Empty an account: the row stays without a person in it, so that what they did for a body keeps its author."""
    keep_an_admin(user)
    record(user, "deleted", user)
    for mandate in user.mandates:
        mandate.note = ""
        letter, mandate.letter = mandate.letter, None
        if letter is not None:
            db.session.flush()
            db.session.delete(letter)  # its bytes go in the night
        if mandate.status in {MandateStatus.APPLIED, MandateStatus.VERIFIED}:
            mandate.status, mandate.ends_on, mandate.decided_at = MandateStatus.ENDED, now().date(), now()
    user.email = f"{user.id}@deleted.invalid"
    user.name = user.organisation = ""
    user.country = user.time_zone = user.language = user.password = None
    user.languages = []
    user.tf_primary_method = user.tf_totp_secret = user.tf_last_counter = user.mf_recovery_codes = None
    user.last_login_at = user.current_login_at = user.last_login_ip = user.current_login_ip = None
    user.login_count = 0
    user.active = user.appointed = False
    user.deleted_at = now()
    sign_out_everywhere(user)
    account_deleted.send(user)


@exports("account")
def _account(user: User) -> dict[str, Any]:
    shown = (
        "email name organisation country languages time_zone language created_at confirmed_at appointed "
        "last_login_at current_login_at last_login_ip current_login_ip login_count"
    )
    return {name: plain(getattr(user, name)) for name in shown.split()} | {"second_factor": user.has_second_factor}


@exports("mandates")
def _mandates(user: User) -> list[dict[str, Any]]:
    return [_mandate(mandate) for mandate in user.mandates]


def _mandate(mandate: Mandate) -> dict[str, Any]:
    shown = ("role", "status", "starts_on", "ends_on", "note", "reason", "applied_at", "decided_at")
    letter = {"letter": mandate.letter.name if mandate.letter else None}
    return {"body": mandate.body.name} | {name: plain(getattr(mandate, name)) for name in shown} | letter


@exports("activity")
def _activity(user: User) -> list[dict[str, Any]]:
    shown = ("published", "verb", "object_kind", "object_id", "object_name", "before", "after", "reason")
    acts = db.session.scalars(select(Activity).where(Activity.actor_id == user.id).order_by(Activity.id))
    return [{name: plain(getattr(act, name)) for name in shown} for act in acts]


def plain(value: Any) -> Any:
    """A value as JSON can say it."""
    return value.isoformat() if isinstance(value, date) else value
