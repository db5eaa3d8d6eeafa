"""Sign-in by Flask-Security, profiles, bodies and mandates."""

from pathlib import Path

from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore

from galaxy.accounts.models import User
from galaxy.core.access import Visitor
from galaxy.core.config import secret
from galaxy.core.db import db

security = Security()


class NoRole:
    """Galaxy has none of Flask-Security's roles: what a person may do follows from rules."""


def init_app(app: Flask) -> None:
    """Set up sign-in."""
    app.config.from_mapping(
        SECURITY_URL_PREFIX="/<lang:lang>/accounts",
        SECURITY_PASSWORD_SALT=secret(Path(app.instance_path), "password-salt"),
        SECURITY_TOTP_SECRETS={"1": secret(Path(app.instance_path), "totp-secret")},
        SECURITY_TOTP_ISSUER=app.config["SITE_NAME"],
        SECURITY_ANONYMOUS_USER_DISABLED=False,
    )
    security.init_app(app, SQLAlchemyUserDatastore(db, User, NoRole))
    app.login_manager.anonymous_user = Visitor  # type: ignore[attr-defined]
