"""Two admins at once: one wins, the other is told; and the log that nobody can change, not even by hand."""

import re
import threading

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from galaxy.accounts.models import Activity
from galaxy.accounts.services import record
from galaxy.content.models import Status
from galaxy.core.db import db
from galaxy.moderation import services
from galaxy.moderation.models import Case, FlagReason
from tests.factories import a_solution, a_user, an_admin
from tests.moderation.test_views import ALL
from tests.readers import Reader
from tests.statements import statements


def a_case(**facts) -> Case:
    author = a_user()
    case = services.submit(a_solution(author=author, status=Status.DRAFT, **facts), author)
    db.session.commit()
    return case


def send(app, reader, path, sent, results, together) -> None:
    """Send a form at the same moment as the others, from a thread with a session of its own."""
    with app.app_context():
        together.wait(timeout=20)
        response = reader.client.post(path, data=sent)
        results.append((response.status_code, response.get_data(as_text=True)))


def test_two_admins_decide_at_the_same_moment_and_one_wins(app, reader):
    case = a_case()
    where = f"/en/moderation/{case.id}"
    readers: list[Reader] = [reader(an_admin(name=name)) for name in ("Ada", "Bob", "Chi", "Dee")]
    forms = [page.form("aside form") for page in [each.get(where) for each in readers]]
    sent = [
        form | ({"verb": "publish", "checks": ALL} if n % 2 else {"verb": "give_back", "reasons": f"Reason {n}."})
        for n, form in enumerate(forms)
    ]
    results: list[tuple[int, str]] = []
    together = threading.Barrier(len(readers))
    db.session.remove()

    threads = [
        threading.Thread(target=send, args=(app, each, where, form, results, together))
        for each, form in zip(readers, sent, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(code for code, _text in results) == [302, 409, 409, 409]
    winner = db.session.get_one(Case, 1).closed_by.name
    told = {re.search(r'role="status">(.*?)</p>', text)[1] for code, text in results if code == 409}
    verb = {"published": "published", "returned": "returned"}[db.session.get_one(Case, 1).outcome.value]
    assert {re.sub(r" (\d+ seconds?|now).*", "", words) for words in told} == {f"{winner} {verb} this"}
    decided = select(Activity.verb).where(Activity.verb.in_(["published", "returned"]))
    assert db.session.scalars(decided).all() == [verb]


@pytest.mark.parametrize("change", [update(Activity).values(reason="Nothing happened."), delete(Activity)])
def test_the_log_cannot_be_changed_not_even_by_hand(app, change):
    record(a_user(), "submitted", a_solution(), reason="As it was.")
    db.session.commit()

    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(change)
    db.session.rollback()

    assert db.session.scalars(select(Activity.reason)).all() == ["As it was."]


@pytest.mark.parametrize("path", ["/en/moderation/", "/en/moderation/flags", "/en/moderation/log"])
def test_one_thing_and_three_take_the_same_number_of_statements(reader, path):
    def one_more(n: int) -> None:
        case = a_case(title=f"Title {n}")
        services.assign(case, an_admin(name=f"Admin {n}"))
        services.flag(a_solution(), a_user(), FlagReason.WRONG, "A figure")
        db.session.commit()

    admin = reader(an_admin())
    one_more(1)
    admin.get(path)
    with_one = statements(lambda: admin.get(path))
    one_more(2)
    one_more(3)

    assert statements(lambda: admin.get(path)) == with_one
