"""The dates of what comes again (RFC 5545, 3.3.10), counted in bounded time, whatever a rule asks for."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from galaxy.core.i18n import _

DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
READ: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"})
LONGEST, MOST_VALUES, MOST = 500, 62, 5_000


class CannotRead(ValueError):
    """An event cannot be taken; says why."""


@dataclass
class Budget:
    """How many days may still be looked at, for all events of a file."""

    left: int = 200_000

    def spend(self, days: int) -> None:
        self.left -= days
        if self.left < 0:
            raise CannotRead(_("the calendar asks for too many dates"))


@dataclass(frozen=True)
class Rule:
    """A rule in its parts; weekdays have the place in their month or year, 0 where any."""

    freq: str
    interval: int = 1
    count: int | None = None
    until: str = ""
    weekdays: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    places: tuple[int, ...] = ()
    week_start: int = 0


def dates_of(
    text: str, start: datetime, instant: Callable[[datetime], datetime], latest: datetime, budget: Budget
) -> list[datetime]:
    """The dates of a rule by the clock of its zone, the start among them, until the latest; `CannotRead` where none."""
    rule, found = _read(text), [start]
    ends = _end(rule.until, start, instant)
    for day in _days(rule, start.date(), latest.date(), budget):
        moment = datetime.combine(day, start.time())
        if moment <= start:
            continue
        if moment > latest or ends(moment) or len(found) == rule.count or len(found) == MOST:
            break
        found.append(moment)
    return found


def _read(text: str) -> Rule:
    parts = (
        dict(part.partition("=")[::2] for part in text.strip().upper().split(";") if part)
        if len(text) <= LONGEST
        else {}
    )
    try:
        if set(parts) - READ or parts.get("FREQ") not in STEPS:
            raise CannotRead(_("it comes again by a rule of a kind that is not read here"))
        return Rule(
            freq=parts["FREQ"],
            interval=_number(parts.get("INTERVAL", "1"), 1, 1_000),
            count=_number(parts["COUNT"], 1, 10_000_000) if "COUNT" in parts else None,
            until=parts.get("UNTIL", ""),
            weekdays=tuple(_weekday(each) for each in _several(parts, "BYDAY")),
            month_days=tuple(_number(each, -31, 31) for each in _several(parts, "BYMONTHDAY")),
            months=tuple(_number(each, 1, 12) for each in _several(parts, "BYMONTH")),
            places=tuple(_number(each, -366, 366) for each in _several(parts, "BYSETPOS")),
            week_start=DAYS.index(parts.get("WKST", "MO")),
        )
    except (ValueError, KeyError) as failure:
        if isinstance(failure, CannotRead):
            raise
        raise CannotRead(_("the rule by which it comes again cannot be read")) from None


def _several(parts: dict[str, str], name: str) -> list[str]:
    return parts[name].split(",")[:MOST_VALUES] if name in parts else []


def _number(text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,8}", text) or not least <= int(text) <= most or int(text) == 0:
        raise ValueError(text)
    return int(text)


def _weekday(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)", text)
    if found is None:
        raise ValueError(text)
    return (_number(found[1], -53, 53) if found[1] else 0), DAYS.index(found[2])


def _end(until: str, start: datetime, instant: Callable[[datetime], datetime]) -> Callable[[datetime], bool]:
    """Whether a date is after the last: a day, a time of the same clock, or an instant."""
    found = re.fullmatch(r"([0-9]{8})(?:T([0-9]{6})(Z)?)?", until)
    if not until:
        return lambda _moment: False
    if found is None:
        raise CannotRead(_("the rule by which it comes again cannot be read"))
    try:
        last = datetime.strptime(found[1] + (found[2] or "235959"), "%Y%m%d%H%M%S")  # noqa: DTZ007  # as the clock shows
    except ValueError:
        raise CannotRead(_("the rule by which it comes again cannot be read")) from None
    if found[3]:
        return lambda moment: instant(moment) > last.replace(tzinfo=UTC)
    return lambda moment: moment > last


# Days by periods.


def _days(rule: Rule, start: date, latest: date, budget: Budget) -> Iterator[date]:
    """The days of a rule in order, from the period of the start on."""
    for period in STEPS[rule.freq](rule, start, latest):
        budget.spend(1 + len(period) // 4)
        days = [day for day in period if not rule.months or day.month in rule.months]
        if rule.places:
            days = sorted(
                {days[place - (place > 0)] for place in rule.places if -len(days) <= place - (place > 0) < len(days)}
            )
        yield from days


def _daily(rule: Rule, start: date, latest: date) -> Iterator[list[date]]:
    weekdays = {weekday for _place, weekday in rule.weekdays}
    while start <= latest:
        fits = (not weekdays or start.weekday() in weekdays) and (not rule.month_days or _of_month(rule, start))
        yield [start] if fits else []
        start += timedelta(days=rule.interval)


def _weekly(rule: Rule, start: date, latest: date) -> Iterator[list[date]]:
    weekdays = {weekday for _place, weekday in rule.weekdays} or {start.weekday()}
    monday = start - timedelta(days=(start.weekday() - rule.week_start) % 7)
    while monday <= latest:
        week = (monday + timedelta(days=number) for number in range(7))
        yield [day for day in week if day.weekday() in weekdays]
        monday += timedelta(weeks=rule.interval)


def _monthly(rule: Rule, start: date, latest: date) -> Iterator[list[date]]:
    number = start.year * 12 + start.month - 1
    while date(number // 12, number % 12 + 1, 1) <= latest:
        yield _fitting(rule, _month(number // 12, number % 12 + 1), start)
        number += rule.interval


def _yearly(rule: Rule, start: date, latest: date) -> Iterator[list[date]]:
    for year in range(start.year, latest.year + 1, rule.interval):
        if rule.months:
            months = [_month(year, month) for month in sorted(set(rule.months))]
            yield [day for month in months for day in _fitting(rule, month, start)]
        elif rule.month_days:
            yield [day for month in range(1, 13) for day in _fitting(rule, _month(year, month), start)]
        elif rule.weekdays:
            yield _fitting(rule, [day for month in range(1, 13) for day in _month(year, month)], start)
        else:
            yield [day for day in _month(year, start.month) if day.day == start.day]


STEPS: Final[dict[str, Callable[[Rule, date, date], Iterator[list[date]]]]] = {
    "DAILY": _daily,
    "WEEKLY": _weekly,
    "MONTHLY": _monthly,
    "YEARLY": _yearly,
}


def _month(year: int, month: int) -> list[date]:
    first = date(year, month, 1)
    days = ((first + timedelta(days=32)).replace(day=1) - first).days
    return [first + timedelta(days=number) for number in range(days)]


def _fitting(rule: Rule, days: list[date], start: date) -> list[date]:
    """The days of a month or a year that a rule names; without a name, the day of the start."""
    if not rule.month_days and not rule.weekdays:
        return [day for day in days if day.day == start.day]
    found = [day for day in days if _of_month(rule, day)] if rule.month_days else days
    if not rule.weekdays:
        return found
    named: set[date] = set()
    for place, weekday in rule.weekdays:
        same = [day for day in days if day.weekday() == weekday]
        if place == 0:
            named.update(same)
        elif -len(same) <= place - (place > 0) < len(same):
            named.add(same[place - (place > 0)])
    return [day for day in found if day in named]


def _of_month(rule: Rule, day: date) -> bool:
    """Whether its number, from the beginning or from the end of its month, is named."""
    if day.day in rule.month_days:
        return True
    if not any(number < 0 for number in rule.month_days):
        return False
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return day.day - (following - day.replace(day=1)).days - 1 in rule.month_days
