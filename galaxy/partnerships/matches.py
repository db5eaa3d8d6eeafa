"""Who may fit a call, and why; what is set aside; and the weights behind it."""

from typing import Any

from flask import Flask, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.core.access import admins, admit, signed_in
from galaxy.core.db import db
from galaxy.core.i18n import _
from galaxy.core.jobs import later
from galaxy.partnerships import match_queries as queries
from galaxy.partnerships import match_services as services
from galaxy.partnerships.match_forms import DismissForm, WeightsForm
from galaxy.partnerships.match_tasks import match_calls, promise_all
from galaxy.partnerships.match_words import DISMISSALS, per_cent, why
from galaxy.partnerships.matching import DEFAULTS, KINDS
from galaxy.partnerships.models import Call, Match
from galaxy.partnerships.rules import may_see, may_set_aside
from galaxy.partnerships.writing import bp


@bp.get("/<ref:ref>/matches")
@admit(may_see, Call)
def matches(call: Call) -> ResponseReturnValue:
    """What fits a call best, kind by kind, with the reasons; beneath it, for both sides, what was set aside."""
    found = queries.matches_of(call) if queries.is_open(call) else []
    by_kind = {kind: [match for match in found if match.entry.kind == kind] for kind in KINDS[call.kind]}
    aside = [match for match in _aside(call) if may_set_aside(current_user, match)]
    return render_template(
        "partnerships/matches.html", call=call, by_kind=by_kind, aside=aside, is_open=queries.is_open(call)
    )


def _aside(call: Call) -> Any:
    return queries.set_aside(call) if current_user.is_authenticated else ()


def mine(user: Any, call: Call, ref: str) -> Match:
    """The match an address names, where this person may set it aside."""
    match = queries.match_of(call, ref)
    return match if match is not None and may_set_aside(user, match) else abort(404)


def may_look(user: Any, call: Call) -> bool:
    """Whoever has signed in and may read the call; whether they are of a side is asked of the match."""
    return signed_in(user) and may_see(user, call)


@bp.route("/<ref:ref>/matches/<ref:other>/dismiss", methods=["GET", "POST"])
@admit(may_look, Call)
def dismiss(call: Call, other: str) -> ResponseReturnValue:
    """Say why a match does not fit."""
    match = mine(current_user, call, other)
    form = DismissForm()
    if form.validate_on_submit():
        services.set_aside(match, current_user, form.reason.data, form.text.data or "")
        db.session.commit()
        flash(_("It is set aside. You can take that back at any time."), "success")
        return redirect(url_for(".matches", ref=call.slug))
    return render_template("partnerships/dismiss.html", call=call, match=match, form=form)


@bp.post("/<ref:ref>/matches/<ref:other>/take-back")
@admit(may_look, Call)
def show_again(call: Call, other: str) -> ResponseReturnValue:
    """Show a match again that was set aside."""
    services.take_back(mine(current_user, call, other), current_user)
    later(match_calls, call_id=call.id, quiet=True)
    db.session.commit()
    flash(_("It is shown again."), "success")
    return redirect(url_for(".matches", ref=call.slug))


@bp.route("/weights", methods=["GET", "POST"])
@admit(admins)
def weights() -> ResponseReturnValue:
    """How much each reason counts."""
    form = WeightsForm(data=queries.weights())
    if form.validate_on_submit():
        return _weighed(form.weights)
    return render_template("partnerships/weights.html", form=form, changed=queries.weights() != DEFAULTS)


@bp.post("/weights/reset")
@admit(admins)
def reset_weights() -> ResponseReturnValue:
    """Every reason counts again as it did at first."""
    return _weighed(dict(DEFAULTS))


def _weighed(values: dict[str, float]) -> ResponseReturnValue:
    if services.weigh(values, current_user):
        promise_all(quiet=True)
    db.session.commit()
    flash(_("Your choice is kept. All matches are scored again in the background."), "success")
    return redirect(url_for(".weights"))


def best_matches(call: Call) -> Any:
    """The best matches of a call, for its page."""
    return queries.matches_of(call, queries.SHOWN) if queries.is_open(call) else ()


def init_app(app: Flask) -> None:
    """Let templates show matches."""
    app.jinja_env.globals.update(
        best_matches=best_matches,
        asking_for=queries.asking_for,
        may_set_aside=may_set_aside,
        why=why,
        per_cent=per_cent,
        dismissal_name=DISMISSALS.__getitem__,
    )
