"""Calendars of others (RFC 5545, and what programs make of it), read within bounds: rows for the import of webinars."""

import hashlib
import re
from bisect import bisect
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any, Final

import nh3

from galaxy.content.columns import first_sentences
from galaxy.content.imports import MAX_ID, Line, shown
from galaxy.content.models import ADDRESS_MAX, LINE_MAX, SUMMARY_MAX, TEXT_MAX, TITLE_MAX
from galaxy.core.addresses import is_web_address
from galaxy.core.db import now
from galaxy.core.i18n import _
from galaxy.reference.languages import LANGUAGES
from galaxy.webinars.ics_clocks import Clock, Moment, Params, clock, iana, wall_of
from galaxy.webinars.ics_parts import MAX_EVENTS, Calendar, Said, parts_of, unescaped
from galaxy.webinars.recurrence import CannotRead, dates_of
from galaxy.webinars.rules import YEAR_FIRST, YEAR_LAST

COST: Final = 10  # of a date that is named, beside a day that is counted
MOST_DATES: Final = 100  # of one event that comes again
AHEAD: Final = timedelta(days=731)
DURATION = re.compile(
    r"([+-])?P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?", re.ASCII
)
LINK = re.compile(r"https?://[^\s<>\"'\\|)\]]+")
ROOMS = re.compile(
    r"https?://[^\s/]*(zoom\.us/(j|my|w|s|meeting|webinar)|teams\.(microsoft|live)\.com/(l|meet)|meet\.google\.com|webex\.com|"
    r"meet\.jit\.si|whereby\.com|gotomeeting\.com|gotomeet\.me|global\.gotowebinar|bluejeans\.com|bigbluebutton|/bbb/|"
    r"kmeet|visio\.|meet\.|skype\.com)",
    re.IGNORECASE,
)
ENTRY = re.compile(
    r"[_*=~:-]{8,}|join (the |our |zoom|microsoft|teams|google|with|by|webex|on your|this )|meeting id|"
    r"pass(code|word)\b|"
    r"rejoindre|id de r[ée]union|code secret|mot de passe|unirse|ingresar|dial[- ]?in|one tap mobile|meeting link",
    re.IGNORECASE,
)
"""What programs write before the way into a room; from there on nothing is for the public."""


def read(raw: bytes, zone: str) -> Iterator[Line]:
    """The events of a file as rows of the import of webinars; those that cannot be taken with their reason.

    `zone`: of times that no zone is said of. Raises `BadFile`.
    """
    made = parts_of(raw, zone)
    groups: dict[str, list[Said]] = {}
    for said in made.events:
        if said.refusal:
            yield Line(said.number, {"title": said.text("SUMMARY")[:TITLE_MAX]}, said.refusal)
        else:
            groups.setdefault(said.text("UID") or f"?{said.number}", []).append(said)
    rows = 0
    for same in groups.values():
        for line in _rows(same, made):
            rows += 1
            if rows > MAX_EVENTS:
                yield _refused(same[0], _("with all its dates the calendar has more than 1,000 events"))
                return
            yield line


# Times.


def _moment(params: Params, text: str, made: Calendar) -> Moment:
    """A date or a time; raises `CannotRead`."""
    wall = wall_of(text)
    if wall is None:
        raise CannotRead(_("its date “%(text)s” cannot be read", text=shown(text)))
    if not YEAR_FIRST <= wall.year <= YEAR_LAST:
        raise CannotRead(_("it is not between 1990 and 2100"))
    zone = params.get("TZID", "")
    if text.strip().endswith("Z"):
        known: Clock | None = Clock(made.zone, lambda wall: wall.replace(tzinfo=UTC))
    else:
        if zone not in made.clocks:
            made.clocks[zone] = clock(zone, made.zones, made.zone)
        known = made.clocks[zone] if zone and "T" in text else iana(made.zone)
    if known is None:
        raise CannotRead(_("its time zone “%(zone)s” is not known", zone=shown(zone)))
    return Moment(wall, "T" not in text, known)


def _length(said: Said, start: Moment, made: Calendar) -> timedelta:
    """How long it lasts."""
    params, text = said.first("DTEND")
    if text:
        end = _moment(params, text, made)
        if end.day != start.day:
            raise CannotRead(_("it begins with a time and ends with a day, or the other way round"))
        length = end.wall - start.wall if start.day else end.instant - start.instant
    elif duration := DURATION.fullmatch(said.first("DURATION")[1].strip().upper()):
        sign, *numbers = duration.groups()
        weeks, days, hours, minutes, seconds = (int(number or 0) for number in numbers)
        length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        length = -length if sign == "-" else length
    elif start.day:
        length = timedelta(days=1)
    else:
        raise CannotRead(_("it does not say when it ends"))
    if start.day:
        length = max(length, timedelta(days=1))
    if length <= timedelta():
        raise CannotRead(_("it ends before it begins"))
    return length


