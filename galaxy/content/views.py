"""Entries of any kind as they are read: their address, files and history."""

from typing import Any
from urllib.parse import quote

from flask import Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from galaxy.content import services
from galaxy.content.models import Attachment, Entry, Version
from galaxy.content.queries import presenting
from galaxy.content.rules import may_confirm, may_edit, may_manage, may_open, may_read, may_write
from galaxy.content.words import code_name, code_names, kind_name, licence_address, status_name
from galaxy.content.writing import bp, mine, preview_address, writing_address
from galaxy.core.access import admit
from galaxy.core.db import REF_LENGTH, db
from galaxy.core.i18n import _, preferred
from galaxy.core.storage import answer
from galaxy.reference.sdgs import goals_of

ANY_REF = "0" * REF_LENGTH  # has no letter of one, so that it stands in no other part of an address


def address(entry: Entry, **more: Any) -> str:
    """Where an entry of any kind is shown."""
    if more:
        return url_for(entry.endpoint, ref=entry.slug, **more)
    # The address of one entry is that of another with its own words, and the same for all is remembered.
    return url_for(entry.endpoint, ref=ANY_REF).replace(ANY_REF, quote(entry.slug))


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


@bp.get("/<lang:lang>/content/<ref:ref>/history")
@admit(may_manage, Entry)
def history(entry: Entry) -> ResponseReturnValue:
    """Every version, and what changed between two of them: the last two unless others are asked for."""
    versions = {version.number: version for version in entry.versions}
    last = max(versions, default=0)
    new = versions.get(request.args.get("new", last, type=int)) or versions.get(last)
    before = [number for number in versions if new and number < new.number]
    old = versions.get(request.args.get("old", 0, type=int)) or versions.get(max(before, default=0))
    changes = services.changes(entry, old.said if old else {}, new.said) if new else []
    page = {"versions": list(versions.values())[::-1], "old": old, "new": new, "changes": changes}
    return render_template("content/history.html", entry=entry, may_restore=may_write(current_user, entry), **page)


@bp.post("/<lang:lang>/content/<ref:ref>/history/<int:number>/restore")
@admit(may_write, Entry)
def restore(entry: Entry, number: int) -> ResponseReturnValue:
    """Take an older version's words again; the newer ones stay in the history."""
    services.lock(entry)
    version = db.session.scalar(select(Version).where(Version.entry_id == entry.id, Version.number == number))
    if version is None or not may_write(current_user, entry):
        abort(404)
    services.revise(entry, version.said, current_user, note=_("Version %(number)d again", number=number))
    db.session.commit()
    flash(_("The draft says again what version %(number)d said.", number=number), "success")
    return redirect(url_for(".history", ref=entry.slug))


@bp.post("/<lang:lang>/content/<ref:ref>/confirm")
@admit(may_confirm, Entry)
def confirm(entry: Entry) -> ResponseReturnValue:
    """Say that it is still true."""
    services.confirm(entry, current_user)
    db.session.commit()
    flash(_("Thank you. Readers see that it is still true."), "success")
    return redirect(address(entry))


def init_app(app: Flask) -> None:
    """Open the pages of this room, and let templates link to any entry, name it and ask what may be done with it."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        address=address,
        writing_address=writing_address,
        preview_address=preview_address,
        mine=mine,
        presenting=presenting,
        licence_address=licence_address,
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
