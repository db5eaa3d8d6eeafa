"""Markdown becomes HTML that cannot hurt."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from galaxy.core.markdown import TAGS, plain, render

VECTORS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "[x](data:text/html,x)",
    "<a href='vbscript:x'>y</a>", "<svg/onload=alert(1)>", "![x](https://evil.example/pixel.png)", "<style>*{}</style>",
    "[x](https://a.example 'onmouseover=alert(1)')", "<iframe src=//evil.example>", "`<b onclick=x>`", "<!-- --><b>x",
    "[a]: javascript:alert(1)\n\n[a]", "<https://a.example/\"onclick=alert(1)>", "<details open ontoggle=alert(1)>",
]  # fmt: skip


def forbidden(html: str) -> list[str]:
    """Elements and attributes that nobody allowed."""
    found = []
    for element in BeautifulSoup(html, "html.parser").find_all(True):
        if element.name not in TAGS:
            found.append(element.name)
        allowed = {"href", "title", "rel"} if element.name == "a" else set()
        found += [f"{element.name}.{name}" for name in element.attrs if name not in allowed]
        if element.get("href", "https:").split(":")[0] not in {"http", "https", "mailto"}:
            found.append(element["href"])
    return found


@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_active_comes_through(vector):
    assert forbidden(render(vector)) == []


@given(st.text())
def test_nothing_active_comes_through_whatever_is_typed(text):
    assert forbidden(render(text)) == []


def test_headings_stand_below_the_pages_own():
    assert render("# Why\n\nText **strong**") == "<h3>Why</h3>\n<p>Text <strong>strong</strong></p>\n"


def test_the_words_alone_are_for_summaries_and_search():
    assert plain("# Why\n\n* a [link](https://x.example) & <b>more</b>") == "Why a link & <b>more</b>"


def test_words_in_bold_keep_their_comma():
    assert plain("**Women** repairers, *all* of them; see [here](https://example.org).") == (
        "Women repairers, all of them; see here."
    )
    assert plain("- one\n- two") == "one two"
