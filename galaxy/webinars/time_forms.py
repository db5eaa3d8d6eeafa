"""When something takes place, as people type it: by the clocks of a zone, on one day or on several."""

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_time
from wtforms import RadioField, SelectField
from wtforms.widgets import TimeInput

from galaxy.content.forms import DayField, EntryForm, Needed, ReadField
from galaxy.core.db import now
from galaxy.core.i18n import _, lazy, reader_locale, zone_named
from galaxy.core.zones import Gap, Twice, city, in_zone, local_time, offset, zone_choices
from galaxy.webinars.models import Webinar
from galaxy.webinars.rules import wrong_time

FIRST, SECOND = "first", "second"


class TimeField(ReadField):
    """A time of the day, kept as 14:30."""

    widget = TimeInput()

    def read(self, typed: str) -> str:
        try:
            hour, _colon, minute = typed.lower().replace("h", ":").partition(":")
            return time(int(hour), int(minute.partition(":")[0].strip() or 0)).isoformat("minutes")
        except (ValueError, OverflowError):
            raise ValueError(_("Please give a time, as 14:30.")) from None


class Period(NamedTuple):
    """When something takes place: instants in UTC, and the zone whose clocks it is announced by."""

    starts_at: datetime
    ends_at: datetime
    zone: str
    all_day: bool = False

    @property
    def is_past(self) -> bool:
        return self.ends_at <= now()


def tell(field: Any, words: Any) -> None:
    """Say below a field what is wrong with it."""
    field.errors = [*field.errors, words]


def twice_field() -> RadioField:
    return RadioField(
        lazy("Clocks show this time twice that night. Which do you mean?"),
        [Needed()],
        choices=[],
        validate_choice=False,
    )


