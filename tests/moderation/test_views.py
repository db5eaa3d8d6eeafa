"""What admins, owners and readers see of moderation."""

import time_machine

from galaxy.accounts.models import MandateStatus, User
from galaxy.accounts.services import record
from galaxy.content.models import Status
from galaxy.content.services import revise
from galaxy.core.db import db, now
from galaxy.core.jobs import Job
from galaxy.moderation import services
from galaxy.moderation.models import Case, Flag, FlagOutcome, FlagReason
from galaxy.moderation.queries import steps
from galaxy.partnerships.models import InterestStatus
from galaxy.solutions.models import Solution
from tests.factories import a_focal_point, a_solution, a_user, an_admin, saved

ALL = ["south", "clear", "evidence", "replicable", "new", "language", "rights", "privacy"]


def a_case(author=None, **facts) -> Case:
    """A solution that waits for an admin."""
    author = author or a_user()
    case = services.submit(a_solution(author=author, status=Status.DRAFT, **facts), author)
    db.session.commit()
    return case


def titles(page):
    return page.all("main .card h2")


def test_the_queue_shows_the_oldest_first_and_can_be_narrowed(reader):
    admin = an_admin()
    a_case(title="Seed banks", countries=["NER"], language="fr")
    mine = a_case(title="Solar pumps")
    services.assign(mine, admin)
    ada = reader(admin)

    assert titles(ada.get("/en/moderation/")) == ["Seed banks", "Solar pumps"]
    assert titles(ada.get("/en/moderation/?country=NER")) == ["Seed banks"]
    assert titles(ada.get("/en/moderation/?language=en")) == ["Solar pumps"]
    assert titles(ada.get("/en/moderation/?assigned=me")) == ["Solar pumps"]
    assert titles(ada.get("/en/moderation/?assigned=nobody&kind=solutions")) == ["Seed banks"]
    assert ada.get("/en/moderation/?kind=organisations").one(".empty .title") == "Nothing waits here"


def test_the_queue_is_for_admins_alone(reader):
    case = a_case()
    member, where = reader(case.submitted_by), f"/en/moderation/{case.id}"

    assert member.get("/en/moderation/").status == 403
    assert member.get(where).status == 404
    assert reader().get("/en/moderation/").status == 302


def test_an_entry_is_published_when_every_line_is_ticked(reader, visitor):
    case, admin = a_case(title="Solar pumps"), reader(an_admin())

    unticked = admin.send(f"/en/moderation/{case.id}", "aside form", verb="publish")
    assert unticked.errors == ["Please tick every line of the checklist, or write why it can be published."]

    done = admin.send_from(unticked, "aside form", verb="publish", checks=ALL)
    assert done.notices == ["“Solar pumps” is published."]
    assert db.session.get_one(Case, 1).entry.status == Status.PUBLISHED


def test_a_line_may_stay_open_where_the_admin_says_why(reader):
    case, admin = a_case(), reader(an_admin())

    admin.send(f"/en/moderation/{case.id}", "aside form", verb="publish", checks=ALL[1:], reasons="It is triangular.")

    case = db.session.get_one(Case, 1)
    assert (case.entry.status, case.reasons, case.checks["south"]) == (
        Status.PUBLISHED,
        "It is triangular.",
        False,
    )


def test_to_return_it_one_must_say_why_and_what_was_ticked_stays(reader):
    case, admin = a_case(), reader(an_admin())

    page = admin.send(f"/en/moderation/{case.id}", "aside form", verb="give_back", checks=ALL[:2])

    assert page.errors == ["Please write your reasons: its author needs them."]
    assert page.form("aside form")["checks"] == ALL[:2]

    admin.send_from(page, "aside form", verb="give_back", reasons="Please name a source.")
    author = db.session.get_one(Case, 1).submitted_by
    awa = reader(author)
    news = awa.get("/en/notifications/")
    assert news.all("main li button") == [
        "An admin read “Solar pumps for village wells” and asks for changes before it can be published."
    ]
    entry = awa.send_from(news, "main li form")
    assert (entry.one("h1"), entry.one("main blockquote.written")) == (
        "Solar pumps for village wells",
        "Please name a source.",
    )


def test_who_decides_second_is_told_who_was_faster_and_keeps_the_reasons(reader):
    case = a_case()
    ada, bob = reader(an_admin(name="Ada")), reader(an_admin(name="Bob"))
    where = f"/en/moderation/{case.id}"
    read_by_bob = bob.get(where)

    ada.send(where, "aside form", verb="publish", checks=ALL)
    with time_machine.travel(now().timestamp() + 120):
        page = bob.send_from(read_by_bob, "aside form", verb="give_back", reasons="Who says so?")

    assert (page.status, page.notices) == (409, ["Ada published this 2 minutes ago."])
    assert page.one("textarea") == "Who says so?"
    assert db.session.get_one(Case, 1).entry.status == Status.PUBLISHED


