"""What is kept only for a while is deleted by the clock, and nothing younger with it."""

from datetime import timedelta

import pytest

from galaxy.content.models import Draft
from galaxy.content.tasks import forget_drafts
from galaxy.core.db import db, now
from galaxy.core.forms import HeldForm, forget_held
from galaxy.core.mail import Letter, deliver, forget_letters, post
from tests.factories import a_user


def a_held_form(age: timedelta) -> HeldForm:
    return HeldForm(key=f"key-{age}", path="/en/", fields=[], created_at=now() - age)


def a_sent_letter(age: timedelta) -> Letter:
    return Letter(to="one@example.org", subject="Hello", text="", html="", sent_at=now() - age)


def a_draft(age: timedelta) -> Draft:
    return Draft(user_id=a_user().id, form="solutions.new", key="new-234567", fields=[], updated_at=now() - age)


@pytest.mark.parametrize(
    ("make", "forget", "kept"),
    [
        (a_held_form, forget_held, timedelta(hours=48)),
        (a_sent_letter, forget_letters, timedelta(days=30)),
        (a_draft, forget_drafts, timedelta(days=365)),
    ],
)
def test_what_is_older_than_its_time_is_forgotten(app, make, forget, kept):
    young, old = make(kept - timedelta(minutes=5)), make(kept + timedelta(minutes=5))
    db.session.add_all([young, old])
    db.session.commit()

    forget()

    assert db.session.query(type(young)).all() == [young]


def test_a_mail_promised_twice_leaves_once(app, work):
    post("one@example.org", "Hello", "Hello", "<p>Hello</p>")
    work()
    (letter,) = db.session.query(Letter)
    sent_at = letter.sent_at

    deliver(letter_id=letter.id)

    assert letter.sent_at == sent_at
