"""From a call to its outcome: what each act changes, whom it tells, and what it refuses with which words."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from galaxy.accounts import mandates
from galaxy.accounts import services as accounts
from galaxy.accounts.models import Activity, User
from galaxy.content.models import Link, Relation, Status
from galaxy.core.db import db, now
from galaxy.core.mail import Letter
from galaxy.core.storage import Refused
from galaxy.moderation import services as moderation
from galaxy.moderation.models import Wait, WaitKind
from galaxy.notifications.models import Notification
from galaxy.partnerships import absent, services, tasks
from galaxy.partnerships.models import Call, Interest, InterestStatus, Partnership, Request, Role, Stage
from galaxy.partnerships.services import Changed, NotPossible, Terms
from tests.factories import a_focal_point, a_mandate, a_request, a_solution, a_user, an_admin, an_interest

WORDS = "We have trained repairers for ten years."
TODAY = now().date()


def fiji() -> User:
    return a_focal_point("FJI", name="Sera")


def terms(partnership: Partnership, **said) -> Terms:
    """The terms as they stand, with what is said otherwise."""
    gives = {party.body_id: {"person_days": 30, "in_kind": "Rooms"} for party in partnership.parties}
    facts = {
        "modality": partnership.modality,
        "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=200),
        "terms": "Three weeks in each region.",
        "costs_public": False,
        "roles": {},
        "gives": gives,
        "milestones": [{"title": "First course", "due_on": None}, {"title": "Second course", "due_on": None}],
        "base": services.digest_of(partnership),
    }
    return Terms(**facts | said)


def in_talks(other: User | None = None, **facts) -> Partnership:
    request = a_request(**facts)
    other = other or fiji()
    interest = services.express(request, other.bodies[0], Role.PROVIDER, WORDS, other)
    return services.accept(interest, request.author)


def agreed(partnership: Partnership, *people: User) -> Partnership:
    services.set_terms(partnership, terms(partnership), people[0])
    for user in people:
        services.accept_terms(partnership, user, services.digest_of(partnership))
    return partnership


def whole(**facts) -> tuple[Partnership, User, User]:
    """A partnership in talks, who called, and who answered."""
    partnership = in_talks(**facts)
    return partnership, partnership.call.author, partnership.parties[1].body.holders[0]


def refused(act, *args, **facts) -> tuple[str, list[str]]:
    """The words of a refusal and what is possible instead, after which nothing has changed."""
    db.session.commit()
    before = everything()
    with pytest.raises(NotPossible) as refusal:
        act(*args, **facts)
    assert not db.session.dirty
    assert not db.session.new
    assert everything() == before
    return str(refusal.value), refusal.value.instead


def everything() -> list[object]:
    db.session.flush()
    db.session.expire_all()
    return [
        [(call.id, call.stage, call.deadline) for call in db.session.scalars(select(Call).order_by(Call.id))],
        [(each.id, each.status, each.reason) for each in db.session.scalars(select(Interest).order_by(Interest.id))],
        [
            (each.id, each.stage, services.digest_of(each), [party.accepted_at for party in each.parties])
            for each in db.session.scalars(select(Partnership).order_by(Partnership.id))
        ],
        db.session.scalars(select(Activity.id).order_by(Activity.id)).all(),
        db.session.scalars(select(Notification.id).order_by(Notification.id)).all(),
    ]


def news() -> list[tuple[str, str]]:
    """Who was told what, in order."""
    db.session.flush()
    rows = db.session.scalars(select(Notification).order_by(Notification.id))
    return [(each.user.name, each.verb) for each in rows]


def logged(kind: str) -> list[tuple[str, object, object]]:
    rows = select(Activity).where(Activity.object_kind == kind).order_by(Activity.id)
    return [(row.verb, row.before, row.after) for row in db.session.scalars(rows)]


# Calls and interests.


def test_a_call_begins_as_a_draft_of_its_authors_body_and_remembers_what_it_was_born_from(app):
    author, solution = a_focal_point(), a_solution()
    said = {"title": "Who can adapt this?", "asked": "Training", "deadline": (TODAY + timedelta(days=9)).isoformat()}

    call = services.begin(Request, said, author, agreed=True, from_=solution)

    assert (call.status, call.stage, call.body, call.missing) == (
        Status.DRAFT,
        Stage.OPEN,
        author.bodies[0],
        ["country", "means", "sdg"],
    )
    assert db.session.get(Link, (call.id, Relation.BORN_FROM, solution.id)) is not None


def test_a_deadline_in_the_past_is_refused(app):
    author = a_focal_point()
    yesterday = TODAY - timedelta(days=1)
    late = "The last day for answers has passed. Choose a later day, or none."
    closed = a_request(author=author, stage=Stage.CLOSED)

    assert refused(services.begin, Request, {"title": "Late", "deadline": yesterday.isoformat()}, author)[0] == late
    assert refused(services.take, "reopen", closed, author, deadline=yesterday)[0] == late


def test_the_first_accepted_answer_begins_talks_and_only_those_concerned_are_told(app):
    request, sera = a_request(sdgs=["6", "13"], modality="south-south"), fiji()
    an_admin()

    interest = services.express(request, sera.bodies[0], Role.PROVIDER, WORDS, sera)
    partnership = services.accept(interest, request.author)

    assert (request.stage, partnership.stage, partnership.status) == (Stage.IN_TALKS, Stage.IN_TALKS, Status.DRAFT)
    assert [(p.body.country, p.role, p.accepted_at) for p in partnership.parties] == [
        ("BFA", Role.RECIPIENT, None),
        ("FJI", Role.PROVIDER, None),
    ]
    assert (interest.status, interest.partnership_id) == (InterestStatus.ACCEPTED, partnership.id)
    assert (partnership.codes("country"), partnership.codes("sdg")) == (["BFA", "FJI"], ["6", "13"])
    assert news() == [("A focal point", "interest"), ("Sera", "interest accepted")]
    assert logged("interest") == [
        ("interested", None, {"status": "waiting", "body": sera.bodies[0].id, "role": "provider", "call": request.id}),
        ("accepted", {"status": "waiting"}, {"status": "accepted"}),
    ]
    assert logged("requests") == [("talks begun", {"stage": "open"}, {"stage": "in talks"})]
    assert [verb for verb, _before, _after in logged("partnerships")] == ["revised", "talks begun"]


def test_the_mail_of_an_answer_carries_its_words_to_the_caller_alone(app):
    request, sera = a_request(), fiji()

    services.express(request, sera.bodies[0], Role.PROVIDER, WORDS, sera)
    db.session.flush()

    letters = db.session.scalars(select(Letter)).all()
    assert [(letter.to, WORDS in letter.text) for letter in letters] == [(request.author.email, True)]


def test_a_body_is_no_partner_of_itself(app):
    request = a_request()
    mine = request.author.bodies[0]

    assert refused(services.express, request, mine, Role.PROVIDER, WORDS, request.author) == (
        "Nobody can be a partner of themselves: this is your own call.",
        ["close"],
    )


def test_nobody_answers_twice_nor_for_a_body_whose_mandate_has_ended_meanwhile(app):
    request, sera = a_request(), fiji()
    services.express(request, sera.bodies[0], Role.PROVIDER, WORDS, sera)

    twice = refused(services.express, request, sera.bodies[0], Role.FACILITATOR, WORDS, sera)[0]
    body = sera.bodies[0]
    mandates.end(sera.mandates[0], an_admin(), "Gone")
    ended = refused(services.express, request, body, Role.FACILITATOR, WORDS, sera)[0]

    assert twice == "Focal point of FJI has answered already. You can write in the conversation about it."
    assert ended == (
        "Only those who act for the institutions concerned may do this. "
        "If you did until now, your mandate may have ended."
    )


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"status": Status.DRAFT}, "It is not published at present. It must be published again first."),
        ({"stage": Stage.CLOSED}, "This is not possible any more: it is closed."),
        ({"deadline": TODAY - timedelta(days=2)}, "The last day for answers has passed."),
    ],
)
def test_a_call_that_is_not_open_takes_no_answers(app, facts, words):
    request, sera = a_request(**facts), fiji()

    assert refused(services.express, request, sera.bodies[0], Role.PROVIDER, WORDS, sera) == (words, [])


def test_a_role_is_filled_once_but_in_a_region_several_may_fill_it(app):
    sera, ana = fiji(), a_focal_point("WSM", name="Ana")
    request, regional = a_request(), a_request(author=a_focal_point("TON"), modality="regional")

    taken = refused(services.express, request, sera.bodies[0], Role.RECIPIENT, WORDS, sera)[0]
    for user, role in ((sera, Role.RECIPIENT), (ana, Role.PROVIDER)):
        services.accept(services.express(regional, user.bodies[0], role, WORDS, user), regional.author)

    assert taken == "Another body is the recipient already. Please choose another role."
    assert [party.role for party in regional.partnership.parties] == [Role.RECIPIENT, Role.RECIPIENT, Role.PROVIDER]


def test_of_two_who_wait_for_one_role_the_second_is_refused_and_may_still_be_declined(app):
    request, sera, ana = a_request(), fiji(), a_focal_point("WSM", name="Ana")
    first, second = (services.express(request, u.bodies[0], Role.PROVIDER, WORDS, u) for u in (sera, ana))
    services.accept(first, request.author)

    assert refused(services.accept, second, request.author) == (
        "Another body is the provider already. Please choose another role.",
        ["accept", "decline", "write"],
    )
    services.decline(second, request.author, "We found somebody.")
    assert (second.status, second.reason, news()[-1]) == (
        InterestStatus.DECLINED,
        "We found somebody.",
        ("Ana", "interest declined"),
    )


def test_declining_needs_a_reason_which_the_log_does_not_repeat(app):
    interest = an_interest(a_request())
    by = interest.call.author

    assert refused(services.decline, interest, by, "  ")[0] == "Please say why, in a sentence or two."
    services.decline(interest, by, "Too far away.")
    assert db.session.scalars(select(Activity.reason).where(Activity.reason != "")).all() == []
    assert refused(services.accept, interest, by) == (
        "This is not possible any more: the answer has been declined.",
        [],
    )


def test_an_answer_is_taken_back_by_its_own_side_only(app):
    interest = an_interest(a_request())
    sera = interest.body.holders[0]

    assert refused(services.withdraw, interest, interest.call.author)[1] == ["accept", "decline", "write"]
    services.withdraw(interest, sera)
    assert (interest.status, news()) == (InterestStatus.WITHDRAWN, [("A focal point", "interest withdrawn")])
    again = services.express(interest.call, sera.bodies[0], Role.PROVIDER, WORDS, sera)
    assert again.status == InterestStatus.WAITING


def test_a_members_own_call_is_answered_to_them_but_needs_an_endorsement_for_talks(app):
    member, sera = a_user(name="Awa"), fiji()
    request = a_request(author=member)
    interest = services.express(request, sera.bodies[0], Role.PROVIDER, WORDS, sera)

    assert refused(services.accept, interest, member)[0] == (
        "A member posted this. A focal point of the country must endorse it before talks can begin."
    )
    minister = a_focal_point(name="Minister")
    moderation.endorse(request, minister)
    partnership = services.accept(interest, minister)
    assert [party.body.country for party in partnership.parties] == ["BFA", "FJI"]
    assert ("Awa", "interest") in news()


# Terms.


def test_agreed_is_what_every_party_has_accepted_as_it_stands(app):
    partnership, burkina, sera = whole()
    services.set_terms(partnership, terms(partnership), burkina)
    base = services.digest_of(partnership)

    services.accept_terms(partnership, burkina, base)
    between = partnership.stage
    services.accept_terms(partnership, sera, base)

    assert (between, partnership.stage, partnership.call.stage) == (Stage.IN_TALKS, Stage.AGREED, Stage.AGREED)
    assert [party.accepted_by for party in partnership.parties] == [burkina, sera]
    assert news()[2:] == [("Sera", "terms changed"), ("Sera", "terms accepted"), ("A focal point", "agreed")]


def test_changed_terms_take_every_acceptance_back_and_old_ones_cannot_be_accepted(app):
    partnership, burkina, sera = whole()
    services.set_terms(partnership, terms(partnership), burkina)
    old = services.digest_of(partnership)
    services.accept_terms(partnership, burkina, old)

    services.set_terms(partnership, terms(partnership, terms="Two weeks."), sera)

    assert [party.accepted_at for party in partnership.parties] == [None, None]
    words = "The terms have changed since you read them. Please read them again."
    assert refused(services.accept_terms, partnership, sera, old)[0] == words
    with pytest.raises(Changed):
        services.set_terms(partnership, terms(partnership, base=old), burkina)


def test_terms_said_again_as_they_are_change_nothing(app):
    partnership, burkina, sera = whole()
    services.set_terms(partnership, terms(partnership), burkina)
    services.accept_terms(partnership, burkina, services.digest_of(partnership))
    db.session.commit()
    before = everything()

    services.set_terms(partnership, terms(partnership), sera)

    assert everything() == before


def test_terms_that_lack_something_are_accepted_by_nobody(app):
    partnership, burkina, _sera = whole(modality="triangular")

    assert refused(services.accept_terms, partnership, burkina, services.digest_of(partnership)) == (
        "Triangular cooperation needs three roles, each filled by a body: a provider, a recipient and a facilitator. "
        "The terms must say from when to when you work together.",
        ["set_terms", "accept_terms", "write", "end_talks"],
    )


def test_a_triangle_gets_its_facilitator_by_a_further_answer(app):
    partnership, burkina, sera = whole(modality="triangular")
    services.set_terms(partnership, terms(partnership), burkina)
    ana = a_focal_point("BRA", name="Ana")
    interest = services.express(partnership.call, ana.bodies[0], Role.FACILITATOR, WORDS, ana)

    assert services.accept(interest, burkina) is partnership
    agreed(partnership, burkina, sera, ana)

    assert partnership.stage == Stage.AGREED
    assert ("Sera", "party joined") in news()


def test_a_body_that_joins_takes_every_acceptance_back(app):
    partnership, burkina, sera = whole()
    services.set_terms(partnership, terms(partnership), burkina)
    services.accept_terms(partnership, sera, services.digest_of(partnership))
    ana = a_focal_point("BRA", name="Ana")

    services.accept(services.express(partnership.call, ana.bodies[0], Role.FACILITATOR, WORDS, ana), burkina)

    assert [party.accepted_at for party in partnership.parties] == [None, None, None]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"modality": "global"}, "Please choose a way of cooperating from the list."),
        ({"ends_on": TODAY - timedelta(days=1)}, "The last day of the period comes before its first day."),
        ({"roles": {0: Role.PROVIDER}}, "Somebody named in these terms is not a party. Please read them again."),
        ({"roles": "same"}, "Each role is filled by one party, except in cooperation within a region."),
        (
            {"gives": {1: {"money": -1}}},
            "What a party gives must be whole numbers that are not below zero, in a currency of the list.",
        ),
        (
            {"gives": {1: {"money": 1, "currency": "BTC"}}},
            "What a party gives must be whole numbers that are not below zero, in a currency of the list.",
        ),
        ({"milestones": [{"title": " "}]}, "Each milestone needs a title of its own."),
    ],
)
def test_terms_that_cannot_be_are_refused(app, said, words):
    partnership, burkina, _sera = whole()
    ids = [party.body_id for party in partnership.parties]
    if said.get("roles") == "same":
        said = {"roles": dict.fromkeys(ids, Role.PROVIDER)}
    if "gives" in said:
        said = {"gives": {ids[0]: said["gives"][1]}}

    assert refused(services.set_terms, partnership, terms(partnership, **said), burkina)[0] == words


def test_a_large_sum_in_a_small_currency_is_kept(app):
    partnership, burkina, _sera = whole()
    body = burkina.bodies[0].id

    services.set_terms(partnership, terms(partnership, gives={body: {"money": 40 * 10**9, "currency": "IDR"}}), burkina)
    db.session.commit()

    assert partnership.parties[0].gives["money"] == 40_000_000_000


def test_who_acts_for_two_parties_accepts_for_each(app):
    partnership, burkina, sera = whole()
    a_mandate(burkina, sera.bodies[0])
    services.set_terms(partnership, terms(partnership), burkina)
    base = services.digest_of(partnership)

    services.accept_terms(partnership, burkina, base)
    first = partnership.stage
    services.accept_terms(partnership, burkina, base)

    assert (first, partnership.stage) == (Stage.IN_TALKS, Stage.AGREED)


def test_agreeing_ends_the_answers_that_still_wait(app):
    partnership, burkina, sera = whole()
    waiting = an_interest(partnership.call, a_focal_point("BRA", name="Ana").bodies[0])

    agreed(partnership, burkina, sera)

    assert (waiting.status, waiting.why) == (InterestStatus.ENDED, "The parties agreed with others.")
    assert ("Ana", "interest ended") in news()


# Leaving, ending, closing, opening again.


def test_a_party_that_leaves_lets_the_others_go_on_and_may_answer_again(app):
    partnership, burkina, _sera = whole(modality="triangular")
    ana = a_focal_point("BRA", name="Ana")
    interest = services.express(partnership.call, ana.bodies[0], Role.FACILITATOR, WORDS, ana)
    services.accept(interest, burkina)

    services.leave(partnership, ana, "Our budget was cut.")

    assert [party.body.country for party in partnership.parties] == ["BFA", "FJI"]
    assert (interest.status, partnership.stage) == (InterestStatus.WITHDRAWN, Stage.IN_TALKS)
    assert [post.text for post in partnership.posts] == ["Our budget was cut."]
    assert [told for told in news() if told[1] == "party left"] == [
        ("A focal point", "party left"),
        ("Sera", "party left"),
    ]
    services.express(partnership.call, ana.bodies[0], Role.FACILITATOR, WORDS, ana)


def test_who_called_does_not_leave_and_the_last_other_party_ends_the_talks(app):
    partnership, burkina, sera = whole()

    assert refused(services.leave, partnership, burkina, "No time.")[0] == (
        "Who called cannot leave. You can end the talks."
    )
    services.leave(partnership, sera, "No time.")

    assert (partnership.stage, partnership.closing, partnership.call.stage) == (Stage.CLOSED, "No time.", Stage.OPEN)
    assert partnership.call.partnership is None


def test_talks_that_end_open_the_call_again_for_who_still_waits_and_for_who_was_in_them(app):
    partnership, burkina, sera = whole()
    waiting = an_interest(partnership.call, a_focal_point("BRA").bodies[0])

    services.take("end_talks", partnership.call, burkina, "We do not agree on the dates.")
    again = services.express(partnership.call, sera.bodies[0], Role.PROVIDER, WORDS, sera)
    second = services.accept(again, burkina)

    assert (waiting.status, partnership.stage, second.stage) == (InterestStatus.WAITING, Stage.CLOSED, Stage.IN_TALKS)
    assert partnership.call.partnership is second
    assert db.session.scalars(select(Activity.reason).where(Activity.reason != "")).all() == []


def test_an_admin_who_closes_says_why_and_the_log_keeps_it(app):
    partnership, _burkina, _sera = whole()
    admin = an_admin()

    assert refused(services.take, "end_talks", partnership.call, admin)[0] == (
        "Please say why, so that those concerned can understand it."
    )
    services.take("end_talks", partnership.call, admin, "Nobody has written for a year.")

    assert [told for told in news() if told[1] == "talks ended"] == [
        ("A focal point", "talks ended"),
        ("Sera", "talks ended"),
    ]
    assert (
        db.session.scalars(select(Activity.reason).where(Activity.verb == "talks ended")).all()
        == ["Nobody has written for a year."] * 2
    )


def test_a_closed_call_takes_no_answers_and_is_opened_again_with_another_last_day(app):
    request = a_request()
    waiting = an_interest(request)

    services.take("close", request, request.author, "We found the money ourselves.")
    closed = request.stage
    services.take("reopen", request, request.author, deadline=TODAY + timedelta(days=30))

    assert (closed, request.stage, request.deadline) == (Stage.CLOSED, Stage.OPEN, TODAY + timedelta(days=30))
    assert (waiting.status, waiting.why) == (InterestStatus.ENDED, "We found the money ourselves.")
    assert ("A focal point", "interest ended") in news()


def test_impossible_steps_answer_with_what_is_possible(app):
    partnership, burkina, sera = whole()
    call = partnership.call

    assert refused(services.take, "begin", call, burkina) == (
        "This is not possible while talks go on.",
        ["end_talks"],
    )
    agreed(partnership, burkina, sera)
    assert refused(services.take, "complete", call, sera) == (
        "This is not possible now: the parties have agreed on their terms.",
        ["renegotiate", "begin", "close"],
    )
    services.take("begin", call, sera)
    assert refused(services.take, "complete", call, sera) == (
        "Say first what came of it: in words, or as a number with its source.",
        ["renegotiate", "complete", "close"],
    )
    assert refused(services.take, "expire", call, an_admin())[0] == ("This is not possible now: the work is under way.")


def test_reopened_talks_forget_what_was_accepted(app):
    partnership, burkina, sera = whole()
    agreed(partnership, burkina, sera)

    services.take("renegotiate", partnership.call, sera, "The rains came early.")

    assert [party.accepted_at for party in partnership.parties] == [None, None]
    assert (partnership.stage, [post.text for post in partnership.posts]) == (Stage.IN_TALKS, ["The rains came early."])


def test_work_goes_from_reports_to_results(app):
    partnership, burkina, sera = whole()
    agreed(partnership, burkina, sera)
    services.take("begin", partnership.call, burkina)
    first = partnership.milestones[0]

    services.report(partnership, sera, first.id, 60, "Twelve of twenty.")
    partnership.apply(
        {"results": "Sixty repairers work.", "outcomes": [{"value": "60", "label": "repairers", "source": "us"}]}
    )
    services.take("complete", partnership.call, burkina)

    assert (first.progress, partnership.progress, partnership.stage) == (60, 30, Stage.COMPLETED)
    assert logged("partnerships")[-2] == (
        "reported",
        {"progress": {str(first.id): 0, str(partnership.milestones[1].id): 0}},
        {"progress": {str(first.id): 60, str(partnership.milestones[1].id): 0}, "body": sera.bodies[0].id},
    )
    assert news()[-2:] == [("A focal point", "reported"), ("Sera", "partnership completed")]


@pytest.mark.parametrize(
    ("milestone", "progress", "text", "words"),
    [
        (0, 50, "", "This milestone is no longer among the terms. Please look again."),
        (None, 50, "", "How far a milestone has come is a number from 0 to 100."),
        (1, 101, "", "How far a milestone has come is a number from 0 to 100."),
        (1, None, " ", "Please say how far the work has come."),
    ],
)
def test_a_report_that_says_nothing_is_refused(app, milestone, progress, text, words):
    partnership, burkina, sera = whole()
    agreed(partnership, burkina, sera)
    found = partnership.milestones[0].id if milestone else milestone

    assert refused(services.report, partnership, sera, found, progress, text)[0] == words


def test_milestones_keep_how_far_they_have_come_when_terms_are_written_anew(app):
    partnership, burkina, sera = whole()
    agreed(partnership, burkina, sera)
    services.report(partnership, sera, partnership.milestones[1].id, 80, "")
    services.take("renegotiate", partnership.call, sera)

    steps = [{"title": "Second course", "due_on": None}, {"title": "Third course", "due_on": TODAY}]
    services.set_terms(partnership, terms(partnership, milestones=steps), burkina)
    db.session.commit()

    assert [(m.title, m.progress) for m in partnership.milestones] == [("Second course", 80), ("Third course", 0)]


# Private threads.


def a_file(name: str = "plan.txt", content: bytes = b"Week one: wells.") -> FileStorage:
    return FileStorage(io.BytesIO(content), name)


def test_both_sides_write_and_send_files_and_only_they_are_told(app):
    interest = an_interest(a_request())
    an_admin()
    sera = interest.body.holders[0]

    services.write(interest, "How many weeks?", interest.call.author)
    post = services.write(interest, "", sera, [a_file()])
    db.session.flush()

    assert [(p.body.country, p.text) for p in interest.posts] == [("BFA", "How many weeks?"), ("FJI", "")]
    assert [each.file.name for each in post.files] == ["plan.txt"]
    assert news() == [("A focal point", "private message"), ("A focal point", "private message")]
    texts = [(letter.to, "How many weeks?" in letter.text) for letter in db.session.scalars(select(Letter))]
    assert texts == [(sera.email, True), (interest.call.author.email, False)]


def test_what_is_empty_unasked_or_over_is_not_written(app):
    interest, admin = an_interest(a_request()), an_admin()
    by = interest.call.author

    assert refused(services.write, interest, " ", by)[0] == "Please write something, or choose a file."
    assert refused(services.write, interest, "I see.", admin)[0].startswith("Only those who act for")
    services.decline(interest, by, "No.")
    assert refused(services.write, interest, "Please!", interest.body.holders[0])[0] == (
        "This conversation has ended. It can still be read."
    )


def test_a_file_that_is_not_taken_says_why(app):
    interest = an_interest(a_request())

    with pytest.raises(Refused, match="Please send a PDF"):
        services.write(interest, "", interest.call.author, [a_file("run.exe", b"MZ\x90\x00")])


def test_admins_read_once_they_are_asked_in_and_each_look_is_noted_once_a_day(app):
    partnership, burkina, _sera = whole()
    admin = an_admin()

    services.invite_admins(partnership, burkina)
    services.write(partnership, "May I help?", admin)
    for _look in range(2):
        services.looked_in(partnership, admin)
    services.let_admins_go(partnership, burkina)

    assert refused(services.write, partnership, "Still here.", admin)[0].startswith("Only those who act for")
    verbs = [verb for verb, _before, _after in logged("partnerships")][2:]
    assert verbs == ["asked admins in", "wrote privately", "looked in", "let admins go"]
    assert [told for told in news() if told[1] in {"asked in", "admins can read"}] == [
        ("An admin", "asked in"),
        ("Sera", "admins can read"),
    ]


def test_notes_written_at_once_do_not_swallow_each_other(app):
    partnership, burkina, sera = whole()
    base = services.digest_of_notes(partnership)

    services.keep_notes(partnership, "Call on Monday.", base, burkina)

    assert refused(services.keep_notes, partnership, "Call on Friday.", base, sera)[0] == (
        "Somebody else has changed the notes. Please read theirs first."
    )
    assert partnership.notes == "Call on Monday."


def test_the_agreement_before_stays_in_the_thread(app):
    partnership, burkina, sera = whole()

    services.keep_agreement(partnership, a_file("first.txt"), burkina)
    services.keep_agreement(partnership, a_file("second.txt"), sera)

    assert partnership.agreement.name == "second.txt"
    assert [file.file.name for post in partnership.posts for file in post.files] == ["first.txt"]


# The clock, and those who are gone.


def test_open_calls_expire_after_their_last_day_once_and_say_so(app):
    late, later_on, talking = a_request(), a_request(author=a_focal_point("NER")), in_talks(author=a_focal_point("MLI"))
    waiting = an_interest(late, a_focal_point("BRA", name="Ana").bodies[0])
    late.deadline = talking.call.deadline = TODAY - timedelta(days=2)
    later_on.deadline = TODAY + timedelta(days=2)
    a_request(author=a_focal_point("TCD"), status=Status.DRAFT, deadline=TODAY - timedelta(days=2))
    db.session.commit()

    tasks.expire()
    tasks.expire()

    assert [call.stage for call in db.session.scalars(select(Call).order_by(Call.id))] == [
        Stage.EXPIRED,
        Stage.OPEN,
        Stage.IN_TALKS,
        Stage.OPEN,
    ]
    assert (waiting.status, waiting.why) == (InterestStatus.ENDED, "The last day for answers has passed.")
    assert news()[-2:] == [("Ana", "interest ended"), ("A focal point", "call expired")]
    assert [verb for verb, *_more in logged("requests")].count("expired") == 1


def test_admins_hear_once_of_a_party_for_whom_nobody_acts_and_again_after_somebody_did(app):
    partnership, _burkina, sera = whole()
    admin, body = an_admin(), sera.bodies[0]

    def told() -> int:
        return news().count(("An admin", "left alone"))

    mandates.end(sera.mandates[0], admin, "Gone")
    tasks.tell_of_the_vanished()
    after_end = told()
    mandate = a_mandate(a_user(name="Ravi"), body)
    tasks.tell_of_the_vanished()
    mandate.ends_on = TODAY - timedelta(days=1)
    db.session.commit()
    tasks.tell_of_the_vanished()
    tasks.tell_of_the_vanished()

    assert (after_end, told()) == (1, 2)
    assert (partnership.stage, len(partnership.parties)) == (Stage.IN_TALKS, 2)


def test_admins_hear_of_a_call_that_is_answered_to_nobody(app):
    request, admin = a_request(), an_admin()
    mandates.end(request.author.mandates[0], admin, "Gone")
    sera = fiji()

    services.express(request, sera.bodies[0], Role.PROVIDER, WORDS, sera)
    absent.look_for()

    assert news() == [("A focal point", "mandate ended"), ("An admin", "nobody to answer")]


def test_ones_own_words_are_exported_and_stay_with_the_others_when_the_account_goes(app):
    request, sera = a_request(), fiji()
    interest = services.express(request, sera.bodies[0], Role.PROVIDER, WORDS, sera)
    services.write(interest, "We can come in May.", sera)
    an_admin()

    taken = accounts.export(sera)
    accounts.delete(sera)
    db.session.commit()

    assert [(each["message"], each["status"]) for each in taken["expressions of interest"]] == [(WORDS, "waiting")]
    assert [each["text"] for each in taken["private threads"]] == ["We can come in May."]
    assert [(post.author.name, post.text) for post in interest.posts] == [("", "We can come in May.")]
    assert (interest.status, interest.message) == (InterestStatus.WAITING, WORDS)


def waits(kind: WaitKind) -> list[tuple[str, str, bool, bool]]:
    """The waits of a kind: by whom, from whom, answered or not, ended or not."""
    rows = db.session.scalars(select(Wait).where(Wait.kind == kind).order_by(Wait.id))
    return [
        (
            each.asker_body.country if each.asker_body else "",
            each.body.country if each.body else each.recipient.name if each.recipient else "admins",
            each.answered_at is not None,
            each.ended_at is not None,
        )
        for each in rows
    ]


def test_a_published_request_waits_for_its_first_answer_and_that_one_for_the_caller(app):
    author, sera = a_focal_point(), fiji()
    request = a_request(author=author, status=Status.DRAFT)
    moderation.put_online(request)
    before = waits(WaitKind.REQUEST)

    interest = services.express(request, sera.bodies[0], Role.PROVIDER, WORDS, sera)
    unanswered = waits(WaitKind.INTEREST)
    services.write(interest, "Anybody there?", sera)
    still = waits(WaitKind.INTEREST)
    services.write(interest, "How many weeks?", author)

    assert before == [("BFA", "admins", False, False)]
    assert waits(WaitKind.REQUEST) == [("BFA", "Sera", True, False)]
    assert unanswered == still == [("FJI", "BFA", False, False)]
    assert waits(WaitKind.INTEREST) == [("FJI", "BFA", True, False)]


def test_accepting_and_declining_answer_what_waits_and_taking_back_ends_it(app):
    request = a_request(modality="regional")
    people = [a_focal_point(country) for country in ("FJI", "WSM", "TON")]
    first, second, third = (services.express(request, u.bodies[0], Role.PROVIDER, WORDS, u) for u in people)

    services.accept(first, request.author)
    services.decline(second, request.author, "No.")
    services.withdraw(third, people[2])

    assert waits(WaitKind.INTEREST) == [
        ("FJI", "BFA", True, False),
        ("WSM", "BFA", True, False),
        ("TON", "BFA", False, True),
    ]


def test_a_call_that_leaves_the_site_ends_what_waits_while_its_partnership_goes_on(app):
    partnership, burkina, _sera = whole()
    waiting = services.express(
        partnership.call, (ana := a_focal_point("BRA", name="Ana")).bodies[0], Role.FACILITATOR, WORDS, ana
    )

    moderation.withdraw(partnership.call, burkina)
    services.write(partnership, "Let us go on.", burkina)

    assert (waiting.status, waiting.why) == (InterestStatus.ENDED, "The call has left the site.")
    assert waits(WaitKind.INTEREST)[-1] == ("BRA", "BFA", False, True)
    assert (partnership.stage, partnership.call.stage) == (Stage.IN_TALKS, Stage.IN_TALKS)
    assert ("Ana", "interest ended") in news()


def test_a_request_that_closes_waits_no_longer_and_waits_anew_when_it_is_opened_again(app):
    request = a_request(status=Status.DRAFT)
    moderation.put_online(request)

    services.take("close", request, request.author)
    closed = waits(WaitKind.REQUEST)
    services.take("reopen", request, request.author)

    assert closed == [("BFA", "admins", False, True)]
    assert waits(WaitKind.REQUEST) == [("BFA", "admins", False, True), ("BFA", "admins", False, False)]


@pytest.mark.parametrize(
    ("hour", "stages"),
    [(10, [Stage.OPEN, Stage.OPEN, Stage.OPEN]), (11, [Stage.EXPIRED, Stage.EXPIRED, Stage.OPEN])],
)
def test_the_last_day_ends_where_the_body_is(app, hour, stages):
    """At eleven of the second of May in Greenwich that day ends in Tonga, and in Niue the day before."""
    first, second = date(2026, 5, 1), date(2026, 5, 2)
    with time_machine.travel(datetime(2026, 5, 2, hour, 30, tzinfo=UTC), tick=False):
        days = {"TON": second, "NIU": first, "BFA": second}
        calls = [a_request(author=a_focal_point(country), deadline=day) for country, day in days.items()]

        tasks.expire()

    assert [call.stage for call in calls] == stages


def test_a_completed_partnership_offers_its_public_words_to_a_solution(app):
    partnership, burkina, sera = whole(background="Pumps stand still.", sdgs=["6"])
    said = terms(partnership, terms="Secret terms.", gives={sera.bodies[0].id: {"money": 40_000, "person_days": 1}})
    services.set_terms(partnership, said, burkina)
    outcome = {"value": "60", "label": "repairers trained", "source": "Registers"}
    partnership.apply(
        {"summary": "Sixty were trained.", "results": "They work.", "lessons": "Roads.", "outcomes": [outcome]}
    )

    partnership.costs_public = True
    negotiated = partnership.offers()
    partnership.stage, partnership.costs_public = Stage.COMPLETED, False
    hidden, partnership.costs_public = partnership.offers(), True
    offered = partnership.offers()

    assert (negotiated["inputs"], negotiated["began_on"]) == ("", None)
    assert (hidden["inputs"], offered["inputs"]) == ("", "Focal point of FJI: 40,000 USD; one person-day")
    assert offered["challenge"].startswith("Pumps stand still.\n\nThree weeks of training")
    assert {
        name: offered[name] for name in ("approach", "results", "failures", "figures", "country", "implementers")
    } == {
        "approach": "Sixty were trained.",
        "results": "They work.",
        "failures": "Roads.",
        "figures": [outcome],
        "country": ["BFA"],
        "implementers": ["Focal point of BFA", "Focal point of FJI"],
    }
    assert "Secret" not in str(offered)
    moderation.withdraw(partnership.call, burkina)
    assert partnership.offers()["challenge"] == ""
