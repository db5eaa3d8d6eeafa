"""What happens to calls and partnerships by the clock."""

from datetime import timedelta

from sqlalchemy import select

from galaxy.content.models import Status
from galaxy.core.db import db, now
from galaxy.core.jobs import every
from galaxy.partnerships import absent, services
from galaxy.partnerships.models import Call, Stage


@every(minute="20")
def expire() -> None:
    """Each hour: open calls whose last day for answers has passed where their body is; each by itself."""
    tomorrow = now().date() + timedelta(days=1)  # in the east it has come already
    late = select(Call.id).where(Call.stage == Stage.OPEN, Call.status == Status.PUBLISHED, Call.deadline < tomorrow)
    ids = list(db.session.scalars(late.order_by(Call.id)))
    db.session.commit()
    for number in ids:
        try:
            services.expire(db.session.get_one(Call, number))
        except services.NotPossible:  # its day has not passed there, or somebody was faster
            db.session.rollback()
        db.session.commit()


@every(hour="5", minute="40")
def tell_of_the_vanished() -> None:
    """Each morning: those for whom nobody acts any more, since their mandates ran out."""
    absent.look_for()
    db.session.commit()
