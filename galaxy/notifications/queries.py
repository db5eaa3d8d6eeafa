"""A reader's news and conversations, each page in a fixed number of statements."""

from collections.abc import Sequence
from typing import Any

from flask import current_app, g
from flask_login import current_user
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from galaxy.accounts.models import Body, Mandate, MandateStatus, User
from galaxy.core.db import db, now
from galaxy.notifications.models import Message, Notification, Silence


def unread_count() -> int:
    """How many pieces of news this reader has not seen; counted once a page."""
    if not current_user.is_authenticated:
        return 0
    if "unread" not in g:
        unread = select(func.count(Notification.id)).where(
            Notification.user_id == current_user.id, Notification.read_at.is_(None)
        )
        g.unread = db.session.scalar(unread) or 0
    return int(g.unread)


def news_of(user: User, page: int) -> tuple[Sequence[Notification], bool]:
    """A page of a reader's news, unread first and then newest first; and whether there is more."""
    size = current_app.config["PAGE_SIZE"]
    rows = (
        select(Notification)
        .where(Notification.user_id == user.id)
        .order_by(Notification.read_at.is_not(None), Notification.id.desc())
        .limit(size + 1)
        .offset((page - 1) * size)
    )
    found = db.session.scalars(rows).all()
    return found[:size], len(found) > size


def silenced(user: User) -> set[str]:
    """The kinds of news this person does not want by mail."""
    return set(db.session.scalars(select(Silence.verb).where(Silence.user_id == user.id)))


def conversations(user: User, page: int) -> tuple[Sequence[tuple[Message, Any]], bool]:
    """The conversations a person takes part in, by their first message, with the time of the last; newest first."""
    size = current_app.config["PAGE_SIZE"]
    first = func.coalesce(Message.answers_id, Message.id).label("first")
    last = select(first, func.max(Message.created_at).label("last")).group_by(first).subquery()
    bodies = [body.id for body in user.bodies]
    sides = [Message.sender_id == user.id, Message.recipient_id == user.id, Message.body_id.in_(bodies)]
    if user.is_admin:
        sides.append(Message.body_id.in_(unanswering()))
    rows = (
        select(Message, last.c.last)
        .join(last, last.c.first == Message.id)
        .where(Message.answers_id.is_(None), or_(*sides))
        .options(
            joinedload(Message.sender),
            joinedload(Message.recipient),
            joinedload(Message.body),
            joinedload(Message.entry),
        )
        .order_by(last.c.last.desc(), Message.id.desc())
        .limit(size + 1)
        .offset((page - 1) * size)
    )
    found = [(row[0], row[1]) for row in db.session.execute(rows)]
    return found[:size], len(found) > size


def unanswering() -> Any:
    """The bodies for which nobody acts today."""
    today = now().date()
    live = (
        (Mandate.status == MandateStatus.VERIFIED)
        & (Mandate.starts_on <= today)
        & or_(Mandate.ends_on.is_(None), Mandate.ends_on >= today)
    )
    return select(Body.id).where(~Body.mandates.any(live))


def conversation(first: Message) -> Sequence[Message]:
    """All that was written in a conversation, oldest first."""
    rows = select(Message).where(or_(Message.id == first.id, Message.answers_id == first.id))
    return db.session.scalars(rows.options(joinedload(Message.sender)).order_by(Message.id)).all()