# Events become rows.


def _rows(same: list[Said], made: Calendar) -> Iterator[Line]:
    """The rows of an event: one, or one for each of its dates, some of which may be said anew."""
    masters = [said for said in same if "RECURRENCE-ID" not in said.properties]
    anew = {}
    for said in same:
        if "RECURRENCE-ID" in said.properties:
            try:
                if said.first("RECURRENCE-ID")[0].get("RANGE"):
                    raise CannotRead(_("it changes all later dates at once, which is not read"))
                anew[_moment(*said.first("RECURRENCE-ID"), made).key] = said
            except CannotRead as reason:
                yield _refused(said, reason)
    for said in masters[1:]:
        yield _refused(said, _("an event with the same UID stands before it"))
    for said in masters[:1]:
        yield from _dates(said, anew, made)
    for key, said in anew.items():
        yield _row(said, made, key)


def _dates(said: Said, anew: dict[str, Said], made: Calendar) -> Iterator[Line]:
    """The rows of an event for each of its dates; takes from `anew` what it uses."""
    try:
        start = _moment(*said.first("DTSTART"), made)
        length = _length(said, start, made)
        dates = _all_dates(said, start, made)
    except CannotRead as reason:
        yield _refused(said, reason)
        return
    if dates is None:
        yield _row(said, made)
        return
    for each in _nearest(dates):
        other = anew.pop(each.key, None)
        yield _row(other, made, each.key, said) if other else _row(said, made, each.key, said, (each, length))
    for key in [key for key in anew if key in {each.key for each in dates}]:
        del anew[key]
    if len(dates) > MOST_DATES:
        left = len(dates) - MOST_DATES
        yield _refused(said, _("it comes %(number)s times: the next 100 dates are taken", number=left + MOST_DATES))


def _all_dates(said: Said, start: Moment, made: Calendar) -> list[Moment] | None:
    """Its dates until two years from now, in order, without those that are taken out; none where it does not recur."""
    if not {"RRULE", "RDATE"} & said.properties.keys():
        return None
    until = max(now().replace(tzinfo=None), start.wall) + AHEAD
    walls = [start.wall]
    for _params, rule in said.properties.get("RRULE", [])[:1]:
        walls += dates_of(rule, start.wall, start.clock.instant, until, made.budget)
    found = {wall: Moment(wall, start.day, start.clock) for wall in _around_now(walls)}
    for name in ("RDATE", "EXDATE"):
        made.budget.spend(COST * sum(1 for _each in _listed(said, name)))
    more = [_moment(params, part.partition("/")[0], made) for params, part in _listed(said, "RDATE")]
    out = {_moment(params, part, made).key for params, part in _listed(said, "EXDATE")}
    days_out = {key for key in out if len(key) == 8}  # some programs take out days
    every = {each.key: each for each in (*found.values(), *more) if each.wall <= until}
    kept = [each for key, each in every.items() if key not in out and key[:8] not in days_out]
    return sorted(kept, key=lambda each: each.instant)


def _around_now(walls: list[datetime]) -> list[datetime]:
    """The dates of which some will be taken."""
    past = bisect(walls, now().replace(tzinfo=None))
    return walls[max(past - 2 * MOST_DATES, 0) : past + 2 * MOST_DATES]


def _listed(said: Said, name: str) -> Iterator[tuple[Params, str]]:
    """The single values of a property that may hold several, a thousand at most."""
    parts = [(params, part) for params, text in said.properties.get(name, []) for part in text.split(",")[:MAX_EVENTS]]
    return iter(parts[:MAX_EVENTS])


def _nearest(dates: list[Moment]) -> list[Moment]:
    """As many as are taken: first those to come, then the last of the past."""
    to_come = [each for each in dates if each.instant >= now()][:MOST_DATES]
    past = [each for each in dates if each.instant < now()]
    room = MOST_DATES - len(to_come)
    return [*(past[-room:] if room else []), *to_come]


def _refused(said: Said, reason: Any) -> Line:
    return Line(said.number, {"title": said.text("SUMMARY")[:TITLE_MAX]}, str(reason))


def _row(
    said: Said, made: Calendar, key: str = "", master: Said | None = None, when: tuple[Moment, timedelta] | None = None
) -> Line:
    """A row of one date; what an override does not say, its master says."""
    try:
        begins = when[0] if when else _moment(*said.first("DTSTART"), made)
        length = when[1] if when else _length(said, begins, made)
        return Line(said.number, _values(said, master or said, made, key, begins, length))
    except (CannotRead, OverflowError) as reason:
        return _refused(said, reason)


