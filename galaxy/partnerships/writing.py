"""Where needs and offers are written: the short form, the parts of the full one."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.accounts.models import Body
from galaxy.content import services as content
from galaxy.content.forms import GoalsForm, PartForm
from galaxy.content.models import TITLE_MAX, Entry
from galaxy.content.views import address
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
from galaxy.core.forms import held_here, tidy
from galaxy.core.i18n import _, lang, lazy
from galaxy.partnerships import services
from galaxy.partnerships.forms import PARTS, CallForm, ContextForm, NewForm, PartnersForm
from galaxy.partnerships.models import Call, Offer, Request
from galaxy.partnerships.rules import may_call, may_rewrite
from galaxy.partnerships.words import why_settled
from galaxy.reference.sdgs import goals_of

bp = Blueprint("partnerships", __name__, url_prefix="/<lang:lang>/partnerships")
KINDS: dict[str, type[Call]] = {"request": Request, "offer": Offer}


@steps_of("requests", "offers", mine="partnerships.mine", called=lazy("My partnerships"))
def steps_of_call(call: Call) -> list[Step]:
    return part_steps(call, PARTS, "partnerships.edit")


@bp.route("/new", methods=["GET", "POST"])
@admit(may_call)
def new() -> ResponseReturnValue:
    """The short form of a need or an offer; where it is not said which, the choice between them."""
    asked = dict(held_here() or ()) | request.args.to_dict() | request.form.to_dict()
    kind, origin = KINDS.get(asked.get("kind", "")), asked_origin()
    if kind is None:
        return render_template("partnerships/choose.html", origin=origin)
    name = f"partnerships.new_{asked['kind']}"
    form = reopened(NewForm, name, None, chosen_key(name, origin), origin)
    body = next(iter(current_user.bodies), None)
    form.speak_of(kind, body)
    form.kind.data, origin = asked["kind"], readable(form.origin.data)
    if is_untouched(form):
        begin_with(form, body, origin)
        if about := str(tidy(asked.get("about", ""))):  # what somebody sought and did not find
            form.title.data = " ".join(about.split())[:TITLE_MAX]
    if form.validate_on_submit():
        said = called_with(form, origin)
        call = services.begin(kind, said, current_user, agreed=form.consent.data, from_=origin)
        content.drop_draft(current_user, name, form.key.data or "")
        db.session.commit()
        flash(_("Your draft is saved. Nobody else sees it before you submit it."), "success")
        return go_on(call, "call")
    return render_template("partnerships/new.html", form=form, body=body, origin=origin, kind=asked["kind"])


def begin_with(form: NewForm, body: Body | None, origin: Entry | None) -> None:
    """Fill in what is known of the writer; an entry that offers nothing to ask is one to be adapted."""
    form.language.data = lang()
    form.country.data = (body.country if body else None) or current_user.country or ""
    if origin is not None and not form.asked.data:
        form.title.data = _("Adapting “%(title)s”", title=origin.title)[:TITLE_MAX]
    form.sdg.data = [goal.code for goal in goals_of(form.sdg.data or [])]


def called_with(form: NewForm, origin: Entry | None) -> dict[str, Any]:
    """What a new call says: what its writer says, and the targets and sectors of the entry it is born from."""
    said = begun_with(form, origin)
    return {name: value for name, value in said.items() if name in {*form.names, "sector"}}


@bp.route(f"/<ref:ref>/edit/<any({', '.join(PARTS)}):part>", methods=["GET", "POST"])
@admit(may_rewrite, Call)
def edit(call: Call, part: str) -> ResponseReturnValue:
    if call.is_settled:
        flash(why_settled(call), "warning")
        return redirect(address(call))
    form = reopened(PARTS[part], f"partnerships.{part}", call)
    prepare(form, call)
    if wants_rows(form):
        return show_part(call, part, form)
    if form.validate_on_submit():
        changes = save(form, call)
        if changes is None:
            return go_on(call, part)
        return show_part(call, part, form, changes), 409
    return show_part(call, part, form)


def prepare(form: PartForm, call: Call) -> None:
    """Fill the menus that depend on the call, and what it says of them; ask in the words of its kind."""
    said = call.said
    prepare_own(form, call)
    if isinstance(form, CallForm):
        form.speak_of(type(call), call.party)
    if isinstance(form, GoalsForm):
        form.keep(said["sdg"], is_untouched(form))
    if isinstance(form, PartnersForm | ContextForm):
        form.show_chosen(said)


def show_part(call: Call, part: str, form: PartForm, changes: list[Any] | None = None) -> str:
    page = {"call": call, "part": part, "form": form, "changes": changes, "steps": steps(call)}
    return render_template("partnerships/edit.html", **page)
