"""What meaning is used for beside the search page: news for saved searches, and what is related."""

import time_machine
from sqlalchemy import select

from galaxy.core.db import db, now
from galaxy.search import index
from galaxy.search.meaning import making
from galaxy.search.models import SavedMatch
from galaxy.search.related import related
from tests.factories import a_saved_search, a_solution, a_user
from tests.search.meaning.conftest import look_again


def settled(meaning, work) -> None:
    """All that the worker does, now and when it sees the vectors that it made."""
    db.session.commit()
    work()
    look_again(meaning.store)
    with time_machine.travel(now() + making.SEEN_AFTER):
        work()


def test_what_means_the_same_in_another_language_is_news(quick, work):
    index.rebuild()
    a_saved_search(a_user(), "pompes solaires pour l’eau potable des villages", lang="fr")
    fits = a_solution(title="Solar pumps bring drinking water to villages", summary="The sun drives the pumps.").id
    a_solution(title="Mother tongue teaching", summary="Children learn to read in their own language.", challenge="",
               approach="", results="")  # fmt: skip
    settled(quick, work)

    assert [match.entry_id for match in db.session.scalars(select(SavedMatch))] == [fits]


def test_what_means_the_same_in_another_language_is_related(quick, work):
    index.rebuild()
    quiet = {"challenge": "", "approach": "", "results": ""}
    said = {
        "en": "Solar pumps bring drinking water to villages",
        "fr": "Des pompes solaires apportent l’eau potable aux villages",
        "es": "La lengua materna en la escuela primaria",
    }
    ids = {code: a_solution(title=words, summary=words, language=code, **quiet).id for code, words in said.items()}
    settled(quick, work)

    assert [other.language for other in related(db.session.get(index.Entry, ids["fr"]))] == ["en"]
    assert related(db.session.get(index.Entry, ids["es"])) == []
