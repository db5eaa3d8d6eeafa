"""Other languages: their catalogues say all that the sources say, and no page falls back into English."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from babel.messages.catalog import Message
from bs4 import BeautifulSoup
from flask import Flask, g
from sqlalchemy import select
from werkzeug.exceptions import default_exceptions
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from galaxy.accounts import letters, mandates
from galaxy.accounts.models import MandateStatus, User
from galaxy.accounts.services import disable
from galaxy.content.models import Status
from galaxy.core.config import Default
from galaxy.core.db import db
from galaxy.core.mail import Letter
from galaxy.moderation import services as moderation
from galaxy.moderation.models import FlagReason
from galaxy.notifications.services import relay, tell
from galaxy.notifications.words import WORDS
from galaxy.pages import errors
from tests.factories import (
    a_body,
    a_mandate,
    a_solution,
    a_user,
    an_adaptation,
    an_admin,
)
from tests.readers import Page, Reader
from tests.translations import catalogue, missing, said

LANGUAGES = Default.LANGUAGES.split()[1:]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|</?\w[^>]*>")
ENGLISH = re.compile(
    r"\b(the|of|and|to|with|for|your|you|this|is|are|by|please|that|it|not|from)\b|\b(The|Please|This|You|Your)\b"
)
ADDRESS = re.compile(r"https?://\S+")
on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # words do not depend on the database
NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.fixture(scope="module")
def words() -> set[str | tuple[str, ...]]:
    return said()


def messages(code: str) -> list[Message]:
    return [message for message in catalogue(code) if message.id]


def forms(message: Message) -> list[tuple[str, str]]:
    """What is said in English beside what is said for it: one pair, or one for each plural of the other language."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    one, many = message.id
    return [(one if n == 0 else many, said) for n, said in enumerate(message.string)]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_catalogue_says_all_that_the_sources_say(code, words):
    assert missing(code, words) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_catalogue_says_nothing_that_no_source_says(code, words):
    asked = {message if isinstance(message, str) else message[:2] for message in words}
    kept = {message.id if isinstance(message.id, str) else tuple(message.id) for message in messages(code)}

    assert (kept - asked, list(catalogue(code).obsolete)) == (set(), [])


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_catalogue_keeps_every_placeholder(code):
    wrong = [
        (english, said)
        for message in messages(code)
        for english, said in forms(message)
        if set(PLACEHOLDER.findall(english)) != set(PLACEHOLDER.findall(said))
    ]

    assert wrong == []


def test_french_has_its_own_spaces_and_apostrophes():
    plain = re.compile(rf"\w'\w|«[^{NO_BREAK}]|(?<![{NO_BREAK}…])»|[^{NO_BREAK}?!][;?!]|[^{NO_BREAK}p/s]:(?![/\w\"])")

    assert [said for message in messages("fr") for _english, said in forms(message) if plain.search(said)] == []


# No page falls back into English


class World:
    """Something of everything, told in French, and somebody of every role."""

    def __init__(self, app: Flask) -> None:
        body = a_body(name="Direction de la coopération", language="fr")
        told = {"language": "fr", "summary": "Douze villages pompent.", "challenge": "Gazole.", "approach": "Soleil."}
        point = a_user(name="Awa", country="BFA", language="fr")
        a_mandate(point, body)
        solution = a_solution(title="Pompes solaires", author=point, results="Eau.", **told)
        a_solution(title="Banques", author=point, status=Status.DRAFT, results="Mil.", **told)
        an_adaptation(
            of=solution, title="Niger", language="fr", author=point,
            summary="Petites pompes.", changes="Petites pompes.", results="Eau.",
        )  # fmt: skip
        member, admin = a_user(name="Sami", language="fr"), an_admin(name="Lina", language="fr")
        applied = a_mandate(member, a_body(name="Institut", country="NER"), status=MandateStatus.APPLIED)
        tell([member], "mandate verified", body=applied.body.name)
        waiting = a_solution(title="Semences", author=point, status=Status.DRAFT, results="Mil.", **told)
        moderation.submit(waiting, point)
        moderation.flag(solution, member, FlagReason.OUTDATED, "Vieux.")
        relay(member, solution, "Bonjour.")
        left = a_user(name="Issa", language="fr")
        mandates.end(a_mandate(left, body), admin, "Parti.")
        disable(left, admin, "Parti.")
        db.session.commit()
        self.solution, self.addresses = solution, list(addresses(app))
        self.app = app
        self.people = {"a visitor": 0, "a member": member.id, "a focal point": point.id, "an admin": admin.id}

    def visits(self) -> Iterator[tuple[str, Rule, Reader, Page]]:
        """Every page as every reader sees it; each is signed in anew, since some pages sign one out."""
        for who, number in self.people.items():
            for rule, address in self.addresses:
                reader = Reader(self.app, db.session.get(User, number))
                yield who, rule, reader, reader.get(address)


ANY = {"code": {"pages.country": "BFA", "pages.goal": "6", "pages.sector": "140"}}


