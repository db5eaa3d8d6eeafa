"""One corpus, many questions, every engine: the same entries in the same order, the same totals and counts."""

import random
from collections.abc import Iterator

import pytest

from benchmarks import corpus
from galaxy.search import text
from galaxy.search.clauses import Expansion, Group, Run, any_of
from galaxy.search.engines import Document, Engine
from galaxy.search.engines.postgres import PostgresEngine
from galaxy.search.engines.spelling import distance
from galaxy.search.engines.whoosh import WhooshEngine
from galaxy.search.grammar import FACETS, parse
from tests.indexes import lose
from tests.search.test_engines import asking

ENTRIES = 210
SORTS = ("relevance", "newest", "title", "confirmed")


def written(text: corpus.Text) -> Document:
    codes = {"country": text.countries, "sdg": text.sdgs, "sector": text.sectors, "language": [text.language]}
    day = int(text.published_at.timestamp())
    return Document.of(
        text.number,
        text.title,
        [text.summary],
        [text.body],
        language=text.language,
        codes=codes,
        published=day,
        confirmed=day * 7 % 1_000_003,
    )


@pytest.fixture(scope="module")
def texts() -> list[corpus.Text]:
    return list(corpus.entries(ENTRIES))


@pytest.fixture(scope="module")
def documents(texts: list[corpus.Text]) -> list[Document]:
    return [written(each) for each in texts]


@pytest.fixture(scope="module")
def engines(postgres_url: str, tmp_path_factory, documents) -> Iterator[tuple[Engine, Engine]]:
    """Both, with the corpus in them: some of it by a rebuild, the rest in batches, some written twice, some deleted."""
    pair = WhooshEngine(tmp_path_factory.mktemp("agree")), PostgresEngine(postgres_url)
    for engine in pair:
        engine.look_every = 0
        engine.rebuild([documents[:100], documents[100:150]])
        for at in range(150, ENTRIES, 20):
            engine.index(documents[at : at + 20])
        engine.index([Document.of(one.id, "Another title now", ["water"]) for one in documents[5:60:7]])
        engine.index(documents[5:60:7])
        engine.delete([one.id for one in documents[::11]])
    yield pair
    lose(pair[1])


@pytest.fixture(scope="module")
def words(texts: list[corpus.Text]) -> dict[str, list[str]]:
    """The words of each language as they are written, those of many entries more often."""
    said: dict[str, list[str]] = {}
    for each in texts:
        mine = said.setdefault(each.language, [])
        mine += sorted({word.text for word in text.words(f"{each.title} {each.body}")})
    return said


def questions(chance: random.Random, words: dict[str, list[str]], texts: list[corpus.Text]) -> Iterator[str]:
    """Words, phrases, refusals, fields and mixtures of them, without end."""
    while True:
        some = words[chance.choice(list(words))]

        def word(some: list[str] = some) -> str:
            return chance.choice(some)[: chance.choice([3, 40, 40])]

        def phrase() -> str:
            said = chance.choice(texts).body
            start = chance.randrange(len(said) - 40)
            return f'"{said[start : start + chance.randint(4, 40)]}"'

        def field() -> str:
            entry = chance.choice(texts)
            return chance.choice(
                [
                    f"country:{chance.choice(entry.countries)}",
                    f"sdg:{chance.choice(entry.sdgs)}",
                    f"language:{entry.language}",
                ]
            )

        ways = [
            lambda: word(),
            lambda: f"{word()} {word()}",
            lambda: phrase(),
            lambda: f"{word()} -{word()}",
            lambda: f"-{word()} -{field()}",
            lambda: f"{word()} {field()}",
            lambda: f"{field()} {field()} {word()} {word()}",
            lambda: f"{phrase()} {word()}",
            lambda: f"{word()} -{phrase()}",
            lambda: f"{word()}-{word()}",
            lambda: " ".join(word() for _ in range(chance.randint(3, 20))),
        ]
        yield chance.choice(ways)()


