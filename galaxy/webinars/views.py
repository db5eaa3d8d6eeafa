"""Webinars as they are read."""

from flask import Flask, render_template
from flask.typing import ResponseReturnValue

from galaxy.content.rules import may_read
from galaxy.core.access import admit
from galaxy.moderation.views import told_of
from galaxy.webinars.models import Webinar
from galaxy.webinars.writing import bp


@bp.get("/<ref:ref>")
@admit(may_read, Webinar)
def show(webinar: Webinar) -> ResponseReturnValue:
    return page(webinar)


def page(webinar: Webinar, preview: bool = False) -> str:
    """A webinar with all that one may do there."""
    return render_template("webinars/show.html", **told_of(webinar, preview))


def init_app(app: Flask) -> None:
    """Open the pages of this room."""
    app.register_blueprint(bp)
