"""Words and meaning in one list: across languages, the very one first, nothing for nonsense, every page whole."""

import pytest
from sqlalchemy import event
from werkzeug.datastructures import MultiDict

from galaxy.core.db import db
from galaxy.search import index
from galaxy.search.found import Found
from galaxy.search.queries import find, found_ids
from galaxy.search.questions import Question
from tests.factories import a_solution
from tests.indexes import lose

TEXTS = {
    "en": (
        "Rainwater tanks for schools",
        "Roofs of village schools collect rain for drinking; pupils no longer walk to the river.",
    ),
    "fr": (
        "Formation des sages-femmes",
        "Quarante sages-femmes ont appris l’échographie avec un téléphone dans les districts du nord.",
    ),
    "ar": (
        "تعليم أطفال البدو",
        "معلم مقيم يرافق الرعاة الرحل ويحمل خيمة وكتبا، فلا ينقطع الأطفال عن الدراسة أثناء الترحال.",
    ),
    "zh": ("用无人机运送血液", "无人机从配送中心起飞，把血袋空投到山区卫生院，只需二十五分钟。"),
    "es": ("Seguro contra la sequía", "Los pequeños productores cobran si el satélite mide poca lluvia en su parcela."),
    "ru": ("Теплицы в горных школах", "Ученики выращивают зимой лук и салат в земляной теплице без отопления."),
}


BARE = {"challenge": "", "approach": "", "results": ""}


@pytest.fixture(autouse=True)
def speaking(app, work):
    index.rebuild()
    with app.test_request_context("/en/"):
        yield


@pytest.fixture
def six(quick, work):
    for language, (title, summary) in TEXTS.items():
        a_solution(title=title, summary=summary, language=language, **BARE)
    work()


def ask(words: str, *chosen: tuple[str, str], lang: str = "en") -> Found:
    return find(Question.from_args(MultiDict([("q", words), *chosen]), lang))


def titles(found: Found) -> list[str]:
    return [hit.name for hit in found.hits]


@pytest.mark.parametrize(
    ("question", "asked", "written"),
    [
        ("de l’eau de pluie pour boire à l’école", "fr", "en"),
        ("как доставить кровь в горную больницу", "ru", "zh"),
        ("scolariser les enfants des nomades dans le désert", "fr", "ar"),
        ("培训助产士使用超声设备", "zh", "fr"),
        ("تأمين المزارعين ضد الجفاف", "ar", "es"),
        ("growing vegetables in winter without heating", "en", "ru"),
    ],
)
def test_a_question_finds_what_is_written_in_another_language(six, question, asked, written):
    found = ask(question, lang=asked)

    assert titles(found)[:1] == [TEXTS[written][0]]
    assert (found.total, found.by_meaning > 0) == (0, True)


@pytest.mark.parametrize("nonsense", ["xqzvbn plokij wertuy", "фывапролдж йцукенг", "ضصثقفغ شسيبلات", "7f3a9c1e-88d2"])
def test_nonsense_finds_nothing(six, nonsense):
    found = ask(nonsense)

    assert (found.total, found.by_meaning, titles(found)) == (0, 0, [])


@pytest.mark.parametrize("word", ["asdfgh", "zxcvbn", "йцукен"])
def test_a_single_word_of_no_language_finds_nothing_however_short_a_title_is(six, work, word):
    for title in ("Prajakta", "Signal", "tata", "Alex"):
        a_solution(title=title, summary=title, **BARE)
    work()

    assert titles(ask(word)) == []


def test_beside_what_has_all_words_only_what_is_as_like_is_listed_by_meaning(six, work):
    a_solution(title="EPANET", summary="It computes how water flows through pipes.", **BARE)
    for title in ("OKOO", "Signal"):
        a_solution(title=title, summary="A tool.", **BARE)
    work()

    assert titles(ask("EPANET")) == ["EPANET"]


def test_what_meets_all_words_through_a_shared_list_comes_before_what_holds_some(six, work):
    a_solution(title="6 Python 语法扩展系统", summary="6", language="zh", sdgs=["9"], **BARE)
    work()

    found = ask("ODD 6", lang="fr")

    assert sorted(titles(found)[:6]) == sorted(title for title, _summary in TEXTS.values())


def test_the_number_of_a_target_finds_what_it_is_about_by_meaning(six, work):
    a_solution(title="Toilets for every home", summary="Latrines, so that no one defecates in the open.", **BARE)
    work()

    found = ask("6.2")

    assert titles(found)[:1] == ["Toilets for every home"]


def test_an_entry_of_the_country_that_is_named_comes_before_one_as_like(six, work):
    here = a_solution(title="شباك لصيد الضباب", language="ar", summary="ماء للقرى من شباك.", countries=["MAR"], **BARE)
    for place in ("CHL", "PER", "ERI"):
        a_solution(title=here.title, language="ar", summary=here.summary, countries=[place], **BARE)
    work()

    assert ask("nets that catch fog for drinking water in Morocco").hits[0].id == here.id


