"""How many people a second a running server registers for one webinar, with its waiting list, on one machine.

PYTHONPATH=. python benchmarks/registration.py [PEOPLE] [--places N] [--at-once N]     1000, 100 and 50 where not said

Each person opens the page that the letter led to and presses its button, over the loopback, as a browser would.
"""

import argparse
import re
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path

from rich.console import Console
from sqlalchemy import func, select

from galaxy import create_app
from galaxy.accounts.models import User
from galaxy.content.models import Status
from galaxy.core.db import db, now
from galaxy.webinars.models import Webinar
from galaxy.webinars.registration_models import Registration
from galaxy.webinars.registration_queries import token
from tests.processes import a_site

TOKEN = re.compile(r'<form method="post" action="[^"]*/confirm".*?name="csrf_token" value="([^"]+)"', re.DOTALL)
PATIENCE = 120  # seconds for one answer


def announce(instance: Path, people: int, places: int, **settings: str) -> list[str]:
    """Tell a site of a webinar with so many places and so many guests who have to confirm; their pages' addresses."""
    app = create_app(instance, NUDGE=False, **settings)  # the site's own worker finds what is to be done
    with app.app_context():
        starts_at = now() + timedelta(days=3)
        webinar = Webinar(title="A crowd", status=Status.PUBLISHED, published_at=now(), capacity=places)
        webinar.starts_at, webinar.ends_at = starts_at, starts_at + timedelta(hours=1)
        webinar.author = User(email="host@example.org", confirmed_at=now())
        guests = [Registration(webinar=webinar, email=f"guest{n}@example.org", name=f"G {n}") for n in range(people)]
        db.session.add_all([webinar, *guests])
        db.session.commit()
        pages = [f"/en/webinars/seats/{token(guest)}" for guest in guests]
        db.session.remove()
        db.engine.dispose()
    return pages


def confirm(page: str, clicks: int = 1) -> list[int]:
    """Open one's page and press its button, perhaps twice at once; the statuses of all answers."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with opener.open(page, timeout=PATIENCE) as answer:
        statuses, said = [answer.status], answer.read().decode()
    found = TOKEN.search(said)
    assert found, said
    sent = urllib.parse.urlencode({"csrf_token": found[1]}).encode()

    def press(_click: int) -> int:
        try:
            with opener.open(f"{page}/confirm", sent, timeout=PATIENCE) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    with ThreadPoolExecutor(clicks) as hands:
        return statuses + list(hands.map(press, range(clicks)))


def crowd(address: str, pages: list[str], at_once: int, clicks: int = 1) -> tuple[float, list[int]]:
    """Let all of them confirm, so many at once; the seconds it took, and every answer's status."""
    began = time.perf_counter()
    with ThreadPoolExecutor(at_once) as people:
        answers = list(people.map(lambda page: confirm(address + page, clicks), pages))
    return time.perf_counter() - began, [status for answer in answers for status in answer]


def tally(instance: Path, **settings: str) -> dict[str, int]:
    """How many stand where."""
    app = create_app(instance, **settings)
    with app.app_context():
        rows = select(Registration.status, func.count()).group_by(Registration.status)
        found = {status.value: count for status, count in db.session.execute(rows)}
        db.session.remove()
        db.engine.dispose()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", nargs="?", type=int, default=1_000)
    parser.add_argument("--places", type=int, default=100)
    parser.add_argument("--at-once", type=int, default=50)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder)
        with a_site(instance) as site:
            pages = announce(instance, asked.people, asked.places)
            seconds, statuses = crowd(site.address, pages, asked.at_once)
        ends = tally(instance)
    wrong = sum(status != 200 for status in statuses)
    Console().print(f"{asked.people / seconds:.0f} people a second, each with two pages; {ends}; {wrong} errors")


if __name__ == "__main__":
    main()
