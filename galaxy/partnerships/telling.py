"""Where the parties tell the public of their partnership, in words an admin reads first."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from galaxy.content.forms import PartForm
from galaxy.content.rules import may_edit, may_manage
from galaxy.content.writing import Step, go_on, part_steps, prepare_own, reopened, save, steps, steps_of, wants_rows
from galaxy.core.access import admit
from galaxy.core.i18n import lazy
from galaxy.partnerships.models import Partnership
from galaxy.partnerships.tell_forms import PARTS, SummaryForm
from galaxy.partnerships.together import page
from galaxy.partnerships.writing import bp


@steps_of(
    "partnerships", mine="partnerships.mine", called=lazy("My partnerships"), preview="partnerships.preview_partnership"
)
def steps_of_partnership(partnership: Partnership) -> list[Step]:
    return part_steps(partnership, PARTS, "partnerships.tell")


@bp.route(f"/with/<ref:ref>/tell/<any({', '.join(PARTS)}):part>", methods=["GET", "POST"])
@admit(may_edit, Partnership)
def tell(partnership: Partnership, part: str) -> ResponseReturnValue:
    """Write what the public will read."""
    form = reopened(PARTS[part], f"partnerships.{part}", partnership)
    prepare_own(form, partnership)
    if isinstance(form, SummaryForm):
        form.show_chosen(partnership.said)
    if wants_rows(form):
        return show_part(partnership, part, form)
    changes = None
    if form.validate_on_submit():
        changes = save(form, partnership)
        if changes is None:
            return go_on(partnership, part)
    form.spare()
    return show_part(partnership, part, form, changes), 409 if changes else 200


def show_part(partnership: Partnership, part: str, form: PartForm, changes: list[Any] | None = None) -> str:
    told = {"entry": partnership, "part": part, "form": form, "changes": changes, "steps": steps(partnership)}
    return render_template("partnerships/tell.html", **told)


@bp.get("/with/<ref:ref>/preview")
@admit(may_manage, Partnership)
def preview_partnership(partnership: Partnership) -> ResponseReturnValue:
    """What the public would see if it were published as it is written now."""
    return page(partnership, preview=True)
