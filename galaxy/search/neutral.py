"""A question's vector without what only tells its form and its language, and what is usual for any question.

Models place texts of one language a little closer together than texts of one meaning. The directions in which the seven
languages lie apart, the mean of all texts and how they spread around it are taken from the texts of the goals, targets
and indicators, which are parallel. Taken out of the question alone, these directions are gone from every product with
it, so that the vectors of entries stay as the models make them.
What all questions have in common ("who", "when", "how many") is no part of an answer either: of E5's vectors, most of
which is the same for all, half of the mean of questions about anything is taken away.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

FILE = Path(__file__).with_name("data") / "neutral.npz"
"""Made by `benchmarks/neutral.py`."""


@dataclass(frozen=True)
class _Constants:
    """What is known of a model: rows of unit length, what questions have in common as far as it is taken away, a mean,
    rows as long as the deviation along them, and the rest."""

    languages: Floats
    form: Floats
    mean: Floats
    spread: Floats
    rest: float


def neutral(model: str, question: Floats) -> Floats:
    """The question's vector without the directions that tell languages apart and without its form, of unit length; of a
    model that is not known as it was."""
    if (known := _of(model)) is None:
        return question
    return unit(unit(question - (known.languages @ question) @ known.languages) - known.form)


def unit(vector: NDArray[Any]) -> Floats:
    """The vector in unit length."""
    return (vector / max(float(np.linalg.norm(vector)), 1e-9)).astype(np.float32)


def background(model: str, asked: Floats) -> tuple[float, float] | None:
    """The mean and the deviation of the cosine of a neutral question with texts of this field, in any language."""
    if (known := _of(model)) is None:
        return None
    variance = float(((known.spread @ asked) ** 2).sum()) + known.rest**2
    return float(known.mean @ asked), variance**0.5


def _of(model: str) -> _Constants | None:
    return next((known for name, known in _constants().items() if model.startswith(name)), None)


@cache
def _constants() -> dict[str, _Constants]:
    with np.load(FILE, allow_pickle=False) as file:
        rows = {key: file[key].astype(np.float32) for key in file.files}
    names = {key.rpartition(".")[0] for key in rows}
    return {
        name: _Constants(
            rows[f"{name}.languages"],
            rows[f"{name}.form"],
            rows[f"{name}.mean"],
            rows[f"{name}.spread"],
            float(rows[f"{name}.rest"]),
        )
        for name in sorted(names)
    }
