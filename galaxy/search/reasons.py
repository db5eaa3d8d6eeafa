"""Why an entry was found, in words that a reader understands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Literal

from galaxy.content.models import Entry
from galaxy.content.words import code_name
from galaxy.core.i18n import _
from galaxy.search import facets, sounds, text
from galaxy.search.clauses import Clause, Expansion, Group, Run
from galaxy.search.fusion import Ranked
from galaxy.search.grammar import Query
from galaxy.search.highlights import Wanted

MOST_READ = 8  # texts of an entry in which a word is looked for
LONGEST_READ = 800  # letters of each
MOST_SAID = 4  # of what an idea is called
MOST_LISTS = 3  # reasons of the shared lists that are told
MOST_NAMES = 2  # names that are told as the entry writes them


@dataclass(frozen=True, slots=True)
class Reason:
    """One of the things for which an entry stands in the list."""

    kind: Literal["words", "some words", "list", "sound", "meaning"]
    text: str


def reasons(query: Query, entry: Entry, texts: Sequence[str], carried: Ranked | None) -> tuple[Reason, ...]:
    """Why this entry answers the question: what a shared list says in place of its words, how it writes a name of them
    in another script, and else its words or its meaning."""
    if not query.said:
        return ()
    by_list = tuple(dict.fromkeys(_by_list(query, entry, texts)))[:MOST_LISTS]
    if carried is None:
        return by_list
    if carried.is_met:
        return by_list or (Reason("words", _("All words")),)
    by_sound = tuple(islice(_by_sound(query, entry, texts), MOST_NAMES)) if carried.told else ()
    if carried.alike:
        return (*by_list, *by_sound, Reason("meaning", _similar(query, entry)))
    return (*by_list, *by_sound) or (Reason("some words", _("Some of the words")),)


def _similar(query: Query, entry: Entry) -> str:
    if entry.language == query.language:
        return str(_("Similar meaning"))
    return str(_("Similar meaning, written in %(language)s", language=code_name("language", entry.language)))


def told(expansion: Expansion) -> str:
    """What a shared list says in place of words, as a reader reads it: "SDG 6.2 Sanitation", "eau → water"."""
    if expansion.source == "goal" or text.fold(expansion.typed) == text.fold(expansion.said):
        return expansion.said
    return f"{expansion.typed} → {expansion.said}"


def told_together(expansions: Sequence[Expansion]) -> str:
    """The same of all that an idea puts in place of words, the first few: "eau → water, agua, вода"."""
    said = list(dict.fromkeys(expansion.said for expansion in expansions))
    return ", ".join([told(expansions[0]), *said[1:MOST_SAID]])


def _by_list(query: Query, entry: Entry, texts: Sequence[str]) -> Iterator[Reason]:
    """For each group of words that the entry says only as a shared list has it: how that is.

    Its texts are read in their order, until each group is seen in its own words or in others."""
    wanted = [group for group in query.groups if group.expansions]
    sought = Wanted.of(query)
    for part in chain([entry.title], texts[:MOST_READ]):
        if not wanted:
            return
        tokens = _tokens(part, entry.language, sought)
        for group in list(wanted):
            if all(_is_met(clause, tokens) for clause in group.clauses):
                wanted.remove(group)
            elif (found := _said_in(tokens, group)) is not None:
                wanted.remove(group)
                yield Reason("list", told(found))
    held = facets.codes_of(entry) if wanted else {}
    codes = frozenset(f"facet {facet}:{code}" for facet, some in held.items() for code in some)
    for group in wanted:
        if (found := _said_in(codes, group)) is not None:
            yield Reason("list", told(found))


def _by_sound(query: Query, entry: Entry, texts: Sequence[str]) -> Iterator[Reason]:
    """How the entry writes names of the question in another script: "Washington → واشنطن"."""
    for name in (name for group in query.groups for name in group.heard):
        tokens = frozenset(filter(sounds.is_sure, name.tokens))
        parts = (part[:LONGEST_READ] for part in chain([entry.title], texts[:MOST_READ])) if tokens else ()
        if found := next(filter(None, (sounds.spelled(tokens, part, entry.language) for part in parts)), ""):
            yield Reason("sound", f"{name.typed} → {found}")


def _said_in(tokens: frozenset[str], group: Group) -> Expansion | None:
    """The first expansion that stands there."""
    return next((each for each in group.expansions if _is_met(each.runs, tokens)), None)


def _is_met(clause: Clause, tokens: frozenset[str]) -> bool:
    return any(_holds(run, tokens) for run in clause)


def _holds(run: Run, tokens: frozenset[str]) -> bool:
    """Whether enough of the tokens of a run are there, wherever they stand."""
    there = sum(f"{run.field} {token}" in tokens for token in run.tokens)
    return there >= (run.least or len(run.tokens))


def _tokens(part: str, language: str, wanted: Wanted) -> frozenset[str]:
    """The tokens of a text, each with its field, of the words that begin as something wanted does."""
    pieces = wanted.glance.pieces(part[:LONGEST_READ], language)
    words = {word for piece in pieces for word in text.WORD.findall(piece) if wanted.begins(word, language)}
    read = [text.tokens_of(word, language) for word in words]
    plain = (f"plain {token}" for folded, _stems in read for token in folded)
    return frozenset(chain(plain, (f"stem {token}" for _folded, stems in read for token in stems)))
