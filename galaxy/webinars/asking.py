"""Where questions are asked, wanted, answered and put in order, each at an address of its own."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from galaxy.accounts.services import NotPossible
from galaxy.content.models import Relation
from galaxy.content.queries import linked
from galaxy.content.rules import may_read
from galaxy.content.views import address
from galaxy.content.writing import Step, steps_of
from galaxy.core.access import admit, anyone
from galaxy.core.addresses import is_ours
from galaxy.core.db import db
from galaxy.core.headers import keep_secret
from galaxy.core.i18n import _, lang
from galaxy.core.limits import limiter
from galaxy.moderation.queries import reasons
from galaxy.moderation.rules import may_flag, may_withdraw
from galaxy.notifications import services as notifications
from galaxy.webinars import question_services as services
from galaxy.webinars import rules
from galaxy.webinars.models import Webinar
from galaxy.webinars.question_forms import AnswerForm, ArrangeForm, AskForm, GuestAskForm, HideForm
from galaxy.webinars.question_models import Answer, Question
from galaxy.webinars.question_queries import Person, asked_of, born_of, headings, wanted_by
from galaxy.webinars.registration_models import Registration
from galaxy.webinars.registration_queries import found
from galaxy.webinars.writing import bp


def sparing(setting: str) -> Any:
    """Bound how often one person asks, answers or votes, wherever they sit; a guest is known by their address."""

    def doer() -> str:
        return f"{setting} {current_user.id or (request.view_args or {}).get('token')}"

    return limiter.limit(lambda: current_app.config[setting], methods=["POST"], key_func=doer)


RULES = {
    "answer": rules.may_answer,
    "vote": rules.may_vote,
    "arrange": rules.may_arrange,
    "let_through": rules.may_let_through,
    "withdraw": may_withdraw,
    "flag": may_flag,
}
"""What a reader may do on the page of a question."""


@steps_of("questions")
def steps_of_question(question: Question) -> list[Step]:
    return [Step("question", url_for("webinars.question", ref=question.slug), _("The question"), question.fields)]


@bp.get("/questions/<ref:ref>")
@admit(rules.may_see, Question)
def question(question: Question) -> ResponseReturnValue:
    """A question, its answers, its webinar, and what came of it; one that was asked twice leads to the other."""
    if question.same_as is not None and rules.may_see(current_user, question.same_as):
        return redirect(address(question.same_as))
    notifications.read_about(current_user, question)
    person = current_user if current_user.is_authenticated else None
    return render_template(
        "webinars/question.html",
        question=question,
        webinar=question.webinar,
        shows_webinar=may_read(current_user, question.webinar),
        may={name for name, rule in RULES.items() if rule(current_user, question)},
        changeable={each.id for each in question.answers if rules.may_change(current_user, each)},
        wanted=question.id in wanted_by(person, [question]),
        born=[each for each in born_of(question) if may_read(current_user, each)],
        born_from=[each for each in linked(question, Relation.BORN_FROM) if may_read(current_user, each)],
        reasons=None if question.is_visible else reasons(question),
    )


@bp.route("/<ref:ref>/ask", methods=["GET", "POST"])
@sparing("LIMIT_QUESTIONS")
@admit(rules.may_ask, Webinar)
def ask(webinar: Webinar) -> ResponseReturnValue:
    """Ask, beside what has been asked already."""
    form = AskForm()
    asked = sent(form, webinar, current_user)
    if asked is not None:
        return redirect(address(asked))
    return render_template("webinars/ask.html", webinar=webinar, form=form, asked=asked_of(webinar, current_user))


def sent(form: AskForm, webinar: Webinar, by: Person) -> Question | None:
    """The question that was just sent; none where it is not sent, or refused."""
    if not form.validate_on_submit():
        return None
    try:
        asked = services.ask(webinar, form.said, lang(), by)
    except NotPossible as refused:
        db.session.rollback()
        form.title.errors = [str(refused)]
        return None
    db.session.commit()
    flash(said_of(asked), "success")
    return asked


def said_of(asked: Question) -> str:
    """What has become of a question that was just asked."""
    if asked.is_visible:
        return str(_("Your question is here. You will be told when it is answered."))
    return str(_("Your question is with the hosts. They read it before it is shown."))


@bp.route("/seats/<token>/questions", methods=["GET", "POST"])
@sparing("LIMIT_QUESTIONS")
@admit(anyone)
def ask_from_seat(token: str) -> ResponseReturnValue:
    """Ask as somebody who has registered, perhaps without an account: the address is the proof."""
    registration = seat_of(token)
    webinar = registration.webinar
    form = AskForm() if registration.user_id else GuestAskForm(data={"asker": registration.name})
    if sent(form, webinar, registration) is not None:
        return redirect(url_for(".ask_from_seat", token=token))
    page = {"webinar": webinar, "form": form, "asked": asked_of(webinar, registration), "token": token}
    return render_template("webinars/ask.html", **page)


@bp.post("/seats/<token>/questions/<ref:ref>/vote")
@sparing("LIMIT_VOTES")
@admit(anyone)
def vote_from_seat(token: str, ref: str) -> ResponseReturnValue:
    """Want to know what somebody else asked of the webinar one has registered for, or no longer."""
    registration = seat_of(token)
    asked = select(Question).where(Question.ref == ref, Question.webinar_id == registration.webinar_id)
    question = db.session.scalar(asked)
    if question is None or not question.is_visible:
        abort(404)
    services.want(question, registration, request.form.get("want") != "no")
    db.session.commit()
    return redirect(f"{url_for('.ask_from_seat', token=token)}#q-{question.ref}")


def seat_of(token: str) -> Registration:
    """Whose secret address it is, while the webinar is there to be asked about."""
    keep_secret()
    registration = found(token)
    if registration is None or not registration.webinar.is_visible:
        abort(404)
    return registration


@bp.post("/questions/<ref:ref>/vote")
@sparing("LIMIT_VOTES")
@admit(rules.may_vote, Question)
def vote(question: Question) -> ResponseReturnValue:
    """Want to know it too, or no longer."""
    services.want(question, current_user, request.form.get("want") != "no")
    db.session.commit()
    back = request.form.get("next", "")
    return redirect(back if is_ours(back) else address(question))


@bp.route("/questions/<ref:ref>/answer", methods=["GET", "POST"])
@sparing("LIMIT_QUESTIONS")
@admit(rules.may_answer, Question)
def answer(question: Question) -> ResponseReturnValue:
    """Answer a question, as a speaker or a host."""
    form = AnswerForm()
    form.speak_of(question, rules.may_run(current_user, question.webinar))
    if form.validate_on_submit():
        services.answer(question, form.said, current_user)
        db.session.commit()
        flash(_("The answer is there. Who asked is told."), "success")
        return redirect(address(question))
    return render_template("webinars/answer.html", question=question, form=form, answer=None)


@bp.route("/answers/<int:id>", methods=["GET", "POST"])
@sparing("LIMIT_QUESTIONS")
@admit(rules.may_change, Answer)
def change_answer(answer: Answer) -> ResponseReturnValue:
    """Say it in other words, or take it away."""
    question, form = answer.question, AnswerForm(obj=answer)
    form.speak_of(question, rules.may_run(current_user, question.webinar), answer)
    if request.form.get("act") == "remove":
        services.take_away(answer, current_user)
        db.session.commit()
        flash(_("The answer is taken away."), "success")
        return redirect(address(question))
    if form.validate_on_submit():
        services.change(answer, form.said, current_user)
        db.session.commit()
        flash(_("Saved."), "success")
        return redirect(address(question))
    return render_template("webinars/answer.html", question=question, form=form, answer=answer)


@bp.route("/questions/<ref:ref>/group", methods=["GET", "POST"])
@admit(rules.may_arrange, Question)
def group(question: Question) -> ResponseReturnValue:
    """Put a question in its place: under a heading, at a time, or together with another."""
    form = ArrangeForm(obj=question)
    form.speak_of(question)
    if form.validate_on_submit():
        other = db.session.get(Question, form.same.data) if form.same.data else None
        try:
            services.arrange(question, form.said, current_user)
            if other is not None:
                services.merge(question, other, current_user)
        except NotPossible as refused:
            db.session.rollback()
            form.same.errors = [str(refused)]
        else:
            db.session.commit()
            flash(_("Saved."), "success")
            return redirect(address(other or question))
    page = {"question": question, "form": form, "headings": headings(question.webinar)}
    return render_template("webinars/group.html", **page)


@bp.post("/questions/<ref:ref>/let-through")
@admit(rules.may_let_through, Question)
def let_through(question: Question) -> ResponseReturnValue:
    """Show what waited for a host."""
    services.let_through(question, current_user)
    db.session.commit()
    flash(_("Everybody sees this question now."), "success")
    back = request.form.get("next", "")
    return redirect(back if is_ours(back) else address(question))


@bp.route("/questions/<ref:ref>/hide", methods=["GET", "POST"])
@admit(rules.may_arrange, Question)
def hide(question: Question) -> ResponseReturnValue:
    """Take a question off the page, and say why to who asked it."""
    form = HideForm()
    if form.validate_on_submit():
        services.hide(question, form.reason.data or "", current_user)
        db.session.commit()
        flash(_("The question is not shown any more. Who asked is told why."), "success")
        return redirect(f"{address(question.webinar)}#questions")
    return render_template("webinars/hide.html", question=question, form=form)
