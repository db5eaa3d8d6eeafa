"""What a reader of the search page is shown."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event
from werkzeug.datastructures import MultiDict

from galaxy.content.models import Status
from galaxy.core.db import db
from galaxy.search import index
from galaxy.search.found import Found
from galaxy.search.queries import find, similar
from galaxy.search.questions import Question
from tests.factories import a_body, a_focal_point, a_solution, an_organisation
from tests.indexes import lose


@pytest.fixture(autouse=True)
def speaking(app, work):
    index.rebuild()
    with app.test_request_context("/en/"):
        yield


def ask(words: str = "", *chosen: tuple[str, str], lang: str = "en") -> Found:
    return find(Question.from_args(MultiDict([("q", words), *chosen]), lang))


def values(found: Found, facet: str) -> list[tuple[str, int]]:
    return [(value.label, value.count) for shown in found.facets if shown.name == facet for value in shown.values]


def test_a_hit_shows_its_title_and_best_passage_marked(work):
    a_solution(
        title="Pompes <solaires>",
        language="fr",
        summary="Un **résumé** sans rien.",
        challenge="Le gazole était cher & rare, les pompes s'arrêtaient.",
    )
    work()

    (hit,) = ask("pompe gazole").hits

    assert hit.title == "<mark>Pompes</mark> &lt;solaires&gt;"
    assert hit.snippet == ("Le <mark>gazole</mark> était cher &amp; rare, les <mark>pompes</mark> s&#39;arrêtaient.")
    assert (hit.language, hit.kind) == ("fr", "solutions")


def test_facets_are_named_in_the_readers_language_and_counted_as_a_click_gives(work):
    a_solution(title="One", countries=["BFA"], sdgs=["6"])
    a_solution(title="Two", countries=["KEN"], sdgs=["6", "4"], language="fr")
    an_organisation(title="Three")
    work()

    found = ask("", ("country", "BFA"), lang="fr")

    assert values(found, "country") == [("Burkina Faso", 1), ("Kenya", 1)]
    assert values(found, "sdg") == [("6. Eau propre et assainissement", 1)]
    assert values(ask(), "sdg") == [("4. Quality education", 1), ("6. Clean water and sanitation", 2)]
    assert values(ask(), "kind") == [("Solutions", 2), ("Organisations", 1)]
    for facet in ask("", ("country", "BFA")).facets:
        for value in facet.values:
            assert find(Question.from_args(MultiDict(value.args), "en")).total >= value.count


def test_a_chosen_code_can_be_left_and_stays_shown_when_it_gives_nothing(work):
    a_solution(title="One", countries=["BFA"])
    work()

    found = ask("nothing", ("country", "KEN"))

    assert values(found, "country") == [("Kenya", 0)]
    assert [(choice.label, choice.args) for choice in found.chosen] == [("Kenya", {"q": "nothing"})]


def test_pages_lead_to_each_other(work):
    for n in range(45):
        a_solution(title=f"Solution n{n}")
    work()

    first, second, third = (ask("solution", ("page", str(page))) for page in (1, 2, 3))

    assert (first.pages, first.total, first.previous, first.next) == (3, 45, None, {"q": "solution", "page": "2"})
    assert (second.first, second.last, second.previous) == (21, 40, {"q": "solution"})
    assert (third.first, third.last, third.next) == (41, 45, None)
    assert ask("solution", ("page", "400")).first == 41
    assert len({hit.id for page in (first, second, third) for hit in page.hits}) == 45


def test_sorting_is_offered(work):
    assert [(choice.label, choice.selected) for choice in ask("water").sorts] == [
        ("Best match", True),
        ("Newest", False),
        ("Recently confirmed", False),
        ("Title", False),
    ]
    assert [choice.label for choice in ask().sorts] == ["Newest", "Recently confirmed", "Title"]


def test_a_slip_of_the_finger_is_put_right_with_its_accents(work):
    a_solution(title="L’éducation des filles", language="fr")
    work()

    found = ask("edukation filles")

    assert found.total == 0
    assert found.did_you_mean.label == "éducation filles"
    assert (found.did_you_mean.args, found.did_you_mean.count) == ({"q": "éducation filles"}, 1)


def test_nothing_is_suggested_for_words_that_are_known(work):
    a_solution(title="Solar pumps")
    work()

    assert ask("solar").did_you_mean is None


def test_where_nothing_is_found_ways_out_are_counted(work):
    a_solution(title="Wind turbines", countries=["BFA"], sdgs=["7"])
    a_solution(title="Seed banks", countries=["KEN"], sdgs=["2"])
    work()

    found = ask("turbines", ("country", "KEN"), ("sdg", "7"))

    assert (found.total, found.hits) == (0, ())
    assert [(choice.label, choice.args, choice.count) for choice in found.loosened] == [
        ("Without “Country”", {"q": "turbines", "sdg": ["7"]}, 1),
        ("Without any filter", {"q": "turbines"}, 1),
    ]

    found = ask('"wind hens" turbines')

    assert [(choice.label, choice.args["q"]) for choice in found.loosened] == [("Only “turbines”", "turbines")]

    found = ask('"turbines wind"')

    assert [(choice.label, choice.args["q"]) for choice in found.loosened] == [
        ("Without quotation marks", "turbines wind")
    ]

    found = ask("turbines hens")

    assert [(choice.label, choice.args, choice.count) for choice in found.loosened] == [
        ("Only “turbines”", {"q": "turbines"}, 1)
    ]


def test_what_was_not_followed_is_told():
    assert ask("rain OR snow country:atlantis").notes == (
        "“OR” was left out: every word is looked for. Ask one question for each.",
        "Nothing is known by “country:atlantis”, so it was left out.",
    )


@pytest.mark.parametrize(
    "words", ["\x00", "\ud800", "a" * 10_000, "w " * 1_000, '"-:*?~()[]{}^\\', "%_%", "水" * 999, "-", "sdg:6 -sdg:6"]
)
@pytest.mark.parametrize("broken", [False, True])
def test_hostile_questions_are_answered(app, words, broken):
    if broken:
        lose(index.engine())

    found = ask(words, ("country", words), ("sort", words), ("page", "1000000000"))

    assert found.hits == ()


def statements(words: str) -> int:
    counted: list[str] = []
    db.session.rollback()
    db.session.expunge_all()

    def count(_connection, _cursor, statement, *_more):
        counted.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    for entry in ask(words).entries.values():
        assert entry.body.name
        assert entry.tags
    event.remove(db.engine, "before_cursor_execute", count)
    return len(counted)


def test_one_hit_and_three_hits_take_the_same_number_of_statements(work):
    author = a_focal_point(body=a_body())
    for title in ("One pump", "Two wheels", "Three wheels", "Four wheels"):
        a_solution(title=title, author=author, summary="", challenge="", approach="", results="")
    work()

    assert statements("pump") == statements("wheels")


@pytest.mark.parametrize("broken", [False, True])
def test_without_an_index_the_same_filters_hold(work, broken):
    author = a_focal_point(body=a_body())
    old = datetime(2019, 12, 31, 23, 59, tzinfo=UTC)
    a_solution(title="Old pump", author=author, modality="triangular", published_at=old)
    a_solution(title="New pump", author=author, evidence="checked", countries=["FJI"], published_at=old + timedelta(1))
    work()
    if broken:
        lose(index.engine())

    def titles(words, *chosen):
        return sorted(str(hit.name) for hit in ask(words, *chosen).hits)

    assert titles("", ("year", "2019")) == ["Old pump"]
    assert titles("", ("modality", "triangular")) == ["Old pump"]
    assert titles("", ("evidence", "checked"), ("evidence", "told")) == ["New pump", "Old pump"]
    assert titles("", ("region", "002")) == ["Old pump"]
    assert titles("pump -old") == ["New pump"]
    assert titles("pump country:FJI") == ["New pump"]
    assert titles("pump -country:FJI") == ["Old pump"]


def test_without_an_index_what_is_alike_shares_words_and_codes(work):
    author = a_focal_point(body=a_body())
    a_solution(title="Seed banks", author=author, sdgs=["2"], sectors=["311"], countries=["FJI"])
    near = a_solution(title="Wells pumped by the sun", author=author)
    mine = a_solution(title="Sun pumped wells", status=Status.DRAFT)
    work()
    lose(index.engine())

    assert [entry.id for entry in similar(mine)] == [near.id]
