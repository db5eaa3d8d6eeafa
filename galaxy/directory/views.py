"""The directory: organisations from A to Z, and the profile of each."""

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.content.rules import may_edit, may_read
from galaxy.content.writing import Step, steps_of
from galaxy.core.access import admit, anyone
from galaxy.core.db import db
from galaxy.core.i18n import _, lang
from galaxy.core.paging import how_many, page_of
from galaxy.directory import queries, services
from galaxy.directory.forms import ProfileForm
from galaxy.directory.models import Organisation
from galaxy.notifications import services as notifications
from galaxy.reference import names
from galaxy.reference.countries import COUNTRIES
from galaxy.reference.lists import ORGANISATION_TYPES

bp = Blueprint("directory", __name__, url_prefix="/<lang:lang>/directory")


@bp.get("/")
@admit(anyone)
def index() -> ResponseReturnValue:
    letters, countries = queries.letters(), [code for code in queries.countries() if code in COUNTRIES]
    chosen = {name: request.args.get(name, "")[:3] for name in ("letter", "country")}
    chosen["letter"] = chosen["letter"] if chosen["letter"] in letters else ""
    chosen["country"] = chosen["country"] if chosen["country"] in countries else ""
    return render_template(
        "directory/index.html",
        organisations=page_of(queries.organisations(**chosen)),
        letters=letters,
        countries=names.choices((COUNTRIES[code] for code in countries), lang()),
        chosen=chosen,
    )


@bp.get("/<ref:ref>")
@admit(may_read, Organisation)
def show(organisation: Organisation) -> ResponseReturnValue:
    notifications.read_about(current_user, organisation)
    lists = {"carried_out": queries.carried_out(organisation)}
    if organisation.profile_of_id:
        lists["shared"] = queries.shared(organisation)
    return render_template(
        "directory/show.html",
        organisation=organisation,
        body=organisation.profile_of,
        type=ORGANISATION_TYPES.get(organisation.type or ""),
        lists={name: db.session.scalars(found.limit(queries.SHOWN)).all() for name, found in lists.items()},
        totals={name: how_many(found) for name, found in lists.items()},
    )


@bp.route("/<ref:ref>/edit", methods=["GET", "POST"])
@admit(may_edit, Organisation)
def edit(organisation: Organisation) -> ResponseReturnValue:
    form = ProfileForm(organisation)
    if form.validate_on_submit():
        services.revise(organisation, form.said(), by=current_user)
        db.session.commit()
        flash(_("The profile is saved."), "success")
        return redirect(url_for(".show", ref=organisation.slug))
    return render_template("directory/edit.html", organisation=organisation, form=form)


@steps_of("organisations")
def steps_of_organisation(organisation: Organisation) -> list[Step]:
    return [
        Step("profile", url_for("directory.edit", ref=organisation.slug), _("Edit the profile"), organisation.fields)
    ]


def init_app(app: Flask) -> None:
    """Open the directory."""
    app.register_blueprint(bp)
