"""Bodies for whom nobody acts any more, while others wait for them: the admins are told once."""

from typing import Any

from sqlalchemy import or_, select

from galaxy.accounts.models import Body, Mandate, User
from galaxy.accounts.services import account_deleted, mandate_decided, record
from galaxy.core.db import db, now
from galaxy.moderation.clock_rules import acting
from galaxy.notifications.services import admins, tell
from galaxy.partnerships.models import LIVE, Call, Interest, InterestStatus, Partnership, Party, Stage


def look_for(body: Body | None = None) -> None:
    """Look after every party of what is alive, and everybody whose open call has an answer that waits; or one body."""
    alive = select(Party).join(Partnership).where(Partnership.stage.in_(LIVE))
    waiting = select(Interest.call_id).where(Interest.status == InterestStatus.WAITING)
    calls = select(Call).where(Call.id.in_(waiting))
    if body is not None:
        alive = alive.where(Party.body_id == body.id)
        calls = calls.where(or_(Call.body_id == body.id, Call.endorsed_by_id == body.id))
    for thing in [*db.session.scalars(alive.order_by(Party.id)), *db.session.scalars(calls.order_by(Call.id))]:
        look_after(thing)


def look_after(thing: Party | Call) -> None:
    """Tell the admins where nobody acts for it; not again before somebody has acted for it in between.

    In talks a call's body is a party, and looked after as one; a member who posted by themselves acts for nobody.
    """
    body = thing.party if isinstance(thing, Call) else thing.body
    if body is None or (isinstance(thing, Call) and thing.stage != Stage.OPEN):
        return
    if acting(body):
        thing.alone_at = None
    elif thing.alone_at is None:
        entry = thing if isinstance(thing, Call) else thing.partnership
        thing.alone_at = now()
        record(None, "left alone", entry, after={"body": body.id})
        tell(admins(), "left alone", entry, body=body.name)


@mandate_decided.connect
def _on_mandate(mandate: Mandate, **_more: Any) -> None:
    """Somebody acts for a body now, or no longer."""
    look_for(mandate.body)


@account_deleted.connect
def _on_account(user: User, **_more: Any) -> None:
    """The mandates of an account that was emptied have ended."""
    for mandate in user.mandates:
        look_for(mandate.body)
