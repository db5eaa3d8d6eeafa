"""The passage shown for a hit."""

import pytest
from markupsafe import Markup

from galaxy.search.grammar import parse
from galaxy.search.highlights import Wanted, marked, readable, snippet


def shown(question: str, *texts: str, language: str = "en", asked_in: str = "en", width: int = 240) -> str:
    return str(snippet(texts, Wanted.of(parse(question, asked_in)), language, width))


@pytest.mark.parametrize(
    ("question", "written", "language", "result"),
    [
        ("school", "Two schools.", "en", "Two <mark>schools</mark>."),
        ("éducation", "EDUCATION et education", "fr", "<mark>EDUCATION</mark> et <mark>education</mark>"),
        ("eau", "Accès à l’eau", "fr", "Accès à l’<mark>eau</mark>"),
        ("oeuvre", "main-d'œuvre", "fr", "main-d&#39;<mark>œuvre</mark>"),
        ("ecole", "une e\u0301cole", "fr", "une <mark>e\u0301cole</mark>"),
        ("women", "a woman", "en", "a <mark>woman</mark>"),
        ("solucao", "as soluções", "pt", "as <mark>soluções</mark>"),
        ("вода", "чистой воде", "ru", "чистой <mark>воде</mark>"),
        ("تعليم", "والتَّعْلِيمُ للجميع", "ar", "<mark>والتَّعْلِيمُ</mark> للجميع"),
        ("饮用水", "安全饮用水", "zh", "安全<mark>饮用水</mark>"),
        ("水", "水和水", "zh", "<mark>水</mark>和<mark>水</mark>"),
        ('"solar pumps"', "The solar pumps.", "en", "The <mark>solar</mark> <mark>pumps</mark>."),
        ("nothing", "Else here", "en", "Else here"),
        ("-else", "Else here", "en", "Else here"),
    ],
)
def test_words_are_marked_as_they_were_found(question, written, language, result):
    assert shown(question, written, language=language, asked_in=language) == result


def test_everything_else_is_escaped():
    page = shown("water script", '<script>alert(1)</script> & "water" <mark>')

    assert page == (
        "&lt;<mark>script</mark>&gt;alert(1)&lt;/<mark>script</mark>&gt; "
        "&amp; &#34;<mark>water</mark>&#34; &lt;mark&gt;"
    )


def test_the_passage_with_most_different_words_is_shown():
    filler = "Nothing to see in this sentence at all. " * 20
    page = shown("solar pump", f"{filler}A pump here, a pump there. {filler}The solar pump works. {filler}", width=120)

    assert "<mark>solar</mark> <mark>pump</mark> works." in page
    assert page.startswith("…")
    assert page.endswith("…")
    assert len(page) < 120 + 4 * 13 + 2


def test_the_text_that_answers_is_preferred_to_the_one_that_comes_first():
    assert shown("pumps", "A beginning.", "Then pumps.") == "Then <mark>pumps</mark>."


def test_without_words_the_first_text_begins():
    assert shown("", "", "First.", "Second.") == "First."


def test_a_long_chinese_text_is_cut_around_the_words():
    page = shown("饮用水", "政" * 900 + "饮用水" + "府" * 900, language="zh", width=100)

    assert page == "…" + "政" * 40 + "<mark>饮用水</mark>" + "府" * 57 + "…"


def test_markdown_signs_are_not_shown():
    written = "# Title\n\n* **bold** point\n> [a link](https://example.org/x) and `code` | 2 * 3"

    assert readable(written) == "Title bold point a link and code 2 3"


def test_titles_are_marked_whole():
    title = "Water " + "and " * 100 + "<b>"

    assert marked(title, Wanted.of(parse("water")), "en") == Markup("<mark>Water</mark> " + "and " * 100 + "&lt;b&gt;")


@pytest.mark.parametrize(
    "hostile", ["\x00" * 9, "\ud800", "[" * 20_000, "a" * 1_000_000, "水" * 100_000, "*_" * 50_000]
)
def test_hostile_texts_are_shown_bounded(hostile):
    page = shown("water a 水", hostile)

    assert "\x00" not in page
    page.encode()
    assert len(page) < 10_000


@pytest.mark.parametrize(
    ("question", "asked_in", "written", "language", "result"),
    [
        ("assainissement", "fr", "Rural sanitation.", "en", "Rural <mark>sanitation</mark>."),
        ("eau potable", "fr", "Drinking clean water.", "en", "<mark>Drinking</mark> clean <mark>water</mark>."),
        ("eau potable", "fr", "Drinking tea.", "en", "Drinking tea."),
        ("SIDA", "fr", "防治艾滋病", "zh", "防治<mark>艾滋病</mark>"),
        ("衛生", "zh", "环境卫生", "zh", "环境<mark>卫生</mark>"),
        ("卫生", "zh", "環境衛生", "zh", "環境<mark>衛生</mark>"),
    ],
)
def test_what_a_list_says_in_place_of_words_is_marked_where_all_of_it_stands(
    question, asked_in, written, language, result
):
    assert shown(question, written, language=language, asked_in=asked_in) == result


def test_of_two_passages_the_one_with_the_rarer_word_is_shown():
    often = "Water here. Water there. " * 8
    page = shown("water turbine", often + "x " * 150 + "One turbine.", width=80)

    assert "<mark>turbine</mark>" in page
