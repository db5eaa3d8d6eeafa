"""What may be done with an entry on its way to the public: each step moves it, is logged, and is told to people."""

from typing import Any

from blinker import Namespace
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from galaxy.accounts.models import User
from galaxy.accounts.services import record
from galaxy.content.models import Entry, Status, Version
from galaxy.content.rules import owns
from galaxy.content.services import apply_version
from galaxy.core.db import db, now
from galaxy.moderation import clock
from galaxy.moderation.models import Case, Flag, FlagOutcome, FlagReason, Outcome, WaitKind
from galaxy.moderation.rules import STEPS, endorsing_body, may, may_endorse, may_flag, possible, speaks_for
from galaxy.notifications.services import admins, people, tell

entry_moved = Namespace().signal(
    "entry moved", "An entry stands elsewhere now: `(entry, by=User or None, verb=str)`, the verb as in the log."
)


class NotPossible(Exception):
    """A step that cannot be taken now; knows what is possible instead."""

    def __init__(self, verb: str, entry: Entry, by: User | None, status: Status | None = None) -> None:
        self.verb, self.entry, self.status = verb, entry, status or entry.status
        self.instead = possible(by, entry, status) if by else []
        super().__init__(f"{verb} is not possible while it is {self.status}; possible: {', '.join(self.instead)}")


class TooLate(NotPossible):
    """Somebody else has decided the case already."""

    def __init__(self, verb: str, case: Case, by: User) -> None:
        self.case = case
        super().__init__(verb, case.entry, by)


def _move(verb: str, entry: Entry, by: User, version: Version | None = None, **log: Any) -> None:
    """Take a step of the table with the entry, or with its waiting version, and write it into the log."""
    moved, step = version or entry, STEPS[verb]
    if not may(by, verb, entry, moved.status):
        raise NotPossible(verb, entry, by, moved.status)
    facts = {"version": version.number} if version else {}
    before, after = {"status": moved.status.value, **facts}, {"status": step.target.value, **facts}
    moved.status = step.target
    record(by, step.done, entry, before=before, after=after | log.pop("after", {}), **log)
    if version is None and verb != "publish":  # that is told once its dates are set
        entry_moved.send(entry, by=by, verb=step.done)


def open_case(entry: Entry) -> Case | None:
    """The case in the queue for this entry, or for a new version of it."""
    return db.session.scalar(select(Case).where(Case.entry_id == entry.id, Case.closed_at.is_(None)))


def submit(entry: Entry, by: User, version: Version | None = None) -> Case:
    """Put an entry, or a new version of a published one, into the queue, and tell the admins."""
    _move("submit", entry, by, version)
    if version is None:
        entry.submitted_at = now()
    entry.updated_at = now()
    case = Case(entry=entry, entry_version=version, submitted_by=by)
    db.session.add(case)
    try:
        db.session.flush()
    except IntegrityError:  # another one was opened at the same moment
        db.session.rollback()
        raise NotPossible("submit", entry, by) from None
    where = f"/moderation/{case.id}"
    clock.begin(WaitKind.SUBMISSION, case.id, entry=entry, asker=by, asker_body=entry.body, address=where)
    tell(admins(), "to review", entry, where, by=by)
    tell(people(entry), "submitted", entry, by=by)
    return case


def take_back(entry: Entry, by: User) -> None:
    """Take what was submitted out of the queue, to go on writing."""
    case = open_case(entry)
    if case is None:
        raise NotPossible("take_back", entry, by)
    _move("take_back", entry, by, case.entry_version)
    _close(case, by, Outcome.TAKEN_BACK)


def _decide(verb: str, case: Case, by: User, outcome: Outcome, reasons: str, checks: dict[str, bool]) -> None:
    if not case.is_open:
        raise TooLate(verb, case, by)
    _move(verb, case.entry, by, case.entry_version, reason=reasons, after={"checks": checks} if checks else {})
    case.reasons, case.checks = reasons, checks
    _close(case, by, outcome)


