"""The pages of each role on a small phone, in French and English: they fit, axe finds nothing, no browser complains."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from galaxy.accounts.models import MandateStatus, User
from galaxy.content.models import Status
from galaxy.core.db import db, now
from galaxy.moderation.models import FlagReason
from galaxy.moderation.services import flag, submit
from galaxy.notifications.services import relay
from tests.browser.conftest import PHONE
from tests.browser.steps import fits, signed_in, violations
from tests.factories import (
    a_body,
    a_focal_point,
    a_mandate,
    a_request,
    a_solution,
    a_user,
    an_adaptation,
    an_admin,
    an_interest,
    an_organisation,
)

VISITOR = ("directory/", "directory/{organisation}", "solutions/{published}", "solutions/adaptations/{adaptation}")
VISITOR += ("partnerships/", "partnerships/?stage=open&q=nothing+like+it", "partnerships/{call}")
VISITOR += ("moderation/criteria", "accounts/register", "accounts/recover", "accounts/confirm", "accounts/sign-in")
ANYONE_SIGNED_IN = (
    "dashboard", "solutions/new", "solutions/mine", "solutions/{published}/adapt", "notifications/",
    "partnerships/{call}", "partnerships/new", "partnerships/new?kind=offer",
    "notifications/settings", "notifications/messages/", "moderation/flag/{published}", "accounts/",
    "accounts/profile", "accounts/mandates", "accounts/mandates/apply", "accounts/second-factor", "accounts/password",
    "accounts/address", "accounts/export", "accounts/delete",
)  # fmt: skip
FOCAL_POINT = (
    "dashboard", "solutions/mine", "solutions/{published}", "solutions/{published}/edit/story",
    "solutions/{published}/edit/results", "solutions/{published}/edit/reuse", "solutions/{published}/edit/goals",
    "solutions/{published}/edit/context", "content/{published}/files", "solutions/{published}/preview",
    "partnerships/{call}", "partnerships/{call}/edit/call", "partnerships/{call}/edit/partners",
    "partnerships/{call}/edit/goals", "partnerships/{call}/edit/context", "partnerships/{call}/preview",
    "content/{published}/history", "moderation/submit/{draft}", "moderation/log/{published}",
    "accounts/mandates/{mandate}", "accounts/mandates/{mandate}/hand-over", "notifications/messages/{message}",
)  # fmt: skip
ADMIN = (
    "dashboard", "moderation/", "moderation/{case}", "moderation/flags", "moderation/log", "moderation/jobs",
    "accounts/people", "accounts/people/{person}", "accounts/mandates/applications", "accounts/mandates/{applied}",
)  # fmt: skip
PAGES = {"visitor": VISITOR, "member": ANYONE_SIGNED_IN, "focal point": FOCAL_POINT, "admin": ADMIN}


@dataclass
class World:
    """One of everything that pages show, and somebody of each role."""

    people: dict[str, User]
    named: dict[str, object]

    def addresses(self, role: str) -> list[str]:
        return [path.format(**self.named) for path in PAGES[role]]


@pytest.fixture
def world(behind):
    focal, member = a_focal_point(country="NPL"), a_user(name="Member")
    published = a_solution(title="Terraces of Nepal", author=focal)
    waiting = a_solution(title="Waiting terraces", author=focal, status=Status.DRAFT, consented_at=focal.confirmed_at)
    draft = a_solution(title="Terraces begun", author=focal, status=Status.DRAFT, consented_at=focal.confirmed_at)
    applied = a_mandate(member, a_body(country="BTN", name="Office of Bhutan"), status=MandateStatus.APPLIED)
    call = a_request(author=focal, title="Who can train our masons?", deadline=now().date() + timedelta(days=9))
    an_interest(call, a_body(country="FJI", name="Office of Fiji"))
    adaptation, organisation = an_adaptation(published, author=member), an_organisation()
    case, message = submit(waiting, focal), relay(member, published, "How steep are they?")
    flag(published, member, FlagReason.WRONG, "The year is another one.")
    db.session.commit()
    refs = {"published": published, "draft": draft, "adaptation": adaptation, "organisation": organisation}
    refs |= {"call": call}
    rows = {"case": case, "message": message, "applied": applied, "mandate": focal.mandates[0], "person": member}
    named = {name: each.ref for name, each in refs.items()} | {name: each.id for name, each in rows.items()}
    people = {"member": member, "focal point": focal, "admin": an_admin()}
    db.session.commit()
    return World(people, named)


def page_of(context, app, world: World, role: str):
    return signed_in(context, app, world.people[role]) if role in world.people else context.new_page()


@pytest.mark.parametrize("role", PAGES)
def test_axe_finds_nothing_and_everything_fits(world, behind, a_context, role):
    page, found = page_of(a_context(viewport=PHONE), behind, world, role), {}
    for path in world.addresses(role):
        answer = page.goto(f"/fr/{path}")
        assert (path, answer.status) == (path, 200)
        fits(page)
        found[path] = violations(page)

    assert {path: seen for path, seen in found.items() if seen} == {}


@pytest.mark.parametrize("role", PAGES)
def test_every_page_is_there_without_scripts_and_fits_in_english(world, behind, a_context, role):
    page = page_of(a_context(viewport=PHONE, java_script_enabled=False), behind, world, role)
    for path in world.addresses(role):
        answer = page.goto(f"/en/{path}")
        assert (path, answer.status, page.locator("h1").count()) == (path, 200, 1)
        fits(page)
