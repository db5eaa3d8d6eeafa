"""Webinars as calendars know them: one event, files of several, and the invitation of one person (RFC 5545, 5546)."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from functools import lru_cache
from typing import Final

from flask import current_app
from icalendar import Alarm, Calendar, Component, Event, Timezone, vCalAddress, vDatetime, vRecur, vUri
from icalendar.cal.timezone import TimezoneDaylight, TimezoneStandard

from galaxy.content.models import Status
from galaxy.content.words import code_name
from galaxy.core.db import now
from galaxy.core.i18n import _, lang
from galaxy.core.markdown import plain
from galaxy.core.zones import changes, in_zone
from galaxy.notifications.services import path, whole
from galaxy.webinars.models import Entrance, State, Webinar
from galaxy.webinars.recurrence import DAYS
from galaxy.webinars.registration_models import Registration

SUMMARY_MOST, TEXT_MOST, READ_MOST = 200, 1_500, 4_000  # characters; of the last, Markdown that is looked at
GONE: Final = frozenset({Status.WITHDRAWN, Status.ARCHIVED, Status.DECLINED})
YEARS_LEAST: Final = 3  # in which a clock is changed on such a day, to make it a rule
REMIND: Final = timedelta(minutes=-15)
REFRESH: Final = timedelta(hours=6)


def event(webinar: Webinar, join: bool) -> Event:
    """A webinar as an event of a calendar, in the language of the page; its join address where it is public, or `join`.

    One without a time has no beginning: a calendar takes it as news of one that is called off, and no other way.
    """
    made = Event()
    made.add("uid", webinar.uid)
    made.add("sequence", webinar.sequence)
    for name, moment in {
        "dtstamp": webinar.changed_at,
        "last-modified": webinar.changed_at,
        "created": webinar.created_at,
    }.items():
        made.add(name, moment.astimezone(UTC))
    _add_times(made, webinar)
    _add_words(made, webinar, join or webinar.join_public)
    made.add("status", "CONFIRMED" if takes_place(webinar) else "CANCELLED")
    made.add("transp", "TRANSPARENT" if webinar.all_day else "OPAQUE")
    made.add("url", page_of(webinar))
    made.add("organizer", _organizer(webinar))
    return made


def file(
    webinars: Iterable[Webinar],
    name: str,
    method: str = "PUBLISH",
    joined: Collection[int] = (),
    unsure: Collection[int] = (),
    address: str = "",
) -> bytes:
    """A calendar of this name of webinars that have a time, with the join address of those whose id is in `joined`.

    For those in `unsure` its reader waits for a place. `address` is where it may be asked for again.
    """
    timed = [webinar for webinar in webinars if webinar.starts_at]
    made = _calendar(method)
    made.add("name", _line(name))
    made.add("x-wr-calname", _line(name))
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT6H")
    if address:
        made.add("source", vUri(address), parameters={"VALUE": "URI"})
    events = {webinar.id: event(webinar, webinar.id in joined) for webinar in timed}
    for webinar_id in events.keys() & set(unsure):
        _doubt(events[webinar_id])
    return _written(made, timed, events.values())


def invitation(registration: Registration) -> str:
    """What the mail of somebody who registered carries; whoever waits for a place has it as not sure yet."""
    holds = registration.holds_place
    made = _own(registration, join=holds)
    made.add("attendee", _attendee(registration, "ACCEPTED" if holds else "TENTATIVE"))
    if not holds:
        _doubt(made)
    if holds and not registration.webinar.all_day:
        made.add_component(_alarm(registration.webinar))
    return _letter("REQUEST", registration, made)


def cancellation(registration: Registration) -> str:
    """What takes it out of somebody's calendar: since they do not come after all, or since it is called off."""
    made = _own(registration, join=False)
    made["status"] = "CANCELLED"
    made.add("attendee", _attendee(registration, "DECLINED"))
    return _letter("CANCEL", registration, made)


def takes_place(webinar: Webinar) -> bool:
    """Whether a calendar shows it as sure. Postponed to a time nobody knows, or no longer shown: called off."""
    return webinar.state == State.PLANNED and (webinar.is_over or webinar.status not in GONE)