def test_a_case_is_taken_on_by_one_admin(reader):
    case = a_case()
    ada, bob = reader(an_admin(name="Ada")), reader(an_admin(name="Bob"))
    where = f"/en/moderation/{case.id}"
    read_by_bob = bob.get(where)

    page = ada.send(where, "main form.act[action$=assign]")
    refused = bob.send_from(read_by_bob, "main form.act[action$=assign]")

    assert page.all("main .toolbar .tag") == ["You have taken this on"]
    assert (refused.status, refused.one("h1")) == (409, "This cannot be done now")
    assert bob.get(where).all("main .toolbar .tag") == ["Taken on by Ada"]


def test_a_new_version_is_shown_by_what_changes_and_published_over_the_old(reader):
    focal = a_focal_point()
    entry = a_solution(author=focal, title="Solar pumps")
    version = revise(entry, {"title": "Solar pumps in Fada"}, focal)
    services.submit(entry, focal, version)
    db.session.commit()
    admin = reader(an_admin())

    page = admin.get("/en/moderation/1")
    assert (page.one("h1"), page.all("main ins"), page.all("main del")) == (
        "Review a new version",
        ["in Fada"],
        [],
    )
    assert db.session.get_one(Case, 1).entry.title == "Solar pumps"

    admin.send_from(page, "aside form", verb="publish", checks=ALL)
    entry = db.session.get_one(Case, 1).entry
    assert (entry.title, entry.status, entry.waiting) == ("Solar pumps in Fada", Status.PUBLISHED, None)


def test_a_declined_version_leaves_the_published_one_as_it_is(reader):
    focal = a_focal_point()
    entry = a_solution(author=focal, title="Solar pumps")
    services.submit(entry, focal, revise(entry, {"title": "Buy our pumps"}, focal))
    db.session.commit()

    reader(an_admin()).send("/en/moderation/1", "aside form", verb="decline", reasons="It is advertising.")

    entry = db.session.get_one(Case, 1).entry
    assert (entry.title, entry.status) == ("Solar pumps", Status.PUBLISHED)


def test_the_criteria_are_public(visitor):
    page = visitor.get("/en/moderation/criteria")

    assert page.all("main h2") == [
        "Solutions", "Adaptations", "Requests", "Offers", "Partnerships", "Webinars", "Organisations",
        "After it is published",
    ]  # fmt: skip
    assert page.all("#solutions ~ dl dt")[0] == "It is cooperation among countries of the South"


def test_a_reader_flags_an_entry_and_an_admin_takes_it_down(reader):
    entry, admin = a_solution(), reader(an_admin(name="Ada"))
    where = f"/en/moderation/flag/{entry.ref}"
    fatou = reader(a_user(name="Fatou"))

    empty = fatou.send(where, follow=False)
    assert empty.errors == ["Please choose what is wrong."]
    fatou.send_from(empty, follow=False, reason="rights", text="The picture is mine.")

    page = admin.get("/en/moderation/flags")
    assert page.all("article blockquote") == ["The picture is mine."]
    page = admin.send_from(page, "article form", outcome="upheld")
    assert page.errors == ["Please write why: the entry is taken down, and its author needs to know."]
    page = admin.send_from(page, "article form", outcome="upheld", note="Please use your own picture.")
    assert page.notices == ["The entry is taken down."]
    assert db.session.get_one(Flag, 1).entry.status == Status.WITHDRAWN


def test_what_is_ones_own_or_hidden_cannot_be_flagged(reader):
    entry, draft = a_solution(), a_solution(status=Status.DRAFT)
    public, hidden = (f"/en/moderation/flag/{each.ref}" for each in (entry, draft))
    author, other = reader(entry.author), reader(a_user())

    assert author.get(public).status == 404
    assert (other.get(public).status, other.get(hidden).status) == (200, 404)
    assert reader().get(public).status == 302


def test_a_flagged_entry_is_hidden_while_an_admin_looks_and_shown_when_nothing_is_wrong(reader):
    entry, admin = a_solution(), reader(an_admin())
    services.flag(entry, a_user(), FlagReason.WRONG, "The figure")
    db.session.commit()

    admin.send("/en/moderation/flags", "main form.act")
    hidden = db.session.get_one(Flag, 1).entry.status
    admin.send("/en/moderation/flags", "article form", outcome="dismissed")

    assert (hidden, db.session.get_one(Flag, 1).entry.status) == (Status.REVIEW, Status.PUBLISHED)


