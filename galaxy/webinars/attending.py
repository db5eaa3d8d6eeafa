"""What those who come may do from the page of their registration: say that they are there."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.accounts.services import NotPossible
from galaxy.content.rules import may_read
from galaxy.core.access import admit, anyone
from galaxy.core.db import db
from galaxy.core.i18n import _
from galaxy.webinars import attendance
from galaxy.webinars.desk_forms import CheckInForm
from galaxy.webinars.models import Webinar
from galaxy.webinars.registering import opened
from galaxy.webinars.registration_queries import registration_of, token
from galaxy.webinars.writing import bp


def done(act: Any, said: str) -> bool:
    """Whether an act is done; else its reader is told why not."""
    try:
        act()
    except NotPossible as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
        return False
    db.session.commit()
    flash(said, "success")
    return True


@bp.get("/<ref:ref>/check-in")
@admit(may_read, Webinar)
def check_in(webinar: Webinar) -> ResponseReturnValue:
    """The short address that hosts show: a member goes on to their own page, a guest is told where theirs is."""
    if (mine := registration_of(current_user, webinar)) is not None:
        return redirect(url_for(".check_in_seat", token=token(mine)))
    return render_template("webinars/check_in.html", webinar=webinar, form=None)


@bp.route("/seats/<token>/check-in", methods=["GET", "POST"])
@admit(anyone)
def check_in_seat(token: str) -> ResponseReturnValue:
    """Type the code that the hosts show."""
    registration = opened(token)
    form = CheckInForm()
    if form.validate_on_submit():
        typed = form.word.data or ""
        if done(lambda: attendance.check_in(registration, typed), _("Welcome: it is noted that you are here.")):
            return redirect(url_for(".seat", token=token))
        return redirect(url_for(".check_in_seat", token=token))
    takes = registration.holds_place and attendance.takes_code(registration.webinar)
    page = {"registration": registration, "takes": takes, "form": form, "token": token}
    return render_template("webinars/check_in.html", webinar=registration.webinar, **page)
