"""The world map for a page: an outline for every country large enough to be seen, a point for every other."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from galaxy.reference.files import read


@cache
def _map() -> Any:
    (found,) = read("map")
    return found


def box() -> tuple[int, int, int, int]:
    """The `viewBox` in which shapes and points lie: left, top, width, height."""
    left, top, width, height = _map()["box"]
    return left, top, width, height


@cache
def shapes() -> Mapping[str, str]:
    """SVG path data by country (ISO 3166 alpha-3), in the Equal Earth projection; whichever the fill rule.

    Natural Earth's borders, joined to those of the United Nations' maps: show the usual disclaimer below.
    """
    found: dict[str, str] = _map()["shapes"]
    return found


@cache
def points() -> Mapping[str, tuple[float, float]]:
    """Where a country without a shape lies, x and y in the box; nearly all of them are small islands."""
    return {code: (float(x), float(y)) for code, (x, y) in _map()["points"].items()}
