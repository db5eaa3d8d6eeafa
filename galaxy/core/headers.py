"""What every answer says to the browser: nothing inline, no frames, no guessed types, private pages not kept."""

from flask import Flask, Response

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
