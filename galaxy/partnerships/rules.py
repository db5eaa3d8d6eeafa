"""The one table of stages a call and its partnership pass through, and who may do what with them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString

from galaxy.content.models import Entry, Status
from galaxy.content.rules import may_edit, may_manage, owns
from galaxy.core.access import public, signed_in
from galaxy.core.i18n import N_, lazy
from galaxy.moderation.rules import may_endorse
from galaxy.partnerships.models import (
    LISTENING,
    LIVE,
    Call,
    Interest,
    InterestStatus,
    Match,
    Partnership,
    Party,
    PostFile,
    Role,
    Stage,
    today,
)

Who = Callable[[Any, Call], bool]
Need = Callable[[Call], LazyString | None]
"""What is lacking for a step, as a whole sentence; none where nothing is."""

TRIANGLE = frozenset(Role)


# Who may take a step.


def caller(user: Any, call: Call) -> bool:
    """Who acts for the body that called, or for the one that endorsed a member's call."""
    return bool(user.is_authenticated) and bool(user.acts_for(call.party))


def a_party(user: Any, call: Call) -> bool:
    """Who acts for a party of what has come of it."""
    found = call.partnership
    return found is not None and any(user.acts_for(party.body) for party in found.parties)


def its_side(user: Any, call: Call) -> bool:
    """Who answers for a call: a member's own is theirs until it is endorsed."""
    return bool(user.is_authenticated) and (caller(user, call) or owns(user, call))


def party_or_admin(user: Any, call: Call) -> bool:
    """Who may take any step with a call or what has come of it."""
    return bool(user.is_admin) or its_side(user, call) or a_party(user, call)


def galaxy_itself(user: Any, call: Call) -> bool:
    """No person: the clock does it."""
    return user is None


# What a step needs.


def published(call: Call) -> LazyString | None:
    gone = call.status != Status.PUBLISHED
    return lazy("It is not published at present. It must be published again first.") if gone else None


def published_if_open(call: Call) -> LazyString | None:
    """What nobody can answer yet has no need of being closed; a partnership may be, whatever became of its call."""
    return published(call) if call.stage == Stage.OPEN else None


def a_body(call: Call) -> LazyString | None:
    if call.party is None:
        return lazy("A member posted this. A focal point of the country must endorse it before talks can begin.")
    return None


def time_left(call: Call) -> LazyString | None:
    """A last day lasts as long as it does where its body is."""
    late = call.deadline is not None and call.deadline < today(call.party)
    return lazy("The last day for answers has passed. Choose a later day, or none.") if late else None


def its_deadline_passed(call: Call) -> LazyString | None:
    return None if time_left(call) else lazy("The last day for answers has not passed yet.")


def two_parties(call: Call) -> LazyString | None:
    few = call.partnership is None or len(call.partnership.parties) < 2
    return lazy("A partnership needs two parties at least.") if few else None


def roles_filled(call: Call) -> LazyString | None:
    """Triangular co-operation has a provider, a recipient and a facilitator."""
    found = call.partnership
    if found is None or found.modality != "triangular" or {party.role for party in found.parties} == TRIANGLE:
        return None
    return lazy(
        "Triangular cooperation needs three roles, each filled by a body: a provider, a recipient and a facilitator."
    )


def terms_said(call: Call) -> LazyString | None:
    """Who gives what, from when to when."""
    found = call.partnership
    if found is None or found.starts_on is None or found.ends_on is None:
        return lazy("The terms must say from when to when you work together.")
    if not any(party.money or party.person_days or party.in_kind for party in found.parties):
        return lazy("The terms must say what at least one party gives.")
    return None


def all_accepted(call: Call) -> LazyString | None:
    found = call.partnership
    waits = found is None or any(party.accepted_at is None for party in found.parties)
    return lazy("Every party must accept the terms first.") if waits else None


