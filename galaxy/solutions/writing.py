"""Where solutions and adaptations are written: the short form, the parts of the full one, an adaptation."""

from typing import Any

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.content import services as content
from galaxy.content.forms import GoalsForm, PartForm
from galaxy.content.rules import may_edit
from galaxy.content.writing import (
    Step,
    asked_origin,
    begun_with,
    chosen_key,
    go_on,
    is_untouched,
    part_steps,
    prepare_own,
    readable,
    reopened,
    save,
    steps,
    steps_of,
    wants_rows,
)
from galaxy.core.access import admit
from galaxy.core.db import db
from galaxy.core.i18n import _, lang, lazy
from galaxy.solutions import queries, services
from galaxy.solutions.forms import PARTS, AdaptationForm, ContextForm, NewForm
from galaxy.solutions.models import Adaptation, Solution
from galaxy.solutions.rules import may_adapt, may_share

bp = Blueprint("solutions", __name__, url_prefix="/<lang:lang>/solutions")
MINE = {"mine": "solutions.mine", "called": lazy("My solutions")}


@steps_of("solutions", **MINE)
def steps_of_solution(solution: Solution) -> list[Step]:
    return part_steps(solution, PARTS, "solutions.edit")


@steps_of("adaptations", **MINE)
def steps_of_adaptation(adaptation: Adaptation) -> list[Step]:
    address = url_for("solutions.edit_adaptation", ref=adaptation.slug)
    return [Step("adaptation", address, _("What you tell"), AdaptationForm.says())]


@bp.route("/new", methods=["GET", "POST"])
@admit(may_share)
def new() -> ResponseReturnValue:
    name = "solutions.new"
    asked = asked_origin()
    form = reopened(NewForm, name, None, chosen_key(name, asked), asked)
    origin = readable(form.origin.data)
    if is_untouched(form) and not origin:
        form.language.data, form.country.data = lang(), current_user.country or ""
    if form.validate_on_submit():
        solution = content.begin(Solution(), begun_with(form, origin), current_user, form.consent.data, origin)
        return begun(solution, form, "story")
    body = next(iter(current_user.bodies), None)
    return render_template("solutions/new.html", form=form, body=body, origin=origin)


def begun(entry: Solution | Adaptation, form: NewForm | AdaptationForm, here: str) -> ResponseReturnValue:
    """A new entry is kept: its writer goes on."""
    content.drop_draft(current_user, form.form_name, form.key.data or "")
    db.session.commit()
    flash(_("Your draft is saved. Nobody else sees it before you submit it."), "success")
    return go_on(entry, here)


@bp.route(f"/<ref:ref>/edit/<any({', '.join(PARTS)}):part>", methods=["GET", "POST"])
@admit(may_edit, Solution)
def edit(solution: Solution, part: str) -> ResponseReturnValue:
    form = reopened(PARTS[part], f"solutions.{part}", solution)
    prepare(form, solution)
    if wants_rows(form):
        return show_part(solution, part, form)
    if form.validate_on_submit():
        changes = save(form, solution)
        if changes is None:
            return go_on(solution, part)
        return show_part(solution, part, form, changes), 409
    form.spare()
    return show_part(solution, part, form)


def prepare(form: PartForm, solution: Solution) -> None:
    """Fill the menus that depend on the solution, and what it says of them."""
    said = solution.said
    prepare_own(form, solution)
    if isinstance(form, GoalsForm):
        form.keep(said["sdg"], is_untouched(form))
    if isinstance(form, ContextForm):
        form.show_chosen(said)


def show_part(solution: Solution, part: str, form: PartForm, changes: list[Any] | None = None) -> str:
    page = {"solution": solution, "part": part, "form": form, "changes": changes, "steps": steps(solution)}
    return render_template("solutions/edit.html", **page)


@bp.route("/<ref:ref>/adapt", methods=["GET", "POST"])
@admit(may_adapt, Solution)
def adapt(solution: Solution) -> ResponseReturnValue:
    form = reopened(AdaptationForm, "solutions.adapt", None, f"new-{solution.ref}", asked_origin())
    origin = readable(form.origin.data)
    if is_untouched(form) and not origin:
        form.language.data, form.country.data = lang(), current_user.country or ""
    if form.validate_on_submit():
        said = begun_with(form, origin)
        adaptation = services.adapt(solution, said, current_user, form.consent.data, origin)
        return begun(adaptation, form, "adaptation")
    return render_template("solutions/adapt.html", form=form, solution=solution, adaptation=None, origin=origin)


@bp.route("/adaptations/<ref:ref>/edit", methods=["GET", "POST"])
@admit(may_edit, Adaptation)
def edit_adaptation(adaptation: Adaptation) -> ResponseReturnValue:
    form = reopened(AdaptationForm, "solutions.adaptation", adaptation)
    prepare_own(form, adaptation)
    changes = None
    if form.validate_on_submit():
        changes = save(form, adaptation)
        if changes is None:
            return go_on(adaptation, "adaptation")
    told = {"solution": queries.parent(adaptation), "adaptation": adaptation, "steps": steps(adaptation)}
    return render_template("solutions/adapt.html", form=form, changes=changes, **told), 409 if changes else 200
