"""Solutions and adaptations as they are read."""

from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.content import services as content
from galaxy.content.models import Entry
from galaxy.content.rules import may_read
from galaxy.core.access import admit, anyone, signed_in
from galaxy.core.i18n import _
from galaxy.core.paging import page_of
from galaxy.moderation.views import told_of
from galaxy.reference.names import fold
from galaxy.solutions import queries
from galaxy.solutions.models import Adaptation, Solution
from galaxy.solutions.rules import may_adapt, may_preview
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
    return page(solution)


@bp.get("/adaptations/<ref:ref>")
@admit(may_read, Adaptation)
def show_adaptation(adaptation: Adaptation) -> ResponseReturnValue:
    return page(adaptation)


@bp.get("/<ref:ref>/preview")
@admit(may_preview, Entry)
def preview(entry: Solution | Adaptation) -> ResponseReturnValue:
    """What the public would see if it were published as it is written now."""
    return page(entry, preview=True)


def page(entry: Solution | Adaptation, preview: bool = False) -> str:
    """An entry with its family, and who carried it out."""
    told = told_of(entry, preview)
    tree, above = queries.family(entry), queries.parent(entry)
    told |= {
        "family": tree,
        "uses": queries.uses(tree),
        "parent": above if above and may_read(current_user, above) else None,
    }
    if may_adapt(current_user, entry):
        told["may"].add("adapt")
    if isinstance(entry, Adaptation):
        return render_template("solutions/show_adaptation.html", **told)
    profiles = queries.implementers(entry) if told["entry"].implementers else {}
    return render_template("solutions/show.html", profiles=profiles, **told)


def worked_name(code: str) -> str:
    """Whether an adaptation worked, in the reader's words."""
    names: dict[str, str] = {"yes": _("it worked"), "partly": _("it worked in part"), "no": _("it did not work")}
    return names.get(code) or str(_("too early to say"))


def init_app(app: Flask) -> None:
    """Open the pages of this room, and let templates say what this room's words mean."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(fold=fold, worked_name=worked_name)
