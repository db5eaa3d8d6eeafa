"""Secret addresses: of a registration, of one's own calendar. Forged, stale, of others, and what leaks of them."""

import pytest
from itsdangerous import URLSafeSerializer

from galaxy.accounts import services as accounts
from galaxy.accounts.models import User
from galaxy.core.db import db
from galaxy.notifications.services import unsubscribe_token
from galaxy.webinars import feeds, registration_services
from galaxy.webinars.registration_models import Registration, RegistrationStatus
from galaxy.webinars.registration_queries import token
from tests.factories import a_question, a_registration, a_user, a_webinar, saved

SEATS = ("", "/leave", "/questions", "/check-in", "/survey", "/certificate", "/certificate.pdf")


def seat(secret, rest=""):
    return f"/en/webinars/seats/{secret}{rest}"


def status():
    return [each.status.value for each in db.session.query(Registration).order_by(Registration.id)]


FORGED = {
    "nothing": lambda _row, _app: "x",
    "no secret": lambda row, _app: URLSafeSerializer("", salt=f"seat of {row.email}").dumps(row.id),
    "another salt": lambda row, app: URLSafeSerializer(app.config["SECRET_KEY"], salt="seat of x").dumps(row.id),
    "of another": lambda row, app: URLSafeSerializer(app.config["SECRET_KEY"], salt=f"seat of {row.email}").dumps(99),
    "a text": lambda row, app: URLSafeSerializer(app.config["SECRET_KEY"], salt=f"seat of {row.email}").dumps("1"),
    "a list": lambda row, app: URLSafeSerializer(app.config["SECRET_KEY"], salt=f"seat of {row.email}").dumps([1]),
    "true": lambda row, app: URLSafeSerializer(app.config["SECRET_KEY"], salt=f"seat of {row.email}").dumps(True),
    "of unsubscribing": lambda _row, _app: unsubscribe_token(a_user(), "published"),
    "endless": lambda row, _app: token(row) + "x" * 5_000,
    "cut": lambda row, _app: token(row)[:-1],
    "deep": lambda _row, _app: URLSafeSerializer("").dumps([[[[[[[[]]]]]]]] * 99),
    "odd letters": lambda _row, _app: "%F0%9F%92%A5.%00.%ff",
    "two": lambda row, _app: f"{token(row)}.{token(row)}",
}  # fmt: skip


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_address_opens_nothing(app, visitor, how):
    row = a_registration(a_webinar())
    forged = FORGED[how](row, app)

    opened = [visitor.get(seat(forged, rest)).status for rest in SEATS]
    done = [visitor.post(seat(forged, rest)).status for rest in ("/leave", "/confirm", "/check-in", "/questions")]

    assert (set(opened), set(done), status()) == ({404}, {404}, ["registered"])


def test_looking_does_nothing(visitor):
    row = a_registration(webinar := a_webinar(), status=RegistrationStatus.UNCONFIRMED)
    holds = token(a_registration(webinar))
    unsure = token(row)

    for rest in SEATS:
        for secret in (unsure, holds):
            for method in ("GET", "HEAD", "OPTIONS"):
                visitor.open(seat(secret, rest), method, headers={"Purpose": "prefetch", "Sec-Purpose": "prefetch"})
    visitor.get(seat(unsure, "/confirm"))

    assert status() == ["unconfirmed", "registered"]


def test_who_has_left_or_is_forgotten_has_no_address_any_more(visitor):
    row = a_registration(a_webinar())
    secret = token(row)
    visitor.post(seat(secret, "/leave"))

    assert [visitor.get(seat(secret, rest)).status for rest in SEATS] == [404] * len(SEATS)
    assert [visitor.post(seat(secret, rest)).status for rest in ("/confirm", "/leave")] == [404] * 2
    assert status() == ["cancelled"]

    other = a_registration(a_webinar())
    stale = token(other)
    registration_services.wipe(other)
    db.session.commit()
    assert [visitor.get(seat(each, rest)).status for each in (stale, token(other)) for rest in SEATS] == [
        404
    ] * 2 * len(SEATS)


def test_a_secret_address_is_kept_by_no_cache_and_told_to_no_other_site(visitor):
    webinar = a_webinar(check_in="abcdef")
    unsure = token(a_registration(webinar, status=RegistrationStatus.UNCONFIRMED))
    holds, waits = token(a_registration(webinar)), token(a_registration(webinar, status=RegistrationStatus.WAITING))
    asked = a_question(webinar).ref
    pages = [visitor.get(seat(each, rest)) for each in (unsure, holds, waits, "x") for rest in SEATS]
    pages += [visitor.post(seat(holds, f"/questions/{asked}/vote")), visitor.post(seat(holds, "/questions"))]

    names = ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")
    said = {tuple(page.response.headers.get(name) for name in names) for page in pages}
    assert said == {("no-store", "same-origin", "noindex, nofollow")}


def test_a_calendar_of_ones_own_is_as_good_as_its_owner(app, visitor):
    user = a_user()
    a_registration(a_webinar(join_url="https://meet.example.org/wombat"), user)
    db.session.commit()
    old, new = (saved(feeds.new_key(user)).key for _time in range(2))
    number = user.id

    def opened(key):
        return visitor.get(f"/en/webinars/feeds/{key}.ics").status

    assert [opened(each) for each in (old, new, new[:-1], new + "x" * 300, new.upper(), "x")] == [404, 200, *[404] * 4]
    private = visitor.get(f"/en/webinars/feeds/{new}.ics").response.headers
    assert "public" not in private["Cache-Control"]
    db.session.get_one(User, number).active = False
    db.session.commit()
    assert opened(new) == 404
    db.session.get_one(User, number).active = True
    db.session.commit()
    assert opened(new) == 200
    accounts.delete(db.session.get_one(User, number))
    db.session.commit()
    assert opened(new) == 404


def test_an_address_that_was_a_members_may_be_anothers_now(reader):
    first, webinar = a_user(email="desk@example.org"), a_webinar()
    a_registration(webinar, first)
    first.email = "away@example.org"
    db.session.commit()
    second = a_user(email="desk@example.org")

    page = reader(second).send(f"/en/webinars/{webinar.ref}", "form.act[action$=register]")

    assert (page.status, page.notices[0], status()) == (200, "You are registered.", ["registered", "registered"])
