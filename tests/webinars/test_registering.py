"""Registering: members with one click, guests by a letter; one's own page; leaving."""

from galaxy.core.db import db
from galaxy.webinars.registration_models import Registration, RegistrationStatus
from galaxy.webinars.registration_queries import token
from tests.factories import a_registration, a_user, a_webinar


def where(webinar, rest=""):
    return f"/en/webinars/{webinar.ref}{rest}"


def seat_of(registration, rest=""):
    return f"/en/webinars/seats/{token(registration)}{rest}"


def registrations():
    return [(each.email, each.status.value) for each in db.session.query(Registration).order_by(Registration.id)]


def test_a_member_registers_with_one_click_and_sees_where_to_join(reader):
    webinar, member = a_webinar(), a_user(email="awa@example.org", name="Awa")
    page = reader(member).send(where(webinar), "form.act[action$=register]")

    assert page.notices == ["You are registered.", "You have a place."]
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
    assert page.notices == ["You are registered.", "You have a place."]
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
