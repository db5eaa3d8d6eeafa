"""Forms: bounded fields, words that say what to do, and nothing typed is ever lost, also when a sign-in has expired."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import CSRFError
from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import MultiDict

from galaxy.core.db import SAFE, Base, Json, db, now
from galaxy.core.i18n import lazy

csrf = CSRFProtect()
HELD_MAX_CHARACTERS = 400_000


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
        if formdata is None and request.method in SAFE and (held := take_held()):
            formdata = MultiDict(held)
            super().__init__(formdata, **kwargs)
            self.was_held = True
            return
        if formdata is not None:
            kwargs["formdata"] = formdata
        super().__init__(**kwargs)
        self.was_held = False


def tidy(value: Any) -> Any:
    """What people type, without the spaces around it and the characters no database takes."""
    return (
        value.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8").strip() if isinstance(value, str) else value
    )


EXPIRED = lazy("You were away for a while, so please check what you typed and send it again. Nothing is lost.")


def hold() -> None:
    """Keep what was just sent from one of our own pages, until its sender is back."""
    own = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in {"csrf_token", "password"}]
    if not own or not fields or sum(len(value) for _name, value in fields) > HELD_MAX_CHARACTERS:
        return
    key = secrets.token_urlsafe(24)
    db.session.rollback()
    db.session.add(HeldForm(key=key, path=request.path, fields=[list(field) for field in fields]))
    db.session.commit()
    session["held"] = key


def take_held() -> list[tuple[str, str]] | None:
    """What was held for this reader and this page, if anything."""
    key = session.get("held")
    if not key:
        return None
    held = db.session.scalar(select(HeldForm).where(HeldForm.key == key, HeldForm.path == request.path))
    if held is None:
        return None
    session.pop("held")
    return [(name, value) for name, value in held.fields]


def forget_held() -> None:
    """Delete what was held for too long."""
    limit = now() - timedelta(hours=current_app.config["HELD_FORMS_KEPT_HOURS"])
    db.session.execute(delete(HeldForm).where(HeldForm.created_at < limit))


def init_app(app: Any) -> None:
    """Ask a token of every unsafe method; where it has expired, hold what was typed and show the page again."""
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the sign-in
    csrf.init_app(app)

    @app.errorhandler(CSRFError)
    def token_missing(_error: CSRFError) -> ResponseReturnValue:
        hold()
        return redirect(request.path if "held" in session else url_for("pages.home"))
