"""One's own account, mandates, and the admins' pages about people."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security.utils import check_and_update_authn_fresh, logout_user
from sqlalchemy.orm.exc import StaleDataError

from galaxy.accounts import mandates, queries, services, sign_in, words
from galaxy.accounts.forms import (
    KINDS,
    ROLES,
    DeleteForm,
    HandOverForm,
    MandateForm,
    ProfileForm,
    ReasonForm,
    WeekForm,
)
from galaxy.accounts.models import Body, BodyKind, Mandate, MandateRole, User
from galaxy.accounts.rules import (
    may_apply,
    may_decide,
    may_disable,
    may_end,
    may_hand_over,
    may_manage,
    may_see_letter,
    may_see_mandate,
    may_set_week,
    may_try_to_end,
)
from galaxy.core import storage
from galaxy.core.access import View, admins, admit, signed_in
from galaxy.core.db import SAFE, db
from galaxy.core.i18n import _, format_date, lang
from galaxy.core.limits import limiter
from galaxy.core.paging import page_of

bp = Blueprint("accounts", __name__, url_prefix="/<lang:lang>/accounts")


def me() -> User:
    """Who is signed in, as the row itself."""
    user: User = current_user._get_current_object()
    return user


def fresh(view: View) -> View:
    """Ask for the password again where the sign-in is not fresh, and come back."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        within, grace = (current_app.config[f"SECURITY_FRESHNESS{part}"] for part in ("", "_GRACE_PERIOD"))
        if check_and_update_authn_fresh(within, grace, "session"):
            return view(*args, **kwargs)
        shown = request.method in SAFE or "GET" in (request.url_rule.methods or ())  # type: ignore[union-attr]
        asked = words.MESSAGES["REAUTHENTICATION_REQUIRED"]
        flash(_(asked), "info")
        return redirect(url_for("security.verify", next=request.path if shown else request.path.rpartition("/")[0]))

    return guarded


def attempt(act: Callable[[], Any], done: str) -> bool:
    """Do an act, whole or not at all, and tell its doer how it went."""
    try:
        act()
        db.session.commit()
    except services.NotPossible as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
        return False
    except StaleDataError:
        db.session.rollback()
        flash(_("Somebody was faster: this has changed meanwhile. Please look at it again."), "error")
        return False
    flash(done, "success")
    return True


@bp.get("/")
@admit(signed_in)
def index() -> ResponseReturnValue:
    return render_template("accounts/index.html")


@bp.route("/profile", methods=["GET", "POST"])
@admit(signed_in)
def profile() -> ResponseReturnValue:
    form = ProfileForm(obj=me())
    if form.validate_on_submit():
        said = {name: value for name, value in form.data.items() if name != "csrf_token"}
        services.change_profile(me(), said)
        db.session.commit()
        flash(_("Your profile is saved."), "success")
        return redirect(url_for(".profile", lang=me().language))
    return render_template("accounts/profile.html", form=form)


@bp.route("/export", methods=["GET", "POST"])
@admit(signed_in)
@fresh
def export() -> ResponseReturnValue:
    if request.method in SAFE:
        return render_template("accounts/export.html", parts=list(services.exporters))
    answer: Response = jsonify(services.export(me()))
    db.session.commit()
    answer.headers["Content-Disposition"] = f"attachment; filename=galaxy-{me().id}.json"
    return answer


@bp.route("/delete", methods=["GET", "POST"])
@admit(signed_in)
@fresh
def delete() -> ResponseReturnValue:
    form = DeleteForm(me())
    done = _("Your account is deleted. Thank you for what you shared.")
    if form.validate_on_submit() and attempt(lambda: services.delete(me()), done):
        logout_user()
        return redirect(url_for(sign_in.HOME))
    return render_template("accounts/delete.html", form=form)


