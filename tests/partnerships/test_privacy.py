"""What parties keep among themselves: sought by everybody else at every door of the site, and found at none."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, url_for
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.routing import AnyConverter

from galaxy.accounts.models import Activity, User
from galaxy.content.models import Draft, Entry
from galaxy.core.db import db, now
from galaxy.core.mail import Letter
from galaxy.core.schema import import_models
from galaxy.moderation import services as moderation
from galaxy.moderation.models import Case
from galaxy.notifications.models import Notification
from galaxy.partnerships import services
from galaxy.partnerships.models import Interest, Partnership, Role
from galaxy.search.models import Indexed
from tests.factories import a_focal_point, a_request, a_user, an_admin
from tests.permissions import ADDRESSES, EXEMPT, Person
from tests.readers import Reader

ONLY_ONCE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # who may read what is no matter of the database
SECRETS = re.compile(r"wombat|987.?654.?321")
FOUND = "wombat"  # no answer may hold it; what is searched for is the other half of each secret


def secret(name: str) -> str:
    """Two words that are nowhere else: one to be searched for, one that must not be found."""
    return f"quokka{name} {FOUND}{name}"


def a_text(name: str) -> FileStorage:
    return FileStorage(io.BytesIO(secret(name).encode()), f"{secret(name)}.txt", name)


def terms_of(made: Partnership, **more: Any) -> services.Terms:
    """The terms of a partnership with something secret wherever words can be."""
    here, there = (party.body_id for party in made.parties)
    said: dict[str, Any] = {
        "modality": "south-south",
        "starts_on": now().date(),
        "ends_on": now().date(),
        "terms": secret("terms"),
        "costs_public": False,
        "roles": {here: Role.RECIPIENT, there: Role.PROVIDER},
        "gives": {here: {"in_kind": secret("gift")}, there: {"money": 987_654_321, "currency": "FJD"}},
        "milestones": [{"title": secret("milestone"), "due_on": None}],
        "base": services.digest_of(made),
    }
    return services.Terms(**said | more)


class Talks:
    """A call with every kind of answer, and a partnership that has come of it, full of secrets."""

    def __init__(self) -> None:
        self.awa = a_focal_point("BFA", name="Awa")
        self.sera, self.left = a_focal_point("FJI", name="Sera"), a_focal_point("KEN", name="Juma")
        self.declined, self.withdrew = a_focal_point("NER", name="Zara"), a_focal_point("BRA", name="Rui")
        self.call = a_request(author=self.awa, deadline=None)
        refused, taken_back = self.answer(self.declined, "declined"), self.answer(self.withdrew, "withdrawn")
        services.write(refused, secret("asked"), self.awa, [a_text("sheet")])
        services.decline(refused, self.awa, secret("reason"))
        services.withdraw(taken_back, self.withdrew, secret("back"))
        self.waiting = self.answer(a_focal_point("TGO"), "waiting")
        self.interest = self.answer(self.sera, "accepted")
        services.write(self.interest, secret("before"), self.sera)
        gone = self.answer(self.left, "gone", Role.FACILITATOR)
        self.made = services.accept(self.interest, self.awa)
        services.accept(gone, self.awa)
        services.leave(self.made, self.left, secret("leaving"))
        self.agree()
        self.work()
        db.session.commit()

    def answer(self, by: User, name: str, role: Role = Role.PROVIDER) -> Interest:
        return services.express(self.call, by.bodies[0], role, secret(name), by)

    def agree(self) -> None:
        services.set_terms(self.made, terms_of(self.made), self.sera)
        for by in (self.awa, self.sera):
            services.accept_terms(self.made, by, services.digest_of(self.made))

    def work(self) -> None:
        services.take("begin", self.call, self.sera)
        services.write(self.made, secret("post"), self.awa, [a_text("plan")])
        services.keep_notes(self.made, secret("notes"), services.digest_of_notes(self.made), self.sera)
        services.keep_agreement(self.made, a_text("signed"), self.sera)
        services.report(self.made, self.sera, self.made.milestones[0].id, 30, secret("report"))
        typed = [["key", self.made.ref], ["notes", secret("draft")]]
        db.session.add(Draft(user_id=self.sera.id, form="partnerships.notes", key=self.made.ref, fields=typed))

    def end(self, verb: str = "close") -> None:
        services.take(verb, self.call, self.sera, secret("ending"))
        db.session.commit()

    def publish(self) -> None:
        """Tell the public, by way of an admin, who has not been asked in."""
        admin = an_admin()
        self.made.summary = "Repairers learn from each other."
        db.session.commit()
        moderation.submit(self.made, self.sera)
        case = db.session.scalars(select(Case).where(Case.entry_id == self.made.id)).one()
        moderation.publish(case, admin, [])
        db.session.commit()


def addresses(app: Flask) -> Iterator[str]:
    """Every address of the site that can be asked, for every row that it could be of, and every choice it names."""
    import_models()
    entries = list(db.session.scalars(select(Entry)))
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in EXEMPT or rule.endpoint == "security.logout":
            continue
        model = getattr(app.view_functions[rule.endpoint], "model", None)
        rows = [None] if model is None else db.session.scalars(select(model))
        given = {name: v for name, v in ADDRESSES.get(rule.endpoint, {}).items() if not callable(v)}
        given |= {"lang": "en", "token": "x", "filename": "x"}
        for row in rows:
            named = {name: getattr(row, name) for name in ("ref", "id") if hasattr(row, name)}
            for choice in choices(rule):
                more = [{"other": entry.ref} for entry in entries] if "other" in rule.arguments else [{}]
                for values in (given | named | choice | each for each in more):
                    if rule.arguments <= values.keys():
                        yield url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})


def choices(rule: Any) -> list[dict[str, str]]:
    """What one may choose in an address; only of a partnership's and an entry's own pages, not of the goals."""
    found = [(name, c.items) for name, c in rule._converters.items() if isinstance(c, AnyConverter)]
    return [{name: item} for name, items in found for item in items] or [{}]


def questions() -> Iterator[str]:
    """Addresses with a question: what is searched for in all lists, and what something new is begun from."""
    words = ("terms", "post", "notes", "milestone", "gift", "report", "signed", "declined", "accepted", "ending")
    for word in (f"quokka{name}" for name in words):
        yield f"/en/search?q={word}"
        yield f"/en/moderation/log?words={word}"
    for (ref,) in db.session.execute(select(Entry.ref)):
        yield f"/en/solutions/new?from={ref}&fresh=1"
        yield f"/en/partnerships/new?kind=request&from={ref}&fresh=1"
    for (number,) in db.session.execute(select(Activity.id)).all()[::20]:
        yield f"/en/moderation/log?before={number}"


def seen_by(app: Flask, *users: User | None) -> dict[str, list[str]]:
    """Where each of these people, who may not, meets something secret; by their name."""
    with app.test_request_context("/en/"):
        asked = [*addresses(app), *questions()]
    people = {user.name if user else "visitor": user and Person(user.id, user.fs_uniquifier) for user in users}
    met = {
        name: sorted({path for path in asked if SECRETS.search(whole(Reader(app, person).get(path, follow=True)))})
        for name, person in people.items()
    }
    return {name: paths for name, paths in met.items() if paths}


def whole(page: Any) -> str:
    """All that an answer says: its head too."""
    return f"{page.response.headers} {page.text}"


def told_to_others(insiders: list[User]) -> list[Any]:
    """Letters and news of something secret for anybody else."""
    inside, ids = {user.email for user in insiders}, {user.id for user in insiders}
    letters = [(each.to, each.subject) for each in db.session.scalars(select(Letter))
               if each.to not in inside and FOUND in f"{each.subject} {each.text} {each.html}"]  # fmt: skip
    news = [each.verb for each in db.session.scalars(select(Notification))
            if each.user_id not in ids and FOUND in str(each.facts)]  # fmt: skip
    return [*letters, *news]


def written_down() -> list[str]:
    """What the index and the activity log hold of secrets."""
    log = [(row.object_kind, row.verb) for row in db.session.scalars(select(Activity))
           if FOUND in f"{row.object_name} {row.before} {row.after} {row.reason}"]  # fmt: skip
    index = [row.entry_id for row in db.session.scalars(select(Indexed)) if FOUND in f"{row.texts} {row.folded}"]
    return [*map(str, log), *map(str, index)]


@ONLY_ONCE
@pytest.mark.parametrize("state", ["closed", "published, in talks again"])
def test_what_is_private_is_nowhere_to_be_found(app, work, state):
    talks = Talks()
    insiders = [talks.awa, talks.sera, talks.left, talks.declined, talks.withdrew, *talks.waiting.body.holders]
    if "published" in state or state == "in talks again":
        talks.publish()
    if "again" in state:
        services.take("renegotiate", talks.call, talks.awa, secret("renegotiating"))
        services.set_terms(talks.made, terms_of(talks.made, costs_public=True), talks.sera)
    if "closed" in state:
        talks.end()
    db.session.commit()
    work()

    assert (told_to_others(insiders), written_down()) == ([], [])
    assert seen_by(app, None, a_user(), a_focal_point("MLI", name="Stranger"), an_admin()) == {}


@ONLY_ONCE
def test_the_doors_that_are_tried_are_those_where_the_secrets_are(app):
    talks = Talks()
    inside = f"/with/{talks.made.ref}/"
    (met,) = seen_by(app, talks.sera).values()

    pages = {path.rsplit("/", 1)[-1] for path in met if inside in path}
    assert {"terms", "edit", "conversation", "notes", "progress", "file"} <= pages


@ONLY_ONCE
def test_who_was_a_party_keeps_their_own_answer_and_nothing_of_what_came_after(app):
    talks = Talks()
    inside, refs = f"/en/partnerships/with/{talks.made.ref}", {each.body_id: each.ref for each in talks.call.interests}
    own = {user: f"/en/partnerships/interests/{refs[user.bodies[0].id]}" for user in (talks.left, talks.declined)}
    readers = [(Reader(app, Person(user.id, user.fs_uniquifier)), path) for user, path in own.items()]
    mandate, sera = talks.sera.mandates[0], Person(talks.sera.id, talks.sera.fs_uniquifier)
    mandate.ends_on = mandate.starts_on
    db.session.commit()

    for reader, path in [*readers, (Reader(app, sera), "/en/partnerships/mine")]:
        assert reader.get(path).status == 200
        doors = ("", "/terms", "/conversation", "/notes", "/progress", "/agreement/file")
        assert [reader.get(inside + door).status for door in doors] == [404] * 6
    assert [reader.get(other).status for (reader, _own), (_r, other) in zip(readers, readers[::-1], strict=True)] == [
        404, 404,
    ]  # fmt: skip


@ONLY_ONCE
def test_what_is_private_is_kept_by_no_browser(app):
    talks = Talks()
    reader, ref = Reader(app, Person(talks.sera.id, talks.sera.fs_uniquifier)), talks.made.ref
    paths = ("", "/terms", "/conversation", "/notes", "/progress", "/agreement/file")
    inside = [f"/en/partnerships/with/{ref}{path}" for path in paths]

    kept = [reader.get(path).response.headers["Cache-Control"] for path in (*inside, "/en/partnerships/files/1")]

    assert kept == ["no-store"] * 7
