"""What may be done with calls, interests and partnerships, from a call to its outcome; terms and threads beside it."""

from datetime import date
from typing import Any, TypeVar

from galaxy.accounts.models import Body, User
from galaxy.content import services as content
from galaxy.content.models import TEXT_MAX, Entry, Relation, Status
from galaxy.core.db import db, now
from galaxy.core.i18n import _
from galaxy.notifications.services import tell
from galaxy.partnerships import rules
from galaxy.partnerships.absent import look_after
from galaxy.partnerships.acts import (
    NOT_YOURS,
    Changed,
    NotPossible,
    accepted_by_nobody,
    address,
    caller_side,
    decide,
    end_interests,
    instead,
    kept,
    lock,
    log,
    once,
    party_for,
    refusal,
    said,
    step,
    tell_sides,
)
from galaxy.partnerships.models import (
    LISTENING,
    Call,
    Interest,
    InterestStatus,
    Milestone,
    Partnership,
    Party,
    Post,
    Report,
    Role,
    Stage,
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
    "Changed", "NotPossible", "Terms", "accept", "accept_terms", "begin", "call_moved", "decline", "digest_of",
    "digest_of_notes", "expire", "express", "invite_admins", "keep_agreement", "keep_notes", "leave", "let_admins_go",
    "looked_in", "report", "set_terms", "take", "withdraw", "write",
]  # fmt: skip

C = TypeVar("C", bound=Call)


def begin(kind: type[C], said: dict[str, Any], by: User, agreed: bool = False, from_: Entry | None = None) -> C:
    """Begin a call, in the name of the body its author acts for, if any; it may be born from another entry."""
    last = said.get("deadline")
    _in_time(date.fromisoformat(last) if isinstance(last, str) and last else last or None)
    call = kind(author=by, body=next(iter(by.bodies), None))
    content.revise(call, said, by)
    if from_ is not None:
        content.link(call, Relation.BORN_FROM, from_)
    if agreed:
        content.consent(call, by)
    return call


def _in_time(deadline: date | None) -> None:
    if deadline is not None and deadline < now().date():
        raise NotPossible(_("The last day for answers has passed. Choose a later day, or none."))


# Interests.


def express(call: Call, body: Body, role: Role, message: str, by: User) -> Interest:
    """Answer a call in the name of a body, in the role it would have."""
    lock(call)
    message = said(message, _("Please write a few words to those who call."))
    if why := _why_not(call, body, role, by):
        raise NotPossible(why, instead(by, call))
    interest = Interest(call=call, body=body, by=by, role=role, message=message[:TEXT_MAX])
    interest.status = InterestStatus.WAITING
    with once():
        db.session.add(interest)
    log(by, "interested", interest, {}, call=call.id)
    tell(caller_side(call), "interest", call, address(interest), by=by, body=body.name, text=message)
    look_after(call)
    return interest


def _why_not(call: Call, body: Body, role: Role, by: User) -> Any:
    """Why this body cannot answer the call in this role, as a sentence."""
    if not by.acts_for(body):
        return NOT_YOURS
    if call.status != Status.PUBLISHED:
        return rules.published(call)
    if call.stage not in LISTENING:
        return rules.NOT_WHILE[call.stage]
    if rules.time_left(call) is not None:
        return _("The last day for answers has passed.")
    if body == call.party or rules.its_side(by, call):
        return _("Nobody can be a partner of themselves: this is your own call.")
    if call.partnership is not None and call.partnership.party_of(body):
        return _("%(body)s takes part in the talks already.", body=body.name)
    if any(each.is_open and each.body_id == body.id for each in call.interests):
        return _("%(body)s has answered already. You can write in the conversation about it.", body=body.name)
    return rules.filled(call, role)


def accept(interest: Interest, by: User) -> Partnership:
    """Accept an answer: with the first one talks begin, with a further one its body joins them."""
    lock(interest)
    call = interest.call
    if not rules.may_accept(by, interest):
        raise _not_so(interest, by)
    if (why := rules.filled(call, interest.role)) is not None:
        raise NotPossible(why, instead(by, interest))
    partnership = call.partnership
    if call.stage == Stage.IN_TALKS and partnership is not None:
        was = kept(partnership)
        verb = "joined"
    else:
        partnership, was, verb = _begin_talks(call, by), {}, "talks begun"
    party = Party(body=interest.body, role=interest.role)
    partnership.parties.append(party)
    accepted_by_nobody(partnership)
    _add_country(partnership, interest.body)
    interest.partnership_id = partnership.id
    with once():
        log(by, verb, partnership, was, body=interest.body_id)
        decide(interest, InterestStatus.ACCEPTED, by, "accepted")
    tell(interest.body.holders, "interest accepted", call, address(partnership), by=by)
    if verb == "joined":
        others = [user for each in partnership.parties if each is not party for user in each.body.holders]
        tell(others, "party joined", partnership, address(partnership), by=by, body=interest.body.name)
    return partnership


