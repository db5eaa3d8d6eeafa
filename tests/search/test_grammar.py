"""What may be typed, and that nothing typed is an error."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galaxy.search.clauses import Run
from galaxy.search.grammar import (
    FACETS,
    LONGEST_QUESTION,
    MOST_TERMS,
    Field,
    Note,
    Phrase,
    Query,
    Word,
    parse,
)


def understood(question: str) -> tuple:
    query = parse(question)
    return query.terms, query.excluded


@pytest.mark.parametrize(
    ("question", "terms", "excluded"),
    [
        ("", (), ()),
        ("solar pumps", (Word("solar"), Word("pumps")), ()),
        ('"solar pumps" Niger', (Phrase("solar pumps"), Word("Niger")), ()),
        ("«pompes solaires»", (Phrase("pompes solaires"),), ()),
        ("solar -wind", (Word("solar"),), (Word("wind"),)),
        ('-"wind mill" -sdg:5', (), (Phrase("wind mill"), Field("sdg", "5"))),
        ("sdg:6 SDG:06 sdg:6.2", (Field("sdg", "6"),), ()),
        (
            "country:ken group:ldc year:2024",
            (Field("country", "KEN"), Field("group", "LDC"), Field("year", "2024")),
            (),
        ),
        ('modality:"technical-transfer"', (Field("modality", "technical-transfer"),), ()),
        ("South-South", (Word("South-South"),), ()),
        ("l'eau d’abord", (Word("eau"), Word("abord")), ()),
        ("农村饮用水 water", (Word("农村饮用水"), Word("water")), ()),
        ("water water WATER", (Word("water"), Word("WATER")), ()),
        ('"unclosed phrase', (Word("unclosed"), Word("phrase")), ()),
        ("author:smith", (Word("author"), Word("smith")), ()),
        ("rain AND water", (Word("rain"), Word("water")), ()),
        ("- -- \"\" '' *:* ~ ^ ( ) [ ]", (), ()),
        ("a - b", (Word("a"), Word("b")), ()),
    ],
)
def test_a_question_is_understood(question, terms, excluded):
    assert understood(question) == (terms, excluded)


def test_what_is_not_followed_is_told():
    query = parse("rain OR snow year:soon country:")

    assert query.notes == (Note("no or", "OR"), Note("unknown value", "year:soon"))
    assert query.said == (Word("rain"), Word("snow"), Word("country"))


def test_a_long_question_is_cut_and_told():
    query = parse("word " * 200)

    assert [note.problem for note in query.notes] == ["too long"]


def test_many_terms_are_cut_and_told():
    query = parse(" ".join(f"w{n}" for n in range(40)))

    assert len(query.terms) == MOST_TERMS
    assert query.notes == (Note("too many terms", " ".join(f"w{n}" for n in range(16, 40))[:60]),)


def test_a_field_is_understood_by_the_given_resolver():
    query = parse("country:kenya country:nowhere", "en", lambda facet, value, language: {"kenya": "KEN"}.get(value))

    assert query.terms == (Field("country", "KEN"),)
    assert query.notes == (Note("unknown value", "country:nowhere"),)


def test_small_words_do_not_narrow_a_question_that_says_more():
    assert parse("gestion de l'eau", "fr").clauses == parse("gestion eau", "fr").clauses


def test_small_words_alone_are_asked_for():
    assert parse("the", "en").clauses[0][0] == Run("plain", ("the",), 1.5)


ANYTHING = st.text(max_size=60) | st.sampled_from(
    ['"', "-", ":", "sdg:", "OR", "(", "«", "水", "\x00", "\ud800", "'", "*"]
)


@given(st.lists(ANYTHING, max_size=30).map(" ".join), st.sampled_from(["en", "fr", "ar", "zh", "xx"]))
@settings(max_examples=300, deadline=None)
def test_anything_typed_gives_a_bounded_question(question, language):
    query = parse(question, language)

    assert isinstance(query, Query)
    assert len(query.terms) + len(query.excluded) <= MOST_TERMS
    assert sum(len(term.text) for term in query.said) <= LONGEST_QUESTION
    assert all(field.facet in FACETS for field in query.fields)
    assert all(run.tokens for clause in query.clauses for run in clause)


@pytest.mark.parametrize(
    "hostile", ["a" * 10_000, "a:" * 5_000, '"' * 10_001, "-" * 10_000, "水" * 10_000, "x OR " * 3_000]
)
def test_hostile_questions_are_bounded(hostile):
    query = parse(hostile)

    assert len(query.terms) <= MOST_TERMS
    assert sum(len(run.tokens) for clause in query.clauses for run in clause) <= 2_000
