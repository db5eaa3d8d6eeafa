"""Hubs as they are read, and their opening and closing."""

from collections.abc import Callable
from typing import Any

from flask import Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.content import services as content
from galaxy.content.rules import may_read
from galaxy.core.access import admit, anyone
from galaxy.core.db import db
from galaxy.core.i18n import _, lang
from galaxy.core.paging import page_of
from galaxy.hubs import queries, services, words
from galaxy.hubs.models import Hub
from galaxy.hubs.rules import may_discard, may_run
from galaxy.hubs.writing import bp
from galaxy.moderation.rules import may_flag
from galaxy.reference.countries import COUNTRIES


@bp.get("/")
@admit(anyone)
def index() -> ResponseReturnValue:
    """Those that are open, then those of the past."""
    drafts = queries.drafts() if current_user.is_admin else ()
    return render_template("hubs/index.html", hubs=queries.open_hubs(), past=page_of(queries.past()), drafts=drafts)


@bp.get("/<ref:ref>")
@admit(may_read, Hub)
def show(hub: Hub) -> ResponseReturnValue:
    """All that a hub brings together; of one country, where the address names one."""
    asked = request.args.get("country", "")[:3].upper()
    country = COUNTRIES.get(asked)
    gathered = queries.gathered(hub, country.code if country else "")
    if country and not gathered.shelves:
        return redirect(url_for(".show", ref=hub.slug))
    may = {name for name, rule in RULES.items() if rule(current_user, hub)}
    page = {"text": hub.wording(lang()), "gathered": gathered, "country": country, "links": hub.links}
    return render_template("hubs/show.html", hub=hub, may=may, **page)


RULES: dict[str, Callable[[Any, Any], bool]] = {"run": may_run, "discard": may_discard, "flag": may_flag}
"""What the page of a hub asks about its reader."""


def _act(hub: Hub, act: Callable[[Hub, Any], None], done: str) -> ResponseReturnValue:
    """Do it, or say why it cannot be done."""
    content.lock(hub)
    try:
        act(hub, current_user)
    except services.Refused as refused:
        db.session.rollback()
        flash(str(refused), "warning")
    else:
        db.session.commit()
        flash(done, "success")
    return redirect(url_for(".show", ref=hub.slug))


@bp.post("/<ref:ref>/open")
@admit(may_run, Hub)
def open_now(hub: Hub) -> ResponseReturnValue:
    """Show a draft to the public."""
    return _act(hub, services.open_now, _("The hub is open."))


@bp.post("/<ref:ref>/close")
@admit(may_run, Hub)
def close(hub: Hub) -> ResponseReturnValue:
    """End it today."""
    return _act(hub, services.close, _("The hub is closed. It can still be read."))


@bp.post("/<ref:ref>/reopen")
@admit(may_run, Hub)
def reopen(hub: Hub) -> ResponseReturnValue:
    """Open it again."""
    return _act(hub, services.reopen, _("The hub is open again."))


@bp.post("/<ref:ref>/discard")
@admit(may_discard, Hub)
def discard(hub: Hub) -> ResponseReturnValue:
    """Throw away what the public has never seen."""
    content.throw_away(hub, current_user)
    db.session.commit()
    flash(_("The draft is deleted."), "success")
    return redirect(url_for(".index"))


def init_app(app: Flask) -> None:
    """Open the pages of this room, and let templates say what this room's words mean."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        by_region=words.by_region,
        occasion_name=words.occasion_name,
        shelf_name=words.shelf_name,
        until=words.until,
    )
