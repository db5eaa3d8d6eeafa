"""Home and the other pages that join the rooms."""

from flask import Blueprint, Flask, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from galaxy.core.access import admit, anyone
from galaxy.core.i18n import preferred
from galaxy.pages import errors, health

bp = Blueprint("pages", __name__)


@bp.get("/")
@admit(anyone)
def door() -> ResponseReturnValue:
    return redirect(url_for(".home", lang=preferred()))


@bp.get("/<lang:lang>/")
@admit(anyone)
def home() -> ResponseReturnValue:
    return render_template("pages/home.html")


def init_app(app: Flask) -> None:
    """Open the pages, and answer errors with pages of our own."""
    app.register_blueprint(bp)
    app.register_blueprint(health.bp)
    errors.init_app(app)
