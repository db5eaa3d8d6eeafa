"""Garbage is collected, on Python 3.11 by a thread of its own, so that it never happens within a step."""

import gc
import sys
import threading
import time
import weakref


class Ring:
    """Held by itself alone."""

    def __init__(self) -> None:
        self.itself = self


def test_a_ring_is_let_go_though_nothing_is_collected_while_objects_are_made(app):
    gone = weakref.ref(Ring())
    held = [[] for _ in range(2 * gc.get_threshold()[0])]
    deadline = time.monotonic() + 30
    while gone() is not None and time.monotonic() < deadline:
        held.append([[] for _ in range(1_000)])
        time.sleep(0.01)
    by_thread = [thread.name for thread in threading.enumerate() if thread.name == "garbage"]

    expected = ([], True, True) if sys.version_info >= (3, 12) else (["garbage"], False, True)
    assert (by_thread, gc.isenabled(), gone() is None) == expected
