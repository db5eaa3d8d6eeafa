"""What every template may call: Markdown, files by their hash, the page's own address in another language."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request, url_for

from galaxy.core import markdown


@cache
def fingerprint(path: Path, _changed: float) -> str:
    """Ten letters that change when a file does."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a static file; it may be cached for ever, since a changed file has another address."""
    path = Path(current_app.static_folder or "") / name
    return url_for("static", filename=name, v=fingerprint(path, path.stat().st_mtime))


def in_language(code: str) -> str:
    """This page's address in another language of the interface."""
    values: dict[str, Any] = {**(request.view_args or {}), **request.args.to_dict(flat=False), "lang": code}
    if not request.endpoint or not current_app.url_map.is_endpoint_expecting(request.endpoint, "lang"):
        return url_for("pages.home", lang=code)
    return url_for(request.endpoint, **values)


def init_app(app: Flask) -> None:
    """Offer them to every template."""
    app.jinja_env.globals.update(asset=asset, in_language=in_language)
    app.jinja_env.filters.update(markdown=markdown.render, plain=markdown.plain)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
