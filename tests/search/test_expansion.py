"""What the shared lists say in place of the words of a question, and what they leave alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galaxy.reference import sdgs
from galaxy.search import expansion, text
from galaxy.search.clauses import Run
from galaxy.search.grammar import Query, parse


def said(question: str, page: str = "en") -> set[str]:
    return {each.said for group in parse(question, page).groups for each in group.expansions}


def codes(question: str, page: str = "en") -> list[str]:
    found = (each.code for group in parse(question, page).groups for each in group.expansions)
    return list(dict.fromkeys(found))


def facets(question: str, page: str = "en") -> set[str]:
    runs = (run for group in parse(question, page).groups for run in group.instead)
    return {run.tokens[0] for run in runs if run.field == "facet"}


def runs_of(query: Query) -> list[Run]:
    return [run for group in query.groups for run in group.instead]


@pytest.mark.parametrize(
    ("question", "page", "others"),
    [
        ("assainissement", "fr", {"sanitation", "saneamiento", "saneamento", "санитария", "الصرف الصحي", "环境卫生"}),
        ("SIDA", "fr", {"AIDS", "СПИД", "الإيدز", "艾滋病"}),
        ("hiv", "en", {"VIH", "ВИЧ", "AIDS", "SIDA"}),
        ("O.N.G.", "fr", {"NGO", "НПО", "非政府组织", "organisation non gouvernementale"}),
        ("ODD", "fr", {"SDG", "ЦУР", "可持续发展目标", "أهداف التنمية المستدامة"}),
        ("世卫组织", "zh", {"ВОЗ", "OMS", "منظمة الصحة العالمية"}),
        ("искусственный интеллект", "ru", {"ИИ", "artificial intelligence", "人工智能"}),
        ("Nations Unies", "fr", {"ONU", "ООН", "联合国"}),
        ("écoles", "fr", {"school", "escuela", "школа", "مدرسة", "学校"}),
        ("energías renovables", "es", {"renewable energy", "可再生能源", "energia renovável"}),
        ("المدارس", "ar", {"school", "école", "学校"}),
        ("сельского хозяйства", "ru", {"agriculture", "زراعة", "农业"}),
        ("dry cough", "en", {"toux sèche", "干咳", "сухой кашель"}),
        ("climate-smart agriculture", "en", {"agriculture intelligente face au climat"}),
        ("participation communautaire", "fr", {"Community participation", "Participación comunitaria"}),
        ("سلسلة التبريد", "fr", {"cold chain", "chaîne du froid", "冷链"}),
        ("Burkina", "fr", {"Burkina Faso"}),
        ("肯尼亚的饮用水", "zh", {"肯尼亚", "eau potable", "drinking water"}),
    ],
)
def test_a_word_is_also_sought_as_the_lists_have_it(question, page, others):
    assert others <= said(question, page)


@pytest.mark.parametrize(
    ("question", "page", "carried"),
    [
        ("SDG 6", "en", {"sdg:6"}),
        ("ODD 6.2", "fr", {"target:6.2"}),
        ("ODD6", "fr", {"sdg:6"}),
        ("цель 13", "ru", {"sdg:13"}),
        ("可持续发展目标6.2", "zh", {"target:6.2"}),
        ("3.a", "en", {"target:3.a"}),
        ("target 17.18", "en", {"target:17.18"}),
        ("eau potable", "fr", {"target:6.1"}),
        ("zero hunger", "en", {"sdg:2"}),
        ("RDC", "fr", {"country:COD"}),
        ("в Кении", "ru", {"country:KEN"}),
        ("بالنيجر", "ar", {"country:NER"}),
        ("South Africa", "en", {"country:ZAF"}),
        ("República Democrática del Congo", "es", {"country:COD"}),
        ("La Réunion", "fr", {"country:REU"}),
        ("SDG 18", "en", set()),
        ("6.19", "en", set()),
        ("6", "en", set()),
        ("version 6.0", "en", set()),
    ],
)
def test_codes_are_sought_that_entries_carry(question, page, carried):
    assert facets(question, page) == carried


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("who", "en"),
        ("it works", "en"),
        ("pain", "en"),
        ("sale", "en"),
        ("réunion", "fr"),
        ("tic nerveux", "fr"),
        ("come", "es"),
        ("accountable", "en"),
        ("assurer", "fr"),
        ('"drinking water"', "en"),
        ("-water", "en"),
        ("sdg:6", "en"),
        ("xyzzy", "en"),
        ("的", "zh"),
    ],
)
def test_words_of_another_meaning_phrases_and_what_no_list_knows_are_left_alone(question, page):
    assert codes(question, page) == []


def test_capitals_tell_an_acronym_from_a_word():
    assert "acronym:who" in codes("WHO guidelines")
    assert codes("who guidelines") == []


def test_the_longest_name_is_taken():
    (group,) = parse("least developed countries", "en").groups

    assert len(group.clauses) == 3
    assert {each.code for each in group.expansions} == {"acronym:ldc"}
    assert "PMA" in {each.said for each in group.expansions}


def test_words_are_looked_up_in_the_language_of_the_page_where_their_own_knows_none():
    assert "water" in said("agua", "es")
    assert "water" in said("agua", "en")


def test_what_is_left_out_adds_nothing():
    query = parse("assainissement au Burkina", "fr", without=["glossary:sanitation"])
    left = {each.code for group in query.groups for each in group.expansions}

    assert left == {"goal:6.2", "country:BFA"}
    assert runs_of(parse("assainissement au Burkina", "fr", without=["all"])) == []


def test_an_expansion_is_told_in_the_language_of_the_page():
    (group,) = parse("assainissement", "fr").groups

    assert group.expansions[0].said == "ODD 6.2 assainissement"
    assert group.expansions[0].source == "goal"
    assert [each.typed for each in group.expansions] == ["assainissement"] * len(group.expansions)


def test_a_name_of_several_words_asks_for_all_of_them():
    runs = runs_of(parse("eau potable", "fr"))

    assert Run("stem", ("drink", "water"), 0.9, least=2) in runs
    assert Run("plain", ("饮用", "用水"), 0.9) in runs


def test_no_question_adds_more_than_thirty_runs():
    asked = [target.name(lang) for target in sdgs.TARGETS.values() for lang in ("en", "fr", "zh")]

    assert max(len(runs_of(parse(words, "en"))) for words in asked) <= expansion.MOST_RUNS


ANYTHING = st.text(max_size=30) | st.sampled_from(["SDG", "6.2", "水资源管理", "eau", "WHO", "وزارة", "Кении", "\x00"])


@given(st.lists(ANYTHING, max_size=20).map(" ".join), st.sampled_from(text.LANGUAGES))
@settings(max_examples=200, deadline=None)
def test_anything_typed_is_bounded(question, page):
    query = parse(question, page)

    assert len(runs_of(query)) <= expansion.MOST_RUNS
    assert all(run.tokens and run.least <= len(run.tokens) for run in runs_of(query))
    assert all(each.runs and each.code for group in query.groups for each in group.expansions)


def test_what_a_list_calls_it_only_in_the_language_of_the_page_is_expanded_too():
    """The thesaurus knows no Portuguese, which the letters of this name speak for."""
    assert parse("Sinhala", "fr").language == "pt"
    assert said("Sinhala", "fr") == {"لغة سنهالية", "Singalés", "Сингальский язык"}
