"""Places and the waiting list: exact, in order, nobody twice, whatever happens and however many come at once."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from galaxy.accounts import services as accounts
from galaxy.accounts.models import Activity, User
from galaxy.core.db import db, now
from galaxy.webinars import registration_services as services
from galaxy.webinars.models import Webinar
from galaxy.webinars.registration_models import Registration, RegistrationStatus
from galaxy.webinars.registration_queries import place_in_queue, queue, registration_of
from galaxy.webinars.registration_queries import tally as counts
from tests.factories import a_registration, a_user, a_webinar, an_admin

PEOPLE, PLACES = 200, 40
THREADS = {"sqlite": 4, "postgresql": 15}  # SQLite's waiters are not served in turn: of many, one may wait too long


def at_once(app: Flask, acts: list[Callable[[], object]], threads: int) -> list[str]:
    """Do these acts in so many threads that begin at the same moment, each act a transaction; what went wrong."""
    together, wrong = threading.Barrier(threads), []

    def do(mine: list[Callable[[], object]]) -> None:
        with app.app_context():
            together.wait(timeout=60)
            for act in mine:
                try:
                    act()
                    db.session.commit()
                except Exception as failure:  # whatever it is, the test must show it
                    db.session.rollback()
                    wrong.append(repr(failure))
            db.session.remove()

    db.session.commit()
    db.session.remove()
    each = [threading.Thread(target=do, args=(acts[n::threads],)) for n in range(threads)]
    for thread in each:
        thread.start()
    for thread in each:
        thread.join(timeout=300)
    return wrong


def tally(webinar_id: int) -> dict[str, int]:
    rows = select(Registration.status, func.count()).where(Registration.webinar_id == webinar_id)
    return {status.value: n for status, n in db.session.execute(rows.group_by(Registration.status))}


def test_two_hundred_people_at_once_fill_forty_places_exactly(app):
    webinar = a_webinar(capacity=PLACES)
    members = [User(email=f"m{n}@example.org", confirmed_at=now()) for n in range(PEOPLE // 2)]
    guests = [Registration(webinar=webinar, email=f"g{n}@example.org") for n in range(PEOPLE // 2)]
    db.session.add_all([*members, *guests])
    db.session.commit()
    number = webinar.id

    def joins(user_id: int) -> Callable[[], object]:
        return lambda: services.register(db.session.get_one(Webinar, number), db.session.get_one(User, user_id), {})

    def confirms(guest_id: int) -> Callable[[], object]:
        return lambda: services.confirm(db.session.get_one(Registration, guest_id))

    acts = [act for pair in zip(members, guests, strict=True) for act in (joins(pair[0].id), confirms(pair[1].id))]
    twice = [joins(members[0].id), confirms(guests[0].id)] * 20  # double clicks
    wrong = at_once(app, [*twice, *acts], THREADS[db.engine.dialect.name])

    assert (wrong, tally(number)) == ([], {"registered": PLACES, "waiting": PEOPLE - PLACES})
    waiting = db.session.scalars(queue(db.session.get_one(Webinar, number))).all()
    last_in = db.session.scalar(
        select(func.max(Registration.queued_at)).where(Registration.status == RegistrationStatus.REGISTERED)
    )
    assert all(each.queued_at >= last_in for each in waiting)


def leaves(number: int) -> Callable[[], object]:
    return lambda: services.leave(db.session.get_one(Registration, number))


def test_those_who_leave_at_once_are_followed_by_as_many(app):
    webinar = a_webinar(capacity=20)
    ids = [
        a_registration(webinar, status=RegistrationStatus.REGISTERED if n < 20 else RegistrationStatus.WAITING).id
        for n in range(30)
    ]
    number = webinar.id
    wrong = at_once(app, [leaves(each) for each in ids[:15] * 2], 10)

    assert (wrong, tally(number)) == ([], {"registered": 15, "cancelled": 15})


class Door(RuleBasedStateMachine):
    """Whatever is done in whatever order: places are never given twice, nor free while somebody waits."""

    people = st.integers(0, 7)

    @initialize(places=st.one_of(st.none(), st.integers(0, 3)))
    def begin(self, places: int | None) -> None:
        self.webinar = a_webinar(capacity=places)
        self.users = [a_user() for _ in range(4)]
        self.most = 0

    def of(self, n: int) -> Registration | None:
        email = self.users[n].email if n < 4 else f"guest{n}@example.org"
        return db.session.scalar(
            select(Registration).where(Registration.webinar_id == self.webinar.id, Registration.email == email)
        )

    @rule(n=people)
    def register(self, n: int) -> None:
        said = {"email": f"guest{n}@example.org", "name": "A guest"}
        services.register(self.webinar, self.users[n] if n < 4 else None, said)
        db.session.commit()

    @rule(n=people)
    def register_as_a_guest_with_the_address_of_a_member(self, n: int) -> None:
        services.register(self.webinar, None, {"email": self.users[n % 4].email.upper(), "name": "Perhaps"})
        db.session.commit()

    @rule(n=people, how=st.sampled_from(["confirm", "leave", "remove"]))
    def act(self, n: int, how: str) -> None:
        if (registration := self.of(n)) is not None:
            if how == "remove":
                services.remove(registration, by=self.users[0])
            else:
                getattr(services, how)(registration)
            db.session.commit()

    @rule(places=st.one_of(st.none(), st.integers(0, 5)))
    def resize(self, places: int | None) -> None:
        self.webinar.capacity = places
        services.make_room(self.webinar)
        db.session.commit()
        self.most = counts(self.webinar).registered

    @invariant()
    def holds(self) -> None:
        if not hasattr(self, "webinar"):
            return
        found, places = counts(self.webinar), self.webinar.capacity
        assert places is None or found.registered <= max(places, self.most)
        assert not (found.waiting and (found.free is None or found.free))
        mine = select(Registration.email).where(Registration.webinar_id == self.webinar.id)
        emails = list(db.session.scalars(mine))
        assert len(emails) == len(set(emails))
        waiting = list(db.session.scalars(queue(self.webinar)))
        assert [place_in_queue(each) for each in waiting] == list(range(1, len(waiting) + 1))
        if not hasattr(self, "order"):
            self.order: list[int] = []
        now_waiting = [each.id for each in waiting]
        kept = [each for each in self.order if each in now_waiting]
        assert [each for each in now_waiting if each in kept] == kept or self.rejoined(kept, now_waiting)
        self.order = now_waiting

    def rejoined(self, kept: list[int], now_waiting: list[int]) -> bool:
        """Who left and came again stands at the end."""
        return now_waiting[-1] in kept and [each for each in kept if each != now_waiting[-1]] == now_waiting[:-1]


def test_any_order_of_acts_keeps_places_and_queue(app):
    run_state_machine_as_test(
        Door,
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_a_member_takes_over_what_they_began_as_a_guest(app):
    webinar, awa = a_webinar(), a_user(email="awa@example.org", name="Awa")
    services.register(webinar, None, {"email": "awa@example.org", "name": "Not Awa"})
    db.session.commit()
    assert registration_of(awa, webinar) is None

    mine = services.register(webinar, awa, {})
    db.session.commit()

    assert registration_of(awa, webinar) == mine
    assert [(each.name, each.user, each.status.value) for each in db.session.query(Registration)] == [
        ("Awa", awa, "registered")
    ]


def test_nobody_registers_for_what_is_over(app):
    webinar = a_webinar(starts_at=now() - timedelta(hours=2))
    with pytest.raises(services.NotPossible, match=r"One can no longer register for this webinar\."):
        services.register(webinar, a_user(), {})


def test_the_log_says_that_hosts_removed_somebody_but_not_whom(app):
    webinar, admin = a_webinar(), an_admin()
    services.remove(a_registration(webinar, name="Fanta", email="fanta@example.org"), by=admin)
    db.session.commit()
    (act,) = db.session.scalars(select(Activity).where(Activity.actor_id == admin.id))

    assert (act.verb, act.object_name, act.before, act.after) == (
        "removed a registration", webinar.title, None, None,
    )  # fmt: skip


def test_who_deletes_their_account_comes_no_more_and_is_forgotten(app):
    webinar, awa = a_webinar(capacity=1, asks=[{"key": "a", "question": "Why?"}]), a_user(name="Awa")
    services.register(webinar, awa, {"answers": {"a": "To learn"}})
    bila = services.register(webinar, a_user(email="bila@example.org"), {})
    db.session.commit()
    exported = accounts.export(awa)["registrations"]

    assert [(each["webinar"], each["name"], each["status"], each["answers"]) for each in exported] == [
        (webinar.title, "Awa", "registered", {"Why?": "To learn"})
    ]
    accounts.delete(awa)
    db.session.commit()
    first, second = db.session.scalars(select(Registration).order_by(Registration.id))
    assert (first.name, first.email, first.user, first.answers, first.status.value) == (
        "", f"{first.id}@forgotten.invalid", None, {}, "cancelled",
    )  # fmt: skip
    assert (second, second.status.value) == (bila, "registered")
