"""A body answers a call; both sides talk it over; it is accepted, declined or withdrawn."""

import io
from dataclasses import dataclass

import pytest

from galaxy.accounts.models import Activity
from galaxy.content.models import Status
from galaxy.core.db import db, now
from galaxy.partnerships import services
from galaxy.partnerships.models import Interest, InterestStatus, Partnership, Request, Role, Stage
from tests.factories import (
    a_body,
    a_focal_point,
    a_mandate,
    a_request,
    a_user,
    an_admin,
    an_interest,
    an_offer,
)
from tests.readers import Reader

FORM = "main form.form"
WORDS = "We have trained repairers for ten years."


def the_interest() -> Interest:
    db.session.expire_all()
    return db.session.query(Interest).order_by(Interest.id.desc()).first()


@dataclass
class Sides:
    """Where an answer is read, and a reader of either side of it."""

    at: str
    caller: Reader
    other: Reader


@pytest.fixture
def sides(app):
    interest = an_interest(a_request())
    at = f"/en/partnerships/interests/{interest.ref}"
    return Sides(at, Reader(app, interest.call.author), Reader(app, interest.by))


def test_a_focal_point_answers_a_call(app, reader):
    request = a_request(roles=["provider", "facilitator"])
    own = reader(a_focal_point("FJI", name="Sera"))

    page = own.get(f"/en/partnerships/{request.slug}/answer")
    after = own.send_from(page, FORM, role="provider", message=WORDS)

    assert page.all("#role label") == ["Provider (wanted)", "Facilitator (wanted)"]
    assert after.one("h1") == "The answer of Focal point of FJI"
    assert after.notices[0] == "Your answer is on its way. Theirs will reach you here and by mail."
    assert after.one("section:first-of-type .written") == WORDS
    interest = the_interest()
    assert (interest.by.name, interest.role, interest.status) == ("Sera", Role.PROVIDER, InterestStatus.WAITING)


def test_who_acts_for_two_bodies_says_in_whose_name(app, reader):
    request, sera = a_request(), a_focal_point("FJI")
    togo = a_body(name="Institute of Togo", country="TGO")
    a_mandate(sera, togo)
    own, number = reader(sera), str(togo.id)

    own.send(f"/en/partnerships/{request.ref}/answer", FORM, body=number, role="provider", message=WORDS)

    assert the_interest().body.name == "Institute of Togo"


def test_an_offer_is_answered_as_recipient_first_where_that_is_wanted(app, reader):
    offer = an_offer(roles=["recipient"])

    page = reader(a_focal_point("FJI")).get(f"/en/partnerships/{offer.ref}/answer")

    assert page.all("#role label") == ["Recipient (wanted)", "Facilitator"]


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"message": WORDS, "role": None}, ["Please choose a role."]),
        ({"message": "  ", "role": "provider"}, ["Please say what you bring."]),
        ({"message": "x" * 5001, "role": "provider"}, ["Please shorten this to 5000 characters at most."]),
    ],
)
def test_what_is_wrong_is_said_and_everything_typed_stays(app, reader, typed, errors):
    own = reader(a_focal_point("FJI"))

    page = own.send(f"/en/partnerships/{a_request().ref}/answer", FORM, **typed)

    assert page.errors == errors
    assert page.form(FORM)["message"].strip() == typed["message"].strip()
    assert the_interest() is None


def test_what_was_typed_comes_back_after_an_expired_sign_in(app, reader):
    at, sera = f"/en/partnerships/{a_request().ref}/answer", a_focal_point("FJI")
    own, key = reader(sera), sera.fs_uniquifier
    page = own.get(at)
    with own.client.session_transaction() as session:
        session.pop("_user_id")
    own.send_from(page, FORM, follow=False, role="provider", message=WORDS)
    with own.client.session_transaction() as session:
        session["_user_id"] = key

    again = own.get(at)

    assert (again.form(FORM)["message"], again.form(FORM)["role"]) == (WORDS, "provider")


def test_who_cannot_answer_is_told_what_it_takes(app, reader):
    request, closed = a_request(), a_request(stage=Stage.CLOSED)
    open_at, closed_at = (f"/en/partnerships/{call.ref}/answer" for call in (request, closed))
    member, caller, sera = reader(a_user()), reader(request.author), reader(a_focal_point("FJI"))

    pages = [member.get(open_at), caller.get(open_at), sera.get(closed_at)]

    assert [page.one("h1") for page in pages] == [
        "One answers in the name of a body",
        "This is your own call",
        "This call takes no more answers",
    ]
    assert pages[0].all(".toolbar a") == ["Ask to act for your institution", "Write them a message instead"]


def test_a_visitor_is_asked_to_sign_in_and_led_back(app, visitor):
    at = f"/en/partnerships/{a_request().ref}/answer"

    assert visitor.get(at).location == f"/en/accounts/sign-in?next={at}"


def test_words_sent_to_a_call_that_has_closed_are_not_lost(app, reader):
    own, at = reader(a_focal_point("FJI")), f"/en/partnerships/{a_request().ref}/answer"
    page = own.get(at)
    request = db.session.query(Request).one()
    services.take("close", request, request.author, "We found somebody.")

    answer = own.send_from(page, FORM, role="provider", message=WORDS)

    assert (answer.status, answer.one("h1"), answer.one("#typed")) == (409, "This call takes no more answers", WORDS)


def test_an_answer_is_read_by_both_sides_and_nobody_else(app, reader, visitor, sides):
    others = [reader(user) for user in (a_focal_point("NER"), an_admin(), a_user())]

    assert [own.get(sides.at).status for own in (sides.caller, sides.other)] == [200, 200]
    assert [own.get(sides.at).status for own in (*others, visitor)] == [404, 404, 404, 302]


