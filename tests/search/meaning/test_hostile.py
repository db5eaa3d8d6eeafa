"""Whatever is typed into an address of the search is answered, with an index and without one, models at hand."""

from urllib.parse import urlencode

import pytest
from flask import Flask

from galaxy.search import index
from tests.factories import a_solution
from tests.indexes import lose

HOSTILE = {
    "ten thousand letters": "a" * 10_000,
    "a thousand words": " ".join(f"word{number}" for number in range(1_000)),
    "ten thousand signs": "水" * 10_000,
    "every operator": '"-:*?~^()[]{}\\+|&<> OR AND NOT -"a b" "-' * 20,
    "wildcards": "* w*ter ?at* %_% .*",
    "fields": "sdg:6 -sdg:6 country:atlantis year:99999999999 kind:: :kind language:\0",
    "quotation marks": '"' * 999,
    "null bytes": "\0wa\0ter\0",
    "lone surrogates": "\ud800water\udfff",
    "marks without letters": "\u0301\u0651\u200f" * 200,
    "all planes": "\U0010ffff\ufffe\ufeff",
}
ADDRESSES = {"/en/search": 200, "/en/search/feed": 200, "/en/search/complete": 200, "/api/v1/search": 200}


@pytest.mark.parametrize("broken", [False, True])
def test_hostile_questions_are_answered_everywhere(app, work, quick, broken):
    index.rebuild()
    a_solution(title="Water for all", language="en")
    work()
    if broken:
        lose(index.engine())

    told = {name: _answers(app, q=words) for name, words in HOSTILE.items()}

    assert told == dict.fromkeys(HOSTILE, ADDRESSES)


def test_hostile_parameters_are_answered_or_refused(app, work, quick):
    index.rebuild()
    a_solution(title="Water for all", language="en")
    work()
    names = ("page", "sort", "country", "sdg", "year", "without", "prefer", "more", "lang", "facets")
    numbers = {"far": "1000000000", "below nothing": "-1", "nines": "9" * 5_000}

    told = {name: _answers(app, q="water", **dict.fromkeys(names, said)) for name, said in (HOSTILE | numbers).items()}

    assert told == dict.fromkeys(HOSTILE | numbers, ADDRESSES | {"/api/v1/search": 400})


def _answers(app: Flask, **asked: str) -> dict[str, int]:
    """How each address answers."""
    client = app.test_client()
    return {path: client.get(f"{path}?{_encoded(**asked)}").status_code for path in ADDRESSES}


def _encoded(**asked: str) -> str:
    """An address may hold bytes that are no letters."""
    return urlencode(asked, errors="surrogatepass")
