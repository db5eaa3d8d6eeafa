"""What those who come, speak and host entrust to a webinar: sought at every door of the site by who may not have it."""

import re
from collections.abc import Collection, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from galaxy.accounts.models import Activity, User
from galaxy.content import services as content
from galaxy.content.models import Draft, Entry, Status
from galaxy.core.db import db, now
from galaxy.core.mail import Letter
from galaxy.moderation import services as moderation
from galaxy.notifications.models import Notification
from galaxy.search.models import Indexed
from galaxy.webinars import question_services, registration_services, services
from galaxy.webinars.registration_models import CalendarKey, Registration, RegistrationStatus, SurveyAnswer
from galaxy.webinars.registration_queries import token
from tests.factories import a_focal_point, a_user, a_webinar, an_admin
from tests.partnerships.test_privacy import addresses, whole
from tests.permissions import Person
from tests.readers import Reader

ONLY_ONCE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # who may read what is no matter of the database
FOUND = re.compile(r"wombat([a-z]+)")  # no answer may hold it; what is searched for is the other half of each secret
JOIN, UNREAD = {"join", "words"}, {"unread"}
NAMES = (
    "join", "words", "speaker", "guest", "org", "answer", "checkin", "key", "survey", "draft", "version", "unread",
    "hidden", "reason", "member", "typed",
)  # fmt: skip


def secret(name: str) -> str:
    """Two words that are nowhere else: one to be searched for, one that must not be found."""
    return f"quokka{name} wombat{name}"


def an_address(name: str) -> str:
    return f"wombat{name}@quokka{name}.example"


class Event:
    """A webinar with something secret wherever it can be: its hosts', speakers', guests' and members' own."""

    def __init__(self) -> None:
        self.host = a_focal_point("BFA", name="Awa")
        self.speaker = a_user(name="Sera", email=an_address("speaker"))
        self.member = a_user(name="Juma", organisation="Ministry")
        self.waiting = a_user(name="Rui")
        self.event = a_webinar(author=self.host, questions_read_first=True, check_in="wombatcheckin", capacity=2)
        self.event.speakers = []
        self.event.apply({"speakers": [{"name": "Sera", "email": an_address("speaker")}]})
        services.set_join(self.event, self.join, self.host)
        asks = [{"question": "What do you hope for?", "kind": "line", "choices": [], "needed": False}]
        services.set_entrance(self.event, {"asks": asks}, self.host)
        self.come()
        self.ask()
        self.write()
        db.session.commit()

    @property
    def join(self) -> dict[str, Any]:
        return {"join_url": "https://wombatjoin.example/quokkajoin", "join_words": secret("words")}

    def come(self) -> None:
        """A guest and a member hold the places, another member waits; all have said something."""
        said = {"email": an_address("guest"), "name": secret("guest"), "organisation": secret("org"), "country": "KEN"}
        key = self.event.asks[0]["key"]
        said |= {"language": "en", "zone": "", "answers": {key: secret("answer")}}
        self.guest = registration_services.confirm(registration_services.register(self.event, None, said))
        self.seat = registration_services.register(self.event, self.member, {"answers": {key: secret("member")}})
        self.queued = registration_services.register(self.event, self.waiting, {"answers": {}})
        assert [self.guest.status, self.queued.status] == [RegistrationStatus.REGISTERED, RegistrationStatus.WAITING]
        thought = {"k": secret("survey")}
        db.session.add(SurveyAnswer(registration_id=self.guest.id, webinar_id=self.event.id, answers=thought))
        db.session.add(CalendarKey(user_id=self.member.id, key="wombatkey"))

    def ask(self) -> None:
        """One question waits for the hosts, one they have hidden, one is there for all."""
        of = self.event
        question_services.ask(of, {"title": secret("unread"), "summary": secret("unread")}, "en", self.waiting)
        hidden = question_services.ask(of, {"title": secret("hidden"), "summary": ""}, "en", self.waiting)
        question_services.hide(hidden, secret("reason"), self.host)
        shown = question_services.ask(of, {"title": "What does it cost?", "asker": "A guest"}, "en", self.guest)
        question_services.let_through(shown, self.host)
        question_services.answer(shown, {"text": "Nothing.", "second": None}, self.host)

    def write(self) -> None:
        """A draft, words that wait for an admin, and what is typed and not sent."""
        facts = {"join_url": "https://wombatdraft.example", "place": secret("draft"), "minutes": secret("draft")}
        speakers = [{"name": secret("draft"), "email": an_address("draft")}]
        words = {name: secret("draft") for name in ("title", "summary", "description")}
        self.draft = a_webinar(author=self.host, status=Status.DRAFT, speakers=speakers, **words, **facts)
        said = {"title": secret("version"), "summary": secret("version")}
        moderation.submit(self.event, self.host, content.revise(self.event, said, self.host))
        typed = [["key", self.event.ref], ["minutes", secret("typed")]]
        db.session.add(Draft(user_id=self.host.id, form="webinars.keep", key=self.event.ref, fields=typed))


