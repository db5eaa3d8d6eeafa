"""The pages of the clock: acknowledge, pause and resume; for admins also its days, what is late and the medians."""

from typing import Any

from flask import Flask

from galaxy.moderation import clock
from galaxy.moderation.models import WaitKind
from galaxy.notifications.models import Message
from galaxy.notifications.services import message_sent, path


def follow_message(message: Message, **_more: Any) -> None:
    """Who began a conversation waits from their message on, until somebody of the other side has answered."""
    first = message.answers or message
    if message.sender_id != first.sender_id:
        clock.answered(WaitKind.MESSAGE, first.id, message.sender)
        return
    clock.begin(
        WaitKind.MESSAGE,
        first.id,
        entry=first.entry,
        body=first.body,
        recipient=first.recipient,
        asker=first.sender,
        address=path("notifications.conversation", id=first.id),
    )


def init_app(_app: Flask) -> None:
    """Let messages start and stop the clock."""
    message_sent.connect(follow_message)
