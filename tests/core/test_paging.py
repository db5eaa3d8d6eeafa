"""The addresses of a list's other pages say again what was asked, and obey none of it."""

from galaxy.core.paging import Pages


def test_what_was_asked_stands_in_the_address_of_another_page_and_changes_nothing_else(app):
    pages = Pages(rows=[], page=1, total=99, size=20)
    words = "q=a%26b&sdg=1&sdg=2&page=3&_external=1&_scheme=javascript&_anchor=x&lang=fr"

    with app.test_request_context(f"/en/directory/?{words}"):
        others = [pages.at(1), pages.at(2)]

    asked = "q=a%26b&sdg=1&sdg=2{}&_external=1&_scheme=javascript&_anchor=x&lang=fr"
    assert others == [f"/en/directory/?{asked.format(page)}" for page in ("", "&page=2")]
