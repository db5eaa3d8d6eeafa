"""What the sides of an interest, or the parties of a partnership, keep among themselves: thread, notes, agreement."""

from collections.abc import Iterable
from datetime import UTC, datetime, time

from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from galaxy.accounts.models import Activity, Body, User
from galaxy.accounts.services import exports, record
from galaxy.content import services as content
from galaxy.core.db import db, now
from galaxy.core.i18n import _
from galaxy.core.storage import Refused, accept
from galaxy.moderation import clock
from galaxy.moderation.models import WaitKind
from galaxy.notifications.services import admins, tell
from galaxy.partnerships import rules
from galaxy.partnerships.acts import (
    NOT_YOURS,
    Changed,
    NotPossible,
    Thread,
    address,
    bounded,
    instead,
    lock,
    party_for,
    tell_sides,
)
from galaxy.partnerships.models import LIVE, Interest, Partnership, Post, PostFile, Stage

FILES_MOST = 5  # in one message


def write(thread: Thread, text: str, by: User, files: Iterable[FileStorage] = ()) -> Post:
    """Write into a private thread; raises `storage.Refused` for a file that is not taken."""
    lock(thread)
    may = rules.may_write_about if isinstance(thread, Interest) else rules.may_post
    if not may(by, thread):  # type: ignore[arg-type]  # each rule with the thread it is of
        raise NotPossible(_closed_to(by, thread), instead(by, thread))
    sent, text = [file for file in files if file.filename], bounded(text.strip())
    if not text and not sent:
        raise NotPossible(_("Please write something, or choose a file."), instead(by, thread))
    if len(sent) > FILES_MOST:
        raise Refused(_("Please send %(most)d files at most with one message.", most=FILES_MOST))
    body = _writes_for(by, thread)
    post = Post(body=body, author=by, text=text, files=[PostFile(file=accept(file)) for file in sent])
    thread.posts.append(post)
    if isinstance(thread, Interest) and rules.calls(by, thread):
        clock.answered(WaitKind.INTEREST, thread.id, by)  # who asks has answered
    record(by, "wrote privately", thread, after={"files": len(sent)} if sent else None)
    at = "/conversation" if isinstance(thread, Partnership) else ""
    tell_sides(thread, "private message", by, at=at, text=text or _("A file was sent."))
    return post


def _closed_to(by: User, thread: Thread) -> str:
    inside = rules.may_see_interest if isinstance(thread, Interest) else rules.may_see_inside
    if not inside(by, thread):  # type: ignore[arg-type]  # as above
        return str(NOT_YOURS)
    return str(_("This conversation has ended. It can still be read."))


def _writes_for(by: User, thread: Thread) -> Body | None:
    """The side one writes for; none for a member's own call, and for an admin who was asked in."""
    return next((body for body in thread.bodies if by.acts_for(body)), None)


def invite_admins(thread: Thread, by: User) -> None:
    """Ask the admins into a private thread; asking twice changes nothing."""
    lock(thread)
    _one_of_them(thread, by)
    if thread.admins_invited_at is None:
        thread.admins_invited_at = now()
        record(by, "asked admins in", thread)
        tell(admins(), "asked in", _entry(thread), address(thread), by=by)
        tell_sides(thread, "admins can read", by)


def let_admins_go(thread: Thread, by: User) -> None:
    """Close a private thread to the admins again."""
    lock(thread)
    _one_of_them(thread, by)
    if thread.admins_invited_at is not None:
        thread.admins_invited_at = None
        record(by, "let admins go", thread)


def _one_of_them(thread: Thread, by: User) -> None:
    if not (rules.takes_part(by, thread) if isinstance(thread, Interest) else rules.is_party(by, thread)):
        raise NotPossible(NOT_YOURS, instead(by, thread))


def _entry(thread: Thread) -> Partnership | None:
    """What the news is about; of an interest only the address tells, since its call may be of others' concern."""
    return thread if isinstance(thread, Partnership) else None


def looked_in(thread: Thread, admin: User) -> None:
    """Note, once a day, that an admin has read a private thread they were asked into."""
    kind = "interest" if isinstance(thread, Interest) else thread.kind
    today = datetime.combine(now().date(), time.min, UTC)
    seen = select(Activity.id).where(
        Activity.actor_id == admin.id,
        Activity.verb == "looked in",
        Activity.object_kind == kind,
        Activity.object_id == thread.id,
        Activity.published >= today,
    )
    if db.session.scalar(seen.limit(1)) is None:
        record(admin, "looked in", thread)


def digest_of_notes(partnership: Partnership) -> str:
    """A few letters that change when the notes do."""
    return content.digest({"notes": partnership.notes}, ["notes"])


def keep_notes(partnership: Partnership, text: str, base: str, by: User) -> None:
    """Keep the parties' working notes; `base` is the digest of those their writer began with."""
    lock(partnership)
    _works(partnership, by)
    if base != digest_of_notes(partnership):
        raise Changed(_("Somebody else has changed the notes. Please read theirs first."), instead(by, partnership))
    if partnership.notes != bounded(text):
        partnership.notes = text
        record(by, "kept notes", partnership)


def keep_agreement(partnership: Partnership, file: FileStorage, by: User) -> None:
    """Keep the signed agreement. The one before it is not lost: it goes into the thread."""
    lock(partnership)
    party = _works(partnership, by)
    before, partnership.agreement = partnership.agreement, accept(file)
    if before is not None:
        words = _("The agreement before this one.")
        partnership.posts.append(Post(body=party, author=by, text=words, files=[PostFile(file=before)]))
    record(by, "kept agreement", partnership)
    tell_sides(partnership, "agreement kept", by, party)


def _works(partnership: Partnership, by: User) -> Body:
    """The party one acts for, while there is work to do with the others."""
    party = party_for(by, partnership)
    if partnership.stage not in {*LIVE, Stage.COMPLETED}:
        raise NotPossible(rules.NOT_WHILE[partnership.stage], instead(by, partnership))
    return party.body


@exports("expressions of interest")
def _interests(user: User) -> list[dict[str, object]]:
    mine = db.session.scalars(select(Interest).where(Interest.by_id == user.id).order_by(Interest.id))
    return [
        {
            "at": interest.created_at.isoformat(),
            "call": interest.call.ref,
            "body": interest.body.name,
            "role": interest.role.value,
            "status": interest.status.value,
            "message": interest.message,
        }
        for interest in mine
    ]


@exports("private threads")
def _posts(user: User) -> list[dict[str, object]]:
    mine = db.session.scalars(select(Post).where(Post.author_id == user.id).order_by(Post.id))
    return [
        {"at": post.created_at.isoformat(), "text": post.text, "files": [each.file.name for each in post.files]}
        for post in mine
    ]
