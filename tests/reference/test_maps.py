import re

from galaxy.reference import maps
from galaxy.reference.countries import OFFERED
from galaxy.reference.files import FOLDER


def test_every_country_but_antarctica_has_either_a_shape_or_a_point():
    drawn = [*maps.shapes(), *maps.points()]

    assert sorted(drawn) == sorted(country.code for country in OFFERED if country.code != "ATA")


def test_the_islands_do_not_vanish():
    asked = [
        "ATG",
        "CPV",
        "COM",
        "FSM",
        "KIR",
        "MDV",
        "MHL",
        "MUS",
        "NRU",
        "PLW",
        "SGP",
        "STP",
        "SYC",
        "TON",
        "TUV",
    ]

    assert [code for code in asked if code not in maps.points()] == []


def test_paths_are_plain_moves_lines_and_ends():
    odd = [code for code, path in maps.shapes().items() if not re.fullmatch(r"(M\d+ \d+l[-\d ]+z)+", path)]

    assert odd == []


def test_a_shape_and_a_point_lie_where_they_should():
    assert maps.shapes()["LSO"].partition("l")[0] == "M1151 694"
    assert maps.points()["CPV"] == (871.0, 370.0)


def test_points_lie_in_the_box():
    left, top, width, height = maps.box()

    outside = [code for code, (x, y) in maps.points().items() if not (left <= x <= width and top <= y <= height)]

    assert outside == []


def test_no_line_leaps_across_the_map():
    """As it would where a shape that crosses the 180th meridian had not been cut."""
    steps = {
        code: max(abs(int(number)) for part in re.findall(r"l([^z]*)z", path) for number in re.findall(r"-?\d+", part))
        for code, path in maps.shapes().items()
    }

    assert [code for code, longest in steps.items() if longest > 200] == []


def test_the_map_is_light_enough_for_a_slow_line():
    assert (FOLDER / "map.json").stat().st_size < 60_000
