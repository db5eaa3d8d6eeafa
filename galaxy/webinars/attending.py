"""What those who come may do from the page of their registration: check in, have a certificate, answer."""

from http import HTTPStatus
from pathlib import Path
from typing import Final

from flask import Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.content.rules import may_read
from galaxy.core.access import admit, anyone
from galaxy.core.i18n import _, lang
from galaxy.core.limits import limiter, too_often
from galaxy.core.pdf import can_print, write_pdf
from galaxy.webinars import attendance, certificates, surveys
from galaxy.webinars.desk_forms import CheckInForm, survey_form
from galaxy.webinars.models import Webinar
from galaxy.webinars.registering import done, opened
from galaxy.webinars.registration_forms import answers_of
from galaxy.webinars.registration_queries import registration_of, token
from galaxy.webinars.writing import bp

NOT_FOUND: Final = HTTPStatus.NOT_FOUND


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


@bp.route("/seats/<token>/survey", methods=["GET", "POST"])
@admit(anyone)
def survey(token: str) -> ResponseReturnValue:
    """Say what one thought of it; it can be said anew."""
    registration = opened(token)
    said = surveys.own(registration)
    form = survey_form(registration.webinar)(data=answers_of(said.answers) if said else {})
    if form.validate_on_submit():
        answers = form.said()["answers"]
        if done(
            lambda: surveys.answer(registration, answers), _("Thank you. You can change it as long as it is asked.")
        ):
            return redirect(url_for(".seat", token=token))
    page = {"registration": registration, "token": token, "form": form, "open": surveys.is_open(registration)}
    return render_template("webinars/survey.html", webinar=registration.webinar, **page)


# Certificates.


@bp.route("/seats/<token>/certificate", methods=["GET", "POST"])
@admit(anyone)
def certificate_seat(token: str) -> ResponseReturnValue:
    """One's certificate, to be printed; made when one asks for it, and given up when one wants."""
    registration = opened(token)
    here = redirect(url_for(".certificate_seat", token=token))
    if request.method == "POST" and request.form.get("act") == "drop":
        done(lambda: certificates.give_up(registration), _("Your certificate is given up: its number leads nowhere."))
        return here
    if request.method == "POST":
        done(lambda: certificates.make(registration), _("Here is your certificate."))
        return here
    why = certificates.void(registration)
    made = certificates.paper(registration) if registration.certificate and why is None else None
    page = {"registration": registration, "token": token, "why": why, "paper": made, "prints": can_print()}
    return render_template("webinars/certificate.html", webinar=registration.webinar, **page)


@bp.get("/seats/<token>/certificate.pdf")
@admit(anyone)
def certificate_pdf(token: str) -> ResponseReturnValue:
    """The same as a file, where this machine can make one."""
    registration = opened(token)
    if not registration.certificate or certificates.void(registration) is not None:
        return redirect(url_for(".certificate_seat", token=token))
    if too_often("LIMIT_PRINTS", f"certificate {registration.id}"):
        abort(429)
    made = certificates.paper(registration)
    styles = (Path(current_app.static_folder or "") / "certificate.css").read_text(encoding="utf-8")
    file = write_pdf(render_template("webinars/certificate_paper.html", paper=made), styles)
    if file is None:
        return redirect(url_for(".certificate_seat", token=token))
    answer = Response(file, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f"inline; filename=certificate-{made.number}-{lang()}.pdf"
    return answer


@bp.get("/certificates/<code>")
@limiter.limit(
    lambda: current_app.config["LIMIT_GUESSES"], deduct_when=lambda answer: bool(answer.status_code == NOT_FOUND)
)
@admit(anyone)
def certificate(code: str) -> ResponseReturnValue:
    """Whether a certificate is good: for whoever was shown it; numbers that are tried out are counted."""
    registration = certificates.found(code)
    shown = certificates.shown(registration) if registration else {}
    answer = current_app.make_response(render_template("webinars/verify.html", registration=registration, **shown))
    answer.status_code = HTTPStatus.OK if registration else NOT_FOUND
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Cache-Control"] = "no-store"
    return answer
