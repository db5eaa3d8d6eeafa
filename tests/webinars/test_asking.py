"""Asking, wanting, answering and arranging as a reader does it; what moderation, search and requests make of it."""

from typing import Any

import pytest
from sqlalchemy import inspect, select

from galaxy.accounts.models import User
from galaxy.content.models import Status
from galaxy.core.db import db
from galaxy.moderation import services as moderation
from galaxy.moderation.models import FlagReason
from galaxy.partnerships.models import Request
from galaxy.search import index
from galaxy.webinars.models import Webinar
from galaxy.webinars.question_models import Answer, Question
from galaxy.webinars.registration_models import RegistrationStatus
from galaxy.webinars.registration_queries import token as token_of
from galaxy.webinars.registration_services import wipe
from tests.factories import (
    a_focal_point,
    a_question,
    a_registration,
    a_request,
    a_user,
    a_webinar,
    an_admin,
    an_answer,
    saved,
)
from tests.statements import statements

ASK = "#questions form.form"


def again(thing: Any) -> Any:
    """A row as it is now: what a reader does ends the session it came from."""
    return db.session.get_one(type(thing), inspect(thing).identity)


def path(question: Question, what: str = "") -> str:
    return f"/en/webinars/questions/{again(question).ref}{what}"


def room(webinar: Webinar, what: str = "", lang: str = "en") -> str:
    return f"/{lang}/webinars/{again(webinar).ref}{what}"


def told(page) -> list[str]:
    """What the page of a webinar says of each question: its words and how many want to know."""
    return page.all("#questions .questions > li > p:first-child strong")


def a_host(webinar: Webinar) -> User:
    return again(webinar).author


def searched(visitor, words: str) -> list[str]:
    return visitor.get(f"/en/search?q={words}").all("ol.cards h2")


@pytest.fixture
def indexed(app, work):
    index.rebuild()
    return work


def test_a_member_asks_on_the_page_of_the_webinar(reader):
    webinar = a_webinar()
    ana = reader(a_user(name="Ana"))

    page = ana.send(room(webinar), ASK, title="  What does a spare  part cost? ")

    assert page.notices == ["Your question is here. You will be told when it is answered."]
    assert page.one("h1") == "What does a spare part cost?"
    page = ana.get(room(webinar))
    assert told(page) == ["What does a spare part cost?"]
    assert page.one("#questions > p.hint") == "One question is open"
    assert page.all("#questions li > p > .hint") == ["Ana"]
    assert page.all("#questions li button") == []  # nobody votes for their own


def test_the_language_of_a_question_is_that_of_the_page(reader):
    webinar = a_webinar()

    reader(a_user()).send(room(webinar, "/ask", "fr"), title="Combien cela coûte-t-il ?")

    assert list(db.session.scalars(select(Question.language))) == ["fr"]


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"title": " "}, "Please write your question."),
        ({"title": "a" * 201}, "Please shorten this to 200 characters at most."),
        ({"title": "Why?", "summary": "a" * 1001}, "Please shorten this to 1000 characters at most."),
    ],
)
def test_a_question_has_bounds_and_comes_back_as_typed(reader, typed, error):
    webinar = a_webinar()

    page = reader(a_user()).send(room(webinar, "/ask"), **typed)

    assert (page.errors, page.form()["title"]) == ([error], typed["title"].strip())
    assert db.session.query(Question).count() == 0


def test_beside_the_form_stands_what_has_been_asked_and_one_votes_for_it_there(reader):
    webinar = a_webinar()
    a_question(webinar, title="Why?")
    a_question(webinar, title="How?", votes=2)
    ana = reader(a_user())

    page = ana.get(room(webinar, "/ask"))
    assert told(page) == ["How?", "Why?"]
    page = ana.send_from(page, "#questions li:nth-child(2) form", want="yes")

    assert page.all("#questions li button") == ["I want to know too", "You want to know too ✓"]
    assert page.all("#questions li > p > .hint + .hint") == ["2 more want to know", "One more wants to know"]


def test_who_asks_too_much_is_told_so(reader):
    webinar, ana = a_webinar(), a_user()
    for number in range(20):
        a_question(webinar, author=ana, title=f"Question {number}")

    page = reader(again(ana)).send(room(webinar, "/ask"), title="One more?")

    assert page.errors == ["You have asked 20 questions that wait for an answer. Please wait for some."]


