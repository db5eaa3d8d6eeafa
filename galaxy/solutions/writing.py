"""Where solutions and adaptations are written: the short form, the parts, the files, the last look before sending."""

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.content import services as content
from galaxy.content.forms import EntryForm
from galaxy.content.models import Entry
from galaxy.content.rules import may_edit, owns
from galaxy.content.views import new_key, reopened
from galaxy.core.access import admit
from galaxy.core.db import db
from galaxy.core.i18n import _, lang
from galaxy.core.limits import limiter
from galaxy.core.storage import Refused
from galaxy.search.queries import similar
from galaxy.solutions import queries, services
from galaxy.solutions.forms import (
    BODYLESS,
    PARTS,
    AdaptationForm,
    ContextForm,
    GoalsForm,
    NewForm,
    PartForm,
    UploadForm,
)
from galaxy.solutions.models import Adaptation, Solution
from galaxy.solutions.rules import may_adapt, may_delete, may_share, may_submit, may_write

bp = Blueprint("solutions", __name__, url_prefix="/<lang:lang>/solutions")
STEPS = (*PARTS, "files")
SHORT = ("adaptation", "files")  # the steps of an adaptation
Typed = Solution | Adaptation


def said_to_do() -> str:
    """Which button was pressed: `save`, `next`, `preview`, `submit`, or `row:` and a list that is to grow."""
    return request.form.get("act", "save")[:40]


def chosen_key(form: str) -> str:
    """The key of a new thing's draft: the one that is asked for, else of the last one begun, else a new one."""
    if request.method == "POST" or "fresh" in request.args:
        return request.form.get("key", "")[:40] or new_key()
    begun = content.drafts_of(current_user, form)
    return begun[0].key if begun else new_key()


@bp.route("/new", methods=["GET", "POST"])
@admit(may_share)
def new() -> ResponseReturnValue:
    name = "solutions.new"
    form = reopened(NewForm, name, None, chosen_key(name))
    if request.method == "GET" and not form.restored_at and not form.was_held:
        form.language.data, form.country.data = lang(), current_user.country or ""
    if form.validate_on_submit():
        solution = services.share(form.said(), current_user, agreed=form.consent.data)
        content.drop_draft(current_user, name, form.key.data or "")
        db.session.commit()
        flash(_("Your draft is saved. Nobody else sees it before you submit it."), "success")
        return go_on(solution, "story")
    body = next(iter(current_user.bodies), None)
    return render_template("solutions/new.html", form=form, body=body)


def go_on(entry: Typed, part: str) -> ResponseReturnValue:
    """Where the button that was pressed leads."""
    act = said_to_do()
    if act == "submit":
        return redirect(url_for("solutions.submit", ref=entry.slug))
    if act == "preview":
        return redirect(url_for("solutions.preview", ref=entry.slug))
    steps = STEPS if isinstance(entry, Solution) else SHORT
    if act == "next" and part == steps[-1]:
        return redirect(url_for("solutions.submit", ref=entry.slug))
    step = steps[steps.index(part) + 1] if act == "next" else part
    if step == "files":
        return redirect(url_for("solutions.files", ref=entry.slug))
    if isinstance(entry, Adaptation):
        return redirect(url_for("solutions.edit_adaptation", ref=entry.slug))
    return redirect(url_for("solutions.edit", ref=entry.slug, part=step))


@bp.route(f"/<ref:ref>/edit/<any({', '.join(PARTS)}):part>", methods=["GET", "POST"])
@admit(may_edit, Solution)
def edit(solution: Solution, part: str) -> ResponseReturnValue:
    form = reopened(PARTS[part], f"solutions.{part}", solution)
    prepare(form, solution)
    if request.method == "POST" and said_to_do().startswith("row:"):
        form.spare(more_of=said_to_do().removeprefix("row:"))
        return show_part(solution, part, form)
    if form.validate_on_submit():
        changes = save(form, solution)
        if changes is None:
            return go_on(solution, part)
        return show_part(solution, part, form, changes), 409
    form.spare()
    return show_part(solution, part, form)


