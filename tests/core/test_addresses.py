"""Addresses stay ours and keep their words."""

import pytest
from flask import g, url_for

from galaxy.core.addresses import is_ours, slug

ELSEWHERE = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "http:evil",
    "javascript:alert(1)", "/\t/evil.example", "\t//evil.example", "/\n/evil.example", " /en/", "en/", "", None, 7,
    "/%0a\r\nSet-Cookie:x", "/en/\x00", "@evil.example", "//user@evil.example", "/\\/evil.example", "data:text/html,x",
    "///", "//", "http://localhost/en/", "HTTPS://evil.example", "//evil.example/en/", "/en\\..\\evil", "\r/en/",
    "ftp://evil.example", "/en/ x",
]  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
def test_an_address_that_could_lead_elsewhere_is_refused(target):
    assert is_ours(target) is False


@pytest.mark.parametrize(
    "target", ["/", "/en/", "/fr/solutions/4f7kxzpm-pompes?part=2&x=a%20b", "/en/search?q=http://x"]
)
def test_a_path_of_ours_is_taken(target):
    assert is_ours(target) is True


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Pompes solaires à Kongoussi!", "4f7kxzpm-pompes-solaires-à-kongoussi"),
        ("مضخات شمسية", "4f7kxzpm-مضخات-شمسية"),
        ("…", "4f7kxzpm"),
        ("x" * 200, "4f7kxzpm-" + "x" * 60),
    ],
)
def test_an_address_carries_the_title_in_its_own_script(title, expected):
    assert slug("4f7kxzpm", title) == expected


def test_an_address_that_is_remembered_is_that_of_its_language_its_values_and_where_the_site_stands(app):
    def built(language, base="http://localhost", **values):
        with app.app_context(), app.test_request_context(f"/{language}/", base_url=base):
            g.lang = language
            return [url_for("pages.country", code="BFA", **values) for _twice in range(2)]

    assert built("en") == ["/en/countries/BFA"] * 2
    assert built("fr") == ["/fr/countries/BFA"] * 2
    assert built("fr", "http://localhost/galaxy") == ["/galaxy/fr/countries/BFA"] * 2
    assert built("en", page=1) == ["/en/countries/BFA?page=1"] * 2
    assert built("en", page=True) == ["/en/countries/BFA?page=True"] * 2
    assert built("en", page=["1", "2"]) == ["/en/countries/BFA?page=1&page=2"] * 2
    assert built("en", _external=True) == ["http://localhost/en/countries/BFA"] * 2
    assert built("en", "https://galaxy.example", _external=True) == ["https://galaxy.example/en/countries/BFA"] * 2
