"""How much a word says in an entry, in a few steps, so that an engine may keep the step and forget the numbers.

It is BM25's saturated frequency (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond")
against a text of fixed length: what it says of one entry must not change when others come and go.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Docs = NDArray[np.int32]
Mask = NDArray[np.bool_]
Impacts = NDArray[np.float32]

K1, B = 1.2, 0.75
USUAL = {"head": 100, "plain": 400, "stem": 400}
"""How many tokens a text of usual length has: in the head its own, elsewhere those in `plain`."""
STEPS: Impacts = np.array([0.25, 0.4, 0.55, 0.7, 0.85, 1, 1.15, 1.3, 1.45, 1.6, 1.8, 2.05], dtype=np.float32)
"""What each step is worth; a word that stands once in a text of usual length is worth 1."""
_BOUNDS = (STEPS[1:].astype(np.float64) + STEPS[:-1]) / 2
NONE: tuple[Docs, Impacts] = (np.empty(0, np.int32), np.empty(0, np.float32))


def steps(field: str, times: NDArray[Any], lengths: Any) -> NDArray[np.intp]:
    """The step of a token that stands so often in texts of these lengths, from 0 to 11."""
    often = times.astype(np.float64)
    penalty = K1 * (1 - B + B * (np.asarray(lengths, dtype=np.float64) / USUAL[field]))
    return np.searchsorted(_BOUNDS, often * (K1 + 1) / (often + penalty), side="right")


def impacts(field: str, times: NDArray[Any], lengths: Any) -> Impacts:
    """The same as worth."""
    return STEPS[steps(field, times, lengths)]
