"""How well questions find what answers them, by pair of languages: words, each model, both, and as search fuses them.

    PYTHONPATH=. OPENBLAS_NUM_THREADS=1 python benchmarks/relevance.py [--cache FILE] [--pairs] [--most N] [SET …]

Sets, each with the documents of all its languages side by side in one index:
  targets     each of the 169 SDG targets, asked by its text in another language
  indicators  the same documents, asked by the text of a third of their indicators
  health      a fifth of the health terms, asked by the term in another language
  known       entries of the demonstration, asked in their language by title, part of it, a sentence, keywords, a slip
  asked       written for this: 28 stories, each asked in seven languages, mostly in other words than its own
  long        the same, four stories of one language to an entry
  held        the same kind as `asked`, 35 stories more, on which the order was not tuned (the floor was)
  nonsense    on all of these: what is no word of any language, and what has to do with nothing here

Prints MRR@10 within a language and across languages. "mixed": the right entry among those of every language, its
translations left out; "apart": among those of its own language. Vectors are kept in a file beside (`--cache`), since
the better model takes a tenth of a second for a passage.
"""

import hashlib
import json
import random
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from galaxy.content.models import SearchText
from galaxy.search import text
from galaxy.search.engines import Document
from galaxy.search.engines.whoosh import WhooshEngine
from galaxy.search.fusion import fuse, listed
from galaxy.search.grammar import parse
from galaxy.search.meaning import embedders, passages
from galaxy.search.meaning.embedders import Embedder, Floats
from galaxy.search.meaning.matrices import Matrix
from galaxy.search.meaning.nearness import Near, pieces
from galaxy.search.neutral import neutral
from galaxy.search.questions import NO_LIST

REFERENCE = Path("galaxy/reference/data")
DEMONSTRATION = Path("galaxy/pages/data")
WRITTEN = Path(__file__).with_name("data")
SIX = ("ar", "en", "es", "fr", "ru", "zh")
SEVEN = ("ar", "en", "es", "fr", "pt", "ru", "zh")
COUNTED = 10
Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Doc:
    """An entry; all of one `key` say the same in other languages."""

    key: str
    language: str
    title: str
    text: str = ""

    @property
    def said(self) -> SearchText:
        return SearchText(self.title, [self.text] if self.text else [], [], self.language)

    def indexed(self, number: int) -> Document:
        """It as the index holds it."""
        codes = {"language": [self.language]}
        return Document.of(number, self.title, [self.text], language=self.language, codes=codes)


@dataclass(frozen=True)
class Ask:
    """A question, and the key of what answers it; none for nonsense."""

    words: str
    language: str
    key: str = ""
    kind: str = ""


@dataclass
class Set:
    """Documents and questions."""

    name: str
    docs: list[Doc]
    asks: list[Ask] = field(default_factory=list)


# The sets


def read(name: str) -> list[dict[str, dict[str, str]]]:
    found: list[dict[str, dict[str, str]]] = json.loads((REFERENCE / f"{name}.json").read_bytes())
    return found


def targets() -> Set:
    rows = read("targets")
    docs = [Doc(str(row["code"]), language, row["name"][language]) for row in rows for language in SIX]
    return Set("targets", docs, [Ask(doc.title, doc.language, doc.key) for doc in docs])


def indicators() -> Set:
    rows = read("indicators")[::3]
    asks = [Ask(row["name"][language], language, str(row["target"])) for row in rows for language in SIX]
    return Set("indicators", targets().docs, asks)


def health() -> Set:
    rows: list[dict[str, str]] = json.loads((REFERENCE / "health_terms.json").read_bytes())
    terms = {row["en"].lower(): row for row in rows if all(row.get(language) for language in SEVEN)}
    docs = [Doc(key, language, row[language]) for key, row in [*terms.items()][::5] for language in SEVEN]
    return Set("health", docs, [Ask(doc.title, doc.language, doc.key) for doc in docs])


def written(name: str, file: str) -> Set:
    """Stories and questions as they stand in a file: "# language | title", the text, a question for each language."""
    made = Set(name, [])
    for block in re.split(r"(?m)^# ", (WRITTEN / file).read_text(encoding="utf-8"))[1:]:
        first, told, *asked = block.strip().splitlines()
        language, _, title = first.partition(" | ")
        made.docs.append(Doc(title, language, title, told))
        made.asks += [Ask(line[4:], line[:2], title) for line in asked]
    return made


