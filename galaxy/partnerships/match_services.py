"""Matches are kept and told once, set aside and taken back; and admins say how much each reason counts."""

from collections.abc import Iterable, Mapping

from flask import current_app
from sqlalchemy import delete, select

from galaxy.accounts.models import User
from galaxy.accounts.services import record
from galaxy.content.models import Entry
from galaxy.core.db import db, now
from galaxy.core.i18n import force_locale, offered
from galaxy.core.templates import has_page
from galaxy.notifications.services import path, people, tell
from galaxy.partnerships import match_queries as queries
from galaxy.partnerships.match_words import DISMISSALS, why
from galaxy.partnerships.matching import DEFAULTS, Fit
from galaxy.partnerships.models import Call, Dismissal, Match, Weight


def keep(call: Call, fits: Iterable[Fit]) -> list[Match]:
    """Keep these as the matches of a call, and return those that are strong now and were not, the best first.

    A match that fits no longer goes; one that was told or set aside stays, so that it is known that it was.
    """
    rows = {match.entry_id: match for match in db.session.scalars(select(Match).where(Match.call_id == call.id))}
    strong = current_app.config["MATCH_TELL_PERCENT"] / 100
    risen = []
    for fit in fits:
        match = rows.pop(fit.entry_id, None) or Match(call=call, entry_id=fit.entry_id, score=0.0)
        if match.dismissed_at is None:
            if match.score < strong <= fit.score:
                risen.append(match)
            match.score, match.reasons = fit.score, fit.reasons
            db.session.add(match)
    for match in rows.values():
        if match.dismissed_at is None and match.told_at:
            match.score, match.reasons = 0.0, []
        elif match.dismissed_at is None:
            db.session.delete(match)
    db.session.flush()
    return sorted(risen, key=lambda match: (-match.score, -match.entry_id))


def tell_of(call: Call, risen: Iterable[Match]) -> None:
    """Tell both sides of strong new matches: the best few in a week, each once for ever, from whichever side.

    Nothing of the demonstration is told.
    """
    for match in risen:
        if not call.demo and not match.entry.demo and _claim(match):
            _tell_both(match)


def _claim(match: Match) -> bool:
    """Note that both sides are told; false where they have been before, or have heard enough for a week.

    Two calls that match are one piece of news, so it is noted for both; another worker may do the same just now.
    """
    pair = {match.call_id, match.entry_id}
    db.session.execute(select(Entry.id).where(Entry.id.in_(pair)).order_by(Entry.id).with_for_update())
    seen = [match, *([mirrored(match) or _unseen(match)] if isinstance(match.entry, Call) else [])]
    for each in seen:
        db.session.refresh(each)
    told = next((each.told_at for each in seen if each.told_at), None)
    most = current_app.config["MATCH_TELL_MOST"]
    if told is None and any(queries.told_lately(each.call_id) >= most for each in seen):
        return False
    for each in seen:
        each.told_at = each.told_at or told or now()
    db.session.flush()
    return told is None


def mirrored(match: Match) -> Match | None:
    """The same two calls seen from the other one; none where the entry is no call, or does not list this one."""
    return db.session.get(Match, (match.entry_id, match.call_id))


def _unseen(match: Match) -> Match:
    """What the other call keeps of a match that it does not list itself: that it was told."""
    made = Match(call_id=match.entry_id, entry_id=match.call_id, score=0.0, reasons=[])
    db.session.add(made)
    db.session.flush()
    return made


def _tell_both(match: Match) -> None:
    """A letter with the reasons to everybody of the call's side, and of the entry's unless an import brought it in."""
    call, entry = match.call, match.entry
    ours = side_of(call)
    theirs = [] if entry.external_id else [user for user in side_of(entry) if user not in ours]
    page = "partnerships.show" if has_page("partnerships.show") else "partnerships.matches"
    for user in ours:
        _tell(user, "match", call, path("partnerships.matches", ref=call.slug), entry.title, match)
    for user in theirs:
        _tell(user, "matched", entry, path(page, ref=call.slug), call.title, match)


def _tell(user: User, verb: str, entry: Entry, address: str, found: str, match: Match) -> None:
    with force_locale(user.language if user.language in offered() else offered()[0]):
        reasons = "\n".join(why(match))
    tell([user], verb, entry, address, found=found, reasons=reasons)


def side_of(entry: Entry) -> list[User]:
    """Who speaks for an entry: those who act for its body or endorsed it as a call; its author where it has no body."""
    bodies = [entry.spoken_for_by, entry.party if isinstance(entry, Call) else None]
    holders = [user for body in bodies if body is not None for user in body.holders]
    return list(dict.fromkeys([*holders, *people(entry)]))


def set_aside(match: Match, by: User, reason: Dismissal, text: str) -> None:
    """Say that a match does not fit: neither side is shown it again, unless it is taken back."""
    for each in (match, mirrored(match)):
        if each is not None:
            each.dismissed_at, each.dismissed_by, each.dismissed_for, each.dismissal = now(), by, reason, text
    written = f"{DISMISSALS[reason]}. {text}" if text else str(DISMISSALS[reason])
    record(by, "match set aside", match.call, after={"entry": match.entry.ref, "for": reason}, reason=written)


def take_back(match: Match, by: User) -> None:
    """Show a match again that was set aside; where it was not, there is nothing to do."""
    if match.dismissed_at is None:
        return
    before = {"entry": match.entry.ref, "for": match.dismissed_for}
    for each in (match, mirrored(match)):
        if each is not None:
            each.dismissed_at = each.dismissed_by = each.dismissed_for = None
            each.dismissal = ""
    record(by, "match shown again", match.call, before=before)


def weigh(values: Mapping[str, float], by: User) -> bool:
    """Let each reason count so much, and return whether that changes anything; what is in the code is not kept."""
    before = queries.weights()
    after = {name: float(values.get(name, default)) for name, default in DEFAULTS.items()}
    if after == before:
        return False
    db.session.execute(delete(Weight))
    db.session.add_all(Weight(reason=name, value=value) for name, value in after.items() if value != DEFAULTS[name])
    changed = [name for name in after if after[name] != before[name]]
    told = ({name: some[name] for name in changed} for some in (before, after))
    record(by, "weights changed", by, before=next(told), after=next(told))
    return True
