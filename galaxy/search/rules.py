"""Who may see and change a saved search."""

from typing import Any

from galaxy.search.models import SavedSearch


def may_use(user: Any, saved: SavedSearch) -> bool:
    """A saved search is its owner's alone: it tells what they look for."""
    return user.id is not None and saved.user_id == user.id