def questions() -> Iterator[str]:
    """Addresses with a question: what is searched for in all lists, what something new is begun from."""
    for name in NAMES:
        yield f"/en/search?q=quokka{name}"
        yield f"/en/moderation/log?words=quokka{name}"
        yield f"/en/webinars/?q=quokka{name}"
        yield f"/en/webinars/calendar.ics?q=quokka{name}"
    for (ref,) in db.session.execute(select(Entry.ref)):
        yield f"/en/webinars/{ref}?play=1&at=5"
        yield f"/en/webinars/new?from={ref}&fresh=1"
        yield f"/en/solutions/new?from={ref}&fresh=1"
        yield f"/en/partnerships/new?kind=request&from={ref}&fresh=1"


def met_by(app: Flask, *users: User | None, seats: Collection[str] = ()) -> dict[str, dict[str, list[str]]]:
    """Which secrets each of these people meets, and where; `seats` are the secret parts of addresses."""
    with app.test_request_context("/en/"):
        asked = [*dict.fromkeys([*addresses(app), *questions()])]
    people = {user.name if user else "visitor": user and Person(user.id, user.fs_uniquifier) for user in users}
    met: dict[str, dict[str, list[str]]] = {name: {} for name in people}
    for name, person in people.items():
        reader = Reader(app)
        for path in asked:
            if person is not None:
                reader.sign_in(person)  # some pages of the sign-in end it
            said = whole(reader.get(path, follow=True))
            for found in {*FOUND.findall(said), *(["seat"] if any(seat in said for seat in seats) else [])}:
                met[name].setdefault(found, []).append(path)
    return met


def strange(met: dict[str, list[str]], *known: set[str]) -> dict[str, list[str]]:
    """What somebody meets that is not theirs to know."""
    return {name: paths for name, paths in met.items() if name not in set().union(*known)}


@ONLY_ONCE
def test_what_is_private_is_nowhere_to_be_found(app, work):
    event = Event()
    stranger = a_focal_point("MLI", name="Stranger")
    work()

    met = met_by(app, None, stranger, event.member, event.waiting, event.speaker)

    theirs = {
        "Juma": ({"member"}, JOIN, {"key"}),
        "Rui": (UNREAD, {"hidden", "reason"}),
        "Sera": (JOIN, UNREAD, {"speaker"}),
    }
    assert {name: strange(found, *theirs.get(name, ())) for name, found in met.items()} == {name: {} for name in met}
    assert set(met["Juma"]) >= {"join", "words"}  # the doors that are tried are those where the secrets are


@ONLY_ONCE
def test_not_even_hosts_and_admins_see_whose_answer_it_is_or_open_what_is_anothers(app, work):
    event, admin = Event(), an_admin()
    seats = {token(each) for each in (event.guest, event.seat, event.queued)}
    work()

    met = met_by(app, event.host, admin, seats=seats)

    assert {name: {"key", "seat"} & set(found) for name, found in met.items()} == {name: set() for name in met}
    assert all(set(found) >= {"join", "draft", "version", "unread", "hidden"} for found in met.values())


@ONLY_ONCE
def test_the_log_the_index_and_letters_to_others_hold_nothing_private(app, work):
    event = Event()
    services.postpone(event.event, "A storm.", event.host)
    db.session.commit()
    work()
    services.resume(
        event.event, now().replace(year=2099), now().replace(year=2099, hour=23, minute=59), "UTC", event.host
    )
    registration_services.leave(db.session.get_one(Registration, event.guest.id))
    db.session.commit()
    work()

    words = {"draft", "version", "unread", "hidden", "reason"}  # which admins are there to read
    log = {name for row in db.session.scalars(select(Activity))
           for name in FOUND.findall(f"{row.object_name} {row.before} {row.after} {row.reason}")}  # fmt: skip
    index = {name for row in db.session.scalars(select(Indexed)) for name in FOUND.findall(f"{row.texts} {row.folded}")}
    own = {event.member.email: {"join", "words"}, event.waiting.email: {"join", "words", "hidden", "reason"},
           an_address("guest"): {"join", "words", "guest"}, event.host.email: {*words}}  # fmt: skip
    letters = {(each.to, name) for each in db.session.scalars(select(Letter))
               for name in FOUND.findall(f"{each.subject} {each.text} {each.html} {each.files}")
               if name not in own.get(each.to, set())}  # fmt: skip
    allowed = {event.waiting.id: {"hidden", "reason", "unread"}, event.host.id: words}
    news = {(each.user_id, each.verb) for each in db.session.scalars(select(Notification))
            for name in FOUND.findall(str(each.facts)) if name not in allowed.get(each.user_id, set())}  # fmt: skip
    assert (log - words, index, letters, news) == (set(), set(), set(), set())
