"""What readers call stages, steps and sides, what each one means, and how long a call still takes answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from galaxy.accounts.models import Body
from galaxy.core.i18n import _, format_date, lazy, ngettext
from galaxy.partnerships.models import LISTENING, Call, InterestStatus, Party, Stage, today

SOON = timedelta(days=14)  # a last day within it is told in days, and by a colour

STAGES: dict[str, Any] = {
    Stage.OPEN: lazy("Open"),
    Stage.IN_TALKS: lazy("In talks"),
    Stage.AGREED: lazy("Agreed"),
    Stage.UNDER_WAY: lazy("Under way"),
    Stage.COMPLETED: lazy("Completed"),
    Stage.CLOSED: lazy("Closed"),
    Stage.EXPIRED: lazy("Expired"),
}
MEANINGS: dict[str, Any] = {
    Stage.OPEN: lazy("Anyone who acts for a body may answer it."),
    Stage.IN_TALKS: lazy("It has been answered, and both sides talk about it. Others may still answer."),
    Stage.AGREED: lazy("The parties have agreed who gives what. Their work is about to begin."),
    Stage.UNDER_WAY: lazy("The parties are working together."),
    Stage.COMPLETED: lazy("The work is done."),
    Stage.CLOSED: lazy("It takes no more answers."),
    Stage.EXPIRED: lazy("Its last day for answers has passed, and no partnership came of it."),
}


def stage_name(stage: str) -> str:
    """How far a call has come, in the reader's words."""
    return str(STAGES[stage])


def stage_meaning(stage: str) -> str:
    """What a stage means for a reader, as a sentence."""
    return str(MEANINGS[stage])


def why_settled(call: Call) -> str:
    """Why what a call says can no longer be changed, and what one does instead."""
    if call.stage == Stage.COMPLETED:
        return str(_("The work is done, so the call stays as it was agreed. Tell what came of it in the partnership."))
    return str(
        _("The parties have agreed to this call, so it stays as it is. Change the terms of the partnership instead.")
    )


def period(call: Call) -> str:
    """From when to when the work is to last; empty where nothing is said."""
    begins, ends = (format_date(day, "long") if day else "" for day in (call.starts_on, call.ends_on))
    if begins and ends:
        return str(_("From %(start)s to %(end)s", start=begins, end=ends))
    if begins:
        return str(_("From %(start)s on", start=begins))
    return str(_("Until %(end)s", end=ends)) if ends else ""


def closes_soon(call: Call) -> bool:
    """Whether it takes answers, but only for some days more."""
    return call.stage in LISTENING and call.deadline is not None and call.deadline - today(call.body) <= SOON


def closes(call: Call) -> str:
    """Until when it takes answers: "Closes in 5 days", "Answers until 3 December 2026"; empty where nothing is set."""
    if call.stage not in LISTENING or call.deadline is None:
        return ""
    days = (call.deadline - today(call.body)).days
    if days < 0:
        return str(_("The last day for answers has passed"))
    if days == 0:
        return str(_("Closes today"))
    if closes_soon(call):
        return str(ngettext("Closes in one day", "Closes in %(num)d days", days))
    return str(_("Answers until %(day)s", day=format_date(call.deadline, "long")))


# The talks.


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
