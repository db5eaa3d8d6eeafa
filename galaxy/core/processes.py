"""The processes of an installation: started together, watched, begun again when they fall, stopped together."""

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

PATIENCE = 8.0  # seconds a child has to end by itself once told to
STEADY = 60.0  # seconds of life after which a fall is no longer counted with the ones before
LONGEST_PAUSE = 30.0
TICK = 0.1
PR_SET_PDEATHSIG = 1


class Busy(Exception):
    """Another process has what this one needs; the message tells the reader what to do."""


@dataclass
class Child:
    """A process in a group of its own; `lasting` ones are begun again when they fall, the end of others ends all."""

    name: str
    command: list[str]
    stop_signal: signal.Signals = signal.SIGTERM
    lasting: bool = False
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started: float = field(default=0.0, init=False)
    falls: int = field(default=0, init=False)
    again_at: float | None = field(default=None, init=False)

    def start(self, folder: Path, environment: dict[str, str]) -> None:
        self.again_at, self.started = None, time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603  # commands of our own
            self.command, cwd=folder, env=environment, start_new_session=True, preexec_fn=_die_with_parent
        )

    def tell(self, number: signal.Signals) -> None:
        """Send a signal to the child and all it started."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


def _die_with_parent() -> None:
    """Ask the kernel, where it is Linux, to end this child when its parent is killed outright."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Family:
    """Children that live and end together."""

    def __init__(self, children: list[Child], folder: Path, environment: dict[str, str]) -> None:
        self.children, self.folder, self.environment = children, folder, environment
        self.stopping = False

    def run(self, say: Callable[[str], None], each_tick: Callable[[], None]) -> int:
        """Live until told to stop or until a child that does not last ends; the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._heard)
        code: int | None = None
        try:
            for child in self.children:
                child.start(self.folder, self.environment)
            while code is None and not self.stopping:
                time.sleep(TICK)
                code = self._look(say)
                if code is None and not self.stopping:
                    each_tick()
        finally:
            self._stop()
        return code or 0

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        if self.stopping:  # told twice: do not wait
            for child in self.children:
                child.tell(signal.SIGKILL)
        self.stopping = True

    def _look(self, say: Callable[[str], None]) -> int | None:
        """Begin again what fell, when its pause is over; the exit code of a child whose end ends all."""
        moment = time.monotonic()
        for child in self.children:
            if child.again_at is not None:
                if moment >= child.again_at:
                    child.start(self.folder, self.environment)
            elif child.process is not None and (code := child.process.poll()) is not None:
                if not child.lasting:
                    say(f"{child.name}: ended by itself with code {code}")
                    return abs(code) or 1
                child.falls = 1 if moment - child.started > STEADY else child.falls + 1
                pause = min(2.0 ** (child.falls - 1), LONGEST_PAUSE)
                child.again_at = moment + pause
                say(f"{child.name}: ended with code {code}, begins again in {pause:.0f} s")
        return None

    def _stop(self) -> None:
        """End every child, kindly and then not."""
        for child in self.children:
            child.tell(child.stop_signal)
        deadline = time.monotonic() + PATIENCE
        for child in self.children:
            if child.process is not None:
                with suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.0, deadline - time.monotonic()))
                child.tell(signal.SIGKILL)  # and whatever of its group is left
                child.process.wait()


def take(lock: Path) -> int:
    """Hold a lock file until this process ends, however it ends; `Busy` where another process holds it."""
    holder = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(holder)
        raise Busy(
            f"A worker already runs on {lock.parent}. Stop it first, or choose another GALAXY_INSTANCE."
        ) from None
    return holder


def check_port(host: str, port: int) -> None:
    """`Busy` where the port cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            advice = f"Choose another, for example: PORT={port + 1 if port < 65535 else 8000} make run"
            raise Busy(f"Port {port} cannot be used ({problem.strerror}). {advice}") from None
