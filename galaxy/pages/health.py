"""Whether Galaxy lives, and whether each of its parts is ready: for the machines that watch over it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from galaxy.accounts.models import User
from galaxy.content.models import Entry
from galaxy.core import jobs, schema
from galaxy.core.access import admit, anyone
from galaxy.core.db import db
from galaxy.search import index

NOT_READY = 503
MB = 1024 * 1024

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@admit(anyone)
def alive() -> ResponseReturnValue:
    return {"alive": True}


@bp.get("/readyz")
@admit(anyone)
def ready() -> ResponseReturnValue:
    said = parts()
    return said, 200 if all(part["ok"] for part in said.values()) else NOT_READY


@bp.get("/metrics")
@admit(anyone)
def metrics() -> ResponseReturnValue:
    """Figures for Prometheus, read from the database so that every process tells the same; GALAXY_METRICS opens it."""
    if not current_app.config["METRICS"]:
        abort(404)
    registry = CollectorRegistry()
    registry.register(Figures())
    return Response(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")


def parts() -> dict[str, dict[str, Any]]:
    """Each part by name: whether it is ready, and why not."""
    return {name: _asked(ask) for name, ask in PARTS.items()}


def _asked(ask: Callable[[], str]) -> dict[str, Any]:
    try:
        why = ask()
    except SQLAlchemyError:
        db.session.rollback()
        why = "the database does not answer"
    return {"ok": not why, "why": why}


def _database() -> str:
    db.session.execute(text("SELECT 1"))
    at, newest = schema.revision(), schema.newest()
    return "" if at == newest else "the tables are not in their newest form: run `python -m galaxy migrate`"


def _index() -> str:
    """The search index: not broken, and not far behind the database."""
    if why := index.trouble():
        return why
    oldest = jobs.oldest("search.index.")
    behind = oldest > current_app.config["INDEX_LAG_MAX_SECONDS"]
    return f"the oldest change has waited {oldest:.0f} s to be indexed" if behind else ""


def _worker() -> str:
    return "" if jobs.worker_lives() else "no worker has been heard of lately"


def _disk() -> str:
    free = shutil.disk_usage(Path(current_app.instance_path)).free // MB
    return "" if free >= current_app.config["DISK_MIN_MB"] else f"only {free} MB are free"


@bp.after_request
def keep_nothing(response: Response) -> Response:
    """What is true of this moment is kept by nobody."""
    response.headers["Cache-Control"] = "no-store"
    return response


PARTS: dict[str, Callable[[], str]] = {"database": _database, "index": _index, "worker": _worker, "disk": _disk}


class Figures:
    """What there is, counted when asked."""

    def collect(self) -> list[Metric]:
        entries = GaugeMetricFamily("galaxy_entries", "Entries by kind and status.", labels=["kind", "status"])
        rows = db.session.execute(select(Entry.kind, Entry.status, func.count()).group_by(Entry.kind, Entry.status))
        for kind, status, count in rows:
            entries.add_metric([kind, str(status)], count)
        waiting = jobs.waiting()
        users = db.session.scalar(select(func.count(User.id)).where(User.deleted_at.is_(None))) or 0
        return [
            entries,
            GaugeMetricFamily("galaxy_users", "Accounts.", value=users),
            GaugeMetricFamily("galaxy_jobs_waiting", "Promises not yet kept.", value=waiting["waiting"]),
            GaugeMetricFamily("galaxy_jobs_oldest_seconds", "Age of the oldest.", value=waiting["oldest_seconds"]),
            *(
                GaugeMetricFamily(f"galaxy_{name}_ready", f"Whether the {name} is ready.", value=part["ok"])
                for name, part in parts().items()
            ),
        ]
