"""What a program asks, read strictly: what means nothing is refused, since a filter left out would widen the answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from werkzeug.datastructures import MultiDict

from galaxy.core.i18n import offered
from galaxy.reference.languages import LANGUAGES
from galaxy.search import facets, text
from galaxy.search.grammar import FACETS
from galaxy.search.questions import ANY_LANGUAGE, MOST_VALUES, SORTS, Question

LONGEST_NUMBER = 18  # digits of a page


class Misasked(Exception):
    """Some parameters mean nothing: `errors` has for each its name and what it may be."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__(errors)
        self.errors = errors


@dataclass(frozen=True)
class Asked:
    """A question, the facets to be counted, and what else of the address the next page needs."""

    question: Question
    page: int
    lang: str
    facets: tuple[str, ...]
    more: dict[str, str]

    @classmethod
    def of(cls, args: MultiDict[str, str]) -> Self:
        """Read an address; parameters that are not known are left alone, known ones must mean something."""
        errors = [
            {"parameter": name, "detail": detail}
            for name, check in CHECKS.items()
            for detail in map(check, args.getlist(name)[: MOST_VALUES + 1])
            if detail
        ]
        errors += [
            {"parameter": facet, "detail": f"At most {MOST_VALUES} values."}
            for facet in FACETS
            if len(args.getlist(facet)) > MOST_VALUES
        ]
        if errors:
            raise Misasked(errors)
        lang = args.get("lang") or offered()[0]
        more = {"lang": lang} | ({"facets": args["facets"]} if "facets" in args else {})
        page = int(args.get("page") or 1)
        return cls(Question.from_args(args, lang), page, lang, _facets(args.get("facets", "1")), more)


def _facets(said: str) -> tuple[str, ...]:
    if said in {"", "1"}:
        return FACETS
    return tuple(name for name in FACETS if name in said.split(","))


def _page(said: str) -> str:
    is_one = said.isascii() and said.isdecimal() and len(said) <= LONGEST_NUMBER and int(said) > 0
    return "" if is_one or not said else "A page is a whole number, 1 for the first."


def _lang(said: str) -> str:
    return "" if said in text.LANGUAGES or not said else f"One of: {', '.join(text.LANGUAGES)}."


def _sort(said: str) -> str:
    return "" if said in SORTS or not said else f"One of: {', '.join(SORTS)}."


def _prefer(said: str) -> str:
    known = said in LANGUAGES or said in {"", ANY_LANGUAGE}
    return "" if known else f"A language, or {ANY_LANGUAGE} for none before another."


def _wanted(said: str) -> str:
    known = said in {"", "0", "1"} or all(name in FACETS for name in said.split(","))
    return "" if known else f"1, 0, or names with commas between: {', '.join(FACETS)}."


def _code_of(facet: str) -> Callable[[str], str]:
    def check(said: str) -> str:
        return "" if not said or facets.resolve(facet, said) else "No such value is known."

    return check


CHECKS: dict[str, Callable[[str], str]] = {
    "page": _page,
    "lang": _lang,
    "sort": _sort,
    "prefer": _prefer,
    "facets": _wanted,
    **{facet: _code_of(facet) for facet in FACETS},
}
