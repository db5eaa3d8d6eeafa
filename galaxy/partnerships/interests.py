"""Bodies answer a call: their interest is accepted, declined or taken back; the first that is accepted begins talks."""

from typing import Any

from galaxy.accounts.models import Body, User
from galaxy.content import services as content
from galaxy.content.models import Status
from galaxy.core.db import db, now
from galaxy.core.i18n import _
from galaxy.moderation import clock
from galaxy.moderation.clock_rules import acting
from galaxy.moderation.models import WaitKind
from galaxy.notifications.services import tell
from galaxy.partnerships import rules
from galaxy.partnerships.acts import (
    NOT_YOURS,
    NotPossible,
    accepted_by_nobody,
    address,
    bounded,
    caller_side,
    decide,
    instead,
    kept,
    lock,
    log,
    once,
    refusal,
    said,
    sentences,
    step,
)
from galaxy.partnerships.models import LISTENING, Call, Interest, InterestStatus, Partnership, Party, Role, Stage


def express(call: Call, body: Body, role: Role, message: str, by: User) -> Interest:
    """Answer a call in the name of a body, in the role it would have."""
    lock(call)
    message = said(message, _("Please write a few words to those who call."))
    if why := _why_not(call, body, role, by):
        raise NotPossible(why, instead(by, call))
    interest = Interest(call=call, body=body, by=by, role=role, message=message)
    interest.status = InterestStatus.WAITING
    with once():
        db.session.add(interest)
    log(by, "interested", interest, {}, call=call.id)
    tell(caller_side(call), "interest", call, address(interest), by=by, body=body.name, text=message)
    _await(interest, by)
    return interest


def _await(interest: Interest, by: User) -> None:
    """The request has its first answer, and that one waits for the caller's."""
    call = interest.call
    clock.answered(WaitKind.REQUEST, call.id, by)
    clock.begin(
        WaitKind.INTEREST,
        interest.id,
        entry=call,
        body=call.party,
        recipient=None if call.party else call.author,
        asker=by,
        asker_body=interest.body,
        address=address(interest),
    )
    if call.party is not None and not acting(call.party):
        call.alone_at = call.alone_at or now()  # of which the clock has just told the admins


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
        raise NotPossible(sentences(lacks), instead(by, call))
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
    reason = bounded(reason.strip())
    decide(interest, InterestStatus.WITHDRAWN, by, "withdrawn", reason)
    body = interest.body.name
    tell(
        caller_side(interest.call),
        "interest withdrawn",
        interest.call,
        address(interest),
        by=by,
        body=body,
        reasons=reason,
    )


def _not_so(interest: Interest, by: User) -> NotPossible:
    if interest.status != InterestStatus.WAITING:
        return NotPossible(rules.DECIDED[interest.status], instead(by, interest))
    lacks = rules.a_body(interest.call)
    mine = lacks is not None and rules.calls(by, interest)
    return NotPossible(lacks if lacks is not None and mine else NOT_YOURS, instead(by, interest))
