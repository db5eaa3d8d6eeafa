"""The history of an entry, what is thrown away, and what is still true."""

from datetime import timedelta

import pytest
from flask import url_for

from galaxy.content import services as content
from galaxy.content.models import Attachment, Draft, Status, Version
from galaxy.content.views import address
from galaxy.core.db import db, now
from galaxy.core.storage import StoredFile
from galaxy.solutions.models import Solution
from tests.content.test_files import a_picture, sent
from tests.factories import a_focal_point, a_solution, a_user, an_admin, an_organisation


def test_its_owner_says_that_it_is_still_true(app, reader, visitor):
    focal = a_focal_point()
    solution = a_solution(author=focal, confirmed_at=now() - timedelta(days=800))
    own, path = reader(focal), f"/en/solutions/{solution.ref}"

    own.send(path, f"form[action$='{solution.ref}/confirm']")

    assert visitor.get(path).one(".fresh") == "Up to date"


def test_history_shows_what_changed_and_brings_it_back(app, reader):
    focal = a_focal_point()
    solution = a_solution(author=focal, title="Solar pumps")
    content.revise(solution, {"title": "Hand pumps"}, focal)
    db.session.commit()
    own, ref = reader(focal), solution.ref

    page = own.get(f"/en/content/{ref}/history")
    own.send_from(page, "form[action$='/history/1/restore']")

    assert (page.all(".changes del"), page.all(".changes ins")) == (["Solar"], ["Hand"])
    assert page.all("tbody th") == ["2", "1"]
    assert db.session.query(Solution).one().said["title"] == "Solar pumps"


def test_history_is_its_owners(app, reader, visitor):
    solution = a_solution()
    path = f"/en/content/{solution.ref}/history"
    stranger, admin = reader(a_user()), reader(an_admin())

    assert [visitor.get(path).status, stranger.get(path).status, admin.get(path).status] == [302, 404, 200]


def test_a_draft_is_deleted_by_its_owner_after_a_second_look(app, reader):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT)
    content.attach(solution, sent(a_picture(8, 8), "pump.jpg"), "A pump", focal)
    content.save_draft(focal, "solutions.story", solution.ref, [("title", "New")], solution)
    db.session.commit()
    own, at, ref = reader(focal), f"/en/solutions/{solution.ref}", solution.ref

    asked = own.get(f"/en/content/{ref}/delete")
    still = own.get(at).status
    after = own.send_from(asked, "main form.act")

    assert (asked.one("h1"), still, after.notices[0]) == ("Delete this draft", 200, "The draft is deleted.")
    assert own.get(at).status == 404
    assert [db.session.query(each).count() for each in (Solution, Version, Attachment, StoredFile, Draft)] == [0] * 5


def test_what_was_once_submitted_is_not_deleted(app, reader):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT, submitted_at=now())
    own, at, ref = reader(focal), f"/en/solutions/{solution.ref}", solution.ref

    assert (own.get(f"/en/content/{ref}/delete").status, own.post(f"/en/content/{ref}/delete").status) == (404, 404)
    assert "Delete this draft" not in own.get(at).all(".toolbar a")


def test_a_profile_is_shown_at_once_so_nothing_of_it_waits(app, reader):
    focal = a_focal_point()
    profile = an_organisation(body=focal.bodies[0], author=focal)
    versions = [
        Version(entry_id=profile.id, number=n, said=profile.snapshot(), status=Status.PUBLISHED) for n in (1, 2)
    ]
    db.session.add_all(versions)
    db.session.commit()
    own, at, ref = reader(focal), f"/en/content/{profile.ref}", profile.ref

    history = own.get(f"{at}/history")
    refused = [own.post(f"{at}/{act}").status for act in ("files", "delete", "history/1/restore")]

    assert (history.status, history.all("main form")) == (200, [])
    assert [*refused, own.get(f"/en/moderation/submit/{ref}").status] == [404, 404, 404, 404]


@pytest.mark.parametrize(
    "title", ["Solar pumps", "L’eau à 100 % : où?", "مياه الشرب", "饮用水", "00000000", "", "_*~ /?&#"]
)
def test_an_entry_is_at_its_own_address_whatever_its_title(app, title):
    solution = a_solution(title=title)

    with app.test_request_context("/fr/"):
        assert address(solution) == url_for("solutions.show", ref=solution.slug)
        assert address(solution, lang="en") == url_for("solutions.show", ref=solution.slug, lang="en")
