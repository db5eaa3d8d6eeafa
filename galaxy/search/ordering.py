"""One question put to the index and to the models of meaning, and what both say in one order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from flask import current_app
from sqlalchemy import ColumnElement, Select, bindparam, select, union

from galaxy.content.models import Entry, Status
from galaxy.content.words import KINDS
from galaxy.core.db import db
from galaxy.reference import sdgs
from galaxy.search import text
from galaxy.search.engines import Answer, Engine
from galaxy.search.fusion import Exact, Ranked, fuse, listed, settled
from galaxy.search.grammar import FACETS, Field, Phrase, Query, Word
from galaxy.search.meaning import nearness
from galaxy.search.memory import Memory
from galaxy.search.questions import Question

FUSED = 200
"""So many of the entries that meet the words are put in the common order; the others follow as the engine has them."""
NEAREST = 100
"""So many of the entries nearest to the question by each model are looked at, and of those with some of its words."""
LOOKED_AT = 40
"""So many of the best by words, and by both, are looked at for an exact title."""
MOST_NARROWED = 2_000
"""Where so few entries carry what is chosen, all of them are compared with the question, however far they lie."""
MOST_PLACED = 500
"""So many of the entries of a country that is named are compared with the question."""
LONGEST_NAME = 300
REMEMBERED = 300


@dataclass(frozen=True)
class Ordered:
    """What a question finds, in order."""

    answer: Answer
    """The first that meet the words, how many do, and their facets."""
    head: tuple[Ranked, ...] = ()
    """The first of the list."""
    more: tuple[int, ...] = ()
    """Those of them that do not meet the words."""
    models: tuple[str, ...] = ()
    """The models of meaning that took part."""
    carried: dict[int, Ranked] = field(default_factory=dict)
    """What brought an entry of the head into the list."""

    @property
    def listed(self) -> int:
        """How many entries the list has."""
        return self.answer.total + len(self.more)


def ordered(question: Question, engine: Engine) -> Ordered:
    """The order of a question's entries, by words and meaning; from memory where nothing has changed since."""
    memory: Memory[Ordered] = current_app.extensions.setdefault("ordered", Memory(REMEMBERED))
    chosen = tuple((facet, tuple(codes)) for facet, codes in sorted(question.chosen.items()))
    asked = (question.words, question.query, chosen, question.preferred)
    key = (engine.version(), nearness.version(), asked)
    if (found := memory.get(key)) is None:
        found = _ordered(question, engine)
        memory.put(key, found)
    return found


def page(question: Question, engine: Engine, first: int, size: int) -> tuple[int, ...]:
    """The ids of a stretch of the list in the order that is asked for."""
    found, query, chosen = ordered(question, engine), question.query, question.chosen
    if question.sort != "relevance":
        return engine.search(query, chosen, (), question.sort, first, size, found.more).ids
    ids = tuple(one.id for one in found.head[first : first + size])
    if len(ids) == size or found.listed <= len(found.head):
        return ids
    beyond = max(first, len(found.head)) - len(found.more)
    return (*ids, *engine.search(query, chosen, (), "relevance", beyond, size - len(ids)).ids)


def _ordered(question: Question, engine: Engine) -> Ordered:
    query, chosen = question.query, question.chosen
    if not query.said:
        return Ordered(engine.search(query, chosen, FACETS, "newest", 0, 1))
    answer = engine.search(query, chosen, FACETS, "relevance", 0, FUSED)
    placed = _placed(question, engine)
    near = nearness.nearest(spoken(question), NEAREST, {*answer.ids, *_narrowed(question, engine), *placed})
    named = _named(question.words)
    weighed = engine.weigh(query, chosen, {*answer.ids, *near.entries, *named}, NEAREST)
    if query.language in question.preferred:
        weighed = replace(weighed, spoken=frozenset())
    one_language = len(chosen.get("language", ())) == 1
    ranked = fuse(weighed, near, lone=_is_single(query), one_language=one_language)
    exact, preferred = _known(question, named, answer.ids, ranked)
    ranked = settled(ranked, exact, preferred, placed)
    met = frozenset(answer.ids)
    more = _more(query, answer, ranked, with_meaning=bool(near.models))
    head = tuple(one for one in ranked if one.id in met or one.id in more)
    return Ordered(
        answer=answer if answer.total or not more else replace(answer, counts=engine.counts(more, chosen, FACETS)),
        head=head,
        more=tuple(more),
        models=near.models,
        carried={one.id: one for one in head},
    )


def _more(query: Query, answer: Answer, ranked: Sequence[Ranked], *, with_meaning: bool) -> dict[int, None]:
    """The ids of the best entries that are listed though they do not meet the words.

    Who asks for phrases alone wants these words just so. Beside entries with a phrase that was asked for, so many that
    not all are in the common order, none may stand. Without a model some of the words are enough only where nothing
    has all of them.
    """
    quoted = [isinstance(term, Phrase) for term in query.said]
    if all(quoted) or (answer.total > FUSED and any(quoted)):
        return {}
    met = frozenset(answer.ids)
    found = [one for one in ranked if one.id in met or not (one.is_met and answer.total > FUSED)]
    if not with_meaning and answer.total:
        found = [one for one in found if one.exact is Exact.NAME]
    return dict.fromkeys(one.id for one in listed(found, met))


