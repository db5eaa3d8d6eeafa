"""The whole life of calls and partnerships, in any order and by anybody: what must hold holds after every step."""

import os
from collections import Counter
from collections.abc import Callable, Iterable
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
from sqlalchemy import func, insert, select

from galaxy.accounts import mandates
from galaxy.accounts.models import Activity, Body, Mandate, MandateStatus, User
from galaxy.content import services as content
from galaxy.content.models import Status
from galaxy.core.db import db, now
from galaxy.moderation import services as moderation
from galaxy.notifications.models import Silence
from galaxy.notifications.words import WORDS
from galaxy.partnerships import absent, services
from galaxy.partnerships.models import LIVE, Interest, InterestStatus, Partnership, Request, Role, Stage
from galaxy.partnerships.services import NotPossible, Terms

STARTS = datetime(2026, 3, 2, 12, tzinfo=UTC)
BODIES = ("BFA", "FJI", "BRA")  # the first one calls
PEOPLE = (*BODIES, "admin", "member")
SHARED = frozenset({Stage.COMPLETED, *LIVE})  # stages that a call shares with its partnership
MANY = int(os.environ.get("LIVES", "16"))  # more of them find more, and take longer
CHOICES = {
    "begin": {Stage.AGREED},
    "complete": {Stage.UNDER_WAY},
    "close": {Stage.OPEN, Stage.AGREED, Stage.UNDER_WAY},
    "end_talks": {Stage.IN_TALKS},
    "renegotiate": {Stage.AGREED, Stage.UNDER_WAY},
    "reopen": {Stage.CLOSED, Stage.EXPIRED},
    "agree": frozenset(),  # these two come of something else
    "expire": frozenset(),
}
SEEN: Counter[str] = Counter()  # the verbs that the log has held, over all lives
State = dict[tuple[str, int], dict[str, Any]]


def replay(rows: Iterable[Activity]) -> State:
    """How calls, interests and partnerships stand, from nothing but the log."""
    state: State = {}
    for row in rows:
        new = {"status": "draft"} | ({"stage": "open"} if row.object_kind == "requests" else {})
        thing = state.setdefault((row.object_kind, row.object_id), new)
        after = row.after or {}
        kept = ("stage", "parties", "progress", *(["status"] if "version" not in after else []))
        thing |= {name: after[name] for name in kept if name in after}
    return state


