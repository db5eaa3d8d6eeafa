"""An entry says what its author says: at once while it is a draft, by a version once it is published."""

from datetime import date, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from galaxy.content import services
from galaxy.content.models import Status
from galaxy.core.db import db, now
from galaxy.solutions.models import Solution
from tests.factories import a_focal_point, a_solution, a_user

WORDS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=30)
DAYS = st.none() | st.dates(date(1950, 1, 1), date(2090, 1, 1)).map(date.isoformat)
CODES = st.lists(st.sampled_from(["BFA", "NER", "FJI", "CUB"]), unique=True)
SAID = st.fixed_dictionaries(
    {
        "title": WORDS.map(lambda words: " ".join(words.split())),
        "challenge": WORDS,
        "approach": WORDS,
        "evidence": st.sampled_from(["told", "documented", "measured", "checked"]),
        "began_on": DAYS,
        "ended_on": DAYS,
        "implementers": st.lists(WORDS, max_size=3),
        "cost_range": st.none() | st.just("10k-50k"),
        "country": CODES,
        "used_in": CODES,
        "sdg": st.lists(st.sampled_from(["1", "6", "6.1", "13.b"]), unique=True),
        "blocks": st.lists(
            st.fixed_dictionaries({"title": WORDS, "text": WORDS, "enabling": WORDS, "lessons": WORDS}), max_size=3
        ),
        "figures": st.lists(st.fixed_dictionaries({"value": WORDS, "label": WORDS, "source": WORDS}), max_size=3),
    }
)


@given(said=SAID)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_a_solution_is_told_it_says(said):
    solution = Solution()

    solution.apply(said)
    again = Solution()
    again.apply(solution.snapshot())

    assert {name: solution.snapshot()[name] for name in said} == said
    assert again.snapshot() == solution.snapshot()


@given(said=SAID)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_a_solution_is_told_the_database_keeps(app, said):
    solution = Solution()
    services.revise(solution, said, None)
    db.session.commit()
    key = solution.id
    db.session.expunge_all()

    kept = db.session.get(Solution, key)

    assert {name: kept.snapshot()[name] for name in said} == said
    assert kept.versions[0].said == kept.snapshot()


def test_a_draft_says_at_once_what_it_is_told(app):
    solution, author = a_solution(status=Status.DRAFT), a_user()

    services.revise(solution, {"title": "Hand pumps"}, author)

    assert (solution.title, solution.waiting) == ("Hand pumps", None)


def test_a_published_solution_keeps_what_it_shows_until_an_admin_has_read_it(app):
    solution, author = a_solution(title="Solar pumps"), a_user()

    version = services.revise(solution, {"title": "Hand pumps"}, author)

    assert (solution.title, solution.said["title"], version.status) == ("Solar pumps", "Hand pumps", Status.DRAFT)
    assert [(v.number, v.said["title"], v.status.value) for v in solution.versions] == [
        (1, "Solar pumps", "published"),
        (2, "Hand pumps", "draft"),
    ]


def test_an_applied_version_is_shown(app):
    solution, author = a_solution(title="Solar pumps"), a_user()
    version = services.revise(solution, {"title": "Hand pumps", "country": ["NER"]}, author)

    services.apply_version(version)

    assert (solution.title, solution.codes("country"), solution.waiting) == ("Hand pumps", ["NER"], None)


def test_one_sitting_is_one_version_and_the_next_day_another(app):
    solution, author = a_solution(status=Status.DRAFT), a_user()

    services.revise(solution, {"title": "One"}, author)
    services.revise(solution, {"title": "Two"}, author)
    with time_machine.travel(now() + timedelta(days=1)):
        services.revise(solution, {"title": "Three"}, author)

    assert [version.said["title"] for version in solution.versions] == ["Two", "Three"]


def test_another_persons_words_are_another_version(app):
    solution, one, other = a_solution(status=Status.DRAFT), a_user(), a_user()

    services.revise(solution, {"title": "One"}, one)
    services.revise(solution, {"title": "Two"}, other)

    assert [version.author_id for version in solution.versions] == [one.id, other.id]


def test_what_was_submitted_is_never_written_over(app):
    solution, author = a_solution(status=Status.DRAFT), a_user()
    services.revise(solution, {"title": "Submitted"}, author)
    solution.submitted_at, solution.status = now() + timedelta(seconds=1), Status.RETURNED

    services.revise(solution, {"title": "Better"}, author)

    assert [version.said["title"] for version in solution.versions] == ["Submitted", "Better"]


def test_a_preview_says_what_waits_and_touches_no_row(app):
    focal = a_focal_point()
    solution = a_solution(author=focal, title="Solar pumps")
    services.revise(solution, {"title": "Hand pumps", "blocks": [{"title": "A block"}], "sdg": ["1"]}, focal)
    db.session.commit()

    copy = services.as_said(solution, solution.said)

    assert (copy.title, [block.title for block in copy.blocks], copy.codes("sdg")) == ("Hand pumps", ["A block"], ["1"])
    assert (copy.body, copy.ref, copy in db.session) == (solution.body, solution.ref, False)
    assert (solution.title, list(db.session.new), list(db.session.dirty)) == ("Solar pumps", [], [])


@pytest.mark.parametrize(
    ("age", "freshness"), [(10, "fresh"), (364, "fresh"), (366, "aging"), (729, "aging"), (731, "old")]
)
def test_a_year_makes_it_aging_and_two_make_it_old(age, freshness):
    assert Solution(confirmed_at=now() - timedelta(days=age)).freshness == freshness
