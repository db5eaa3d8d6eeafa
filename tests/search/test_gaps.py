"""What was sought and not found is counted, and nobody is named."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from galaxy import create_app
from galaxy.core.db import Base, db, now
from galaxy.search import gaps, index
from galaxy.search.gaps import forget_gaps, may_be_kept
from galaxy.search.models import Gap
from tests.conftest import SETTINGS
from tests.factories import a_solution, saved
from tests.readers import Reader


def a_gap(words="solar ovens", **facts):
    return saved(Gap(**{"folded": words, "language": "en", "words": words, "times": 1} | facts))


def counted():
    return [
        (gap.language, gap.folded, gap.words, gap.times) for gap in db.session.scalars(select(Gap).order_by(Gap.id))
    ]


def test_a_question_without_an_answer_is_counted_as_it_was_last_typed(visitor, work):
    a_solution(title="Solar pumps")
    work()

    for path in (
        "en/search?q=Zeolites",
        "en/search?q=zéolites",
        "fr/search?q=zeolites",
        "en/search?q=pumps",
        "en/search",
    ):
        visitor.get(f"/{path}")

    assert counted() == [("en", "zeolites", "zéolites", 2), ("fr", "zeolites", "zeolites", 1)]


def test_what_only_a_filter_hides_is_not_missing(visitor, work):
    a_solution(title="Solar pumps", countries=["BFA"])
    work()

    visitor.get("/en/search?q=pumps&country=FJI")
    visitor.get("/en/search?q=sdg:17")
    visitor.get("/en/search?q=zeolites&country=FJI")

    assert counted() == [("en", "zeolites", "zeolites", 1)]


def test_while_there_is_no_index_nothing_is_missing(visitor):
    visitor.get("/en/search?q=zeolites")

    assert counted() == []


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("fours solaires", True),
        ("تحلية المياه", True),
        ("太阳能", True),
        ("TB and HIV", True),
        ("plan 2030", True),
        ("a", False),
        ("22", False),
        ("ada@example.org", False),
        ("call +226 70 12 34 56", False),
        ("call ٧٠١٢٣٤٥٦", False),
        ("<script>alert(1)</script>", False),
        ("1' OR '1'='1' --", False),
        ("w" * 121, False),
    ],
)
def test_only_words_are_kept_and_nothing_that_leads_to_a_person(words, kept):
    assert may_be_kept(words) is kept


def test_one_client_counts_once_a_day_and_is_not_kept(tmp_path):
    app = create_app(tmp_path, **SETTINGS | {"LIMITS": True, "LIMIT_GAPS": "2/hour"})
    with app.app_context():
        Base.metadata.create_all(db.engine)
        index.rebuild()
        visitor = Reader(app)
        for words in ("zeolites", "zeolites", "zirconium", "zebras"):
            visitor.get(f"/en/search?q={words}")
        visitor.get("/en/search?q=zeolites", environ_base={"REMOTE_ADDR": "192.0.2.7"})

        assert counted() == [("en", "zeolites", "zeolites", 2), ("en", "zirconium", "zirconium", 1)]
        assert b"192.0.2.7" not in (tmp_path / "galaxy.db").read_bytes()
        db.session.remove()
        db.engine.dispose()


def test_old_gaps_go_and_of_too_many_those_sought_once_and_longest_ago(app, monkeypatch):
    monkeypatch.setattr(gaps, "MOST", 2)
    a_gap("ancient", times=9, last_at=now() - timedelta(days=800))
    a_gap("long settled", times=9, settled_at=now() - timedelta(days=400))
    a_gap("often", times=2, last_at=now() - timedelta(days=9))
    a_gap("once", last_at=now() - timedelta(days=3))
    a_gap("once lately")

    forget_gaps()

    assert [gap.words for gap in db.session.scalars(select(Gap).order_by(Gap.id))] == ["often", "once lately"]
