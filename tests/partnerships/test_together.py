"""Parties come to terms, work, report and tell: what each sees of a partnership, and what waits for whom."""

import io
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from galaxy.accounts.models import Activity
from galaxy.content.models import Link, Relation, Status
from galaxy.core.db import db, now
from galaxy.core.storage import StoredFile
from galaxy.partnerships.models import Milestone, Partnership, Post, Role, Stage
from galaxy.partnerships.sky import constellation
from tests.factories import (
    a_focal_point,
    a_partnership,
    a_request,
    a_solution,
    a_user,
    an_admin,
    an_interest,
    an_offer,
    saved,
)
from tests.readers import Reader
from tests.statements import statements

FORM = "main form.form"
TODAY = now().date()
DAYS = {"starts_on": "2027-01-01", "ends_on": "2027-12-31"}


class Pair:
    """A partnership of Burkina Faso, who called, and Fiji; and readers of each side, of nobody's, and an admin."""

    def __init__(self, app, stage=Stage.IN_TALKS, **facts):
        call, self.sera = a_request(), a_focal_point("FJI", name="Sera")
        self.awa = call.author
        made = a_partnership(call, (self.sera.bodies[0], Role.PROVIDER), stage=stage, author=self.awa, **facts)
        made.set_codes("country", ["BFA", "FJI"])
        db.session.commit()
        self.at, self.call_at = f"/en/partnerships/with/{made.ref}", f"/en/partnerships/{call.ref}"
        self.ref = made.ref
        self.caller, self.other = Reader(app, self.awa), Reader(app, self.sera)
        self.admin, self.stranger = Reader(app, an_admin()), Reader(app, a_focal_point("NER"))
        self.visitor = Reader(app)


@pytest.fixture
def pair(app):
    """Both sides of a partnership in talks."""
    return Pair(app)


def the_partnership() -> Partnership:
    db.session.expire_all()
    return db.session.query(Partnership).order_by(Partnership.id.desc()).first()


def write_terms(own, pair, **more):
    return own.send(f"{pair.at}/terms/edit", FORM, **DAYS | {"parties-0-money": "12 000", "act": "save"} | more)


def agree(pair):
    write_terms(pair.caller, pair)
    pair.caller.send(f"{pair.at}/terms", FORM)
    return pair.other.send(f"{pair.at}/terms", FORM)


def test_the_inside_is_the_parties_alone(app, pair):
    inside = ("terms", "terms/edit", "conversation", "notes", "progress", "agreement")
    who = (pair.caller, pair.other, pair.admin, pair.stranger, pair.visitor)

    for path in inside:
        assert [own.get(f"{pair.at}/{path}").status for own in who] == [200, 200, 404, 404, 302], path
    assert [own.get(pair.at).status for own in who] == [200, 200, 200, 404, 404]


def test_an_admin_sees_stage_and_age_and_nothing_of_the_inside(app):
    pair = Pair(app, Stage.UNDER_WAY, terms="A secret term.", notes="A secret note.")

    page = pair.admin.get(pair.at)

    assert page.one(".standing").startswith("Under way since")
    assert page.all(".tabs, .answering") == []
    assert "secret" not in page.text


def test_the_public_reads_what_is_published(app):
    pair = Pair(
        app,
        Stage.UNDER_WAY,
        status=Status.PUBLISHED,
        published_at=now(),
        summary="Repairers learn from each other.",
        terms="A secret term.",
        notes="A secret note.",
    )
    made = the_partnership()
    made.milestones = [Milestone(position=0, title="First course", progress=40)]
    made.parties[0].money = 12_000
    db.session.commit()

    page = pair.visitor.get(pair.at)

    assert page.one(".lead") == "Repairers learn from each other."
    assert page.all(".roles .over") == ["Recipient", "Provider"]
    assert page.all(".roles strong") == ["Focal point of BFA", "Focal point of FJI"]
    assert page.all(".milestones .done") == ["40 %"]
    assert len(page.soup.select(".joined circle")) == 2
    assert "secret" not in page.text
    assert "12,000" not in page.text

    the_partnership().costs_public = True
    assert "12,000 USD" in pair.visitor.get(pair.at).all(".roles .hint")


