"""Every public page, on a small phone and on a desk, in every language: it fits, and no browser complains."""

from pathlib import Path

import pytest

from galaxy import ROOT
from tests.browser.conftest import DESKTOP, PHONE
from tests.factories import a_focal_point, a_solution

PICTURES = ROOT / "tests" / "screenshots"
PAGES = (
    "",
    "about",
    "goals/",
    "goals/6",
    "countries/",
    "countries/BFA",
    "sectors/",
    "search",
    "solutions/",
    "accounts/sign-in",
)
WIDE = """() => [...document.querySelectorAll("*")]
  .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(each => each.tagName + "." + each.className)"""


@pytest.fixture
def content(behind):
    """A few things to show."""
    focal = a_focal_point()
    for title in (
        "Solar pumps for village wells",
        "Semences paysannes et greniers communautaires",
        "Mères et sages-femmes",
    ):
        a_solution(title=title, author=focal)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desk"])
def test_every_page_fits_its_screen(content, a_context, pytestconfig, size, language):
    page = a_context(viewport=size, locale=language).new_page()
    for path in PAGES:
        answer = page.goto(f"/{language}/{path}")
        assert (path, answer.status) == (path, 200)
        across = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert across[0] <= across[1], (path, page.evaluate(WIDE))
        if pytestconfig.getoption("--screenshots"):
            picture(page, language, path, size)


def picture(page, language: str, path: str, size: dict[str, int]) -> None:
    PICTURES.mkdir(exist_ok=True)
    name = path.strip("/").replace("/", "-") or "home"
    page.screenshot(path=Path(PICTURES) / f"{name}-{language}-{size['width']}.png", full_page=True)


def test_the_door_opens_in_the_language_of_the_browser(a_context):
    page = a_context(locale="fr-BF").new_page()

    page.goto("/")

    assert page.url.endswith("/fr/")
    assert page.locator("html").get_attribute("lang") == "fr"


def test_the_home_page_works_without_scripts(page_without_scripts):
    page_without_scripts.goto("/en/")

    assert page_without_scripts.locator("main form").count() >= 1


def test_a_page_that_is_not_there_says_so(page):
    answer = page.goto("/en/nowhere")

    assert answer.status == 404
    assert page.locator("h1").inner_text() == "There is nothing at this address"
