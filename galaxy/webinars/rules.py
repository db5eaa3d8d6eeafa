"""Who may hold, run, join and answer at a webinar, and what can be done with it as it stands."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import LazyString
from sqlalchemy import select

from galaxy.content.models import VISIBLE, Entry, Status
from galaxy.content.rules import may_manage, may_read, owns
from galaxy.core.access import public, signed_in
from galaxy.core.db import db
from galaxy.core.i18n import lazy, zone_named
from galaxy.core.zones import in_zone
from galaxy.webinars.models import Entrance, Series, State, Webinar
from galaxy.webinars.question_models import Answer, Question

TAKES_ANSWERS = frozenset({*VISIBLE, Status.SUBMITTED})

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
    own = user.acts_for(series.body) if series.body else user.is_authenticated and series.author_id == user.id
    if own or user.is_admin:
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


@public
def may_see(user: Any, question: Question) -> bool:
    """What is shown is everybody's; the rest its asker's, the hosts' and, while it waits for them, the speakers'.

    A question that was put together with another leads to that one.
    """
    if may_read(user, question) or may_run(user, question.webinar) or may_answer(user, question):
        return True
    return question.same_as is not None and may_see(user, question.same_as)


def may_answer(user: Any, question: Question) -> bool:
    """Speakers and hosts, before the public sees it too."""
    takes_answers = question.status in TAKES_ANSWERS
    return takes_answers and (may_run(user, question.webinar) or speaks(user, question.webinar))


def may_change(user: Any, answer: Answer) -> bool:
    """Who wrote an answer, and hosts."""
    wrote = bool(user.is_authenticated) and answer.by_id == user.id and may_answer(user, answer.question)
    return wrote or may_arrange(user, answer.question)


def may_vote(user: Any, question: Question) -> bool:
    """Whoever is signed in, for what others ask."""
    return bool(user.is_authenticated) and question.is_visible and not owns(user, question)


def may_arrange(user: Any, question: Question) -> bool:
    """Its hosts put it under a heading, mark its time, put it together with another, or hide it."""
    return question.status in TAKES_ANSWERS and may_run(user, question.webinar)


def may_let_through(user: Any, question: Question) -> bool:
    """Its hosts, where they read questions before the public does."""
    waits = question.status == Status.SUBMITTED and question.webinar.is_visible
    return waits and may_run(user, question.webinar)


def may_rename(user: Any, series: Series) -> bool:
    """Those the series belongs to, and admins."""
    if not user.is_authenticated:
        return False
    own = user.acts_for(series.body) if series.body else series.author_id == user.id
    return bool(own or user.is_admin)


YEAR_FIRST, YEAR_LAST, LONGEST = 1990, 2100, timedelta(days=366)


def wrong_time(starts_at: datetime, ends_at: datetime, zone: str) -> LazyString | None:
    """Why it cannot take place then, as a sentence; none where it can."""
    if zone_named(zone) is None:
        return lazy("There is no such time zone. Please choose one from the list.")
    if ends_at <= starts_at:
        return lazy("It would end before it begins. Where it ends on another day, say on which.")
    if not YEAR_FIRST <= in_zone(starts_at, zone).year <= YEAR_LAST:
        return lazy("Please give a day between 1990 and 2100.")
    long = ends_at - starts_at > LONGEST
    return lazy("It can last a year at most. A series holds what goes on for longer.") if long else None


# What hosts do with the whole of it.


def shown(webinar: Webinar) -> LazyString | None:
    """What nobody has been told of can simply be given another time."""
    known = webinar.status in {Status.PUBLISHED, Status.ARCHIVED, Status.REVIEW}
    return None if known else lazy("It is not published, so nobody waits for it. You can change its time instead.")


def not_over(webinar: Webinar) -> LazyString | None:
    """What was postponed is still to come, whatever day it was once planned for."""
    over = webinar.state == State.PLANNED and webinar.is_over
    return lazy("It is over already. Its page keeps what is said in it.") if over else None


@dataclass(frozen=True, slots=True)
class Step:
    """From some states to one, once nothing is lacking; `done` is its verb in the activity log and in the signal."""

    sources: frozenset[State]
    target: State
    done: str
    needs: tuple[Callable[[Webinar], LazyString | None], ...] = ()


def step(sources: str, target: State, done: str, *needs: Callable[[Webinar], LazyString | None]) -> Step:
    return Step(frozenset(map(State, sources.split(", "))), target, done, needs)


STEPS: dict[str, Step] = {
    "move": step("planned", State.PLANNED, "moved"),
    "postpone": step("planned", State.POSTPONED, "postponed", shown, not_over),
    "cancel": step("planned, postponed", State.CANCELLED, "cancelled", shown, not_over),
    "resume": step("postponed, cancelled", State.PLANNED, "moved"),
}
NOT_WHILE: dict[State, LazyString] = {
    State.PLANNED: lazy("It takes place as planned. You can change its time."),
    State.POSTPONED: lazy("It is postponed. You can give it a new time."),
    State.CANCELLED: lazy("It is cancelled. You can take that back by giving it a new time."),
}


def refusal(verb: str, webinar: Webinar) -> LazyString | None:
    """Why a step cannot be taken now, as a sentence; none where it can."""
    taken = STEPS[verb]
    if webinar.state not in taken.sources:
        return NOT_WHILE[webinar.state]
    return next((said for need in taken.needs if (said := need(webinar)) is not None), None)


def possible(webinar: Webinar) -> list[str]:
    """Every step its hosts can take now."""
    return [verb for verb in STEPS if refusal(verb, webinar) is None]
