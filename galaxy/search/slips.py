"""The word that was meant by one that no entry holds."""

from typing import Final

from galaxy.search import text
from galaxy.search.clauses import is_small
from galaxy.search.engines import Engine

SHORTEST: Final = 4
"""Words of fewer letters have too many neighbours."""
_KEYS: Final = str.maketrans("qwertyuiop[]asdfghjkl;'zxcvbnm,.", "йцукенгшщзхъфывапролджэячсмитьбю")
"""What stands on the same keys of a Russian keyboard."""


def meant(word: str, engine: Engine) -> str:
    """The folded word that was meant, as the index has it; nothing where none is near, or where none is to be sought.

    Chinese has no slips of a letter, numbers and codes no spelling, and accents are no slip: words are compared folded.
    """
    folded = text.fold(word)
    if text.is_cjk(word) or not folded.isalpha():
        return ""
    if folded.isascii() and engine.knows(russian := folded.translate(_KEYS), "ru"):
        return text.fold(russian)
    if len(folded) < SHORTEST:
        return ""
    near = (other for other in engine.suggest(word, 3) if _script(other) == _script(folded))
    return next((other for other in near if not any(is_small(other, lang) for lang in text.languages_of(other))), "")


def _script(folded: str) -> tuple[str, ...]:
    return text.languages_of(folded)
