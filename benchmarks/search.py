"""CPU of a search page's read (facets, total, marked passages) beside a bare Flask page with one query: the floor.

PYTHONPATH=. python benchmarks/search.py [SIZE …]     2000 and 20000 where none is said
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise

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
from galaxy.search.queries import find
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


def cpu(calls: list[Callable[[], object]]) -> tuple[float, float]:
    """Median and 95th of a hundred of the CPU of each call, in ms, warm."""
    for call in calls:
        call()
    spent = []
    for _ in range(ROUNDS):
        for call in calls:
            started = time.process_time()
            call()
            spent.append((time.process_time() - started) * 1_000)
    spent.sort()
    return spent[len(spent) // 2], spent[int(len(spent) * 0.95)]


def floor() -> float:
    """A bare Flask page with one query, by the same measure."""
    bare = Flask("bare")
    bare.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(bare)

    @bare.get("/")
    def page() -> str:
        return str(db.session.scalar(select(1)))

    client = bare.test_client()
    return cpu([lambda: client.get("/").close()] * 50)[0]


def measured(app: Flask, size: int) -> Iterator[tuple[str, float, float]]:
    """Each class of question with its CPU."""
    for name, asked in questions(size).items():

        def ask(address: MultiDict[str, str]) -> object:
            db.session.rollback()
            return find(Question.from_args(address, "en"))

        with app.test_request_context("/en/search"):
            yield name, *cpu([partial(ask, address) for address in asked])
    engine = index.engine()
    prefixes = [word[:3] for word in ("water", "education", "women", "development", "sanitation")]
    yield "complete three letters", *cpu([partial(engine.complete, prefix) for prefix in prefixes])


def run(size: int, bare: float) -> Table:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(folder, **SETTINGS)
        with app.app_context():
            Base.metadata.create_all(db.engine)
            fill(size, solution)
            started, spent = time.perf_counter(), time.process_time()
            index.rebuild()
            wall, work = time.perf_counter() - started, time.process_time() - spent
            state = index.engine().state()
            table = Table(
                title=f"{size} entries: {size / wall:.0f}/s indexed ({size / work:.0f}/s of CPU), "
                f"{state.size / 1e6:.0f} MB; floor {bare:.2f} ms",
                title_justify="left",
                min_width=90,
            )
            for head in ("question", "p50 ms", "p95 ms", "× floor"):
                table.add_column(head, justify="left" if head == "question" else "right")
            for name, half, most in measured(app, size):
                table.add_row(name, f"{half:.2f}", f"{most:.2f}", f"{half / bare:.1f}")
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
            table.caption = f"one entry written and found: half within {waited[10]:.0f} ms, all {waited[-1]:.0f}"
            table.caption_justify = "left"
            db.session.remove()
            db.engine.dispose()
    return table


if __name__ == "__main__":
    bare = floor()
    for size in [int(size) for size in sys.argv[1:]] or [2_000, 20_000]:
        Console(width=110).print(run(size, bare))