def _is_single(query: Query) -> bool:
    """Whether a question is one word, in a script that parts words."""
    said = query.said[0].text if len(query.terms) == 1 and isinstance(query.terms[0], Word) else ""
    return bool(said) and not text.is_cjk(said) and not _numbered(query)


def _placed(question: Question, engine: Engine) -> frozenset[int]:
    """The ids of what carries a country that the question names among its words, where that is not very much."""
    tokens = {
        run.tokens[0].partition(":")
        for group in question.query.groups
        for expansion in group.expansions
        if expansion.source == "country"
        for run in expansion.runs
        if run.field == "facet"
    }
    answers = (
        engine.search(replace(question.query, terms=(Field(facet, code),)), question.chosen, size=MOST_PLACED)
        for facet, _, code in sorted(tokens)
    )
    return frozenset(entry_id for answer in answers for entry_id in answer.ids)


def spoken(question: Question) -> str:
    """What of a question models read: as it was typed where that is all words, else its words alone; for the number
    of a goal or a target its text, since numbers mean nothing to them."""
    query = question.query
    if numbered := _numbered(query):
        return numbered
    if all(not isinstance(term, Field) for term in (*query.terms, *query.excluded)) and not query.excluded:
        return question.words.replace('"', " ")
    return " ".join(term.text for term in query.said)


def _numbered(query: Query) -> str:
    """The text of the goal or target whose number is all that is asked; else nothing."""
    said = [each for group in query.groups for each in group.expansions if each.source == "goal"]
    if len(query.groups) != 1 or not said or not any(sign.isdigit() for sign in said[0].typed):
        return ""
    code = said[0].code.partition(":")[2]
    numbered = sdgs.TARGETS.get(code) or sdgs.GOALS.get(code)
    return numbered.names["en"] if numbered else ""


def _narrowed(question: Question, engine: Engine) -> tuple[int, ...]:
    """The ids of what carries the codes that are chosen, where that is not very many."""
    query = question.query
    if not question.chosen and len(query.said) == len(query.terms) and not query.excluded:
        return ()
    unsaid = replace(query, terms=query.fields)
    answer = engine.search(unsaid, question.chosen, (), "newest", 0, MOST_NARROWED)
    return answer.ids if answer.total <= MOST_NARROWED else ()


def _named(words: str) -> dict[int, None]:
    """The ids of published entries whose identifier, here or at their source, or whose address on the web this is."""
    words = words.strip().strip('"').strip()
    if not words or " " in words or len(words) > LONGEST_NAME:
        return {}
    named, spelled = _NAMED, {"ref": words.lower(), "spelled": [*{words, words.upper(), words.lower()}]}
    if "://" in words:
        address = words.rstrip("/")
        named, spelled = _ADDRESSED, spelled | {"addresses": [address, f"{address}/"]}
    return dict.fromkeys(db.session.connection().scalars(named, spelled))


# Statements are made once: making one costs more than asking it.
_entry = Entry.__table__.c


def _whose(*ways: ColumnElement[bool]) -> Select[int]:
    """The ids of published entries of which one of these is true, each way by an index of its own: joined by "or", all
    that is published would be looked through."""
    named = union(*(select(_entry.id).where(way) for way in ways))
    return (
        select(_entry.id)
        .where(_entry.status == Status.PUBLISHED, _entry.id.in_(named))
        .order_by(_entry.id)
        .limit(LOOKED_AT)
    )


_BY_NAME = (
    _entry.ref == bindparam("ref"),
    _entry.kind.in_([*KINDS]) & _entry.external_id.in_(bindparam("spelled", expanding=True)),
)
_NAMED = _whose(*_BY_NAME)
_ADDRESSED = _whose(*_BY_NAME, _entry.url.in_(bindparam("addresses", expanding=True)))
_TITLES = select(_entry.id, _entry.title, _entry.language).where(_entry.id.in_(bindparam("ids", expanding=True)))


def _known(
    question: Question, named: Collection[int], met: Sequence[int], ranked: Sequence[Ranked]
) -> tuple[dict[int, Exact], set[int]]:
    """Which of the best are the very ones that were asked for, and which are in a language that the reader prefers."""
    ids = {*named, *met[:LOOKED_AT], *(one.id for one in ranked[:LOOKED_AT])}
    rows = [(*row,) for row in db.session.connection().execute(_TITLES, {"ids": [*ids]})] if ids else []
    exact = _phrases(question.query, met) | dict.fromkeys(_titled(question.words, rows), Exact.TITLE)
    return exact | dict.fromkeys(named, Exact.NAME), {
        entry_id for entry_id, _, lang in rows if lang in question.preferred
    }


def _phrases(query: Query, met: Sequence[int]) -> dict[int, Exact]:
    quoted = any(isinstance(term, Phrase) for term in query.said)
    return dict.fromkeys(met, Exact.PHRASE) if quoted else {}


def _titled(words: str, rows: Sequence[tuple[int, str, str]]) -> list[int]:
    """The ids of entries whose whole title is what was asked, whatever its case, accents and signs."""
    asked = text.plain(words)
    likely = (row for row in rows if abs(len(row[1]) - len(words)) <= 4 + len(words) // 4)
    return [entry_id for entry_id, title, _ in likely if asked and text.plain(title) == asked]
