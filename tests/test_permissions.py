"""The permission matrix: every view of the address map, asked by every role, in every state of what it shows."""

import pytest

from tests.permissions import PERMISSIONS, endpoints, expected, observed


def test_every_view_has_a_row_in_the_permission_matrix(apps):
    missing = [each for each in endpoints(apps["sqlite"]) if each not in PERMISSIONS]

    assert missing == [], "Say in tests/permissions.py who may use these (`python -m tests.permissions` helps)."


def test_every_row_of_the_permission_matrix_is_of_a_view(apps):
    assert [each for each in PERMISSIONS if each not in endpoints(apps["sqlite"])] == []


@pytest.mark.parametrize("endpoint", sorted(PERMISSIONS))
def test_a_view_lets_in_whom_the_matrix_says(app, endpoint):
    if endpoint not in app.view_functions:
        pytest.skip("told by the test above")
    model = getattr(app.view_functions[endpoint], "model", None)
    row = expected(endpoint, model)
    if app.config["DATABASE_URL"].startswith("postgresql"):
        row = one_of_each(row)  # the statements may differ there, not what a state means

    assert observed(app, endpoint, row) == row


def one_of_each(row: dict[str, str]) -> dict[str, str]:
    """One state for each answer that the matrix has for a view: the last of those that answer alike."""
    return {state: said for said, state in {said: state for state, said in row.items()}.items()}
