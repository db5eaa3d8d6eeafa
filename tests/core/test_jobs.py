"""Promises are kept, once, and not lost."""

import time_machine
from huey import PostgresHuey

from galaxy.core import jobs
from galaxy.core.db import db, now
from galaxy.core.jobs import Job, batch_task, later, task, waiting, work

kept: list[int] = []


@task
def keep(number: int) -> None:
    kept.append(number)


@task
def break_once(number: int) -> None:
    kept.append(number)
    if kept.count(number) == 1:
        raise OSError("the line is down")


@task
def keep_again(number: int) -> None:
    kept.append(number)
    later(keep_again, number=number + 1)


@batch_task(10)
def keep_all(promises: list[dict[str, int]]) -> None:
    if any(promise["number"] == 13 for promise in promises):
        raise ValueError("13 cannot be kept")
    kept.extend(promise["number"] for promise in promises)


def test_a_promise_is_kept_once_after_the_commit(app):
    kept.clear()
    later(keep, number=7)
    db.session.commit()

    assert (work(), work(), kept) == (1, 0, [7])


def test_a_promise_that_is_rolled_back_is_not_kept(app):
    kept.clear()
    later(keep, number=7)
    db.session.rollback()

    assert (work(), kept) == (0, [])


def test_a_failed_promise_is_shown_and_tried_again_later(app):
    kept.clear()
    later(break_once, number=3)
    db.session.commit()

    assert work() == 0
    assert [job.error for job in waiting()["failed"]] == ["OSError: the line is down"]
    assert work() == 0  # not yet due
    with time_machine.travel(now().timestamp() + 11):
        assert work() == 1
    assert (kept, db.session.query(Job).count()) == ([3, 3], 0)


def test_one_promise_that_cannot_be_kept_does_not_hold_up_its_batch(app):
    kept.clear()
    for number in (12, 13, 14):
        later(keep_all, number=number)
    db.session.commit()

    work()
    with time_machine.travel(now().timestamp() + 11):
        work()

    assert (kept, [job.args for job in waiting()["failed"]]) == ([12, 14], [{"number": 13}])


def test_a_task_that_promises_itself_for_ever_leaves_room_for_the_clock(app, monkeypatch):
    monkeypatch.setattr(jobs, "A_TURN", 0)
    monkeypatch.setitem(app.config, "NUDGE", True)
    huey = app.extensions["huey"]
    if isinstance(huey, PostgresHuey):
        huey.storage.initialize_schema()
    huey.flush()
    kept.clear()
    later(keep_again, number=1)
    db.session.commit()

    assert [work() for _turn in range(9)] == [1] * 9
    assert 0 < huey.pending_count() <= jobs.MOST_IN_LINE
    huey.flush()
