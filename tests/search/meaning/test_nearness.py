"""A question is near to what says the same, in whichever language."""

import pytest

from galaxy.content.models import Status
from galaxy.core.db import db
from galaxy.search.meaning.nearness import Near, nearest
from tests.factories import a_solution
from tests.search.meaning.conftest import look_again

USE, E5 = "use-multilingual-3", "e5-small-q4"


@pytest.fixture
def three(meaning, work):
    found = [
        a_solution(title="Solar pumps bring drinking water to villages", summary="The sun drives the pumps."),
        a_solution(title="Le paludisme recule", summary="Des moustiquaires pour chaque famille.", language="fr"),
        a_solution(title="母语教学", summary="儿童用母语学习阅读。", language="zh"),
    ]
    work()
    return [entry.id for entry in found]


def first(near: Near, model: str) -> int:
    name = next(name for name in near.models if name.startswith(model))
    return max(near.entries, key=lambda entry_id: near.entries[entry_id][name].whole)


@pytest.mark.parametrize("model", [USE, E5])
def test_a_question_finds_what_says_the_same_in_another_language(three, model):
    water, malaria, teaching = three

    assert first(nearest("pompes solaires pour l’eau potable"), model) == water
    assert first(nearest("how to protect children from malaria with bed nets"), model) == malaria
    assert first(nearest("teaching pupils in their mother tongue"), model) == teaching
    assert first(nearest("مضخات المياه بالطاقة الشمسية"), model) == water


def test_both_models_tell_of_every_entry_and_what_is_usual(three):
    near = nearest("eau")

    assert [name.split()[0] for name in near.models] == [USE, E5]
    assert sorted(near.entries) == sorted(three)
    for name in near.models:
        best = [near.entries[entry_id][name].best for entry_id in three]
        mean, deviation, _count = near.usual[name]
        assert mean == pytest.approx(sum(best) / 3, abs=0.003)
        assert 0 < deviation < 1


def test_the_best_passage_is_told(quick, work):
    story = " ".join(f"In year {year} the committee met and looked at the roads and the bridges." for year in range(40))
    entry = a_solution(title="Roads", summary="Roads.", challenge=story, results="Bees were kept and honey was sold.")
    work()

    near = nearest("beekeeping and honey").entries[entry.id][quick.models[0].name]

    assert near.passage > 0
    assert near.best > near.whole


def test_an_entry_that_is_asked_for_is_told_of_however_far_it_is(quick, work):
    near_one, far_one = a_solution(title="Water pumps"), a_solution(title="Tax law")
    work()

    assert set(nearest("water pump", most=1).entries) == {near_one.id}
    assert set(nearest("water pump", most=1, among=[far_one.id, 12345]).entries) == {near_one.id, far_one.id}


def test_what_is_unpublished_or_deleted_leaves(quick, work):
    kept, withdrawn, deleted = a_solution(title="One"), a_solution(title="Two"), a_solution(title="Three")
    work()
    assert len(nearest("one").entries) == 3

    withdrawn.status = Status.WITHDRAWN
    db.session.delete(deleted)
    db.session.commit()
    work()
    look_again(quick.store)

    assert set(nearest("one").entries) == {kept.id}


def test_without_a_model_nothing_is_near_and_nothing_fails(app, work):
    a_solution(title="Water pumps")
    work()

    assert nearest("water") == Near()


@pytest.mark.parametrize("words", ["", " \x00 \ud800 ", "?" * 100_000, "水" * 5_000, "a\x00b"])
def test_whatever_is_asked_is_answered(three, words):
    assert isinstance(nearest(words), Near)


def test_arabic_is_asked_the_same_with_vowel_signs_and_without(three):
    signed, bare = nearest("تَعَلُّمُ القِراءَةِ باللُّغةِ الأُمّ"), nearest("تعلم القراءة باللغة الأم")

    assert signed.entries == bare.entries


def test_both_chinese_scripts_ask_the_same(three):
    traditional, simplified = nearest("兒童用母語學習閱讀"), nearest("儿童用母语学习阅读")

    assert traditional.entries == simplified.entries
