"""The pages of search for admins: how its index and its models are, and what was sought and not found."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.accounts.services import record
from galaxy.content.words import code_name
from galaxy.core.access import admins, admit
from galaxy.core.db import db
from galaxy.core.i18n import _, offered
from galaxy.core.paging import page_of
from galaxy.moderation import rules
from galaxy.moderation.views import age, asked, bp, one_of
from galaxy.reference.countries import OFFERED
from galaxy.reference.sdgs import GOALS, TARGETS
from galaxy.reference.terms import terms
from galaxy.reference.thesaurus import concepts
from galaxy.search import gaps as search_gaps
from galaxy.search import index
from galaxy.search.models import Gap


@bp.get("/search")
@admit(admins)
def search() -> ResponseReturnValue:
    """How the index is, what waits for it, and which models know how much."""
    lists = [
        (_("Goals and targets"), len(GOALS) + len(TARGETS)),
        (_("Countries"), len(OFFERED)),
        (_("Terms of health"), len(terms())),
        (_("UNESCO’s thesaurus"), len(concepts())),
    ]
    return render_template("moderation/search.html", status=index.status(), age=age, lists=lists)


@bp.post("/search/rebuild")
@admit(admins)
def rebuild() -> ResponseReturnValue:
    """Have the whole index made again; the old one answers until the new one is whole."""
    index.promise_rebuild()
    record(current_user, "index asked for", current_user)
    db.session.commit()
    flash(_("The index will be made again. Until then the one that is there answers."))
    return redirect(url_for(".search"))


@bp.get("/gaps")
@admit(admins)
def gaps() -> ResponseReturnValue:
    """What was sought and not found, the most often first."""
    language, settled = one_of(asked("language"), offered()), bool(asked("settled"))
    return render_template(
        "moderation/gaps.html",
        found=page_of(search_gaps.sought(language, settled)),
        languages=[(code, code_name("language", code)) for code in offered()],
        language=language,
        settled=settled,
    )


@bp.post("/gaps/<int:id>/settle")
@admit(rules.may_moderate, Gap)
def settle_gap(gap: Gap) -> ResponseReturnValue:
    search_gaps.settle(gap)
    db.session.commit()
    flash(_("“%(words)s” is settled; it stands with what is settled, where this can be undone.", words=gap.words))
    return redirect(url_for(".gaps", **here()))


@bp.post("/gaps/<int:id>/reopen")
@admit(rules.may_moderate, Gap)
def reopen_gap(gap: Gap) -> ResponseReturnValue:
    search_gaps.reopen(gap)
    db.session.commit()
    flash(_("“%(words)s” is open again.", words=gap.words))
    return redirect(url_for(".gaps", settled=1, **here()))


def here() -> dict[str, Any]:
    """The language by which the list was narrowed, to come back to it."""
    language = one_of(request.form.get("language", "")[:2], offered())
    return {"language": language} if language else {}
