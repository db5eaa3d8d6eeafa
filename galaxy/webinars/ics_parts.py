"""A calendar of another program in its parts (RFC 5545): its zones and its events, read within bounds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from icalendar.parser import Contentline

from galaxy.content.imports import BadFile
from galaxy.core.i18n import _, zone_named
from galaxy.webinars.ics_clocks import MAX_RULES, Clock, Params
from galaxy.webinars.recurrence import Budget

MAX_BYTES, MAX_LINES, MAX_LINE, MAX_EVENTS, MAX_ZONES, DEEPEST = 5_000_000, 300_000, 100_000, 1_000, 200, 6
MAX_PROPERTIES = 200  # of one event
MAX_RULE = 5_000  # characters of a line of a zone


@dataclass
class Said:
    """An event as the file says it: where it begins there, its properties by name, and why it cannot be read, if so."""

    number: int
    properties: dict[str, list[tuple[Params, str]]] = field(default_factory=dict)
    refusal: str = ""

    def first(self, name: str) -> tuple[Params, str]:
        return self.properties.get(name, [({}, "")])[0]

    def text(self, name: str) -> str:
        """A text without its escapes."""
        return unescaped(self.first(name)[1]).strip()


@dataclass
class Calendar:
    """A file in its parts. `zone` is whose clock holds where the file names none."""

    zone: str
    method: str = ""
    zones: dict[str, list[Params]] = field(default_factory=dict)  # each with its own properties, then its parts
    events: list[Said] = field(default_factory=list)
    clocks: dict[str, Clock | None] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)


def parts_of(raw: bytes, zone: str) -> Calendar:
    """Zones and events of a file; what is within an event, as an alarm, is passed over. Raises `BadFile`."""
    reader = _Reader(zone)
    for number, line in _lines(raw):
        reader.take(number, line)
    if reader.event is not None:
        reader.event.refusal = _("the file ends in the middle of it")
    return reader.made


def is_calendar(begin: bytes) -> bool:
    """Whether a file is one, by how it begins."""
    return "BEGIN:VCALENDAR" in _decoded(begin[: len(begin) // 2 * 2]).upper()


def _lines(raw: bytes) -> Iterator[tuple[int, str]]:
    """The lines of a file, unfolded, each with its number; a line that is too long is cut."""
    if len(raw) > MAX_BYTES:
        raise BadFile(_("The calendar is larger than 5 MB."))
    text = _decoded(raw)
    if "BEGIN:VCALENDAR" not in text[:10_000].upper():
        raise BadFile(_("The file is no calendar: it does not begin with BEGIN:VCALENDAR."))
    physical = re.split(r"\r\n|\n|\r", text)
    if len(physical) > MAX_LINES:
        raise BadFile(_("The calendar has more than 300,000 lines."))
    held: list[str] = []
    begins = size = 0
    for number, line in enumerate([*physical, ""], 1):
        if line[:1] in {" ", "\t"} and held:
            if size <= MAX_LINE:
                held.append(line[1:])
                size += len(line)
            continue
        if held:
            yield begins, "".join(held)
        held, begins, size = [line[: MAX_LINE + 1]], number, len(line)


def _decoded(raw: bytes) -> str:
    for mark, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return raw.decode(name, "replace").replace("\x00", "")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    return text.replace("\x00", "")


class _Reader:
    """Takes a file line by line, and knows what it is in the middle of."""

    def __init__(self, zone: str) -> None:
        self.made = Calendar(zone)
        self.open: list[str] = []  # the components that have begun, the outermost first
        self.event: Said | None = None
        self.rules: list[Params] = []  # of the zone that has begun: its own properties, then those of its parts

    def take(self, number: int, line: str) -> None:
        word, _colon, name = line.partition(":")
        word, name = word.strip().upper(), name.strip().upper()
        if word == "BEGIN":
            self._begin(number, name)
        elif word == "END":
            self._end(name)
        elif self.event is not None and self.open[-1:] == ["VEVENT"]:
            _take(self.event, line)
        elif "VTIMEZONE" in self.open and self.rules and len(line) < MAX_RULE:
            head, _colon, value = line.partition(":")
            self.rules[-1].setdefault(head.partition(";")[0].strip().upper(), value.strip())
        elif self.open == ["VCALENDAR"]:
            _take_head(self.made, line)

    def _begin(self, number: int, name: str) -> None:
        self.open.append(name)
        if len(self.open) > DEEPEST:
            raise BadFile(_("The calendar is nested too deeply."))
        if name == "VEVENT" and self.event is None:
            self.event = Said(number)
            self.made.events.append(self.event)
            if len(self.made.events) > MAX_EVENTS:
                raise BadFile(_("The calendar has more than 1,000 events: please cut it into several."))
        if name == "VTIMEZONE":
            self.rules = [{}]
        elif "VTIMEZONE" in self.open and len(self.rules) < MAX_RULES:
            self.rules.append({})

    def _end(self, name: str) -> None:
        if name == "VEVENT":
            self.event = None
        if name == "VTIMEZONE" and self.rules and len(self.made.zones) < MAX_ZONES:
            self.made.zones.setdefault(self.rules[0].get("TZID", ""), self.rules)
        if name in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(name) :]


def _take(event: Said, line: str) -> None:
    if len(line) > MAX_LINE:
        event.refusal = _("a line of it is longer than 100,000 characters")
        return
    if len(event.properties) > MAX_PROPERTIES or not line.strip():
        return
    try:
        name, params, value = Contentline(line).parts()  # type: ignore[no-untyped-call]  # its class has no types
    except ValueError:
        return  # what a program has spoilt; what is needed will be missed below
    held = event.properties.setdefault(str(name).upper(), [])
    if len(held) < MAX_EVENTS:
        held.append(({str(key).upper(): _one(params[key]) for key in params}, str(value)))


def _one(value: Any) -> str:
    return str(value[0] if isinstance(value, list) and value else value)


def _take_head(made: Calendar, line: str) -> None:
    name, _colon, value = line.partition(":")
    head = name.partition(";")[0].strip().upper()
    if head == "X-WR-TIMEZONE" and zone_named(value.strip()):
        made.zone = value.strip()
    if head == "METHOD":
        made.method = value.strip().upper()


def unescaped(text: str) -> str:
    signs = {"n": "\n", "N": "\n"}
    return re.sub(r"\\([\\;,nN:\"])", lambda found: signs.get(found[1], found[1]), text).replace("\r\n", "\n")
