"""What every answer says to the browser: nothing inline, no frames, no guessed types, private pages not kept."""

import re

from flask import Flask, Response, after_this_request

from galaxy.core import caching

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "media-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


ORIGIN = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?")


def framing(origin: str) -> None:
    """Let this one answer frame pages of one origin, such as `https://www.youtube-nocookie.com`; else `ValueError`."""
    _allow(origin, f"{POLICY}; frame-src {origin}")


def playing(origin: str) -> None:
    """Let this one answer play films and sounds of one other origin; else `ValueError`."""
    _allow(origin, POLICY.replace("media-src 'self'", f"media-src 'self' {origin}"))


def _allow(origin: str, policy: str) -> None:
    if not ORIGIN.fullmatch(origin):
        raise ValueError(f"{origin!r} is not the origin of a site, as https://example.org is.")

    @after_this_request
    def allow(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        return response


def keep_secret() -> None:
    """Let no cache and no other site learn the address of this page.

    Within this site the browser says where it comes from, for what is sent over HTTPS is checked by that, too.
    """

    @after_this_request
    def keep_to_yourself(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response


def init_app(app: Flask) -> None:
    """Add the headers to every answer, errors included."""

    @app.after_request
    def protect(response: Response) -> Response:
        put = response.headers.setdefault
        put("Content-Security-Policy", POLICY)
        put("X-Content-Type-Options", "nosniff")
        put("X-Frame-Options", "DENY")
        put("Referrer-Policy", "strict-origin-when-cross-origin")
        put("Permissions-Policy", "camera=(), geolocation=(), microphone=(), interest-cohort=()")
        put("Cross-Origin-Opener-Policy", "same-origin")
        if app.config["HTTPS"]:
            put("Strict-Transport-Security", "max-age=31536000")
        caching.keep(response)
        caching.shrink(response)
        return response