def long() -> Set:
    """Four stories in one entry, whose title says nothing."""
    short = written("long", "asked.txt")
    docs, holder = [], {}
    for language in SEVEN:
        stories = [doc for doc in short.docs if doc.language == language]
        for at in range(0, len(stories), 4):
            key = f"{language} {at}"
            told = "\n".join(f"{story.title}. {story.text}" for story in stories[at : at + 4])
            docs.append(Doc(key, language, f"{at + 1}–{at + 4}", told))
            holder.update({story.key: key for story in stories[at : at + 4]})
    return Set("long", docs, [Ask(ask.words, ask.language, holder[ask.key]) for ask in short.asks])


def known() -> Set:
    """Entries of the demonstration in their own languages, asked as somebody asks who has seen them before."""
    drawn = random.Random(5)
    docs = [
        Doc(row["key"], row["language"], row["title"], "\n".join(row[part] for part in ("summary", "challenge")))
        for row in json.loads((DEMONSTRATION / "cooperations.json").read_bytes())["solutions"]
    ]
    goods = json.loads((DEMONSTRATION / "solutions_dpg.json").read_bytes())
    talks = json.loads((DEMONSTRATION / "webinars_pyvideo.json").read_bytes())
    for rows, language, count in ((goods, "language", 60), (talks, "text_language", 80)):
        told = [row for row in rows if len(row["description"]) > 80 and row[language] in SEVEN]
        docs += [
            Doc(row["id"], row[language], row["title"], row["description"][:1_200]) for row in drawn.sample(told, count)
        ]
    return Set("known", docs, [ask for doc in docs for ask in remembered(doc, docs, drawn)])


def remembered(doc: Doc, docs: Sequence[Doc], drawn: random.Random) -> Iterator[Ask]:
    """What somebody may remember of an entry."""
    words = doc.title.split()
    yield Ask(doc.title, doc.language, doc.key, "title")
    if len(words) > 3:
        yield Ask(" ".join(words[1:4]), doc.language, doc.key, "part of title")
    sentences = [each for each in re.split(r"(?<=[.!?])\s", doc.text.replace("\n", " ")) if 40 < len(each) < 250]
    if len(sentences) > 2:
        yield Ask(drawn.choice(sentences[1:]), doc.language, doc.key, "sentence")
    rare = [word for word in dict.fromkeys(re.findall(r"\w{4,}", doc.text.lower())) if 1 < times(docs)[word] < 15]
    if len(rare) > 5 and doc.language != "zh":
        yield Ask(" ".join(drawn.sample(rare, 3)), doc.language, doc.key, "keywords")
    longest = max(words, key=len)
    if len(words) > 2 and len(longest) > 5 and doc.language != "zh":
        half = len(longest) // 2
        slipped = longest[:half] + longest[half + 1] + longest[half] + longest[half + 2 :]
        yield Ask(doc.title.replace(longest, slipped), doc.language, doc.key, "slip")


_TIMES: dict[int, Counter[str]] = {}


def times(docs: Sequence[Doc]) -> Counter[str]:
    """In how many of the documents each word stands."""
    if len(docs) not in _TIMES:
        _TIMES[len(docs)] = Counter(w for doc in docs for w in set(re.findall(r"\w{4,}", doc.text.lower())))
    return _TIMES[len(docs)]


def nonsense(file: str) -> list[Ask]:
    lines = (WRITTEN / file).read_text(encoding="utf-8").splitlines()
    return [Ask(line[4:], line[:2]) for line in lines]


SETS: dict[str, Callable[[], Set]] = {
    "targets": targets,
    "indicators": indicators,
    "health": health,
    "known": known,
    "asked": lambda: written("asked", "asked.txt"),
    "long": long,
    "held": lambda: written("held", "held.txt"),
}

# What is compared


class Remembering:
    """A model whose vectors are kept in a file."""

    def __init__(self, model: Embedder, file: Path) -> None:
        self.model, self.name = model, model.name
        self.kept = sqlite3.connect(file, timeout=60)
        self.kept.execute("CREATE TABLE IF NOT EXISTS vector (key TEXT PRIMARY KEY, data BLOB)")

    def passages(self, texts: Sequence[str]) -> Floats:
        return np.array([self._of("passage", text) for text in texts])

    def question(self, text: str) -> Floats:
        return self._of("question", text)

    def _of(self, kind: str, text: str) -> Floats:
        key = hashlib.blake2b(f"{self.name}\0{kind}\0{text}".encode(), digest_size=16).hexdigest()
        if found := self.kept.execute("SELECT data FROM vector WHERE key = ?", [key]).fetchone():
            return np.frombuffer(found[0], dtype=np.float32)
        made = self.model.question(text) if kind == "question" else self.model.passages([text])[0]
        self.kept.execute("INSERT OR REPLACE INTO vector VALUES (?, ?)", [key, made.astype(np.float32).tobytes()])
        self.kept.commit()
        return made


