"""What may be done with solutions and adaptations besides what every entry knows."""

from typing import Any

from galaxy.accounts.models import User
from galaxy.content import services as content
from galaxy.content.models import Relation
from galaxy.solutions.models import Adaptation, Solution


def adapt(solution: Solution, said: dict[str, Any], by: User, agreed: bool = False) -> Adaptation:
    """Begin to tell that a solution was used elsewhere."""
    adaptation = content.begin(Adaptation(), said, by, agreed)
    content.link(adaptation, Relation.ADAPTS, solution)
    return adaptation
