"""What may be done with an entry of any kind: revised, given files, linked, confirmed; and its drafts."""

import hashlib
import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import delete, func, select
from werkzeug.datastructures import FileStorage

from galaxy.accounts.models import Body, User
from galaxy.accounts.services import account_deleted, exports, record
from galaxy.content.differences import Change, differences
from galaxy.content.models import Attachment, Draft, Entry, Link, Relation, Status, Version
from galaxy.content.words import code_name
from galaxy.core.db import db, now
from galaxy.core.i18n import _
from galaxy.core.storage import Refused, accept

E = TypeVar("E", bound=Entry)
ONE_SITTING = timedelta(hours=1)  # what one person writes within it is one version
KEPT = (
    "id", "ref", "status", "created_at", "published_at", "confirmed_at", "endorsed_at", "endorsed_by", "demo", "body",
    "author",
)  # fmt: skip
DRAFT_MAX_CHARACTERS = 400_000
DRAFT_MAX_FIELDS = 1_000
DRAFTS_MAX = 200  # of one person


def lock(entry: Entry) -> None:
    """Let nobody else change an entry before this transaction ends, and read it anew.

    The lock comes by itself: of a statement that waits for it, PostgreSQL reads only the locked row anew, and what a
    kind keeps in a table of its own would be as it was before the wait.
    """
    db.session.execute(select(Entry.id).where(Entry.id == entry.id).with_for_update())
    db.session.expire(entry)
    db.session.refresh(entry)