def test_the_log_is_searched_by_who_what_words_and_day(reader):
    awa, admin = a_user(name="Awa"), an_admin(name="Ada")
    pumps, seeds = a_solution(author=awa, title="Solar pumps"), a_solution(author=awa, title="Seed banks")
    record(awa, "submitted", pumps)
    record(awa, "submitted", seeds)
    record(admin, "returned", seeds, reason="Who says so?")
    db.session.commit()
    ada = reader(admin)

    def found(**query):
        return ada.get("/en/moderation/log", query_string=query).all("tbody tr td:nth-child(4) span:last-child")

    assert found() == ["Seed banks", "Seed banks", "Solar pumps"]
    assert found(actor="ada") == ["Seed banks"]
    assert found(verb="submitted") == ["Seed banks", "Solar pumps"]
    assert found(words="SOLAR") == ["Solar pumps"]
    assert found(words="who says") == ["Seed banks"]
    assert found(until="2020-01-01") == []
    assert found(since=now().date().isoformat(), kind="solutions", before="2") == ["Solar pumps"]
    assert found(words="%", before="x", since="tomorrow") == []
    assert found(words="\x00", before="9" * 19) == ["Seed banks", "Seed banks", "Solar pumps"]


def test_the_log_says_where_anything_stood(reader):
    solution, admin = a_solution(), an_admin()
    statuses = [*Status, *MandateStatus, *InterestStatus]
    for status in statuses:
        record(admin, "revised", solution, after={"status": status.value})
    db.session.commit()

    shown = reader(admin).get("/en/moderation/log").all("tbody td:nth-child(5)")

    assert [words for words in shown if not words] == []
    assert (len(shown), shown[0], shown[3:5]) == (len(statuses), "Has ended", ["Accepted", "Waiting for an answer"])


def test_an_owner_reads_the_whole_log_and_the_public_its_public_steps(app, reader):
    case, admin = a_case(), an_admin(name="Ada")
    services.publish(case, admin, {})
    db.session.commit()
    where, owner, other = f"/en/moderation/log/{case.entry.ref}", reader(case.submitted_by), reader(a_user())

    assert [act.verb for act in steps(case.entry, whole=False)] == ["published"]
    assert owner.get(where).all(".timeline strong") == ["Submitted", "Published"]
    assert other.get(where).status == 404


def test_failed_work_is_shown_and_tried_again(reader):
    admin = reader(an_admin())
    saved(Job(name="nothing.such", args={}, error="LookupError: No task has this name any more.", attempts=3))

    page = admin.get("/en/moderation/jobs")
    assert page.all("tbody td")[:3] == [
        "nothing.such",
        "3",
        "LookupError: No task has this name any more.",
    ]
    assert admin.send_from(page, "td form").notices[0] == "It will be tried again in a moment."


def test_words_for_a_flag_that_another_admin_has_settled_are_kept(reader):
    flag = services.flag(a_solution(author=a_focal_point()), a_user(), FlagReason.WRONG, "No.")
    db.session.commit()
    number = flag.id
    ada, other = reader(an_admin()), an_admin().id
    stale = ada.get("/en/moderation/flags")
    services.settle(db.session.get(Flag, number), db.session.get(User, other), FlagOutcome.DISMISSED, "All is well.")
    db.session.commit()

    late = ada.send_from(stale, "main form.form", note="This is not true.", outcome="upheld")
    hidden = ada.send_from(stale, "main form.act")

    assert (late.status, late.one("h1"), late.one("textarea")) == (409, "This cannot be done now", "This is not true.")
    assert (hidden.status, hidden.one("h1")) == (409, "This cannot be done now")
    assert db.session.get(Flag, number).outcome == FlagOutcome.DISMISSED


def test_who_opens_an_entry_has_read_its_news(reader):
    case, admin = a_case(title="Solar pumps", author=a_focal_point()), an_admin()
    services.publish(case, admin, {})
    db.session.commit()
    author, at = reader(case.submitted_by), f"/en/solutions/{case.entry.ref}"
    before = author.get("/en/notifications/").all("main .heading form.act button")

    author.get(at)

    assert (len(before), author.get("/en/notifications/").all("main .heading form.act button")) == (1, [])


def test_the_log_is_searched_whatever_the_case_of_its_letters(reader):
    record(None, "revised", a_solution(title="ÉOLIENNES À Жуковский"))
    db.session.commit()

    page = reader(an_admin()).get("/en/moderation/log?words=éoliennes+жуковский")

    assert len(page.all("main tbody tr")) == 1


def test_steps_of_its_owner(app, reader, visitor):
    focal = a_focal_point()
    solution = a_solution(author=focal)
    own, ref = reader(focal), solution.ref
    path = f"/en/solutions/{ref}"

    seen = []
    for step in ("archive", "unarchive", "withdraw"):
        own.send(path, f"form[action='/en/moderation/{step}/{ref}']")
        seen.append((visitor.get(path).status, db.session.query(Solution).one().status.value))

    assert seen == [(200, "archived"), (200, "published"), (404, "withdrawn")]


def test_what_is_submitted_can_be_taken_back(app, reader):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT)
    services.submit(solution, focal)
    db.session.commit()
    own, ref = reader(focal), solution.ref

    page = own.send(f"/en/solutions/{ref}", f"form[action='/en/moderation/take-back/{ref}']")

    assert page.notices[0] == "Taken back. You can go on writing."
    assert db.session.query(Solution).one().status == Status.DRAFT