def test_the_exact_title_comes_first(six, work):
    a_solution(title="Rain", summary="Nothing to the purpose.")
    a_solution(title="Rain and rain, and rainwater", summary="Rain, rain, rain for drinking: tanks of rain.")
    work()

    assert titles(ask("rain"))[0] == "Rain"
    assert titles(ask("FORMATION des sages femmes"))[0] == "Formation des sages-femmes"


def test_an_identifier_or_an_address_finds_its_entry(six, work):
    entry = a_solution(title="Seed banks", external_id="P123456", url="https://seeds.example/banks")
    work()

    for words in (entry.ref, "P123456", "https://seeds.example/banks/"):
        assert titles(ask(words))[0] == "Seed banks"


def test_a_quoted_phrase_finds_entries_with_it_and_first_where_more_is_asked(six, work):
    a_solution(title="Other", summary="A long text in which somewhere the green school of tanks is said.")
    work()

    assert titles(ask('"green school of tanks"')) == ["Other"]
    assert titles(ask('"green school of tanks" text'))[0] == "Other"


def test_filters_and_refusals_hold_for_what_is_found_by_meaning(six):
    words = "de l’eau de pluie pour boire à l’école"

    assert titles(ask(words, ("language", "en"))) == ["Rainwater tanks for schools"]
    assert "Rainwater tanks for schools" not in titles(ask(words, ("language", "ar")))
    assert "Rainwater tanks for schools" not in titles(ask(f"{words} -tanks"))
    assert "Rainwater tanks for schools" not in titles(ask(f"{words} language:ru"))


def test_totals_are_of_the_words_and_every_page_is_whole(six, work):
    for number in range(45):
        a_solution(title=f"Number {number}", summary="Drinking water from a well for each village and its school.")
    work()
    words = "drinking water for village schools"

    pages = [ask(words, ("page", str(page))) for page in (1, 2, 3)]
    seen = [title for page in pages for title in titles(page)]

    assert {page.total for page in pages} == {45}
    assert len(seen) == len(set(seen)) == pages[0].total + pages[0].by_meaning
    assert "Rainwater tanks for schools" in seen
    assert list(found_ids(Question(words=words), 100).ids) == [hit.id for page in pages for hit in page.hits]
    assert found_ids(Question(words=words), 1).total == len(seen)


def test_other_orders_hold_what_is_found_by_meaning_too(six):
    words = "de l’eau de pluie pour boire à l’école"

    best, by_title = ask(words), ask(words, ("sort", "title"))

    assert sorted(titles(by_title), key=str.casefold) == sorted(titles(best), key=str.casefold)
    assert titles(by_title) == sorted(titles(by_title))


def test_where_no_word_is_found_the_passage_that_means_the_like_is_shown(quick, work):
    a_solution(title="Seed banks", summary="Farmers keep seeds.", **BARE)
    a_solution(
        title="What our office did",
        summary="A report of the year.",
        challenge="Roads were mended in the south. " * 12,
        approach="Judges travel to villages, hear quarrels over land and give widows a title. " * 4,
        results="",
    )
    work()

    (hit, *_) = ask("des juges qui règlent les conflits de terres", lang="fr").hits

    assert hit.name == "What our office did"
    assert "Judges travel to villages" in hit.snippet


def test_facets_are_of_the_words_or_where_there_are_none_of_the_meaning(six):
    found = ask("de l’eau de pluie pour boire à l’école", lang="en")

    counts = {value.code: value.count for facet in found.facets if facet.name == "language" for value in facet.values}

    assert sum(counts.values()) == found.by_meaning
    assert counts["en"] == 1


def test_one_and_many_hits_take_as_many_statements(six, work):
    def statements(words: str) -> int:
        seen: list[str] = []
        listen = ("before_cursor_execute", lambda *args: seen.append(args[2]))
        ask("warm up")
        event.listen(db.engine, *listen)
        ask(words)
        event.remove(db.engine, *listen)
        return sum("FROM vectors" not in said for said in seen)  # whether there are newer ones is asked each second

    one = statements("rainwater tanks")
    for number in range(20):
        a_solution(title=f"Pump {number}", summary="A solar pump lifts water.")
    work()

    assert statements("solar pump") == one


def test_without_a_model_words_are_enough(app, work):
    a_solution(title="Solar pumps", summary="They lift water for gardens.")
    for number in range(9):
        a_solution(title=f"Seed bank {number}", summary="Farmers keep seeds.", **BARE)
    work()

    assert titles(ask("solar pumps")) == ["Solar pumps"]
    assert titles(ask("solar pumps xqzvb")) == ["Solar pumps"]
    assert titles(ask("xqzvb")) == []


def test_what_is_written_since_is_found_although_the_question_was_asked_before(six, work):
    assert ask("beekeeping").total == 0

    a_solution(title="Beekeeping for women", summary="Honey.")
    work()

    assert titles(ask("beekeeping"))[0] == "Beekeeping for women"


def test_without_an_index_meaning_still_helps(app, six):
    lose(index.engine())

    found = ask("de l’eau de pluie pour boire à l’école", lang="fr")

    assert found.notice
    assert titles(found)[0] == "Rainwater tanks for schools"
