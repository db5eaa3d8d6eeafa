"""What those who came thought of it: asked by hosts, answered once by each, told to hosts without names."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import func, select, update

from galaxy.accounts.models import User
from galaxy.accounts.services import NotPossible, record
from galaxy.content import services as content
from galaxy.core.db import db, new_ref, now
from galaxy.core.i18n import _
from galaxy.webinars.models import State, Webinar
from galaxy.webinars.registration_models import Registration, SurveyAnswer

MOST: Final = 12  # questions
SHOWN_FROM: Final = 3  # answers, so that nobody is recognised
OPEN_FOR: Final = timedelta(days=60)  # after the end
SCALE: Final = ("1", "2", "3", "4", "5")


@dataclass(frozen=True)
class Result:
    """What was answered to a question: how often each thing of a list or a scale, or in which words."""

    question: str
    kind: str
    counts: list[tuple[str, int]]
    texts: list[str]

    @property
    def answered(self) -> int:
        return sum(count for _choice, count in self.counts) + len(self.texts)

    @property
    def mean(self) -> float | None:
        """Of a scale, where somebody answered."""
        if self.kind != "scale" or not self.answered:
            return None
        return sum(int(choice) * count for choice, count in self.counts) / self.answered


def proposed() -> list[dict[str, Any]]:
    """Questions to begin with, in the language of the moment."""
    return [
        {"question": str(_("How useful was it?")), "kind": "scale", "choices": []},
        {"question": str(_("What will you use where you work?")), "kind": "", "choices": []},
        {"question": str(_("What was missing?")), "kind": "", "choices": []},
    ]


def is_open(registration: Registration) -> bool:
    """Whether somebody may say now what they thought: who holds a place, from the start on until long after."""
    webinar = registration.webinar
    planned = webinar.state == State.PLANNED and webinar.starts_at is not None and webinar.is_visible
    if not (planned and webinar.survey and registration.holds_place):
        return False
    ends_at = webinar.ends_at or webinar.starts_at
    return webinar.starts_at <= now() < ends_at + OPEN_FOR  # type: ignore[operator]  # as said


def own(registration: Registration) -> SurveyAnswer | None:
    """What somebody has answered."""
    return db.session.scalar(select(SurveyAnswer).where(SurveyAnswer.registration_id == registration.id))


def answer(registration: Registration, answers: dict[str, Any]) -> None:
    """Keep what somebody thought of it, in place of what they said before."""
    content.lock(registration.webinar)
    if not is_open(registration):
        raise NotPossible(_("The survey is not open now."))
    if not any(answers.values()):
        raise NotPossible(_("Please answer one question at least."))
    row = own(registration)
    if row is None:
        row = SurveyAnswer(registration_id=registration.id, webinar_id=registration.webinar_id)
        db.session.add(row)
    row.answers, row.answered_at = answers, now()


def how_many(webinar: Webinar) -> int:
    """How many have answered."""
    return db.session.scalar(select(func.count()).where(SurveyAnswer.webinar_id == webinar.id)) or 0


def ask(webinar: Webinar, questions: list[dict[str, Any]], by: User) -> None:
    """Choose the questions; once somebody has answered, these are added to those that are asked already."""
    content.lock(webinar)
    kept = list(webinar.survey) if how_many(webinar) else []
    if len(kept) + len(questions) > MOST:
        raise NotPossible(_("Please ask %(most)d things at most.", most=MOST))
    keys = {each["question"]: each["key"] for each in webinar.survey} if not kept else {}
    webinar.survey = kept + [{**each, "key": keys.get(each["question"]) or new_ref()} for each in questions]
    record(by, "survey changed", webinar)


def results(webinar: Webinar) -> list[Result] | None:
    """What was answered to each question, in no order that says whose words stand together; none while few did."""
    said = list(db.session.scalars(select(SurveyAnswer.answers).where(SurveyAnswer.webinar_id == webinar.id)))
    if len(said) < SHOWN_FROM:
        return None
    return [_result(ask, [each[ask["key"]] for each in said if each.get(ask["key"])]) for ask in webinar.survey]


def _result(asked: dict[str, Any], given: list[Any]) -> Result:
    kind = asked.get("kind", "text")
    choices = SCALE if kind == "scale" else tuple(asked.get("choices", ()))
    words = [str(each) for each in given]
    if not choices:
        return Result(asked["question"], kind, [], sorted(words))
    counted = Counter(words)
    return Result(asked["question"], kind, [(choice, counted[choice]) for choice in choices], [])


def unlink(registration: Registration) -> None:
    """What a person said stays; that it was them is forgotten."""
    mine = SurveyAnswer.registration_id == registration.id
    db.session.execute(update(SurveyAnswer).where(mine).values(registration_id=None))