def test_a_visitor_reads_the_questions_and_is_asked_to_sign_in(visitor):
    webinar = a_webinar()
    an_answer(a_question(webinar, title="Why?"), text="Because **it rains**.")
    a_question(webinar, title="Hidden", status=Status.SUBMITTED)

    page = visitor.get(room(webinar))

    assert told(page) == ["Why?"]
    assert page.all("#questions details .prose strong") == ["it rains"]
    assert page.all("#questions form") == []
    assert page.links("#questions > p a") == [f"/en/webinars/{again(webinar).slug}/ask"]


def test_hosts_read_questions_first_and_let_them_through(reader):
    webinar = a_webinar(questions_read_first=True)
    ana, host = reader(a_user()), reader(a_host(webinar))
    page = ana.send(room(webinar, "/ask"), title="Why?")
    assert page.notices == [
        "Your question is with the hosts. They read it before it is shown.",
        "This question waits for a host. Only who asked it, the hosts and the speakers see it.",
    ]
    address = page.response.request.path

    other = reader(a_user())
    assert (other.get(address).status, told(other.get(room(webinar)))) == (404, [])
    page = host.get(room(webinar))
    assert page.one("#questions > p .tag") == "One waits for a host"
    page = host.send_from(page, "#questions li form")

    assert page.notices == ["Everybody sees this question now."]
    assert (other.get(address).status, told(other.get(room(webinar)))) == (200, ["Why?"])


class TestAnswering:
    def test_a_speaker_answers_by_the_address_they_have_confirmed(self, reader):
        webinar = a_webinar(speakers=[{"name": "Awa", "email": "awa@example.org"}])
        question = a_question(webinar)
        awa = a_user(email="awa@example.org", name="Awa Traoré")

        assert reader(a_user()).get(path(question, "/answer")).status == 404
        speaker = reader(again(awa))
        page = speaker.get(path(question, "/answer"))
        assert page.all("main .label") == ["Answer", "Where in the recording it is given (optional)"]
        page = speaker.send_from(page, text="Forty dollars.", second="1:02:03")

        assert page.notices == ["The answer is there. Who asked is told."]
        assert page.all("[property=acceptedAnswer] .prose") == ["Forty dollars."]
        assert page.one("[property=acceptedAnswer] [property=author]") == "Awa Traoré"
        assert db.session.scalars(select(Answer.second)).all() == [3723]

    def test_an_address_that_is_not_confirmed_answers_nothing(self, reader):
        webinar = a_webinar(speakers=[{"name": "Awa", "email": "awa@example.org"}])

        awa = a_user(email="awa@example.org", confirmed_at=None)

        assert reader(again(awa)).get(path(a_question(webinar), "/answer")).status in {302, 404}

    def test_a_host_writes_down_what_a_speaker_said(self, reader):
        webinar = a_webinar(speakers=[{"name": "Awa"}, {"name": "Bila"}])
        host = a_host(webinar)
        host.name = "The office"
        question = a_question(saved(webinar))

        page = reader(host).send(path(question, "/answer"), text="Forty.", name="Bila")

        assert page.one("[property=acceptedAnswer] p.hint").startswith("Bila (written down by The office)")

    @pytest.mark.parametrize("typed", ["62", "1:99", "1:61:00", "one", "-1:00", "１:00"])
    def test_a_time_that_is_none_is_refused_and_stays(self, reader, typed):
        webinar = a_webinar()

        page = reader(a_host(webinar)).send(path(a_question(webinar), "/answer"), text="Forty.", second=typed)

        assert (page.errors, page.form()["second"]) == (["Please give a time of the recording, as 1:02:03."], typed)
        assert db.session.query(Answer).count() == 0

    def test_an_answer_is_changed_by_who_wrote_it_and_by_hosts_alone(self, reader):
        webinar = a_webinar(speakers=[{"name": "A", "email": "a@example.org"}, {"name": "B", "email": "b@example.org"}])
        wrote, other = a_user(email="a@example.org"), a_user(email="b@example.org")
        answer = an_answer(a_question(webinar), by=wrote, second=125)
        address = f"/en/webinars/answers/{answer.id}"

        assert reader(again(other)).get(address).status == 404
        assert reader(again(wrote)).get(address).form()["second"] == "2:05"
        page = reader(again(wrote)).send(address, text="Fifty.")
        assert page.all("[property=acceptedAnswer] .prose") == ["Fifty."]
        page = reader(a_host(webinar)).send(address, "main form.act", act="remove")

        assert page.all("article h2")[:1] == ["Nobody has answered yet"]


