"""Importing organisations: what is refused, and that it may be repeated."""

import json

from click.testing import CliRunner
from sqlalchemy import select

from galaxy.core.db import db
from galaxy.directory.cli import group
from galaxy.directory.models import Organisation


def run(tmp_path, rows):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    result = CliRunner().invoke(group, ["organisations", str(path), "--publish"], catch_exceptions=False)
    return result.exit_code, result.stdout.strip(), result.stderr.splitlines()


def test_organisations_are_imported_and_repeated_without_doubles(app, tmp_path):
    row = {"external_id": "o:1", "title": "Reef Lab", "countries": "Fiji", "type": "80", "url": "https://reef.example"}

    first, again = run(tmp_path, [row]), run(tmp_path, [row])

    (found,) = db.session.scalars(select(Organisation))
    assert first == (0, "read 1, created 1, updated 0, unchanged 0, published 1, refused 0", [])
    assert again == (0, "read 1, created 0, updated 0, unchanged 1, published 0, refused 0", [])
    assert (found.title, found.codes("country"), found.type, found.letter) == ("Reef Lab", ["FJI"], "80", "R")


def test_what_is_refused_is_named_line_by_line(app, tmp_path):
    rows = [
        {"external_id": "o:1"},
        {"external_id": "o:2", "title": "A", "type": "99"},
        {"external_id": "o:3", "title": "A", "url": "ftp://x"},
        {"external_id": "o:4", "title": "A", "language": "xx"},
    ]

    code, _counts, complaints = run(tmp_path, rows)

    assert (code, [complaint.split(" is none of ")[0] for complaint in complaints]) == (
        2,
        [
            "line 1: the title is missing",
            "line 2: the type “99”",
            "line 3: the address (url) must be whole, and begin with http:// or https://",
            "line 4: the language “xx”",
        ],
    )