def results_said(call: Call) -> LazyString | None:
    found = call.partnership
    said = found is not None and found.said
    if not said or not (said["results"] or said["outcomes"]):
        return lazy("Say first what came of it: in words, or as a number with its source.")
    return None


@dataclass(frozen=True, slots=True)
class Step:
    """From some stages to one, by those who may, once nothing is lacking; `done` is its verb in the activity log."""

    sources: frozenset[Stage]
    target: Stage
    who: Who
    done: str
    needs: tuple[Need, ...] = ()


def step(sources: str, target: Stage, who: Who, done: str, *needs: Need) -> Step:
    return Step(frozenset(map(Stage, sources.split(", "))), target, who, done, needs)


# Where talks end, the call is open again and the partnership that was not made is closed.
STEPS: dict[str, Step] = {
    "talk": step("open", Stage.IN_TALKS, caller, "talks begun", published, a_body),
    "end_talks": step("in talks", Stage.OPEN, party_or_admin, "talks ended"),
    "agree": step("in talks", Stage.AGREED, a_party, "agreed", two_parties, roles_filled, terms_said, all_accepted),
    "renegotiate": step("agreed, under way", Stage.IN_TALKS, a_party, "talks reopened"),
    "begin": step("agreed", Stage.UNDER_WAY, a_party, "begun"),
    "complete": step("under way", Stage.COMPLETED, a_party, "completed", results_said),
    "close": step("open, agreed, under way", Stage.CLOSED, party_or_admin, "closed", published_if_open),
    "expire": step("open", Stage.EXPIRED, galaxy_itself, "expired", published, its_deadline_passed),
    "reopen": step("closed, expired", Stage.OPEN, its_side, "reopened", published, time_left),
}


# What is said of a step that the stage does not allow.
NOT_WHILE: dict[Stage, LazyString] = {
    Stage.OPEN: lazy("This is not possible while no talks have begun."),
    Stage.IN_TALKS: lazy("This is not possible while talks go on."),
    Stage.AGREED: lazy("This is not possible now: the parties have agreed on their terms."),
    Stage.UNDER_WAY: lazy("This is not possible now: the work is under way."),
    Stage.COMPLETED: lazy("This is not possible any more: the partnership is completed."),
    Stage.CLOSED: lazy("This is not possible any more: it is closed."),
    Stage.EXPIRED: lazy("This is not possible any more: the last day for answers has passed."),
}
DECIDED: dict[InterestStatus, LazyString] = {
    InterestStatus.ACCEPTED: lazy("This is not possible any more: the answer has been accepted."),
    InterestStatus.DECLINED: lazy("This is not possible any more: the answer has been declined."),
    InterestStatus.WITHDRAWN: lazy("This is not possible any more: the answer has been withdrawn."),
    InterestStatus.ENDED: lazy("This is not possible any more: the call takes no more answers."),
}
# Why an interest has ended, where nobody said why.
AGREED = N_("The parties agreed with others.")
PASSED = N_("The last day for answers has passed.")
GONE = N_("The call has left the site.")


def may(user: Any, verb: str, call: Call) -> bool:
    """Whether a person may take a step now, were nothing lacking."""
    taken = STEPS[verb]
    return call.stage in taken.sources and taken.who(user, call)


def lacking(verb: str, call: Call) -> list[LazyString]:
    """What is lacking for a step, each as a sentence."""
    return [said for need in STEPS[verb].needs if (said := need(call)) is not None]


def lacking_before_acceptance(call: Call) -> list[LazyString]:
    """What the terms lack before anybody can accept them."""
    return [said for need in STEPS["agree"].needs if need is not all_accepted and (said := need(call)) is not None]


def possible(user: Any, call: Call) -> list[str]:
    """Every step this person may take now; `talk` and `agree` come of accepting an interest and the terms."""
    return [verb for verb in STEPS if may(user, verb, call)]


def choosable(user: Any, call: Call) -> list[str]:
    """The same without those that come of something else."""
    return [verb for verb in possible(user, call) if verb not in {"talk", "agree"}]


