"""Who may hold, run, join and answer at a webinar."""

from typing import Any

from sqlalchemy import select

from galaxy.content.models import VISIBLE, Entry, Status
from galaxy.content.rules import may_manage
from galaxy.core.access import public, signed_in
from galaxy.core.db import db
from galaxy.webinars.models import Entrance, Series, State, Webinar
from galaxy.webinars.question_models import Question

may_host = signed_in


def may_preview(user: Any, entry: Entry) -> bool:
    """Its owners and admins, where it is of this room."""
    return isinstance(entry, Webinar) and may_manage(user, entry)


def may_run(user: Any, webinar: Webinar) -> bool:
    """Its hosts change its facts: those it belongs to, and admins."""
    return may_manage(user, webinar)


def speaks(user: Any, webinar: Webinar) -> bool:
    """Whether this person is one of its speakers, by the address they have confirmed here."""
    known = bool(user.is_authenticated) and user.confirmed_at is not None
    return known and any(speaker.email == user.email for speaker in webinar.speakers if speaker.email)


@public
def may_see_series(user: Any, series: Series) -> bool:
    """Everybody, once one of its webinars is published; before that its owners and admins."""
    owns = user.acts_for(series.body) if series.body else user.is_authenticated and series.author_id == user.id
    if owns or user.is_admin:
        return True
    shown = select(Webinar.id).where(Webinar.series_id == series.id, Webinar.status.in_(VISIBLE))
    return db.session.scalar(shown.limit(1)) is not None


@public
def may_register(user: Any, webinar: Webinar) -> bool:
    """Anybody, while it is still to end, takes place as planned, and one registers here."""
    open_ = webinar.status == Status.PUBLISHED and webinar.state == State.PLANNED and not webinar.is_over
    return open_ and webinar.entrance == Entrance.HERE and webinar.ends_at is not None


def may_ask(user: Any, webinar: Webinar) -> bool:
    """Whoever is signed in, of a webinar that is published; guests ask from the page of their registration."""
    return bool(user.is_authenticated) and webinar.status == Status.PUBLISHED


def may_answer(user: Any, question: Question) -> bool:
    """Speakers and hosts."""
    return may_run(user, question.webinar) or speaks(user, question.webinar)
