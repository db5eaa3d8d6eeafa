"""What the search page shows: entries by id from the database, their passages, facets, and help if none is found."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

import structlog
from flask import current_app, request
from flask_babel import LazyString
from markupsafe import Markup
from sqlalchemy import BindParameter, bindparam, func, select
from sqlalchemy.orm import joinedload, lazyload
from sqlalchemy.orm.attributes import set_committed_value

from galaxy.accounts.models import Body
from galaxy.content.models import Entry, SearchText, Status, Tag
from galaxy.core.db import db, now
from galaxy.core.i18n import _, lang, lazy, reader_zone
from galaxy.search import facets, index, ordering, plainly, slips, text
from galaxy.search.clauses import Expansion
from galaxy.search.engines import Answer, Engine, IndexOut, Sort
from galaxy.search.fusion import Ranked
from galaxy.search.grammar import FACETS, Note, Phrase, Problem, Word
from galaxy.search.highlights import Wanted, marked, snippet
from galaxy.search.meaning import nearness, passages
from galaxy.search.memory import Memory
from galaxy.search.models import Indexed
from galaxy.search.questions import LAST_PAGE, NO_LIST, Address, Question
from galaxy.search.reasons import Reason, reasons, told_together

PAGE = 20
MOST_SHOWN = 60
MOST_SUGGESTED = 3
MOST_LEFT_OUT = 6
REMEMBERED = 50  # lists, of about 250 kB each
MOST_DRAWN = 150_000  # letters of what is drawn of one list
UNSEEN = ("region", "group", "sector")  # facets of which a card shows nothing

log = structlog.get_logger()

SORT_LABELS: Mapping[Sort, LazyString] = {
    "relevance": lazy("Best match"),
    "newest": lazy("Newest"),
    "confirmed": lazy("Recently confirmed"),
    "title": lazy("Title"),
}


@dataclass(frozen=True)
class Hit:
    """An entry that was found: its title and best passage, marked, in the entry's own language."""

    id: int
    ref: str
    slug: str
    endpoint: str
    name: str
    """Its title as it was written."""
    title: Markup
    snippet: Markup
    language: str
    kind: str
    carried: Ranked | None = None
    """What brought it into the list; nothing where it only meets the words, far down, or where none were asked for."""
    reasons: tuple[Reason, ...] = ()
    why: str = ""  # which of what was chosen it belongs to, where its card does not show that

    @property
    def score(self) -> float:
        """Its worth for the question, to be compared within one list."""
        return self.carried.score if self.carried else 0.0


@dataclass(frozen=True)
class Value:
    """A code one may choose in a facet, how many entries that gives, and where the click leads."""

    code: str
    label: str
    count: int
    selected: bool
    args: Address


@dataclass(frozen=True)
class Facet:
    """What one may narrow by."""

    name: str
    label: str
    values: tuple[Value, ...]

    @property
    def selected(self) -> bool:
        """Whether anything of it is chosen."""
        return any(value.selected for value in self.values)

    @property
    def useful(self) -> bool:
        """Whether there is something to choose, or to choose no longer."""
        return len(self.values) > 1 or self.selected

    def short(self, most: int) -> list[Value]:
        """The first of the values, and what is chosen of the others."""
        return [*self.values[:most], *(value for value in self.values[most:] if value.selected)]


@dataclass(frozen=True)
class Choice:
    """A way on: what it is called, where it leads, and how many entries it gives where that is known."""

    label: str
    args: Address
    count: int | None = None
    selected: bool = False


Stamp = tuple[int, Status] | tuple[int, Status, str | None, datetime | None]
"""The version and status of an entry; of a hit also the name of its body, and when its texts were indexed."""