def test_what_waits_for_whom_is_said_to_each(app, pair):
    write_terms(pair.caller, pair)
    pair.other.send(f"{pair.at}/terms", FORM)

    assert pair.caller.get(pair.at).one(".answering strong") == (
        "Focal point of FJI: accepted. You have not accepted the terms yet."
    )
    assert pair.other.get(pair.at).one(".answering strong") == (
        "You have accepted the terms; Focal point of BFA: not yet."
    )


def test_what_the_terms_lack_is_said_before_anybody_can_accept(app, pair):
    page = pair.caller.get(f"{pair.at}/terms")

    assert page.all(".answering li") == ["The terms must say from when to when you work together."]
    assert page.all(".answering button, .answering .button") == ["Write the terms"]


def test_terms_are_written_and_accepted_by_each(app, pair):
    page = write_terms(
        pair.caller,
        pair,
        terms="Three weeks in **each** region.",
        **{"milestones-0-title": "First course", "milestones-0-due_on": "2027-03-31", "parties-1-person_days": "30"},
    )
    told = page.all("tbody td:nth-of-type(1)")
    first = pair.caller.send(f"{pair.at}/terms", FORM)
    last = pair.other.send(f"{pair.at}/terms", FORM)

    assert told == ["12,000 USD", "30 person-days"]
    assert first.notices[0] == "Accepted."
    assert last.notices[0] == "You have agreed: every party accepts these terms."
    made = the_partnership()
    assert (made.stage, str(made.ends_on), made.terms) == (
        Stage.AGREED,
        "2027-12-31",
        "Three weeks in **each** region.",
    )
    assert [(m.title, str(m.due_on)) for m in made.milestones] == [("First course", "2027-03-31")]


def test_milestones_grow_without_a_script(app, pair):
    page = pair.caller.get(f"{pair.at}/terms/edit")
    more = pair.caller.send_from(page, FORM, **{"milestones-0-title": "First", "act": "row:milestones"})

    assert len(page.soup.select("[name$=-title]")) == 2
    assert len(more.soup.select("[name$=-title]")) == 5
    assert more.form(FORM)["milestones-0-title"] == "First"
    assert the_partnership().milestones == []


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"ends_on": "2026-01-01"}, ["This is before the beginning. Please correct one of the two."]),
        ({"starts_on": "soon"}, ["Please give a day, as 2027-03-31."]),
        ({"parties-0-money": "a lot"}, ["Please give a whole number, as 12000."]),
        ({"parties-0-currency": "ZZZ"}, ["No currency is called ZZZ."]),
        ({"milestones-1-due_on": "2027-02-01"}, ["Please fill this in, or empty the whole row."]),
    ],
)
def test_what_is_wrong_in_terms_is_said_and_all_stays(app, pair, typed, errors):
    page = write_terms(pair.caller, pair, terms="Three weeks.", **typed)

    assert page.errors == errors
    kept = page.form(FORM)
    assert {name: kept[name] for name in typed} == typed
    assert kept["terms"] == "Three weeks."
    assert the_partnership().terms == ""


def test_a_role_filled_twice_is_refused_with_all_that_was_typed(app, pair):
    page = write_terms(pair.caller, pair, terms="Three weeks.", **{"parties-1-role": "recipient"})

    assert page.status == 409
    assert page.all(".notice strong") == ["Each role is filled by one party, except in cooperation within a region."]
    assert page.form(FORM)["parties-1-role"] == "recipient"
    assert [party.role.value for party in the_partnership().parties] == ["recipient", "provider"]


def test_two_who_write_terms_at_once_lose_nothing(app, pair):
    mine = pair.caller.get(f"{pair.at}/terms/edit")
    write_terms(pair.other, pair, terms="Two weeks.")

    page = pair.caller.send_from(mine, FORM, **DAYS, terms="Three weeks.", act="save")
    after = pair.caller.send_from(page, FORM, act="save")

    assert page.status == 409
    assert page.all(".changes dt") == ["What you agree on", "Who gives what"]
    assert page.all(".changes del") == ["Two", "Focal point of BFA: 12,000 USD"]
    assert page.form(FORM)["terms"] == "Three weeks."
    assert after.one(".prose") == "Three weeks."


