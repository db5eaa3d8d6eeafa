"""Whether Galaxy lives, and whether each part is ready, by name."""

import pytest

from galaxy.core import jobs, schema
from galaxy.core.db import db, now
from galaxy.core.jobs import Job
from galaxy.search import index
from tests.factories import a_solution, a_user
from tests.readers import Reader

READY = {"ok": True, "why": ""}
OLD_TABLES = {"ok": False, "why": "the tables are not in their newest form: run `python -m galaxy migrate`"}
NO_WORKER = {"ok": False, "why": "no worker has been heard of lately"}


@pytest.fixture
def migrated(blank_app):
    schema.upgrade()
    index.rebuild()
    return Reader(blank_app)


def test_it_lives(visitor):
    page = visitor.get("/healthz")

    assert (page.status, page.response.json) == (200, {"alive": True})


def test_every_part_is_named_when_all_are_ready(migrated):
    jobs.beat()

    page = migrated.get("/readyz")

    assert page.response.json == dict.fromkeys(("database", "index", "worker", "disk"), READY)
    assert page.status == 200


def test_a_part_that_is_not_ready_is_named_with_the_reason(migrated):
    page = migrated.get("/readyz")

    assert (page.status, page.response.json["worker"], page.response.json["database"]) == (503, NO_WORKER, READY)


def test_tables_without_migrations_are_not_ready(blank_app):
    page = Reader(blank_app).get("/readyz")

    assert page.status == 503
    assert page.response.json["database"] == OLD_TABLES
    assert page.response.json["worker"] == {"ok": False, "why": "the database does not answer"}


def test_a_full_disk_is_not_ready(migrated):
    migrated.app.config["DISK_MIN_MB"] = 10**9

    why = migrated.get("/readyz").response.json["disk"]["why"]

    assert why.startswith("only ")
    assert why.endswith(" MB are free")


def test_an_index_far_behind_is_not_ready(migrated):
    waiting = Job(name="search.index.index_entries", args={}, created_at=now().replace(year=2020))
    db.session.add(waiting)
    db.session.commit()

    assert migrated.get("/readyz").response.json["index"]["ok"] is False


def test_figures_are_closed_unless_opened(visitor, app):
    a_solution(author=a_user())

    assert visitor.get("/metrics").status == 404
    app.config["METRICS"] = True
    figures = visitor.get("/metrics").text.splitlines()
    app.config["METRICS"] = False

    assert 'galaxy_entries{kind="solutions",status="published"} 1.0' in figures
    assert "galaxy_users 1.0" in figures
