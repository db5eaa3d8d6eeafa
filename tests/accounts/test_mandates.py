"""To act for a body: apply with a letter, be verified or declined, end, hand over. What was shared stays."""

import io
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from galaxy.accounts import mandates
from galaxy.accounts.models import Activity, Body, BodyKind, Mandate, MandateRole, MandateStatus, User
from galaxy.accounts.services import mandate_applied, mandate_decided
from galaxy.content.models import Entry
from galaxy.core.db import db, now
from tests.factories import a_body, a_focal_point, a_mandate, a_solution, a_user, an_admin
from tests.statements import statements

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
NEW = {"kind": "national", "name": "Direction de la coopération", "country": "BFA"}


def letter():
    return (io.BytesIO(PDF), "nomination.pdf")


def apply(reader, **typed):
    return reader.send("/en/accounts/mandates/apply", **{"letter": letter(), "ends_on": None} | typed)


def mandate():
    """The one mandate that was applied for last."""
    return db.session.scalars(select(Mandate).order_by(Mandate.id.desc())).first()


def verbs(thing="mandate"):
    acts = db.session.scalars(select(Activity).where(Activity.object_kind == thing).order_by(Activity.id))
    return [act.verb for act in acts]


def day(days):
    return (now().date() + timedelta(days=days)).isoformat()


def test_a_member_applies_for_a_new_body_and_an_admin_verifies(reader):
    member, admin = reader(a_user(name="Awa")), reader(an_admin())

    sent = apply(member, **NEW, role="deputy", note="Since March.")
    queue = admin.get("/en/accounts/mandates/applications")
    done = admin.send_from(admin.get(f"/en/accounts/mandates/{mandate().id}"), "main form.act")

    assert sent.all("tbody tr") == [f"Direction de la coopération Deputy {sent.all('tbody td')[1]} Applied for"]
    assert queue.all("tbody tr")[0].startswith(
        "Direction de la coopération National focal point · Burkina Faso Awa Deputy"
    )
    assert done.notices == ["Awa may now act for Direction de la coopération."]
    assert (mandate().status, mandate().is_live, mandate().user.is_focal_point) == ("verified", True, True)
    assert verbs() == ["applied", "verified"]


def test_a_member_applies_for_a_body_that_is_there(reader):
    number = a_body(name="Institut des eaux", kind=BodyKind.INSTITUTION).id

    apply(reader(a_user()), body=str(number))

    assert (mandate().body_id, mandate().status, db.session.query(Body).count()) == (number, "applied", 1)


def test_an_admin_declines_with_reasons_that_the_applicant_reads(reader):
    member, admin = reader(a_user()), reader(an_admin())
    apply(member, **NEW)
    path = f"/en/accounts/mandates/{mandate().id}"

    without = admin.send(path, f"form[action='{path}/decline']", reason="  ")
    admin.send_from(without, f"form[action='{path}/decline']", reason="The letter is not signed.")

    assert without.errors == ["Please say why: they will read it."]
    assert mandate().status == MandateStatus.DECLINED
    assert "The letter is not signed." in member.get(path).one("main")


def test_two_admins_decide_and_the_second_is_told(reader):
    first, second = reader(an_admin(name="Ada")), reader(an_admin())
    apply(reader(a_user()), **NEW)
    path = f"/en/accounts/mandates/{mandate().id}"
    open_at_second = second.get(path)

    first.send(path, "main form.act")
    late = second.send_from(open_at_second, f"form[action='{path}/decline']", reason="No.")

    assert late.notices == ["Somebody was faster: Ada has decided this application already."]
    assert mandate().status == MandateStatus.VERIFIED
    assert verbs() == ["applied", "verified"]


def test_two_admins_decide_at_the_very_same_moment_and_one_wins(app, reader):
    admins = [reader(an_admin()) for _n in range(2)]
    apply(reader(a_user()), **NEW)
    path = f"/en/accounts/mandates/{mandate().id}"
    pages = [admin.get(path) for admin in admins]
    token = [page.form("main form.act")["csrf_token"] for page in pages]
    told = []

    def decide(n):
        told.append(
            admins[n].open(f"{path}/verify", "POST", data={"csrf_token": token[n]}, follow_redirects=True).notices
        )

    threads = [threading.Thread(target=app_context(app, decide), args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(words[0].split()[0] for words in told) == ["Member", "Somebody"]
    assert verbs() == ["applied", "verified"]


def app_context(app, call):
    def run(*args):
        with app.app_context():
            call(*args)

    return run


def test_a_version_that_is_old_is_not_written(app):
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite lets one writer in at a time: nobody can be this late")
    user = a_user()
    late, admin = a_mandate(user, a_body(), status=MandateStatus.APPLIED), an_admin()
    with Session(db.engine) as other:
        other.get(Mandate, late.id).status = MandateStatus.DECLINED
        assert late.status == MandateStatus.APPLIED
        other.commit()

    with pytest.raises(StaleDataError):
        mandates.verify(late, admin)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"kind": ""}, "Please choose your organisation above, or say what it is."),
        ({"name": " "}, "Please give the name of your organisation."),
        ({"country": ""}, "Please choose the country of your organisation."),
        ({"kind": "regional", "region": ""}, "Please choose the region of your organisation."),
        ({"starts_on": day(-400)}, "Please give a day within a year from today."),
        ({"starts_on": day(400)}, "Please give a day within a year from today."),
        ({"starts_on": "soon"}, "Please give the day from which you act for it."),
        ({"starts_on": day(5), "ends_on": day(4)}, "The last day is before the first. Please correct one of them."),
        ({"letter": None}, "Please add the letter by which you are nominated."),
        ({"website": "our site"}, "Please give the whole address, beginning with https://."),
        ({"name": "x" * 201}, "Please use at most 200 characters."),
    ],
)
def test_what_is_wrong_in_an_application_is_said(reader, typed, told):
    page = apply(reader(a_user()), **NEW | typed)

    assert page.errors == [told]
    assert db.session.query(Mandate).count() == 0


