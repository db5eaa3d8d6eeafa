"""What a word of each language finds, and what it must not find."""

import time

import pytest

from galaxy.search import text
from galaxy.search.clauses import Run, any_of

FINDS = {
    "en": [
        ("schools", "a rural school"),
        ("farming", "farmers and farms"),
        ("education", "educational programmes"),
        ("irrigated", "irrigation scheme"),
        ("women", "a woman entrepreneur"),
        ("naïve", "naive approach"),
        ("policies", "a policy"),
        ("e-learning", "an elearning course"),
        ("children", "each child"),
        ("ﬁshing", "fishing nets"),
    ],
    "fr": [
        ("education", "l’éducation des filles"),
        ("énergie renouvelable", "les énergies renouvelables"),
        ("agriculteur", "des agriculteurs"),
        ("eau", "accès à l'eau"),
        ("l'eau", "approvisionnement en eau"),
        ("ecoles", "une école rurale"),
        ("national", "programmes nationaux"),
        ("financement", "financer des projets"),
        ("oeuvre", "la main-d’œuvre"),
        ("ÉLEVAGE", "un élevage"),
        ("maraîcher", "des jardins maraîchers"),
        ("maraichere", "les cultures maraîchères"),
        ("irriguer", "l’irrigation des champs"),
        ("travail", "les travaux des champs"),
    ],
    "es": [
        ("educacion", "la educación rural"),
        ("niño", "los niños"),
        ("escuela", "escuelas públicas"),
        ("agrícola", "prácticas agrícolas"),
        ("financiar", "financiación de proyectos"),
        ("ano", "un año"),
        ("innovador", "soluciones innovadoras"),
    ],
    "pt": [
        ("educacao", "a educação"),
        ("mulher", "as mulheres rurais"),
        ("solucao", "soluções locais"),
        ("agricola", "práticas agrícolas"),
        ("regiões", "região semiárida"),
        ("comunidade", "comunidades"),
    ],
    "ru": [
        ("вода", "доступ к чистой воде"),
        ("школа", "в сельских школах"),
        ("женщины", "для женщин"),
        ("образование", "в области образования"),
        ("зеленый", "зелёный рост"),
        ("сельский", "сельского хозяйства"),
    ],
    "ar": [
        ("مدرسة", "بناء المدارس في الريف"),
        ("مياه", "المياه النظيفة"),
        ("تعليم", "والتعليم للجميع"),
        ("اطفال", "الأطفال والنساء"),
        ("مزارع", "المزارعون المحليون"),
        ("طاقة", "الطاقة المتجددة"),
        ("تعليم", "التَّعْلِيمُ"),
        ("مشروع", "المشاريع الصغيرة"),
    ],
    "zh": [
        ("饮用水", "为农村提供安全饮用水"),
        ("教育", "高等教育改革"),
        ("可再生能源", "推广可再生能源技术"),
        ("气候", "应对气候变化"),
        ("小农", "支持小农户"),
        ("水", "饮用水"),
    ],
}
FINDS_NOT = {
    "en": [("university", "the universe"), ("organ", "organization chart")],
    "fr": [("mars", "une marche"), ("divers", "la division")],
    "ru": [("мир", "мера")],
    "ar": [("كتاب", "مكتب"), ("درس", "مدرسة"), ("علم", "معلومات")],
    "zh": [("北京", "北方南京")],
}
ACROSS = [  # asked with an English interface
    ("education", "l’éducation des filles", "fr"),
    ("education", "la educación rural", "es"),
    ("education", "a educação básica", "pt"),
    ("школа", "в сельских школах", "ru"),
    ("مياه", "المياه النظيفة", "ar"),
    ("COVID-19", "la COVID-19 en África", "es"),
    ("١٢", "les 12 villages", "fr"),
]
FLAT_FINDS = [(q, t, language) for language, pairs in FINDS.items() for q, t in pairs]
FLAT_FINDS_NOT = [(q, t, language) for language, pairs in FINDS_NOT.items() for q, t in pairs]


def finds(question: str, written: str, language: str, asked_in: str) -> bool:
    tokens = text.analyse(written, language)

    def stands(run: Run) -> bool:
        row = tuple(getattr(tokens, run.field))
        size = len(run.tokens)
        return any(row[at : at + size] == run.tokens for at in range(len(row)))

    return all(any(stands(run) for run in any_of(word, asked_in)) for word in question.split())


@pytest.mark.parametrize(("question", "written", "language"), FLAT_FINDS)
def test_a_word_finds_its_other_forms(question, written, language):
    assert finds(question, written, language, language)


@pytest.mark.parametrize(("question", "written", "language"), FLAT_FINDS_NOT)
def test_a_word_does_not_find_another_word(question, written, language):
    assert not finds(question, written, language, language)


@pytest.mark.parametrize(("question", "written", "language"), ACROSS)
def test_a_question_in_english_finds_texts_of_other_languages(question, written, language):
    assert finds(question, written, language, "en")


def test_plain_words_are_folded_and_in_order():
    assert text.plain("L'Éducation d’abord: ÇA, œuvre №5 e\u0301cole") == [
        "education",
        "abord",
        "ca",
        "oeuvre",
        "5",
        "ecole",
    ]


def test_vowel_signs_hamza_and_stretching_make_no_difference_in_arabic():
    assert text.plain("أَطْفَـــال") == text.plain("اطفال")


def test_the_russian_short_i_stays_a_letter():
    assert text.plain("мой") != text.plain("мои")


def test_chinese_runs_become_pairs_and_single_signs():
    assert text.analyse("饮用水 ok 水", "zh") == (["饮用", "用水", "ok", "水"], ["饮", "用", "水", "ok", "水"])


def test_an_unknown_language_is_folded_only():
    assert text.analyse("Watoto WADOGO", "sw") == (["watoto", "wadogo"], ["watoto", "wadogo"])


@pytest.mark.parametrize(
    "hostile",
    ["\x00", "\ud800\udfff", "\ufffe\uffff", "a\u0300" * 5_000, "ﷺ" * 5_000, "'" * 5_000, "\u202e", "_" * 50, "🙂" * 9],
)
@pytest.mark.parametrize("language", [*text.LANGUAGES, "xx", ""])
def test_hostile_texts_give_tokens_that_can_be_written_down(hostile, language):
    tokens = text.analyse(f"water {hostile} water", language)

    assert tokens.plain.count("water") >= 1
    for token in tokens.plain + tokens.stem:
        assert 0 < len(token.encode()) <= 4 * text.LONGEST_WORD
        assert "\x00" not in token


@pytest.mark.parametrize("unit", ["eau ", "水", "التعليم ", "x", "a-b", "e\u0301"])
def test_a_megabyte_is_bounded_in_tokens_and_time(unit):
    started = time.process_time()

    tokens = text.analyse(unit * (1_000_000 // len(unit)), "fr")

    assert len(tokens.plain) <= text.MOST_TOKENS
    assert time.process_time() - started < 2


def test_small_words_are_left_out_of_stems_but_kept_for_phrases():
    assert text.analyse("le lait de chèvre", "fr") == (["le", "lait", "de", "chevre"], ["lait", "chevr"])
