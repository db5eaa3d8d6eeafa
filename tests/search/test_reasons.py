"""Why an entry was found."""

from dataclasses import dataclass

import pytest

from galaxy.search.clauses import Expansion, Group, Run, any_of
from galaxy.search.fusion import Ranked
from galaxy.search.grammar import parse
from galaxy.search.reasons import Reason, reasons
from tests.factories import a_solution


def brought(held: float = 1.0, alike: bool = False, told: float = 0.0) -> Ranked:
    return Ranked(1, 0.0, held, alike=alike, told=told)


@dataclass(frozen=True)
class Query:
    """A question whose expansions are given."""

    groups: tuple[Group, ...]
    said: tuple[object, ...]
    language: str = "fr"


SANITATION = Expansion(
    "assainissement",
    "sanitation",
    "en",
    "thesaurus",
    "c1",
    (Run("stem", ("sanit",), 0.5), Run("plain", ("toilets",), 0.5)),
)
GOAL = Expansion("assainissement", "SDG 6.2 Sanitation", "", "goal", "6.2", (Run("facet", ("sdg:6",), 0.3),))
ASKED = Query((Group((any_of("assainissement", "fr"),), (SANITATION, GOAL)),), ("assainissement",))


@pytest.fixture(autouse=True)
def speaking(app):
    with app.test_request_context("/en/"):
        yield


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Sanitation for schools", [Reason("list", "assainissement → sanitation")]),
        ("Toilets for schools", [Reason("list", "assainissement → sanitation")]),
        ("Solar pumps", [Reason("list", "SDG 6.2 Sanitation")]),
        ("Assainissement, or sanitation", [Reason("words", "All words")]),
    ],
)
def test_a_shared_list_is_a_reason_where_the_words_are_not_there(title, said):
    entry = a_solution(title=title, sdgs=["6.2"])

    assert list(reasons(ASKED, entry, ["It works."], brought())) == said


@pytest.mark.parametrize(
    ("language", "carried", "said"),
    [
        ("en", brought(1.0), Reason("words", "All words")),
        ("en", brought(0.5), Reason("some words", "Some of the words")),
        ("en", brought(0.0, alike=True), Reason("meaning", "Similar meaning")),
        ("fr", brought(0.5, alike=True), Reason("meaning", "Similar meaning, written in French")),
    ],
)
def test_words_and_meaning_are_reasons(language, carried, said):
    assert reasons(parse("solar pumps", "en"), a_solution(language=language), [], carried) == (said,)


def test_where_nothing_is_asked_there_is_no_reason():
    assert reasons(parse("country:FJI", "en"), a_solution(), [], None) == ()


@pytest.mark.parametrize(
    ("asked", "language", "written", "said"),
    [
        ("discours de Mandela", "ar", "ألقى نيلسون مانديلا خطابا.", "Mandela → مانديلا"),
        ("خطاب مانديلا", "en", "What Mandela said.", "مانديلا → Mandela"),
        ("речь в Вашингтоне", "zh", "馬丁·路德·金在華盛頓發表演講。", "Вашингтоне → 華盛頓"),
    ],
)
def test_a_name_is_told_as_another_script_writes_it(asked, language, written, said):
    entry = a_solution(title="1994", language=language)

    told = reasons(parse(asked, "fr"), entry, [written], brought(0.2, told=0.8))

    assert told == (Reason("sound", said),)


def test_a_name_that_was_not_heard_is_no_reason():
    entry = a_solution(title="مانديلا", language="ar")

    assert reasons(parse("Mandela", "fr"), entry, [], brought(0.2)) == (Reason("some words", "Some of the words"),)
