"""Collects garbage between two steps of the interpreter, as Python does from 3.12 on, and never within one.

Python 3.11 may collect wherever it makes an object, also while the attributes of an instance become a dictionary. If
what is collected then sets attributes of that same instance, both dictionaries hold the same memory, and the process
dies sooner or later. SQLAlchemy does so where a session ends whose rows are held by a cycle alone, as the contexts of
templates are: each state lets its row go, and is told in between that the row is gone.
"""

import gc
import os
import sys
import time
from threading import Thread

from flask import Flask

EVERY = 0.05  # seconds
WHOLE_EVERY = 60.0  # all there is takes a quarter of a second to be walked through


def init_app(_app: Flask) -> None:
    """Once for the process; one that is forked from it begins anew with its own app."""
    if sys.version_info < (3, 12) and gc.isenabled():
        gc.disable()
        os.register_at_fork(after_in_child=gc.enable)
        Thread(target=_collect, name="garbage", daemon=True).start()


def _collect() -> None:
    whole_at = time.monotonic() + WHOLE_EVERY
    while True:
        time.sleep(EVERY)
        due = [count > most for count, most in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if due[2] and time.monotonic() > whole_at:
            gc.collect()
            whole_at = time.monotonic() + WHOLE_EVERY
        elif due[0] or due[1]:
            gc.collect(1 if due[1] else 0)