def save(form: EntryForm, entry: Typed) -> list[Any] | None:
    """Take what was typed; or, where somebody else was faster, what they said in place of it."""
    content.lock(entry)
    if not may_edit(current_user, entry):
        abort(409)
    current, said = entry.said, form.said()
    if form.base.data != content.digest(current, form.names):
        theirs = {name: current.get(name) for name in form.names}
        if changes := content.changes(entry, theirs, said):
            form.base.data = content.digest(current, form.names)
            return changes
    agreed = entry.consented_at is not None
    content.revise(entry, said, current_user)
    own_fields(form, entry, asks_again=agreed and entry.consented_at is None)
    content.drop_draft(current_user, form.form_name, entry.ref)
    db.session.commit()
    flash(_("Saved."), "success")
    return None


def own_fields(form: EntryForm, entry: Typed, asks_again: bool) -> None:
    """What a form asks besides what a version keeps: the agreement, which is to a licence, and in whose name."""
    if asks_again:
        flash(_("You chose another licence. Please say that you agree to it, too."), "warning")
    elif isinstance(form, ContextForm | AdaptationForm):
        services.agree(entry, form.consent.data, current_user)
    if isinstance(form, ContextForm) and "owner" in form:
        bodies = {str(body.id): body for body in current_user.bodies}
        services.give_to(entry, bodies.get(form.owner.data or BODYLESS), current_user)


def prepare(form: PartForm, solution: Solution) -> None:
    """Fill the menus that depend on the solution, and what it says of them."""
    said, first = solution.said, request.method == "GET" and not form.restored_at and not form.was_held
    if isinstance(form, GoalsForm):
        goals = [code for code in said["sdg"] if "." not in code]
        form.show_targets_of([*goals, *(code.partition(".")[0] for code in said["sdg"] if "." in code)])
        if first:
            form.goals.data, form.targets.data = goals, [code for code in said["sdg"] if "." in code]
    if isinstance(form, ContextForm):
        form.keep(said)
        bodies = [(str(body.id), body.name) for body in current_user.bodies]
        if solution.is_visible or not bodies or not owns(current_user, solution):
            del form.owner
        else:
            form.owner.choices = [*bodies, (BODYLESS, _("My own"))]
            form.owner.data = str(solution.body_id or BODYLESS) if first else form.owner.data
        if first:
            form.consent.data = solution.consented_at is not None


def show_part(solution: Solution, part: str, form: PartForm, changes: list[Any] | None = None) -> str:
    page = {"solution": solution, "part": part, "form": form, "changes": changes, "parts": parts(solution)}
    return render_template("solutions/edit.html", **page)


def parts(solution: Solution) -> list[tuple[str, Any, bool]]:
    """The parts of the full form: address, name, and whether something is said there."""
    said = solution.said
    full = {
        name: any(said.get(each) for each in form.names if each not in {"language", "licence", "evidence"})
        for name, form in PARTS.items()
    }
    rows = [
        (url_for("solutions.edit", ref=solution.ref, part=name), form.words, full[name]) for name, form in PARTS.items()
    ]
    return [*rows, (url_for("solutions.files", ref=solution.ref), _("Files and pictures"), bool(said["files"]))]


def parts_of_adaptation(adaptation: Adaptation) -> list[tuple[str, Any, bool]]:
    """What an adaptation is written in: its one form, and its files."""
    told = (url_for("solutions.edit_adaptation", ref=adaptation.ref), _("What you tell"), not adaptation.missing)
    return [
        told,
        (url_for("solutions.files", ref=adaptation.ref), _("Files and pictures"), bool(adaptation.said["files"])),
    ]


@bp.route("/<ref:ref>/edit/files", methods=["GET", "POST"])
@admit(may_write, Entry)
@limiter.limit(lambda: current_app.config["LIMIT_UPLOADS"], methods=["POST"], exempt_when=lambda: not request.files)
def files(entry: Typed) -> ResponseReturnValue:
    form = reopened(UploadForm, "solutions.files", entry)
    if form.validate_on_submit():
        content.lock(entry)
        try:
            change_files(form, entry)
        except Refused as refused:
            db.session.rollback()
            form.file.errors = [str(refused)]
        else:
            content.drop_draft(current_user, form.form_name, entry.ref)
            db.session.commit()
            return go_on(entry, "files")
    kept, said = content.files_of(entry, entry.said), entry.said
    steps = parts(entry) if isinstance(entry, Solution) else parts_of_adaptation(entry)
    page = {"entry": entry, "form": form, "files": kept, "cover": said["cover"], "parts": steps}
    return render_template("solutions/files.html", **page)


