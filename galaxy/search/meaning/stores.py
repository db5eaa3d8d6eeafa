"""Where vectors are compared: what any place that holds them is asked."""

from collections.abc import Collection, Mapping
from typing import Protocol

from galaxy.search.meaning.embedders import Embedder, Floats
from galaxy.search.meaning.matrices import Similar


class Store(Protocol):
    """Holds what the table `Vectors` holds, in a form that is quick to compare. Truth is the table."""

    name: str

    def nearest(self, model: str, question: Floats, most: int) -> Mapping[int, Similar]:
        """How near so many entries are, that with the best passage first."""

    def similar(self, model: str, question: Floats, ids: Collection[int]) -> Mapping[int, Similar]:
        """How near these entries are to a question; those without a vector are absent."""

    def usual(self, model: str, question: Floats) -> tuple[float, float, int]:
        """Mean and deviation of the best passage's cosine over a sample of all entries, and how many these are."""

    def version(self, model: str, dimensions: int) -> str:
        """Changes whenever other vectors of a model are compared; cheap."""

    def trouble(self) -> str:
        """What an admin should do; empty where all is well."""

    def changed(self, removed: bool = False) -> None:
        """The worker has written to the table; with `removed`, some rows are gone."""

    def look_after(self, embedders: list[Embedder]) -> None:
        """What the worker does for it now and then."""
