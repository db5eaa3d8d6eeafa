"""Which passwords are refused, and that nothing else is asked of them."""

import pytest

from galaxy.accounts.passwords import common, complaint

COMMON = "Many people use this password, so it is tried first. Please think of another."
OWN = "Your own name or address is easy to guess. Please think of another password."


@pytest.mark.parametrize(
    "password",
    [
        "password123", "P@ssw0rd2024", "Motdepasse2026!", "qwertyuiop12", "azertyuiop", "1234567890", "9876543210",
        "aaaaaaaaaaaa", "abcabcabcabc", "iloveyou123", "1q2w3e4r5t6y", "Ouagadougou2026", "welcometogalaxy",
        "galaxy galaxy", "lkjhgfdsapoiuytrewq", "Bienvenue!!2025", "contraseña123", "пароль12345", "000000000000",
    ],
)  # fmt: skip
def test_what_is_tried_first_is_refused(app, password):
    assert complaint(password) == [COMMON]


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery", "trois puits et un moulin", "xk29dj20sk", "a long enough password",
        "水が出る村の太陽ポンプ", "la paix est une fleur d'afrique", "émeraude-kilo-77", "🌾🐟🌽🐐🌾🐟🥭🌽🐟🌾",
        "every well has a keeper, and every keeper has a name that the village knows " * 2,
    ],
)  # fmt: skip
def test_nothing_else_is_asked_of_a_password(app, password):
    assert complaint(password, "Awa Ouédraogo", "awa@example.org") is None


def test_ones_own_name_and_address_are_refused(app):
    assert complaint("ouédraogo-77", "Awa Ouédraogo", "awa.o@anptic.example") == [OWN]
    assert complaint("anptic.2026", "Awa", "awa.o@anptic.example") == [OWN]
    assert complaint("ouédraogo likes three wells", "Awa Ouédraogo", "awa.o@anptic.example") is None


def test_too_short_and_too_long_are_told_with_the_number(app):
    assert complaint("ninechars") == ["Please use at least 10 characters. Three or four words make a good password."]
    assert complaint("ab3" * 100) == ["Please use at most 256 characters."]


def test_the_own_list_is_of_some_size():
    assert len(common()) > 400