def groups(chance: random.Random, words: dict[str, list[str]]) -> list[Group]:
    """Groups with what is said in their place, and long runs of which some tokens are enough."""

    def tokens(most: int) -> tuple[str, ...]:
        return tuple(text.plain(" ".join(chance.choice(words[chance.choice(list(words))]) for _ in range(most))))

    def run() -> Run:
        kind = chance.choice(["word", "phrase", "some", "code", "stem"])
        if kind == "code":
            return Run("facet", (f"sdg:{chance.randint(1, 18)}",), chance.random())
        if kind == "some":
            found = tokens(chance.randint(2, 6))
            return Run("plain", found, chance.random() + 0.1, least=max(len(found) // 2, 1))
        return Run("stem" if kind == "stem" else "plain", tokens(2 if kind == "phrase" else 1), chance.random() + 0.1)

    made = []
    for _ in range(chance.randint(1, 3)):
        language = chance.choice(list(words))
        said = [any_of(chance.choice(words[language]), language) for _ in range(chance.randint(1, 2))]
        clauses = tuple(clause for clause in said if clause) or ((run(),),)
        expansions = tuple(
            Expansion("…", "…", "en", "thesaurus", str(n), tuple(run() for _ in range(chance.randint(1, 4))))
            for n in range(chance.randint(0, 3))
        )
        made.append(Group(clauses, expansions))
    return made


def filters(chance: random.Random) -> dict[str, list[str]]:
    ways = [
        {},
        {},
        {"sdg": ["6"]},
        {"sdg": ["4", "6", "13"], "language": ["en", "fr"]},
        {"country": ["KEN", "IND", "BFA"]},
    ]
    return chance.choice(ways)


@pytest.mark.parametrize("seed", range(8))
def test_engines_answer_alike(engines, words, texts, seed):
    chance = random.Random(seed)
    asked = questions(chance, words, texts)
    found = 0
    for _ in range(50):
        question, chosen = next(asked), filters(chance)
        language = chance.choice(list(words))
        query = (
            parse(question, language) if chance.random() < 0.7 else asking(*groups(chance, words), question=question)
        )
        first, size, sort = chance.choice([0, 0, 0, 3, 25]), chance.choice([5, 20, 200]), chance.choice(SORTS)
        also = chance.sample(range(1, ENTRIES), 6) if chance.random() < 0.3 else ()

        one, other = (engine.search(query, chosen, FACETS, sort, first, size, also) for engine in engines)
        assert one == other, question
        one, other = (engine.weigh(query, chosen, also, most=30) for engine in engines)
        assert one == other, question
        one, other = (engine.total(query, chosen) for engine in engines)
        assert one == other
        found += bool(one)
    assert found > 5


def test_engines_know_the_same_words(engines, words):
    chance = random.Random(9)
    for _ in range(60):
        language = chance.choice(list(words))
        word = chance.choice(words[language])
        at = chance.randrange(len(word))
        for asked in (word, word[:at] + word[at + 1 :], word[:at] + word[at : at + 2][::-1] + word[at + 2 :]):
            one, other = (engine.knows(asked, language) for engine in engines)
            assert one == other, asked


def test_engines_complete_suggest_and_compare_alike(engines, words, documents):
    """Whoosh counts deleted entries among those that hold a word until it merges, so it merges first.

    Of words two slips away PostgreSQL knows those whose letters are most alike.
    """
    for engine in engines:
        engine.tidy()
    chance = random.Random(10)
    for _ in range(60):
        language = chance.choice(list(words))
        word = chance.choice(words[language])
        at = chance.randrange(len(word))
        prefix = word[: chance.choice([2, 3, 4])]
        one, other = (engine.complete(prefix) for engine in engines)
        assert one == other, prefix
        for asked in (word[:at] + word[at + 1 :], word[:at] + word[at : at + 2][::-1] + word[at + 2 :]):
            one, other = (engine.suggest(asked, 3, language) for engine in engines)
            if one and distance(text.fold(asked), one[0]) == 1:
                assert one[:1] == other[:1], asked
            else:
                assert set(other) <= set(engines[0].suggest(asked, 100, language)), asked
        document = chance.choice(documents)
        one, other = (engine.alike(document, 10, filters(random.Random(at))) for engine in engines)
        assert one == other
        one, other = (engine.search(parse(word, language), {}, FACETS) for engine in engines)
        assert one == other, word
