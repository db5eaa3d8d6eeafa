"""A question as it stands in an address: what was typed, what was chosen, how it is sorted, which page."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Protocol, Self, get_args
from urllib.parse import quote_plus

from galaxy.reference.languages import LANGUAGES
from galaxy.search import facets, text
from galaxy.search.engines import Sort
from galaxy.search.grammar import FACETS, LONGEST_QUESTION, Query, parse

LAST_PAGE = 500
MOST_VALUES = 20
LONGEST_CODE = 80
NO_LIST = "all"  # of what is left out: every shared list
ANY_LANGUAGE = "any"  # of what is preferred: none before another
SORTS: dict[str, Sort] = {sort: sort for sort in get_args(Sort)}
Address = dict[str, str | list[str]]
"""What `url_for` takes for the search page."""


class Args(Protocol):
    """A request's arguments, as Werkzeug keeps them."""

    def get(self, name: str, default: str, /) -> str: ...

    def getlist(self, name: str, /) -> list[str]: ...


@dataclass(frozen=True)
class Narrowed:
    """What a reader asks of a list: words, the codes chosen, an order; it writes itself back into an address."""

    words: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asked_sort: str | None = None
    page: int = 1
    lang: str = "en"

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is asked."""
        return not self.words and not self.chosen

    def chosen_pairs(self) -> Iterator[tuple[str, str]]:
        """Each chosen code with its facet."""
        for facet, codes in self.chosen.items():
            for code in codes:
                yield facet, code

    def args(self, page: int = 1) -> Address:
        """This question, on another page, for an address."""
        address: Address = {"q": self.words} if self.words else {}
        address |= {facet: list(codes) for facet, codes in self.chosen.items()}
        if self.asked_sort:
            address["sort"] = self.asked_sort
        if page > 1:
            address["page"] = str(page)
        return address

    def toggled(self, facet: str, code: str) -> Address:
        """This question with a code chosen, or no longer."""
        return self.toggling(facet)(code)

    def toggling(self, facet: str) -> Callable[[str], Address]:
        """A function that gives this question with a code of this facet chosen, or no longer."""
        codes, others = list(self.chosen.get(facet, ())), self.choosing(facet, ()).args()

        def toggled(code: str) -> Address:
            kept = [other for other in codes if other != code] if code in codes else [*codes, code]
            return {**others, facet: kept} if kept else dict(others)

        return toggled

    def sorted_by(self, sort: str) -> Address:
        """This question in another order."""
        return replace(self, asked_sort=sort).args()

    def asking(self, words: str) -> Self:
        """The same filters with other words."""
        return replace(self, words=words, page=1)

    def choosing(self, facet: str, codes: tuple[str, ...]) -> Self:
        """The same words with these codes of a facet, perhaps none."""
        chosen = {**self.chosen, facet: codes}
        return replace(self, chosen={name: some for name, some in chosen.items() if some}, page=1)

    def without(self, facet: str = "") -> Self:
        """The same words without the filter of one facet, or without any."""
        return self.choosing(facet, ()) if facet else replace(self, chosen={}, page=1)


@dataclass(frozen=True)
class Question(Narrowed):
    """A question as the search page knows it: its words understood, its bounds kept."""

    asked_sort: Sort | None = None
    left_out: tuple[str, ...] = ()
    """The codes of what the shared lists are not to look for besides; `NO_LIST` for none at all."""
    asked_preferred: tuple[str, ...] | None = None
    """The languages that the address prefers, perhaps none; None where it says nothing of them."""
    own: tuple[str, ...] = ()
    """The languages of the reader's profile."""

    @classmethod
    def from_args(cls, args: Args, lang: str, own: Iterable[str] = ()) -> "Question":
        """Read an address; what no list knows and what is out of bounds falls away."""
        chosen = {facet: _codes(facet, args.getlist(facet)) for facet in FACETS}
        sort = args.get("sort", "")
        page = args.get("page", "1")[:9]
        return cls(
            words=typed(args),
            chosen={facet: codes for facet, codes in chosen.items() if codes},
            asked_sort=SORTS.get(sort),
            page=min(max(int(page), 1), LAST_PAGE) if page.isdecimal() else 1,
            lang=lang,
            left_out=_left_out(args.getlist("without")),
            asked_preferred=_languages(preferred) if (preferred := args.getlist("prefer")) else None,
            own=_languages(own),
        )

    def args(self, page: int = 1) -> Address:
        """This question, on another page, for an address."""
        address = super().args(page)
        if self.left_out:
            address["without"] = list(self.left_out)
        if self.asked_preferred is not None:
            address["prefer"] = list(self.asked_preferred) or ANY_LANGUAGE
        return address

    @property
    def asked(self) -> Hashable:
        """All that it asks, to know it by when it is asked again."""
        chosen = tuple(self.chosen.items())
        return self.words, chosen, self.asked_sort, self.page, self.lang, self.left_out, self.asked_preferred, self.own

    def leaving_out(self, *codes: str) -> Self:
        """The same question without what the shared lists look for besides under these codes."""
        return replace(self, left_out=tuple(dict.fromkeys((*self.left_out, *codes))), page=1)

    @property
    def looks_besides(self) -> bool:
        """Whether the shared lists may look for anything besides the words."""
        return NO_LIST not in self.left_out

    def words_alone(self) -> Address:
        """The same question for its own words, without what the shared lists would add."""
        return replace(self, left_out=(NO_LIST,), page=1).args()

    def with_all_lists(self) -> Address:
        """The same question with all that the shared lists would add."""
        return replace(self, left_out=(), page=1).args()

    @property
    def preferred(self) -> tuple[str, ...]:
        """The languages that rise among nearly equal hits: those of the address, else those of the profile."""
        return self.own if self.asked_preferred is None else self.asked_preferred

    @cached_property
    def query(self) -> Query:
        """The words understood."""
        return parse(self.words, self.lang, facets.resolve, self.left_out)

    @property
    def sort(self) -> Sort:
        """How it is sorted: as asked, else the best first where there are words and the newest where there are none."""
        if self.asked_sort is None or self.asked_sort == "relevance":
            return "relevance" if self.query.said else "newest"
        return self.asked_sort


def typed(args: Args) -> str:
    """The words of an address, bounded."""
    return " ".join(text.clean(args.get("q", ""), 2 * LONGEST_QUESTION).split())


def link(args: Address, **more: str) -> str:
    """The same page with another question, as a link on it."""
    every = {**args, **more}.items()
    return "?" + "&".join(f"{name}={_quoted(value)}" for name, some in every for value in _each(some))


def _each(some: str | list[str]) -> list[str]:
    return [some] if isinstance(some, str) else some


_quoted = lru_cache(5_000)(quote_plus)  # a page has a hundred links with the same words


def _left_out(values: list[str]) -> tuple[str, ...]:
    codes = (text.clean(code, LONGEST_CODE).strip() for code in values[: 2 * MOST_VALUES])
    return tuple(dict.fromkeys(code for code in codes if code))[:MOST_VALUES]


def _languages(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for code in values if code in LANGUAGES))


def _codes(facet: str, values: list[str]) -> tuple[str, ...]:
    codes = (facets.resolve(facet, value) for value in values[: 2 * MOST_VALUES])
    return tuple(dict.fromkeys(code for code in codes if code))[:MOST_VALUES]
