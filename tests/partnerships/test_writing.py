"""A need or an offer is written in pieces, saved at any moment, and sent when nothing is missing."""

from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace

import pytest
import time_machine

from galaxy.content import services as content
from galaxy.content.models import Link, Relation, Status
from galaxy.core.db import db, now
from galaxy.moderation import services as moderation
from galaxy.partnerships.models import Call, Offer, Request, Stage
from tests.factories import PASSWORD, a_focal_point, a_request, a_solution, a_user, an_admin, an_offer

FORM = "main form.form"
SOON = (now().date() + timedelta(days=30)).isoformat()
PAST = (now().date() - timedelta(days=30)).isoformat()
WHOLE = {
    "title": "Who can train our repairers?",
    "language": "en",
    "country": "BFA",
    "asked": "Three weeks of training.",
    "means": ["training", "expertise"],
    "sdg": ["6", "7"],
    "deadline": SOON,
    "consent": "y",
}


def the_call():
    db.session.expire_all()
    return db.session.query(Call).order_by(Call.id.desc()).first()


def labels(page):
    return page.all(f"{FORM} label.label, {FORM} legend.label")


# The short form.


def test_one_chooses_between_a_need_and_an_offer(reader):
    page = reader(a_user()).get("/en/partnerships/new?kind=nothing")

    assert page.all(".card h2") == ["We need something", "We offer something"]
    assert page.links(".card a") == ["/en/partnerships/new?kind=request", "/en/partnerships/new?kind=offer"]


def test_what_was_sought_and_not_found_is_asked_for_after_signing_in(visitor):
    a_user(email="ada@example.org", with_password=True)

    led = visitor.get("/en/partnerships/new?kind=request&about=solar++ovens&fresh=1")
    page = visitor.send(led.location, email="ada@example.org", password=PASSWORD)

    assert page.form(FORM)["title"] == "solar ovens"


def test_a_title_alone_is_a_draft(app, reader):
    own = reader(a_user())

    page = own.send("/en/partnerships/new?kind=request", FORM, title="  Repairers   wanted ", act="save")

    call = the_call()
    assert (type(call), call.title, call.status, call.stage, call.body) == (
        Request, "Repairers wanted", Status.DRAFT, Stage.OPEN, None,
    )  # fmt: skip
    assert page.notices[0] == "Your draft is saved. Nobody else sees it before you submit it."
    assert page.form(FORM)["title"] == "Repairers wanted"


def test_an_offer_is_asked_in_its_own_words(app, reader):
    own = reader(a_user())
    asked, offered = (labels(own.get(f"/en/partnerships/new?kind={kind}")) for kind in ("request", "offer"))

    own.send("/en/partnerships/new?kind=offer", FORM, title="Repairers", act="save")

    assert (asked[3], offered[3]) == ("What do you ask of others?", "What do you offer?")
    assert isinstance(the_call(), Offer)


def test_a_focal_point_writes_in_the_name_of_her_body(app, reader):
    own = reader(a_focal_point(country="NER"))

    page = own.get("/en/partnerships/new?kind=request")
    own.send_from(page, FORM, **WHOLE | {"country": "NER"}, act="save")

    assert page.form(FORM)["country"] == "NER"
    assert the_call().body.name == "Focal point of NER"


def test_the_short_form_is_enough_to_submit(app, reader):
    own = reader(a_focal_point())

    last_look = own.send("/en/partnerships/new?kind=request", FORM, **WHOLE, act="submit")
    own.send_from(last_look, "main .toolbar form.act")

    call = the_call()
    assert last_look.all(".toolbar button, .toolbar a") == ["Submit for review", "Preview", "Go on writing"]
    assert (call.status, call.codes("means"), call.deadline.isoformat()) == (
        Status.SUBMITTED, ["training", "expertise"], SOON,
    )  # fmt: skip


