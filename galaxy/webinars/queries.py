"""How webinars are found: narrowed by what they are about and when they are, month by month, and what comes next."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from flask_babel import LazyString
from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import joinedload, lazyload, load_only, selectinload
from sqlalchemy.sql import FromClause

from galaxy.accounts.models import User
from galaxy.content.models import VISIBLE, Entry, Status, Tag, Version
from galaxy.content.words import code_name
from galaxy.core.db import db, now
from galaxy.core.i18n import lazy
from galaxy.reference.countries import COUNTRIES
from galaxy.reference.groups import GROUPS
from galaxy.reference.languages import LANGUAGES
from galaxy.reference.lists import FORMATS
from galaxy.reference.sdgs import GOALS
from galaxy.reference.sectors import CATEGORIES
from galaxy.search.lists import Catalogue, Column, Counting, Goals, Groups, Refs, Sectors, Sort, Tags
from galaxy.webinars.models import Interpretation, Series, State, Webinar

WHEN: Final[Mapping[str, LazyString]] = {
    "now": lazy("On now"),
    "coming": lazy("To come"),
    "past": lazy("Past"),
}
RECORDING: Final[Mapping[str, LazyString]] = {"yes": lazy("With a recording"), "no": lazy("Without a recording")}

BRIEF: Final = (
    load_only(Webinar.ref, Webinar.title, Webinar.language, Webinar.kind, Webinar.starts_at, Webinar.ends_at).load_only(
        Webinar.zone, Webinar.all_day, Webinar.state
    ),
    lazyload(Webinar.tags),
    lazyload(Webinar.interpretation),
)

recorded = or_(Webinar.recording_url != "", Webinar.recording_id.is_not(None))


def published() -> Select[Webinar]:
    """The webinars that the public is shown, each with its body."""
    return select(Webinar).where(Entry.status == Status.PUBLISHED).options(joinedload(Webinar.body))


def brief() -> Select[Webinar]:
    """The same, with no more of each than a line says: its title, when it is, whether it takes place."""
    return select(Webinar).where(Entry.status == Status.PUBLISHED).options(*BRIEF)


def coming() -> Select[Webinar]:
    """The published webinars that are on now or take place later, the soonest first; last what goes on for days."""
    planned = published().where(Webinar.state == State.PLANNED, Webinar.ends_at > now())
    goes_on = case((Webinar.starts_at < now() - timedelta(days=1), 1), else_=0)
    return planned.order_by(goes_on, Webinar.starts_at, Webinar.id)


def with_recording() -> Select[Webinar]:
    """The published webinars that one can watch afterwards, the last first."""
    kept = published().where(recorded, Webinar.ends_at <= now())
    return kept.order_by(Webinar.starts_at.desc(), Webinar.id.desc())


def _when() -> ColumnElement[str]:
    """Whether it is on, will be or has been; of what is called off, whether it would."""
    moment = now()
    on = and_(Webinar.state == State.PLANNED, Webinar.starts_at <= moment, Webinar.ends_at > moment)
    return case((Webinar.ends_at <= moment, "past"), (on, "now"), else_="coming")


def listed() -> Select[Any]:
    """The published webinars, each with its codes of one value, and what they are sorted by."""
    read: tuple[Any, ...] = (
        Webinar.id,
        _when().label("when"),
        Webinar.format,
        case((recorded, "yes"), else_="no").label("recording"),
        Series.ref.label("series"),
        Webinar.starts_at,
        Webinar.published_at,
    )
    found = select(Webinar).where(Entry.status == Status.PUBLISHED).outerjoin(Series, Series.id == Webinar.series_id)
    return found.with_only_columns(*read, maintain_column_froms=True)


def _soonest(rows: FromClause) -> Sequence[ColumnElement[Any]]:
    """What is on now and to come, the soonest first; then what is over, the last first."""
    over = case((rows.c.when == "past", 1), else_=0)
    return over, case((over == 0, rows.c.starts_at)).asc().nulls_last(), rows.c.starts_at.desc(), rows.c.id.desc()


def _latest(rows: FromClause) -> Sequence[ColumnElement[Any]]:
    """The other way round: the last first."""
    return rows.c.starts_at.desc().nulls_last(), rows.c.id.desc()


def _newest(rows: FromClause) -> Sequence[ColumnElement[Any]]:
    """What was announced last comes first."""
    return rows.c.published_at.desc(), rows.c.id.desc()


class Followed(Tags):
    """Languages in which one follows a webinar: those that are spoken, and those it is interpreted into."""

    def fits(self, rows: FromClause, codes: Iterable[str]) -> ColumnElement[bool]:
        heard = select(Interpretation.webinar_id).where(Interpretation.language.in_(list(codes)))
        return or_(super().fits(rows, codes), rows.c.id.in_(heard))

    def counted(self, rows: FromClause) -> list[Counting]:
        """Each once of each webinar, also where a language is both."""
        spoken = select(Tag.entry_id, Tag.code).where(Tag.scheme == self.tags)
        both = (Tag.entry_id == Interpretation.webinar_id, Tag.code == Interpretation.language)
        heard = select(Interpretation.webinar_id, Interpretation.language).where(
            ~select(Tag.code).where(Tag.scheme == self.tags, *both).exists()
        )
        either = union_all(spoken, heard.distinct()).subquery("either")
        shown = (either.c.entry_id + 0).in_(select(rows.c.id))
        return [select(literal(self.name), either.c.code, func.count()).where(shown).group_by(either.c.code)]


def _titles(refs: Collection[str]) -> dict[str, str]:
    """The titles of those of these series that the public knows."""
    shown = select(Webinar.id).where(Webinar.series_id == Series.id, Webinar.status.in_(VISIBLE)).exists()
    rows = select(Series.ref, Series.title).where(Series.ref.in_(refs), shown)
    return {series.ref: series.title for series in db.session.execute(rows)}


WEBINARS: Final = Catalogue(
    rows=listed,
    shown=published,
    facets=(
        Column("when", WHEN, lazy("When"), lambda code: str(WHEN[code])),
        Followed("language", LANGUAGES, by_count=True, scheme="spoken"),
        Column("format", FORMATS, lazy("Kind of event"), lambda code: code_name("format", code), by_count=True),
        Column("recording", RECORDING, lazy("Recording"), lambda code: str(RECORDING[code])),
        Sectors("sector", CATEGORIES, lazy("Theme"), by_count=True),
        Goals("sdg", GOALS),
        Refs("series", label=lazy("Series"), named=_titles),
        Tags("country", COUNTRIES, by_count=True),
        Groups("group", GROUPS, scheme="country"),
    ),
    sorts={
        "soonest": Sort(lazy("Soonest first"), _soonest),
        "latest": Sort(lazy("Latest first"), _latest),
        "newest": Sort(lazy("Last announced"), _newest),
    },
)
"""The list of webinars."""


def on_now(most: int) -> Sequence[Webinar]:
    """What takes place at this moment, what began last first; without what only cards say."""
    moment = now()
    on = brief().where(Webinar.state == State.PLANNED, Webinar.starts_at <= moment, Webinar.ends_at > moment)
    return db.session.scalars(on.order_by(Webinar.starts_at.desc(), Webinar.id.desc()).limit(most)).all()


_standing = selectinload(Entry.versions).load_only(Version.number, Version.status)


def mine(user: User) -> list[Webinar]:
    """Webinars this person may write: their own, and those of the bodies they act for, the last changed first."""
    bodies = [body.id for body in user.bodies]
    own = or_(Entry.body_id.in_(bodies), (Entry.author_id == user.id) & Entry.body_id.is_(None))
    rows = select(Webinar).where(own).options(joinedload(Webinar.body), _standing)
    return list(db.session.scalars(rows.order_by(Entry.updated_at.desc(), Entry.id.desc()).limit(300)).unique())
