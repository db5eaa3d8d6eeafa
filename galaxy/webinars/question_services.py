"""What may be done with questions: asked once, wanted by many, answered, put in order, hidden with their webinar."""

from collections.abc import Iterable
from typing import Any

from flask import render_template
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from galaxy.accounts.models import User
from galaxy.accounts.services import NotPossible, exports, record
from galaxy.content.models import VISIBLE, Entry, Link, Relation, Status
from galaxy.content.services import lock
from galaxy.core import mail
from galaxy.core.db import db, now
from galaxy.core.i18n import _, force_locale, offered
from galaxy.moderation import services as moderation
from galaxy.moderation.models import Flag, FlagOutcome
from galaxy.notifications.models import Notification
from galaxy.notifications.services import place, tell, whole
from galaxy.notifications.words import WORDS, sentence, subject
from galaxy.webinars.models import Webinar
from galaxy.webinars.question_models import Answer, Question, Vote
from galaxy.webinars.question_queries import Person, askers, doubles, is_asker, own, person_key
from galaxy.webinars.registration_models import Registration, registration_forgotten
from galaxy.webinars.rules import TAKES_ANSWERS, may_run

OPEN_MOST = 20  # of one person, of one webinar


def ask(webinar: Webinar, said: dict[str, str], language: str, by: Person) -> Question:
    """Ask a question; the same words of the same person are the same question.

    The public sees it at once, unless hosts want to read questions first. Who has too many that are open, or comes
    too late, is told so: `NotPossible`.
    """
    lock(webinar)
    if webinar.status != Status.PUBLISHED:
        raise NotPossible(_("No questions are taken here any more."))
    asked = select(Question).where(Question.webinar_id == webinar.id, own(by), Question.status != Status.WITHDRAWN)
    mine = db.session.scalars(asked.order_by(Question.id)).all()
    if same := next((each for each in mine if same_words(each.title, said["title"])), None):
        return same
    if sum(each.answered_at is None for each in mine) >= OPEN_MOST:
        words = _("You have asked %(most)d questions that wait for an answer. Please wait for some.", most=OPEN_MOST)
        raise NotPossible(words)
    question = Question(webinar=webinar, language=language, demo=webinar.demo, **_asker(by, said), **_words(said))
    for scheme in ("country", "sdg", "sector"):
        question.set_codes(scheme, webinar.codes(scheme))
    db.session.add(question)
    record(question.author, "asked", question)
    _show(question)
    return question


def same_words(one: str, other: str) -> bool:
    """Whether two questions differ in spaces and capitals alone."""
    return one.casefold().split() == other.casefold().split()


def _words(said: dict[str, str]) -> dict[str, str]:
    return {"title": said["title"], "summary": said.get("summary", "")}


def _asker(by: Person, said: dict[str, str]) -> dict[str, Any]:
    """Whose question it is: a member's, or that of a guest under the name they give."""
    if isinstance(by, User):
        return {"author": by}
    if by.user is not None:
        return {"author": by.user, "registration": by}
    return {"registration": by, "asker": said.get("asker", "")}


def _show(question: Question) -> None:
    """Show it to the public, or first to its hosts, where they want that of others."""
    webinar, asker = question.webinar, question.author
    if webinar.questions_read_first and not (asker and may_run(asker, webinar)):
        question.status, question.submitted_at = Status.SUBMITTED, now()
    else:
        _publish(question)


def _publish(question: Question) -> None:
    moderation.put_online(question)
    question.confirmed_at = None  # a question is not true or false


def let_through(question: Question, by: User) -> None:
    """Show the public what waited for a host."""
    lock(question.webinar)
    lock(question)
    if question.status == Status.SUBMITTED and question.webinar.is_visible:
        record(by, "let through", question)
        _publish(question)
        stand_with(question.webinar, [question], by, "published")


# Who wants to know.


def want(question: Question, by: Person, wanted: bool) -> None:
    """Want the answer too, or no longer; each person counts once, however often they say it."""
    db.session.execute(select(Entry.id).where(Entry.id == question.id).with_for_update())
    db.session.refresh(question, ["same_as_id", "author_id", "registration_id"])
    if question.same_as is not None:  # since a moment ago
        want(question.same_as, by, wanted)
    elif question.is_visible and not is_asker(by, question):
        _note_votes(question, [person_key(by)], wanted)