def page_of(webinar: Webinar) -> str:
    """The whole address of its page, in the language of the page."""
    return whole(f"/{lang()}{path('webinars.show', ref=webinar.slug)}")


def _doubt(made: Event) -> None:
    """Say that its reader may not get a place."""
    if made["status"] == "CONFIRMED":
        made["status"] = "TENTATIVE"


def _own(registration: Registration, join: bool) -> Event:
    """An event as one person is told of it. It is stamped now: of two letters of one change the later one counts."""
    made = event(registration.webinar, join)
    made.DTSTAMP = now()
    return made


def _letter(method: str, registration: Registration, made: Event) -> str:
    return _written(_calendar(method), [registration.webinar], [made]).decode()


def _calendar(method: str) -> Calendar:
    made = Calendar()
    made.add("version", "2.0")
    made.add("prodid", f"-//Galaxy//{_clean(current_app.config['SITE_NAME'])}//{lang().upper()}")
    made.add("calscale", "GREGORIAN")
    made.add("method", method)
    return made


def _written(made: Calendar, webinars: Sequence[Webinar], events: Iterable[Event]) -> bytes:
    """The file: each zone is told before the events that need it."""
    moments = [moment for each in webinars for moment in (each.starts_at, each.ends_at) if moment]
    for zone in sorted({webinar.zone for webinar in webinars if not webinar.all_day} - {"UTC"}):
        made.add_component(timezone(zone, min(moments).year, max(moments).year))
    for each in events:
        made.add_component(each)
    return bytes(made.to_ical())


def _add_times(made: Event, webinar: Webinar) -> None:
    """Begin and end: days, or hours of the clocks of its zone."""
    for name, moment in (("dtstart", webinar.starts_at), ("dtend", webinar.ends_at)):
        if moment is None:
            continue
        local = in_zone(moment, webinar.zone)
        if webinar.all_day:
            made.add(name, local.date())
        elif webinar.zone == "UTC" or local.fold:  # the second of two equal hours can only be said in UTC
            made.add(name, moment.astimezone(UTC))
        else:
            made.add(name, vDatetime(local.replace(tzinfo=None)), parameters={"TZID": webinar.zone})
    if webinar.all_day and webinar.starts_at and made.get("dtend") is not None:
        _keep_a_day(made)


def _keep_a_day(made: Event) -> None:
    """The end of days stands for the next midnight; what ends on its first day lasts that day."""
    if made.DTEND <= made.DTSTART:
        made.DTEND = made.DTSTART + timedelta(days=1)


def _add_words(made: Event, webinar: Webinar, join: bool) -> None:
    language = {"LANGUAGE": webinar.language}
    made.add("summary", _line(webinar.title)[:SUMMARY_MOST], parameters=language)
    made.add("description", _description(webinar, join), parameters=language)
    made.add("location", _clean(webinar.place or (webinar.join_url if join else "") or page_of(webinar)))
    goals = [code_name("sdg", code) for code in webinar.codes("sdg") if "." not in code]
    named = [code_name("format", webinar.format), *goals, *(code_name("sector", c) for c in webinar.codes("sector"))]
    made.add("categories", named)


def _description(webinar: Webinar, join: bool) -> str:
    """What it is about, and the addresses one needs."""
    said = [plain(webinar.summary), plain(webinar.description[:READ_MOST])]
    about = "\n\n".join(_clean(text) for text in said if text)
    if len(about) > TEXT_MOST:
        about = f"{about[:TEXT_MOST].rsplit(' ', 1)[0]}…"
    lines = []
    if webinar.reason and webinar.state != State.PLANNED:
        lines.append(_clean(plain(webinar.reason)))
    if join and webinar.join_url:
        lines.append(_("Join here: %(address)s", address=_clean(webinar.join_url)))
    if join and webinar.join_words:
        lines.append(_clean(webinar.join_words))
    if webinar.entrance == Entrance.ELSEWHERE and webinar.entrance_url:
        lines.append(_("Register here: %(address)s", address=_clean(webinar.entrance_url)))
    lines.append(_("All about it: %(address)s", address=page_of(webinar)))
    return "\n\n".join(filter(None, (about, "\n".join(lines))))


