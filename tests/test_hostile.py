"""Hostile values in every path, question and form, by several roles: never an error of ours, and always its headers."""

import random
import re
from typing import Any

import pytest
from flask import Flask, url_for

from galaxy.accounts.models import Mandate
from galaxy.content.models import Entry
from galaxy.directory.models import Organisation
from galaxy.partnerships.models import Call
from galaxy.solutions.models import Adaptation, Solution
from galaxy.webinars.models import Webinar
from galaxy.webinars.question_models import Question
from tests.permissions import ADDRESSES, PERMISSIONS, SENT, SUBJECTS, World
from tests.readers import Page, Reader, fields

ENTRIES = (Solution, Adaptation, Organisation, Call, Webinar, Question)
ENTRY_STATES = ("published", "draft", "submitted")
ROLES = ("visitor", "author", "focal point", "admin")
HOSTILE = (
    "\x00", "a\x00b", "'\"><script>alert(1)</script>", "{{7*7}}${7*7}", "' OR '1'='1", "%00%ff", "../" * 8 + "etc",
    "javascript://x/%0aalert(1)", "//evil.example", "-1", "0", "9" * 30, "000001" + "9" * 40, "1e999", "NaN", "\u0663",
    "²", "\u202e\u2028\ufeff", "a\r\nSet-Cookie: x=1", "x" * 9_000, "\U0001f4a5" * 50, "remove:x", "row:x", "[]", "",
    "=1+1", "2026-99-99", "%", "\\", "e\u0301" * 300,
)  # fmt: skip
ASKED = (
    "page", "per_page", "q", "only", "next", "kind", "country", "language", "assigned", "actor", "verb", "words",
    "since", "until", "before", "body", "new", "old", "small", "sort", "year", "sdg", "sector", "letter", "more",
    "fresh", "v", "_external", "_scheme", "_anchor", "_method", "lang", "ref", "id", "from",
    "stage", "deadline", "means", "role", "modality", "group",
    "play", "at", "sent", "when", "format", "recording", "series",
)  # fmt: skip
TOLD = (
    "email", "name", "code", "text", "title", "reason", "verb", "outcome", "act", "draft_form", "draft_key", "next",
    "key", "base", "mail", "status", "owner", "is_admin", "appointed", "consent", "checks", "confirmed", "lang",
    "asked", "means", "deadline", "kind", "origin", "starts_on",
    "x\x00y",
)  # fmt: skip
PATHS = ("0", "99999999999", "%00", "%ff", "..%2f..", "x" * 300, "-1", "4f7kxzpm", "%0d%0a", "4f7kxzpm-%00", "٣")
QUESTIONS, SENDINGS, WRONG_PATHS, ROWS = 2, 2, 1, 3  # of each, for one role at one view


def check(page: Page, where: str) -> None:
    """What holds for any answer at all."""
    said, mimetype = page.response.headers, page.response.mimetype or ""
    assert page.status < 500 or "readyz" in where, f"{where}: {page.status}"
    policy = said["Content-Security-Policy"]
    assert "default-src 'none'" in policy, where
    assert not re.search(r"unsafe|\*|https?:", policy), where
    assert said["X-Content-Type-Options"] == "nosniff", where
    assert (said["X-Frame-Options"], said["Cross-Origin-Opener-Policy"]) == ("DENY", "same-origin"), where
    if mimetype.startswith("text/"):
        assert "charset=utf-8" in said["Content-Type"], where
    if page.location:
        assert re.match(r"/(?!/)|http://localhost/", page.location), f"{where} leads to {page.location}"
    for cookie in said.getlist("Set-Cookie"):
        assert {"HttpOnly", "SameSite=Lax"} <= set(cookie.split("; ")), f"{where}: {cookie}"
    for text in ("<script>alert(1)", 'href="javascript:', "Traceback (most recent"):
        assert text not in page.text, f"{where}: {text}"


def rows_of(model: Any, world: World, some: random.Random) -> list[Any]:
    """Rows that a view of this model may be asked about: of some kinds, also where the view expects another."""
    if model is None:
        return [None]
    if issubclass(model, Entry):
        kinds = [kind for kind in ENTRIES if issubclass(kind, model)] or ENTRIES
        others = [kind for kind in ENTRIES if kind not in kinds][:1]
        kinds = [*some.sample(kinds, min(2, len(kinds))), *others]
        return [SUBJECTS[kind](world, state) for kind in kinds for state in some.sample(ENTRY_STATES, 2)]
    return [SUBJECTS[model](world, "verified" if model is Mandate else "published")]


def address_of(app: Flask, endpoint: str, row: Any, world: World) -> str:
    wanted = set().union(*(rule.arguments for rule in app.url_map.iter_rules(endpoint)))
    given = {name: value(world) if callable(value) else value for name, value in ADDRESSES.get(endpoint, {}).items()}
    named = {name: getattr(row, name) for name in ("ref", "id") if hasattr(row, name)}
    with app.test_request_context("/en/"):
        return url_for(endpoint, **{n: v for n, v in ({"lang": "en"} | named | given).items() if n in wanted})


