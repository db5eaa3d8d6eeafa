"""Log lines as JSON on standard error, each with its request's id, none with personal data."""

import logging
import secrets
import sys
import time

import structlog
from flask import Flask, Response, g, request


def init_app(app: Flask) -> None:
    """Log each request once: method, path without its question, status, milliseconds."""
    level = app.config["LOG_LEVEL"].upper() or ("WARNING" if app.config["DEMO"] else "INFO")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping().get(level, logging.INFO)),
        cache_logger_on_first_use=False,
    )
    log = structlog.get_logger()

    @app.before_request
    def start() -> None:
        g.started, g.request_id = time.perf_counter(), secrets.token_hex(8)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        took = round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1)
        if request.endpoint not in {"static", "health.alive", "health.ready"}:
            log.info("request", method=request.method, path=path(), status=response.status_code, ms=took)
        return response


def path() -> str:
    """The path of this request as it may be read later: a link's secret is nobody's but its reader's."""
    secret = (request.view_args or {}).get("token")
    return request.path.replace(secret, "…") if secret else request.path
