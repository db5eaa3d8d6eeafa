"""The first page, in the reader's language."""


def test_the_door_leads_to_the_language_the_browser_asks_for(visitor):
    french = visitor.get("/", headers={"Accept-Language": "fr-BF,fr;q=0.9"})
    other = visitor.get("/", headers={"Accept-Language": "xx"})

    assert (french.location, other.location) == ("/fr/", "/en/")


def test_an_unknown_address_says_so_kindly(visitor):
    page = visitor.get("/en/nowhere")

    assert (page.status, page.one("h1")) == (404, "There is nothing at this address")