def wrong_paths(app: Flask, endpoint: str, some: random.Random) -> list[str]:
    """The addresses of a view with something else where a value is expected."""
    rules = [rule.rule.replace("<lang:lang>", "en") for rule in app.url_map.iter_rules(endpoint)]
    return [
        re.sub(r"<[^>]*>", lambda _found: some.choice(PATHS), rule)
        for rule in rules
        for _time in range(WRONG_PATHS)
        if "<" in rule
    ]


def typed(page: Page, some: random.Random) -> dict[str, Any]:
    """A form of this page, filled in by an attacker: all of it, or one field among good ones."""
    forms = page.soup.select("main form[method=post]")
    own = fields(some.choice(forms)) if forms else {}
    own.pop("csrf_token", None)
    names = [*own, *some.sample(TOLD, 6)]
    if own and some.random() < 0.5:
        return own | {some.choice(names): some.choice(HOSTILE)}
    return {name: [some.choice(HOSTILE) for _time in range(some.choice((1, 1, 2)))] for name in names}


@pytest.mark.parametrize("endpoint", sorted(PERMISSIONS))
def test_a_view_bears_what_is_hostile(app, endpoint):
    some, world = random.Random(f"{endpoint} {app.config['DATABASE_URL'].partition(':')[0]}"), World()
    methods = set().union(*(rule.methods or () for rule in app.url_map.iter_rules(endpoint)))
    rows = rows_of(getattr(app.view_functions[endpoint], "model", None), world, some)
    addresses = [address_of(app, endpoint, row, world) for row in rows]
    for role in ROLES:
        reader = Reader(app, world.people[role])
        for address in (*some.sample(addresses, min(ROWS, len(addresses))), *wrong_paths(app, endpoint, some)):
            check(reader.get(address), f"{role} at {address}")
        for _time in range(QUESTIONS):
            asked = {name: some.choice(HOSTILE) for name in some.sample(ASKED, 12)}
            address = some.choice(addresses)
            check(reader.get(address, query_string=asked), f"{role} asks {address} {asked}")
        if "POST" in methods:
            check(
                reader.open(addresses[0], "POST", data={"text": "a\x00b"}),
                f"{role} sends {addresses[0]} without a token",
            )
        for _time in range(SENDINGS if "POST" in methods else 0):
            address = some.choice(addresses)
            said = typed(reader.get(address), some) | SENT.get(endpoint, {})
            headers = {"X-CSRFToken": reader.token()}
            check(reader.open(address, "POST", data=said, headers=headers), f"{role} sends {address} {said}")


@pytest.mark.parametrize("path", ["/", "/en/", "/static/galaxy.css", "/en/nowhere", "/healthz", "/en/accounts/sign-in"])
@pytest.mark.parametrize("method", ["TRACE", "TRACK", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND"])
def test_other_methods_are_refused(visitor, path, method):
    page = visitor.open(path, method)

    check(page, f"{method} {path}")
    assert page.status in {400, 404, 405} or page.location


@pytest.mark.parametrize("path", [
    "/static/%00", "/static/../setup.cfg", "/static/..%2fsetup.cfg", "/static/" + "x" * 5000, "/static//etc/passwd",
    "/%00", "/%ff%fe", "/en/%00", "/zz/", "/en/" + "a/" * 500, "/EN/", "/en//evil.example/", "//evil.example/",
    "/\\evil", "/en/solutions/%0d%0aSet-Cookie:x=1", "/s/%00", "/.env", "/.git/config", "/static/.git",
    "/en/mail/../../x",
])  # fmt: skip
def test_odd_addresses_lead_nowhere(visitor, path):
    page = visitor.get(path)

    check(page, path)
    assert page.status in {301, 302, 308, 404, 421}


@pytest.mark.parametrize("headers", [
    {"Accept-Language": "\xff;q=x,*;q=9e99," + "a," * 900}, {"Accept": "x/y;q=NaN,;;;"},
    {"Cookie": "galaxy=.x.y; galaxy=\xff"}, {"If-None-Match": '"' * 99}, {"If-Modified-Since": "the day before"},
    {"Range": "bytes=9-1,-,x"},
    {"Accept-Encoding": "gzip;q=x,*;q=-1"}, {"X-Forwarded-For": "' OR 1=1"}, {"X-Forwarded-Host": "evil.example"},
    {"X-HTTP-Method-Override": "DELETE"}, {"Content-Length": "-1"}, {"Referer": "javascript:alert(1)"},
    {"Sec-Fetch-Site": "\x7f"}, {"Authorization": "Basic AAAA"}, {"Authentication-Token": "x"},
])  # fmt: skip
def test_odd_headers_change_nothing(visitor, headers):
    for path in ("/en/", "/", "/static/galaxy.css", "/en/search?q=a", "/en/accounts/sign-in"):
        page = visitor.get(path, headers=headers)

        check(page, f"{path} with {headers}")
        assert "evil.example" not in page.text
