"""Who may read, write and confirm an entry."""

import pytest

from galaxy.content.models import Attachment, Status
from galaxy.content.rules import may_confirm, may_edit, may_open, may_read, owns
from galaxy.content.services import revise
from galaxy.core.access import Visitor
from galaxy.core.storage import StoredFile
from galaxy.notifications.services import people as heard_of
from galaxy.partnerships.models import Partnership, Party
from tests.factories import a_body, a_focal_point, a_mandate, a_solution, a_user, an_admin, saved


@pytest.fixture
def people(app):
    body = a_body()
    author = a_focal_point(body=body)
    colleague = a_user()
    a_mandate(colleague, body)
    return {
        "visitor": Visitor(),
        "member": a_user(),
        "another focal point": a_focal_point("FJI"),
        "author": author,
        "colleague": colleague,
        "admin": an_admin(),
    }


def who(rule, thing, people):
    return [name for name, user in people.items() if rule(user, thing)]


FILE = {"sha256": "0", "name": "a.txt", "media_type": "text/plain", "size": 1}
OWNERS = ["author", "colleague", "admin"]


@pytest.mark.parametrize("status", list(Status))
def test_what_is_not_public_is_read_by_its_owners_and_admins(people, status):
    solution = a_solution(author=people["author"], status=status)

    readers = who(may_read, solution, people)

    assert readers == (list(people) if status in {Status.PUBLISHED, Status.ARCHIVED} else OWNERS)


@pytest.mark.parametrize("status", list(Status))
def test_an_entry_is_written_by_its_owners_while_no_admin_reads_it(people, status):
    solution = a_solution(author=people["author"], status=status)

    writers = who(may_edit, solution, people)

    free = {Status.DRAFT, Status.RETURNED, Status.WITHDRAWN, Status.PUBLISHED}
    assert writers == (OWNERS if status in free else [])


def test_a_new_version_that_an_admin_reads_is_not_written(people):
    solution = a_solution(author=people["author"])
    version = revise(solution, {"title": "New"}, people["author"])
    version.status = Status.SUBMITTED

    assert who(may_edit, solution, people) == []


def test_who_leaves_the_body_leaves_its_drafts(people):
    solution = a_solution(author=people["author"], status=Status.DRAFT)
    for mandate in people["author"].mandates:
        mandate.status = "ended"

    assert who(may_read, solution, people) == ["colleague", "admin"]


def test_what_has_several_owners_is_each_ones(people):
    bodies = [people[name].bodies[0] for name in ("author", "another focal point")]
    shared = Partnership(title="Wells together", author=people["member"], parties=[Party(body=body) for body in bodies])

    assert who(owns, shared, people) == ["another focal point", "author", "colleague"]
    assert [user.id for user in heard_of(shared)] == [
        people[name].id for name in ("author", "colleague", "another focal point")
    ]


def test_a_members_draft_is_the_members(people):
    solution = a_solution(author=people["member"], status=Status.DRAFT)

    assert who(may_read, solution, people) == ["member", "admin"]


def test_only_owners_know_whether_it_is_still_true(people):
    assert who(may_confirm, a_solution(author=people["author"]), people) == ["author", "colleague"]


def test_a_file_that_waits_is_opened_by_owners_only(people):
    solution = a_solution(author=people["author"])
    shown, waiting = (
        saved(Attachment(entry_id=solution.id, live=live, file=StoredFile(**FILE))) for live in (True, False)
    )

    assert (who(may_open, shown, people), who(may_open, waiting, people)) == (list(people), OWNERS)