def test_terms_that_changed_since_they_were_read_are_not_accepted(app, pair):
    write_terms(pair.caller, pair)
    read = pair.other.get(f"{pair.at}/terms")
    write_terms(pair.caller, pair, terms="Something else.")

    page = pair.other.send_from(read, FORM)

    assert page.status == 409
    assert page.all(".notice strong") == ["The terms have changed since you read them. Please read them again."]
    assert page.one(".prose") == "Something else."
    assert [party.accepted_at for party in the_partnership().parties] == [None, None]


def test_terms_typed_once_they_are_agreed_are_not_lost(app, pair):
    mine = pair.caller.get(f"{pair.at}/terms/edit")
    agree(pair)

    page = pair.caller.send_from(mine, FORM, **DAYS, terms="Three weeks.", act="save")

    assert page.status == 409
    assert page.all(".notice strong")[0] == "The terms cannot be changed at this stage: Agreed."
    assert page.form(FORM)["terms"] == "Three weeks."
    assert the_partnership().terms == ""


def test_a_triangle_without_a_facilitator_is_told_so(app, pair):
    page = write_terms(pair.caller, pair, modality="triangular")

    assert page.all(".answering li") == [
        "Triangular cooperation needs three roles, each filled by a body: a provider, a recipient and a facilitator."
    ]


def test_the_work_begins_is_reported_and_completed(app, pair):
    write_terms(pair.caller, pair, **{"milestones-0-title": "First course"})
    pair.caller.send(f"{pair.at}/terms", FORM)
    pair.other.send(f"{pair.at}/terms", FORM)

    begun = pair.other.send(f"{pair.call_at}/begin", FORM)
    told = pair.other.send(f"{pair.at}/progress", FORM, progress="60", text="Twelve have begun.")
    lacks = pair.caller.get(f"{pair.call_at}/complete")
    pair.caller.send(f"{pair.at}/tell/outcome", FORM, results="Sixty repairers work.", act="save")
    done = pair.caller.send(f"{pair.call_at}/complete", FORM)

    assert begun.notices[0] == "The work is under way."
    assert (told.one(".milestones .done"), told.all(".thread .written")) == (
        "60 % Report on First course",
        ["Twelve have begun."],
    )
    assert lacks.all(".notice li") == ["Say first what came of it: in words, or as a number with its source."]
    assert done.notices[0] == "Completed. Thank you for seeing it through."
    assert the_partnership().stage == Stage.COMPLETED


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"progress": "101", "text": "Much."}, ["Please give a whole number from 0 to 100."]),
        ({"progress": "", "text": "Much."}, ["Please say how far it is, from 0 to 100 per cent."]),
        ({"progress": "half", "text": "Much."}, ["Please give a whole number, as 12000."]),
        ({"progress": "50", "text": ""}, ["Please say what has been done."]),
    ],
)
def test_a_report_that_is_wrong_says_what(app, typed, errors):
    pair = Pair(app, Stage.UNDER_WAY)
    saved(Milestone(partnership_id=the_partnership().id, position=0, title="First course"))

    page = pair.caller.send(f"{pair.at}/progress", FORM, **typed)

    assert page.errors == errors
    assert page.form(FORM)["progress"] == typed["progress"]


def test_the_whole_can_be_reported_on_in_words(app):
    pair = Pair(app, Stage.UNDER_WAY)

    page = pair.caller.send(f"{pair.at}/progress", FORM, milestone="0", progress="", text="All goes well.")

    assert page.all(".thread strong") == ["The work as a whole"]


def test_parties_write_to_each_other_with_files(app, pair):
    plan = (io.BytesIO(b"March: Suva"), "plan.txt")
    page = pair.other.send(f"{pair.at}/conversation", FORM, text="See the plan.", files=[plan])

    file = page.links(".thread a")[0]
    who = (pair.caller, pair.other, pair.admin, pair.stranger, pair.visitor)
    assert [own.get(file).status for own in who] == [200, 200, 404, 404, 302]


