from datetime import date

import pytest

from galaxy.reference import countries
from galaxy.reference.aliases import ALIASES
from galaxy.reference.countries import COUNTRIES, OFFERED, REGIONS, find, groups_of, members


def test_248_countries_and_areas_are_offered_of_249_that_have_a_code():
    assert (len(COUNTRIES), len(OFFERED), set(COUNTRIES.values()) - set(OFFERED)) == (
        249,
        248,
        {COUNTRIES["TWN"]},
    )


def test_193_members_and_2_observers_of_the_united_nations_are_among_them():
    statuses = [country.un_status for country in OFFERED]

    assert [statuses.count(status) for status in ("member", "observer")] == [193, 2]


def test_every_country_is_named_in_seven_languages():
    named = {code: sorted(country.names) for code, country in COUNTRIES.items()}

    assert named == {code: ["ar", "en", "es", "fr", "pt", "ru", "zh"] for code in COUNTRIES}


def test_countries_are_called_as_the_united_nations_would():
    called = [COUNTRIES[code].name("en") for code in ("COD", "PSE", "KNA", "TTO", "CPV", "BOL")]

    assert called == [
        "Democratic Republic of the Congo",
        "State of Palestine",
        "Saint Kitts and Nevis",
        "Trinidad and Tobago",
        "Cabo Verde",
        "Bolivia",
    ]
    assert COUNTRIES["COD"].name("pt") == "República Democrática do Congo"


def test_a_country_tells_what_is_known_of_it():
    burkina = COUNTRIES["BFA"]

    assert (burkina.iso3, burkina.iso2, burkina.m49, burkina.capital) == ("BFA", "BF", "854", "Ouagadougou")
    assert (burkina.lat, burkina.lon) == (12.27, -1.754)
    assert burkina.formal_name("fr") == "le Burkina Faso"
    assert COUNTRIES["ABW"].formal_name("fr") == "Aruba"


def test_a_menu_is_sorted_with_its_accents_folded():
    ordered = [name for _, name in countries.choices("fr") if name[0] in "ÉEÎI"]

    assert ordered[:6] == ["Égypte", "El Salvador", "Émirats arabes unis", "Équateur", "Érythrée", "Espagne"]
    assert ordered.index("Îles Salomon") < ordered.index("Inde")


@pytest.mark.parametrize(
    ("text", "iso3"),
    [
        ("BFA", "BFA"),
        ("bf", "BFA"),
        ("854", "BFA"),
        ("4", "AFG"),
        ("Burkina", "BFA"),
        ("Буркина-Фасо", "BFA"),
        ("布基纳法索", "BFA"),
        ("بوركينا فاسو", "BFA"),
        ("Ivory Coast", "CIV"),
        ("Côte d'Ivoire", "CIV"),
        ("COTE D’IVOIRE", "CIV"),
        ("Costa de Marfil", "CIV"),
        ("DR Congo", "COD"),
        ("Congo, Dem. Rep.", "COD"),
        ("Democratic Republic of the Congo", "COD"),
        ("Congo, Rep.", "COG"),
        ("Congo", "COG"),
        ("Cabo Verde", "CPV"),
        ("Cape Verde", "CPV"),
        ("Swaziland", "SWZ"),
        ("the Plurinational State of Bolivia", "BOL"),
        ("Bolivia (Plurinational State of)", "BOL"),
        ("Egypt, Arab Republic of", "EGY"),
        ("St. Lucia", "LCA"),
        ("Trinidad & Tobago", "TTO"),
        ("Turkey", "TUR"),
        ("Guinea", "GIN"),
        ("Guinea-Bissau", "GNB"),
        ("Papua New Guinea", "PNG"),
        ("Dominica", "DMA"),
        ("Dominican Republic", "DOM"),
        ("Niger", "NER"),
        ("Korea, Rep.", "KOR"),
        ("West Bank and Gaza", "PSE"),
        ("Korea", None),
        ("Atlantis", None),
        ("Taiwan", None),
        ("Kosovo", None),
        ("999", None),
        ("²", None),
        ("", None),
        ("Burkina" + " " * 200, None),
    ],
)
def test_a_text_means_a_country(text, iso3):
    assert find(text) == iso3


def test_every_country_is_found_by_every_one_of_its_names_and_codes():
    lost = [
        (spelling, country.code)
        for country in OFFERED
        for spelling in (
            country.iso3,
            country.iso2,
            country.m49,
            *country.names.values(),
            *country.also,
            *country.formal.values(),
            *ALIASES.get(country.code, ()),
        )
        if find(spelling) != country.code
    ]

    assert lost == []


def test_every_country_but_antarctica_lies_in_regions_that_are_known():
    placed = [country.code for country in OFFERED if country.regions and set(country.regions) <= set(REGIONS)]

    assert [country.code for country in OFFERED if country.code not in placed] == ["ATA"]


def test_a_country_knows_its_smallest_region_and_that_knows_the_larger():
    region = countries.region_of("BFA")

    assert region == REGIONS["011"]
    assert [above.name("en") for above in region.ancestors] == ["Sub-Saharan Africa", "Africa", "World"]


def test_the_regions_to_browse_by_hold_all_but_northern_america_and_antarctica():
    left = [country.code for country in OFFERED if countries.browse_region_of(country.code) is None]

    assert left == ["ATA", "BMU", "CAN", "GRL", "SPM", "USA"]


def test_a_region_has_its_members_at_any_depth():
    assert len(members("001")) == 248
    assert members("018") == ("BWA", "LSO", "NAM", "SWZ", "ZAF")
    assert set(members("018")) <= set(members("202")) <= set(members("002"))


def test_a_region_has_its_children():
    assert [region.name("en") for region in REGIONS["419"].children] == [
        "South America",
        "Central America",
        "Caribbean",
    ]


@pytest.mark.parametrize(
    ("iso3", "on", "groups"),
    [
        ("STP", date(2024, 12, 12), {"LDC", "SIDS"}),
        ("STP", date(2024, 12, 13), {"SIDS"}),
        ("BTN", date(2023, 12, 12), {"LDC", "LLDC"}),
        ("BTN", date(2023, 12, 13), {"LLDC"}),
        ("VUT", date(2020, 12, 4), {"SIDS"}),
        ("SSD", date(2011, 12, 31), {"LLDC"}),
        ("SSD", date(2026, 1, 1), {"LDC", "LLDC"}),
        ("AGO", date(2026, 1, 1), {"LDC"}),
        ("BFA", date(2026, 1, 1), {"LDC", "LLDC"}),
        ("FJI", date(2026, 1, 1), {"SIDS"}),
        ("FRA", date(2026, 1, 1), set()),
    ],
)
def test_the_groups_of_a_country_depend_on_the_day(iso3, on, groups):
    assert groups_of(iso3, on) == COUNTRIES[iso3].groups(on) == groups


@pytest.mark.parametrize(
    ("on", "counts"),
    [(date(2000, 12, 31), (49, 32, 53)), (date(2024, 1, 1), (45, 32, 53)), (date(2026, 1, 1), (44, 32, 53))],
)
def test_the_groups_have_as_many_members_as_the_united_nations_counted(on, counts):
    assert tuple(len(countries.in_group(group, on)) for group in ("LDC", "LLDC", "SIDS")) == counts


def test_every_member_of_a_group_is_a_country():
    assert {entry.iso3 for entry in countries.MEMBERSHIPS} <= set(COUNTRIES)
