"""What may be done with calls and partnerships: begun, moved from stage to stage, reported on.

Interests, terms and private threads have files of their own; here is the one place to ask for all of it.
"""

from datetime import date
from typing import Any, TypeVar

from galaxy.accounts.models import Body, User
from galaxy.content import services as content
from galaxy.content.models import Entry, Relation
from galaxy.core.db import db
from galaxy.core.i18n import _
from galaxy.moderation import clock
from galaxy.moderation.models import WaitKind
from galaxy.moderation.services import entry_moved
from galaxy.notifications.services import tell
from galaxy.partnerships import rules
from galaxy.partnerships.acts import (
    NOT_YOURS,
    Changed,
    NotPossible,
    accepted_by_nobody,
    bounded,
    caller_side,
    decide,
    end_interests,
    instead,
    kept,
    lock,
    log,
    party_for,
    refusal,
    said,
    step,
    tell_sides,
)
from galaxy.partnerships.interests import accept, decline, express, withdraw
from galaxy.partnerships.models import (
    Call,
    InterestStatus,
    Milestone,
    Partnership,
    Post,
    Report,
    Request,
    Stage,
    today,
)
from galaxy.partnerships.terms import Terms, accept_terms, digest_of, set_terms
from galaxy.partnerships.threads import (
    digest_of_notes,
    invite_admins,
    keep_agreement,
    keep_notes,
    let_admins_go,
    looked_in,
    write,
)

__all__ = [
    "Changed", "NotPossible", "Terms", "accept", "accept_terms", "begin", "decline", "digest_of",
    "digest_of_notes", "expire", "express", "invite_admins", "keep_agreement", "keep_notes", "leave", "let_admins_go",
    "looked_in", "report", "set_terms", "take", "withdraw", "write",
]  # fmt: skip

C = TypeVar("C", bound=Call)


def begin(kind: type[C], said: dict[str, Any], by: User, agreed: bool = False, from_: Entry | None = None) -> C:
    """Begin a call, in the name of the body its author acts for, if any; it may be born from another entry."""
    body, last = next(iter(by.bodies), None), said.get("deadline") or None
    _in_time(date.fromisoformat(last) if isinstance(last, str) else last, body)
    call = kind(author=by, body=body)
    content.revise(call, said, by)
    if from_ is not None:
        content.link(call, Relation.BORN_FROM, from_)
    if agreed:
        content.consent(call, by)
    return call


def _in_time(deadline: date | None, body: Body | None) -> None:
    if deadline is not None and deadline < today(body):
        raise NotPossible(_("The last day for answers has passed. Choose a later day, or none."))


# The stages.


def take(verb: str, call: Call, by: User, reason: str = "", deadline: date | None = None) -> None:
    """Take a step that people choose: begin, complete, close, end_talks, renegotiate, reopen (until `deadline`)."""
    lock(call)
    reason, partnership = bounded(reason.strip()), call.partnership
    match verb:
        case "end_talks" | "close":
            _close(verb, call, by, reason)
        case "reopen":
            _reopen(call, by, deadline)
        case "renegotiate":
            _renegotiate(call, by, reason)
        case "begin" | "complete":
            step(verb, call, by)
            assert partnership is not None  # these stages are of partnerships alone
            tell_sides(partnership, f"partnership {rules.STEPS[verb].done}", by)
        case _:
            raise refusal(verb, call, by)


def _close(verb: str, call: Call, by: User, reason: str) -> None:
    """End talks, or close what was agreed, or an open call.

    The reasons of parties are among themselves, so the log keeps only those of others.
    """
    partnership = call.partnership
    inside = partnership is not None and rules.is_party(by, partnership)
    if by.is_admin and not inside and not rules.its_side(by, call):
        reason = said(reason, _("Please say why, so that those concerned can understand it."))
    step(verb, call, by, reason="" if inside else reason)
    if partnership is None:
        end_interests(call, by, reason)
        clock.end(WaitKind.REQUEST, call.id)
        tell(caller_side(call), "call closed", call, by=by, reasons=reason)
        return
    partnership.closing = reason
    for interest in call.interests:  # so that its body may answer the call anew
        if interest.status == InterestStatus.ACCEPTED:
            decide(interest, InterestStatus.ENDED, by, "interest ended", reason)
    tell_sides(partnership, "talks ended" if verb == "end_talks" else "partnership closed", by, reasons=reason)


def _reopen(call: Call, by: User, deadline: date | None) -> None:
    if not rules.may(by, "reopen", call):
        raise refusal("reopen", call, by)
    _in_time(deadline, call.party)
    call.deadline = deadline
    step("reopen", call, by, deadline=deadline.isoformat() if deadline else None)
    _await_answers(call)
    tell(caller_side(call), "call reopened", call, by=by)