@bp.post("/sign-out-elsewhere")
@admit(signed_in)
@fresh
def sign_out_elsewhere() -> ResponseReturnValue:
    services.sign_out_everywhere(me())
    services.record(me(), "signed out elsewhere", me())
    db.session.commit()
    session["_user_id"] = me().fs_uniquifier
    flash(_("You are signed in here, and nowhere else."), "success")
    return redirect(url_for(".index"))


@bp.get("/mandates")
@admit(signed_in)
def my_mandates() -> ResponseReturnValue:
    found = db.session.scalars(queries.mandates_of(me())).all()
    return render_template("accounts/mandates.html", mandates=found)


@bp.route("/mandates/apply", methods=["GET", "POST"])
@admit(may_apply)
@limiter.limit(lambda: str(current_app.config["LIMIT_UPLOADS"]), methods=["POST"])
def apply() -> ResponseReturnValue:
    known = {body.id: body for body in db.session.scalars(queries.bodies())}
    form = MandateForm([(body.id, body.name) for body in known.values()], data=_asked_for(known))
    if form.validate_on_submit():
        body = known.get(form.body.data or 0) or described(form)
        assert form.starts_on.data is not None  # the form asks for it
        term = mandates.Term(form.starts_on.data, MandateRole(form.role.data), form.ends_on.data)
        done = _("Thank you. An admin now looks at your application; you are told as soon as it is decided.")
        if attempt(lambda: mandates.apply(me(), body, term, letter(form), form.note.data or ""), done):
            return redirect(url_for(".my_mandates"))
    return render_template("accounts/apply.html", form=form)


def _asked_for(known: dict[int, Body]) -> dict[str, Any]:
    """What the address says already: `?body=3`, or `?country=BFA`."""
    body, country = request.args.get("body", type=int), request.args.get("country", current_user.country)
    return {"body": body if body in known else None, "country": country}


def described(form: MandateForm) -> mandates.Described:
    """The body that the applicant described."""
    return mandates.Described(
        kind=BodyKind(form.kind.data),
        name=form.name.data or "",
        country=form.country.data,
        region=form.region.data,
        website=form.website.data or "",
        language=lang(),
    )


def letter(form: MandateForm) -> storage.StoredFile:
    """The letter that was sent, if it is a file we take."""
    try:
        return storage.accept(form.letter.data)
    except storage.Refused as refusal:
        form.letter.errors = [str(refusal)]
        raise services.NotPossible(str(refusal)) from None


@bp.get("/mandates/applications")
@admit(admins)
def applications() -> ResponseReturnValue:
    done = db.session.scalars(queries.decided().limit(20)).all()
    return render_template("accounts/applications.html", decided=done, waiting=page_of(queries.applications()))


@bp.get("/mandates/<int:id>")
@admit(may_see_mandate, Mandate)
def mandate(mandate: Mandate) -> ResponseReturnValue:
    return show(mandate, ReasonForm())


def show(mandate: Mandate, form: ReasonForm) -> str:
    rival = queries.rival_body(mandate.body)
    return render_template("accounts/mandate.html", mandate=mandate, form=form, rival=rival)


@bp.get("/mandates/<int:id>/letter")
@admit(may_see_letter, Mandate)
def nomination(mandate: Mandate) -> ResponseReturnValue:
    return storage.answer(mandate.letter, private=True) if mandate.letter else abort(404)


@bp.post("/mandates/<int:id>/verify")
@admit(may_decide, Mandate)
def verify(mandate: Mandate) -> ResponseReturnValue:
    done = _("%(who)s may now act for %(body)s.", who=mandate.user.name, body=mandate.body.name)
    attempt(lambda: mandates.verify(mandate, me()), done)
    return redirect(url_for(".applications"))


@bp.post("/mandates/<int:id>/decline")
@admit(may_decide, Mandate)
def decline(mandate: Mandate) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return show(mandate, form)
    done = _("The application is declined. The applicant is told your reasons.")
    attempt(lambda: mandates.decline(mandate, me(), form.reason.data or ""), done)
    return redirect(url_for(".applications"))