def _begin_talks(call: Call, by: User) -> Partnership:
    """The partnership that may come of a call, so far with the body that called."""
    if not rules.may(by, "talk", call):
        raise refusal("talk", call, by)
    if lacks := rules.lacking("talk", call):
        raise NotPossible(" ".join(map(str, lacks)), instead(by, call))
    assert call.party is not None  # as `lacking` has just said
    carried = {"title", "summary", "language", "sdg", "sector"}
    first = {name: value for name, value in call.snapshot().items() if name in carried}
    days = {"starts_on": call.starts_on, "ends_on": call.ends_on}
    partnership = Partnership(stage=Stage.IN_TALKS, body=call.party, author=by, demo=call.demo, **days)
    partnership.modality = call.modality or "south-south"
    partnership.parties = [Party(body=call.party, role=call.own_role)]
    with once():
        db.session.add(partnership)
        call.partnerships.append(partnership)
        content.revise(partnership, first, by)
    _add_country(partnership, call.party)
    step("talk", call, by)
    return partnership


def _add_country(partnership: Partnership, body: Body) -> None:
    """A partnership is found by the countries of its parties."""
    if body.country is not None:
        partnership.set_codes("country", [*partnership.codes("country"), body.country])


def decline(interest: Interest, by: User, reason: str) -> None:
    """Say no to an answer, and why; those who gave it are told."""
    lock(interest)
    if not rules.may_decline(by, interest):
        raise _not_so(interest, by)
    reason = said(reason)
    decide(interest, InterestStatus.DECLINED, by, "declined", reason)
    tell(interest.body.holders, "interest declined", interest.call, address(interest), by=by, reasons=reason)


def withdraw(interest: Interest, by: User, reason: str = "") -> None:
    """Take one's answer back before it is decided."""
    lock(interest)
    if not rules.may_withdraw_interest(by, interest):
        raise _not_so(interest, by)
    decide(interest, InterestStatus.WITHDRAWN, by, "withdrawn", reason.strip())
    body = interest.body.name
    tell(
        caller_side(interest.call),
        "interest withdrawn",
        interest.call,
        address(interest),
        by=by,
        body=body,
        reasons=reason.strip(),
    )


def _not_so(interest: Interest, by: User) -> NotPossible:
    if interest.status != InterestStatus.WAITING:
        return NotPossible(rules.DECIDED[interest.status], instead(by, interest))
    lacks = rules.a_body(interest.call)
    mine = lacks is not None and rules.calls(by, interest)
    return NotPossible(lacks if lacks is not None and mine else NOT_YOURS, instead(by, interest))


# The stages.


def take(verb: str, call: Call, by: User, reason: str = "", deadline: date | None = None) -> None:
    """Take a step that people choose: begin, complete, close, end_talks, renegotiate, reopen (until `deadline`)."""
    lock(call)
    reason, partnership = reason.strip(), call.partnership
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
    _in_time(deadline)
    call.deadline = deadline
    step("reopen", call, by, deadline=deadline.isoformat() if deadline else None)
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
    tell(caller_side(call), "call expired", call)


def call_moved(call: Call, by: User | None) -> None:
    """A call that the public can no longer answer has no answers that wait.

    A partnership that has come of it is its parties' own, and goes on: what left the site is only the call.
    """
    if call.status in {Status.WITHDRAWN, Status.ARCHIVED}:
        end_interests(call, by, rules.GONE)


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
    was, text = kept(partnership), text.strip()
    if milestone is not None and progress is not None:
        milestone.progress = progress
    told = Report(body=party.body, author=by, milestone=milestone, progress=progress, text=text)
    partnership.reports.append(told)
    log(by, "reported", partnership, was, body=party.body_id)
    tell_sides(partnership, "reported", by, party.body, text=text)
    return told


def _cannot_report(milestone_id: int | None, milestone: Milestone | None, progress: int | None, text: str) -> Any:
    if milestone_id is not None and milestone is None:
        return _("This milestone is no longer among the terms. Please look again.")
    if progress is not None and (milestone is None or not 0 <= progress <= 100):
        return _("How far a milestone has come is a number from 0 to 100.")
    if progress is None and not text.strip():
        return _("Please say how far the work has come.")
    if len(text) > TEXT_MAX:
        return _("This is longer than %(limit)d characters.", limit=TEXT_MAX)
    return None