def test_a_letter_that_is_no_document_is_refused(reader):
    page = apply(reader(a_user()), **NEW, letter=(io.BytesIO(b"MZ\x90\x00 a program"), "letter.pdf"))

    assert page.errors == ["Please send a PDF, an office document, a text, a CSV table or an image."]
    assert db.session.query(Mandate).count() == 0


def test_nobody_applies_twice_for_one_body(reader):
    number = a_body().id
    member = reader(a_user())
    apply(member, body=str(number))

    page = apply(member, body=str(number))

    assert page.notices == ["You have applied to act for this organisation already. An admin will decide."]
    assert db.session.query(Mandate).count() == 1


def test_a_country_has_one_national_body(reader):
    a_focal_point("BFA")

    page = apply(reader(a_user()), **NEW)

    assert page.notices == [
        "This country has a national focal point already: Focal point of BFA. Please choose it in the list."
    ]


def test_of_two_that_apply_as_national_body_one_is_verified(reader):
    admin = reader(an_admin())
    for name in ("One", "Two"):
        apply(reader(a_user()), **NEW | {"name": name})
    one, two = db.session.scalars(select(Mandate.id).order_by(Mandate.id))
    admin.post(f"/en/accounts/mandates/{one}/verify")

    page = admin.post(f"/en/accounts/mandates/{two}/verify", follow=True)

    assert page.notices == ["One is the national focal point of this country. End its mandates first."]
    assert mandate().status == MandateStatus.APPLIED


def test_a_body_only_an_applicant_named_is_offered_to_nobody_until_it_is_verified(reader):
    admin, other = reader(an_admin()), reader(a_user())
    apply(reader(a_user()), **NEW)
    before = other.get("/en/accounts/mandates/apply").all("select[name=body] option")
    admin.post(f"/en/accounts/mandates/{mandate().id}/verify")

    after = other.get("/en/accounts/mandates/apply").all("select[name=body] option")

    assert (before, after) == (
        ["It is not in this list"],
        ["It is not in this list", "Direction de la coopération"],
    )


def test_only_the_applicant_and_admins_see_an_application_and_its_letter(reader):
    member, admin, other = reader(a_user()), reader(an_admin()), reader(a_user())
    apply(member, **NEW)
    paths = [f"/en/accounts/mandates/{mandate().id}{part}" for part in ("", "/letter")]

    seen = {
        who: [each.get(path).status for path in paths]
        for who, each in {"member": member, "admin": admin, "other": other, "visitor": reader()}.items()
    }

    assert seen == {"member": [200, 200], "admin": [200, 200], "other": [404, 404], "visitor": [302, 302]}
    letter = admin.get(paths[1]).response.headers
    assert (letter["Content-Disposition"], letter["Cache-Control"]) == (
        "attachment; filename=nomination.pdf",
        "no-store",
    )


def test_nobody_decides_their_own_application(reader):
    admin = reader(an_admin())
    apply(admin, **NEW)
    path = f"/en/accounts/mandates/{mandate().id}"

    assert [admin.post(f"{path}/{act}", {"reason": "x"}).status for act in ("verify", "decline")] == [404, 404]


def test_a_member_decides_nothing(reader):
    apply(reader(a_user()), **NEW)
    path, other = f"/en/accounts/mandates/{mandate().id}", reader(a_user())

    acts = ("verify", "decline", "end", "hand-over")
    assert [other.post(f"{path}/{act}", {"reason": "x"}).status for act in acts] == [404] * 4
    assert other.get("/en/accounts/mandates/applications").status == 403


def test_a_mandate_is_laid_down_and_what_was_shared_stays(reader):
    holder = a_focal_point()
    solution = a_solution(author=holder)
    body, entry, number = holder.bodies[0].id, solution.id, holder.mandates[0].id
    member = reader(holder)

    member.send(f"/en/accounts/mandates/{number}", "main form.form", reason="I move to another office.")

    ended = db.session.get(Mandate, number)
    assert (ended.status, ended.ends_on, ended.is_live) == ("ended", now().date(), False)
    assert db.session.get(Entry, entry).body_id == body
    assert verbs() == ["ended"]


