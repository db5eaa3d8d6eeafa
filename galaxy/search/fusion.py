"""Words and meaning in one order, in which neither outranks the other where it knows less of the question.

Meaning counts in deviations above what is usual for this question: the cosine with an entry's best passage, less the
mean, by the deviation; the mean of all models. What is usual is learnt from the collection and, where that is small,
from the texts of this field (`neutral.background`).

Words count by how much of the question an entry holds (by rarity, squared): a name or a year in common is worth next
to nothing, all words are worth more than most likeness. What is written in the language of the question could hold its
words, and what merely lies near it in that language gives way a little. To fuse ranks instead lets chances outrank
meaning, and halves what is found across languages (docs/search.md, "Relevance").
"""

from collections.abc import Collection, Mapping, Sequence
from enum import IntEnum
from math import log10
from typing import NamedTuple

from galaxy.search.engines import Weighed
from galaxy.search.meaning.nearness import Near
from galaxy.search.neutral import Floats, background

SAMPLE_TRUSTED = 60
"""A sample of so many entries counts as much as what is built in."""
ALL_WORDS = 6.0
"""What it is worth to hold every word of a question as well as the best entry does, in deviations of meaning."""
HELD_AT_ALL = 0.3
"""The share of that which does not ask how well: what a shared list says in place of words weighs little by itself."""
SPOKEN = 0.25
"""What it costs to be in the language of the question, beside entries in others: some words in common make it good."""
PREFERRED = 0.1
"""What it is worth to be in a language that the reader prefers: enough to rise among equals."""
TOLD = 0.8
"""What it is worth to hold a rare number of the question, or a name of it as another script writes it."""
PLACED = 1.0
"""What it is worth to carry the country that the question names."""
MOST_OF_IT, SOME_OF_IT = 0.5, 0.2
"""The share of a question whose words are enough to be listed without the others; and where it is alike besides."""
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
    """Whether that is more than chance, and not far behind the best."""
    sure: bool = False
    """Whether it is by itself, and close to the best."""
    equal: bool = False
    """Whether it is listed even beside entries that meet all words."""
    passage: int = 0
    """Which of its passages is most like the question."""
    told: float = 0.0
    """How many numbers of the question it holds, and names of it as another script writes them."""
    exact: Exact = Exact.NO

    @property
    def is_met(self) -> bool:
        """Whether it meets all words of the question."""
        return self.held >= WHOLE


JUDGE = "use-multilingual-3"
"""The model whose cosines tell chance from likeness best, since texts that have nothing in common lie at 0."""
JUDGE_AMONG_ONE = 0.4
"""What it weighs in the mean of two models where all entries are of one language, and half where they are not: the
other knows more, but likes the language of the question too well."""
COSINE = 25.0
"""What a cosine of 1 by it adds to the deviations of all models, where chance is judged."""
SURE, SURE_ALONE = 6.0, 4.5
"""How like a question of unknown words the best entry must be for meaning to say anything; in deviations alone without
that model."""
SURE_OF_UNKNOWN = 9.0
"""The same for a single word that nothing here holds."""
FEW, RISE = 40, 4.0
"""Of very many entries one is near by chance: what that rises by from so many entries on to ten times as many."""
FAMILIAR = 4.0
"""What it falls by where all words of the question are known here."""
UNTOLD, TELLING = 0.75, 2
"""The share of a question's words that is taken for known where no entry is in its language; so many that are tell as
much as that."""
WORDS, PARTS, STEEP = 0.40, 0.25, 100.0
"""Pieces a letter up to which a question, or a single word, is made of words; it rises by so much for each beyond."""
PLAIN = 1.0
"""So far above that it is plain that a question is answered here, and others may be listed beside the best."""
PLAINLY_LIKE = 12.0
"""How far from chance an entry must be to be listed beside such as meet all words."""
NOT_FAR, CLOSE = 0.4, 0.65
"""The shares of the best likeness from which an entry is listed: among the first, and further down."""
LIKEST = 5.0
"""More likeness than this of the best asks no more of others: its own text, asked for, is beyond all translations."""
FIRST, MOST_BY_MEANING = 15, 25
"""How many are the first; and how many are listed that do not meet the words."""


