"""What is kept about a person is theirs: to change, to take away, to delete."""

import json

import pytest

from galaxy.accounts.models import Activity, Mandate, User
from galaxy.accounts.services import account_deleted, exporters
from galaxy.content.models import Entry
from galaxy.core.db import db
from tests.factories import PASSWORD, a_focal_point, a_solution, a_user, an_admin


def test_a_member_changes_the_profile_and_reads_on_in_the_language_chosen(reader):
    user = a_user(name="Awa")
    member, number = reader(user), user.id

    page = member.send(
        "/en/accounts/profile",
        name="Awa  Ouédraogo",
        organisation="ANEEMAS",
        country="BFA",
        languages=["fr", "en"],
        language="fr",
        time_zone="Africa/Ouagadougou",
    )

    kept = db.session.get(User, number)
    assert page.response.request.path == "/fr/accounts/profile"
    assert (kept.name, kept.organisation, kept.country, kept.languages, kept.language, kept.time_zone) == (
        "Awa Ouédraogo", "ANEEMAS", "BFA", ["fr", "en"], "fr", "Africa/Ouagadougou",
    )  # fmt: skip
    (act,) = db.session.query(Activity)
    assert (act.verb, act.after) == (
        "changed profile",
        {"fields": ["country", "language", "languages", "name", "organisation", "time_zone"]},
    )


@pytest.mark.parametrize(
    "typed",
    [{"country": "XXX"}, {"language": "xx"}, {"time_zone": "Mars/Base"}, {"languages": ["xx"]}, {"name": "x" * 121}],
)
def test_a_profile_takes_only_what_it_offers(reader, typed):
    user = a_user()
    member, before, number = reader(user), user.name, user.id

    page = member.send("/en/accounts/profile", **typed)

    kept = db.session.get(User, number)
    assert len(page.errors) == 1
    assert (kept.name, kept.country, kept.language, kept.time_zone, kept.languages) == (before, None, "en", None, [])


def test_a_copy_of_ones_data_holds_all_that_is_kept(reader):
    holder = a_focal_point(name="Awa", email="awa@example.org")
    a_solution(author=holder, title="Solar pumps")
    a_user(email="somebody@example.org")

    page = reader(holder).post("/en/accounts/export")

    said = json.loads(page.text)
    assert set(said) == set(exporters)
    assert (said["account"]["email"], said["account"]["name"]) == ("awa@example.org", "Awa")
    assert [(mandate["body"], mandate["status"]) for mandate in said["mandates"]] == [
        ("Focal point of BFA", "verified")
    ]
    assert [(entry["title"], entry["sdg"]) for entry in said["entries"]] == [("Solar pumps", ["6"])]
    assert [act["verb"] for act in said["activity"]] == ["exported"]
    assert ("password" in page.text, "somebody@example.org" in page.text) == (False, False)
    assert page.response.headers["Content-Disposition"].startswith("attachment; filename=galaxy-")


def test_a_deleted_account_leaves_an_empty_row_and_the_content(reader, visitor):
    holder = a_focal_point(name="Awa", email="awa@example.org", with_password=True)
    entry, number, body = a_solution(author=holder).id, holder.id, holder.bodies[0].id
    member, elsewhere = reader(holder), reader(holder)
    heard = []

    def hear(user):
        heard.append(user.id)

    with account_deleted.connected_to(hear):
        page = member.send("/en/accounts/delete", email="AWA@example.org")

    left = db.session.get(User, number)
    assert page.notices == ["Your account is deleted. Thank you for what you shared."]
    assert (left.name, left.email, left.password, left.active) == ("", f"{number}@deleted.invalid", None, False)
    assert [(mandate.status, mandate.is_live) for mandate in left.mandates] == [("ended", False)]
    assert (db.session.get(Entry, entry).author_id, db.session.get(Entry, entry).body_id) == (number, body)
    assert heard == [number]
    assert "Awa" not in str([vars(act) for act in db.session.query(Activity)])
    assert elsewhere.get("/en/accounts/").status == 302
    visitor.send("/en/accounts/sign-in", email="awa@example.org", password=PASSWORD)
    assert visitor.get("/en/accounts/").status == 302


def test_an_account_is_not_deleted_by_a_wrong_address(reader):
    page = reader(a_user()).send("/en/accounts/delete", email="other@example.org")

    assert page.errors == ["This is not the address of your account. Nothing was deleted."]
    assert db.session.query(User).one().deleted_at is None


def test_the_address_of_a_deleted_account_may_register_anew(reader, visitor):
    reader(a_user(email="awa@example.org")).send("/en/accounts/delete", email="awa@example.org")

    visitor.send(
        "/en/accounts/register", name="Awa", email="awa@example.org", password="trois puits et un moulin", terms="y"
    )

    assert db.session.query(User).filter_by(email="awa@example.org").one().deleted_at is None


def test_the_last_admin_cannot_delete_the_account(reader):
    page = reader(an_admin(email="ada@example.org")).send("/en/accounts/delete", email="ada@example.org")

    assert page.notices == ["This is the last admin. Make somebody else an admin first."]
    assert db.session.query(User).one().deleted_at is None


def test_letters_and_notes_go_with_the_account(reader):
    user = a_focal_point(email="awa@example.org")
    number = user.mandates[0].id
    user.mandates[0].note = "Call me at home."

    reader(user).send("/en/accounts/delete", email="awa@example.org")

    kept = db.session.get(Mandate, number)
    assert (kept.note, kept.letter_id) == ("", None)
