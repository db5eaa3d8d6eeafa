import pytest

from galaxy.reference import sdgs


def test_there_are_17_goals_169_targets_and_252_lines_of_indicators():
    assert (len(sdgs.GOALS), len(sdgs.TARGETS), len(sdgs.indicators())) == (17, 169, 252)


def test_every_goal_has_its_targets():
    assert [len(sdgs.targets_of(goal)) for goal in sdgs.GOALS] == [
        7,
        8,
        13,
        10,
        9,
        8,
        5,
        12,
        8,
        10,
        10,
        11,
        5,
        10,
        12,
        12,
        19,
    ]


def test_every_goal_is_named_in_seven_languages():
    named = {code: sorted(goal.names) for code, goal in sdgs.GOALS.items()}

    assert named == {code: ["ar", "en", "es", "fr", "pt", "ru", "zh"] for code in sdgs.GOALS}


def test_a_goal_speaks_the_readers_language_and_english_where_it_cannot():
    goal = sdgs.GOALS["4"]

    assert [goal.name("fr"), goal.title("fr")] == [
        "Éducation de qualité",
        "Assurer à tous une éducation équitable, inclusive et de qualité"
        " et des possibilités d’apprentissage tout au long de la vie",
    ]
    assert goal.name("sw") == "Quality education"
    assert sdgs.TARGETS["4.1"].name("pt") == sdgs.TARGETS["4.1"].name("en")


@pytest.mark.parametrize("code", ["3", "3.a", "3.a.1"])
def test_a_goal_is_found_by_the_code_of_anything_below_it(code):
    assert sdgs.goal_of(code) == sdgs.GOALS["3"]


def test_every_tile_can_be_read():
    faint = [goal.code for goal in sdgs.GOALS.values() if sdgs.contrast(goal.ink, goal.color) < 4.5]

    assert faint == []


def test_contrast_is_that_of_wcag():
    assert [round(sdgs.contrast(*pair), 2) for pair in (("#fff", "#000"), ("#777", "#ffffff"))] == [
        21.0,
        4.48,
    ]


def test_ink_is_white_where_white_reads_and_dark_elsewhere():
    assert [sdgs.ink_on(color) for color in ("#19486A", "#FCC30B", "#777")] == ["#fff", "#0b1a33", "#000"]


def test_a_menu_of_goals_is_in_the_order_of_their_numbers():
    assert sdgs.choices("en")[8:11] == [
        ("9", "9. Industry, innovation and infrastructure"),
        ("10", "10. Reduced inequalities"),
        ("11", "11. Sustainable cities and communities"),
    ]


def test_a_menu_of_targets_holds_those_of_the_goals_asked_for():
    assert [code for code, _ in sdgs.target_choices("en", ["7"])] == ["7.1", "7.2", "7.3", "7.a", "7.b"]


def test_indicators_stand_under_their_target():
    assert [indicator.code for indicator in sdgs.indicators_of("1.1")] == ["1.1.1"]
