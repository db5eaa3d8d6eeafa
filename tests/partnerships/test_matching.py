"""Matches: what fits a call and why, told once, set aside and taken back, weighed by admins, brought up to date."""

import random
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
import time_machine
from sqlalchemy import inspect, select

from galaxy.accounts.models import Activity
from galaxy.content.models import Entry, Link, Relation, Status
from galaxy.core.db import db, now
from galaxy.core.jobs import Job, later
from galaxy.core.mail import folder
from galaxy.directory.models import Organisation
from galaxy.moderation.services import put_online, withdraw
from galaxy.partnerships import match_queries, match_tasks, matching
from galaxy.partnerships.match_words import why
from galaxy.partnerships.models import InterestStatus, Match, Offer, Request, Role, Stage, Weight
from galaxy.reference import sdgs
from galaxy.search import index
from galaxy.solutions.models import Adaptation, Solution
from tests.factories import (
    a_body,
    a_focal_point,
    a_partnership,
    a_request,
    a_solution,
    a_user,
    an_adaptation,
    an_admin,
    an_interest,
    an_offer,
    an_organisation,
    saved,
)
from tests.statements import statements


@pytest.fixture(autouse=True)
def indexed(app):
    """An index there is, so that words are compared from the first."""
    index.rebuild()


def again(thing):
    """The same as the database has it now, also after a reader's visit."""
    return db.session.get_one(type(thing), inspect(thing).identity[0], populate_existing=True)


def address(call, end="matches"):
    return f"/en/partnerships/{again(call).slug}/{end}".rstrip("/")


def shown(page):
    """The titles and reasons on a page of matches."""
    return list(zip(page.all(".card h3"), page.all(".card .hint"), strict=True))


def titles(page):
    return page.all(".card h3")


def mails(work) -> list[EmailMessage]:
    db.session.commit()
    work()
    files = sorted(folder().glob("*.eml"))
    return [message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=policy.default) for file in files]


def letters(work) -> list[tuple[str, str]]:
    """To whom a match was told, and how it was called."""
    return sorted((mail["To"], mail["Subject"]) for mail in mails(work))


def told(call):
    """The matches of a call that stand: title of the entry, names of the reasons."""
    found = match_queries.matches_of(again(call))
    return [(match.entry.title, [each["reason"] for each in match.reasons]) for match in found]


# What fits, and why.


def a_thirsty_request(**facts):
    """A request of Burkina Faso that says all that the rules ask."""
    said = {
        "title": "Repairers wanted",
        "sdgs": ["6.1"],
        "sectors": ["14030"],
        "means": ["training", "equipment"],
        "spoken": ["fr"],
        "wanted_group": ["SIDS", "LLDC"],
    }
    return a_request(**said | facts)


def an_answer(**facts):
    """An offer of Niger that fits it well."""
    said = {
        "title": "We train",
        "summary": "Something else entirely.",
        "asked": "Courses.",
        "brought": "",
        "countries": ["NER"],
        "sdgs": ["6.1", "6.2"],
        "sectors": ["140"],
        "means": ["training"],
        "spoken": ["fr", "en"],
        "wanted": ["BFA"],
    }
    facts.setdefault(
        "author", a_focal_point("NER", email=facts.pop("email", None) or f"ner{random.random()}@n.example")
    )
    return an_offer(**said | facts)


def a_far_solution(**facts):
    """A solution that has a goal in common with the request, and else not a word."""
    said = {"title": "Far away", "countries": ["FJI"], "sdgs": ["6"], "sectors": ["210"]}
    return a_solution(**said | {"summary": "", "challenge": "x", "approach": "", "results": ""} | facts)


def test_a_request_shows_what_fits_and_why_the_weightiest_reason_first(work, visitor):
    request = a_thirsty_request()
    an_answer()
    a_far_solution()
    work()

    page = visitor.get(address(request))

    assert page.all("h2") == ["Offers", "Solutions"]
    assert shown(page) == [
        (
            "We train",
            "Fits 69%: Same target 6.1 (34%) · Same sector: Water Supply & Sanitation (15%) · From where partners are "
            "wanted: Niger (12%) · Both among: Least developed countries, Landlocked developing countries (10%) · "
            "Shared language: French (10%) · Same kind of help: Training (7%) · Same region: Africa (7%) · Looks for "
            "partners from there: Burkina Faso (5%)",
        ),
        ("Far away", "Fits 19%: Same goal 6 (55%) · From where partners are wanted: Fiji (45%)"),
    ]