def test_what_is_missing_is_listed_with_the_way_there(app, reader):
    own = reader(a_user())

    page = own.send("/en/partnerships/new?kind=request", FORM, title="Wells", language="en", act="submit")

    ref = the_call().slug
    assert page.all(".notice.warning li") == [
        "Country", "What is asked", "Kinds of help", "Sustainable Development Goals", "Your agreement to publish it",
    ]  # fmt: skip
    assert page.links(".notice.warning a") == [
        f"/en/partnerships/{ref}/edit/{place}"
        for place in ("context#country", "call#asked", "call#means", "goals#sdg", "context#consent")
    ]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"deadline": PAST}, "This day has passed. Choose a later one, or leave it empty."),
        ({"deadline": "soon"}, "Please give a day, as 2027-03-31."),
        ({"deadline": "20270-01-01"}, "Please give a day, as 2027-03-31."),
        ({"means": ["magic"]}, "'magic' is not a valid choice for this field."),
        ({"country": "XXX"}, "Not a valid choice."),
        ({"title": "x" * 201}, "Please shorten this to 200 characters at most."),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_lost(app, reader, typed, told):
    own = reader(a_user())

    page = own.send("/en/partnerships/new?kind=request", FORM, **WHOLE | typed, act="save")

    assert page.errors == [told]
    assert page.form(FORM)["asked"] == "Three weeks of training."
    assert page.form(FORM).get("deadline") == typed.get("deadline", SOON)
    assert the_call() is None


def test_a_day_lasts_as_long_as_it_does_where_the_body_is(app, reader):
    day = now().date() + timedelta(days=1)

    with time_machine.travel(datetime.combine(day, time(13), UTC)):  # in Suva it is the next day
        late, still = (
            own.send("/en/partnerships/new?kind=offer", FORM, title="Maps", deadline=day.isoformat(), act="save")
            for own in (reader(a_focal_point("FJI")), reader(a_user()))
        )

    assert late.errors == ["This day has passed. Choose a later one, or leave it empty."]
    assert still.errors == []


def test_what_was_typed_comes_back_after_an_expired_sign_in(app, reader):
    own, person = reader(), SimpleNamespace(fs_uniquifier=a_user().fs_uniquifier)
    own.open("/en/partnerships/new", "POST", data={"kind": "offer", "title": "Repairers"})
    own.sign_in(person)

    back = own.get("/en/partnerships/new")

    assert (back.form(FORM)["title"], back.form(FORM)["kind"]) == ("Repairers", "offer")


def test_what_is_typed_saves_itself(app, reader):
    own = reader(a_user())
    key = own.get("/en/partnerships/new?kind=request").form(FORM)["key"]

    draft = {"draft_form": "partnerships.new_request", "draft_key": key, "title": "Half a ti", "kind": "request"}
    own.post("/en/content/drafts", draft)

    assert own.get("/en/partnerships/new?kind=request").form(FORM)["title"] == "Half a ti"
    assert own.get("/en/partnerships/new?kind=offer").form(FORM)["title"] == ""


# Born from something.


def test_one_asks_to_adapt_a_solution(app, reader):
    solution = a_solution(title="Solar pumps", sdgs=["6", "7.2"], sectors=["140"])
    shown, number = f"/en/solutions/{solution.slug}", solution.id
    own = reader(a_focal_point("NER"))

    (way,) = [link["href"] for link in own.get(shown).soup.select("main a") if link.text == "Ask to adapt this"]
    page = own.get(way)
    own.send_from(page, FORM, asked="Help with deeper wells.", act="save")

    call = the_call()
    assert (page.form(FORM)["title"], page.form(FORM)["sdg"]) == ("Adapting “Solar pumps”", ["6", "7"])
    assert (type(call), call.codes("sector"), call.codes("sdg")) == (Request, ["140"], ["6", "7", "7.2"])
    assert (call.summary, call.codes("country")) == ("", ["NER"])
    assert db.session.get(Link, {"from_id": call.id, "relation": Relation.BORN_FROM, "to_id": number}) is not None


def test_nothing_is_born_from_what_one_may_not_read(app, reader):
    hidden = a_solution(title="Secret", status=Status.DRAFT)
    ref, own = hidden.ref, reader(a_user())

    page = own.get(f"/en/partnerships/new?kind=request&from={ref}")
    own.send_from(page, FORM, title="Mine", origin=ref, act="save")

    assert "Secret" not in page.text
    assert the_call().title == "Mine"
    assert db.session.query(Link).count() == 0


# The full form.


