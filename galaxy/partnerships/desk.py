"""What waits for whom: a person's own calls, answers and partnerships, and the admins' board of them all."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.content import services as content
from galaxy.content.words import code_name, kind_name
from galaxy.core.access import admins as admins_only
from galaxy.core.access import admit, signed_in
from galaxy.core.i18n import lazy
from galaxy.partnerships import rules, talk_queries
from galaxy.partnerships.queries import KINDS
from galaxy.partnerships.writing import KINDS as NEW
from galaxy.partnerships.writing import bp

LATENESS: dict[str, Any] = {
    "answer": lazy("an answer is late"),
    "deadline": lazy("the last day for answers has passed"),
    "beginning": lazy("should have begun"),
    "milestone": lazy("a milestone is late"),
    "end": lazy("its period is over"),
    "alone": lazy("nobody acts for a party"),
}


@bp.get("/mine")
@admit(signed_in)
def mine() -> ResponseReturnValue:
    """All of one's own, by what waits for whom."""
    found = talk_queries.what_waits(current_user)
    begun = [(kind, draft) for kind in NEW for draft in content.drafts_of(current_user, f"partnerships.new_{kind}")]

    def own(partnership: Any) -> Any:
        return rules.party_of(current_user, partnership)

    return render_template("partnerships/mine.html", found=found, begun=begun, own=own)


@bp.get("/board")
@admit(admins_only)
def board() -> ResponseReturnValue:
    """Every published call by its stage, the one that has stood there longest first."""
    countries = sorted(
        ((c, code_name("country", c)) for c in talk_queries.countries_of_calls()), key=lambda pair: pair[1]
    )
    kind, country = request.args.get("kind", ""), request.args.get("country", "")
    kind = kind if kind in KINDS else ""
    country = country if country in dict(countries) else ""
    kinds = [(each, kind_name(each, 2)) for each in KINDS]
    asked: dict[str, Any] = {"kind": kind, "country": country, "kinds": kinds, "countries": countries}
    columns = talk_queries.board(kind, country)
    return render_template("partnerships/board.html", columns=columns, lateness=LATENESS, **asked)
