"""Records of the Digital Public Goods Alliance become rows that the import takes."""

import json
from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import func, select

import galaxy.pages
from galaxy.content.imports import Choices, lines, load
from galaxy.content.models import Link, Status
from galaxy.core.db import db
from galaxy.directory.imports import IMPORTER as ORGANISATIONS
from galaxy.directory.models import Organisation
from galaxy.solutions.cli import group
from galaxy.solutions.converters import convert_dpg, convert_dpg_organisations, first_sentences
from galaxy.solutions.imports import IMPORTER
from galaxy.solutions.models import Solution

SHIPPED = Path(galaxy.pages.__file__).with_name("data")
RECORD = {
    "id": "dpg:wells",
    "title": "Wells",
    "aliases": ["Open Wells"],
    "description": "Wells maps wells. It works offline.",
    "url": "https://wells.example",
    "types": ["software", "data"],
    "licenses": ["MIT"],
    "sdgs": [
        {"goal": 6, "evidence": "Villages see which wells run dry."},
        {"goal": 13, "evidence": "NA"},
        {"goal": 11, "evidence": "Villages see which wells run dry."},
    ],
    "sectors": ["Water and Sanitation", "Platform creation"],
    "organisations": [
        {"name": "Well Lab", "website": "https://lab.example", "role": "owner"},
        {"name": "A Fund", "website": "none", "role": "funder"},
    ],
    "development_countries": [{"name": "Kenya", "iso3": "KEN"}],
    "deployment_countries": [{"name": "Kosovo", "iso3": "XKX"}, {"name": "Niger", "iso3": "NER"}],
    "repositories": ["https://git.example/wells"],
    "standards": ["JSON"],
    "privacy_laws": [],
    "status": "dpg",
    "last_changed": "2022-08-01",
    "source_path": "digitalpublicgoods/wells.json",
    "language": "en",
}


def test_a_record_becomes_a_row_that_says_nothing_twice():
    assert list(convert_dpg([RECORD])) == [
        {
            "external_id": "dpg:wells",
            "title": "Wells",
            "summary": "Wells maps wells. It works offline.",
            "approach": "Wells is open-source software and open data, published under MIT.\n\n"
            "Its source is open to all: <https://git.example/wells>\n\n"
            "It is also known as Open Wells.",
            "results": "**How it serves goals 6 and 11:** Villages see which wells run dry.",
            "inputs": "",
            "adapting": "It keeps to these standards:\n\n- JSON",
            "sustainability": "The Digital Public Goods Alliance listed it as a digital public good in its records of "
            "August 1, 2022.",
            "language": "en",
            "countries": ["KEN"],
            "used_in": ["NER"],
            "sdgs": ["6", "13", "11"],
            "sectors": ["140"],
            "organisations": [{"name": "Well Lab", "website": "https://lab.example"}],
            "supporters": ["A Fund"],
            "url": "https://wells.example",
            "licence": "MIT",
            "evidence_source": "Digital Public Goods Alliance, digitalpublicgoods/wells.json",
        }
    ]


def test_a_french_record_is_told_in_french():
    (row,) = convert_dpg([RECORD | {"language": "fr"}])

    assert row["results"] == "**Comment cela sert les objectifs 6 et 11 :** Villages see which wells run dry."


def test_a_summary_ends_with_a_sentence_or_a_word():
    long = "word " * 100

    assert first_sentences("One v. 2 thing. Another.") == ("One v. 2 thing. Another.", "")
    assert first_sentences(f"First. {'X' * 300}.") == ("First.", f"{'X' * 300}.")
    assert first_sentences(long) == (f"{('word ' * 56).strip()}…", long.strip())


def test_an_organisation_says_what_it_stands_behind():
    record = {"id": "org:lab", "name": "Lab", "website": "", "roles": ["owner", "funder"], "solutions": ["a", "b"]}

    (row,) = convert_dpg_organisations([record])

    words = "Owner and funder of 2 digital public goods in the records of the Digital Public Goods Alliance."
    assert row == {"external_id": "org:lab", "title": "Lab", "summary": words, "language": "en", "url": ""}


def converted(command, tmp_path):
    """The shipped records as the command writes them, in a file."""
    source, name = command.removeprefix("convert-"), f"{command}.jsonl"
    file = {"dpg": "solutions_dpg.json", "dpg-organisations": "organisations_dpg.json"}[source]
    result = CliRunner().invoke(group, [command, str(SHIPPED / file)], catch_exceptions=False)
    (tmp_path / name).write_text(result.stdout, encoding="utf-8")
    return tmp_path / name


def test_all_shipped_records_are_taken(app, tmp_path):
    organisations = load(lines(converted("convert-dpg-organisations", tmp_path)), ORGANISATIONS, Choices(publish=True))
    solutions = load(lines(converted("convert-dpg", tmp_path)), IMPORTER, Choices(publish=True))

    assert (organisations.read, organisations.published, organisations.refused) == (344, 344, [])
    assert (solutions.read, solutions.published, solutions.refused) == (403, 403, [])
    assert db.session.scalar(select(func.count(Solution.id)).where(Solution.status == Status.PUBLISHED)) == 403
    assert db.session.scalar(select(func.count(Organisation.id))) == 344
    assert db.session.scalar(select(func.count(func.distinct(Link.from_id)))) > 300


def test_a_source_that_is_no_list_of_records_is_said(app, tmp_path):
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "b.json").write_text(json.dumps([1]))

    codes = [
        CliRunner().invoke(group, ["convert-dpg", str(tmp_path / name)]).exit_code for name in ("a.json", "b.json")
    ]

    assert codes == [1, 1]