def addresses(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every page that can be opened, one address for each row it may show."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and "lang" in rule.arguments and rule.endpoint != "pages.styleguide":
            for values in stands_for(rule, getattr(app.view_functions[rule.endpoint], "model", None)):
                yield rule, adapter.build(rule.endpoint, {"lang": "fr"} | values)


def stands_for(rule: Rule, model: Any) -> list[dict[str, Any]]:
    """What stands in an address: each row, a code of its list, or each of the words it may be; none, if unknown."""
    found: list[dict[str, Any]] = [{}]
    for name in rule.arguments - {"lang"}:
        if name in {"ref", "id"} and model:
            values = [getattr(row, name) for row in db.session.scalars(select(model))]
        elif name in ANY:
            values = [ANY[name][rule.endpoint]] if rule.endpoint in ANY[name] else []
        else:
            values = re.findall(r"[\w-]+", getattr(rule._converters[name], "regex", ""))[1:]
        found = [known | {name: value} for known in found for value in values]
    return found


def visible(page: Page) -> str:
    """What a reader sees or hears of a page, but what says itself that it is in another language."""
    soup = BeautifulSoup(page.text, "html.parser")
    for foreign in soup.select("[lang]:not(html):not([lang=fr]), script, style, code, cite, [readonly], #time_zone"):
        foreign.decompose()
    heard = [
        str(tag[name])
        for name in ("placeholder", "aria-label", "title", "alt", "content", "data-filter", "data-offline")
        for tag in soup.select(f"[{name}]")
        if tag.name != "meta" or tag.get("name") == "description"
    ]
    return " ".join([" ".join(soup.get_text(" ").split()), *heard])


def english() -> list[str]:
    """The longer pieces of what is said in English, but those that French says just so."""
    french = "\n".join(said for message in messages("fr") for _english, said in forms(message))
    pieces = (
        piece.strip(" .,:“”")
        for message in messages("fr")
        for english, _said in forms(message)
        for piece in PLACEHOLDER.split(english)
    )
    return sorted({piece for piece in pieces if len(piece) > 12 and piece not in french})


def leftovers(page: Page, pieces: list[str]) -> list[str]:
    """The English on a French page."""
    return english_in(visible(page), pieces) if page.response.mimetype == "text/html" and not page.location else []


def english_in(seen: str, pieces: list[str]) -> list[str]:
    """What was not translated, or what was not even marked; the letters of an address are no words."""
    seen = ADDRESS.sub(" ", seen)
    found = [piece for piece in pieces if piece in seen]
    around = [seen[max(0, word.start() - 30) : word.end() + 30] for word in ENGLISH.finditer(seen)]
    return found or around


@on_sqlite
def test_no_page_falls_back_into_english(app):
    world, pieces = World(app), english()

    wrong = [
        (who, rule.endpoint, left)
        for who, rule, _reader, page in world.visits()
        if (left := leftovers(page, pieces) or ["it broke"] * (page.status >= 500))
    ]

    assert wrong == []


@on_sqlite
def test_no_mistake_in_a_form_is_told_in_english(app):
    world, pieces, form = World(app), english(), "main form.form[method=post]"

    wrong = []
    for who, rule, reader, page in world.visits():
        if page.soup.select_one(form):
            blank = dict.fromkeys(page.form(form).keys() - {"csrf_token"}, "")
            if left := leftovers(reader.send_from(page, form, **blank), pieces):
                wrong.append((who, rule.endpoint, left))

    assert wrong == []


@on_sqlite
def test_no_mail_is_written_in_english(app):
    world, pieces = World(app), english()
    author = db.session.scalars(select(User).where(User.name == "Awa")).one()
    waited = {"wait": "interest", "due": "2026-05-20", "since": "2026-05-01", "found": "Puits solaires"}
    waited |= {"other": "Une question", "search": "pompes"}
    for verb in WORDS:
        tell([author], verb, world.solution, body="Institut", reasons="Trop court.", text="Bonjour.", **waited)
    for name in letters.SUBJECTS:
        links = dict.fromkeys(("link", "confirmation_link", "reset_link"), "/fr/accounts/1")
        letters.send(name, author.email, "fr", by="Lina", body="Institut", **links)

    written = db.session.scalars(select(Letter)).all()
    seen = [f"{letter.subject} {letter.text} {BeautifulSoup(letter.html, 'html.parser').text}" for letter in written]
    left = [found for text in seen if (found := english_in(text, pieces))]

    assert (left, len(written) >= len(WORDS) + len(letters.SUBJECTS)) == ([], True)


@on_sqlite
@pytest.mark.parametrize("code", [400, 403, 404, 409, 413, 429, 500, 503, 418])
def test_no_error_is_told_in_english(app, code):
    with app.test_request_context("/fr/nulle-part"):
        g.lang = "fr"
        answer = app.make_response(errors.show(default_exceptions[code]()))

    assert leftovers(Page(TestResponse(answer.response, answer.status, answer.headers, None)), english()) == []