@dataclass
class Index:
    """A set's documents as search holds them: number n is the entry n + 1."""

    docs: list[Doc]
    engine: WhooshEngine
    models: list[Remembering]
    matrices: dict[str, Matrix]

    @classmethod
    def of(cls, docs: list[Doc], models: list[Remembering], folder: Path) -> "Index":
        engine = WhooshEngine(folder)
        engine.rebuild([[d.indexed(n) for n, d in enumerate(docs, 1)]])
        numbers = range(1, len(docs) + 1)
        matrices = {}
        for model in models:
            rows = [model.passages(passages.given(doc.said, model.model.most)) for doc in docs]
            matrices[model.name] = Matrix.of(numbers, [0.0] * len(docs), rows, None)
        return cls(docs, engine, models, matrices)

    def near(self, words: str) -> Near:
        """As `nearness.nearest` tells it, of every entry."""
        read = text.bare(text.simplified(words))
        asked = {model.name: neutral(model.name, model.question(read)) for model in self.models}
        everything = np.arange(len(self.docs))
        similar = {name: self.matrices[name].similar(question, everything) for name, question in asked.items()}
        entries = {
            number: {name: of[number] for name, of in similar.items()} for number in range(1, len(self.docs) + 1)
        }
        best = {name: [one.best for one in of.values()] for name, of in similar.items()}
        usual = {name: (float(np.mean(of)), float(np.std(of)), len(of)) for name, of in best.items()}
        return Near(tuple(asked), usual, entries, asked, pieces(words, [model.model for model in self.models]))

    def ask(self, ask: Ask, mixed: bool) -> dict[str, Scores]:
        """What each way of searching makes of every document; what it does not list has -inf."""
        near, numbers = self.near(ask.words), range(1, len(self.docs) + 1)
        alone = self.engine.weigh(parse(ask.words, ask.language, without=[NO_LIST]), {}, numbers)
        weighed = self.engine.weigh(parse(ask.words, ask.language), {}, numbers)
        found = {
            "words": [alone.scores[n][0] or -np.inf for n in numbers],
            "with lists": [weighed.scores[n][0] or -np.inf for n in numbers],
        }
        for model in self.models:
            found[model.name.split()[0]] = [near.entries[n][model.name].best for n in numbers]
        ranked = {one.id: one for one in fuse(weighed, near, one_language=not mixed)}
        found["both"] = [ranked[n].likeness for n in numbers]
        unlisted = {one.id: one for one in fuse(alone, near, one_language=not mixed)}
        found["fused, no floor"] = [ranked[n].score for n in numbers]
        for way, some in (("fused, no lists", unlisted), ("fused", ranked)):
            met = {one.id for one in some.values() if one.is_met}
            shown = {*met, *(one.id for one in listed([*some.values()], met))}
            found[way] = [some[n].score if n in shown else -np.inf for n in numbers]
        return {way: np.array(scores) for way, scores in found.items()}


# What comes of it

Pair = tuple[str, str]


