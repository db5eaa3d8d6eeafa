"""The demonstration: accounts, co-operations, digital public goods, something in the queue; all marked as such."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from flask import current_app
from flask_security.utils import hash_password, verify_password
from sqlalchemy import delete, or_, select, update

from galaxy.accounts import services as accounts
from galaxy.accounts.models import Activity, Body, BodyKind, Mandate, MandateRole, MandateStatus, User
from galaxy.accounts.services import record
from galaxy.content.imports import Choices, Importer, Line, Report
from galaxy.content.imports import load as import_rows
from galaxy.content.models import Draft, Entry, Relation
from galaxy.content.services import consent, link, revise
from galaxy.core.config import secret
from galaxy.core.db import db, now
from galaxy.core.jobs import later
from galaxy.directory import services as directory
from galaxy.directory.imports import IMPORTER as ORGANISATIONS
from galaxy.hubs.models import Hub, Occasion
from galaxy.hubs.services import open_hub
from galaxy.moderation import services as moderation
from galaxy.moderation.models import Flag
from galaxy.notifications.models import Message, Notification
from galaxy.notifications.services import relay
from galaxy.pages.demo_calls import DAYS, KINDS, day, forget, holder, play
from galaxy.pages.demo_webinars import facts, series_of
from galaxy.pages.demo_webinars import play as play_webinar
from galaxy.search.index import index_entries
from galaxy.search.meaning import shipped
from galaxy.solutions.converters import convert_dpg, convert_dpg_organisations
from galaxy.solutions.imports import IMPORTER as SOLUTIONS
from galaxy.solutions.models import Adaptation, Solution
from galaxy.webinars.converters import convert_pyvideo
from galaxy.webinars.imports import IMPORTER as WEBINARS
from galaxy.webinars.models import Series, Webinar

FOLDER = Path(__file__).with_name("data")
PASSWORD_BYTES = 9  # twelve letters that can be typed
LOADED, REMOVED = "demonstration loaded", "demonstration removed"
PARTS = {"blocks", "figures", "speakers", "interpretation", "presents", "series"}  # besides fields and lists
E = TypeVar("E", bound=Entry)

ACCOUNTS: dict[str, dict[str, Any]] = {
    "admin": {"name": "Demonstration admin", "language": "en", "appointed": True},
    "focal.bfa": {"name": "Point focal du Burkina Faso", "language": "fr", "country": "BFA", "languages": ["fr", "en"]},
    "focal.fji": {"name": "Focal point of Fiji", "language": "en", "country": "FJI", "languages": ["en"]},
    "member": {"name": "Demonstration member", "language": "en", "country": "SEN", "languages": ["fr", "en"]},
}
"""By the first part of their address; nobody real."""
SUFFIX = "@galaxy.example"
ANNOUNCED = tuple(f"{name}{SUFFIX}" for name in ACCOUNTS)


def is_loaded() -> bool:
    """Whether the demonstration is there; the log remembers."""
    last = select(Activity.verb).where(Activity.verb.in_((LOADED, REMOVED))).order_by(Activity.id.desc()).limit(1)
    return db.session.scalar(last) == LOADED


def password() -> str:
    """The one of all its accounts: as set, else made once and kept in the instance folder."""
    given: str = current_app.config["DEMO_PASSWORD"]
    return given or secret(Path(current_app.instance_path), "demo-password", PASSWORD_BYTES)


def load(say: Callable[[str], None] = lambda _words: None) -> None:
    """Load what is missing of it; commits each part, so that a load that was stopped is taken up again."""
    told = _read("cooperations")
    with _as_demonstration():
        people = _people()
        bodies = {body["country"]: _body(**body) for body in told["bodies"]}
        for country, body in bodies.items():
            _mandate(people.get(f"focal.{country.lower()}") or _colleague(body, people["admin"]), body)
        db.session.commit()
        say(f"demonstration: {len(people)} accounts, {len(bodies)} focal points")
        count = _import(convert_dpg_organisations(_read("organisations_dpg")), ORGANISATIONS).read
        say(f"demonstration: {count} organisations")
        count = _import(convert_dpg(_read("solutions_dpg")), SOLUTIONS).read
        say(f"demonstration: {count} digital public goods")
        for each in told["solutions"]:
            _cooperation(each, bodies, people["member"])
        db.session.commit()
        say(f"demonstration: {len(told['solutions'])} co-operations with their adaptations")
        calls = _read("partnerships")["calls"]
        for each in calls:
            _call(each, bodies, people)
            db.session.commit()
        say(f"demonstration: {len(calls)} needs and offers, in every stage")
        _webinars(_read("webinars"), bodies, people["member"])
        db.session.commit()
        for each in _read("webinars")["hubs"]:
            _hub(each)
        db.session.commit()
        count = _import(convert_pyvideo(_read("webinars_pyvideo")), WEBINARS).read
        say(f"demonstration: {count} recorded talks, and webinars to come")
        _queue(told["queue"], people, bodies)
        db.session.commit()
        shipped.load(FOLDER)
        record(None, LOADED, people["admin"])
        db.session.commit()
    say("demonstration: loaded")


def keep_password() -> None:
    """Give the accounts the password that is set now, where it is another than theirs."""
    people = list(db.session.scalars(select(User).where(User.demo, User.active)))
    if current_app.config["DEMO_PASSWORD"] and people and not verify_password(password(), people[0].password):
        for user in people:
            user.password = hash_password(password())


@contextmanager
def _as_demonstration() -> Iterator[None]:
    """Its admin acts without a second factor, whatever the setting is."""
    before = current_app.config["DEMO"]
    current_app.config["DEMO"] = True
    try:
        yield
    finally:
        current_app.config["DEMO"] = before


def _read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_bytes())


def _people() -> dict[str, User]:
    hashed = hash_password(password())
    return {name: _person(f"{name}{SUFFIX}", hashed, facts) for name, facts in ACCOUNTS.items()}


def _person(email: str, hashed: str | None, facts: dict[str, Any]) -> User:
    found = db.session.scalar(select(User).where(User.email == email))
    if found is None:
        found = User(email=email, password=hashed, confirmed_at=now(), demo=True, **facts)
        db.session.add(found)
        db.session.flush()
    return found


def _colleague(body: Body, first: User) -> User:
    """Who acts for one of the other bodies, with the same password, so that talks can be tried from both sides."""
    facts = {"name": body.name, "language": body.language, "country": body.country, "languages": [body.language]}
    return _person(f"focal.{str(body.country).lower()}{SUFFIX}", first.password, facts)


def _body(country: str, name: str, language: str) -> Body:
    found = db.session.scalar(select(Body).where(Body.country == country, Body.demo))
    if found is None:
        found = Body(kind=BodyKind.NATIONAL, country=country, name=name, language=language, demo=True)
        db.session.add(found)
        db.session.flush()
        directory.profile(found)
    return found


def _mandate(user: User, body: Body) -> None:
    if not user.acts_for(body):
        start = now().date() - timedelta(days=180)
        db.session.add(
            Mandate(user=user, body=body, role=MandateRole.LEAD, status=MandateStatus.VERIFIED, starts_on=start)
        )
        db.session.flush()
        record(None, "verified", body)


def _import(rows: Iterator[dict[str, Any]], importer: Importer[Any]) -> Report:
    lines = (Line(number, row) for number, row in enumerate(rows, 1))
    return import_rows(lines, importer, Choices(publish=True, demo=True))


def _cooperation(told: dict[str, Any], bodies: dict[str, Body], member: User) -> None:
    """A solution of its country’s body, online, with the organisations it names and the adaptations a member tells."""
    solution = _told(Solution, told, body=bodies[told["body"]])
    if solution is None:
        return
    moderation.put_online(solution)
    for name in told["implementers"]:
        directory.implement(directory.find_or_create(name, demo=True), solution.id)
    for number, each in enumerate(told["adaptations"], 1):
        adaptation = _told(Adaptation, {"key": f"{told['key']}-{number}"} | each, member)
        if adaptation is not None:
            link(adaptation, Relation.ADAPTS, solution)
            moderation.put_online(adaptation)


def _call(told: dict[str, Any], bodies: dict[str, Body], people: dict[str, User]) -> None:
    """A need or an offer, in the name of a body or of a member, and what came of it."""
    body = bodies[told["body"]] if told["body"] else None
    by = body.holders[0] if body else people[told["by"]]
    days = {name: day(told[name]).isoformat() for name in DAYS if name in told}
    call = _told(KINDS[told["kind"]], told | days, by, body)
    if call is not None:
        play(call, told | {"from": _entry(told["from"]) if told["from"] else None}, bodies)


def _webinars(told: dict[str, Any], bodies: dict[str, Body], member: User) -> None:
    """The webinars of its bodies, and the observance that Galaxy remembers first."""
    series = {each["key"]: series_of(each, bodies) for each in told["series"]}
    for each in told["webinars"]:
        body = bodies[each["body"]] if each["body"] else None
        named = {"series": series.get(each.get("series"), ""), "presents": [*_refs(each["presents"])]}
        webinar = _told(Webinar, each | named, holder(body) if body else None, body, **facts(each))
        if webinar is not None:
            play_webinar(webinar, each, bodies, member)


def _hub(told: dict[str, Any]) -> None:
    """A topic hub in the languages it is told in, the first of them its own."""
    key = f"demo:{told['key']}"
    if db.session.scalar(select(Hub.id).where(Hub.external_id == key)) is not None:
        return
    (language, own), *others = told["texts"].items()
    pins = [entry for each in told["pins"] if (entry := _entry(each)) is not None]
    said = {name: told[name] for name in ("search", "links")}
    hub = open_hub(
        None, **own, until=day(told["until"]), occasion=Occasion(told["occasion"]), language=language,
        texts=dict(others), pins=pins, demo=True, **said,
    )  # fmt: skip
    hub.external_id = key


def _refs(keys: list[str]) -> Iterator[str]:
    """The permanent ids of what is there of these."""
    yield from (entry.ref for key in keys if (entry := _entry(key)) is not None)


def _told(
    kind: type[E], told: dict[str, Any], by: User | None = None, body: Body | None = None, **facts: Any
) -> E | None:
    """A draft that says what is told; nothing where it is there already."""
    key = f"demo:{told['key']}"
    if db.session.scalar(select(kind.id).where(kind.external_id == key)) is not None:
        return None
    entry = kind(external_id=key, demo=True, author=by, body=body, **facts)
    revise(entry, {name: value for name, value in told.items() if name in {*kind.fields, *kind.schemes, *PARTS}}, by)
    db.session.flush()
    return entry


def _queue(told: dict[str, Any], people: dict[str, User], bodies: dict[str, Body]) -> None:
    """Something that waits for each of them."""
    of = {"focal.bfa": bodies["BFA"], "focal.fji": bodies["FJI"]}
    for step in ("returned", "submitted", "draft"):
        for each in told[step]:
            by = people[each["by"]]
            entry = _told(Solution, each, by, of.get(each["by"]))
            if entry is not None and step != "draft":
                consent(entry, by)
                case = moderation.submit(entry, by)
                if step == "returned":
                    moderation.give_back(case, people["admin"], each["reasons"], {})
    said = told["message"]
    sender, about = people[said["sender"]], _entry(said["entry"])
    if about is not None and db.session.scalar(select(Message.id).where(Message.sender == sender)) is None:
        relay(sender, about, said["text"])


def _entry(key: str) -> Entry | None:
    return db.session.scalar(select(Entry).where(Entry.external_id == f"demo:{key}"))


def remove() -> int:
    """Take the demonstration away, and what was written with its accounts; tells how many entries went."""
    people = list(db.session.scalars(select(User).where(User.demo, User.deleted_at.is_(None))))
    users = select(User.id).where(User.demo)
    bodies = select(Body.id).where(Body.demo)
    shared = forget(bodies)
    theirs = select(Entry.id).where(
        or_(Entry.demo, Entry.author_id.in_(users), Entry.body_id.in_(bodies), Entry.id.in_(shared))
    )
    ids = list(db.session.scalars(theirs))
    _forget_messages(users, bodies)
    for owned in (Draft, Flag, Notification):
        db.session.execute(delete(owned).where(owned.user_id.in_(users)))
    if people:
        record(None, REMOVED, people[0])
    for number in ids:
        later(index_entries, entry_id=number)
    db.session.flush()
    db.session.execute(delete(Entry).where(Entry.id.in_(theirs)), execution_options={"synchronize_session": False})
    db.session.expire_all()
    for user in people:
        user.appointed = False
        accounts.delete(user)
    db.session.flush()
    endorsed = update(Entry).where(Entry.endorsed_by_id.in_(bodies))
    db.session.execute(endorsed.values(endorsed_by_id=None, endorsed_at=None, version=Entry.version + 1))
    db.session.execute(delete(Mandate).where(or_(Mandate.body_id.in_(bodies), Mandate.user_id.in_(users))))
    db.session.execute(delete(Series).where(or_(Series.demo, Series.body_id.in_(bodies), Series.author_id.in_(users))))
    db.session.execute(delete(Body).where(Body.demo))
    return len(ids)


def _forget_messages(users: Any, bodies: Any) -> None:
    """Conversations with the demonstration's people and bodies, answers first."""
    first = or_(Message.sender_id.in_(users), Message.recipient_id.in_(users), Message.body_id.in_(bodies))
    ids = list(db.session.scalars(select(Message.id).where(first)))
    db.session.execute(delete(Message).where(Message.answers_id.in_(ids)))
    db.session.execute(update(Message).where(Message.id.in_(ids)).values(answers_id=None))
    db.session.execute(delete(Message).where(Message.id.in_(ids)))
