import pytest

from galaxy.reference import draw


@pytest.mark.parametrize(
    ("lat", "lon", "x", "y"), [(0, 0, 0, 0), (0, 180, 2.7066, 0), (90, 0, 0, 1.3174), (-90, 0, 0, -1.3174)]
)
def test_equal_earth_has_the_corners_its_authors_give(lat, lon, x, y):
    assert tuple(round(number, 4) for number in draw.equal_earth(lat, lon)) == (x, y)


def test_the_middle_of_the_world_is_in_the_middle_of_the_picture():
    assert draw.place(0, 0)[0] == draw.WIDTH / 2
    assert [draw.place(draw.NORTH, 0)[1], draw.place(draw.SOUTH, 0)[1]] == [0, draw.HEIGHT]


def test_arcs_are_unpacked_into_degrees():
    packed = {"transform": {"scale": [0.5, 2], "translate": [-180, -90]}, "arcs": [[[10, 10], [2, -1]]]}

    assert draw.unpacked(packed) == [[(-175.0, -70), (-174.0, -72)]]


def test_two_neighbours_are_joined_without_the_border_between_them():
    """Arc 0 is the border; 1 goes round the western square and 2 round the eastern."""
    arcs = [
        [(1, 0), (1, 1)],
        [(1, 1), (0, 1), (0, 0), (1, 0)],
        [(1, 1), (2, 1), (2, 0), (1, 0)],
    ]

    (outline,) = draw.joined(arcs, [[0, 1], [~0, ~2]])

    assert outline == [(1, 1), (0, 1), (0, 0), (1, 0), (2, 0), (2, 1), (1, 1)]


def test_a_shape_across_the_180th_meridian_is_cut_in_two():
    square = [(170, 0), (-170, 0), (-170, 10), (170, 10), (170, 0)]

    assert draw.cut(square) == [
        [(170, 0), (180, 0), (180, 10), (170, 10), (170, 0)],
        [(-180, 0), (-170, 0), (-170, 10), (-180, 10), (-180, 0)],
    ]


def test_a_shape_that_only_touches_it_is_left_whole():
    square = [(170, 0), (180, 0), (180, 10), (170, 10), (170, 0)]

    assert draw.cut(square) == [square]


def test_a_ring_smaller_than_a_unit_is_left_out():
    assert draw.path([[(0, 0), (0.01, 0), (0.01, 0.01), (0, 0)]]) == ""
    assert draw.path([[(0, 0), (9, 0), (9, 0.01), (0, 0)]]) == ""


def test_a_path_goes_by_steps_from_its_start():
    assert draw.path([[(0, 0), (9, 0), (9, 9), (0, 9), (0, 0)]]) == "M1000 482l50 0 0-67-50 0z"
