"""A webinar is written in pieces, with its time as the clocks of a zone show it, and nothing typed is lost."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from galaxy.content import services as content
from galaxy.content.models import Link, Relation, Status
from galaxy.core.db import db, now
from galaxy.moderation import services as moderation
from galaxy.webinars.models import Entrance, Format, Series, Webinar
from tests.factories import a_focal_point, a_request, a_series, a_solution, a_user, a_webinar, an_admin

FORM = "main form.form"
WHOLE = {
    "title": "Pumps that last",
    "format": "course",
    "day": "2030-03-12",
    "begins": "09:00",
    "ends": "11:30",
    "zone": "Africa/Ouagadougou",
    "spoken": ["fr", "en"],
    "summary": "What breaks, and who repairs it.",
    "join_url": "https://meet.example.org/pumps",
    "sdg": ["6", "7"],
    "language": "fr",
    "consent": "y",
}


def the_webinar():
    db.session.expire_all()
    return db.session.query(Webinar).order_by(Webinar.id.desc()).first()


def asked(page):
    return page.all(f"{FORM} > .field > .label, {FORM} > fieldset > legend")


# The short form.


def test_the_short_form_asks_little(app, reader):
    page = reader(a_focal_point("KEN")).get("/en/webinars/new")

    assert [words.removesuffix(" (optional)") for words in asked(page)] == [
        "Title", "Kind of event", "When is it?", "Which languages are spoken?", "In short",
        "Web address at which one joins", "Web address at which one registers", "Which goals does it serve?",
        "In which language do you write?",
    ]  # fmt: skip
    assert page.form(FORM)["zone"] == "Africa/Nairobi"
    assert page.all("#zone optgroup:first-child option") == ["Nairobi, Kenya"]


def test_a_title_alone_is_a_draft(app, reader):
    page = reader(a_user()).send("/en/webinars/new", FORM, title="  Pumps   that last ", act="save")

    webinar = the_webinar()
    assert (webinar.title, webinar.status, webinar.starts_at, webinar.body) == (
        "Pumps that last", Status.DRAFT, None, None,
    )  # fmt: skip
    assert page.notices[0] == "Your draft is saved. Nobody else sees it before you submit it."
    assert page.form(FORM)["title"] == "Pumps that last"


def test_the_short_form_is_enough_to_submit(app, reader):
    own = reader(a_focal_point("KEN"))

    last_look = own.send("/en/webinars/new", FORM, **WHOLE, act="submit")
    own.send_from(last_look, "main .toolbar form.act")

    webinar = the_webinar()
    assert (webinar.status, webinar.format, webinar.body.name) == (
        Status.SUBMITTED, Format.COURSE, "Focal point of KEN",
    )  # fmt: skip
    assert (webinar.starts_at, webinar.ends_at, webinar.zone) == (
        datetime(2030, 3, 12, 9, tzinfo=UTC), datetime(2030, 3, 12, 11, 30, tzinfo=UTC), "Africa/Ouagadougou",
    )  # fmt: skip
    assert (webinar.codes("spoken"), webinar.codes("sdg"), webinar.language) == (["fr", "en"], ["6", "7"], "fr")
    assert (webinar.join_url, webinar.entrance) == ("https://meet.example.org/pumps", Entrance.HERE)


def test_who_registers_elsewhere_does_not_register_here(app, reader):
    typed = WHOLE | {"join_url": "", "entrance_url": "https://other.example.org/register"}

    last_look = reader(a_user()).send("/en/webinars/new", FORM, **typed, act="submit")

    assert the_webinar().entrance == Entrance.ELSEWHERE
    assert last_look.all(".notice.warning li") == []


def test_what_is_missing_is_listed_with_the_way_there(app, reader):
    own = reader(a_user())

    page = own.send("/en/webinars/new", FORM, title="Pumps", language="en", spoken=[], act="submit")

    ref = the_webinar().slug
    assert page.all(".notice.warning li") == [
        "In one sentence", "Languages", "Your agreement to publish it", "When", "Where to join",
    ]  # fmt: skip
    assert page.links(".notice.warning a") == [
        f"/en/webinars/{ref}/{place}"
        for place in (
            "edit/about#summary", "edit/languages#spoken", "edit/context#consent", "when#starts_at", "when#join_url",
        )
    ]  # fmt: skip


GAP = "Clocks in Berlin go from 2:00 AM to 3:00 AM that night. Please choose a time that they show."
WRONG = {
    "no such time": ({"day": "2030-03-31", "begins": "02:30", "zone": "Europe/Berlin"}, GAP),
    "twice": (
        {"day": "2030-10-27", "begins": "02:30", "ends": "05:00", "zone": "Europe/Berlin"},
        "Please say which of the two.",
    ),
    "backwards": (
        {"begins": "11:00", "ends": "10:00"},
        "It would end before it begins. Where it ends on another day, say on which.",
    ),
    "nothing": ({"ends": "09:00"}, "It would end before it begins. Where it ends on another day, say on which."),
    "no zone": ({"zone": "Mars/Olympus"}, "There is no such time zone. Please choose one from the list."),
    "no zone at all": ({"zone": ""}, "There is no such time zone. Please choose one from the list."),
    "too early": ({"day": "1989-12-31"}, "Please give a day between 1990 and 2100."),
    "too late": ({"day": "2101-01-01"}, "Please give a day, as 2027-03-31."),
    "no day": ({"day": "soon"}, "Please give a day, as 2027-03-31."),
    "no hour": ({"begins": "25:00"}, "Please give a time, as 14:30."),
    "an hour without end": ({"begins": "9" * 30}, "Please give a time, as 14:30."),
    "a day alone": ({"begins": ""}, "Please say from when to when, or leave the day empty too."),
    "hours alone": ({"day": ""}, "Please say on which day, or leave the hours empty too."),
    "an address": ({"join_url": "meet me"}, "Please give the whole address, beginning with https://."),
    "a kind": ({"format": "party"}, "Not a valid choice."),
    "a language": ({"spoken": ["xx"]}, "'xx' is not a valid choice for this field."),
    "a long title": ({"title": "x" * 201}, "Please shorten this to 200 characters at most."),
}


@pytest.mark.parametrize("case", list(WRONG))
def test_what_is_wrong_is_told_and_nothing_is_lost(app, reader, case):
    typed, told = WRONG[case]

    page = reader(a_user()).send("/en/webinars/new", FORM, **WHOLE | typed, act="save")

    assert page.errors == [told]
    kept = page.form(FORM)
    assert kept["summary"] == "What breaks, and who repairs it."
    assert {name: kept[name] for name in ("day", "begins", "ends")} == {
        name: (WHOLE | typed)[name] for name in ("day", "begins", "ends")
    }
    assert the_webinar() is None


def test_of_an_hour_that_exists_twice_one_is_asked_which(app, reader):
    own = reader(a_user())
    night = {"day": "2030-10-27", "begins": "02:30", "ends": "02:45", "zone": "Europe/Berlin"}

    page = own.send("/en/webinars/new", FORM, **WHOLE | night, act="save")
    own.send_from(page, FORM, begins_twice="first", ends_twice="second", act="save")

    assert page.all("#begins_twice label, #ends_twice label") == [
        "2:30 AM the first time (UTC+2)", "2:30 AM the second time (UTC+1)",
        "2:45 AM the first time (UTC+2)", "2:45 AM the second time (UTC+1)",
    ]  # fmt: skip
    webinar = the_webinar()
    assert (webinar.starts_at, webinar.ends_at) == (
        datetime(2030, 10, 27, 0, 30, tzinfo=UTC), datetime(2030, 10, 27, 1, 45, tzinfo=UTC),
    )  # fmt: skip
    assert own.get(f"/en/webinars/{webinar.ref}/when").form(FORM)["ends_twice"] == "second"


def test_what_is_over_is_kept_with_a_word_about_it(app, reader):
    page = reader(a_user()).send("/en/webinars/new", FORM, **WHOLE | {"day": "2021-09-10"}, act="save")

    assert page.notices[:2] == [
        "Your draft is saved. Nobody else sees it before you submit it.",
        "This time has passed: it is kept among the webinars that are over.",
    ]


def test_what_was_typed_comes_back_after_an_expired_sign_in(app, reader):
    own, person = reader(), SimpleNamespace(fs_uniquifier=a_user().fs_uniquifier)
    own.open("/en/webinars/new", "POST", data={"title": "Pumps", "day": "2030-03-12", "zone": "Africa/Nairobi"})
    own.sign_in(person)

    back = own.get("/en/webinars/new").form(FORM)

    assert (back["title"], back["day"], back["zone"]) == ("Pumps", "2030-03-12", "Africa/Nairobi")


def test_what_is_typed_saves_itself(app, reader):
    own = reader(a_user())
    key = own.get("/en/webinars/new").form(FORM)["key"]

    own.post("/en/content/drafts", {"draft_form": "webinars.new", "draft_key": key, "title": "Half a ti"})

    assert own.get("/en/webinars/new").form(FORM)["title"] == "Half a ti"
    assert "You began to write on" in own.get("/en/webinars/mine").notices[0]


# Begun from something.


@pytest.mark.parametrize("make", [a_solution, a_request])
def test_a_webinar_about_something_presents_it_and_takes_its_themes(app, reader, make):
    about = make(title="Solar pumps", sdgs=["6", "7.2"], sectors=["140"], countries=["KEN"])
    ref, own = about.ref, reader(a_focal_point("NER"))

    page = own.get(f"/en/webinars/new?from={ref}")
    own.send_from(page, FORM, act="save")

    webinar = the_webinar()
    assert (page.form(FORM)["title"], page.form(FORM)["sdg"]) == ("Solar pumps", ["6", "7"])
    assert (webinar.codes("sector"), webinar.codes("country"), webinar.codes("sdg")) == (
        ["140"], ["KEN"], ["6", "7", "7.2"],
    )  # fmt: skip
    assert [link.to_entry.ref for link in webinar.presented] == [ref]


def test_what_follows_a_webinar_is_born_from_it_and_presents_nothing(app, reader):
    before = a_webinar(title="The first hour")
    ref, number, own = before.ref, before.id, reader(a_user())

    own.send(f"/en/webinars/new?from={ref}", FORM, title="The second hour", act="save")

    webinar = the_webinar()
    assert (webinar.title, webinar.presented) == ("The second hour", [])
    assert db.session.get(Link, {"from_id": webinar.id, "relation": Relation.BORN_FROM, "to_id": number}) is not None


def test_nothing_is_taken_from_what_one_may_not_read(app, reader):
    hidden = a_solution(title="Secret", status=Status.DRAFT)
    ref, own = hidden.ref, reader(a_user())

    page = own.get(f"/en/webinars/new?from={ref}")
    own.send_from(page, FORM, title="Mine", origin=ref, act="save")

    assert "Secret" not in page.text
    assert (the_webinar().title, the_webinar().presented) == ("Mine", [])


# The full form.


def test_the_full_form_keeps_every_part(app, reader):
    focal = a_focal_point("KEN")
    solution, profile = a_solution(title="Solar pumps"), a_solution(title="Somebody’s page")
    webinar = a_webinar(author=focal, status=Status.DRAFT, countries=[], sectors=[], sdgs=["6"])
    refs, own, at = (solution.ref, profile.ref), reader(focal), f"/en/webinars/{webinar.ref}/edit"
    speaker = {
        "name": "Amina", "role": "Speaker", "organisation": "Institut", "country": "KEN",
        "profile": f"http://localhost/fr/solutions/{profile.slug}?a=1", "email": "Amina@Example.org",
    }  # fmt: skip
    said = {
        "about": {
            "title": "Pumps", "summary": "Short.", "description": "**Much**.", "format": "conference",
            "new_series": "Water talks", "language": "fr", "url": "https://example.org/a",
        },
        "people": {f"speakers-0-{name}": value for name, value in speaker.items()} | {"organisers": "A\nB"},
        "languages": {
            "spoken": ["fr", "pt"], "interpretation-0-language": "en", "interpretation-0-channel": "2",
            "captions": ["fr"], "sign_language": "Kenyan Sign Language",
        },
        "goals": {"sdg": ["6", "13"], "targets": ["6.1"]},
        "context": {
            "country": ["KEN"], "sector": ["140"], "presents": "solar PUMPS", "licence": "CC0-1.0", "consent": "y",
        },
    }  # fmt: skip

    for part, typed in said.items():
        page = own.send(f"{at}/{part}", FORM, **typed, act="save")
        assert page.notices[0] == "Saved.", (part, page.errors)

    kept = the_webinar().said
    series = db.session.query(Series).one()
    assert (series.title, series.body, kept["series"]) == ("Water talks", the_webinar().body, series.ref)
    assert kept["speakers"] == [speaker | {"profile": refs[1], "email": "amina@example.org"}]
    assert kept["interpretation"] == [{"language": "en", "channel": "2"}]
    assert (kept["organisers"], kept["presents"], kept["sdg"]) == (["A", "B"], [refs[0]], ["6", "13", "6.1"])
    assert {name: kept[name] for name in ("spoken", "captions", "sign_language", "country", "format", "licence")} == {
        "spoken": ["fr", "pt"], "captions": ["fr"], "sign_language": "Kenyan Sign Language",
        "country": ["KEN"], "format": "conference", "licence": "CC0-1.0",
    }  # fmt: skip
    assert own.get(f"{at}/context").form(FORM)["presents"] == f"{refs[0]}-solar-pumps"
    assert own.get(f"{at}/people").form(FORM)["speakers-0-profile"] == f"{refs[1]}-somebody-s-page"


@pytest.mark.parametrize(
    ("part", "typed", "told"),
    [
        ("people", {"speakers-0-role": "Speaker"}, "Please fill this in, or empty the whole row."),
        (
            "people",
            {"speakers-0-name": "A", "speakers-0-email": "a(at)b"},
            "This is not an e-mail address. It should look like name@example.org.",
        ),
        (
            "people",
            {"speakers-0-name": "A", "speakers-0-profile": "Nobody"},
            "There is no entry “Nobody” here. Give its whole title, or its address.",
        ),
        ("languages", {"interpretation-0-channel": "2"}, "Please fill this in, or empty the whole row."),
        (
            "context",
            {"presents": "Twins"},
            "There are several entries “Twins”. Give the address of the one you mean.",
        ),
        ("context", {"presents": "Hidden"}, "There is no entry “Hidden” here. Give its whole title, or its address."),
        ("context", {"presents": "\n".join(map(str, range(51)))}, "Please give 50 lines at most."),
    ],
)
def test_parts_tell_what_is_wrong(app, reader, part, typed, told):
    for title, status in (("Twins", Status.PUBLISHED), ("Twins", Status.PUBLISHED), ("Hidden", Status.DRAFT)):
        a_solution(title=title, status=status)
    focal = a_focal_point("KEN")
    webinar = a_webinar(author=focal, status=Status.DRAFT)

    page = reader(focal).send(f"/en/webinars/{webinar.ref}/edit/{part}", FORM, **typed, act="save")

    assert page.errors == [told]
    assert {name: page.form(FORM)[name] for name in typed} == typed


def test_rows_grow_without_a_script(app, reader):
    focal = a_focal_point("KEN")
    path = f"/en/webinars/{a_webinar(author=focal, status=Status.DRAFT).ref}"
    own = reader(focal)

    people = own.send(f"{path}/edit/people", FORM, **{"speakers-0-name": "Amina"}, act="row:speakers")
    asks = own.send(f"{path}/entrance", FORM, **{"asks-0-question": "Why?"}, act="row:asks")

    assert (len(people.all("#speakers fieldset")), len(asks.all("#asks fieldset"))) == (5, 5)
    assert (people.form(FORM)["speakers-0-name"], asks.form(FORM)["asks-0-question"]) == ("Amina", "Why?")


def test_what_is_presented_already_may_stay_when_it_has_left_the_site(app, reader):
    focal = a_focal_point("KEN")
    solution = a_solution()
    webinar = a_webinar(author=focal, status=Status.DRAFT, presents=[solution.ref])
    solution.status = Status.WITHDRAWN
    path = f"/en/webinars/{webinar.ref}/edit/context"

    page = reader(focal).send(path, FORM, country=["KEN"], act="save")

    assert page.notices[0] == "Saved."
    assert len(the_webinar().presented) == 1


def test_published_words_change_by_versions_which_an_admin_reads_with_names(app, reader):
    focal, admin = a_focal_point("KEN"), an_admin()
    webinar = a_webinar(
        author=focal, title="Pumps", consented_at=now(), speakers=[{"name": "Amina", "email": "a@b.org"}]
    )
    solution = a_solution(title="Solar pumps")
    ref, shown_ref, own, judge = webinar.slug, solution.ref, reader(focal), reader(admin)

    own.send(f"/en/webinars/{ref}/edit/about", FORM, title="Deeper pumps", new_series="Water talks", act="save")
    own.send(f"/en/webinars/{ref}/edit/context", FORM, presents=shown_ref, act="save")
    shown = own.get(f"/en/webinars/{ref}", follow=True).one("h1")
    own.send(f"/en/moderation/submit/{ref}", "main .toolbar form.act")
    case = judge.get(f"/en/moderation/{moderation.open_case(the_webinar()).id}")

    assert shown == "Pumps"
    assert case.all(".changes dt") == ["Title", "Series", "What is presented"]
    assert case.all(".changes dd")[1:] == ["Water talks", "Solar pumps"]
    assert "a@b.org" not in case.text


def test_an_admin_sees_when_and_where_before_it_is_published(app, reader):
    focal, admin = a_focal_point("KEN"), an_admin()
    webinar = a_webinar(
        author=focal, status=Status.DRAFT, zone="Africa/Nairobi", starts_at=datetime(2030, 3, 12, 9, tzinfo=UTC),
        join_words="Code 12", capacity=40,
    )  # fmt: skip
    number, judge = moderation.submit(webinar, focal).id, reader(admin)

    page = judge.get(f"/en/moderation/{number}")

    assert page.all(".facts dd")[:4] == [
        "Tuesday, March 12, 2030, 12:00 – 1:00 PM, Nairobi time (UTC+3)",
        "https://meet.example.org/pumps", "Code 12", "40",
    ]  # fmt: skip


def test_a_series_of_the_same_name_is_taken_again(app, reader):
    focal = a_focal_point("KEN")
    series = a_series(title="Water talks", body=focal.bodies[0])
    webinar = a_webinar(author=focal, status=Status.DRAFT)
    ref, own = series.ref, reader(focal)

    own.send(f"/en/webinars/{webinar.ref}/edit/about", FORM, new_series="water TALKS", act="save")

    assert db.session.query(Series).count() == 1
    assert the_webinar().series.ref == ref


def test_the_owners_of_a_series_say_what_it_is_called(app, reader):
    focal = a_focal_point("KEN")
    series = a_series(body=focal.bodies[0])
    path, own = f"/en/webinars/series/{series.ref}/edit", reader(focal)

    empty = own.send(path, FORM, title=" ")
    own.send(path, FORM, title="Wells", summary="All about wells.")

    series = db.session.query(Series).one()
    assert empty.errors == ["Please give it a title."]
    assert (series.title, series.summary) == ("Wells", "All about wells.")


def test_one_sees_ones_own_by_what_is_to_be_done(app, reader):
    focal = a_focal_point("KEN")
    a_webinar(author=focal, title="Over", starts_at=now() - timedelta(days=2))
    a_webinar(author=focal, title="Later")
    a_webinar(author=focal, title="Sooner", starts_at=now() + timedelta(hours=1))
    a_webinar(author=focal, title="Half", status=Status.DRAFT, starts_at=None)
    a_webinar(title="Of others")

    page = reader(focal).get("/en/webinars/mine")

    assert page.all("main h2, main h3") == [
        "Being written", "Half", "To come", "Sooner", "Later", "Over, or called off", "Over",
    ]  # fmt: skip


def test_nobody_else_sees_a_draft(app, reader):
    focal = a_focal_point("KEN")
    webinar = a_webinar(author=focal, status=Status.DRAFT)
    content.consent(webinar, focal)
    path, own, other = f"/en/webinars/{webinar.ref}/edit/context", reader(focal), reader(a_user())

    assert other.get(path).status == 404
    assert own.get(path).form(FORM)["consent"] == "y"
