"""What is typed and not sent: kept as it is typed, brought back, discarded, and nobody else's."""

from datetime import timedelta

import time_machine

from galaxy.accounts.models import User
from galaxy.content import tasks
from galaxy.content.models import Draft, Status
from galaxy.core.db import REF_LENGTH, REF_LETTERS, db, now
from galaxy.core.forms import HeldForm
from tests.factories import a_focal_point, a_solution, a_user

NEW_KEY = "new-" + REF_LETTERS[0] * REF_LENGTH
NEW = {"draft_form": "solutions.new", "draft_key": NEW_KEY}
AT = "/en/content/drafts"


def kept():
    return [(draft.form, draft.key, draft.fields) for draft in db.session.query(Draft).order_by(Draft.id)]


def test_typing_is_kept_and_the_reader_told_when(app, reader):
    with time_machine.travel("2026-11-24 14:03:10+00:00", tick=False):
        own = reader(a_user(time_zone="Africa/Ouagadougou"))
        page = own.post(AT, NEW | {"title": "Solar pu"})
        own.post(AT, NEW | {"title": "Solar pumps", "password": "secret"})

    assert page.response.json == {"told": "Saved at 2:03\u202fPM"}
    assert kept() == [("solutions.new", NEW_KEY, [["title", "Solar pumps"]])]


def test_a_form_opens_as_it_was_left_until_that_is_discarded(app, reader):
    own = reader(a_user())
    own.post(AT, NEW | {"title": "Solar pumps", "challenge": "  as\r\ntyped ", "sdg": ["6", "7"], "key": NEW_KEY})

    page = own.get("/en/solutions/new")
    form = page.form("main form.form")
    own.send("/en/solutions/new", "main form.act")
    after = own.get("/en/solutions/new").form("main form.form")

    assert (form["title"], form["challenge"], form["sdg"]) == ("Solar pumps", "as\ntyped", ["6", "7"])
    assert page.notices[0].startswith("This is what you typed and did not save, last on")
    assert (after["title"], kept()) == ("", [])


def test_two_new_solutions_can_be_typed_at_once(app, reader):
    own = reader(a_user())
    own.post(AT, NEW | {"title": "One"})

    other = own.get("/en/solutions/new?fresh=1").form("main form.form")
    own.post(AT, NEW | {"draft_key": other["key"], "title": "Two"})

    assert [fields for _form, _key, fields in kept()] == [[["title", "One"]], [["title", "Two"]]]


def test_what_is_sent_is_no_longer_a_draft(app, reader):
    own = reader(a_user())
    own.post(AT, NEW | {"title": "Solar pumps", "key": NEW_KEY})

    own.send("/en/solutions/new", "main form.form", act="save")

    assert kept() == []


def test_a_part_opens_as_it_was_left(app, reader):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT)
    own, ref = reader(focal), solution.ref
    own.post(AT, {"draft_form": "solutions.story", "draft_key": ref, "title": "Half a ti", "challenge": ""})

    form = own.get(f"/en/solutions/{ref}/edit/story").form("main form.form")

    assert (form["title"], form["challenge"]) == ("Half a ti", "")


def test_nobody_types_into_what_is_not_theirs(app, reader):
    solution = a_solution(status=Status.DRAFT)
    stranger, typed = reader(a_user()), {"draft_form": "solutions.story", "draft_key": solution.ref, "title": "x"}

    answers = [stranger.post(AT, typed).status, stranger.post(AT, typed | {"draft_key": "new-"}).status]

    assert (answers, kept()) == ([404, 404], [])


def test_drafts_are_nobody_elses(app, reader):
    one, other = a_user(), a_user()
    writer, stranger = reader(one), reader(other)
    writer.post(AT, NEW | {"title": "Mine"})

    stranger.post("/en/content/drafts/discard", NEW)

    assert stranger.get("/en/solutions/new").form("main form.form")["title"] == ""
    assert kept() == [("solutions.new", NEW_KEY, [["title", "Mine"]])]


def test_more_than_a_form_holds_is_refused(app, reader):
    own = reader(a_user())

    assert own.post(AT, NEW | {"title": "x" * 400_001}).status == 413


def test_a_script_whose_sign_in_has_expired_is_refused_and_nothing_is_held(app, visitor):
    page = visitor.post(AT, NEW | {"title": "x"}, query_string={})
    quiet = visitor.open(AT, "POST", data=NEW, headers={"Accept": "application/json"})

    assert (page.status, quiet.status) == (302, 302)
    assert db.session.query(HeldForm).filter(HeldForm.path == AT).count() <= 1


def test_what_was_typed_with_an_expired_sign_in_comes_back(app, visitor):
    key = a_user().id
    typed = {"title": "Solar pumps", "challenge": "Dear diesel", "act": "save"}
    visitor.post("/en/solutions/new", typed)
    visitor.sign_in(db.session.get(User, key))

    page = visitor.get("/en/solutions/new")

    form = page.form("main form.form")
    assert (form["title"], form["challenge"]) == ("Solar pumps", "Dear diesel")
    assert page.notices[0].startswith("You were away for a while")


def test_drafts_are_forgotten_after_a_year(app):
    user = a_user()
    for days in (1, 366):
        db.session.add(
            Draft(
                user_id=user.id, form="solutions.new", key=f"{days}", fields=[], updated_at=now() - timedelta(days=days)
            )
        )
    db.session.commit()

    tasks.forget_drafts()

    assert [key for _form, key, _fields in kept()] == ["1"]


def test_one_person_keeps_two_hundred_drafts_at_most(app, reader):
    user = a_user()
    db.session.add_all(Draft(user_id=user.id, form="solutions.new", key=f"{n}", fields=[]) for n in range(200))
    db.session.commit()

    assert reader(user).post(AT, NEW | {"title": "One more"}).status == 413
