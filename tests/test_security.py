"""What an attacker would try, and meets: on every answer, at sign-in, in every form, under another name of the site."""

import io
import re
import tempfile
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from galaxy import create_app
from galaxy.accounts.models import Mandate, MandateStatus, User
from galaxy.content.models import Status
from galaxy.core import forms, markdown
from galaxy.core.addresses import is_web_address
from galaxy.core.db import Base, db
from galaxy.core.guard import MOST_FIELDS
from galaxy.core.limits import limiter
from galaxy.core.logs import path
from galaxy.core.schema import import_models
from galaxy.core.storage import StoredFile
from galaxy.notifications.services import unsubscribe_token
from galaxy.partnerships.models import Role
from galaxy.solutions.models import Solution
from tests.conftest import SETTINGS
from tests.factories import (
    PASSWORD,
    a_body,
    a_focal_point,
    a_mandate,
    a_partnership,
    a_request,
    a_solution,
    a_user,
    an_admin,
    saved,
)
from tests.readers import Reader


@pytest.fixture
def with_setting(app):
    """Change settings of the app for one test."""
    before = dict(app.config)
    yield app.config.update
    app.config.update(before)


@pytest.fixture
def limited(tmp_path) -> Iterator[Flask]:
    """An app that counts, with few of everything."""
    few = {
        "LIMITS": True,
        "LIMIT_ACCOUNT": "3/hour",
        "LIMIT_HELD": "2/hour",
        "LIMIT_ACTS": "3/hour",
        "LIMIT_SIGN_IN": "100/hour",
    }
    app = create_app(tmp_path, **SETTINGS | few)
    with app.app_context():
        import_models()
        Base.metadata.create_all(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()
    limiter.enabled = False  # it is one for all apps


# Headers


def test_every_answer_says_the_same_to_the_browser(visitor, reader):
    pages = [
        visitor.get("/en/"),
        visitor.get("/en/nowhere"),
        visitor.get("/static/galaxy.css"),
        visitor.get("/healthz"),
        visitor.open("/en/", "POST"),
        reader(an_admin()).get("/en/moderation/"),
    ]

    names = ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy")
    assert {tuple(page.response.headers[name] for name in names) for page in pages} == {
        ("nosniff", "DENY", "strict-origin-when-cross-origin", "same-origin")
    }
    (policy,) = {page.response.headers["Content-Security-Policy"] for page in pages}
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
    assert policy.endswith("form-action 'self'; base-uri 'none'; frame-ancestors 'none'")


def test_over_https_cookies_are_bound_to_this_host():
    with tempfile.TemporaryDirectory() as instance:
        app = create_app(instance, **SETTINGS | {"HTTPS": True, "SITE_URL": "https://galaxy.example"})
        names = ("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE")
        with app.app_context():
            answer = app.test_client().get("/healthz", base_url="https://galaxy.example")
            db.engine.dispose()

    assert [app.config[name] for name in names] == ["__Host-galaxy", True, True, "Lax"]
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_no_cookie_remembers_who_signed_in(visitor):
    user = a_user(with_password=True)

    visitor.send("/en/accounts/sign-in", email=user.email, password=PASSWORD, remember="y", follow=False)

    cookie = visitor.client.get_cookie("galaxy")
    assert visitor.get("/en/accounts/").status == 200
    assert (cookie.http_only, cookie.same_site) == (True, "Lax")
    assert visitor.client.get_cookie("remember_token") is None


@pytest.mark.parametrize("path", ["/en/", "/en/accounts/", "/en/dashboard", "/en/solutions/", "/en/notifications/"])
def test_what_a_signed_in_reader_sees_is_kept_by_nobody(reader, path):
    headers = reader(a_user()).get(path).response.headers

    assert headers["Cache-Control"] == "no-store"
    assert "Cookie" in headers["Vary"]


def test_the_health_of_this_moment_is_kept_by_nobody(visitor):
    assert {visitor.get(path).response.headers["Cache-Control"] for path in ("/healthz", "/readyz")} == {"no-store"}


# Names of the site


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "8.8.8.8", "evil.example:80", "", "localhost@evil.example"]
)
@pytest.mark.parametrize("site", ["https://galaxy.example", ""])
def test_a_request_by_a_strange_name_is_refused_before_anything_happens(visitor, with_setting, host, site):
    with_setting({"SITE_URL": site})
    page = visitor.get("/en/accounts/recover", headers={"Host": host})
    sent = visitor.open("/en/accounts/recover", "POST", data={"email": "a@example.org"}, headers={"Host": host})

    assert (page.status, sent.status) == (421, 421)
    assert "evil.example" not in page.text


