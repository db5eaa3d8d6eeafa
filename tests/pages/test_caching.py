"""What may be kept, by whom, and how small it travels."""

import gzip

import pytest

from tests.factories import a_solution, a_user

PUBLIC = ["/en/", "/en/about", "/en/goals/6", "/en/countries/", "/en/search?q=pumps"]


def said(page):
    return page.response.headers.get("Cache-Control")


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_may_be_kept_and_is_asked_for_again_by_its_tag(visitor, path):
    page = visitor.get(path)
    again = visitor.get(path, headers={"If-None-Match": page.response.headers["ETag"]})

    assert said(page) == "public, max-age=0, s-maxage=10, must-revalidate"
    assert "Set-Cookie" not in page.response.headers
    assert {"Cookie", "Accept-Encoding"} <= set(page.response.headers["Vary"].split(", "))
    assert (again.status, again.text) == (304, "")


def test_a_page_that_changed_is_sent_again(visitor):
    tag = visitor.get("/en/").response.headers["ETag"]
    a_solution()

    assert visitor.get("/en/", headers={"If-None-Match": tag}).status == 200


def test_nobody_keeps_the_page_of_one_who_has_signed_in(reader):
    page = reader(a_user()).get("/en/")

    assert (said(page), page.response.headers.get("ETag")) == ("no-store", None)


def test_a_page_with_a_token_an_error_and_the_door_are_not_kept(visitor):
    pages = [said(visitor.get(path)) for path in ("/en/accounts/sign-in", "/en/nowhere", "/")]

    assert pages == ["no-store", "no-cache", "no-cache"]


def test_a_page_travels_small(visitor):
    whole = visitor.get("/en/about")
    small = visitor.get("/en/about", headers={"Accept-Encoding": "gzip"}).response

    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data).decode() == whole.text


def test_a_page_with_a_token_in_it_is_never_compressed(visitor, reader):
    accepting = {"Accept-Encoding": "gzip"}
    pages = [visitor.get("/en/accounts/sign-in", headers=accepting), reader(a_user()).get("/en/", headers=accepting)]

    assert [page.response.headers.get("Content-Encoding") for page in pages] == [None, None]


def test_a_file_is_kept_until_it_changes(visitor):
    address = visitor.get("/en/").links("link[rel=stylesheet]")[0]

    assert said(visitor.get(address)) == "public, max-age=31536000, immutable"
    assert said(visitor.get("/static/galaxy.css?v=older")) == "no-cache"
