"""Where bodies answer a call and talk it over: an answer, its private page, accepting, declining, withdrawing."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.accounts.models import Body
from galaxy.content import services as content
from galaxy.content.views import address
from galaxy.content.writing import reopened
from galaxy.core.access import admit
from galaxy.core.db import SAFE, db, will_write
from galaxy.core.i18n import _, lang
from galaxy.core.limits import limiter
from galaxy.core.storage import Refused, answer
from galaxy.moderation.clock_queries import wait_of
from galaxy.moderation.models import WaitKind
from galaxy.partnerships import rules, services, talk_queries
from galaxy.partnerships.models import Call, Interest, Partnership, PostFile, Role
from galaxy.partnerships.talk_forms import AnswerForm, PostForm, StepForm
from galaxy.partnerships.words import INSTEAD, STEPS
from galaxy.partnerships.writing import bp
from galaxy.reference.lists import ROLES, in_order


def writer() -> str:
    """Messages are counted by their writer, wherever they sit."""
    return f"messages {current_user.id}"


def sparing(*methods: str) -> Any:
    """Bound how many messages one person sends."""
    return limiter.limit(lambda: current_app.config["LIMIT_MESSAGES"], methods=[*methods], key_func=writer)


def doer() -> str:
    """The same for acts that are no messages, but bring others a mail."""
    return f"acts {current_user.id}"


# One count for all of them, however many pages they are on.
sparing_acts = limiter.shared_limit(
    lambda: current_app.config["LIMIT_ACTS"], scope="acts", methods=["POST"], key_func=doer
)


@bp.route("/<ref:ref>/answer", methods=["GET", "POST"], endpoint="answer")
@sparing("POST")
@admit(rules.may_ask_to_answer, Call)
def answer_call(call: Call) -> ResponseReturnValue:
    """Answer a call in the name of a body; who cannot is told what it takes."""
    if (mine := talk_queries.interest_of(current_user, call)) is not None and request.method in SAFE:
        return redirect(url_for(".interest", ref=mine.ref))
    bodies, roles = answering_bodies(call), roles_open(call)
    if not rules.may_answer(current_user, call) or not roles or not bodies:
        typed = request.form.get("message", "")[:5000]
        page = {"call": call, "roles": roles, "typed": typed, "theirs": rules.caller(current_user, call)}
        return render_template("partnerships/cannot_answer.html", **page), 409 if typed else 200
    form = reopened(AnswerForm, "partnerships.answer", None, f"new-{call.ref}")
    form.offer([(str(body.id), body.name) for body in bodies.values()], roles)
    if form.validate_on_submit():
        body = bodies[str(form.body.data)] if "body" in form else next(iter(bodies.values()))
        interest = services.express(call, body, Role(form.role.data), form.message.data or "", current_user)
        content.drop_draft(current_user, "partnerships.answer", form.key.data or "")
        db.session.commit()
        flash(_("Your answer is on its way. Theirs will reach you here and by mail."), "success")
        return redirect(url_for(".interest", ref=interest.ref))
    return render_template("partnerships/answer.html", form=form, call=call, bodies=[*bodies.values()])


def answering_bodies(call: Call) -> dict[str, Body]:
    """The bodies in whose name this reader may answer, by number: not the one that calls."""
    return {str(body.id): body for body in current_user.bodies if body != call.party}


def roles_open(call: Call) -> list[tuple[str, str]]:
    """The roles a body may still have, those that are wanted first."""
    wanted = call.codes("role")
    free = [(code, name) for code, name in in_order(ROLES, lang()) if rules.filled(call, Role(code)) is None]
    named = [(code, _("%(role)s (wanted)", role=name) if code in wanted else name) for code, name in free]
    return sorted(named, key=lambda pair: pair[0] not in wanted)


@bp.route("/interests/<ref:ref>", methods=["GET", "POST"])
@sparing("POST")
@admit(rules.may_see_interest, Interest)
def interest(interest: Interest) -> ResponseReturnValue:
    """An answer to a call, between its two sides: who, which role, what was written, what may be done."""
    note_look(interest)
    form = PostForm()
    if form.validate_on_submit() and (post := written(interest, form)) is not None:
        return redirect(f"{url_for('.interest', ref=interest.ref)}#p{post}")
    return render_template(
        "partnerships/interest.html",
        interest=interest,
        form=form,
        posts=talk_queries.posts_of(interest),
        wait=wait_of(WaitKind.INTEREST, interest.id),
        partnership=next((p for p in interest.call.partnerships if p.id == interest.partnership_id), None),
        **side_of(interest),
    )


def written(thread: Interest | Partnership, form: PostForm) -> int | None:
    """Keep a message and its files; none where a file is refused: then nothing is sent, and the text stays."""
    try:
        post = services.write(thread, form.text.data or "", current_user, form.sent)
    except Refused as refused:
        db.session.rollback()
        form.files.errors = [str(refused)]
        return None
    db.session.commit()
    flash(_("Sent. The others are told."), "success")
    return post.id


def note_look(thread: Interest | Partnership) -> None:
    """An admin who was asked in looks at what is private: that is written into the log."""
    own = rules.takes_part(current_user, thread) if isinstance(thread, Interest) else None
    if rules.is_party(current_user, thread) if isinstance(thread, Partnership) else own:
        return
    if request.method in SAFE:
        will_write()
        db.session.rollback()
    services.looked_in(thread, current_user)
    db.session.commit()


def side_of(interest: Interest) -> dict[str, Any]:
    """On which side the reader stands, and what they may do."""
    return {
        "calls": rules.calls(current_user, interest),
        "party": rules.takes_part(current_user, interest),
        "may": {name for name, rule in RULES.items() if rule(current_user, interest)},
        "steps": STEPS,
    }


RULES = {
    "accept": rules.may_accept,
    "decline": rules.may_decline,
    "withdraw": rules.may_withdraw_interest,
    "write": rules.may_write_about,
}


@bp.route("/interests/<ref:ref>/<any(accept, decline, withdraw):verb>", methods=["GET", "POST"])
@sparing_acts
@admit(rules.takes_part, Interest)
def decide(interest: Interest, verb: str) -> ResponseReturnValue:
    """Accept an answer, decline it, or take it back: what that means, a reason where one is owed, the button."""
    if (verb == "withdraw") == rules.calls(current_user, interest):
        abort(404)
    form = StepForm()
    form.ask(STEPS[verb].asks)
    if form.validate_on_submit():
        reason = form.reason.data or "" if "reason" in form else ""
        leads = act_on(interest, verb, reason)
        db.session.commit()
        flash(STEPS[verb].done, "success")
        return redirect(leads)
    page = {"title": interest.call.title, "about": interest.call, "back": url_for(".interest", ref=interest.ref)}
    return render_template("partnerships/step.html", form=form, step=STEPS[verb], lacking=[], **page)


def act_on(interest: Interest, verb: str, reason: str) -> str:
    """Do what the button said; where it leads."""
    if verb == "accept":
        made = services.accept(interest, current_user)
        db.session.flush()
        return address(made)
    act = services.decline if verb == "decline" else services.withdraw
    act(interest, current_user, reason)
    return url_for(".interest", ref=interest.ref)


@bp.post("/interests/<ref:ref>/admins")
@sparing_acts
@admit(rules.takes_part, Interest)
def admins_at_interest(interest: Interest) -> ResponseReturnValue:
    """Ask the admins in, or let them go."""
    ask_or_let_go(interest)
    return redirect(url_for(".interest", ref=interest.ref))


def ask_or_let_go(thread: Interest | Partnership) -> None:
    """What the button of a private thread said about the admins."""
    if request.form.get("act") == "invite":
        services.invite_admins(thread, current_user)
        flash(_("The admins can now read this and write in it. Each look of theirs is in the log."), "success")
    else:
        services.let_admins_go(thread, current_user)
        flash(_("The admins no longer see this."), "success")
    db.session.commit()


@bp.get("/files/<int:id>")
@admit(rules.may_open_file, PostFile)
def file(sent: PostFile) -> ResponseReturnValue:
    """A file sent in a private thread."""
    note_look(sent.post.thread)
    return answer(sent.file, private=True)


# What cannot be done now.

KEPT = ("message", "text", "reason", "terms", "notes")  # what somebody may have typed


def not_possible(refused: services.NotPossible) -> ResponseReturnValue:
    """An act that cannot be done now: why, what can be done instead, and what was typed, to be kept or copied."""
    db.session.rollback()
    typed = next((words for name in KEPT if (words := request.form.get(name, "").strip())), "")
    ref = (request.view_args or {}).get("ref", "")
    back = next((url_for(shows, ref=ref) for part, shows in PLACES.items() if part in request.path), None)
    page = {"told": str(refused), "instead": [str(INSTEAD[verb]) for verb in refused.instead], "typed": typed[:20_000]}
    back = back or url_for("partnerships.show", ref=ref)
    return render_template("moderation/not_possible.html", back=back, **page), 409


PLACES = {"/interests/": "partnerships.interest", "/with/": "partnerships.partnership"}

bp.register_error_handler(services.NotPossible, not_possible)
