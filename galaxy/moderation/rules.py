"""The one table of steps an entry can take, and who may take them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from galaxy.accounts.models import Body, BodyKind
from galaxy.content.models import Entry, Status
from galaxy.content.rules import may_write, owns
from galaxy.moderation.models import Case, Flag
from galaxy.search.models import Gap


def admin(user: Any, entry: Entry) -> bool:
    return bool(user.is_admin)


def owner_or_admin(user: Any, entry: Entry) -> bool:
    return owns(user, entry) or admin(user, entry)


def keeper(user: Any, entry: Entry) -> bool:
    """Those on whose page it is to stand, and admins; nobody where it is to stand by itself."""
    return entry.parent is not None and owner_or_admin(user, entry.parent)


def keeper_or_admin(user: Any, entry: Entry) -> bool:
    return keeper(user, entry) or admin(user, entry)


@dataclass(frozen=True, slots=True)
class Step:
    """From some statuses to one, by those who may; `done` is its verb in the activity log."""

    sources: frozenset[Status]
    target: Status
    who: Callable[[Any, Entry], bool]
    done: str


def step(sources: str, target: Status, who: Callable[[Any, Entry], bool], done: str) -> Step:
    return Step(frozenset(map(Status, sources.split())), target, who, done)


# A new version of a published entry takes the same steps as an entry does, from draft to published, by itself.
STEPS: dict[str, Step] = {
    "submit": step("draft returned withdrawn", Status.SUBMITTED, owner_or_admin, "submitted"),
    "take_back": step("submitted", Status.DRAFT, owns, "taken back"),
    "give_back": step("submitted", Status.RETURNED, admin, "returned"),
    "publish": step("submitted", Status.PUBLISHED, admin, "published"),
    "decline": step("submitted", Status.DECLINED, admin, "declined"),
    "archive": step("published", Status.ARCHIVED, owner_or_admin, "archived"),
    "unarchive": step("archived", Status.PUBLISHED, owner_or_admin, "unarchived"),
    "withdraw": step("submitted returned published archived review", Status.WITHDRAWN, owns, "withdrawn"),
    "hide": step("published", Status.REVIEW, admin, "hidden"),
    "restore": step("review", Status.PUBLISHED, admin, "restored"),
    "turn_away": step("submitted", Status.WITHDRAWN, keeper, "turned away"),
    "take_down": step("published archived review", Status.WITHDRAWN, keeper_or_admin, "taken down"),
}


def may(user: Any, verb: str, entry: Entry, status: Status | None = None) -> bool:
    """Whether a person may take a step now; `status` is that of a waiting version, where it is the one to move."""
    taken = STEPS[verb]
    return (status or entry.status) in taken.sources and taken.who(user, entry)


def possible(user: Any, entry: Entry, status: Status | None = None) -> list[str]:
    """Every step this person may take with the entry now."""
    return [verb for verb in STEPS if may(user, verb, entry, status)]


def may_submit(user: Any, entry: Entry) -> bool:
    """Whoever may write it, where there is something an admin has not seen yet."""
    return may_write(user, entry) and (not entry.is_visible or entry.waiting is not None)


def may_take_back(user: Any, entry: Entry) -> bool:
    """Also true for a published entry whose new version waits; the service then knows whether one does."""
    return owns(user, entry) and (entry.status == Status.SUBMITTED or entry.is_visible)


def may_archive(user: Any, entry: Entry) -> bool:
    return may(user, "archive", entry)


def may_unarchive(user: Any, entry: Entry) -> bool:
    return may(user, "unarchive", entry)


def may_withdraw(user: Any, entry: Entry) -> bool:
    return may(user, "withdraw", entry)


def may_moderate(user: Any, _thing: Case | Flag | Entry | Gap | None = None) -> bool:
    """Admins see the queue, its cases, and the flags."""
    return bool(user.is_admin)


def may_flag(user: Any, entry: Entry) -> bool:
    """Anyone signed in may flag what the public can read, unless it is their own."""
    return bool(user.is_authenticated) and entry.is_visible and not owns(user, entry)


def endorsing_body(user: Any, entry: Entry) -> Body | None:
    """The national focal point, of one of the entry's countries, in whose name this person may endorse it."""
    bodies = user.bodies if user.is_authenticated else []
    return next((body for body in bodies if speaks_for(body, entry)), None)


def speaks_for(body: Body | None, entry: Entry) -> bool:
    """Whether a body is the national focal point of one of the entry's countries."""
    return body is not None and body.kind == BodyKind.NATIONAL and body.country in entry.codes("country")


def may_endorse(user: Any, entry: Entry) -> bool:
    """A focal point of one of its countries, once it is published, where none has done it."""
    unendorsed = entry.status == Status.PUBLISHED and entry.endorsed_by_id is None
    return unendorsed and endorsing_body(user, entry) is not None