def test_each_side_has_its_own_buttons(app, sides):
    buttons = ".answering button, .answering a"

    assert sides.caller.get(sides.at).all(buttons) == ["Accept the answer", "Ask them more", "Decline with a reason"]
    assert sides.other.get(sides.at).all(buttons) == ["Withdraw the answer"]


def test_accepting_begins_the_talks(app, sides):
    page = sides.caller.send(sides.at, ".answering form")

    partnership = db.session.query(Partnership).one()
    assert page.response.request.path == f"/en/partnerships/with/{partnership.slug}"
    assert page.notices[0] == "Accepted. You are now in talks: write together what each of you does and gives."
    assert the_interest().status == InterestStatus.ACCEPTED


def test_declining_owes_a_reason(app, sides):
    first = sides.caller.send(f"{sides.at}/decline", FORM, reason=" ")
    after = sides.caller.send_from(first, FORM, reason="We need French speakers.")

    assert first.errors == ["Please say why: the others read it."]
    assert after.notices[0] == "Declined. They are told why."
    assert sides.other.get(sides.at).all(".notice .written") == ["We need French speakers."]
    assert the_interest().status == InterestStatus.DECLINED


def test_withdrawing_may_say_why(app, sides):
    sides.other.send(f"{sides.at}/withdraw", FORM)

    assert the_interest().status == InterestStatus.WITHDRAWN


def test_one_side_cannot_do_what_is_the_others(app, sides):
    assert sides.other.post(f"{sides.at}/accept").status == 404
    assert sides.caller.post(f"{sides.at}/withdraw").status == 404


def test_what_is_decided_already_is_said_with_what_was_typed(app, sides):
    page = sides.caller.get(f"{sides.at}/decline")
    interest = the_interest()
    services.withdraw(interest, interest.by)

    after = sides.caller.send_from(page, FORM, reason="We need French speakers.")

    assert (after.status, after.one("h1")) == (409, "This cannot be done now")
    assert after.all("main p")[0] == "This is not possible any more: the answer has been withdrawn."
    assert after.one("#typed") == "We need French speakers."


def test_both_sides_write_to_each_other_with_files(app, reader, sides):
    strangers = [reader(user) for user in (a_user(), an_admin(), a_focal_point("NER"))]

    sides.caller.send(sides.at, FORM, text="When could you come?")
    plan = (io.BytesIO(b"March: Suva"), "plan.txt")
    page = sides.other.send(sides.at, FORM, text="In March; see the plan.", files=[plan])

    assert page.all(".thread .written") == ["When could you come?", "In March; see the plan."]
    file = page.links(".thread a")[0]
    assert sides.caller.get(file).text == "March: Suva"
    assert [own.get(file).status for own in strangers] == [404, 404, 404]


def test_a_refused_file_sends_nothing_and_keeps_the_words(app, sides):
    page = sides.other.send(sides.at, FORM, text="See this.", files=[(io.BytesIO(b"MZ\x00"), "plan.exe")])

    assert page.errors == ["Please send a PDF, an office document, a text, a CSV table or an image."]
    assert page.form(FORM)["text"] == "See this."
    assert page.all(".thread li") == []


def test_a_message_needs_words_and_at_most_five_files(app, sides):
    six = [(io.BytesIO(b"a"), f"{n}.txt") for n in range(6)]

    assert sides.other.send(sides.at, FORM, text="").errors == ["Please write your message."]
    assert sides.other.send(sides.at, FORM, text="Six", files=six).errors == [
        "Please send 5 files at most with one message."
    ]


def test_admins_read_it_once_asked_in_and_each_look_is_logged(app, reader, sides):
    theirs, asking = reader(an_admin()), "aside section form"

    before = theirs.get(sides.at).status
    page = sides.other.send(sides.at, asking, act="invite")
    seen = theirs.get(sides.at)
    theirs.get(sides.at)

    looks = db.session.query(Activity).filter_by(verb="looked in").all()
    assert before == 404
    assert page.all(f"{asking} button") == ["Let the admins go"]
    assert (seen.status, [(look.actor.name, look.object_kind) for look in looks]) == (200, [("An admin", "interest")])
    assert seen.all(f".answering button, {asking} button") == []

    sides.other.send(sides.at, asking, act="let_go")
    assert theirs.get(sides.at).status == 404


def test_a_member_is_told_that_a_focal_point_must_endorse_first(app, reader):
    member = a_user(country="BFA")
    interest = an_interest(a_request(author=member, body=None))
    own, at = reader(member), f"/en/partnerships/interests/{interest.ref}"

    page = own.get(at)

    assert page.all(".answering p")[0] == (
        "Before you can accept it, a focal point of your country must endorse the call."
    )
    assert own.post(f"{at}/accept").status == 409
    assert the_interest().status == InterestStatus.WAITING


def test_a_closed_call_is_opened_again_with_another_day(app, reader):
    request = a_request(stage=Stage.CLOSED, deadline=now().date().replace(year=2020))
    own, at = reader(request.author), f"/en/partnerships/{request.ref}/reopen"

    late = own.send(at, FORM, deadline="2020-01-01")
    wrong = own.send(at, FORM, deadline="soon")
    own.send(at, FORM, deadline="2099-01-01")

    request = db.session.query(Request).one()
    assert "The last day for answers has passed. Choose a later day, or none." in late.all("main p")
    assert wrong.errors == ["Please give a day, as 2027-03-31."]
    assert (request.stage, str(request.deadline), request.status) == (Stage.OPEN, "2099-01-01", Status.PUBLISHED)
