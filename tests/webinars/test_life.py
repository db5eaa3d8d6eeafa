"""The whole life of a webinar, in any order and by anybody: what must hold holds after every step."""

import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from galaxy.accounts.models import Activity, User
from galaxy.accounts.services import NotPossible
from galaxy.content import services as content
from galaxy.content.models import VISIBLE, Status
from galaxy.core.db import db, now
from galaxy.core.jobs import Job
from galaxy.moderation import services as moderation
from galaxy.webinars import question_services, registration_services, services, tasks
from galaxy.webinars.models import State, Webinar
from galaxy.webinars.question_models import Question
from galaxy.webinars.registration_models import Registration, RegistrationStatus
from galaxy.webinars.registration_queries import registration_of, tally
from galaxy.webinars.rules import may_register
from tests.factories import a_focal_point, a_user, a_webinar, an_admin

STARTS = datetime(2026, 3, 2, 12, tzinfo=UTC)
MANY = int(os.environ.get("LIVES", "8"))  # more of them find more, and take longer
PEOPLE = ("awa", "ben", "cem", "guest 1", "guest 2", "guest 3")
SEEN: Counter[str] = Counter()  # the verbs that the log has held, and how people came to stand, over all lives
TIMES = ("starts_at", "ends_at")


class Life(RuleBasedStateMachine):
    """Hosts, an admin, members and guests do what they like with one webinar."""

    @initialize(capacity=st.sampled_from([1, 2, 3, None]), published=st.sampled_from([True, True, True, False]))
    def begin(self, capacity: int | None, published: bool) -> None:
        """It is published most often, and people come in the first hour."""
        self.clock = time_machine.travel(STARTS, tick=False)
        self.time = self.clock.start()
        self.host, self.admin = a_focal_point("BFA"), an_admin()
        self.people: dict[str, User] = {name: a_user(name=name) for name in PEOPLE if "guest" not in name}
        facts = {"status": Status.DRAFT, "capacity": capacity, "starts_at": STARTS + timedelta(days=3)}
        self.event = a_webinar(author=self.host, **facts)
        content.consent(self.event, self.host)
        self.sequence, self.first = 0, self.times()
        if published:
            self.publish()
            self.all_come()

    def teardown(self) -> None:
        db.session.rollback()
        if hasattr(self, "clock"):
            self.clock.stop()

    def times(self) -> dict[str, str]:
        return {name: getattr(self.event, name).isoformat() for name in TIMES}

    @property
    def rows(self) -> list[Registration]:
        mine = select(Registration).where(Registration.webinar_id == self.event.id).order_by(Registration.id)
        return list(db.session.scalars(mine.execution_options(populate_existing=True)))

    def email(self, name: str) -> str:
        return self.people[name].email if name in self.people else f"{name.replace(' ', '')}@life.example"

    def row(self, name: str) -> Registration | None:
        return next((each for each in self.rows if each.email == self.email(name)), None)

    def do(self, act: Callable[..., Any], *args: Any) -> bool:
        """Try an act: what is refused has changed nothing."""
        before = self.picture()
        try:
            act(*args)
        except (NotPossible, moderation.NotPossible):
            db.session.expire_all()
            assert self.picture() == before, f"{act.__name__} was refused and has changed something"
            return False
        db.session.commit()
        return True

    def picture(self) -> Any:
        db.session.flush()
        people = [(each.id, each.status, each.queued_at) for each in self.rows]
        log = db.session.scalar(select(func.count()).select_from(Activity))
        facts = [getattr(self.event, name) for name in (*TIMES, "state", "status", "sequence", "capacity")]
        return people, log, facts

    # What hosts and admins do.

    @rule()
    def publish(self) -> None:
        """Submit it, where that can be, and let an admin publish it."""
        version = self.event.waiting
        if moderation.open_case(self.event) is None and (version is not None or not self.event.is_visible):
            self.do(moderation.submit, self.event, self.host, version)
        if (case := moderation.open_case(self.event)) is not None:
            self.do(moderation.publish, case, self.admin, {})

    @rule(title=st.sampled_from(["Pumps", "Wells", "Repairs"]))
    def edit(self, title: str) -> None:
        if moderation.open_case(self.event) is None:
            self.do(content.revise, self.event, {"title": title, "summary": title}, self.host)

    @rule(hours=st.integers(-2, 100), verb=st.sampled_from(["move", "resume"]))
    def give_time(self, hours: int, verb: str) -> None:
        start = (now() + timedelta(hours=hours)).replace(minute=0)
        self.do(getattr(services, verb), self.event, start, start + timedelta(hours=1), "UTC", self.host)

    @rule(verb=st.sampled_from(["postpone", "cancel"]))
    def call_off(self, verb: str) -> None:
        self.do(getattr(services, verb), self.event, "A storm.", self.host)

    @precondition(lambda self: self.event.state != State.PLANNED)
    @rule(hours=st.integers(1, 60))
    def come_back(self, hours: int) -> None:
        """What hosts do in the end."""
        self.give_time(hours, "resume")

    @rule(verb=st.sampled_from(["withdraw", "archive", "unarchive"]))
    def leave_the_site(self, verb: str) -> None:
        self.do(getattr(moderation, verb), self.event, self.host)

    @precondition(lambda self: not self.event.is_visible)
    @rule()
    def restore(self) -> None:
        """What hosts do in the end."""
        self.publish()

    @rule(capacity=st.sampled_from([1, 2, 3, 5, None]))
    def make_room(self, capacity: int | None) -> None:
        self.do(services.set_entrance, self.event, {"capacity": capacity}, self.host)

    @rule(url=st.sampled_from(["https://a.example.org", "https://b.example.org"]))
    def say_where(self, url: str) -> None:
        self.do(services.set_join, self.event, {"join_url": url}, self.host)

    # What people do.

    @rule(name=st.sampled_from(PEOPLE))
    def register(self, name: str) -> None:
        may, held = may_register(None, self.event), self.held
        said = {"email": self.email(name), "name": name, "language": "en", "zone": "", "answers": {}}
        if self.do(registration_services.register, self.event, self.people.get(name), said):
            assert may, f"{name} could register"
            if name not in self.people and (row := self.row(name)) and row.status == RegistrationStatus.UNCONFIRMED:
                self.do(registration_services.confirm, row)
            self.no_more_than_there_is_room_for(held)

    @precondition(lambda self: may_register(None, self.event))
    @rule()
    def all_come(self) -> None:
        for name in PEOPLE:
            self.register(name)

    @precondition(lambda self: self.rows)
    @rule(data=st.data(), verb=st.sampled_from(["leave", "leave", "confirm", "remove"]))
    def act(self, data: Any, verb: str) -> None:
        row, held = data.draw(st.sampled_from(self.rows)), self.held
        more = [self.host] if verb == "remove" else []
        if self.do(getattr(registration_services, verb), row, *more) and verb == "confirm":
            self.no_more_than_there_is_room_for(held)

    @property
    def held(self) -> int:
        return tally(self.event).registered

    def no_more_than_there_is_room_for(self, before: int) -> None:
        held, room = self.held, self.event.capacity
        assert held == before or room is None or held <= room, f"{held} hold one of {room} places"

    @rule(name=st.sampled_from(["awa", "ben"]), title=st.sampled_from(["Why?", "How?"]))
    def ask(self, name: str, title: str) -> None:
        self.do(question_services.ask, self.event, {"title": title, "summary": ""}, "en", self.people[name])

    @rule(data=st.data(), verb=st.sampled_from(["answer", "hide", "let_through"]))
    def deal_with(self, data: Any, verb: str) -> None:
        mine = select(Question).where(Question.webinar_id == self.event.id).order_by(Question.id)
        if not (asked := list(db.session.scalars(mine))):
            return
        question = data.draw(st.sampled_from(asked))
        said = {"answer": ({"text": "Since.", "second": None},), "hide": ("Twice.",), "let_through": ()}[verb]
        self.do(getattr(question_services, verb), question, *said, self.host)

    # What nobody does.

    @rule(hours=st.sampled_from([1, 12, 24]))
    def time_passes(self, hours: int) -> None:
        """Reminders go out every five minutes; here once an hour will do."""
        self.time.shift(timedelta(hours=hours))
        before, due = self.reminders(), self.event.state == State.PLANNED and self.event.status == Status.PUBLISHED
        over = self.event.starts_at <= now()
        tasks.remind()
        after = self.reminders()
        assert after >= before
        assert (due and not over) or after == before, "somebody is reminded of what does not take place"
        tasks.remind()
        assert self.reminders() == after, "somebody is reminded twice"
        SEEN["reminded"] += after > before

    @precondition(lambda self: self.event.is_to_come)
    @rule(hours=st.sampled_from([20, 1]))
    def the_day_comes(self, hours: int) -> None:
        left = self.event.starts_at - now() - timedelta(hours=hours)
        if left > timedelta():
            self.time.shift(left)
            self.time_passes(0)

    def reminders(self) -> int:
        """How many reminders have been promised for this webinar."""
        db.session.expire_all()
        ids = {each.id for each in self.rows}
        said = db.session.scalars(select(Job.args).where(Job.name.contains("letters")))
        return sum(each.get("kind") in {"day", "hour"} and each["registration_id"] in ids for each in said)

    # What always holds.

    @invariant()
    def what_must_hold_holds(self) -> None:
        db.session.flush()
        db.session.refresh(self.event)
        rows, event = self.rows, self.event
        SEEN.update(each.status.value for each in rows)
        assert len({each.email for each in rows}) == len(rows), "somebody comes twice"
        for user in self.people.values():
            assert len([each for each in rows if each.user_id == user.id]) <= 1, "a member comes twice"
            registration_of(user, event)
        assert event.sequence >= self.sequence, "its sequence fell"
        self.sequence = event.sequence
        self.nobody_waits_beside_a_free_place()
        self.the_log_replayed_is_the_state()
        self.questions_are_seen_with_their_webinar()

    def nobody_waits_beside_a_free_place(self) -> None:
        found = tally(self.event)
        if may_register(None, self.event):
            assert not found.waiting or found.free == 0, f"{found.waiting} wait, and {found.free} places are free"

    def the_log_replayed_is_the_state(self) -> None:
        mine = (Activity.object_kind == "webinars") & (Activity.object_id == self.event.id)
        state: dict[str, Any] = {"state": "planned", "status": "draft"} | self.first
        for row in db.session.scalars(select(Activity).where(mine).order_by(Activity.id)):
            after = row.after or {}
            SEEN[row.verb] += 1
            names = (*TIMES, "state", *(["status"] if "version" not in after else []))
            state |= {name: after[name] for name in names if name in after}
        event: Webinar = self.event
        assert state == {"state": event.state.value, "status": event.status.value} | self.times()

    def questions_are_seen_with_their_webinar(self) -> None:
        if not self.event.is_visible:
            seen = select(Question.id).where(Question.webinar_id == self.event.id, Question.status.in_(VISIBLE))
            assert not db.session.scalars(seen).all(), "a question is seen without its webinar"


def test_whatever_happens_in_whatever_order(app):
    SEEN.clear()
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=MANY,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # a failing life of some steps is read sooner than it is made shorter
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )

    reached = {"published", "moved", "postponed", "cancelled", "withdrawn", "registered", "waiting", "reminded"}
    assert reached <= set(SEEN), "these lives were too short to prove anything"
