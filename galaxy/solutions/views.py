"""Solutions and adaptations as they are read, their history, and the steps they take on their way."""

from typing import Any

from flask import Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from galaxy.content import services as content
from galaxy.content.models import Entry, Version
from galaxy.content.rules import may_confirm, may_edit, may_manage, may_read
from galaxy.content.views import address
from galaxy.core.access import admit, anyone, signed_in
from galaxy.core.db import db
from galaxy.core.i18n import _
from galaxy.core.paging import page_of
from galaxy.moderation import queries as moderation_queries
from galaxy.moderation import rules as moderation_rules
from galaxy.moderation import services as moderation
from galaxy.notifications import services as notifications
from galaxy.reference.lists import LICENCES
from galaxy.reference.names import fold
from galaxy.solutions import queries
from galaxy.solutions.models import Adaptation, Solution
from galaxy.solutions.rules import may_adapt, may_delete, may_submit
from galaxy.solutions.writing import bp


@bp.get("/")
@admit(anyone)
def index() -> ResponseReturnValue:
    """What is published, newest first."""
    solutions = page_of(queries.published(), queries.published_count())
    return render_template("solutions/index.html", solutions=solutions)


@bp.get("/mine")
@admit(signed_in)
def mine() -> ResponseReturnValue:
    begun = content.drafts_of(current_user, "solutions.new")
    return render_template("solutions/mine.html", entries=queries.mine(current_user), begun=begun)


@bp.get("/<ref:ref>")
@admit(may_read, Solution)
def show(solution: Solution) -> ResponseReturnValue:
    notifications.read_about(current_user, solution)
    return render_template("solutions/show.html", **told_of(solution, solution, content.live_files(solution)))


@bp.get("/<ref:ref>/preview")
@admit(may_manage, Entry)
def preview(entry: Solution | Adaptation) -> ResponseReturnValue:
    """What the public would see if it were published as it is written now."""
    said = entry.said
    shown = content.as_said(entry, said)
    name = "show" if isinstance(entry, Solution) else "show_adaptation"
    page = told_of(entry, shown, content.files_of(entry, said))
    return render_template(f"solutions/{name}.html", preview=True, **page)


def told_of(entry: Solution | Adaptation, shown: Solution | Adaptation, files: list[Any]) -> dict[str, Any]:
    """What the page of an entry shows: what it says, its files, its family, and what the reader may do with it."""
    tree = queries.family(entry)
    above = queries.parent(entry)
    return {
        "entry": shown,
        "files": files,
        "family": tree,
        "uses": queries.uses(tree),
        "profiles": queries.implementers(entry) if isinstance(shown, Solution) and shown.implementers else {},
        "parent": above if above is not None and may_read(current_user, above) else None,
        "history": queries.public_versions(entry),
        "acts": moderation_queries.steps(entry, whole=False),
        "may": {name for name, rule in RULES.items() if rule(current_user, entry)},
        "waiting": entry.waiting if may_manage(current_user, entry) else None,
        "reasons": moderation_queries.reasons(entry) if may_manage(current_user, entry) else None,
    }


RULES = {
    "edit": may_edit,
    "submit": may_submit,
    "manage": may_manage,
    "confirm": may_confirm,
    "adapt": may_adapt,
    "delete": may_delete,
    "flag": moderation_rules.may_flag,
    "take_back": moderation_rules.may_take_back,
    "withdraw": moderation_rules.may_withdraw,
    "archive": moderation_rules.may_archive,
    "unarchive": moderation_rules.may_unarchive,
}


@bp.get("/adaptations/<ref:ref>")
@admit(may_read, Adaptation)
def show_adaptation(adaptation: Adaptation) -> ResponseReturnValue:
    notifications.read_about(current_user, adaptation)
    page = told_of(adaptation, adaptation, content.live_files(adaptation))
    return render_template("solutions/show_adaptation.html", **page)


