"""Working days: days of the week that are no weekend, counted as dates in the time zone of who works."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
BEGINS, ENDS = time(8), time(23, 59, 59)
"""When reminders are read, and the last second of a day."""


def weekend(days: Iterable[int]) -> frozenset[int]:
    """Days of the week on which nobody works, 0 being Monday; a ValueError where no day is left to work on."""
    found = frozenset(days)
    if not found <= frozenset(range(7)):
        raise ValueError("Days of the week are numbered from 0, Monday, to 6.")
    if len(found) == 7:
        raise ValueError("A week needs a working day.")
    return found


def working_day(first: date, count: int, rest: frozenset[int]) -> date:
    """The working day `count` after `first`, or before it where `count` is negative.

    With 0 it is `first` itself, or the next working day where `first` is none.
    """
    step, left, day = (-DAY if count < 0 else DAY), abs(count), first
    while left or day.weekday() in rest:
        day += step
        if left and day.weekday() not in rest:
            left -= 1
    return day


def working_days(first: date, last: date, rest: frozenset[int]) -> int:
    """How many working days come after `first`, up to and with `last`; 0 where `last` is not later."""
    spent = max((last - first).days, 0)
    weeks, odd = divmod(spent, 7)
    return weeks * (7 - len(rest)) + sum((first + n * DAY).weekday() not in rest for n in range(1, odd + 1))


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of somebody who works: their weekend and their time zone."""

    rest: frozenset[int]
    zone: ZoneInfo

    def day(self, moment: datetime) -> date:
        """Which day it is there."""
        return moment.astimezone(self.zone).date()

    def deadline(self, since: datetime, days: int) -> datetime:
        """The end of the working day that comes so many working days later."""
        return self._at(working_day(self.day(since), days, self.rest), ENDS)

    def morning(self, deadline: datetime, days: int) -> datetime:
        """The morning of the working day so many after the day of a deadline, or before it."""
        return self._at(working_day(self.day(deadline), days, self.rest), BEGINS)

    def moved(self, deadline: datetime, paused: datetime, resumed: datetime) -> datetime:
        """A deadline after a pause: the working days that were left are left again. What had passed has passed."""
        if deadline < paused:
            return deadline
        left = working_days(self.day(paused), self.day(deadline), self.rest)
        return max(deadline, self.deadline(resumed, left))

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone).astimezone(UTC)
