"""Everybody can use the pages: axe finds nothing, the keyboard reaches all, menus work with scripts and without."""

import pytest

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.steps import violations
from tests.factories import a_focal_point, a_solution, an_adaptation

PAGES = (
    "",
    "about",
    "goals/",
    "goals/6",
    "countries/BFA",
    "sectors/140",
    "search?q=pumps",
    "search?q=nothing+like+it",
    "search/help",
    "styleguide",
    "nowhere",
)


@pytest.fixture
def content(behind):
    """A solution and where it was taken up."""
    an_adaptation(a_solution(author=a_focal_point()))


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desk"])
def test_axe_finds_nothing(content, a_context, size):
    page, found = a_context(viewport=size).new_page(), {}
    for path in PAGES:
        page.goto(f"/en/{path}")
        found[path] = violations(page)

    assert {path: seen for path, seen in found.items() if seen} == {}


def test_the_keyboard_skips_to_the_content(page):
    page.goto("/en/about")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_a_menu_closes_by_escape_and_gives_the_focus_back(page):
    page.goto("/en/about")
    page.get_by_text("Browse", exact=True).click()
    assert page.get_by_role("link", name="By country").is_visible()

    page.keyboard.press("Escape")

    assert not page.get_by_role("link", name="By country").is_visible()
    assert page.evaluate("document.activeElement.textContent.trim()") == "Browse"


def test_the_menu_of_a_phone_opens_without_scripts(a_context):
    page = a_context(viewport=PHONE, java_script_enabled=False).new_page()
    page.goto("/en/about")
    assert not page.get_by_role("link", name="Sign in").is_visible()

    page.get_by_text("Menu", exact=True).click()

    assert page.get_by_role("link", name="Sign in").is_visible()


def test_a_long_list_can_be_filtered_and_keeps_what_is_chosen(page):
    page.goto("/en/styleguide")
    countries = page.get_by_role("group", name="Countries")
    countries.get_by_label("Algeria").check()

    countries.get_by_role("searchbox").fill("aland")

    assert countries.locator(".choice:visible").all_inner_texts() == ["Åland Islands", "Algeria"]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desk"])
def test_a_page_read_from_right_to_left_fits_its_screen(content, a_context, size):
    page = a_context(viewport=size).new_page()
    for path in PAGES:
        page.goto(f"/en/{path}")
        page.evaluate("document.documentElement.dir = 'rtl'")

        across = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert (path, across[0] <= across[1]) == (path, True)
