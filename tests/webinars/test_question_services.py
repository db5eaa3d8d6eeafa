"""Questions: asked once, wanted by many and counted exactly, answered, put together, and hidden with their webinar."""

import threading
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select

from galaxy.accounts.models import User
from galaxy.accounts.services import NotPossible, delete, export
from galaxy.content.models import Entry, Link, Relation, Status
from galaxy.core.db import db, now
from galaxy.core.mail import Letter
from galaxy.moderation import services as moderation
from galaxy.moderation.models import FlagOutcome, FlagReason
from galaxy.notifications.models import Notification
from galaxy.webinars import question_services as services
from galaxy.webinars.models import Webinar
from galaxy.webinars.question_models import Answer, Question, Vote
from galaxy.webinars.question_queries import asked_of
from galaxy.webinars.registration_models import Registration
from tests.factories import (
    a_question,
    a_registration,
    a_request,
    a_solution,
    a_user,
    a_webinar,
    an_admin,
    an_answer,
    saved,
)

Act = Callable[[], object]
SAID = {"text": "Forty dollars.", "second": None}


def at_once(app: Flask, *acts: Act) -> list[str]:
    """Do these acts at the same moment, each in a thread and transaction of its own; what was answered, sorted."""
    answers: list[str] = []
    together = threading.Barrier(len(acts))

    def do(act: Act) -> None:
        with app.app_context():
            together.wait(timeout=20)
            try:
                act()
                db.session.commit()
                answers.append("done")
            except NotPossible as refusal:
                db.session.rollback()
                answers.append(str(refusal))
            finally:
                db.session.remove()

    db.session.commit()
    db.session.remove()
    threads = [threading.Thread(target=do, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(answers)


def ask(webinar: Webinar, title: str, by: User | Registration, **said: str) -> Question:
    asked = services.ask(webinar, {"title": title} | said, "en", by)
    db.session.commit()
    return asked


def titles(webinar: Webinar, reader: object) -> list[str]:
    return [each.title for each in asked_of(webinar, reader).questions]


def row(question_id: int) -> Question:
    return db.session.get_one(Question, question_id)


class TestAsking:
    def test_the_same_words_of_one_person_are_one_question(self, app):
        webinar, ana, bila = a_webinar(), a_user(), a_user()

        first = ask(webinar, "What does it cost?", ana)
        again = ask(webinar, "  what does it COST? ", ana)
        other = ask(webinar, "What does it cost?", bila)

        assert (again.id == first.id, other.id == first.id) == (True, False)

    def test_the_same_words_sent_twice_at_once_are_one_question(self, app):
        webinar, ana = a_webinar().id, a_user().id

        def send() -> None:
            services.ask(db.session.get_one(Webinar, webinar), {"title": "Why?"}, "en", db.session.get_one(User, ana))

        assert at_once(app, *[send] * 6) == ["done"] * 6
        assert list(db.session.scalars(select(Question.title))) == ["Why?"]

    def test_one_person_has_twenty_open_questions_at_most_also_at_once(self, app):
        webinar, ana = a_webinar(), a_user()
        for number in range(18):
            ask(webinar, f"Question {number}", ana)
        ids = webinar.id, ana.id

        def send(title: str) -> Act:
            return lambda: services.ask(
                db.session.get_one(Webinar, ids[0]), {"title": title}, "en", db.session.get_one(User, ids[1])
            )

        answers = at_once(app, *map(send, "abcdef"))

        refusal = "You have asked 20 questions that wait for an answer. Please wait for some."
        assert answers == [refusal] * 4 + ["done"] * 2

    def test_an_answer_makes_room_for_another_question(self, app):
        webinar, ana = a_webinar(), a_user()
        asked = [ask(webinar, f"Question {number}", ana) for number in range(20)]
        with pytest.raises(NotPossible):
            ask(webinar, "One more?", ana)
        db.session.rollback()

        services.answer(asked[0], SAID, webinar.author)

        assert ask(webinar, "One more?", ana).is_visible

    def test_who_reads_questions_first_lets_them_through(self, app):
        webinar, ana = a_webinar(questions_read_first=True), a_user()
        asked = ask(webinar, "What does it cost?", ana)
        readers = (a_user(), ana, webinar.author)

        before = [titles(webinar, reader) for reader in readers]
        services.let_through(asked, webinar.author)
        db.session.commit()

        assert before == [[], ["What does it cost?"], ["What does it cost?"]]
        assert [titles(webinar, reader) for reader in readers] == [["What does it cost?"]] * 3
        assert asked.status == Status.PUBLISHED

    def test_what_hosts_ask_themselves_is_shown_at_once(self, app):
        webinar = a_webinar(questions_read_first=True)

        assert ask(webinar, "Who has tried this?", webinar.author).is_visible

    def test_nothing_is_asked_of_what_is_withdrawn_at_the_same_moment(self, app):
        webinar, ana = a_webinar(), a_user()
        ids = webinar.id, ana.id, webinar.author.id

        def withdraw() -> None:
            moderation.withdraw(db.session.get_one(Webinar, ids[0]), db.session.get_one(User, ids[2]))

        def send(title: str) -> Act:
            return lambda: services.ask(
                db.session.get_one(Webinar, ids[0]), {"title": title}, "en", db.session.get_one(User, ids[1])
            )

        answers = at_once(app, withdraw, *map(send, "abcd"))

        assert set(answers) <= {"done", "No questions are taken here any more."}
        assert {each.status for each in db.session.scalars(select(Question))} <= {Status.WITHDRAWN}


class TestWanting:
    def test_each_person_counts_once_and_the_asker_not_at_all(self, app):
        webinar, ana, bila = a_webinar(), a_user(), a_user()
        guest = a_registration(webinar)
        question = ask(webinar, "Why?", ana)

        for person in (ana, bila, bila, guest, guest):
            services.want(question, person, True)
        assert question.votes == 2
        services.want(question, bila, False)
        services.want(question, bila, False)
        assert question.votes == 1

    def test_a_member_who_registered_is_one_person(self, app):
        webinar, bila = a_webinar(), a_user()
        question = a_question(webinar)

        services.want(question, bila, True)
        services.want(question, a_registration(webinar, bila), True)

        assert question.votes == 1

    def test_votes_are_counted_exactly_when_all_come_at_once(self, app):
        question = a_question(a_webinar()).id
        people = [a_user().id for _number in range(8)]

        def want(user_id: int, wanted: bool = True) -> Act:
            return lambda: services.want(row(question), db.session.get_one(User, user_id), wanted)

        twice = [*people, *people]
        assert at_once(app, *map(want, twice)) == ["done"] * 16
        assert row(question).votes == 8
        at_once(app, *[want(user_id, False) for user_id in people[:3]], *[want(user_id) for user_id in people[3:]])
        assert (row(question).votes, db.session.query(Vote).count()) == (5, 5)

    def test_a_vote_that_meets_a_merger_counts_for_the_other_question(self, app):
        webinar = a_webinar()
        double, question = a_question(webinar), a_question(webinar)
        people, host = [a_user().id for _number in range(5)], webinar.author.id
        ids = double.id, question.id

        def want(user_id: int) -> Act:
            return lambda: services.want(row(ids[0]), db.session.get_one(User, user_id), True)

        def merge() -> None:
            services.merge(row(ids[0]), row(ids[1]), db.session.get_one(User, host))

        assert at_once(app, merge, *map(want, people)) == ["done"] * 6
        assert (row(ids[0]).votes, row(ids[1]).votes) == (0, 6)  # with who asked the double

    def test_what_most_want_to_know_comes_first_then_the_oldest_answered_ones_last(self, app):
        webinar = a_webinar()
        for title, votes in (("old", 1), ("wanted", 5), ("young", 1)):
            a_question(webinar, title=title, votes=votes)
        an_answer(a_question(webinar, title="answered", votes=9))
        a_question(webinar, title="grouped", group="Money")

        groups = asked_of(webinar, a_user()).groups

        assert [(each.heading, [question.title for question in each.questions]) for each in groups] == [
            ("", ["wanted", "old", "young", "answered"]),
            ("Money", ["grouped"]),
        ]


class TestAnswering:
    def test_the_asker_is_told_of_the_first_answer_alone(self, app):
        webinar, ana = a_webinar(), a_user()
        question = ask(webinar, "Why?", ana)

        services.answer(question, SAID | {"second": 754}, webinar.author)
        services.answer(question, SAID, webinar.author)
        db.session.commit()

        told = db.session.scalars(select(Notification).where(Notification.user_id == ana.id)).all()
        assert [(news.verb, news.entry_id) for news in told] == [("question answered", question.id)]
        assert (len(question.answers), question.second, question.is_answered) == (2, 754, True)

    def test_a_guest_is_told_by_a_letter_in_their_language(self, app):
        webinar = a_webinar(title="Les pompes")
        guest = a_registration(webinar, language="fr", name="Awa", email="awa@example.org")
        question = ask(webinar, "Combien cela coûte-t-il ?", guest, asker="Awa")
        host = webinar.author
        host.name = "Le bureau"

        services.answer(question, SAID, host)
        db.session.commit()

        letter = db.session.scalars(select(Letter).where(Letter.to == "awa@example.org")).one()
        assert letter.subject.split() == ["Réponse", ":", "Combien", "cela", "coûte-t-il", "?"]
        assert [line for line in letter.text.splitlines() if line][:2] == [
            "Bonjour Awa,",
            "Le bureau a répondu à la question «\N{NO-BREAK SPACE}Combien cela coûte-t-il ?\N{NO-BREAK SPACE}».",
        ]
        assert f"http://localhost/fr/webinars/questions/{quote(question.slug)}" in letter.text.splitlines()

    def test_an_answer_is_changed_and_taken_away(self, app):
        webinar = a_webinar()
        question = ask(webinar, "Why?", a_user())
        given = services.answer(question, SAID, webinar.author)

        services.change(given, {"text": "Fifty.", "second": 60, "name": "Awa"}, webinar.author)
        assert (given.text, given.second, given.name, question.second) == ("Fifty.", 60, "Awa", 60)
        services.take_away(given, webinar.author)

        assert (question.is_answered, question.answered_at) == (False, None)

    def test_what_is_no_longer_there_is_not_answered(self, app):
        webinar = a_webinar()
        question = a_question(webinar, status=Status.WITHDRAWN)

        with pytest.raises(NotPossible):
            services.answer(question, SAID, webinar.author)


class TestPuttingTogether:
    def test_votes_answers_and_what_came_of_a_double_go_to_the_other(self, app):
        webinar, ana, bila, chi = a_webinar(), a_user(), a_user(), a_user()
        question, double = ask(webinar, "What does it cost?", ana), ask(webinar, "How much is it?", bila)
        for person, wanted in ((chi, question), (chi, double), (ana, double), (webinar.author, double)):
            services.want(wanted, person, True)
        given = services.answer(double, SAID, webinar.author)
        request = a_request()
        saved(Link(from_id=request.id, relation=Relation.BORN_FROM, to_id=double.id))

        services.merge(double, question, webinar.author)
        db.session.commit()

        assert question.votes == 3  # chi once, the host, and bila who asked the double
        assert (given.question_id, question.is_answered, double.answers) == (question.id, True, [])
        assert [link.to_id for link in db.session.scalars(select(Link))] == [question.id]
        assert (double.status, double.same_as_id) == (Status.WITHDRAWN, question.id)
        told = db.session.execute(select(Notification.user_id, Notification.verb).order_by(Notification.id)).all()
        assert [tuple(news) for news in told] == [
            (bila.id, "question answered"),
            (bila.id, "question merged"),
            (ana.id, "question answered"),
        ]

    def test_what_led_to_a_double_leads_on(self, app):
        webinar = a_webinar()
        first, second, third = (a_question(webinar, title=title) for title in "abc")

        services.merge(first, second, webinar.author)
        services.merge(second, third, webinar.author)
        db.session.commit()

        assert (first.same_as_id, second.same_as_id, third.votes) == (third.id, third.id, 2)

    @pytest.mark.parametrize("wrong", ["itself", "elsewhere", "hidden"])
    def test_only_two_of_one_webinar_are_put_together(self, app, wrong):
        webinar = a_webinar()
        question = a_question(webinar)
        other = {
            "itself": lambda: question,
            "elsewhere": lambda: a_question(a_webinar()),
            "hidden": lambda: a_question(webinar, status=Status.WITHDRAWN),
        }[wrong]()

        with pytest.raises(NotPossible):
            services.merge(question, other, webinar.author)

    def test_two_put_together_each_with_the_other_at_once_leave_one(self, app):
        webinar = a_webinar()
        ids, host = [a_question(webinar).id, a_question(webinar).id], webinar.author.id

        def merge(one: int, other: int) -> Act:
            return lambda: services.merge(row(one), row(other), db.session.get_one(User, host))

        answers = at_once(app, merge(*ids), merge(*ids[::-1]))

        assert answers == ["These two cannot be put together. Please look at them again.", "done"]
        assert sorted(row(number).status for number in ids) == [Status.PUBLISHED, Status.WITHDRAWN]


class TestHiding:
    @pytest.mark.parametrize("status", [Status.PUBLISHED, Status.SUBMITTED, Status.ARCHIVED])
    def test_who_asked_is_told_why(self, app, status):
        webinar, ana = a_webinar(), a_user()
        question = a_question(webinar, author=ana, status=status)

        services.hide(question, "It names a person.", webinar.author)
        db.session.commit()

        news = db.session.scalars(select(Notification)).one()
        assert (news.user_id, news.verb, news.facts["reasons"]) == (ana.id, "question hidden", "It names a person.")
        assert question.status == Status.WITHDRAWN

    def test_a_guest_is_told_by_a_letter(self, app):
        webinar = a_webinar()
        question = ask(webinar, "Why?", a_registration(webinar, email="awa@example.org"))

        services.hide(question, "It names a person.", webinar.author)
        db.session.commit()

        letter = db.session.scalars(select(Letter).where(Letter.to == "awa@example.org")).one()
        assert letter.subject == "Not shown: your question Why?"
        assert "It names a person." in letter.text.splitlines()

    def test_nobody_else_takes_a_question_down(self, app):
        question = a_question(a_webinar())

        with pytest.raises(moderation.NotPossible):
            services.hide(question, "I do not like it.", a_user())

    def test_nobody_but_admins_takes_down_what_stands_by_itself(self, app):
        solution = a_solution(author=a_user())

        with pytest.raises(moderation.NotPossible):
            moderation.withdraw(solution, a_user())


def back(webinar: Webinar) -> None:
    moderation.publish(moderation.submit(webinar, webinar.author), an_admin(), {})
    db.session.commit()


class TestStandingWithTheWebinar:
    def test_questions_go_and_come_back_with_their_webinar(self, app):
        webinar = a_webinar(consented_at=now())
        shown, waiting, gone = (
            a_question(webinar, status=status) for status in (Status.PUBLISHED, Status.SUBMITTED, Status.WITHDRAWN)
        )
        stood = (shown.status, waiting.status, gone.status)

        moderation.withdraw(webinar, webinar.author)
        db.session.commit()
        meanwhile = (shown.status, waiting.status, gone.status)
        back(webinar)

        assert meanwhile == (Status.WITHDRAWN, Status.SUBMITTED, Status.WITHDRAWN)
        assert (shown.status, waiting.status, gone.status) == stood

    def test_in_the_archive_they_stay_readable(self, app):
        webinar = a_webinar()
        question = a_question(webinar)

        moderation.archive(webinar, webinar.author)
        assert (question.status, question.is_visible) == (Status.ARCHIVED, True)
        moderation.unarchive(webinar, webinar.author)

        assert (question.status, question.own_status) == (Status.PUBLISHED, None)

    def test_what_was_taken_back_meanwhile_does_not_come_back(self, app):
        webinar, ana = a_webinar(), a_user()
        question = a_question(webinar, author=ana)
        moderation.archive(webinar, webinar.author)

        moderation.withdraw(question, ana)
        moderation.unarchive(webinar, webinar.author)

        assert question.status == Status.WITHDRAWN

    def test_what_was_decided_of_its_flags_meanwhile_holds(self, app):
        webinar, admin, reader = a_webinar(), an_admin(), a_user()
        upheld, dismissed, left = (a_question(webinar, title=title) for title in ("upheld", "dismissed", "left"))
        flags = [moderation.flag(each, reader, FlagReason.WRONG) for each in (upheld, dismissed, left)]
        for each in (upheld, dismissed, left):
            moderation.hide(each, admin)
        moderation.flag(webinar, reader, FlagReason.WRONG)
        moderation.hide(webinar, admin)
        moderation.settle(flags[0], admin, FlagOutcome.UPHELD, "True.")
        moderation.settle(flags[1], admin, FlagOutcome.DISMISSED)
        db.session.commit()
        meanwhile = {each.status for each in (upheld, dismissed, left)}

        moderation.settle(moderation.open_flags(webinar)[0], admin, FlagOutcome.DISMISSED)
        db.session.commit()

        assert meanwhile == {Status.WITHDRAWN}
        assert [each.status for each in (upheld, dismissed, left)] == [
            Status.WITHDRAWN, Status.PUBLISHED, Status.REVIEW,
        ]  # fmt: skip

    def test_a_question_is_never_seen_longer_than_its_webinar_whatever_its_status_says(self, app):
        question = a_question(a_webinar(status=Status.WITHDRAWN))

        assert (question.status, question.is_visible) == (Status.PUBLISHED, False)


class TestForgetting:
    def test_the_question_of_a_deleted_account_stays_without_a_name(self, app):
        webinar, ana = a_webinar(), a_user(name="Ana")
        question = ask(webinar, "Why?", ana)

        delete(ana)
        db.session.commit()

        assert (question.is_visible, question.author.name) == (True, "")

    def test_a_guest_is_forgotten_and_gets_no_more_letters(self, app):
        webinar = a_webinar()
        guest = a_registration(webinar, name="Awa", email="awa@example.org")
        question = ask(webinar, "Why?", guest, asker="Awa")

        services.forget_guest(guest)
        db.session.commit()
        services.answer(question, SAID, webinar.author)
        db.session.commit()

        assert (question.asker, question.registration_id, question.is_visible) == ("", None, True)
        assert db.session.scalars(select(Letter).where(Letter.to == "awa@example.org")).all() == []

    def test_ones_own_data_holds_questions_answers_and_votes(self, app):
        webinar, ana = a_webinar(), a_user()
        mine, other = ask(webinar, "Why?", ana), a_question(webinar)
        services.want(other, ana, True)
        given = an_answer(other, by=ana)

        data = export(ana)

        assert [entry["title"] for entry in data["entries"]] == [mine.title]
        assert [each["text"] for each in data["answers to questions"]] == [given.text]
        assert [each["ref"] for each in data["questions wanted"]] == [other.ref]


def test_a_question_carries_the_countries_and_goals_of_its_webinar(app):
    webinar = a_webinar(countries=["IDN"], sdgs=["7"])

    asked = ask(webinar, "Why?", a_user(), summary="In the islands.")

    assert asked.offers() | {"sector": []} == {
        "title": "Why?", "summary": "", "asked": "Why?\n\nIn the islands.", "language": "en",
        "country": ["IDN"], "sdg": ["7"], "sector": [],
    }  # fmt: skip
    assert (db.session.query(Entry).count(), db.session.query(Answer).count()) == (2, 0)
    assert asked.created_at > now() - timedelta(minutes=1)
