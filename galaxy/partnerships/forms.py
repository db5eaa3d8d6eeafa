"""What people send about a call: the short form, and the parts of the full one."""

from typing import Any

from flask_babel import LazyString
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField
from wtforms.validators import ValidationError

from galaxy.accounts.models import Body
from galaxy.content.forms import (
    MARKDOWN,
    DayField,
    GoalsForm,
    Needed,
    PartForm,
    address_field,
    consent_field,
    countries_field,
    country_field,
    goals_field,
    language_field,
    licence_field,
    owner_field,
    prose,
    sentence,
)
from galaxy.content.models import SUMMARY_MAX, TITLE_MAX
from galaxy.core.i18n import _, lang, lazy
from galaxy.partnerships.models import Call, Offer, Request, today
from galaxy.reference import groups, languages, sectors
from galaxy.reference.lists import COST_RANGES, MEANS, MODALITIES, ROLES, in_order

WORDS = Call.words
QUESTIONS: dict[type[Call], dict[str, LazyString]] = {
    Request: {
        "asked": lazy("What do you ask of others?"),
        "means": lazy("What kinds of help is that?"),
        "brought": lazy("What do you bring yourselves?"),
        "in_kind": lazy("What do you give in kind?"),
        "background": lazy("Why is it needed?"),
    },
    Offer: {
        "asked": lazy("What do you offer?"),
        "means": lazy("What kinds of help is that?"),
        "brought": lazy("What should partners bring themselves?"),
        "in_kind": lazy("What do you give in kind?"),
        "background": lazy("Where does it come from?"),
    },
}
"""What a need and an offer are asked in other words."""


class Deadline(DayField):
    """The last day for answers: one that has passed is refused, unless it is the one the call has already."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, [self.to_come], **kwargs)

    @staticmethod
    def to_come(form: Any, field: Any) -> None:
        """Refuse a day that has passed where the body is."""
        if field.data and field.data != field.object_data and field.data < today(form.body).isoformat():
            raise ValidationError(_("This day has passed. Choose a later one, or leave it empty."))


def means_field() -> SelectMultipleField:
    return SelectMultipleField(WORDS["means"], [Needed()], choices=lambda: in_order(MEANS, lang()))


def deadline_field() -> Deadline:
    return Deadline(lazy("Until when may others answer?"), description=lazy("Leave it empty where there is no hurry."))


class CallForm(PartForm):
    """A part of a call, which asks a need and an offer in their own words."""

    body: Body | None = None  # whose call it is

    def speak_of(self, kind: type[Call], body: Body | None) -> None:
        """Ask in the words of this kind, of this body."""
        self.body = body
        for name, words in QUESTIONS[kind].items():
            if name in self:
                self[name].label.text = str(words)


class NewForm(CallForm):
    """The short form: enough for a draft, and for an admin to read."""

    names = ("title", "language", "country", "asked", "means", "sdg", "deadline")

    kind = HiddenField()  # which it is, also when a sign-in has expired meanwhile
    title = sentence(lazy("Title"), TITLE_MAX, lazy("What is wanted or offered, and where, in one line."), needed=True)
    language = language_field()
    country = country_field(lazy("For which country do you write?"))
    asked = prose(WORDS["asked"], MARKDOWN, needed=True, rows=8)
    means = means_field()
    sdg = goals_field(lazy("Which goals does it serve?"))
    deadline = deadline_field()
    consent = consent_field()

    def said(self) -> dict[str, Any]:
        return super().said() | {"country": [self.country.data] if self.country.data else []}


class CoreForm(CallForm):
    """What it is about."""

    words = lazy("What it is about")
    names = ("title", "summary", "language", "asked", "means", "brought", "background", "beneficiaries", "url")

    title = sentence(lazy("Title"), TITLE_MAX, lazy("What is wanted or offered, and where, in one line."), needed=True)
    summary = sentence(WORDS["summary"], SUMMARY_MAX, lazy("For lists. Without it, the first lines are shown there."))
    language = language_field()
    asked = prose(WORDS["asked"], MARKDOWN, needed=True, rows=10)
    means = means_field()
    brought = prose(WORDS["brought"], lazy("People, rooms, travel, money: what a partner can count on."))
    background = prose(WORDS["background"], MARKDOWN)
    beneficiaries = prose(lazy("Who benefits?"), lazy("Who, how many, and how."), rows=3)
    url = address_field(lazy("Web address where one can read more"))


class PartnersForm(CallForm):
    """Who should answer, and how one would work together."""

    words = lazy("Partners wanted")
    names = ("wanted", "wanted_group", "role", "modality", "spoken", "deadline")

    wanted = countries_field(lazy("From which countries?"), lazy("Choose none where any country may answer."))
    wanted_group = SelectMultipleField(lazy("From which groups of countries?"), choices=lambda: groups.choices(lang()))
    role = SelectMultipleField(
        lazy("Which roles are to be filled?"),
        choices=lambda: in_order(ROLES, lang()),
        description=lazy("Triangular cooperation has a provider, a recipient and a facilitator."),
    )
    modality = SelectField(
        lazy("How would you cooperate?"), choices=lambda: [("", _("Not decided yet")), *in_order(MODALITIES, lang())]
    )
    spoken = SelectMultipleField(lazy("In which languages can you work?"), choices=lambda: languages.choices(lang()))
    deadline = deadline_field()

    def said(self) -> dict[str, Any]:
        return super().said() | {"modality": self.modality.data or None}


class ContextForm(CallForm):
    """Where, when, at what cost, and under which licence."""

    words = lazy("Context and terms")
    names = ("country", "sector", "starts_on", "ends_on", "cost_range", "in_kind", "licence")
    span = ("starts_on", "ends_on")

    country = countries_field(lazy("For which countries do you write?"), needed=True)
    sector = SelectMultipleField(WORDS["sector"], choices=lambda: sectors.category_choices(lang()))
    starts_on = DayField(lazy("When would the work begin?"))
    ends_on = DayField(lazy("When would it end?"))
    cost_range = SelectField(
        lazy("What would it cost, roughly?"), choices=lambda: [("", _("Not said")), *in_order(COST_RANGES, lang())]
    )
    in_kind = prose(WORDS["in_kind"], lazy("Rooms, equipment, travel, meals, working time."), rows=3)
    owner = owner_field()
    licence = licence_field()
    consent = BooleanField(lazy("I agree that this is published under this licence, and I may agree to it"), [Needed()])

    def said(self) -> dict[str, Any]:
        return super().said() | {"cost_range": self.cost_range.data or None}


PARTS: dict[str, type[PartForm]] = {
    "call": CoreForm,
    "partners": PartnersForm,
    "goals": GoalsForm,
    "context": ContextForm,
}
