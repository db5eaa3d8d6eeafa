"""Counting working days: what holds of every weekend, and the calendars of countries."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galaxy.moderation.working_days import Calendar, weekend, working_day, working_days
from galaxy.reference.countries import OFFERED
from galaxy.reference.weeks import weekend_of, zone_of

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
RESTS = st.frozensets(st.integers(0, 6), max_size=6)
COUNTS = st.integers(0, 250)
FAR = st.integers(-250, 250)
MOMENTS = st.integers(0, 15 * 365 * 24 * 60).map(
    lambda spent: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=spent)
)


@given(DAYS, FAR, RESTS)
def test_a_working_day_is_never_on_a_weekend(day, count, rest):
    assert working_day(day, count, rest).weekday() not in rest


@given(DAYS, COUNTS, RESTS)
def test_one_more_working_day_is_later_but_on_a_weekend_the_first_is_the_next(day, count, rest):
    found, next_one = working_day(day, count, rest), working_day(day, count + 1, rest)

    assert found == next_one if count == 0 and day.weekday() in rest else found < next_one


@given(DAYS, st.integers(0, 60), COUNTS, RESTS)
def test_who_begins_later_is_never_done_earlier(day, more, count, rest):
    assert working_day(day, count, rest) <= working_day(day + timedelta(more), count, rest)


@given(DAYS, RESTS)
def test_no_working_day_later_is_the_day_itself_or_the_first_after_the_weekend(day, rest):
    found = working_day(day, 0, rest)

    assert all((day + timedelta(n)).weekday() in rest for n in range((found - day).days))


@given(DAYS, st.integers(1, 250), RESTS)
def test_counting_back_undoes_counting_on(day, count, rest):
    first = working_day(day, 0, rest)

    assert working_day(working_day(first, count, rest), -count, rest) == first


@given(DAYS, COUNTS, RESTS)
def test_working_days_between_are_those_that_were_counted(day, count, rest):
    first = working_day(day, 0, rest)

    assert working_days(first, working_day(first, count, rest), rest) == count


@given(DAYS, st.integers(0, 400), RESTS)
def test_working_days_are_counted_as_one_by_one(day, span, rest):
    last = day + timedelta(span)

    one_by_one = sum((day + timedelta(n)).weekday() not in rest for n in range(1, span + 1))

    assert (working_days(day, last, rest), working_days(last, day, rest)) == (one_by_one, 0)


@pytest.mark.parametrize("days", [range(7), [7], [-1]])
def test_a_week_without_a_working_day_or_with_an_unknown_one_is_refused(days):
    with pytest.raises(ValueError, match="week"):
        weekend(days)


@given(MOMENTS, COUNTS, RESTS, st.sampled_from(OFFERED))
def test_a_deadline_ends_its_working_day_where_the_work_is_done(since, days, rest, country):
    calendar = Calendar(rest, zone_of(country.code) or ZoneInfo("UTC"))
    deadline = calendar.deadline(since, days)

    assert calendar.day(deadline) == working_day(calendar.day(since), days, rest)
    assert calendar.day(deadline + timedelta(seconds=1)) == calendar.day(deadline) + timedelta(1)


@given(MOMENTS, COUNTS, st.integers(0, 90), st.integers(0, 400), RESTS)
def test_a_pause_gives_back_the_working_days_that_were_left(since, days, before, pause, rest):
    calendar = Calendar(rest, ZoneInfo("Africa/Nairobi"))
    paused = since + timedelta(days=before)
    resumed = paused + timedelta(days=pause)
    deadline = calendar.deadline(since, days)
    moved = calendar.moved(deadline, paused, resumed)

    if deadline < paused:
        assert moved == deadline
    else:
        left = working_days(calendar.day(paused), calendar.day(deadline), rest)
        assert moved == max(deadline, calendar.deadline(resumed, left))


def test_countries_rest_on_days_of_their_own():
    assert {code: sorted(weekend_of(code)) for code in ("EGY", "BFA", "IRN", "IND", "AFG", "XXX")} == {
        "EGY": [4, 5],
        "BFA": [5, 6],
        "IRN": [4],
        "IND": [6],
        "AFG": [3, 4],
        "XXX": [5, 6],
    }
    assert weekend_of(None) == {5, 6}


def test_a_country_has_the_time_of_its_capital():
    assert {code: str(zone_of(code)) for code in ("FJI", "BFA", "BRA", "IDN", "KIR", "COD", "XXX")} == {
        "FJI": "Pacific/Fiji",
        "BFA": "Africa/Ouagadougou",
        "BRA": "America/Sao_Paulo",
        "IDN": "Asia/Jakarta",
        "KIR": "Pacific/Tarawa",
        "COD": "Africa/Kinshasa",
        "XXX": "None",
    }


def test_every_country_where_people_live_has_a_time_zone():
    assert [country.code for country in OFFERED if zone_of(country.code) is None] == ["BVT", "HMD"]
