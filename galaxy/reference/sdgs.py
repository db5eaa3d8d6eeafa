"""The Sustainable Development Goals, their targets and indicators, in the words of the United Nations."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from galaxy.reference.files import read
from galaxy.reference.names import Named, Names, said

WHITE: Final = "#fff"
INKS: Final = (WHITE, "#0b1a33", "#000")
"""What may be written with on a goal's tile, the preferred first: white, the night blue, black."""
ENOUGH: Final = 4.5
"""The contrast that WCAG 2.2 asks of text (success criterion 1.4.3)."""


def _light(color: str) -> float:
    """Relative luminance, 0 to 1, of "#rgb" or "#rrggbb" (WCAG 2.2)."""
    digits = color.removeprefix("#")
    pairs = [digit * 2 for digit in digits] if len(digits) == 3 else [digits[at : at + 2] for at in (0, 2, 4)]
    parts = [int(pair, 16) / 255 for pair in pairs]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """How well one colour is read on the other, from 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((_light(one), _light(other)))
    return (light + 0.05) / (dark + 0.05)


def ink_on(color: str) -> str:
    """The first ink that reads well on this colour; white or black always does, the product being 21."""
    return next(ink for ink in INKS if contrast(ink, color) >= ENOUGH)


@dataclass(frozen=True, slots=True)
class Goal(Named):
    """One of the 17; its name is the short one of the tiles, its title the whole sentence."""

    color: str = field(compare=False)
    ink: str = field(compare=False)
    titles: Names = field(compare=False, repr=False)

    def title(self, lang: str) -> str:
        """The goal as a sentence, in this language, else in English."""
        return said(self.titles, lang)


@dataclass(frozen=True, slots=True)
class Target(Named):
    """One of the 169, named by its sentence; there is none in Portuguese."""

    goal: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Indicator(Named):
    """What is measured to know how far a target is; the same measure may stand under several targets."""

    target: str
    goal: str = field(compare=False)


GOALS: Final[Mapping[str, Goal]] = {
    row["code"]: Goal(row["code"], row["name"], row["color"], ink_on(row["color"]), row["title"])
    for row in read("goals")
}
TARGETS: Final[Mapping[str, Target]] = {
    row["code"]: Target(row["code"], row["name"], row["goal"]) for row in read("targets")
}


def goal_of(code: str) -> Goal:
    """The goal of a goal's, target's or indicator's code ("3", "3.a", "3.a.1"); KeyError if there is none."""
    return GOALS[code.partition(".")[0]]


def goals_of(codes: Iterable[str]) -> tuple[Goal, ...]:
    """The goals that codes of goals and targets belong to, each once, in the order of their numbers."""
    wanted = {code.partition(".")[0] for code in codes}
    return tuple(goal for code, goal in GOALS.items() if code in wanted)


def targets_of(goal: str) -> tuple[Target, ...]:
    """The targets of a goal, in the order of the resolution."""
    return tuple(target for target in TARGETS.values() if target.goal == goal)


@cache
def indicators() -> tuple[Indicator, ...]:
    """Every indicator under every target it serves, in the order of the framework of 2020."""
    return tuple(Indicator(row["code"], row["name"], row["target"], row["goal"]) for row in read("indicators"))


def indicators_of(target: str) -> tuple[Indicator, ...]:
    """What is measured for a target."""
    return tuple(indicator for indicator in indicators() if indicator.target == target)


def choices(lang: str) -> list[tuple[str, str]]:
    """The goals for a menu, in the order of their numbers, each with its number."""
    return [(goal.code, f"{goal.code}. {goal.name(lang)}") for goal in GOALS.values()]


def target_choices(lang: str, goals: Iterable[str] = GOALS) -> list[tuple[str, str]]:
    """The targets of these goals for a menu, in the order of their numbers, each with its number."""
    wanted = set(goals)
    return [(target.code, f"{target.code} {target.name(lang)}") for target in TARGETS.values() if target.goal in wanted]
