"""What every page has: nothing inline, its place in every language, little weight, a way in."""

import gzip
import re
from pathlib import Path

import pytest

from galaxy.reference.sdgs import GOALS
from tests.factories import a_solution, a_user, an_adaptation, an_admin

STATIC = Path(__file__).parents[2] / "static"
PUBLIC = [
    "/en/",
    "/en/about",
    "/en/goals/",
    "/en/goals/6",
    "/en/countries/",
    "/en/countries/BFA",
    "/en/sectors/",
    "/en/sectors/140",
    "/en/search",
    "/en/search?q=pumps",
    "/en/nowhere",
]
LIGHT = 60_000  # bytes of a first visit, before any compression


@pytest.fixture
def much(app, work):
    """As much as any list shows at once, with long words."""
    for number in range(22):
        solution = a_solution(title=f"Solar pumps for village wells, number {number}", summary="A long word. " * 30)
        an_adaptation(solution)
    work()


def inline(page):
    """What a strict Content-Security-Policy would refuse."""
    scripts = [str(found) for found in page.soup.select("script:not([src]), style")]
    attributes = [
        f"{tag.name} {name}" for tag in page.soup.find_all(True) for name in tag.attrs if re.match(r"on|style$", name)
    ]
    return scripts + attributes


def files(page):
    """The static files a page asks for."""
    found = [str(tag.get("href") or tag.get("src")) for tag in page.soup.select("link[rel=stylesheet], link[rel=icon]")]
    found += [str(tag["src"]) for tag in page.soup.select("script[src], img[src]")]
    return [STATIC / address.removeprefix("/static/").partition("?")[0] for address in found]


@pytest.mark.parametrize("path", PUBLIC)
def test_nothing_is_inline_and_a_first_visit_is_light(visitor, much, path):
    page = visitor.get(path)

    weight = len(page.text.encode()) + sum(file.stat().st_size for file in files(page))
    assert inline(page) == []
    assert weight <= LIGHT, f"{path} weighs {weight}"


@pytest.mark.parametrize("path", ["/en/dashboard", "/en/"])
def test_nothing_is_inline_for_those_who_have_signed_in(reader, much, path):
    assert inline(reader(an_admin()).get(path)) == []


def test_a_page_says_where_it_is_in_every_language(visitor):
    page = visitor.get("/fr/countries/BFA?from=a-mail")

    assert page.links("link[rel=canonical]") == ["http://localhost/fr/countries/BFA"]
    assert page.links("link[rel=alternate][hreflang]") == [
        "http://localhost/en/countries/BFA",
        "http://localhost/fr/countries/BFA",
    ]
    assert page.links(".masthead .tongue") == ["/en/countries/BFA?from=a-mail"]


def test_a_page_has_its_landmarks_and_a_way_past_the_masthead(visitor):
    page = visitor.get("/en/goals/")

    assert [len(page.soup.select(name)) for name in ("header", "main#main", "footer", "h1")] == [1, 1, 1, 1]
    assert page.links(".skip") == ["#main"]
    assert page.all(".masthead [aria-current=page]") == ["By goal"]


def test_who_has_signed_in_finds_the_way_out(reader):
    page = reader(a_user(name="Sefo")).get("/en/")

    assert page.one(".who") == "Sefo"
    assert page.one(".masthead form button[type=submit].plain") == "Sign out"


def test_the_colours_of_the_goals_are_the_official_ones():
    sheet = (STATIC / "galaxy.css").read_text()

    said = dict(re.findall(r"^\.goal-(\d+) \{ (background: #\w+; color: #\w+) \}$", sheet, re.MULTILINE))
    assert said == {code: f"background: {goal.color.lower()}; color: {goal.ink}" for code, goal in GOALS.items()}


def test_the_stylesheet_knows_neither_left_nor_right():
    sheet = (STATIC / "galaxy.css").read_text()

    assert re.findall(r"(?<!-)\b(?:left|right|width|height)\s*:|-(?:left|right)\b|: (?:left|right)", sheet) == []


def test_the_stylesheet_is_small_on_a_poor_line():
    assert len(gzip.compress((STATIC / "galaxy.css").read_bytes())) <= 8 * 1024


def test_the_style_guide_is_for_developers_only(app, visitor):
    assert visitor.get("/en/styleguide").status == 404

    app.config["STYLEGUIDE"] = True
    try:
        page = visitor.get("/en/styleguide")
    finally:
        app.config["STYLEGUIDE"] = False

    assert (page.status, inline(page)) == (200, [])
    assert page.one(".mistakes h2") == "6 things are to be corrected"


def test_robots_are_told_what_is_private(visitor):
    page = visitor.get("/robots.txt")

    assert page.text.splitlines()[:3] == ["User-agent: *", "Disallow: /*/accounts/", "Disallow: /*/dashboard"]
