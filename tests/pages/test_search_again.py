"""A list that is asked for again: from memory, and never other than what the database says."""

from datetime import timedelta

import pytest
from sqlalchemy import inspect

from galaxy.content.models import Status
from galaxy.core.db import db, now
from galaxy.webinars.registration_models import RegistrationStatus
from tests.factories import (
    a_body,
    a_question,
    a_registration,
    a_request,
    a_solution,
    a_user,
    a_webinar,
    an_admin,
)
from tests.readers import Reader
from tests.statements import statements

ASKED = "/en/search?q=pumps"


@pytest.fixture
def pumps(app, work):
    body = a_body(name="Ministry of Water")
    pumps = [a_solution(title=f"Pumps of {place}", body=body, sdgs=["6"]) for place in ("Kaya", "Dori", "Leo")]
    work()
    return pumps


def change(thing, **facts):
    """As somebody else does it meanwhile."""
    row = db.session.get(type(thing), inspect(thing).identity)
    for name, value in facts.items():
        setattr(row, name, value)
    db.session.commit()
    return row


def cards(page):
    return sorted(page.all(".card h2"))


def test_what_is_asked_again_is_the_same_at_the_price_of_one_statement(app, visitor, pumps):
    pages = [visitor.get(ASKED)]
    again = statements(lambda: pages.append(visitor.get(ASKED)))

    assert cards(pages[0]) == ["Pumps of Dori", "Pumps of Kaya", "Pumps of Leo"]
    assert pages[1].text == pages[0].text
    assert again == 1


def test_the_same_is_told_however_it_was_asked_before(app, visitor, pumps):
    member = Reader(app, a_user())
    fresh = [reader.get(ASKED).all(".results") for reader in (visitor, member)]

    assert [reader.get(ASKED).all(".results") for reader in (visitor, member)] == fresh
    chosen = [
        [item for item in visitor.get(asked).all(".chosen li") if "Clean" in item]
        for asked in (f"{ASKED}&sdg=6", ASKED)
    ]
    assert chosen == [["Leave out: 6. Clean water and sanitation"], []]


def test_what_is_taken_down_is_gone_at_once(visitor, pumps):
    visitor.get(ASKED)
    change(pumps[0], status=Status.WITHDRAWN)

    assert cards(visitor.get(ASKED)) == ["Pumps of Dori", "Pumps of Leo"]


def test_what_is_archived_or_under_review_is_gone_at_once(visitor, pumps):
    visitor.get(ASKED)
    change(pumps[0], status=Status.ARCHIVED)
    change(pumps[1], status=Status.REVIEW)

    assert cards(visitor.get(ASKED)) == ["Pumps of Leo"]


def test_what_comes_back_is_there_at_once(visitor, pumps):
    change(pumps[0], status=Status.REVIEW)
    visitor.get(ASKED)
    change(pumps[0], status=Status.PUBLISHED)

    assert cards(visitor.get(ASKED)) == ["Pumps of Dori", "Pumps of Kaya", "Pumps of Leo"]


def test_what_is_written_otherwise_is_shown_so_at_once(visitor, pumps):
    visitor.get(ASKED)
    change(pumps[0], title="Better pumps", endorsed_at=now())
    change(pumps[1]).apply({"country": ["FJI"]})
    db.session.commit()

    page = visitor.get(ASKED)

    assert cards(page) == ["Better pumps", "Pumps of Dori", "Pumps of Leo"]
    assert page.all(".tag.good") == ["Endorsed by its country"]
    assert sorted(page.all(".places")) == ["Burkina Faso", "Burkina Faso", "Fiji"]


def test_a_body_is_called_by_its_new_name_at_once(visitor, pumps):
    visitor.get(ASKED)
    change(change(pumps[0]).body, name="Ministry of Rain")

    assert visitor.get(ASKED).all(".card footer span:first-child") == ["Ministry of Rain"] * 3


def test_each_language_has_its_own_words(visitor, pumps):
    pages = [visitor.get(f"/{code}/search?q=pumps") for code in ("en", "fr", "en", "fr")]

    assert [page.all(".kind") for page in pages] == [["solution"] * 3] * 4
    assert [page.one(".facets summary") for page in pages] == ["Narrow down", "Affiner", "Narrow down", "Affiner"]
    assert [page.soup.html["lang"] for page in pages] == ["en", "fr", "en", "fr"]


def test_what_an_admin_may_do_is_shown_to_nobody_else(app, visitor, pumps):
    admin, member = Reader(app, an_admin()), Reader(app, a_user(name="Awa"))

    shown = [
        [text in reader.get(ASKED).text for text in ("Show this in a topic hub", "Awa", "Sign in")]
        for reader in (admin, visitor, member, visitor, admin)
    ]

    assert shown == [
        [True, False, False],
        [False, False, True],
        [False, True, False],
        [False, False, True],
        [True, False, False],
    ]


def test_each_reader_is_told_the_time_of_their_own_zone(app, visitor, work):
    a_webinar(title="Pumps explained", starts_at=now() - timedelta(days=9), ends_at=now() - timedelta(days=9, hours=-1))
    work()
    readers = [visitor, Reader(app, a_user(time_zone="Pacific/Fiji")), Reader(app, a_user(time_zone="America/Lima"))]

    times = [reader.get(ASKED).one(".card time + .hint") for reader in (*readers, *readers)]

    assert len(set(times[:3])) == 3
    assert times[3:] == times[:3]


def test_a_webinar_that_is_to_come_tells_how_near_it_is_and_whether_a_place_is_left(visitor, work):
    webinar = a_webinar(
        title="Pumps explained",
        starts_at=now() + timedelta(days=3),
        ends_at=now() + timedelta(days=3, hours=1),
        capacity=1,
    )
    a_solution(title="Pumps of Kaya")
    work()
    told = [visitor.get(ASKED).all(".card .tag:not(.good)")]
    a_registration(webinar, status=RegistrationStatus.REGISTERED)
    told.append(visitor.get(ASKED).all(".card .tag:not(.good)"))

    assert told == [["In 3 days"], ["In 3 days", "Full"]]


def test_a_call_tells_how_many_days_are_left(visitor, work):
    call = a_request(title="Pumps wanted", deadline=now().date() + timedelta(days=3))
    work()
    told = [visitor.get(ASKED).one(".tag.late")]
    change(call, deadline=now().date())

    assert [*told, visitor.get(ASKED).one(".tag.late")] == ["Closes in 3 days", "Closes today"]


def test_a_question_goes_with_the_webinar_on_whose_page_it_stands(visitor, work):
    webinar = a_webinar(title="Water day")
    a_question(webinar, title="Which pumps last longest?")
    work()
    told = [visitor.get(ASKED).all(".card .hint a")]
    change(webinar, title="Rain day")
    told.append(visitor.get(ASKED).all(".card .hint a"))
    change(webinar, status=Status.REVIEW)

    assert told == [["Water day"], ["Rain day"]]
    assert visitor.get(ASKED).all(".card .hint a") == []