class Life(RuleBasedStateMachine):
    """Three bodies, an admin and a member do what they like with one request."""

    @initialize(far=st.sampled_from([2, 0, 1, 2, 3, 4]))
    def begin(self, far: int) -> None:
        self.clock = time_machine.travel(STARTS, tick=False)
        self.time = self.clock.start()
        self.count = 0
        self.people = {name: self.person(name) for name in PEOPLE}
        self.people["admin"].appointed, self.people["admin"].tf_primary_method = True, "authenticator"
        self.bodies = {country: Body(kind="institution", name=country, country=country) for country in BODIES}
        db.session.add_all(self.bodies.values())
        self.mandates = {country: self.mandate(country) for country in BODIES}
        self.terms, self.signed = 0, dict[str, int]()  # how often the terms have changed; what each body has signed
        said = {
            "title": "Wells that last",
            "country": ["BFA"],
            "asked": "Training",
            "means": ["training"],
            "sdg": ["6"],
        }
        said["deadline"] = (STARTS.date() + timedelta(days=60)).isoformat()
        self.call = services.begin(Request, said, self.people["BFA"], agreed=True)
        self.published(self.call, "admin", "admin")
        steps = [lambda: self.met("FJI", Role.PROVIDER), lambda: self.met("BRA", Role.FACILITATOR)]
        for step in [*steps, self.all_accept, lambda: self.take("BFA", "begin")][:far]:
            step()

    def met(self, country: str, role: Role) -> None:
        """A body answers and is accepted."""
        self.answer(country, country, role)
        self.accepted(self.waiting[-1], "BFA")

    def person(self, name: str) -> User:
        """Somebody who wants no mails, which would take long to write."""
        self.count += 1
        user = User(email=f"{name}{self.count}@life.example", name=name, confirmed_at=now(), language="en")
        db.session.add(user)
        db.session.flush()
        db.session.execute(insert(Silence), [{"user_id": user.id, "verb": verb} for verb in WORDS])
        return user

    def mandate(self, country: str) -> Mandate:
        day = now().date()
        mandate = Mandate(user=self.people[country], body=self.bodies[country], starts_on=day)
        mandate.status = MandateStatus.VERIFIED
        db.session.add(mandate)
        db.session.flush()
        return mandate

    def teardown(self) -> None:
        db.session.rollback()
        if hasattr(self, "clock"):
            self.clock.stop()

    # What is asked of the world.

    @property
    def rows(self) -> list[Activity]:
        """The log of this life alone."""
        kinds = ("requests", "interest", "partnerships")
        return list(db.session.scalars(select(Activity).where(Activity.object_kind.in_(kinds)).order_by(Activity.id)))

    @property
    def partnership(self) -> Partnership | None:
        return self.call.partnership

    @property
    def parties(self) -> list[str]:
        """The bodies that take part in what is not closed."""
        return [str(party.body.country) for party in self.partnership.parties] if self.partnership else []

    def acts(self, who: str, country: str) -> bool:
        """Whether somebody may act for a body, as this test has given and taken mandates."""
        return who == country and country in self.mandates

    def acts_for_a_party(self, who: str) -> bool:
        return any(self.acts(who, country) for country in self.parties)

    def picture(self) -> tuple[State, int]:
        """How everything stands, and how much the log says of it."""
        db.session.flush()
        db.session.expire_all()
        call = {"status": self.call.status.value, "stage": self.call.stage.value}
        state: State = {("requests", self.call.id): call}
        for interest in self.call.interests:
            state["interest", interest.id] = {"status": interest.status.value}
        for each in self.call.partnerships:
            state["partnerships", each.id] = {
                "status": each.status.value,
                "stage": each.stage.value,
                "parties": {
                    str(party.body_id): {"role": party.role.value, "accepted": party.accepted_at is not None}
                    for party in each.parties
                },
                "progress": {str(milestone.id): milestone.progress for milestone in each.milestones},
            }
        return state, db.session.scalar(select(func.count()).select_from(Activity)) or 0

    def do(self, who: str | None, may: bool, act: Callable[..., Any], *args: Any, **facts: Any) -> bool:
        """Try an act: refused, it changes nothing; done, its doer was allowed to, and the log says so."""
        before = self.picture()
        try:
            act(*args, **({"by": self.people[who]} if who else {}) | facts)
        except (NotPossible, moderation.NotPossible):
            assert self.picture() == before, "what was refused has changed something"
            return False
        assert may, f"{who} could do {act.__name__}"
        assert self.picture()[1] > before[1], f"{act.__name__} is not in the log"
        return True

    def somebody(self, data: Any, *allowed: str) -> str:
        """Most often one of those who may, sometimes anybody."""
        may = [who for who in allowed if who not in BODIES or who in self.mandates]
        return str(data.draw(st.sampled_from([*may, *may, *may, *PEOPLE])))

    def changed_terms(self) -> None:
        self.terms += 1

    # What people do.

    @rule(data=st.data(), country=st.sampled_from(BODIES), role=st.sampled_from(Role))
    def express(self, data: Any, country: str, role: Role) -> None:
        self.answer(self.somebody(data, country), country, role)

    def answer(self, who: str, country: str, role: Role) -> None:
        may = self.acts(who, country) and country != "BFA"
        self.do(who, may, services.express, self.call, self.bodies[country], role, "We could come in May.")

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def accept(self, data: Any) -> None:
        self.accepted(data.draw(st.sampled_from(self.waiting)), self.somebody(data, "BFA", "BFA"))

    def accepted(self, interest: Interest, who: str) -> None:
        if self.do(who, self.acts(who, "BFA"), services.accept, interest):
            self.changed_terms()

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), verb=st.sampled_from(["decline", "withdraw"]))
    def refuse(self, data: Any, verb: str) -> None:
        self.deal_with(data, verb)

    @precondition(lambda self: self.call.interests)
    @rule(data=st.data(), verb=st.sampled_from(["write", "decline", "withdraw"]))
    def deal_with(self, data: Any, verb: str) -> None:
        interest = data.draw(st.sampled_from(self.waiting or self.call.interests))
        who = self.somebody(data, str(interest.body.country) if verb == "withdraw" else "BFA")
        theirs, ours = self.acts(who, str(interest.body.country)), self.acts(who, "BFA")
        may = {"decline": ours, "withdraw": theirs, "write": ours or theirs}[verb]
        self.do(who, may, getattr(services, verb), interest, **{"text" if verb == "write" else "reason": "Because."})

    @property
    def waiting(self) -> list[Interest]:
        return [each for each in self.call.interests if each.status == InterestStatus.WAITING]

    @precondition(lambda self: self.partnership)
    @rule(
        data=st.data(),
        modality=st.sampled_from(["south-south", "regional", "triangular"]),
        base=st.sampled_from(["now", "now", "now", "before"]),
    )
    def write_terms(self, data: Any, modality: str, base: str) -> None:
        self.set_terms(self.somebody(data, *self.parties), modality, base)

    def set_terms(self, who: str, modality: str, base: str) -> None:
        found, day = self.partnership, now().date()
        assert found is not None
        terms = Terms(
            modality=modality,
            starts_on=day,
            ends_on=day + timedelta(days=90),
            terms=f"Terms number {self.terms}.",
            costs_public=False,
            roles={},
            gives={self.bodies["BFA"].id: {"person_days": 5}},
            milestones=[{"title": "First course"}, {"title": "Second course"}],
            base=services.digest_of(found) if base == "now" else "before",
        )
        if self.do(who, base == "now" and self.acts_for_a_party(who), services.set_terms, found, terms):
            self.changed_terms()

    @precondition(lambda self: self.partnership)
    @rule(data=st.data(), base=st.sampled_from(["now", "now", "now", "before"]))
    def sign(self, data: Any, base: str) -> None:
        self.accept_terms(self.somebody(data, *self.parties), base)

    def accept_terms(self, who: str, base: str) -> None:
        found = self.partnership
        assert found is not None
        seen = services.digest_of(found) if base == "now" else "before"
        if self.do(who, base == "now" and self.acts_for_a_party(who), services.accept_terms, found, base=seen):
            self.signed[who] = self.terms

    @precondition(lambda self: self.call.stage == Stage.IN_TALKS)
    @rule()
    def all_accept(self) -> None:
        """What parties do in the end."""
        self.set_terms("BFA", "south-south" if len(self.parties) < 3 else "triangular", "now")
        for country in self.parties:
            self.accept_terms(country, "now")

    @precondition(lambda self: self.call.stage == Stage.IN_TALKS and len(self.parties) > 2)
    @rule(data=st.data())
    def leave(self, data: Any) -> None:
        who = self.somebody(data, "BRA", "BRA")
        if self.do(who, self.acts_for_a_party(who) and who != "BFA", services.leave, self.partnership, reason="Money."):
            self.changed_terms()

    @precondition(lambda self: self.partnership)
    @rule(data=st.data(), verb=st.sampled_from(["write", "report"]))
    def work(self, data: Any, verb: str) -> None:
        who, found = self.somebody(data, *self.parties), self.partnership
        assert found is not None
        if verb == "write":
            self.do(who, self.acts_for_a_party(who), services.write, found, text="Good morning.")
        else:
            step = found.milestones[0].id if found.milestones else None
            facts = {"milestone_id": step, "progress": self.terms % 101 if step else None, "text": "So far."}
            self.do(who, self.acts_for_a_party(who), services.report, found, **facts)

    @rule(data=st.data())
    def choose(self, data: Any) -> None:
        likely = [verb for verb in CHOICES if self.call.stage in CHOICES[verb]]
        verb = data.draw(st.sampled_from([*likely, *likely, *likely, *CHOICES]))
        self.take(self.somebody(data, "BFA", *self.parties), verb)

    def take(self, who: str, verb: str) -> None:
        party, ours = self.acts_for_a_party(who), self.acts(who, "BFA")
        may = {"reopen": ours, "close": party or ours or who == "admin", "end_talks": party or ours or who == "admin"}
        possible = verb not in {"agree", "expire"} and may.get(verb, party)
        if self.do(who, possible, services.take, verb, self.call, reason="It is time.") and verb == "renegotiate":
            self.changed_terms()

    @precondition(lambda self: self.call.stage in {Stage.AGREED, Stage.UNDER_WAY})
    @rule()
    def bring_results(self) -> None:
        """What parties do in the end."""
        assert self.partnership is not None
        self.take("BFA", "begin")
        content.revise(self.partnership, {"results": "Sixty repairers."}, self.people["BFA"])
        self.take("BFA", "complete")

    # What moderation does.

    def published(self, entry: Any, writer: str, who: str) -> None:
        """Submit an entry and try to publish it."""
        owner = any(self.acts(writer, country) for country in (self.parties if entry is not self.call else ["BFA"]))
        case = moderation.open_case(entry)
        if case is None:
            if not self.do(writer, owner or writer == "admin", moderation.submit, entry):
                return
            case = moderation.open_case(entry)
        self.do(who, who == "admin", moderation.publish, case, checks={})

    @rule(of=st.sampled_from(["call", "partnership"]), writer=st.sampled_from(PEOPLE), who=st.sampled_from(PEOPLE))
    def publish(self, of: str, writer: str, who: str) -> None:
        entry = self.call if of == "call" else self.partnership
        if entry is not None and entry.status not in {Status.PUBLISHED, Status.ARCHIVED}:
            self.published(entry, writer, who)

    @precondition(lambda self: self.call.interests)
    @rule(data=st.data(), verb=st.sampled_from(["withdraw", "archive", "unarchive"]))
    def leave_the_site(self, data: Any, verb: str) -> None:
        who = self.somebody(data, "admin")
        may = self.acts(who, "BFA") or who == "admin"
        self.do(who, may, getattr(moderation, verb), self.call)

    @precondition(lambda self: not self.call.is_visible)
    @rule()
    def come_back(self) -> None:
        """What authors do in the end."""
        self.published(self.call, "admin", "admin")

    # What nobody does.

    @precondition(lambda self: len(self.mandates) == len(BODIES))
    @rule(country=st.sampled_from(BODIES))
    def mandate_ends(self, country: str) -> None:
        if country in self.mandates:
            mandates.end(self.mandates.pop(country), self.people["admin"], "Gone")

    @precondition(lambda self: len(self.mandates) < len(BODIES))
    @rule(country=st.sampled_from(BODIES), again=st.sampled_from(["same", "other"]))
    def somebody_acts(self, country: str, again: str) -> None:
        if country not in self.mandates:
            self.people[country] = self.people[country] if again == "same" else self.person(country)
            db.session.expire_all()
            self.mandates[country] = self.mandate(country)

    @precondition(lambda self: self.call.interests)
    @rule(days=st.sampled_from([70, 1, 20]))
    def time_passes(self, days: int) -> None:
        self.time.shift(timedelta(days=days))
        late = self.call.deadline is not None and self.call.deadline < now().date()
        self.do(None, late and self.call.stage == Stage.OPEN, services.expire, self.call)
        absent.look_for()

    # What always holds.

    @invariant()
    def what_must_hold_holds(self) -> None:
        rows = self.rows
        SEEN.update(row.verb for row in rows)
        self.the_log_replayed_is_the_state(rows)
        self.a_call_and_what_lives_of_it_stand_alike()
        self.what_is_agreed_was_accepted_by_each_party_as_it_stands()
        self.nothing_is_published_without_an_admin(rows)

    def the_log_replayed_is_the_state(self, rows: list[Activity]) -> None:
        assert replay(rows) == self.picture()[0]

    def a_call_and_what_lives_of_it_stand_alike(self) -> None:
        alive = [each.stage for each in self.call.partnerships if each.stage != Stage.CLOSED]
        assert alive == ([self.call.stage] if self.call.stage in SHARED else [])

    def what_is_agreed_was_accepted_by_each_party_as_it_stands(self) -> None:
        if self.call.stage in SHARED - {Stage.IN_TALKS}:
            signed = {country: self.signed.get(country) for country in self.parties}
            assert signed == dict.fromkeys(self.parties, self.terms)

    def nothing_is_published_without_an_admin(self, rows: list[Activity]) -> None:
        shown = [each for each in (self.call, *self.call.partnerships) if each.published_at is not None]
        told = {(row.object_kind, row.object_id) for row in rows if row.verb == "published" and row.actor.is_admin}
        assert {(each.kind, each.id) for each in shown} <= told


def test_whatever_happens_in_whatever_order(app):
    SEEN.clear()
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=MANY,
            stateful_step_count=22,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # a failing life of some steps is read sooner than it is made shorter
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )

    reached = {"joined", "accepted terms", "agreed", "begun", "completed"}
    assert reached <= set(SEEN), "these lives were too short to prove anything"
