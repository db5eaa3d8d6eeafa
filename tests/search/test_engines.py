"""What any engine must answer; run on each that ships."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from galaxy.search import grammar
from galaxy.search.clauses import Expansion, Group, Run, any_of
from galaxy.search.engines import Document, Engine, IndexBroken, IndexBusy
from galaxy.search.engines.postgres import PostgresEngine
from galaxy.search.engines.ranking import HEARD
from galaxy.search.engines.spelling import distance
from galaxy.search.engines.whoosh import WhooshEngine
from galaxy.search.grammar import Query
from tests.indexes import DAMAGES, again, damage

DAY = 86_400
ROOT = Path(__file__).parents[2]


def parse(question: str) -> Query:
    """The words alone, without what the shared lists add."""
    return grammar.parse(question, without=("all",))


def a_document(id: int, title: str = "A title", *main: str, language: str = "en", day: int = 0, **codes) -> Document:
    written = {facet: [str(code) for code in some] for facet, some in codes.items()}
    return Document.of(id, title, main, language=language, codes=written, published=day * DAY)


SOME = [
    a_document(1, "Solar pumps", "Safe water in rural villages.", country=["KEN"], sdg=[6, 7], day=10),
    a_document(2, "L’éducation des filles", "Des écoles pour toutes.", language="fr", country=["BFA"], sdg=[4], day=20),
    a_document(3, "Water schools", "Water, water and education.", country=["KEN", "UGA"], sdg=[4, 6], day=30),
    a_document(4, "安全饮用水", "为农村提供安全饮用水。", language="zh", country=["CHN"], sdg=[6], day=40),
    a_document(
        5, "Wind mills", f"Some water. Pumps that are solar. {'Much else. ' * 90}", country=["UGA"], sdg=[7], day=50
    ),
]


@pytest.fixture(params=["whoosh", "postgresql"])
def empty(request, tmp_path) -> Engine:
    """An engine without an index."""
    if request.param == "whoosh":
        return WhooshEngine(tmp_path / "search")
    url = request.getfixturevalue("postgres_url")
    say(url, "DROP TABLE IF EXISTS search.current")
    return PostgresEngine(url)


@pytest.fixture
def engine(empty) -> Engine:
    empty.rebuild([SOME])
    return empty


def say(url: str, statement: str) -> None:
    """Do this in the database."""
    with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://")) as connection:
        connection.execute(statement)


def indexes(engine: Engine) -> list[str]:
    """How many indexes there are, whole or not."""
    if isinstance(engine, WhooshEngine):
        return [folder.name for folder in engine.folder.glob("whoosh-*")]
    with engine._connection() as connection:
        return [name for (name,) in connection.execute("SELECT relname FROM pg_class WHERE relname ~ '^entry_[0-9]+$'")]


def ids(engine: Engine, question: str = "", filters=None, **more) -> tuple[int, ...]:
    return engine.search(parse(question), filters or {}, **more).ids


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("water", (3, 1, 5)),
        ("waters", (3, 1, 5)),
        ("education", (2, 3)),
        ("solar pumps", (1, 5)),
        ('"solar pumps"', (1,)),
        ('"pumps that are solar"', (5,)),
        ('"solar water"', ()),
        ("water -solar", (3,)),
        ('water -"solar pumps"', (3, 5)),
        ("-water", (4, 2)),
        ("饮用水", (4,)),
        ("水", (4,)),
        ("country:ken", (3, 1)),
        ("country:ken country:chn", (4, 3, 1)),
        ("country:ken sdg:4", (3,)),
        ("water -country:ken", (5,)),
        ("country:atlantis", ()),
        ("nowhere", ()),
        ("", (5, 4, 3, 2, 1)),
    ],
)
def test_a_question_finds_the_best_first(engine, question, found):
    assert ids(engine, question) == found


def test_a_word_in_the_title_counts_more_than_one_in_the_text(engine):
    assert ids(engine, "schools")[0] == 3


def test_chief_texts_count_more_than_the_rest(engine):
    engine.index([Document.of(8, "Eight", ["Gravel"], ["Sand"]), Document.of(9, "Nine", ["Sand"], ["Gravel"])])

    assert ids(engine, "sand") == (9, 8)
    assert ids(engine, "gravel") == (8, 9)


def test_tidying_changes_nothing_that_is_found(engine):
    engine.index([a_document(6, "Six")])
    engine.delete([3])
    engine.tidy()

    assert ids(engine) == (5, 4, 2, 1, 6)
    assert engine.state().segments == 1


@pytest.mark.parametrize(
    ("sort", "order"),
    [("newest", (5, 4, 3, 2, 1)), ("title", (2, 1, 3, 5, 4)), ("relevance", (5, 4, 3, 2, 1))],
)
def test_entries_are_sorted(engine, sort, order):
    assert ids(engine, sort=sort) == order


def test_recently_confirmed_comes_first_when_asked(engine):
    engine.index([Document.of(9, "Old but sure", confirmed=99)])

    assert ids(engine, sort="confirmed") == (9, 5, 4, 3, 2, 1)


def test_pages_follow_each_other_and_the_total_is_of_all(engine):
    first, second, far = (engine.search(parse(""), {}, first=first, size=2) for first in (0, 2, 998))

    assert (first.ids, second.ids, far.ids) == ((5, 4), (3, 2), ())
    assert (first.total, second.total, far.total) == (5, 5, 5)


def test_codes_of_one_facet_are_alternatives_and_facets_narrow_each_other(engine):
    assert ids(engine, filters={"country": ["CHN", "UGA"]}) == (5, 4, 3)
    assert ids(engine, filters={"country": ["CHN", "UGA"], "sdg": ["6"]}) == (4, 3)
    assert ids(engine, "water", {"sdg": ["4"]}) == (3,)
    assert ids(engine, filters={"country": ["XXX"]}) == ()


def test_counts_are_what_a_click_would_give(engine):
    filters = {"country": ["KEN"]}

    answer = engine.search(parse("water"), filters, ("country", "sdg", "kind"))

    assert answer.counts == {"country": {"KEN": 2, "UGA": 2}, "sdg": {"4": 1, "6": 2, "7": 1}, "kind": {}}
    for code, count in answer.counts["sdg"].items():
        assert engine.total(parse("water"), {**filters, "sdg": [code]}) == count
    assert engine.total(parse("water"), {"country": ["UGA"]}) == answer.counts["country"]["UGA"]


def test_what_is_written_is_found_at_once_in_the_place_of_what_was_there(engine):
    engine.index([a_document(1, "Bicycles", day=9), a_document(6, "Bicycles too"), a_document(6, "Bicycles three")])

    assert ids(engine, "bicycles") == (1, 6)
    assert ids(engine, '"solar pumps"') == ()
    assert engine.state().documents == 6


def test_what_is_deleted_is_found_no_more(engine):
    engine.delete([3, 999])

    assert ids(engine, "water") == (1, 5)
    assert engine.search(parse(""), {}, ("country",)).counts == {"country": {"BFA": 1, "CHN": 1, "KEN": 1, "UGA": 1}}


def test_many_small_commits_stay_right(engine):
    chance = random.Random(1)
    alive = {document.id for document in SOME}
    for turn in range(40):
        some = chance.randrange(1, 20)
        if chance.random() < 0.3:
            engine.delete([some])
            alive.discard(some)
        else:
            engine.index([a_document(some, f"Turn t{turn}")])
            alive.add(some)
        assert set(ids(engine, size=50)) == alive


def test_words_are_completed_the_commonest_first(engine):
    assert engine.complete("wa") == ["water"]
    assert engine.complete("S")[:1] == []
    assert engine.complete("sO") == ["solar", "some"]
    assert engine.complete("EDU") == ["education"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("watter", "water"),
        ("wtaer", "water"),
        ("pmups", "pumps"),
        ("edcation", "education"),
        ("éducacion", "education"),
    ],
)
def test_a_slip_of_the_finger_is_understood(engine, typed, meant):
    assert engine.suggest(typed)[0] == meant


def test_no_word_is_suggested_for_short_or_strange_ones(engine):
    assert engine.suggest("wat") == []
    assert engine.suggest("qqqqqqqq") == []
    assert engine.suggest("x" * 10_000) == []


def test_it_knows_which_words_are_anywhere(engine):
    assert engine.knows("schools", "en")
    assert not engine.knows("helicopter", "en")


def test_related_entries_share_rare_words_and_leave_out_the_entry_itself(engine):
    asked = a_document(1, "Solar pumps", "Safe water in rural villages.")

    assert engine.related(asked)[0] in {3, 5}
    assert 1 not in engine.related(asked)
    assert engine.related(a_document(77, "Qqq", "zzz")) == []


def test_entries_that_are_alike_say_how_much(engine):
    asked = a_document(77, "Solar pumps", "Solar pumps.")

    found = engine.alike(asked, 10, {})

    assert [number for number, _how in found] == engine.related(asked, 10)
    assert [number for number, _how in found] == [1, 5]
    assert all(0 < how <= 1 for _number, how in found)
    assert found[0][1] >= found[1][1]
    assert [number for number, _how in engine.alike(asked, 10, {"country": ["UGA"]})] == [5]
    assert len(engine.alike(asked, 1, {})) == 1


@dataclass(frozen=True)
class Grouped(Query):
    """A question of groups as they are given."""

    given: tuple[Group, ...] = ()

    @property
    def groups(self) -> tuple[Group, ...]:
        return self.given


def asking(*groups: Group, question: str = "") -> Grouped:
    asked = parse(question)
    return Grouped(asked.terms, asked.excluded, given=groups)


def a_group(words: str, *instead: Run) -> Group:
    said = (Expansion(words, "…", "en", "thesaurus", "a-code", instead),) if instead else ()
    return Group(tuple(any_of(word, "en") for word in words.split()), said)


def said_instead(*tokens: str, field: str = "plain", weight: float = 0.5, least: int = 0) -> Run:
    return Run(field, tokens, weight, least)


@pytest.mark.parametrize(
    ("groups", "found"),
    [
        ([a_group("eau", said_instead("water"))], (3, 1, 5)),
        ([a_group("eau potable", said_instead("water"))], (3, 1, 5)),
        ([a_group("water schools", said_instead("mills"))], (3, 5)),
        ([a_group("water villages", said_instead("education"))], (1, 2, 3)),
        ([a_group("water"), a_group("zzz", said_instead("schools"))], (3,)),
        ([a_group("zzz", said_instead("solar", "pumps"))], (1,)),
        ([a_group("zzz", said_instead("sdg:7", field="facet"))], (5, 1)),
        ([a_group("zzz", said_instead("sdg:4", field="facet"), said_instead("water"))], (3, 1, 5, 2)),
        ([a_group("nowhere", said_instead("country:atlantis", field="facet"))], ()),
    ],
)
def test_words_or_what_is_said_in_their_place_are_found(engine, groups, found):
    answer = engine.search(asking(*groups), {}, ("kind",))

    assert (answer.ids, answer.total) == (found, len(found))


def test_what_is_said_in_place_of_a_word_counts_less_than_the_word(engine):
    engine.index([a_document(8, "Latrines", day=70), a_document(9, "Toilets", day=80)])

    assert engine.search(asking(a_group("latrines", said_instead("toilets"))), {}).ids == (8, 9)
    assert engine.search(asking(a_group("latrines", said_instead("toilets", weight=2.0))), {}).ids == (9, 8)


def test_words_that_belong_together_count_by_how_rare_they_are(engine):
    """A rare word in another language counts as the word does, so that a common one beside it does not drown it."""
    engine.index([a_document(number, "Water", "water " * 9, day=9) for number in range(20, 40)])
    engine.index([a_document(8, "Talk", "Latrines and water " + "and more " * 90), a_document(9, "Water", "Toilets")])
    asked = asking(a_group("water"), a_group("latrinas", said_instead("latrines", weight=1.5), said_instead("toilets")))

    assert engine.search(asked, {}).ids == (8, 9)


@pytest.mark.parametrize(
    ("tokens", "least", "found"),
    [
        (("safe", "water", "school"), 2, (1,)),
        (("safe", "water", "in", "rural", "cities"), 3, (1,)),
        (("water", "schools", "mills"), 2, (3, 5)),
        (("water", "schools", "mills"), 1, (3, 5, 1)),
        (("water", "nowhere", "never"), 2, ()),
        (("安全", "全饮", "饮用", "用海"), 3, (4,)),
        (("安全", "安全"), 2, (4,)),
        (("nowhere", "never"), 1, ()),
    ],
)
def test_some_of_the_tokens_of_a_long_run_are_enough(engine, tokens, least, found):
    run = said_instead(*tokens, least=least)

    assert engine.search(asking(Group(((run,),))), {}).ids == found


def test_tokens_that_stand_together_count_more_than_scattered_ones(engine):
    engine.index([Document.of(8, "Eight", ["城市的供水和安全"]), Document.of(9, "Nine", ["安全的水。城市供水很好"])])
    run = said_instead("城市", "市的", "的供", "供水", least=2)

    assert engine.search(asking(Group(((run,),))), {}).ids == (8, 9)
    engine.index([a_document(8, "Eight", "deep clean wells"), a_document(9, "Nine", "deep wells and clean")])
    run = said_instead("deep", "clean", "wells", least=2)
    assert engine.search(asking(Group(((run,),))), {}).ids == (8, 9)


def test_entries_are_weighed_by_any_of_the_words(engine):
    weighed = engine.weigh(parse("solar schools nowhere"), {}, among=[4, 99])

    assert sorted(weighed.scores) == [1, 3, 4, 5]
    assert weighed.scores[4] == (0, 0)
    assert 0 < weighed.known < 1
    worth = {number: worth for number, (worth, _share) in weighed.scores.items()}
    shares = {number: share for number, (_worth, share) in weighed.scores.items()}
    assert worth[1] > worth[5] > 0
    assert shares[1] == shares[5] < weighed.known
    assert engine.weigh(parse("solar -water"), {}).scores == {}
    assert set(engine.weigh(parse("solar country:uga"), {}).scores) == {5}
    assert set(engine.weigh(parse("water"), {"sdg": ["4"]}, among=[4]).scores) == {3}
    assert set(engine.weigh(parse("water"), {}, most=1).scores) == {3}
    assert engine.weigh(parse(""), {}).scores == {}


def test_a_question_in_chinese_signs_is_weighed_by_its_pairs(engine):
    engine.index([a_document(6, "井", "乡村的水井很深。", language="zh")])

    weighed = engine.weigh(parse("农村安全水井"), {})

    assert (engine.total(parse("农村安全水井"), {}), weighed.known) == (0, 1)
    shares = {number: share for number, (_worth, share) in weighed.scores.items()}
    assert set(shares) == {4, 6}
    assert 1 > shares[4] > shares[6] > 0


def test_it_is_told_which_entries_are_in_the_language_of_the_question(engine):
    for number, language in ((6, "en"), (7, "fr")):
        engine.index([Document.of(number, "Turbines", language=language, codes={"language": [language]})])

    weighed = engine.weigh(grammar.parse("the turbines", "en", without=("all",)), {})

    assert (set(weighed.scores), weighed.spoken) == ({6, 7}, {6})


def test_names_are_weighed_where_another_script_writes_them(engine):
    engine.index(
        [
            a_document(6, "خطاب", "ألقى نيلسون مانديلا خطابا.", language="ar"),
            a_document(7, "演讲", "纳尔逊·曼德拉发表演讲。", language="zh"),
            a_document(8, "A speech", "What Mandela said."),
        ]
    )

    alone = engine.weigh(parse("Mandela"), {}, among=[7])
    assert [round(alone.scores[number][1], 3) for number in (6, 7, 8)] == [HEARD, 0, 1]
    assert alone.told == pytest.approx({6: 0.8, 7: 0.6})
    assert engine.search(parse("Mandela"), {}).ids == (8,)
    assert set(engine.weigh(parse("曼德拉"), {}, among=[6, 8]).told) == {6, 8}
    beside = engine.weigh(parse("speeches of Mandela"), {"language": ["ar"]}, among=[6])
    assert (beside.scores, beside.told) == ({}, {})


def test_rare_numbers_are_told_in_any_language(engine):
    engine.index([a_document(6, "1917", "революция", language="ru"), a_document(7, "1917", "Revolutions.")])

    weighed = engine.weigh(parse("revolution in 1917"), {})

    assert set(weighed.told) == {6, 7}
    assert 0 < weighed.told[6] == weighed.told[7] < 1


def test_a_group_is_covered_word_by_word_or_whole_by_what_is_said_in_its_place(engine):
    one, other = a_group("solar villages"), a_group("solar villages", said_instead("mills"))

    shares = {number: share for number, (_, share) in engine.weigh(asking(one), {}).scores.items()}
    assert (shares[1], set(shares)) == (1, {1, 5})
    assert 0 < shares[5] < 1
    shares = {number: share for number, (_, share) in engine.weigh(asking(other), {}).scores.items()}
    assert shares == {1: 1, 5: 1}


def test_entries_named_besides_are_listed_and_not_counted(engine):
    answer = engine.search(parse("solar"), {}, ("country",), also=[3, 4, 99])
    assert (answer.ids, answer.total) == ((1, 5, 4, 3), 2)
    assert answer.counts == {"country": {"KEN": 1, "UGA": 1}}

    newest = engine.search(parse("solar"), {}, sort="newest", also=[3, 4], first=1, size=2)
    assert (newest.ids, newest.total) == ((4, 3), 2)
    narrowed = engine.search(parse("solar -country:chn sdg:6"), {"country": ["KEN", "CHN"]}, also=[3, 4])
    assert (narrowed.ids, narrowed.total) == ((1, 3), 1)


def test_words_of_the_asked_language_are_suggested_first(engine):
    engine.index(
        [Document.of(8, "Matar", codes={"language": ["es"]}), Document.of(9, "Meter", codes={"language": ["fr"]})]
    )
    engine.index([Document.of(number, "Water", codes={"language": ["en"]}) for number in range(10, 15)])

    assert engine.suggest("mater") == ["water", "matar", "meter"]
    assert engine.suggest("mater", language="es")[0] == "matar"
    assert engine.suggest("mater", language="fr")[0] == "meter"


HOSTILE = [
    "\x00", "\ud800", "*", "a*", "?" * 300, "~" * 10, "[a TO b]", "(((", '"' * 99, "-" * 99, "sdg:" * 99, "水" * 300,
    " ".join("abcdefghijklmnopqrstuvwxyz"), "a" * 10_000, "word " * 1_000, "الـ" * 100, "'; drop table entry; --",
]  # fmt: skip


@pytest.mark.parametrize("question", HOSTILE)
def test_hostile_questions_never_fail(engine, question):
    answer = engine.search(
        parse(question), {"country": [question], question: ["x"]}, ("country", question), first=9_980
    )

    assert answer.ids == ()
    assert engine.complete(question) == engine.complete(question)
    engine.suggest(question)
    engine.related(a_document(1, question, question))


@pytest.mark.parametrize("hostile", [text for text in HOSTILE if text != "\ud800"] + ["\ud800", "e\u0301" * 9_000])
def test_hostile_entries_are_taken_in(engine, hostile):
    codes = {"kind": [hostile.encode("ascii", "ignore").decode()]}
    engine.index([Document.of(8, hostile, [hostile, "findable"], language="fr", codes=codes)])

    assert ids(engine, "findable") == (8,)


def test_an_entry_without_words_is_taken_in(engine):
    engine.index([Document.of(8, "")])

    assert 8 in ids(engine)


def test_no_index_is_said(empty):
    for act in (lambda: ids(empty), lambda: empty.index(SOME), lambda: empty.delete([1]), empty.state):
        with pytest.raises(IndexBroken):
            act()


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # Whoosh leaves a torn file to the collector
@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_index_is_said_and_made_again(engine, how):
    damage(engine, how)
    anew = again(engine)

    with pytest.raises(IndexBroken):
        ids(anew, "water")
    with pytest.raises(IndexBroken):
        again(engine).state()

    anew.rebuild([SOME])
    assert ids(anew, "water") == (3, 1, 5)


def test_a_table_of_another_layout_is_made_again(postgres_url):
    engine = PostgresEngine(postgres_url)
    engine.rebuild([SOME])
    say(postgres_url, "ALTER TABLE search.current RENAME change TO turn")

    with pytest.raises(IndexBroken):
        ids(again(engine), "water")
    engine.rebuild([SOME])
    assert ids(again(engine), "water") == (3, 1, 5)
    assert len(indexes(engine)) == 1


def test_a_rebuild_leaves_only_the_new_index(engine):
    engine.rebuild([SOME[:2], SOME[2:3]])

    assert ids(engine) == (3, 2, 1)
    assert len(indexes(engine)) == 1


def test_a_rebuild_that_fails_changes_nothing(engine):
    def failing():
        yield SOME[:1]
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        engine.rebuild(failing())

    assert ids(engine) == (5, 4, 3, 2, 1)
    assert len(indexes(engine)) == 1


def test_two_rebuilds_at_once_are_refused(engine):
    other = again(engine)

    def meanwhile():
        with pytest.raises(IndexBusy):
            other.rebuild([])
        yield SOME

    engine.rebuild(meanwhile())
    assert ids(engine) == (5, 4, 3, 2, 1)


def test_another_process_sees_a_commit_soon(engine):
    reader = again(engine)
    assert ids(reader, "bicycles") == ()

    engine.index([a_document(6, "Bicycles")])

    until = time.monotonic() + 60
    while ids(reader, "bicycles") != (6,) and time.monotonic() < until:
        time.sleep(0.05)
    assert ids(reader, "bicycles") == (6,)


def test_threads_read_while_another_writes(engine):
    reader = again(engine)
    reader.look_every = 0
    wrong: list[object] = []
    done = threading.Event()

    def read():
        while not done.is_set():
            try:
                found = ids(reader, "always", size=100)
                if len(found) != len(set(found)) or not set(found) <= set(range(100, 110)):
                    wrong.append(found)
            except Exception as failure:
                wrong.append(failure)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for thread in readers:
        thread.start()
    for turn in range(30):
        engine.index([a_document(100 + turn % 10, f"Always t{turn}", "more words " * turn)])
    done.set()
    for thread in readers:
        thread.join()

    assert wrong == []


def test_files_of_generations_that_are_gone_are_let_go(tmp_path):
    engine = WhooshEngine(tmp_path)
    engine.rebuild([SOME])
    for turn in range(30):
        engine.index([a_document(100 + turn % 5, f"Always t{turn}")])
        assert len(ids(engine, "always")) == min(turn + 1, 5)

    held = [line for line in Path("/proc/self/maps").read_text().splitlines() if str(engine.folder) in line]
    assert [line for line in held if "(deleted)" in line] == []
    assert len(held) == engine.state().segments
    opened = {os.readlink(file) for file in Path("/proc/self/fd").iterdir() if file.is_symlink()}
    assert len([name for name in opened if str(engine.folder) in name]) == engine.state().segments


def test_two_writers_at_once_lose_nothing(engine):
    def write(writer: Engine, start: int) -> None:
        for number in range(start, start + 8):
            writer.index([a_document(number, "Both", f"at once n{number}")])
            writer.delete([number - 1])

    writers = [threading.Thread(target=write, args=(again(engine), start)) for start in (101, 201)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert set(ids(again(engine), "both", size=100)) == {108, 208}
    assert set(ids(again(engine), size=100)) == {1, 2, 3, 4, 5, 108, 208}


def test_readers_are_answered_while_the_index_is_made_again(engine):
    reader = again(engine)
    reader.look_every = 0
    wrong: list[object] = []
    done = threading.Event()

    def read():
        while not done.is_set():
            try:
                found = ids(reader, "water")
                if found != (3, 1, 5) or reader.search(parse('"solar pumps"'), {}, ("sdg",)).total != 1:
                    wrong.append(found)
            except Exception as failure:
                wrong.append(failure)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for thread in readers:
        thread.start()
    for _ in range(4):
        engine.rebuild([SOME[:2], SOME[2:]])
    done.set()
    for thread in readers:
        thread.join()

    assert wrong == []


WRITER = """
import sys
from pathlib import Path
from galaxy.search.engines import Document
from galaxy.search.engines.postgres import PostgresEngine
from galaxy.search.engines.whoosh import WhooshEngine
engine = PostgresEngine(sys.argv[1]) if "://" in sys.argv[1] else WhooshEngine(Path(sys.argv[1]))
for turn in range(1, 10_000):
    engine.index([Document.of(id, f"Turn t{turn}", ["words " * 200]) for id in (101, 102)])
    print(turn, flush=True)