# Calls.

may_call = signed_in


@public
def may_see(user: Any, call: Call) -> bool:
    """What is published is everybody's; the rest its owners', the admins' and the body's that endorsed it."""
    return call.is_visible or may_manage(user, call) or caller(user, call)


def may_rewrite(user: Any, call: Call) -> bool:
    """Whoever may edit it; also once it is agreed, to be told why it stays as it is."""
    return may_edit(user, call) or (call.is_settled and may_manage(user, call))


def may_endorse_it(user: Any, call: Call) -> bool:
    """A focal point of the country, where the call is not its own already."""
    return may_endorse(user, call) and not owns(user, call)


def may_answer(user: Any, call: Call) -> bool:
    """Who acts for another body than the one that calls, while the call is open or in talks."""
    listening = call.status == Status.PUBLISHED and call.stage in LISTENING
    others = [body for body in (user.bodies if user.is_authenticated else []) if body != call.party]
    return listening and bool(others) and not owns(user, call)


# Roles: each is filled by one body, except within a region, where several may provide or receive.


def filled_twice(roles: Iterable[Role], modality: str | None) -> bool:
    held = list(roles)
    return modality != "regional" and len(set(held)) < len(held)


def filled(call: Call, role: Role) -> LazyString | None:
    """Why a body cannot have this role too."""
    found = call.partnership
    held = [party.role for party in found.parties] if found else [call.own_role]
    if filled_twice([*held, role], found.modality if found else call.modality) and role in held:
        return TAKEN[role]
    return None


TAKEN: dict[Role, LazyString] = {
    Role.PROVIDER: lazy("Another body is the provider already. Please choose another role."),
    Role.RECIPIENT: lazy("Another body is the recipient already. Please choose another role."),
    Role.FACILITATOR: lazy("Another body is the facilitator already. Please choose another role."),
}


# Interests, each a private matter of two sides.


def calls(user: Any, interest: Interest) -> bool:
    """Whether this person answers for the side that called: a member's own call is theirs until it is endorsed."""
    return its_side(user, interest.call)


def interested(user: Any, interest: Interest) -> bool:
    return bool(user.is_authenticated) and bool(user.acts_for(interest.body))


def takes_part(user: Any, interest: Interest) -> bool:
    """Who answers for either side of an interest."""
    return calls(user, interest) or interested(user, interest)


def invited(user: Any, thread: Interest | Partnership) -> bool:
    """Admins read a private thread once its parties have asked them in."""
    return bool(user.is_admin) and thread.admins_invited_at is not None


def may_see_interest(user: Any, interest: Interest) -> bool:
    return takes_part(user, interest) or invited(user, interest)


def may_accept(user: Any, interest: Interest) -> bool:
    return interest.status == InterestStatus.WAITING and caller(user, interest.call)


def may_decline(user: Any, interest: Interest) -> bool:
    return interest.status == InterestStatus.WAITING and calls(user, interest)


def may_withdraw_interest(user: Any, interest: Interest) -> bool:
    return interest.status == InterestStatus.WAITING and interested(user, interest)


def may_write_about(user: Any, interest: Interest) -> bool:
    """Both sides, and admins they have asked in, while it waits or is accepted."""
    return interest.is_open and may_see_interest(user, interest)


def possible_with_interest(user: Any, interest: Interest) -> list[str]:
    """Every act this person may do now with an expression of interest."""
    acts = {
        "accept": may_accept,
        "decline": may_decline,
        "withdraw": may_withdraw_interest,
        "write": may_write_about,
    }
    return [verb for verb, rule in acts.items() if rule(user, interest)]


# Partnerships: what is public is an entry's; the rest is the parties'.


def is_party(user: Any, partnership: Partnership) -> bool:
    return bool(user.is_authenticated) and any(user.acts_for(party.body) for party in partnership.parties)


