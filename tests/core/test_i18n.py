"""Moments and sizes, as each language writes them."""

from datetime import UTC, date, datetime

import pytest
from flask_babel import force_locale

from galaxy.core.i18n import _, filesize, format_date, lazy, ngettext, when

MOMENT = datetime(2026, 3, 4, 15, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "zone", "written"),
    [
        ("en", "UTC", "Mar 4, 2026, 3:05\N{NARROW NO-BREAK SPACE}PM UTC"),
        ("fr", "UTC", "4 mars 2026, 15:05 UTC"),
        ("fr", "Pacific/Fiji", "5 mars 2026, 03:05 (Fidji)"),
    ],
)
def test_a_moment_names_its_zone(app, monkeypatch, code, zone, written):
    monkeypatch.setitem(app.config, "TIME_ZONE", zone)

    with force_locale(code):
        assert when(MOMENT) == written


@pytest.mark.parametrize(("code", "written"), [("en", "1.2 MB, 3.4 kB"), ("fr", "1,2 Mo, 3,4 ko")])
def test_the_size_of_a_file_is_in_the_reader_s_units(app, code, written):
    with force_locale(code):
        assert f"{filesize(1_234_567)}, {filesize(3_400)}".replace("\N{NARROW NO-BREAK SPACE}", " ") == written


@pytest.mark.parametrize(
    ("code", "written"), [("en", "March 1, 2027"), ("fr", "1er mars 2027"), ("es", "1 de marzo de 2027")]
)
def test_the_first_of_a_month_is_said_as_its_language_says_it(app, code, written):
    with force_locale(code):
        assert format_date(date(2027, 3, 1), "long") == written
        assert format_date(date(2027, 3, 11), "long") != written


def test_words_are_those_of_the_language_that_is_spoken_at_the_moment(app):
    later, one, many = lazy("Search"), "In one day", "In %(num)d days"
    page = app.jinja_env.from_string(
        "{% trans %}Search{% endtrans %} {% trans num=3 %}In one day{% pluralize %}In {{ num }} days{% endtrans %}"
    )

    def said():
        return [_("Search"), str(later), ngettext(one, many, 3), page.render()]

    with force_locale("fr"):
        french = said()
        with force_locale("en"):
            english = said()
        again = said()

    assert english == ["Search", "Search", "In 3 days", "Search In 3 days"]
    assert french == again == ["Rechercher", "Rechercher", "Dans 3 jours", "Rechercher Dans 3 jours"]
