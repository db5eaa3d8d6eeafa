"""In which words a partnership is told to the public: what it is, and what came of it."""

from wtforms import SelectMultipleField

from galaxy.content.forms import (
    MARKDOWN,
    FigureRow,
    PartForm,
    consent_field,
    countries_field,
    goals_field,
    language_field,
    licence_field,
    prose,
    rows,
    sentence,
)
from galaxy.content.models import SUMMARY_MAX, TITLE_MAX
from galaxy.core.i18n import lang, lazy
from galaxy.partnerships.models import Partnership
from galaxy.reference import sectors

WORDS = Partnership.words


class SummaryForm(PartForm):
    """What it is."""

    words = lazy("What it is")
    names = ("title", "summary", "language", "country", "sector", "sdg", "licence")

    title = sentence(lazy("Title"), TITLE_MAX, lazy("As a newspaper would say it: who does what."), needed=True)
    summary = prose(
        WORDS["summary"], lazy("What you do together and for whom, for those who have never heard of it."),
        most=SUMMARY_MAX, needed=True, rows=4,
    )  # fmt: skip
    language = language_field()
    country = countries_field(WORDS["country"])
    sector = SelectMultipleField(WORDS["sector"], choices=lambda: sectors.category_choices(lang()))
    sdg = goals_field(lazy("Which goals does it serve?"))
    licence = licence_field()
    consent = consent_field()

    def said(self) -> dict[str, object]:
        return super().said() | {"sdg": [*(self.sdg.data or [])]}


class OutcomeForm(PartForm):
    """What came of it."""

    words = lazy("What came of it")
    names = ("results", "outcomes", "lessons")
    row_lists = ("outcomes",)

    results = prose(WORDS["results"], MARKDOWN)
    outcomes = rows(FigureRow, WORDS["outcomes"], lazy("One row for each number. Empty rows are left out."))
    lessons = prose(WORDS["lessons"], lazy("Also what was difficult: it spares others the same mistake."))


PARTS: dict[str, type[PartForm]] = {"summary": SummaryForm, "outcome": OutcomeForm}
