"""Who may read, write and confirm an entry of any kind; who may move it on its way is moderation's to say."""

from typing import Any

from galaxy.content.models import EDITABLE, Attachment, Entry, Status
from galaxy.core.access import public


def owns(user: Any, entry: Entry) -> bool:
    """Whether it is this person's to speak for: by a mandate of an owner, or as its author where no body owns it."""
    if not user.is_authenticated:
        return False
    owners = entry.owners
    return any(user.acts_for(body) for body in owners) if owners else entry.author_id == user.id


def may_manage(user: Any, entry: Entry) -> bool:
    """Its owners and admins see all of it: drafts, versions, what was returned."""
    return owns(user, entry) or bool(user.is_admin)


@public
def may_read(user: Any, entry: Entry) -> bool:
    """What is published is everybody's; the rest its owners' and the admins'."""
    return entry.is_visible or may_manage(user, entry)


@public
def may_open(user: Any, upload: Attachment) -> bool:
    """A file is as open as its entry; one that is not shown yet, or no longer, only to owners and admins."""
    return (upload.live and may_read(user, upload.entry)) or may_manage(user, upload.entry)


def may_edit(user: Any, entry: Entry) -> bool:
    """Its owners and admins, except while admins are reading it, and once others have agreed to what it says."""
    being_read = entry.waiting is not None and entry.waiting.status == Status.SUBMITTED
    return entry.status in EDITABLE and may_manage(user, entry) and not being_read and not entry.is_settled


def may_write(user: Any, entry: Entry) -> bool:
    """Whoever may edit it, where what is written waits for an admin: its files, and what it said before."""
    return entry.judged and may_edit(user, entry)


def may_delete(user: Any, entry: Entry) -> bool:
    """Its owners, while it is a draft that nobody else has ever been shown."""
    unseen = entry.status == Status.DRAFT and entry.submitted_at is None and entry.published_at is None
    return entry.judged and entry.disposable and unseen and owns(user, entry)


def may_confirm(user: Any, entry: Entry) -> bool:
    """Only its owners know whether it is still true."""
    return entry.status == Status.PUBLISHED and owns(user, entry)
