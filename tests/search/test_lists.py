"""How any list of entries is narrowed: by columns, tags, tags of another name, and the ids of other rows."""

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from galaxy.content.models import Entry, Link, Relation, Status
from galaxy.core.db import db
from galaxy.core.i18n import lazy
from galaxy.partnerships.models import Call
from galaxy.partnerships.queries import published
from galaxy.reference.countries import COUNTRIES
from galaxy.reference.groups import GROUPS
from galaxy.reference.languages import LANGUAGES
from galaxy.reference.sdgs import GOALS
from galaxy.reference.sectors import CATEGORIES
from galaxy.search.lists import Catalogue, Column, Goals, Groups, Refs, Sectors, Sort, Tags
from tests.factories import a_request, a_solution, an_offer, saved
from tests.statements import statements


def rows():
    """The published calls, each with the permanent id of what it was born from."""
    origin = select(Entry.ref).join(Link, Link.to_id == Entry.id)
    origin = origin.where(Link.from_id == Call.id, Link.relation == Relation.BORN_FROM).scalar_subquery()
    read = (Call.id, Call.kind, Call.title, origin.label("origin"))
    return published().with_only_columns(*read, maintain_column_froms=True)


def titles_of(refs):
    """The titles of those of these entries that are published."""
    found = select(Entry.ref, Entry.title).where(Entry.ref.in_(refs), Entry.status == Status.PUBLISHED)
    return dict(db.session.execute(found).all())


LIST = Catalogue(
    rows=rows,
    shown=published,
    facets=(
        Column("kind", ("requests", "offers")),
        Tags("language", LANGUAGES, scheme="spoken", by_count=True),
        Goals("sdg", GOALS),
        Sectors("sector", CATEGORIES),
        Tags("country", COUNTRIES, by_count=True),
        Groups("group", GROUPS, scheme="country"),
        Refs("origin", label=lazy("Solution"), named=titles_of),
    ),
    sorts={
        "title": Sort(lazy("Title"), lambda rows: (rows.c.title,)),
        "newest": Sort(lazy("Newest"), lambda rows: (rows.c.id.desc(),)),
    },
)


def found(app, query="", language="en"):
    """What the list answers to the arguments of an address."""
    with app.test_request_context(f"/{language}/?{query}") as context:
        return LIST.listing(LIST.asked(context.request.args, language))


def titles(app, query=""):
    return [entry.title for entry in found(app, query).page.rows]


def counts(app, name, query="", language="en"):
    """The values of a facet in their order, each with how many entries it gives."""
    facets = found(app, query, language).facets
    return [(value.label, value.count) for facet in facets if facet.name == name for value in facet.values]


def born_from(origin, *entries):
    for entry in entries:
        saved(Link(from_id=entry.id, relation=Relation.BORN_FROM, to_id=origin.id))


@pytest.fixture
def wells(app):
    """A published solution that two calls were born from."""
    wells, hidden = a_solution(title="Wells"), a_solution(title="Hidden", status=Status.DRAFT)
    a = a_request(title="A", sdgs=["6", "6.1", "2"], sectors=["140", "14031"], spoken=["fr", "en"], countries=["BFA"])
    b = an_offer(title="B", sdgs=["6.2", "6.1"], spoken=["fr"], countries=["BFA", "NER", "FJI"])
    c = a_request(title="C", sdgs=["10.1"], sectors=["11220"], spoken=["ar"], countries=["FJI"])
    a_request(title="D", status=Status.SUBMITTED)
    born_from(wells, a, b)
    born_from(hidden, c)
    return wells


@pytest.mark.parametrize(
    ("facet", "expected"),
    [
        ("kind", [("Requests", 2), ("Offers", 1)]),
        ("language", [("French", 2), ("Arabic", 1), ("English", 1)]),
        ("sdg", [("2. Zero hunger", 1), ("6. Clean water and sanitation", 2), ("10. Reduced inequalities", 1)]),
        ("sector", [("Basic Education", 1), ("Water Supply & Sanitation", 2)]),
        ("country", [("Burkina Faso", 2), ("Fiji", 2), ("Niger", 1)]),
        ("origin", [("Wells", 2)]),
    ],
)
def test_each_facet_is_counted_exactly(app, wells, facet, expected):
    assert counts(app, facet) == expected


def test_an_entry_of_two_countries_counts_once_in_their_group(app, wells):
    assert [count for _label, count in counts(app, "group")] == [2, 2, 2]  # LDC, LLDC: A and B; SIDS: B and C


