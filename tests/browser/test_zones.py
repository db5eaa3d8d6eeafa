"""A time is read where the reader is, whoever they are, with scripts and without."""

import pytest

from tests.browser.conftest import PHONE
from tests.browser.steps import all_words, go, signed_in, words
from tests.factories import a_user

THERE = "Friday, September 10, 2021, 9:00 – 11:00 AM · New York time (UTC−4)"
LA_BAS = "vendredi 10 septembre 2021, 09:00 – 11:00 · heure de New York (UTC−4)"

MOVED = """window.moved = 0;
new PerformanceObserver((list) => { for (const each of list.getEntries()) moved += each.value })
  .observe({ type: "layout-shift", buffered: true })"""


def said(page):
    return all_words(page.locator(".times p:visible"))


@pytest.mark.parametrize(
    ("zone", "path", "lines"),
    [
        (
            "Pacific/Fiji",
            "/en",
            [THERE, "Where you are: Saturday, September 11, 2021, 1:00 – 3:00 AM · Fiji Standard Time"],
        ),
        (
            "Africa/Ouagadougou",
            "/fr",
            [LA_BAS, "Chez vous : vendredi 10 septembre 2021, 13:00 – 15:00 · heure moyenne de Greenwich"],
        ),
        ("America/New_York", "/en", [THERE]),
        (
            "America/Detroit",
            "/en",
            [THERE, "Where you are: Friday, September 10, 2021, 9:00 – 11:00 AM · Eastern Daylight Time"],
        ),
    ],
)
def test_a_visitor_reads_the_time_where_their_browser_is(a_context, zone, path, lines):
    page = a_context(timezone_id=zone, viewport=PHONE).new_page()
    page.add_init_script(MOVED)

    go(page, f"{path}/styleguide")

    assert said(page) == lines
    assert page.evaluate("moved") < 0.02
    assert page.context.cookies() == []


def test_without_scripts_the_time_stands_where_it_happens(a_context):
    page = a_context(timezone_id="Pacific/Fiji", java_script_enabled=False).new_page()

    go(page, "/en/styleguide")

    assert said(page) == [THERE]


def test_who_told_their_zone_reads_their_own_time_first_wherever_they_travel(a_context, behind):
    page = signed_in(a_context(timezone_id="Pacific/Fiji"), behind, a_user(time_zone="Africa/Nairobi"))

    go(page, "/en/styleguide")

    assert said(page) == ["Where you are: Friday, September 10, 2021, 4:00 – 6:00 PM · Nairobi time (UTC+3)", THERE]


@pytest.mark.parametrize(
    ("kept", "zone", "proposed"),
    [
        (None, "Asia/Kolkata", "Kolkata, India"),
        (None, "Africa/Ouagadougou", "Ouagadougou, Burkina Faso"),
        ("Africa/Nairobi", "Pacific/Fiji", "Nairobi, Kenya"),
    ],
)
def test_the_profile_proposes_the_zone_of_the_browser_where_it_has_none(a_context, behind, kept, zone, proposed):
    page = signed_in(a_context(timezone_id=zone), behind, a_user(time_zone=kept))

    go(page, "/en/accounts/profile")

    assert words(page.locator("select[name=time_zone] option:checked")) == proposed
