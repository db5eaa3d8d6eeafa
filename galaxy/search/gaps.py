"""What was sought and not found: counted for admins, never with the person who sought it."""

import hmac
import re
from datetime import timedelta
from functools import partial
from unicodedata import combining

import structlog
from flask import Flask, Response, after_this_request, current_app, request
from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from galaxy.core.db import db, now
from galaxy.core.jobs import every
from galaxy.core.limits import too_often
from galaxy.search.completion import folded
from galaxy.search.found import Found
from galaxy.search.models import Gap
from galaxy.search.queries import found_ids

LONGEST = 120
FEWEST_LETTERS = 2
OTHERS = 0.2  # the most of it that may be neither letters nor digits
MOST = 20_000
KEPT, KEPT_SETTLED = timedelta(days=730), timedelta(days=365)
_DIGITS = re.compile(r"(?:\d\W{0,3}){7}")  # so many, with or without signs between, may be somebody's telephone

log = structlog.get_logger()


def missed(found: Found) -> str:
    """The words of a question that found nothing at all in all that is shared; empty where they are not to be kept."""
    question = found.question
    if found.total or found.by_meaning or found.notice or not question.query.said or not may_be_kept(question.words):
        return ""
    if question.chosen and found_ids(question.without(), 1).total:  # only the filters hide it
        return ""
    return question.words


def may_be_kept(words: str) -> bool:
    """Whether it is short and made of words, and nothing like somebody's address or telephone."""
    letters = sum(sign.isalpha() for sign in words)
    others = sum(not (sign.isalnum() or sign.isspace() or combining(sign)) for sign in words)
    is_short = letters >= FEWEST_LETTERS and len(words) <= LONGEST and others <= OTHERS * len(words)
    return is_short and "@" not in words and not _DIGITS.search(words)


def count_later(found: Found) -> None:
    """Count a question that found nothing once the answer is sent, so that nobody waits for it; of one client each
    question once a day, and not many."""
    words, language = missed(found), found.question.lang
    if not words or not (key := folded(words)[:LONGEST]) or _is_known(f"{language} {key}") or too_often("LIMIT_GAPS"):
        return
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # of Werkzeug's proxy

    @after_this_request
    def then(response: Response) -> Response:
        response.call_on_close(partial(_count_apart, app, words, key, language))
        return response


def _is_known(asked: str) -> bool:
    """Whether this client has asked it today; what is remembered for that says neither what nor who."""
    said = f"{request.remote_addr} {asked}".encode()
    return too_often("LIMIT_GAP", hmac.digest(current_app.config["SECRET_KEY"].encode(), said, "sha256").hex())


def _count_apart(app: Flask, words: str, key: str, language: str) -> None:
    with app.app_context():
        try:
            count(words, key, language)
            db.session.commit()
        except SQLAlchemyError as error:
            log.warning("gap not counted", reason=str(error))


def count(words: str, key: str, language: str) -> None:
    """Write down that this was sought in vain, now and once more."""
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    row = {"folded": key, "language": language, "words": words, "times": 1, "first_at": now(), "last_at": now()}
    put = dialect.insert(Gap).values(row)
    again = {"times": Gap.times + 1, "words": words, "last_at": now()}
    db.session.execute(put.on_conflict_do_update(index_elements=["folded", "language"], set_=again))


def sought(language: str = "", settled: bool = False) -> Select[Gap]:
    """What was sought in vain, the most often first; of one language of the interface, or what an admin has settled."""
    found = select(Gap).where(Gap.settled_at.is_not(None) if settled else Gap.settled_at.is_(None))
    if language:
        found = found.where(Gap.language == language)
    return found.order_by(Gap.times.desc(), Gap.last_at.desc(), Gap.id)


def settle(gap: Gap) -> None:
    """An admin has seen to it, or sees that nothing is to be done."""
    gap.settled_at = now()


def reopen(gap: Gap) -> None:
    """It is not settled after all."""
    gap.settled_at = None


@every(minute="23")
def forget_gaps() -> None:
    """Delete what is old, and where there is too much, what was sought once only and longest ago."""
    old = or_(Gap.last_at < now() - KEPT, Gap.settled_at < now() - KEPT_SETTLED)
    db.session.execute(delete(Gap).where(old))
    there = db.session.scalar(select(func.count(Gap.id))) or 0
    if there > MOST:
        least = select(Gap.id).order_by(Gap.times > 1, Gap.last_at).limit(there - MOST)
        db.session.execute(delete(Gap).where(Gap.id.in_(least)))
    db.session.commit()
