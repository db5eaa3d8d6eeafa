"""Addresses: the language first, the permanent id and then words that may change; and only our own to go back to."""

import re
import unicodedata
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, has_request_context, request
from werkzeug.routing import BaseConverter, IntegerConverter, Map, ValidationError

from galaxy.core.db import REF_LENGTH, REF_LETTERS
from galaxy.core.i18n import lang

SLUG_LENGTH = 60
LONGEST_ADDRESS = 2_000
MOST_REMEMBERED, LONGEST_REMEMBERED = 10_000, 200


class Addressed(Flask):
    """Flask, but that addresses within the site are remembered: a page has hundreds, and most pages have the same."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._built: dict[tuple[object, ...], str] = {}

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """The address of a view."""
        given = {name: value for name, value in values.items() if value is not None}
        known = endpoint[0] != "." and has_request_context()
        for name, value in given.items():
            known = known and name[0] != "_" and (type(value) is str or type(value) is int)
        if not known:
            return super().url_for(endpoint, **values)
        key = (endpoint, *given.items(), request.root_path, lang())
        if (built := self._built.get(key)) is None:
            built = super().url_for(endpoint, **values)
            if len(self._built) >= MOST_REMEMBERED:
                self._built.clear()
            if len(built) <= LONGEST_REMEMBERED:
                self._built[key] = built
        return built


class RefConverter(BaseConverter):
    """`4f7kxzpm-pompes-solaires` in an address, `4f7kxzpm` in the view."""

    regex = rf"[{REF_LETTERS}]{{{REF_LENGTH}}}(?:-[^/]*)?"

    def to_python(self, value: str) -> str:
        return value[:REF_LENGTH]


class IdConverter(IntegerConverter):
    """A row's number; one that no database could hold is no address here."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **{"max": 2**31 - 1, **kwargs})


class LangConverter(BaseConverter):
    """A language of the interface; any other is no address here."""

    languages: tuple[str, ...] = ()

    regex = r"[a-z]{2}"

    def to_python(self, value: str) -> str:
        if value not in self.languages:
            raise ValidationError
        return value


def slug(ref: str, title: str) -> str:
    """The permanent id followed by the title's words, in whatever script they are."""
    words = "-".join(re.findall(r"\w+", unicodedata.normalize("NFKC", title).casefold()))
    return f"{ref}-{words[:SLUG_LENGTH].strip('-')}" if words else ref


def is_ours(target: Any) -> bool:
    """Whether a `next` address stays on this site: a path, with nothing a browser could read as another host."""
    if not isinstance(target, str) or not re.fullmatch(r"/(?![/\\])[^\\\x00-\x20\x7f]*", target):
        return False
    parts = urlsplit(target)
    return not parts.scheme and not parts.netloc


def is_web_address(given: str) -> bool:
    """Whether it is the address of a page elsewhere, which a link may lead to; what is too long for one is none."""
    if len(given) > LONGEST_ADDRESS or not re.fullmatch(r"https?://[^\s<>\"']+", given):
        return False
    try:
        host = urlsplit(given).hostname or ""
    except ValueError:
        return False
    return bool(re.fullmatch(r"[^.]+(\.[^.]+)+\.?", host))


def init_app(app: Flask) -> None:
    """Teach the app's addresses their words; no address ends in a slash that only redirects."""
    app.url_map.converters["ref"] = RefConverter
    app.url_map.converters["int"] = IdConverter
    languages = tuple(app.config["LANGUAGES"].split())
    app.url_map.converters["lang"] = type("Lang", (LangConverter,), {"languages": languages})
