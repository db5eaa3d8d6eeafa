"""From a name to a signed-in member, by mail; and what the doors tell nobody."""

import re
import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from galaxy import create_app
from galaxy.accounts.models import Activity, User
from galaxy.accounts.rules import CLOSED_DOORS, SIGN_IN_DOORS
from galaxy.core.db import Base, db, now
from tests.conftest import SETTINGS
from tests.factories import PASSWORD, a_user, an_admin
from tests.readers import Reader

NEW = {"name": "Awa  Ouédraogo", "email": "Awa@Example.org", "password": "trois puits et un moulin", "terms": "y"}


def signed_in(reader):
    """Whether the reader's own account opens."""
    return reader.get("/en/accounts/").status == 200


def enter(reader, email, password=PASSWORD, **more):
    return reader.send("/en/accounts/sign-in", email=email, password=password, **more)


def told(page):
    """The page's words, without what is different each time."""
    return re.sub(r'value="[^"]{30,}"', "", page.soup.select_one("main").decode())


def test_a_visitor_registers_confirms_by_mail_and_signs_in(app, visitor, mails):
    page = visitor.send("/fr/accounts/register", **NEW)
    (mail,) = mails()
    confirmed = visitor.get(mail.link, follow=True)
    inside = visitor.send_from(confirmed, email="awa@example.ORG", password=NEW["password"])
    open_now = signed_in(visitor)
    user = db.session.scalar(select(User))

    assert "awa@example.org" in page.notices[0]
    assert (mail.to, mail.link.split("/")[1:4], NEW["name"] in mail.text) == (
        "awa@example.org",
        ["fr", "accounts", "confirm"],
        False,
    )
    assert mail.link in mail.html
    assert len(confirmed.notices) == 1
    assert inside.response.request.path == "/fr/dashboard"
    assert open_now
    assert (user.name, user.language, user.is_admin, user.login_count) == ("Awa Ouédraogo", "fr", False, 1)
    acts = db.session.scalars(select(Activity).order_by(Activity.id)).all()
    assert [(act.verb, act.object_name) for act in acts] == [("registered", ""), ("confirmed", ""), ("signed in", "")]


def test_who_has_not_confirmed_is_told_so_only_with_the_right_password(visitor):
    a_user(email="new@example.org", confirmed_at=None, with_password=True)

    right = enter(visitor, "new@example.org")
    wrong = enter(visitor, "new@example.org", "something else entirely")

    assert "confirm your address" in right.one(".mistakes li")
    assert wrong.one(".mistakes li") == "The address or the password is not right. Please try again."
    assert not signed_in(visitor)


def test_a_registration_comes_back_as_typed_with_words_that_help(visitor):
    page = visitor.send("/en/accounts/register", name=" ", email="awa at example", password="short")

    assert page.errors == [
        "Please give your name.",
        "This is not an e-mail address. It should look like name@example.org.",
        "Please use at least 10 characters. Three or four words make a good password.",
        "Please agree to the terms to open an account.",
    ]
    assert page.form()["email"] == "awa at example"


def test_fields_that_are_not_asked_for_are_not_taken(visitor):
    visitor.send("/en/accounts/register", **NEW, is_admin="y", appointed="y", active="", confirmed_at="2020-01-01")

    user = db.session.scalar(select(User))
    assert (user.appointed, user.confirmed_at, user.active) == (False, None, True)


@pytest.mark.parametrize("known", [{}, {"confirmed_at": None}, {"active": False}, {"is_admin": True}])
@pytest.mark.parametrize(
    ("door", "typed"),
    [
        ("register", {k: v for k, v in NEW.items() if k != "email"}),
        ("recover", {}),
        ("confirm", {}),
        ("sign-in", {"password": "not the one that opens"}),
    ],
)
def test_an_answer_does_not_tell_whether_an_address_is_known(reader, known, door, typed):
    a_user(email="known@example.org", with_password=True, **known)

    answers = [
        reader().send(f"/en/accounts/{door}", email=f"{who}@example.org", **typed) for who in ("known", "nobody")
    ]

    here, there = (told(page).replace("known@", "X@").replace("nobody@", "X@") for page in answers)
    assert here == there
    assert answers[0].status == answers[1].status


