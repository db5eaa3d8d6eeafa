"""The rules of the house, which hold of every view, task, room, template and setting."""

import ast
import re
from pathlib import Path

import pytest
from jinja2 import meta

from galaxy import ROOT
from galaxy.core import config, jobs
from galaxy.core.forms import csrf

TEMPLATES = ROOT / "templates"
OPEN_FILES = frozenset({"static", "security.static"})
EXCUSED = {  # their addresses are signed, and mail programs post to them (RFC 8058)
    "galaxy.notifications.views.unsubscribe",
    "galaxy.search.views.unsubscribe",
    "galaxy.webinars.registering.leave",
}
INLINE = {
    "a script in the page": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>", re.IGNORECASE),
    "a style in the page": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
}


def pages() -> list[Path]:
    """Every template that a browser is sent; mails are not, and mail programs want their style inside."""
    return [path for path in sorted(TEMPLATES.rglob("*.html")) if path.parent.name != "emails"]


def modules() -> list[Path]:
    return sorted((ROOT / "galaxy").rglob("*.py"))


def rendered() -> dict[str, str]:
    """Every template that code names, and where."""
    found = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch(r"\w+/[\w/]+\.(html|txt)", node.value)
            ):
                found[node.value] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def test_every_view_has_a_rule(apps):
    views = apps["sqlite"].view_functions
    without = [name for name, view in views.items() if name not in OPEN_FILES and not hasattr(view, "rule")]

    assert without == [], "Put @admit(rule) on these views."


def test_no_other_view_is_excused_from_the_token_check(apps):
    assert apps["sqlite"].config["WTF_CSRF_ENABLED"]
    assert apps["sqlite"].config["WTF_CSRF_CHECK_DEFAULT"]
    assert apps["sqlite"].config["WTF_CSRF_METHODS"] == {"POST", "PUT", "PATCH", "DELETE"}
    assert (csrf._exempt_views, csrf._exempt_blueprints) == (EXCUSED, set())


def test_every_task_has_a_test(apps):
    calls = {task.call for task in jobs.TASKS.values()} | {call for call, _when in jobs.PERIODIC}
    names = {call.__name__ for call in calls if call.__module__.startswith("galaxy.")}
    words = set(re.findall(r"\w+", "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))))

    assert sorted(names - words) == [], "No test names these tasks."


def test_every_room_has_a_line_in_the_readme():
    rooms = sorted(path.parent.name for path in (ROOT / "galaxy").glob("*/__init__.py"))
    lines = (ROOT / "README.md").read_text().splitlines()

    assert [room for room in rooms if not any(f"`{room}`" in line for line in lines)] == []


def test_every_room_says_what_it_is_for():
    said = {path: ast.get_docstring(ast.parse(path.read_text())) for path in modules()}

    assert [str(path.relative_to(ROOT)) for path, words in said.items() if not words] == []


@pytest.mark.parametrize("what", INLINE)
def test_no_template_has_anything_inline(what):
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in pages()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if INLINE[what].search(line)
    ]

    assert found == [], f"The Content-Security-Policy forbids {what}."


def test_every_template_that_is_named_is_there_and_every_one_there_is_named(apps):
    environment = apps["sqlite"].jinja_env
    settings = apps["sqlite"].config
    doors = {str(settings[key]): key for key in settings if re.fullmatch(r"SECURITY_\w+_TEMPLATE", key)}
    named = rendered() | {
        name: key for name, key in doors.items() if "/" in name
    }  # the others begin the names of mails
    for path in sorted(path for path in TEMPLATES.rglob("*") if path.is_file()):
        name = str(path.relative_to(TEMPLATES))
        referred = meta.find_referenced_templates(environment.parse(path.read_text()))
        named |= {each: name for each in referred if each}

    there = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.is_file()}
    brought = {name for name in named if name.startswith("security/")}  # by Flask-Security itself
    made = {name for name in there if name.startswith("emails/")}  # named by the verb of the news
    assert [f"{name}, named in {where}" for name, where in named.items() if name not in there | brought] == []
    assert sorted(there - set(named) - made) == [], "Nothing shows these templates."


def test_every_setting_says_what_it_is_for():
    assert [name for name, words in config.meanings().items() if not words] == [], "Add a comment beside it."
    assert list(config.meanings()) == [name for name in vars(config.Default) if name.isupper()]
