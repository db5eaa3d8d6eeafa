"""CPU of whole pages, from the request to the last byte, beside a bare Flask page measured in the same run.

PYTHONPATH=. python benchmarks/pages.py [SIZE …] [--gzip] [--profile PAGE]     2000 and 20000 where no size is said
"""

import argparse
import cProfile
import gc
import os
import pstats
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stderr
from itertools import pairwise
from statistics import median
from typing import NamedTuple
from urllib.parse import urlencode

from flask import Flask
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, select
from werkzeug.test import EnvironBuilder

from benchmarks import floor
from benchmarks.content import a_site, cookie
from galaxy.content.models import Entry
from galaxy.core.db import db
from galaxy.solutions.models import Solution
from tests.statements import statements

REQUESTS = 120
FOCAL, ADMIN = "focal@example.org", "admin@example.org"
COMMON = ["water", "health", "development", "women", "education", "access", "people", "countries", "energy", "food"]
PLACES = ["KEN", "BFA", "FJI", "COL", "IND", "BRA", "SEN", "NER", "GHA", "PER"]


class Cost(NamedTuple):
    """CPU of a page's requests in ms, the bytes of one of them, and the most statements that one sent."""

    half: float
    most: float
    size: int
    statements: int


class Request:
    """A request that can be made again and again, without the cost of making it up."""

    def __init__(self, app: Flask, path: str, **headers: str) -> None:
        path, _mark, query = path.partition("?")
        asked = EnvironBuilder(path, query_string=query, headers=list(headers.items()))
        self.app, self.environ = app, asked.get_environ()

    def __call__(self) -> int:
        """Send it, and read the answer to its end; how many bytes that was."""
        status: list[str] = []
        answer = self.app(dict(self.environ), lambda said, *_more: status.append(said))  # type: ignore[arg-type]
        size = sum(map(len, answer))
        getattr(answer, "close", lambda: None)()
        assert status == ["200 OK"], (self.environ["PATH_INFO"], status)
        return size


def cost(requests: list[Request], engine: Engine | None = None) -> Cost:
    """What they cost when everything is warm."""
    sizes = [request() for request in requests]
    sent = max(statements(request, engine) for request in requests[:5]) if engine else 0
    spent = []
    gc.collect()
    for number in range(REQUESTS):
        started = time.process_time()
        requests[number % len(requests)]()
        spent.append((time.process_time() - started) * 1_000)
    spent.sort()
    return Cost(median(spent), spent[int(len(spent) * 0.95)], int(median(sizes)), sent)


def pages() -> Iterator[tuple[str, list[str], str]]:
    """Each page with addresses of it, and who asks."""
    refs = list(db.session.scalars(select(Solution.ref).order_by(Solution.id).limit(60)))
    organisations = list(db.session.scalars(select(Entry.ref).where(Entry.kind == "organisations").limit(20)))
    yield "home", ["/en/"], ""
    yield "home in French", ["/fr/"], ""
    yield "list of solutions", [f"/en/solutions/?page={page}" for page in range(1, 21)], ""
    yield "a solution", [f"/en/solutions/{ref}" for ref in refs], ""
    yield "an organisation", [f"/en/directory/{ref}" for ref in organisations], ""
    yield "directory", ["/en/directory/"], ""
    yield "countries", ["/en/countries/"], ""
    yield "a country", [f"/en/countries/{code}" for code in PLACES], ""
    yield "goals", ["/en/goals/"], ""
    yield "a goal", [f"/en/goals/{code}" for code in range(1, 18)], ""
    yield "a sector", ["/en/sectors/140", "/en/sectors/311"], ""
    for name, asked in questions().items():
        yield f"search: {name}", [f"/en/search?{urlencode(query)}" for query in asked], ""
    yield "sign-in", ["/en/accounts/sign-in"], ""
    yield "a solution, signed in", [f"/en/solutions/{ref}" for ref in refs], FOCAL
    yield "dashboard of a focal point", ["/en/dashboard"], FOCAL
    yield "dashboard of an admin", ["/en/dashboard"], ADMIN
    yield "moderation queue", ["/en/moderation/"], ADMIN


def questions() -> dict[str, list[dict[str, str]]]:
    """Searches of several kinds, of words that the corpus has."""
    titles = db.session.scalars(select(Solution.title).where(Solution.language == "en").order_by(Solution.id).limit(10))
    firsts = [title.split()[0] for title in titles]
    return {
        "a common word": [{"q": word} for word in COMMON],
        "a word of a title": [{"q": word} for word in firsts],
        "two words": [{"q": f"{one} {other}"} for one, other in pairwise(COMMON)],
        "a word, two filters": [
            {"q": word, "country": place, "sdg": "6"} for word, place in zip(COMMON, PLACES, strict=True)
        ],
        "no words, newest": [{"q": "", "sort": "newest", "page": str(page)} for page in range(1, 11)],
    }


def measure_floor() -> tuple[float, float]:
    """CPU of the bare page with one row, and of the one with twenty."""
    app = floor.an_app()
    one = cost([Request(app, f"/one/{number}") for number in range(1, 61)])
    many = cost([Request(app, f"/list/{page}") for page in range(20)])
    return one.half, many.half


def run(size: int, gzip: bool, profile: str, kept: str) -> Table:
    one, many = measure_floor()
    table = Table(title=f"{size} entries; floor {one:.2f} ms for a row, {many:.2f} ms for a list", title_justify="left")
    for head in ("page", "p50 ms", "p95 ms", "× a row", "× a list", "statements", "kB"):
        table.add_column(head, justify="left" if head == "page" else "right")
    with open(os.devnull, "w") as nowhere, redirect_stderr(nowhere), a_site(size, kept) as app:  # its log
        with app.app_context():
            engine, cookies = db.engine, {who: cookie(app, who) for who in (FOCAL, ADMIN)}
            asked = [each for each in pages() if not profile or profile == each[0]]
        for name, addresses, who in asked:
            headers = {"Cookie": cookies[who]} if who else {}
            headers |= {"Accept-Encoding": "gzip"} if gzip else {}
            requests = [Request(app, address, **headers) for address in addresses]
            found = cost(requests, engine)
            table.add_row(
                name,
                f"{found.half:.2f}",
                f"{found.most:.2f}",
                f"{found.half / one:.1f}",
                f"{found.half / many:.1f}",
                str(found.statements),
                f"{found.size / 1000:.1f}",
            )
            if profile:
                look_into(requests)
    return table


def look_into(requests: list[Request]) -> None:
    """Where the time goes, function by function."""
    with cProfile.Profile() as profiled:
        for number in range(REQUESTS):
            requests[number % len(requests)]()
    for order in ("tottime", "cumtime"):
        pstats.Stats(profiled, stream=sys.stdout).sort_stats(order).print_stats(45)


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("size", nargs="*", type=int)
    given.add_argument("--gzip", action="store_true", help="compressed, as for a browser")
    given.add_argument("--profile", default="", metavar="PAGE", help="one page only, function by function")
    given.add_argument("--keep", default="", metavar="FOLDER", help="where built sites stay for the next run")
    asked = given.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f}")
    for size in asked.size or [2_000, 20_000]:
        Console(width=110).print(run(size, asked.gzip, asked.profile, asked.keep))
