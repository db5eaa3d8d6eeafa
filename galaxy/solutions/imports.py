"""Solutions from files: what each column may say, and how a row becomes a solution."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import select

from galaxy.content.columns import address, find_sdg, find_sector, language, licence, one_of, url
from galaxy.content.imports import (
    MAX_ID,
    NAMED,
    Choices,
    Importer,
    Refusal,
    Row,
    codes,
    listed,
    shown,
    words,
)
from galaxy.content.models import (
    ADDRESS_MAX,
    LINE_MAX,
    LINES_MAX,
    SUMMARY_MAX,
    TEXT_MAX,
    TITLE_MAX,
    YEAR_MAX,
    YEAR_MIN,
    Entry,
    Link,
    Relation,
)
from galaxy.core.db import db
from galaxy.moderation.services import put_online
from galaxy.reference.countries import find
from galaxy.reference.lists import COST_RANGES, EVIDENCE, MODALITIES
from galaxy.reference.names import fold
from galaxy.solutions.models import Solution

TEXTS = ("summary", *Solution.texts)
NAMES = {"organisations": "implementers", "implementers": "implementers", "supporters": "supporters"}
COLUMNS = frozenset(
    {
        *("external_id", "title", "language", "countries", "used_in", "sdgs", "sectors", "url", "licence", "period"),
        *("modality", "evidence", "evidence_source", "cost_range"),
        *TEXTS,
        *NAMES,
    }
)


def understand(values: dict[str, Any]) -> Row:
    """What a row says, for the columns that are there; raises `Refusal`."""
    external_id = words(values, "external_id", MAX_ID, needed=True)
    said: dict[str, Any] = {"title": words(values, "title", TITLE_MAX, needed=True)}
    for name in TEXTS:
        if name in values:
            said[name] = words(values, name, SUMMARY_MAX if name == "summary" else TEXT_MAX)
    readers: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
        "language": language,
        "countries": lambda row: {"country": codes(row, "countries", find)},
        "used_in": lambda row: {"used_in": codes(row, "used_in", find)},
        "sdgs": lambda row: {"sdg": codes(row, "sdgs", find_sdg)},
        "sectors": lambda row: {"sector": codes(row, "sectors", find_sector)},
        "url": url,
        "licence": licence,
        "period": lambda row: period(words(row, "period", 60)),
        "modality": lambda row: {"modality": one_of(row, "modality", MODALITIES)},
        "cost_range": lambda row: {"cost_range": one_of(row, "cost_range", COST_RANGES)},
        "evidence": lambda row: {"evidence": one_of(row, "evidence", EVIDENCE) or "told"},
        "evidence_source": lambda row: {"evidence_source": words(row, "evidence_source", ADDRESS_MAX)},
    }
    for name, read in readers.items():
        if name in values:
            said |= read(values)
    organisations = _organisations(values)
    for name, kept in NAMES.items():
        if name in values:
            found = [each for each, _url in organisations] if name == "organisations" else _names(values, name)
            said[kept] = list(dict.fromkeys([*said.get(kept, []), *found]))
            if len(said[kept]) > LINES_MAX:
                raise Refusal(f"{len(said[kept])} {kept} are given, at most {LINES_MAX} are taken")
    return Row(external_id, said, tuple(organisations))


def _names(values: dict[str, Any], name: str) -> list[str]:
    return [" ".join(each.split()) for each in listed(values, name, LINES_MAX, LINE_MAX)]


def _organisations(values: dict[str, Any]) -> list[tuple[str, str]]:
    """Names and websites: `Name`, or in JSON `{"name": …, "website": …}`."""
    given = values.get("organisations")
    if not isinstance(given, list):
        return [(name, "") for name in _names(values, "organisations")]
    if len(given) > LINES_MAX:
        raise Refusal(f"{len(given):,} organisations are given, at most {LINES_MAX} are taken")
    found: dict[str, str] = {}
    for each in given:
        row = each if isinstance(each, dict) else {"name": each}
        name = " ".join(words({"organisations": row.get("name")}, "organisations", LINE_MAX).split())
        if name:
            found.setdefault(name, address(words(row, "website", ADDRESS_MAX)) or "")
    return list(found.items())


DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def period(text: str) -> dict[str, Any]:
    """First and last day of "2015", "2015-2020", "2015/2020", "2015-03-01/2016-06", "2015-" (still going)."""
    bare = re.sub(r"[–—]", "-", re.sub(r"\s+", "", text))
    if not bare:
        return {"began_on": None, "ended_on": None}
    if years := re.fullmatch(r"(\d{4})-(\d{4})?", bare):
        first, last, still = years[1], years[2], not years[2]
    else:
        first, slash, last = bare.partition("/")
        still = bool(slash) and last in {"", ".."}
        last = first if not slash else "" if still else last
    began, ended = _day(first, last=False), None if still else _day(last or "", last=True)
    if began is None or (ended is None and not still) or (ended is not None and ended < began):
        raise Refusal(f"the period “{shown(text)}” is not like 2015, 2015-2020 or 2015-03-01/2020-06-30")
    return {"began_on": began.isoformat(), "ended_on": ended.isoformat() if ended else None}


def _day(text: str, *, last: bool) -> date | None:
    """The first or the last day of a year, a month or a day."""
    found = DAY.fullmatch(text)
    if found is None or not found[0].isascii():
        return None
    try:
        year, month = int(found[1]), int(found[2] or (12 if last else 1))
        if not YEAR_MIN <= year <= YEAR_MAX:
            return None
        return date(year, month, int(found[3] or (monthrange(year, month)[1] if last else 1)))
    except ValueError:
        return None


def link(solution: Solution, row: Row, chosen: Choices) -> None:
    """Link a solution to the organisations of the directory that its row names, and no longer to those it drops.

    New ones are made on publishing.
    """
    unlink(solution)
    linked: set[int] = set()
    for name, website in row.organisations:
        found = NAMED["organisations"](name, website, chosen)
        if found is not None and found not in linked:
            linked.add(found)
            key = {"from_id": solution.id, "relation": Relation.IMPLEMENTED_BY, "to_id": found}
            if db.session.get(Link, key) is None:
                db.session.add(Link(**key))


def unlink(solution: Solution) -> None:
    """End the links to organisations that carried it out once, and are no longer named by it."""
    if len(solution.versions) < 2:
        return
    named = {fold(name) for name in solution.implementers}
    links = select(Link, Entry.title).join(Entry, Entry.id == Link.to_id)
    for each, title in db.session.execute(links.where(Link.from_id == solution.id, BY)):
        if fold(title) not in named:
            db.session.delete(each)


BY = Link.relation == Relation.IMPLEMENTED_BY

IMPORTER = Importer(
    model=Solution,
    columns=COLUMNS,
    understand=understand,
    put_online=put_online,
    link=link,
    eager=(Solution.blocks, Solution.figures),
)
