"""Errors that help: what happened, in plain words, and what to do now."""

import structlog
from flask import Flask, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from galaxy.core.addresses import is_ours
from galaxy.core.db import SAFE, db
from galaxy.core.forms import hold
from galaxy.core.i18n import _, offered

MISDIRECTED = 421

log = structlog.get_logger()


def words(code: int) -> tuple[str, str]:
    """A title and an advice for a status code."""
    return {
        400: (_("This request cannot be read"), _("Please go back, reload the page and try again.")),
        403: (_("This is not open to you"), _("Ask an admin if you think it should be.")),
        404: (
            _("There is nothing at this address"),
            _("It may have moved, or it is not open to you. Search for it, or start from the home page."),
        ),
        409: (
            _("Somebody else was faster"),
            _("Somebody changed this at the same moment. Nothing of yours was saved: please look at it again."),
        ),
        413: (_("This is too large"), _("Please send a smaller file, or fewer at once.")),
        421: (
            _("This site does not know itself by this name"),
            _("If you run it: set GALAXY_SITE_URL to the address readers use, or add the name to GALAXY_HOSTS."),
        ),
        429: (_("That was too often"), _("Please wait a few minutes and try again.")),
        500: (_("Something went wrong on our side"), _("It has been noted. Please try again in a moment.")),
        507: (
            _("There is no room for this"),
            _("We have no room for files at present. Please try again later, or go on without it."),
        ),
        503: (_("Galaxy is busy or being repaired"), _("Please try again in a moment.")),
    }.get(code, (_("This did not work"), _("Please go back and try again.")))


def show(error: HTTPException) -> ResponseReturnValue:
    """A page for any HTTP error."""
    code = error.code or 500
    if error.response is not None:
        return error.response
    title, advice = words(code)
    page = "broken" if code == MISDIRECTED else "error"  # which links to no other page, and names no host
    more = {name: value for name, value in error.get_headers() if name != "Content-Type"}  # what 405 and 416 must say
    return render_template(f"errors/{page}.html", title=title, advice=advice, code=code), code, more


def ask_to_sign_in(_error: HTTPException) -> ResponseReturnValue:
    """Keep what was sent, and come back to it after signing in."""
    if request.method not in SAFE:
        hold()
    back = request.full_path.rstrip("?") if is_ours(request.full_path) else None
    return redirect(url_for("security.login", next=back))


def too_late(error: StaleDataError | IntegrityError) -> ResponseReturnValue:
    """Two changed or made one thing at once, as a button pressed twice does: one wins, and this is the other."""
    db.session.rollback()
    log.warning("too late", error=type(error).__name__, endpoint=request.endpoint)
    title, advice = words(409)
    return render_template("errors/error.html", title=title, advice=advice, code=409), 409


def init_app(app: Flask) -> None:
    """Answer every error with a page of our own."""
    app.register_error_handler(HTTPException, show)
    app.register_error_handler(401, ask_to_sign_in)
    app.register_error_handler(StaleDataError, too_late)
    app.register_error_handler(IntegrityError, too_late)

    @app.errorhandler(500)
    @app.errorhandler(503)
    def broken(error: HTTPException) -> ResponseReturnValue:
        """Perhaps the database is away, so this page asks nothing of it: neither who reads nor their language."""
        code = error.code or 500
        g.setdefault("lang", request.accept_languages.best_match(offered()) or offered()[0])
        try:
            db.session.rollback()
        except SQLAlchemyError:
            current_app.logger.warning("no rollback: the database is away")
        title, advice = words(code)
        return render_template("errors/broken.html", title=title, advice=advice), code
