"""The questions of a webinar as its page lists them, who wants to know, and what has come of one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload, selectinload

from galaxy.accounts.models import User
from galaxy.content.models import VISIBLE, Entry, Link, Relation, Status
from galaxy.core.db import db
from galaxy.webinars.models import Webinar
from galaxy.webinars.question_models import Answer, Question, Vote
from galaxy.webinars.registration_models import Registration
from galaxy.webinars.rules import may_run, speaks

MOST = 300  # of one webinar, on one page
Person = User | Registration


@dataclass(frozen=True, slots=True)
class Group:
    """Questions under one heading of the hosts, or under none."""

    heading: str
    questions: list[Question]


@dataclass(frozen=True, slots=True)
class Asked:
    """What has been asked of a webinar, as far as this person may see it, and what of it they want to know too."""

    questions: Sequence[Question]
    wanted: frozenset[int] = frozenset()  # ids
    votable: frozenset[int] = frozenset()  # ids of what others asked, if this person may say that they want to know it
    runs: bool = False  # whether this person is a host

    @property
    def groups(self) -> list[Group]:
        """Those without a heading first; under each the open ones first, the most wanted before the others."""
        ordered = sorted(self.questions, key=lambda each: (each.group.casefold(), each.is_answered))
        return [Group(found[0].group, found) for _key, rows in groupby(ordered, _heading) if (found := [*rows])]

    @property
    def open(self) -> int:
        """How many of those that are shown wait for an answer."""
        return sum(not each.is_answered for each in self.questions if each.status in VISIBLE)

    @property
    def answered(self) -> int:
        return sum(each.is_answered for each in self.questions if each.status in VISIBLE)

    @property
    def waiting(self) -> int:
        """How many wait for a host to let them through."""
        return sum(each.status == Status.SUBMITTED for each in self.questions)


def _heading(question: Question) -> str:
    return question.group.casefold()


def person_key(person: Person) -> str:
    """By what a person's votes are known: a guest has a registration alone."""
    if isinstance(person, User):
        return f"user:{person.id}"
    return f"user:{person.user_id}" if person.user_id else f"registration:{person.id}"


def askers(questions: Iterable[Question]) -> set[str]:
    """By what the votes of those who asked these questions would be known."""
    keys = {f"user:{each.author_id}" for each in questions if each.author_id}
    return keys | {f"registration:{each.registration_id}" for each in questions if each.registration_id}


def is_asker(person: Person, question: Question) -> bool:
    """Whether it is this person's own question, for which they need not vote."""
    return person_key(person) in askers([question])


def own(person: Person) -> ColumnElement[bool]:
    """Said of the questions that this person asked."""
    if isinstance(person, User):
        return Question.author_id == person.id
    return or_(
        Question.registration_id == person.id,
        (Question.author_id == person.user_id) & Question.author_id.is_not(None),
    )


def asked_of(webinar: Webinar, reader: Any) -> Asked:
    """The questions a reader sees: what is shown, one's own that wait; hosts and speakers see all that wait."""
    person = reader if isinstance(reader, Registration) or reader.is_authenticated else None
    shown: ColumnElement[bool] = Question.status.in_(VISIBLE)
    if person is not None:
        sees_all = isinstance(person, User) and (may_run(person, webinar) or speaks(person, webinar))
        waits = Question.status == Status.SUBMITTED
        shown = or_(shown, waits if sees_all else waits & own(person))
    rows = select(Question).where(Question.webinar_id == webinar.id, shown)
    rows = rows.options(joinedload(Question.author), selectinload(Question.answers).joinedload(Answer.by))
    questions = db.session.scalars(rows.order_by(Question.votes.desc(), Question.id).limit(MOST)).all()
    votable = {each.id for each in questions if person and each.is_visible and not is_asker(person, each)}
    runs = isinstance(person, User) and may_run(person, webinar)
    return Asked(questions, wanted_by(person, questions), frozenset(votable), runs)


def wanted_by(person: Person | None, questions: Sequence[Question]) -> frozenset[int]:
    """Which of these questions this person wants the answer to as well."""
    if person is None or not questions:
        return frozenset()
    found = Vote.question_id.in_([question.id for question in questions])
    return frozenset(db.session.scalars(select(Vote.question_id).where(Vote.voter == person_key(person), found)))


def doubles(question: Question) -> Sequence[Question]:
    """The questions that were put together with this one."""
    return db.session.scalars(select(Question).where(Question.same_as_id == question.id).order_by(Question.id)).all()


def others(question: Question) -> Sequence[Any]:
    """Id and words of the other questions of its webinar that it could be put together with, the most wanted first."""
    rows = select(Question.id, Question.title).where(
        Question.webinar_id == question.webinar_id, Question.id != question.id, Question.status.in_(VISIBLE)
    )
    return db.session.execute(rows.order_by(Question.votes.desc(), Question.id).limit(MOST)).all()


def headings(webinar: Webinar) -> list[str]:
    """The headings under which hosts have put questions."""
    rows = select(Question.group).where(Question.webinar_id == webinar.id, Question.group != "").distinct()
    return sorted(db.session.scalars(rows))


def born_of(question: Question) -> Sequence[Entry]:
    """What the public can read of what came of a question: requests, most often."""
    rows = select(Entry).join(Link, Link.from_id == Entry.id).options(joinedload(Entry.body))
    rows = rows.where(Link.to_id == question.id, Link.relation == Relation.BORN_FROM, Entry.status.in_(VISIBLE))
    return db.session.scalars(rows.order_by(Entry.id).limit(50)).all()
