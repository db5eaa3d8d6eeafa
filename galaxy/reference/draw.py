"""Draws the world map: a TopoJSON of countries becomes SVG paths in the Equal Earth projection."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from math import asin, cos, floor, radians, sin, sqrt
from typing import Any

Point = tuple[float, float]
Arc = list[Point]

WIDTH = 2000
NORTH, SOUTH = 83.7, -56.5
"""The latitudes at the upper and the lower edge: from the tip of Greenland to Cape Horn."""

# Land that has no line in the United Nations' list is drawn as on the United Nations' own maps, with the
# member state they show it in: by the name or number of the shape, the number of that state.
DRAWN_WITH: Mapping[str, str] = {"158": "156", "Kosovo": "688", "N. Cyprus": "196", "Somaliland": "706"}
FRANCE, GUIANA = "250", "254"


def equal_earth(lat: float, lon: float) -> Point:
    """Degrees to the plane, x to the right, y upwards (Šavrič, Patterson, Jenny 2018)."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    root = sqrt(3) / 2
    angle = asin(root * sin(radians(lat)))
    two, six = angle**2, angle**6
    x = radians(lon) * cos(angle) / (root * (a1 + 3 * a2 * two + six * (7 * a3 + 9 * a4 * two)))
    return x, angle * (a1 + a2 * two + six * (a3 + a4 * two))


SCALE = WIDTH / 2 / equal_earth(0, 180)[0]
TOP = equal_earth(NORTH, 0)[1]
HEIGHT = round((TOP - equal_earth(SOUTH, 0)[1]) * SCALE)


def place(lat: float, lon: float) -> tuple[int, int]:
    """Degrees to the whole units of the picture."""
    x, y = equal_earth(lat, lon)
    return round(x * SCALE + WIDTH / 2), round((TOP - y) * SCALE)


def unpacked(topology: Mapping[str, Any]) -> list[Arc]:
    """The lines of a quantized TopoJSON, in degrees of longitude and latitude."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for packed in topology["arcs"]:
        x, y, arc = 0, 0, []
        for dx, dy in packed:
            x, y = x + dx, y + dy
            arc.append((x * sx + tx, y * sy + ty))
        arcs.append(arc)
    return arcs


def rings(geometry: Mapping[str, Any]) -> list[list[int]]:
    """The rings of a shape, each a list of numbers of arcs; ~n is arc n backwards."""
    if geometry["type"] == "Polygon":
        return list(geometry["arcs"])
    return [ring for polygon in geometry["arcs"] for ring in polygon]


def line(arcs: list[Arc], number: int) -> Arc:
    """An arc, the way round it is asked for."""
    return arcs[number] if number >= 0 else arcs[~number][::-1]


def cut(outline: Arc) -> list[Arc]:
    """An outline that may cross the 180th meridian, as the pieces to its west and its east."""
    whole = [outline[0]]
    for lon, lat in outline[1:]:
        turns = round((whole[-1][0] - lon) / 360)
        whole.append((lon + 360 * turns, lat))
    turns = floor((min(lon for lon, _ in whole) + 180) / 360)
    whole = [(lon - 360 * turns, lat) for lon, lat in whole]
    if max(lon for lon, _ in whole) <= 180:
        return [whole]
    return [beside(whole, 1), [(lon - 360, lat) for lon, lat in beside(whole, -1)]]


def beside(outline: Arc, side: int) -> Arc:
    """What of an outline lies to the west (1) or the east (-1) of the 180th meridian (Sutherland-Hodgman)."""
    kept: Arc = []
    for (lon, lat), (to_lon, to_lat) in pairwise(outline):
        if side * lon <= side * 180:
            kept.append((lon, lat))
        if (lon - 180) * (to_lon - 180) < 0:
            kept.append((180, lat + (to_lat - lat) * (180 - lon) / (to_lon - lon)))
    return [*kept, kept[0]]


def joined(arcs: list[Arc], shape: Iterable[list[int]]) -> Iterator[Arc]:
    """The outlines of a shape whose inner borders, walked both ways, have vanished."""
    walked = {number for ring in shape for number in ring}
    left = {line(arcs, number)[0]: number for number in walked if ~number not in walked}
    while left:
        outline = [next(iter(left))]
        while (number := left.pop(outline[-1], None)) is not None:
            outline += line(arcs, number)[1:]
        yield from cut(outline)


def path(outlines: Iterable[Arc]) -> str:
    """SVG path data in whole units, relative but for each start; what is smaller than a unit is left out."""
    return "".join(filter(None, map(_ring, outlines)))


def _ring(outline: Arc) -> str:
    spots = [place(lat, lon) for lon, lat in outline]
    steps = [(x - px, y - py) for (px, py), (x, y) in pairwise(spots) if (x, y) != (px, py)]
    if len(steps) < 3:
        return ""
    numbers = "".join(f"{'' if number < 0 else ' '}{number}" for step in steps[:-1] for number in step)
    return f"M{spots[0][0]} {spots[0][1]}l{numbers.strip()}z"


def shapes(topology: Mapping[str, Any]) -> dict[str, list[list[int]]]:
    """The rings of each country, by its M49 number."""
    found: dict[str, list[list[int]]] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        number = geometry.get("id") or geometry["properties"]["name"]
        found.setdefault(DRAWN_WITH.get(number, number), []).extend(rings(geometry))
    return found


def world(topology: Mapping[str, Any], iso3: Mapping[str, str], points: Mapping[str, Point]) -> dict[str, Any]:
    """The map: its box, a path for each country that is large enough, a point for each of the others."""
    arcs = unpacked(topology)
    found = shapes(topology)
    # The source draws French Guiana, which has a line of its own in the list, as a part of France.
    found[GUIANA] = [ring for ring in found[FRANCE] if line(arcs, ring[0])[0][0] < -40]
    found[FRANCE] = [ring for ring in found[FRANCE] if ring not in found[GUIANA]]
    drawn = {iso3[number]: path(joined(arcs, shape)) for number, shape in found.items() if number in iso3}
    paths = {code: drawn[code] for code in sorted(drawn) if drawn[code] and code != "ATA"}
    spots = {code: place(*points[code]) for code in sorted(points) if code not in paths and points[code][0] > SOUTH}
    spots.pop("TWN", None)
    return {"box": [0, 0, WIDTH, HEIGHT], "shapes": paths, "points": spots}