def test_admins_come_in_when_asked_and_go(app, pair):
    pair.caller.send(f"{pair.at}/conversation", "aside form", act="invite")
    inside = [pair.admin.get(f"{pair.at}/{path}").status for path in ("terms", "conversation", "notes", "progress")]
    writes = pair.admin.send(f"{pair.at}/conversation", FORM, text="How can we help?")
    edits = pair.admin.get(f"{pair.at}/terms/edit").status
    pair.other.send(f"{pair.at}/conversation", "aside form", act="let_go")

    assert (inside, edits) == ([200] * 4, 404)
    assert writes.all(".thread .hint")[0].startswith("Admin ·")
    assert db.session.query(Activity).filter_by(verb="looked in").count() == 1
    assert pair.admin.get(f"{pair.at}/notes").status == 404


def test_notes_are_shared_and_never_written_over(app, pair):
    mine = pair.caller.get(f"{pair.at}/notes")
    pair.other.send(f"{pair.at}/notes", FORM, notes="Call Suva.")

    page = pair.caller.send_from(mine, FORM, notes="Call Nadi.")
    after = pair.caller.send_from(page, FORM)

    assert (page.status, page.form(FORM)["notes"]) == (409, "Call Nadi.")
    assert (page.all(".changes del"), page.all(".changes ins")) == (["Suva"], ["Nadi"])
    assert after.form(FORM)["notes"] == "Call Nadi."


def test_the_agreement_is_kept_replaced_and_opened_by_the_parties(app, pair):
    for words in (b"First", b"Second"):
        page = pair.caller.send(f"{pair.at}/agreement", FORM, file=(io.BytesIO(words), "agreement.txt"))
    wrong = pair.caller.send(f"{pair.at}/agreement", FORM, file=(io.BytesIO(b"MZ\x00"), "agreement.exe"))
    none = pair.caller.send(f"{pair.at}/agreement", FORM)

    file = page.links("main p a[download]")[0]
    who = (pair.other, pair.admin, pair.stranger, pair.visitor)
    assert pair.other.get(file).text == "Second"
    assert [own.get(file).status for own in who] == [200, 404, 404, 302]
    assert wrong.errors == ["Please send a PDF, an office document, a text, a CSV table or an image."]
    assert none.errors == ["Please choose a file."]
    assert [post.files[0].file.name for post in db.session.query(Post)] == ["agreement.txt"]


def test_what_cannot_be_done_now_is_told_with_what_can(app):
    pair = Pair(app, Stage.UNDER_WAY)

    page = pair.caller.post(f"{pair.call_at}/end_talks", {"reason": "We changed our mind."})

    assert page.status == 409
    assert page.all("main p")[0] == "This is not possible now: the work is under way."
    assert page.all("main li") == ["Talk about the terms again", "Say that the work is done", "Close it"]
    assert page.one("#typed") == "We changed our mind."
    assert the_partnership().stage == Stage.UNDER_WAY


def test_talks_end_with_a_reason_and_the_call_is_open_again(app, pair):
    first = pair.other.send(f"{pair.call_at}/end_talks", FORM)
    after = pair.other.send_from(first, FORM, reason="No budget this year.")

    assert first.errors == ["Please say why: the others read it."]
    assert after.all(".answering .written") == ["No budget this year."]
    made = the_partnership()
    assert (made.stage, made.call.stage) == (Stage.CLOSED, Stage.OPEN)


def test_a_party_leaves_and_the_caller_cannot(app):
    call, sera, adamou = a_request(), a_focal_point("FJI"), a_focal_point("NER")
    made = a_partnership(call, (sera.bodies[0], Role.PROVIDER), (adamou.bodies[0], Role.FACILITATOR))
    at, own, caller = f"/en/partnerships/with/{made.ref}/leave", Reader(app, adamou), Reader(app, call.author)

    refused = caller.get(at)
    page = own.send(at, FORM, reason="No people.")

    assert refused.all(".notice li") == ["Only a party that was asked in can leave, and only while talks go on."]
    assert page.notices[0] == "Your body is no longer a party."
    assert [party.role.value for party in the_partnership().parties] == ["recipient", "provider"]


