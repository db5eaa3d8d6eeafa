"""What waits for whom."""

from datetime import timedelta

from galaxy.accounts.models import MandateStatus
from galaxy.content.models import Draft, Status
from galaxy.core.db import db, now
from galaxy.moderation.models import Case
from galaxy.notifications.models import Message
from tests.factories import a_body, a_focal_point, a_mandate, a_solution, a_user, an_admin, saved
from tests.statements import statements


def waits(page):
    """The headings of what waits, each with its lines."""
    return {
        section.h2.get_text(strip=True): [" ".join(a.get_text().split()) for a in section.select("li a")]
        for section in page.soup.select(".waits")
    }


def test_a_visitor_is_asked_to_sign_in(visitor):
    assert visitor.get("/en/dashboard").location == "/en/accounts/sign-in?next=/en/dashboard"


def test_a_member_without_anything_is_invited(reader):
    page = reader(a_user(name="Sefo")).get("/en/dashboard")

    assert (page.one("h1"), page.one(".empty .title")) == ("Welcome, Sefo", "Nothing waits for you")


def test_a_member_sees_what_is_on_the_way(reader):
    me = a_user()
    a_solution(title="Begun", author=me, status=Status.DRAFT)
    a_solution(title="Came back", author=me, status=Status.RETURNED)
    a_solution(title="With them", author=me, status=Status.SUBMITTED)
    a_solution(title="Shown", author=me)
    a_solution(title="Another's", status=Status.DRAFT)

    page = reader(me).get("/en/dashboard")

    assert waits(page) == {
        "Returned to you": ["Came back", "Go on writing"],
        "Drafts": ["Begun"],
        "With the admins": ["With them"],
    }


def test_what_was_typed_and_not_sent_waits(reader):
    me = a_user()
    saved(Draft(user_id=me.id, form="solutions.new", key="k", fields=[["title", "Half a title"]]))

    page = reader(me).get("/en/dashboard")

    assert "Half a title" in page.one(".waits")


def test_a_focal_point_sees_what_waits_for_the_body(reader):
    ada = a_focal_point("FJI")
    body = ada.bodies[0]
    bola = a_user()
    a_mandate(bola, body)
    a_solution(title="Of the body", author=ada, body=body, status=Status.RETURNED)
    saved(Message(sender_id=a_user().id, body_id=body.id, text="May we visit you?"))

    page = reader(bola).get("/en/dashboard")

    assert waits(page)["Returned to you"] == ["Of the body", "Go on writing"]
    assert "May we visit you?" in page.one("main")
    assert "Focal point of FJI" in page.one("aside")


def test_an_admin_sees_what_waits_for_the_admins(reader):
    admin = an_admin()
    solution = a_solution(status=Status.SUBMITTED)
    saved(Case(entry=solution, opened_at=now() - timedelta(days=3), assigned_to_id=admin.id))
    a_mandate(a_user(), a_body(), status=MandateStatus.APPLIED)

    page = reader(admin).get("/en/dashboard")

    figures = dict(zip(page.all(".figures dt"), page.all(".figures dd"), strict=True))
    assert figures == {
        "waiting for review": "1",
        "taken by me": "1",
        "reports by readers": "0",
        "mandate to verify": "1",
        "failed jobs": "0",
    }


def test_one_and_three_take_the_same_number_of_statements(reader):
    me = a_user()
    mine = reader(me)
    a_solution(author=me, status=Status.DRAFT)
    one = statements(lambda: mine.get("/en/dashboard"))
    for _more in range(2):
        a_solution(author=db.session.merge(me), status=Status.DRAFT)

    assert statements(lambda: mine.get("/en/dashboard")) == one
