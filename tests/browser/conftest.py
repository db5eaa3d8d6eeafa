"""The ground of the browser tests: a running Galaxy, a real mail server, and a Chromium that forgives nothing."""

import os
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Response, sync_playwright

from galaxy import create_app
from tests.browser import chromium
from tests.conftest import ABSENT, SETTINGS
from tests.processes import Site, a_site, free_port

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


class Mailbox:
    """A mail server that keeps what it is sent."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        self.mails.append(message_from_bytes(envelope.content or b"", policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"

    def wait_for(self, to: str, saying: str = "", within: float = 60) -> EmailMessage:
        """The newest mail to an address whose subject or text says something; it is taken out of the box."""
        deadline = time.monotonic() + within
        while True:
            for mail in reversed(self.mails):
                if mail["To"] == to and saying in mail["Subject"] + text_of(mail):
                    self.mails.remove(mail)
                    return mail
            got = [(mail["To"], mail["Subject"]) for mail in self.mails]
            assert time.monotonic() < deadline, f"no mail to {to} saying {saying!r} within {within} s, but {got}"
            time.sleep(0.05)


def text_of(mail: EmailMessage) -> str:
    """The words of a mail, as its text part has them."""
    part = mail.get_body(("plain",))
    return part.get_content() if part else ""


@pytest.fixture(scope="session")
def smtp() -> Iterator[Mailbox]:
    """A real mail server on a free port; `smtp.port` is where."""
    box = Mailbox()
    box.port = free_port()  # type: ignore[attr-defined]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)  # type: ignore[attr-defined]
    controller.start()
    yield box
    controller.stop()


@pytest.fixture(scope="session")
def server(smtp: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Web and worker as `python -m galaxy serve` starts them, on SQLite, one for each test worker."""
    folder = tmp_path_factory.mktemp("site")
    settings = {"MAIL_URL": f"smtp://127.0.0.1:{smtp.port}", "LIMITS": "0", "WEB_WORKERS": "1", "WEB_THREADS": "4"}
    settings |= {"STYLEGUIDE": "1", "MATCH_AFTER_SECONDS": "0"}
    with a_site(folder / "instance", **settings) as site:
        yield site


@pytest.fixture(scope="session")
def beside(server: Site) -> Flask:
    """An app on the running server's database."""
    return create_app(server.instance, **SETTINGS | {"NUDGE": True})


@pytest.fixture
def behind(beside: Flask) -> Iterator[Flask]:
    """The running server's database, for factories; its worker does what they promise."""
    with beside.app_context():
        yield beside


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = chromium.find(playwright)
    if path is None:
        if os.environ.get("GALAXY_REQUIRE_BROWSER") == "1":
            pytest.fail(f"GALAXY_REQUIRE_BROWSER is set, but {ABSENT}.")
        pytest.skip(ABSENT)
    started = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
    yield started
    started.close()


class Watch:
    """What a browser complains of: scripts that break, resources that are missing, rules that are violated."""

    def __init__(self, context: BrowserContext) -> None:
        self.complaints: list[str] = []
        self.pages: set[str] = set()  # an error page is allowed to be one
        context.on("console", self.heard)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("response", self.answered)

    def heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and message.location["url"] not in self.pages:
            self.complaints.append(f"{message.location['url']}: {message.text}")

    def answered(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.pages.add(response.url)


@pytest.fixture
def a_context(browser: Browser, server: Site) -> Iterator[Callable[..., BrowserContext]]:
    """Make browsers of their own: `a_context(locale="fr-BF", java_script_enabled=False)`; none may complain."""
    made: list[tuple[BrowserContext, Watch]] = []

    def make(**wishes: Any) -> BrowserContext:
        context = browser.new_context(**{"base_url": server.address, "viewport": DESKTOP, "locale": "en-GB"} | wishes)
        context.set_default_timeout(30_000)
        made.append((context, Watch(context)))
        return context

    yield make
    complaints = [each for _context, watch in made for each in watch.complaints]
    for context, _watch in made:
        context.close()
    assert complaints == [], "The browser complained."


@pytest.fixture
def page(a_context: Callable[..., BrowserContext]) -> Page:
    """A desktop browser."""
    return a_context().new_page()


@pytest.fixture
def phone(a_context: Callable[..., BrowserContext]) -> Page:
    """A small phone."""
    return a_context(viewport=PHONE, has_touch=True, is_mobile=True).new_page()


@pytest.fixture
def page_without_scripts(a_context: Callable[..., BrowserContext]) -> Page:
    """A browser whose scripts are off."""
    return a_context(java_script_enabled=False).new_page()
