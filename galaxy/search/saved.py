"""Saved searches: kept by a member, matched with what is newly published, each entry once."""

import json
import math
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.orm import contains_eager
from werkzeug.datastructures import MultiDict

from galaxy.accounts.models import User
from galaxy.accounts.services import NotPossible, account_deleted, exports
from galaxy.content.models import VISIBLE, Entry
from galaxy.core.db import db, now, reading
from galaxy.core.i18n import _
from galaxy.core.jobs import batch_task, later
from galaxy.notifications.models import Notification
from galaxy.search import facets, index
from galaxy.search.engines import IndexOut
from galaxy.search.entries import published
from galaxy.search.fusion import fuse
from galaxy.search.meaning.making import SEEN_AFTER, vectors_made
from galaxy.search.meaning.nearness import nearest
from galaxy.search.models import Often, SavedMatch, SavedSearch
from galaxy.search.ordering import spoken
from galaxy.search.questions import Question

MOST: Final = 50  # of one member
LONGEST_NAME: Final = 80
BATCHES: Final = 50  # of indexed entries, matched in one go
AT_ONCE: Final = 500  # entries in one statement
SECONDS: Final = 1.0  # how long is matched before whatever else is due has its turn
VERY_LIKE: Final = 4.5
"""Deviations above the usual from which meaning is news. A list has its best few and can be read to where it ceases
to fit; a letter must not bring what fits a little."""
LEFT_OUT: Final = frozenset({"page", "sort", "prefer"})  # of an address: they say how hits are shown, not which


# What a member does.


def named(question: Question) -> str:
    """What a question may be called: its words and what it is narrowed by."""
    chosen = [facets.label(facet, code, question.lang) for facet, code in question.chosen_pairs()]
    return " · ".join(filter(None, (question.words, *chosen)))[:LONGEST_NAME].strip() or str(_("All that is new"))


def kept(question: Question) -> dict[str, Any]:
    """A question as it is kept."""
    return {name: value for name, value in question.args().items() if name not in LEFT_OUT}


def question_of(saved: SavedSearch, lang: str = "") -> Question:
    """What a saved search asks, for a page in a language; else as it is matched."""
    return Question.from_args(MultiDict(saved.asked), lang or saved.language)


def same(user: User, question: Question) -> SavedSearch | None:
    """The one that somebody has saved of the same question."""
    asked = kept(question)
    return next((saved for saved in of_user(user) if saved.asked == asked), None)


def of_user(user: User) -> Sequence[SavedSearch]:
    """Somebody's saved searches, by name."""
    mine = select(SavedSearch).where(SavedSearch.user_id == user.id)
    return db.session.scalars(mine.order_by(func.lower(SavedSearch.name), SavedSearch.id)).all()


def must_have_room(user: User) -> None:
    """Refuse where somebody has saved as many as one can."""
    if len(of_user(user)) >= MOST:
        raise NotPossible(_("You can save %(most)d searches. Please delete one first.", most=MOST))


def save(user: User, question: Question, name: str, often: Often) -> SavedSearch:
    """Keep a question; what is published from now on is new to it."""
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update())
    must_have_room(user)
    saved = SavedSearch(user_id=user.id, name=name, asked=kept(question), language=question.lang, often=often)
    db.session.add(saved)
    db.session.flush()
    return saved


def change(saved: SavedSearch, name: str, often: Often, words: str) -> None:
    """Give it another name, another rhythm or other words; what was found or told before is not told again."""
    if saved.often == Often.NEVER != often:
        seen(saved.id)
    saved.name, saved.often = name, often
    asked = kept(question_of(saved).asking(words))
    if asked != saved.asked:
        saved.asked, saved.asked_at = asked, now()


def seen(saved_id: int) -> None:
    """Note that its owner knows all it has found."""
    untold = (SavedMatch.saved_id == saved_id) & SavedMatch.told_at.is_(None)
    db.session.execute(update(SavedMatch).where(untold).values(told_at=now()))


def throw_away(saved: SavedSearch) -> None:
    """Delete it, with the news that lead to it."""
    news = (Notification.user_id == saved.user_id) & (Notification.address == address_of(saved.id))
    db.session.execute(delete(Notification).where(news))
    db.session.delete(saved)


def address_of(saved_id: int) -> str:
    """Where its owner sees what it has found: a path without the language."""
    return f"/search/saved/{saved_id}"


# What it has found.


def matches(saved: SavedSearch) -> Select[SavedMatch]:
    """What it has found and the public may read, the latest first."""
    found = select(SavedMatch).join(Entry, Entry.id == SavedMatch.entry_id)
    found = found.where(SavedMatch.saved_id == saved.id, Entry.status.in_(VISIBLE))
    return found.order_by(SavedMatch.found_at.desc(), SavedMatch.entry_id.desc())


def how_many_new(user: User) -> dict[int, int]:
    """For each of somebody's saved searches that has found something new: how much."""
    new = (
        select(SavedMatch.saved_id, func.count())
        .join(SavedSearch, SavedSearch.id == SavedMatch.saved_id)
        .join(Entry, Entry.id == SavedMatch.entry_id)
        .where(SavedSearch.user_id == user.id, SavedMatch.told_at.is_(None), Entry.status.in_(VISIBLE))
        .group_by(SavedMatch.saved_id)
    )
    return {row[0]: row[1] for row in db.session.execute(new)}


