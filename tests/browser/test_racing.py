"""Two admins decide the same case at the same moment: one wins, the other is told, and the person gets one mail."""

from playwright.sync_api import expect
from sqlalchemy import func, or_, select

from galaxy.content.models import Status
from galaxy.core.db import db, now
from galaxy.core.jobs import Job
from galaxy.moderation.services import submit
from tests.browser.conftest import text_of
from tests.browser.steps import follow, go, heading, notices, signed_in, words
from tests.factories import a_solution, a_user, an_admin
from tests.processes import wait_until

TITLE = "Rain water of Cabo Verde"
REASONS = {"Ada": "Which villages? Please name them.", "Bia": "Please say how much it costs."}


def test_of_two_admins_one_wins_and_the_other_keeps_her_reasons(a_context, behind, smtp):
    author = a_user(name="Nha", email="nha@agua.cv")
    solution = a_solution(title=TITLE, author=author, status=Status.DRAFT, consented_at=author.confirmed_at)
    submit(solution, author)
    db.session.commit()
    admins = {name: signed_in(a_context(), behind, an_admin(name=name)) for name in REASONS}
    for name, page in admins.items():
        go(page, "/en/moderation/")
        follow(page, TITLE)
        page.get_by_label("Reasons, for its author").fill(REASONS[name])

    for page in admins.values():
        page.get_by_role("button", name="Return with reasons", exact=True).click(no_wait_after=True)
    for page in admins.values():
        expect(page.locator("h1")).not_to_have_text("Review: solution")

    winner, loser = sorted(admins, key=lambda name: heading(admins[name]) == "Somebody else was faster")
    told = words(admins[loser].locator("main .notice"))
    assert notices(admins[winner]) == [f"“{TITLE}” is returned to its author."]
    assert (heading(admins[loser]), told.startswith(f"{winner} returned this ")) == ("Somebody else was faster", True)
    assert words(admins[loser].locator("main blockquote")) == REASONS[winner]
    assert admins[loser].get_by_label("What you wrote, to keep or to copy").input_value() == REASONS[loser]
    mail = smtp.wait_for("nha@agua.cv")
    assert (mail["Subject"], REASONS[winner] in text_of(mail)) == (f"Please look again: {TITLE}", True)
    wait_until(nothing_is_due, what="the last promise kept")
    assert [each["Subject"] for each in smtp.mails if each["To"] == "nha@agua.cv"] == []


def nothing_is_due() -> bool:
    """Whether no promise is kept just now, nor should be: other tests may have left some for later."""
    db.session.rollback()
    return not db.session.scalar(select(func.count(Job.id)).where(or_(Job.leased, Job.due_at <= now())))
