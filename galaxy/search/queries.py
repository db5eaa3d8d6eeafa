"""What the search page shows: entries by id from the database, their passages, facets, and help if none is found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog
from flask_babel import LazyString
from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, case, false, func, inspect, or_, select, tuple_
from sqlalchemy.orm import joinedload

from galaxy.content.models import Entry, Status, Tag
from galaxy.content.words import kind_name
from galaxy.core.db import db, now
from galaxy.core.i18n import _, lazy
from galaxy.reference import countries
from galaxy.search import facets, index, text
from galaxy.search.clauses import is_small
from galaxy.search.engines import Answer, Engine, IndexBroken, Sort
from galaxy.search.grammar import FACETS, Field, Note, Phrase, Problem, Word
from galaxy.search.highlights import Wanted, marked, snippet
from galaxy.search.models import Indexed
from galaxy.search.questions import LAST_PAGE, Address, Question
from galaxy.search.reasons import Reason

PAGE = 20
MOST_SHOWN = 60
MOST_SUGGESTED = 3
MOST_LEFT_OUT = 6
UNSEEN = ("region", "group", "sector")  # facets of which a card shows nothing
LEAST_ALIKE = 3  # shared words of a title, twice, and shared codes

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

    entry: Entry
    title: Markup
    snippet: Markup
    language: str
    language_name: str
    kind: str
    score: float = 0.0
    reasons: tuple[Reason, ...] = ()
    why: str = ""  # which of what was chosen it belongs to, where its card does not show that


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


@dataclass(frozen=True)
class Choice:
    """A way on: what it is called, where it leads, and how many entries it gives where that is known."""

    label: str
    args: Address
    count: int | None = None
    selected: bool = False


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
    facets: tuple[Facet, ...] = ()
    chosen: tuple[Choice, ...] = ()
    """What the list is narrowed by; each leads to the list without it."""
    sorts: tuple[Choice, ...] = ()
    notes: tuple[str, ...] = ()
    did_you_mean: Choice | None = None
    loosened: tuple[Choice, ...] = ()
    """Where nothing is found: what to leave out, with what that gives."""
    notice: str = ""

    @property
    def pages(self) -> int:
        """How many pages there are to turn."""
        return _pages(self.total)

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


def _pages(total: int) -> int:
    return min(-(-total // PAGE), LAST_PAGE)


def find(question: Question) -> Found:
    """Answer a question, on the last page where it asks for one beyond; without an index from the database."""
    try:
        return _from_index(question, index.engine())
    except IndexBroken as broken:
        log.warning("search without index", reason=str(broken))
        return _from_database(question)


def found_ids(question: Question, most: int) -> Answer:
    """The ids of all that a question finds, the first so many, and how many of each kind; without an index from the
    database, which counts no kinds."""
    try:
        return index.engine().search(question.query, question.chosen, ("kind",), question.sort, 0, most)
    except IndexBroken as broken:
        log.warning("search without index", reason=str(broken))
        ids = db.session.scalars(_plainly(question).with_only_columns(Entry.id).limit(most)).all()
        return Answer(tuple(ids), len(ids))


def similar(entry: Entry, limit: int = 5) -> list[Entry]:
    """Published entries like this one, which may be a draft."""
    try:
        ids = index.engine().related(index.document(entry, entry.text_for_search()), limit + 1)
    except IndexBroken:
        ids = _alike(entry, limit + 1)
    return [found for found, _texts in _rows(ids) if found.id != entry.id][:limit]


def _alike(entry: Entry, limit: int) -> list[int]:
    """Ids of entries that share words of the title, each worth two, and codes with this one, the most first."""
    codes = [(tag.scheme, tag.code) for tag in entry.tags]
    words = [word for word in dict.fromkeys(text.plain(entry.title)) if not is_small(word, entry.language)][:12]
    shared = select(func.count()).where(Tag.entry_id == Entry.id, tuple_(Tag.scheme, Tag.code).in_(codes))
    score: ColumnElement[Any] = shared.scalar_subquery()
    for word in words:
        score += case((Indexed.folded.contains(word, autoescape=True), 2), else_=0)
    wanted = select(Entry.id).outerjoin(Indexed, Indexed.entry_id == Entry.id)
    wanted = wanted.where(Entry.status == Status.PUBLISHED, score >= LEAST_ALIKE)
    return list(db.session.scalars(wanted.order_by(score.desc(), Entry.id.desc()).limit(limit)))


def published(ids: Sequence[int]) -> list[Entry]:
    """Those of these entries that the public may see, in this order."""
    return [entry for entry, _texts in _rows(ids)]


def _from_index(question: Question, engine: Engine) -> Found:
    answer = engine.search(question.query, question.chosen, FACETS, question.sort, (question.page - 1) * PAGE, PAGE)
    if answer.total and question.page > (last := _pages(answer.total)):
        return _from_index(replace(question, page=last), engine)
    rows = _rows(answer.ids)
    missing = len(answer.ids) - len(rows)  # unpublished a moment ago
    nothing = not answer.total
    return Found(
        question=question,
        hits=_hits(question, rows),
        total=answer.total - missing,
        facets=_facets(question, answer),
        chosen=_chosen(question),
        sorts=_sorts(question),
        notes=_notes(question),
        did_you_mean=_did_you_mean(question, engine) if answer.total <= MOST_SUGGESTED else None,
        loosened=_loosened(question, engine) if nothing else (),
    )


def _rows(ids: Sequence[int]) -> list[tuple[Entry, list[str]]]:
    """The entries of these ids that the public may see now, in this order, each with its texts."""
    if not ids:
        return []
    wanted = (
        select(Entry, Indexed.texts)
        .outerjoin(Indexed, Indexed.entry_id == Entry.id)
        .where(Entry.id.in_(ids), Entry.status == Status.PUBLISHED)
        .options(joinedload(Entry.body))
    )
    rows = {entry.id: (entry, texts) for entry, texts in db.session.execute(wanted)}
    return [
        (entry, texts or [entry.summary]) for entry, texts in (rows[i] for i in ids if i in rows) if entry.is_visible
    ]


def _hits(question: Question, rows: Iterable[tuple[Entry, list[str]]]) -> tuple[Hit, ...]:
    wanted = Wanted.of(question.query)
    return tuple(
        Hit(
            entry=entry,
            title=marked(entry.title, wanted, entry.language),
            snippet=snippet(texts, wanted, entry.language),
            language=entry.language,
            language_name=facets.label("language", entry.language, question.lang),
            kind=kind_name(entry.kind),
            why=_why(question, entry),
        )
        for entry, texts in rows
    )


def _why(question: Question, entry: Entry) -> str:
    """Which chosen region, group or sector it belongs to: its card tells countries and goals by itself."""
    if not any(question.chosen.get(facet) for facet in UNSEEN):
        return ""
    places, sectors = [*entry.codes("country"), *entry.codes("used_in")], entry.codes("sector")
    held = facets.all_codes({"country": places, "sector": sectors}, now().date())
    names = {
        facet: [facets.label(facet, code, question.lang) for code in question.chosen.get(facet, ()) if code in codes]
        for facet, codes in held.items()
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
    words = question.words
    for term in question.query.said:
        if isinstance(term, Word) and not engine.knows(term.text, question.lang):
            if not (near := engine.suggest(term.text, 1)):
                continue
            words = words.replace(term.text, _as_written(near[0], engine), 1)
    if words == question.words:
        return None
    better = question.asking(words)
    count = engine.total(better.query, better.chosen)
    return Choice(words, better.args(), count) if count else None


def _as_written(folded: str, engine: Engine) -> str:
    """A folded word as people write it, with its accents, read in an entry that has it."""
    asked = Question(words=folded)
    for entry, texts in _rows(engine.search(asked.query, {}, size=MOST_SUGGESTED).ids):
        for part in (entry.title, *texts):
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
    """The newest entries with all the words in title or chief texts: slower and plainer, but an answer."""
    wanted = _plainly(question)
    total = db.session.scalar(wanted.with_only_columns(func.count(Entry.id)).order_by(None)) or 0
    page = wanted.with_only_columns(Entry.id).offset((question.page - 1) * PAGE).limit(PAGE)
    return Found(
        question=question,
        hits=_hits(question, _rows(db.session.scalars(page).all())),
        total=total,
        chosen=_chosen(question),
        notes=_notes(question),
        notice=_("The search index is being made again. Until it is ready, results are plainer and may be incomplete."),
    )


def _plainly(question: Question) -> Select[Entry]:
    """What is published and carries every code and all the words that are asked for, and nothing that is refused."""
    query = question.query
    wanted = select(Entry).where(Entry.status == Status.PUBLISHED)
    wanted = wanted.order_by(Entry.published_at.desc(), Entry.id.desc())
    if query.said or query.refusals:
        wanted = wanted.join(Indexed, Indexed.entry_id == Entry.id)
    for term in query.said:
        wanted = wanted.where(_says(term))
    for facet, codes in (*question.chosen.items(), *((field.facet, (field.code,)) for field in query.fields)):
        wanted = wanted.where(_carries(facet, codes))
    for refused in query.excluded:
        found = _carries(refused.facet, (refused.code,)) if isinstance(refused, Field) else _says(refused)
        wanted = wanted.where(~found)
    return wanted


def _says(term: Word | Phrase) -> ColumnElement[bool]:
    """Whether an entry has this in its title or its chief texts."""
    return Indexed.folded.contains(" ".join(text.plain(term.text)), autoescape=True)


def _carries(facet: str, codes: Iterable[str]) -> ColumnElement[bool]:
    """Whether an entry carries one of these codes, by the tables: its tags, its first year, or a column of its kind."""
    codes = list(codes)
    if facet in {"region", "group"}:
        inside = countries.members if facet == "region" else partial(countries.in_group, on=now().date())
        return _carries("country", [code for each in codes for code in inside(each)])
    if facet == "year":
        years = [int(code) for code in codes if code.isdecimal() and 1 <= int(code) < 9999]
        starts = [(datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)) for year in years]
        return or_(false(), *((Entry.published_at >= start) & (Entry.published_at < end) for start, end in starts))
    if facet in {"country", "sdg", "sector"}:
        schemes = ("country", "used_in") if facet == "country" else (facet,)
        return Entry.id.in_(select(Tag.entry_id).where(Tag.scheme.in_(schemes), Tag.code.in_(codes)))
    tables = [mapper.local_table for mapper in inspect(Entry).self_and_descendants]
    held = [select(table.c.id).where(table.c[facet].in_(codes)) for table in tables if facet in table.c]
    return or_(false(), *(Entry.id.in_(each) for each in held))
