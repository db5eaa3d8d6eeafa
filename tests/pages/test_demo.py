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
from galaxy.partnerships import services as talks
from galaxy.partnerships.models import Call, Interest, Partnership, Role, Stage
from galaxy.search import queries
from galaxy.search.questions import Question as Asked
from galaxy.solutions.models import Solution
from galaxy.webinars.models import Series, Webinar
from galaxy.webinars.question_models import Question
from galaxy.webinars.registration_models import Registration
from tests.factories import a_focal_point, a_request, a_solution, a_user

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
    ("adaptations", "published"): 13 + 1,  # of a completed partnership
    ("requests", "published"): 7,
    ("requests", "submitted"): 1,
    ("offers", "published"): 5,
    ("partnerships", "published"): 2,
    ("partnerships", "draft"): 4,
    ("solutions", "submitted"): 2,
    ("solutions", "returned"): 1,
    ("solutions", "draft"): 1,
    ("webinars", "published"): 493 + 1 + 15,  # recorded talks, an observance, those of the bodies
    ("questions", "published"): 7,
    ("hubs", "published"): 2,
}


def test_the_demonstration_is_loaded_once_whole_and_marked_and_goes_away_again(app, run, work, monkeypatch):
    it_is_stopped_on_its_way()
    first = run()
    password = demonstration.password()
    again = run()

    accounts = [f"· {email:26} password: {password}" for email in EMAILS]
    assert first[-5:] == ["· demonstration: loaded", *accounts]
    assert again == ["· demonstration: is there", *accounts]
    assert counts() == WHOLE
    assert db.session.scalars(select(Entry).where(Entry.demo.is_(False))).all() == []
    its_people_can_act()
    something_waits_for_each_of_them()
    needs_and_offers_stand_in_every_stage()
    the_cooperations_have_adaptations_elsewhere()
    work()
    every_language_is_there_and_all_are_found()
    webinars_are_to_come_full_called_off_and_told_whole()
    monkeypatch.setitem(app.config, "DEMO_PASSWORD", "one that was set")
    its_password_may_be_set(run)
    it_goes_away_and_leaves_what_is_real(run)


def it_is_stopped_on_its_way():
    def stop(said):
        if "403" in said:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demonstration.load(stop)
    db.session.rollback()


def its_people_can_act():
    everybody = list(db.session.scalars(select(User).order_by(User.id)))
    people, colleagues = everybody[:4], everybody[4:]
    assert [len(user.bodies) for user in colleagues] == [1] * 10
    assert {user.password for user in colleagues} == {people[0].password}
    assert [user.email for user in people] == EMAILS
    assert all(verify_password(demonstration.password(), user.password) for user in people)
    assert [[body.country for body in user.bodies] for user in people] == [[], ["BFA"], ["FJI"], []]
    assert [user.appointed for user in people] == [True, False, False, False]
    assert all(user.demo and user.confirmed_at for user in people)


def something_waits_for_each_of_them():
    waiting = db.session.scalar(select(func.count(Case.id)).where(Case.closed_at.is_(None)))
    told = db.session.execute(select(User.email).join(Notification, Notification.user_id == User.id).distinct())
    message = db.session.scalars(select(Message)).one()
    assert (waiting, message.body.country, message.entry.external_id) == (3, "FJI", "demo:fiji-reef")
    assert set(EMAILS[:3]) <= set(told.scalars())


def needs_and_offers_stand_in_every_stage():
    found = db.session.execute(
        select(Call.stage, func.count()).where(Call.status == Status.PUBLISHED).group_by(Call.stage)
    )
    assert {stage.value: number for stage, number in found} == {
        "open": 4, "in talks": 2, "agreed": 1, "under way": 2, "completed": 1, "expired": 1, "closed": 1,
    }  # fmt: skip
    triangular = db.session.scalars(select(Partnership).where(Partnership.stage == Stage.COMPLETED)).one()
    assert [(party.body.country, party.role.value) for party in triangular.parties] == [
        ("NER", "recipient"),
        ("CUB", "provider"),
        ("BRA", "facilitator"),
    ]
    assert next((outcome.value, outcome.label) for outcome in triangular.outcomes) == ("42", "soignants formés")


