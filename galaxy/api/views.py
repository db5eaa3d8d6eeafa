"""The search as JSON, and its description; whoever asks wrongly is told in JSON what was wrong."""

import json
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.routing import RequestRedirect

from galaxy.api import problems
from galaxy.api.asked import Asked, Misasked
from galaxy.api.openapi import description
from galaxy.core.access import admit, anyone
from galaxy.core.i18n import force_locale, offered
from galaxy.core.limits import limiter
from galaxy.core.templates import absolute
from galaxy.search.answers import answer
from galaxy.search.queries import find

PREFIX = "/api/v1"
METHODS = "GET, HEAD, OPTIONS"

bp = Blueprint("api", __name__, url_prefix=PREFIX)


@bp.get("/search")
@limiter.limit(lambda: str(current_app.config["LIMIT_API"]))
@admit(anyone)
def search() -> ResponseReturnValue:
    """What is found, as JSON."""
    asked = Asked.of(request.args)
    with force_locale(asked.lang if asked.lang in offered() else offered()[0]):
        said = answer(find(asked.question), asked.page, asked.facets, asked.more)
    return sent(said)


@bp.get("/openapi.json")
@admit(anyone)
def openapi() -> ResponseReturnValue:
    """What can be asked here, as OpenAPI 3.1 says it."""
    return sent(description(absolute(PREFIX)))


def sent(said: dict[str, Any]) -> Response:
    """JSON as people write it: letters as they are, names in their order."""
    return Response(json.dumps(said, ensure_ascii=False) + "\n", content_type="application/json")


@bp.errorhandler(Misasked)
def misasked(wrong: Misasked) -> ResponseReturnValue:
    """Parameters that mean nothing."""
    return problems.problem(BadRequest("Some parameters mean nothing here."), wrong.errors)


@bp.errorhandler(401)
@bp.errorhandler(500)
@bp.errorhandler(503)
@bp.errorhandler(HTTPException)
def failed(error: HTTPException) -> ResponseReturnValue:
    """Anything else that went wrong, also on our side."""
    return problems.problem(error)


@bp.after_request
def open_to_all(response: Response) -> Response:
    """Pages of other sites may read the answers, without their readers' cookies."""
    return problems.for_all(response, METHODS)


def init_app(app: Flask) -> None:
    """Open the addresses; what begins as they do and leads nowhere is told in JSON, too."""
    app.register_blueprint(bp)

    @app.before_request
    def tell_programs() -> ResponseReturnValue | None:
        wrong = request.routing_exception
        if wrong is None or isinstance(wrong, RequestRedirect) or not request.path.startswith("/api/"):
            return None
        return problems.for_all(problems.problem(wrong), METHODS)