def test_the_reasons_are_told_in_the_language_of_the_reader(work, visitor):
    request = a_thirsty_request(wanted_group=[])
    a_far_solution(countries=["NER"])
    work()

    page = visitor.get(address(request).replace("/en/", "/fr/"))

    assert page.all(".card .hint") == [
        "Convient à 24 % : Même objectif 6 (46 %) · Tous deux parmi : Pays les moins avancés, Pays en développement "
        "sans littoral (31 %) · Même région : Afrique (23 %)"
    ]


def test_words_are_a_reason(work):
    request = a_request(title="Clay stoves", summary="Stoves of clay save wood.", asked="Clay", sdgs=["1"], sectors=[])
    a_solution(title="Stoves of clay", summary="Clay saves wood.", sdgs=["7"], sectors=["230"], countries=["FJI"])
    a_solution(title="Nothing alike", summary="", challenge="", approach="", results="", sdgs=["7"], countries=["FJI"])
    work()

    assert told(request) == [("Stoves of clay", ["text", "language"])]


def test_what_was_adapted_and_done_before_is_a_reason_as_soon_as_it_is_public(work, visitor):
    request = a_thirsty_request(wanted_group=[])
    solution = a_far_solution(author=a_focal_point("FJI"))
    adaptation = an_adaptation(solution, status=Status.DRAFT, published_at=None)
    partnership = a_partnership(
        an_offer(author=solution.author, status=Status.DRAFT), (a_body(), Role.RECIPIENT), stage=Stage.COMPLETED
    )
    work()
    assert told(request) == [("Far away", ["goal"])]

    put_online(adaptation, None)
    partnership.status = Status.PUBLISHED
    db.session.commit()
    work()

    assert visitor.get(address(request)).all(".card .hint") == [
        "Fits 24%: Same goal 6 (46%) · Has been adapted in: Niger (31%) · Its organisation has completed a "
        "partnership (23%)"
    ]


def test_what_a_call_was_born_from_comes_first(work):
    solution = a_far_solution(title="Its origin", sdgs=["1"])
    request = a_thirsty_request()
    saved(Link(from_id=request.id, relation=Relation.BORN_FROM, to_id=solution.id))
    a_far_solution()
    work()

    assert told(request) == [("Its origin", ["origin", "wanted"]), ("Far away", ["goal", "wanted"])]


def test_an_offer_shows_the_requests_it_fits(work, visitor):
    offer = an_answer()
    a_thirsty_request()
    work()

    assert titles(visitor.get(address(offer))) == ["Repairers wanted"]


def test_what_nobody_should_be_suggested_is_not(work, visitor):
    focal = a_focal_point("BFA")
    request = a_thirsty_request(author=focal)
    an_answer(title="Its own body", author=focal)
    an_answer(title="Not published", status=Status.SUBMITTED)
    an_answer(title="Closed", stage=Stage.CLOSED)
    an_answer(title="Completed", stage=Stage.COMPLETED)
    an_answer(title="Expired", stage=Stage.EXPIRED)
    an_answer(title="Too late", deadline=now().date() - timedelta(days=1))
    a_thirsty_request(title="Also asks")
    an_answer(title="In talks", stage=Stage.IN_TALKS, deadline=now().date())
    work()

    assert titles(visitor.get(address(request))) == ["In talks"]


