"""Words and meaning in one order, in which neither outranks the other where it knows less of the question.

Meaning counts in deviations above what is usual for this question: the cosine with an entry's best passage, less the
mean, by the deviation; the mean of all models. What is usual is learnt from the collection and, where that is small,
from the texts of this field (`neutral.background`).

Words count by how much of the question an entry holds (by rarity, to the third power): a name or a year in common is
worth next to nothing, all words are worth more than most likeness. To fuse ranks instead lets such chances outrank
meaning, and halves what is found across languages (docs/search.md, "Relevance").
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from statistics import fmean

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
MOST_OF_IT = 0.5
"""The share of a question whose words are enough to be listed without the others."""
WHOLE = 0.9999
"""The share from which nothing of a question is left out."""


class Exact(IntEnum):
    """How surely an entry is the very one that was asked for. The surer is never below the less sure."""

    NO = 0
    PHRASE = 1
    TITLE = 2
    NAME = 3


@dataclass(frozen=True, slots=True)
class Ranked:
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
        return self.alike or self.held >= MOST_OF_IT or self.exact is Exact.NAME


JUDGE = "use-multilingual-3"
"""The model whose cosines tell chance from likeness best, since texts that have nothing in common lie at 0."""
FLOOR, FLOOR_OF_GIBBERISH, FLOOR_OF_UNUSUAL = 0.17, 0.30, 0.10
"""Its cosines below which likeness is chance: of a question of words, of one that is hardly made of any, and of an
entry that another model finds very unusual."""
UNUSUAL = 4.5
"""Deviations above the usual that are more than chance, whatever the model."""
GIBBERISH = 0.41
"""Pieces a letter, above which a question is hardly made of words."""


def fuse(weighed: Weighed, near: Near) -> list[Ranked]:
    """Every entry that was weighed, the best first."""
    usual = {model: usual_of(model, near.asked[model], near.usual[model]) for model in near.models}
    most = max((worth for worth, _held in weighed.scores.values()), default=0.0) or 1.0
    ranked = []
    for entry_id, (worth, held) in weighed.scores.items():
        said = near.entries.get(entry_id, {})
        deviations = {model: (one.best - usual[model][0]) / usual[model][1] for model, one in said.items()}
        likeness = fmean(deviations.values()) if said else 0.0
        ranked.append(
            Ranked(
                id=entry_id,
                score=likeness + ALL_WORDS * held**3 * worth / most,
                held=held,
                likeness=likeness,
                alike=_is_alike(said, deviations, near.pieces > GIBBERISH),
                passage=next(iter(said.values())).passage if said else 0,
            )
        )
    return sorted(ranked, key=_order)


def settled(ranked: Collection[Ranked], exact: Mapping[int, Exact], preferred: Collection[int]) -> list[Ranked]:
    """The same with what is known of some of them: which are the very ones, and which the reader can read best."""
    known = (
        replace(
            one,
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


def _is_alike(said: Mapping[str, Similar], deviations: Mapping[str, float], gibberish: bool) -> bool:
    """Whether a likeness is more than chance."""
    judged = next((one.best for model, one in said.items() if model.startswith(JUDGE)), None)
    unusual = any(each >= UNUSUAL for model, each in deviations.items() if not model.startswith(JUDGE))
    if judged is None:
        return unusual and not gibberish
    if gibberish:
        return judged >= FLOOR_OF_GIBBERISH
    return judged >= (FLOOR_OF_UNUSUAL if unusual else FLOOR)
