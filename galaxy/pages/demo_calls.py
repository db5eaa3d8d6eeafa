"""The demonstration's needs and offers, each brought to its stage by the acts of the bodies that take part."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, delete, select, update

from galaxy.accounts.models import Body, User
from galaxy.content.models import Entry, Relation
from galaxy.content.services import consent, link, revise
from galaxy.core.db import db, now
from galaxy.moderation import services as moderation
from galaxy.moderation.models import Wait
from galaxy.partnerships import services
from galaxy.partnerships.models import (
    LIVE,
    Call,
    Interest,
    Offer,
    Partnership,
    Party,
    Post,
    Report,
    Request,
    Role,
    Stage,
)
from galaxy.solutions.models import Adaptation, Solution

KINDS: dict[str, type[Call]] = {"requests": Request, "offers": Offer}
DAYS = ("starts_on", "ends_on", "deadline", "due_on")
Bodies = dict[str, Body]


def day(number: int) -> date:
    """So many days from the day it is loaded."""
    return now().date() + timedelta(days=number)


def dated(told: dict[str, Any]) -> dict[str, Any]:
    return {name: day(value) if name in DAYS else value for name, value in told.items()}


def holder(body: Body) -> User:
    """Who acts for it in the demonstration."""
    return body.holders[0]


def play(call: Call, told: dict[str, Any], bodies: Bodies) -> None:
    """Publish a call and let the bodies answer, come to terms and work, as far as is told."""
    if born := told["from"]:
        link(call, Relation.BORN_FROM, born)
    if told.get("status") == "submitted":
        consent(call, holder(bodies[told["body"]]))
        moderation.submit(call, holder(bodies[told["body"]]))
        return
    moderation.put_online(call)
    for each in told["interests"]:
        _answer(call, each, bodies)
    if call.partnership is not None:
        _work(call, call.partnership, told, bodies)
    if told.get("until") == Stage.CLOSED:
        services.take("close", call, holder(bodies[told["body"]]), told["closing"])
    if told.get("until") == Stage.EXPIRED:
        call.deadline = day(-2)
        services.expire(call)
    _as_if_it_took_days(call)


def _as_if_it_took_days(call: Call) -> None:
    """Nobody answers in no time: what was answered here was asked some days ago."""
    answered = select(Wait).where(Wait.entry_id == call.id, Wait.took.is_not(None)).order_by(Wait.id)
    for number, wait in enumerate(db.session.scalars(answered)):
        took = timedelta(days=2 + (call.id + 3 * number) % 7)
        wait.since, wait.took = wait.since - took, int(took.total_seconds())


def _answer(call: Call, told: dict[str, Any], bodies: Bodies) -> None:
    body, caller = bodies[told["body"]], call.party
    interest = services.express(call, body, Role(told["role"]), told["message"], holder(body))
    for post in told.get("posts", ()):
        services.write(interest, post["text"], holder(bodies[post["body"]]))
    if told["answer"] == "accept" and caller is not None:
        services.accept(interest, holder(caller))


def _work(call: Call, partnership: Partnership, told: dict[str, Any], bodies: Bodies) -> None:
    """Terms, acceptances, reports, results, and what the public reads of it."""
    _agree(partnership, told, bodies)
    for post in told.get("talk", ()):
        services.write(partnership, post["text"], holder(bodies[post["body"]]))
    if told["until"] not in {Stage.UNDER_WAY, Stage.COMPLETED}:
        return
    by = holder(bodies[told["body"]])
    services.take("begin", call, by)
    for report in told.get("reports", ()):
        milestone = partnership.milestones[report["milestone"]]
        services.report(partnership, holder(bodies[report["body"]]), milestone.id, report["progress"], report["text"])
    words = {name: told[name] for name in ("results", "lessons", "outcomes") if name in told}
    revise(partnership, {"summary": told.get("summary_public", "")} | words, by)
    if told["until"] == Stage.COMPLETED:
        services.take("complete", call, by)
    if told["publish"]:
        consent(partnership, by)
        moderation.put_online(partnership)
    if again := told.get("adaptation"):
        _retell(partnership, again, told["from"], by)


def _agree(partnership: Partnership, told: dict[str, Any], bodies: Bodies) -> None:
    said, by = dated(told["terms"]), holder(bodies[told["body"]])
    terms = services.Terms(
        modality=said["modality"],
        starts_on=said["starts_on"],
        ends_on=said["ends_on"],
        terms=said["terms"],
        costs_public=said["costs_public"],
        roles={party.body_id: party.role for party in partnership.parties},
        gives={bodies[country].id: {"currency": "USD", **gives} for country, gives in said["gives"].items()},
        milestones=[dated(milestone) for milestone in said["milestones"]],
        base=services.digest_of(partnership),
    )
    services.set_terms(partnership, terms, by)
    for country in told["accepted"]:
        services.accept_terms(partnership, holder(bodies[country]), services.digest_of(partnership))


def _retell(partnership: Partnership, told: dict[str, Any], solution: Entry | None, by: User) -> None:
    """The adaptation that a completed partnership became."""
    adaptation = Adaptation(external_id=f"demo:{told['key']}", demo=True, author=by, body=partnership.body)
    names = {*Adaptation.fields, *Adaptation.schemes}
    revise(adaptation, {name: value for name, value in told.items() if name in names}, by)
    db.session.flush()
    link(adaptation, Relation.BORN_FROM, partnership)
    if isinstance(solution, Solution):
        link(adaptation, Relation.ADAPTS, solution)
    moderation.put_online(adaptation)


def forget(bodies: Select[int]) -> list[int]:
    """Take these bodies out of what others called for, and tell the ids of the partnerships that go with them."""
    partnerships = list(db.session.scalars(select(Party.partnership_id).where(Party.body_id.in_(bodies)).distinct()))
    left = select(Partnership.call_id).where(Partnership.id.in_(partnerships), Partnership.stage.in_(LIVE))
    db.session.execute(update(Call).where(Call.id.in_(left)).values(stage=Stage.OPEN, stage_at=now()))
    for written in (Report, Post, Interest, Wait):
        db.session.execute(delete(written).where(written.body_id.in_(bodies)))
    db.session.execute(delete(Wait).where(Wait.asker_body_id.in_(bodies)))
    return partnerships
