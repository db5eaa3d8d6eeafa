"""What words and meaning are worth beside each other."""

from dataclasses import replace

import numpy as np
import pytest

from galaxy.search.engines import Weighed
from galaxy.search.fusion import fuse, listed
from galaxy.search.meaning.matrices import Similar
from galaxy.search.meaning.nearness import Near

MODEL = "use-multilingual-3 of a test"
ASKED = np.zeros(512, dtype=np.float32)


def near(cosines: dict[int, float], pieces: float = 0.3) -> Near:
    """How near entries are where others lie at .1, and mostly no further from that than .1."""
    entries = {number: {MODEL: Similar(cosine, cosine, 0)} for number, cosine in cosines.items()}
    return Near((MODEL,), {MODEL: (0.1, 0.1, 400)}, entries, {MODEL: ASKED}, pieces)


def weighed(shares: dict[int, float], known: float = 1.0, spoken: tuple[int, ...] = ()) -> Weighed:
    """Entries that hold these shares of a question, and are worth as much."""
    return Weighed(known, {number: (share, share) for number, share in shares.items()}, frozenset(spoken))


@pytest.mark.parametrize(("held", "first"), [(0.1, 2), (0.6, 1)])
def test_an_entry_in_the_language_of_the_question_gives_way_unless_it_holds_its_words(held, first):
    ranked = fuse(weighed({1: held, 2: 0}, spoken=(1,)), near({1: 0.31, 2: 0.3}))

    assert ranked[0].id == first


@pytest.mark.parametrize(("told", "first"), [(0.0, 1), (1.0, 2)])
def test_a_name_in_another_script_makes_up_for_some_likeness(told, first):
    ranked = fuse(replace(weighed({1: 0, 2: 0}), told={2: told}), near({1: 0.35, 2: 0.3}))

    assert (ranked[0].id, {one.id: one.told for one in ranked}) == (first, {1: 0, 2: told})


@pytest.mark.parametrize(("known", "found"), [(0.0, []), (1.0, [1])])
def test_words_that_stand_in_some_entry_make_meaning_surer_of_itself(known, found):
    ranked = fuse(weighed({1: 0}, known), near({1: 0.2}))

    assert [one.id for one in listed(ranked, ())] == found


@pytest.mark.parametrize(("known", "found"), [(0.0, []), (1.0, [1])])
def test_names_that_models_cut_to_pieces_are_words_where_an_entry_holds_them(known, found):
    ranked = fuse(weighed({1: 0}, known), near({1: 0.4}, pieces=0.6))

    assert [one.id for one in listed(ranked, ())] == found


@pytest.mark.parametrize(("one_language", "first"), [(False, 1), (True, 2)])
def test_the_better_model_counts_more_where_all_entries_are_of_one_language(one_language, first):
    by_quick, by_better = {1: 0.5, 2: 0.3}, {1: 0.3, 2: 0.49}
    models = {MODEL: by_quick, "another": by_better}
    entries = {number: {name: Similar(of[number], of[number], 0) for name, of in models.items()} for number in (1, 2)}
    usual, asked = dict.fromkeys(models, (0.1, 0.1, 10**9)), dict.fromkeys(models, ASKED)

    ranked = fuse(weighed({1: 0, 2: 0}), Near((*models,), usual, entries, asked), one_language=one_language)

    assert ranked[0].id == first