@bp.get("/<ref:ref>/history")
@admit(may_manage, Entry)
def history(entry: Solution | Adaptation) -> ResponseReturnValue:
    """Every version, and what changed between two of them: the last two unless others are asked for."""
    versions = {version.number: version for version in entry.versions}
    last = max(versions, default=0)
    new = versions.get(request.args.get("new", last, type=int)) or versions.get(last)
    before = [number for number in versions if new and number < new.number]
    old = versions.get(request.args.get("old", 0, type=int)) or versions.get(max(before, default=0))
    changes = content.changes(entry, old.said if old else {}, new.said) if new else []
    page = {"versions": list(versions.values())[::-1], "old": old, "new": new, "changes": changes}
    return render_template("solutions/history.html", entry=entry, may_edit_it=may_edit(current_user, entry), **page)


@bp.post("/<ref:ref>/history/<int:number>/restore")
@admit(may_edit, Entry)
def restore(entry: Solution | Adaptation, number: int) -> ResponseReturnValue:
    """Take an older version's words again; the newer ones stay in the history."""
    content.lock(entry)
    version = db.session.scalar(select(Version).where(Version.entry_id == entry.id, Version.number == number))
    if version is None or not may_edit(current_user, entry):
        abort(404)
    content.revise(entry, version.said, current_user, note=_("Version %(number)d again", number=number))
    db.session.commit()
    flash(_("The draft says again what version %(number)d said.", number=number), "success")
    return redirect(url_for(".history", ref=entry.slug))


def moved(entry: Entry, words: str) -> ResponseReturnValue:
    """After a step: commit, say so, show the entry."""
    db.session.commit()
    flash(words, "success")
    return redirect(address(entry))


@bp.post("/<ref:ref>/confirm")
@admit(may_confirm, Entry)
def confirm(entry: Entry) -> ResponseReturnValue:
    content.confirm(entry, current_user)
    return moved(entry, _("Thank you. Readers see that it is still true."))


@bp.post("/<ref:ref>/take-back")
@admit(moderation_rules.may_take_back, Entry)
def take_back(entry: Entry) -> ResponseReturnValue:
    moderation.take_back(entry, current_user)
    return moved(entry, _("Taken back. You can go on writing."))


@bp.post("/<ref:ref>/withdraw")
@admit(moderation_rules.may_withdraw, Entry)
def withdraw(entry: Entry) -> ResponseReturnValue:
    moderation.withdraw(entry, current_user, request.form.get("reason", "").strip()[:2000])
    return moved(entry, _("Withdrawn. The public no longer sees it; you still do."))


@bp.post("/<ref:ref>/archive")
@admit(moderation_rules.may_archive, Entry)
def archive(entry: Entry) -> ResponseReturnValue:
    moderation.archive(entry, current_user)
    return moved(entry, _("Archived. It stays readable, and says that it is of the past."))


@bp.post("/<ref:ref>/unarchive")
@admit(moderation_rules.may_unarchive, Entry)
def unarchive(entry: Entry) -> ResponseReturnValue:
    moderation.unarchive(entry, current_user)
    return moved(entry, _("Back from the archive."))


def writing_address(entry: Entry) -> str:
    """Where one goes on writing it."""
    if entry.kind == "adaptations":
        return url_for("solutions.edit_adaptation", ref=entry.ref)
    return url_for("solutions.edit", ref=entry.ref, part="story")


def worked_name(code: str) -> str:
    """Whether an adaptation worked, in the reader's words."""
    names: dict[str, str] = {"yes": _("it worked"), "partly": _("it worked in part"), "no": _("it did not work")}
    return names.get(code) or str(_("too early to say"))


def licence_address(code: str) -> str:
    """Where the terms of a licence are read; empty where it is not one of ours."""
    return getattr(LICENCES.get(code), "url", None) or ""


def init_app(app: Flask) -> None:
    """Open the pages of this room, and let templates say what this room's words mean."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        fold=fold, writing_address=writing_address, worked_name=worked_name, licence_address=licence_address
    )
