"""The pages of solutions as they are read, and the steps their owners take."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from galaxy.content import services as content
from galaxy.content.models import Link, Relation, Status
from galaxy.core.db import db, now
from galaxy.moderation import services as moderation
from galaxy.solutions.models import Adaptation, Solution
from tests.factories import a_focal_point, a_solution, a_user, an_adaptation, an_admin, saved

VECTORS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "<svg/onload=alert(1)>",
    '"><script>alert(1)</script>',
    "![x](https://evil.example/pixel.gif)",
    '<a href="java\nscript:alert(1)">x</a>',
    "<iframe src=https://evil.example></iframe>",
    "[x]: javascript:alert(1)\n\n[click][x]",
    '<https://ok.example/"onmouseover="alert(1)>',
    "{{ 7*7 }} {% raw %}",
    "<style>body{display:none}</style>",
    "<form action=//evil.example><input name=password>",
]
EXECUTES = ("script", "iframe", "object", "embed", "style", "base", "meta[http-equiv]", "svg script", "math")


def dangers(page):
    """Whatever in the page's main part could run, leave the site by itself, or ask for a secret."""
    main = page.soup.select_one("main")
    found = [tag.name for tag in main.select(", ".join(EXECUTES))]
    for tag in main.find_all(True):
        found += [name for name in tag.attrs if name.startswith("on") or name == "style"]
        for name in ("href", "src", "action", "srcset"):
            value = str(tag.get(name, "")).strip().lower()
            if value and not value.startswith(("/", "http://localhost/", "https://", "#", "mailto:")):
                found.append(value)
    found += [img["src"] for img in main.select("img") if not str(img["src"]).startswith("/")]
    return found + [field["name"] for field in main.select("input[name=password]")]


@pytest.mark.parametrize("words", VECTORS)
def test_nothing_people_type_runs_or_calls_home(app, visitor, reader, words):
    focal = a_focal_point()
    texts = dict.fromkeys([*Solution.texts, "title", "summary", "evidence_source"], words)
    rows = {
        "blocks": [dict.fromkeys(("title", "text", "enabling", "lessons"), words)],
        "figures": [dict.fromkeys(("value", "label", "source"), words)],
        "implementers": [words],
        "supporters": [words],
        "url": words,
        "licence": words,
    }
    solution = a_solution(author=focal)
    solution.apply(texts | rows)
    adaptation = an_adaptation(solution, title=words, summary=words, changes=words, results=words, worked=words)
    version = content.revise(solution, {"challenge": words + " again"}, focal, note=words)
    db.session.commit()
    ref, other, number = solution.ref, adaptation.ref, version.number
    own = reader(focal)

    pages = [
        visitor.get(path) for path in (f"/en/solutions/{ref}", f"/en/solutions/adaptations/{other}", "/en/solutions/")
    ]
    pages += [own.get(f"/en/{end}") for end in (
        f"solutions/{ref}/preview", f"content/{ref}/history", f"moderation/submit/{ref}", f"content/{ref}/files",
    )]  # fmt: skip
    pages += [own.get(f"/en/solutions/{ref}/edit/{part}") for part in ("story", "results", "reuse", "context")]

    assert number == 2
    assert [page.status for page in pages] == [200] * 11
    assert [dangers(page) for page in pages] == [[]] * 11


def test_list_shows_published_solutions_newest_first(visitor):
    a_solution(title="Solar pumps", published_at=now() - timedelta(days=1))
    a_solution(title="Seed banks")
    a_solution(title="Not yet", status=Status.SUBMITTED)

    page = visitor.get("/en/solutions/")

    assert page.all(".card h2") == ["Seed banks", "Solar pumps"]


def test_list_has_pages(app, visitor):
    for number in range(21):
        a_solution(title=f"Solution {number}", published_at=now() - timedelta(minutes=number))

    first, second, wild = (visitor.get(f"/en/solutions/{query}") for query in ("", "?page=2", "?page=9e9"))

    assert (len(first.all(".card")), second.all(".card h2"), len(wild.all(".card"))) == (20, ["Solution 20"], 20)
    assert first.links(".paging a") == ["/en/solutions/?page=2"]


def test_an_empty_list_invites(visitor):
    assert visitor.get("/en/solutions/").one(".empty .title") == "There is no solution here yet"


def statements(visitor, path):
    """How many statements a page needs."""
    seen = []
    visitor.get(path)
    engine = db.engine

    def count(_connection, _cursor, statement, *_more):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    visitor.get(path)
    event.remove(engine, "before_cursor_execute", count)
    return len([statement for statement in seen if statement.startswith(("SELECT", "WITH"))])


def test_list_needs_as_many_statements_for_three_as_for_one(app, visitor):
    a_solution(author=a_focal_point("BFA"))
    one = statements(visitor, "/en/solutions/")
    for code in ("FJI", "CUB"):
        a_solution(author=a_focal_point(code), countries=[code])

    assert statements(visitor, "/en/solutions/") == one


def test_own_list_needs_as_many_statements_for_three_as_for_one(app, reader):
    focal = a_focal_point()
    key = focal.id
    an_adaptation(a_solution(author=focal, status=Status.DRAFT), author=focal, body=focal.bodies[0])
    own = reader(focal)
    one = statements(own, "/en/solutions/mine")
    again = db.session.get(type(focal), key)
    for title in ("Two", "Three"):
        an_adaptation(a_solution(author=again, title=title), author=again, body=again.bodies[0])

    assert statements(own, "/en/solutions/mine") == one


