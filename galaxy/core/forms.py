"""Forms: bounded fields, words that say what to do, and nothing typed is ever lost, also when a sign-in has expired."""

import re
import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import CSRFError
from sqlalchemy import delete
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import MultiDict

from galaxy.core.db import SAFE, Base, Json, db, now
from galaxy.core.jobs import every
from galaxy.core.limits import too_often

csrf = CSRFProtect()
HELD_MAX_CHARACTERS = 400_000
SECRET = re.compile("csrf|password|code|token")  # fields that are never kept


class HeldForm(Base):
    """What somebody sent when their sign-in had expired, kept until they are back. The key lies in their cookie."""

    __tablename__ = "held_form"

    key: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str]
    fields: Mapped[list[Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)


class Form(FlaskForm):
    """A form that comes back as typed: from what was just sent, or from what was held for this reader and this page."""

    def __init__(self, formdata: Any = None, **kwargs: Any) -> None:
        self.was_held = False
        if formdata is not None:
            kwargs["formdata"] = formdata
        elif request.method not in SAFE:
            drop_held()
        elif held := held_here():
            kwargs["formdata"] = MultiDict(held)
            self.was_held = True
        super().__init__(**kwargs)


def tidy(value: Any) -> Any:
    """What people type, without the spaces around it and the characters no database takes."""
    return (
        value.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8").strip() if isinstance(value, str) else value
    )


def hold() -> None:
    """Keep what was just sent from one of our own pages, until its sender is back; not what a script sends."""
    if request.accept_mimetypes.best == "application/json":
        return
    fields = [(name, value) for name, value in request.form.items(multi=True) if not SECRET.search(name)]
    if not fields or sum(len(name) + len(value) for name, value in fields) > HELD_MAX_CHARACTERS:
        return
    if not from_here() or too_often("LIMIT_HELD"):
        return
    key = secrets.token_urlsafe(24)
    db.session.rollback()
    db.session.add(HeldForm(key=key, path=request.path, fields=[list(field) for field in fields]))
    db.session.commit()
    session["held"] = [key, request.path]


def from_here() -> bool:
    """Whether what was sent comes from a page of ours, as far as the browser tells."""
    origin = request.headers.get("Origin", f"//{request.host}")
    return origin.endswith(f"//{request.host}") and request.headers.get("Sec-Fetch-Site") in {None, "same-origin"}


def held_here() -> list[tuple[str, str]] | None:
    """What was held for this reader and this page, if anything; it stays held until the form is sent."""
    key, path = session.get("held") or (None, None)
    if path != request.path:
        return None
    held = db.session.get(HeldForm, key)
    return [(name, value) for name, value in held.fields] if held else None


def drop_held() -> None:
    """The page's form has been sent again: what was held for it is no longer needed."""
    if (session.get("held") or (None, None))[1] == request.path:
        session.pop("held")


@every(minute="17")
def forget_held() -> None:
    """Delete what was held for too long."""
    limit = now() - timedelta(hours=current_app.config["HELD_FORMS_KEPT_HOURS"])
    db.session.execute(delete(HeldForm).where(HeldForm.created_at < limit))
    db.session.commit()


def init_app(app: Any) -> None:
    """Ask a token of every unsafe method; where it has expired, hold what was typed and show the page again."""
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the sign-in
    csrf.init_app(app)

    @app.errorhandler(CSRFError)
    def token_missing(_error: CSRFError) -> ResponseReturnValue:
        hold()
        return redirect(request.path if "held" in session else url_for("pages.home"))
