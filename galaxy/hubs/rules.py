"""Who may open a hub and change it: admins alone, whoever opened it."""

from typing import Any

from galaxy.content.models import Entry, Status
from galaxy.core.access import admins
from galaxy.hubs.models import Hub

may_open = admins


def may_run(user: Any, hub: Entry) -> bool:
    """Admins; a hub has no owner, so that it stays in good hands when people change."""
    return isinstance(hub, Hub) and bool(user.is_admin)


def may_discard(user: Any, hub: Hub) -> bool:
    """Admins, while the public has never seen it."""
    return may_run(user, hub) and hub.status == Status.DRAFT and hub.published_at is None
