"""The demonstration's webinars: one observance of the past, two that are over and told whole, and what is to come."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from galaxy.accounts.models import User
from galaxy.content.services import consent, digest
from galaxy.core.db import db, now
from galaxy.moderation import services as moderation
from galaxy.pages.demo_calls import Bodies, day, holder
from galaxy.webinars import keeping_services, question_services, services
from galaxy.webinars.models import Entrance, Series, Webinar
from galaxy.webinars.registration_models import Registration, RegistrationStatus, SurveyAnswer
from galaxy.webinars.words import place_in_recording

GUESTS = "visitors.galaxy.example"  # where nobody is reached
MOST_GUESTS = 40


def series_of(told: dict[str, Any], bodies: Bodies) -> str:
    """The permanent id of a series of the demonstration, which is made where it is not there."""
    body = bodies[told["body"]]
    found = db.session.scalar(select(Series).where(Series.body_id == body.id, Series.title == told["title"]))
    if found is None:
        names = ("title", "summary", "language")
        found = Series(body=body, author_id=holder(body).id, demo=True, **{name: told[name] for name in names})
        db.session.add(found)
        db.session.flush()
    return found.ref


def times(told: dict[str, Any]) -> dict[str, Any]:
    """When it is: on a day that is told, or so many days from the day it is loaded, by the clock of its zone."""
    zone = ZoneInfo(told["zone"])
    first = date.fromisoformat(told["date"]) if "date" in told else day(told["day"])
    starts_at = datetime.combine(first, time.fromisoformat(told["from"]), zone).astimezone(UTC)
    more = timedelta(days=told.get("until_day", told.get("day", 0)) - told.get("day", 0), minutes=told["minutes"])
    return {"starts_at": starts_at, "ends_at": starts_at + more, "zone": told["zone"]}


def _asks(told: dict[str, Any]) -> list[dict[str, Any]]:
    """What is asked of those who register, each in one line unless told otherwise."""
    return [{"kind": "line", "choices": [], "needed": False} | each for each in told.get("asks", ())]


def facts(told: dict[str, Any]) -> dict[str, Any]:
    """What its hosts say of when it is and how one comes in."""
    said: dict[str, Any] = {"capacity": told["capacity"], "asks": services.with_keys(_asks(told), [])}
    if told.get("entrance") == Entrance.ELSEWHERE:
        return times(told) | said | {"entrance": Entrance.ELSEWHERE, "entrance_url": told["url"]}
    return times(told) | said | {"join_url": f"https://meet.galaxy.example/{told['key']}"}


def play(webinar: Webinar, told: dict[str, Any], bodies: Bodies, member: User) -> None:
    """Publish it, let people register and ask, and tell what came of it, as far as is told."""
    by = holder(bodies[told["body"]]) if told["body"] else None
    if by is not None:
        consent(webinar, by)
    moderation.put_online(webinar)
    _come(webinar, told)
    if by is not None:
        _keep(webinar, told, by)
        for each in told.get("questions", ()):
            _ask(webinar, each, member, by)
        for verb, act in (("postponed", services.postpone), ("cancelled", services.cancel)):
            if told.get("state") == verb:
                act(webinar, told["reason"], by)


def _come(webinar: Webinar, told: dict[str, Any]) -> None:
    """Guests of the demonstration, who get no letters; those of the past were there."""
    for number in range(min(told.get("taken", told.get("came", 0)), MOST_GUESTS)):
        guest = _guest(webinar, number)
        guest.attended_at = webinar.starts_at if "came" in told else None
        db.session.add(guest)
    db.session.flush()
    for guest, mark in zip(_guests(webinar), told.get("survey_answers", ()), strict=False):
        answers = {each["key"]: str(mark) for each in webinar.survey[:1]}
        db.session.add(SurveyAnswer(registration_id=guest.id, webinar_id=webinar.id, answers=answers))


def _guest(webinar: Webinar, number: int) -> Registration:
    moment = now()
    return Registration(
        webinar=webinar,
        email=f"guest{number}@{GUESTS}",
        name=f"Guest {number + 1}",
        language=webinar.language,
        status=RegistrationStatus.REGISTERED,
        queued_at=moment,
        day_told_at=moment,
        hour_told_at=moment,
        after_told_at=moment,
    )


def _guests(webinar: Webinar) -> Iterator[Registration]:
    yield from db.session.scalars(
        select(Registration).where(Registration.webinar_id == webinar.id).order_by(Registration.id)
    )


def _keep(webinar: Webinar, told: dict[str, Any], by: User) -> None:
    """What is kept of it: minutes, chapters, what was said."""
    words = {"minutes": told.get("minutes_text", ""), "chapters": chapters(told)}
    said = {name: value for name, value in words.items() if value}
    keeping_services.keep(webinar, said, digest(keeping_services.kept_of(webinar), said), by)
    if "transcript" in told:
        language, cues = told["transcript"]
        keeping_services.keep_transcript(webinar, language, [(begin, end, words) for begin, end, words in cues], by)


def chapters(told: dict[str, Any]) -> list[str]:
    """Its chapters as a host types them."""
    return [f"{place_in_recording(second)} {title}" for second, title in told.get("chapters", ())]


def _ask(webinar: Webinar, told: dict[str, Any], member: User, by: User) -> None:
    """A question of the demonstration's member, wanted by guests, answered as a speaker did."""
    question = question_services.ask(webinar, {"title": told["title"]}, webinar.language, member)
    db.session.flush()
    for guest in list(_guests(webinar))[: told.get("votes", 0)]:
        question_services.want(question, guest, wanted=True)
    for each in told["answers"]:
        question_services.answer(question, each, by)
    arranged = {"group": told.get("group", ""), "second": told.get("second")}
    question_services.arrange(question, arranged, by)
