"""What may be done with mandates: apply, verify, decline, end, hand over. Content stays with the body throughout."""

from dataclasses import dataclass
from datetime import date

from galaxy.accounts import letters
from galaxy.accounts.models import Body, BodyKind, Mandate, MandateRole, MandateStatus, User
from galaxy.accounts.queries import lock_rivals, member, national_body, rival_body, same_mandate
from galaxy.accounts.services import NotPossible, mandate_applied, mandate_decided, record
from galaxy.core.db import db, now
from galaxy.core.i18n import _
from galaxy.core.storage import StoredFile


class TooLate(NotPossible):
    """Somebody else has decided already."""


@dataclass(frozen=True, slots=True)
class Described:
    """A body as an applicant describes it."""

    kind: BodyKind
    name: str
    country: str | None = None
    region: str | None = None
    website: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Term:
    """In which role somebody acts for a body, and from when to when."""

    starts_on: date
    role: MandateRole = MandateRole.LEAD
    ends_on: date | None = None


def apply(user: User, body: Body | Described, term: Term, letter: StoredFile | None = None, note: str = "") -> Mandate:
    """Ask to act for a body; a body that is only described comes to be with the application."""
    if isinstance(body, Body):
        if (mine := same_mandate(user, body)) is not None:
            raise NotPossible(_already(mine))
    else:
        body = _new_body(body)
    mandate = Mandate(
        user=user, body=body, role=term.role, starts_on=term.starts_on, ends_on=term.ends_on, letter=letter, note=note
    )
    db.session.add(mandate)
    record(user, "applied", mandate, after={"role": term.role.value, "starts_on": term.starts_on.isoformat()})
    mandate_applied.send(mandate)
    return mandate


def _already(mandate: Mandate) -> str:
    if mandate.status == MandateStatus.APPLIED:
        return str(_("You have applied to act for this organisation already. An admin will decide."))
    return str(_("You have a mandate for this organisation already."))


def _new_body(said: Described) -> Body:
    if said.kind == BodyKind.NATIONAL and (there := national_body(said.country)) is not None:
        raise NotPossible(
            _(
                "This country has a national focal point already: %(name)s. Please choose it in the list.",
                name=there.name,
            )
        )
    body = Body(
        kind=said.kind,
        name=said.name,
        country=said.country,
        region=said.region if said.kind == BodyKind.REGIONAL else None,
        website=said.website,
        language=said.language,
        proposed=True,
    )
    db.session.add(body)
    return body


def verify(mandate: Mandate, by: User) -> None:
    """Let the applicant act for the body; whom they succeed acts for it no longer."""
    _undecided(mandate)
    lock_rivals(mandate.body)
    if (rival := rival_body(mandate.body)) is not None:
        raise NotPossible(
            _("%(name)s is the national focal point of this country. End its mandates first.", name=rival.name)
        )
    theirs, before = same_mandate(mandate.user, mandate.body, but=mandate), mandate.succeeds
    if theirs is not None and before is None:
        raise NotPossible(_("This person has a mandate for this organisation already."))
    if mandate.ends_on is not None and mandate.ends_on < now().date():
        raise NotPossible(_("The last day of this mandate has passed."))
    _decide(mandate, MandateStatus.VERIFIED, by)
    mandate.body.proposed = False
    for over in (before, theirs):  # a deputy who becomes lead is deputy no longer
        if over is not None and over.status == MandateStatus.VERIFIED:
            _close(over, by, "", "handed over")


def decline(mandate: Mandate, by: User, reason: str) -> None:
    """Say no to an application, and why."""
    _undecided(mandate)
    _decide(mandate, MandateStatus.DECLINED, by, reason)


def _undecided(mandate: Mandate) -> None:
    if mandate.status == MandateStatus.APPLIED:
        return
    who = mandate.decided_by.name if mandate.decided_by else mandate.user.name
    raise TooLate(_("Somebody was faster: %(who)s has decided this application already.", who=who))


def _decide(mandate: Mandate, status: MandateStatus, by: User, reason: str = "") -> None:
    before = mandate.status
    mandate.status, mandate.reason, mandate.decided_by, mandate.decided_at = status, reason, by, now()
    record(by, status.value, mandate, before={"status": before.value}, after={"status": status.value}, reason=reason)
    mandate_decided.send(mandate, by=by, verb=status.value)


def end(mandate: Mandate, by: User, reason: str) -> None:
    """End a mandate today, or take an application back."""
    if mandate.status not in (MandateStatus.APPLIED, MandateStatus.VERIFIED) or mandate.is_over:
        raise TooLate(_("This mandate has ended already."))
    _close(mandate, by, reason, "ended")


def _close(mandate: Mandate, by: User, reason: str, verb: str) -> None:
    today, before = now().date(), mandate.status
    mandate.status, mandate.reason, mandate.decided_by, mandate.decided_at = MandateStatus.ENDED, reason, by, now()
    mandate.ends_on = max(today, mandate.starts_on)
    record(by, verb, mandate, before={"status": before.value}, after={"status": "ended"}, reason=reason)
    mandate_decided.send(mandate, by=by, verb=verb)


def hand_over(mandate: Mandate, email: str, by: User, note: str = "", register_link: str = "") -> None:
    """Give a mandate to a successor: at once when an admin does it, else when an admin has verified it.

    Until then the holder stays, so that the body is never without. Who is no member yet is invited by mail; whoever
    hands over is not told which of both it was.
    """
    if not mandate.is_live:
        raise NotPossible(_("Only a mandate that runs can be handed over."))
    to = member(email)
    if to is None:
        letters.send("handed_over", email, None, body=mandate.body.name, by=by.name, link=register_link)
        return
    if to.id == mandate.user_id:
        raise NotPossible(_("Please give the address of somebody else."))
    theirs = same_mandate(to, mandate.body)
    if theirs is None or theirs.status == MandateStatus.VERIFIED:
        _succeed(mandate, to, by, note)


def _succeed(mandate: Mandate, to: User, by: User, note: str) -> None:
    successor = Mandate(
        user=to, body=mandate.body, role=mandate.role, starts_on=now().date(), succeeds=mandate, note=note
    )
    db.session.add(successor)
    record(by, "named successor", mandate, after={"user": to.id})
    db.session.flush()
    if by.is_admin and by.id != to.id:
        verify(successor, by)
    else:
        mandate_applied.send(successor)
