"""What hosts do with a webinar: change its facts at once, postpone, cancel and resume it; and its series."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from blinker import Namespace
from flask_babel import LazyString
from sqlalchemy import select

from galaxy.accounts.models import User
from galaxy.accounts.services import NotPossible, record
from galaxy.content import services as content
from galaxy.content.models import SUMMARY_MAX, Entry
from galaxy.core.db import db, new_ref, now
from galaxy.core.i18n import _
from galaxy.moderation.services import entry_moved
from galaxy.webinars import rules
from galaxy.webinars.models import TIMES, Series, State, Webinar

webinar_changed = Namespace().signal(
    "webinar changed",
    "Facts of a webinar are other ones now: `(webinar, verb=str, by=User or None, before={starts_at, ends_at, zone})`;"
    " the verbs: moved, postponed, cancelled, join changed, entrance changed.",
)

WHERE = ("join_url", "join_words", "join_public", "place")
ENTRANCE = ("entrance", "entrance_url", "capacity", "asks", "questions_read_first")


def move(
    webinar: Webinar,
    starts_at: datetime,
    ends_at: datetime,
    zone: str,
    by: User | None,
    all_day: bool = False,
    where: dict[str, Any] | None = None,
) -> None:
    """Give it another time, and with it perhaps another place; what is the same already changes nothing."""
    _give_time("move", webinar, (starts_at, ends_at, zone, all_day), by, where or {})


def resume(
    webinar: Webinar,
    starts_at: datetime,
    ends_at: datetime,
    zone: str,
    by: User | None,
    all_day: bool = False,
    where: dict[str, Any] | None = None,
) -> None:
    """Let it take place after all, at a new time."""
    _give_time("resume", webinar, (starts_at, ends_at, zone, all_day), by, where or {})


def _give_time(verb: str, webinar: Webinar, times: tuple[Any, ...], by: User | None, where: dict[str, Any]) -> None:
    content.lock(webinar)
    _refuse(rules.refusal(verb, webinar) or rules.wrong_time(*times[:3]))
    was, places = kept(webinar), _take(webinar, where, WHERE)
    moved = _take(webinar, dict(zip(TIMES, times, strict=True)), TIMES)
    if verb == "move" and not moved:
        _tell_place(webinar, was, places, by)
        return
    webinar.state, webinar.reason = rules.STEPS[verb].target, ""
    _log_and_tell(rules.STEPS[verb].done, webinar, was, by)
    if places:
        record(by, "join changed", webinar, after={"changed": places})


def set_join(webinar: Webinar, said: dict[str, Any], by: User | None) -> None:
    """Say where one joins it; the log names what is other now, not the address, which is not everybody's to see."""
    content.lock(webinar)
    was = kept(webinar)
    _tell_place(webinar, was, _take(webinar, said, WHERE), by)


def _tell_place(webinar: Webinar, was: dict[str, Any], places: list[str], by: User | None) -> None:
    if places:
        changed(webinar)
        record(by, "join changed", webinar, after={"changed": places})
        _send("join changed", webinar, was, by)


def postpone(webinar: Webinar, reason: str, by: User) -> None:
    """Say that it takes place later, at a time that is not known yet, and why."""
    _leave_off("postpone", webinar, reason, by)


def cancel(webinar: Webinar, reason: str, by: User | None) -> None:
    """Say that it does not take place, and why."""
    _leave_off("cancel", webinar, reason, by)


def _leave_off(verb: str, webinar: Webinar, reason: str, by: User | None) -> None:
    content.lock(webinar)
    _refuse(rules.refusal(verb, webinar))
    if not (reason := reason.strip()):
        raise NotPossible(_("Please say why, in a sentence or two: those who are registered read it."))
    was = kept(webinar)
    webinar.state, webinar.reason = rules.STEPS[verb].target, reason[:SUMMARY_MAX]
    _log_and_tell(rules.STEPS[verb].done, webinar, was, by)


def set_entrance(webinar: Webinar, said: dict[str, Any], by: User | None) -> None:
    """Say how one comes in; whoever has a place keeps it."""
    content.lock(webinar)
    was, before = kept(webinar), {name: getattr(webinar, name) for name in ENTRANCE}
    if "asks" in said:
        said = said | {"asks": with_keys(said["asks"], webinar.asks)}
    if names := _take(webinar, said, ENTRANCE):
        webinar.updated_at = now()
        after = {name: getattr(webinar, name) for name in names}
        record(by, "entrance changed", webinar, before={name: before[name] for name in names}, after=after)
        _send("entrance changed", webinar, was, by)


