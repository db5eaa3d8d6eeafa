"""Files of entries, and the address of any entry."""

from typing import Any

from flask import Flask, url_for

from galaxy.content.models import Entry
from galaxy.content.words import code_name, code_names, kind_name, status_name
from galaxy.reference.sdgs import goals_of


def address(entry: Entry, **more: Any) -> str:
    """Where an entry of any kind is shown."""
    return url_for(entry.endpoint, ref=entry.slug, **more)


def init_app(app: Flask) -> None:
    """Let templates link to any entry."""
    app.jinja_env.globals.update(
        address=address,
        goals_of=goals_of,
        kind_name=kind_name,
        code_name=code_name,
        code_names=code_names,
        status_name=status_name,
    )
