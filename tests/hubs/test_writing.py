"""Hubs as admins open and write them: in minutes, in several languages, and never over somebody else's words."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from galaxy.accounts.models import Activity
from galaxy.content.models import Status
from galaxy.core.db import db, now
from galaxy.hubs import services
from galaxy.hubs.models import PINS_MAX, Hub
from tests.factories import a_hub, a_solution, an_admin

FORM = "form[data-autosave]"


def day(days):
    return (now().date() + timedelta(days=days)).isoformat()


def the_hub():
    return db.session.scalars(select(Hub)).one()


@pytest.fixture
def admin(reader):
    return reader(an_admin())


def test_choosing_what_for_proposes_words_a_search_and_an_end_and_one_button_opens_it(admin, visitor):
    choice = admin.get("/en/hubs/new")
    form = admin.get(choice.links(".lines a")[1])

    assert choice.all(".lines a")[:2] == ["An epidemic", "A drought"]
    proposed = form.form(FORM)
    assert (proposed["title"], proposed["q"], proposed["ends_on"]) == ("Living through the drought", "drought", day(90))

    page = admin.send_from(form, FORM, title="Drought in the Sahel", act="open")

    assert page.notices[0] == "The hub is open."
    assert visitor.get("/en/hubs/").all("#open h3") == ["Drought in the Sahel"]
    assert (the_hub().search, the_hub().status) == ({"q": "drought"}, Status.PUBLISHED)
    verbs = db.session.scalars(select(Activity.verb).where(Activity.object_kind == "hubs").order_by(Activity.id))
    assert list(verbs) == ["hub begun", "published"]


def test_a_hub_is_kept_as_a_draft_and_opened_closed_and_opened_again(admin, visitor):
    page = admin.send("/en/hubs/new?occasion=other", FORM, title="Later", act="draft")
    path = f"/en/hubs/{the_hub().slug}"
    assert (page.notices[0], visitor.get(path).status) == (
        "The hub is kept as a draft: only admins see it.", 404,
    )  # fmt: skip

    told = [admin.post(f"{path}/{act}", follow=True).notices[0] for act in ("open", "open", "close", "close", "reopen")]

    assert told == [
        "The hub is open.",
        "This hub is open already.",
        "The hub is closed. It can still be read.",
        "This hub is closed already.",
        "The hub is open again.",
    ]
    assert visitor.get(path).status == 200


def test_a_draft_can_be_thrown_away(admin):
    path = f"/en/hubs/{a_hub(draft=True).slug}"

    assert admin.post(f"{path}/discard", follow=True).notices[0] == "The draft is deleted."
    assert db.session.scalar(select(Hub)) is None


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"title": ""}, "Please write a title."),
        ({"ends_on": ""}, "Please say until when it is open."),
        ({"ends_on": "soon"}, "Please give a day, as 2027-03-31."),
        ({"ends_on": day(-1)}, "This day has passed. Please choose a later one."),
        ({"opens_on": day(120)}, "This is before the beginning. Please correct one of the two."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(admin, typed, error):
    page = admin.send("/en/hubs/new?occasion=drought", FORM, introduction="Mine.", act="open", **typed)

    assert page.errors == [error]
    assert page.form(FORM)["introduction"] == "Mine."
    assert db.session.scalar(select(Hub)) is None


def test_a_hub_is_said_in_another_language_beside_its_own_words(admin, visitor):
    path = f"/hubs/{a_hub().slug}"
    page = admin.get(f"/en{path}/texts/fr")
    assert page.one(".halves .prose") == "What keeps **wells** alive."
    assert admin.send(f"/en{path}/texts/fr", FORM, introduction="Sans titre").errors == [
        "Please write a title, or empty the whole page."
    ]

    admin.send(f"/en{path}/texts/fr", FORM, title="Vivre la sécheresse", introduction="Ce qui tient.")
    assert visitor.get(f"/fr{path}").one("h1") == "Vivre la sécheresse"

    admin.send(f"/en{path}/texts/fr", FORM, title="", introduction="")
    assert visitor.get(f"/fr{path}").one("h1") == "Living through the drought"
    assert [admin.get(f"/en{path}/texts/{code}").status for code in ("en", "xx")] == [404, 404]


@pytest.mark.parametrize("part", ["edit/words", "texts/fr"])
def test_two_admins_at_once_lose_nothing(admin, reader, part):
    path = f"/en/hubs/{a_hub().slug}/{part}"
    mine, theirs = admin.get(path), reader(an_admin()).send(path, FORM, title="Theirs")

    page = admin.send_from(mine, FORM, title="Mine")

    assert (theirs.status, page.status, page.form(FORM)["title"]) == (200, 409, "Mine")
    assert "Theirs" in page.one(".changes")
    assert admin.send_from(page, FORM).form(FORM)["title"] == "Mine"


def test_entries_are_pinned_by_words_or_address_given_notes_and_an_order_and_taken_away(admin, visitor, work):
    well, herd = a_solution(title="Deep wells"), a_solution(title="Hardy herds")
    address, ref = f"http://localhost/fr/solutions/{well.slug}", well.ref
    named = {"deep": ref, "herd": herd.ref}
    hub = f"/en/hubs/{a_hub().slug}"
    work()
    for asked in ("herds", address):
        found = admin.send(f"{hub}/pins", "form.ask", q=asked)
        admin.send_from(found, 'form[action$="/add"]')

    assert admin.get(f"{hub}/pins").all("legend") == ["Hardy herds", "Deep wells"]
    typed = {f"place-{named['deep']}": "1", f"place-{named['herd']}": "2", f"note-{named['deep']}": "Forty  years"}
    admin.send(f"{hub}/pins", "main form.form", **typed)

    page = visitor.get(hub)
    assert (page.all("#solutions h3"), page.all("#solutions .hint")) == (["Deep wells", "Hardy herds"], ["Forty years"])
    page = admin.send(f"{hub}/pins", "main form.form", act=f"remove:{named['herd']}")
    assert (page.notices[0], page.all("legend")) == ("The pin is taken away.", ["Deep wells"])


def test_nothing_is_pinned_twice_too_often_or_unseen(admin):
    solutions = [a_solution(title=f"S{n}") for n in range(PINS_MAX + 1)]
    full, one = a_hub(pins=solutions[:PINS_MAX]), a_hub(pins=solutions[:1])
    draft = a_solution(status=Status.DRAFT)
    tries = [(full.slug, solutions[-1].ref), (one.slug, solutions[0].ref), (one.slug, draft.ref), (one.slug, "none")]

    told = [admin.post(f"/en/hubs/{hub}/pins/add", {"entry": ref}, follow=True).notices[0] for hub, ref in tries]

    assert told == [
        "A hub has at most 60 pins. First take one away.",
        "“S0” is pinned already.",
        "Only what the public can read is pinned, and no hub.",
        "This entry is no longer there.",
    ]


def test_notes_typed_while_another_admin_moved_the_pins_are_kept_in_the_form(admin, reader):
    pins = [a_solution(title="A"), a_solution(title="B")]
    ref, path = pins[0].ref, f"/en/hubs/{a_hub(pins=pins).slug}/pins"
    mine = admin.get(path)
    reader(an_admin()).send(path, "main form.form", **{f"note-{ref}": "Theirs"})

    page = admin.send_from(mine, "main form.form", **{f"note-{ref}": "Mine"})

    assert (page.status, page.form("main form.form")[f"note-{ref}"]) == (409, "Mine")


def test_the_search_is_typed_or_taken_from_the_search_page(admin, work):
    a_solution(title="Drought wells", countries=["NER"])
    path = f"/en/hubs/{a_hub().slug}"
    work()
    admin.send(f"{path}/edit/search", FORM, q="wells", country=["NER"])
    assert admin.get(f"{path}/edit/search").notices[:1] == ["It finds one entry now. Try it on the search page"]
    assert the_hub().codes("country") == ["NER"]

    admin.send("/en/search?q=drought&sector=140", 'form[action$="/keep-search"]')
    assert the_hub().search == {"q": "drought", "sector": ["140"]}
    admin.send(f"{path}/edit/search", FORM, q="drought", others=None)
    assert the_hub().search == {"q": "drought"}
    assert admin.get("/en/search?q=drought").links('a[href*="hubs/new"]') == ["/en/hubs/new?q=drought"]


def test_links_need_an_address_that_is_one(admin, visitor):
    path = f"/en/hubs/{a_hub().slug}"
    rows = {"links-0-title": "WHO", "links-0-address": "javascript:alert(1)", "links-1-title": "FAO"}
    page = admin.send(f"{path}/edit/links", FORM, **rows)
    assert page.errors == ["Please give the whole address, beginning with https://."] * 2

    admin.send_from(page, FORM, **{f"links-{n}-address": "https://example.org/" for n in (0, 1)})

    assert visitor.get(path).all("#links li") == ["WHO", "FAO"]


def test_a_hub_that_has_ended_is_open_again_with_a_later_last_day(admin, visitor):
    path = f"/en/hubs/{a_hub().slug}"
    hub = the_hub()
    services.revise(hub, {"ends_on": day(-1)}, None)
    db.session.commit()
    assert visitor.get("/en/").all(".pressing") == []

    admin.send(f"{path}/edit/days", FORM, ends_on=day(5))

    assert visitor.get("/en/").all(".pressing h3") == ["Living through the drought"]