@pytest.mark.parametrize(
    ("site", "host"),
    [
        ("https://galaxy.example", "galaxy.example"),
        ("https://galaxy.example", "GALAXY.example:443"),
        ("https://galaxy.example", "127.0.0.1:8000"),
        ("https://galaxy.example", "www.galaxy.example"),
        ("", "localhost:8000"),
        ("", "[::1]:8000"),
        ("", "192.168.1.20:8000"),
        ("", "galaxy"),
        ("", "ministry.local"),
    ],
)
def test_its_own_names_and_where_none_is_set_those_of_a_local_network_are_answered(visitor, with_setting, site, host):
    with_setting({"SITE_URL": site, "HOSTS": "www.galaxy.example"})

    assert visitor.get("/en/about", headers={"Host": host}).status == 200


def test_who_asked_is_not_what_a_stranger_writes_into_a_header(visitor, app):
    seen = []
    app.before_request_funcs.setdefault(None, []).append(lambda: seen.append(forms.request.remote_addr))
    try:
        visitor.get("/en/about", headers={"X-Forwarded-For": "6.6.6.6", "X-Real-IP": "6.6.6.6"})
    finally:
        app.before_request_funcs[None].pop()

    assert seen == ["127.0.0.1"]


# Bounds


def test_a_form_without_end_is_refused(visitor):
    page = visitor.post("/en/accounts/sign-in", {f"f{n}": "1" for n in range(MOST_FIELDS + 1)})

    assert page.status == 413


def test_a_null_is_taken_out_of_what_is_sent(reader):
    member = reader(a_user())

    member.send("/en/accounts/profile", name="Am\x00ina\x00", organisation="\x00")

    assert (member.get("/en/accounts/profile").form("main form[method=post]")["name"]) == "Amina"


HOSTILE_TEXTS = {
    "a wide table": "|" + "a|" * 500 + "\n|" + "-|" * 500 + "\n" + "|\n" * 9_000,
    "brackets": "[" * 20_000,
    "emphasis": "_*" * 10_000,
    "quotes": "> " * 10_000,
    "backticks": "".join("`" * n + " " for n in range(1, 199)),
}


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_markdown_takes_bounded_time(name):
    began = time.process_time()
    markdown.render(HOSTILE_TEXTS[name][:20_000])

    assert time.process_time() - began < 4


def test_an_address_that_never_ends_is_judged_at_once():
    began = time.process_time()

    assert not is_web_address("http://" + "." * 2_000_000 + " x")
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("https://example.org", True),
        ("http://example.org:8080/a?b=c#d", True),
        ("https://例え.テスト/x", True),
        ("javascript://example.org/%0aalert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("https://localhost", False),
        ("https://exa mple.org", False),
        ("https://[::1", False),
        ('https://example.org/"onclick=', False),
    ],
)
def test_a_link_leads_to_a_page_of_the_web(address, taken):
    assert is_web_address(address) is taken


# Forms


EXTRA = {"is_admin": "1", "appointed": "1", "active": "1", "status": "published", "owner": "1", "author_id": "1"}
EXTRA |= {"body_id": "1", "endorsed_by_id": "1", "confirmed_at": "2020-01-01", "tf_primary_method": "x", "demo": "1"}