@bp.post("/mandates/<int:id>/end")
@admit(may_try_to_end, Mandate)
def end(mandate: Mandate) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit() and may_end(current_user, mandate):
        return show(mandate, form)
    done = _("The mandate has ended. What was shared stays with %(body)s.", body=mandate.body.name)
    attempt(lambda: mandates.end(mandate, me(), form.reason.data or ""), done)
    return redirect(url_for(".my_mandates" if mandate.user_id == current_user.id else ".applications"))


@bp.route("/mandates/<int:id>/hand-over", methods=["GET", "POST"])
@admit(may_hand_over, Mandate)
@limiter.limit(
    lambda: str(current_app.config["LIMIT_MESSAGES"]), methods=["POST"], key_func=lambda: f"messages {current_user.id}"
)
def hand_over(mandate: Mandate) -> ResponseReturnValue:
    form = HandOverForm()
    if form.validate_on_submit():
        register = url_for("security.register")
        done = _(
            "Thank you. If %(email)s is a member's address, the mandate passes to them as soon as an admin has "
            "verified it; if not, we have sent an invitation there: please hand over again when they have registered.",
            email=form.email.data,
        )
        if attempt(
            lambda: mandates.hand_over(mandate, form.email.data or "", me(), form.note.data or "", register), done
        ):
            return redirect(url_for(".mandate", id=mandate.id))
    return render_template("accounts/hand_over.html", mandate=mandate, form=form)


@bp.route("/bodies/<int:id>/working-days", methods=["GET", "POST"])
@admit(may_set_week, Body)
def working_days(body: Body) -> ResponseReturnValue:
    form = WeekForm(body)
    if form.validate_on_submit():
        services.set_week(body, form.days, form.time_zone.data, me())
        db.session.commit()
        flash(_("The working days are saved. They count for what begins from now on."), "success")
        return redirect(url_for(".working_days", id=body.id))
    return render_template("accounts/working_days.html", body=body, form=form)


@bp.get("/people")
@admit(admins)
def people() -> ResponseReturnValue:
    asked, only = request.args.get("q", "")[:100], request.args.get("only", "")
    return render_template("accounts/people.html", asked=asked, only=only, people=page_of(queries.people(asked, only)))


@bp.get("/people/<int:id>")
@admit(may_manage, User)
def person(user: User) -> ResponseReturnValue:
    return render_template("accounts/person.html", person=user, form=ReasonForm())


@bp.post("/people/<int:id>/disable")
@admit(may_disable, User)
def disable(user: User) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return render_template("accounts/person.html", person=user, form=form)
    done = _("%(who)s is signed out and cannot sign in any more.", who=user.name)
    attempt(lambda: services.disable(user, me(), form.reason.data or ""), done)
    return redirect(url_for(".person", id=user.id))


ACTS: dict[str, Callable[[User, User], None]] = {
    "enable": services.enable,
    "appoint": services.appoint,
    "dismiss": services.dismiss,
    "forget-second-factor": services.forget_second_factor,
}


@bp.post("/people/<int:id>/<any({}):act>".format(", ".join(f'"{act}"' for act in ACTS)))
@admit(may_manage, User)
@fresh
def change(user: User, act: str) -> ResponseReturnValue:
    attempt(lambda: ACTS[act](user, me()), _("Done, and noted in the log."))
    return redirect(url_for(".person", id=user.id) if current_user.is_admin else url_for(".index"))


def init_app(app: Flask) -> None:
    """Open the doors of sign-in and the pages of this room."""
    sign_in.init_app(app)
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        body_kinds=KINDS,
        mandate_roles=ROLES,
        may_decide=may_decide,
        may_disable=may_disable,
        may_end=may_end,
        may_hand_over=may_hand_over,
        may_see_letter=may_see_letter,
        may_set_week=may_set_week,
    )
    app.jinja_env.filters["date"] = format_date