def may_see_inside(user: Any, partnership: Partnership) -> bool:
    """Terms, thread, notes and agreement: the parties, and admins they have asked in."""
    return is_party(user, partnership) or invited(user, partnership)


@public
def may_see_agreed(user: Any, partnership: Partnership) -> bool:
    """Period, milestones, and gifts where they are public: others read them once all have agreed and told of it.

    An admin sees them with what was submitted. While terms are negotiated again they are the parties' alone.
    """
    told = partnership.is_visible or (bool(user.is_admin) and partnership.submitted_at is not None)
    return may_see_inside(user, partnership) or (told and partnership.is_agreed)


def may_change_terms(user: Any, partnership: Partnership) -> bool:
    return partnership.stage == Stage.IN_TALKS and is_party(user, partnership)


def may_report(user: Any, partnership: Partnership) -> bool:
    return partnership.stage in {Stage.AGREED, Stage.UNDER_WAY} and is_party(user, partnership)


def may_post(user: Any, partnership: Partnership) -> bool:
    return (partnership.stage in LIVE or partnership.stage == Stage.COMPLETED) and may_see_inside(user, partnership)


def may_accept_terms(user: Any, partnership: Partnership) -> bool:
    """Who acts for a party that has not accepted the terms as they stand."""
    open_to = [party for party in partnership.parties if party.accepted_at is None and user.acts_for(party.body)]
    return partnership.stage == Stage.IN_TALKS and bool(open_to)


def may_leave(user: Any, partnership: Partnership) -> bool:
    """A party in talks, but not the one that called."""
    others = [party.body for party in partnership.parties if party.body != partnership.call.party]
    return partnership.stage == Stage.IN_TALKS and any(user.acts_for(body) for body in others)


def possible_with_partnership(user: Any, partnership: Partnership) -> list[str]:
    """Every act this person may do now within a partnership, beside the steps of its stage."""
    acts = {
        "set_terms": may_change_terms,
        "accept_terms": may_accept_terms,
        "leave": may_leave,
        "report": may_report,
        "write": may_post,
    }
    return [verb for verb, rule in acts.items() if rule(user, partnership)]


def may_open_file(user: Any, file: PostFile) -> bool:
    thread = file.post.thread
    return may_see_interest(user, thread) if isinstance(thread, Interest) else may_see_inside(user, thread)


def may_retell(user: Any, entry: Entry) -> bool:
    """A completed partnership can be told as a solution or an adaptation by its parties."""
    return isinstance(entry, Partnership) and entry.stage == Stage.COMPLETED and is_party(user, entry)


def party_of(user: Any, partnership: Partnership) -> Party | None:
    """The party this person acts for; of several, the first."""
    return next((party for party in partnership.parties if user.acts_for(party.body)), None)


# Matches.


def may_set_aside(user: Any, match: Match) -> bool:
    """Both sides and admins say that a match does not fit, and see what was set aside and why."""
    if not user.is_authenticated:
        return False
    return party_or_admin(user, match.call) or owns(user, match.entry)


# The pages of talks. Where something is no longer possible, who takes part is told so: the pages stay open to them.


def may_ask_to_answer(user: Any, call: Call) -> bool:
    """Anyone signed in who sees a call; the page says what they need to answer it."""
    return bool(user.is_authenticated) and may_see(user, call)


@public
def may_see_partnership(user: Any, partnership: Partnership) -> bool:
    """What is published is everybody's; its parties and admins see before that at which stage it is."""
    return partnership.is_visible or is_party(user, partnership) or bool(user.is_admin)


def may_keep_agreement(user: Any, partnership: Partnership) -> bool:
    """The parties keep the agreement they signed, also afterwards."""
    return partnership.stage != Stage.CLOSED and is_party(user, partnership)


def may_open_agreement(user: Any, partnership: Partnership) -> bool:
    return partnership.agreement_id is not None and may_see_inside(user, partnership)
