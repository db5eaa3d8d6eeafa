"""In which language a question is asked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galaxy.reference import sdgs, terms
from galaxy.search import text
from galaxy.search.detect import LATIN, language_of


@pytest.mark.parametrize(
    ("words", "page", "language"),
    [
        ("assainissement rural", "en", "fr"),
        ("comment améliorer l'accès à l'eau ?", "en", "fr"),
        ("sante publique", "en", "fr"),
        ("agua y saneamiento", "fr", "es"),
        ("¿cómo reducir la pobreza?", "en", "es"),
        ("educação básica", "es", "pt"),
        ("educacao das meninas", "en", "pt"),
        ("solar pumps for irrigation", "fr", "en"),
        ("solar pumps", "zh", "en"),
        ("вода", "fr", "ru"),
        ("COVID-19 в Кении", "en", "ru"),
        ("مياه الشرب", "fr", "ar"),
        ("饮用水", "en", "zh"),
        ("WHO 指南", "en", "zh"),
    ],
)
def test_a_question_tells_its_language(words, page, language):
    assert language_of(words, page) == language


@pytest.mark.parametrize("page", text.LANGUAGES)
@pytest.mark.parametrize("words", ["", "6.2", "SIDA", "COVID-19", "2024 100%", "?!"])
def test_what_tells_nothing_is_of_the_language_of_the_page(words, page):
    assert language_of(words, page) == page


@pytest.mark.parametrize("page", LATIN)
@pytest.mark.parametrize("words", ["Kenya", "Mali"])
def test_a_name_is_of_the_page(words, page):
    assert language_of(words, page) == page


@pytest.mark.parametrize("language", LATIN)
def test_terms_and_titles_are_told_on_a_page_in_their_language(language):
    said = [names[language] for names in terms.terms() if len(set(names.values())) == len(names)]
    said += [goal.title(language) for goal in sdgs.GOALS.values()]
    right = sum(language_of(words, language) == language for words in said)

    assert right / len(said) > 0.85


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_sentences_are_told_on_any_page(language):
    said = [target.name(language) for target in sdgs.TARGETS.values()]
    right = sum(language_of(words, "pt") == language for words in said)

    assert right / len(said) > 0.99


@given(st.text(max_size=80), st.sampled_from([*text.LANGUAGES, "xx"]))
@settings(max_examples=200, deadline=None)
def test_anything_typed_has_a_language_of_ours_or_of_the_page(words, page):
    assert language_of(words, page) in {*text.LANGUAGES, page}