def _organizer(webinar: Webinar) -> vCalAddress:
    """The address the site's mails come from, in the name of the body."""
    name, address = parseaddr(current_app.config["MAIL_FROM"])
    made = vCalAddress(f"mailto:{address}")
    made.params["CN"] = _name(webinar.body.name if webinar.body else name or current_app.config["SITE_NAME"])
    return made


def _attendee(registration: Registration, stands: str) -> vCalAddress:
    made = vCalAddress(f"mailto:{registration.address}")
    made.params["CN"] = _name(registration.name or registration.address)
    made.params |= {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": stands, "RSVP": "FALSE"}
    return made


def _alarm(webinar: Webinar) -> Alarm:
    made = Alarm()
    made.add("action", "DISPLAY")
    made.add("trigger", REMIND)
    made.add("description", _line(webinar.title)[:SUMMARY_MOST])
    return made


def _clean(text: str) -> str:
    """Text without the signs that no calendar may hold."""
    return "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) != "Cc")


def _line(text: str) -> str:
    """The same in one line."""
    return " ".join(_clean(text).split())


def _name(text: str) -> str:
    """A name as a parameter can hold it: quotation marks cannot be written there, nor do programs read a backslash."""
    return re.sub(r'[\s"^\\]+', " ", _clean(text)).strip()[:SUMMARY_MOST]


# Zones


@lru_cache(maxsize=500)
def timezone(zone: str, first: int, last: int) -> Timezone:
    """A zone as a calendar must be told it, with the changes of its clock in these years.

    We write it ourselves: `icalendar` 7.3 gives a change by the clock's new time, where RFC 5545 (3.6.5) wants its old.
    """
    begin, end = datetime(max(first - 1, 1900), 1, 1, tzinfo=UTC), datetime(last + 1, 12, 31, tzinfo=UTC)
    made = Timezone()
    made.add("tzid", zone)
    groups: dict[tuple[timedelta, timedelta, str, bool], list[datetime]] = {}
    for at, before, after in changes(zone, begin, end):
        local = in_zone(at, zone)
        old, new = before - at.replace(tzinfo=None), after - at.replace(tzinfo=None)
        groups.setdefault((old, new, local.tzname() or "", bool(local.dst())), []).append(before)
    if not any(before.year < first for befores in groups.values() for before in befores):
        start = in_zone(begin, zone)
        usual = start.utcoffset() or timedelta()
        made.add_component(_observance((usual, usual, start.tzname() or "", bool(start.dst())), [begin]))
    for kind, befores in groups.items():
        made.add_component(_observance(kind, befores))
    return made


def _observance(kind: tuple[timedelta, timedelta, str, bool], befores: list[datetime]) -> Component:
    """A part of the year, as it begins each year: by a rule where there is one."""
    old, new, name, summer = kind
    made: Component = TimezoneDaylight() if summer else TimezoneStandard()
    made.add("dtstart", befores[0].replace(tzinfo=None))
    made.add("tzoffsetfrom", old)
    made.add("tzoffsetto", new)
    made.add("tzname", name)
    if rule := _rule(befores):
        made.add("rrule", rule)
    elif len(befores) > 1:
        made.add("rdate", [before.replace(tzinfo=None) for before in befores[1:]])
    return made


def _rule(befores: list[datetime]) -> vRecur | None:
    """ "The last Sunday of March", where each of several years in a row has it so."""
    first, years = befores[0], [before.year for before in befores]
    same = {(before.month, before.weekday(), before.time()) for before in befores}
    if len(befores) < YEARS_LEAST or len(same) > 1 or years != list(range(years[0], years[0] + len(years))):
        return None
    places = {-(-before.day // 7) for before in befores}
    if all((before + timedelta(days=7)).month != before.month for before in befores):
        places = {-1}
    if len(places) > 1:
        return None
    day = f"{places.pop()}{DAYS[first.weekday()]}"
    return vRecur({"freq": "YEARLY", "bymonth": first.month, "byday": day})
