"""`serve` starts web and worker, begins a fallen worker again, and leaves nothing behind when it is stopped."""

import os
import re
import signal
import time
from pathlib import Path

from tests.processes import a_site, answer, children, start, wait_until


def alive(pids) -> list[int]:
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def worker_of(site) -> int | None:
    return next((pid for pid, words in children(site.process.pid).items() if "galaxy worker" in words), None)


def test_serve_runs_web_and_worker_and_stops_them_all(tmp_path):
    with a_site(tmp_path / "instance", WEB_WORKERS="1") as site:
        family = children(site.process.pid)
        second = start("worker", instance=site.instance)
        assert second.wait(30) == 3  # two workers never run beside one SQLite

        started = time.monotonic()
        code = site.stop()

        assert code == 0
        assert time.monotonic() - started < 30
        assert alive(family) == []
    said = [line for line in site.log().splitlines() if line.startswith("·")]
    assert said == [
        f"· instance: {site.instance}",
        "· database: from nothing to 0001",
        "· database: up to date",
        "· processes: starting web and worker",
        "· ready: database, disk, index, worker",
        "· stopped",
    ]
    assert re.search(rf"Galaxy is at {site.address}/ ", site.log())


def test_a_killed_worker_is_begun_again_and_a_killed_family_leaves_nobody(tmp_path):
    with a_site(tmp_path / "instance", WEB_WORKERS="1") as site:
        first = worker_of(site)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: worker_of(site) not in {first, None}, what="another worker")
        assert answer(f"{site.address}/healthz") == {"alive": True}

        family = children(site.process.pid)
        site.process.kill()
        site.process.wait(10)
        wait_until(lambda: not alive(family), what=f"the end of {family}")
