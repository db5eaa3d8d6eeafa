"""The clock: somebody waits for an answer; those who are to give it are reminded in time, and admins told when late.

`begin` starts it, `acknowledge` and `answered` are what is hoped for, `end` is for what needs no answer any more, and
`pause` and `resume` stop it for a while. The act that starts or stops a wait is in the activity log already; what the
clock itself does is written there too. `remind` takes the steps that are due, each once, whoever calls it how often.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from galaxy.accounts.models import Body, MandateRole, User
from galaxy.accounts.services import exports, record
from galaxy.content.models import Entry
from galaxy.core.db import db, now
from galaxy.moderation.clock_queries import OPEN, calendar_of, days_of, wait_of
from galaxy.moderation.clock_rules import STEPS, Audience, Days, Rule, acting, has_nobody
from galaxy.moderation.models import ClockStep, Promise, Reminder, Wait, WaitKind
from galaxy.notifications.services import admins, tell

OVERVIEW = "/moderation/clock"


def begin(
    kind: WaitKind,
    thing_id: int,
    *,
    entry: Entry | None = None,
    body: Body | None = None,
    recipient: User | None = None,
    asker: User | None = None,
    asker_body: Body | None = None,
    address: str = "",
) -> Wait:
    """Start the clock for an answer; where it runs for this thing already, it goes on as it is.

    The body answers, else the recipient, else the admins. Admins hear at once of a body for which nobody acts.
    """
    if (running := wait_of(kind, thing_id)) is not None:
        return running
    people = {"entry": entry, "body": body, "recipient": recipient, "asker": asker, "asker_body": asker_body}
    wait = Wait(kind=kind, thing_id=thing_id, address=address, since=now(), **people)
    _promise(wait, days_of(kind))
    try:
        with db.session.begin_nested():
            db.session.add(wait)
    except IntegrityError:  # it was begun at the same moment
        if (running := wait_of(kind, thing_id)) is None:
            raise
        return running
    if has_nobody(wait) and kind != WaitKind.MESSAGE:  # a message itself has been sent to the admins
        _tell(admins(), "nobody to answer", wait, _for_admins(wait))
    return wait


def _promise(wait: Wait, days: Days) -> None:
    calendar = calendar_of(wait)
    wait.acknowledge_by = calendar.deadline(wait.since, days.acknowledge)
    wait.answer_by = calendar.deadline(wait.since, days.answer)
    wait.next_at = min((at for at, _rule in _steps(wait)), default=None)


def _steps(wait: Wait) -> Iterator[tuple[datetime, Rule]]:
    """The steps that this wait may come to, and when; none is before its beginning."""
    calendar = calendar_of(wait)
    for rule in STEPS:
        at = calendar.morning(wait.acknowledge_by if rule.acknowledging else wait.answer_by, rule.days)
        if at > wait.since and not (rule.acknowledging and wait.acknowledged_at):
            yield at, rule


def _plan(wait: Wait) -> None:
    """Note when its next step is due, if one is left."""
    taken = set(db.session.scalars(select(Reminder.step).where(Reminder.wait_id == wait.id)))
    left = (at for at, rule in _steps(wait) if rule.step not in taken)
    wait.next_at = min(left, default=None) if wait.is_open and wait.paused_at is None else None


def locked(kind: WaitKind, thing_id: int) -> Wait | None:
    """The open wait as it is now, and as it stays until this transaction ends."""
    found = select(Wait).where(Wait.kind == kind, Wait.thing_id == thing_id, OPEN)
    db.session.flush()
    return db.session.scalar(found.with_for_update(of=Wait).execution_options(populate_existing=True))


def acknowledge(kind: WaitKind, thing_id: int, by: User) -> None:
    """Say that it has been received, and promise the day of the answer. What admins answer is then this admin's."""
    wait = locked(kind, thing_id)
    if wait is None or (wait.acknowledged_at and not wait.before_admins):
        return
    first = wait.acknowledged_at is None
    wait.acknowledged_at = wait.acknowledged_at or now()
    if wait.before_admins:
        wait.recipient = by
    _plan(wait)
    if first:
        _record(by, "acknowledged", wait)
        _tell_asker("wait acknowledged", wait, by)


def release(kind: WaitKind, thing_id: int) -> None:
    """The admin who took it on gives it free: it is before all of them again."""
    wait = locked(kind, thing_id)
    if wait is not None and wait.before_admins:
        wait.recipient = None


def answered(kind: WaitKind, thing_id: int, by: User | None) -> None:
    """The answer has come: the clock stops, and how long it took is kept."""
    if (wait := locked(kind, thing_id)) is None:
        return
    wait.answered_at = now()
    wait.acknowledged_at = wait.acknowledged_at or wait.answered_at
    wait.took = int((wait.answered_at - wait.since).total_seconds())
    wait.next_at = wait.paused_at = None
    if wait.before_admins:
        wait.recipient = by or wait.recipient


def end(kind: WaitKind, thing_id: int) -> None:
    """No answer is needed any more: the clock stops, and counts for nothing."""
    if (wait := locked(kind, thing_id)) is not None:
        wait.ended_at = now()
        wait.next_at = wait.paused_at = None


def close(wait: Wait, by: User) -> None:
    """No answer is needed: who would give it says so, and who wrote is told. It counts for no median."""
    if locked(wait.kind, wait.thing_id) is None:
        return
    end(wait.kind, wait.thing_id)
    _record(by, "needs no answer", wait)
    _tell_asker("wait closed", wait, by)