def test_two_who_register_one_address_at_the_same_moment_read_the_same(app, reader):
    pages, readers = [], [reader(), reader()]
    forms = [each.get("/en/accounts/register").form() | NEW for each in readers]

    def register(n):
        with app.app_context():
            answer = readers[n].open("/en/accounts/register", "POST", data=forms[n], follow_redirects=True)
            pages.append((answer.status, told(answer)))

    threads = [threading.Thread(target=register, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert pages[0] == pages[1]
    assert db.session.query(User).count() == 1


def test_the_owner_of_a_known_address_is_told_by_mail(visitor, mails):
    a_user(email="awa@example.org", with_password=True)

    visitor.send("/en/accounts/register", **NEW)

    (mail,) = mails()
    assert (mail.to, mail.subject) == ("awa@example.org", "You already have an account")
    assert db.session.query(User).count() == 1


def test_a_forgotten_password_is_replaced_and_every_session_ends(reader, visitor, mails):
    user = a_user(email="awa@example.org", with_password=True, confirmed_at=None, language="fr")
    elsewhere = reader(user)

    visitor.send("/en/accounts/recover", email="AWA@example.org")
    (mail,) = mails()
    done = visitor.send(mail.link, password="a wholly other password")
    again = visitor.get(mail.link, follow=True)
    enter(visitor, "awa@example.org", "a wholly other password")

    assert done.notices == ["Your new password is set. Please sign in with it."]
    assert again.notices == ["This link does not work any more. Please ask for a new one below."]
    assert not signed_in(elsewhere)
    assert signed_in(visitor)
    assert [mail.to for mail in mails()] == ["awa@example.org"]


def test_links_of_mails_expire(app, visitor, mails):
    a_user(email="awa@example.org", with_password=True)
    visitor.send("/en/accounts/recover", email="awa@example.org")
    (mail,) = mails()

    with time_machine.travel(now() + timedelta(hours=app.config["RECOVER_WITHIN_HOURS"], minutes=1)):
        page = visitor.get(mail.link, follow=True)

    assert page.notices == ["This link has expired. Please ask for a new one below."]


def test_the_links_of_mails_lead_to_the_site_that_is_set_whatever_host_was_asked(visitor, mails):
    a_user(email="awa@example.org", with_password=True)
    token = visitor.get("/en/accounts/recover").form()["csrf_token"]

    typed = {"email": "awa@example.org", "csrf_token": token}
    visitor.open("/en/accounts/recover", "POST", data=typed, base_url="http://evil.example")

    assert all("evil.example" not in mail.text + mail.html for mail in mails())


def test_a_changed_password_signs_out_every_other_device(reader, mails):
    user = a_user(with_password=True)
    here, there = reader(user), reader(user)

    page = here.send("/en/accounts/password", password=PASSWORD, new_password="a wholly other password")

    assert page.notices == ["Your password is changed. Every other device has been signed out."]
    assert (signed_in(here), signed_in(there)) == (True, False)
    assert [mail.subject for mail in mails()] == ["Your password has been changed"]


def test_the_old_password_is_asked_for(reader):
    user = a_user(with_password=True)

    page = reader(user).send("/en/accounts/password", password="a guess at it", new_password="a wholly other password")

    assert page.errors == ["This password is not right. Please try again."]


def test_a_new_address_counts_once_its_link_is_followed(reader, mails):
    user = a_user(email="old@example.org", with_password=True)
    member, number = reader(user), user.id

    page = member.send("/en/accounts/address", email="New@example.org")
    (mail,) = mails()
    before = db.session.get(User, number).email
    member.get(mail.link, follow=True)

    assert "new@example.org" in page.notices[0]
    assert (mail.to, before, db.session.get(User, number).email) == (
        "new@example.org",
        "old@example.org",
        "new@example.org",
    )
    assert [(mail.to, mail.subject) for mail in mails()] == [("old@example.org", "Your address has been changed")]


def test_a_new_address_that_somebody_has_is_answered_alike(reader, mails):
    a_user(email="taken@example.org")
    member = reader(a_user())

    taken = member.send("/en/accounts/address", email="taken@example.org")
    free = member.send("/en/accounts/address", email="free@example.org")

    assert told(taken).replace("taken@", "X@") == told(free).replace("free@", "X@")
    assert [mail.to for mail in mails()] == ["free@example.org"]


@pytest.mark.parametrize("path", ["password", "address", "second-factor", "recovery-codes", "export", "delete"])
def test_what_matters_is_open_to_who_has_signed_in_alone(visitor, path):
    assert visitor.get(f"/en/accounts/{path}").location == f"/en/accounts/sign-in?next=/en/accounts/{path}"


@pytest.mark.parametrize("path", ["address", "second-factor", "recovery-codes", "export", "delete"])
def test_what_matters_asks_for_the_password_again_when_the_sign_in_is_old(reader, path):
    member = reader(a_user(with_password=True))
    with time_machine.travel(now() + timedelta(minutes=90)):
        asked = member.get(f"/en/accounts/{path}", follow=True)
        back = member.send_from(asked, password=PASSWORD)

    assert asked.one("h1") == "Your password, please"
    assert (back.status, back.response.request.path) == (200, f"/en/accounts/{path}")


def test_a_disabled_account_opens_nothing(reader, visitor):
    held = reader(a_user(email="awa@example.org", with_password=True, active=False))

    right = enter(visitor, "awa@example.org")
    wrong = enter(visitor, "awa@example.org", "not the one that opens")

    assert (signed_in(visitor), signed_in(held)) == (False, False)
    assert right.one(".mistakes li").startswith("This account is disabled")
    assert wrong.one(".mistakes li") == "The address or the password is not right. Please try again."


def test_who_is_away_for_long_is_signed_out_and_everybody_after_a_week(app, reader):
    user = a_user(with_password=True)
    away, busy = reader(user), reader(user)
    assert signed_in(away)
    assert signed_in(busy)
    hours = app.config["SESSION_HOURS"]

    with time_machine.travel(now() + timedelta(hours=hours - 1)):
        assert signed_in(busy)
    with time_machine.travel(now() + timedelta(hours=hours + 1)):
        assert (signed_in(away), signed_in(busy)) == (False, True)
    for hour in range(hours + 11, 24 * app.config["SESSION_DAYS"], 10):
        with time_machine.travel(now() + timedelta(hours=hour)):
            assert signed_in(busy)
    with time_machine.travel(now() + timedelta(days=app.config["SESSION_DAYS"], hours=1)):
        assert not signed_in(busy)


def test_signing_out_is_sent_with_a_token_and_works(reader):
    member = reader(a_user())
    token = member.get("/en/accounts/export").form()["csrf_token"]

    looked_at = member.get("/en/accounts/sign-out")
    still = signed_in(member)
    member.open("/en/accounts/sign-out", "POST")
    without = signed_in(member)
    member.open("/en/accounts/sign-out", "POST", data={"csrf_token": token})

    assert (looked_at.status, still, without, signed_in(member)) == (405, True, True, False)


def test_signing_out_elsewhere_keeps_this_device(reader):
    user = a_user()
    here, there = reader(user), reader(user)

    here.post("/en/accounts/sign-out-elsewhere")

    assert (signed_in(here), signed_in(there)) == (True, False)


def test_what_was_sent_with_an_expired_sign_in_waits_behind_the_door(reader, visitor):
    a_user(email="awa@example.org", with_password=True)
    token = visitor.get("/en/accounts/sign-in").form()["csrf_token"]

    typed = {"name": "Awa", "organisation": "ANEEMAS", "csrf_token": token}
    door = visitor.open("/en/accounts/profile", "POST", data=typed, follow_redirects=True)
    back = visitor.send_from(door, email="awa@example.org", password=PASSWORD)

    assert (back.response.request.path, back.form()["organisation"]) == ("/en/accounts/profile", "ANEEMAS")


AWAY = [
    "//evil.example", "///evil.example", "////evil.example", "https://evil.example", "http:evil.example",
    "https:///evil.example", "\\\\evil.example", "/\\evil.example", "\\/evil.example", "/\t/evil.example",
    "/\n/evil.example", "\t//evil.example", " //evil.example", "%20//evil.example", "//evil.example\\@localhost/",
    "https://localhost@evil.example", "http://localhost.evil.example/", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
    "data:text/html,hello", "//localhost:80@evil.example", "http://localhost/", "evil.example", "pages.home",
    "/%5cevil.example\\", "//%65vil.example", "https:evil.example", "//[::1]/", "\x00//evil.example", "/ /evil.example",
    "@evil.example", "?next=//evil.example",
]  # fmt: skip


@pytest.mark.parametrize("where", ["address", "form"])
def test_no_next_leads_away(reader, where):
    a_user(email="awa@example.org", with_password=True)

    ends = {target: after_sign_in(reader(), target, where) for target in AWAY}

    assert ends == dict.fromkeys(AWAY, (302, "/en/dashboard"))


def after_sign_in(visitor, target, where):
    """Where a visitor is led who signs in with this `next` in the address or in the form."""
    address = {"query_string": {"next": target} if where == "address" else {}}
    page = visitor.get("/en/accounts/sign-in", **address)
    typed = page.form() | {"email": "awa@example.org", "password": PASSWORD}
    typed |= {"next": target} if where == "form" else {}
    answer = visitor.open("/en/accounts/sign-in", "POST", data=typed, **address)
    return answer.status, answer.location


def test_next_leads_back_to_a_page_of_ours(visitor):
    a_user(email="awa@example.org", with_password=True)

    page = visitor.send_from(
        visitor.get("/en/accounts/mandates/apply", follow=True), email="awa@example.org", password=PASSWORD
    )

    assert page.response.request.path == "/en/accounts/mandates/apply"


def test_the_doors_speak_no_json_and_take_no_tokens(app, reader):
    user = a_user(email="awa@example.org", with_password=True)
    visitor, number = reader(), user.id
    token = visitor.get("/en/accounts/sign-in").form()["csrf_token"]
    typed = {"email": "awa@example.org", "password": PASSWORD}

    sent = visitor.open("/en/accounts/sign-in", "POST", json=typed, headers={"X-CSRFToken": token})
    asked = visitor.open(
        "/en/accounts/sign-in?include_auth_token",
        "POST",
        data=typed | {"csrf_token": token},
        headers={"Accept": "application/json"},
    )
    with app.test_request_context():
        by_token = db.session.get(User, number).get_auth_token()
    stranger = reader().open("/en/accounts/", headers={"Authentication-Token": by_token})

    assert (sent.status, asked.status, asked.location, stranger.status) == (415, 302, "/en/dashboard", 302)


def test_every_door_of_flask_security_has_its_rule(app):
    doors = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("security.")}

    assert doors == set(SIGN_IN_DOORS) | CLOSED_DOORS
    assert all(hasattr(app.view_functions[endpoint], "rule") for endpoint in doors)


def test_doors_that_nobody_needs_are_closed(visitor):
    paths = ("tf-select", "tf-rescue")

    assert [visitor.get(f"/en/accounts/{path}").status for path in paths] == [404, 404]


def test_a_password_too_many_makes_one_wait(tmp_path):
    app = create_app(tmp_path, **SETTINGS | {"LIMITS": True, "LIMIT_ACCOUNT": "3/hour", "LIMIT_RECOVER": "2/hour"})
    with app.app_context():
        Base.metadata.create_all(db.engine)
        a_user(email="awa@example.org", with_password=True)
        a_user(email="other@example.org", with_password=True)
        visitor = Reader(app)

        db.session.remove()
        tries = [enter(visitor, "awa@example.org", "a guess at it").status for _n in range(4)]
        right = enter(visitor, "AWA@example.org").status
        other = enter(visitor, "other@example.org").response.request.path
        mails = [Reader(app).send("/en/accounts/recover", email="nobody@example.org").status for _n in range(3)]
        db.session.remove()
        db.engine.dispose()

    assert (tries, right, other, mails) == ([200, 200, 200, 429], 429, "/en/dashboard", [200, 200, 429])


def test_an_admin_without_a_second_factor_is_led_to_it_and_may_nothing_until_then(reader):
    admin = an_admin(tf_primary_method=None, with_password=True)
    before, number = reader(admin), admin.id

    page = before.get("/en/", follow=True)

    assert page.one("h1") == "Second step of your sign-in"
    assert page.notices == ["As an admin you need a second step to sign in. Please set it up now."]
    assert not db.session.get(User, number).is_admin
    token = page.form("main form")["csrf_token"]
    assert before.open(f"/en/accounts/people/{number}/appoint", "POST", data={"csrf_token": token}).status == 404


def test_the_demonstration_asks_no_second_factor_of_its_admin(app, reader):
    admin = an_admin(tf_primary_method=None)
    app.config["DEMO"] = True
    try:
        assert reader(admin).get("/en/accounts/people").status == 200
    finally:
        app.config["DEMO"] = False


def test_who_entered_and_who_failed_stands_in_the_log_without_an_address(reader):
    user = a_user(email="awa@example.org", with_password=True).id

    enter(reader(), "awa@example.org", "not the one that opens")
    enter(reader(), "nobody@example.org", "not the one that opens")
    enter(reader(), "awa@example.org", PASSWORD)

    acts = db.session.query(Activity).order_by(Activity.id).all()
    assert [(act.verb, act.actor_id, act.object_id, act.object_name) for act in acts] == [
        ("failed to sign in", None, user, ""),
        ("failed to sign in", None, 0, ""),
        ("signed in", user, user, ""),
    ]
