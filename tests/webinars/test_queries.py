"""How webinars are found: by when they are, in which language, about what; exact counts, and an order for each need."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from galaxy.content.models import Status
from galaxy.core.db import db
from galaxy.core.storage import StoredFile
from galaxy.webinars import queries
from galaxy.webinars.models import Format, State
from galaxy.webinars.queries import WEBINARS
from tests.factories import a_focal_point, a_series, a_solution, a_webinar, saved
from tests.statements import statements

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


def a_film():
    """A recording that is kept here."""
    return saved(StoredFile(sha256="0" * 64, name="film.mp4", media_type="video/mp4", size=9))


def hours(number):
    """So many hours from now."""
    return NOW + timedelta(hours=number)


def found(app, query="", language="en"):
    """What the list answers to the arguments of an address."""
    with app.test_request_context(f"/{language}/webinars/?{query}") as context:
        return WEBINARS.listing(WEBINARS.asked(context.request.args, language))


def titles(app, query=""):
    return [webinar.title for webinar in found(app, query).page.rows]


def counts(app, name, query=""):
    """The values of a facet, and how many webinars each gives."""
    return {
        value.label: value.count for facet in found(app, query).facets if facet.name == name for value in facet.values
    }


@pytest.fixture
def webinars(app):
    talks, lessons = a_series(title="Water talks"), a_series(title="Lessons")
    a_webinar(title="Pumps", starts_at=hours(-0.5), sdgs=["6.1"], sectors=["14031"], series=talks)
    a_webinar(title="Wells", starts_at=hours(48), spoken=["fr", "en"], countries=["FJI"], series=talks, sdgs=["6", "2"])
    a_webinar(title="Seeds", starts_at=hours(24), spoken=["es"], sectors=["311"], format=Format.COURSE, sdgs=["2"])
    a_webinar(title="Rain", starts_at=hours(-48), recording_url="https://example.org/rain", countries=["NER", "BFA"])
    a_webinar(title="Soil", starts_at=hours(-24), recording=a_film(), spoken=["fr"], series=lessons)
    a_webinar(title="Wind", starts_at=hours(-72), interpretation=[{"language": "fr", "channel": "2"}])
    a_webinar(title="Not yet", status=Status.SUBMITTED, series=lessons)


def test_what_is_on_comes_first_then_what_comes_soonest_then_what_is_over_the_last_first(app, webinars):
    assert titles(app) == ["Pumps", "Seeds", "Wells", "Soil", "Rain", "Wind"]


def test_the_latest_or_the_last_announced_come_first_where_that_is_asked(app, webinars):
    a_webinar(title="Old news", published_at=hours(-99))

    assert titles(app, "sort=latest") == ["Wells", "Old news", "Seeds", "Pumps", "Soil", "Rain", "Wind"]
    assert titles(app, "sort=newest") == ["Wind", "Soil", "Rain", "Seeds", "Wells", "Pumps", "Old news"]


def test_what_is_called_off_stands_where_it_would_have_been_and_is_never_on(app):
    a_webinar(title="On", starts_at=hours(0))
    a_webinar(title="Cancelled now", starts_at=hours(-0.5), state=State.CANCELLED)
    a_webinar(title="Postponed", starts_at=hours(5), state=State.POSTPONED)
    a_webinar(title="Planned", starts_at=hours(9))
    a_webinar(title="Was cancelled", starts_at=hours(-9), state=State.CANCELLED)
    a_webinar(title="Without a time", starts_at=None)

    assert titles(app) == ["Cancelled now", "On", "Postponed", "Planned", "Without a time", "Was cancelled"]
    assert counts(app, "when") == {"On now": 1, "To come": 4, "Past": 1}
    assert [webinar.title for webinar in queries.on_now(3)] == ["On"]
    assert [webinar.title for webinar in db.session.scalars(queries.coming())] == ["On", "Planned"]


def test_an_event_is_on_from_its_first_moment_until_its_last(app):
    a_webinar(title="Begins now", starts_at=hours(0))
    a_webinar(title="Ends now", starts_at=hours(-1))

    assert titles(app, "when=now") == ["Begins now"]
    assert titles(app, "when=past") == ["Ends now"]


@pytest.mark.parametrize(
    ("facet", "expected"),
    [
        ("when", {"On now": 1, "To come": 2, "Past": 3}),
        ("language", {"English": 4, "French": 3, "Spanish": 1}),
        ("format", {"Webinar": 5, "Course session": 1}),
        ("recording", {"With a recording": 2, "Without a recording": 4}),
        ("sector", {"Water Supply & Sanitation": 5, "Agriculture": 1}),
        ("sdg", {"2. Zero hunger": 2, "6. Clean water and sanitation": 5}),
        ("series", {"Water talks": 2, "Lessons": 1}),
        ("country", {"Burkina Faso": 5, "Fiji": 1, "Niger": 1}),
    ],
)
def test_each_facet_is_counted_exactly(app, webinars, facet, expected):
    assert counts(app, facet) == expected


def test_a_facet_counts_what_a_further_choice_of_it_would_add(app, webinars):
    assert counts(app, "when", "when=past&language=fr") == {"To come": 1, "Past": 2}
    assert counts(app, "language", "when=past&language=fr") == {"English": 2, "French": 2}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("when=now&when=coming", ["Pumps", "Seeds", "Wells"]),
        ("when=past", ["Soil", "Rain", "Wind"]),
        ("language=fr", ["Wells", "Soil", "Wind"]),
        ("language=es&language=fr&when=coming", ["Seeds", "Wells"]),
        ("format=course", ["Seeds"]),
        ("recording=yes", ["Soil", "Rain"]),
        ("recording=no&when=past", ["Wind"]),
        ("sector=311", ["Seeds"]),
        ("sdg=2", ["Seeds", "Wells"]),
        ("country=NER", ["Rain"]),
        ("group=SIDS", ["Wells"]),
        ("q=well", ["Wells"]),
        ("when=soon&language=xx&format=party&recording=maybe&sort=odd&country=TZA", []),
        ("when=soon&language=xx&format=party&recording=maybe&sort=odd&sector=311", ["Seeds"]),
    ],
)
def test_the_list_is_narrowed(app, webinars, query, expected):
    assert titles(app, query) == expected


def test_a_language_that_is_spoken_and_interpreted_counts_once(app):
    rows = [{"language": "fr", "channel": "1"}, {"language": "fr", "channel": "2"}, {"language": "ar", "channel": ""}]
    a_webinar(spoken=["fr"], interpretation=rows)
    a_webinar(spoken=["en"], interpretation=rows)

    assert counts(app, "language") == {"Arabic": 2, "French": 2, "English": 1}


def test_a_series_is_chosen_by_its_permanent_id_and_called_by_its_title(app):
    talks, hidden = a_series(title="Water talks"), a_series(title="A secret")
    a_webinar(title="Wells", series=talks)
    a_webinar(title="Not yet", series=hidden, status=Status.DRAFT)

    assert titles(app, f"series={talks.ref}") == ["Wells"]
    assert [choice.label for choice in found(app, f"series={talks.ref}").chosen] == ["Water talks"]
    assert [choice.label for choice in found(app, f"series={hidden.ref}").chosen] == [hidden.ref]
    assert titles(app, f"series={hidden.ref}") == []


def test_other_kinds_of_entries_are_not_listed(app):
    a_solution()

    assert titles(app) == []
    assert found(app).facets == ()


def test_all_that_fits_an_address_is_handed_to_calendars(app, webinars):
    with app.test_request_context("/en/webinars/calendar.ics?language=fr&when=past&q=soil") as context:
        asked = WEBINARS.asked(context.request.args, "en")
        fitting = db.session.scalars(WEBINARS.fitting(asked)).unique().all()

    assert [webinar.title for webinar in fitting] == ["Soil"]


def test_one_webinar_costs_as_many_statements_as_three(app):
    def look():
        found(app, "sdg=6")

    a_webinar(author=a_focal_point("TZA"), series=a_series())
    look()
    one = statements(look)
    a_webinar(author=a_focal_point("NER"), series=a_series(), interpretation=[{"language": "fr", "channel": "2"}])
    a_webinar(author=a_focal_point("FJI"))

    assert statements(look) == one == 5
