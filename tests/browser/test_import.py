"""Real records of another platform, converted and imported by command, are found by the search page."""

import json
import re
import subprocess
import sys

from galaxy import ROOT
from tests.browser.steps import all_words, go, press, words
from tests.processes import a_site, environment

SOURCE = ROOT / "galaxy" / "pages" / "data" / "solutions_dpg.json"
SOME_REFUSED = 2


def galaxy(instance, *typed):
    """Run a command as an admin types it; its exit code, what it says, what it complains of."""
    command = [sys.executable, "-m", "galaxy", *typed]
    made = subprocess.run(command, cwd=ROOT, env=environment(instance), capture_output=True, text=True, check=False)
    return made.returncode, made.stdout, made.stderr


def test_the_digital_public_goods_are_imported_published_and_found(tmp_path, a_context):
    records, instance, rows = json.loads(SOURCE.read_bytes()), tmp_path / "instance", tmp_path / "rows.jsonl"
    code, converted, _complaints = galaxy(instance, "import", "convert-dpg", str(SOURCE))
    rows.write_text(converted + '{"external_id": "dpg:nothing", "title": ""}\n')
    migrated, _told, _complaints = galaxy(instance, "migrate")

    refused, told, complaints = galaxy(instance, "import", "solutions", str(rows), "--publish")

    assert (code, migrated, refused, len(records)) == (0, 0, SOME_REFUSED, 403)
    assert told == "read 404, created 403, updated 0, unchanged 0, published 403, refused 1\n"
    assert re.match(r"line 404\b", complaints, re.IGNORECASE), complaints
    with a_site(instance, LIMITS="0", MEANING="0", WEB_WORKERS="1") as site:
        page = a_context(base_url=site.address).new_page()
        go(page, "/en/search?kind=solutions")
        assert words(page.locator("main [role=status]").last) == "1 to 20 of 403 entries"
        asked = [record["title"] for record in records[::80]]
        assert [title for title in asked if title not in found(page, title)] == []


def found(page, title):
    """The titles on the first page of a search for one of them."""
    go(page, "/en/")
    page.get_by_label("What are you looking for?").fill(title.casefold())
    press(page, "Search")
    return all_words(page.locator(".results .card h2"))
