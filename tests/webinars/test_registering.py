"""Registering: members with one click, guests by a letter; one's own page; leaving."""

import re
from datetime import timedelta
from email.header import decode_header, make_header

from galaxy.core.db import db, now
from galaxy.webinars.registration_models import Registration, RegistrationStatus
from galaxy.webinars.registration_queries import token
from tests.core.test_mail import postbox  # noqa: F401  # a fixture
from tests.factories import a_registration, a_user, a_webinar

HOLDS = "You have a place. We remind you by mail before it begins. Our mails lead back to this page."


def where(webinar, rest=""):
    return f"/en/webinars/{webinar.ref}{rest}"


def seat_of(registration, rest=""):
    return f"/en/webinars/seats/{token(registration)}{rest}"


def registrations():
    return [(each.email, each.status.value) for each in db.session.query(Registration).order_by(Registration.id)]


def test_a_member_registers_with_one_click_and_sees_where_to_join(reader):
    webinar, member = a_webinar(), a_user(email="awa@example.org", name="Awa")
    page = reader(member).send(where(webinar), "form.act[action$=register]")

    assert page.notices == ["You are registered.", HOLDS]
    assert page.links("dd a") == ["https://meet.example.org/pumps"]
    assert registrations() == [("awa@example.org", "registered")]


def test_a_guest_registers_by_a_letter_and_confirms_with_a_button(visitor, work):
    webinar = a_webinar()
    page = visitor.send(
        where(webinar, "/register"), name="Fanta", email="Fanta@Example.org", country="SEN", organisation="SONES"
    )

    assert page.one("h1") == "Look into your mailbox"
    assert registrations() == [("fanta@example.org", "unconfirmed")]

    (registration,) = db.session.query(Registration)
    page = visitor.get(seat_of(registration))
    assert page.one("h1") == "Confirm your registration"
    assert registrations() == [("fanta@example.org", "unconfirmed")]

    page = visitor.send_from(page)
    assert page.notices == ["You are registered.", HOLDS]
    assert registrations() == [("fanta@example.org", "registered")]


def test_who_leaves_is_asked_once_and_the_next_moves_up(visitor):
    webinar = a_webinar(capacity=1)
    first, seat = (each := a_registration(webinar)).email, seat_of(each)
    a_registration(webinar, status=RegistrationStatus.WAITING, email="next@example.org")
    page = visitor.send(f"{seat}/leave")

    assert page.one("h1") == "You have left"
    assert registrations() == [(first, "cancelled"), ("next@example.org", "registered")]
    page = visitor.get(seat)
    assert (page.status, page.one("h1")) == (404, "This link is no longer good")


def test_a_page_of_ones_own_says_the_place_in_the_queue_and_keeps_to_itself(visitor):
    webinar = a_webinar(capacity=0)
    a_registration(webinar, status=RegistrationStatus.WAITING)
    page = visitor.get(seat_of(a_registration(webinar, status=RegistrationStatus.WAITING)))
    headers = page.response.headers

    assert page.notices == [
        "You are on the waiting list. You are at place 2. As soon as a place is free for you, we write to you."
    ]
    assert "meet.example.org" not in page.text
    assert (headers["Cache-Control"], headers["Referrer-Policy"], headers["X-Robots-Tag"]) == (
        "no-store", "same-origin", "noindex, nofollow",
    )  # fmt: skip


def test_only_who_holds_a_place_finds_in_the_calendar_where_to_join(visitor):
    webinar = a_webinar(capacity=1)
    holds = visitor.get(seat_of(a_registration(webinar), "/calendar.ics"))
    waits = visitor.get(seat_of(a_registration(webinar, status=RegistrationStatus.WAITING), "/calendar.ics"))

    assert ["https://meet.example.org/pumps" in page.text for page in (holds, waits)] == [True, False]


def test_answers_can_be_changed_until_it_begins(visitor):
    asks = [{"key": "k", "question": "What do you want to learn?", "kind": "text", "needed": True, "choices": []}]
    registration = a_registration(a_webinar(asks=asks), answers={"k": "Parts"}, name="Fanta")
    seat = seat_of(registration)
    assert visitor.send(seat, ask_k="").errors == ["Please answer this."]

    assert visitor.send(seat, ask_k="Prices", country="SEN").notices == ["Your answers are kept.", HOLDS]
    (kept,) = db.session.query(Registration)
    assert (kept.answers, kept.country, kept.name) == ({"k": "Prices"}, "SEN", "Fanta")


def test_the_answer_to_a_guest_is_the_same_whether_the_address_is_known_or_not(visitor):
    form = where(webinar := a_webinar(), "/register")
    a_registration(webinar, email="known@example.org")
    a_registration(webinar, a_user(email="member@example.org"))
    pages = [visitor.send(form, name="N", email=f"{who}@example.org") for who in ("new", "known", "member")]

    assert len({page.one("main") for page in pages}) == 1


def test_mail_programs_leave_without_a_page(visitor):
    registration = a_registration(a_webinar())
    page = visitor.open(seat_of(registration, "/leave"), "POST", data={"List-Unsubscribe": "One-Click"})

    assert (page.status, [status for _email, status in registrations()]) == (200, ["cancelled"])


def test_a_guest_goes_the_whole_way_by_mails_that_a_mail_server_brings(app, visitor, work, postbox):  # noqa: F811  # the fixture
    webinar = a_webinar(title="Water talks", starts_at=(now() + timedelta(days=9)).replace(microsecond=0))
    visitor.send(f"/fr/webinars/{webinar.ref}/register", name="Fanta", email="fanta@example.org")
    work()
    visitor.send(link(postbox.messages[-1]))
    work()
    seat = link(postbox.messages[-1])
    kinds = [part.get_content_type() for part in postbox.messages[-1].walk() if not part.is_multipart()]
    visitor.send(f"{seat}/leave")
    work()

    assert [heading(mail) for mail in postbox.messages] == [
        ("fanta@example.org", "Veuillez confirmer : Water talks"),
        ("fanta@example.org", "Vous êtes inscrit(e) : Water talks"),
        ("fanta@example.org", "Désinscription : Water talks"),
    ]
    assert kinds == ["text/plain", "text/html", "text/calendar", "application/ics"]
    assert visitor.get(seat).status == 404


def link(mail):
    """The path of the page that a letter leads to."""
    text = next(part for part in mail.walk() if part.get_content_type() == "text/plain").get_payload(decode=True)
    return re.search(r"http://localhost(/fr/webinars/seats/[\w.-]+)\s", text.decode())[1]


def heading(mail):
    return mail["To"], str(make_header(decode_header(mail["Subject"])))