def test_a_completed_partnership_is_told_in_two_clicks(app):
    pair = Pair(app, Stage.COMPLETED, results="Sixty repairers work.")
    solution, made = a_solution(), the_partnership()
    saved(Link(from_id=made.call_id, relation=Relation.BORN_FROM, to_id=solution.id))
    title, slug = solution.title, solution.slug

    page = pair.other.get(pair.at)

    assert list(zip(page.all(".answering a"), page.links(".answering a"), strict=True)) == [
        (f"Tell it as an adaptation of “{title}”", f"/en/solutions/{slug}/adapt?from={pair.ref}"),
        ("Tell it as a solution", f"/en/solutions/new?from={pair.ref}"),
    ]
    assert pair.other.get(page.links(".answering a")[1]).form(FORM)["results"] == "Sixty repairers work."


def test_what_was_made_of_it_is_shown(app):
    pair = Pair(app, Stage.COMPLETED, status=Status.PUBLISHED, published_at=now())
    saved(Link(from_id=a_solution(title="Repairers").id, relation=Relation.BORN_FROM, to_id=the_partnership().id))

    assert pair.visitor.get(pair.at).all("#made h3") == ["Repairers"]


def test_public_words_are_written_previewed_and_submitted(app, pair):
    agree(pair)
    pair.other.send(f"{pair.at}/tell/summary", FORM, summary="We train repairers.", consent="y", act="save")
    preview = pair.other.send(
        f"{pair.at}/tell/outcome",
        FORM,
        **{"outcomes-0-value": "60", "outcomes-0-label": "repairers trained", "act": "preview"},
    )
    last_look = pair.other.send_from(pair.other.get(f"{pair.at}/tell/outcome"), FORM, act="submit")
    pair.other.send_from(last_look, "main .toolbar form.act")

    assert preview.one(".figure dd") == "60"
    assert preview.one(".lead") == "We train repairers."
    made = the_partnership()
    assert (made.status, [o.label for o in made.outcomes]) == (Status.SUBMITTED, ["repairers trained"])


def test_nothing_is_told_to_the_public_before_all_have_agreed(app, pair):
    pair.caller.send(f"{pair.at}/tell/summary", FORM, summary="We train repairers.", consent="y", act="save")

    page = pair.caller.get(f"/en/moderation/submit/{pair.ref}")

    assert page.all(".notice.warning li") == ["The agreement of all parties on their terms"]


def test_a_partnership_is_no_draft_to_throw_away(app, pair):
    assert pair.caller.get(f"/en/content/{pair.ref}/delete").status == 404


def test_its_way_is_whole_for_the_parties_and_public_for_others(app, pair):
    agree(pair)
    the_partnership().status = Status.PUBLISHED

    assert pair.caller.get(pair.at).all("aside .timeline strong") == [
        "Terms changed", "Terms accepted", "Terms accepted", "Agreed",
    ]  # fmt: skip
    assert pair.visitor.get(pair.at).all("aside .timeline strong") == ["Agreed"]


def test_its_way_leaves_out_what_was_written_in_the_conversation_and_the_notes(app, pair):
    pair.caller.send(f"{pair.at}/conversation", FORM, text="When can you come?")
    pair.other.send(f"{pair.at}/notes", FORM, notes="Visa: ask in March.", act="save")
    write_terms(pair.caller, pair)

    assert pair.caller.get(pair.at).all("aside .timeline strong") == ["Terms changed"]


def test_the_step_that_leads_on_stands_first_for_the_parties(app, pair):
    page = agree(pair)

    assert page.all(".answering .button") == ["Begin the work", "Report how far you are", "Keep the signed agreement"]
    assert page.all(".ways .button") == ["Talk about the terms again", "Close it"]


def test_a_constellation_joins_each_party(app):
    assert [len(constellation(n).points) for n in (1, 2, 3, 7)] == [1, 2, 3, 7]
    assert constellation(3).lines.endswith("Z")


# What waits for whom.


def groups(page):
    """Each list of the page: its name, and what stands in it."""
    return {
        section["id"]: [" ".join(link.get_text().split()) for link in section.select("li > a")]
        for section in page.soup.select("section.waits")
    }


