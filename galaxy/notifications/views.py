"""The pages of this room: news, settings, messages, and the demonstration's mail box."""

import io
from collections.abc import Sequence
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.accounts.models import Mandate, User
from galaxy.accounts.services import account_deleted, mandate_applied, mandate_decided
from galaxy.content.models import Entry
from galaxy.core.access import admit, anyone, signed_in
from galaxy.core.addresses import is_ours
from galaxy.core.db import db, now
from galaxy.core.forms import csrf
from galaxy.core.i18n import _, lang, preferred
from galaxy.core.limits import limiter
from galaxy.core.mail import folder
from galaxy.core.paging import asked_page
from galaxy.notifications import queries, rules, services
from galaxy.notifications.forms import MessageForm
from galaxy.notifications.models import Message, Notification
from galaxy.notifications.words import FOR_ADMINS, WORDS, sentence

bp = Blueprint("notifications", __name__, url_prefix="/<lang:lang>/notifications")
box = Blueprint("mail", __name__)
MAILS_SHOWN = 200


def writer() -> str:
    """Messages are counted by their writer, wherever they sit."""
    return f"messages {current_user.id}"


@bp.get("/")
@admit(signed_in)
def index() -> ResponseReturnValue:
    """A reader's news, unread first."""
    page = asked_page()
    news, more = queries.news_of(current_user, page)
    return render_template("notifications/index.html", news=news, page_number=page, more=more)


@bp.post("/<int:id>")
@admit(rules.may_see, Notification)
def open_one(notification: Notification) -> ResponseReturnValue:
    """Note that it is read, and go where it leads."""
    services.read(notification, now())
    db.session.commit()
    target = services.place(notification, lang())
    return redirect(target if is_ours(target) else url_for(".index"))


@bp.post("/read")
@admit(signed_in)
def read_all() -> ResponseReturnValue:
    """Mark everything read."""
    services.read_all(current_user)
    db.session.commit()
    return redirect(url_for(".index"))


def choosable(user: User) -> list[str]:
    """The kinds of news that this person may ever get."""
    return [verb for verb in WORDS if verb not in FOR_ADMINS or user.is_admin]


@bp.route("/settings", methods=["GET", "POST"])
@admit(signed_in)
def settings() -> ResponseReturnValue:
    """Which news come by mail."""
    verbs = choosable(current_user)
    if request.method == "POST":
        services.choose(current_user, request.form.getlist("mail")[: len(WORDS)], verbs)
        db.session.commit()
        flash(_("Your choice is kept."))
        return redirect(url_for(".settings"))
    silenced = queries.silenced(current_user)
    return render_template("notifications/settings.html", verbs=verbs, silenced=silenced, words=WORDS)


@bp.route("/unsubscribe/<token>", methods=["GET", "POST"])
@csrf.exempt  # the signed token is the proof: mail programs post here by themselves (RFC 8058)
@admit(anyone)
def unsubscribe(token: str) -> ResponseReturnValue:
    """No more mail of a kind: asked for a word by a reader, at once by a mail program."""
    user, verb = services.read_token(token[:500]) or abort(404)
    if request.method == "POST":
        services.silence(user, verb)
        db.session.commit()
    return render_template(
        "notifications/unsubscribe.html", setting=WORDS[verb].setting, done=request.method == "POST", token=token
    )


@bp.route("/write/<ref:ref>", methods=["GET", "POST"])
@limiter.limit(lambda: current_app.config["LIMIT_MESSAGES"], methods=["POST"], key_func=writer)
@admit(rules.may_write, Entry)
def write(entry: Entry) -> ResponseReturnValue:
    """Write to those behind an entry: typed, looked at once more, sent."""
    form = MessageForm()
    if form.validate_on_submit():
        if "confirmed" not in request.form:
            return render_template("notifications/confirm.html", entry=entry, form=form)
        if "change" not in request.form:
            message = services.relay(current_user, entry, form.text.data or "")
            db.session.commit()
            flash(_("Your message is on its way. The answer will reach you here and by mail."))
            return redirect(url_for(".conversation", id=message.id))
    return render_template("notifications/write.html", entry=entry, form=form)