def _close(case: Case, by: User, outcome: Outcome) -> None:
    """Close a case; the flush fails where another has closed it since it was read."""
    case.closed_at, case.closed_by, case.outcome = now(), by, outcome
    db.session.flush()
    if outcome in {Outcome.TAKEN_BACK, Outcome.WITHDRAWN}:
        clock.end(WaitKind.SUBMISSION, case.id)
    else:
        clock.answered(WaitKind.SUBMISSION, case.id, by)


def give_back(case: Case, by: User, reasons: str, checks: dict[str, bool]) -> None:
    """Return it to its author with what must be changed."""
    _decide("give_back", case, by, Outcome.RETURNED, reasons, checks)
    tell(people(case.entry), "returned", case.entry, by=by, reasons=reasons)


def decline(case: Case, by: User, reasons: str, checks: dict[str, bool] | None = None) -> None:
    """Say no, with reasons; a new version that is declined leaves the published one as it is."""
    _decide("decline", case, by, Outcome.DECLINED, reasons, checks or {})
    tell(people(case.entry), "declined", case.entry, by=by, reasons=reasons)


def publish(case: Case, by: User, checks: dict[str, bool], note: str = "") -> None:
    """Show it to the public: the entry, or its new version in place of the old one."""
    entry, version = case.entry, case.entry_version
    if version is not None and not entry.is_visible:
        raise NotPossible("publish", entry, by)
    _decide("publish", case, by, Outcome.PUBLISHED, note, checks)
    if version is not None:
        apply_version(version)
    _show(entry)
    if version is None:
        entry_moved.send(entry, by=by, verb="published")
    tell(people(entry, public=True), "published", entry, by=by)


def _show(entry: Entry) -> None:
    """The dates of a published entry, its history, and its country's word for it."""
    moment = now()
    entry.published_at, entry.confirmed_at = entry.published_at or moment, moment
    last = entry.versions[-1] if entry.versions else None
    if last and last.status == Status.DRAFT and last.said == entry.snapshot():
        last.status = Status.PUBLISHED
    if speaks_for(entry.body, entry):
        entry.endorsed_by, entry.endorsed_at = entry.body, entry.endorsed_at or moment
    elif not speaks_for(entry.endorsed_by, entry):
        entry.endorsed_by = entry.endorsed_at = None


def put_online(entry: Entry, by: User | None = None) -> None:
    """Publish without the queue, for imports and the demonstration: by an admin, or by Galaxy itself."""
    if by is not None and not by.is_admin:
        raise NotPossible("publish", entry, by)
    before = {"status": (entry.status or Status.DRAFT).value}
    entry.status = Status.PUBLISHED
    record(by, "published", entry, before=before, after={"status": Status.PUBLISHED.value, "directly": True})
    _show(entry)
    entry_moved.send(entry, by=by, verb="published")


def assign(case: Case, by: User) -> None:
    """Take a case on oneself, so that nobody else reads it at the same time."""
    if not case.is_open:
        raise TooLate("assign", case, by)
    if not by.is_admin or case.assigned_to_id not in {None, by.id}:
        raise NotPossible("assign", case.entry, by)
    case.assigned_to, case.assigned_at = by, now()
    record(by, "assigned", case.entry)
    clock.acknowledge(WaitKind.SUBMISSION, case.id, by)


def unassign(case: Case, by: User) -> None:
    """Give a case free again."""
    if not case.is_open:
        raise TooLate("unassign", case, by)
    if not by.is_admin:
        raise NotPossible("unassign", case.entry, by)
    case.assigned_to = case.assigned_at = None
    record(by, "unassigned", case.entry)
    clock.release(WaitKind.SUBMISSION, case.id)


def withdraw(entry: Entry, by: User, reason: str = "", told: str = "", **facts: Any) -> None:
    """Take it off the site or out of the queue: by those it belongs to, or by an admin, who tells them why.

    `told` is the kind of news where a room has words of its own for it, and `facts` complete them.
    """
    verb = "withdraw" if owns(by, entry) else "turn_away" if may(by, "turn_away", entry) else "take_down"
    _move(verb, entry, by, reason=reason)
    _end(entry, by, FlagOutcome.WITHDRAWN)
    tell(people(entry), told or STEPS[verb].done, entry, by=by, reasons=reason, **facts)