@pytest.mark.parametrize("status", list(InterestStatus))
def test_a_body_that_has_answered_a_call_is_not_suggested_for_it_nor_the_call_to_it(work, visitor, reader, status):
    request = a_thirsty_request(author=a_focal_point("BFA"))
    offer = an_answer()
    body = offer.body
    profile = an_organisation(title="Its profile", profile_of_id=body.id, body=body)
    profile.set_codes("sdg", ["6"])
    a_far_solution(title="Its solution", author=offer.author, body=body)
    a_far_solution()
    work()
    assert titles(visitor.get(address(request))) == ["We train", "Far away", "Its solution", "Its profile"]
    assert titles(visitor.get(address(offer))) == ["Repairers wanted", "Far away"]

    an_interest(again(request), again(body), status=status)
    shown_at_once = [titles(visitor.get(address(call))) for call in (request, offer)]
    asked = reader(again(offer).author).get(f"/en/directory/{again(profile).slug}").all("#asked-for")
    work()

    assert (shown_at_once, asked) == ([["Far away"], ["Far away"]], [])
    assert [titles(visitor.get(address(call))) for call in (request, offer)] == [["Far away"], ["Far away"]]
    assert reader(again(offer).author).get(f"/en/directory/{again(profile).slug}").all("#asked-for") == []
    match_tasks.match_all()
    work()
    assert [titles(visitor.get(address(call))) for call in (request, offer)] == [["Far away"], ["Far away"]]


def test_a_body_that_has_answered_a_call_is_not_told_of_it_as_new(work):
    request = a_thirsty_request(author=a_focal_point("BFA", email="asks@b.example"))
    gives = a_focal_point("NER", email="gives@n.example")
    an_interest(request, gives.bodies[0])
    an_answer(author=gives)

    assert letters(work) == []


def test_the_country_of_a_call_is_not_among_those_it_wants_by_their_group(work):
    request = a_thirsty_request()
    a_far_solution(countries=["BFA"])
    work()

    assert told(request) == [("Far away", ["goal", "group", "region"])]


def test_a_member_is_not_suggested_their_own(work):
    member = a_user()
    request = a_thirsty_request(author=member)
    a_far_solution(author=member)
    work()

    assert told(request) == []


def test_at_most_ten_of_each_kind_are_kept(work):
    request = a_thirsty_request()
    for number in range(12):
        a_far_solution(title=f"Solution {number}")
    organisation = an_organisation(title="An organisation")
    organisation.set_codes("sdg", ["6"])
    db.session.commit()
    work()

    kinds = [match.entry.kind for match in match_queries.matches_of(request)]
    assert (kinds.count("solutions"), kinds.count("organisations")) == (10, 1)


@pytest.mark.parametrize("parts", [[1.0], [1 / 3] * 3, [0.5, 0.495, 0.005], [1 / 7] * 7, [0.999, 0.001]])
def test_the_shares_of_the_reasons_make_a_hundred(parts):
    assert sum(matching._per_cent(parts)) == 100


# The few that are judged hold the best of all.


def everything(chance: random.Random, size: int) -> list[Entry]:
    """Entries with tags and words drawn by lot, so that many are equal and most share something."""
    bodies = [a_body(name=f"Body {number}") for number in range(8)]
    words = [*sdgs.TARGETS["6.1"].name("en").split(), "well", "pump", "solar", "seed", "school", "boat", "goat", "clay"]
    kinds = (Solution, Solution, Organisation, Offer, Request, Adaptation)
    made: list[Entry] = []
    for _number in range(size):
        entry = chance.choice(kinds)(
            title=" ".join(chance.sample(words, 4)),
            summary=" ".join(chance.choices(words, k=8)),
            language=chance.choice(["en", "fr", "ar"]),
            status=Status.PUBLISHED,
            published_at=now(),
            body=chance.choice([None, *bodies]),
        )
        lists = {
            "country": ["BFA", "NER", "KEN", "FJI", "PER", "IND"],
            "sdg": ["6", "6.1", "6.2", "7", "7.1", "13"],
            "sector": ["140", "14030", "230", "31120"],
            "means": ["training", "equipment", "funding"],
            "wanted": ["BFA", "KEN", "FJI"],
            "wanted_group": ["LDC", "SIDS"],
            "spoken": ["en", "fr"],
        }
        for scheme, codes in lists.items():
            entry.set_codes(scheme, chance.sample(codes, chance.randint(0, 3 if len(codes) > 3 else 1)))
        made.append(entry)
    db.session.add_all(made)
    db.session.commit()
    solutions = [entry for entry in made if isinstance(entry, Solution)]
    for entry in made:
        if isinstance(entry, Adaptation):
            db.session.add(Link(from_id=entry.id, relation=Relation.ADAPTS, to_id=chance.choice(solutions).id))
    db.session.commit()
    index.rebuild()
    return made


