"""What the pages of talks call steps, roles and sides, and what each step means before it is taken."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from galaxy.accounts.models import Body
from galaxy.core.i18n import _, format_decimal, lazy, ngettext
from galaxy.partnerships.models import InterestStatus, Party


@dataclass(frozen=True, slots=True)
class StepWords:
    """A step as people read it: its button, what happens then, what is said afterwards; `asks` for a reason, or may."""

    button: Any
    means: Any
    done: Any
    asks: str = ""  # "must", "may", or nothing
    kind: str = "primary"


STEPS: dict[str, StepWords] = {
    "begin": StepWords(
        lazy("Begin the work"),
        lazy("The partnership is then under way. Each party can report on it, milestone by milestone."),
        lazy("The work is under way."),
    ),
    "complete": StepWords(
        lazy("Say that the work is done"),
        lazy("The partnership is then completed. It can be told as a solution, so that others learn from it."),
        lazy("Completed. Thank you for seeing it through."),
    ),
    "renegotiate": StepWords(
        lazy("Talk about the terms again"),
        lazy("The terms can then be changed, and every party has to accept them anew. What was reported stays."),
        lazy("You are in talks again. The terms can be changed."),
        "must",
        "quiet",
    ),
    "end_talks": StepWords(
        lazy("End the talks"),
        lazy("The partnership is then not made, for any of its parties. The call is open again to everybody."),
        lazy("The talks have ended."),
        "must",
        "danger",
    ),
    "close": StepWords(
        lazy("Close it"),
        lazy("It then takes no more answers, and a partnership on it ends before its work is done. All are told why."),
        lazy("Closed."),
        "must",
        "danger",
    ),
    "reopen": StepWords(
        lazy("Open it again"),
        lazy("It then takes answers again."),
        lazy("Open again. Others can answer it."),
        "may",
    ),
    "leave": StepWords(
        lazy("Leave the talks"),
        lazy("Your body is then no longer a party. Where only one party is left, the talks end."),
        lazy("Your body is no longer a party."),
        "must",
        "danger",
    ),
    "accept": StepWords(
        lazy("Accept the answer"),
        lazy("If you accept, you write the terms together. Nothing binds anybody before every party accepts them."),
        lazy("Accepted. You are now in talks: write together what each of you does and gives."),
    ),
    "decline": StepWords(
        lazy("Decline with a reason"),
        lazy("They are told your reason, and may answer another call."),
        lazy("Declined. They are told why."),
        "must",
        "danger",
    ),
    "withdraw": StepWords(
        lazy("Withdraw the answer"),
        lazy("Those who called are told. You may answer again while the call is open."),
        lazy("Withdrawn."),
        "may",
        "danger",
    ),
    "agree": StepWords(lazy("Accept the terms"), lazy("Once every party accepts, you have agreed."), ""),
    "talk": StepWords(lazy("Accept an answer"), lazy("You are then in talks."), ""),
}

INSTEAD: dict[str, Any] = {verb: words.button for verb, words in STEPS.items()} | {
    "write": lazy("Write to the others"),
    "set_terms": lazy("Change the terms"),
    "accept_terms": lazy("Accept the terms"),
    "report": lazy("Report how far you are"),
}
"""What may be done in place of what cannot."""

STANDS: dict[str, Any] = {
    InterestStatus.WAITING: lazy("Waits for an answer"),
    InterestStatus.ACCEPTED: lazy("Accepted"),
    InterestStatus.DECLINED: lazy("Declined"),
    InterestStatus.WITHDRAWN: lazy("Withdrawn"),
    InterestStatus.ENDED: lazy("Ended with the call"),
}

LOOKS: dict[str, str] = {
    InterestStatus.WAITING: "submitted",
    InterestStatus.ACCEPTED: "published",
    InterestStatus.DECLINED: "declined",
}
"""The colour of where an interest stands: that of the status of an entry that is like it."""


def interest_stands(status: str) -> str:
    """Where an answer to a call stands, in the reader's words."""
    return str(STANDS[status])


def named(bodies: Iterable[Body | None]) -> str:
    """Names of bodies in a row: "Fiji", "Fiji and Niger", "Fiji, Niger and Togo"."""
    names = [body.name if body else str(_("a member")) for body in bodies]
    if len(names) < 2:
        return "".join(names)
    return str(_("%(some)s and %(last)s", some=", ".join(names[:-1]), last=names[-1]))


def acceptances(parties: Iterable[Party], mine: Party | None) -> str:
    """Who has accepted the terms and who has not, as one sentence for this reader."""
    done = [party.body for party in parties if party.accepted_at and party is not mine]
    open_ = [party.body for party in parties if not party.accepted_at and party is not mine]
    if mine is None:
        if not open_:
            return str(_("Every party has accepted the terms."))
        return str(_("%(who)s: the terms are not accepted yet.", who=named(open_)))
    if mine.accepted_at:
        if not open_:
            return str(_("Every party has accepted the terms."))
        return str(_("You have accepted the terms; %(who)s: not yet.", who=named(open_)))
    if done:
        return str(_("%(who)s: accepted. You have not accepted the terms yet.", who=named(done)))
    return str(_("Nobody has accepted the terms yet."))


def gives(party: Party) -> list[str]:
    """What a party gives, each thing in the reader's words."""
    given = []
    if party.money:
        given.append(f"{format_decimal(party.money)} {party.currency}")
    if party.person_days:
        days = format_decimal(party.person_days)
        given.append(str(ngettext("one person-day", "%(days)s person-days", party.person_days, days=days)))
    return [*given, *([party.in_kind] if party.in_kind else [])]
