"""The admin's page of promised work: what failed is shown, and can be tried again now."""

from datetime import timedelta

from galaxy.core.db import db, now
from galaxy.core.jobs import Job
from galaxy.core.mail import deliver
from galaxy.moderation.views import wake
from tests.factories import an_admin, saved


def test_an_admin_has_a_failed_promise_tried_again_now(app, reader, work):
    failed = Job(name=deliver.name, args={"letter_id": 0}, due_at=now() + timedelta(hours=1), attempts=3, error="away")
    number = saved(failed).id
    assert work() == 0

    page = reader(an_admin()).post(f"/en/moderation/jobs/{number}/retry")

    names = sorted(job.name for job in db.session.query(Job))
    assert (page.status, names) == (302, sorted([deliver.name, wake.name]))
    assert (work(), db.session.query(Job).count()) == (2, 0)