class TestArranging:
    def test_a_host_puts_questions_under_a_heading_with_its_time(self, reader):
        webinar = a_webinar(recording_url="https://example.org/recording")
        a_question(webinar, title="Before")
        question = a_question(webinar, title="How much?")

        reader(a_host(webinar)).send(path(question, "/group"), group="Money", second="12:34")

        page = reader().get(room(webinar))
        assert page.all("#questions h3") == ["Money"]
        assert page.links("#questions ul:last-of-type a[href*=play]") == [
            f"/en/webinars/{again(webinar).slug}?play=1&at=754"
        ]
        assert page.all("#questions ul:last-of-type a[href*=play]") == ["Play at 12:34"]

    def test_a_host_puts_a_double_together_with_the_other_and_its_address_leads_there(self, reader):
        webinar = a_webinar()
        question, double = a_question(webinar, title="What does it cost?"), a_question(webinar, title="How much?")
        address = path(double)

        page = reader(a_host(webinar)).send(path(double, "/group"), same=str(question.id))

        assert page.one("h1") == "What does it cost?"
        assert reader().get(address).location.endswith(f"/en/webinars/questions/{again(question).slug}")
        assert told(reader().get(room(webinar))) == ["What does it cost?"]

    def test_a_host_hides_a_question_and_who_asked_reads_why(self, reader):
        webinar, ana = a_webinar(), a_user()
        question = a_question(webinar, author=ana)
        host = reader(a_host(webinar))

        assert host.send(path(question, "/hide"), reason=" ").errors == ["Please say why: who asked will read it."]
        host.send(path(question, "/hide"), reason="It names a person.")

        assert reader().get(path(question)).status == 404
        assert reader(again(ana)).get(path(question)).one(".notice blockquote") == "It names a person."
        news = reader(again(ana)).get("/en/notifications/")
        assert [each for each in news.all("main li") if "do not show your question" in each] != []

    def test_who_asked_takes_a_question_back(self, reader):
        webinar, ana = a_webinar(), a_user()
        question = a_question(webinar, author=ana)

        reader(again(ana)).send(path(question), "main form.act")

        assert reader().get(path(question)).status == 404


class TestThePage:
    def test_it_says_when_and_of_what_it_was_asked_and_leads_into_the_recording(self, visitor):
        webinar = a_webinar(title="Pumps", recording_url="https://example.org/recording")
        question = a_question(webinar, title="How much?", summary="In rainy years.", second=60, votes=3)
        an_answer(question, text="Forty.", second=754)
        an_answer(question, text="Or fifty.")

        page = visitor.get(path(question))

        assert page.links("article a[href*=play]")[:2] == [
            f"/en/webinars/{again(webinar).slug}?play=1&at=60",
            f"/en/webinars/{again(webinar).slug}?play=1&at=754",
        ]
        assert page.all("aside h3") == ["Pumps"]
        assert page.all("main .toolbar .hint")[:1] == ["3 more want to know"]

    def test_machines_read_question_and_answers(self, visitor):
        question = a_question(a_webinar(), title="How much?", votes=3, author=a_user(name="Ana"))
        an_answer(question, text="Forty.")

        page = visitor.get(path(question)).soup

        asked = page.select_one("[typeof=QAPage] > [property=mainEntity][typeof=Question]")
        assert asked.select_one("[property=name]").get_text() == "How much?"
        assert {meta["property"]: meta["content"] for meta in asked.select("meta")} == {
            "text": "How much?", "answerCount": "1", "upvoteCount": "3",
        }  # fmt: skip
        answer = asked.select_one("[property=acceptedAnswer][typeof=Answer]")
        assert answer.select_one("[property=text]").get_text().strip() == "Forty."
        assert answer.select_one("[property=url]")["href"].endswith(f"{again(question).ref}#answer-1")

    def test_what_members_type_stays_text(self, visitor):
        evil = "<script>alert(1)</script>"
        question = a_question(a_webinar(), title=evil, summary=evil, group=evil, asker=evil, author=None)
        an_answer(question, text=f"{evil} [x](javascript:alert(1))", name=evil)

        for page in (visitor.get(path(question)), visitor.get(room(again(question).webinar))):
            assert page.status == 200
            assert list(page.soup.select("main script, main a[href^=javascript]")) == []

    def test_an_answer_of_somebody_who_has_left_stays(self, visitor):
        question = a_question(a_webinar(), author=a_user(name=""))
        an_answer(question, by=a_user(name=""))

        page = visitor.get(path(question))

        assert page.all("[property=author]") == ["Somebody who has left"] * 2