def test_the_dashboard_says_what_partnerships_wait_for(app, reader):
    awa, fiji = a_focal_point("BFA"), a_focal_point("FJI").bodies[0]
    a_partnership(a_request(author=awa, title="In talks"), (fiji, Role.PROVIDER), status=Status.DRAFT)
    a_partnership(a_request(author=awa, title="Agreed"), (fiji, Role.PROVIDER), stage=Stage.AGREED)
    at_work = a_partnership(a_request(author=awa, title="At work"), (fiji, Role.PROVIDER), stage=Stage.UNDER_WAY)
    saved(Milestone(partnership_id=at_work.id, position=0, title="First course", due_on=TODAY - timedelta(days=3)))

    page = reader(awa).get("/en/dashboard")

    waits = {section.h2.get_text(): section.select_one("li a").get_text() for section in page.soup.select(".waits")}
    assert waits == {
        "Terms to write or to accept": "In talks",
        "Agreed: to be begun": "Agreed",
        "Reports that are due": "First course",
    }


def test_my_partnerships_stand_by_what_waits_for_whom(app, reader):
    awa, sera = a_focal_point("BFA"), a_focal_point("FJI")
    fiji = sera.bodies[0]
    an_interest(a_request(author=awa, title="Waits for Awa"), fiji)
    an_interest(a_request(author=awa, title="Declined"), fiji, status="declined", decided_at=now())
    a_partnership(a_request(author=awa, title="In talks"), (fiji, Role.PROVIDER))
    under_way = a_partnership(a_request(author=awa, title="Under way"), (fiji, Role.PROVIDER), stage=Stage.UNDER_WAY)
    a_partnership(
        a_request(author=awa, title="Agreed"), (fiji, Role.PROVIDER), stage=Stage.AGREED, status=Status.SUBMITTED
    )
    a_partnership(a_request(author=awa, title="Done"), (fiji, Role.PROVIDER), stage=Stage.COMPLETED)
    a_request(author=awa, title="A draft", status=Status.DRAFT)
    a_request(author=awa, title="Returned", status=Status.RETURNED)
    an_offer(author=awa, title="Submitted", status=Status.SUBMITTED)
    late = Milestone(partnership_id=under_way.id, position=0, title="First course", due_on=TODAY - timedelta(days=3))
    saved(late)
    own, other = reader(awa), reader(sera)

    assert groups(own.get("/en/partnerships/mine")) == {
        "to-answer": ["Waits for Awa"],
        "to-accept": ["In talks"],
        "to-begin": ["Agreed"],
        "to-report": ["First course"],
        "to-correct": ["Returned"],
        "drafts": ["A draft"],
        "submitted": ["Agreed", "Submitted"],
        "open": ["Waits for Awa", "Declined"][::-1],
        "running": ["Agreed", "Under way"],
        "ended": ["Done"],
    }
    assert groups(other.get("/en/partnerships/mine")) == {
        "to-accept": ["In talks"],
        "to-begin": ["Agreed"],
        "to-report": ["First course"],
        "answered": ["Waits for Awa"],
        "submitted": ["Agreed"],
        "running": ["Agreed", "Under way"],
        "ended": ["Done"],
        "refused": ["Declined"],
    }


def test_somebody_without_anything_is_led_to_the_calls(app, reader):
    page = reader(a_user()).get("/en/partnerships/mine")

    assert page.links(".empty a") == ["/en/partnerships/"]


def many(n, awa, sera):
    for _each in range(n):
        an_interest(a_request(author=awa), sera.bodies[0])
        a_partnership(a_request(author=awa), (sera.bodies[0], Role.PROVIDER))
        running = a_partnership(a_request(author=awa), (sera.bodies[0], Role.PROVIDER), stage=Stage.UNDER_WAY)
        saved(Milestone(partnership_id=running.id, position=0, title="Course", due_on=TODAY - timedelta(days=3)))


def test_my_partnerships_take_as_many_statements_for_three_as_for_one(app, reader):
    awa, sera = a_focal_point("BFA"), a_focal_point("FJI")
    own = reader(awa)
    sent = []
    for more in (1, 2):
        many(more, db.session.merge(awa), db.session.merge(sera))
        sent.append(statements(lambda: own.get("/en/partnerships/mine")))

    assert sent[0] == sent[1]


# The admins' board.


