"""Where people register for a webinar: with one click as a member, by a letter as a guest; and each one's own page."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.accounts.services import NotPossible
from galaxy.content.rules import may_read
from galaxy.content.views import address
from galaxy.core.access import admit, anyone
from galaxy.core.db import SAFE, db
from galaxy.core.forms import csrf
from galaxy.core.headers import keep_secret
from galaxy.core.i18n import _
from galaxy.core.limits import limiter, too_often
from galaxy.webinars import calendar, letters
from galaxy.webinars import registration_services as services
from galaxy.webinars.models import State, Webinar
from galaxy.webinars.registration_forms import AnswersForm, GuestForm, PersonForm, answers_of, with_questions
from galaxy.webinars.registration_models import Registration, RegistrationStatus
from galaxy.webinars.registration_queries import Tally, named, place_in_queue, registration_of, tally, token
from galaxy.webinars.rules import may_register
from galaxy.webinars.writing import bp


@dataclass(frozen=True)
class Told:
    """What a webinar's page says of registering: whether one may, how full it is, and the reader's own place."""

    open: bool
    counts: Tally
    own: Registration | None
    token: str
    seat: str
    place: int | None


def told(webinar: Webinar, user: Any) -> Told:
    """For `part` of `macros/webinar_registration.html`."""
    own = registration_of(user, webinar)
    secret = token(own) if own else ""
    seat = url_for("webinars.seat", token=secret) if own else ""
    waits = own is not None and own.status == RegistrationStatus.WAITING
    place = place_in_queue(own) if own and waits else None
    return Told(may_register(user, webinar), tally(webinar), own, secret, seat, place)


def registrant() -> str:
    """Members are counted by themselves, guests by the address they sit at."""
    return f"registers {current_user.id}" if current_user.is_authenticated else request.remote_addr or "nobody"


@bp.route("/<ref:ref>/register", methods=["GET", "POST"])
@limiter.limit(lambda: current_app.config["LIMIT_REGISTRATIONS"], methods=["POST"], key_func=registrant)
@admit(may_read, Webinar)
def register(webinar: Webinar) -> ResponseReturnValue:
    """Register: members at once, guests by a letter to the address they give."""
    if own := registration_of(current_user, webinar):
        return redirect(url_for(".seat", token=token(own)))
    if not may_register(current_user, webinar):
        flash(_("One can no longer register for this webinar."), "warning")
        return redirect(address(webinar))
    if current_user.is_authenticated:
        return _as_member(webinar)
    return _as_guest(webinar)


def _as_member(webinar: Webinar) -> ResponseReturnValue:
    form = with_questions(AnswersForm, webinar)()
    if form.validate_on_submit():
        try:
            registration = services.register(webinar, current_user, form.said())
        except NotPossible as refusal:
            return _refused(webinar, refusal)
        seat = url_for(".seat", token=token(registration))
        flash(place_of(registration), "success")
        db.session.commit()
        return redirect(seat)
    return render_template("webinars/register.html", webinar=webinar, form=form, told=told(webinar, current_user))


def _as_guest(webinar: Webinar) -> ResponseReturnValue:
    """The answer is the same whether the address is known here, as a member's or of somebody who comes, or not."""
    form = with_questions(GuestForm, webinar)()
    if form.validate_on_submit():
        said = form.said()
        written_to = hashlib.sha256(f"{webinar.id} {said['email']}".encode()).hexdigest()
        if not too_often("LIMIT_REGISTRATION_MAILS", written_to):
            try:
                services.register(webinar, None, said)
            except NotPossible as refusal:
                return _refused(webinar, refusal)
            db.session.commit()
        return redirect(url_for(".register", ref=webinar.slug, sent="yes"))
    if "sent" in request.args and request.method in SAFE:
        return render_template("webinars/sent.html", webinar=webinar)
    return render_template("webinars/register.html", webinar=webinar, form=form, told=told(webinar, current_user))


def _refused(webinar: Webinar, refusal: Exception) -> ResponseReturnValue:
    db.session.rollback()
    flash(str(refusal), "error")
    return redirect(address(webinar))


def place_of(registration: Registration) -> str:
    """What somebody has who just registered."""
    return str(_("You are registered.") if registration.holds_place else _("You are on the waiting list."))


# One's own page: whoever knows its address is who it was sent to.


