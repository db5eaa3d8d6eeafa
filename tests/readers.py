"""A reader of the site: opens pages, fills in the forms that are on them, follows links, signs in."""

import time
from functools import cached_property
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import Flask, g
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from galaxy.core.db import db


class Page:
    """An answer as a reader sees it."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.location = response.location
        self.text = (
            response.get_data(as_text=True)
            if (response.mimetype or "").startswith(("text/", "application/json")) and not response.content_encoding
            else ""
        )

    @cached_property
    def soup(self) -> BeautifulSoup:
        """Its elements; most tests look at them, but many only at what is sent around them."""
        return BeautifulSoup(self.text, "html.parser")

    def all(self, selector: str) -> list[str]:
        """The words of every element a CSS selector finds."""
        return [" ".join(found.get_text(" ").split()) for found in self.soup.select(selector)]

    def one(self, selector: str) -> str:
        """The words of the one element a CSS selector finds."""
        (words,) = self.all(selector)
        return words

    def links(self, selector: str) -> list[str]:
        return [str(found.get("href", "")) for found in self.soup.select(selector)]

    def form(self, selector: str = "main form") -> dict[str, Any]:
        """A form's fields as they would be sent: name to value, or to a list of values."""
        form = self.soup.select_one(selector)
        assert form is not None, f"no {selector} on this page: {self.text[:2000]}"
        return fields(form)

    @property
    def errors(self) -> list[str]:
        return self.all(".error")

    @property
    def notices(self) -> list[str]:
        return self.all(".notice")


def fields(form: Tag) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        name, kind = str(field["name"]), field.get("type")
        if kind in {"submit", "file", "image"} or (kind in {"checkbox", "radio"} and not field.has_attr("checked")):
            continue
        if field.name == "select":
            chosen = field.select("option[selected]") or (
                [] if field.has_attr("multiple") else field.select("option")[:1]
            )
            values = [str(option.get("value", option.get_text())) for option in chosen]
        elif field.name == "textarea":
            values = [field.get_text().removeprefix("\r").removeprefix("\n")]
        else:
            values = [str(field.get("value", "on" if kind in {"checkbox", "radio"} else ""))]
        found.setdefault(name, []).extend(values)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


class Reader:
    """A browser without scripts. Each request has a session and a user of its own, as on a real server."""

    def __init__(self, app: Flask, user: Any = None) -> None:
        self.app, self.client = app, app.test_client()
        if user is not None:
            self.sign_in(user)

    def sign_in(self, user: Any) -> None:
        """Be signed in, freshly, without the form."""
        key = user.fs_uniquifier
        with self.client.session_transaction() as session:
            session.update({"_user_id": key, "_fresh": True, "fs_cc": "set", "fs_paa": time.time(), "identity": None})

    def open(self, path: str, method: str = "GET", follow_redirects: bool = False, **kwargs: Any) -> Page:
        """Ask for a page; nothing of the test's own session or user is seen by it, nor of a page that led to it."""
        page = self._open(path, method, **kwargs)
        for _step in range(10):
            if not follow_redirects or page.status not in {301, 302, 303}:
                break
            page = self._open(page.location)
        return page

    def _open(self, path: str, method: str = "GET", **kwargs: Any) -> Page:
        db.session.commit()
        db.session.remove()
        for name in list(vars(g) if hasattr(g, "__dict__") else ()):
            g.pop(name, None)
        with self.app.app_context():
            page = Page(self.client.open(path, method=method, **kwargs))
            page.response.close()
        db.session.expire_all()
        return page

    def get(self, path: str, follow: bool = False, **kwargs: Any) -> Page:
        return self.open(path, follow_redirects=follow, **kwargs)

    def post(self, path: str, data: dict[str, Any] | None = None, follow: bool = False, **kwargs: Any) -> Page:
        """Send to a view with a valid token, whatever its page shows."""
        headers = {"X-CSRFToken": self.token()}
        return self.open(path, "POST", data=data or {}, follow_redirects=follow, headers=headers, **kwargs)

    def token(self) -> str:
        """A good token for this reader, as any form of theirs has."""
        with self.client.session_transaction() as session:
            kept = session.setdefault("csrf_token", "a token")  # of this test's reader alone
            session.pop("_flashes", None)  # the page of this form has said what an act before it had to say
        return str(URLSafeTimedSerializer(self.app.secret_key or "", salt="wtf-csrf-token").dumps(kept))

    def send(self, path: str, selector: str = "main form", follow: bool = True, **typed: Any) -> Page:
        """Open a page, fill in its form and send it, as a reader does; what is not typed stays as the page shows it."""
        return self.send_from(self.get(path, follow=True), selector, follow, **typed)

    def send_from(self, page: Page, selector: str = "main form", follow: bool = True, **typed: Any) -> Page:
        """Fill in and send the form of a page that is open."""
        form = page.soup.select_one(selector)
        assert form is not None, f"no {selector} on this page: {page.text[:2000]}"
        values = fields(form) | typed
        values = {name: value for name, value in values.items() if value is not None}
        target = str(form.get("action") or page.response.request.path)
        if str(form.get("method", "get")).lower() == "get":
            return self.open(target, query_string=values, follow_redirects=follow)
        return self.open(target, "POST", data=values, follow_redirects=follow)
