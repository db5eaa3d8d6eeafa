"""Entries from files, JSON Lines or CSV: read line by line, refused with a reason, never doubled."""

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar

from blinker import Namespace
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from galaxy.accounts.models import Activity, Body, User
from galaxy.accounts.services import record
from galaxy.content.models import Entry, Status, Version, plain_value
from galaxy.content.services import digest
from galaxy.core.db import db
from galaxy.core.i18n import _
from galaxy.reference.lists import OTHER_LICENCE

E = TypeVar("E", bound=Entry)

BATCH = 200  # rows written in one transaction
MAX_LINE = 1_000_000  # bytes
MAX_LINES = 100_000
MAX_ID = 200
TOLD = 1_000  # rows of which an import tells one by one what was done
NOTE = "Import"  # the note of a version that an import has made
KNOWN_ENDINGS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl"}

csv.field_size_limit(MAX_LINE)
imported = Namespace().signal("imported", "Entries came in and no worker runs: `()`; tells whether all is done.")


class Refusal(ValueError):
    """A row, or one value of it, cannot be taken; says what is wrong as a sentence without its line."""


class BadFile(ValueError):
    """Nothing of the file can be read; says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a file: where it stands, what it says (or why it cannot be read), how far the file is read."""

    number: int
    values: dict[str, Any]
    refusal: str = ""
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A row understood: what the entry shall say, and the organisations to link it to, name and website.

    `facts` are what it is besides its words: attributes of which no version tells, as the time of an event.
    """

    external_id: str
    said: dict[str, Any]
    organisations: tuple[tuple[str, str], ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Report:
    """What came of an import. `refused` holds line, reason and the row itself."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    published: int = 0
    stopped: str = ""  # why the file was not read to its end
    unknown: set[str] = field(default_factory=set)  # columns that were left out
    refused: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)
    taken: list[tuple[int, str, Entry]] = field(default_factory=list)  # line, what was done; of the first `TOLD` rows

    def tell(self, line: Line, done: str, entry: Entry) -> None:
        """Count what was done with a row: `created`, `updated`, `unchanged`."""
        setattr(self, done, getattr(self, done) + 1)
        if len(self.taken) < TOLD:
            self.taken.append((line.number, done, entry))

    def refuse(self, line: Line, reason: str) -> None:
        self.refused.append((line.number, reason, line.values))

    @property
    def refusals(self) -> list[str]:
        """One sentence for each row refused: "line 17: the title is missing"."""
        return [f"line {number}: {reason}" for number, reason, _values in self.refused]


@dataclass(frozen=True, slots=True)
class Choices:
    """What whoever runs an import has chosen."""

    by: User | None = None
    body: Body | None = None
    publish: bool = False
    dry_run: bool = False
    overwrite: bool = False  # also what people have changed here since the last import
    demo: bool = False
    may_change: Callable[[Entry], bool] = lambda _entry: True  # what is here already


def set_facts(entry: Entry, facts: dict[str, Any], _chosen: Choices) -> None:
    """Give an entry other facts."""
    for name, value in facts.items():
        setattr(entry, name, value)


@dataclass(frozen=True, slots=True)
class Importer(Generic[E]):
    """How one kind is imported: its class, how a row is understood, how one is put online, who its links lead to."""

    model: type[E]
    columns: frozenset[str]
    understand: Callable[[dict[str, Any]], Row]
    put_online: Callable[[E, User | None], None]
    link: Callable[[E, Row, Choices], None] | None = None
    eager: tuple[Any, ...] = ()  # relationships its snapshot needs
    prepare: Callable[[list[Row], Choices], None] = lambda _rows, _chosen: None  # of each batch, before it is written
    change_facts: Callable[[E, dict[str, Any], Choices], None] = set_facts  # of what is here already


NAMED: dict[str, Callable[[str, str, Choices], int | None]] = {}
"""By kind: finds or makes the entry of this name and website, and gives its id. Its room puts it here."""


# Reading


def lines(path: Path) -> Iterator[Line]:
    """The rows of a file, good and bad, in order; `BadFile` where it is no such file at all."""
    try:
        file = path.open("rb")
    except OSError as failure:
        raise BadFile(f"{path} cannot be opened: {failure.strerror}.") from None
    with file:
        reader = _table if _format(path, file) == "csv" else _objects
        for line in reader(file):
            if line.number > MAX_LINES:
                raise BadFile(f"The file has more than {MAX_LINES:,} lines: please cut it into several.")
            yield line


