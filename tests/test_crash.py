"""Killed at any moment, a worker loses no promise and a web process loses no answered write."""

import os
import random
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from galaxy import create_app
from galaxy.content.models import Draft
from galaxy.core import mail, schema
from galaxy.core.db import REF_LENGTH, REF_LETTERS, db
from galaxy.core.jobs import Job
from galaxy.core.mail import Letter
from tests.conftest import SETTINGS, a_postgres_database
from tests.factories import a_user
from tests.processes import Site, a_site, children, start, wait_until
from tests.readers import Reader

LETTERS = 300
KILLS = 2
WRITES = 60


@pytest.fixture(params=["sqlite", "postgresql"])
def installation(request, tmp_path):
    """A migrated instance folder, the app on it, and the settings its processes need."""
    if request.param == "sqlite":
        yield from migrated(tmp_path / "instance", {})
    else:
        with a_postgres_database() as url:
            yield from migrated(tmp_path / "instance", {"DATABASE_URL": url})


def migrated(instance: Path, settings: dict[str, str]):
    app = create_app(instance, **SETTINGS, **settings)
    with app.app_context():
        schema.upgrade()
        yield app, settings | {"JOB_LEASE_SECONDS": "1", "LIMITS": "0", "WEB_WORKERS": "1", "WEB_THREADS": "2"}
        db.session.remove()
        db.engine.dispose()


def waiting() -> int:
    db.session.rollback()
    count = db.session.scalar(select(func.count(Job.id))) or 0
    db.session.rollback()
    return count


def a_worker(app: Flask, settings: dict[str, str]) -> subprocess.Popen[bytes]:
    return start("worker", instance=Path(app.instance_path), **settings)


def test_a_worker_killed_at_any_moment_loses_no_promise(installation):
    app, settings = installation
    for number in range(LETTERS):
        mail.post(f"reader{number}@example.org", "Hello", "Hello", "<p>Hello</p>")
    db.session.commit()
    promised, chance, left = waiting(), random.Random(7), []

    for _kill in range(KILLS):
        worker = a_worker(app, settings)
        before = waiting()
        wait_until(lambda before=before: waiting() < before or waiting() == 0, what="the first kept promise")
        time.sleep(chance.uniform(0, 0.05))
        worker.kill()
        worker.wait()
        left.append(waiting())
    time.sleep(1.1)  # what it had begun is lent to nobody for longer than this
    last = a_worker(app, settings)
    wait_until(lambda: waiting() == 0, what="the last promise")
    last.kill()
    last.wait()

    kept = sorted(path.name for path in (Path(app.instance_path) / "mail").glob("*.eml"))
    letters = db.session.scalars(select(Letter.id).where(Letter.sent_at.is_not(None))).all()
    assert (promised, len(kept), len(letters)) == (LETTERS, LETTERS, LETTERS)
    assert max(left) > 0, "The kills came too late to prove anything."


def test_a_web_process_killed_at_any_moment_loses_no_answered_write(installation):
    app, settings = installation
    reader = Reader(app, a_user())
    sent = {"X-CSRFToken": reader.token(), "Cookie": f"galaxy={reader.client.get_cookie('galaxy').value}"}
    keys = [f"new-{''.join(random.Random(n).choices(REF_LETTERS, k=REF_LENGTH))}" for n in range(WRITES)]
    db.session.remove()  # no lock of the test's own
    with a_site(Path(app.instance_path), **settings) as site:
        killer = threading.Thread(target=kill_web, args=(site,))
        killer.start()
        answered = [key for key in keys if write(site, key, sent)]
        killer.join()

    db.session.rollback()
    kept = set(db.session.scalars(select(Draft.key)))
    assert [key for key in answered if key not in kept] == []
    assert len(answered) > WRITES / 2


def write(site: Site, key: str, headers: dict[str, str]) -> bool:
    """Save a draft; whether the answer said that it is saved. Where nobody answers, ask a little later once more."""
    typed = {"draft_form": "solutions.new", "draft_key": key, "title": f"Draft {key}"}
    request = urllib.request.Request(
        f"{site.address}/en/content/drafts", urllib.parse.urlencode(typed).encode(), headers, method="POST"
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status == 200 and b"told" in answer.read()
        except urllib.error.HTTPError as refused:
            raise AssertionError(f"{refused.code} {refused.read()[:500]!r}") from None
        except OSError:
            time.sleep(0.05)
    return False


def kill_web(site: Site) -> None:
    """Kill the process that answers, at a moment nobody has chosen, again and again."""
    chance = random.Random(11)
    for _kill in range(KILLS):
        time.sleep(chance.uniform(0.05, 0.4))
        (server,) = (pid for pid, words in children(site.process.pid, deep=False).items() if "gunicorn" in words)
        for pid in children(server):
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda server=server, dead=pid: set(children(server)) - {dead}, what="another web process")
