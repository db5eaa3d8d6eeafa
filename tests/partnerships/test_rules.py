"""The table of stages: what is possible from where, for whom, and what is lacking."""

from galaxy.accounts.models import Body
from galaxy.content.models import Entry
from galaxy.core.db import db
from galaxy.partnerships.models import Call, Partnership, Role, Stage
from galaxy.partnerships.rules import lacking, possible
from tests.factories import a_focal_point, a_partnership, a_request, a_solution


def fiji() -> Body:
    return a_focal_point("FJI").bodies[0]


def test_one_query_brings_calls_of_both_kinds_with_what_is_their_own(app):
    request = a_request()
    a_solution()

    assert [type(entry).__name__ for entry in db.session.query(Entry).order_by(Entry.id)] == ["Request", "Solution"]
    assert db.session.query(Call).one().asked == request.asked


def test_triangular_cooperation_lacks_what_nobody_fills(app):
    request = a_request()
    partnership = a_partnership(request, (fiji(), Role.PROVIDER), modality="triangular")

    assert [str(words) for words in lacking("agree", request)] == [
        "Triangular cooperation needs three roles, each filled by a body: a provider, a recipient and a facilitator.",
        "The terms must say from when to when you work together.",
        "Every party must accept the terms first.",
    ]
    assert db.session.get(Partnership, partnership.id).progress == 0


def test_each_stage_offers_its_parties_what_comes_next(app):
    offered = {}
    for stage in Stage:
        request = a_request(author=a_focal_point(), stage=stage)
        if stage in {Stage.IN_TALKS, Stage.AGREED, Stage.UNDER_WAY, Stage.COMPLETED}:
            a_partnership(request, (fiji(), Role.PROVIDER), stage=stage)
        offered[stage.value] = possible(request.author, request)

    assert offered == {
        "open": ["talk", "close"],
        "in talks": ["end_talks", "agree"],
        "agreed": ["renegotiate", "begin", "close"],
        "under way": ["renegotiate", "complete", "close"],
        "completed": [],
        "closed": ["reopen"],
        "expired": ["reopen"],
    }