def with_keys(asked: Iterable[dict[str, Any]], old: list[Any]) -> list[dict[str, Any]]:
    """Questions with the keys under which their answers are kept: of the same words, else of the same place."""
    asked = list(asked)
    of = {each["question"]: each["key"] for each in old}
    keys = [of.pop(each["question"], None) for each in asked]
    for place, each in enumerate(old[: len(keys)]):
        if keys[place] is None and each["key"] not in keys:
            keys[place] = each["key"]
    return [{**each, "key": key or new_ref()} for each, key in zip(asked, keys, strict=True)]


def changed(webinar: Webinar) -> None:
    """Note that calendars must know."""
    webinar.sequence += 1
    webinar.changed_at = webinar.updated_at = now()


def kept(webinar: Webinar) -> dict[str, Any]:
    """When it is, as its facts say."""
    return {name: getattr(webinar, name) for name in (*TIMES, "state", "reason")}


def _take(webinar: Webinar, said: dict[str, Any], names: Iterable[str]) -> list[str]:
    """Take these facts where they are said; the names of those that are other ones now."""
    other = [name for name in names if name in said and getattr(webinar, name) != said[name]]
    for name in other:
        setattr(webinar, name, said[name])
    return other


def _refuse(why: LazyString | None) -> None:
    if why is not None:
        raise NotPossible(str(why))


def _log_and_tell(verb: str, webinar: Webinar, was: dict[str, Any], by: User | None) -> None:
    changed(webinar)
    is_, reason = kept(webinar), webinar.reason
    names = [name for name in is_ if name != "reason" and was[name] != is_[name]]
    before, after = ({name: _plain(facts[name]) for name in names} for facts in (was, is_))
    record(by, verb, webinar, before=before, after=after, reason=reason)
    _send(verb, webinar, was, by)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _send(verb: str, webinar: Webinar, was: dict[str, Any], by: User | None) -> None:
    db.session.flush()  # whoever hears of it reads the rows
    webinar_changed.send(webinar, verb=verb, by=by, before=was)


GONE = frozenset({"withdrawn", "taken down", "archived"})
BACK = frozenset({"published", "unarchived"})


@entry_moved.connect
def webinar_moved(entry: Entry, by: User | None, verb: str) -> None:
    """What left the site before it took place is cancelled for those who are registered; what is back, is on again."""
    if not isinstance(entry, Webinar) or entry.state != State.PLANNED or entry.starts_at is None or entry.is_over:
        return
    if verb in GONE or (verb in BACK and entry.sequence):
        changed(entry)
        _send("cancelled" if verb in GONE else "moved", entry, kept(entry), by)


# Series.


def series_of(webinar: Webinar) -> list[Series]:
    """The series to which its owner may add it, by their titles."""
    if webinar.body_id is None and webinar.author_id is None:
        return []
    rows = select(Series).where(*_same_owner(webinar)).order_by(Series.title, Series.id)
    return list(db.session.scalars(rows.limit(200)))


def _same_owner(webinar: Webinar) -> tuple[Any, ...]:
    if webinar.body_id is not None:
        return (Series.body_id == webinar.body_id,)
    return Series.body_id.is_(None), Series.author_id == webinar.author_id


def series_called(title: str, webinar: Webinar, by: User) -> Series:
    """The series of this name of a webinar's owner; a new one where there is none."""
    found = next((each for each in series_of(webinar) if each.title.casefold() == title.casefold()), None)
    if found is None:
        found = Series(title=title, language=webinar.language, body_id=webinar.body_id, author_id=webinar.author_id)
        db.session.add(found)
        record(by, "series begun", found)
    return found


def rename(series: Series, title: str, summary: str, by: User) -> None:
    """Say what a series is called and what it is about; its webinars say so at once."""
    before, after = {"title": series.title, "summary": series.summary}, {"title": title, "summary": summary}
    if before != after:
        series.title, series.summary = title, summary
        record(by, "series renamed", series, before=before, after=after)
