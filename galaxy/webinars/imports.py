"""Webinars from files: what each column may say, how a row becomes a webinar, and what calendars of others say."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from galaxy.content.columns import address, find_language, find_sdg, find_sector, language, licence, one_of, url
from galaxy.content.imports import (
    MAX_ID,
    Choices,
    Importer,
    Line,
    Refusal,
    Row,
    codes,
    lines,
    listed,
    set_facts,
    shown,
    words,
)
from galaxy.content.models import ADDRESS_MAX, LINE_MAX, LINES_MAX, SUMMARY_MAX, TEXT_MAX, TITLE_MAX
from galaxy.core.db import db
from galaxy.core.i18n import _, zone_named
from galaxy.core.zones import in_zone
from galaxy.moderation.services import put_online
from galaxy.reference.countries import find
from galaxy.reference.lists import FORMATS
from galaxy.webinars import ics, rules, services
from galaxy.webinars.ics_parts import MAX_BYTES, is_calendar
from galaxy.webinars.models import PLACES_MAX, TIMES, Entrance, Series, Speaker, State, Webinar
from galaxy.webinars.rules import LONGEST, YEAR_FIRST, YEAR_LAST

SPEAKERS_MAX = 50
TEXTS = {"summary": SUMMARY_MAX, "description": TEXT_MAX, "sign_language": LINE_MAX}
FACTS = {"place": LINE_MAX, "join_words": SUMMARY_MAX, "minutes": TEXT_MAX}
ADDRESSES = ("join_url", "entrance_url", "recording_url")
COLUMNS = frozenset(
    {
        *("external_id", "title", "language", "countries", "sdgs", "sectors", "spoken", "captions", "format", "url"),
        *("licence", "organisers", "speakers", "series", "starts_at", "ends_at", "duration", "zone", "all_day"),
        *("join_public", "capacity", "cancelled"),
        *(*TEXTS, *FACTS, *ADDRESSES),
    }
)


def understand(values: dict[str, Any]) -> Row:
    """What a row says, for the columns that are there; raises `Refusal`."""
    external_id = words(values, "external_id", MAX_ID, needed=True)
    said: dict[str, Any] = {"title": " ".join(words(values, "title", TITLE_MAX, needed=True).split())}
    said |= {name: words(values, name, most) for name, most in TEXTS.items() if name in values}
    readers: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
        "language": language,
        "countries": lambda row: {"country": codes(row, "countries", find)},
        "sdgs": lambda row: {"sdg": codes(row, "sdgs", find_sdg)},
        "sectors": lambda row: {"sector": codes(row, "sectors", find_sector)},
        "spoken": lambda row: {"spoken": codes(row, "spoken", find_language)},
        "captions": lambda row: {"captions": codes(row, "captions", find_language)},
        "format": lambda row: {"format": one_of(row, "format", FORMATS) or "webinar"},
        "url": url,
        "licence": licence,
        "organisers": lambda row: {"organisers": listed(row, "organisers", LINES_MAX, LINE_MAX)},
        "speakers": lambda row: {"speakers": _speakers(row)},
        "series": lambda row: {"series": " ".join(words(row, "series", TITLE_MAX).split())},
    }
    for name, read in readers.items():
        if name in values:
            said |= read(values)
    return Row(external_id, said, facts=_facts(values))


def _speakers(values: dict[str, Any]) -> list[dict[str, Any]]:
    """Names, or in JSON `{"name": …, "role": …, "organisation": …, "country": …}`."""
    given = values.get("speakers")
    rows = given if isinstance(given, list) else listed(values, "speakers", SPEAKERS_MAX, LINE_MAX)
    if len(rows) > SPEAKERS_MAX:
        raise Refusal(f"{len(rows):,} speakers are given, at most {SPEAKERS_MAX} are taken")
    return [speaker for row in rows if (speaker := _speaker(row if isinstance(row, dict) else {"name": row}))["name"]]


def _speaker(row: dict[str, Any]) -> dict[str, Any]:
    said = {name: " ".join(words(row, name, LINE_MAX).split()) for name in ("name", "role", "organisation")}
    place = words(row, "country", LINE_MAX)
    if place and find(place) is None:
        raise Refusal(f"the country “{shown(place)}” is not known")
    return Speaker(**said, country=find(place) or "", profile="", email="").said


# What is no words: when, where, how one comes in, what is kept.


def _facts(values: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {name: words(values, name, most) for name, most in FACTS.items() if name in values}
    for name in ADDRESSES:
        if name in values:
            facts[name] = _address(values, name)
    if "entrance_url" in facts:
        facts["entrance"] = Entrance.ELSEWHERE if facts["entrance_url"] else Entrance.HERE
    if "join_public" in values:
        facts["join_public"] = _yes(values, "join_public")
    if "cancelled" in values:
        facts["state"] = State.CANCELLED if _yes(values, "cancelled") else State.PLANNED
    if "capacity" in values:
        facts["capacity"] = _number(values, "capacity", PLACES_MAX)
    return facts | _times(values)


def _address(values: dict[str, Any], name: str) -> str:
    given = words(values, name, ADDRESS_MAX)
    if given and address(given) is None:
        raise Refusal(f"the {name} must be a whole address, and begin with http:// or https://")
    return address(given) or ""


def _yes(values: dict[str, Any], name: str) -> bool:
    given = str(values.get(name) or "").strip().casefold()
    if given not in {"", "0", "1", "true", "false", "yes", "no", "oui", "non", "x"}:
        raise Refusal(f"the {name} “{shown(given)}” is neither yes nor no")
    return given in {"1", "true", "yes", "oui", "x"}


def _number(values: dict[str, Any], name: str, most: int) -> int | None:
    given = words(values, name, 20)
    if given and not (given.isascii() and given.isdigit() and 0 < int(given) <= most):
        raise Refusal(f"the {name} “{shown(given)}” is no whole number from 1 to {most:,}")
    return int(given) if given else None


def _times(values: dict[str, Any]) -> dict[str, Any]:
    """When it is: begin, and end or duration, by the clocks of a zone."""
    if not words(values, "starts_at", 40):
        return {}
    zone = words(values, "zone", 60) or "UTC"
    if zone_named(zone) is None:
        raise Refusal(f"the zone “{shown(zone)}” is none of the IANA’s, as Africa/Ouagadougou is")
    start, hours = _moment(values, "starts_at", zone)
    all_day = _yes(values, "all_day") if "all_day" in values else not hours
    if all_day:
        start = _midnight(in_zone(start, zone).date(), zone)
    end = _end(values, start, zone, all_day)
    if end <= start:
        raise Refusal("it ends before it begins")
    if end - start > LONGEST:
        raise Refusal("it lasts longer than a year")
    return {"starts_at": start, "ends_at": end, "zone": zone, "all_day": all_day}


def _end(values: dict[str, Any], start: datetime, zone: str, all_day: bool) -> datetime:
    """When it is over; of days, the midnight after the last of them."""
    if words(values, "ends_at", 40):
        end, hours = _moment(values, "ends_at", zone)
        return end if hours and not all_day else _midnight(in_zone(end, zone).date() + timedelta(days=1), zone)
    if all_day:
        return _midnight(in_zone(start, zone).date() + timedelta(days=1), zone)
    minutes = _number(values, "duration", 60 * 24 * 366)
    if minutes is None:
        raise Refusal("it does not say when it ends: give ends_at, or its duration in minutes")
    return start + timedelta(minutes=minutes)


def _moment(values: dict[str, Any], name: str, zone: str) -> tuple[datetime, bool]:
    """An instant, and whether its hour is known: "2026-09-10T09:00" by the clocks of the zone, else with its offset."""
    given = words(values, name, 40)
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", given):
            moment, hours = _midnight(date.fromisoformat(given), zone), False
        else:
            read = datetime.fromisoformat(given)
            moment, hours = (read if read.tzinfo else _local(read, zone)).astimezone(UTC), True
    except (ValueError, OverflowError):
        raise Refusal(f"the {name} “{shown(given)}” is not like 2026-09-10 or 2026-09-10T09:00") from None
    if not YEAR_FIRST <= moment.year <= YEAR_LAST:
        raise Refusal(f"the {name} “{shown(given)}” is not between {YEAR_FIRST} and {YEAR_LAST}")
    return moment, hours


def _midnight(day: date, zone: str) -> datetime:
    return _local(datetime.combine(day, time()), zone).astimezone(UTC)


def _local(clock: datetime, zone: str) -> datetime:
    """What clocks of a zone show; of two such hours the first, of none the one by the offset before (RFC 5545)."""
    return clock.replace(tzinfo=zone_named(zone))


# Rows become webinars.


def find_series(rows: list[Row], chosen: Choices) -> None:
    """Let rows name their series by its permanent id; one of this title that its owner does not have yet is made."""
    titles = {row.said["series"] for row in rows if row.said.get("series")}
    if not titles:
        return
    owner = chosen.body.id if chosen.body else None
    author = chosen.by.id if chosen.by and not chosen.body else None
    known = select(Series).where(Series.title.in_(titles), Series.body_id == owner, Series.author_id == author)
    found = {series.title: series for series in db.session.scalars(known.order_by(Series.id.desc()))}
    for row in rows:
        title = row.said.get("series")
        if title and title not in found:
            language = row.said.get("language", "en")
            found[title] = Series(title=title, body_id=owner, author_id=author, language=language, demo=chosen.demo)
            db.session.add(found[title])
    db.session.flush()
    for row in rows:
        if title := row.said.get("series"):
            row.said["series"] = found[title].ref


def change_facts(webinar: Webinar, facts: dict[str, Any], chosen: Choices) -> None:
    """Give it other facts: of what the public sees and is to come, as its hosts would, so that all are told."""
    db.session.flush()  # what hosts do reads the row anew
    times = {name: facts[name] for name in TIMES if name in facts}
    wanted, moves = facts.get("state", webinar.state), any(getattr(webinar, name) != at for name, at in times.items())
    verb = "cancel" if wanted == State.CANCELLED else "resume" if webinar.state != wanted else "move" if moves else ""
    told = webinar.is_visible and not webinar.is_over and (not verb or rules.refusal(verb, webinar) is None)
    if not told:
        set_facts(webinar, facts, chosen)
        services.changed(webinar)
        return
    if verb == "cancel" and webinar.state != wanted:
        services.cancel(webinar, _("It is cancelled in the calendar it comes from."), chosen.by)
    elif verb in {"move", "resume"} and times:
        (services.move if verb == "move" else services.resume)(webinar, **times, by=chosen.by)
    services.set_join(webinar, {name: facts[name] for name in services.WHERE if name in facts}, chosen.by)
    rest = {name: value for name, value in facts.items() if name not in {*TIMES, *services.WHERE, "state"}}
    set_facts(webinar, rest, chosen)


IMPORTER = Importer(
    model=Webinar,
    columns=COLUMNS,
    understand=understand,
    put_online=put_online,
    eager=(Webinar.speakers, Webinar.interpretation, Webinar.presented),
    prepare=find_series,
    change_facts=change_facts,
)


# From calendars.


def read(file: Path, chosen: Choices) -> tuple[Iterator[Line], bool]:
    """The rows of a file, whatever it is; of a calendar all are written or none."""
    with file.open("rb") as opened:
        if file.suffix.lower() != ".ics" and not is_calendar(opened.peek(1_000)[:1_000]):
            return lines(file), False
        return events(opened.read(MAX_BYTES + 1), zone_of(chosen)), True


def events(raw: bytes, zone: str) -> Iterator[Line]:
    """The events of a calendar, in the order of the file; one that is cancelled only where it was brought in before."""
    found = sorted(ics.read(raw, zone), key=lambda line: line.number)
    off = {line.values["external_id"] for line in found if line.values.get("cancelled")}
    known = set(db.session.scalars(select(Webinar.external_id).where(Webinar.external_id.in_(off)))) if off else set()
    for line in found:
        new = line.values.get("cancelled") and line.values["external_id"] not in known
        yield replace(line, refusal=_("it is cancelled in the calendar")) if new else line


def zone_of(chosen: Choices) -> str:
    """Whose clock holds where a calendar names none: the organiser's, their body's, the site's."""
    own = (chosen.by.time_zone if chosen.by else None, chosen.body.time_zone if chosen.body else None)
    return next((zone for zone in own if zone and zone_named(zone)), str(current_app.config["TIME_ZONE"]))
