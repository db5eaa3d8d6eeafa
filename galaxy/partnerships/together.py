"""Where parties work together: the partnership's page, its terms, conversation, notes, reports and agreement."""

from typing import Any, TypeVar

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.content import services as content
from galaxy.content.differences import differences
from galaxy.content.forms import EntryForm
from galaxy.content.models import Relation
from galaxy.content.queries import linked
from galaxy.content.views import address
from galaxy.content.writing import reopened_with
from galaxy.core.access import admit
from galaxy.core.db import db
from galaxy.core.i18n import _
from galaxy.core.limits import limiter
from galaxy.core.storage import Refused, answer
from galaxy.moderation.views import told_of
from galaxy.partnerships import rules, services, talk_queries
from galaxy.partnerships.models import Call, Partnership, Stage
from galaxy.partnerships.sky import constellation
from galaxy.partnerships.talk_forms import (
    TERM_WORDS,
    AcceptForm,
    AgreementForm,
    NotesForm,
    PostForm,
    ReportForm,
    StepForm,
    TermsForm,
    day_of,
    in_words,
    terms_of,
)
from galaxy.partnerships.talks import ask_or_let_go, note_look, sparing, sparing_acts, written
from galaxy.partnerships.words import STEPS
from galaxy.partnerships.writing import bp

F = TypeVar("F", bound=EntryForm)
VERBS = "begin, complete, renegotiate, end_talks, close, reopen"


@bp.get("/with/<ref:ref>")
@admit(rules.may_see_partnership, Partnership)
def partnership(partnership: Partnership) -> ResponseReturnValue:
    """What the public may read of it; and for its parties what waits, and for whom."""
    return page(partnership)


def page(partnership: Partnership, preview: bool = False) -> str:
    """A partnership with what it came of, what was made of it, and what the reader may do next."""
    told: dict[str, Any] = told_of(partnership, preview)
    told["may"] |= {name for name, rule in RULES.items() if rule(current_user, partnership)}
    party, call = rules.party_of(current_user, partnership), partnership.call
    told["acts"] = talk_queries.way_of(partnership, whole=party is not None)
    return render_template(
        "partnerships/partnership.html",
        partnership=partnership,
        party=party,
        call=call if rules.may_see(current_user, call) else None,
        made=talk_queries.born_of(partnership),
        retell=retold_at(partnership) if rules.may_retell(current_user, partnership) else [],
        chart=constellation(len(partnership.parties)),
        steps=next_steps(call, partnership),
        lacks=rules.lacking_before_acceptance(call) if partnership.stage == Stage.IN_TALKS else [],
        **told,
    )


RULES = {
    "inside": rules.may_see_inside,
    "agreed": rules.may_see_agreed,
    "terms": rules.may_change_terms,
    "accept": rules.may_accept_terms,
    "report": rules.may_report,
    "leave": rules.may_leave,
    "agreement": rules.may_keep_agreement,
}


def next_steps(call: Call, of: Partnership | None = None) -> dict[str, Any]:
    """The steps this reader may take with a call, or with this that has come of it, and what is lacking for each."""
    if not current_user.is_authenticated or call.partnership is not of:
        return {}
    return {verb: (STEPS[verb], rules.lacking(verb, call)) for verb in rules.choosable(current_user, call)}


def retold_at(partnership: Partnership) -> list[tuple[str, Any]]:
    """Where a completed partnership is told as a solution, or as an adaptation of the one its call was born from."""
    ways = [(f"{url_for('solutions.new')}?from={partnership.ref}", _("Tell it as a solution"))]
    for born in linked(partnership.call, Relation.BORN_FROM):
        if born.kind != "solutions" or not born.is_visible:
            continue
        adapt = f"{url_for('solutions.adapt', ref=born.slug)}?from={partnership.ref}"
        ways.insert(0, (adapt, _("Tell it as an adaptation of “%(title)s”", title=born.title)))
    return ways


@bp.route(f"/<ref:ref>/<any({VERBS}):verb>", methods=["GET", "POST"])
@sparing_acts
@admit(rules.party_or_admin, Call)
def step(call: Call, verb: str) -> ResponseReturnValue:
    """Take a step with a call and what has come of it: what it means, what is lacking, a reason, the button."""
    form, words = StepForm(), STEPS[verb]
    outside = current_user.is_admin and not rules.a_party(current_user, call) and not rules.its_side(current_user, call)
    form.ask("must" if outside else words.asks, deadline=verb == "reopen")
    if form.validate_on_submit():
        reason = (form.reason.data or "") if "reason" in form else ""
        services.take(verb, call, current_user, reason, day_of(form.deadline.data) if "deadline" in form else None)
        db.session.commit()
        flash(words.done, "success")
        return redirect(back_to(call, verb))
    lacking = rules.lacking(verb, call) if rules.may(current_user, verb, call) else [rules.NOT_WHILE[call.stage]]
    if verb == "reopen":  # the form asks for another day
        lacking = [said for said in lacking if said != rules.time_left(call)]
    page = {"title": call.title, "about": call, "back": back_to(call, verb), "lacking": lacking}
    return render_template("partnerships/step.html", form=form, step=words, **page)