def columns(page):
    return {
        section.select_one("h2").get_text(" ", strip=True): [a.get_text() for a in section.select("li a")]
        for section in page.soup.select(".board section")
        if section.select("li")
    }


def test_the_board_shows_each_stage_the_oldest_first(app, reader):
    awa, sera = a_focal_point("BFA"), a_focal_point("FJI")
    a_request(author=awa, title="New")
    a_request(author=awa, title="Old", stage_at=now() - timedelta(days=30), deadline=TODAY - timedelta(days=1))
    an_offer(author=sera, title="Offered", countries=["FJI"], stage_at=now() - timedelta(days=2))
    a_request(author=awa, title="A draft", status=Status.DRAFT)
    talks = a_request(author=awa, title="Under way")
    made = a_partnership(talks, (sera.bodies[0], Role.PROVIDER), stage=Stage.UNDER_WAY)
    saved(Milestone(partnership_id=made.id, position=0, title="Course", due_on=TODAY - timedelta(days=3)))
    admin = reader(an_admin())

    page = admin.get("/en/partnerships/board")

    assert columns(page) == {"Open 3": ["Old", "Offered", "New"], "Under way 1": ["Under way"]}
    assert page.all(".board .late") == ["the last day for answers has passed", "a milestone is late"]
    assert columns(admin.get("/en/partnerships/board?kind=offers")) == {"Open 1": ["Offered"]}
    assert columns(admin.get("/en/partnerships/board?country=FJI&kind=wrong")) == {"Open 1": ["Offered"]}


def test_the_board_takes_as_many_statements_for_three_as_for_one(app, reader):
    awa, sera = a_focal_point("BFA"), a_focal_point("FJI")
    admin = reader(an_admin())
    sent = []
    for more in (1, 2):
        many(more, db.session.merge(awa), db.session.merge(sera))
        sent.append(statements(lambda: admin.get("/en/partnerships/board")))

    assert sent[0] == sent[1]


def test_an_admin_closes_a_call_only_with_a_reason(app, reader):
    at = f"/en/partnerships/{a_request().ref}/close"
    admin = reader(an_admin())

    first = admin.send(at, FORM)
    admin.send_from(first, FORM, reason="It is a duplicate.")

    assert first.errors == ["Please say why: the others read it."]
    assert db.session.query(Activity).filter_by(verb="closed").one().reason == "It is a duplicate."


def test_where_there_is_no_room_for_a_file_nothing_is_sent_and_the_words_stay(app, pair):
    folder = Path(app.instance_path) / "files"
    shutil.rmtree(folder, ignore_errors=True)
    folder.write_text("")  # where a folder cannot be, as on a full disk
    told = "We have no room for files at present. Please try again later, or go on without it."
    try:
        sent = {"text": "Here is the plan.", "files": (io.BytesIO(b"The plan."), "plan.txt")}
        post = pair.caller.send(f"{pair.at}/conversation", FORM, **sent)
        kept = pair.caller.send(f"{pair.at}/agreement", FORM, file=(io.BytesIO(b"Signed."), "signed.txt"))
    finally:
        folder.unlink()

    assert (post.errors, kept.errors) == ([told], [told])
    assert post.form(FORM)["text"] == "Here is the plan."
    assert (db.session.query(Post).count(), db.session.query(StoredFile).count()) == (0, 0)
    assert the_partnership().agreement_id is None


def test_terms_that_are_negotiated_again_are_the_parties_alone(app):
    pair = Pair(app, Stage.AGREED, status=Status.PUBLISHED, published_at=now(), starts_on=TODAY, costs_public=True)
    made = the_partnership()
    made.milestones, made.parties[0].in_kind = [Milestone(position=0, title="First course")], "A hall"
    db.session.commit()
    before = pair.visitor.get(pair.at)

    pair.caller.send(f"{pair.call_at}/renegotiate", FORM, reason="Prices have risen.")
    after = pair.visitor.get(pair.at)

    assert (before.all(".milestones .done"), "A hall" in before.text) == (["0 %"], True)
    assert (after.status, after.all(".milestones, #milestones"), "A hall" in after.text) == (200, [], False)
    assert pair.other.get(pair.at).all(".milestones .done") == ["0 %"]
