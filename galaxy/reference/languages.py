"""The languages Galaxy is read and written in: the six of the United Nations, and Portuguese."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from galaxy.reference import names
from galaxy.reference.files import read
from galaxy.reference.names import Named


@dataclass(frozen=True, slots=True)
class Language(Named):
    """A language, what its own readers call it, and whether it is written from right to left."""

    autonym: str = field(compare=False)
    rtl: bool = field(compare=False)

    @property
    def direction(self) -> str:
        """What HTML calls it: `rtl` or `ltr`."""
        return "rtl" if self.rtl else "ltr"


LANGUAGES: Final[Mapping[str, Language]] = {
    row["code"]: Language(row["code"], row["name"], row["autonym"], row["rtl"]) for row in read("languages")
}


def choices(lang: str) -> list[tuple[str, str]]:
    """The languages for a menu, named in the reader's."""
    return names.choices(LANGUAGES.values(), lang)


def autonyms() -> list[tuple[str, str]]:
    """The languages for a switch that everybody must understand: each called as its own readers call it."""
    return [(language.code, language.autonym) for language in LANGUAGES.values()]
