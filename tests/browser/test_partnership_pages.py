"""Each page of the room of partnerships, on a phone and on a desk, light and dark: it fits, and axe finds nothing."""

import pytest

from galaxy.content.models import Status
from galaxy.partnerships.models import Milestone, Role, Stage
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.steps import fits, signed_in, violations
from tests.factories import a_body, a_focal_point, a_partnership, a_request, an_admin, an_interest, an_offer, saved

PARTY = (
    "partnerships/mine", "partnerships/{offer}/answer", "partnerships/{call}/answer",
    "partnerships/interests/{interest}", "partnerships/interests/{interest}/decline", "partnerships/{call}/matches",
    "partnerships/{talked}/end_talks",
    "partnerships/with/{talks}", "partnerships/with/{talks}/terms", "partnerships/with/{talks}/terms/edit",
    "partnerships/with/{talks}/conversation", "partnerships/with/{talks}/notes", "partnerships/with/{talks}/progress",
    "partnerships/with/{talks}/agreement", "partnerships/with/{work}", "partnerships/with/{work}/progress",
    "partnerships/with/{work}/tell/summary", "partnerships/with/{work}/tell/outcome",
    "partnerships/with/{work}/preview", "partnerships/with/{done}",
)  # fmt: skip
PAGES = {
    "party": PARTY,
    "admin": ("partnerships/board", "partnerships/weights"),
    "visitor": ("partnerships/with/{done}",),
}


@pytest.fixture
def room(behind):
    """A body in talks, at work and done, which has also called and been answered."""
    focal, fiji = a_focal_point("MOZ"), a_body(country="FJI", name="Fiji Aid Office")
    other = (fiji, Role.PROVIDER)
    call, talked = a_request(author=focal), a_request(author=focal)
    work = a_partnership(a_request(author=focal), other, stage=Stage.UNDER_WAY)
    work.milestones = [Milestone(position=0, title="Twenty repairers", progress=40)]
    done = a_partnership(a_request(author=focal), other, stage=Stage.COMPLETED, status=Status.PUBLISHED)
    entries = {"call": call, "talked": talked, "offer": an_offer(author=a_focal_point("FJI")), "work": saved(work)}
    entries |= {"done": done, "talks": a_partnership(talked, other), "interest": an_interest(call, fiji)}
    named = {name: entry.ref for name, entry in entries.items()}
    return {"party": focal, "admin": an_admin()}, named


@pytest.mark.parametrize(("size", "language"), [(PHONE, "fr"), (DESKTOP, "en")], ids=["phone", "desk"])
@pytest.mark.parametrize("role", PAGES)
def test_every_page_of_the_room_fits_and_axe_finds_nothing(room, behind, a_context, role, size, language):
    people, named = room
    context = a_context(viewport=size)
    page = signed_in(context, behind, people[role]) if role in people else context.new_page()
    found, paths = {}, [path.format(**named) for path in PAGES[role]]
    for path in paths:
        answer = page.goto(f"/{language}/{path}")
        assert (path, answer.status, page.locator("h1").count()) == (path, 200, 1)
        fits(page)
        found[path] = violations(page)

    assert {path: seen for path, seen in found.items() if seen} == {}
