"""The word that was meant, in each language."""

import pytest

from galaxy.search import slips
from galaxy.search.engines import Document
from galaxy.search.engines.whoosh import WhooshEngine

TEXTS = {
    "en": "Sanitation and irrigation for the villages",
    "fr": "L’assainissement et l’électricité des écoles",
    "es": "Saneamiento y educación de las niñas",
    "pt": "Formação de professores e agricultura familiar",
    "ru": "Вода и здоровье, зелёный рост",
    "ar": "الزراعة المستدامة وتعليم البنات",
    "zh": "农村饮用水安全",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    made = WhooshEngine(tmp_path_factory.mktemp("slips") / "index")
    written = [Document.of(at, said, language=lang) for at, (lang, said) in enumerate(TEXTS.items(), 1)]
    made.rebuild([written])
    return made


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sanitaton", "sanitation"),
        ("irigation", "irrigation"),
        ("assainisement", "assainissement"),
        ("electricitee", "electricite"),
        ("saneamento", "saneamiento"),
        ("professorse", "professores"),
        ("здоровие", "здоровье"),
        ("djlf", "вода"),
        ("الزرعة", "الزراعه"),
        ("饮用木", ""),
        ("2024", ""),
        ("6.2", ""),
        ("xqzzywv", ""),
    ],
)
def test_a_slip_is_put_right(engine, typed, meant):
    assert slips.meant(typed, engine) == meant


@pytest.mark.parametrize("typed", ["electricite", "ÉLECTRICITÉ", "ninas", "зеленый", "الزِّرَاعَة"])
def test_an_accent_or_a_sign_left_out_is_no_slip(engine, typed):
    assert engine.knows(typed, "en")
