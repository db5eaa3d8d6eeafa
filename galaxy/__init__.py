"""Galaxy: where countries of the global South share what works and find each other to do it together."""

import os
from pathlib import Path
from typing import Any

from flask import Flask

from galaxy.accounts import views as accounts
from galaxy.api import views as api
from galaxy.content import tasks as _content_tasks  # noqa: F401  # its work by the clock registers itself
from galaxy.content import views as content
from galaxy.core import (
    addresses,
    config,
    db,
    forms,
    garbage,
    guard,
    headers,
    i18n,
    jobs,
    limits,
    logs,
    templates,
    zones,
)
from galaxy.directory import views as directory
from galaxy.hubs import tasks as _hubs_tasks  # noqa: F401  # as above
from galaxy.hubs import views as hubs
from galaxy.moderation import clock_views as clock
from galaxy.moderation import search_views as _search_views  # noqa: F401  # its views stand on moderation's blueprint
from galaxy.moderation import tasks as _moderation_tasks  # noqa: F401
from galaxy.moderation import views as moderation
from galaxy.notifications import views as notifications
from galaxy.pages import views as pages
from galaxy.partnerships import tasks as _partnerships_tasks  # noqa: F401  # as above
from galaxy.partnerships import views as partnerships
from galaxy.search import alerts as _search_alerts  # noqa: F401  # as above
from galaxy.search import index as search
from galaxy.search import views as saved_searches
from galaxy.search.meaning import making as _meaning_tasks  # noqa: F401
from galaxy.search.meaning import nearness as meaning
from galaxy.solutions import views as solutions
from galaxy.webinars import tasks as _webinars_tasks  # noqa: F401  # as above
from galaxy.webinars import views as webinars

ROOT = Path(__file__).parent.parent
CORE = (garbage, config, logs, guard, limits, db, addresses, i18n, forms, headers, templates, jobs, zones)
ROOMS = (
    accounts, content, notifications, search, meaning, saved_searches, moderation, clock, solutions, directory,
    partnerships, webinars, hubs, pages, api,
)  # fmt: skip


def create_app(instance: str | Path | None = None, **settings: Any) -> Flask:
    """The whole of Galaxy as a WSGI application, its settings from the environment and then from `settings`."""
    app = addresses.Addressed(
        "galaxy",
        instance_path=str(Path(instance or os.environ.get("GALAXY_INSTANCE") or ROOT / "instance").resolve()),
        instance_relative_config=True,
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.jinja_environment = templates.Templates  # before anything asks for it
    app.config.from_mapping(settings)
    for part in (*CORE, *ROOMS):
        part.init_app(app)
    return app
