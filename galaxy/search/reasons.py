"""Why an entry was found, in words that a reader understands."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Reason:
    """One of the things for which an entry stands in the list."""

    kind: Literal["words", "some words", "list", "meaning"]
    text: str