def test_the_full_form_keeps_every_part(app, reader):
    focal = a_focal_point()
    call = a_request(author=focal, status=Status.DRAFT, sdgs=["6"])
    own, at = reader(focal), f"/en/partnerships/{call.ref}/edit"
    said = {
        "call": {
            "title": "Wells", "summary": "Short.", "language": "fr", "asked": "Much.", "means": ["funding"],
            "brought": "Rooms", "background": "Dust", "beneficiaries": "All", "url": "https://example.org/a",
        },
        "partners": {
            "wanted": ["SEN", "NER"], "wanted_group": ["SIDS"], "role": ["provider", "facilitator"],
            "modality": "triangular", "spoken": ["fr"], "deadline": SOON,
        },
        "goals": {"sdg": ["6", "13"], "targets": ["6.1"]},
        "context": {
            "country": ["BFA"], "sector": ["140"], "starts_on": "2030-01-01", "ends_on": "2030-12-31",
            "cost_range": "10k-50k", "in_kind": "A car", "licence": "CC0-1.0", "consent": "y",
        },
    }  # fmt: skip

    for part, typed in said.items():
        assert own.send(f"{at}/{part}", FORM, **typed, act="save").notices[0] == "Saved.", part

    kept = the_call().said
    expected = {name: value for typed in said.values() for name, value in typed.items() if name in kept}
    assert {name: kept[name] for name in expected} == expected | {"sdg": ["6", "13", "6.1"]}
    assert own.get(f"{at}/goals").form(FORM)["targets"] == "6.1"


def test_an_end_before_the_beginning_is_refused(app, reader):
    focal = a_focal_point()
    call = a_request(author=focal, status=Status.DRAFT)

    page = reader(focal).send(
        f"/en/partnerships/{call.ref}/edit/context", FORM, starts_on="2030-02-01", ends_on="2030-01-01"
    )

    assert page.errors == ["This is before the beginning. Please correct one of the two."]
    assert page.form(FORM)["starts_on"] == "2030-02-01"


def test_a_last_day_that_passed_meanwhile_does_not_stop_other_changes_but_must_go_before_it_is_sent(app, reader):
    focal = a_focal_point()
    call = a_request(author=focal, status=Status.DRAFT, deadline=now().date() - timedelta(days=2))
    content.consent(call, focal)
    ref, own = call.slug, reader(focal)

    saved = own.send(f"/en/partnerships/{ref}/edit/partners", FORM, modality="triangular", act="save")
    last_look = own.get(f"/en/moderation/submit/{ref}")

    assert saved.notices[0] == "Saved."
    assert last_look.all(".notice.warning li") == ["Answers until"]
    assert last_look.links(".notice.warning a") == [f"/en/partnerships/{ref}/edit/partners#deadline"]


def test_a_published_call_changes_by_versions(app, reader):
    focal, admin = a_focal_point(), an_admin()
    call = a_request(author=focal, title="Wells", consented_at=now())
    ref, own, judge = call.slug, reader(focal), admin.id

    own.send(f"/en/partnerships/{ref}/edit/call", FORM, title="Deeper wells", act="save")
    shown = own.get(f"/en/partnerships/{ref}", follow=True).one("h1")
    previewed = own.get(f"/en/partnerships/{ref}/preview").one("h1")
    own.send(f"/en/moderation/submit/{ref}", "main .toolbar form.act")
    case = moderation.open_case(the_call())
    moderation.publish(case, db.session.get(type(admin), judge), {})
    db.session.commit()

    assert (shown, previewed) == ("Wells", "Deeper wells")
    assert the_call().title == "Deeper wells"


AGREED = "The parties have agreed to this call, so it stays as it is. Change the terms of the partnership instead."
DONE = "The work is done, so the call stays as it was agreed. Tell what came of it in the partnership."
REFUSED = {Stage.AGREED: AGREED, Stage.UNDER_WAY: AGREED, Stage.COMPLETED: DONE}


@pytest.mark.parametrize("stage", list(REFUSED))
def test_a_call_others_have_agreed_to_stays_as_it_is(app, reader, stage):
    focal = a_focal_point()
    call = an_offer(author=focal, stage=stage)
    own, path = reader(focal), f"/en/partnerships/{call.slug}"

    told = own.get(f"{path}/edit/call", follow=True)

    assert told.one("h1") == "We train repairers of solar pumps"
    assert told.notices[0] == REFUSED[stage]
    assert "Edit" not in told.all("main a")
    assert own.get(f"/en/content/{path.rpartition('/')[2]}/files").status == 404


@pytest.mark.parametrize("stage", [Stage.OPEN, Stage.IN_TALKS, Stage.CLOSED, Stage.EXPIRED])
def test_before_that_it_may_be_changed(app, reader, stage):
    focal = a_focal_point()
    call = an_offer(author=focal, stage=stage)

    assert reader(focal).get(f"/en/partnerships/{call.slug}/edit/call").one("h1") == "What it is about"


def test_a_member_is_told_that_no_country_stands_behind_it_yet(app, reader):
    page = reader(a_user()).get("/en/partnerships/new?kind=offer")

    assert "it says “not endorsed yet” until a focal point of the country endorses it" in page.one("main")
