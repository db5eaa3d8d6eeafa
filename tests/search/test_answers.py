"""The search asked from the command line."""

import json

import pytest

from galaxy.core.db import db
from galaxy.search import index
from galaxy.search.cli import search
from tests.factories import a_solution
from tests.indexes import lose


@pytest.fixture
def run(app, work):
    """Run the command after indexing."""
    index.rebuild()

    def running(*typed: str):
        work()
        db.session.commit()
        return app.test_cli_runner().invoke(search, ["ask", *typed], catch_exceptions=False)

    return running


def test_a_question_on_the_command_line_is_answered_as_over_the_network(run, visitor):
    a_solution(title="Pompes solaires", language="fr", countries=["BFA"])
    a_solution(title="Pompes éoliennes", language="fr", countries=["NER"])

    for typed, address in (
        (["pompes", "solaires", "--json"], "q=pompes+solaires&lang=en"),
        (["pompes country:Niger", "--json", "--lang", "fr"], "q=pompes+country:Niger&lang=fr"),
        (["--json", "--page", "2"], "page=2&lang=en"),
        (["--json", "--", "-pompes"], "q=-pompes&lang=en"),
        (["zzzz", "--json"], "q=zzzz&lang=en"),
    ):
        said = run(*typed)
        assert said.exit_code == 0
        assert json.loads(said.output) == json.loads(visitor.get(f"/api/v1/search?{address}").text)


def test_without_json_it_is_a_list_to_read(run):
    solution = a_solution(title="Pompes solaires", language="fr", challenge="Le gazole & le reste.")
    ref = solution.ref

    lines = run("gazole").output.splitlines()

    assert lines[0] == "1 found, 0 more by meaning."
    assert lines[2] == "Pompes solaires (solutions, fr)"
    assert lines[-2:] == ["  Le gazole & le reste.", f"  http://localhost/en/solutions/{ref}-pompes-solaires"]


def test_while_there_is_no_index_the_answer_says_that_it_may_be_incomplete(run):
    a_solution(title="Pompes solaires", language="fr")
    run("pompes")
    lose(index.engine())

    lines = run("pompes").output.splitlines()

    notice = "Search is being put in order. Until it is ready, results are plainer and may be incomplete."
    assert lines[:4] == ["1 found, 0 more by meaning.", notice, "", "Pompes solaires (solutions, fr)"]
    assert json.loads(run("pompes", "--json").stdout)["notice"] == notice


def test_nothing_found_is_no_failure(run):
    said = run("nothing of the kind")

    assert (said.exit_code, said.output) == (0, "0 found, 0 more by meaning.\n")


def test_a_language_that_is_none_is_written_wrongly(run):
    assert run("pumps", "--lang", "xx").exit_code == 2
