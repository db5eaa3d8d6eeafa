"""What is told at a glance: no wanted word is missed, and few others are read."""

import random
from functools import cache

import pytest

from galaxy.reference import sdgs
from galaxy.search import text
from galaxy.search.glance import Glance
from galaxy.search.highlights import Thing, Wanted, spans


def texts(language: str) -> list[str]:
    named = [*sdgs.GOALS.values(), *sdgs.TARGETS.values()]
    return [each.names[language] for each in named if language in each.names]


def words(language: str) -> list[str]:
    return sorted({word for line in texts(language) for word in text.SPELLED.findall(line)})


@cache
def glance(token: str) -> Glance:
    return Glance([token])


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_a_word_is_found_by_each_token_that_it_gives(language):
    for word in words(language):
        plain, stems = text.tokens_of(word, language)
        for token in {*plain, *stems} if len(plain) == 1 else ():
            assert any(word in piece for piece in glance(token).pieces(f"(so: {word}, so)", language)), token


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_of_many_wanted_words_those_are_found_that_a_reader_of_all_words_finds(language):
    chance = random.Random(language)
    for line in texts(language)[:120]:
        some = [*chance.sample(words(language), 6), *chance.sample(text.WORD.findall(line), 1)]
        things = [
            Thing(number, frozenset({(field, token)}), 1)
            for number, word in enumerate(some)
            for field, tokens in zip(("plain", "stem"), text.tokens_of(word, language), strict=True)
            for token in tokens
            if not text.is_cjk(token)
        ]
        assert {line[start:end] for start, end, _ in spans(line, Wanted(tuple(things)), language)} == {
            word for word in text.SPELLED.findall(line) if is_wanted(word, Wanted(tuple(things)), language)
        }


def is_wanted(word: str, wanted: Wanted, language: str) -> bool:
    plain, stem = text.tokens_of(word, language)
    return wanted.begins(word, language) and not (
        wanted.plain.keys().isdisjoint(plain) and wanted.stems.keys().isdisjoint(stem)
    )


@pytest.mark.parametrize(
    ("asked", "written", "language"),
    [
        ("child", "children", "en"),
        ("buy", "bought", "en"),
        ("anemia", "Anaemia", "en"),
        ("fetus", "foetus", "en"),
        ("die", "dying", "en"),
        ("œil", "yeux", "fr"),
        ("oeuvre", "ŒUVRE", "fr"),
        ("ecole", "e\u0301cole", "fr"),
        ("elearning", "e‑learning", "en"),
        ("ONU", "O.N.U.", "fr"),
        ("edema", "oedema", "en"),
        ("ato", "acto", "pt"),
        ("fator", "factores", "pt"),
        ("oção", "opção", "pt"),
        ("água", "Aguas", "pt"),
        ("voz", "voces", "es"),
        ("ёлка", "Елки", "ru"),
        ("مدرسة", "والمدارس", "ar"),
        ("شأن", "لشئون", "ar"),
        ("تعليم", "والتَّعْلِيمُ", "ar"),
        ("water", "水water水", "zh"),
        ("ŋaba", "ŊABA", "en"),
        ("wa\u00adter", "water", "en"),
        ("water", "wa\u00adter", "en"),
        ("3000", "3 000", "en"),
        ("2024", "1.6.2024", "en"),
    ],
)
def test_a_word_is_found_however_it_is_written(asked, written, language):
    tokens = {token for some in text.analyse(asked, language) for token in some}

    assert any(written.split()[0] in piece for piece in Glance(tokens).pieces(f"Is {written} there?", language))


def test_what_begins_otherwise_is_not_read():
    line = "The children of the village fetch clean water every day, and wash."

    assert sorted(Glance(["water", "wash"]).pieces(line, "en")) == ["wash.", "water"]


@pytest.mark.parametrize("nothing", [Glance([]), Glance(["水源"])])
def test_where_nothing_is_wanted_that_is_written_in_letters_nothing_is_read(nothing):
    assert list(nothing.pieces("All sorts of words", "en")) == []
