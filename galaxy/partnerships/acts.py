"""What every act of this room begins and ends with: a lock, a refusal in a whole sentence, the log, people told."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask_babel import LazyString
from sqlalchemy.exc import IntegrityError

from galaxy.accounts.models import Body, User
from galaxy.accounts.services import NotPossible as Refusal
from galaxy.accounts.services import record
from galaxy.content import services as content
from galaxy.content.models import TEXT_MAX
from galaxy.core.db import db, now
from galaxy.core.i18n import _, lazy
from galaxy.moderation import clock
from galaxy.moderation.models import WaitKind
from galaxy.notifications.services import tell
from galaxy.partnerships import rules
from galaxy.partnerships.models import Call, Interest, InterestStatus, Partnership, Party, Stage

Thread = Interest | Partnership

NOT_YOURS = lazy(
    "Only those who act for the institutions concerned may do this. If you did until now, your mandate may have ended."
)
SOMEBODY_WAS_FASTER = lazy("Somebody else did this at the same moment. Please look again.")


class NotPossible(Refusal):
    """An act that cannot be done now: the message says why, `instead` names what is possible."""

    def __init__(self, words: str | LazyString, instead: Iterable[str] = ()) -> None:
        super().__init__(str(words))
        self.instead = list(instead)


class Changed(NotPossible):
    """Somebody has changed it since its reader saw it."""


def lock(thing: Call | Thread) -> None:
    """Let nobody else change a call, or what comes of it, before this transaction ends; everything is read anew."""
    call = thing if isinstance(thing, Call) else thing.call
    db.session.flush()
    db.session.expire_all()
    content.lock(call)


@contextmanager
def once() -> Iterator[None]:
    """The last line of defence: where the database refuses what somebody else has just done, nothing is changed."""
    try:
        yield
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        raise NotPossible(SOMEBODY_WAS_FASTER) from None


def kept(thing: Call | Thread) -> dict[str, Any]:
    """What the log keeps of a thing, enough to tell from its rows alone how it stands."""
    if isinstance(thing, Interest):
        return {"status": thing.status.value, "body": thing.body_id, "role": thing.role.value}
    if isinstance(thing, Call):
        return {"stage": thing.stage.value}
    return {
        "stage": thing.stage.value,
        "parties": {
            str(party.body_id): {"role": party.role.value, "accepted": party.accepted_at is not None}
            for party in thing.parties
        },
        "progress": {str(milestone.id): milestone.progress for milestone in thing.milestones},
    }


def log(by: User | None, verb: str, thing: Call | Thread, was: dict[str, Any], reason: str = "", **more: Any) -> None:
    """Write an act into the log with what it changed; `was` is what was kept of the thing before."""
    db.session.flush()  # gives ids to what is new
    new = kept(thing)
    changed = [name for name in new if was.get(name) != new[name]]
    before = {name: was[name] for name in changed if name in was}
    after = {name: new[name] for name in changed} | more
    record(by, verb, thing, before=before or None, after=after or None, reason=reason)


def step(verb: str, call: Call, by: User | None, reason: str = "", **more: Any) -> None:
    """Take a step of the table with a call and with the partnership that has come of it."""
    if not rules.may(by, verb, call):
        raise refusal(verb, call, by)
    if lacks := rules.lacking(verb, call):
        raise NotPossible(sentences(lacks), instead(by, call))
    taken, partnership, was = rules.STEPS[verb], call.partnership, kept(call)
    call.stage, call.stage_at = taken.target, now()
    log(by, taken.done, call, was, reason, **more)
    if partnership is not None:
        was = kept(partnership)
        # Where the call is open again, what was not made is closed.
        partnership.stage = Stage.CLOSED if taken.target == Stage.OPEN else taken.target
        partnership.stage_at = now()
        if verb == "renegotiate":
            accepted_by_nobody(partnership)
        if verb != "talk":  # the talks of a partnership begin with its parties
            log(by, taken.done, partnership, was, reason)


def refusal(verb: str, call: Call, by: User | None) -> NotPossible:
    """Why a step cannot be taken: the stage does not allow it, or the person may not."""
    fits = call.stage in rules.STEPS[verb].sources
    return NotPossible(NOT_YOURS if fits else rules.NOT_WHILE[call.stage], instead(by, call))


def instead(by: User | None, thing: Call | Thread) -> list[str]:
    """What this person may do now."""
    if by is None:
        return []
    if isinstance(thing, Interest):
        return rules.possible_with_interest(by, thing)
    if isinstance(thing, Partnership):
        return [*rules.possible_with_partnership(by, thing), *rules.choosable(by, thing.call)]
    return rules.choosable(by, thing)


def sentences(words: Iterable[LazyString]) -> str:
    return " ".join(str(each) for each in words)


def accepted_by_nobody(partnership: Partnership) -> None:
    """The terms are other ones now: what was accepted is accepted no longer."""
    for party in partnership.parties:
        party.accepted_at = party.accepted_by = None


def party_for(by: User, partnership: Partnership, waiting: bool = False) -> Party:
    """The party this person acts for; of several, the first, or the first that has not accepted the terms."""
    mine = [party for party in partnership.parties if by.acts_for(party.body)]
    if not mine:
        raise NotPossible(NOT_YOURS, instead(by, partnership))
    return next((party for party in mine if waiting and party.accepted_at is None), mine[0])


# Who is told.


def caller_side(call: Call) -> list[User]:
    """Who answers for a call today: those who act for its body, or the member who posted it."""
    if call.party is not None:
        return call.party.holders
    return [call.author] if call.author else []


def sides(thread: Thread) -> list[User]:
    """Everybody whose private thread it is."""
    if isinstance(thread, Interest):
        return [*caller_side(thread.call), *thread.body.holders]
    return [user for party in thread.parties for user in party.body.holders]


def address(thread: Thread) -> str:
    """Where a private thread is read, without the language."""
    return f"/partnerships/{'interests' if isinstance(thread, Interest) else 'with'}/{thread.ref}"


def tell_sides(
    thread: Thread, verb: str, by: User | None, body: Body | None = None, at: str = "", **facts: str
) -> None:
    """Tell those whose private thread it is, and nobody else; `at` is the page of it that the news leads to."""
    names = {"body": body.name} if body else {}
    entry = thread.call if isinstance(thread, Interest) else thread
    tell(sides(thread), verb, entry, address(thread) + at, by=by, by_mail=True, **names, **facts)


def end_interests(call: Call, by: User | None, why: str, accepted: bool = False) -> None:
    """End the interests that wait, and those that were accepted where asked for; who had waited is told."""
    over = {InterestStatus.WAITING, *([InterestStatus.ACCEPTED] if accepted else [])}
    for interest in [each for each in call.interests if each.status in over]:
        waited = interest.status == InterestStatus.WAITING
        decide(interest, InterestStatus.ENDED, by, "interest ended", why)
        if waited:
            tell(interest.body.holders, "interest ended", call, address(interest), by=by)


def decide(interest: Interest, status: InterestStatus, by: User | None, verb: str, reason: str = "") -> None:
    """Give an interest its new status, and stop its clock. The log does not repeat what the two sides wrote."""
    was = kept(interest)
    interest.status, interest.reason = status, reason
    interest.decided_at, interest.decided_by = now(), by
    log(by, verb, interest, was)
    if status in {InterestStatus.ACCEPTED, InterestStatus.DECLINED}:
        clock.answered(WaitKind.INTEREST, interest.id, by)
    else:
        clock.end(WaitKind.INTEREST, interest.id)


def said(words: str, why: str | None = None) -> str:
    """Words that must not be missing."""
    if not (clean := words.strip()):
        raise NotPossible(why or _("Please say why, in a sentence or two."))
    return bounded(clean)


def bounded(words: str) -> str:
    """Words that are not too long."""
    if len(words) > TEXT_MAX:
        raise NotPossible(_("This is longer than %(limit)d characters.", limit=TEXT_MAX))
    return words