class TestBecomingARequest:
    def test_one_click_begins_a_request_with_the_question(self, reader):
        webinar = a_webinar(countries=["IDN"], sdgs=["7"])
        question = a_question(webinar, title="Who repairs inverters?", summary="In the islands.")
        writer = a_focal_point("FJI")
        fiji = reader(writer)

        (link,) = [each for each in fiji.get(path(question)).links("main a.button") if "partnerships" in each]
        form = fiji.get(link).form("form.form")

        assert (form["title"], form["asked"], form["country"], form["sdg"]) == (
            "Who repairs inverters?", "Who repairs inverters?\n\nIn the islands.", "FJI", "7",
        )  # fmt: skip
        fiji.send(link, "form.form", means=["training"], consent="y", act="save")
        request = db.session.scalars(select(Request)).one()
        moderation.put_online(request)
        db.session.commit()
        page = fiji.get(f"/en/partnerships/{request.ref}")
        assert page.links("article header p a") == [f"/en/webinars/questions/{again(question).slug}"]
        page = reader().get(path(question))
        assert page.all("#born h3") == ["Who repairs inverters?"]
        assert [each for each in page.links("main a.button") if "partnerships" in each] == []

    def test_an_answered_question_asks_nobody_else(self, visitor):
        question = a_question(a_webinar())
        an_answer(question)

        assert [each for each in visitor.get(path(question)).links("main a.button") if "partnerships" in each] == []


class TestSearch:
    def test_the_main_search_finds_a_question_with_its_webinar_and_its_time(self, visitor, indexed):
        webinar = a_webinar(title="Pumps", recording_url="https://example.org/recording")
        question = a_question(webinar, title="What does an impeller cost?", second=754)
        an_answer(question, text="Ask the cooperative in Bandung.")
        indexed()

        for words in ("impeller", "bandung"):
            page = visitor.get(f"/en/search?q={words}")
            assert page.all("ol.cards h2") == ["What does an impeller cost?"]
        assert page.links("ol.cards h2 a") == [f"/en/webinars/questions/{again(question).slug}"]
        assert page.links("ol.cards a[href*=play]") == [f"/en/webinars/{again(webinar).slug}?play=1&at=754"]
        page = visitor.get("/en/search?q=impeller&kind=questions")
        assert (page.all("ol.cards .kind"), page.all("ol.cards h2")) == (["question"], ["What does an impeller cost?"])

    def test_an_answer_that_is_changed_is_found_by_its_new_words(self, visitor, reader, indexed):
        webinar = a_webinar()
        answer = an_answer(a_question(webinar), text="Ask in Bandung.")
        indexed()

        reader(a_host(webinar)).send(f"/en/webinars/answers/{answer.id}", text="Ask in Surabaya.")
        indexed()

        assert (searched(visitor, "surabaya"), searched(visitor, "bandung")) == (["What does a spare part cost?"], [])

    def test_what_waits_is_not_found(self, visitor, indexed):
        a_question(a_webinar(questions_read_first=True), title="Impeller?", status=Status.SUBMITTED)
        indexed()

        assert searched(visitor, "impeller") == []

    @pytest.mark.parametrize("way", ["withdraw", "take down", "hide"])
    def test_a_question_is_seen_nowhere_once_its_webinar_is_gone(self, visitor, reader, indexed, way):
        webinar, admin = a_webinar(), an_admin()
        question = a_question(webinar, title="What does an impeller cost?")
        ref, asks = question.ref, reader(a_request(title="A request").author)
        moderation.flag(webinar, a_user(), FlagReason.WRONG)
        indexed()
        assert searched(visitor, "impeller") == ["What does an impeller cost?"]

        webinar, admin = again(webinar), again(admin)
        {
            "withdraw": lambda: moderation.withdraw(webinar, webinar.author),
            "take down": lambda: moderation.withdraw(webinar, admin),
            "hide": lambda: moderation.hide(webinar, admin),
        }[way]()
        db.session.commit()

        shown = [
            visitor.get(f"/en/s/{ref}").status,
            visitor.get(f"/en/webinars/questions/{ref}").status,
            visitor.get("/en/search").all("ol.cards h2"),
            searched(visitor, "impeller"),  # before the worker has come to it
            asks.get(f"/en/partnerships/new?kind=request&from={ref}").form("form.form")["asked"],
        ]
        indexed()
        assert shown == [404, 404, ["A request"], [], ""]
        assert searched(visitor, "impeller") == []
        assert visitor.get("/en/").text.count("impeller") == 0


