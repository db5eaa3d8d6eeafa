"""What the parties of a partnership agree on: written by any of them, accepted by each as it stands."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from babel.numbers import is_currency

from galaxy.accounts.models import Body, User
from galaxy.content import services as content
from galaxy.content.models import LINE_MAX, LINES_MAX, TEXT_MAX
from galaxy.core.db import now
from galaxy.core.i18n import _
from galaxy.partnerships import rules
from galaxy.partnerships.acts import (
    NOT_YOURS,
    Changed,
    NotPossible,
    accepted_by_nobody,
    end_interests,
    instead,
    kept,
    lock,
    log,
    party_for,
    sentences,
    step,
    tell_sides,
)
from galaxy.partnerships.models import MONEY_MAX, PERSON_DAYS_MAX, Milestone, Partnership, Role, Stage
from galaxy.reference.lists import MODALITIES


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms as a party writes them; `base` is the digest of those it had before it when it began."""

    modality: str
    starts_on: date | None
    ends_on: date | None
    terms: str
    costs_public: bool
    roles: dict[int, Role]  # of parties, by body
    gives: dict[int, dict[str, Any]]  # by body: money, currency, person_days, in_kind
    milestones: list[dict[str, Any]] = field(default_factory=list)  # title, due_on, in order
    base: str = ""


def digest_of(partnership: Partnership) -> str:
    """A few letters that change when the terms do: what is accepted are the terms of this digest."""
    words = {
        "modality": partnership.modality,
        "days": [day.isoformat() if day else "" for day in (partnership.starts_on, partnership.ends_on)],
        "terms": partnership.terms,
        "costs_public": partnership.costs_public,
        "parties": sorted([party.body_id, party.role.value, party.gives] for party in partnership.parties),
        "milestones": [[m.title, m.due_on.isoformat() if m.due_on else ""] for m in partnership.milestones],
    }
    return content.digest(words, words)


def set_terms(partnership: Partnership, terms: Terms, by: User) -> None:
    """Write the terms. Where they say something else than before, nobody has accepted them yet."""
    lock(partnership)
    party = party_for(by, partnership)
    if partnership.stage != Stage.IN_TALKS:
        raise NotPossible(rules.NOT_WHILE[partnership.stage], instead(by, partnership))
    as_they_were(partnership, terms.base, by)
    if wrong := faults(partnership, terms):
        raise NotPossible(sentences(wrong), instead(by, partnership))
    before, was = digest_of(partnership), kept(partnership)
    _write(partnership, terms)
    if digest_of(partnership) == before:
        return
    accepted_by_nobody(partnership)
    log(by, "changed terms", partnership, was)
    tell_sides(partnership, "terms changed", by, party.body, at="/terms")


def as_they_were(partnership: Partnership, base: str, by: User) -> None:
    """Refuse what was said of other terms than those that stand now."""
    if base != digest_of(partnership):
        raise Changed(
            _("The terms have changed since you read them. Please read them again."), instead(by, partnership)
        )


def faults(partnership: Partnership, terms: Terms) -> list[Any]:
    """What is wrong with terms, each as a sentence; what is only lacking may still be said later."""
    found = []
    if terms.modality not in MODALITIES:
        found.append(_("Please choose a way of cooperating from the list."))
    if terms.starts_on and terms.ends_on and terms.ends_on < terms.starts_on:
        found.append(_("The last day of the period comes before its first day."))
    if len(terms.terms) > TEXT_MAX:
        found.append(_("The terms are longer than %(limit)d characters.", limit=TEXT_MAX))
    bodies = {party.body_id for party in partnership.parties}
    if not bodies.issuperset({*terms.roles, *terms.gives}):
        found.append(_("Somebody named in these terms is not a party. Please read them again."))
    roles = [terms.roles.get(party.body_id, party.role) for party in partnership.parties]
    if rules.filled_twice(roles, terms.modality):
        found.append(_("Each role is filled by one party, except in cooperation within a region."))
    if not all(map(_can_be_given, terms.gives.values())):
        found.append(_("What a party gives must be whole numbers that are not below zero, in a currency of the list."))
    titles = [str(each.get("title") or "").strip() for each in terms.milestones]
    if not all(titles) or len(set(titles)) < len(titles):
        found.append(_("Each milestone needs a title of its own."))
    if len(titles) > LINES_MAX or any(len(title) > LINE_MAX for title in titles):
        found.append(_("There are too many milestones, or a title is too long."))
    return found


def _can_be_given(gives: dict[str, Any]) -> bool:
    money, days = gives.get("money") or 0, gives.get("person_days") or 0
    in_bounds = 0 <= money <= MONEY_MAX and 0 <= days <= PERSON_DAYS_MAX and len(gives.get("in_kind") or "") <= TEXT_MAX
    return in_bounds and is_currency(gives.get("currency") or "USD")


def _write(partnership: Partnership, terms: Terms) -> None:
    """Give a partnership these terms; milestones that stay keep how far they have come."""
    for name in ("modality", "starts_on", "ends_on", "costs_public"):
        setattr(partnership, name, getattr(terms, name))
    partnership.terms = terms.terms.strip()
    for party in partnership.parties:
        party.role = terms.roles.get(party.body_id, party.role)
        if gives := terms.gives.get(party.body_id):
            party.money, party.person_days = gives.get("money") or None, gives.get("person_days") or None
            party.currency = gives.get("currency") or "USD"
            party.in_kind = (gives.get("in_kind") or "").strip()
    there = {milestone.title: milestone for milestone in partnership.milestones}
    steps = []
    for position, each in enumerate(terms.milestones):
        title = each["title"].strip()
        milestone = there.get(title) or Milestone(title=title, progress=0)
        milestone.position, milestone.due_on = position, each.get("due_on")
        steps.append(milestone)
    partnership.milestones = steps


def accept_terms(partnership: Partnership, by: User, base: str, body: Body | None = None) -> None:
    """Accept the terms as they stand, for a body one acts for; with the last acceptance the parties have agreed."""
    lock(partnership)
    party = party_for(by, partnership, waiting=True) if body is None else partnership.party_of(body)
    if party is None or not by.acts_for(party.body):
        raise NotPossible(NOT_YOURS, instead(by, partnership))
    if partnership.stage != Stage.IN_TALKS:
        raise NotPossible(rules.NOT_WHILE[partnership.stage], instead(by, partnership))
    as_they_were(partnership, base, by)
    if party.accepted_at is not None:
        raise NotPossible(
            _("%(body)s has accepted these terms already.", body=party.body.name), instead(by, partnership)
        )
    if lacks := rules.lacking_before_acceptance(partnership.call):
        raise NotPossible(sentences(lacks), instead(by, partnership))
    was = kept(partnership)
    party.accepted_at, party.accepted_by = now(), by
    log(by, "accepted terms", partnership, was, body=party.body_id)
    if rules.all_accepted(partnership.call) is not None:
        tell_sides(partnership, "terms accepted", by, party.body, at="/terms")
        return
    step("agree", partnership.call, by)
    end_interests(partnership.call, by, rules.AGREED)
    tell_sides(partnership, "agreed", by)
