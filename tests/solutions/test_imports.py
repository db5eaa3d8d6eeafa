"""Importing solutions: refused line by line, repeated without doubles, killed and begun again."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from galaxy.content.imports import Choices, Refusal, lines, load
from galaxy.content.models import Link, Status, Version
from galaxy.core.db import db
from galaxy.core.jobs import Job, beat
from galaxy.directory.models import Organisation
from galaxy.solutions.cli import group
from galaxy.solutions.imports import IMPORTER, find_sdg, find_sector, period, understand
from galaxy.solutions.models import Solution
from tests.factories import a_body, a_focal_point, an_admin, an_organisation

WHOLE = {
    "external_id": "x:1",
    "title": "Trous de zaï",
    "summary": "Des poquets.",
    "challenge": "Une croûte dure.",
    "approach": "Du compost.",
    "results": "Du mil.",
    "language": "fr",
    "countries": ["Burkina Faso"],
    "used_in": ["Niger"],
    "sdgs": [2, "15.3"],
    "sectors": ["311"],
    "organisations": ["Groupement Naam"],
    "url": "https://example.org/zai",
    "licence": "CC-BY-4.0",
    "period": "1980-",
}


@pytest.fixture
def run(app, tmp_path):
    """Import rows, or the text of a file, by the command: its exit code, its last line, its complaints."""

    def call(content, *options, name="rows.jsonl"):
        path = tmp_path / name
        if not isinstance(content, str):
            content = "".join(json.dumps(row) + "\n" for row in content)
        path.write_text(content, encoding="utf-8")
        result = CliRunner().invoke(group, ["solutions", str(path), *options], catch_exceptions=False)
        return result.exit_code, result.stdout.strip(), result.stderr.strip().splitlines()

    return call


def said(read=0, created=0, updated=0, unchanged=0, published=0, refused=0):
    return (
        f"read {read}, created {created}, updated {updated}, unchanged {unchanged}, published {published}, "
        f"refused {refused}"
    )


def solution(external_id="x:1"):
    return db.session.scalars(select(Solution).where(Solution.external_id == external_id)).one()


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_what_is_published_is_found_at_once_where_no_worker_runs(run, visitor):
    run([WHOLE], "--publish")

    hits = json.loads(visitor.get("/api/v1/search?q=compost").text)["hits"]
    assert [hit["title"] for hit in hits] == [WHOLE["title"]]


def test_what_follows_is_left_to_a_worker_that_runs(run):
    beat()

    run([WHOLE], "--publish")

    assert db.session.scalars(select(Job.name).where(Job.name == "search.index.index_entries")).all() != []


def test_a_row_becomes_a_published_solution_with_all_it_says(run):
    assert run([WHOLE], "--publish") == (0, said(read=1, created=1, published=1), [])

    found = solution()
    (organisation,) = db.session.scalars(select(Organisation))
    assert {name: value for name, value in found.snapshot().items() if value} == {
        **{name: WHOLE[name] for name in ("title", "summary", "challenge", "approach", "results", "language", "url")},
        "licence": "CC-BY-4.0",
        "country": ["BFA"],
        "used_in": ["NER"],
        "sdg": ["2", "15.3"],
        "sector": ["311"],
        "implementers": ["Groupement Naam"],
        "evidence": "told",
        "began_on": "1980-01-01",
    }
    assert (found.status, organisation.title, count(Link)) == (Status.PUBLISHED, "Groupement Naam", 1)
    assert found.confirmed_at is None


def test_what_is_refused_is_named_line_by_line(run):
    table = (
        "external_id,title,countries,sdgs,sectors,language,url,period,organisations\n"
        "x:1,Good,Niger; Mali,6.2,140,fr,example.org,2015,\n"
        "x:2,,Niger,6,140,fr,,,\n"
        ",No id,,,,,,,\n"
        "x:1,Twice,,,,,,,\n"
        "x:3,A,Atlantis,,,,,,\n"
        "x:4,A,,18,,,,,\n"
        "x:5,A,,,Magic,,,,\n"
        "x:6,A,,,,Klingon,,,\n"
        "x:7,A,,,,,javascript:alert(1),,\n"
        "x:8,A,,,,,,2020-2015,\n"
        f"x:9,{'A' * 201},,,,,,,\n"
        "x:10,=1+1,,,,,,,\n"
    )

    code, counts, complaints = run(table, "--publish", name="rows.csv")

    assert (code, counts) == (2, said(read=12, created=2, published=2, refused=10))
    assert complaints == [
        "line 3: the title is missing",
        "line 4: the external_id is missing",
        "line 5: it stands on line 2 already, with the same external_id",
        "line 6: the country “Atlantis” is not known",
        "line 7: the SDG “18” is not known",
        "line 8: the sector “Magic” is not known",
        "line 9: the language “Klingon” is none of ar, zh, en, fr, ru, es, pt",
        "line 10: the address (url) must be whole, and begin with http:// or https://",
        "line 11: the period “2020-2015” is not like 2015, 2015-2020 or 2015-03-01/2020-06-30",
        "line 12: the title has 201 characters, at most 200 are taken",
    ]
    assert (solution("x:10").title, solution().url, solution().licence) == ("=1+1", "https://example.org", "other")


def test_an_import_may_be_repeated_without_doubles(run):
    rows = [WHOLE, WHOLE | {"external_id": "x:2"}]
    run(rows, "--publish")

    again = run(rows, "--publish")

    assert again == (0, said(read=2, unchanged=2), [])
    assert (count(Solution), count(Version), count(Organisation), count(Link)) == (2, 2, 1, 2)


def test_a_changed_row_updates_its_solution_and_keeps_what_it_said_before(run):
    run([WHOLE], "--publish")

    changed = run([{"external_id": "x:1", "title": "Zaï", "results": ""}], "--publish")

    found = solution()
    assert changed == (0, said(read=1, updated=1), [])
    assert (found.title, found.results, found.challenge) == ("Zaï", "", "Une croûte dure.")
    assert [version.said["title"] for version in found.versions] == ["Trous de zaï", "Zaï"]


def test_without_publish_what_is_new_is_a_draft_of_its_body_and_changes_wait(run):
    body = a_body()
    run([WHOLE], "--body", str(body.id))
    draft = (solution().status, solution().body)
    run([WHOLE], "--publish")

    waiting = run([WHOLE | {"title": "Zaï"}])

    assert draft == (Status.DRAFT, body)
    assert waiting == (0, said(read=1, updated=1), [])
    assert (solution().title, solution().versions[-1].said["title"]) == ("Trous de zaï", "Zaï")
    assert run([WHOLE | {"title": "Zaï"}], "--publish")[1] == said(read=1, updated=1)
    assert solution().title == "Zaï"


def test_what_people_have_changed_since_is_left_as_it_is(run):
    run([WHOLE], "--publish")
    mended = solution()
    mended.versions.append(Version(number=2, said=mended.snapshot() | {"title": "Better words"}))
    mended.title = "Better words"
    db.session.commit()

    left = run([WHOLE], "--publish")

    words = "line 1: it was changed here since the last import and is left as it is"
    assert (left, solution().title) == ((2, said(read=1, refused=1), [words]), "Better words")
    assert run([WHOLE], "--publish", "--overwrite")[1] == said(read=1, updated=1)
    assert solution().title == "Trous de zaï"


def test_what_was_withdrawn_stays_so(run):
    run([WHOLE], "--publish")
    solution().status = Status.WITHDRAWN
    db.session.commit()

    assert run([WHOLE], "--publish")[1] == said(read=1, unchanged=1)
    assert solution().status == Status.WITHDRAWN


def test_a_dry_run_writes_nothing(run):
    assert run([WHOLE], "--publish", "--dry-run") == (0, f"Would be: {said(read=1, created=1)}", [])
    assert (count(Solution), count(Organisation)) == (0, 0)


def test_refused_rows_are_kept_to_be_mended(run, tmp_path):
    kept = tmp_path / "refused.jsonl"

    run([{"external_id": "x:1", "title": "", "colour": "red"}], "--refused", str(kept))

    row = {"external_id": "x:1", "title": "", "colour": "red", "_line": 1, "_refused": "the title is missing"}
    assert json.loads(kept.read_text()) == row


def test_columns_that_are_not_known_are_named_once(run):
    rows = [WHOLE | {"colour": "red"}, WHOLE | {"external_id": "x:2", "colour": "blue"}]

    assert run(rows) == (0, said(read=2, created=2), ["Left out, not known: colour."])


def test_a_file_that_cannot_be_read_to_its_end_ends_with_one(run):
    assert run("name\na\n", name="rows.csv")[::2] == (1, ["Stopped: The first line names no column “title”."])


def test_a_body_or_an_author_that_does_not_exist_is_said(run):
    assert [run([WHOLE], *option)[0] for option in (("--body", "99"), ("--author", "no@example.org"))] == [2, 2]
    assert count(Solution) == 0


def test_an_author_is_named_by_their_address(run):
    admin = an_admin(email="admin@example.org")

    run([WHOLE], "--author", "Admin@example.org", "--publish")

    assert solution().author == admin


def test_organisations_are_found_again_whatever_their_accents(run):
    there = an_organisation(title="Groupement Näam")

    run([WHOLE | {"organisations": ["GROUPEMENT NAAM", {"name": "Groupement Naam"}]}], "--publish")

    assert [link.to_id for link in db.session.scalars(select(Link))] == [there.id]
    assert count(Organisation) == 1


def test_an_import_that_was_killed_is_begun_again(app, tmp_path):
    path = tmp_path / "rows.jsonl"
    rows = [{"external_id": f"x:{n}", "title": f"Solution {n}", "organisations": ["One"]} for n in range(450)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))

    def killed(source):
        for number, line in enumerate(source):
            if number == 420:
                raise KeyboardInterrupt
            yield line

    with pytest.raises(KeyboardInterrupt):
        load(killed(lines(path)), IMPORTER, Choices(publish=True))
    db.session.rollback()
    after_the_kill = count(Solution)
    report = load(lines(path), IMPORTER, Choices(publish=True))

    assert (after_the_kill, report.unchanged, report.created, report.refused) == (400, 400, 50, [])
    assert (count(Solution), count(Version), count(Organisation), count(Link)) == (450, 450, 1, 450)


def test_goals_and_targets_are_read_as_people_write_them():
    written = ["6", "06", "6.2", "SDG 6", "ODD 6.b", "Goal 6: Clean Water", "clean water and sanitation", "Pauvreté"]

    assert [find_sdg(text) for text in written] == ["6", "6", "6.2", "6", "6.b", "6", "6", None]
    assert [find_sdg(text) for text in ("18", "6.9", "66", "6, 13", "1 No Poverty, 2 Zero")] == [None] * 5


def test_sectors_are_read_by_code_or_name():
    assert [find_sector(text) for text in ("311", "12220", "agriculture", "Basic Health", "Magie")] == [
        "311",
        "12220",
        "311",
        "122",
        None,
    ]


def test_commas_stand_between_countries_and_inside_their_names():
    def countries(text):
        return understand({"external_id": "a", "title": "b", "countries": text}).said["country"]

    assert countries("Congo, Dem. Rep.; Niger, Mali|Côte d’Ivoire") == ["COD", "NER", "MLI", "CIV"]


@pytest.mark.parametrize(
    ("written", "began", "ended"),
    [
        ("2015", "2015-01-01", "2015-12-31"),
        ("2015-2020", "2015-01-01", "2020-12-31"),
        ("2015 – 2020", "2015-01-01", "2020-12-31"),
        ("2015/2020", "2015-01-01", "2020-12-31"),
        ("2015-", "2015-01-01", None),
        ("2015/..", "2015-01-01", None),
        ("2015-02", "2015-02-01", "2015-02-28"),
        ("2015-03-01/2016-06", "2015-03-01", "2016-06-30"),
        ("", None, None),
    ],
)
def test_a_period_is_read_as_people_write_it(written, began, ended):
    assert period(written) == {"began_on": began, "ended_on": ended}


@pytest.mark.parametrize(
    "written", ["soon", "2020-2015", "2015-13-01/2016", "2015/x", "0000", "2015/2016/2017", "-2015"]
)
def test_a_period_that_means_nothing_is_refused(written):
    with pytest.raises(Refusal):
        period(written)


def test_an_organisation_that_is_no_longer_named_is_no_longer_linked(run):
    run([{**WHOLE, "organisations": ["Groupement Naam", "Six S"]}], "--publish")
    run([{**WHOLE, "organisations": ["SIX S"]}], "--publish")

    linked = select(Organisation.title).join(Link, Link.to_id == Organisation.id)
    assert list(db.session.scalars(linked)) == ["Six S"]


def test_what_an_import_takes_can_be_edited_as_it_is(run, reader):
    focal = a_focal_point()
    row = {
        **WHOLE, "title": "T" * 200, "summary": "S" * 1_000, "challenge": "C" * 20_000, "results": "R" * 20_000,
        "organisations": [f"{'O' * 290} {number}" for number in range(50)], "licence": "MPL-2.0",
        "url": "https://example.org/eau", "period": "1900-2100", "evidence": "measured", "evidence_source": "E" * 500,
    }  # fmt: skip
    run([row], "--publish")
    solution().body = focal.bodies[0]
    db.session.commit()
    own, at = reader(focal), f"/en/solutions/{solution().ref}/edit"

    pages = [own.send(f"{at}/{part}", "main form.form", act="save") for part in ("story", "results", "context")]

    assert [(page.errors, page.notices[0]) for page in pages] == [([], "Saved.")] * 3
    assert solution().waiting is None or solution().waiting.said == solution().snapshot()


def test_a_licence_that_is_not_offered_is_shown_by_its_identifier(run, visitor):
    run([{**WHOLE, "licence": "MPL-2.0"}], "--publish")

    page = visitor.get(f"/en/solutions/{solution().ref}")

    assert page.all(".facts div")[-1] == "Licence MPL-2.0"


def test_who_carried_it_out_is_linked_to_their_profile(run, visitor):
    run([{**WHOLE, "organisations": ["Groupement Naam"], "implementers": ["Somebody else"]}], "--publish")
    (naam,) = [each.slug for each in db.session.scalars(select(Organisation))]

    page = visitor.get(f"/en/solutions/{solution().ref}")

    facts = {row.dt.get_text(): row.dd for row in page.soup.select(".facts div")}["Carried out by"]
    assert " ".join(facts.get_text().split()) == "Groupement Naam, Somebody else"
    assert [link["href"] for link in facts.select("a")] == [f"/en/directory/{naam}"]
