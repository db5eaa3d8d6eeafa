"""The table of steps: whatever people try, in whatever order, only what it says happens, and all of it is logged."""

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from galaxy.accounts.models import Activity
from galaxy.content.models import Status
from galaxy.content.services import revise
from galaxy.core.db import db
from galaxy.moderation import services
from galaxy.moderation.models import Case, FlagOutcome, FlagReason
from galaxy.moderation.rules import STEPS, possible
from tests.factories import a_focal_point, a_solution, a_user, an_admin

WHO = st.sampled_from(["owner", "admin", "owner", "admin", "reader"])

# What the design says, written down a second time: from, verb, to, who.
TABLE = {
    ("draft", "submit", "submitted", "owner"),
    ("returned", "submit", "submitted", "owner"),
    ("withdrawn", "submit", "submitted", "owner"),
    ("draft", "submit", "submitted", "admin"),
    ("returned", "submit", "submitted", "admin"),
    ("withdrawn", "submit", "submitted", "admin"),
    ("submitted", "take_back", "draft", "owner"),
    ("submitted", "give_back", "returned", "admin"),
    ("submitted", "publish", "published", "admin"),
    ("submitted", "decline", "declined", "admin"),
    ("published", "archive", "archived", "owner"),
    ("published", "archive", "archived", "admin"),
    ("archived", "unarchive", "published", "owner"),
    ("archived", "unarchive", "published", "admin"),
    ("submitted", "withdraw", "withdrawn", "owner"),
    ("returned", "withdraw", "withdrawn", "owner"),
    ("published", "withdraw", "withdrawn", "owner"),
    ("archived", "withdraw", "withdrawn", "owner"),
    ("review", "withdraw", "withdrawn", "owner"),
    ("published", "hide", "review", "admin"),
    ("review", "restore", "published", "admin"),
    ("published", "take_down", "withdrawn", "admin"),
    ("archived", "take_down", "withdrawn", "admin"),
    ("review", "take_down", "withdrawn", "admin"),
}


def test_who_may_do_what_from_each_status_is_the_table_and_nothing_else(app):
    focal = a_focal_point()
    people = {"owner": focal, "admin": an_admin(), "reader": a_user()}
    entry = a_solution(author=focal)

    found = set()
    for status in Status:
        entry.status = status
        for name, user in people.items():
            found |= {(status.value, verb, STEPS[verb].target.value, name) for verb in possible(user, entry)}

    assert found == TABLE


