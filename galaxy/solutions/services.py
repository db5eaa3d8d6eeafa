"""What may be done with solutions and adaptations besides what every entry knows."""

from typing import Any

from galaxy.accounts.models import User
from galaxy.content import services as content
from galaxy.content.models import Entry, Relation
from galaxy.solutions.models import Adaptation, Solution


def adapt(
    solution: Solution, said: dict[str, Any], by: User, agreed: bool = False, origin: Entry | None = None
) -> Adaptation:
    """Begin to tell that a solution was used elsewhere; `origin` is what else it is born from."""
    adaptation = content.begin(Adaptation(), said, by, agreed, origin if origin is not solution else None)
    content.link(adaptation, Relation.ADAPTS, solution)
    return adaptation
