"""The search page as a reader sees it."""

import pytest

from tests.factories import a_question, a_solution, a_webinar
from tests.statements import statements


@pytest.fixture
def shared(app, work):
    quiet = {"challenge": "", "approach": "", "results": ""}
    a_solution(title="Solar pumps for village wells", countries=["BFA"], **quiet)
    a_solution(title="Solar dryers for fish", summary="Fish dried by the sun.", countries=["FJI"], sdgs=["14"], **quiet)
    a_solution(title="Seed banks", summary="Seed after each storm.", countries=["FJI"], sdgs=["2"], **quiet)
    work()


def facet(page, name):
    heading = next(found for found in page.soup.select(".facets h2") if found.get_text(strip=True) == name)
    return [" ".join(item.get_text(" ").split()) for item in heading.find_next_sibling("ul").select("li")]


def test_words_are_found_and_marked(visitor, shared):
    page = visitor.get("/en/search?q=fish")

    assert page.all(".card h2") == ["Solar dryers for fish"]
    assert page.all(".card h2 mark") == ["fish"]
    assert page.one("[role=status]") == "1 entry"


def test_facets_say_what_a_click_gives(visitor, shared):
    page = visitor.get("/en/search?q=solar")
    assert facet(page, "Country") == ["Burkina Faso 1", "Fiji 1"]

    (fiji,) = [link for link in page.soup.select(".facets a") if "Fiji" in link.get_text()]
    narrowed = visitor.get("/en/search" + fiji["href"])

    assert narrowed.all(".card h2") == ["Solar dryers for fish"]
    assert narrowed.all(".chosen li") == ["Leave out: Fiji"]
    assert visitor.get("/en/search" + narrowed.links(".chosen a")[0]).one("[role=status]") == "1 to 2 of 2 entries"


def test_the_box_keeps_what_was_chosen(visitor, shared):
    page = visitor.get("/en/search?q=solar&country=FJI")

    assert page.form(".ask") == {"q": "solar", "country": "FJI"}


def test_a_slip_of_the_pen_is_put_right(visitor, shared):
    page = visitor.get("/en/search?q=pumqs")

    assert page.one("[role=status]") == "Nothing was found"
    assert "Did you mean: pumps" in page.one("main")


def test_where_nothing_is_found_there_is_a_way_on(visitor, shared):
    page = visitor.get("/en/search?q=pumps&country=FJI")

    assert page.one(".empty .title") == "Something near it is there"
    assert page.all(".empty .chosen li") == ["Without “Country” 1"]


def test_orders_can_be_chosen(visitor, shared):
    page = visitor.get("/en/search?sort=title")

    assert page.all(".card h2") == ["Seed banks", "Solar dryers for fish", "Solar pumps for village wells"]
    assert page.one(".sorts [aria-current]") == "Title"


def test_pages_are_turned(app, visitor, work):
    for number in range(21):
        a_solution(title=f"Wells {number}")
    work()

    first = visitor.get("/en/search?q=wells")
    second = visitor.get("/en/search" + first.links(".paging [rel=next]")[0])

    assert (len(first.all(".card")), len(second.all(".card"))) == (20, 1)
    assert second.one("[role=status]") == "21 to 21 of 21 entries"


def test_one_hit_and_three_take_the_same_number_of_statements(visitor, shared):
    one = statements(lambda: visitor.get("/en/search?q=fish"))

    assert statements(lambda: visitor.get("/en/search?kind=solutions")) == one


def test_a_long_facet_says_how_much_more_there_is_also_in_french(visitor, work):
    for country in ("BFA", "FJI", "KEN", "NER", "PER", "TUV", "UGA"):
        a_solution(countries=[country])
    work()

    page = visitor.get("/fr/search")
    (more,) = [link for link in page.soup.select(".facets p a") if "more=country" in link["href"]]

    assert page.status == 200
    assert len(facet(visitor.get("/fr/search" + more["href"]), "Pays")) == 7


def test_webinars_and_questions_are_kinds_in_french_too(visitor, work):
    webinar = a_webinar(title="Pumps that last", language="fr")
    a_question(webinar, title="Which pumps last?")
    a_question(webinar, title="Who repairs pumps?")
    work()

    assert facet(visitor.get("/fr/search?q=pumps"), "Type") == ["Questions 2", "Webinaires 1"]


def test_what_is_being_typed_is_completed_with_where_it_leads(visitor, work):
    made = a_solution(title="Burkina wells")
    work()
    path = f"/fr/solutions/{made.slug}"

    answer = visitor.get("/fr/search/complete?q=burkina").response

    assert answer.headers["Cache-Control"] == "public, max-age=10"
    assert answer.json == [
        {"text": "Burkina Faso", "language": "fr", "kind": "Pays", "address": "/fr/search?country=BFA"},
        {"text": "Burkina wells", "language": "en", "kind": "solution", "address": path},
    ]


def test_a_term_asks_for_itself(visitor):
    (found,) = visitor.get("/en/search/complete?q=academic%20fre").response.json

    assert (found["kind"], found["address"]) == ("search term", "/en/search?q=Academic+freedom")


def test_the_box_says_where_its_words_are_completed(visitor):
    boxes = {
        visitor.get(path).soup.select_one("form[role=search]").get("data-complete")
        for path in ("/fr/", "/fr/search", "/fr/about")
    }

    assert boxes == {"/fr/search/complete"}
