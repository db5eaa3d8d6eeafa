"""What moderation does to an entry, and whom it tells."""

import pytest
from sqlalchemy import select

from galaxy.accounts.models import Activity
from galaxy.content.models import Status
from galaxy.content.services import revise
from galaxy.core.db import db
from galaxy.moderation.models import FlagOutcome, FlagReason, Outcome
from galaxy.moderation.services import (
    NotPossible,
    TooLate,
    archive,
    assign,
    decline,
    entry_moved,
    flag,
    give_back,
    hide,
    publish,
    put_online,
    settle,
    submit,
    take_back,
    withdraw,
)
from galaxy.notifications.models import Notification
from tests.factories import a_focal_point, a_mandate, a_solution, a_user, an_admin


def told() -> list[tuple[str, str]]:
    """Who has been told what, in order."""
    db.session.commit()
    return [(news.user.name, news.verb) for news in db.session.scalars(select(Notification).order_by(Notification.id))]


def log(thing) -> list[tuple[str, str, str, str]]:
    """The steps of an entry's log: verb, status before and after, reason."""
    rows = db.session.scalars(select(Activity).where(Activity.object_id == thing.id).order_by(Activity.id))
    return [
        (row.verb, (row.before or {}).get("status", ""), (row.after or {}).get("status", ""), row.reason)
        for row in rows
    ]


def test_an_entry_goes_to_the_admins_and_comes_back_with_reasons_and_is_published(app):
    focal, admin = a_focal_point(name="Awa"), an_admin(name="Ada")
    a_mandate(a_user(name="Deputy"), focal.bodies[0])
    entry = a_solution(author=focal, status=Status.DRAFT)

    give_back(submit(entry, focal), admin, "Who says so?", {"evidence": False})
    case = submit(entry, focal)
    assign(case, admin)
    publish(case, admin, {"evidence": True})

    assert told() == [
        ("Ada", "to review"),
        ("Deputy", "submitted"),
        ("Awa", "returned"),
        ("Deputy", "returned"),
        ("Ada", "to review"),
        ("Deputy", "submitted"),
        ("Awa", "wait acknowledged"),
        ("Deputy", "wait acknowledged"),
        ("Awa", "published"),
        ("Deputy", "published"),
    ]
    assert log(entry) == [
        ("submitted", "draft", "submitted", ""),
        ("returned", "submitted", "returned", "Who says so?"),
        ("submitted", "returned", "submitted", ""),
        ("assigned", "", "", ""),
        ("acknowledged", "", "", ""),
        ("published", "submitted", "published", ""),
    ]
    assert (entry.status, case.outcome, case.closed_by) == (Status.PUBLISHED, Outcome.PUBLISHED, admin)
    assert entry.endorsed_by == focal.bodies[0]
    assert entry.published_at == entry.confirmed_at


def test_what_a_member_shares_is_not_endorsed(app):
    member, admin = a_user(), an_admin()
    entry = a_solution(author=member, status=Status.DRAFT)

    publish(submit(entry, member), admin, {})

    assert (entry.status, entry.endorsed_by, entry.endorsed_at) == (Status.PUBLISHED, None, None)


def test_the_day_of_publication_stays_when_it_is_published_again(app):
    member, admin = a_user(), an_admin()
    entry = a_solution(author=member)
    first = entry.published_at

    withdraw(entry, member, "We check a number.")
    publish(submit(entry, member), admin, {})

    assert entry.published_at == first
    assert entry.confirmed_at > first


def test_a_step_that_cannot_be_taken_says_what_can(app):
    member, admin = a_user(), an_admin()
    entry = a_solution(author=member, status=Status.DRAFT)

    with pytest.raises(NotPossible) as refused:
        archive(entry, member)
    assert refused.value.instead == ["submit"]

    case = submit(entry, member)
    with pytest.raises(NotPossible) as refused:
        publish(case, member, {})
    assert (refused.value.instead, entry.status) == (["take_back", "withdraw"], Status.SUBMITTED)

    decline(case, admin, "Not from the South.")
    with pytest.raises(TooLate):
        publish(case, admin, {})
    with pytest.raises(NotPossible) as refused:
        submit(entry, member)
    assert refused.value.instead == []


def test_what_is_in_the_queue_can_be_taken_back(app):
    member = a_user()
    entry = a_solution(author=member, status=Status.DRAFT)
    case = submit(entry, member)

    take_back(entry, member)

    assert (entry.status, case.outcome) == (Status.DRAFT, Outcome.TAKEN_BACK)


def test_a_flag_that_is_dismissed_shows_a_hidden_entry_again(app):
    author, reader, admin = a_user(name="Awa"), a_user(name="Reader"), an_admin(name="Ada")
    entry = a_solution(author=author)

    raised = flag(entry, reader, FlagReason.WRONG, "The figure is of another village.")
    hide(entry, admin)
    hidden = entry.status
    settle(raised, admin, FlagOutcome.DISMISSED, "It is right.")

    assert (hidden, entry.status) == (Status.REVIEW, Status.PUBLISHED)
    assert told() == [("Ada", "flagged"), ("Awa", "hidden"), ("Reader", "flag dismissed"), ("Awa", "restored")]


def test_a_flag_that_is_upheld_takes_the_entry_down_and_settles_the_others(app):
    author, admin = a_user(name="Awa"), an_admin(name="Ada")
    entry = a_solution(author=author)
    first, second = (flag(entry, a_user(name=name), FlagReason.RIGHTS) for name in ("One", "Two"))

    settle(first, admin, FlagOutcome.UPHELD, "The picture is not theirs.")

    assert (entry.status, first.outcome, second.outcome) == (
        Status.WITHDRAWN,
        FlagOutcome.UPHELD,
        FlagOutcome.UPHELD,
    )
    assert told()[2:] == [("Awa", "taken down"), ("One", "flag upheld"), ("Two", "flag upheld")]


def test_a_second_flag_of_the_same_reader_takes_the_place_of_the_first(app):
    reader, entry = a_user(), a_solution()

    first = flag(entry, reader, FlagReason.WRONG, "One")
    second = flag(entry, reader, FlagReason.RIGHTS, "Two")

    assert (first is second, first.reason, first.text) == (True, FlagReason.RIGHTS, "Two")


def test_an_import_is_put_online_by_galaxy_itself_and_not_by_members(app):
    entry = a_solution(status=Status.DRAFT)

    with pytest.raises(NotPossible):
        put_online(entry, a_user())
    put_online(entry)

    assert (entry.status, told(), log(entry)) == (
        Status.PUBLISHED,
        [],
        [("published", "draft", "published", "")],
    )


def test_whoever_listens_hears_where_an_entry_stands_now_and_nothing_of_its_new_versions(app):
    heard = []

    def hear(entry, by=None, verb="", **_more):
        heard.append((verb, entry.status.value, by.name if by else "", entry.published_at is not None))

    entry_moved.connect(hear)
    member, admin = a_user(name="Awa"), an_admin(name="Ada")
    entry = a_solution(author=member, status=Status.DRAFT)
    give_back(submit(entry, member), admin, "Who says so?", {})
    publish(submit(entry, member), admin, {})
    publish(submit(entry, member, revise(entry, {"title": "Another"}, member)), admin, {})
    archive(entry, member)
    put_online(a_solution(status=Status.DRAFT))

    assert heard == [
        ("submitted", "submitted", "Awa", False),
        ("returned", "returned", "Ada", False),
        ("submitted", "submitted", "Awa", False),
        ("published", "published", "Ada", True),
        ("archived", "archived", "Awa", True),
        ("published", "published", "", True),
    ]
