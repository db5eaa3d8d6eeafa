"""Time in zones: no hour is lost where a clock is put forward, none is doubled where it is put back."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
import time_machine
from flask_babel import force_locale
from hypothesis import given, settings
from hypothesis import strategies as st

from galaxy.core import zones
from galaxy.core.i18n import when
from galaxy.core.zones import Gap, Twice, in_zone, local_time, offset, span, zone_choices, zone_title

NEW_YORK = "America/New_York"
STARTS = datetime(2021, 9, 10, 13, tzinfo=UTC)
ZONES = sorted(available_timezones() - {"localtime", "Factory"})


def wall(*parts: int) -> datetime:
    """What a clock shows, whatever its zone."""
    return datetime(*parts)  # noqa: DTZ001


moments = st.datetimes(wall(1971, 1, 1), wall(2037, 12, 31)).map(lambda each: each.replace(tzinfo=UTC))
minutes = moments.map(lambda each: each.replace(second=0, microsecond=0))


def plain(words: str) -> str:
    """With plain spaces."""
    return words.replace("\N{THIN SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@settings(max_examples=500, deadline=None)
@given(minutes, st.sampled_from(ZONES))
def test_every_instant_is_found_again_by_what_the_clocks_show(moment, zone):
    shown = in_zone(moment, zone)

    found = local_time(shown.date(), shown.time(), zone)

    assert moment in ((found.first, found.second) if isinstance(found, Twice) else (found,))


@settings(max_examples=500, deadline=None)
@given(moments, st.sampled_from(ZONES))
def test_every_time_of_day_is_shown_once_never_or_twice_and_the_change_is_told(moment, zone):
    """Half an hour around each change of the year of a moment, in any zone."""
    for change in changes(zone, moment.year):
        before, after = (in_zone(at, zone).replace(tzinfo=None) for at in (change - timedelta(seconds=1), change))
        would = before + timedelta(seconds=1)
        middle = min(would, after) + abs(after - would) / 2
        found = local_time(middle.date(), middle.time(), zone)

        if after > would:
            assert found == Gap(change, would, after)
        elif after < would:
            assert isinstance(found, Twice)
            assert (found.at, found.before, found.after) == (change, would, after)
            assert {in_zone(each, zone).replace(tzinfo=None) for each in (found.first, found.second)} == {middle}
            assert found.first < change < found.second


def changes(zone: str, year: int) -> list[datetime]:
    """When in a year the clock of a zone is put forward or back, to the second."""
    found, hour = [], datetime(year, 1, 1, tzinfo=UTC)
    for _hour in range(365 * 2):
        later = hour + timedelta(hours=12)
        if in_zone(hour, zone).utcoffset() != in_zone(later, zone).utcoffset():
            old, low, high = in_zone(hour, zone).utcoffset(), 0, 12 * 3600
            while high - low > 1:
                half = (low + high) // 2
                same = in_zone(hour + timedelta(seconds=half), zone).utcoffset() == old
                low, high = (half, high) if same else (low, half)
            found.append(hour + timedelta(seconds=high))
        hour = later
    return found


@pytest.mark.parametrize(
    ("zone", "day", "at", "found"),
    [
        (NEW_YORK, date(2021, 9, 10), time(9), STARTS),
        (
            NEW_YORK,
            date(2021, 3, 14),
            time(2, 30),
            Gap(datetime(2021, 3, 14, 7, tzinfo=UTC), wall(2021, 3, 14, 2), wall(2021, 3, 14, 3)),
        ),
        (
            "Europe/Paris",
            date(2021, 10, 31),
            time(2, 30),
            Twice(
                datetime(2021, 10, 31, 0, 30, tzinfo=UTC),
                datetime(2021, 10, 31, 1, 30, tzinfo=UTC),
                datetime(2021, 10, 31, 1, tzinfo=UTC),
                wall(2021, 10, 31, 3),
                wall(2021, 10, 31, 2),
            ),
        ),
        (  # the day that Samoa left out
            "Pacific/Apia",
            date(2011, 12, 30),
            time(12),
            Gap(datetime(2011, 12, 30, 10, tzinfo=UTC), wall(2011, 12, 30), wall(2011, 12, 31)),
        ),
    ],
)
def test_times_that_do_not_exist_or_exist_twice_are_told_apart(zone, day, at, found):
    assert local_time(day, at, zone) == found


@pytest.mark.parametrize(
    ("code", "hours", "all_day", "words"),
    [
        ("en", 2, False, "Friday, September 10, 2021, 9:00 – 11:00 AM"),
        ("fr", 2, False, "vendredi 10 septembre 2021, 09:00 – 11:00"),
        ("es", 2, False, "viernes, 10 de septiembre de 2021, 9:00–11:00"),
        ("en", 5, False, "Friday, September 10, 2021, 9:00 AM – 2:00 PM"),
        ("en", 0, False, "Friday, September 10, 2021, 9:00 AM"),
        ("en", 16, False, "Friday, September 10, 2021, 9:00 AM – Saturday, September 11, 2021, 1:00 AM"),
        ("fr", 50, False, "vendredi 10 septembre 2021, 09:00 – dimanche 12 septembre 2021, 11:00"),
        ("en", 15, True, "Friday, September 10, 2021"),
        ("fr", 39, True, "vendredi 10 septembre 2021 – samedi 11 septembre 2021"),
    ],
)
def test_a_period_is_said_in_whole_words(app, code, hours, all_day, words):
    with force_locale(code):
        assert plain(span(STARTS, STARTS + timedelta(hours=hours), NEW_YORK, all_day)) == words


def test_a_period_over_a_change_of_hour_says_both_ends(app):
    start = datetime(2021, 11, 7, 5, 30, tzinfo=UTC)
    with force_locale("en"):
        said = plain(span(start, start + timedelta(hours=1), NEW_YORK))

    assert said == "Sunday, November 7, 2021, 1:30 AM – Sunday, November 7, 2021, 1:30 AM"


@pytest.mark.parametrize(
    ("code", "zone", "words"),
    [
        ("en", NEW_YORK, "New York time (UTC−4)"),
        ("en", "Asia/Kathmandu", "Kathmandu time (UTC+5:45)"),
        ("en", "Africa/Abidjan", "Abidjan time (UTC)"),
        ("en", "America/Argentina/Buenos_Aires", "Buenos Aires time (UTC−3)"),
        ("fr", NEW_YORK, "heure de New York (UTC−4)"),
        ("fr", "Africa/Abidjan", "heure d’Abidjan (UTC)"),
        ("fr", "Africa/Cairo", "heure du Caire (UTC+2)"),
        ("fr", "Africa/Ouagadougou", "heure de Ouagadougou (UTC)"),
        ("fr", "Atlantic/Azores", "heure des Açores (UTC)"),
        ("fr", "America/Havana", "heure de La Havane (UTC−4)"),
        ("fr", "UTC", "UTC"),
    ],
)
def test_a_zone_is_named_with_its_offset_then(app, code, zone, words):
    with force_locale(code):
        assert zone_title(zone, STARTS) == words


def test_the_changes_of_a_clock_are_told_with_what_it_showed_and_shows():
    year = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    told = [
        (f"{at:%m-%d %H:%M}", f"{old:%H:%M}", f"{new:%H:%M}") for at, old, new in zones.changes("Europe/Paris", *year)
    ]
    assert told == [("03-29 01:00", "02:00", "03:00"), ("10-25 01:00", "03:00", "02:00")]
    assert list(zones.changes("Africa/Niamey", *year)) == []


def test_the_offset_follows_the_season():
    assert [offset(datetime(2021, month, 1, tzinfo=UTC), NEW_YORK) for month in (1, 7)] == ["UTC−5", "UTC−4"]


def test_a_moment_may_be_told_in_another_zone(app):
    with force_locale("fr"):
        assert when(STARTS, zone=ZoneInfo(NEW_YORK)) == "10 sept. 2021, 09:00 (New York)"


def test_the_menu_of_zones_is_in_the_reader_s_language_by_region_without_old_names(app):
    french = zone_choices("fr")
    names = [name for zones in french.values() for name, _words in zones]

    assert list(french)[:3] == ["UTC", "Afrique", "Amériques"]
    assert [words for name, words in french["Afrique"] if name in {"Africa/Cairo", "Africa/Ouagadougou"}] == [
        "Le Caire, Égypte",
        "Ouagadougou, Burkina Faso",
    ]
    assert "Cairo, Egypt" in [words for _name, words in zone_choices("en")["Africa"]]
    assert {"Asia/Calcutta", "US/Eastern", "EST", "Europe/Kiev"} & set(names) == set()
    assert len(names) == len(set(names)) > 400
    assert set(names) <= available_timezones()


def test_every_country_is_in_the_menu_of_zones():
    assert len(set(zones.inhabited().values())) > 240


def test_now_is_shown_in_the_zone_asked_for(app):
    with time_machine.travel(datetime(2026, 3, 29, 0, 59, 30, tzinfo=UTC), tick=False):
        before = in_zone(datetime.now(UTC), "Europe/Paris").time()
    with time_machine.travel(datetime(2026, 3, 29, 1, 0, tzinfo=UTC), tick=False):
        after = in_zone(datetime.now(UTC), "Europe/Paris").time()

    assert (before, after) == (time(1, 59, 30), time(3))