class Way(RuleBasedStateMachine):
    """An entry, its owner, an admin and a reader, who try everything."""

    def __init__(self) -> None:
        super().__init__()
        self.owner, self.admin, self.reader = a_focal_point(), an_admin(), a_user()
        self.entry = a_solution(author=self.owner, status=Status.DRAFT)
        self.said = self.expected = 0

    def person(self, who: str) -> Any:
        return getattr(self, who)

    def attempt(self, act: Any, *args: Any) -> None:
        """Do it, or be refused; a refusal changes nothing."""
        before = (self.entry.status, self.steps())
        try:
            act(*args)
            db.session.commit()
        except services.NotPossible:
            db.session.rollback()
            assert (self.entry.status, self.steps()) == before

    def steps(self) -> list[Activity]:
        rows = select(Activity).where(Activity.object_kind == "solutions", Activity.object_id == self.entry.id)
        return list(db.session.scalars(rows.order_by(Activity.id)))

    @rule(seed=st.integers(0, 2**32))
    def go_on(self, seed: int) -> None:
        """Some steps that are possible, so that ways get long."""
        chance = random.Random(seed)
        for who in chance.choices(["owner", "admin"], k=8):
            waiting, user = self.entry.waiting, self.person(who)
            verbs = ["revise", "flag", *possible(user, self.entry)]
            verbs += possible(user, self.entry, waiting.status) if waiting else []
            verbs = [verb for verb in verbs if verb not in {"decline", "restore", "take_down"}]
            verb = chance.choice(verbs)
            if verb in {"publish", "give_back"}:
                self.decide(who, verb, last=True)
            elif verb == "submit":
                self.submit(who)
            elif verb == "flag":
                self.flag("reader")
            elif verb == "revise":
                self.revise()
            else:
                self.attempt(getattr(services, verb), self.entry, user)

    @rule(who=WHO)
    def submit(self, who: str) -> None:
        self.attempt(services.submit, self.entry, self.person(who), self.entry.waiting)

    @rule(who=WHO)
    def take_back(self, who: str) -> None:
        self.attempt(services.take_back, self.entry, self.person(who))

    @rule(who=WHO, verb=st.sampled_from(["publish", "give_back", "decline"]), last=st.booleans())
    def decide(self, who: str, verb: str, last: bool) -> None:
        cases = list(db.session.scalars(select(Case).order_by(Case.id)))
        if cases:
            case = cases[-1] if last else cases[0]
            args = ({},) if verb == "publish" else ("Because.", {})
            self.attempt(getattr(services, verb), case, self.person(who), *args)

    @rule(who=WHO, verb=st.sampled_from(["withdraw", "archive", "unarchive", "hide"]))
    def move(self, who: str, verb: str) -> None:
        self.attempt(getattr(services, verb), self.entry, self.person(who))

    @rule()
    def revise(self) -> None:
        if self.entry.is_visible and not services.open_case(self.entry):
            self.said += 1
            revise(self.entry, {"title": f"Title {self.said}"}, self.owner)
            db.session.commit()

    @rule(who=WHO)
    def flag(self, who: str) -> None:
        self.attempt(services.flag, self.entry, self.person(who), FlagReason.WRONG)

    @rule(who=WHO, outcome=st.sampled_from([FlagOutcome.UPHELD, FlagOutcome.DISMISSED]))
    def settle(self, who: str, outcome: FlagOutcome) -> None:
        for raised in services.open_flags(self.entry)[:1]:
            self.attempt(services.settle, raised, self.person(who), outcome, "Because.")

    @invariant()
    def each_step_of_the_log_starts_where_the_last_one_ended(self) -> None:
        moves = [step for step in self.steps() if step.after and "status" in step.after and "version" not in step.after]
        statuses = ["draft", *(move.after["status"] for move in moves)]
        assert [move.before["status"] for move in moves] == statuses[:-1]
        assert self.entry.status == statuses[-1]

    @invariant()
    def nothing_is_public_that_no_admin_has_let_through(self) -> None:
        passed = [step for step in self.steps() if step.verb in {"submitted", "published", "restored"}]
        if self.entry.is_visible:
            entry_steps = [step for step in passed if "version" not in step.after]
            assert entry_steps[-1].actor_id == self.admin.id
            assert self.entry.published_at is not None

    @invariant()
    def there_is_an_open_case_just_while_something_is_submitted(self) -> None:
        everything = (self.entry, *self.entry.versions)
        submitted = any(each.status == Status.SUBMITTED for each in everything)
        assert (services.open_case(self.entry) is not None) == submitted

    @invariant()
    def under_review_there_is_an_open_flag(self) -> None:
        assert self.entry.status != Status.REVIEW or services.open_flags(self.entry)


@pytest.mark.usefixtures("app")
def test_no_way_leads_past_the_admins_and_every_step_is_in_the_log():
    def fresh() -> Way:
        for table in ("flag", "moderation_case", "notification", "job", "letter"):
            db.session.execute(db.metadata.tables[table].delete())
        db.session.commit()
        return Way()

    run_state_machine_as_test(
        fresh,
        settings=settings(
            max_examples=8,
            stateful_step_count=10,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("seed", range(4))
def test_long_ways_keep_the_same_promises(app, seed):
    way = Way()

    for number in range(8):
        way.go_on(seed=seed * 100 + number)
        way.each_step_of_the_log_starts_where_the_last_one_ended()
        way.nothing_is_public_that_no_admin_has_let_through()
        way.there_is_an_open_case_just_while_something_is_submitted()
        way.under_review_there_is_an_open_flag()