def pause(wait: Wait, by: User, reason: str) -> None:
    """Stop the clock for a while; who waits is told why. Once is enough."""
    if locked(wait.kind, wait.thing_id) is None or wait.paused_at is not None:
        return
    wait.paused_at, wait.paused_by, wait.pause_reason = now(), by, reason
    wait.next_at = None
    _record(by, "paused", wait, reason=reason)
    _tell_asker("wait paused", wait, by, reasons=reason)


def resume(wait: Wait, by: User) -> None:
    """Let the clock run again: as many working days are left as were left when it was stopped."""
    if locked(wait.kind, wait.thing_id) is None or wait.paused_at is None:
        return
    calendar, moment = calendar_of(wait), now()
    wait.acknowledge_by = calendar.moved(wait.acknowledge_by, wait.paused_at, moment)
    wait.answer_by = calendar.moved(wait.answer_by, wait.paused_at, moment)
    wait.paused_at = wait.paused_by = None
    wait.pause_reason = ""
    _plan(wait)
    _record(by, "resumed", wait)
    _tell_asker("wait resumed", wait, by)


def remind(wait: Wait) -> None:
    """Take the steps of this wait that are due, each once, and note when the next one is."""
    for at, rule in sorted(_steps(wait), key=lambda due: due[0]):
        if at > now():
            break
        deadline = wait.acknowledge_by if rule.acknowledging else wait.answer_by
        in_time = not rule.before or now() <= deadline
        if _first_time(wait, rule.step, in_time) and in_time:
            _take(wait, rule)
    _plan(wait)


def _first_time(wait: Wait, step: ClockStep, sent: bool) -> bool:
    """Note that a step is taken; false where it has been taken before, also by another worker just now."""
    insert = sqlite.insert if db.session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = insert(Reminder).values(wait_id=wait.id, step=step, at=now(), sent=sent)
    taken = db.session.execute(row.on_conflict_do_nothing().returning(Reminder.wait_id))
    return taken.scalar() is not None


def _take(wait: Wait, rule: Rule) -> None:
    if not rule.before:
        _record(None, rule.step.value, wait)
    to_admins = rule.audience == Audience.ADMINS or wait.before_admins or has_nobody(wait)
    _tell(_audience(wait, rule.audience), rule.step.value, wait, _for_admins(wait) if to_admins else wait.address)


def _audience(wait: Wait, audience: Audience) -> list[User]:
    """Whom a step tells: where those it is for are gone, the next in line."""
    if audience == Audience.ADMINS or has_nobody(wait):
        return admins()
    if wait.before_admins:
        mine = wait.recipient if wait.recipient and wait.recipient.is_admin and wait.recipient.active else None
        return [mine] if mine and audience == Audience.LEADS else admins()
    if wait.body is None:
        return [wait.recipient] if wait.recipient else []
    return (audience == Audience.LEADS and acting(wait.body, MandateRole.LEAD)) or acting(wait.body)


def _for_admins(wait: Wait) -> str:
    """Where admins are led: what is between others is not theirs to read while one of them is there to answer."""
    theirs = wait.before_admins or (wait.kind == WaitKind.MESSAGE and has_nobody(wait))
    return wait.address if theirs and wait.address else OVERVIEW


def _tell(users: list[User], verb: str, wait: Wait, address: str, by: User | None = None, **facts: str) -> None:
    """Tell people of a wait; its kind and its days become words in the language of each."""
    calendar = calendar_of(wait)
    due = calendar.day(wait.due if verb.startswith("acknowledge") else wait.answer_by)
    known = {"wait": wait.kind.value, "due": due.isoformat(), "since": calendar.day(wait.since).isoformat()}
    names = {"body": wait.body.name if wait.body else ""}
    tell(users, verb, wait.entry, address, by=by, by_mail=True, **known, **names, **facts)


def _tell_asker(verb: str, wait: Wait, by: User, **facts: str) -> None:
    """Tell who waits: those who act for the body that asked, or the person."""
    asked = acting(wait.asker_body) or ([wait.asker] if wait.asker else [])
    _tell(asked, verb, wait, "" if wait.before_admins else wait.address, by, **facts)


def _record(by: User | None, verb: str, wait: Wait, reason: str = "") -> None:
    """Write what the clock does into the log, of the entry or the body that it is about."""
    about = wait.entry or wait.body or wait.recipient or wait.asker
    if about is not None:
        due = {"acknowledge_by": wait.acknowledge_by.isoformat(), "answer_by": wait.answer_by.isoformat()}
        record(by, verb, about, after={"wait": wait.kind.value, "thing": wait.thing_id, **due}, reason=reason)


def set_days(kind: WaitKind, days: Days, by: User) -> None:
    """Promise other days from now on; what waits already keeps its own."""
    before = days_of(kind)
    if before == days:
        return
    db.session.merge(Promise(kind=kind, acknowledge_days=days.acknowledge, answer_days=days.answer))
    said = {"acknowledge": days.acknowledge, "answer": days.answer}
    was = {"acknowledge": before.acknowledge, "answer": before.answer}
    record(by, "changed the clock", by, before={"wait": kind.value, **was}, after={"wait": kind.value, **said})


@exports("waits")
def _waits(user: User) -> list[dict[str, Any]]:
    """What a person has waited for."""
    mine = db.session.scalars(select(Wait).where(Wait.asker_id == user.id).order_by(Wait.id))
    return [
        {"kind": wait.kind.value, "since": wait.since.isoformat(), "answer by": wait.answer_by.isoformat()}
        | {"answered": wait.answered_at.isoformat() if wait.answered_at else None}
        for wait in mine
    ]
