"""What the pages of a webinar and of a series show beside its own row."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, or_, select
from sqlalchemy.orm import joinedload

from galaxy.accounts.models import Activity
from galaxy.content.models import VISIBLE, Entry, Relation
from galaxy.content.queries import linked
from galaxy.core.db import db, now
from galaxy.webinars.models import Series, Speaker, State, Webinar


def presented(webinar: Webinar, entry: Webinar) -> list[Entry]:
    """What is presented that the public may read; `entry` is what a preview says of the webinar, else itself."""
    found = linked(webinar, Relation.PRESENTS) if entry is webinar else [link.to_entry for link in entry.presented]
    return [each for each in found if each.is_visible]


def profiles(speakers: Iterable[Speaker]) -> dict[str, Entry]:
    """The visible entries that tell of these speakers, by permanent id."""
    refs = {speaker.profile for speaker in speakers if speaker.profile}
    rows = select(Entry).where(Entry.ref.in_(refs), Entry.status.in_(VISIBLE)) if refs else None
    return {entry.ref: entry for entry in db.session.scalars(rows)} if rows is not None else {}


def of_series(series: Series) -> Select[Webinar]:
    """The webinars of a series that the public may read: the next first, then the past ones, the last first."""
    to_come = or_(Webinar.ends_at.is_(None), Webinar.ends_at > now())
    soonest = case((to_come, Webinar.starts_at))
    return _readable(series.id).order_by(case((to_come, 0), else_=1), soonest, Webinar.starts_at.desc(), Webinar.id)


def neighbours(webinar: Webinar) -> tuple[Webinar | None, Webinar | None]:
    """The webinars before and after it in its series, as far as the public may read them."""
    if webinar.series_id is None or webinar.starts_at is None:
        return None, None
    others = _readable(webinar.series_id).where(Webinar.id != webinar.id, Webinar.state != State.CANCELLED)
    before, after = Webinar.starts_at < webinar.starts_at, Webinar.starts_at > webinar.starts_at
    return (
        db.session.scalar(others.where(before).order_by(Webinar.starts_at.desc(), Webinar.id).limit(1)),
        db.session.scalar(others.where(after).order_by(Webinar.starts_at, Webinar.id).limit(1)),
    )


def _readable(series_id: int) -> Select[Any]:
    found = select(Webinar).where(Webinar.series_id == series_id, Webinar.status.in_(VISIBLE))
    return found.options(joinedload(Webinar.body))


def moved_from(webinar: Webinar) -> datetime | None:
    """When it was to begin before it was moved last, as far as the public had read that; none where it never was."""
    if webinar.published_at is None:
        return None
    acts = select(Activity.before).where(Activity.object_kind == webinar.kind, Activity.object_id == webinar.id)
    acts = acts.where(Activity.verb == "moved", Activity.published > webinar.published_at)
    begun = [
        (before or {}).get("starts_at") for before in db.session.scalars(acts.order_by(Activity.id.desc()).limit(20))
    ]
    return next((datetime.fromisoformat(moment) for moment in begun if moment), None)
