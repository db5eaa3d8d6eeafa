"""The one table of the clock's steps, and who answers what, may acknowledge it and may pause it."""

import enum
from dataclasses import dataclass
from typing import Any

from galaxy.accounts.models import Body, MandateRole, User
from galaxy.moderation.models import ClockStep, Wait, WaitKind

DAYS_MOST = 250


@dataclass(frozen=True, slots=True)
class Days:
    """Within how many working days something is acknowledged, and answered."""

    acknowledge: int
    answer: int


DAYS: dict[WaitKind, Days] = dict.fromkeys(WaitKind, Days(acknowledge=5, answer=20))
"""Where no admin has said otherwise."""


class Audience(enum.Enum):
    """Whom a step tells."""

    LEADS = enum.auto()  # of the body; where admins answer, the one who took it on, else all
    EVERYBODY = enum.auto()  # who acts for the body; where admins answer, all of them
    ADMINS = enum.auto()


@dataclass(frozen=True, slots=True)
class Rule:
    """When a step is taken, in working days from its deadline, and whom it tells."""

    step: ClockStep
    acknowledging: bool  # from the first of both deadlines; void once it is acknowledged
    days: int
    audience: Audience

    @property
    def before(self) -> bool:
        """Whether it comes before its deadline: afterwards there is no sense in it."""
        return self.days < 0


STEPS = (
    Rule(ClockStep.ACKNOWLEDGE_SOON, True, -1, Audience.LEADS),
    Rule(ClockStep.ACKNOWLEDGE_LATE, True, +1, Audience.EVERYBODY),
    Rule(ClockStep.ANSWER_SOON, False, -3, Audience.LEADS),
    Rule(ClockStep.ANSWER_LATE, False, +1, Audience.EVERYBODY),
    Rule(ClockStep.ESCALATED, False, +3, Audience.ADMINS),
)


def acting(body: Body | None, *roles: MandateRole) -> list[User]:
    """Who acts for a body today in one of these roles, or in any; accounts that are closed do not count."""
    live = [mandate for mandate in (body.mandates if body else []) if mandate.is_live and mandate.user.active]
    return [mandate.user for mandate in live if not roles or mandate.role in roles]


def has_nobody(wait: Wait) -> bool:
    """Whether those who should answer are gone, so that admins must see to it."""
    if wait.before_admins:
        return False
    if wait.body is not None:
        return not acting(wait.body)
    return wait.recipient is None or not wait.recipient.active


def answers(user: Any, wait: Wait) -> bool:
    """Whether this person is to answer; admins are, where nobody else is left."""
    if wait.before_admins or has_nobody(wait):
        return bool(user.is_admin)
    if wait.body_id is not None:
        return bool(user.acts_for(wait.body))
    return user.id is not None and wait.recipient_id == user.id


def may_acknowledge(user: Any, wait: Wait) -> bool:
    """Who is to answer says that they have received it; of a submission it is said by taking it on."""
    return wait.is_open and wait.kind != WaitKind.SUBMISSION and answers(user, wait)


def may_close(user: Any, wait: Wait) -> bool:
    """Not every message wants an answer, and who would give it can say so."""
    return wait.is_open and wait.kind == WaitKind.MESSAGE and answers(user, wait)


def may_pause(user: Any, wait: Wait) -> bool:
    """Who is to answer, and admins; who waits is told why."""
    return wait.is_open and (answers(user, wait) or bool(user.is_admin))
