"""The second step: set up with a code, asked for at each sign-in, each code taken once; codes for a lost phone."""

import time
from datetime import timedelta

import pytest
import time_machine

from galaxy.accounts.models import User
from galaxy.core.db import db, now
from tests.accounts.conftest import totp
from tests.factories import PASSWORD, a_user, an_admin


@pytest.fixture
def member(reader):
    """A signed-in member with a password."""
    return reader(a_user(email="awa@example.org", with_password=True))


def set_up(reader):
    """Set the second step up, and give its key."""
    page = reader.send("/en/accounts/second-factor", setup="authenticator")
    key = page.one("main code")
    done = reader.send_from(page, code=totp(key, time.time()))
    return key, done


def start(visitor):
    """Give address and password, as far as the second step."""
    return visitor.send("/en/accounts/sign-in", email="awa@example.org", password=PASSWORD)


def opens(reader):
    return reader.get("/en/accounts/").status == 200


def test_the_second_step_is_set_up_with_a_picture_a_key_and_a_code(member, mails):
    page = member.send("/en/accounts/second-factor", setup="authenticator")
    key = page.one("main code")
    wrong = member.send_from(page, code="000 000")
    right = member.send_from(wrong, code=totp(key, time.time()))

    assert page.soup.select_one("main img")["src"].startswith("data:image/svg+xml")
    assert wrong.errors == ["This code is not right, or it has been used already. Please give the next one."]
    assert right.all(".notice.good")[-1] == "The second step is on."
    assert [mail.subject for mail in mails()] == ["The second step of your sign-in has been changed"]


def test_a_sign_in_asks_for_the_code_and_takes_each_once(member, reader):
    key, _done = set_up(member)
    visitor, second = reader(), reader()

    with time_machine.travel(now() + timedelta(minutes=2)):
        code = totp(key, time.time())
        step = start(visitor)
        before = opens(visitor)
        visitor.send_from(step, code=code)
        again = second.send_from(start(second), code=code)

        assert (step.one("h1"), before, opens(visitor), opens(second)) == ("Second step", False, True, False)
        assert again.errors == ["This code is not right, or it has been used already. Please give the next one."]


def test_the_code_that_set_it_up_opens_nothing_more(member, reader):
    visitor = reader()
    with time_machine.travel(now(), tick=False):
        key, _done = set_up(member)
        visitor.send_from(start(visitor), code=totp(key, time.time()))

        assert not opens(visitor)


def test_the_way_to_a_page_survives_both_steps(member, reader):
    key, _done = set_up(member)
    visitor = reader()

    with time_machine.travel(now() + timedelta(minutes=2)):
        asked = visitor.get("/en/accounts/mandates/apply", follow=True)
        step = visitor.send_from(asked, email="awa@example.org", password=PASSWORD)
        page = visitor.send_from(step, code=totp(key, time.time()))

    assert page.response.request.path == "/en/accounts/mandates/apply"


def test_a_recovery_code_opens_once_when_the_phone_is_lost(member, reader):
    set_up(member)
    page = member.post("/en/accounts/recovery-codes")
    codes = page.all(".codes li")
    first, second = reader(), reader()

    start(first)
    first.send("/en/accounts/recovery-code", code=codes[0].upper().replace("-", " "))
    start(second)
    again = second.send("/en/accounts/recovery-code", code=codes[0])

    assert len(set(codes)) == 10
    assert (opens(first), opens(second)) == (True, False)
    assert again.errors == ["This code is not right, or it has been used already."]
    assert "9 recovery codes left" in first.get("/en/accounts/second-factor").one("main")
    user = db.session.query(User).one()
    assert not any(code in str(user.mf_recovery_codes) for code in codes)


def test_recovery_codes_are_shown_once(member):
    set_up(member)
    member.post("/en/accounts/recovery-codes")

    assert member.get("/en/accounts/recovery-codes").all(".codes li") == []


def test_the_second_step_cannot_be_reached_without_the_password(visitor):
    pages = [visitor.get(f"/en/accounts/{path}", follow=True) for path in ("code", "recovery-code")]

    assert [page.notices for page in pages] == [["Please sign in again."]] * 2


def test_a_member_turns_it_off_and_its_recovery_codes_are_gone(member):
    set_up(member)
    member.post("/en/accounts/recovery-codes")

    page = member.send("/en/accounts/second-factor", setup="disable")

    user = db.session.query(User).one()
    assert page.notices == ["The second step is turned off."]
    assert (user.has_second_factor, user.tf_totp_secret, user.mf_recovery_codes) == (False, None, None)


def test_an_admin_sets_it_up_and_is_an_admin_then_and_cannot_turn_it_off(reader):
    admin = reader(an_admin(tf_primary_method=None, with_password=True))
    closed = admin.get("/en/accounts/people").location

    set_up(admin)
    admin.send("/en/accounts/second-factor", setup="disable")

    assert closed == "/en/accounts/second-factor"
    assert admin.get("/en/accounts/people").status == 200


def test_the_password_alone_does_not_recover_past_the_second_step(member, reader, mails):
    set_up(member)
    mails()
    visitor = reader()
    visitor.send("/en/accounts/recover", email="awa@example.org")
    (mail,) = mails()
    visitor.send(mail.link, password="a wholly other password")

    step = visitor.send("/en/accounts/sign-in", email="awa@example.org", password="a wholly other password")

    assert (step.one("h1"), opens(visitor)) == ("Second step", False)


def test_an_empty_form_sets_nothing_up(member):
    for sent in ({}, {"setup": ""}, {"setup": "nothing"}, {"setup": "disable"}):
        page = member.post("/en/accounts/second-factor", sent)
        assert page.status in {200, 302}, sent

    assert db.session.query(User).one().has_second_factor is False
