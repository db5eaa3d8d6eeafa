"""Terms of public health in seven languages, as the translators of the COVID-19 pandemic put them."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from galaxy.reference.files import read
from galaxy.reference.names import Names, fold


@cache
def terms() -> tuple[Names, ...]:
    """Every term by language, read at the first call; a few are common misspellings, on purpose."""
    return tuple(read("health_terms"))


@cache
def _index() -> Mapping[str, tuple[Names, ...]]:
    index: dict[str, list[Names]] = defaultdict(list)
    for term in terms():
        for words in {fold(words) for words in term.values()}:
            index[words].append(term)
    return {words: tuple(found) for words, found in index.items()}


def named(text: str) -> tuple[Names, ...]:
    """The terms that are said so in any of the languages, whatever the accents and capitals."""
    return _index().get(fold(text), ())
