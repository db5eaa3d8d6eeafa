"""The demonstration: loaded once, whole, marked, and taken away again."""

import pytest
from click.testing import CliRunner
from flask_security.utils import verify_password
from sqlalchemy import func, select

from galaxy.accounts.models import Body, User
from galaxy.content.models import Entry, Link, Relation, Status
from galaxy.core.db import db
from galaxy.moderation.models import Case
from galaxy.notifications.models import Message, Notification
from galaxy.pages import demo as demonstration
from galaxy.pages.cli import demo
from galaxy.search import queries
from galaxy.search.questions import Question
from galaxy.solutions.models import Adaptation, Solution
from tests.factories import a_solution, a_user

EMAILS = [f"{name}@galaxy.example" for name in ("admin", "focal.bfa", "focal.fji", "member")]


@pytest.fixture
def run(app):
    """The command as one types it: what it says."""

    def call(*options):
        result = CliRunner().invoke(demo, options, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout.splitlines()

    return call


def counts():
    found = db.session.execute(select(Entry.kind, Entry.status, func.count()).group_by(Entry.kind, Entry.status))
    return {(kind, status.value): number for kind, status, number in found}


WHOLE = {
    ("organisations", "published"): 344 + 12 + 3,  # of the records, of the bodies, of those the co-operations name
    ("solutions", "published"): 403 + 11,
    ("adaptations", "published"): 13,
    ("solutions", "submitted"): 2,
    ("solutions", "returned"): 1,
    ("solutions", "draft"): 1,
}


def test_the_demonstration_is_loaded_once(run):
    first = run()
    password = demonstration.password()
    again = run()

    accounts = [f"· {email:26} password: {password}" for email in EMAILS]
    assert first[-5:] == ["· demonstration: loaded", *accounts]
    assert again == ["· demonstration: is there", *accounts]
    assert counts() == WHOLE
    assert db.session.scalars(select(Entry).where(Entry.demo.is_(False))).all() == []


def test_its_people_can_sign_in_and_act(run):
    run()

    people = list(db.session.scalars(select(User).order_by(User.id)))
    assert [user.email for user in people] == EMAILS
    assert all(verify_password(demonstration.password(), user.password) for user in people)
    assert [[body.country for body in user.bodies] for user in people] == [[], ["BFA"], ["FJI"], []]
    assert [user.appointed for user in people] == [True, False, False, False]
    assert all(user.demo and user.confirmed_at for user in people)


def test_something_waits_for_each_of_them(run):
    run()

    waiting = db.session.scalar(select(func.count(Case.id)).where(Case.closed_at.is_(None)))
    told = db.session.execute(select(User.email).join(Notification, Notification.user_id == User.id).distinct())
    message = db.session.scalars(select(Message)).one()
    assert (waiting, message.body.country, message.entry.title) == (
        2,
        "FJI",
        "Villages that close their reef: locally managed marine areas in Fiji",
    )
    assert sorted(told.scalars()) == ["admin@galaxy.example", "focal.bfa@galaxy.example", "focal.fji@galaxy.example"]


def test_the_five_cooperations_have_adaptations_elsewhere(run):
    run()

    adapted = (
        select(Solution.external_id, func.count())
        .join(Link, Link.to_id == Solution.id)
        .where(Link.relation == Relation.ADAPTS)
        .group_by(Solution.external_id)
    )
    found = {key.removeprefix("demo:"): number for key, number in db.session.execute(adapted)}
    five = ("cuba-ebola", "mexico-maize", "colombia-hunger", "chile-labels", "lira-fish")
    assert {key: found[key] for key in five} == dict(zip(five, (2, 1, 2, 1, 1), strict=True))
    whole = db.session.scalars(select(Solution).where(Solution.external_id == "demo:chile-labels")).one()
    assert (len(whole.blocks), len(whole.figures), whole.endorsed_by.country) == (3, 1, "CHL")


def test_every_language_has_a_solution_and_all_are_found(run, work):
    run()
    work()

    spoken = db.session.scalars(select(Solution.language).where(Solution.status == Status.PUBLISHED).distinct())
    assert sorted(spoken) == ["ar", "en", "es", "fr", "pt", "ru", "zh"]
    assert queries.find(Question(chosen={"kind": ("solutions",)})).total == 403 + 11


def test_a_load_that_was_stopped_is_taken_up_again(app, run):
    with pytest.raises(KeyboardInterrupt):
        demonstration.load(stopped_at("403"))
    db.session.rollback()

    run()

    assert counts() == WHOLE


def stopped_at(words):
    def say(said):
        if words in said:
            raise KeyboardInterrupt

    return say


def test_it_goes_away_and_leaves_what_is_real(run, work):
    real = a_solution(title="Real", author=a_user(email="real@example.org"))
    run()

    gone = run("--remove")

    assert gone == [f"· demonstration: {sum(WHOLE.values())} entries taken away"]
    assert list(db.session.scalars(select(Entry.title))) == [real.title]
    assert db.session.scalars(select(Body)).all() == []
    assert list(db.session.scalars(select(User.email).where(User.active))) == ["real@example.org"]
    work()
    assert queries.find(Question()).total == 1
    assert run()[-5] == "· demonstration: loaded"
    assert counts()[("solutions", "published")] == 403 + 11 + 1


def test_a_password_that_is_set_is_the_accounts(app, run, monkeypatch):
    run()
    monkeypatch.setitem(app.config, "DEMO_PASSWORD", "one that was set")

    assert run()[-1] == "· member@galaxy.example      password: one that was set"
    people = db.session.scalars(select(User))
    assert all(verify_password("one that was set", user.password) for user in people)
