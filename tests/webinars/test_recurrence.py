"""Dates of what comes again: as `dateutil` counts them, in bounded time."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from galaxy.webinars.recurrence import Budget, CannotRead, dates_of

START = datetime.fromisoformat("2026-01-07T09:30")  # a Wednesday
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def dates(rule: str, start: datetime = START, days: int = 731, budget: Budget | None = None) -> list[datetime]:
    def instant(wall: datetime) -> datetime:
        return wall.replace(tzinfo=UTC)

    return dates_of(rule, start, instant, start + timedelta(days=days), budget or Budget())


@st.composite
def rules(draw: st.DrawFn) -> str:
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={freq}", f"INTERVAL={draw(st.integers(1, 4))}"]
    days = st.lists(st.sampled_from(DAYS), min_size=1, max_size=3, unique=True)
    if draw(st.booleans()):
        places = st.sampled_from(["", "1", "2", "-1"]) if freq == "MONTHLY" else st.just("")
        place = draw(places)  # one for all: where some have one and some not, dateutil reads otherwise
        parts.append("BYDAY=" + ",".join(place + day for day in draw(days)))
    if freq in {"MONTHLY", "DAILY"} and draw(st.booleans()):
        numbers = st.lists(st.sampled_from([1, 7, 15, 28, 31, -1, -3]), min_size=1, max_size=3, unique=True)
        parts.append("BYMONTHDAY=" + ",".join(map(str, draw(numbers))))
    if draw(st.booleans()):
        months = st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True)
        parts.append("BYMONTH=" + ",".join(map(str, draw(months))))
    if freq == "MONTHLY" and "BYDAY" in " ".join(parts) and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(st.sampled_from(['1', '-1', '1,2']))}")
    if draw(st.booleans()):
        parts.append(f"WKST={draw(st.sampled_from(DAYS))}")
    return ";".join(parts)


@given(rules(), st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)))  # noqa: DTZ001  # as clocks show
@settings(max_examples=150, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_dates_are_those_that_dateutil_counts(rule: str, start: datetime) -> None:
    start = start.replace(microsecond=0, second=0)
    latest = start + timedelta(days=731)
    theirs = rrulestr(f"{rule};UNTIL={latest:%Y%m%dT%H%M%S}", dtstart=start)
    assert dates(rule, start) == sorted({start, *theirs})


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("FREQ=WEEKLY;COUNT=3", ["01-07", "01-14", "01-21"]),
        ("FREQ=WEEKLY;UNTIL=20260114", ["01-07", "01-14"]),
        ("FREQ=WEEKLY;UNTIL=20260114T093000Z", ["01-07", "01-14"]),
        ("FREQ=WEEKLY;UNTIL=20260114T092959Z", ["01-07"]),
        ("freq=monthly;byday=2WE;count=2", ["01-07", "01-14"]),
        ("FREQ=YEARLY;COUNT=1", ["01-07"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", ["01-07", "01-31", "03-31"]),
    ],
)
def test_the_start_is_a_date_and_counted(rule: str, found: list[str]) -> None:
    assert [f"{each:%m-%d}" for each in dates(rule)] == found


@pytest.mark.parametrize("freq", ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
@pytest.mark.parametrize("rest", ["BYMONTH=2;BYMONTHDAY=30", "COUNT=1000000", "INTERVAL=1000", "BYSETPOS=366"])
def test_whatever_a_rule_asks_for_its_dates_are_counted_at_once(freq: str, rest: str) -> None:
    begun = time.process_time()
    dates(f"FREQ={freq};{rest}", datetime.fromisoformat("1990-01-01T00:00"), days=38 * 366)
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=1,2", "", "INTERVAL=2",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=DAILY;INTERVAL=0", "FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY;UNTIL=soon", "FREQ=DAILY;UNTIL=20261340",
        "FREQ=MONTHLY;BYMONTHDAY=" + "1," * 5_000, "FREQ=DAILY;COUNT=99999999999999999999", "FREQ=YEARLY;BYWEEKNO=1",
        "FREQ=WEEKLY;WKST=XX", "FREQ=DAILY;COUNT=٣",
    ],
)  # fmt: skip
def test_a_rule_that_is_not_read_is_refused(rule: str) -> None:
    with pytest.raises(CannotRead):
        dates(rule)


def test_all_rules_of_a_file_have_one_budget() -> None:
    budget = Budget(left=1_000)
    dates("FREQ=DAILY", days=700, budget=budget)
    with pytest.raises(CannotRead, match="too many dates"):
        dates("FREQ=DAILY", days=700, budget=budget)