class TestModeration:
    def test_a_reader_flags_a_question_and_an_admin_takes_it_down(self, reader):
        ana = a_user()
        question = a_question(a_webinar(), author=ana, title="Who is this?")
        bila, admin = reader(a_user()), reader(an_admin())

        page = bila.send(f"/en/moderation/flag/{again(question).ref}", reason="personal")
        assert page.one("h1") == "Who is this?"
        page = admin.get("/en/moderation/flags")
        assert page.all("article h2") == ["Who is this?"]
        page = admin.send("/en/moderation/flags", "article form", note="It names a person.", outcome="upheld")

        assert page.notices == ["The entry is taken down."]
        assert reader().get(path(question)).status == 404
        assert reader(again(ana)).get(path(question)).one(".notice blockquote") == "It names a person."
        assert admin.get(f"/en/moderation/log/{again(question).ref}").status == 200
        assert admin.get("/en/moderation/log?kind=questions").all("tbody td:nth-child(3)")[0] == "Flag upheld"

    def test_a_question_that_waits_for_a_host_waits_for_no_admin(self, reader):
        webinar, ana = a_webinar(questions_read_first=True), a_user()
        a_question(webinar, author=ana, status=Status.SUBMITTED)

        assert reader(again(ana)).get("/en/dashboard").all(".waits h2") == []
        assert reader(an_admin()).get("/en/moderation/").all(".cards h2") == []


def test_one_question_and_three_take_the_same_number_of_statements(reader, visitor, indexed):
    webinar = a_webinar()
    ana = reader(a_user())
    pages = (room(webinar), room(webinar, "/ask"), "/en/search?q=impeller")
    counted = []
    for count in (1, 2):
        for _number in range(count):
            question = a_question(again(webinar), title="An impeller?", group="Parts", second=5)
            an_answer(question, by=a_user())
        indexed()
        for page in pages:
            ana.get(page)
        counted.append([statements(lambda page=page: ana.get(page)) for page in pages])

    assert counted[0] == counted[1]


def test_a_guest_and_a_member_who_registered_are_told_apart(reader):
    webinar = a_webinar()
    a_question(webinar, author=None, registration=a_registration(webinar), asker="")

    assert reader().get(room(webinar)).all("#questions li > p > .hint") == ["A guest"]


class TestFromTheSeat:
    def test_a_guest_asks_and_votes_at_the_address_of_their_registration(self, visitor, reader):
        webinar = a_webinar()
        a_question(webinar, title="Why?")
        guest = a_registration(webinar, name="Awa")
        seat = f"/en/webinars/seats/{token_of(guest)}"

        page = visitor.get(seat)
        assert page.links("main a[href$=questions]") == [f"{seat}/questions"]
        page = visitor.send(f"{seat}/questions", "main form.form", title="How much?")
        assert page.notices == ["Your question is here. You will be told when it is answered."]
        assert [(told(page)), page.all("#questions li button")] == [["Why?", "How much?"], ["I want to know too"]]
        page = visitor.send_from(page, "#questions li form", want="yes")

        assert page.all("#questions li button") == ["You want to know too ✓"]
        page = reader().get(room(webinar))
        assert page.all("#questions li > p > .hint")[1:] == ["One more wants to know", "Awa"]
        assert "example.org" not in page.one("#questions")

    def test_a_guest_votes_for_nothing_else(self, visitor):
        webinar, other = a_webinar(), a_webinar()
        guest, elsewhere = a_registration(webinar), a_question(other)
        address = f"/en/webinars/seats/{token_of(guest)}/questions/{elsewhere.ref}/vote"

        assert visitor.post(address, {"want": "yes"}).status == 404
        assert again(elsewhere).votes == 0

    @pytest.mark.parametrize("why", ["nonsense", "cancelled", "withdrawn"])
    def test_an_address_that_is_none_any_more_asks_nothing(self, visitor, why):
        status = Status.WITHDRAWN if why == "withdrawn" else Status.PUBLISHED
        guest = a_registration(a_webinar(status=status))
        token = "nonsense" if why == "nonsense" else token_of(guest)
        if why == "cancelled":
            guest.status = RegistrationStatus.CANCELLED
            db.session.commit()

        assert visitor.get(f"/en/webinars/seats/{token}/questions").status == 404

    def test_whoever_is_forgotten_as_a_guest_is_forgotten_as_an_asker(self, app):
        guest = a_registration(a_webinar(), name="Awa")
        question = a_question(guest.webinar, author=None, registration=guest, asker="Awa")

        wipe(guest)
        db.session.commit()

        assert (question.asker, question.registration_id) == ("", None)
