"""Two people at once, each with a connection of their own: one partnership, one agreement, and a word for the other."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from galaxy.accounts.models import Activity, User
from galaxy.content.models import Status
from galaxy.core.db import db, now
from galaxy.moderation import services as moderation
from galaxy.partnerships import services
from galaxy.partnerships.models import Call, Interest, Partnership, Party, Role, Stage
from galaxy.partnerships.services import NotPossible, Terms
from tests.factories import a_focal_point, a_mandate, a_partnership, a_request, a_user, an_admin, an_interest
from tests.readers import Reader

Act = Callable[[], object]


def at_once(app: Flask, *acts: Act) -> list[str]:
    """Do these acts at the same moment, each in a thread and transaction of its own; what was answered, sorted."""
    answers: list[str] = []
    together = threading.Barrier(len(acts))

    def do(act: Act) -> None:
        with app.app_context():
            together.wait(timeout=20)
            try:
                act()
                db.session.commit()
                answers.append("done")
            except NotPossible as refusal:
                db.session.rollback()
                answers.append(str(refusal))
            except StaleDataError:  # readers meet the page that says so
                db.session.rollback()
                answers.append("somebody was faster")
            finally:
                db.session.remove()

    db.session.commit()
    db.session.remove()
    threads = [threading.Thread(target=do, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(answers, key=lambda words: (words == "done", words))


def colleagues(country: str = "BFA") -> list[User]:
    """Two people who act for the same body."""
    first = a_focal_point(country, name="Awa")
    second = a_user(name="Bila")
    a_mandate(second, first.bodies[0])
    return [first, second]


def get(user_id: int) -> User:
    return db.session.get_one(User, user_id)


def test_the_same_interest_accepted_by_two_is_accepted_once(app):
    people = colleagues()
    interest = an_interest(a_request(author=people[0])).id
    ids = [user.id for user in people]

    def accept(number: int) -> Act:
        return lambda: services.accept(db.session.get_one(Interest, interest), get(number))

    answers = at_once(app, *map(accept, ids))

    assert answers == [
        "This is not possible any more: the answer has been accepted.",
        "done",
    ]
    assert [len(each.parties) for each in db.session.scalars(select(Partnership))] == [2]


def test_two_interests_accepted_at_once_make_one_partnership(app):
    people = colleagues()
    request = a_request(author=people[0])
    first = an_interest(request, a_focal_point("FJI").bodies[0]).id
    second = an_interest(request, a_focal_point("BRA").bodies[0], role=Role.FACILITATOR).id
    pairs = list(zip([first, second], [user.id for user in people], strict=True))

    def accept(interest: int, number: int) -> Act:
        return lambda: services.accept(db.session.get_one(Interest, interest), get(number))

    answers = at_once(app, *(accept(*pair) for pair in pairs))

    (partnership,) = db.session.scalars(select(Partnership))
    assert answers == ["done", "done"]
    assert sorted(str(party.body.country) for party in partnership.parties) == ["BFA", "BRA", "FJI"]
    assert partnership.call.stage == Stage.IN_TALKS


def test_two_interests_for_one_role_accepted_at_once_fill_it_once(app):
    people = colleagues()
    request = a_request(author=people[0])
    interests = [an_interest(request, a_focal_point(country).bodies[0]).id for country in ("FJI", "BRA")]
    pairs = list(zip(interests, [user.id for user in people], strict=True))

    def accept(interest: int, number: int) -> Act:
        return lambda: services.accept(db.session.get_one(Interest, interest), get(number))

    answers = at_once(app, *(accept(*pair) for pair in pairs))

    assert answers == ["Another body is the provider already. Please choose another role.", "done"]
    assert len(db.session.scalars(select(Party)).all()) == 2


def test_the_last_acceptances_at_once_agree_once(app):
    people, sera = colleagues(), a_focal_point("FJI", name="Sera")
    partnership = a_partnership(a_request(author=people[0]), (sera.bodies[0], Role.PROVIDER))
    day, gives = now().date(), {sera.bodies[0].id: {"person_days": 5}}
    terms = Terms(
        "south-south", day, day + timedelta(days=9), "", False, {}, gives, base=services.digest_of(partnership)
    )
    services.set_terms(partnership, terms, people[0])
    base, found = services.digest_of(partnership), partnership.id
    ids = [people[0].id, people[1].id, sera.id]

    def accept(number: int) -> Act:
        return lambda: services.accept_terms(db.session.get_one(Partnership, found), get(number), base)

    answers = at_once(app, *map(accept, ids))

    assert answers[1:] == ["done", "done"]
    assert answers[0] in {
        "Focal point of BFA has accepted these terms already.",
        "This is not possible now: the parties have agreed on their terms.",
    }
    verbs = db.session.scalars(select(Activity.verb).where(Activity.object_kind == "partnerships")).all()
    assert (verbs.count("accepted terms"), verbs.count("agreed")) == (2, 1)


def test_terms_changed_while_they_are_accepted_are_not_accepted(app):
    people, sera = colleagues(), a_focal_point("FJI", name="Sera")
    partnership = a_partnership(a_request(author=people[0]), (sera.bodies[0], Role.PROVIDER))
    day, gives = now().date(), {sera.bodies[0].id: {"person_days": 5}}
    base = services.digest_of(partnership)
    terms = Terms("south-south", day, day, "First.", False, {}, gives, base=base)
    services.set_terms(partnership, terms, people[0])
    base, found, ours, theirs = services.digest_of(partnership), partnership.id, people[0].id, sera.id
    others = Terms("south-south", day, day, "Second.", False, {}, gives, base=base)

    def change() -> None:
        services.set_terms(db.session.get_one(Partnership, found), others, get(ours))

    def accept() -> None:
        services.accept_terms(db.session.get_one(Partnership, found), get(theirs), base)

    answers = at_once(app, change, accept)

    assert answers[-1] == "done"
    parties = db.session.get_one(Partnership, found).parties
    assert [party.accepted_at for party in parties] == [None, None]


def test_a_body_answers_once_though_two_send_it_at_once(app):
    people, request = colleagues("FJI"), a_request().id
    ids = [user.id for user in people]

    def express(number: int) -> Act:
        def act() -> Interest:
            user, call = get(number), db.session.get_one(Call, request)
            return services.express(call, user.bodies[0], Role.PROVIDER, "We come.", user)

        return act

    assert at_once(app, *map(express, ids)) == [
        "Focal point of FJI has answered already. You can write in the conversation about it.",
        "done",
    ]
    assert len(db.session.scalars(select(Interest)).all()) == 1


def test_the_database_itself_refuses_a_second_partnership_and_a_second_open_answer(app):
    interest = an_interest(a_request())
    partnership = a_partnership(interest.call, (interest.body, Role.PROVIDER))
    call, body = partnership.call, interest.body

    for again in (lambda: a_partnership(call), lambda: an_interest(call, body)):
        with pytest.raises(IntegrityError):
            again()
        db.session.rollback()


def in_talks(people: list[User], sera: User) -> tuple[int, str, Callable[..., Terms]]:
    """A partnership with terms that can be accepted: its id, their digest, and how to write others."""
    partnership = a_partnership(a_request(author=people[0]), (sera.bodies[0], Role.PROVIDER))
    day, gives = now().date(), {sera.bodies[0].id: {"person_days": 5}}

    def written(words: str, base: str) -> Terms:
        return Terms("south-south", day, day, words, False, {}, gives, base=base)

    services.set_terms(partnership, written("First.", services.digest_of(partnership)), people[0])
    db.session.commit()
    return partnership.id, services.digest_of(partnership), written


def partnership_of(number: int) -> Partnership:
    return db.session.get_one(Partnership, number)


def test_of_two_who_write_terms_at_once_one_is_asked_to_read_again(app):
    people, sera = colleagues(), a_focal_point("FJI", name="Sera")
    found, base, written = in_talks(people, sera)
    ids = {"Ours.": people[0].id, "Theirs.": sera.id}

    def write(words: str) -> Act:
        return lambda: services.set_terms(partnership_of(found), written(words, base), get(ids[words]))

    answers = at_once(app, *map(write, ids))

    assert answers == ["The terms have changed since you read them. Please read them again.", "done"]
    assert partnership_of(found).terms in ids


def test_who_leaves_while_the_others_accept_ends_the_talks_or_is_told_they_agreed(app):
    people, sera = colleagues(), a_focal_point("FJI", name="Sera")
    found, base, _written = in_talks(people, sera)
    ours, theirs = people[0].id, sera.id
    services.accept_terms(partnership_of(found), get(theirs), base)

    answers = at_once(
        app,
        lambda: services.accept_terms(partnership_of(found), get(ours), base),
        lambda: services.leave(partnership_of(found), get(theirs), "We have no staff."),
    )

    partnership = partnership_of(found)
    assert answers[-1] == "done"
    assert len(answers) == 2
    assert (partnership.stage, partnership.call.stage) in {
        (Stage.AGREED, Stage.AGREED),
        (Stage.CLOSED, Stage.OPEN),
    }
    assert all(party.accepted_at for party in partnership.parties) is (partnership.stage == Stage.AGREED)


def test_talks_that_end_while_the_last_accepts_are_either_ended_or_agreed(app):
    people, sera = colleagues(), a_focal_point("FJI", name="Sera")
    found, base, _written = in_talks(people, sera)
    ours, theirs = people[0].id, sera.id
    services.accept_terms(partnership_of(found), get(theirs), base)

    answers = at_once(
        app,
        lambda: services.take("end_talks", partnership_of(found).call, get(ours), "It is too dear."),
        lambda: services.accept_terms(partnership_of(found), get(ours), base),
    )

    partnership = partnership_of(found)
    assert answers[-1] == "done"
    assert (partnership.stage, partnership.call.stage) in {
        (Stage.AGREED, Stage.AGREED),
        (Stage.CLOSED, Stage.OPEN),
    }
    assert [word for word in answers if word != "done"] != []


def test_an_answer_withdrawn_while_it_is_accepted_is_one_of_both(app):
    sera, awa = a_focal_point("FJI", name="Sera"), a_focal_point("BFA", name="Awa")
    interest = an_interest(a_request(author=awa), sera.bodies[0]).id
    ours, theirs = awa.id, sera.id

    answers = at_once(
        app,
        lambda: services.accept(db.session.get_one(Interest, interest), get(ours)),
        lambda: services.withdraw(db.session.get_one(Interest, interest), get(theirs)),
    )

    status = db.session.get_one(Interest, interest).status
    assert answers == [f"This is not possible any more: the answer has been {status}.", "done"]
    assert len(db.session.scalars(select(Partnership)).all()) == (status == "accepted")


def test_a_call_withdrawn_while_an_answer_is_accepted_leaves_talks_or_an_ended_answer(app):
    awa, admin = a_focal_point("BFA", name="Awa"), an_admin()
    interest = an_interest(a_request(author=awa))
    number, call, ours, admins = interest.id, interest.call_id, awa.id, admin.id

    answers = at_once(
        app,
        lambda: services.accept(db.session.get_one(Interest, number), get(ours)),
        lambda: moderation.withdraw(db.session.get_one(Call, call), get(admins), "Not as it is."),
    )

    found, kept = db.session.get_one(Call, call), db.session.get_one(Interest, number)
    made = len(db.session.scalars(select(Partnership)).all())
    assert len(answers) == 2
    assert (found.status == Status.WITHDRAWN) is ("somebody was faster" not in answers)
    assert (found.stage, kept.status.value, made) in {(Stage.IN_TALKS, "accepted", 1), (Stage.OPEN, "ended", 0)}


def test_a_mandate_that_ended_before_the_button_was_pressed_changes_nothing(app):
    sera, awa = a_focal_point("FJI", name="Sera"), a_focal_point("BFA", name="Awa")
    found, base, written = in_talks([awa], sera)
    reader, theirs = Reader(app, sera), sera.id
    ref = partnership_of(found).ref
    pages = [reader.get(f"/en/partnerships/with/{ref}/{path}") for path in ("terms", "terms/edit", "notes", "leave")]
    get(theirs).mandates[0].ends_on = now().date() - timedelta(days=1)
    db.session.commit()
    before = len(db.session.scalars(select(Activity)).all())

    sent = [reader.send_from(page, "main form.form", reason="Gone", terms="Other.", notes="New.") for page in pages]

    partnership = partnership_of(found)
    assert [page.status for page in sent] == [404] * 4
    assert (partnership.terms, partnership.notes, partnership.stage) == ("First.", "", Stage.IN_TALKS)
    assert len(db.session.scalars(select(Activity)).all()) == before
    for act in (
        lambda: services.set_terms(partnership_of(found), written("Other.", base), get(theirs)),
        lambda: services.accept_terms(partnership_of(found), get(theirs), base),
        lambda: services.leave(partnership_of(found), get(theirs), "Gone."),
    ):
        with pytest.raises(NotPossible):
            act()
        db.session.rollback()