class TimedForm(EntryForm):
    """A form that asks when: the clocks of a zone, on one day or on several. `period` is what was meant."""

    period: Period | None = None

    day = DayField(lazy("Day"), [Needed()])
    begins = TimeField(lazy("Begins at"), [Needed()])
    ends = TimeField(lazy("Ends at"), [Needed()])
    begins_twice = twice_field()
    ends_twice = twice_field()
    zone = SelectField(lazy("Time zone"), [Needed()], validate_choice=False)

    def offer_zones(self, own: ZoneInfo | None) -> None:
        """The zones to choose from: the chosen one and the host's own first."""
        menu = zone_choices()
        names = dict(choice for region in menu.values() for choice in region)
        first = [name for name in dict.fromkeys((self.zone.data, own.key if own else "")) if zone_named(name)]
        self.zone.choices = {
            _("Yours"): [(name, names.get(name) or city(name)) for name in first if name],
            **{region: [each for each in zones if each[0] not in first] for region, zones in menu.items()},
        }

    def validate(self, extra_validators: Any = None) -> bool:
        right = bool(super().validate(extra_validators))
        return self._settle() and right

    @property
    def whole_days(self) -> bool:
        return bool("all_day" in self and self["all_day"].data)

    def _last(self) -> str | None:
        return (self["last_day"].data if "last_day" in self else None) or self.day.data

    def _times(self) -> list[Any]:
        return [self[name] for name in ("day", "begins", "ends", "last_day", "zone") if name in self]

    def _settle(self) -> bool:
        """Find the period that is meant, or say what is wrong with it; where nothing is said there is none."""
        self.show_twice()
        if any(field.errors for field in self._times()):
            return False
        if not any(field.data for field in self._times() if field.name != "zone"):
            return True
        starts_at, ends_at = self._instant("begins", self.day.data), self._instant("ends", self._last())
        if starts_at is None or ends_at is None:
            return False
        if why := wrong_time(starts_at, ends_at, self.zone.data or ""):
            tell(self.ends if ends_at <= starts_at and not self.whole_days else self.day, why)
            return False
        self.period = Period(starts_at, ends_at, self.zone.data or "", self.whole_days)
        return True

    def _found(self, name: str, day: str | None) -> Gap | Twice | datetime | None:
        """What the clocks of the zone say to a beginning or an end; None where it is not said yet."""
        clock, zone = self[name].data, zone_named(self.zone.data)
        if not day or zone is None or not (clock or self.whole_days):
            return None
        on = date.fromisoformat(day)
        if self.whole_days:
            return local_time(on + timedelta(days=name == "ends"), time(), zone)
        return local_time(on, time.fromisoformat(clock), zone)

    def _instant(self, name: str, day: str | None) -> datetime | None:
        """The instant that is meant by a beginning or an end; else the form says why there is none."""
        found = self._found(name, day)
        if found is None:
            self._ask_for(name, day)
        elif isinstance(found, datetime):
            return found
        elif self.whole_days:  # a day whose midnight does not exist begins when its clock does
            return found.at if isinstance(found, Gap) else found.first
        elif isinstance(found, Twice):
            return self._chosen(name, found)
        else:
            tell(self[name], self._no_such(found))
        return None

    def _ask_for(self, name: str, day: str | None) -> None:
        if zone_named(self.zone.data) is None:
            if not self.zone.errors:
                tell(self.zone, _("There is no such time zone. Please choose one from the list."))
        elif not day:
            if not self.day.errors:
                tell(self.day, _("Please say on which day, or leave the hours empty too."))
        else:
            tell(self[name], _("Please say from when to when, or leave the day empty too."))

    def _no_such(self, gap: Gap) -> str:
        before, after = (clock_words(each) for each in (gap.before, gap.after))
        return str(
            _(
                "Clocks in %(city)s go from %(before)s to %(after)s that night. Please choose a time that they show.",
                city=city(self.zone.data or "UTC"),
                before=before,
                after=after,
            )
        )

    def _chosen(self, name: str, found: Twice) -> datetime | None:
        chosen = {FIRST: found.first, SECOND: found.second}.get(self[f"{name}_twice"].data or "")
        if chosen is None:
            tell(self[f"{name}_twice"], _("Please say which of the two."))
        return chosen

    def show_twice(self) -> None:
        """Offer the two instants of a time that clocks show twice."""
        for name, day in (("begins", self.day.data), ("ends", self._last())):
            found = None if self.whole_days else self._found(name, day)
            if isinstance(found, Twice):
                words = {"time": clock_words(time.fromisoformat(self[name].data))}
                zone = self.zone.data or "UTC"
                self[f"{name}_twice"].choices = [
                    (FIRST, _("%(time)s the first time (%(offset)s)", offset=offset(found.first, zone), **words)),
                    (SECOND, _("%(time)s the second time (%(offset)s)", offset=offset(found.second, zone), **words)),
                ]


def clock_words(clock: datetime | time) -> str:
    """A time of the day in the reader's language."""
    return str(format_time(clock, "short", locale=reader_locale()))


def times_of(webinar: Webinar) -> dict[str, Any]:
    """When a webinar is, as the fields of a form hold it: what the clocks of its zone show."""
    if webinar.starts_at is None or webinar.ends_at is None:
        return {}
    first, last = in_zone(webinar.starts_at, webinar.zone), in_zone(webinar.ends_at, webinar.zone)
    if webinar.all_day:
        last -= timedelta(microseconds=1)
    more = last.date() != first.date()
    said: dict[str, Any] = {"day": first.date().isoformat(), "last_day": last.date().isoformat() if more else None}
    said |= {"zone": webinar.zone, "all_day": webinar.all_day}
    if not webinar.all_day:
        said |= {"begins": first.strftime("%H:%M"), "ends": last.strftime("%H:%M")}
        said |= {"begins_twice": which(first), "ends_twice": which(last)}
    return said


def which(local: datetime) -> str:
    """Which of two instants a time of a zone is that its clocks show twice; empty where they show it once."""
    twice = isinstance(local_time(local.date(), local.time(), str(local.tzinfo)), Twice)
    return (FIRST, SECOND)[local.fold] if twice else ""