def test_nobody_makes_themselves_an_admin_by_more_fields(reader, visitor):
    a_body()
    user = a_user()

    reader(user).send("/en/accounts/profile", name="Changed", **EXTRA)
    visitor.send(
        "/en/accounts/register",
        name="New",
        email="new@example.org",
        password="three green words walk",
        terms="y",
        **EXTRA,
    )

    found = {u.name: (u.appointed, u.demo, u.tf_primary_method) for u in db.session.query(User)}
    assert found == {"Changed": (False, False, None), "New": (False, False, None)}
    assert db.session.query(User).filter_by(name="New").one().confirmed_at is None


def test_nobody_publishes_or_gives_away_by_more_fields(reader):
    body_id, user = a_body().id, a_user()
    draft = a_solution(author=user, status=Status.DRAFT)
    user_id, number, ref = user.id, draft.id, draft.ref
    author = reader(user)

    author.send(f"/en/solutions/{ref}/edit/story", title="Mine", **EXTRA | {"owner": str(body_id)})
    author.send(f"/en/solutions/{ref}/edit/context", **EXTRA | {"owner": str(body_id)})

    draft = db.session.get_one(Solution, number)
    assert draft.title == "Mine"
    assert (draft.status, draft.body_id, draft.author_id, draft.endorsed_by_id, draft.demo) == (
        Status.DRAFT, None, user_id, None, False,
    )  # fmt: skip


def test_an_applicant_cannot_verify_their_own_mandate_by_more_fields(reader):
    user, body_id = a_user(), a_body().id
    letter = io.BytesIO()
    Image.new("RGB", (8, 8)).save(letter, "PNG")
    letter.seek(0)

    reader(user).send(
        "/en/accounts/mandates/apply", body=str(body_id), role="lead", letter=(letter, "a.png"),
        **EXTRA | {"status": "verified", "decided_by_id": "1"},
    )  # fmt: skip

    assert list(db.session.scalars(select(Mandate.status))) == [MandateStatus.APPLIED]


def test_a_website_that_would_run_is_refused(reader):
    page = reader(a_user()).send(
        "/en/accounts/mandates/apply", kind="institution", name="X", country="BFA", role="lead",
        website="javascript://example.org/%0aalert(1)",
    )  # fmt: skip

    assert "Please give the whole address, beginning with https://." in page.errors


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
def test_a_form_sent_from_elsewhere_is_not_kept_for_its_reader(visitor, headers):
    visitor.open("/en/accounts/register", "POST", data={"name": "Prefilled"}, headers=headers)

    assert db.session.query(forms.HeldForm).count() == 0


def test_forms_are_not_kept_without_end(limited):
    visitor = Reader(limited)
    for _time in range(4):
        visitor.open("/en/accounts/register", "POST", data={"name": "Amina"})

    assert db.session.query(forms.HeldForm).count() == 2


def test_a_held_form_is_for_the_one_who_sent_it(reader):
    user = a_user()
    sender, other = Reader(reader().app), reader(user)
    sender.open("/en/solutions/new", "POST", data={"title": "Wells"})

    assert "Wells" not in other.get("/en/solutions/new").text


@pytest.mark.parametrize(
    "words", ["_scheme=javascript&_external=1", "_external=1", "_anchor=x&_method=DELETE", "lang=xx"]
)
def test_what_is_asked_of_a_list_is_not_obeyed_by_its_links(reader, app, words):
    for n in range(3):
        a_solution(title=f"Number {n}", author=a_user())
    app.config["PAGE_SIZE"], size = 1, app.config["PAGE_SIZE"]
    try:
        pages = [reader().get(f"/en/solutions/?{words}"), reader(an_admin()).get(f"/en/moderation/log?{words}")]
    finally:
        app.config["PAGE_SIZE"] = size

    assert [page.status for page in pages] == [200, 200]
    assert [
        link for page in pages for link in page.links("a") if re.match(r"javascript|https?://localhost", link)
    ] == []


