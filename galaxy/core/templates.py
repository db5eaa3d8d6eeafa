"""What every template may call: Markdown, files by their hash, the page's own address in another language."""

import hashlib
import os
import re
from collections.abc import Callable, Hashable, MutableMapping
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask, current_app, has_request_context, request, url_for
from flask.templating import Environment
from markupsafe import Markup

from galaxy.core import markdown
from galaxy.core.addresses import is_web_address
from galaxy.core.i18n import format_date, lang, number

MOST_DRAWN = 2_000


class Templates(Environment):
    """Jinja as Flask has it, but that all templates share one dictionary of the names that they all know.

    Each `{% import %}` compares these names, which takes forty times as long with a chain of two dictionaries.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The names that a template knows besides those it is given."""
        return super().make_globals(d) if d else self.globals


@cache
def fingerprint(path: str, _changed: float) -> str:
    """Ten letters that change when a file does."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a static file; it may be cached for ever, since a changed file has another address."""
    path = f"{current_app.static_folder}/{name}"
    return url_for("static", filename=name, v=fingerprint(path, os.stat(path).st_mtime))


def in_language(code: str, asked: bool = True) -> str:
    """This page's address in another language of the interface, with what was asked of it or without."""
    if not request.endpoint or not current_app.url_map.is_endpoint_expecting(request.endpoint, "lang"):
        return url_for("pages.home", lang=code)
    _slash, _language, rest = request.path.split("/", 2)
    query = f"?{request.query_string.decode('utf-8', 'replace')}" if asked and request.query_string else ""
    return f"{request.root_path}/{code}/{quote(rest)}{query}"


def absolute(path: str) -> str:
    """The whole address of a path of ours, for search engines, feeds and mails."""
    site = current_app.config["SITE_URL"] or request.host_url
    return site.rstrip("/") + path


def isolated(words: str) -> Markup:
    """Words around arrows and commas, each read in its own direction, so that what is said first also stands first."""
    return Markup().join(
        part if between else Markup("<bdi>{}</bdi>").format(part)
        for between, part in zip(cycle([False, True]), re.split("( → |, )", words), strict=False)
    )


def once(*codes: Hashable, caller: Callable[[], str]) -> str:
    """What a macro draws of codes, which say the macro and all that it depends on: drawn once in each language."""
    key = (codes, lang(), request.root_path if has_request_context() else None)
    if (drawn := _DRAWN.get(key)) is None:
        drawn = caller()
        if len(_DRAWN) < MOST_DRAWN:
            _DRAWN[key] = drawn
    return drawn


_DRAWN: dict[tuple[Hashable, ...], str] = {}


def has_page(endpoint: str) -> bool:
    """Whether this installation has a page, so that a link to it leads somewhere."""
    return endpoint in current_app.view_functions


def init_app(app: Flask) -> None:
    """Offer them to every template."""
    app.jinja_env.globals.update(asset=asset, in_language=in_language, absolute=absolute, has_page=has_page, once=once)
    app.jinja_env.filters.update(
        markdown=markdown.render, plain=markdown.plain, number=number, date=format_date, isolated=isolated
    )
    app.jinja_env.tests["web_address"] = is_web_address
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