def test_codes_are_called_and_sorted_in_the_language_of_the_reader(app, wells):
    assert counts(app, "language", language="fr") == [("français", 2), ("anglais", 1), ("arabe", 1)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["A", "B", "C"]),
        ("sort=newest", ["C", "B", "A"]),
        ("kind=requests", ["A", "C"]),
        ("language=fr&language=ar", ["A", "B", "C"]),
        ("language=en&country=BFA", ["A"]),
        ("sdg=6", ["A", "B"]),
        ("sdg=1", []),
        ("sector=112&sector=430", ["C"]),
        ("group=SIDS&kind=offers", ["B"]),
        ("kind=nothing&language=xx&origin=no&sort=odd&spoken=ar", ["A", "B", "C"]),
        ("origin=%00&country=%00", ["A", "B", "C"]),
    ],
)
def test_the_list_is_narrowed_and_what_no_list_knows_falls_away(app, wells, query, expected):
    assert titles(app, query) == expected


def test_a_facet_counts_what_a_further_choice_of_it_would_add(app, wells):
    assert counts(app, "language", "language=fr&kind=requests") == [("Arabic", 1), ("English", 1), ("French", 1)]
    assert counts(app, "kind", "language=fr&kind=requests") == [("Requests", 1), ("Offers", 1)]
    assert counts(app, "sdg", "sdg=2&country=FJI") == [
        ("2. Zero hunger", 0), ("6. Clean water and sanitation", 1), ("10. Reduced inequalities", 1)
    ]  # fmt: skip


def test_the_list_is_narrowed_by_the_ids_of_other_rows(app, wells):
    answer = found(app, f"origin={wells.ref}")

    assert [entry.title for entry in answer.page.rows] == ["A", "B"]
    assert [(choice.label, choice.args) for choice in answer.chosen] == [("Wells", {})]


def test_an_id_that_nothing_has_finds_nothing_and_can_be_left_out(app, wells):
    answer = found(app, "origin=22222222")

    assert answer.page.total == 0
    assert [(choice.label, choice.args) for choice in answer.chosen] == [("22222222", {})]


def test_what_is_chosen_and_how_it_is_sorted_is_told(app, wells):
    answer = found(app, "sdg=6&sdg=2&kind=offers")

    assert [(choice.label, choice.args) for choice in answer.chosen] == [
        ("Offers", {"sdg": ["6", "2"]}),
        ("6. Clean water and sanitation", {"kind": ["offers"], "sdg": ["2"]}),
        ("2. Zero hunger", {"kind": ["offers"], "sdg": ["6"]}),
    ]
    assert [(sort.label, sort.selected) for sort in answer.sorts] == [("Title", True), ("Newest", False)]


def test_pages_beyond_the_last_are_the_last(app):
    size = app.config["PAGE_SIZE"]
    for number in range(size + 2):
        a_request(title=f"{number:03d}")

    page = found(app, "page=9").page

    assert [entry.title for entry in page.rows] == [f"{size:03d}", f"{size + 1:03d}"]
    assert (page.page, page.pages, page.total) == (2, 2, size + 2)


def test_every_word_must_be_said_accents_or_not(app, work):
    a_request(title="Réparateurs de pompes", summary="Trois régions", language="fr")
    a_request(title="Pompes", language="fr")
    work()

    assert titles(app, "q=REPARATEURS+regions") == ["Réparateurs de pompes"]
    assert counts(app, "kind", "q=pompes") == [("Requests", 2)]


def test_an_entry_is_found_by_its_title_before_it_is_indexed(app):
    a_request(title="Wells that last")

    assert titles(app, "q=Wells") == ["Wells that last"]
    assert titles(app, "q=100%25") == []


def test_an_empty_list_has_no_facets(app):
    assert found(app).facets == ()
    assert titles(app) == []


def test_one_entry_costs_as_many_statements_as_three(app):
    def look():
        found(app, "sdg=6")

    wells = a_solution()
    born_from(wells, a_request())
    look()
    one = statements(look)
    born_from(wells, a_request(), an_offer())

    assert statements(look) == one == 4  # counts, rows, their tags, the names of origins


def test_a_question_writes_itself_back(app):
    given = [("q", "wells"), ("kind", "offers"), ("language", "fr"), ("language", "en"), ("sort", "newest")]
    asked = LIST.asked(MultiDict(given), "en")

    assert asked.args() == {"q": "wells", "kind": ["offers"], "language": ["fr", "en"], "sort": "newest"}
    assert asked.toggled("language", "fr") == {"q": "wells", "kind": ["offers"], "language": ["en"], "sort": "newest"}
