"""A corpus in seven languages, the same each time: words of the goals' targets, and rare ones made of syllables."""

import bisect
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from galaxy.reference import countries, sdgs, sectors

LANGUAGES = {"en": 45, "fr": 17, "es": 15, "pt": 6, "ar": 6, "ru": 6, "zh": 5}
SYLLABLES = {
    language: syllables.split()
    for language, syllables in {
        "en": "ba be bo co da di fa ga ha ke la le ma mi na no pa re ro sa ta ti to va wa ver",
        "fr": "bé cè da dé fou gue ju lé ma mé né ou pa pré que ra sé té tion va ve",
        "es": "ba be ca ción da de ga gue ja la lo ma mi na ño pa que ra sa ta to va yo",
        "pt": "ba be ca ção da de ga lha la le ma mi na nha pa que ra rõ sa ta to va",
        "ar": "با ما نا را لا سا دي ري في مو نو رو تا كا قا حا شا ها بي مي ني",
        "ru": "ба ва га да ди же за ка ла ле ма ми на не по ра ре ро са те ту ша",
        "zh": "水 土 地 气 候 能 源 健 康 教 育 农 业 村 庄 社 区 妇 女 青 年 儿 童 金 融 技 术 数 据 城 市 海 洋 "
        "森 林 治 理 贸 易 创 新 合 作 伙 伴 试 点 推 广",
    }.items()
}
RARE_WORDS = 40_000
FIRST_DAY = date(2012, 1, 1)


class Text(NamedTuple):
    """One entry of the corpus."""

    number: int
    language: str
    title: str
    summary: str
    body: str
    countries: list[str]
    sdgs: list[str]
    sectors: list[str]
    published_at: datetime


class Zipf:
    """Words, the first ones often, the last ones hardly ever."""

    def __init__(self, words: list[str]) -> None:
        self.words, self.sums, total = words, [], 0.0
        for rank in range(1, len(words) + 1):
            total += 1 / rank**1.05
            self.sums.append(total)

    def pick(self, chance: random.Random) -> str:
        return self.words[bisect.bisect_left(self.sums, chance.random() * self.sums[-1])]


def entries(size: int) -> Iterator[Text]:
    """So many entries of two to four thousand bytes each."""
    chance = random.Random(7)
    sentences = {language: _sentences(language) for language in LANGUAGES}
    rare = {language: Zipf(_words(language, chance)) for language in LANGUAGES}
    places = Zipf([country.code for country in countries.OFFERED])
    for number in range(1, size + 1):
        (language,) = chance.choices(list(LANGUAGES), list(LANGUAGES.values()))
        said, tail = sentences[language], rare[language]
        yield Text(
            number=number,
            language=language,
            title=f"{tail.pick(chance)} {chance.choice(said)[:70]}",
            summary=" ".join(chance.choice(said) for _ in range(2))[:400],
            body=_body(said, tail, language, chance),
            countries=sorted({places.pick(chance) for _ in range(chance.choice([1, 1, 1, 2, 3]))}),
            sdgs=sorted({str(chance.randint(1, 17)) for _ in range(chance.randint(1, 4))}),
            sectors=[chance.choice(list(sectors.CATEGORIES)) for _ in range(chance.randint(1, 2))],
            published_at=datetime.combine(
                FIRST_DAY + timedelta(days=chance.randint(0, 5_000)), datetime.min.time(), UTC
            ),
        )


def _sentences(language: str) -> list[str]:
    lists = [*sdgs.TARGETS.values(), *sdgs.indicators()]
    if language == "pt":  # the targets have none: the goals' own sentences must do, and short pieces of them
        titles = [goal.title("pt") for goal in sdgs.GOALS.values()]
        return titles + [" ".join(title.split()[at:]) for title in titles for at in range(1, 6)]
    return [line.name(language) for line in lists]


def _words(language: str, chance: random.Random) -> list[str]:
    words: dict[str, None] = {}
    while len(words) < RARE_WORDS:
        length = chance.randint(2, 3 if language == "zh" else 5)
        words["".join(chance.choice(SYLLABLES[language]) for _ in range(length))] = None
    return list(words)


def _body(said: list[str], tail: Zipf, language: str, chance: random.Random) -> str:
    room, parts = chance.randint(2_000, 4_000), []
    while room > 0:
        words = chance.choice(said).split(" ")
        for _ in range(chance.randint(0, 4)):
            words.insert(chance.randint(0, len(words)), tail.pick(chance))
        parts.append(("" if language == "zh" else " ").join(words))
        room -= len(parts[-1].encode())
    return ". ".join(parts)
