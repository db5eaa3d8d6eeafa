"""Who came: marked by hosts, or by those who type the code that is shown while it is on."""

import secrets
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import update

from galaxy.accounts.models import User
from galaxy.accounts.services import NotPossible, record
from galaxy.content import services as content
from galaxy.core.db import REF_LETTERS, db, now
from galaxy.core.i18n import _
from galaxy.core.limits import too_often
from galaxy.webinars.models import State, Webinar
from galaxy.webinars.registration_models import Registration, RegistrationStatus
from galaxy.webinars.words import DOORS

CODE_LENGTH = 6
STILL = timedelta(days=1)  # after the end, in which the code is still taken


def has_begun(webinar: Webinar) -> bool:
    """Whether one can be there, or have been: from shortly before it begins."""
    planned = webinar.state == State.PLANNED and webinar.starts_at is not None
    return planned and webinar.starts_at - DOORS <= now()  # type: ignore[operator]  # as said


def takes_code(webinar: Webinar) -> bool:
    """Whether the code that is shown is taken now."""
    if not (webinar.check_in and webinar.is_visible and has_begun(webinar)):
        return False
    return webinar.ends_at is None or now() < webinar.ends_at + STILL


def new_code(webinar: Webinar, by: User) -> None:
    """Make a code to be shown; the one before it is no longer taken. The log does not say which."""
    content.lock(webinar)
    webinar.check_in = "".join(secrets.choice(REF_LETTERS) for _n in range(CODE_LENGTH))
    record(by, "check-in code made", webinar)


def check_in(registration: Registration, typed: str) -> None:
    """Note that somebody is there who types the code; case and spaces do not matter, and twice is once."""
    webinar = registration.webinar
    if not (takes_code(webinar) and registration.holds_place):
        raise NotPossible(_("The code is not taken now: only from 15 minutes before the start until a day after."))
    if too_often("LIMIT_CHECK_INS", f"check-in {registration.id}"):
        raise NotPossible(_("That was too often. Please ask the hosts for the code, and try again in an hour."))
    if not secrets.compare_digest("".join(typed.split()).lower().encode(), webinar.check_in.encode()):
        raise NotPossible(_("This is not the code. Please look again at what the hosts show or say."))
    _note(webinar, [registration.id], True)


def mark(webinar: Webinar, came: Collection[int], absent: Collection[int], by: User) -> int:
    """Note of these registrations that they came, of those that they did not; how many are other ones now."""
    _refuse_early(webinar)
    marked, unmarked = _note(webinar, came, True), _note(webinar, absent, False)
    if marked or unmarked:
        record(by, "attendance marked", webinar, after={"came": marked, "did not come": unmarked})
    return marked + unmarked


def mark_all(webinar: Webinar, by: User) -> int:
    """Note that all who hold a place came; how many were not marked before."""
    _refuse_early(webinar)
    if marked := _note(webinar, None, True):
        record(by, "attendance marked", webinar, after={"came": marked})
    return marked


def _refuse_early(webinar: Webinar) -> None:
    if not has_begun(webinar):
        raise NotPossible(_("It has not begun: who came can be marked from 15 minutes before it does."))


def _note(webinar: Webinar, ids: Collection[int] | None, came: bool) -> int:
    """Mark those of these who hold a place here, or all of them; what is so already is left as it is."""
    holds = (Registration.webinar_id == webinar.id) & (Registration.status == RegistrationStatus.REGISTERED)
    unlike = Registration.attended_at.is_(None) if came else Registration.attended_at.is_not(None)
    of = update(Registration).where(holds, unlike)
    if ids is not None:
        of = of.where(Registration.id.in_(ids))
    values = of.values(attended_at=now() if came else None).returning(Registration.id)
    return len(db.session.scalars(values).all())


def note_taken_away(webinar: Webinar, by: User) -> None:
    """Note in the log that somebody took the list of registrations along."""
    record(by, "took registrations away", webinar)
