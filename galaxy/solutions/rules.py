"""Who may share, preview and adapt a solution."""

from typing import Any

from galaxy.content.models import Entry, Status
from galaxy.content.rules import may_manage
from galaxy.core.access import signed_in
from galaxy.solutions.models import Adaptation, Solution

may_share = signed_in


def may_preview(user: Any, entry: Entry) -> bool:
    """Its owners and admins, where it is of this room."""
    return isinstance(entry, Solution | Adaptation) and may_manage(user, entry)


def may_adapt(user: Any, entry: Entry) -> bool:
    """Anyone signed in may tell that something published was used elsewhere."""
    return bool(user.is_authenticated) and entry.status == Status.PUBLISHED
