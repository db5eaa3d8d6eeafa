"""Calls for partners as they are read and found, and what waits for whom."""

from flask import Flask

from galaxy.partnerships import models as _models  # noqa: F401  # its kinds of entry register themselves
from galaxy.partnerships.writing import bp


def init_app(app: Flask) -> None:
    """Open the pages of this room."""
    app.register_blueprint(bp)
