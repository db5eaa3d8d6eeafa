"""Admins find people, let them in and out, and appoint other admins; there is always one."""

from sqlalchemy import select

from galaxy.accounts import services
from galaxy.accounts.cli import group
from galaxy.accounts.models import Activity, User
from galaxy.core.db import db
from tests.factories import a_focal_point, a_user, an_admin


def verbs():
    return list(db.session.scalars(select(Activity.verb).order_by(Activity.id)))


def test_people_are_found_by_name_address_and_organisation(reader):
    a_user(name="Awa", email="awa@example.org")
    a_user(name="Losena", email="losena@ministry.example", organisation="Ministry of 100% health")
    admin = reader(an_admin(name="Zoé"))

    def found(**asked):
        return admin.get("/en/accounts/people", query_string=asked).all("tbody th")

    assert [found(), found(q="AWA"), found(q="ministry los"), found(q="100%"), found(q="%"), found(only="admins")] == [
        ["Awa", "Losena", "Zoé"], ["Awa"], ["Losena"], ["Losena"], ["Losena"], ["Zoé"],
    ]  # fmt: skip


def test_a_disabled_person_is_out_at_once_and_may_be_let_in_again(reader):
    user = a_focal_point()
    member, admin, path = reader(user), reader(an_admin()), f"/en/accounts/people/{user.id}"

    admin.send(path, f"form[action='{path}/disable']", reason="The address is shared.")
    out = member.get("/en/accounts/").status
    admin.send(path, f"form[action='{path}/enable']")

    assert out == 302
    assert db.session.scalar(select(User.active).where(User.appointed.is_(False)))
    assert verbs() == ["disabled", "enabled"]


def test_an_admin_appoints_another_and_dismisses_them(reader):
    user = a_user(tf_primary_method="authenticator")
    admin, path, number = reader(an_admin()), f"/en/accounts/people/{user.id}", user.id

    admin.send(path, f"form[action='{path}/appoint']")
    appointed = db.session.get(User, number).is_admin
    admin.send(path, f"form[action='{path}/dismiss']")

    assert (appointed, db.session.get(User, number).is_admin) == (True, False)
    assert verbs() == ["appointed", "dismissed"]


def test_there_is_always_an_admin(reader):
    user = an_admin()
    admin, path = reader(user), f"/en/accounts/people/{user.id}"

    page = admin.send(path, f"form[action='{path}/dismiss']")

    assert page.notices == ["This is the last admin. Make somebody else an admin first."]
    assert admin.post(f"{path}/disable", {"reason": "x"}).status == 404
    assert verbs() == []


def test_an_admin_helps_who_has_lost_the_second_step(reader):
    user = a_user(tf_primary_method="authenticator", tf_totp_secret="x", mf_recovery_codes=["y"])
    admin, path, number = reader(an_admin()), f"/en/accounts/people/{user.id}", user.id

    admin.send(path, f"form[action='{path}/forget-second-factor']")

    kept = db.session.get(User, number)
    assert (kept.has_second_factor, kept.tf_totp_secret, kept.mf_recovery_codes) == (False, None, None)


def test_nobody_else_manages_people(reader):
    user, member = a_user(), reader(a_user())
    path = f"/en/accounts/people/{user.id}"

    acts = [f"{path}/{act}" for act in ("disable", "enable", "appoint", "dismiss", "forget-second-factor")]
    assert [member.get("/en/accounts/people").status, member.get(path).status] == [403, 404]
    assert [member.post(act, {"reason": "x"}).status for act in acts] == [404] * 5


def test_commands_make_an_admin_and_list_them(app):
    run = app.test_cli_runner().invoke
    words = ["--email", "Ada@Example.org", "--name", "Ada", "--password", "trois puits et un moulin"]

    made = run(group, ["create", *words])
    weak = run(group, ["create", *words[:-1], "password123"])
    shown = run(group, ["list"])

    assert (
        made.output == "ada@example.org is an admin. A second step of the sign-in is asked for at the first sign-in.\n"
    )
    assert (weak.exit_code, "Many people use this password" in weak.output) == (2, True)
    assert shown.output == "ada@example.org: Ada, no second step yet\n"


def test_a_member_becomes_an_admin_by_the_command(app):
    number = a_user(email="ada@example.org", name="Ada").id

    services.create_admin("ada@example.org", "", "trois puits et un moulin")

    kept = db.session.get(User, number)
    assert (kept.appointed, kept.name, db.session.query(User).count()) == (True, "Ada", 1)