@bp.get("/messages/")
@admit(signed_in)
def messages() -> ResponseReturnValue:
    """All conversations one takes part in."""
    page = asked_page()
    found, more = queries.conversations(current_user, page)
    return render_template("notifications/messages.html", found=found, page_number=page, more=more)


@bp.route("/messages/<int:id>", methods=["GET", "POST"])
@limiter.limit(lambda: current_app.config["LIMIT_MESSAGES"], methods=["POST"], key_func=writer)
@admit(rules.may_read, Message)
def conversation(message: Message) -> ResponseReturnValue:
    """A conversation, and the answer one writes in it."""
    if message.answers_id is not None:
        return redirect(url_for(".conversation", id=message.answers_id))
    form = MessageForm()
    if form.validate_on_submit():
        services.reply(message, current_user, form.text.data or "")
        db.session.commit()
        return redirect(url_for(".conversation", id=message.id))
    said = queries.conversation(message)
    return render_template("notifications/conversation.html", first=message, said=said, form=form)


def demo_admins(user: Any) -> bool:
    """The demonstration's admins read the mails that are kept, since none leaves."""
    return bool(user.is_admin) and bool(current_app.config["DEMO"]) and not current_app.config["MAIL_URL"]


@box.get("/mail")
@admit(demo_admins)
def door() -> ResponseReturnValue:
    return redirect(url_for(".index", lang=preferred()))


@box.get("/<lang:lang>/mail", endpoint="index")
@admit(demo_admins)
def mails() -> ResponseReturnValue:
    """The mails of the demonstration, newest first."""
    return render_template("notifications/mails.html", mails=kept())


@box.get("/<lang:lang>/mail/<int:number>")
@admit(demo_admins)
def mail(number: int) -> ResponseReturnValue:
    """One mail, as text, and the files it carries."""
    return render_template("notifications/mail.html", **opened(kept_mail(number)))


@box.get("/<lang:lang>/mail/<int:number>/files/<int:place>")
@admit(demo_admins)
def mail_file(number: int, place: int) -> ResponseReturnValue:
    """A file that a mail carries, counted from one, as its reader would save it."""
    carried = opened(kept_mail(number))["files"]
    if not 0 < place <= len(carried):
        abort(404)
    part = carried[place - 1]
    content = io.BytesIO(part.get_payload(decode=True))
    return send_file(content, part.get_content_type(), as_attachment=True, download_name=part.get_filename() or "file")


def kept_mail(number: int) -> Path:
    """Where the mail of this number is kept; 404 where there is none."""
    file = folder() / f"{number:08d}.eml"
    return file if file.is_file() else abort(404)


def kept() -> Sequence[dict[str, Any]]:
    """The newest mails in the folder."""
    files = sorted(folder().glob("*.eml"), reverse=True) if folder().is_dir() else []
    return [opened(file) for file in files[:MAILS_SHOWN]]


def opened(file: Path) -> dict[str, Any]:
    """A mail's headers, its text, and the files it carries."""
    message: EmailMessage = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(file.read_bytes())
    text = message.get_body(("plain",))
    words, files = text.get_content() if text else "", list(message.iter_attachments())
    return {"number": int(file.stem), "mail": message, "text": words, "files": files}


def tell_admins(mandate: Mandate, **_more: Any) -> None:
    """Somebody applies for a mandate."""
    where = services.path("accounts.mandate", id=mandate.id)
    services.tell(services.admins(), "mandate applied", None, where, by=mandate.user, body=mandate.body.name)


def tell_applicant(mandate: Mandate, by: User | None = None, verb: str = "", **_more: Any) -> None:
    """A mandate is verified, declined, ended or handed over."""
    where = services.path("accounts.mandate", id=mandate.id)
    body, reasons = mandate.body.name, mandate.reason
    services.tell([mandate.user], f"mandate {verb}", None, where, by=by, body=body, reasons=reasons)


def init_app(app: Flask) -> None:
    """Open the pages, listen to what accounts tell, and offer the count of unread news to every template."""
    app.register_blueprint(bp)
    app.register_blueprint(box)
    mandate_applied.connect(tell_admins)
    mandate_decided.connect(tell_applicant)
    account_deleted.connect(services.forget)
    app.jinja_env.globals.update(unread_count=queries.unread_count, news_sentence=sentence, may_write=rules.may_write)
