"""The survey of a webinar: asked by hosts, answered by those who had a place, told without names."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from galaxy.core.db import db
from galaxy.webinars.models import Webinar
from galaxy.webinars.registration_models import RegistrationStatus, SurveyAnswer
from galaxy.webinars.registration_services import wipe
from tests.factories import a_focal_point, a_registration, a_user, a_webinar, an_admin, saved
from tests.webinars.test_desk import again, at_once, seat, where

STARTS = datetime(2026, 3, 10, 14, tzinfo=UTC)
AFTER = STARTS + timedelta(hours=3)
SURVEY = [
    {"key": "u", "question": "How useful was it?", "kind": "scale", "choices": []},
    {"key": "w", "question": "What was missing?", "kind": "text", "choices": []},
    {"key": "a", "question": "Come again?", "kind": "choice", "choices": ["Yes", "No"]},
]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AFTER, tick=False) as travel:
        yield travel


def a_surveyed(survey=SURVEY):
    host = a_focal_point("GHA")
    return a_webinar(author=host, starts_at=STARTS, survey=survey), host


def an_answer(webinar, **answers):
    guest = a_registration(again(webinar))
    return saved(SurveyAnswer(registration_id=guest.id, webinar_id=guest.webinar_id, answers=answers))


def questions():
    db.session.expire_all()
    return [(each["question"], each["kind"], each["choices"]) for each in db.session.query(Webinar).one().survey]


def test_questions_are_proposed_and_chosen(reader):
    webinar, host = a_surveyed([])
    host = reader(host)
    page = host.get(where(webinar, "/survey-questions"))
    form = page.form("main form.form")
    assert [form[f"asks-{n}-question"] for n in range(4)] == [
        "How useful was it?", "What will you use where you work?", "What was missing?", "",
    ]  # fmt: skip

    typed = {"asks-1-question": "", "asks-3-question": "Come again?", "asks-3-kind": "yes/no"}
    page = host.send_from(page, "main form.form", **typed, act="save")

    assert (page.notices, questions()) == (
        ["Saved."],
        [
            ("How useful was it?", "scale", []),
            ("What was missing?", "text", []),
            ("Come again?", "choice", ["Yes", "No"]),
        ],
    )


def test_once_somebody_has_answered_questions_are_only_added(reader):
    webinar, host = a_surveyed()
    an_answer(webinar, u="5")
    page = reader(host).send(
        where(webinar, "/survey-questions"), "main form.form", **{"asks-0-question": "And now?", "act": "save"}
    )

    assert page.all("main ol:not(nav ol) li")[-4:] == [
        "How useful was it?",
        "What was missing?",
        "Come again?",
        "And now?",
    ]
    assert [each["key"] for each in again(webinar).survey][:3] == ["u", "w", "a"]


def test_no_more_than_twelve_are_asked_and_a_list_has_two_answers(reader):
    webinar, host = a_surveyed([{"key": str(n), "question": f"Question {n}", "kind": "text"} for n in range(12)])
    an_answer(webinar, **{"1": "So"})
    host = reader(host)
    page = host.send(
        where(webinar, "/survey-questions"), "main form.form", **{"asks-0-question": "More?", "act": "save"}
    )
    assert page.all(".mistakes li") == ["Questions"]

    other, host = a_surveyed([])
    page = reader(host).send(
        where(other, "/survey-questions"),
        "main form.form",
        **{"asks-0-kind": "choice", "asks-0-choices": "One", "act": "save"},
    )
    assert page.errors == ["Please give two answers at least, one a line."]


def test_one_answers_once_and_can_say_it_anew(visitor):
    webinar, _host = a_surveyed()
    guest = a_registration(webinar)
    assert visitor.get(seat(guest, "")).all("main a.button.quiet") == ["Say what you think of it"]

    page = visitor.send(seat(guest, "/survey"), ask_u="4", ask_w="Time")
    assert page.notices[0] == "Thank you. You can change it as long as it is asked."
    page = visitor.get(seat(guest, "/survey"))
    assert (page.form()["ask_u"], page.form()["ask_w"]) == ("4", "Time")
    visitor.send(seat(guest, "/survey"), ask_u="7", ask_a="No")

    assert [each.answers for each in db.session.query(SurveyAnswer)] == [{"u": "", "w": "Time", "a": "No"}]


@pytest.mark.parametrize(
    ("facts", "moment", "kept"),
    [
        ({}, STARTS - timedelta(seconds=1), 0),
        ({}, STARTS, 1),
        ({}, STARTS + timedelta(hours=1, days=60) - timedelta(seconds=1), 1),
        ({}, STARTS + timedelta(hours=1, days=60), 0),
        ({"status": RegistrationStatus.WAITING}, AFTER, 0),
    ],
)
def test_it_is_open_from_the_start_until_sixty_days_after_to_who_had_a_place(visitor, clock, facts, moment, kept):
    webinar, _host = a_surveyed()
    guest = a_registration(webinar, **facts)
    clock.move_to(moment)
    visitor.post(seat(guest, "/survey"), {"ask_u": "4"})

    assert db.session.query(SurveyAnswer).count() == kept


def test_who_says_nothing_has_not_answered(visitor):
    webinar, _host = a_surveyed()
    page = visitor.send(seat(a_registration(webinar), "/survey"), ask_w="  ")

    assert (page.notices, db.session.query(SurveyAnswer).count()) == (["Please answer one question at least."], 0)


def test_who_answers_twice_at_once_has_answered_once(app, reader):
    webinar, _host = a_surveyed()
    path, readers = seat(a_registration(webinar), "/survey"), [reader(), reader()]
    forms = [each.get(path).form() | {"ask_u": mark} for each, mark in zip(readers, "45", strict=True)]

    assert at_once(app, *[(each, path, form) for each, form in zip(readers, forms, strict=True)]) == [302, 302]
    assert db.session.query(SurveyAnswer).count() == 1


# What hosts read.


def test_nothing_is_shown_of_two_answers(reader):
    webinar, host = a_surveyed()
    for word in ("Zeal", "Time"):
        an_answer(webinar, u="5", w=word)
    host = reader(host)
    page = host.get(where(webinar, "/survey-results"))

    assert page.all("main h2 ~ p") == [
        "2 people have answered.", "Answers are shown from three on, so that nobody is recognised.",
    ]  # fmt: skip
    assert [word in page.text for word in ("Zeal", "Time")] == [False, False]
    table = host.post(where(webinar, "/survey-results.csv")).response.get_data().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(table))) == [["Question", "Answer", "How often"]]


def test_results_are_counted_and_words_stand_in_no_order_of_people(reader):
    webinar, host = a_surveyed()
    an_answer(webinar, u="5", w="Zeal", a="Yes")
    an_answer(webinar, u="4", w="=A1")
    an_answer(webinar, u="2", a="Yes", gone="of a question that was")
    host = reader(host)
    page = host.get(where(webinar, "/survey-results"))

    assert page.all(".result > p") == ["On average: 3.7"]
    assert page.all(".result td:nth-child(2)") == ["0", "1", "0", "1", "1", "2", "0"]
    assert page.all(".result li") == ["=A1", "Zeal"]
    assert "guest" not in page.text.lower()
    table = host.post(where(webinar, "/survey-results.csv")).response.get_data().decode("utf-8-sig")
    assert [row for row in csv.reader(io.StringIO(table)) if row[0] != "How useful was it?"] == [
        ["Question", "Answer", "How often"],
        ["What was missing?", "'=A1", "1"],
        ["What was missing?", "Zeal", "1"],
        ["Come again?", "Yes", "2"],
        ["Come again?", "No", "0"],
    ]


def test_what_the_forgotten_said_stays_and_leads_to_nobody(app):
    webinar, _host = a_surveyed()
    said = an_answer(webinar, w="Time")
    guest = a_registration(webinar)
    said.registration_id = guest.id
    wipe(guest)
    db.session.commit()

    assert [(each.registration_id, each.answers) for each in db.session.query(SurveyAnswer)] == [(None, {"w": "Time"})]


def test_nobody_but_hosts_and_admins_reads_answers(reader):
    webinar, host = a_surveyed()
    for _n in range(3):
        an_answer(webinar, w="Too long")
    member = a_user()
    a_registration(webinar, member)
    readers = [reader(each) for each in (member, a_focal_point("FJI"), host, an_admin())]

    for rest in ("/survey-questions", "/survey-results"):
        assert [each.get(where(webinar, rest)).status for each in readers] == [404, 404, 200, 200]
    assert [each.post(where(webinar, "/survey-results.csv")).status for each in readers] == [404, 404, 200, 200]
    assert "Too long" not in readers[0].get(f"/en/webinars/{again(webinar).slug}").text
