"""How long an answer may be kept and by whom, and how small it travels: for readers on a slow line."""

import gzip
from functools import lru_cache

from flask import Response, current_app, g, request, session

from galaxy.core.db import SAFE
from galaxy.core.templates import asset

FOR_EVER = "public, max-age=31536000, immutable"
WORTH_SHRINKING = 800  # bytes
TEXTS = (
    "text/",
    "application/json",
    "application/javascript",
    "image/svg+xml",
    "application/xml",
    "application/atom+xml",
)


def keep(response: Response) -> None:
    """Say who may keep the answer: everybody what is public, nobody what is for one reader; files until they change."""
    if request.endpoint == "static":
        named = (request.view_args or {}).get("filename", "")
        if response.status_code in {200, 304} and asset(named).endswith(f"v={request.args.get('v')}"):
            response.headers["Cache-Control"] = FOR_EVER
        return
    response.vary.add("Cookie")
    if "no-store" in response.headers.get("Cache-Control", ""):
        response.headers["Cache-Control"] = "no-store"  # Flask-Security's own way of saying it is not the standard's
    if "Cache-Control" in response.headers:
        return
    if not is_public(response):
        response.headers["Cache-Control"] = "no-store" if "_user_id" in session else "no-cache"
        return
    shared = current_app.config["SHARED_CACHE_SECONDS"]
    response.headers["Cache-Control"] = f"public, max-age=0, s-maxage={shared}, must-revalidate"
    response.add_etag(weak=True)
    response.make_conditional(request)


def is_public(response: Response) -> bool:
    """Whether the answer is the same for every visitor: of a public view, with no token and no message in it."""
    view = current_app.view_functions.get(request.endpoint or "")
    return (
        request.method in SAFE
        and response.status_code == 200
        and not response.direct_passthrough
        and bool(getattr(getattr(view, "rule", None), "public", False))
        and "_user_id" not in session
        and not session.modified
        and "csrf_token" not in g
    )


def shrink(response: Response) -> None:
    """Compress texts that hold no secret: public pages and static files; a page with a token in it is sent as it is."""
    if (
        response.status_code != 200
        or "public" not in response.headers.get("Cache-Control", "")
        or not (response.mimetype or "").startswith(TEXTS)
        or "Content-Encoding" in response.headers
    ):
        return
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings.quality("gzip"):
        return
    response.direct_passthrough = False
    whole = response.get_data()
    if len(whole) < WORTH_SHRINKING:
        return
    response.set_data(compressed(whole))
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Accept-Ranges", None)


@lru_cache(maxsize=64)
def compressed(whole: bytes) -> bytes:
    """The same bytes in less room."""
    return gzip.compress(whole, 6, mtime=0)
