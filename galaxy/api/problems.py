"""What programs are told when something went wrong: a problem document, as RFC 9457 has it."""

import time
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from flask import Response, json
from werkzeug.exceptions import HTTPException

from galaxy.core.limits import limiter

SAFE_TO_TELL = range(400, 500)
A_MINUTE = 60


def problem(error: HTTPException, errors: Iterable[Mapping[str, str]] = ()) -> Response:
    """An error as JSON; `errors` says what is wrong with which parameter."""
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    said = {"type": "about:blank", "title": HTTPStatus(code).phrase, "status": int(code)}
    if code == HTTPStatus.TOO_MANY_REQUESTS:
        said["detail"] = f"Too many requests from this address. Please wait {_wait()} seconds."
    elif code in SAFE_TO_TELL and error.description:
        said["detail"] = str(error.description)
    if wrong := [dict(each) for each in errors]:
        said["errors"] = wrong
    response = Response(json.dumps(said) + "\n", int(code), content_type="application/problem+json")
    response.headers.extend({name: value for name, value in error.get_headers() if name != "Content-Type"})
    if code == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers["Retry-After"] = str(_wait())
    return response


def _wait() -> int:
    """In how many seconds the limit that was reached begins anew."""
    limit = limiter.current_limit
    return max(1, int(limit.reset_at - time.time()) + 1) if limit else A_MINUTE


def for_all(response: Response, methods: str) -> Response:
    """Let pages of any site read the answer."""
    put = response.headers.setdefault
    put("Access-Control-Allow-Origin", "*")
    put("Access-Control-Allow-Methods", methods)
    put("Access-Control-Allow-Headers", "Accept, Accept-Language, If-None-Match")
    put("Access-Control-Expose-Headers", "ETag, Retry-After")
    put("Access-Control-Max-Age", "86400")
    put("Cross-Origin-Resource-Policy", "cross-origin")
    put("X-Robots-Tag", "noindex")
    return response
