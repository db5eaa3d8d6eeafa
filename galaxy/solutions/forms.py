"""What people send about a solution: the short form, the parts of the full one, and an adaptation."""

from typing import Any

from wtforms import (
    BooleanField,
    Form,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)

from galaxy.content.forms import (
    MARKDOWN,
    EntryForm,
    FigureRow,
    GoalsForm,
    LinesField,
    Needed,
    PartForm,
    WhenField,
    address_field,
    bounded,
    consent_field,
    countries_field,
    country_field,
    goals_field,
    language_field,
    licence_field,
    lines,
    owner_field,
    prose,
    rows,
    sentence,
)
from galaxy.content.models import ADDRESS_MAX, SUMMARY_MAX, TITLE_MAX
from galaxy.core.i18n import _, lang, lazy
from galaxy.reference import sectors
from galaxy.reference.lists import COST_RANGES, EVIDENCE, MODALITIES, in_order
from galaxy.solutions.models import Adaptation, Solution

WORDS = Solution.words

CHALLENGE = lazy("What was the challenge?")
APPROACH = lazy("What was done?")
RESULTS = lazy("What came of it?")


class BlockRow(Form):
    """A part that can be reused by itself."""

    title = StringField(lazy("Name of this building block"), [bounded(TITLE_MAX)], filters=[lines])
    text = prose(lazy("What it is"), most=4_000, rows=4)
    enabling = prose(lazy("What it needs to work"), most=2_000, rows=2)
    lessons = prose(lazy("What was learnt"), most=2_000, rows=2)


class NewForm(EntryForm):
    """The short form: enough for a draft, and for an admin to read."""

    names = ("title", "language", "country", "challenge", "approach", "results", "sdg")

    title = sentence(lazy("Title"), TITLE_MAX, lazy("As a newspaper would say it: what, and where."), needed=True)
    language = language_field()
    country = country_field(lazy("In which country did it begin?"))
    challenge = prose(CHALLENGE, MARKDOWN, needed=True)
    approach = prose(APPROACH, needed=True, rows=8)
    results = prose(RESULTS, lazy("With numbers, if you have them."), needed=True)
    sdg = goals_field(lazy("Which goals does it serve?"))
    consent = consent_field()

    def said(self) -> dict[str, Any]:
        return super().said() | {"country": [self.country.data] if self.country.data else []}


class StoryForm(PartForm):
    """What it is about."""

    words = lazy("Story")
    names = ("title", "summary", "language", "challenge", "approach", "url")

    title = sentence(lazy("Title"), TITLE_MAX, lazy("As a newspaper would say it: what, and where."), needed=True)
    summary = sentence(WORDS["summary"], SUMMARY_MAX, lazy("For lists. Without it, the challenge is shown there."))
    language = language_field()
    challenge = prose(CHALLENGE, MARKDOWN, needed=True)
    approach = prose(APPROACH, needed=True, rows=12)
    url = address_field(lazy("Web address where one can read more"))


class ResultsForm(PartForm):
    """What came of it, and how one knows."""

    words = lazy("Results")
    names = ("results", "beneficiaries", "figures", "evidence", "evidence_source")
    row_lists = ("figures",)

    results = prose(RESULTS, MARKDOWN, needed=True)
    beneficiaries = prose(lazy("Who benefits?"), lazy("Who, how many, and how."), rows=3)
    figures = rows(FigureRow, WORDS["figures"], lazy("One row for each number. Empty rows are left out."))
    evidence = RadioField(
        lazy("How well are the results known?"),
        [Needed()],
        choices=lambda: [(e.code, f"{e.name(lang())}: {e.hint(lang())}") for e in EVIDENCE.values()],
        default="told",
    )
    evidence_source = sentence(
        lazy("What shows the results?"), ADDRESS_MAX, lazy("Title or web address of a report. Needed above “told”.")
    )


class ReuseForm(PartForm):
    """What another country needs to know."""

    words = lazy("Reuse elsewhere")
    names = ("blocks", "adapting", "failures", "enabling", "inputs", "cost_range", "sustainability")
    row_lists = ("blocks",)

    blocks = rows(BlockRow, WORDS["blocks"], lazy("Parts that can be reused by themselves. Empty ones are left out."))
    adapting = prose(lazy("What must be adapted elsewhere?"), MARKDOWN)
    failures = prose(lazy("What was difficult, and what failed?"), lazy("It spares others the same mistake."))
    enabling = prose(lazy("What helped?"), lazy("Laws, people, habits, luck."))
    inputs = prose(lazy("What does it take?"), lazy("People, equipment, time, gifts in kind."), rows=4)
    cost_range = SelectField(
        lazy("What did it cost?"), choices=lambda: [("", _("Not said")), *in_order(COST_RANGES, lang())]
    )
    sustainability = prose(lazy("What makes it last?"), rows=4)

    def said(self) -> dict[str, Any]:
        return super().said() | {"cost_range": self.cost_range.data or None}


class ContextForm(PartForm):
    """Where, when, by whom, and under which licence."""

    words = lazy("Context and licence")
    names = (
        "country", "used_in", "sector", "modality", "began_on", "ended_on", "implementers", "supporters", "licence",
    )  # fmt: skip
    span = ("began_on", "ended_on")

    country = countries_field(lazy("In which countries did it begin?"), needed=True)
    used_in = countries_field(lazy("Where has it been used since?"))
    sector = SelectMultipleField(WORDS["sector"], choices=lambda: sectors.category_choices(lang()))
    modality = SelectField(
        lazy("How did countries cooperate?"),
        choices=lambda: [("", _("They did not, or not yet")), *in_order(MODALITIES, lang())],
    )
    began_on = WhenField(lazy("When did it begin?"), description=lazy("A year, as 2019, or a month, as 2019-05."))
    ended_on = WhenField(lazy("When did it end?"), description=lazy("Leave it empty while it goes on."))
    implementers = LinesField(lazy("Who carried it out?"), description=lazy("One organisation a line."))
    supporters = LinesField(lazy("Who supported it?"), description=lazy("One organisation a line."))
    owner = owner_field()
    licence = licence_field()
    consent = BooleanField(lazy("I agree that this is published under this licence, and I may agree to it"), [Needed()])

    def said(self) -> dict[str, Any]:
        return super().said() | {"modality": self.modality.data or None}


PARTS: dict[str, type[PartForm]] = {
    "story": StoryForm,
    "results": ResultsForm,
    "reuse": ReuseForm,
    "goals": GoalsForm,
    "context": ContextForm,
}


class AdaptationForm(EntryForm):
    """Used elsewhere: what was changed, and what came of it."""

    names = ("title", "language", "country", "changes", "results", "worked", "began_on")

    title = sentence(lazy("Title"), TITLE_MAX, lazy("What was used, and where."), needed=True)
    language = language_field()
    country = country_field(lazy("In which country was it used?"))
    changes = prose(lazy("What did you change?"), MARKDOWN, needed=True)
    results = prose(RESULTS, lazy("Also when it failed: others learn from it."), needed=True)
    worked = RadioField(
        Adaptation.words["worked"],
        [Needed()],
        choices=lambda: [
            ("yes", _("Yes")),
            ("partly", _("In part")),
            ("no", _("No")),
            ("early", _("It is too early to say")),
        ],
        default="yes",
    )
    began_on = WhenField(lazy("When did it begin?"), description=lazy("A year, as 2019, or a month, as 2019-05."))
    consent = consent_field()

    def said(self) -> dict[str, Any]:
        return super().said() | {"country": [self.country.data] if self.country.data else []}
