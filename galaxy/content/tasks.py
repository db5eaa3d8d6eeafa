"""What happens to content by the clock."""

from galaxy.content import services
from galaxy.core.db import db
from galaxy.core.jobs import every


@every(hour="3", minute="10")
def forget_drafts() -> None:
    """Each night: what was typed long ago and never sent."""
    services.forget_drafts()
    db.session.commit()
