"""Whatever is typed into an address of the search is answered, with an index and without one, models at hand."""

from urllib.parse import urlencode

import pytest

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


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("broken", [False, True])
def test_hostile_questions_are_answered_everywhere(app, work, quick, words, broken):
    index.rebuild()
    a_solution(title="Water for all", language="en")
    work()
    if broken:
        lose(index.engine())
    client = app.test_client()

    told = {path: client.get(f"{path}?{_encoded(q=words)}").status_code for path in ADDRESSES}

    assert told == ADDRESSES


@pytest.mark.parametrize(
    "said", [*HOSTILE.values(), "1000000000", "-1", "9" * 5_000], ids=[*HOSTILE, "far", "-1", "9s"]
)
def test_hostile_parameters_are_answered_or_refused(app, work, quick, said):
    index.rebuild()
    a_solution(title="Water for all", language="en")
    work()
    client = app.test_client()
    more = dict.fromkeys(
        ("page", "sort", "country", "sdg", "year", "without", "prefer", "more", "lang", "facets"), said
    )

    told = {path: client.get(f"{path}?{_encoded(q='water', **more)}").status_code for path in ADDRESSES}

    assert told == ADDRESSES | {"/api/v1/search": 400}


def _encoded(**asked: str) -> str:
    """An address may hold bytes that are no letters."""
    return urlencode(asked, errors="surrogatepass")
