"""Sign-in by Flask-Security, with Galaxy's own words, mails, passwords, second factor, limits and ends of sessions."""

import hashlib
import time
from collections.abc import Callable
from datetime import timedelta
from functools import cache, wraps
from pathlib import Path
from typing import Any

import structlog
from flask import (
    Flask,
    Response,
    abort,
    after_this_request,
    current_app,
    flash,
    g,
    redirect,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security import MailUtil, Security, SQLAlchemyUserDatastore, signals
from flask_security.utils import get_message, logout_user
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from galaxy.accounts import forms, letters
from galaxy.accounts.forms import one_line
from galaxy.accounts.models import Activity, User
from galaxy.accounts.passwords import Passwords
from galaxy.accounts.rules import CLOSED_DOORS, SIGN_IN_DOORS
from galaxy.accounts.second_factor import Codes, RecoveryCodes, person
from galaxy.accounts.services import record
from galaxy.accounts.words import MESSAGES, category
from galaxy.core.access import Visitor, admit, anyone
from galaxy.core.addresses import is_ours
from galaxy.core.config import secret
from galaxy.core.db import db, now, will_write
from galaxy.core.i18n import _
from galaxy.core.limits import limiter

log = structlog.get_logger()

SEEN_EVERY_SECONDS = 300
CODE_WINDOW_SECONDS = 45  # how far a phone's clock may be off
HOME = "pages.home"
DESK = "pages.dashboard"  # where one comes to after signing in, unless on the way elsewhere
FAILED = "failed to sign in"

PAGES = {
    "LOGIN_USER": "login", "REGISTER_USER": "register", "SEND_CONFIRMATION": "confirm", "FORGOT_PASSWORD": "recover",
    "RESET_PASSWORD": "reset", "CHANGE_PASSWORD": "change_password", "CHANGE_EMAIL": "change_email", "VERIFY": "verify",
    "TWO_FACTOR_SETUP": "second_factor", "TWO_FACTOR_VERIFY_CODE": "code", "MULTI_FACTOR_RECOVERY": "recovery_code",
    "MULTI_FACTOR_RECOVERY_CODES": "recovery_codes", "LOGOUT_USER": "login",
}  # fmt: skip
MAILS = {
    "REGISTER_EMAIL_TEMPLATE": "welcome", "REGISTER_EMAIL_EXISTING_TEMPLATE": "known",
    "EMAIL_TEMPLATE_CONFIRM": "confirm",
    "EMAIL_TEMPLATE_PASSWORD_RESET": "recover", "EMAIL_TEMPLATE_PASSWORD_RESET_NOTICE": "password_changed",
    "EMAIL_TEMPLATE_PASSWORD_CHANGE_NOTICE": "password_changed", "CHANGE_EMAIL_EMAIL_TEMPLATE": "new_address",
}  # fmt: skip
ADDRESSES = {
    "LOGIN": "/sign-in", "LOGOUT": "/sign-out", "REGISTER": "/register", "CONFIRM": "/confirm", "RESET": "/recover",
    "CHANGE": "/password", "CHANGE_EMAIL": "/address", "VERIFY": "/verify", "TWO_FACTOR_SETUP": "/second-factor",
    "TWO_FACTOR_TOKEN_VALIDATION": "/code", "MULTI_FACTOR_RECOVERY": "/recovery-code",
    "MULTI_FACTOR_RECOVERY_CODES": "/recovery-codes",
}  # fmt: skip


class NoRole:
    """Galaxy has none of Flask-Security's roles: what a person may do follows from rules."""


class Users(SQLAlchemyUserDatastore):
    """How Flask-Security finds, makes and changes users."""

    def find_user(self, case_insensitive: bool = False, **wanted: Any) -> User | None:
        ((name, value),) = wanted.items()
        value = value.lower() if name == "email" else value
        return db.session.scalar(select(User).where(getattr(User, name) == value))

    def create_user(self, **facts: Any) -> User:
        user = User(**facts)
        db.session.add(user)
        db.session.flush()
        return user


class Mails(MailUtil):
    """Mail goes through our outbox, in the recipient's language; the answer's end commits it."""

    def normalize(self, email: str) -> str:
        return str(super().normalize(email)).lower()

    def validate(self, email: str) -> str:
        return str(super().validate(email)).lower()

    def send_mail(
        self, template: str, subject: str, recipient: Any, sender: Any, body: Any, html: Any, **facts: Any
    ) -> None:
        links = {name: value for name, value in facts.items() if name.endswith("link") and value}
        letters.send(Path(template).stem, str(recipient), facts["user"].language, **links)
        after_this_request(committed)


def committed(response: Response) -> Response:
    db.session.commit()
    return response


def settings(app: Flask) -> dict[str, Any]:
    """Flask-Security's settings that differ from its own."""
    minutes, instance = app.config["SIGN_IN_AGAIN_MINUTES"], Path(app.instance_path)
    features = "REGISTERABLE CONFIRMABLE RECOVERABLE CHANGEABLE CHANGE_EMAIL TRACKABLE TWO_FACTOR"
    return {
        **dict.fromkeys(features.split(), True),
        **{f"MSG_{key}": (words, category(key)) for key, words in MESSAGES.items()},
        **{f"{name}_TEMPLATE": f"accounts/{page}.html" for name, page in PAGES.items()},
        **{f"{name}_URL": address for name, address in ADDRESSES.items()},
        **{setting: f"emails/accounts/{mail}.txt" for setting, mail in MAILS.items()},
        "URL_PREFIX": "/<lang:lang>/accounts",
        "STATIC_FOLDER": None,
        "PASSWORD_SALT": secret(instance, "password-salt"),
        "PASSWORD_CONFIRM_REQUIRED": False,
        "PASSWORD_LENGTH_MIN": app.config["PASSWORD_MIN"],
        "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "EMAIL_PLAINTEXT": False,  # letters.py makes both
        "EMAIL_HTML": False,
        "RETURN_GENERIC_RESPONSES": True,
        "JOIN_USER_ROLES": False,
        "API_ENABLED_METHODS": ["session"],
        "I18N_DOMAIN": "messages",  # its words are translated with ours
        "I18N_DIRNAME": [f"{app.root_path}/translations"],
        "CLI_USERS_NAME": None,
        "CLI_ROLES_NAME": None,
        "CONFIRM_EMAIL_WITHIN": timedelta(days=app.config["CONFIRM_WITHIN_DAYS"]),
        "RESET_PASSWORD_WITHIN": timedelta(hours=app.config["RECOVER_WITHIN_HOURS"]),
        "CHANGE_EMAIL_WITHIN": timedelta(hours=app.config["RECOVER_WITHIN_HOURS"]),
        "FRESHNESS": timedelta(minutes=minutes),
        "FRESHNESS_GRACE_PERIOD": timedelta(minutes=min(minutes, 15)),
        "TOTP_SECRETS": {"1": secret(instance, "totp-secret")},
        "TOTP_ISSUER": app.config["SITE_NAME"].replace(":", " "),
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": CODE_WINDOW_SECONDS,
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TWO_FACTOR_IMPLEMENTATIONS": {"code": "flask_security.twofactor.CodeTfPlugin"},
        "TWO_FACTOR_POST_SETUP_VIEW": "security.two_factor_setup",
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "POST_LOGIN_VIEW": DESK,
        "POST_LOGOUT_VIEW": HOME,
        "POST_REGISTER_VIEW": "security.login",
        "POST_CHANGE_VIEW": "accounts.index",
        "POST_CHANGE_EMAIL_VIEW": "accounts.index",
        "POST_VERIFY_VIEW": "accounts.index",
    }


BY_ADDRESS = frozenset(
    f"security.{door}" for door in ("login", "register", "send_confirmation", "forgot_password", "reset_password")
)
"""The doors at which one says who one is; at the others the session knows."""


def as_kept(typed: str) -> str:
    """An address as accounts keep it, however it was typed: one account is counted once."""
    address = one_line(typed)
    try:
        return str(Mails(current_app).normalize(address))
    except ValueError:
        return str(address).lower()


def account() -> str:
    """Whom a request tries to enter as, for the limits of that account; not readable in the table of the counters."""
    known = session.get("tf_user_id") or session.get("_user_id")
    typed = request.form.get("email", "") if request.endpoint in BY_ADDRESS else ""
    whole = as_kept(typed) if typed else str(known or "")
    return "account " + (hashlib.sha256(whole.encode()).hexdigest()[:24] if whole else str(request.remote_addr))


def failed(response: Response) -> bool:
    """Whether an attempt shows its page again, rather than going on."""
    return response.status_code == 200


@cache  # once for each view, however many apps are made: limits add up
def limited(view: Callable[..., ResponseReturnValue], setting: str) -> Callable[..., ResponseReturnValue]:
    """A view that may be sent to only so often: from one address, and with failures for one account."""
    for_address = limiter.limit(lambda: str(current_app.config[setting]), methods=["POST"])
    for_account = limiter.limit(
        lambda: str(current_app.config["LIMIT_ACCOUNT"]), key_func=account, methods=["POST"], deduct_when=failed
    )
    once_more: Callable[..., ResponseReturnValue] = for_address(for_account(view))
    return once_more


LIMITS = {
    "security.login": "LIMIT_SIGN_IN", "security.verify": "LIMIT_SIGN_IN", "security.mf_recovery": "LIMIT_SIGN_IN",
    "security.two_factor_token_validation": "LIMIT_SIGN_IN", "security.change_password": "LIMIT_SIGN_IN",
    "security.register": "LIMIT_REGISTER", "security.send_confirmation": "LIMIT_REGISTER",
    "security.forgot_password": "LIMIT_RECOVER", "security.reset_password": "LIMIT_RECOVER",
    "security.change_email": "LIMIT_RECOVER",
}  # fmt: skip


def init_app(app: Flask) -> None:
    """Set up sign-in: every door gets its rule and its limit, and what nobody needs is closed."""
    app.config.from_mapping({f"SECURITY_{name}": value for name, value in settings(app).items()})
    app.before_request(be_ready)  # before anything asks who the reader is
    security = Security(
        login_form=forms.SignInForm, register_form=forms.RegisterForm, send_confirmation_form=forms.AgainForm,
        forgot_password_form=forms.RecoverForm, reset_password_form=forms.ResetForm, verify_form=forms.VerifyForm,
        change_password_form=forms.ChangePasswordForm, change_email_form=forms.NewAddressForm,
        two_factor_setup_form=forms.SecondFactorForm, two_factor_rescue_form=forms.NoRescueForm,
        two_factor_verify_code_form=forms.CodeForm, mf_recovery_form=forms.RecoveryForm,
        mail_util_cls=Mails, password_util_cls=Passwords, totp_cls=Codes, mf_recovery_codes_util_cls=RecoveryCodes,
    )  # fmt: skip
    security.init_app(app, Users(db, User, NoRole), datetime_factory=now)
    security.want_json(lambda _request: False)
    app.login_manager.request_loader(None)  # type: ignore[attr-defined]  # no tokens: only a session signs in
    app.login_manager.anonymous_user = Visitor  # type: ignore[attr-defined]
    app.before_request(end_old_session)
    app.before_request(ask_for_second_factor)
    for endpoint, view in app.view_functions.items():
        if endpoint.startswith("security."):
            app.view_functions[endpoint] = door(endpoint, view)


def door(endpoint: str, view: Any) -> Callable[..., ResponseReturnValue]:
    """A view of Flask-Security behind its rule and its limit."""
    if endpoint in CLOSED_DOORS:
        return admit(anyone)(closed)
    if endpoint == "security.login":
        view = noting(view)
    if endpoint == "security.register":
        view = alike(view)
    limit = LIMITS.get(endpoint)
    return admit(SIGN_IN_DOORS[endpoint])(limited(view, limit) if limit else view)


@cache
def noting(view: Any) -> Callable[..., ResponseReturnValue]:
    """Sign-in, which notes in the log also who tried an address that nobody has: so both take as long."""

    @wraps(view)
    def login() -> ResponseReturnValue:
        answer: ResponseReturnValue = view()
        entered = current_user.is_authenticated or "tf_user_id" in session
        if request.form.get("email") and not entered and not g.get("failure_noted"):
            db.session.add(Activity(verb=FAILED, object_kind="user_account", object_id=0, object_name=""))
            db.session.commit()
        return answer

    return login


@cache
def alike(view: Any) -> Callable[..., ResponseReturnValue]:
    """Registration, where two with one address at the same moment read the same: one of them has made the account."""

    @wraps(view)
    def register() -> ResponseReturnValue:
        try:
            answer: ResponseReturnValue = view()
        except IntegrityError:
            db.session.rollback()
            flash(*get_message("CONFIRM_REGISTRATION", email=one_line(request.form["email"]).lower()))
            return redirect(url_for("security.login"))
        return answer

    return register


def closed(**_address: Any) -> ResponseReturnValue:
    """Nothing is here."""
    abort(404)


def be_ready() -> None:
    """At Flask-Security's doors: following a mail's link writes; forms only; and `next` stays on this site."""
    if request.blueprint != "security":
        return
    if request.endpoint in {"security.confirm_email", "security.change_email_confirm"}:
        will_write()
    if request.is_json:
        abort(415)
    for part in ("args", "form"):
        sent = getattr(request, part)
        if "next" in sent and not all(is_ours(target) for target in sent.getlist("next")):
            rest = MultiDict(sent)
            rest.poplist("next")
            setattr(request, part, ImmutableMultiDict(rest))


def end_old_session() -> None:
    """Sign out who has not been here for `SESSION_HOURS`, and everybody after `SESSION_DAYS`."""
    if "_user_id" not in session:
        return
    moment = int(time.time())
    since, seen = session.setdefault("since", moment), session.setdefault("seen", moment)
    idle, longest = current_app.config["SESSION_HOURS"] * 3600, current_app.config["SESSION_DAYS"] * 86400
    if moment - seen > idle or moment - since > longest:
        logout_user()
        session.pop("since"), session.pop("seen")
    elif moment - seen > SEEN_EVERY_SECONDS:
        session["seen"] = moment


def ask_for_second_factor() -> ResponseReturnValue | None:
    """Lead an admin who has no second factor, outside the demonstration, to where it is set up."""
    elsewhere = request.blueprint not in {"security", None} and request.method == "GET"
    if elsewhere and request.endpoint != "accounts.index" and current_user.is_authenticated:
        if not current_user.lacks_second_factor:
            return None
        flash(_("As an admin you need a second step to sign in. Please set it up now."), "warning")
        return redirect(url_for("security.two_factor_setup"))
    return None


@signals.user_authenticated.connect
def entered(_app: Flask, user: User, **_more: Any) -> None:
    """A session begins, with its clock."""
    session.permanent = True
    session["since"] = session["seen"] = int(time.time())
    record(user, "signed in", user)
    log.info("signed in", user=user.id)


@signals.user_failed_authn.connect
def turned_away(_app: Flask, user: User, **more: Any) -> None:
    g.failure_noted = True
    record(None, FAILED, user)
    after_this_request(committed)
    log.info("sign-in failed", user=user.id, by=more.get("auth_type"))


@signals.user_registered.connect
def registered(_app: Flask, user: User, **_more: Any) -> None:
    record(user, "registered", user)


@signals.user_confirmed.connect
def confirmed(_app: Flask, user: User, **_more: Any) -> None:
    record(user, "confirmed", user)


@signals.password_changed.connect
def changed_password(_app: Flask, user: User, **_more: Any) -> None:
    record(person(user), "changed password", person(user))


@signals.password_reset.connect
def recovered(_app: Flask, user: User, **_more: Any) -> None:
    """Who followed a link sent to their address has shown that it is theirs."""
    user.confirmed_at = user.confirmed_at or now()
    record(user, "changed password", user)


@signals.change_email_confirmed.connect
def changed_address(_app: Flask, user: User, old_email: str, **_more: Any) -> None:
    """The old address is told, in case it was not its owner who changed it."""
    record(user, "changed address", user)
    letters.send("address_changed", old_email, user.language)


@signals.tf_profile_changed.connect
@signals.tf_disabled.connect
def changed_second_factor(_app: Flask, user: User, **_more: Any) -> None:
    """Codes of a second factor that is gone are gone, too."""
    row = person(user)
    if not row.has_second_factor:
        row.mf_recovery_codes = row.tf_last_counter = None
    record(row, "changed second factor", row)
    letters.send("factor_changed", row.email, row.language)
