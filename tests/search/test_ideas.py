"""The ideas of the shared lists."""

import pytest

from galaxy.reference import sdgs
from galaxy.search import ideas, text


@pytest.mark.parametrize("name", ["acronyms", "glossary"])
def test_our_tables_are_whole(name):
    known = ideas.table(name)

    assert len(known) >= 150
    assert len({idea.code for idea in known}) == len(known)
    assert all(set(idea.labels) == set(text.LANGUAGES) for idea in known)
    codes = {idea.facet.partition(":")[2] for idea in known if idea.facet}
    assert codes <= sdgs.TARGETS.keys() | sdgs.GOALS.keys()
