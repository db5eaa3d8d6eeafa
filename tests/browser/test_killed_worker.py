"""A worker that is killed at the moment of publishing: another takes its place, and nothing is lost or said twice."""

import os
import signal
import time

import pytest

from galaxy import create_app
from galaxy.content.models import Status
from galaxy.core.db import db
from galaxy.moderation.services import submit
from tests.browser.steps import all_words, follow, go, notices, press, signed_in
from tests.conftest import SETTINGS
from tests.factories import a_solution, a_user, an_admin
from tests.processes import Site, a_site, children, wait_until

TITLE = "Millet mills of Zinder"


@pytest.fixture
def site(smtp, tmp_path):
    """A site of its own, whose workers give back soon what they had begun."""
    settings = {"MAIL_URL": f"smtp://127.0.0.1:{smtp.port}", "LIMITS": "0", "WEB_WORKERS": "1"}
    with a_site(tmp_path / "instance", JOB_LEASE_SECONDS="1", **settings) as started:
        yield started


def test_a_worker_killed_after_publishing_loses_nothing(site, smtp, a_context):
    app = create_app(site.instance, **SETTINGS | {"NUDGE": True})
    with app.app_context():
        author = a_user(name="Zara", email="zara@mil.ne")
        submit(a_solution(title=TITLE, author=author, status=Status.DRAFT, consented_at=author.confirmed_at), author)
        db.session.commit()
        admin = signed_in(a_context(base_url=site.address), app, an_admin())
    go(admin, "/en/moderation/")
    follow(admin, TITLE)
    admin.get_by_label("Reasons, for its author").fill("Thank you.")
    (killed,) = workers(site)
    os.kill(killed, signal.SIGSTOP)  # it gets no further than this

    press(admin, "Publish")
    os.kill(killed, signal.SIGKILL)

    assert notices(admin) == [f"“{TITLE}” is published."]
    wait_until(lambda: [pid for pid in workers(site) if pid != killed], what="another worker")
    visitor = a_context(base_url=site.address).new_page()
    deadline = time.monotonic() + 60
    while all_words(visitor.locator(".results .card h2")) != [TITLE]:
        assert time.monotonic() < deadline, "What was published is not found."
        go(visitor, "/en/search?q=millet+mill")
    assert smtp.wait_for("zara@mil.ne")["Subject"] == f"Published: {TITLE}"
    time.sleep(2)  # longer than what the dead one had begun is lent to it
    assert [mail["Subject"] for mail in smtp.mails if mail["To"] == "zara@mil.ne"] == []


def workers(site: Site) -> list[int]:
    assert site.process is not None
    return [pid for pid, words in children(site.process.pid, deep=False).items() if "galaxy worker" in words]