"""


def test_a_writer_killed_at_any_moment_leaves_the_old_or_the_new_index(engine):
    chance = random.Random(2)
    where = str(engine.folder) if isinstance(engine, WhooshEngine) else engine.url
    for _ in range(4):
        command = [sys.executable, "-W", "ignore", "-c", WRITER, where]
        writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        writer.stdout.readline()
        time.sleep(chance.random() / 5)
        writer.send_signal(signal.SIGKILL)
        said = [1, *(int(line) for line in writer.stdout.read().split())]
        writer.wait()
        writer.stdout.close()

        anew = again(engine)
        kept = [turn for turn in (said[-1], said[-1] + 1) if ids(anew, f"t{turn}")]
        assert len(kept) == 1
        assert set(ids(anew, f"t{kept[0]}")) == {101, 102}
        assert set(ids(anew, size=50)) == {1, 2, 3, 4, 5, 101, 102}
        anew.index([a_document(103, "After the crash")])
        assert ids(anew, "crash") == (103,)
        anew.delete([101, 102, 103])


def test_distance_counts_slips():
    pairs = [("water", "water"), ("water", "watr"), ("water", "wtaer"), ("water", "wafers"), ("", "abc"), ("ca", "abc")]

    assert [distance(*pair) for pair in pairs] == [0, 1, 1, 2, 3, 3]


def test_every_word_one_slip_away_is_found(tmp_path):
    words = ("water", "education", "قانون", "образование", "ab", "abcd")
    engine = WhooshEngine(tmp_path)
    engine.rebuild([[Document(1, (), words, (), (), "")]])
    (segment,) = engine._look().corpus.segments
    vocabulary = segment.vocabulary
    assert vocabulary.near("x" * 300, 2) == {}
    for word in words[:4]:
        for at in range(len(word)):
            for typed in {
                word[:at] + word[at + 1 :],
                word[:at] + "z" + word[at:],
                word[:at] + "z" + word[at + 1 :],
                word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
            }:
                assert vocabulary.near(typed, 1).get(word) == 1
