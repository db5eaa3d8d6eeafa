"""When what a saved search has found is told, and the letter: at once, or in the morning of its reader's own clock."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import current_app, render_template
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import func, select, update

from galaxy.accounts.models import User
from galaxy.content.models import Entry, Status
from galaxy.core import mail
from galaxy.core.db import db, now
from galaxy.core.i18n import force_locale, ngettext, offered, zone_named
from galaxy.core.jobs import every
from galaxy.notifications.queries import silenced
from galaxy.notifications.services import path, tell, whole
from galaxy.search import saved as searches
from galaxy.search.entries import published
from galaxy.search.models import Often, SavedMatch, SavedSearch

NEWS: Final = "saved search"
MORNING: Final = time(7)
MONDAY: Final = 0
LONGEST_WAIT: Final = timedelta(minutes=5)  # for a flood to end
SHOWN: Final = 20  # entries in one letter


@every(minute="*")
def tell_at_once() -> None:
    """Each minute: what was found for those who want to hear at once; a flood is told when it is over."""
    quiet = timedelta(seconds=current_app.config["ALERT_QUIET_SECONDS"])
    moment = now()
    for saved_id, _zone, first, last, _often in _untold(Often.AT_ONCE):
        if last <= moment - quiet or first <= moment - LONGEST_WAIT:
            _tell(saved_id)


@every(minute="*/15")
def tell_by_the_clock() -> None:
    """Each quarter of an hour: what was found before this morning, or this week's, where its reader lives."""
    moment = now()
    for saved_id, zone, first, _last, often in _untold(Often.DAILY, Often.WEEKLY):
        if first <= last_morning(moment, zone_named(zone), weekly=often == Often.WEEKLY):
            _tell(saved_id)


def last_morning(moment: datetime, zone: ZoneInfo | None, weekly: bool) -> datetime:
    """When it was last seven in the morning in a zone, else in the site's; for weekly news, on a Monday."""
    zone = zone or ZoneInfo(current_app.config["TIME_ZONE"])
    local = moment.astimezone(zone)
    day = local.date() if local.time() >= MORNING else local.date() - timedelta(days=1)
    if weekly:
        day -= timedelta(days=(day.weekday() - MONDAY) % 7)
    return datetime.combine(day, MORNING, zone)


def _untold(*rhythms: Often) -> Sequence[Any]:
    """The saved searches with something to tell to somebody who may be written to."""
    rows = (
        select(
            SavedSearch.id,
            User.time_zone,
            func.min(SavedMatch.found_at),
            func.max(SavedMatch.found_at),
            SavedSearch.often,
        )
        .join(User, User.id == SavedSearch.user_id)
        .join(SavedMatch, SavedMatch.saved_id == SavedSearch.id)
        .where(SavedSearch.often.in_(rhythms), SavedMatch.told_at.is_(None))
        .where(User.active, User.deleted_at.is_(None), User.confirmed_at.is_not(None))
        .group_by(SavedSearch.id, User.time_zone, SavedSearch.often)
        .order_by(SavedSearch.id)
    )
    found = db.session.execute(rows).all()
    db.session.commit()
    return found


def _tell(saved_id: int) -> None:
    """Tell of what one saved search has found, and note it; where another worker is at it, leave it to that one."""
    row = select(SavedSearch).where(SavedSearch.id == saved_id).with_for_update(skip_locked=True)
    saved = db.session.scalar(row)
    if saved is not None:
        untold = (SavedMatch.saved_id == saved_id) & SavedMatch.told_at.is_(None)
        shown = select(Entry.id).where(Entry.status == Status.PUBLISHED)
        found = select(SavedMatch.entry_id).where(untold, SavedMatch.entry_id.in_(shown))
        total = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
        latest = found.order_by(SavedMatch.found_at.desc(), SavedMatch.entry_id.desc()).limit(SHOWN)
        if entries := published(db.session.scalars(latest).all()):
            told = update(SavedMatch).where(untold, SavedMatch.entry_id.in_(shown)).values(told_at=now())
            db.session.execute(told, execution_options={"synchronize_session": False})
            _write(saved, entries, total)
    db.session.commit()


def _write(saved: SavedSearch, entries: Sequence[Entry], total: int) -> None:
    """The news on the site, and the letter where their reader wants letters of this kind."""
    user = saved.user
    tell([user], NEWS, None, searches.address_of(saved.id), by_mail=False, search=saved.name)
    if NEWS in silenced(user):
        return
    language = user.language if user.language in offered() else offered()[0]
    with force_locale(language):
        stop = _page(language, "search.unsubscribe", token=token(saved))
        said = {
            "greeted": user.name,
            "saved": saved,
            "entries": [(entry, _page(language, entry.endpoint, ref=entry.slug)) for entry in entries],
            "more": total - len(entries),
            "sentence": ngettext(
                "There is one new entry for your search “%(name)s”.",
                "There are %(num)d new entries for your search “%(name)s”.",
                total,
                name=saved.name,
            ),
            "link": _page(language, "search.matches", id=saved.id),
            "settings": _page(language, "search.edit", id=saved.id),
            "stop": stop,
        }
        subject = ngettext("One new entry: %(name)s", "%(num)d new entries: %(name)s", total, name=saved.name)
        mail.post(
            user.email,
            subject,
            render_template("emails/search/alert.txt", **said),
            render_template("emails/search/alert.html", **said),
            {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        )


def _page(language: str, endpoint: str, **values: Any) -> str:
    """The whole address of a page, in the language of the letter."""
    return whole(f"/{language}{path(endpoint, **values)}")


# The way out of a letter.


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="saved search")


def token(saved: SavedSearch) -> str:
    """Proof that a letter of this saved search was sent; the time tells it from another that has its number later."""
    return str(_signer().dumps([saved.id, saved.created_at.timestamp()]))


def is_signed(token: str) -> bool:
    """Whether a token is one of ours, also when its search is gone."""
    return bool(_read(token))


def opened(token: str) -> SavedSearch | None:
    """The saved search that a token names, where it is still there."""
    saved_id, made = _read(token) or (0, 0.0)
    saved = db.session.get(SavedSearch, saved_id)
    return saved if saved is not None and saved.created_at.timestamp() == made else None


def _read(token: str) -> tuple[int, float] | None:
    try:
        saved_id, made = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return int(saved_id), float(made)
