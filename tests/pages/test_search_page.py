"""The search page as a reader sees it."""

import pytest

from galaxy.search.found import Found
from galaxy.search.questions import Question
from tests.factories import a_question, a_solution, a_user, a_webinar
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

    assert statements(lambda: visitor.get("/en/search?q=solar")) == one


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


def found_so(app, **facts):
    """What the page would say of a list that was found."""
    found = Found(Question(words="wells", lang="en"), hits=(None,), **facts)
    with app.test_request_context("/en/search"):
        words = app.jinja_env.get_template("macros/asking.html").module.counted(found)
    return " ".join(words.split())


@pytest.mark.parametrize(
    ("total", "by_meaning", "said"),
    [
        (1, 0, "1 entry"),
        (12, 7, "12 entries, and 7 more by meaning"),
        (1, 1, "1 entry, and 1 more by meaning"),
        (0, 1, "Nothing has all of these words; 1 entry comes near"),
        (0, 9, "Nothing has all of these words; 9 entries come near"),
    ],
)
def test_what_is_found_by_meaning_is_counted_beside_the_words(app, total, by_meaning, said):
    assert found_so(app, total=total, by_meaning=by_meaning) == said


def test_an_empty_result_can_be_asked_for(visitor, shared):
    page = visitor.get("/en/search?q=zeolites+now")

    assert page.links(".empty .button")[0] == "/en/partnerships/new?kind=request&about=zeolites+now&fresh=1"
    assert "/en/search/help" in page.links(".empty a")


def test_languages_are_preferred_by_address_without_scripts(visitor, shared):
    page = visitor.get("/en/search?q=solar&country=FJI&without=c1")
    assert page.form("details form") == {"q": "solar", "country": "FJI", "without": "c1", "prefer": "any"}

    chosen = visitor.send_from(page, "details form", prefer=["any", "fr", "ar"])

    assert chosen.one("details.no-print summary") == "Languages you prefer: Arabic, French"
    assert chosen.all(".card h2") == ["Solar dryers for fish"]
    assert chosen.form(".ask") == {"q": "solar", "country": "FJI", "prefer": ["fr", "ar"]}


def test_a_members_languages_are_preferred_and_can_be_let_go(reader, shared):
    own = reader(a_user(languages=["pt", "en"]))

    page = own.get("/en/search?q=solar")
    assert page.one("details.no-print summary") == "Languages you prefer: English, Portuguese"
    assert "These are from your profile." in page.one("details.no-print")

    assert own.get("/en/search?q=solar&prefer=any").one("details.no-print summary") == "Languages you prefer"


def test_a_reader_can_look_for_the_words_only_and_for_all_again(visitor, shared):
    page = visitor.get("/en/search?q=solar&without=all")

    (back,) = [
        a["href"]
        for a in page.soup.select("main a")
        if a.get_text() == "Look also for what the lists say in other languages"
    ]

    assert back == "?q=solar"


def test_what_the_lists_say_keeps_its_order_whatever_its_script(visitor, shared):
    page = visitor.get("/fr/search?q=%D8%A7%D9%84%D9%85%D8%AF%D8%A7%D8%B1%D8%B3")

    assert page.all(".besides .chosen li:first-child bdi") == ["المدارس", "school", "escuela", "école", "escola"]


def test_the_help_page_tries_every_field(visitor, shared):
    page = visitor.get("/en/search/help")
    tried = page.links(".prose a[href*='q=']")

    assert all(visitor.get(path).status == 200 for path in tried)
    assert not any("was left out" in visitor.get(path).one("main") for path in tried)
    assert "country:BFA Burkina Faso" in page.one("main .table")
