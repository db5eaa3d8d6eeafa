"""What readers call the stages of a call, what each one means, and how long it still takes answers."""

from datetime import timedelta
from typing import Any

from galaxy.core.i18n import _, format_date, lazy, ngettext
from galaxy.partnerships.models import LISTENING, Call, Stage, today

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