def archive(entry: Entry, by: User, reason: str = "") -> None:
    """Keep it readable, and say that it is of the past."""
    _move("archive", entry, by, reason=reason)
    _end(entry, by)
    tell(people(entry), "archived", entry, by=by)


def unarchive(entry: Entry, by: User) -> None:
    """Bring it back from the archive."""
    _move("unarchive", entry, by)


def _end(entry: Entry, by: User, outcome: FlagOutcome | None = None) -> None:
    """A new version that waits is a draft again; with an outcome, open flags are settled."""
    if case := open_case(entry):
        if case.entry_version is not None:
            case.entry_version.status = Status.DRAFT
        _close(case, by, Outcome.WITHDRAWN)
    if outcome is not None:
        for flag in open_flags(entry):
            _settle(flag, by, outcome)


def endorse(entry: Entry, by: User) -> None:
    """Say in a country's name that it stands behind an entry."""
    body = endorsing_body(by, entry)
    if body is None or not may_endorse(by, entry):
        raise NotPossible("endorse", entry, by)
    entry.endorsed_by, entry.endorsed_at = body, now()
    record(by, "endorsed", entry, after={"body": body.name})
    tell(people(entry, public=True), "endorsed", entry, by=by, body=body.name)


def open_flags(entry: Entry) -> list[Flag]:
    """The flags on an entry that wait for an admin, oldest first."""
    return list(
        db.session.scalars(
            select(Flag).where(Flag.entry_id == entry.id, Flag.settled_at.is_(None)).order_by(Flag.created_at, Flag.id)
        )
    )


def flag(entry: Entry, by: User, reason: FlagReason, text: str = "") -> Flag:
    """Say that something is wrong with an entry; who has an open flag on it adds to that one."""
    if not may_flag(by, entry):
        raise NotPossible("flag", entry, by)
    raised = next((each for each in open_flags(entry) if each.user_id == by.id), None)
    if raised is not None:
        raised.reason, raised.text = reason, text
        return raised
    raised = Flag(entry=entry, user=by, reason=reason, text=text)
    db.session.add(raised)
    record(by, "flagged", entry, after={"reason": reason.value})
    tell(admins(), "flagged", entry, "/moderation/flags", by=by)
    return raised


def hide(entry: Entry, by: User) -> None:
    """Hide a flagged entry until the flag is settled."""
    if not open_flags(entry):
        raise NotPossible("hide", entry, by)
    _move("hide", entry, by)
    tell(people(entry), "hidden", entry, by=by)


def settle(flag: Flag, by: User, outcome: FlagOutcome, note: str = "") -> None:
    """Upheld: the entry is taken down, and its other flags are settled with it. Dismissed: with the last one settled,
    a hidden entry is shown again."""
    entry = flag.entry
    if flag.settled_at is not None or not by.is_admin:
        raise NotPossible("settle", entry, by)
    if outcome == FlagOutcome.UPHELD:
        if may(by, "take_down", entry):
            _move("take_down", entry, by, reason=note)
            tell(people(entry), "taken down", entry, by=by, reasons=note)
        _end(entry, by, None)
        for each in open_flags(entry):
            _settle(each, by, outcome, note)
        return
    _settle(flag, by, outcome, note)
    if entry.status == Status.REVIEW and not open_flags(entry):
        _move("restore", entry, by, reason=note)
        tell(people(entry), "restored", entry, by=by)


def _settle(flag: Flag, by: User, outcome: FlagOutcome, note: str = "") -> None:
    flag.settled_at, flag.settled_by, flag.outcome, flag.note = now(), by, outcome, note
    record(by, f"flag {outcome.value}", flag.entry, reason=note)
    db.session.flush()
    tell([flag.user], f"flag {outcome.value}", flag.entry, by=by, reasons=note)
