"""Limits are counted in the database, across processes."""

import time

import time_machine

from galaxy import create_app
from galaxy.core.limits import DatabaseStorage


def storages(app, tmp_path):
    """Two storages on one database, as two processes have them."""
    url = app.config["DATABASE_URL"]
    uri = f"galaxy+sqlite:///{tmp_path / 'rates.db'}" if url.startswith("sqlite") else f"galaxy+{url}"
    first, second = DatabaseStorage(uri), DatabaseStorage(uri)
    first.reset()
    return first, second


def test_two_processes_share_one_count(app, tmp_path):
    first, second = storages(app, tmp_path)

    counts = [first.incr("k", 60), second.incr("k", 60), first.incr("k", 60), second.get("k"), first.get("other")]

    assert counts == [1, 2, 3, 3, 0]
    for storage in (first, second):
        storage.engine.dispose()


def test_a_window_that_has_passed_counts_from_one(app, tmp_path):
    first, second = storages(app, tmp_path)
    first.incr("k", 60)
    with time_machine.travel(time.time() + 61, tick=False):
        assert (second.get("k"), second.incr("k", 60), first.get("k")) == (0, 1, 1)
    for storage in (first, second):
        storage.engine.dispose()


def test_a_database_that_is_away_at_the_start_stops_nobody(tmp_path):
    app = create_app(tmp_path, DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:9/nothing", LIMITS=True, NUDGE=False)

    answer = app.test_client().get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"alive": True})