def by_judging_all(call):
    """The best of a call, found without taking a few first."""
    wanted = match_queries.wanted_of(call)
    alike = match_queries.words_of(call, wanted)
    return matching.best(match_queries.judged(wanted, match_queries.facts(match_queries.suggestible(call)), alike))


def pairs(fits):
    return [(fit.kind, fit.entry_id, fit.score) for fit in fits]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_few_that_are_judged_hold_the_best_of_all(app, monkeypatch, seed):
    monkeypatch.setattr(match_queries, "MOST_ALIKE", 30)
    chance = random.Random(seed)
    entries = everything(chance, 250)
    calls = [entry for entry in entries if entry.kind in matching.KINDS][:12]
    saved(Weight(reason="region", value=chance.choice([0.0, 2.5, 9.0])))
    saved(Link(from_id=calls[0].id, relation=Relation.BORN_FROM, to_id=entries[0].id))

    for call in calls:
        assert pairs(match_queries.best_of(call)) == pairs(by_judging_all(call))


def test_the_changed_judged_alone_come_to_the_same_as_all(work):
    chance = random.Random(3)
    entries = everything(chance, 120)
    work()
    calls = [entry for entry in entries if entry.kind in matching.KINDS][:6]

    for _step in range(3):
        for entry in chance.sample(entries, 6):
            entry.set_codes("sdg", chance.sample(["6", "6.1", "7.1", "13"], 2))
            entry.set_codes("country", chance.sample(["BFA", "KEN", "FJI"], 1))
        chance.choice([each for each in entries if isinstance(each, Solution)]).status = Status.WITHDRAWN
        db.session.commit()
        work()

        for call in calls:
            kept = [(match.entry.kind, match.entry_id, match.score) for match in match_queries.matches_of(call)]
            assert kept == pairs(by_judging_all(call))


def test_many_changed_entries_are_matched_in_one_go(work):
    request = a_thirsty_request()
    work()
    for number in range(5):
        a_far_solution(title=f"Solution {number}")

    assert db.session.query(Job).filter_by(name=match_tasks.match_entries.name).count() == 5
    ids = [{"entry_id": number} for number in db.session.scalars(select(Solution.id))]
    db.session.commit()
    spent = [statements(lambda some=some: match_tasks.match_entries(some)) for some in (ids[:1], ids[1:])]
    assert (len(told(request)), spent[1] <= spent[0]) == (5, True)


def test_without_a_call_nothing_is_promised(app):
    a_solution()

    assert db.session.query(Job).filter(Job.name.startswith("partnerships")).count() == 0


# Brought up to date.


def test_matches_follow_both_sides(work):
    request = a_thirsty_request(wanted_group=[])
    solution = a_far_solution()
    work()
    assert told(request) == [("Far away", ["goal"])]

    solution.set_codes("country", ["NER"])
    db.session.commit()
    work()
    assert told(request) == [("Far away", ["goal", "group", "region"])]

    request.set_codes("sdg", ["1"])
    db.session.commit()
    work()
    assert told(request) == []

    request.set_codes("sdg", ["6"])
    db.session.commit()
    work()
    assert told(request) == [("Far away", ["goal", "group", "region"])]

    withdraw(solution, solution.author, "")
    db.session.commit()
    work()
    assert told(request) == []


def test_what_is_no_longer_public_is_not_shown_although_its_match_still_stands(work, visitor):
    request = a_thirsty_request()
    solution = a_far_solution()
    work()
    solution.status = Status.WITHDRAWN
    db.session.commit()

    assert titles(visitor.get(address(request))) == []
    assert db.session.query(Match).count() == 1


def test_a_call_that_is_closed_has_no_matches_and_is_none(work, visitor):
    request = a_thirsty_request()
    offer = an_answer()
    work()

    request.stage = Stage.CLOSED
    db.session.commit()
    page = visitor.get(address(request))
    work()

    assert page.one(".empty .title") == "Partners are no longer looked for"
    assert (told(request), told(offer)) == ([], [])


