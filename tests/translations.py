"""Whether every catalogue says all that the interface says: `python -m tests.translations` lists what is missing."""

import io
import sys

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from galaxy import ROOT
from galaxy.core.config import Default

FOLDER = ROOT / "galaxy" / "translations"
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy": None}


def said() -> set[str | tuple[str, ...]]:
    """Everything marked for translation, in the code and the templates."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    return {
        message for _file, _line, message, _comments, _context in extract_from_dir(ROOT, methods, options, KEYWORDS)
    }


def missing(code: str, words: set[str | tuple[str, ...]]) -> list[str]:
    """What the catalogue of a language does not say, or says only perhaps."""
    catalog = catalogue(code)
    return sorted(wanted for wanted in map(singular, words) if not is_said(catalog, wanted))


def catalogue(code: str) -> Catalog:
    """What is said in a language; nothing, where nobody has begun."""
    path = FOLDER / code / "LC_MESSAGES" / "messages.po"
    return read_po(io.BytesIO(path.read_bytes()), locale=code) if path.exists() else Catalog(locale=code)


def singular(message: str | tuple[str, ...]) -> str:
    return message if isinstance(message, str) else message[0]


def is_said(catalog: Catalog, words: str) -> bool:
    message = catalog.get(words)
    if message is None or message.fuzzy:
        return False
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


def main() -> int:
    """Print what is missing; the exit code is 1 where anything is."""
    words = said()
    found = {code: missing(code, words) for code in Default.LANGUAGES.split()[1:]}
    for code, wanting in found.items():
        for each in wanting:
            sys.stdout.write(f"{code}: not said: {each!r}\n")
        sys.stdout.write(f"{code}: {len(words) - len(wanting)} of {len(words)} said\n")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