def test_page_needs_as_many_statements_for_three_adaptations_as_for_one(app, visitor):
    solution = a_solution()
    path, key = f"/en/solutions/{solution.ref}", solution.id
    an_adaptation(solution)
    one = statements(visitor, path)
    for code in ("FJI", "CUB"):
        an_adaptation(db.session.get(Solution, key), countries=[code], body=a_focal_point(code).bodies[0])

    assert statements(visitor, path) == one


def test_page_reads_like_an_article_with_the_facts_beside_it(app, visitor):
    focal = a_focal_point()
    solution = a_solution(
        author=focal, language="fr", sdgs=["6", "6.1"], evidence="documented", evidence_source="https://example.org/r",
        began_on=now().date().replace(year=2019, month=1, day=1), implementers=["Direction de l'eau"],
    )  # fmt: skip
    solution.apply({"figures": [{"value": "12 000", "label": "people", "source": "Ministry"}]})
    db.session.commit()

    page = visitor.get(f"/en/solutions/{solution.ref}")

    assert page.one("h1") == "Solar pumps for village wells"
    assert page.all("article section > h2")[:3] == ["The challenge", "What was done", "Results"]
    assert (page.one(".figure dd"), page.one(".figure dt")) == ("12 000", "people (Ministry)")
    facts = dict(zip(page.all(".facts dt"), page.all(".facts dd"), strict=True))
    assert facts | {"Still true?": ""} == {
        "Country of origin": "Burkina Faso",
        "Shared by": "Focal point of BFA",
        "Endorsement": "Not endorsed yet",
        "Still true?": "",
        "How well the results are known": "Documented https://example.org/r",
        "Period": "Since 2019",
        "Carried out by": "Direction de l'eau",
        "Sectors": "Water Supply & Sanitation",
        "Sustainable Development Goals": "Goal 6 Clean water and sanitation One target 6.1 By 2030, achieve universal "
        "and equitable access to safe and affordable drinking water for all",
        "Licence": "CC BY 4.0",
    }
    assert "Written in French" in page.one("header .over")
    assert page.soup.h1["lang"] == "fr"


@pytest.mark.parametrize(
    ("days", "words"), [(1, "Up to date"), (400, "Older than a year"), (800, "Older than two years")]
)
def test_readers_see_how_lately_it_was_said_to_be_true(app, visitor, days, words):
    solution = a_solution(confirmed_at=now() - timedelta(days=days))

    assert visitor.get(f"/en/solutions/{solution.ref}").one(".fresh") == words


def test_the_family_tree_counts_uses_of_uses(app, visitor):
    solution = a_solution(title="Solar pumps")
    first = an_adaptation(solution, title="In Niger")
    second = an_adaptation(solution, title="In Chad", countries=["TCD"], worked="no")
    grandchild = saved(Adaptation(title="In Libya", status=Status.PUBLISHED, published_at=now()))
    hidden = saved(Adaptation(title="A draft"))
    saved(Link(from_id=grandchild.id, relation=Relation.ADAPTS, to_id=first.id))
    saved(Link(from_id=hidden.id, relation=Relation.ADAPTS, to_id=second.id))
    saved(Link(from_id=solution.id, relation=Relation.ADAPTS, to_id=grandchild.id))  # a circle

    page = visitor.get(f"/en/solutions/{solution.ref}")

    assert page.one("#uses h2") == "Used elsewhere 3 times"
    assert page.all("#uses > .family > li > a") == ["In Niger", "In Chad"]
    assert page.all("#uses .family .family a") == ["In Libya"]


def test_a_member_tells_how_it_was_used_elsewhere(app, reader, visitor):
    solution, member = a_solution(title="Solar pumps"), a_user(country="NER")
    ref, own = solution.ref, reader(member)

    typed = {"title": "Pumps in Niger", "changes": "Smaller", "results": "Good", "worked": "partly", "consent": "y"}
    last_look = own.send(f"/en/solutions/{ref}/adapt", "main form.form", **typed, act="submit")
    own.send_from(last_look, "main .toolbar form.act")
    adaptation = db.session.query(Adaptation).one()
    moderation.publish(moderation.open_case(adaptation), an_admin(), {})
    db.session.commit()
    other = adaptation.ref

    page = visitor.get(f"/en/solutions/adaptations/{other}")
    assert (page.one("h1"), page.one("header p a")) == ("Pumps in Niger", "Solar pumps")
    assert page.all(".facts dd")[:3] == ["Niger", "it worked in part", member_name(other)]
    assert visitor.get(f"/en/solutions/{ref}").all(".family a") == ["Pumps in Niger"]


def member_name(ref):
    return db.session.query(Adaptation).filter_by(ref=ref).one().author.name


def test_the_short_address_leads_to_the_page_in_the_readers_language(app, visitor):
    ref = a_solution(title="Solar pumps").ref

    page = visitor.get(f"/s/{ref}", headers={"Accept-Language": "fr"})

    assert page.location == f"/fr/solutions/{ref}-solar-pumps"


def test_a_visitor_is_asked_to_sign_in_to_write(app, visitor):
    slug = a_solution(title="Solar pumps").slug

    page = visitor.get(f"/en/solutions/{slug}")

    assert page.links("aside .button") == [f"/en/accounts/sign-in?next=/en/solutions/{slug}"]


def test_the_public_sees_when_it_was_published_and_not_what_it_was(app, visitor):
    focal = a_focal_point()
    solution = a_solution(author=focal)
    content.apply_version(content.revise(solution, {"title": "New"}, focal))
    db.session.commit()

    page = visitor.get(f"/en/solutions/{solution.ref}")

    assert "2 versions have been published" in page.one("article aside")
    assert page.links("a[href$=history]") == []
