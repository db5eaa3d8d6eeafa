from galaxy.reference.names import Named, choices, fold


def test_folding_leaves_small_bare_letters():
    assert [fold(text) for text in ("Île-d’Or", "  CÔTE\tD'IVOIRE ", "أفغانستان", "Ёлка", "中文")] == [
        "ile d or",
        "cote d ivoire",
        "افغانستان",
        "елка",
        "中文",
    ]


def test_choices_are_sorted_as_a_reader_looks_them_up():
    things = [
        Named("a", {"en": "Zambia"}),
        Named("b", {"en": "Islands", "fr": "Îles"}),
        Named("c", {"en": "Jordan"}),
    ]

    assert choices(things, "fr") == [("b", "Îles"), ("c", "Jordan"), ("a", "Zambia")]


def test_things_with_the_same_code_are_the_same():
    assert {Named("a", {"en": "One"}), Named("a", {"en": "Two"})} == {Named("a", {"en": "Three"})}
