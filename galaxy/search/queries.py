"""How a list is found: what the index and the models say, put together with entries, passages, facets, and ways on."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

import structlog
from flask import current_app
from flask_babel import LazyString
from sqlalchemy import func

from galaxy.content.models import Entry, SearchText
from galaxy.core.db import db, now
from galaxy.core.i18n import _, lang, lazy
from galaxy.search import facets, index, ordering, plainly, slips, text
from galaxy.search.clauses import Expansion
from galaxy.search.engines import Answer, Engine, IndexOut, Sort
from galaxy.search.entries import Row, is_as_seen, published, rows_of, stamps_of
from galaxy.search.found import PAGE, Choice, Facet, Found, Hit, Value, pages_of
from galaxy.search.fusion import Ranked
from galaxy.search.grammar import FACETS, Note, Phrase, Problem, Word
from galaxy.search.highlights import Wanted, marked, snippet
from galaxy.search.meaning import nearness, passages
from galaxy.search.memory import Memory
from galaxy.search.questions import NO_LIST, Question
from galaxy.search.reasons import reasons, told_together

MOST_SHOWN = 60
MOST_SUGGESTED = 3
MOST_LEFT_OUT = 6
REMEMBERED = 50  # lists, of about 250 kB each
UNSEEN = ("region", "group", "sector")  # facets of which a card shows nothing

log = structlog.get_logger()

SORT_LABELS: Mapping[Sort, LazyString] = {
    "relevance": lazy("Best match"),
    "newest": lazy("Newest"),
    "confirmed": lazy("Recently confirmed"),
    "title": lazy("Title"),
}


def find(question: Question) -> Found:
    """Answer a question, on the last page where it asks for one beyond; without an index from the database.

    What was answered lately is remembered for as long as neither the index, the vectors, the day nor any entry shown
    have changed: that the database is asked.
    """
    memory: Memory[Found] = current_app.extensions.setdefault("found", Memory(REMEMBERED))
    try:
        engine = index.engine()
        key = (engine.version(), nearness.version(), now().date(), lang(), question.asked)
        if (known := memory.get(key)) is not None and is_as_seen(known.seen or {}):
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


def _from_index(question: Question, engine: Engine) -> Found:
    found = ordering.ordered(question, engine)
    if found.listed and question.page > (last := pages_of(found.listed)):
        return _from_index(replace(question, page=last), engine)
    ids = ordering.page(question, engine, (question.page - 1) * PAGE, PAGE)
    rows = rows_of(ids)
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
        seen=None if gone else stamps_of(rows),
        restless=frozenset(row.entry.id for row in rows if row.entry.is_restless),
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
    for row in rows_of(engine.search(asked.query, {}, size=MOST_SUGGESTED).ids):
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
    rows = rows_of(ids)
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
