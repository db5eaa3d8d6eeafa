"""The search as programs ask it."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from galaxy import create_app
from galaxy.content.models import Status
from galaxy.core.db import Base, db
from galaxy.core.limits import limiter
from galaxy.core.schema import import_models
from galaxy.search import index
from galaxy.search.grammar import FACETS
from tests.api.schemas import wrong
from tests.conftest import SETTINGS
from tests.factories import a_solution, an_organisation
from tests.indexes import lose
from tests.readers import Reader

ANSWER = ["total", "by_meaning", "hits", "facets", "next"]
HIT = ["id", "kind", "title", "language", "address", "score", "reasons", "highlights"]


@pytest.fixture(autouse=True)
def indexed(app):
    index.rebuild()


def ask(reader: Any, address: str) -> Any:
    page = reader.get(f"/api/v1/search{address}")
    assert page.status == 200, page.text
    return json.loads(page.text)


def test_an_answer_has_what_it_promises_and_nothing_else(visitor, work):
    solution = a_solution(title="Pompes <solaires>", language="fr", challenge="Le gazole était cher & rare.")
    work()
    ref = solution.ref

    said = ask(visitor, "?q=pompes+gazole&lang=fr")

    (hit,) = said["hits"]
    assert (sorted(said), sorted(hit)) == (sorted(ANSWER), sorted(HIT))
    assert (said["total"], said["by_meaning"], said["next"]) == (1, 0, None)
    assert (hit["id"], hit["kind"], hit["title"], hit["language"]) == (ref, "solutions", "Pompes <solaires>", "fr")
    assert hit["address"] == "http://localhost/fr/solutions/" + quote(f"{ref}-pompes-solaires")
    assert hit["highlights"] == ["Le <mark>gazole</mark> était cher &amp; rare."]
    assert said["facets"]["country"] == [{"code": "BFA", "label": "Burkina Faso", "count": 1}]
    assert said["facets"]["sdg"][0]["label"] == "6. Eau propre et assainissement"
    assert visitor.get(hit["address"].removeprefix("http://localhost")).status == 200


def test_until_the_index_is_made_the_answer_says_so(visitor, work):
    solution = a_solution(title="Pumps one")
    ref = solution.ref
    work()
    lose(index.engine())

    said = ask(visitor, "?q=pumps")

    assert sorted(said) == sorted([*ANSWER, "notice"])
    assert said["notice"] == (
        "Search is being put in order. Until it is ready, results are plainer and may be incomplete."
    )
    assert ([hit["id"] for hit in said["hits"]], said["total"]) == ([ref], 1)


def test_filters_narrow_as_on_the_page(visitor, work):
    a_solution(title="Pumps one", countries=["BFA"])
    a_solution(title="Pumps two", countries=["FJI"])
    a_solution(title="Pumps three", countries=["KEN"])
    an_organisation(title="Pumps four")
    work()

    def titles(address: str) -> list[str]:
        return [hit["title"] for hit in ask(visitor, address)["hits"]]

    assert titles("?q=pumps&kind=solutions&sort=title") == ["Pumps one", "Pumps three", "Pumps two"]
    assert titles("?q=pumps&country=FJI") == ["Pumps two"]
    assert titles("?q=pumps&country=Fiji&country=KEN&sort=title") == ["Pumps three", "Pumps two"]
    assert titles("?q=pumps+country:Fiji") == ["Pumps two"]
    assert titles("?q=pumps&kind=organisations&country=FJI") == []


def test_each_page_leads_to_the_next_until_the_last(visitor, work):
    for n in range(45):
        a_solution(title=f"Solution n{n}", language="en")
    work()

    address, ids, pages = "?q=solution&kind=solutions&facets=0&lang=fr", [], 0
    while address:
        said = ask(visitor, address)
        ids += [hit["id"] for hit in said["hits"]]
        pages += 1
        assert (said["total"], said["facets"]) == (45, {})
        address = (said["next"] or "").removeprefix("http://localhost/api/v1/search")

    assert (pages, len(ids), len(set(ids))) == (3, 45, 45)
    beyond = [ask(visitor, f"?q=solution&page={page}") for page in (4, 501, 10**9)]
    assert [(said["total"], said["hits"], said["next"]) for said in beyond] == [(45, [], None)] * 3


def test_facets_are_told_as_wanted(visitor, work):
    a_solution()
    work()

    assert set(ask(visitor, "")["facets"]) <= set(FACETS)
    assert sorted(ask(visitor, "?facets=country,kind")["facets"]) == ["country", "kind"]
    assert ask(visitor, "?facets=0")["facets"] == {}
    assert ask(visitor, "?facets=1") == ask(visitor, "")


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("?page=zero", "page"),
        ("?page=0", "page"),
        ("?page=-1", "page"),
        ("?page=" + "9" * 30, "page"),
        ("?lang=xx", "lang"),
        ("?lang=english", "lang"),
        ("?sort=best", "sort"),
        ("?prefer=klingon", "prefer"),
        ("?country=Atlantis", "country"),
        ("?sdg=18", "sdg"),
        ("?facets=country,colour", "facets"),
        ("?" + "&".join(["kind=solutions"] * 21), "kind"),
    ],
)
def test_what_means_nothing_is_refused_with_its_name(visitor, address, parameter):
    page = visitor.get(f"/api/v1/search{address}")

    said = json.loads(page.response.get_data(as_text=True))
    assert (page.status, page.response.mimetype) == (400, "application/problem+json")
    assert (said["title"], said["status"], [each["parameter"] for each in said["errors"]]) == (
        "Bad Request", 400, [parameter],
    )  # fmt: skip


def test_what_is_not_known_is_left_alone(visitor, work):
    a_solution()
    work()

    assert ask(visitor, "?q=pumps&colour=blue&_=1") == ask(visitor, "?q=pumps")
    assert ask(visitor, "?q=pumps&page=&lang=&sort=&country=") == ask(visitor, "?q=pumps")


@pytest.mark.parametrize(
    "words",
    [
        "a" * 10_000,
        "water " * 1_000,
        '"' * 500,
        "-" * 500,
        "* OR ~ ^ ( ) [ ] { } : \\ / AND NOT",
        "%00water",
        "%ED%A0%80",
        "%FF%FE",
        "country:" * 300,
        "\u202e\u0000\uffff",
    ],
)
def test_no_question_breaks_it(visitor, words):
    page = visitor.get("/api/v1/search?q=" + (words if "%" in words else quote(words)))

    assert page.status == 200
    assert sorted(json.loads(page.text)) == sorted(ANSWER)


def test_only_what_is_public_is_found(visitor, work):
    shown = a_solution(title="Pumps shown")
    for status in Status:
        if status not in {Status.PUBLISHED, Status.ARCHIVED}:
            a_solution(title=f"Pumps {status}", status=status)
    work()
    assert [hit["title"] for hit in ask(visitor, "?q=pumps")["hits"]] == ["Pumps shown"]

    shown = db.session.merge(shown)
    shown.status = Status.WITHDRAWN
    db.session.commit()  # and the index has not heard of it yet

    assert ask(visitor, "?q=pumps")["hits"] == []


def test_other_sites_may_read_it_and_caches_may_keep_it(visitor, work):
    a_solution()
    work()
    first = visitor.get("/api/v1/search?q=pumps").response

    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in first.headers
    assert "public" in first.headers["Cache-Control"]
    assert "Set-Cookie" not in first.headers
    again = visitor.get("/api/v1/search?q=pumps", headers={"If-None-Match": first.headers["ETag"]}).response
    assert (again.status_code, again.headers["Access-Control-Allow-Origin"]) == (304, "*")


def test_methods_are_answered_as_http_has_it(visitor):
    head = visitor.open("/api/v1/search?q=pumps", "HEAD").response
    options = visitor.open("/api/v1/search", "OPTIONS").response
    post = visitor.open("/api/v1/search", "POST").response

    assert (head.status_code, head.data) == (200, b"")
    assert (options.status_code, options.headers["Access-Control-Allow-Methods"]) == (200, "GET, HEAD, OPTIONS")
    assert (post.status_code, post.mimetype) == (405, "application/problem+json")
    assert set(post.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("address", ["/api/", "/api/v1", "/api/v1/", "/api/v2/search", "/api/v1/search/x"])
def test_what_is_not_there_is_told_in_json(visitor, address):
    page = visitor.get(address)

    assert (page.status, page.response.mimetype) == (404, "application/problem+json")
    assert page.response.headers["Access-Control-Allow-Origin"] == "*"
    assert json.loads(page.response.get_data(as_text=True))["status"] == 404


def test_pages_for_people_stay_pages(visitor):
    assert visitor.get("/en/nothing").response.mimetype == "text/html"


@pytest.fixture
def counting(tmp_path):
    """An app that counts how often it is asked."""
    app = create_app(tmp_path, **SETTINGS | {"LIMITS": True, "LIMIT_API": "2/minute"})
    with app.app_context():
        import_models()
        Base.metadata.create_all(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()
    limiter.enabled = False  # it is one for all apps


def test_who_asks_too_often_is_told_when_to_come_back(counting):
    pages = [Reader(counting).get("/api/v1/search?q=x") for _ in range(3)]

    assert [page.status for page in pages] == [200, 200, 429]
    said = pages[-1].response
    assert said.mimetype == "application/problem+json"
    assert 0 < int(said.headers["Retry-After"]) <= 61
    assert json.loads(said.get_data(as_text=True))["title"] == "Too Many Requests"


def test_the_description_holds_of_real_answers(visitor, work):
    for n in range(21):
        a_solution(title=f"Pumps {n}")
    work()
    described = json.loads(visitor.get("/api/v1/openapi.json").text)
    schemas = described["components"]["schemas"]
    answers = [ask(visitor, address) for address in ("?q=pumps", "?q=nothing", "?facets=0", "?q=pumps&page=2")]
    problem = json.loads(visitor.get("/api/v1/search?page=x").response.get_data(as_text=True))

    assert (described["openapi"], described["servers"]) == ("3.1.0", [{"url": "http://localhost/api/v1"}])
    assert [wrong(said, schemas["Answer"], schemas) for said in answers] == [[], [], [], []]
    assert wrong(problem, schemas["Problem"], schemas) == []
    assert wrong({**answers[0], "more": 1}, schemas["Answer"], schemas) == ["/: more is not known"]
    named = [each["name"] for each in described["paths"]["/search"]["get"]["parameters"]]
    assert named == ["q", *FACETS, "lang", "prefer", "without", "sort", "page", "facets"]
