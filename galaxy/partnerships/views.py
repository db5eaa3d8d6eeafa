"""Calls for partners as they are read and found."""

from typing import Any

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.content.rules import may_manage
from galaxy.core.access import admit, anyone
from galaxy.core.i18n import lang
from galaxy.moderation.views import told_of
from galaxy.partnerships import desk as _desk  # noqa: F401  # these modules open their own pages
from galaxy.partnerships import matches, queries, words
from galaxy.partnerships import talks as _talks  # noqa: F401
from galaxy.partnerships import telling as _telling  # noqa: F401
from galaxy.partnerships.models import LISTENING, Call
from galaxy.partnerships.rules import is_party, its_side, may_answer, may_endorse_it, may_see
from galaxy.partnerships.together import next_steps
from galaxy.partnerships.writing import bp
from galaxy.search.questions import link

RULES = {"answer": may_answer, "decide": its_side, "endorse": may_endorse_it}
"""What a reader may do on the page of a call, beside what one may with any entry."""


@bp.get("/")
@admit(anyone)
def index() -> ResponseReturnValue:
    """What is asked and offered, what takes answers first."""
    found = queries.CALLS.listing(queries.CALLS.asked(request.args, lang()))
    return render_template("partnerships/index.html", found=found, more=request.args.get("more"), link=link)


@bp.get("/<ref:ref>")
@admit(may_see, Call)
def show(call: Call) -> ResponseReturnValue:
    return page(call)


@bp.get("/<ref:ref>/preview")
@admit(may_manage, Call)
def preview(call: Call) -> ResponseReturnValue:
    """What the public would see if it were published as it is written now."""
    return page(call, preview=True)


def page(call: Call, preview: bool = False) -> str:
    """A call with what it was born from, what came of it, and what the reader may do with it."""
    told: dict[str, Any] = told_of(call, preview)
    told["may"] |= {name for name, rule in RULES.items() if rule(current_user, call)}
    return render_template(
        "partnerships/show.html",
        call=call,
        partnership=shown_partnership(call),
        interests=queries.interests_waiting(call) if "decide" in told["may"] else [],
        listening=call.stage in LISTENING and call.is_visible and not preview,
        steps={} if preview else next_steps(call),
        **told,
    )


def shown_partnership(call: Call) -> Any:
    """What has come of a call, where the reader may see it."""
    found = call.partnership
    return found if found is not None and (found.is_visible or is_party(current_user, found)) else None


def init_app(app: Flask) -> None:
    """Open the pages of this room, and let templates say what this room's words mean."""
    app.register_blueprint(bp)
    matches.init_app(app)
    app.jinja_env.globals.update(
        acceptances=words.acceptances,
        interest_stands=words.interest_stands,
        closes=words.closes,
        closes_soon=words.closes_soon,
        period=words.period,
        stage_meaning=words.stage_meaning,
        stage_name=words.stage_name,
        why_settled=words.why_settled,
    )
