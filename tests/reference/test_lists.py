import unicodedata

import pytest

from galaxy.reference import groups, languages, lists, regions, sectors, terms, thesaurus
from galaxy.reference.files import FOLDER


def test_the_seven_languages_call_themselves_what_their_readers_do():
    assert languages.autonyms() == [
        ("ar", "العربية"),
        ("zh", "中文"),
        ("en", "English"),
        ("fr", "français"),
        ("ru", "русский"),
        ("es", "español"),
        ("pt", "português"),
    ]


def test_arabic_alone_is_written_from_right_to_left():
    assert [code for code, language in languages.LANGUAGES.items() if language.direction == "rtl"] == ["ar"]


def test_languages_are_sorted_by_their_names_in_the_readers():
    assert [code for code, _ in languages.choices("fr")] == ["en", "ar", "zh", "es", "fr", "pt", "ru"]


def test_only_active_sectors_are_offered():
    assert (len(sectors.SECTORS), len(sectors.choices("en"))) == (325, 295)
    assert (len(sectors.CATEGORIES), len(sectors.category_choices("en"))) == (44, 42)


def test_every_active_sector_is_named_in_english_and_french():
    unnamed = [row.code for row in sectors.SECTORS.values() if row.active and not {"en", "fr"} <= set(row.names)]

    assert unnamed == []


def test_sectors_are_grouped_by_category_and_none_is_left_out():
    grouped = sectors.grouped_choices("fr")

    assert sorted(choice for _, group in grouped for choice in group) == sorted(sectors.choices("fr"))
    assert [name for name, _ in grouped[:2]] == ["Actions se rapportant à la dette", "Agriculture"]


def test_a_withdrawn_sector_can_still_be_read():
    withdrawn = next(row for row in sectors.SECTORS.values() if not row.active)

    assert withdrawn.code not in dict(sectors.choices("en"))
    assert withdrawn.name("fr") != ""


def test_regions_and_groups_are_named_in_the_readers_language():
    assert [name for _, name in regions.choices("es")] == [
        "África",
        "América Latina y el Caribe",
        "Asia",
        "Europa",
        "Oceanía",
    ]
    assert groups.choices("fr") == [
        ("LDC", "Pays les moins avancés"),
        ("LLDC", "Pays en développement sans littoral"),
        ("SIDS", "Petits États insulaires en développement"),
    ]


def test_the_short_lists_keep_their_own_order():
    assert list(lists.MODALITIES) == ["south-south", "regional", "triangular"]
    assert list(lists.EVIDENCE) == ["told", "documented", "measured", "checked"]
    assert list(lists.LICENCES) == ["CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC0-1.0", "other"]
    assert lists.in_order(lists.EVIDENCE, "fr")[0] == ("told", "Raconté")


def test_every_line_of_the_short_lists_is_in_english_and_french():
    every = [lists.MODALITIES, lists.EVIDENCE, lists.LICENCES, lists.COST_RANGES, lists.ORGANISATION_TYPES]

    assert [line.code for one in every for line in one.values() if not {"en", "fr"} <= set(line.names)] == []


@pytest.mark.parametrize(
    ("spdx", "code"),
    [("CC-BY-4.0", "CC-BY-4.0"), (" cc0-1.0", "CC0-1.0"), ("Apache-2.0", "other"), ("", "other")],
)
def test_a_licence_that_is_not_offered_is_another(spdx, code):
    assert lists.licence_of(spdx) == code


@pytest.mark.parametrize(
    ("dollars", "code"), [(0, "under-10k"), (9_999, "under-10k"), (10_000, "10k-50k"), (7_000_000, "over-1m")]
)
def test_an_amount_falls_in_one_range(dollars, code):
    assert lists.cost_range_of(dollars).code == code


def test_the_ranges_of_cost_leave_no_gap():
    ranges = list(lists.COST_RANGES.values())

    assert [found.least for found in ranges[1:]] == [found.most for found in ranges[:-1]]


def test_types_of_organisation_are_those_of_iati():
    assert lists.organisation_type_choices("fr")[:2] == [("11", "Administration locale"), ("90", "Autre")]


def test_the_thesaurus_crosses_languages():
    (water,) = thesaurus.named("EAU")

    assert (len(thesaurus.concepts()), len(thesaurus.groups())) == (4482, 95)
    assert [water.name(lang) for lang in ("ar", "en", "es", "ru")] == ["مياه", "Water", "Agua", "Вода"]
    assert thesaurus.named("no such idea") == ()


def test_a_concept_is_found_by_its_other_names_and_leads_to_its_kin():
    concepts = thesaurus.concepts()
    kin = {code for concept in concepts.values() for code in (*concept.broader, *concept.related)}

    assert kin <= set(concepts)
    assert [concept.name("en") for concept in thesaurus.named("social medicine")] == ["Health services"]


def test_health_terms_cross_languages():
    (fever,) = terms.named("Fièvre")

    assert len(terms.terms()) == 580
    assert (fever["en"], fever["ru"]) == ("fever", "жар")


def test_no_text_holds_split_letters_or_invisible_marks():
    texts = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.rglob("*.json")}

    assert [name for name, text in texts.items() if unicodedata.normalize("NFC", text) != text] == []
    assert [name for name, text in texts.items() if set(text) & set("\u00ad\ufeff\u200e\u200f")] == []
