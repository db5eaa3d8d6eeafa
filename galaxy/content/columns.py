"""What the columns of an import mean that several kinds have: languages, addresses, licences, goals, sectors."""

import re
from functools import cache
from typing import Any

from galaxy.content.imports import Refusal, shown, words
from galaxy.content.models import ADDRESS_MAX
from galaxy.core.addresses import is_web_address
from galaxy.reference.languages import LANGUAGES
from galaxy.reference.lists import OTHER_LICENCE, licence_of
from galaxy.reference.names import fold
from galaxy.reference.sdgs import GOALS, TARGETS
from galaxy.reference.sectors import CATEGORIES, SECTORS

SUMMARY_MOST = 280
SPDX = re.compile(r"(?!other$)[\w.+-]+( (?:AND|OR|WITH) [\w.+-]+)*", re.ASCII | re.IGNORECASE)


def language(values: dict[str, Any]) -> dict[str, Any]:
    given = words(values, "language", 40)
    code = find_language(given) if given else "en"
    if code is None:
        raise Refusal(f"the language “{shown(given)}” is none of {', '.join(LANGUAGES)}")
    return {"language": code}


def url(values: dict[str, Any]) -> dict[str, Any]:
    given = words(values, "url", ADDRESS_MAX)
    if given and address(given) is None:
        raise Refusal("the address (url) must be whole, and begin with http:// or https://")
    return {"url": address(given) or ""}


def address(text: str) -> str | None:
    """A web address as it may be linked to, or none; one without its beginning gets https."""
    if re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", text):
        text = f"https://{text}"
    return text if is_web_address(text) else None


def licence(values: dict[str, Any]) -> dict[str, Any]:
    """One of ours, else the SPDX expression as it is, such as `AGPL-3.0`; else another."""
    given = words(values, "licence", 100)
    ours = licence_of(given)
    return {"licence": given if ours == OTHER_LICENCE and SPDX.fullmatch(given) else ours}


def one_of(values: dict[str, Any], name: str, offered: Any) -> str | None:
    given = words(values, name, 100)
    code = _named(offered).get(fold(given)) if given else None
    if given and code is None:
        raise Refusal(f"the {name.replace('_', ' ')} “{shown(given)}” is none of {', '.join(offered)}")
    return code


def _named(lines: Any) -> dict[str, str]:
    """The code by every spelling of it."""
    found: dict[str, str] = {}
    for line in lines.values():
        for spelling in (line.code, *line.names.values()):
            found.setdefault(fold(spelling), line.code)
    return found


@cache
def _languages() -> dict[str, str]:
    found = _named(LANGUAGES)
    return found | {fold(language.autonym): language.code for language in LANGUAGES.values()}


def find_language(text: str) -> str | None:
    """The language a text means: a code, also with a region, or a name."""
    return _languages().get(fold(text)) or _languages().get(fold(re.split(r"[-_]", text)[0]))


NUMBER = re.compile(
    r"(?:(?:sdgs?|odd|ods|goal|target|objectif|cible)\W*)?"
    r"0*([1-9]\d?(?:\.[0-9a-z])?)"
    r"(?:[\s:.)–—-]+[^\W\d](?!.*[,;]\s*\d).*)?",  # its name may follow, but no second number
    re.IGNORECASE | re.DOTALL,
)


def find_sdg(text: str) -> str | None:
    """The goal or target a text means: "6", "SDG 6", "ODD 6.2", "Goal 6: …", or a goal's name."""
    number = NUMBER.fullmatch(text.strip())
    if number is None:
        return _goals().get(fold(text))
    code = number[1].lower()
    return code if code in GOALS or code in TARGETS else None


@cache
def _goals() -> dict[str, str]:
    return _named(GOALS)


@cache
def _sectors() -> dict[str, str]:
    return _named({code: sector for code, sector in SECTORS.items() if sector.active}) | _named(
        {code: each for code, each in CATEGORIES.items() if each.active}
    )


def find_sector(text: str) -> str | None:
    """The sector or family of sectors of the OECD a text means: its code or its English or French name."""
    return _sectors().get(fold(text))


def first_sentences(text: str) -> tuple[str, str]:
    """The sentences that fit into a summary, at least one, and the rest."""
    text = " ".join(text.split())
    ends = [found.end() for found in re.finditer(r"[.!?](?=\s+[^\W\d_a-z])|$", text)]
    fitting = [end for end in ends if end <= SUMMARY_MOST]
    if fitting:
        return text[: fitting[-1]], text[fitting[-1] :].strip()
    cut = text.rfind(" ", 0, SUMMARY_MOST)
    return f"{text[: cut if cut > 0 else SUMMARY_MOST]}…", text
