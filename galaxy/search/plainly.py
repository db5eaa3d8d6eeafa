"""What can be found without an index: by the tables, more plainly, and by meaning, which needs none."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, case, false, func, inspect, or_, select, tuple_

from galaxy.content.models import Entry, Status, Tag
from galaxy.core.db import db, now
from galaxy.reference import countries
from galaxy.search import text
from galaxy.search.clauses import is_small
from galaxy.search.engines import Weighed
from galaxy.search.fusion import Ranked, fuse, listed
from galaxy.search.grammar import Field, Phrase, Word
from galaxy.search.meaning.nearness import nearest
from galaxy.search.models import Indexed
from galaxy.search.ordering import NEAREST, spoken
from galaxy.search.questions import Question

LEAST_ALIKE = 3  # shared words of a title, twice, and shared codes


def met(question: Question) -> Select[Entry]:
    """What is published and carries every code and all the words that are asked for, and nothing that is refused."""
    wanted = _allowed(question)
    for term in question.query.said:
        wanted = wanted.where(_says(term))
    return wanted


def alike(question: Question) -> list[Ranked]:
    """What means the like and meets all but the words, the likest first."""
    near = nearest(spoken(question), NEAREST)
    if not near.entries:
        return []
    nearby = Entry.id.in_(list(near.entries))
    ids = db.session.scalars(_allowed(question).with_only_columns(Entry.id).where(nearby)).all()
    there = db.session.scalars(met(question).with_only_columns(Entry.id).where(nearby)).all()
    return listed(fuse(Weighed(0.0, dict.fromkeys(ids, (0.0, 0.0)), fellows=0), near), set(there))


def like(entry: Entry, limit: int) -> list[int]:
    """Ids of entries that share words of the title, each worth two, and codes with this one, the most first."""
    codes = [(tag.scheme, tag.code) for tag in entry.tags]
    words = [word for word in dict.fromkeys(text.plain(entry.title)) if not is_small(word, entry.language)][:12]
    shared = select(func.count()).where(Tag.entry_id == Entry.id, tuple_(Tag.scheme, Tag.code).in_(codes))
    score: ColumnElement[Any] = shared.scalar_subquery()
    for word in words:
        score += case((Indexed.folded.contains(word, autoescape=True), 2), else_=0)
    wanted = select(Entry.id).outerjoin(Indexed, Indexed.entry_id == Entry.id)
    wanted = wanted.where(Entry.status == Status.PUBLISHED, score >= LEAST_ALIKE)
    return list(db.session.scalars(wanted.order_by(score.desc(), Entry.id.desc()).limit(limit)))


def _allowed(question: Question) -> Select[Entry]:
    """What is published and carries every code that is asked for and nothing that is refused, the newest first."""
    query = question.query
    wanted = select(Entry).where(Entry.status == Status.PUBLISHED)
    wanted = wanted.order_by(Entry.published_at.desc(), Entry.id.desc())
    if query.said or query.refusals:
        wanted = wanted.join(Indexed, Indexed.entry_id == Entry.id)
    for facet, codes in (*question.chosen.items(), *((field.facet, (field.code,)) for field in query.fields)):
        wanted = wanted.where(_carries(facet, codes))
    for refused in query.excluded:
        found = _carries(refused.facet, (refused.code,)) if isinstance(refused, Field) else _says(refused)
        wanted = wanted.where(~found)
    return wanted


def _says(term: Word | Phrase) -> ColumnElement[bool]:
    """Whether an entry has this in its title or its chief texts."""
    return Indexed.folded.contains(" ".join(text.plain(term.text)), autoescape=True)


def _carries(facet: str, codes: Iterable[str]) -> ColumnElement[bool]:
    """Whether an entry carries one of these codes, by the tables: its tags, its first year, or a column of its kind."""
    codes = list(codes)
    if facet in {"region", "group"}:
        inside = countries.members if facet == "region" else partial(countries.in_group, on=now().date())
        return _carries("country", [code for each in codes for code in inside(each)])
    if facet == "year":
        years = [int(code) for code in codes if code.isdecimal() and 1 <= int(code) < 9999]
        starts = [(datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)) for year in years]
        return or_(false(), *((Entry.published_at >= start) & (Entry.published_at < end) for start, end in starts))
    if facet in {"country", "sdg", "sector"}:
        schemes = ("country", "used_in") if facet == "country" else (facet,)
        return Entry.id.in_(select(Tag.entry_id).where(Tag.scheme.in_(schemes), Tag.code.in_(codes)))
    tables = [mapper.local_table for mapper in inspect(Entry).self_and_descendants]
    held = [select(table.c.id).where(table.c[facet].in_(codes)) for table in tables if facet in table.c]
    return or_(false(), *(Entry.id.in_(each) for each in held))