def test_each_night_everything_is_matched_anew(work):
    request = a_thirsty_request(deadline=now().date())
    a_far_solution()
    work()
    request_id = request.id

    with time_machine.travel(now() + timedelta(days=2)):
        match_tasks.match_all()
        work()

    assert db.session.query(Match).filter_by(call_id=request_id).count() == 0


def test_a_promise_of_a_call_that_is_gone_does_no_harm(work):
    later(match_tasks.match_calls, call_id=999)
    db.session.commit()

    assert work() == 1


# Told once.


def two_sides(**facts):
    """A request and an offer that fits it, and people to hear of it."""
    asks, gives = a_focal_point("BFA", email="asks@b.example"), a_focal_point("NER", email="gives@n.example")
    return a_thirsty_request(author=asks), an_answer(author=gives, **facts)


BOTH = [("asks@b.example", "A match for: Repairers wanted"), ("gives@n.example", "It may fit: Repairers wanted")]


def test_both_sides_are_told_of_a_strong_match_with_its_reasons(work):
    two_sides()
    sent = mails(work)

    assert sorted((mail["To"], mail["Subject"]) for mail in sent) == BOTH
    text = (
        next(mail for mail in sent if mail["To"] == "asks@b.example")
        .get_body(("plain",))
        .get_content()
        .replace("\r\n", "\n")
    )
    assert "“We train” may fit “Repairers wanted”." in text
    assert "Same target 6.1 (34%)\nSame sector: Water Supply & Sanitation (15%)\n" in text


def test_a_match_is_told_once_however_often_it_is_scored(work):
    request, offer = two_sides()
    assert letters(work) == BOTH

    for codes in (["6.1"], ["1"], ["6.1"], ["6.1", "6.2"]):  # strong, none, strong again, and a little less
        offer.set_codes("sdg", codes)
        db.session.commit()
        work()
    match_tasks.match_all()

    assert letters(work) == BOTH
    assert told(request)[0][0] == "We train"


def test_a_weak_match_is_told_to_nobody(work):
    a_thirsty_request(author=a_focal_point("BFA"))
    a_far_solution(author=a_focal_point("FJI"))

    assert letters(work) == []


def test_only_the_best_few_of_a_week_are_told(work):
    request = a_thirsty_request(author=a_focal_point("BFA", email="asks@b.example"))
    work()
    for number in range(5):
        an_answer(title=f"Offer {number}", author=a_user(email=f"{number}@n.example"))
    an_answer(title="Best", author=a_user(email="best@n.example"), means=["training", "equipment"])

    told_first = letters(work)
    for number in range(3):
        an_answer(title=f"Later {number}", author=a_user(email=f"later{number}@n.example"))
    told_then = letters(work)
    with time_machine.travel(now() + timedelta(days=8)):
        an_answer(title="Next week", author=a_user(email="week@n.example"))
        told_at_last = letters(work)

    mine = ("asks@b.example", "A match for: Repairers wanted")
    theirs = [(f"{who}@n.example", "It may fit: Repairers wanted") for who in ("3", "4", "best")]
    mirrors = [letter for letter in told_first if letter[1].startswith("A match for") and letter != mine]
    assert told_then == told_first == sorted([mine] * 3 + theirs)
    assert mirrors == []
    assert told_at_last == sorted([*told_first, mine, ("week@n.example", "It may fit: Repairers wanted")])
    assert len(told(request)) == 10


def test_the_demonstration_tells_nobody(work):
    two_sides(demo=True)

    assert letters(work) == []


def test_what_an_import_brought_in_is_not_told_to_who_imported_it(work):
    two_sides(external_id="17")

    assert letters(work) == BOTH[:1]


# Set aside.


@pytest.fixture
def sides(work):
    """A request and an offer that were matched, seen from both."""
    request, offer = two_sides()
    work()
    return request, offer