def _note_votes(question: Question, voters: Iterable[str], wanted: bool = True) -> None:
    """Add these votes, or take them away, and count anew; the question is locked."""
    keys = sorted(voters)
    if not wanted:
        db.session.execute(delete(Vote).where(Vote.question_id == question.id, Vote.voter.in_(keys)))
    elif keys:
        insert = sqlite.insert if db.session.get_bind().dialect.name == "sqlite" else postgresql.insert
        rows = [{"question_id": question.id, "voter": key, "created_at": now()} for key in keys]
        db.session.execute(insert(Vote).values(rows).on_conflict_do_nothing())
    count = select(func.count()).where(Vote.question_id == question.id).scalar_subquery()
    table = Question.__table__  # votes are no words of it: neither its version nor the index needs to know
    db.session.execute(update(table).where(table.c.id == question.id).values(votes=count))  # type: ignore[arg-type]
    db.session.refresh(question, ["votes"])


# Answers.


def answer(question: Question, said: dict[str, Any], by: User) -> Answer:
    """Answer a question; its asker is told of the first answer."""
    lock(question)
    if question.status not in TAKES_ANSWERS:
        raise NotPossible(_("This question is no longer there."))
    given = Answer(text=said["text"], second=said["second"], name=said.get("name", ""), by=by)
    question.answers.append(given)
    _touch(question, given.second)
    record(by, "answered", question)
    if question.answered_at is None:
        question.answered_at = now()
        _tell([question, *doubles(question)], "question answered", question, by)
    return given


def change(answer: Answer, said: dict[str, Any], by: User) -> None:
    """Say an answer in other words; what it said before is in the log."""
    lock(answer.question)
    before = {"text": answer.text, "second": answer.second, "name": answer.name}
    answer.text, answer.second, answer.name = said["text"], said["second"], said.get("name", answer.name)
    after = {"text": answer.text, "second": answer.second, "name": answer.name}
    if before != after:
        _touch(answer.question, answer.second)
        record(by, "changed answer", answer.question, before=before, after=after)


def take_away(answer: Answer, by: User) -> None:
    """Take an answer away; without another one its question is open again."""
    question = answer.question
    lock(question)
    record(by, "took answer away", question, before={"text": answer.text, "name": answer.name})
    question.answers.remove(answer)
    if not question.answers:
        question.answered_at = None
    _touch(question)


def _touch(question: Question, second: int | None = None) -> None:
    """Its words have changed: the index must read it again. The first time that is known is its time."""
    question.updated_at = now()
    if question.second is None:
        question.second = second


# What hosts do.


def arrange(question: Question, said: dict[str, Any], by: User) -> None:
    """Put it under a heading, and say where in the recording it is."""
    lock(question)
    before = {"group": question.group, "second": question.second}
    question.group, question.second = said["group"], said["second"]
    after = {"group": question.group, "second": question.second}
    if before != after:
        record(by, "arranged", question, before=before, after=after)


def merge(question: Question, into: Question, by: User) -> None:
    """Put a double together with the question it repeats: votes, answers and what came of it go there.

    Who asked it or wanted it wants to know the other one, each of them once.
    """
    lock(question.webinar)
    for each in sorted((question, into), key=lambda one: one.id):
        lock(each)
    together = question.webinar_id == into.webinar_id and question.id != into.id
    if not together or question.status not in TAKES_ANSWERS or into.status not in VISIBLE:
        raise NotPossible(_("These two cannot be put together. Please look at them again."))
    family, others = [question, *doubles(question)], [into, *doubles(into)]
    voters = {*db.session.scalars(select(Vote.voter).where(Vote.question_id == question.id)), *askers(family)}
    _note_votes(into, voters - askers([into]))
    _note_votes(question, voters, wanted=False)
    was_open = into.answered_at is None
    _give_over(question, into)
    record(by, "merged", question, after={"into": into.ref})
    _take_down(question, by, "question merged", other=into.title)
    if was_open and into.answered_at is not None:
        _tell(others, "question answered", into, by)


def _give_over(question: Question, into: Question) -> None:
    """All that hangs on a double hangs on the other question from now on."""
    table = Question.__table__
    db.session.execute(update(table).where(table.c.same_as_id == question.id).values(same_as_id=into.id))  # type: ignore[arg-type]
    db.session.execute(update(Answer).where(Answer.question_id == question.id).values(question_id=into.id))
    there = select(Link.from_id).where(Link.to_id == into.id, Link.relation == Relation.BORN_FROM)
    born = (Link.to_id == question.id) & (Link.relation == Relation.BORN_FROM)
    db.session.execute(update(Link).where(born, Link.from_id.not_in(there)).values(to_id=into.id))
    into.answered_at = into.answered_at or question.answered_at
    _touch(into, question.second)
    question.same_as, question.answered_at = into, None
    db.session.flush()
    db.session.expire(question, ["answers"])
    db.session.expire(into, ["answers"])