def digest(said: dict[str, Any], names: Iterable[str]) -> str:
    """A few letters that change when one of these things does: by them a form notices that somebody was faster."""
    part = {name: said.get(name) for name in sorted(names)}
    return hashlib.sha256(json.dumps(part, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def revise(entry: Entry, said: dict[str, Any], by: User | None, note: str = "") -> Version:
    """Take what its author says now, for the things that are there; the rest stays.

    A published entry goes on showing what an admin has seen: the new words wait as a version. Any other entry says
    them at once. What one person writes in one sitting is one version.
    """
    db.session.add(entry)
    licence = entry.said["licence"] if entry.consented_at else None
    if entry.is_visible:
        _keep_what_is_shown(entry)
        said = entry.said | said
    else:
        entry.apply(said)
        db.session.flush()  # gives an id to what is new
        said = entry.snapshot()
    if licence not in (None, said["licence"]):  # who agreed to one licence has not agreed to another
        entry.consented_at = None
        record(by, "took consent back", entry, before={"licence": licence}, after={"licence": said["licence"]})
    last = entry.versions[-1] if entry.versions else None
    if last is None or not _same_sitting(entry, last, by):
        number = last.number + 1 if last else 1
        last = Version(number=number, author_id=by.id if by else None, status=Status.DRAFT, created_at=now())
        entry.versions.append(last)
    before = last.said or {}
    if before != said:
        last.said, last.note = said, note or last.note or ""
        entry.updated_at = now()
        changed = [name for name, value in said.items() if before.get(name) != value]
        record(by, "revised", entry, after={"version": last.number, "changed": changed})
    return last


def _keep_what_is_shown(entry: Entry) -> None:
    """The first version of what was published without one, by an import."""
    if not entry.versions:
        seen = entry.published_at or entry.created_at
        first = Version(number=1, said=entry.snapshot(), status=Status.PUBLISHED, created_at=seen)
        first.author_id = entry.author_id
        entry.versions.append(first)


def _same_sitting(entry: Entry, version: Version, by: User | None) -> bool:
    same_author = version.author_id == (by.id if by else None)
    unseen = entry.submitted_at is None or version.created_at > entry.submitted_at
    return version.status == Status.DRAFT and same_author and unseen and now() - version.created_at < ONE_SITTING


def apply_version(version: Version) -> None:
    """Make an entry say what a version says. Whether it is shown is moderation's to decide."""
    version.entry.apply(version.said)
    version.status = Status.PUBLISHED


def as_said(entry: E, said: dict[str, Any]) -> E:
    """The entry as it would be if it said this: a copy outside the database, for a preview."""
    copy = type(entry)(**{name: getattr(entry, name) for name in KEPT})
    copy.apply({name: value for name, value in said.items() if name != "files"})
    copy.updated_at = entry.updated_at
    return copy


def changes(entry: Entry, old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """What differs between two things an entry says, in words its readers know."""
    files = {("file", upload.id): upload.file.name for upload in entry.uploads}
    files |= {("cover", upload.file_id): upload.file.name for upload in entry.uploads}

    def named(scheme: str, code: Any) -> str:
        return files.get((scheme, code)) or entry.named(scheme, code) or code_name(scheme, code)

    return differences(old, new, named, order=entry.words)


def files_of(entry: Entry, said: dict[str, Any]) -> list[Attachment]:
    """The files of an entry as it says it, in order, with the captions it gives them, without changing any row."""
    uploads = {upload.id: upload for upload in entry.uploads}
    said_of = [(uploads[file["id"]], file["caption"]) for file in said.get("files", ()) if file["id"] in uploads]
    return [
        Attachment(id=upload.id, file=upload.file, file_id=upload.file_id, caption=caption, live=True)
        for upload, caption in said_of
    ]


def live_files(entry: Entry) -> list[Attachment]:
    """The files an entry shows, each with its facts, in one statement."""
    rows = select(Attachment).where(Attachment.entry_id == entry.id, Attachment.live)
    return list(db.session.scalars(rows.order_by(Attachment.position, Attachment.id)))


def begin(entry: E, said: dict[str, Any], by: User, agreed: bool = False, origin: Entry | None = None) -> E:
    """Begin a new entry, in the name of the body its author acts for, if any; `origin` is what it is born from."""
    entry.author, entry.body = by, next(iter(by.bodies), None)
    revise(entry, said, by)
    if agreed:
        consent(entry, by)
    if origin is not None:
        link(entry, Relation.BORN_FROM, origin)
    return entry


def consent(entry: Entry, by: User) -> None:
    """Note that its owner agrees to publish it under its licence."""
    if entry.consented_at is None:
        entry.consented_at = now()
        record(by, "consented", entry, after={"licence": entry.said["licence"]})


def agree(entry: Entry, agreed: bool, by: User) -> None:
    """Note whether its owner agrees to publish it under the licence it names now."""
    if agreed:
        consent(entry, by)
    elif entry.consented_at is not None and not entry.is_visible:
        entry.consented_at = None
        record(by, "took consent back", entry)


def give_to(entry: Entry, body: Body | None, by: User) -> None:
    """Share it in the name of this body, or of its author alone."""
    if entry.body is not body:
        before, entry.body = entry.body, body
        names = ({"body": before.name} if before else None, {"body": body.name} if body else None)
        record(by, "given", entry, before=names[0], after=names[1])


def attach(entry: Entry, sent: FileStorage, caption: str, by: User) -> Attachment:
    """Add a file to an entry; raises `Refused` with words for the sender."""
    said, upload = entry.said, take_in(entry, sent, caption)
    more: dict[str, Any] = {"files": [*said["files"], {"id": upload.id, "caption": caption}]}
    if said["cover"] is None and upload.file.is_image:
        more["cover"] = upload.file_id
    revise(entry, more, by)
    return upload


def take_in(entry: Entry, sent: FileStorage, caption: str, live: bool = False) -> Attachment:
    """Keep a file for an entry, where it has room for one more; raises `Refused` with words for the sender."""
    if len(entry.said["files"]) >= (limit := current_app.config["FILES_PER_ENTRY"]):
        raise Refused(_("An entry has at most %(limit)d files. Take one away first.", limit=limit))
    upload = Attachment(file=accept(sent), caption=caption, live=live)
    entry.uploads.append(upload)
    db.session.flush()
    return upload


def detach(entry: Entry, upload_id: int, by: User) -> None:
    """Take a file away from an entry; older versions still know it."""
    said = entry.said
    gone = next((upload for upload in entry.uploads if upload.id == upload_id), None)
    less: dict[str, Any] = {"files": [file for file in said["files"] if file["id"] != upload_id]}
    if gone and said["cover"] == gone.file_id:
        less["cover"] = None
    revise(entry, less, by)


def arrange(entry: Entry, captions: dict[int, str], order: list[int], cover: int | None, by: User) -> None:
    """Give the files of an entry these captions and this order, and one picture of them as its cover."""
    files = {file["id"]: file for file in entry.said["files"]}
    ids = [number for number in dict.fromkeys((*order, *files)) if number in files]
    pictures = {upload.id: upload.file_id for upload in entry.uploads if upload.id in files and upload.file.is_image}
    said = {
        "files": [{"id": number, "caption": captions.get(number, files[number]["caption"])} for number in ids],
        "cover": pictures.get(cover) if cover else None,
    }
    revise(entry, said, by)


def throw_away(entry: Entry, by: User) -> None:
    """Throw away what nobody else has seen, with its versions and files; the log keeps that it was there."""
    record(by, "deleted draft", entry)
    files = [upload.file for upload in entry.uploads]
    entry.cover = None
    db.session.delete(entry)
    db.session.flush()
    for file in files:
        db.session.delete(file)


def link(entry: Entry, relation: Relation, to: Entry) -> Link:
    """Say how one entry stands to another; saying it twice changes nothing."""
    db.session.flush()
    key = {"from_id": entry.id, "relation": relation, "to_id": to.id}
    found = db.session.get(Link, key)
    if found is None:
        found = Link(**key)
        db.session.add(found)
    return found


def confirm(entry: Entry, by: User) -> None:
    """Say that what an entry tells is still true."""
    entry.confirmed_at = now()
    record(by, "confirmed", entry)


def save_draft(by: User, form: str, key: str, fields: list[tuple[str, str]], entry: Entry | None = None) -> Draft:
    """Keep what somebody has typed into a form so far; raises ValueError where it is too much."""
    if len(fields) > DRAFT_MAX_FIELDS or sum(len(n) + len(v) for n, v in fields) > DRAFT_MAX_CHARACTERS:
        raise ValueError("more than a form holds")
    draft = take_draft(by, form, key)
    if draft is None:
        if (db.session.scalar(select(func.count(Draft.id)).where(Draft.user_id == by.id)) or 0) >= DRAFTS_MAX:
            raise ValueError("more than one person writes at once")
        draft = Draft(user_id=by.id, form=form, key=key, entry_id=entry.id if entry else None)
        db.session.add(draft)
    draft.fields = [[name, value.replace("\x00", "")] for name, value in fields]
    draft.updated_at = now()
    return draft


def take_draft(by: User, form: str, key: str) -> Draft | None:
    """What somebody has typed into a form and not sent."""
    return db.session.scalar(select(Draft).where(Draft.user_id == by.id, Draft.form == form, Draft.key == key))


def drafts_of(by: User, form: str) -> list[Draft]:
    """All that somebody has typed into forms of this name and not sent, newest first."""
    mine = select(Draft).where(Draft.user_id == by.id, Draft.form == form)
    return list(db.session.scalars(mine.order_by(Draft.updated_at.desc(), Draft.id.desc()).limit(50)))


def drop_draft(by: User, form: str, key: str) -> None:
    """Forget what was typed: it has been sent, or its author discards it."""
    db.session.execute(delete(Draft).where(Draft.user_id == by.id, Draft.form == form, Draft.key == key))


def forget_drafts() -> None:
    """Delete what was typed long ago and never sent."""
    limit = now() - timedelta(days=current_app.config["DRAFTS_KEPT_DAYS"])
    db.session.execute(delete(Draft).where(Draft.updated_at < limit))


@account_deleted.connect
def forget_person(user: User, **_more: Any) -> None:
    """What somebody typed and never sent goes with their account; what they shared stays."""
    db.session.execute(delete(Draft).where(Draft.user_id == user.id))


@exports("entries")
def _entries(user: User) -> list[dict[str, Any]]:
    mine = db.session.scalars(select(Entry).where(Entry.author_id == user.id).order_by(Entry.id))
    return [{"ref": entry.ref, "kind": entry.kind, "status": entry.status.value, **entry.snapshot()} for entry in mine]


@exports("drafts")
def _drafts(user: User) -> list[dict[str, Any]]:
    mine = db.session.scalars(select(Draft).where(Draft.user_id == user.id).order_by(Draft.id))
    return [{"form": draft.form, "at": draft.updated_at.isoformat(), "fields": draft.fields} for draft in mine]
