"""Help while typing into the search box: by keyboard, with accents, told to screen readers, late answers left alone."""

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from galaxy.core.db import db
from galaxy.search.completion import complete
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.steps import go
from tests.factories import a_solution


@pytest.fixture
def wells(behind):
    title = f"Électrification {time.time_ns()} des puits"
    made = a_solution(title=title, language="fr")
    deadline = time.monotonic() + 60
    while not any(one.text == title for one in complete(title, "fr")):
        db.session.rollback()
        assert time.monotonic() < deadline, "The worker has not been there."
        time.sleep(0.05)
    return made


def box(page: Page):
    return page.locator("[name=q]:visible")


def options(page: Page):
    return page.get_by_role("option")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_title_is_chosen_by_keyboard(wells, a_context, size):
    page = a_context(viewport=size).new_page()
    go(page, "/fr/")

    box(page).press_sequentially(f"electrification {wells.title.split()[1][:-3]}")
    expect(options(page).first).to_have_text(re.compile(r"^Électrification \d+ des puits solution$"))
    expect(options(page).first).to_be_in_viewport()
    assert re.fullmatch(r".*: \d", page.locator(".ask [role=status]").inner_text())
    assert box(page).get_attribute("aria-expanded") == "true"
    assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
    page.keyboard.press("ArrowDown")
    assert box(page).get_attribute("aria-activedescendant") == options(page).first.get_attribute("id")
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    assert Axe().run(page, options={"rules": {"color-contrast": {"enabled": True}}}).response["violations"] == []
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text(wells.title)


def test_escape_closes_the_list_and_leaves_what_was_typed(a_context):
    page = a_context().new_page()
    go(page, "/fr/about")

    box(page).press_sequentially("burk")
    expect(options(page).first).to_have_text("Burkina Faso Pays")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    assert box(page).input_value() == "burk"
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/fr/search\?q=burk$"), timeout=60_000)


def test_a_country_leads_to_what_it_has(a_context):
    page = a_context(viewport=PHONE).new_page()
    go(page, "/fr/search")

    box(page).press_sequentially("cote d'iv")
    options(page).first.click()

    expect(page).to_have_url(re.compile(r"/fr/search\?country=CIV$"), timeout=60_000)


def test_an_answer_that_comes_late_is_left_alone(a_context):
    page = a_context().new_page()
    waiting = []
    page.route(re.compile(r"complete\?q=bur$"), lambda route: waiting.append(route))
    go(page, "/en/")

    box(page).press_sequentially("bur")
    page.wait_for_event("request", lambda request: request.url.endswith("complete?q=bur"))
    box(page).press_sequentially("k")
    expect(options(page).first).to_have_text("Burkina Faso Country")
    waiting[0].fulfill(json=[{"text": "Burundi", "kind": "Country", "language": "en", "address": "/en/"}])
    page.wait_for_timeout(100)

    expect(options(page).first).to_have_text("Burkina Faso Country")


def test_without_an_answer_the_form_is_sent_as_ever(browser, server):
    context = browser.new_context(base_url=server.address)  # it may complain of the answer
    page = context.new_page()
    page.route("**/complete?*", lambda route: route.fulfill(status=503, body="busy"))
    go(page, "/en/")

    box(page).press_sequentially("wells")
    page.wait_for_timeout(400)
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/en/search\?q=wells$"), timeout=60_000)
    context.close()


def test_nothing_is_asked_before_two_letters(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "complete" in request.url else None)
    go(page, "/en/about")

    box(page).press_sequentially("b")
    page.wait_for_timeout(400)

    assert [url for url in asked if "?q=" in url] == []