def test_a_side_sets_a_match_aside_with_a_reason_and_takes_it_back(work, reader, visitor, sides):
    request, offer = sides
    asks = reader(request.author)

    page = asks.send(f"{address(request)}/{offer.ref}/dismiss", reason="situation", text="Our wells are deeper.")

    assert page.notices == ["It is set aside. You can take that back at any time."]
    assert titles(page) == []
    assert page.all("#aside li") == [
        "We train offer The country or its situation is too different Our wells are deeper. A focal point, "
        + page.one("#aside time")
        + " Show it again"
    ]
    assert [titles(visitor.get(address(call))) for call in sides] == [[], []]
    assert visitor.get(address(request)).all("#aside") == []
    match_tasks.match_all()
    work()
    assert [titles(visitor.get(address(call))) for call in sides] == [[], []]
    assert len(reader(an_admin()).get(address(request)).all("#aside li")) == 1
    assert len(reader(again(offer).author).get(address(offer)).all("#aside li")) == 1

    page = asks.send(address(request), "#aside form")

    assert page.notices == ["It is shown again."]
    assert [titles(visitor.get(address(call))) for call in sides] == [["We train"], ["Repairers wanted"]]
    acts = db.session.scalars(select(Activity).where(Activity.verb.startswith("match ")).order_by(Activity.id)).all()
    assert [(act.verb, act.object_id, act.reason) for act in acts] == [
        (
            "match set aside",
            again(request).id,
            "The country or its situation is too different. Our wells are deeper.",
        ),
        ("match shown again", again(request).id, ""),
    ]


def test_what_is_set_aside_makes_room_for_another(work):
    request = a_thirsty_request()
    solutions = [a_far_solution(title=f"Solution {number}") for number in range(11)]
    work()
    match = db.session.get(Match, (request.id, solutions[10].id))
    match.dismissed_at = now()
    db.session.commit()

    match_tasks.match_all()
    work()

    assert [title for title, _reasons in told(request)] == [f"Solution {number}" for number in range(9, -1, -1)]


def test_what_is_set_aside_before_the_other_side_knew_it_is_set_aside_there_too(work, visitor):
    request, offer = two_sides()
    offer.stage = Stage.IN_TALKS
    work()
    db.session.query(Match).filter_by(call_id=offer.id).delete()
    match = db.session.get(Match, (request.id, offer.id))
    match.dismissed_at = now()
    db.session.commit()

    match_tasks.match_all()
    work()

    assert told(offer) == []


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"reason": None}, "Please choose a reason."),
        ({"reason": "whatever"}, "Please choose a reason."),
        ({"reason": "other", "text": " "}, "Please write your reason."),
        ({"reason": "known", "text": "x" * 1001}, "Please say it in 1000 characters at most."),
    ],
)
def test_setting_aside_needs_a_reason(reader, sides, typed, error):
    request, offer = sides

    page = reader(request.author).send(f"{address(request)}/{offer.ref}/dismiss", **typed)

    assert page.errors[:1] == [error] or page.errors
    assert told(request) != []


def test_the_owner_of_what_is_suggested_sets_it_aside_too(reader, sides):
    request, offer = sides

    page = reader(offer.author).send(f"{address(request)}/{offer.ref}/dismiss", reason="effort")

    assert titles(page) == []


@pytest.mark.parametrize("who", [a_user, lambda: a_focal_point("FJI")])
def test_others_set_nothing_aside(reader, sides, who):
    request, offer = sides
    page, match = address(request), f"{address(request)}/{offer.ref}"
    someone = reader(who())

    assert someone.get(f"{match}/dismiss").status == 404
    assert someone.post(f"{match}/dismiss", {"reason": "known"}).status == 404
    assert someone.post(f"{match}/take-back").status == 404
    assert "Does not fit" not in someone.get(page).text


# Weighed by admins.


