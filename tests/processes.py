"""Galaxy as it really runs: web and worker in processes of their own, on a free port, with a folder of their own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from galaxy import ROOT


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(instance: Path, **settings: str) -> dict[str, str]:
    """Nothing of the tests' own settings, and those given; without models, which take their time."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("GALAXY_") and name != "PORT"}
    own = {"GALAXY_INSTANCE": str(instance), "GALAXY_MEANING": "0"}
    return plain | own | {f"GALAXY_{name}": value for name, value in settings.items()}


def start(*words: str, instance: Path, **settings: str) -> subprocess.Popen[bytes]:
    """Start one of Galaxy's commands; what it says is added to a file beside the instance."""
    instance.mkdir(parents=True, exist_ok=True)
    with (instance / "said.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "galaxy", *words],
            cwd=ROOT,
            env=environment(instance, **settings),
            stdout=log,
            stderr=log,
        )


def stop(process: subprocess.Popen[bytes], number: signal.Signals = signal.SIGINT, within: float = 60) -> int:
    """Ask a process to end, and kill it where it does not; what it answered."""
    process.send_signal(number)
    try:
        return process.wait(within)
    finally:
        process.kill()
        process.wait()


def wait_until(holds: Callable[[], Any], within: float = 60, what: str = "") -> Any:
    """Ask again and again until something is there; its value."""
    deadline = time.monotonic() + within
    while not (found := holds()):
        assert time.monotonic() < deadline, f"{what or holds} did not come within {within} s"
        time.sleep(0.05)
    return found


def answer(address: str) -> dict[str, Any] | None:
    """The JSON at an address; nothing where nobody answers, or answers with an error."""
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            return dict(json.load(response))
    except (urllib.error.URLError, OSError):
        return None


def children(parent: int, deep: bool = True) -> dict[int, str]:
    """The processes below a process, or those right below it, and their commands."""
    found: dict[int, str] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                above = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            if above == parent:
                found |= {int(folder.name): words} | (children(int(folder.name)) if deep else {})
    return found


class Site:
    """A running Galaxy: its address, its folder, its process."""

    def __init__(self, instance: Path, **settings: str) -> None:
        self.instance, self.settings, self.port = instance, settings, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = start("serve", instance=self.instance, PORT=str(self.port), **self.settings)
        wait_until(self.is_ready, 60, f"Galaxy ({self.log()[-2000:]})")

    def is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log()
        return answer(f"{self.address}/readyz") is not None

    def stop(self) -> int:
        assert self.process is not None
        return stop(self.process)

    def log(self) -> str:
        file = self.instance / "said.log"
        return file.read_text() if file.exists() else ""


@contextmanager
def a_site(instance: Path, **settings: str) -> Iterator[Site]:
    """A Galaxy that runs for a while."""
    site = Site(instance, **settings)
    try:
        site.start()
        yield site
    finally:
        if site.process is not None and site.process.poll() is None:
            site.stop()