def opened(token: str) -> Registration:
    """The registration that an address leads to."""
    keep_secret()
    registration = named(token)
    if registration is None or registration.status == RegistrationStatus.CANCELLED:
        webinar = registration.webinar if registration and registration.webinar.is_visible else None
        abort(current_app.make_response((render_template("webinars/no_seat.html", webinar=webinar), 404)))
    return registration


def done(act: Callable[[], object], said: str = "") -> bool:
    """Whether an act is done, for good; else its reader is told why not."""
    try:
        act()
    except NotPossible as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
        return False
    db.session.commit()
    if said:
        flash(said, "success")
    return True


@bp.route("/seats/<token>", methods=["GET", "POST"])
@admit(anyone)
def seat(token: str) -> ResponseReturnValue:
    """What one registered for, where one stands, where to join, and what one said."""
    registration = opened(token)
    if registration.status == RegistrationStatus.UNCONFIRMED:
        return render_template(
            "webinars/confirm.html", registration=registration, token=token, may_register=may_register
        )
    form = _form_of(registration)
    if form and services.may_change(registration) and form.validate_on_submit():
        said = form.said()
        done(lambda: services.change(registration, said), _("Your answers are kept."))
        return redirect(url_for(".seat", token=token))
    return render_template("webinars/seat.html", token=token, form=form, **_standing(registration))


def _form_of(registration: Registration) -> AnswersForm | None:
    """What its owner may still change: what they answered; guests, whose profile is nowhere else, also who they are."""
    if not services.may_change(registration) or (registration.user_id and not registration.webinar.asks):
        return None
    base = AnswersForm if registration.user_id else PersonForm
    said = {name: getattr(registration, name) for name in ("name", "organisation", "country")}
    return with_questions(base, registration.webinar)(data=said | answers_of(registration.answers))


def _standing(registration: Registration) -> dict[str, Any]:
    """What the page says of a registration."""
    webinar = registration.webinar
    stands = standing(webinar)
    return {
        "registration": registration,
        "webinar": webinar,
        "stands": stands,
        "when": letters.when(webinar.starts_at, webinar.ends_at, webinar, letters.zone_of(registration)),
        "joins": registration.holds_place and stands == "to come" and bool(webinar.join_url or webinar.join_words),
        "waits": registration.status == RegistrationStatus.WAITING and stands == "to come",
        "rank": place_in_queue(registration) if registration.status == RegistrationStatus.WAITING else None,
        "may_leave": services.may_leave(registration),
    }


def standing(webinar: Webinar) -> str:
    """Whether it takes place, as those who registered see it."""
    if webinar.state == State.POSTPONED:
        return "postponed"
    if not calendar.takes_place(webinar):
        return "cancelled"
    return "over" if webinar.is_over else "to come"


@bp.get("/seats/<token>/calendar.ics")
@admit(anyone)
def seat_calendar(token: str) -> ResponseReturnValue:
    """The webinar as a file for one's calendar; whoever holds a place finds there where to join."""
    registration = opened(token)
    webinar = registration.webinar
    if webinar.starts_at is None:
        abort(404)
    joined = [webinar.id] if registration.holds_place else []
    headers = {"Content-Disposition": f'attachment; filename="{webinar.ref}.ics"'}
    return current_app.response_class(
        calendar.file([webinar], webinar.title, joined=joined),
        content_type="text/calendar; charset=utf-8",
        headers=headers,
    )


@bp.post("/seats/<token>/confirm")
@admit(anyone)
def confirm(token: str) -> ResponseReturnValue:
    """The address is theirs: they pressed the button on the page that the letter led to."""
    registration = opened(token)
    if done(lambda: services.confirm(registration)):
        flash(place_of(registration), "success")
    return redirect(url_for(".seat", token=token))


@bp.route("/seats/<token>/leave", methods=["GET", "POST"])
@csrf.exempt  # the signed token is the proof: mail programs post here by themselves (RFC 8058)
@admit(anyone)
def leave(token: str) -> ResponseReturnValue:
    """Not come after all: asked once on the page, at once by a mail program."""
    registration = opened(token)
    webinar = registration.webinar
    if request.method == "POST":
        if not done(lambda: services.leave(registration)):
            return redirect(url_for(".seat", token=token))
        return render_template("webinars/left.html", webinar=webinar)
    return render_template("webinars/leave.html", registration=registration, token=token)