def test_an_applicant_takes_an_application_back(reader):
    member = reader(a_user())
    apply(member, **NEW)

    page = member.send(f"/en/accounts/mandates/{mandate().id}", "main form.form", reason="It was a mistake.")

    assert (mandate().status, page.notices) == (
        "ended",
        ["The mandate has ended. What was shared stays with Direction de la coopération."],
    )


def test_a_lead_hands_over_and_the_content_stays_with_the_body(reader):
    lead = a_focal_point()
    entry, body, old = a_solution(author=lead).id, lead.bodies[0].id, lead.mandates[0].id
    successor = a_user(email="next@example.org").id
    holder, admin = reader(lead), reader(an_admin())

    holder.send(f"/en/accounts/mandates/{old}/hand-over", email="Next@example.org", note="From Monday on.")
    meanwhile = db.session.get(Mandate, old).is_live, db.session.get(User, successor).is_focal_point
    admin.post(f"/en/accounts/mandates/{mandate().id}/verify")

    before, after = db.session.get(Mandate, old), db.session.get(User, successor)
    assert meanwhile == (True, False)
    assert (before.status, before.ends_on, before.is_live) == ("ended", now().date(), False)
    assert [(each.body_id, each.role, each.starts_on, each.is_live) for each in after.mandates] == [
        (body, MandateRole.LEAD, now().date(), True)
    ]
    assert db.session.get(Entry, entry).body_id == body
    assert after.acts_for(db.session.get(Entry, entry).body)
    assert verbs() == ["named successor", "verified", "handed over"]


def test_an_admin_hands_over_at_once_and_a_deputy_becomes_lead(reader):
    lead = a_focal_point()
    deputy = a_user(email="deputy@example.org")
    a_mandate(deputy, lead.bodies[0], role=MandateRole.DEPUTY)
    number, old = deputy.id, lead.mandates[0].id

    reader(an_admin()).send(f"/en/accounts/mandates/{old}/hand-over", email="deputy@example.org")

    assert not db.session.get(Mandate, old).is_live
    live = db.session.get(User, number).live_mandates
    assert [each.role for each in live] == [MandateRole.LEAD]


def test_a_hand_over_does_not_tell_whether_an_address_is_known(reader, mails):
    lead = a_focal_point()
    a_user(email="known@example.org")
    holder, path = reader(lead), f"/en/accounts/mandates/{lead.mandates[0].id}/hand-over"

    known = holder.send(path, email="known@example.org")
    unknown = holder.send(path, email="nobody@example.org")

    assert known.one("main").replace("known@", "X@") == unknown.one("main").replace("nobody@", "X@")
    invited = [mail for mail in mails() if mail.to == "nobody@example.org"]
    assert [(mail.link, "Focal point of BFA" in mail.text) for mail in invited] == [("/en/accounts/register", True)]


def test_a_deputy_and_a_holder_whose_time_is_over_hand_over_nothing(reader):
    deputy, former = a_user(), a_user()
    first = a_mandate(deputy, a_body(), role=MandateRole.DEPUTY).id
    second = a_mandate(former, a_body(country="FJI"), ends_on=now().date() - timedelta(days=1)).id

    one, other = reader(deputy), reader(former)

    assert one.get(f"/en/accounts/mandates/{first}/hand-over").status == 404
    assert other.get(f"/en/accounts/mandates/{second}/hand-over").status == 404


def test_other_rooms_hear_of_applications_and_decisions(app):
    heard = []

    def applied(sender, **facts):
        heard.append(("applied", sender.body.name))

    def decided(sender, by, verb, **facts):
        heard.append((verb, by.name))

    with mandate_applied.connected_to(applied), mandate_decided.connected_to(decided):
        admin = an_admin(name="Ada")
        said = mandates.Described(BodyKind.GLOBAL, "A world office")
        made = mandates.apply(a_user(), said, mandates.Term(now().date()))
        mandates.verify(made, admin)
        mandates.end(made, admin, "Done.")

    assert heard == [("applied", "A world office"), ("verified", "Ada"), ("ended", "Ada")]


@pytest.mark.parametrize("path", ["mandates/applications", "people"])
def test_a_list_takes_the_same_number_of_statements_for_one_and_for_three(reader, path):
    admin = reader(an_admin())
    a_mandate(a_user(), a_body(), status=MandateStatus.APPLIED)
    admin.get("/en/")

    one = statements(lambda: admin.get(f"/en/accounts/{path}"))
    for country in ("FJI", "KEN"):
        a_mandate(a_user(), a_body(country=country), status=MandateStatus.APPLIED)

    assert statements(lambda: admin.get(f"/en/accounts/{path}")) == one
