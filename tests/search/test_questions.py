"""What stands in an address, and what becomes of it."""

import pytest
from werkzeug.datastructures import MultiDict

from galaxy.search.grammar import Field, Word
from galaxy.search.questions import LAST_PAGE, MOST_VALUES, Question


@pytest.fixture(autouse=True)
def speaking(app):
    with app.test_request_context("/en/"):
        yield


def a_question(*pairs: tuple[str, str], lang: str = "en") -> Question:
    return Question.from_args(MultiDict(pairs), lang)


def test_a_question_is_read_and_written_back():
    address = [("q", "solar pumps"), ("country", "KEN"), ("country", "UGA"), ("sdg", "6"), ("sort", "newest")]
    question = a_question(*address, ("page", "3"))

    assert question.words == "solar pumps"
    assert question.chosen == {"country": ("KEN", "UGA"), "sdg": ("6",)}
    assert (question.sort, question.page) == ("newest", 3)
    assert question.args(page=3) == {
        "q": "solar pumps",
        "country": ["KEN", "UGA"],
        "sdg": ["6"],
        "sort": "newest",
        "page": "3",
    }


def test_an_empty_question_has_an_empty_address():
    assert a_question().args() == {}
    assert a_question().is_empty


def test_what_the_lists_leave_out_and_which_languages_rise_stands_in_the_address():
    question = a_question(("q", "water"), ("without", "goal 6"), ("prefer", "fr"), ("prefer", "xx"), ("prefer", "ar"))

    assert question.left_out == ("goal 6",)
    assert question.preferred == ("fr", "ar")
    assert question.args() == {"q": "water", "without": ["goal 6"], "prefer": ["fr", "ar"]}
    assert question.leaving_out("c12").args()["without"] == ["goal 6", "c12"]


@pytest.mark.parametrize(
    ("asked", "preferred"), [((), ("pt", "en")), ((("prefer", "ru"),), ("ru",)), ((("prefer", "any"),), ())]
)
def test_the_languages_of_a_profile_rise_where_the_address_says_nothing(asked, preferred):
    question = Question.from_args(MultiDict(asked), "en", ["pt", "en"])

    assert question.preferred == preferred
    assert question.args() == {name: [code] if code != "any" else code for name, code in asked}


def test_a_facet_is_toggled_from_the_first_page():
    question = a_question(("q", "water"), ("sdg", "6"), ("page", "4"))

    assert question.toggled("sdg", "7") == {"q": "water", "sdg": ["6", "7"]}
    assert question.toggled("sdg", "6") == {"q": "water"}
    assert question.toggled("kind", "solutions") == {"q": "water", "sdg": ["6"], "kind": ["solutions"]}
    assert question.without("sdg").args() == {"q": "water"}
    assert question.without().args() == {"q": "water"}


def test_best_match_needs_words():
    assert a_question().sort == "newest"
    assert a_question(("sort", "relevance")).sort == "newest"
    assert a_question(("q", "water")).sort == "relevance"
    assert a_question(("q", "sdg:6")).sort == "newest"
    assert a_question(("q", "water"), ("sort", "title")).sort == "title"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ("country:kenya", Field("country", "KEN")),
        ("country:KEN", Field("country", "KEN")),
        ('country:"burkina faso"', Field("country", "BFA")),
        ("country:肯尼亚", Field("country", "KEN")),
        ("language:fr", Field("language", "fr")),
        ("language:français", Field("language", "fr")),
        ("kind:solution", Field("kind", "solutions")),
        ("group:ldc", Field("group", "LDC")),
        ("region:africa", Field("region", "002")),
        ("region:Afrique", Field("region", "002")),
        ("sdg:6.2", Field("sdg", "6")),
        ("sector:140", Field("sector", "140")),
        ("evidence:measured", Field("evidence", "measured")),
        ("modality:triangulaire", Field("modality", "triangular")),
    ],
)
def test_values_are_understood_by_code_and_by_name(typed, field):
    assert a_question(("q", typed)).query.terms == (field,)


def test_names_work_in_addresses_too_and_unknown_codes_fall_away():
    question = a_question(("country", "kenya"), ("country", "atlantis"), ("sdg", "99"), ("color", "blue"))

    assert question.args() == {"country": ["KEN"]}


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "1e9", "9" * 5_000, "²", "\x00"])
def test_a_strange_page_is_a_page(page):
    assert 1 <= a_question(("page", page)).page <= LAST_PAGE


def test_everything_is_bounded():
    question = a_question(
        ("q", "w " * 10_000),
        *(("year", str(year)) for year in range(1900, 2100)),
        *(("country", "x" * 10_000) for _ in range(1_000)),
    )

    assert len(question.words) <= 600
    assert len(question.chosen["year"]) == MOST_VALUES
    assert "country" not in question.chosen


def test_hostile_addresses_are_questions():
    question = a_question(("q", "\x00\ud800 water"), ("country", "\ud800"), ("kind", "\x00"), ("sector", "*"))

    assert question.query.said == (Word("water"),)
    assert question.args() == {"q": "water"}
