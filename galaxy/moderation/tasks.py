"""What the clock of moderation does by itself."""

import structlog

from galaxy.core.db import db
from galaxy.core.jobs import every
from galaxy.moderation import clock
from galaxy.moderation.clock_queries import next_due

log = structlog.get_logger()


@every(minute="*/10")
def keep_time() -> None:
    """Take every step of the clock that is due; what fails for one wait stops no other."""
    failed: set[int] = set()
    while (wait := db.session.scalar(next_due(failed))) is not None:
        key = wait.id
        try:
            clock.remind(wait)
            db.session.commit()
        except Exception:  # it is tried again in ten minutes
            db.session.rollback()
            log.exception("clock failed", wait=key)
            failed.add(key)
    db.session.rollback()