def _format(path: Path, file: BinaryIO) -> str:
    """What the file is, by how it begins, else by its name; leaves it at its first byte after a mark."""
    try:
        start = file.read(4096)
    except OSError as failure:
        raise BadFile(f"{path} cannot be read: {failure.strerror}.") from None
    marked = start.startswith(b"\xef\xbb\xbf")
    file.seek(3 if marked else 0)
    first = start[3 if marked else 0 :].lstrip()[:1]
    if not first and len(start) < 4096:
        raise BadFile("The file is empty.")
    if first == b"[":
        raise BadFile("The file is one JSON list: please write one object a line, without brackets and commas.")
    return "jsonl" if first == b"{" else KNOWN_ENDINGS.get(path.suffix.lower(), "csv")


def _text(file: BinaryIO) -> Iterator[tuple[str, bool]]:
    """The lines of a file as text, and whether each was cut; what is no UTF-8 becomes lone surrogates."""
    while raw := file.readline(MAX_LINE + 1):
        cut = len(raw) > MAX_LINE
        while cut and raw and not raw.endswith(b"\n"):
            raw = file.readline(MAX_LINE)
        yield ("" if cut else raw.decode("utf-8", "surrogateescape")), cut


def _objects(file: BinaryIO) -> Iterator[Line]:
    """JSON Lines: one object a line; empty lines are passed over."""
    for number, (text, cut) in enumerate(_text(file), 1):
        if cut:
            yield Line(number, {}, f"the line is longer than {MAX_LINE:,} bytes", file.tell())
        elif text.strip():
            values, refusal = _object(text)
            yield Line(number, values, refusal, file.tell())


def _object(text: str) -> tuple[dict[str, Any], str]:
    if not _is_text(text):
        return {}, "the line is not UTF-8 text"
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return {}, "the line is not a JSON object"
    if not isinstance(values, dict):
        return {}, "the line is not a JSON object"
    return {_column(name): value for name, value in values.items()}, ""


def _table(file: BinaryIO) -> Iterator[Line]:
    """CSV with a line of column names; between cells a comma, a semicolon or a tab, as that line says."""
    start = file.tell()
    head, cut = next(_text(file), ("", False))
    file.seek(start)
    if cut or not _is_text(head):
        raise BadFile("The file is not a table in UTF-8: please save it as “CSV UTF-8”.")
    rows = csv.reader(_uncut(file), delimiter=max(",;\t", key=head.count), strict=True)
    try:
        names = [_column(name) for name in next(rows, [])]
    except csv.Error:
        raise BadFile("The first line cannot be read: a quotation mark may be missing.") from None
    if twice := {name for name in names if name and names.count(name) > 1}:
        raise BadFile(f"The column “{sorted(twice)[0]}” stands twice in the first line.")
    if "title" not in names:
        raise BadFile("The first line names no column “title”.")
    while True:
        begins = rows.line_num + 1
        try:
            cells: list[str] | None = next(rows, None)
        except csv.Error:
            yield Line(begins, {}, "the row cannot be read: a quotation mark may be missing", file.tell())
            continue
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield _row(begins, names, cells, file.tell())


def _row(number: int, names: list[str], cells: list[str], offset: int) -> Line:
    values: dict[str, Any] = {name: cell for name, cell in zip(names, cells, strict=False) if name}
    if any(cell.strip() for cell in cells[len(names) :]):
        return Line(number, values, f"the row has {len(cells)} cells, the first line names {len(names)}", offset)
    if not all(_is_text(cell) for cell in cells):
        return Line(number, {}, "the row is not UTF-8 text", offset)
    return Line(number, values, "", offset)


def _uncut(file: BinaryIO) -> Iterator[str]:
    for text, cut in _text(file):
        if cut:
            raise BadFile(f"A line is longer than {MAX_LINE:,} bytes.")
        yield text


def _is_text(text: str) -> bool:
    """Whether it can be kept as UTF-8."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _column(name: str) -> str:
    """A column's name as we write it: "External ID" is `external_id`."""
    return re.sub(r"[\s-]+", "_", shown(name, 60).casefold())


def shown(text: str, most: int = 80) -> str:
    """Words of a file as a terminal can show them."""
    known = text[:most].encode("utf-8", "replace").decode()
    return "".join(sign if sign.isprintable() else " " for sign in known).strip()


# Understanding values, for the importers of each kind


def words(values: dict[str, Any], name: str, most: int, *, needed: bool = False) -> str:
    """A text of at most so many characters; numbers are texts too."""
    value = values.get(name)
    if value is None or value == "":
        value = ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Refusal(f"the {spoken(name)} must be a text")
    text = str(value).replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()
    if not _is_text(text):
        raise Refusal(f"the {spoken(name)} is not UTF-8 text")
    if needed and not text:
        raise Refusal(f"the {spoken(name)} is missing")
    if len(text) > most:
        raise Refusal(f"the {spoken(name)} has {len(text):,} characters, at most {most:,} are taken")
    return text