def reciprocal(scores: Scores, right: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    """One by the rank of the best right document among those that count; 0 beyond the tenth."""
    best = scores[right].max()
    if best == -np.inf:
        return 0.0
    rank = 1 + int((scores[among & ~right] >= best).sum())
    return 1 / rank if rank <= COUNTED else 0.0


def measure(made: Set, index: Index, mixed: bool) -> dict[str, dict[Pair, list[float]]]:
    """For each way of searching and each pair of languages the reciprocal rank of every question."""
    keys, spoken = np.array([doc.key for doc in made.docs]), np.array([doc.language for doc in made.docs])
    told: dict[str, dict[Pair, list[float]]] = {}
    for ask in made.asks:
        same = keys == ask.key
        for way, scores in answers(index, ask, mixed).items():
            for language in sorted(set(spoken[same])):
                right = same & (spoken == language)
                among = ~(same & ~right) if mixed else spoken == language
                told.setdefault(way, {}).setdefault((ask.language, language), []).append(
                    reciprocal(scores, right, among)
                )
    return told


_ANSWERS: dict[tuple[int, Ask, bool], dict[str, Scores]] = {}


def answers(index: Index, ask: Ask, mixed: bool = True) -> dict[str, Scores]:
    if (id(index), ask, mixed) not in _ANSWERS:
        _ANSWERS[id(index), ask, mixed] = index.ask(ask, mixed)
    return _ANSWERS[id(index), ask, mixed]


def row(way: str, pairs: dict[Pair, list[float]]) -> list[str]:
    """The way, its mean within a language and across, its worst pair, its hits among ten."""
    means = {pair: float(np.mean(some)) for pair, some in pairs.items()}
    within = [mean for (one, other), mean in means.items() if one == other]
    across = {pair: mean for pair, mean in means.items() if pair[0] != pair[1]}
    worst = min(across, key=across.__getitem__) if across else None
    hits = [float(np.mean(np.array(some) > 0)) for pair, some in pairs.items() if pair[0] != pair[1]]
    return [
        way,
        f"{np.mean(within):.3f}" if within else "",
        f"{np.mean(list(across.values())):.3f}" if across else "",
        f"{np.mean(hits):.3f}" if hits else "",
        f"{worst[0]} → {worst[1]} {across[worst]:.3f}" if worst else "",
    ]


def show(console: Console, made: Set, index: Index, pairs: bool) -> None:
    several = len({doc.language for doc in made.docs}) > 1 and any(a.language != "" for a in made.asks)
    for mixed in (True, False) if several and made.name != "known" else (True,):
        told = measure(made, index, mixed)
        head = f"{made.name}, {'mixed' if mixed else 'apart'}: {len(made.docs)} documents, {len(made.asks)} questions"
        table = Table("MRR@10", "within", "across", "hit@10 across", "worst pair", title=head)
        for way, of in told.items():
            table.add_row(*row(way, of))
        console.print(table)
        for way in told if pairs else ():
            console.print(matrix(way, told[way]))
    if made.name == "known":
        console.print(by_kind(made, index))
    console.print(found_of_nonsense(index))


def matrix(way: str, pairs: dict[Pair, list[float]]) -> Table:
    """MRR@10 and hit@10 of every pair: rows are the languages of questions."""
    languages = sorted({other for _, other in pairs})
    table = Table("asked in", *languages, title=f"{way}: MRR@10, hit@10")
    for one in sorted({one for one, _ in pairs}):
        cells = [np.array(pairs.get((one, other), [])) for other in languages]
        table.add_row(one, *(f"{some.mean():.3f} {(some > 0).mean():.2f}" if len(some) else "" for some in cells))
    return table


def by_kind(made: Set, index: Index) -> Table:
    """The same by kind of question."""
    keys = np.array([doc.key for doc in made.docs])
    told: dict[str, dict[str, list[float]]] = {}
    for ask in made.asks:
        for way, scores in answers(index, ask).items():
            right = keys == ask.key
            told.setdefault(way, {}).setdefault(ask.kind, []).append(reciprocal(scores, right, ~right | right))
    kinds = sorted({ask.kind for ask in made.asks})
    table = Table("MRR@10", *kinds)
    for way, of in told.items():
        table.add_row(way, *(f"{np.mean(of[kind]):.3f}" for kind in kinds))
    return table


def found_of_nonsense(index: Index) -> str:
    """How many of the questions that have no answer find anything, and how much."""
    said = []
    for name in ("nonsense", "elsewhere"):
        counts = [int((answers(index, ask)["fused"] > -np.inf).sum()) for ask in nonsense(f"{name}.txt")]
        said.append(f"{name}: {sum(map(bool, counts))} of {len(counts)} find something, {sum(counts)} entries in all")
    return "; ".join(said)


@cache
def models(file: Path) -> list[Remembering]:
    return [Remembering(model, file) for model in embedders.local()]


@click.command()
@click.option("--cache", "file", type=click.Path(path_type=Path), default=Path("/tmp/relevance-vectors.db"))
@click.option("--pairs", is_flag=True, help="also every pair of languages, for each way of searching")
@click.option("--most", type=int, default=0, help="so many questions of each set, drawn by lot, always the same")
@click.argument("names", nargs=-1)
def main(file: Path, pairs: bool, most: int, names: tuple[str, ...]) -> None:
    """Measure."""
    console = Console(width=110)
    for name in names or SETS:
        made = SETS[name]()
        if 0 < most < len(made.asks):
            made.asks = random.Random(most).sample(made.asks, most)
        with TemporaryDirectory() as folder:
            show(console, made, Index.of(made.docs, models(file), Path(folder)), pairs)


if __name__ == "__main__":
    main()
