"""A crowd registers at once on a running server: exactly as many places as there are, on both databases."""

import pytest

from benchmarks.registration import announce, crowd, tally
from tests.conftest import a_postgres_database
from tests.processes import a_site

PEOPLE, PLACES, AT_ONCE = 100, 20, 30  # benchmarks/registration.py brings a thousand


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_crowd_of_guests_confirms_at_once_many_with_a_double_click(kind, tmp_path):
    with a_postgres_database() as url:
        settings = {} if kind == "sqlite" else {"DATABASE_URL": url}
        with a_site(tmp_path, **settings) as site:
            pages = announce(tmp_path, PEOPLE, PLACES, **settings)
            _seconds, statuses = crowd(site.address, pages[:40], AT_ONCE, clicks=2)
            _seconds, others = crowd(site.address, pages[40:], AT_ONCE)
        found = tally(tmp_path, **settings)

    assert ({*statuses, *others}, found) == ({200}, {"registered": PLACES, "waiting": PEOPLE - PLACES})
