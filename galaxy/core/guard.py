"""What is refused before anything is read: a name that is not this site's, and forms no reader could have filled in."""

import errno
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog
from flask import Flask, abort, current_app, request, session
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import HTTPException

log = structlog.get_logger()
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
V = TypeVar("V", bound=Callable[..., Any])

MOST_FIELDS = 5_000  # in one form; the longest of ours has some hundreds
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
LOCAL_ENDINGS = (".localhost", ".local", ".lan", ".internal")


def name_of(address: str) -> str:
    """The host name of an address such as `example.org:8000` or `https://example.org`, in small letters."""
    try:
        return (urlsplit(address if "//" in address else f"//{address}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_known(host: str) -> bool:
    """Whether a request may call this site so: links in mails and in shared pages could otherwise lead elsewhere."""
    name, site = name_of(host), current_app.config["SITE_URL"]
    named = {name_of(each) for each in (site, *current_app.config["HOSTS"].split()) if each}
    return name in LOCAL | named or (not site and bool(name) and is_local(name))


def is_local(name: str) -> bool:
    """Whether only a local network can lead to this name: nobody in the wide world can own it."""
    try:
        address = ip_address(name)
    except ValueError:
        return "." not in name or name.endswith(LOCAL_ENDINGS)
    return address.is_private and not address.is_unspecified


def without_nulls(sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """The same without the one character that no database takes and no keyboard makes."""
    pairs = [(name, value) for name, value in sent.items(multi=True)]
    if not any("\x00" in name or "\x00" in value for name, value in pairs):
        return sent
    return ImmutableMultiDict((name.replace("\x00", ""), value.replace("\x00", "")) for name, value in pairs)


class NoRoom(HTTPException):
    """The disk on which large files wait until they are read is full."""

    code = 507


def takes(setting: str) -> Callable[[V], V]:
    """Let a view be sent as many MB as a setting says, beside all that any form may send, by who has signed in."""

    def mark(view: V) -> V:
        view.takes = setting  # type: ignore[attr-defined]  # a mark on a plain function
        return view

    return mark


def bound() -> None:
    """Set how much this request may send, where its view takes more than others do."""
    setting = getattr(current_app.view_functions.get(request.endpoint or ""), "takes", None)
    if setting and "_user_id" in session:
        most = current_app.config[setting] + current_app.config["REQUEST_MAX_MB"]
        request.max_content_length = most * 1024 * 1024


def has_form() -> bool:
    """Whether a form was sent; this reads it, its files onto the disk."""
    try:
        return bool(request.form)
    except OSError as problem:
        if problem.errno not in FULL:
            raise
        log.error("what was sent cannot be kept", problem=str(problem))
        raise NoRoom from None


def init_app(app: Flask) -> None:
    """Look at every request before any room does."""

    @app.before_request
    def look() -> None:
        if not is_known(request.host):
            abort(421)
        request.args = without_nulls(request.args)
        bound()
        if has_form():
            if sum(len(values) for _name, values in request.form.lists()) > MOST_FIELDS:
                abort(413)
            request.form = without_nulls(request.form)  # type: ignore[assignment]  # as immutable as it was
