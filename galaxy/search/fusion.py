"""Words and meaning in one order, in which neither outranks the other where it knows less of the question.

Meaning counts in deviations above what is usual for this question: the cosine with an entry's best passage, less the
mean, by the deviation; the mean of all models. What is usual is learnt from the collection and, where that is small,
from the texts of this field (`neutral.background`).

Words count by how much of the question an entry holds (by rarity, to the fourth power): a name or a year in common is
worth next to nothing, all words are worth more than most likeness. To fuse ranks instead lets such chances outrank
meaning, and halves what is found across languages (docs/search.md, "Relevance").
"""

from collections.abc import Collection, Mapping
from enum import IntEnum
from math import log10
from typing import NamedTuple

from galaxy.search.engines import Weighed
from galaxy.search.meaning.matrices import Similar
from galaxy.search.meaning.nearness import Near
from galaxy.search.neutral import Floats, background

SAMPLE_TRUSTED = 60
"""A sample of so many entries counts as much as what is built in."""
ALL_WORDS = 6.0
"""What it is worth to hold every word of a question as well as the best entry does, in deviations of meaning."""
PREFERRED = 0.1
"""What it is worth to be in a language that the reader prefers: enough to rise among equals."""
MOST_OF_IT, SOME_OF_IT = 0.5, 0.2
"""The share of a question whose words are enough to be listed without the others; and where it is likely besides."""
WHOLE = 0.9999
"""The share from which nothing of a question is left out."""


class Exact(IntEnum):
    """How surely an entry is the very one that was asked for. The surer is never below the less sure."""

    NO = 0
    PHRASE = 1
    TITLE = 2
    NAME = 3


class Ranked(NamedTuple):
    """An entry in the order of a question, and what brought it there."""

    id: int
    score: float
    held: float = 0.0
    """The share of the question, by rarity, that its words meet; from 0 to 1."""
    likeness: float = 0.0
    """Of its meaning, in deviations above the usual; 0 where no model knows the entry."""
    alike: bool = False
    """Whether that is more than chance."""
    passage: int = 0
    """Which of its passages is most like the question."""
    exact: Exact = Exact.NO

    @property
    def is_met(self) -> bool:
        """Whether it meets all words of the question."""
        return self.held >= WHOLE

    @property
    def is_worth_listing(self) -> bool:
        """Whether it is listed although it does not meet all words."""
        some = self.held >= SOME_OF_IT and self.likeness >= LIKELY
        return self.alike or some or self.held >= MOST_OF_IT or self.exact is Exact.NAME


JUDGE = "use-multilingual-3"
"""The model whose cosines tell chance from likeness best, since texts that have nothing in common lie at 0."""
FLOOR, FLOOR_OF_UNUSUAL, FLOOR_OF_KNOWN = 0.14, 0.08, 0.09
"""Its cosines below which likeness is chance; the lower ones where the models together find an entry unusual, or likely
for a question of which some words are known here."""
UNUSUAL, LIKELY, UNUSUAL_ALONE = 2.0, 0.5, 4.5
"""Deviations above the usual that are hardly chance, that may be none, and that are needed without that model."""
FEW, RISE, RISE_OF_UNUSUAL = 40, 0.02, 0.5
"""Of very many entries one is near by chance: what the floors rise by from so many entries on to ten times as many."""
KNOWN = 0.15
"""The share of a question, by rarity, that tells that it is about something here."""
WORDS, STEEP = 0.40, 4.0
"""Pieces a letter up to which a question is made of words; beyond, the floor rises by so much for each more."""


def fuse(weighed: Weighed, near: Near) -> list[Ranked]:
    """Every entry that was weighed, the best first."""
    usual = {model: usual_of(model, near.asked[model], near.usual[model]) for model in near.models}
    judge = next((model for model in near.models if model.startswith(JUDGE)), "")
    floors = _floors(near, weighed.known)
    most = max((worth for worth, _held in weighed.scores.values()), default=0.0) or 1.0
    ranked = []
    for entry_id, (worth, held) in weighed.scores.items():
        likeness, alike, passage = 0.0, False, 0
        if said := near.entries.get(entry_id):
            for model, one in said.items():
                mean, deviation = usual[model]
                likeness += (one.best - mean) / deviation / len(said)
            judged = said.get(judge)
            alike = _is_alike(judged, likeness, floors)
            passage = (judged or one).passage
        score = likeness + ALL_WORDS * held**4 * worth / most
        ranked.append(Ranked(entry_id, score, held, likeness, alike, passage))
    ranked.sort(key=_order)
    return ranked


def settled(ranked: Collection[Ranked], exact: Mapping[int, Exact], preferred: Collection[int]) -> list[Ranked]:
    """The same with what is known of some of them: which are the very ones, and which the reader can read best."""
    known = (
        one._replace(
            exact=exact.get(one.id, Exact.NO),
            score=one.score + (PREFERRED if one.id in preferred else 0.0),
        )
        if one.id in exact or one.id in preferred
        else one
        for one in ranked
    )
    return sorted(known, key=_order)


def _order(one: Ranked) -> tuple[int, float, int]:
    return -one.exact, -one.score, -one.id


def usual_of(model: str, asked: Floats, sample: tuple[float, float, int]) -> tuple[float, float]:
    """The mean and the deviation of a question's cosine with any entry; a small sample counts the less for it."""
    mean, deviation, count = sample
    if (built_in := background(model, asked)) is None:
        return mean, max(deviation, 1e-3)
    share = count / (count + SAMPLE_TRUSTED)
    mean = share * mean + (1 - share) * built_in[0]
    return mean, max(share * deviation + (1 - share) * built_in[1], 1e-3)


def _floors(near: Near, known: float) -> list[tuple[float, float]]:
    """What is more than chance for a question: pairs of deviations and cosine, either of which is enough."""
    sampled = max((count for _mean, _deviation, count in near.usual.values()), default=0)
    tens = log10(max(sampled / FEW, 1.0))
    floor = FLOOR + RISE * tens
    if near.pieces > WORDS:
        return [(0.0, floor + STEEP * (near.pieces - WORDS))]
    unusual = (UNUSUAL + RISE_OF_UNUSUAL * tens, FLOOR_OF_UNUSUAL)
    return [(0.0, floor), unusual, *([(LIKELY, FLOOR_OF_KNOWN)] if known >= KNOWN else ())]


def _is_alike(judged: Similar | None, likeness: float, floors: list[tuple[float, float]]) -> bool:
    """Whether a likeness is more than chance, by all models and by that which tells it best."""
    if judged is None:
        return likeness >= UNUSUAL_ALONE
    return any(likeness >= deviations and judged.best >= cosine for deviations, cosine in floors)
