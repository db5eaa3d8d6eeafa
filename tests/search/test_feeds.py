"""Any search as a feed, as RFC 4287 has it."""

import re
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from galaxy.content.models import Entry, Status
from galaxy.core.db import db
from galaxy.search import index
from tests.factories import a_body, a_solution, a_user

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def indexed(app):
    index.rebuild()


def read(reader, address):
    answer = reader.get(address).response
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    return check(ElementTree.fromstring(answer.get_data()))


def check(root):
    """What RFC 4287 asks of a feed and of each entry."""
    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
        assert urlsplit(element.findtext(f"{ATOM}id")).scheme == "http"
        for name in ("updated", "published"):
            if element.find(f"{ATOM}{name}") is not None:
                assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", element.findtext(f"{ATOM}{name}"))
                datetime.fromisoformat(element.findtext(f"{ATOM}{name}"))
        assert [link.get("rel") for link in element.findall(f"{ATOM}link")].count("alternate") == 1
        assert all(author.findtext(f"{ATOM}name") for author in element.findall(f"{ATOM}author"))
    assert root.find(f"{ATOM}author") is not None
    assert len(root.findall(f"{ATOM}link[@rel='self']")) == 1
    ids = [entry.findtext(f"{ATOM}id") for entry in root.findall(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    return root


def titles(root):
    return [entry.findtext(f"{ATOM}title") for entry in root.findall(f"{ATOM}entry")]


def test_a_search_is_read_as_a_feed_newest_first(visitor, work):
    a_solution(title="Pumps <old> & good", summary="Of **wells**\x08.", language="en", body=a_body(name="Eau & Vie"))
    newest = a_solution(title="Pompes", summary="Des pumps.", language="fr")
    a_solution(title="Seeds", summary="", challenge="", approach="", results="")
    ref = newest.ref
    work()

    root = read(visitor, "/en/search/feed?q=pumps&kind=solutions&page=3&sort=title")

    assert titles(root) == ["Pompes", "Pumps <old> & good"]
    assert root.findtext(f"{ATOM}title") == "pumps · Solutions · Galaxy"
    first, second = root.findall(f"{ATOM}entry")
    assert first.findtext(f"{ATOM}id") == f"http://localhost/s/{ref}"
    assert first.find(f"{ATOM}link").get("href") == f"http://localhost/en/solutions/{ref}-pompes"
    assert first.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr"
    assert first.find(f"{ATOM}author") is None
    assert second.findtext(f"{ATOM}author/{ATOM}name") == "Eau & Vie"
    assert second.findtext(f"{ATOM}summary") == "Of wells."
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links == {
        "self": "http://localhost/en/search/feed?q=pumps&kind=solutions",
        "alternate": "http://localhost/en/search?q=pumps&kind=solutions",
    }


def test_the_search_page_leads_to_its_feed(visitor):
    page = visitor.get("/fr/search?q=pompes&country=NER&page=2")

    address = "/fr/search/feed?q=pompes&country=NER"
    assert page.links("link[type='application/atom+xml']") == [f"http://localhost{address}"]
    assert page.links("main a[type='application/atom+xml']") == [address]
    assert titles(read(visitor, address)) == []


def test_a_feed_is_kept_by_caches_until_it_changes(visitor, work):
    a_solution(title="Pumps")
    work()
    first = visitor.get("/en/search/feed?q=pumps").response
    again = {"If-None-Match": first.headers["ETag"]}
    since = {"If-Modified-Since": first.headers["Last-Modified"]}

    assert "public" in first.headers["Cache-Control"]
    assert [visitor.get("/en/search/feed?q=pumps", headers=known).status for known in (again, since)] == [304, 304]
    a_solution(title="More pumps")
    work()
    assert visitor.get("/en/search/feed?q=pumps", headers=again).status == 200


def test_a_feed_tells_of_what_is_public_alone_and_of_so_much(visitor, reader, work):
    author = a_user()
    for n in range(35):
        a_solution(title=f"Pumps {n}", author=author)
    a_solution(title="Pumps in draft", status=Status.DRAFT, author=author)
    work()
    member = reader(author)

    assert len(titles(read(visitor, "/en/search/feed?q=pumps"))) == 30
    assert "Pumps in draft" not in titles(read(member, "/en/search/feed?q=pumps"))
    db.session.scalars(select(Entry).where(Entry.title == "Pumps 34")).one().status = Status.WITHDRAWN
    db.session.commit()
    assert titles(read(visitor, "/en/search/feed?q=pumps"))[0] == "Pumps 33"


@pytest.mark.parametrize("asked", ["q=%00%ED%A0%80", "q=" + "a" * 5000, "q=%22%22-&country=Atlantis", "page=x&sort=y"])
def test_no_address_breaks_a_feed(visitor, asked):
    read(visitor, f"/en/search/feed?{asked}")