def fuse(weighed: Weighed, near: Near, *, lone: bool = False, one_language: bool = False) -> list[Ranked]:
    """Every entry that was weighed, the best first. `lone` tells that the question is a single word, `one_language`
    that all entries are of the same."""
    likeness, judged, passage = _likeness(near, weighed.scores, JUDGE_AMONG_ONE if one_language else 0.5)
    top = max(likeness.values(), default=0.0)
    bound = min(top, LIKEST)
    needed = _needed(near, weighed, lone=lone) if judged else SURE_ALONE
    best = max((judged or likeness).values(), default=0.0)
    most = max((worth for worth, _held in weighed.scores.values()), default=0.0) or 1.0
    ranked = []
    for entry_id, (worth, held) in weighed.scores.items():
        like = likeness.get(entry_id, 0.0)
        above = judged[entry_id] - needed if entry_id in judged else like - SURE_ALONE
        alike = like > 0 and like >= NOT_FAR * bound and (above >= 0 or best >= needed + PLAIN)
        words = held**2 * (HELD_AT_ALL + (1 - HELD_AT_ALL) * worth / most)
        told = weighed.told.get(entry_id, 0.0)
        score = like + ALL_WORDS * words + TOLD * told - SPOKEN * (entry_id in weighed.spoken)
        sure = alike and above >= 0 and like >= CLOSE * bound
        plainly = judged[entry_id] >= PLAINLY_LIKE if entry_id in judged else above >= 0
        equal = (alike and plainly) or (sure and held >= MOST_OF_IT)
        ranked.append(Ranked(entry_id, score, held, like, alike, sure, equal, passage.get(entry_id, 0), told))
    ranked.sort(key=_order)
    return ranked


def listed(ranked: Sequence[Ranked], met: Collection[int]) -> list[Ranked]:
    """Those that are listed although they are not among those that meet the words, the best first."""
    others = [one for one in ranked if one.id not in met]
    if met:
        kept = [one for one in others if one.equal or one.exact is Exact.NAME]
    else:
        kept = [one for place, one in enumerate(others) if one.exact is Exact.NAME or _is_likely(one, place)]
    return kept[:MOST_BY_MEANING]


def _is_likely(one: Ranked, place: int) -> bool:
    """Whether an entry is worth listing where none meets all words."""
    some = one.alike and one.held >= SOME_OF_IT
    return one.sure or (one.alike and place < FIRST) or some or one.held >= MOST_OF_IT


def settled(
    ranked: Collection[Ranked], exact: Mapping[int, Exact], preferred: Collection[int], placed: Collection[int]
) -> list[Ranked]:
    """The same with what is known of some of them: which are the very ones, which the reader can read best, and which
    carry the country that was named."""
    known = {*exact, *preferred, *placed}
    return sorted(
        (
            one._replace(
                exact=exact.get(one.id, Exact.NO),
                score=one.score + PREFERRED * (one.id in preferred) + PLACED * (one.id in placed),
            )
            if one.id in known
            else one
            for one in ranked
        ),
        key=_order,
    )


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


def _likeness(
    near: Near, among: Collection[int], share: float
) -> tuple[dict[int, float], dict[int, float], dict[int, int]]:
    """Of each entry that a model knows: its likeness, by all of them; how far from chance that is, by the model that
    tells, whose part in two is `share`; and its best passage."""
    usual = {model: usual_of(model, near.asked[model], near.usual[model]) for model in near.models}
    judge = next((model for model in near.models if model.startswith(JUDGE)), "")
    parts = {model: share if model == judge else 1 - share for model in near.models}
    weights = {model: (parts[model], *usual[model]) for model in near.models}
    likeness, judged, passage = {}, {}, {}
    for entry_id in among:
        if not (said := near.entries.get(entry_id)):
            continue
        above = whole = 0.0
        for model, one in said.items():
            part, mean, deviation = weights[model]
            above += part * (one.best - mean) / deviation
            whole += part
        likeness[entry_id] = above / whole
        if judge in said:
            judged[entry_id] = likeness[entry_id] + COSINE * said[judge].best
        passage[entry_id] = (said.get(judge) or next(iter(said.values()))).passage
    return likeness, judged, passage


def _needed(near: Near, weighed: Weighed, *, lone: bool) -> float:
    """How far from chance the best entry must be, the more so the more entries there are, and the less the question
    is made of words: as models cut them, or as they stand in some entry."""
    sampled = weighed.open * max((count for _mean, _deviation, count in near.usual.values()), default=0)
    strange = STEEP * (1 - weighed.known) * max(near.pieces - WORDS, 0.0)
    known = (weighed.known * weighed.fellows + UNTOLD * TELLING) / (weighed.fellows + TELLING)
    needed = SURE + RISE * log10(max(sampled / FEW, 1.0)) + strange - FAMILIAR * known
    if lone and not weighed.known:
        return max(needed, SURE_OF_UNKNOWN + STEEP / 2 * max(near.pieces - PARTS, 0.0))
    return needed
