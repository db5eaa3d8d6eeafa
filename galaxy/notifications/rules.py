"""Who may read which news, and who may write to whom."""

from typing import Any

from galaxy.content.models import Entry
from galaxy.notifications.models import Message, Notification


def may_see(user: Any, notification: Notification) -> bool:
    """News is its reader's alone."""
    return user.id is not None and notification.user_id == user.id


def on_our_side(user: Any, message: Message) -> bool:
    """Whether this person answers for those the conversation was begun with; admins do for a body without people."""
    if message.body is not None:
        return bool(user.acts_for(message.body)) or (bool(user.is_admin) and not message.body.holders)
    return user.id is not None and message.recipient_id == user.id


def may_read(user: Any, message: Message) -> bool:
    """A conversation is its two sides' alone."""
    first = message.answers or message
    return user.id is not None and (first.sender_id == user.id or on_our_side(user, first))


def may_write(user: Any, entry: Entry) -> bool:
    """Members may write to those behind an entry they can read, not to themselves."""
    if not user.is_authenticated or user.confirmed_at is None or not entry.is_visible:
        return False
    if entry.spoken_for_by is not None:
        return not user.acts_for(entry.spoken_for_by)
    return entry.author is not None and entry.author.active and entry.author_id != user.id