def change_files(form: UploadForm, entry: Typed) -> None:
    """Take away the file whose button was pressed; else take captions, order and cover, and the file that was sent."""
    kept = [file["id"] for file in entry.said["files"]]
    captions = {number: request.form.get(f"caption-{number}", "").strip()[:300] for number in kept}
    typed = {number: request.form.get(f"place-{number}", 0, type=int) for number in kept}
    if kept and f"caption-{kept[0]}" in request.form:
        order = sorted(kept, key=lambda number: typed[number] or 0)
        content.arrange(entry, captions, order, request.form.get("cover", type=int), current_user)
    if (gone := said_to_do()).startswith("remove:"):
        number = gone.removeprefix("remove:")
        content.detach(entry, int(number) if number.isascii() and number.isdigit() else 0, current_user)
        flash(_("The file is taken away."), "success")
    elif form.file.data:
        content.attach(entry, form.file.data, form.caption.data or "", current_user)
        flash(_("The file is added."), "success")
    else:
        flash(_("Saved."), "success")


@bp.route("/<ref:ref>/submit", methods=["GET", "POST"])
@admit(may_submit, Entry)
def submit(entry: Typed) -> ResponseReturnValue:
    """The last look: what is missing, what is already there, and the button."""
    if request.method == "POST" and not entry.missing:
        services.submit(entry, current_user)
        db.session.commit()
        flash(_("Submitted. An admin will read it, and you will be told."), "success")
        return redirect(url_for("solutions.mine"))
    shown = content.as_said(entry, entry.said)
    page = {"entry": entry, "shown": shown, "missing": [(name, place(entry, name)) for name in entry.missing]}
    return render_template("solutions/submit.html", similar=similar(shown), **page)


@bp.route("/<ref:ref>/delete", methods=["GET", "POST"])
@admit(may_delete, Entry)
def delete(entry: Typed) -> ResponseReturnValue:
    """Throw a draft away, once its owner has looked at what goes with it."""
    if request.method == "POST":
        content.throw_away(entry, current_user)
        db.session.commit()
        flash(_("The draft is deleted."), "success")
        return redirect(url_for("solutions.mine"))
    return render_template("solutions/delete.html", entry=entry)


def place(entry: Typed, name: str) -> str:
    """Where one says what is missing."""
    if isinstance(entry, Adaptation):
        return f"{url_for('solutions.edit_adaptation', ref=entry.slug)}#{name}"
    part = "context" if name == "consent" else next(part for part, form in PARTS.items() if name in form.names)
    return f"{url_for('solutions.edit', ref=entry.slug, part=part)}#{'goals' if name == 'sdg' else name}"


@bp.route("/<ref:ref>/adapt", methods=["GET", "POST"])
@admit(may_adapt, Solution)
def adapt(solution: Solution) -> ResponseReturnValue:
    name = "solutions.adapt"
    form = reopened(AdaptationForm, name, None, f"new-{solution.ref}")
    if request.method == "GET" and not form.restored_at and not form.was_held:
        form.language.data, form.country.data = lang(), current_user.country or ""
    if form.validate_on_submit():
        adaptation = services.adapt(solution, form.said(), current_user, agreed=form.consent.data)
        content.drop_draft(current_user, name, form.key.data or "")
        db.session.commit()
        flash(_("Your draft is saved. Nobody else sees it before you submit it."), "success")
        return go_on(adaptation, SHORT[0])
    return render_template("solutions/adapt.html", form=form, solution=solution, adaptation=None)


@bp.route("/adaptations/<ref:ref>/edit", methods=["GET", "POST"])
@admit(may_edit, Adaptation)
def edit_adaptation(adaptation: Adaptation) -> ResponseReturnValue:
    form = reopened(AdaptationForm, "solutions.adaptation", adaptation)
    if request.method == "GET" and not form.restored_at and not form.was_held:
        form.country.data = next(iter(adaptation.said["country"]), "")
        form.consent.data = adaptation.consented_at is not None
    changes = None
    if form.validate_on_submit():
        changes = save(form, adaptation)
        if changes is None:
            return go_on(adaptation, SHORT[0])
    page = {"form": form, "solution": queries.parent(adaptation), "adaptation": adaptation, "changes": changes}
    page |= {"parts": parts_of_adaptation(adaptation)}
    return render_template("solutions/adapt.html", **page), 409 if changes else 200