def listed(values: dict[str, Any], name: str, most: int, longest: int = 300) -> list[str]:
    """A list of texts: a JSON list, or one text with semicolons, bars or line breaks between."""
    value = values.get(name)
    given = value if isinstance(value, list) else re.split(r"[;|\n]", words(values, name, most * (longest + 1)))
    parts = [part for part in given if part is not None and str(part).strip()]
    if len(parts) > most:
        raise Refusal(f"{len(parts):,} {spoken(name)} are given, at most {most} are taken")
    return list(dict.fromkeys(words({name: part}, name, longest) for part in parts))


def codes(values: dict[str, Any], name: str, find: Callable[[str], str | None], most: int = 260) -> list[str]:
    """The codes a list of texts means; a text that means nothing whole is tried in parts, at its commas."""
    found: list[str] = []
    for text in listed(values, name, most):
        code = find(text)
        parts = [(part, find(part)) for part in map(str.strip, text.split(",")) if part] if not code else [(text, code)]
        for part, meant in parts:
            if meant is None:
                raise Refusal(f"the {singular(name)} “{shown(text if len(parts) == 1 else part)}” is not known")
            found.append(meant)
    return list(dict.fromkeys(found))


def spoken(name: str) -> str:
    """A column's name as a reader says it."""
    return {"sdgs": "SDGs", "url": "address (url)", "external_id": "external_id"}.get(name, name.replace("_", " "))


def singular(name: str) -> str:
    """One of a list, as a reader says it."""
    ends = {"countries": "country", "sdgs": "SDG", "sectors": "sector", "used_in": "country"}
    return ends.get(name, spoken(name))


# Writing


def load(
    source: Iterator[Line],
    importer: Importer[E],
    chosen: Choices,
    progress: Callable[[int], None] = lambda _offset: None,
    whole: bool = False,
) -> Report:
    """Make or update an entry for each row, and commit each batch: an import that was killed can be repeated.

    `whole`: all or nothing, in one transaction that the caller ends.
    """
    report, seen = Report(), dict[str, int]()
    source = _until_stopped(source, report)
    while batch := list(islice(source, BATCH)):
        rows = [row for line in batch if (row := _understood(line, importer, report, seen))]
        _write(rows, importer, chosen, report)
        if not whole:
            db.session.rollback() if chosen.dry_run else db.session.commit()
        progress(batch[-1].offset)
    return report


def _until_stopped(source: Iterator[Line], report: Report) -> Iterator[Line]:
    try:
        yield from source
    except BadFile as reason:
        report.stopped = str(reason)


def _understood(line: Line, importer: Importer[E], report: Report, seen: dict[str, int]) -> tuple[Line, Row] | None:
    """The row of a line, or none where it was refused."""
    report.read += 1
    try:
        if line.refusal:
            raise Refusal(line.refusal)
        if len(report.unknown) < 50:
            report.unknown |= set(line.values) - importer.columns
        row = importer.understand(line.values)
        if (before := seen.setdefault(row.external_id, line.number)) != line.number:
            raise Refusal(_("it stands on line %(number)s already, with the same external_id", number=before))
    except Refusal as refusal:
        report.refuse(line, str(refusal))
        return None
    return line, row


def _write(rows: list[tuple[Line, Row]], importer: Importer[E], chosen: Choices, report: Report) -> None:
    known, newest = _known(importer, [row.external_id for _line, row in rows])
    seals = _seals(known.values()) if any(row.facts for _line, row in rows) else {}
    touched: list[tuple[E, Row, Version | None]] = []
    with db.session.no_autoflush:
        importer.prepare([row for _line, row in rows], chosen)
        for line, row in rows:
            entry = known.get(row.external_id)
            last = newest.get(entry.id) if entry else None
            if entry is None:
                entry = _created(importer, row, chosen)
                touched.append((entry, row, None))
                report.tell(line, "created", entry)
            elif not chosen.may_change(entry):
                report.refuse(line, _("it is here already, and belongs to somebody else"))
            elif _says_already(entry, last, row, chosen):
                report.tell(line, "unchanged", entry)
            elif reason := _not_to_touch(entry, last, row, chosen, seals.get(entry.id)):
                report.refuse(line, reason)
            else:
                _change(entry, row, importer, chosen)
                touched.append((entry, row, last))
                report.tell(line, "updated", entry)
    if chosen.dry_run:
        return
    db.session.flush()
    with db.session.no_autoflush:  # all is written at once, when the batch is committed
        for entry, row, last in touched:
            _finish(entry, row, last, importer, chosen, report)