def hide(question: Question, reason: str, by: User) -> None:
    """Take a question off the site; who asked it is told why."""
    lock(question)
    _take_down(question, by, "question hidden", reason)


def _take_down(question: Question, by: User, told: str, reason: str = "", **facts: Any) -> None:
    moderation.withdraw(question, by, reason, told=told, **facts)
    _write(question, told, by, reasons=reason, **facts)


# Whom it concerns.


def _tell(asked: list[Question], verb: str, question: Question, by: User) -> None:
    """Tell those who asked these of what became of a question: members as of any news, guests by a letter."""
    tell([each.author for each in asked if each.author], verb, question, by=by)
    for each in asked:
        _write(each, verb, by, about=question)


def _write(asked: Question, verb: str, by: User, about: Question | None = None, **facts: Any) -> None:
    """The same news as a letter to the guest who asked."""
    guest = asked.registration
    if guest is None or guest.user_id is not None or guest.forgotten_at is not None:
        return
    language = guest.language if guest.language in offered() else offered()[0]
    news = Notification(verb=verb, by=by, entry=about or asked, address="", facts=facts)
    with force_locale(language):
        page = {"name": guest.name, "sentence": sentence(news), "reasons": facts.get("reasons", "")}
        page |= {"button": WORDS[verb].button, "link": whole(place(news, language))}
        text = render_template("emails/webinars/question.txt", **page)
        mail.post(guest.address, subject(news), text, render_template("emails/webinars/question.html", **page))


@registration_forgotten.connect
def forget_guest(registration: Registration) -> None:
    """The questions of a guest stay, and no longer say whose they are."""
    mine = select(Question).where(Question.registration_id == registration.id)
    for question in db.session.scalars(mine.order_by(Question.id)):
        question.asker, question.registration = "", None


# They stand and fall with their webinar.


@moderation.entry_moved.connect
def follow(entry: Entry, by: User | None, verb: str) -> None:
    """Questions are seen as long as their webinar is; what is decided about one of them itself is never undone."""
    if isinstance(entry, Question):
        entry.own_status = None
    elif isinstance(entry, Webinar):
        db.session.flush()  # from here on nobody asks
        rows = select(Question).where(Question.webinar_id == entry.id).order_by(Question.id)
        rows = rows.with_for_update().execution_options(populate_existing=True)
        stand_with(entry, db.session.scalars(rows).all(), by, verb)


def stand_with(webinar: Webinar, questions: Iterable[Question], by: User | None, verb: str) -> None:
    """Let questions stand where their webinar lets them; each remembers where it stands by itself."""
    for question in questions:
        itself = _by_itself(question)
        if itself not in {*VISIBLE, Status.REVIEW}:
            continue
        at = _beside(webinar, itself)
        before, question.status = question.status, at
        question.own_status = None if at == itself else itself
        if before != at:
            record(by, verb, question, before={"status": before.value}, after={"status": at.value})


def _beside(webinar: Webinar, itself: Status) -> Status:
    if not webinar.is_visible:
        return Status.WITHDRAWN
    return Status.ARCHIVED if webinar.status == Status.ARCHIVED and itself == Status.PUBLISHED else itself


def _by_itself(question: Question) -> Status:
    """Where a question would stand if its webinar were there: what admins decided of its flags meanwhile holds."""
    if question.own_status is None:
        return question.status
    outcomes = select(Flag.settled_at, Flag.outcome).where(Flag.entry_id == question.id)
    flags = db.session.execute(outcomes).all()
    if any(outcome == FlagOutcome.UPHELD for _at, outcome in flags):
        return Status.WITHDRAWN
    under_review = question.own_status == Status.REVIEW and all(at is not None for at, _outcome in flags)
    return Status.PUBLISHED if under_review else question.own_status


@exports("answers to questions")
def _answers(user: User) -> list[dict[str, Any]]:
    mine = db.session.scalars(select(Answer).where(Answer.by_id == user.id).order_by(Answer.id))
    return [{"at": each.created_at.isoformat(), "text": each.text, "name": each.name} for each in mine]


@exports("questions wanted")
def _wanted(user: User) -> list[dict[str, Any]]:
    rows = select(Entry.ref, Vote.created_at).join(Vote, Vote.question_id == Entry.id)
    mine = db.session.execute(rows.where(Vote.voter == person_key(user)).order_by(Entry.id))
    return [{"ref": ref, "at": at.isoformat()} for ref, at in mine]