# Sessions


def test_a_changed_password_ends_every_other_session(reader):
    user = a_user(with_password=True)
    here, elsewhere = reader(user), reader(user)

    here.send("/en/accounts/password", password=PASSWORD, new_password="seven slow turtles sing")

    assert (here.get("/en/accounts/").status, elsewhere.get("/en/accounts/").status) == (200, 302)


def test_a_disabled_person_is_out_at_once(reader):
    user = a_user()
    number, theirs = user.id, reader(user)
    assert theirs.get("/en/accounts/").status == 200

    reader(an_admin()).post(f"/en/accounts/people/{number}/disable", {"reason": "As asked"})

    assert theirs.get("/en/accounts/").status == 302


def test_a_password_alone_opens_nothing_where_a_second_factor_is_set(visitor):
    user = an_admin(with_password=True, tf_totp_secret="x")

    visitor.send("/en/accounts/sign-in", email=user.email, password=PASSWORD, follow=False)

    assert [visitor.get(path).status for path in ("/en/accounts/", "/en/moderation/", "/en/dashboard")] == [302] * 3


def test_one_account_is_counted_once_however_its_address_is_typed(limited):
    visitor = Reader(limited)
    a_user(email="amina@example.org", with_password=True)
    ways = (
        "amina@example.org",
        " AMINA@example.org",
        "amina@EXAMPLE.org ",
        "amina@ｅxample.org",
        "amina@exampl\u0435.org",
    )

    met = [visitor.post("/en/accounts/sign-in", {"email": way, "password": "wrong wrong wrong"}).status for way in ways]

    assert met[:4] == [200, 200, 200, 429]


def test_another_address_in_the_form_is_no_way_around_the_limit_of_codes(limited):
    visitor = Reader(limited)
    user = an_admin(with_password=True, tf_totp_secret="x")
    visitor.send("/en/accounts/sign-in", email=user.email, password=PASSWORD, follow=False)

    headers = {"X-CSRFToken": visitor.token()}
    typed = [{"code": f"{n}00000", "email": f"x{n}@example.org"} for n in range(5)]
    met = [visitor.open("/en/accounts/recovery-code", "POST", data=each, headers=headers).status for each in typed]

    assert met == [200, 200, 200, 429, 429]


def test_nobody_floods_others_with_mail_by_asking_admins_in_and_out(limited):
    sera = a_focal_point("FJI")
    made = a_partnership(a_request(), (sera.bodies[0], Role.PROVIDER))
    reader, path = Reader(limited, sera), f"/en/partnerships/with/{made.ref}/admins"

    met = [reader.post(path, {"act": act}).status for act in ("invite", "let_go", "invite", "let_go")]

    assert met == [302, 302, 302, 429]


# What is told, and to whom


def test_the_log_of_requests_holds_no_secret_link(app):
    secret = unsubscribe_token(a_user(), "published")
    with app.test_request_context(f"/en/notifications/unsubscribe/{secret}"):
        assert path() == "/en/notifications/unsubscribe/…"


def test_a_letter_goes_with_the_account_it_came_with(reader):
    user = a_user()
    letter = saved(StoredFile(name="letter.pdf", sha256="0" * 64, media_type="application/pdf", size=1))
    a_mandate(user, a_body(), letter=letter)

    reader(user).send("/en/accounts/delete", email=user.email)

    assert db.session.query(StoredFile).count() == 0


def test_where_weaknesses_are_reported_is_told_where_it_is_set(visitor, with_setting):
    before = visitor.get("/.well-known/security.txt").status
    with_setting({"SECURITY_CONTACT": "mailto:security@galaxy.example"})

    page = visitor.get("/.well-known/security.txt")

    assert (before, page.status, page.response.content_type) == (404, 200, "text/plain; charset=utf-8")
    assert [line.partition(":")[0] for line in page.text.splitlines()] == ["Contact", "Expires", "Preferred-Languages"]
