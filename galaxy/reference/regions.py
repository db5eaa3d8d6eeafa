"""The regions of the world as the United Nations' statisticians draw them (M49)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from galaxy.reference import names
from galaxy.reference.files import read
from galaxy.reference.names import Named


@dataclass(frozen=True, slots=True)
class Region(Named):
    """A region and the code of the one it lies in; its level is global, region, subregion or intermediate."""

    level: str = field(compare=False)
    parent: str | None = field(compare=False)

    @property
    def children(self) -> tuple["Region", ...]:
        """The regions that lie directly in this one."""
        return tuple(region for region in REGIONS.values() if region.parent == self.code)

    @property
    def ancestors(self) -> tuple["Region", ...]:
        """The regions it lies in, the nearest first, the world last."""
        above = REGIONS[self.parent] if self.parent else None
        return (above, *above.ancestors) if above else ()


REGIONS: Final[Mapping[str, Region]] = {
    row["code"]: Region(row["code"], row["name"], row["level"], row["parent"]) for row in read("regions")
}
WORLD: Final = "001"
BROWSE_REGIONS: Final = ("002", "142", "419", "009", "150")
"""A short list to browse by: Africa, Asia, Latin America and the Caribbean, Oceania, Europe.

Northern America (021) is in none of them: what is shared here comes from the South. Its countries are still
found by name and by search.
"""


def choices(lang: str) -> list[tuple[str, str]]:
    """The regions to browse by, for a menu."""
    return names.choices((REGIONS[code] for code in BROWSE_REGIONS), lang)