@dataclass(frozen=True)
class Found:
    """All that the search page shows."""

    question: Question
    hits: tuple[Hit, ...] = ()
    total: int = 0
    """How many entries meet the words."""
    by_meaning: int = 0
    """How many more are listed since they mean the like."""
    language: str = ""
    """In which the question is asked, as far as can be told."""
    expansions: tuple[Choice, ...] = ()
    """What the shared lists looked for besides; each leads to the list without it."""
    models: tuple[str, ...] = ()
    """The models of meaning that took part."""
    facets: tuple[Facet, ...] = ()
    chosen: tuple[Choice, ...] = ()
    """What the list is narrowed by; each leads to the list without it."""
    sorts: tuple[Choice, ...] = ()
    notes: tuple[str, ...] = ()
    did_you_mean: Choice | None = None
    loosened: tuple[Choice, ...] = ()
    """Where nothing is found: what to leave out, with what that gives."""
    notice: str = ""
    entries: dict[int, Entry] = field(default_factory=dict)
    """The entries of the hits by id, where they were read; `entry` reads them."""
    seen: Mapping[int, Stamp] | None = None
    """How the entries were of which anything is shown; None of a list that is not to be remembered."""
    restless: frozenset[int] = frozenset()
    """The ids of those that look otherwise with time, or by what others do."""
    _drawn: dict[Hashable, str] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        """How many pages there are to turn."""
        return _pages(self.total + self.by_meaning)

    @property
    def previous(self) -> Address | None:
        """Where the page before is, if there is one."""
        return self.question.args(self.question.page - 1) if self.question.page > 1 else None

    @property
    def next(self) -> Address | None:
        """Where the page after is, if there is one."""
        return self.question.args(self.question.page + 1) if self.question.page < self.pages else None

    @property
    def first(self) -> int:
        """The number of the first hit shown, counted from 1; 0 where there is none."""
        return (self.question.page - 1) * PAGE + 1 if self.hits else 0

    @property
    def last(self) -> int:
        """The number of the last hit shown."""
        return self.first + len(self.hits) - 1 if self.hits else 0

    def entry(self, entry_id: int) -> Entry | None:
        """The entry of a hit, read together with those that are likely to be asked for next."""
        if entry_id not in self.entries:
            wanted = self.restless if entry_id in self.restless else [hit.id for hit in self.hits]
            self.entries.update((entry.id, entry) for entry in published([*wanted]))
        return self.entries.get(entry_id)

    @cached_property
    def _here(self) -> tuple[str | None, str]:
        """The reader's time zone and where the site stands: an answer that is remembered is copied for each request."""
        zone = reader_zone()
        return zone.key if zone else None, request.root_path

    def drawn(self, part: Hashable, caller: Callable[[], str]) -> str:
        """What a template draws of a part, or of the hit of this id: once, for as long as this list is remembered.

        A part must say all that it depends on beside this answer, the reader's time zone and where the site stands.
        """
        key = (part, *self._here)
        if (known := self._drawn.get(key)) is not None:
            return known
        drawn = caller()
        if part not in self.restless and sum(map(len, list(self._drawn.values()))) + len(drawn) <= MOST_DRAWN:
            self._drawn[key] = drawn
        return drawn


