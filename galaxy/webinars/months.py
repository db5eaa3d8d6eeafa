"""A month of webinars as a calendar shows it: each on each of its days, in one zone, and the months around it."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, get_day_names
from sqlalchemy import ColumnElement, Row, Select, and_, func

from galaxy.core.db import db
from galaxy.core.i18n import reader_locale, zone_named
from galaxy.core.zones import in_zone, zone_title
from galaxy.search.lists import Catalogue
from galaxy.search.questions import Narrowed
from galaxy.webinars.models import Webinar
from galaxy.webinars.queries import WEBINARS, brief, listed

MOST: Final = 1_000  # events of one month
LONG: Final = 7  # days: what lasts longer stands above the month, once
LONGEST: Final = timedelta(days=367)  # that an event lasts
A_DAY, A_MOMENT = timedelta(days=1), timedelta(microseconds=1)
TRIED: Final = 20  # events whose days are looked at to find the next month that has something


Timed = Webinar | Row[Any]
"""A webinar, or no more of it than when it is."""


@dataclass(frozen=True)
class Day:
    """A day and what takes place on it, whole days first."""

    date: date
    webinars: list[Webinar]


@dataclass(frozen=True)
class Month:
    """The weeks of a month, none where a day of them is of another; what goes on for long; the months around it."""

    first: date
    zone: ZoneInfo
    weeks: list[list[Day | None]]
    long: list[Webinar]
    before: date | None  # the first day of the nearest earlier month that has something
    after: date | None

    @property
    def days(self) -> list[Day]:
        """Its days in a row."""
        return [day for week in self.weeks for day in week if day]

    @property
    def is_empty(self) -> bool:
        """Whether nothing takes place in it."""
        return not self.long and not any(day.webinars for day in self.days)

    @property
    def title(self) -> str:
        """Its name in the reader's language: "March 2026"."""
        return month_name(self.first)

    @property
    def weekdays(self) -> list[str]:
        """The names of the days of a week, from the first one of the reader's."""
        names = get_day_names("wide", "stand-alone", reader_locale())
        return [names[number] for number in calendar.Calendar(reader_locale().first_week_day).iterweekdays()]

    @property
    def clocks(self) -> list[str]:
        """The zone it is told in; where its clock is changed in this month, before and after that."""
        ends = (_midnight(self.first, self.zone), _midnight(_next(self.first), self.zone) - A_MOMENT)
        return list(dict.fromkeys(zone_title(self.zone, moment) for moment in ends))


def month_of(asked: Narrowed, first: date, zone: ZoneInfo) -> Month:
    """The month that begins on a day, of what is asked of the list: three statements, however much there is."""
    begin, end = _midnight(first, zone), _midnight(_next(first), zone)
    found = db.session.scalars(_taking_place(asked, begin - A_DAY, end + A_DAY)).all()
    spans = {webinar: days_of(webinar, zone) for webinar in found}
    inside = {webinar: span for webinar, span in spans.items() if span[0] < _next(first) and span[1] >= first}
    long = [webinar for webinar, (start, last) in inside.items() if (last - start).days >= LONG]
    by_day: dict[date, list[Webinar]] = {}
    for webinar in sorted(inside.keys() - set(long), key=lambda each: (not each.all_day, each.starts_at, each.id)):
        for day in _each_day(*inside[webinar]):
            by_day.setdefault(day, []).append(webinar)
    weeks = calendar.Calendar(reader_locale().first_week_day).monthdatescalendar(first.year, first.month)
    return Month(
        first,
        zone,
        [[Day(day, by_day.get(day, [])) if day.month == first.month else None for day in week] for week in weeks],
        long,
        before=_before(asked, first, zone, spans.values()),
        after=_after(asked, _next(first), zone, spans.values()),
    )


def month_name(day: date) -> str:
    """The month of a day, as a heading says it: "March 2026"."""
    said = str(format_skeleton("yMMMM", day, locale=reader_locale()))
    return said[:1].upper() + said[1:]


def days_of(webinar: Timed, zone: ZoneInfo) -> tuple[date, date]:
    """Its first and last day by the clocks of a zone; of whole days, those of its own."""
    clock = zone_named(webinar.zone) or "UTC" if webinar.all_day else zone
    assert webinar.starts_at is not None, "what has no time stands in no month"
    end = webinar.ends_at or webinar.starts_at
    first = in_zone(webinar.starts_at, clock).date()
    return first, max(first, in_zone(end - A_MOMENT, clock).date())


def _taking_place(asked: Narrowed, begin: datetime, end: datetime) -> Select[Webinar]:
    """Those of what is asked for that take place, wholly or in part, from one moment to another."""
    over = func.coalesce(Webinar.ends_at, Webinar.starts_at) < begin
    near = and_(Webinar.starts_at >= begin - LONGEST, Webinar.starts_at < end, ~over)
    return _narrowed(near).fitting(asked).order_by(Webinar.starts_at, Webinar.id).limit(MOST)


def _narrowed(*conditions: ColumnElement[bool]) -> Catalogue[Webinar]:
    """The list of webinars, of those for which this holds, with no more of each than a line says."""
    rows, shown = (lambda: listed().where(*conditions)), (lambda: brief().where(*conditions))
    return replace(WEBINARS, rows=rows, shown=shown)


def _before(asked: Narrowed, first: date, zone: ZoneInfo, near: Iterable[tuple[date, date]]) -> date | None:
    """The first day of the month before this one that has something; `near`: days of what is in it or just beside."""
    if any(start < first for start, _last in near):
        return (first - A_DAY).replace(day=1)
    earlier = _narrowed(Webinar.starts_at < _midnight(first, zone)).fitting(asked)
    lasts = [days_of(each, zone)[1] for each in _tried(earlier, Webinar.starts_at.desc())]
    return next((last.replace(day=1) for last in lasts if last < first), None)


def _after(asked: Narrowed, end: date, zone: ZoneInfo, near: Iterable[tuple[date, date]]) -> date | None:
    """The first day of the month from this day on that has something."""
    if any(last >= end for _start, last in near):
        return end
    later = _narrowed(Webinar.starts_at >= _midnight(end, zone)).fitting(asked)
    starts = [days_of(each, zone)[0] for each in _tried(later, Webinar.starts_at.asc())]
    return next((start.replace(day=1) for start in starts if start >= end), None)


def _tried(found: Select[Webinar], order: ColumnElement[Any]) -> Iterable[Timed]:
    """When the first few of these are."""
    read = (Webinar.starts_at, Webinar.ends_at, Webinar.zone, Webinar.all_day)
    return db.session.execute(found.with_only_columns(*read, maintain_column_froms=True).order_by(order).limit(TRIED))


def _each_day(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _next(first: date) -> date:
    """The first day of the month after."""
    return (first + timedelta(days=31)).replace(day=1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
