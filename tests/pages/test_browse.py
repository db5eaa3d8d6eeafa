"""Browsing by goal, by country, by sector."""

import pytest

from galaxy.accounts.models import BodyKind
from galaxy.content.models import Status
from tests.factories import a_body, a_solution, an_adaptation, an_organisation
from tests.statements import statements

PAGES = ["/en/goals/6", "/en/countries/BFA", "/en/sectors/140"]


def test_every_goal_has_its_tile_and_its_count(visitor):
    a_solution(sdgs=["16.3"])

    page = visitor.get("/en/goals/")

    assert page.all(".tile .number") == [str(n) for n in range(1, 18)]
    assert page.one(".tile.goal-16 .count") == "1 solution"
    assert page.one(".tile.goal-1 .count") == "0 solutions"


def test_a_goal_shows_its_solutions_also_those_of_its_targets(visitor):
    a_solution(title="Solar pumps", sdgs=["6.1"])
    a_solution(title="Seed banks", sdgs=["16"])
    a_solution(title="Not yet", sdgs=["6"], status=Status.DRAFT)

    page = visitor.get("/en/goals/6")

    assert page.one("h1") == "6 Clean water and sanitation"
    assert page.all(".card h3") == ["Solar pumps"]
    assert page.all(".targets .tag") == ["1 solution"]


def test_every_member_of_the_united_nations_is_listed(visitor):
    a_solution(countries=["BFA"])

    page = visitor.get("/en/countries/")

    listed = page.all("section li")
    assert len(listed) == 195
    assert {"Tuvalu", "Burkina Faso 1", "Canada"} <= set(listed)


def test_an_area_is_listed_once_something_comes_from_it(visitor):
    a_solution(countries=["GLP"])

    assert "Guadeloupe 1" in visitor.get("/en/countries/").all("section li")


def test_a_country_shows_what_it_shared_and_what_it_took_up(visitor):
    pumps = a_solution(title="Solar pumps", countries=["BFA"])
    an_adaptation(pumps, title="Solar pumps in Tillabéri", countries=["NER"])
    an_organisation(title="Institut des eaux").set_codes("country", ["NER"])
    a_body(kind=BodyKind.NATIONAL, name="Direction de la coopération du Niger", country="NER")

    niger, burkina = visitor.get("/en/countries/NER"), visitor.get("/en/countries/BFA")

    assert burkina.all(".card h3") == ["Solar pumps"]
    assert niger.all("h2")[:2] == ["Solutions shared", "Taken up from elsewhere"]
    assert niger.all(".card h3") == ["Solar pumps in Tillabéri"]
    assert "Direction de la coopération du Niger" in niger.one("aside")
    assert niger.all("aside ul") == ["Institut des eaux"]
    assert niger.all(".facts dd") == ["Africa", "Least developed countries, Landlocked developing countries", "Niamey"]


def test_a_country_in_small_letters_leads_to_its_own_address(visitor):
    page = visitor.get("/en/countries/bfa")

    assert (page.status, page.location) == (301, "/en/countries/BFA")


def test_sectors_count_also_what_names_a_sector_of_five_digits(visitor):
    a_solution(title="Solar pumps", sectors=["140"])
    a_solution(title="Wells", sectors=["14031", "14032"])

    assert "Water Supply & Sanitation 2" in visitor.get("/en/sectors/").all("main li")
    assert visitor.get("/en/sectors/140").all(".card h3") == ["Wells", "Solar pumps"]


@pytest.mark.parametrize("path", ["/en/goals/18", "/en/countries/XXX", "/en/countries/TWN", "/en/sectors/999"])
def test_what_no_list_knows_is_not_found(visitor, path):
    assert visitor.get(path).status == 404


@pytest.mark.parametrize("path", PAGES)
def test_one_and_three_take_the_same_number_of_statements(visitor, path):
    a_solution()
    one = statements(lambda: visitor.get(path))
    a_solution()
    a_solution()

    assert statements(lambda: visitor.get(path)) == one
