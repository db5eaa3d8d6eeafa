"""Long lists in pages: which page is asked for, what stands on it, and where the others are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import current_app, request, url_for
from sqlalchemy import Select, func, select

from galaxy.core.db import db

Row = TypeVar("Row")
LAST_PAGE = 500  # nobody reads on; a robot that does costs no more than that


@dataclass(frozen=True)
class Pages(Generic[Row]):
    """One page of a list."""

    rows: Sequence[Row]
    page: int
    total: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return min(max(-(-self.total // self.size), 1), LAST_PAGE)

    def at(self, page: int) -> str:
        """The address of another page of this list, with all else that was asked."""
        asked = {**request.args.to_dict(flat=False), "page": [str(page)]}
        if page == 1:
            del asked["page"]
        here = url_for(str(request.endpoint), **(request.view_args or {}))
        return f"{here}?{urlencode(asked, doseq=True)}" if asked else here  # `url_for` would obey some of these words


def asked_page() -> int:
    """The page that the address asks for; the first where it says nothing sensible."""
    given = request.args.get("page", "")
    return min(int(given), LAST_PAGE) if len(given) < 5 and given.isascii() and given.isdigit() and int(given) else 1


def how_many(found: Select[Any]) -> int:
    """How long a list is."""
    return db.session.scalar(select(func.count()).select_from(found.order_by(None).subquery())) or 0


def page_of(found: Select[Row], counted: int | None = None, size: int = 0) -> Pages[Row]:
    """The page asked for of what is found, counted unless that is done already; beyond the last it is the last."""
    return page_by(found, how_many(found) if counted is None else counted, lambda rows: rows, size)


def page_by(
    sorted_by: Select[Any], total: int, whole: Callable[[Select[Any]], Select[Row]], size: int = 0
) -> Pages[Row]:
    """The page asked for of a list sorted by little, which is quick; `whole` selects all of what stands on the page."""
    size = size or current_app.config["PAGE_SIZE"]
    page = min(asked_page(), max(-(-total // size), 1))
    rows = whole(sorted_by.offset((page - 1) * size).limit(size))
    return Pages(db.session.scalars(rows).unique().all(), page, total, size)
