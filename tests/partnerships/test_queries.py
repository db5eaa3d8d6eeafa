"""How calls are found: exact counts, narrowed by facets, in the order a focal point needs."""

from datetime import timedelta

import pytest

from galaxy.content.models import Status
from galaxy.core.db import now
from galaxy.partnerships.models import Stage
from galaxy.partnerships.queries import CALLS
from tests.factories import a_focal_point, a_request, a_solution, an_offer
from tests.statements import statements


def in_days(days):
    return now().date() + timedelta(days=days)


def found(app, query="", language="en"):
    """What the list answers to the arguments of an address."""
    with app.test_request_context(f"/{language}/partnerships/?{query}") as context:
        return CALLS.listing(CALLS.asked(context.request.args, language))


def titles(app, query=""):
    return [call.title for call in found(app, query).page.rows]


def counts(app, name, query=""):
    """The values of a facet, and how many calls each gives."""
    return {
        value.label: value.count for facet in found(app, query).facets if facet.name == name for value in facet.values
    }


@pytest.fixture
def calls(app):
    a_request(title="Wells", means=["training", "expertise"], sdgs=["6", "6.1"], deadline=in_days(5))
    a_request(title="Seeds", countries=["FJI"], sdgs=["2"], means=["technology"], stage=Stage.IN_TALKS)
    an_offer(title="Repairers", roles=["recipient"], modality="triangular", deadline=in_days(60), countries=["NER"])
    an_offer(title="Done", stage=Stage.COMPLETED, sdgs=["2", "6"], countries=["BFA", "NER"])
    a_request(title="Not yet", status=Status.SUBMITTED)


def test_what_is_open_comes_first_then_the_newest(app, calls):
    assert titles(app) == ["Repairers", "Wells", "Seeds", "Done"]


def test_what_closes_soonest_comes_first_where_that_is_asked(app, calls):
    a_request(title="No hurry")

    assert titles(app, "sort=deadline") == ["Wells", "Repairers", "No hurry", "Seeds", "Done"]


def test_a_call_whose_last_day_has_passed_is_in_no_hurry(app):
    a_request(title="Late", deadline=in_days(-1))
    a_request(title="Today", deadline=in_days(0))

    assert titles(app, "sort=deadline") == ["Today", "Late"]
    assert counts(app, "deadline") == {"Within two weeks": 1}


@pytest.mark.parametrize(
    ("facet", "expected"),
    [
        ("kind", {"Requests": 2, "Offers": 2}),
        ("stage", {"Open": 2, "In talks": 1, "Completed": 1}),
        ("deadline", {"Within two weeks": 1, "Later": 1, "None set": 1}),
        ("means", {"Expertise": 1, "Training": 3, "Technology": 1}),
        ("role", {"Recipient": 1}),
        ("modality", {"Triangular": 1}),
        ("sdg", {"2. Zero hunger": 2, "6. Clean water and sanitation": 3}),
        ("country", {"Burkina Faso": 2, "Niger": 2, "Fiji": 1}),
    ],
)
def test_each_facet_is_counted_exactly(app, calls, facet, expected):
    assert counts(app, facet) == expected


def test_a_call_of_two_countries_counts_once_in_their_group(app, calls):
    assert list(counts(app, "group").values()) == [3, 3, 1]  # LDC, LLDC: Wells, Repairers and Done; SIDS: Seeds


def test_a_facet_counts_what_a_further_choice_of_it_would_add(app, calls):
    assert counts(app, "kind", "kind=offers&sdg=6") == {"Requests": 1, "Offers": 2}
    assert counts(app, "sdg", "kind=offers&sdg=6") == {"2. Zero hunger": 1, "6. Clean water and sanitation": 2}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=requests", ["Wells", "Seeds"]),
        ("stage=in+talks&stage=completed", ["Seeds", "Done"]),
        ("deadline=soon", ["Wells"]),
        ("means=training&country=NER", ["Repairers", "Done"]),
        ("role=recipient", ["Repairers"]),
        ("modality=triangular", ["Repairers"]),
        ("sdg=6&kind=requests", ["Wells"]),
        ("group=SIDS", ["Seeds"]),
        ("group=nothing&sdg=99&stage=nowhere&sort=odd", ["Repairers", "Wells", "Seeds", "Done"]),
    ],
)
def test_the_list_is_narrowed(app, calls, query, expected):
    assert titles(app, query) == expected


def test_other_kinds_of_entries_are_not_listed(app):
    a_solution()

    assert titles(app) == []
    assert found(app).facets == ()


def test_one_call_costs_as_many_statements_as_three(app):
    def look():
        found(app, "sdg=6")

    a_request(body=a_focal_point().bodies[0])
    look()
    one = statements(look)
    a_request(body=a_focal_point("NER").bodies[0])
    an_offer(body=a_focal_point("FJI").bodies[0])

    assert statements(look) == one == 3