def _change(entry: E, row: Row, importer: Importer[E], chosen: Choices) -> None:
    """Let an entry say what its row says, unless that must wait for an admin; its facts change at once."""
    if chosen.publish or not entry.is_visible:
        entry.apply(row.said)
    if not chosen.dry_run and not _has(entry, row.facts):
        importer.change_facts(entry, row.facts, chosen)


def _finish(entry: E, row: Row, last: Version | None, importer: Importer[E], chosen: Choices, report: Report) -> None:
    """Keep the version, link and publish: a published entry changes at once with `publish`, else the version waits."""
    online = chosen.publish and (entry.is_visible or entry.status == Status.DRAFT)
    said = (last.said | row.said) if last else entry.snapshot()
    if last is None or last.said != said or (online and last.status == Status.DRAFT):
        version = Version(
            number=last.number + 1 if last else 1,
            said=said,
            status=Status.PUBLISHED if online else Status.DRAFT,
            note=NOTE,
            author_id=chosen.by.id if chosen.by else None,
        )
        entry.versions.append(version)
    if importer.link:
        importer.link(entry, row, chosen)
    if online and entry.status == Status.DRAFT:
        importer.put_online(entry, chosen.by if chosen.by and chosen.by.is_admin else None)
        entry.confirmed_at = None  # an import repeats what was once said; nobody has said now that it is still true
        report.published += 1
    record(chosen.by, "imported", entry, after=_seal(entry, row.facts) if row.facts else None)


def _known(importer: Importer[E], ids: list[str]) -> tuple[dict[str, E], dict[int, Version]]:
    """The entries that have these external ids, and the newest version of each."""
    model, eager = importer.model, (*importer.eager, Entry.versions, Entry.uploads)
    query = select(model).where(model.external_id.in_(ids)).options(*(selectinload(part) for part in eager))
    known = {str(entry.external_id): entry for entry in db.session.scalars(query)}
    newest = {entry.id: entry.versions[-1] for entry in known.values() if entry.versions}
    return known, newest


def _created(importer: Importer[E], row: Row, chosen: Choices) -> E:
    entry = importer.model(
        external_id=row.external_id,
        status=Status.DRAFT,
        body_id=chosen.body.id if chosen.body else None,
        author_id=chosen.by.id if chosen.by else None,
        demo=chosen.demo,
        **row.facts,
    )
    for part in (*importer.eager, Entry.versions, Entry.uploads):
        setattr(entry, part.key, [])  # known to be empty from now on, so that its version asks no questions
    entry.apply({"licence": OTHER_LICENCE} | row.said)
    db.session.add(entry)
    return entry


def _says_already(entry: Entry, last: Version | None, row: Row, chosen: Choices) -> bool:
    """Whether the entry says what the row says, so that nothing is to be done."""
    said = last.said if last else entry.snapshot()
    same = all(said.get(name) == value for name, value in row.said.items()) and _has(entry, row.facts)
    waits = entry.status == Status.DRAFT or (entry.is_visible and last is not None and last.status == Status.DRAFT)
    return same and not (chosen.publish and waits)


def _not_to_touch(entry: Entry, last: Version | None, row: Row, chosen: Choices, sealed: dict[str, Any] | None) -> str:
    """Why an import leaves an entry alone, if it does."""
    changed = (last is not None and last.note != NOTE) or (
        sealed is not None and sealed != _seal(entry, sealed["facts"])
    )
    if changed and not chosen.overwrite:
        return str(_("it was changed here since the last import and is left as it is"))
    if entry.status in {Status.SUBMITTED, Status.REVIEW}:
        return str(_("it is before the admins and is left as it is"))
    return ""


def _has(entry: Entry, facts: dict[str, Any]) -> bool:
    return all(getattr(entry, name) == value for name, value in facts.items())


def _seal(entry: Entry, names: Iterable[str]) -> dict[str, Any]:
    """Which facts an import gave, and a few letters that change when somebody changes one; they tell nothing of it."""
    facts = sorted(names)
    return {"facts": facts, "seal": digest({name: plain_value(getattr(entry, name)) for name in facts}, facts)}


def _seals(entries: Iterable[Entry]) -> dict[int, dict[str, Any]]:
    """What the last import sealed of each of these entries."""
    kinds = {entry.id: entry.kind for entry in entries}
    acts = select(Activity.object_id, Activity.after).where(
        Activity.verb == "imported", Activity.object_kind.in_(set(kinds.values())), Activity.object_id.in_(kinds)
    )
    rows = db.session.execute(acts.order_by(Activity.id)) if kinds else ()
    return {number: after for number, after in rows if after and "seal" in after}