def _pages(total: int) -> int:
    return min(-(-total // PAGE), LAST_PAGE)


def find(question: Question) -> Found:
    """Answer a question, on the last page where it asks for one beyond; without an index from the database.

    What was answered lately is remembered for as long as neither the index, the vectors, the day nor any entry shown
    have changed: that the database is asked.
    """
    memory: Memory[Found] = current_app.extensions.setdefault("found", Memory(REMEMBERED))
    try:
        engine = index.engine()
        key = (engine.version(), nearness.version(), now().date(), lang(), question.asked)
        if (known := memory.get(key)) is not None and _is_as_seen(known.seen or {}):
            return replace(known, entries={})
        found = _from_index(question, engine)
    except IndexOut as out:
        log.warning("search without index", reason=str(out))
        return _from_database(question)
    if found.seen is not None:
        memory.put(key, replace(found, entries={}))
    return found


def found_ids(question: Question, most: int) -> Answer:
    """The first ids of what a question finds, by words and by meaning; how many there are, and how many of each kind.

    Without an index from the database, by words alone, which counts no kinds.
    """
    try:
        engine = index.engine()
        if not question.query.said:
            return engine.search(question.query, question.chosen, ("kind",), question.sort, 0, most)
        found = ordering.ordered(question, engine)
        ids = ordering.page(question, engine, 0, most)
        kinds = Counter(found.answer.counts.get("kind", {}))
        if found.answer.total and found.more:
            kinds.update(engine.counts(found.more, question.chosen, ("kind",))["kind"])
        return Answer(ids, found.listed, {"kind": dict(kinds)})
    except IndexOut as out:
        log.warning("search without index", reason=str(out))
        met = db.session.scalars(plainly.met(question).with_only_columns(Entry.id).limit(most)).all()
        return Answer(tuple(met), len(met))


def similar(entry: Entry, limit: int = 5) -> list[Entry]:
    """Published entries like this one, which may be a draft."""
    try:
        ids = index.engine().related(index.document(entry, entry.text_for_search()), limit + 1)
    except IndexOut:
        ids = plainly.like(entry, limit + 1)
    return [found for found in published(ids) if found.id != entry.id][:limit]


def published(ids: Sequence[int]) -> list[Entry]:
    """Those of these entries that the public may see, in this order."""
    return [row.entry for row in _rows(ids)]


def _from_index(question: Question, engine: Engine) -> Found:
    found = ordering.ordered(question, engine)
    if found.listed and question.page > (last := _pages(found.listed)):
        return _from_index(replace(question, page=last), engine)
    ids = ordering.page(question, engine, (question.page - 1) * PAGE, PAGE)
    rows = _rows(ids)
    gone = set(ids) - {row.entry.id for row in rows}  # unpublished a moment ago
    return Found(
        question=question,
        hits=_hits(question, rows, found.carried),
        total=found.answer.total - len(gone.difference(found.more)),
        by_meaning=len(found.more) - len(gone.intersection(found.more)),
        language=question.query.language,
        expansions=_expansions(question),
        models=found.models,
        facets=_facets(question, found.answer),
        chosen=_chosen(question),
        sorts=_sorts(question),
        notes=_notes(question),
        did_you_mean=_did_you_mean(question, engine) if found.answer.total <= MOST_SUGGESTED else None,
        loosened=() if found.listed else _loosened(question, engine),
        entries={row.entry.id: row.entry for row in rows},
        seen=None if gone else _seen(rows),
        restless=frozenset(row.entry.id for row in rows if row.entry.is_restless),
    )


class Row(NamedTuple):
    """An entry with its texts, and when they were taken into the index; never, of one that is not yet."""

    entry: Entry
    texts: list[str]
    indexed_at: datetime | None


def _rows(ids: Sequence[int]) -> list[Row]:
    """The entries of these ids that the public may see now, in this order, each with its texts and codes."""
    if not ids:
        return []
    read = db.session.execute(_ROWS, {"ids": [*ids]})
    found = {entry.id: Row(entry, texts or [entry.summary], at) for entry, texts, at in read}
    _read_tags([row.entry for row in found.values()])
    return [row for row in (found[i] for i in ids if i in found) if row.entry.is_visible]


def _read_tags(entries: Sequence[Entry]) -> None:
    """Give entries their tags, which takes half as long as the mapper does."""
    tags: dict[int, list[Tag]] = {entry.id: [] for entry in entries if "tags" not in entry.__dict__}
    for tag in db.session.scalars(_TAGS, {"ids": [*tags]}) if tags else ():
        tags[tag.entry_id].append(tag)
    for entry in entries:
        if entry.id in tags:
            set_committed_value(entry, "tags", tags[entry.id])


_IDS: BindParameter[int] = bindparam(
    "ids", expanding=True
)  # statements are made once: making one costs more than asking it
_ROWS = (
    select(Entry, Indexed.texts, Indexed.indexed_at)
    .outerjoin(Indexed, Indexed.entry_id == Entry.id)
    .where(Entry.id.in_(_IDS), Entry.status == Status.PUBLISHED)
    .options(joinedload(Entry.body), lazyload(Entry.tags))
)
_TAGS = select(Tag).where(Tag.entry_id.in_(_IDS)).order_by(Tag.position)


def _seen(rows: Iterable[Row]) -> dict[int, Stamp]:
    """How entries are, and those on whose pages they stand; the database says the same until one is changed."""
    parents = [row.entry.parent for row in rows if row.entry.parent]
    seen: dict[int, Stamp] = {parent.id: (parent.version, parent.status) for parent in parents}
    for entry, _texts, at in rows:
        seen[entry.id] = (entry.version, entry.status, entry.body.name if entry.body else None, at)
    return seen


def _is_as_seen(seen: Mapping[int, Stamp]) -> bool:
    """Whether each of these entries is still as it was seen."""
    if not seen:
        return True
    there = {row[0]: row[1:] for row in db.session.connection().execute(_SEEN, {"ids": [*seen]})}
    return all(there.get(entry_id, ())[: len(stamp)] == stamp for entry_id, stamp in seen.items())


_entry, _body, _indexed = Entry.__table__, Body.__table__, Indexed.__table__
_SEEN = (
    select(_entry.c.id, _entry.c.version, _entry.c.status, _body.c.name, _indexed.c.indexed_at)
    .outerjoin_from(_entry, _body, _body.c.id == _entry.c.body_id)
    .outerjoin(_indexed, _indexed.c.entry_id == _entry.c.id)
    .where(_entry.c.id.in_(_IDS))
)


def _hits(question: Question, rows: Iterable[Row], carried: Mapping[int, Ranked]) -> tuple[Hit, ...]:
    wanted = Wanted.of(question.query)
    return tuple(
        Hit(
            id=entry.id,
            ref=entry.ref,
            slug=entry.slug,
            endpoint=entry.endpoint,
            kind=entry.kind,
            name=entry.title,
            title=marked(entry.title, wanted, entry.language),
            snippet=snippet(_telling(entry, texts, carried.get(entry.id)), wanted, entry.language),
            carried=carried.get(entry.id),
            reasons=reasons(question.query, entry, texts, carried.get(entry.id)),
            language=entry.language,
            why=_why(question, entry),
        )
        for entry, texts, _at in rows
    )


def _telling(entry: Entry, texts: list[str], carried: Ranked | None) -> list[str]:
    """The texts of which the best passage is shown: where no word of the question is held, the one most like it."""
    if carried is None or carried.held or not carried.alike or not carried.passage:
        return texts
    cut = passages.cut(SearchText(entry.title, texts, [], entry.language))
    return cut[carried.passage : carried.passage + 1] or texts


def _why(question: Question, entry: Entry) -> str:
    """Which chosen region, group or sector it belongs to: its card tells countries and goals by itself."""
    if not any(question.chosen.get(facet) for facet in UNSEEN):
        return ""
    names = {
        facet: [facets.label(facet, code, question.lang) for code in question.chosen.get(facet, ()) if code in codes]
        for facet, codes in facets.codes_of(entry).items()
    }
    shown = [(facets.LABELS[facet], ", ".join(names.get(facet, ()))) for facet in UNSEEN if names.get(facet)]
    return " · ".join(_("%(facet)s: %(names)s", facet=facet, names=said) for facet, said in shown)


def _facets(question: Question, answer: Answer) -> tuple[Facet, ...]:
    shown = (_facet(question, name, answer.counts.get(name, {})) for name in FACETS)
    return tuple(facet for facet in shown if facet.values)


def _facet(question: Question, name: str, counts: Mapping[str, int]) -> Facet:
    chosen = question.chosen.get(name, ())
    counts = {**dict.fromkeys(chosen, 0), **counts}
    codes = facets.in_order(name, counts, question.lang)
    toggled = question.toggling(name)
    if len(codes) > MOST_SHOWN:
        codes = [code for at, code in enumerate(codes) if at < MOST_SHOWN or code in chosen]
    return Facet(
        name=name,
        label=str(facets.LABELS[name]),
        values=tuple(
            Value(
                code=code,
                label=facets.label(name, code, question.lang),
                count=counts[code],
                selected=code in chosen,
                args=toggled(code),
            )
            for code in codes
        ),
    )


def _chosen(question: Question) -> tuple[Choice, ...]:
    return tuple(
        Choice(facets.label(facet, code, question.lang), question.toggled(facet, code), selected=True)
        for facet, code in question.chosen_pairs()
    )


def _sorts(question: Question) -> tuple[Choice, ...]:
    offered = [sort for sort in SORT_LABELS if sort != "relevance" or question.query.said]
    return tuple(
        Choice(str(SORT_LABELS[sort]), question.sorted_by(sort), selected=question.sort == sort) for sort in offered
    )


def _expansions(question: Question) -> tuple[Choice, ...]:
    """What the shared lists looked for besides, each idea once."""
    ideas: dict[str, list[Expansion]] = {}
    for expansion in (each for group in question.query.groups for each in group.expansions):
        ideas.setdefault(expansion.code, []).append(expansion)
    return tuple(
        Choice(told_together(some), question.leaving_out(code).args(), selected=True) for code, some in ideas.items()
    )


def _notes(question: Question) -> tuple[str, ...]:
    return tuple(_note(note) for note in question.query.notes)


def _note(note: Note) -> str:
    said: dict[Problem, str] = {
        "too long": _("Your question was very long; this was left out: “%(words)s…”", words=note.words),
        "too many terms": _("Your question had very many words; these were left out: “%(words)s…”", words=note.words),
        "unknown value": _("Nothing is known by “%(words)s”, so it was left out.", words=note.words),
        "no or": _("“%(words)s” was left out: every word is looked for. Ask one question for each.", words=note.words),
    }
    return said[note.problem]


def _did_you_mean(question: Question, engine: Engine) -> Choice | None:
    """The question with each unknown word put right, if that finds more."""
    words, query = question.words, question.query
    listed = {expansion.typed for group in query.groups for expansion in group.expansions}
    for term in query.said:
        if not isinstance(term, Word) or term.text in listed or engine.knows(term.text, query.language):
            continue
        if meant := slips.meant(term.text, engine):
            words = words.replace(term.text, _as_written(meant, engine), 1)
    if words == question.words:
        return None
    better = question.asking(words)
    count = engine.total(better.query, better.chosen)
    return Choice(words, better.args(), count) if count else None


def _as_written(folded: str, engine: Engine) -> str:
    """A folded word as people write it, with its accents, read in an entry that has it."""
    asked = Question(words=folded, left_out=(NO_LIST,))
    for row in _rows(engine.search(asked.query, {}, size=MOST_SUGGESTED).ids):
        for part in (row.entry.title, *row.texts):
            for word in text.words(part):
                if text.fold(word.text) == folded:
                    return word.text.lower()
    return folded


def _loosened(question: Question, engine: Engine) -> tuple[Choice, ...]:
    """What would be found without a filter or all of them, without quotation marks, or without one of the words."""
    ways: list[tuple[str, Question]] = []
    for facet in question.chosen:
        ways.append((_("Without “%(filter)s”", filter=str(facets.LABELS[facet])), question.without(facet)))
    if len(question.chosen) > 1:
        ways.append((_("Without any filter"), question.without()))
    said = [term.typed for term in question.query.said]
    if any(isinstance(term, Phrase) for term in question.query.said):
        ways.append((_("Without quotation marks"), question.asking(" ".join(said).replace('"', ""))))
    for at in range(len(said)) if 1 < len(said) <= MOST_LEFT_OUT else ():
        rest = " ".join(said[:at] + said[at + 1 :])
        ways.append((_("Only “%(words)s”", words=rest), question.asking(rest)))
    counted = ((label, other, engine.total(other.query, other.chosen)) for label, other in ways)
    return tuple(Choice(label, other.args(), count) for label, other, count in counted if count)


def _from_database(question: Question) -> Found:
    """The newest entries with all the words in title or chief texts, then those that mean the like."""
    wanted = plainly.met(question)
    total = db.session.scalar(wanted.with_only_columns(func.count(Entry.id)).order_by(None)) or 0
    alike = plainly.alike(question)
    first = (question.page - 1) * PAGE
    ids = [*db.session.scalars(wanted.with_only_columns(Entry.id).offset(first).limit(PAGE))]
    start = max(first - total, 0)
    ids += [one.id for one in alike[start : start + PAGE - len(ids)]]
    rows = _rows(ids)
    return Found(
        question=question,
        hits=_hits(question, rows, {one.id: one for one in alike}),
        entries={row.entry.id: row.entry for row in rows},
        total=total,
        by_meaning=len(alike),
        language=question.query.language,
        chosen=_chosen(question),
        notes=_notes(question),
        notice=_("Search is being put in order. Until it is ready, results are plainer and may be incomplete."),
    )
