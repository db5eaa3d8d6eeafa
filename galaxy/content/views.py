"""Files of entries, what is typed and not sent yet, and the address of any entry."""

import re
from typing import Any, TypeVar

from flask import Blueprint, Flask, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from galaxy.content import services
from galaxy.content.forms import EntryForm
from galaxy.content.models import Attachment, Entry
from galaxy.content.rules import may_confirm, may_edit, may_manage, may_open, may_read
from galaxy.content.words import code_name, code_names, kind_name, status_name
from galaxy.core.access import admit, signed_in
from galaxy.core.addresses import is_ours
from galaxy.core.db import REF_LENGTH, REF_LETTERS, SAFE, db, new_ref
from galaxy.core.forms import SECRET
from galaxy.core.i18n import _, clock, preferred
from galaxy.core.storage import answer
from galaxy.reference.sdgs import goals_of

bp = Blueprint("content", __name__)
F = TypeVar("F", bound=EntryForm)
FORM_NAME = re.compile(r"[a-z_]{1,30}\.[a-z_]{1,30}")
NEW_KEY = re.compile(rf"new-[{REF_LETTERS}]{{{REF_LENGTH}}}")


def address(entry: Entry, **more: Any) -> str:
    """Where an entry of any kind is shown."""
    return url_for(entry.endpoint, ref=entry.slug, **more)


def short_address(entry: Entry) -> str:
    """A short address that never changes, to be printed or read aloud."""
    return url_for("content.go", ref=entry.ref, _external=True)


@bp.get("/s/<ref:ref>")
@admit(may_read, Entry)
def go(entry: Entry) -> ResponseReturnValue:
    return redirect(address(entry, lang=preferred()))


@bp.get("/<lang:lang>/content/files/<int:id>")
@admit(may_open, Attachment)
def file(upload: Attachment) -> ResponseReturnValue:
    return answer(upload.file, small="small" in request.args)


@bp.get("/<lang:lang>/content/covers/<ref:ref>")
@admit(may_read, Entry)
def cover(entry: Entry) -> ResponseReturnValue:
    return answer(entry.cover, small=True) if entry.cover else abort(404)


@bp.post("/<lang:lang>/content/drafts")
@admit(signed_in)
def save_draft() -> ResponseReturnValue:
    """Keep what is being typed; asked by the form itself every few seconds."""
    form, key = request.form.get("draft_form", ""), request.form.get("draft_key", "")
    entry = writable(key)
    if not FORM_NAME.fullmatch(form) or not (entry or NEW_KEY.fullmatch(key)):
        abort(404)
    own = {"draft_form", "draft_key"}
    typed = [(n, v) for n, v in request.form.items(multi=True) if n not in own and not SECRET.search(n)]
    try:
        draft = services.save_draft(current_user, form, key, typed, entry)
    except ValueError:
        abort(413)
    db.session.commit()
    return {"told": _("Saved at %(time)s", time=clock(draft.updated_at))}


@bp.post("/<lang:lang>/content/drafts/discard")
@admit(signed_in)
def discard_draft() -> ResponseReturnValue:
    services.drop_draft(current_user, request.form.get("draft_form", ""), request.form.get("draft_key", ""))
    db.session.commit()
    flash(_("What you had typed and not saved is discarded."))
    back = request.form.get("next", "")
    return redirect(back if is_ours(back) else "/")


def writable(key: str) -> Entry | None:
    """The entry of this permanent id, if the reader may write it."""
    entry = db.session.scalar(select(Entry).where(Entry.ref == key))
    return entry if entry is not None and may_edit(current_user, entry) else None


def new_key() -> str:
    """What the draft of something new is kept under."""
    return f"new-{new_ref()}"


def reopened(form: type[F], name: str, entry: Entry | None, key: str = "", **more: Any) -> F:
    """A form as it was just sent, or as its writer left it, else as the entry says it."""
    said = entry.said if entry else {}
    key = entry.ref if entry else key
    first = {"base": services.digest(said, form.names), "key": key} | {n: said[n] for n in form.names if n in said}
    opened = form(data=first, **more)
    if request.method in SAFE and not opened.was_held and (draft := services.take_draft(current_user, name, key)):
        opened = form(formdata=MultiDict(draft.fields), data=first, **more)
        opened.restored_at = draft.updated_at
    opened.form_name = name
    return opened


def init_app(app: Flask) -> None:
    """Open the pages of this room, and let templates link to any entry, name it and ask what may be done with it."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        address=address,
        goals_of=goals_of,
        short_address=short_address,
        kind_name=kind_name,
        code_name=code_name,
        code_names=code_names,
        status_name=status_name,
        may_edit=may_edit,
        may_manage=may_manage,
        may_confirm=may_confirm,
    )