def the_cooperations_have_adaptations_elsewhere():
    adapted = (
        select(Solution.external_id, func.count())
        .join(Link, Link.to_id == Solution.id)
        .where(Link.relation == Relation.ADAPTS)
        .group_by(Solution.external_id)
    )
    found = {key.removeprefix("demo:"): number for key, number in db.session.execute(adapted)}
    five = ("cuba-ebola", "mexico-maize", "colombia-hunger", "chile-labels", "lira-fish")
    assert [found[key] for key in five] == [3, 1, 2, 1, 1]
    labels = db.session.scalars(select(Solution).where(Solution.external_id == "demo:chile-labels")).one()
    assert (len(labels.blocks), len(labels.figures), labels.endorsed_by.country) == (3, 1, "CHL")


def every_language_is_there_and_all_are_found():
    spoken = db.session.scalars(select(Solution.language).where(Solution.status == Status.PUBLISHED).distinct())
    assert sorted(spoken) == ["ar", "en", "es", "fr", "pt", "ru", "zh"]
    assert queries.find(Asked(chosen={"kind": ("solutions",)})).total == 403 + 11
    for words in ("nixtamal", "菌草", "الضباب", "пастбища", "leite humano", "OpenHIM"):
        assert queries.find(Asked(words=words)).total >= 1, words


def webinars_are_to_come_full_called_off_and_told_whole():
    ours = db.session.scalars(select(Webinar).where(Webinar.body_id.is_not(None)).order_by(Webinar.starts_at)).all()
    assert [webinar.state for webinar in ours].count("planned") == 13
    assert sorted(webinar.state for webinar in ours if webinar.state != "planned") == ["cancelled", "postponed"]
    assert sum(webinar.is_to_come for webinar in ours) == 11
    assert [webinar.title for webinar in ours if webinar.is_full] == [
        "Réparer une pompe solaire avec ce qu’on trouve au marché"
    ]
    assert {webinar.language for webinar in ours} == {"ar", "en", "es", "fr", "pt", "ru", "zh"}
    panel = db.session.scalars(select(Webinar).where(Webinar.format == "observance")).one()
    assert (panel.starts_at.isoformat(), panel.zone) == ("2021-09-10T13:00:00+00:00", "America/New_York")
    told = next(webinar for webinar in ours if webinar.transcripts)
    asked = db.session.scalars(select(Question).where(Question.webinar_id == told.id).order_by(Question.id)).all()
    assert [(question.votes, question.is_answered) for question in asked] == [
        (6, True),
        (9, True),
        (2, True),
        (11, False),
    ]
    assert queries.find(Asked(words="carburant des équipes")).hits[0].id == asked[0].id


def its_password_may_be_set(run):
    assert run()[-1] == "· member@galaxy.example      password: one that was set"
    people = db.session.scalars(select(User).where(User.demo))
    assert all(verify_password("one that was set", user.password) for user in people)


def it_goes_away_and_leaves_what_is_real(run):
    a_solution(title="Real", author=a_user(email="real@example.org"))
    cuba = db.session.scalars(select(Body).where(Body.country == "CUB")).one()
    ours = a_request(title="Our own", author=a_focal_point("TGO", email="togo@example.org"))
    talks.accept(talks.express(ours, cuba, Role.PROVIDER, "Aquí estamos.", cuba.holders[0]), ours.author)
    db.session.commit()

    gone = run("--remove")

    assert gone == [f"· demonstration: {sum(WHOLE.values()) + 1} entries taken away"]
    assert [db.session.scalars(select(left)).all() for left in (Series, Webinar, Registration)] == [[], [], []]
    assert list(db.session.scalars(select(Entry.title).order_by(Entry.id))) == ["Real", "Our own"]
    assert (ours.stage, db.session.scalars(select(Interest)).all()) == (Stage.OPEN, [])
    assert [body.country for body in db.session.scalars(select(Body))] == ["TGO"]
    active = select(User.email).where(User.active).order_by(User.email)
    assert list(db.session.scalars(active)) == ["real@example.org", "togo@example.org"]