def back_to(call: Call, verb: str) -> str:
    """The page that shows what a step has changed."""
    last = call.partnership or (call.partnerships[-1] if call.partnerships and verb in {"end_talks", "close"} else None)
    return address(last if last is not None and rules.may_see_partnership(current_user, last) else call)


@bp.route("/with/<ref:ref>/leave", methods=["GET", "POST"])
@sparing_acts
@admit(rules.is_party, Partnership)
def leave(partnership: Partnership) -> ResponseReturnValue:
    """Leave the talks, and say why."""
    form, words, call = StepForm(), STEPS["leave"], partnership.call
    form.ask(words.asks)
    if form.validate_on_submit():
        services.leave(partnership, current_user, form.reason.data or "")
        db.session.commit()
        flash(words.done, "success")
        return redirect(url_for(".mine"))
    possible = rules.may_leave(current_user, partnership)
    lacking = [] if possible else [_("Only a party that was asked in can leave, and only while talks go on.")]
    page = {"title": partnership.title, "about": call, "back": address(partnership), "lacking": lacking}
    return render_template("partnerships/step.html", form=form, step=words, **page)


# The terms.


@bp.route("/with/<ref:ref>/terms", methods=["GET", "POST"])
@sparing_acts
@admit(rules.may_see_inside, Partnership)
def terms(partnership: Partnership) -> ResponseReturnValue:
    """The terms as they stand; where all is said, the button by which a party accepts exactly these."""
    note_look(partnership)
    form, refused = AcceptForm(), ""
    if form.validate_on_submit():
        try:
            services.accept_terms(partnership, current_user, form.base.data or "")
            db.session.commit()
        except services.NotPossible as why:
            db.session.rollback()
            refused = str(why)
        else:
            agreed = partnership.stage == Stage.AGREED
            flash(_("You have agreed: every party accepts these terms.") if agreed else _("Accepted."), "success")
            return redirect(address(partnership))
    form.base.data = services.digest_of(partnership)
    page = {"form": form, "refused": refused, "lacking": rules.lacking_before_acceptance(partnership.call)}
    return show_inside("partnerships/terms.html", partnership, **page), 409 if refused else 200


@bp.route("/with/<ref:ref>/terms/edit", methods=["GET", "POST"])
@sparing_acts
@admit(rules.is_party, Partnership)
def edit_terms(partnership: Partnership) -> ResponseReturnValue:
    """Write the terms: any party may; whoever wrote meanwhile is shown, and nothing typed is lost."""
    base = services.digest_of(partnership)
    form = opened(TermsForm, "partnerships.terms", partnership, {"base": base, **terms_of(partnership)})
    form.only(partnership)
    act = request.form.get("act", "")
    if act == "row:milestones":
        form.spare(more=True)
    elif form.validate_on_submit():
        if (said := took_terms(partnership, form)) is None:
            return redirect(url_for(".terms", ref=partnership.slug))
        return show_terms(partnership, form, **said), 409
    form.spare()
    return show_terms(partnership, form)


def took_terms(partnership: Partnership, form: TermsForm) -> dict[str, Any] | None:
    """Keep what was typed; else why not, and how it differs from what somebody else has written meanwhile."""
    typed, ref = form.typed(), partnership.ref
    try:
        services.set_terms(partnership, services.Terms(**typed, base=form.base.data or ""), current_user)
        content.drop_draft(current_user, form.form_name, ref)
        db.session.commit()
    except services.Changed as changed:
        db.session.rollback()
        names = {str(party.body_id): party.body.name for party in partnership.parties}
        theirs, mine = in_words(terms_of(partnership), names), in_words(form.data, names)
        form.base.data = services.digest_of(partnership)
        return {"changes": differences(theirs, mine, order=TERM_WORDS), "refused": str(changed)}
    except services.NotPossible as why:
        db.session.rollback()
        return {"refused": str(why)}
    if rules.lacking_before_acceptance(partnership.call):
        flash(_("The terms are kept. What is still lacking stands below."), "success")
    else:
        flash(_("The terms are kept. Every party can now read and accept them."), "success")
    return None


def show_terms(partnership: Partnership, form: TermsForm, **more: Any) -> str:
    form.spare()
    possible = rules.may_change_terms(current_user, partnership)
    names = {str(party.body_id): party.body for party in partnership.parties}
    page = {"partnership": partnership, "form": form, "bodies": names, "possible": possible, "words": TERM_WORDS}
    return render_template("partnerships/edit_terms.html", **page | more)


