"""Steps of a journey: what a person does on a page, reads on it, and gets by mail."""

import re
import time
from email.message import EmailMessage

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import BrowserContext, Locator, Page

from galaxy.accounts.models import User
from galaxy.core.db import db
from tests.accounts.conftest import totp
from tests.browser.conftest import text_of
from tests.readers import Reader

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
WIDE = """() => [...document.querySelectorAll("*")]
  .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(each => each.tagName + "." + each.className)"""


def words(found: Locator) -> str:
    """What is read at one place, its spaces made one."""
    return " ".join(found.inner_text().split())


def all_words(found: Locator) -> list[str]:
    return [" ".join(each.split()) for each in found.all_inner_texts()]


def notices(page: Page) -> list[str]:
    return all_words(page.locator("main .notice:visible"))


def heading(page: Page) -> str:
    return words(page.locator("h1"))


def press(page: Page, name: str) -> None:
    """Press a button, and wait for the page it leads to; that page must fit its screen."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()
    fits(page)


def follow(page: Page, name: str) -> None:
    """Follow a link, and wait for the page it leads to; that page must fit its screen."""
    with page.expect_navigation():
        page.get_by_role("link", name=name, exact=True).first.click()
    fits(page)


def go(page: Page, address: str) -> None:
    page.goto(address)
    fits(page)


def fits(page: Page) -> None:
    """Nobody scrolls sideways."""
    across, screen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert across <= screen, (page.url, page.evaluate(WIDE))


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds on the page that is open, in light and in dark, where all but the colours is the same."""
    page.emulate_media(color_scheme="light")
    found = Axe().run(page, options=RULES).response["violations"]
    page.emulate_media(color_scheme="dark")
    found += page.evaluate("async options => (await axe.run(options)).violations", COLOURS)
    return [(each["id"], [node["target"] for node in each["nodes"][:3]]) for each in found]


def link_in(mail: EmailMessage) -> str:
    """Where the first link of a mail leads."""
    found = re.search(r"https?://\S+", text_of(mail))
    assert found, f"no link in this mail: {text_of(mail)}"
    return found[0]


def lines_of(mail: EmailMessage) -> list[str]:
    """The lines of a mail's text that are not empty, as one reads them."""
    return [" ".join(line.split()) for line in text_of(mail).splitlines() if line.strip()]


def code_for(key: str) -> str:
    """The six digits that an authenticator app shows now."""
    return totp(key, time.time())


def signed_in(context: BrowserContext, app: Flask, user: User) -> Page:
    """A page of somebody who has signed in, without the form."""
    cookie = Reader(app, user).client.get_cookie("galaxy")
    assert cookie is not None
    db.session.commit()  # no lock is held while the browser writes
    context.add_cookies([{"name": "galaxy", "value": cookie.value, "domain": "127.0.0.1", "path": "/"}])
    return context.new_page()
