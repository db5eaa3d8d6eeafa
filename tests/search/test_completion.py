"""What is offered while somebody types."""

import pytest

from galaxy.content.models import Status
from galaxy.core.db import db
from galaxy.search import completion
from galaxy.search.completion import complete
from tests.factories import a_question, a_solution, a_webinar, an_organisation
from tests.statements import statements


def offered(typed, lang="en", kind=""):
    return [one.text for one in complete(typed, lang) if kind in {"", one.kind}]


@pytest.fixture
def titles(app, work):
    a_solution(title="Solar pumps for village wells")
    a_solution(title="Pompes solaires", language="fr")
    a_solution(title="Électricité des villages", language="fr")
    a_solution(title="مضخات المياه", language="ar")
    a_solution(title="太阳能水泵", language="zh")
    an_organisation(title="Sahel Water Institute")
    a_solution(title="Solar secrets", status=Status.DRAFT)
    work()


@pytest.mark.parametrize(
    ("typed", "lang", "found"),
    [
        ("sol", "en", ["Solar pumps for village wells", "Pompes solaires"]),
        ("sol", "fr", ["Pompes solaires", "Solar pumps for village wells"]),
        ("PUMPS f", "en", ["Solar pumps for village wells"]),
        ("electr", "fr", ["Électricité des villages"]),
        ("ÉLECTR", "en", ["Électricité des villages"]),
        ("مياه", "en", ["مضخات المياه"]),
        ("المياه", "fr", ["مضخات المياه"]),
        ("水", "en", ["太阳能水泵"]),
        ("太阳", "fr", ["太阳能水泵"]),
        ("sahel w", "fr", ["Sahel Water Institute"]),
        ("ump", "en", []),
        ("secrets", "en", []),
        ("s", "en", []),
        ("", "en", []),
    ],
)
def test_titles_are_completed_at_the_start_of_any_word(titles, typed, lang, found):
    assert offered(typed, lang, "entry") == found


@pytest.mark.parametrize(
    ("typed", "lang", "found"),
    [
        ("burk", "fr", ["Burkina Faso"]),
        ("cote d'i", "fr", ["Côte d’Ivoire"]),
        ("cote d", "fr", ["Côte d’Ivoire"]),
        ("алжи", "en", ["Algeria"]),
        ("eau prop", "en", ["6. Clean water and sanitation"]),
        ("odd 6", "fr", ["6. Eau propre et assainissement"]),
        ("SDG 14", "en", ["14. Life below water"]),
    ],
)
def test_countries_and_goals_are_called_as_the_reader_calls_them(app, typed, lang, found):
    assert [one.text for one in complete(typed, lang) if one.kind in {"country", "goal"}] == found


def test_terms_come_in_the_readers_language_first(app):
    assert offered("assainis", "fr", "term") == ["Assainissement"]
    assert offered("隔离", "zh", "term")[0] == "隔离"
    assert [(one.language, one.text) for one in complete("saneamiento", "en") if one.kind == "term"] == [
        ("es", "Saneamiento")
    ]


def test_a_title_follows_its_entry(titles, work):
    made = a_solution(title="Biogas digesters")
    work()
    assert offered("biogas", kind="entry") == ["Biogas digesters"]

    made.title = "Compost heaps"
    db.session.commit()
    work()
    assert (offered("biogas", kind="entry"), offered("compost", kind="entry")) == ([], ["Compost heaps"])

    made.status = Status.WITHDRAWN
    db.session.commit()
    assert offered("compost", kind="entry") == []  # at once, before the index knows
    work()
    made.status = Status.PUBLISHED
    db.session.commit()
    work()
    assert offered("heaps", kind="entry") == ["Compost heaps"]


def test_what_stands_on_a_hidden_page_is_not_offered(app, work):
    webinar = a_webinar(title="A day on wells")
    a_question(webinar, title="Whose wells last?")
    work()
    assert offered("whose", kind="entry") == ["Whose wells last?"]

    webinar.status = Status.WITHDRAWN
    db.session.commit()

    assert offered("whose", kind="entry") == []


def test_an_entry_whose_title_is_gone_is_forgotten(app, work):
    made = a_solution(title="Biogas digesters")
    work()
    db.session.delete(made)
    db.session.commit()

    completion.keep([1])

    assert offered("biogas", kind="entry") == []


@pytest.mark.parametrize("typed", ["\x00\x00", "\ud800\ud800", "''''", "x" * 10_000, "%_%_", "a\U0010ffff", " ", "——"])
def test_nothing_typed_is_an_error(titles, typed):
    assert offered(typed, kind="entry") == []


def test_one_title_and_three_take_the_same_number_of_statements(app, work):
    def asked():
        db.session.expunge_all()
        assert offered("zeolite", kind="entry")

    a_solution(title="Zeolites")
    work()
    one = statements(asked)
    for number in range(2):
        a_solution(title=f"Zeolites {number}")
    work()

    assert statements(asked) == one
