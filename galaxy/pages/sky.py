"""The night sky of the first page: every country a point, every lesson taken from one to another a line."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from galaxy.reference.countries import COUNTRIES, OFFERED
from galaxy.reference.draw import HEIGHT, SOUTH, WIDTH, place


@dataclass(frozen=True, slots=True)
class Chart:
    """SVG path data: countries far and near (that share something), those that learnt, and the lines between."""

    far: str
    near: str
    learners: str
    lines: str
    box: str = f"0 0 {WIDTH} {HEIGHT}"


@cache
def spot(iso3: str) -> str:
    """Where a country lies in the picture, as SVG says it."""
    x, y = place(COUNTRIES[iso3].lat, COUNTRIES[iso3].lon)
    return f"{x} {y}"


def points(countries: Iterable[str]) -> str:
    """A path of points, in the order of the codes so that the same sky is the same bytes."""
    return "".join(f"M{spot(iso3)}h0" for iso3 in sorted(countries))


def chart(sharing: Iterable[str], lessons: Iterable[tuple[str, str]]) -> Chart:
    """The sky over the countries that share something and the lessons, each from a country to another."""
    drawn = {country.code for country in OFFERED if country.lat > SOUTH}
    taught = sorted({(origin, to) for origin, to in lessons if origin != to and {origin, to} <= drawn})
    learners = {to for _origin, to in taught}
    near = (set(sharing) & drawn) - learners
    lines = "".join(f"M{spot(origin)}L{spot(to)}" for origin, to in taught)
    return Chart(points(drawn - near - learners), points(near), points(learners), lines)
