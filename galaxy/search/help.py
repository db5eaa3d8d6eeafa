"""What the help page says of the grammar: every field with its label, what it may be given, and an example."""

from dataclasses import dataclass

from galaxy.core.db import now
from galaxy.search import facets
from galaxy.search.grammar import FACETS, LONGEST_QUESTION, MOST_TERMS

BOUNDS = {"signs": LONGEST_QUESTION, "terms": MOST_TERMS}
EXAMPLES = {
    "kind": ("solutions", "webinars", "requests", "offers", "organisations", "hubs"),
    "country": ("BFA", "FJI"),
    "region": ("002", "009"),
    "group": ("LDC", "LLDC", "SIDS"),
    "sdg": ("6", "13"),
    "sector": ("140", "230"),
    "language": ("ar", "en", "es", "fr", "pt", "ru", "zh"),
    "modality": ("south-south", "regional", "triangular"),
    "evidence": ("told", "documented", "measured", "checked"),
}
"""Of short lists all that may be given, of long ones a few."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the grammar, and what may stand after its colon: each as one types it, with what it means."""

    name: str
    label: str
    values: tuple[tuple[str, str], ...]


def fields(lang: str) -> tuple[Field, ...]:
    """Every field, in the order in which the search page lists its facets."""
    return tuple(_field(name, lang) for name in FACETS)


def _field(name: str, lang: str) -> Field:
    codes = EXAMPLES.get(name) or (str(now().year),)
    labels = ((code, facets.label(name, code, lang)) for code in codes)
    return Field(name, str(facets.LABELS[name]), tuple((f"{name}:{code}", label) for code, label in labels))
