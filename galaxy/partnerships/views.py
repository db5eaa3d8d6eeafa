"""Calls for partners as they are read and found, and the steps their owners take with them."""

from typing import Any

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.content import services as content
from galaxy.content.rules import may_edit, may_manage, may_read, owns
from galaxy.core.access import admit, anyone
from galaxy.core.i18n import lang
from galaxy.moderation import queries as moderation_queries
from galaxy.moderation import rules as moderation_rules
from galaxy.notifications import services as notifications
from galaxy.partnerships import queries, words
from galaxy.partnerships.models import LISTENING, Call
from galaxy.partnerships.rules import caller, is_party, may_answer, may_see
from galaxy.partnerships.writing import bp
from galaxy.search.questions import link


@bp.get("/")
@admit(anyone)
def index() -> ResponseReturnValue:
    """What is asked and offered, what takes answers first."""
    found = queries.listing(queries.Asked.from_args(request.args, lang()))
    return render_template("partnerships/index.html", found=found, more=request.args.get("more"), link=link)


@bp.get("/<ref:ref>")
@admit(may_see, Call)
def show(call: Call) -> ResponseReturnValue:
    notifications.read_about(current_user, call)
    return render_template("partnerships/show.html", **told_of(call, call, content.live_files(call)))


def told_of(call: Call, shown: Call, files: list[Any]) -> dict[str, Any]:
    """What the page of a call shows: what it says, what came of it, and what the reader may do with it."""
    origin, partnership = queries.born_from(call), call.partnership
    inside = partnership is not None and (partnership.is_visible or is_party(current_user, partnership))
    may = {name for name, rule in RULES.items() if rule(current_user, call)}
    return {
        "entry": shown,
        "call": call,
        "files": files,
        "origin": origin if origin is not None and may_read(current_user, origin) else None,
        "partnership": partnership if inside else None,
        "interests": queries.interests_waiting(call) if "decide" in may else [],
        "listening": call.stage in LISTENING and call.is_visible,
        "history": queries.public_versions(call),
        "acts": moderation_queries.steps(call, whole=False),
        "may": may,
        "waiting": call.waiting if "manage" in may else None,
        "reasons": moderation_queries.reasons(call) if "manage" in may else None,
    }


def may_decide(user: Any, call: Call) -> bool:
    """Who answers for the side that called."""
    return caller(user, call) or owns(user, call)


def may_endorse(user: Any, call: Call) -> bool:
    """A focal point of the country, where the call is not its own already."""
    return moderation_rules.may_endorse(user, call) and not owns(user, call)


RULES = {
    "edit": may_edit,
    "manage": may_manage,
    "answer": may_answer,
    "decide": may_decide,
    "endorse": may_endorse,
    "flag": moderation_rules.may_flag,
}


def init_app(app: Flask) -> None:
    """Open the pages of this room, and let templates say what this room's words mean."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        closes=words.closes,
        closes_soon=words.closes_soon,
        period=words.period,
        stage_meaning=words.stage_meaning,
        stage_name=words.stage_name,
    )
