"""A partnership as a constellation: each party a point, joined by lines."""

from dataclasses import dataclass
from functools import cache
from math import cos, pi, sin

WIDTH, HEIGHT, MARGIN = 240, 150, 18
SPREAD = (1.0, 0.82, 0.95, 0.78, 0.9)  # how far out each point lies, so that it looks like stars and not like a wheel


@dataclass(frozen=True, slots=True)
class Constellation:
    """Points in a picture, and the lines between them as SVG path data."""

    points: tuple[tuple[float, float], ...]
    lines: str
    box: str = f"0 0 {WIDTH} {HEIGHT}"


@cache
def constellation(parties: int) -> Constellation:
    """The picture of so many parties: a line of two, a triangle of three, a ring of more."""
    across, down = WIDTH / 2 - MARGIN, HEIGHT / 2 - MARGIN
    points = []
    for n in range(parties):
        angle, far = 2 * pi * n / max(parties, 1) + pi * 0.9, SPREAD[n % len(SPREAD)]
        points.append((round(WIDTH / 2 + far * across * cos(angle), 1), round(HEIGHT / 2 + far * down * sin(angle), 1)))
    ring = "L".join(f"{x} {y}" for x, y in points)
    return Constellation(tuple(points), f"M{ring}{'Z' if parties > 2 else ''}" if points else "")