def _renegotiate(call: Call, by: User, reason: str) -> None:
    """Go back into talks: nobody has accepted yet what will be agreed."""
    partnership = call.partnership
    step("renegotiate", call, by)
    assert partnership is not None  # the stages it starts from are of partnerships alone
    if reason:
        partnership.posts.append(Post(body=party_for(by, partnership).body, author=by, text=reason))
    tell_sides(partnership, "talks reopened", by, reasons=reason)


def leave(partnership: Partnership, by: User, reason: str) -> None:
    """Go out of talks, as a party that was asked in; where only the caller would stay, the talks have ended."""
    lock(partnership)
    call = partnership.call
    party = next((each for each in partnership.parties if by.acts_for(each.body) and each.body != call.party), None)
    if party is None:
        words = _("Who called cannot leave. You can end the talks.") if rules.caller(by, call) else NOT_YOURS
        raise NotPossible(words, instead(by, partnership))
    if partnership.stage != Stage.IN_TALKS:
        raise NotPossible(rules.NOT_WHILE[partnership.stage], instead(by, partnership))
    reason = said(reason)
    if len(partnership.parties) == 2:
        _close("end_talks", call, by, reason)
        return
    was, body = kept(partnership), party.body
    tell_sides(partnership, "party left", by, body, reasons=reason)
    partnership.posts.append(Post(body=body, author=by, text=reason))
    partnership.parties.remove(party)
    accepted_by_nobody(partnership)
    log(by, "left", partnership, was, body=body.id)
    for interest in call.interests:
        if interest.body_id == body.id and interest.status == InterestStatus.ACCEPTED:
            decide(interest, InterestStatus.WITHDRAWN, by, "withdrawn", reason)


def expire(call: Call) -> None:
    """The last day for answers has passed: who waits is told, and those who called may open it anew."""
    lock(call)
    step("expire", call, None)
    end_interests(call, None, rules.PASSED)
    clock.end(WaitKind.REQUEST, call.id)
    tell(caller_side(call), "call expired", call)


@entry_moved.connect
def call_moved(entry: Entry, by: User | None, verb: str) -> None:
    """A call that the public can no longer answer has no answers that wait; one that is published waits for some.

    A partnership that has come of it is its parties' own, and goes on: what left the site is only the call.
    """
    if not isinstance(entry, Call):
        return
    if verb in {"withdrawn", "taken down", "archived"}:
        db.session.flush()  # from here on nobody answers it
        db.session.expire(entry, ["interests"])
        end_interests(entry, by, rules.GONE)
        clock.end(WaitKind.REQUEST, entry.id)
    elif verb in {"published", "unarchived"}:
        _await_answers(entry)


def _await_answers(call: Call) -> None:
    """A request to which nobody has answered yet waits for it."""
    if isinstance(call, Request) and call.stage == Stage.OPEN:
        clock.begin(WaitKind.REQUEST, call.id, entry=call, asker=call.author, asker_body=call.party)


# Work.


def report(partnership: Partnership, by: User, milestone_id: int | None, progress: int | None, text: str) -> Report:
    """Tell the other parties how far the work has come: a milestone in per cent, or in words alone."""
    lock(partnership)
    party = party_for(by, partnership)
    if not rules.may_report(by, partnership):
        raise NotPossible(rules.NOT_WHILE[partnership.stage], instead(by, partnership))
    milestone = next((each for each in partnership.milestones if each.id == milestone_id), None)
    if why := _cannot_report(milestone_id, milestone, progress, text):
        raise NotPossible(why, instead(by, partnership))
    was, text = kept(partnership), bounded(text.strip())
    if milestone is not None and progress is not None:
        milestone.progress = progress
    told = Report(body=party.body, author=by, milestone=milestone, progress=progress, text=text)
    partnership.reports.append(told)
    log(by, "reported", partnership, was, body=party.body_id)
    tell_sides(partnership, "reported", by, party.body, at="/progress", text=text)
    return told


def _cannot_report(milestone_id: int | None, milestone: Milestone | None, progress: int | None, text: str) -> Any:
    if milestone_id is not None and milestone is None:
        return _("This milestone is no longer among the terms. Please look again.")
    if progress is not None and (milestone is None or not 0 <= progress <= 100):
        return _("How far a milestone has come is a number from 0 to 100.")
    if progress is None and not text.strip():
        return _("Please say how far the work has come.")
    return None
