"""Saved searches: keep one, see what it has found, change it, hear no more of it; and any search as a feed."""

from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Flask, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from galaxy.accounts.services import NotPossible
from galaxy.core.access import admit, anyone, signed_in
from galaxy.core.db import db, will_write
from galaxy.core.forms import csrf
from galaxy.core.headers import keep_secret
from galaxy.core.i18n import _, lang
from galaxy.core.limits import limiter
from galaxy.core.paging import page_of
from galaxy.search import alerts, facets, feeds
from galaxy.search import saved as searches
from galaxy.search.entries import published
from galaxy.search.forms import OFTEN, ChangeForm, SaveForm
from galaxy.search.models import Often, SavedSearch
from galaxy.search.questions import Question
from galaxy.search.related import related
from galaxy.search.rules import may_use

LONGEST_TOKEN = 300
LONGEST_ADDRESS = 4_000

bp = Blueprint("search", __name__, url_prefix="/<lang:lang>/search")


@bp.get("/saved/")
@admit(signed_in)
def saved() -> ResponseReturnValue:
    """All that a member has saved."""
    mine = searches.of_user(current_user)
    questions = {each.id: searches.question_of(each, lang()) for each in mine}
    new = searches.how_many_new(current_user)
    return render_template("search/saved.html", mine=mine, questions=questions, new=new, often=OFTEN)


@bp.route("/saved/new", methods=["GET", "POST"])
@admit(signed_in)
def save() -> ResponseReturnValue:
    """Keep the search that the address asks, as on the search page."""
    form = SaveForm(data={"asked": urlencode(Question.from_args(request.args, lang()).args(), doseq=True)})
    question = Question.from_args(MultiDict(parse_qsl((form.asked.data or "")[:LONGEST_ADDRESS])), lang())
    if known := searches.same(current_user, question):
        flash(_("You have saved this search already."))
        return redirect(url_for(".edit", id=known.id))
    try:
        searches.must_have_room(current_user)
        if form.validate_on_submit():
            kept = searches.save(current_user, question, form.name.data or "", form.rhythm)
            db.session.commit()
            flash(_("The search is saved: “%(name)s”.", name=kept.name), "success")
            return redirect(url_for(".saved"))
    except NotPossible as refusal:
        db.session.rollback()
        flash(str(refusal), "warning")
        return redirect(url_for(".saved"))
    if not form.is_submitted() and not form.was_held:
        form.name.data = searches.named(question)
    return render_template("search/save.html", form=form, question=question)


@bp.get("/saved/<int:id>")
@admit(may_use, SavedSearch)
def matches(saved: SavedSearch) -> ResponseReturnValue:
    """What it has found since it was saved; whoever looks knows it, and is not told of it again."""
    page = page_of(searches.matches(saved))
    new = {match.entry_id for match in page.rows if match.told_at is None}
    entries = published([match.entry_id for match in page.rows])
    question = searches.question_of(saved, lang())
    shown = render_template(
        "search/matches.html", saved=saved, question=question, page=page, entries=entries, new=new, often=OFTEN
    )
    if new:
        number = saved.id
        will_write()
        db.session.rollback()
        searches.seen(number)
        db.session.commit()
    return shown


@bp.route("/saved/<int:id>/edit", methods=["GET", "POST"])
@admit(may_use, SavedSearch)
def edit(saved: SavedSearch) -> ResponseReturnValue:
    """Another name, another rhythm, other words."""
    question = searches.question_of(saved, lang())
    form = ChangeForm(data={"name": saved.name, "often": saved.often.value, "words": question.words})
    if form.validate_on_submit():
        searches.change(saved, form.name.data or "", form.rhythm, form.words.data or "")
        db.session.commit()
        flash(_("Your choice is kept."), "success")
        return redirect(url_for(".saved"))
    return render_template("search/edit.html", form=form, saved=saved, question=question)


@bp.route("/saved/<int:id>/delete", methods=["GET", "POST"])
@admit(may_use, SavedSearch)
def delete(saved: SavedSearch) -> ResponseReturnValue:
    """Delete it, once that is confirmed."""
    if request.method == "POST":
        searches.throw_away(saved)
        db.session.commit()
        flash(_("The search is deleted. No more mail comes of it."), "success")
        return redirect(url_for(".saved"))
    return render_template("search/delete.html", saved=saved)


@bp.route("/saved/unsubscribe/<token>", methods=["GET", "POST"])
@csrf.exempt  # the signed token is the proof: mail programs post here by themselves (RFC 8058)
@admit(anyone)
def unsubscribe(token: str) -> ResponseReturnValue:
    """No more mail of one saved search: asked for a word by a reader, at once by a mail program."""
    keep_secret()
    if not alerts.is_signed(token[:LONGEST_TOKEN]):
        abort(404)
    found = alerts.opened(token)
    if request.method == "POST" and found is not None:
        found.often = Often.NEVER
        db.session.commit()
    done = found is None or found.often == Often.NEVER
    return render_template("search/unsubscribe.html", saved=found, done=done)


@bp.get("/feed")
@limiter.limit(lambda: str(current_app.config["LIMIT_SEARCH"]))
@admit(anyone)
def feed() -> ResponseReturnValue:
    """The newest of what the search page finds at the same address, as an Atom feed."""
    question = Question.from_args(request.args, lang())
    made, changed = feeds.feed(question, feeds.newest(question))
    response = Response(made, content_type="application/atom+xml; charset=utf-8")
    response.last_modified = changed
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def init_app(app: Flask) -> None:
    """Open the pages, and tell templates what a search is kept as, and what is related to an entry."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        facet_label=lambda facet, code: facets.label(facet, code, lang()), asked_for=searches.kept, related=related
    )
