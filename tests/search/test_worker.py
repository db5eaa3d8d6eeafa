"""A real worker in a process of its own: how soon it makes things found, and what a killed one loses."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import current_app
from werkzeug.datastructures import MultiDict

from galaxy import ROOT, create_app
from galaxy.content.models import Status
from galaxy.core.db import Base, db
from galaxy.search import index
from galaxy.search.queries import find
from galaxy.search.questions import Question
from tests.factories import a_solution

SETTINGS = {"LIMITS": False, "DATABASE_URL": "", "MEANING": False}


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Path]:
    app = create_app(tmp_path, **SETTINGS)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        yield tmp_path
        db.session.remove()
        db.engine.dispose()


def a_worker(instance: Path) -> subprocess.Popen:
    told = os.environ | {"GALAXY_INSTANCE": str(instance), "GALAXY_DATABASE_URL": "", "GALAXY_MEANING": "0"}
    command = [sys.executable, "-W", "ignore", "-m", "galaxy", "worker"]
    return subprocess.Popen(command, cwd=ROOT, env=told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def soon(true: Callable[[], bool]) -> bool:
    """Whether it becomes true; how soon, the benchmarks say."""
    until = time.monotonic() + 60
    while not true() and time.monotonic() < until:
        db.session.rollback()
        time.sleep(0.05)
    found = true()
    db.session.rollback()  # the worker writes on: what is written here must not build on what was read before
    return found


def found(words: str) -> list[str]:
    with current_app.test_request_context("/en/search"):
        return [hit.name for hit in find(Question.from_args(MultiDict([("q", words)]), "en")).hits]


def test_what_is_published_is_found_soon_also_after_a_worker_was_killed(instance):
    worker = a_worker(instance)
    try:
        assert soon(lambda: not index.trouble())  # it makes the missing index by itself

        solution = a_solution(title="Seed banks")
        assert soon(lambda: found("seed") == ["Seed banks"])

        solution.status = Status.WITHDRAWN
        db.session.commit()
        assert found("seed") == []

        for n in range(20):
            a_solution(title=f"Solution n{n}")
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker = a_worker(instance)
        assert soon(lambda: len(found("solution")) == 20 and index.status()["pending"] == 0)
        assert index.engine().state().documents == 20
    finally:
        worker.kill()
        worker.wait()
