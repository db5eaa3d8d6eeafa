"""How a webinar is read: when it is, for whom, in which language, who speaks, and where one joins."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from bs4 import BeautifulSoup

from galaxy.accounts.services import record
from galaxy.content import services as content
from galaxy.content.models import Status
from galaxy.content.views import address
from galaxy.core.db import db
from galaxy.webinars.models import Entrance, State
from galaxy.webinars.registration_models import RegistrationStatus
from tests.factories import (
    a_focal_point,
    a_question,
    a_registration,
    a_request,
    a_series,
    a_solution,
    a_user,
    a_webinar,
    an_admin,
    an_organisation,
)
from tests.solutions.test_views import VECTORS, dangers
from tests.statements import statements

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def plain(words):
    """With plain spaces and hyphens."""
    return " ".join(str(words).replace("\N{EN DASH}", "-").split())


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


def an_event(**facts):
    """A webinar on 10 March 2026 at 14:00 in Ouagadougou, for an hour and a half."""
    starts_at = datetime(2026, 3, 10, 14, tzinfo=UTC)
    said = {"zone": "Africa/Ouagadougou", "starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=90)}
    return a_webinar(**said | facts)


def times(page):
    """What the page says of its time: each line that a reader without scripts sees."""
    return [plain(line) for line in page.all(".times p:not([hidden])")]


def test_the_page_says_the_events_own_time_with_its_zone_how_long_it_lasts_and_how_near_it_is(visitor):
    page = visitor.get(f"/en/webinars/{an_event().slug}")

    assert times(page) == ["Tuesday, March 10, 2026, 2:00 - 3:30 PM · Ouagadougou time (UTC)"]
    assert page.all("#time > p") == ["In 8 days Length: 1 hour, 30 minutes"]


def test_a_reader_whose_zone_is_known_is_told_the_time_there_too(reader):
    webinar = an_event()

    page = reader(a_user(time_zone="Pacific/Fiji")).get(f"/en/webinars/{webinar.slug}")

    assert times(page) == [
        "Where you are: Wednesday, March 11, 2026, 2:00 - 3:30 AM · Fiji time (UTC+12)",
        "Tuesday, March 10, 2026, 2:00 - 3:30 PM · Ouagadougou time (UTC)",
    ]


def around(page):
    """The table of the world: place to day and time, offset and mark."""
    return {row[0]: plain(row[1]) for row in rows(page) if len(row) == 2}


def rows(page):
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.select("td")] for row in page.soup.select("#world tr")
    ]


@pytest.mark.parametrize(
    ("day", "new_york", "paris"),
    [
        ((2026, 3, 7), "Sat, Mar 7, 9:00 AM UTC−5", "Sat, Mar 7, 3:00 PM UTC+1"),
        ((2026, 3, 8), "Sun, Mar 8, 10:00 AM UTC−4", "Sun, Mar 8, 3:00 PM UTC+1"),
        ((2026, 3, 29), "Sun, Mar 29, 10:00 AM UTC−4", "Sun, Mar 29, 4:00 PM UTC+2"),
        ((2026, 10, 24), "Sat, Oct 24, 10:00 AM UTC−4", "Sat, Oct 24, 4:00 PM UTC+2"),
        ((2026, 10, 25), "Sun, Oct 25, 10:00 AM UTC−4", "Sun, Oct 25, 3:00 PM UTC+1"),
        ((2026, 11, 1), "Sun, Nov 1, 9:00 AM UTC−5", "Sun, Nov 1, 3:00 PM UTC+1"),
    ],
)
def test_the_table_of_the_world_follows_both_changes_of_hour(visitor, day, new_york, paris):
    starts_at = datetime(*day, 14, tzinfo=UTC)
    webinar = an_event(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=90))

    found = around(visitor.get(f"/en/webinars/{webinar.slug}"))

    assert (found["New York, United States"], found["Paris, France"]) == (new_york, paris)


def test_the_table_of_the_world_marks_another_day_and_names_places_in_the_readers_language(visitor):
    starts_at = datetime(2026, 3, 10, 22, tzinfo=UTC)
    webinar = an_event(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))

    page = visitor.get(f"/fr/webinars/{webinar.slug}")
    found = around(page)

    assert page.one("#world > summary") == "À quelle heure est-ce chez moi ?"
    assert page.all("#world tbody th") == ["Afrique", "Amériques", "Asie", "Europe", "Océanie"]
    assert len(found) == 24
    assert (found["Le Caire, Égypte"], found["Mexico, Mexique"], found["Fidji"]) == (
        "mer. 11 mars, 00:00 UTC+2 Le lendemain",
        "mar. 10 mars, 16:00 UTC−6",
        "mer. 11 mars, 10:00 UTC+12 Le lendemain",
    )


def test_whole_days_are_told_as_days_without_a_zone_or_a_table(visitor):
    starts_at = datetime(2026, 9, 12, tzinfo=UTC)
    webinar = an_event(starts_at=starts_at, ends_at=starts_at + timedelta(days=2), all_day=True)

    page = visitor.get(f"/en/webinars/{webinar.slug}")

    assert (times(page), page.all("#world")) == (["Saturday, September 12, 2026 - Sunday, September 13, 2026"], [])


def test_of_what_lasts_days_the_table_tells_the_beginning(visitor):
    webinar = an_event(ends_at=datetime(2026, 3, 12, 16, tzinfo=UTC))

    page = visitor.get(f"/en/webinars/{webinar.slug}")

    assert times(page) == [
        "Tuesday, March 10, 2026, 2:00 PM - Thursday, March 12, 2026, 4:00 PM · Ouagadougou time (UTC)"
    ]
    assert around(page)["Nairobi, Kenya"] == "Tue, Mar 10, 5:00 PM UTC+3"
    assert page.all("#time > p") == ["In 8 days"]


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ((3, 2, 9), "In 8 days"),
        ((3, 8, 23), "In 2 days"),
        ((3, 9, 1), "Tomorrow"),
        ((3, 10, 0), "Today"),
        ((3, 10, 14), "On now"),
        ((3, 10, 15, 29), "On now"),
    ],
)
def test_how_near_it_is_is_said_in_whole_words(visitor, moment, said):
    slug = an_event().slug

    with time_machine.travel(datetime(2026, *moment, tzinfo=UTC), tick=False):
        assert visitor.get(f"/en/webinars/{slug}").all("#time > p .tag") == [said]


def test_what_is_far_or_over_has_no_nearness_and_what_is_over_says_so(visitor):
    slug = an_event().slug

    with time_machine.travel(datetime(2026, 2, 1, tzinfo=UTC), tick=False):
        far = visitor.get(f"/en/webinars/{slug}")
    with time_machine.travel(datetime(2026, 3, 10, 15, 30, tzinfo=UTC), tick=False):
        over = visitor.get(f"/en/webinars/{slug}")

    assert (far.all("#time > p .tag"), far.notices) == ([], [])
    assert (over.all("#time > p .tag"), over.notices, over.all("#world")) == ([], ["It is over."], [])


def test_what_is_cancelled_or_postponed_says_so_with_the_reason(visitor):
    off = an_event(state=State.CANCELLED, reason="The speaker is ill.")
    later = an_event(state=State.POSTPONED, reason="The room is flooded.")

    pages = [visitor.get(f"/en/webinars/{slug}") for slug in (off.slug, later.slug)]

    assert [page.notices for page in pages] == [
        ["Cancelled. It does not take place. The speaker is ill."],
        ["Postponed. The new time is not known yet. The room is flooded."],
    ]
    assert [page.one("#time > .hint") for page in pages] == ["It was announced for:"] * 2
    assert [page.all("#time > p:not(.hint)") for page in pages] == [[], []]


def join_of(page):
    """The words of where to join, and the button, where they are shown."""
    return page.all("#join p:not(.title)"), page.all("#join .button")


def test_where_to_join_is_shown_to_hosts_and_speakers_and_to_all_only_where_it_is_public(reader, visitor):
    host, speaker, holder, waits = a_focal_point(), a_user(email="awa@example.org"), a_user(), a_user()
    facts = {"author": host, "speakers": [{"name": "Awa", "email": "awa@example.org"}], "join_words": "Code 12 34"}
    event = an_event(**facts)
    a_registration(event, holder)
    a_registration(event, waits, status=RegistrationStatus.WAITING)
    closed, opened = event.slug, an_event(**facts, join_public=True).slug
    people = {"host": host, "speaker": speaker, "holder": holder, "waits": waits, "member": a_user()}
    people = {who: reader(user) for who, user in people.items()} | {"visitor": visitor}
    shown = ["https://meet.example.org/pumps", "Code 12 34"]

    assert {who: join_of(person.get(f"/en/webinars/{closed}"))[0] for who, person in people.items()} == {
        "host": shown, "speaker": shown, "holder": shown, "waits": [], "member": [], "visitor": [],
    }  # fmt: skip
    assert {who: join_of(person.get(f"/en/webinars/{opened}"))[0] for who, person in people.items()} == dict.fromkeys(
        people, shown
    )
    assert "meet.example.org" not in visitor.get(f"/en/webinars/{closed}").text
    assert "awa@example.org" not in people["host"].get(f"/en/webinars/{closed}").text


def test_one_is_let_in_from_a_quarter_of_an_hour_before_until_the_end(visitor):
    slug = an_event(join_public=True).slug
    found = {}
    for hour, minute in ((13, 44), (13, 45), (15, 29), (15, 30)):
        with time_machine.travel(datetime(2026, 3, 10, hour, minute, tzinfo=UTC), tick=False):
            found[hour, minute] = join_of(visitor.get(f"/en/webinars/{slug}"))

    address = "https://meet.example.org/pumps"
    assert found == {
        (13, 44): ([address], []),
        (13, 45): (["Join now", address], ["Join now"]),
        (15, 29): (["Join now", address], ["Join now"]),
        (15, 30): ([], []),
    }


def facts(page):
    return {
        row.dt.get_text(strip=True): " ".join(row.dd.get_text(" ").split()) for row in page.soup.select(".facts > div")
    }


def test_languages_interpretation_captions_and_signs_stand_among_the_facts(visitor):
    webinar = an_event(
        spoken=["fr", "en"],
        captions=["ar"],
        sign_language="LSF",
        organisers=["ONEA", "CILSS"],
        interpretation=[{"language": "pt", "channel": "3"}, {"language": "es", "channel": ""}],
    )

    found = facts(visitor.get(f"/en/webinars/{webinar.slug}"))

    assert {
        name: found[name] for name in ("Organised by", "Languages", "Interpretation", "Captions", "Sign language")
    } == {
        "Organised by": "ONEA, CILSS",
        "Languages": "French, English",
        "Interpretation": "Portuguese (3) , Spanish",
        "Captions": "Arabic",
        "Sign language": "LSF",
    }


def test_speakers_stand_with_their_role_organisation_country_and_a_profile_that_the_public_may_read(visitor):
    seen, unseen = an_organisation(title="Awa Sow"), an_organisation(title="Ibou", status=Status.WITHDRAWN)
    webinar = an_event(speakers=[
        {"name": "Awa Sow", "role": "Moderator", "organisation": "ONEA", "country": "BFA", "profile": seen.ref},
        {"name": "Ibou Fall", "profile": unseen.ref},
        {"name": "Mere Tui", "country": "FJI"},
    ])  # fmt: skip

    profile = seen.slug

    page = visitor.get(f"/en/webinars/{webinar.slug}")

    assert page.all("#speakers li") == ["Awa Sow Moderator ONEA · Burkina Faso", "Ibou Fall", "Mere Tui Fiji"]
    assert page.links("#speakers a") == [f"/en/directory/{profile}"]


def test_what_is_presented_is_shown_as_far_as_the_public_may_read_it_and_tells_of_the_webinar(visitor):
    solution, request, hidden = a_solution(), a_request(), a_solution(title="Hidden", status=Status.WITHDRAWN)
    presents = {"presents": [solution.ref, request.ref, hidden.ref]}
    webinar, draft = an_event(**presents), an_event(title="Draft", status=Status.DRAFT, **presents)
    paths = {"webinar": f"/en/webinars/{webinar.slug}", "solution": f"/en/solutions/{solution.slug}"}
    paths["call"] = f"/en/partnerships/{request.slug}"

    titles, unseen = [solution.title, request.title], draft.slug

    pages = {name: visitor.get(path) for name, path in paths.items()}

    assert pages["webinar"].all("#presents h3") == titles
    assert [pages[name].all("#events h3") for name in ("solution", "call")] == [
        ["How villages keep their pumps running"]
    ] * 2
    assert pages["solution"].links("#events h3 a") == [paths["webinar"]]
    assert unseen not in pages["solution"].text


def test_a_series_names_what_comes_before_and_after_as_far_as_it_is_public(visitor):
    series = a_series().id

    def on(day, title, **facts):
        starts_at = datetime(2026, 3, day, 14, tzinfo=UTC)
        return an_event(
            starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), title=title, series_id=series, **facts
        )

    for day, title, status in ((1, "First", "published"), (4, "Second", "published"), (6, "Unseen", "draft")):
        on(day, title, status=Status(status))
    middle = on(10, "Third")
    on(12, "Fifth, cancelled", state=State.CANCELLED)
    on(14, "Fourth")

    page = visitor.get(f"/en/webinars/{middle.slug}")

    assert page.all("#series a") == ["Water talks", "Second", "Fourth"]
    assert page.all("#series li .hint:first-child") == ["The one before", "The next one"]


def test_the_page_of_a_series_shows_what_comes_next_first_then_what_has_been(visitor):
    series = a_series()
    ref, key = series.slug, series.id
    for title, day, status in (
        ("Past", 1, "published"),
        ("Long past", -9, "published"),
        ("Next", 3, "published"),
        ("Later", 9, "archived"),
        ("Draft", 5, "draft"),
    ):
        starts_at = NOW + timedelta(days=day if day > 0 and title != "Past" else day - 2)
        an_event(
            title=title,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
            series_id=key,
            status=Status(status),
        )

    page = visitor.get(f"/en/webinars/series/{ref}")

    assert page.all("main h1, main h2, main h3") == [
        "Water talks",
        "To come",
        "Next",
        "Later",
        "Past",
        "Past",
        "Long past",
    ]


# For machines.


def read(element):
    """A thing of RDFa Lite as a crawler reads it: its type, and its properties with their values in order."""
    thing = {"type": str(element["typeof"])}
    for found in element.select("[property]"):
        if found.find_parent(attrs={"typeof": True}) is element:
            value = read(found) if found.has_attr("typeof") else said(found)
            for name in str(found["property"]).split():
                thing.setdefault(name, []).append(value)
    return thing


def said(element):
    named = next((str(element[name]) for name in ("content", "href", "datetime") if element.has_attr(name)), None)
    return named or " ".join(element.get_text(" ").split())


def event(page):
    (element,) = page.soup.select("[typeof=Event]")
    assert element["vocab"] == "https://schema.org/"
    return {"about": str(element["resource"])} | read(element)


def test_machines_read_an_event_with_its_hours_by_its_own_clock_and_never_where_to_join(visitor):
    starts_at = datetime(2026, 7, 10, 18, tzinfo=UTC)
    webinar = an_event(
        zone="America/New_York", starts_at=starts_at, ends_at=starts_at + timedelta(hours=2),
        spoken=["fr", "en"], organisers=["ONEA"],
        speakers=[{"name": "Awa Sow", "organisation": "CILSS", "email": "a@b.example"}], series_id=a_series().id,
    )  # fmt: skip
    slug, here, series = webinar.slug, f"http://localhost/s/{webinar.ref}", webinar.series.slug

    assert event(visitor.get(f"/en/webinars/{slug}")) == {
        "about": here,
        "type": "Event",
        "name": ["How villages keep their pumps running"],
        "description": ["Repairers from three countries tell what breaks, and what they do."],
        "startDate": ["2026-07-10T14:00-04:00"],
        "endDate": ["2026-07-10T16:00-04:00"],
        "eventStatus": ["https://schema.org/EventScheduled"],
        "eventAttendanceMode": ["https://schema.org/OnlineEventAttendanceMode"],
        "location": [{"type": "VirtualLocation", "url": [here]}],
        "inLanguage": ["fr", "en"],
        "organizer": [{"type": "Organization", "name": ["ONEA"]}],
        "performer": [
            {"type": "Person", "name": ["Awa Sow"], "affiliation": [{"type": "Organization", "name": ["CILSS"]}]}
        ],
        "isAccessibleForFree": ["true"],
        "superEvent": [{"type": "EventSeries", "name": ["Water talks"], "url": [f"/en/webinars/series/{series}"]}],
        "url": [here],
    }


def test_machines_read_a_place_a_public_address_days_and_a_recording(visitor):
    starts_at = datetime(2026, 2, 12, tzinfo=UTC)
    days = an_event(starts_at=starts_at, ends_at=starts_at + timedelta(days=2), all_day=True, join_url="", place="Suva")
    mixed = an_event(join_public=True, place="Suva", recording_url="https://tube.example.org/1")
    slugs, title = [days.slug, mixed.slug], mixed.title

    on_days, both = (event(visitor.get(f"/en/webinars/{slug}")) for slug in slugs)

    assert (on_days["startDate"], on_days["endDate"]) == (["2026-02-12"], ["2026-02-13"])
    assert on_days["eventAttendanceMode"] == ["https://schema.org/OfflineEventAttendanceMode"]
    assert on_days["location"] == [{"type": "Place", "name": ["Suva"], "address": ["Suva"]}]
    assert both["eventAttendanceMode"] == ["https://schema.org/MixedEventAttendanceMode"]
    assert both["location"][:1] == [{"type": "VirtualLocation", "url": ["https://meet.example.org/pumps"]}]
    assert both["recordedIn"] == [
        {"type": "VideoObject", "name": [title], "url": [f"http://localhost/en/webinars/{slugs[1]}?play=1"]}
    ]


@pytest.mark.parametrize(("state", "status"), [("cancelled", "Cancelled"), ("postponed", "Postponed")])
def test_machines_read_that_it_does_not_take_place(visitor, state, status):
    found = event(visitor.get(f"/en/webinars/{an_event(state=State(state)).slug}"))

    assert found["eventStatus"] == [f"https://schema.org/Event{status}"]


def test_machines_read_from_when_it_was_moved_since_it_was_published(visitor):
    moves = {
        "moved": [{"starts_at": "2026-03-05T14:00:00+00:00"}, {"ends_at": "2026-03-10T16:00:00+00:00"}],
        "longer": [{"ends_at": "2026-03-10T16:00:00+00:00"}],
        "before": [{"starts_at": "2026-03-05T14:00:00+00:00"}],
    }
    slugs = {}
    for name, acts in moves.items():
        published = NOW + timedelta(hours=1 if name == "before" else -1)
        webinar = an_event(zone="America/New_York", published_at=published)
        for before in acts:
            record(None, "moved", webinar, before=before)
        slugs[name] = webinar.slug
    db.session.commit()

    found = {name: event(visitor.get(f"/en/webinars/{slug}")) for name, slug in slugs.items()}

    assert {name: each["eventStatus"] for name, each in found.items()} == {
        "moved": ["https://schema.org/EventRescheduled"],
        "longer": ["https://schema.org/EventScheduled"],
        "before": ["https://schema.org/EventScheduled"],
    }
    assert found["moved"]["previousStartDate"] == ["2026-03-05T09:00-05:00"]
    assert found["moved"]["startDate"] == ["2026-03-10T10:00-04:00"]


# The page itself.


def test_a_visitors_page_may_be_kept_and_its_tag_follows_the_clock(visitor):
    path = f"/en/webinars/{an_event().slug}"
    tags = []
    for moment in ((10, 13, 44), (10, 13, 50), (10, 14, 0), (10, 14, 10), (10, 15, 30), (11, 9, 0)):
        with time_machine.travel(datetime(2026, 3, *moment, tzinfo=UTC), tick=False):
            page = visitor.get(path)
        assert page.response.headers["Cache-Control"].startswith("public")
        tags.append(page.response.headers["ETag"])

    assert [a == b for a, b in pairwise(tags)] == [True, False, True, False, True]


def test_a_page_needs_as_many_statements_for_three_speakers_subjects_and_neighbours_as_for_one(app, visitor):
    def path(many):
        series = a_series().id
        people = [an_organisation(title=f"Speaker {n}").ref for n in range(many)]
        for n in range(many):
            an_event(series_id=series, starts_at=NOW + timedelta(days=n + 1), interpretation=[{"language": "fr"}])
            an_event(series_id=series, starts_at=NOW + timedelta(days=n + 20))
        return "/en/webinars/" + an_event(
            series_id=series,
            speakers=[{"name": f"Speaker {n}", "profile": ref} for n, ref in enumerate(people)],
            interpretation=[{"language": code} for code in ("fr", "es", "pt")[:many]],
            presents=[a_solution(author=a_focal_point(code)).ref for code in ("FJI", "CUB", "NER")[:many]],
        ).slug  # fmt: skip

    one, three = path(1), path(3)

    assert statements(lambda: visitor.get(three)) == statements(lambda: visitor.get(one))


@pytest.mark.parametrize("page", ["series", "solution", "search"])
def test_lists_of_webinars_need_as_many_statements_for_three_as_for_one(app, visitor, work, page):
    solution, series = a_solution(), a_series()
    ref, key = solution.ref, series.id
    path = {
        "series": f"/en/webinars/series/{series.ref}",
        "solution": f"/en/solutions/{ref}",
        "search": "/en/search?q=pumps",
    }[page]

    def another():
        an_event(series_id=key, presents=[ref], interpretation=[{"language": "fr"}], capacity=5)
        work()

    another()
    counts = [len(visitor.get(path).all(".card time"))]
    one = statements(lambda: visitor.get(path))
    another()
    another()
    counts.append(len(visitor.get(path).all(".card time")))

    assert (counts, statements(lambda: visitor.get(path))) == ([1, 3], one)


def cards(page):
    return [
        [plain(part) for part in (card.h2 or card.h3, card.select_one("time"))] for card in page.soup.select(".card")
    ]


def test_a_card_tells_when_it_is_and_how_one_follows_it_instead_of_when_it_was_published(visitor):
    series = a_series()
    ref, key = series.ref, series.id
    for title, facts in {
        "English": {},
        "French": {"spoken": ["fr", "ar"], "recording_url": "https://a.example/1", "format": "course"},
        "Interpreted": {"spoken": ["fr"], "interpretation": [{"language": "en"}], "state": State.POSTPONED},
        "Off": {"state": State.CANCELLED, "spoken": ["xx"]},
    }.items():  # fmt: skip
        an_event(title=title, series_id=key, body=None, **facts)

    page = visitor.get(f"/en/webinars/series/{ref}")
    found = {card.h3.get_text(strip=True): card for card in page.soup.select(".card")}
    tags = {
        title: [tag.get_text(strip=True) for tag in card.select(".kind, .tag, .status")]
        for title, card in found.items()
    }

    assert tags == {
        "English": ["Webinar", "In 8 days", "In your language"],
        "French": ["Course session", "In 8 days", "French", "Arabic", "Recording"],
        "Interpreted": ["Webinar", "Postponed", "Interpreted into your language"],
        "Off": ["Webinar", "Cancelled", "xx"],
    }
    assert {plain(card.select_one("time").get_text()) for card in found.values()} == {
        "Tuesday, March 10, 2026, 2:00 - 3:30 PM"
    }
    assert [len(card.select("time")) for card in found.values()] == [1] * 4


def test_a_card_says_that_no_place_is_left_while_that_matters(visitor):
    series = a_series()
    ref, key = series.ref, series.id
    for title, facts, guests in (
        ("Full", {"capacity": 2}, ["registered", "registered"]),
        ("A place is left", {"capacity": 2}, ["registered", "waiting", "cancelled", "unconfirmed"]),
        ("Without bound", {}, ["registered"]),
        ("Elsewhere", {"capacity": 0, "entrance": Entrance.ELSEWHERE}, []),
        ("Over", {"capacity": 0, "starts_at": NOW - timedelta(days=1), "ends_at": NOW}, []),
    ):
        webinar = an_event(title=title, series_id=key, **facts)
        for guest in guests:
            a_registration(webinar, status=RegistrationStatus(guest))

    page = visitor.get(f"/en/webinars/series/{ref}")
    found = {
        card.h3.get_text(strip=True): [tag.get_text() for tag in card.select(".late")]
        for card in page.soup.select(".card")
    }

    assert found == {"Full": ["Full"], "A place is left": [], "Without bound": [], "Elsewhere": [], "Over": []}


def test_a_card_is_read_in_french_and_in_the_readers_zone(reader):
    series = a_series()
    ref = series.ref
    an_event(series_id=series.id, spoken=["fr"])

    page = reader(a_user(time_zone="Asia/Kolkata")).get(f"/fr/webinars/series/{ref}")

    assert plain(page.one(".card time")) == "mardi 10 mars 2026, 19:30 - 21:00"
    assert page.all(".card .tag") == ["anglais", "Dans 8 jours", "Dans votre langue"]
    assert "heure de Kolkata (UTC+5:30)" in page.one(".card")


def test_a_question_names_its_webinar_and_its_time_in_the_recording(app):
    recorded, unrecorded = an_event(title="Pumps", recording_url="https://a.example/1"), an_event(title="Wells")
    questions = [a_question(recorded, second=754), a_question(recorded, second=3754), a_question(unrecorded, second=9)]

    with app.test_request_context("/en/"):
        macro = app.jinja_env.get_template("macros/webinars.html").module.asked_of
        lines = [BeautifulSoup(macro(question), "html.parser") for question in questions]
        links = [address(question.webinar) for question in questions]

    assert [line.p.get_text() for line in lines] == [
        "Asked of Pumps · Play at 12:34",
        "Asked of Pumps · Play at 1:02:34",
        "Asked of Wells",
    ]
    assert [line.a["href"] for line in lines] == links


def test_a_preview_shows_the_words_that_wait_beside_the_facts_that_hold(reader):
    host = a_focal_point()
    webinar = an_event(author=host, spoken=["en"])
    own, slug, series = reader(host), webinar.slug, a_series()
    solution = a_solution(title="Waiting wells")
    said = {
        "title": "New words",
        "speakers": [{"name": "New speaker"}],
        "presents": [solution.ref],
        "series": series.ref,
    }
    content.revise(webinar, said, host)
    db.session.commit()

    page, live = own.get(f"/en/webinars/{slug}/preview"), own.get(f"/en/webinars/{slug}")

    assert (page.one("h1"), live.one("h1")) == ("New words", "How villages keep their pumps running")
    assert (page.all("#speakers li"), live.all("#speakers li")) == (["New speaker"], [])
    assert (page.all("#presents h3"), page.all("#series a")) == (["Waiting wells"], ["Water talks"])
    assert times(page) == times(live) == ["Tuesday, March 10, 2026, 2:00 - 3:30 PM · Ouagadougou time (UTC)"]


def test_a_draft_without_a_time_can_be_previewed(reader):
    host = a_focal_point()
    own, draft = reader(host), a_webinar(author=host, starts_at=None, status=Status.DRAFT).slug

    page = own.get(f"/en/webinars/{draft}/preview")

    assert (page.status, page.one("#time > .title")) == (200, "The time is not known yet")


def test_a_series_is_shown_once_something_of_it_is_published(reader, visitor):
    host = a_focal_point()
    series = a_series(body=host.bodies[0])
    ref, key, own, admin = series.ref, series.id, reader(host), reader(an_admin())
    readers = [visitor, reader(a_user()), own, admin]

    before = [person.get(f"/en/webinars/series/{ref}").status for person in readers]
    an_event(series_id=key)
    after = [person.get(f"/en/webinars/series/{ref}").status for person in readers]

    assert (before, after) == ([404, 404, 200, 200], [200] * 4)


@pytest.mark.parametrize("words", VECTORS)
def test_nothing_people_type_runs_or_calls_home(visitor, words):
    webinar = an_event(
        title=words, summary=words, description=words, organisers=[words], sign_language=words, place=words,
        join_url=words, join_words=words, join_public=True, reason=words, state=State.POSTPONED, url=words,
        series_id=a_series(title=words, summary=words).id,
        speakers=[dict.fromkeys(("name", "role", "organisation", "country"), words)],
        interpretation=[dict.fromkeys(("language", "channel"), words)],
    )  # fmt: skip
    opened = an_event(
        join_url=words, join_words=words, join_public=True, starts_at=NOW, ends_at=NOW + timedelta(hours=1)
    )
    paths = [webinar.slug, f"series/{webinar.series.ref}", opened.slug]

    found = [dangers(visitor.get(f"/en/webinars/{path}")) for path in paths]

    assert [[each for each in some if not each.startswith("webcal://localhost/")] for some in found] == [[]] * 3