# How it finds.


@index.entries_indexed.connect
def promise_to_match(ids: Sequence[int], at: datetime | None = None) -> None:
    """Promise to match what was indexed, where anybody has saved a search."""
    if ids and db.session.scalar(select(SavedSearch.id).limit(1)) is not None:
        later(match_saved, at, entry_ids=list(ids))


@vectors_made.connect
def promise_to_match_again(ids: Sequence[int]) -> None:
    """Promise to match it again once every model has seen it."""
    promise_to_match(ids, now() + SEEN_AFTER)


@batch_task(BATCHES)
def match_saved(promises: Sequence[dict[str, Any]]) -> None:
    """Match these entries with every saved search, each question once; for a little while, and promise the rest.

    A promise may say `after` which question it goes on. An index that does not answer is waited for.
    """
    groups: dict[str, set[int]] = {}
    for promise in promises:
        groups.setdefault(promise.get("after", ""), set()).update(promise["entry_ids"])
    until = time.monotonic() + SECONDS
    for after, ids in groups.items():
        try:
            with reading():
                pairs, last = new_matches(sorted(ids), after, until)
        except IndexOut:
            later(match_saved, now() + index.MADE_AGAIN, entry_ids=sorted(ids), after=after)
            continue
        _keep(pairs)
        if last:
            later(match_saved, entry_ids=sorted(ids), after=last)


def new_matches(ids: Sequence[int], after: str = "", until: float = math.inf) -> tuple[set[tuple[int, int]], str]:
    """Which saved searches these entries are new for, as pairs of ids, until that moment (of `time.monotonic`).

    The other is the last question that was asked, where not all were.
    """
    entries = {entry.id: entry for at in range(0, len(ids), AT_ONCE) for entry in published(ids[at : at + AT_ONCE])}
    rows = select(SavedSearch).join(SavedSearch.user).where(User.active, User.deleted_at.is_(None))
    rows = rows.options(contains_eager(SavedSearch.user).selectinload(User.mandates))
    found: set[tuple[int, int]] = set()
    for key, some in groupby(sorted(db.session.scalars(rows), key=_key), key=_key):
        if key <= after:
            continue
        alike = list(some)
        for entry_id in meeting(question_of(alike[0]), entries):
            found |= {(saved.id, entry_id) for saved in alike if _is_news(entries[entry_id], saved)}
        if time.monotonic() > until:
            return found, key
    return found, ""


def _key(saved: SavedSearch) -> str:
    """The same for the same question."""
    return json.dumps([saved.asked, saved.language], sort_keys=True)


def meeting(question: Question, among: Collection[int]) -> set[int]:
    """Those of these entries that a question finds: that meet all its words, or are very like it in meaning."""
    weighed = index.engine().weigh(question.query, question.chosen, among, 1)
    weighed = replace(weighed, scores={each: worth for each, worth in weighed.scores.items() if each in among})
    if not question.query.said or not weighed.scores:
        return set(weighed.scores)
    near = nearest(spoken(question), 0, weighed.scores)
    return {one.id for one in fuse(weighed, near) if one.is_met or (one.alike and one.likeness >= VERY_LIKE)}


def _is_news(entry: Entry, saved: SavedSearch) -> bool:
    """Whether it was published since the question is asked, and by others."""
    user = saved.user
    own = entry.author_id == user.id or any(user.acts_for(body) for body in entry.owners)
    return entry.published_at is not None and entry.published_at > saved.asked_at and not own


def _keep(pairs: set[tuple[int, int]]) -> None:
    """Note what was found, each once; what is gone meanwhile is left out."""
    searches = _there(SavedSearch.id, {saved_id for saved_id, _entry_id in pairs})
    entries = _there(Entry.id, {entry_id for _saved_id, entry_id in pairs})
    known = select(SavedMatch.saved_id, SavedMatch.entry_id).where(SavedMatch.entry_id.in_(entries))
    pairs = pairs - {(saved_id, entry_id) for saved_id, entry_id in db.session.execute(known)}
    moment = now()
    rows = [
        {"saved_id": saved_id, "entry_id": entry_id, "found_at": moment}
        for saved_id, entry_id in sorted(pairs)
        if saved_id in searches and entry_id in entries
    ]
    if rows:
        db.session.execute(insert(SavedMatch), rows)


def _there(column: Any, ids: Collection[int]) -> set[int]:
    return set(db.session.scalars(select(column).where(column.in_(ids))))


# An account's end, and a copy of its data.


@account_deleted.connect
def forget(user: User) -> None:
    """Whoever leaves takes along what they looked for."""
    db.session.execute(delete(SavedSearch).where(SavedSearch.user_id == user.id))


@exports("saved searches")
def _saved(user: User) -> list[dict[str, Any]]:
    return [
        {"name": saved.name, "asked": saved.asked, "often": saved.often.value, "saved": saved.created_at.isoformat()}
        for saved in of_user(user)
    ]