def _values(said: Said, master: Said, made: Calendar, key: str, begins: Moment, length: timedelta) -> dict[str, Any]:
    title = " ".join((said.text("SUMMARY") or master.text("SUMMARY")).split())
    if not title:
        raise CannotRead(_("it has no title"))
    if said.text("CLASS").upper() in {"PRIVATE", "CONFIDENTIAL"}:
        raise CannotRead(_("it is marked as private"))
    ends = begins.wall + length - timedelta(days=1) if begins.day else begins.instant + length
    values = {
        "external_id": _id(said, master, key),
        "title": title if len(title) <= TITLE_MAX else f"{title[: TITLE_MAX - 1]}…",
        "starts_at": f"{begins.wall:%Y-%m-%d}" if begins.day else begins.instant.isoformat(),
        "ends_at": f"{ends:%Y-%m-%d}" if begins.day else ends.isoformat(),
        "all_day": begins.day,
        "zone": begins.clock.zone,
        "cancelled": "CANCELLED" in {said.text("STATUS").upper(), f"{made.method}LED"},
    }
    source = said if "DESCRIPTION" in said.properties or "SUMMARY" in said.properties else master
    return values | _about(source) | ({"series": values["title"]} if key and master is said else {})


def _id(said: Said, master: Said, key: str) -> str:
    """Its permanent id: that of its calendar, and of the date; where there is none, or it is too long, its like."""
    uid = said.text("UID") or repr([said.text("SUMMARY"), said.first("DTSTART")])
    if not said.text("UID") or len(uid) > MAX_ID - 40 or not uid.isprintable():
        uid = hashlib.sha256(uid.encode()).hexdigest()
    return f"ics:{uid}/{key}" if key else f"ics:{uid}"


def _about(said: Said) -> dict[str, Any]:
    """What it is about, where it is, and how one comes in: which is not for the public, wherever it is written."""
    told, way_in = _public(_plain(said))
    place = " ".join(said.text("LOCATION").split())
    rooms = [said.text(name) for name in ("CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL")]
    links = [link for text in (*rooms, place) for link in LINK.findall(text)]
    links += [link for text in (said.text("URL"), way_in) for link in LINK.findall(text) if ROOMS.match(link)]
    page = said.text("URL")
    join = next((link.rstrip(".,;") for link in links if is_web_address(link) and len(link) <= ADDRESS_MAX), "")
    public = is_web_address(page) and not ROOMS.match(page) and len(page) <= ADDRESS_MAX
    summary, rest = first_sentences(told) if told else ("", "")
    return {
        "summary": summary,
        "description": told.replace("\n", "  \n").replace("  \n  \n", "\n\n")[:TEXT_MAX] if rest else "",
        "place": LINK.sub("", place).strip(" ,;()-|")[:LINE_MAX],
        "join_url": join,
        "join_words": way_in.strip()[: SUMMARY_MAX - 1],
        "url": page if public else "",
        "organisers": [name for params, _value in said.properties.get("ORGANIZER", [])[:1] if (name := _name(params))],
        **(
            {"language": language}
            if (language := said.first("SUMMARY")[0].get("LANGUAGE", "")[:2].lower()) in LANGUAGES
            else {}
        ),
    }


def _name(params: Params) -> str:
    name = " ".join(params.get("CN", "").split())[:LINE_MAX]
    return "" if "@" in name else name


def _plain(said: Said) -> str:
    """Its description without HTML, which some programs write; links keep their addresses."""
    text = (said.text("DESCRIPTION") or unescaped(said.first("X-ALT-DESC")[1]))[: 2 * TEXT_MAX]
    if re.search(r"</?(a|b|br|div|html|i|li|p|span|strong|ul)\b[^<>]*>", text, re.IGNORECASE):
        text = re.sub(r"<a\s[^<>]*?href=[\"']?(https?://[^\s\"'<>]+)[^<>]*>", r" \1 ", text, flags=re.IGNORECASE)
        text = re.sub(r"<li\b[^<>]*>", "\n- ", text, flags=re.IGNORECASE)
        text = re.sub(r"<(br|/p|/div|/h\d|/ul|/tr)\b[^<>]*>", "\n", text, flags=re.IGNORECASE)
        text = unescape(nh3.clean(text, tags=set()))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _public(text: str) -> tuple[str, str]:
    """What of a description is for everybody, and the way in, which begins where a program or a person writes of it."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if ENTRY.search(line) or any(ROOMS.match(link) for link in LINK.findall(line)):
            return "\n".join(lines[:number]).strip(), "\n".join(lines[number:])
    return text, ""