def test_a_changed_weight_changes_the_order_in_the_background_and_tells_nobody(work, reader, visitor):
    request = a_thirsty_request(wanted_group=[], author=a_focal_point("BFA"))
    a_far_solution(title="Same goal")
    a_far_solution(title="Same place", sdgs=["1"], sectors=["140"], countries=["NER"])
    work()
    assert titles(visitor.get(address(request))) == ["Same place", "Same goal"]
    admin = reader(an_admin())

    page = admin.send("/en/partnerships/weights", goal="10", sector="0.5", region="0", group="0", target="0", text="0")

    assert page.notices[-1] == "Your choice is kept. All matches are scored again in the background."
    assert page.form()["goal"] == "10.0"
    assert titles(visitor.get(address(request))) == ["Same place", "Same goal"]
    work()
    assert titles(visitor.get(address(request))) == ["Same goal", "Same place"]
    assert letters(work) == []
    act = db.session.scalars(select(Activity).where(Activity.verb == "weights changed")).one()
    assert (act.before["goal"], act.after["goal"], "means" in act.after) == (6, 10, False)

    page = admin.send("/en/partnerships/weights", "main .act")
    work()

    assert page.form()["goal"] == "6"
    assert db.session.query(Weight).count() == 0
    assert titles(visitor.get(address(request))) == ["Same place", "Same goal"]


@pytest.mark.parametrize("typed", ["-1", "10.5", "nan", "inf", "", "many", "1e400"])
def test_a_weight_has_bounds(reader, typed):
    page = reader(an_admin()).send("/en/partnerships/weights", goal=typed)

    assert page.errors
    assert db.session.query(Weight).count() == 0


def test_a_reason_that_counts_nothing_is_not_told(work):
    request = a_thirsty_request()
    a_far_solution()
    saved(Weight(reason="wanted", value=0))
    work()

    assert told(request) == [("Far away", ["goal"])]


# Where they are shown.


def test_the_page_of_a_call_shows_its_best_five(work, visitor):
    request = a_thirsty_request()
    for number in range(7):
        a_far_solution(title=f"Solution {number}")
    work()

    page = visitor.get(address(request, ""))

    assert page.all("#matches h3") == [f"Solution {number}" for number in (6, 5, 4, 3, 2)]
    assert page.links("#matches .button") == [address(request)]


def test_the_owner_of_a_solution_sees_which_calls_it_fits(work, reader, visitor):
    a_thirsty_request()
    solution = a_far_solution()
    body = a_body(country="FJI")
    profile = an_organisation(profile_of_id=body.id, body=body)
    profile.set_codes("sdg", ["6"])
    db.session.commit()
    work()

    page = reader(solution.author).get(f"/en/solutions/{solution.slug}")

    assert page.all("#asked-for li a") == ["Repairers wanted"]
    assert visitor.get(f"/en/solutions/{again(solution).slug}").all("#asked-for") == []
    mine = reader(a_focal_point("FJI", body=again(body))).get(f"/en/directory/{again(profile).slug}")
    assert mine.all("#asked-for li a") == ["Repairers wanted"]
    assert visitor.get(f"/en/directory/{again(profile).slug}").all("#asked-for") == []


def test_matches_are_read_with_the_same_number_of_statements_however_many_there_are(work, reader):
    focal = a_focal_point("BFA")
    request = a_thirsty_request(author=focal)
    an_organisation(title="Organisation 0", body=a_body()).set_codes("sdg", ["6"])
    a_far_solution(author=a_focal_point("FJI"))
    work()
    signed_in, page = reader(focal), address(request)
    signed_in.get(page)
    few = statements(lambda: signed_in.get(page))
    for number in range(2):
        body = a_body()
        an_organisation(title=f"More {number}", body=body, profile_of_id=body.id).set_codes("sdg", ["6"])
        a_far_solution(title=f"More {number}", author=a_focal_point("FJI"))
    work()

    assert len(titles(signed_in.get(page))) == 6
    assert statements(lambda: signed_in.get(page)) == few


def test_reasons_are_said_of_what_is_known_only_in_part():
    match = Match(
        reasons=[{"reason": "adapted", "share": 60, "codes": [""]}, {"reason": "text", "share": 40, "codes": []}]
    )

    with_shares = why(match)

    assert with_shares == ["Has been adapted (60%)", "Similar words (40%)"]


def test_of_many_codes_of_a_reason_the_first_four_are_named():
    codes = ["BFA", "FJI", "KEN", "NER", "PER"]

    assert why(Match(reasons=[{"reason": "wanted", "share": 100, "codes": codes}])) == [
        "From where partners are wanted: Burkina Faso, Fiji, Kenya, Niger … (100%)"
    ]
