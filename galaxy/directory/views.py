"""The pages of this room."""

from flask import Flask

from galaxy.directory import services

__all__ = ["services"]


def init_app(app: Flask) -> None:
    """Open the pages of this room."""
