"""Who may share, submit, preview and adapt a solution."""

from typing import Any

from galaxy.content.models import Entry, Status
from galaxy.content.rules import may_edit, owns
from galaxy.core.access import signed_in

KINDS = frozenset({"solutions", "adaptations"})

may_share = signed_in


def may_submit(user: Any, entry: Entry) -> bool:
    """Whoever may edit it, where there is something an admin has not seen yet."""
    return may_edit(user, entry) and (not entry.is_visible or entry.waiting is not None)


def may_write(user: Any, entry: Entry) -> bool:
    """Whoever may edit it, where it is of this room."""
    return entry.kind in KINDS and may_edit(user, entry)


def may_delete(user: Any, entry: Entry) -> bool:
    """Its owners, while it is a draft that nobody else has ever been shown."""
    unseen = entry.status == Status.DRAFT and entry.submitted_at is None and entry.published_at is None
    return entry.kind in KINDS and unseen and owns(user, entry)


def may_adapt(user: Any, entry: Entry) -> bool:
    """Anyone signed in may tell that something published was used elsewhere."""
    return bool(user.is_authenticated) and entry.status == Status.PUBLISHED
