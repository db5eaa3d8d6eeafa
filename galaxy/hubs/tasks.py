"""What happens to hubs by the clock. That one has ended needs no task: its last day says so."""

from galaxy.core.db import db
from galaxy.core.jobs import every
from galaxy.hubs import queries, services


@every(minute="5")
def open_due() -> None:
    """Each hour: drafts whose day to open has come."""
    for hub in queries.due():
        services.open_now(hub, None)
        db.session.commit()
