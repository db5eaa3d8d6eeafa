"""What may be done with solutions and adaptations besides what every entry knows."""

from typing import Any

from galaxy.accounts.models import Body, User
from galaxy.accounts.services import record
from galaxy.content import services as content
from galaxy.content.models import Relation
from galaxy.core.db import now
from galaxy.moderation import services as moderation
from galaxy.solutions.models import Adaptation, Solution


def share(said: dict[str, Any], by: User, agreed: bool = False) -> Solution:
    """Begin a solution, in the name of the body its author acts for, if any."""
    solution = Solution(author=by, body=next(iter(by.bodies), None))
    content.revise(solution, said, by)
    if agreed:
        content.consent(solution, by)
    return solution


def adapt(solution: Solution, said: dict[str, Any], by: User, agreed: bool = False) -> Adaptation:
    """Begin to tell that a solution was used elsewhere."""
    adaptation = Adaptation(author=by, body=next(iter(by.bodies), None))
    content.revise(adaptation, said, by)
    content.link(adaptation, Relation.ADAPTS, solution)
    if agreed:
        content.consent(adaptation, by)
    return adaptation


def agree(entry: Solution | Adaptation, agreed: bool, by: User) -> None:
    """Note whether its owner agrees to publish it under the licence it names now."""
    if agreed:
        content.consent(entry, by)
    elif entry.consented_at is not None and not entry.is_visible:
        entry.consented_at = None
        record(by, "took consent back", entry)


def give_to(entry: Solution | Adaptation, body: Body | None, by: User) -> None:
    """Share it in the name of this body, or of its author alone."""
    if entry.body is not body:
        before, entry.body = entry.body, body
        names = ({"body": before.name} if before else None, {"body": body.name} if body else None)
        record(by, "given", entry, before=names[0], after=names[1])


def submit(entry: Solution | Adaptation, by: User) -> None:
    """Ask the admins to read it: the whole, or the new version of what is published."""
    moderation.submit(entry, by, entry.waiting)
    entry.updated_at = now()
