"""An entry's text as the few passages that models of meaning are given."""

import hashlib
import re
from collections.abc import Iterator, Sequence

from galaxy.content.models import SearchText
from galaxy.search import text

MOST = 16
"""Passages of one entry, however long it is."""
LONG = 320
"""Letters of a passage, about; a Chinese sign says as much as three."""
LONGEST_TITLE = 200
TITLED = True
"""Whether a model is given the title before each passage: a stretch from the middle seldom says what it is about."""
RULES = 2
"""Another number whenever the same text would give other passages."""

_SENTENCE = re.compile(r".+?(?:[.!?…؟۔]+(?=\s)|[。！？；]+|\n|$)", re.DOTALL)
_CJK = re.compile(f"[{text.CJK}]")
_SPACES = re.compile(r"\s+")


def cut(said: SearchText) -> list[str]:
    """The passages of an entry in order, at least one: its title and chief text, then stretches of the rest."""
    title = _tidy(said.title)[:LONGEST_TITLE]
    chief, *others = said.main or [""]
    stretches = _stretches([chief], LONG - _weight(title))
    first = next(stretches, "")
    passages = [f"{_closed(title)} {first}".strip() or "."]
    for stretch in _stretches([*stretches, *others, *said.more], LONG):
        if len(passages) == MOST:
            break
        passages.append(stretch)
    return passages


def given(said: SearchText, most: int = MOST) -> list[str]:
    """What a model is given for the first passages of an entry."""
    first, *others = cut(said)[:most]
    title = _closed(_tidy(said.title)[:LONGEST_TITLE])
    return [first, *(f"{title} {other}".strip() if TITLED else other for other in others)]


def rules(most: int) -> str:
    """By which rules texts are cut into so many passages, as digests begin."""
    return f"{RULES}.{LONG}.{min(most, MOST)}{'t' if TITLED else ''}:"


def digest(given: Sequence[str], most: int) -> str:
    """A short name of what a model is given: another text, or the same cut by other rules, has another."""
    return rules(most) + hashlib.blake2b("\0".join(given).encode(), digest_size=12).hexdigest()


def _stretches(texts: Sequence[str], room: int) -> Iterator[str]:
    """The texts in stretches that end with a sentence where they can; the first has so much room, the others `LONG`."""
    held: list[str] = []
    weight = 0
    for piece in _pieces(texts):
        if held and weight + _weight(piece) > room:
            yield " ".join(held)
            held, weight, room = [], 0, LONG
        held.append(piece)
        weight += _weight(piece) + 1
    if held:
        yield " ".join(held)


def _pieces(texts: Sequence[str]) -> Iterator[str]:
    """Sentences, and of those that are too long to be a passage the parts."""
    for each in texts:
        for sentence in _SENTENCE.findall(text.clean(each)):
            rest = _tidy(sentence)
            while _weight(rest) > LONG:
                at = LONG // 3 if _CJK.search(rest[:LONG]) else LONG
                at = rest.rfind(" ", at // 2, at) if " " in rest[at // 2 : at] else at
                yield rest[:at].strip()
                rest = rest[at:].strip()
            if rest:
                yield rest


def _weight(words: str) -> int:
    return len(words) + 2 * len(_CJK.findall(words))


def _tidy(words: str) -> str:
    return _SPACES.sub(" ", text.clean(words)).strip()


def _closed(title: str) -> str:
    """A title as a sentence of its own."""
    return title if not title or title[-1] in ".!?…؟。！？" else f"{title}."