def opened(form: type[F], name: str, partnership: Partnership, first: dict[str, Any]) -> F:
    """A form of a partnership's inside as it was just sent, or as its writer left it, else as it stands."""
    return reopened_with(form, name, partnership.ref, first)


# What the parties keep among themselves.


def show_inside(template: str, partnership: Partnership, **more: Any) -> str:
    """A page of a partnership's inside, below the way to the others."""
    party = rules.party_of(current_user, partnership)
    may = {name for name, rule in RULES.items() if rule(current_user, partnership)}
    return render_template(template, partnership=partnership, party=party, may=may, **more)


@bp.route("/with/<ref:ref>/conversation", methods=["GET", "POST"])
@sparing("POST")
@admit(rules.may_see_inside, Partnership)
def conversation(partnership: Partnership) -> ResponseReturnValue:
    """What the parties write to each other, with files."""
    note_look(partnership)
    form = PostForm()
    if form.validate_on_submit() and (post := written(partnership, form)) is not None:
        return redirect(f"{url_for('.conversation', ref=partnership.ref)}#p{post}")
    page = {
        "form": form,
        "posts": talk_queries.posts_of(partnership),
        "open": rules.may_post(current_user, partnership),
    }
    return show_inside("partnerships/conversation.html", partnership, **page)


@bp.post("/with/<ref:ref>/admins")
@sparing_acts
@admit(rules.is_party, Partnership)
def admins(partnership: Partnership) -> ResponseReturnValue:
    """Ask the admins in, or let them go."""
    ask_or_let_go(partnership)
    return redirect(url_for(".conversation", ref=partnership.ref))


@bp.route("/with/<ref:ref>/notes", methods=["GET", "POST"])
@admit(rules.may_see_inside, Partnership)
def notes(partnership: Partnership) -> ResponseReturnValue:
    """The working notes all parties share; whoever was faster is shown, and nothing typed is lost."""
    note_look(partnership)
    first = {"base": services.digest_of_notes(partnership), "notes": partnership.notes}
    form, changes = opened(NotesForm, "partnerships.notes", partnership, first), None
    if form.validate_on_submit():
        ref = partnership.ref
        try:
            services.keep_notes(partnership, form.notes.data or "", form.base.data or "", current_user)
        except services.Changed:
            db.session.rollback()
            theirs, mine = {"notes": partnership.notes}, {"notes": form.notes.data or ""}
            changes, form.base.data = differences(theirs, mine), services.digest_of_notes(partnership)
        else:
            content.drop_draft(current_user, form.form_name, ref)
            db.session.commit()
            flash(_("Saved."), "success")
            return redirect(url_for(".notes", ref=ref))
    return show_inside("partnerships/notes.html", partnership, form=form, changes=changes), 409 if changes else 200


@bp.route("/with/<ref:ref>/progress", methods=["GET", "POST"])
@sparing_acts
@admit(rules.may_see_inside, Partnership)
def report(partnership: Partnership) -> ResponseReturnValue:
    """How far the work has come, and the form by which a party reports."""
    note_look(partnership)
    form = ReportForm(milestone=request.args.get("milestone", ""))
    form.offer(partnership.milestones)
    if form.validate_on_submit():
        services.report(partnership, current_user, form.milestone_id, form.percent, form.text.data or "")
        db.session.commit()
        flash(_("Thank you. The other parties are told."), "success")
        return redirect(url_for(".report", ref=partnership.ref))
    page = {"form": form, "reports": talk_queries.reports_of(partnership)}
    return show_inside("partnerships/report.html", partnership, **page)


@bp.route("/with/<ref:ref>/agreement", methods=["GET", "POST"])
@limiter.limit(lambda: current_app.config["LIMIT_UPLOADS"], methods=["POST"])
@admit(rules.is_party, Partnership)
def agreement(partnership: Partnership) -> ResponseReturnValue:
    """Keep the signed agreement, or another in its place; the one before goes into the conversation."""
    form, ref = AgreementForm(), partnership.ref
    if form.validate_on_submit():
        try:
            services.keep_agreement(partnership, form.file.data, current_user)
        except Refused as refused:
            db.session.rollback()
            form.file.errors = [str(refused)]
        else:
            db.session.commit()
            flash(_("The agreement is kept. Every party can open it."), "success")
            return redirect(url_for(".agreement", ref=ref))
    return show_inside("partnerships/agreement.html", partnership, form=form)


@bp.get("/with/<ref:ref>/agreement/file")
@admit(rules.may_open_agreement, Partnership)
def agreement_file(partnership: Partnership) -> ResponseReturnValue:
    note_look(partnership)
    return answer(partnership.agreement, private=True) if partnership.agreement else abort(404)
