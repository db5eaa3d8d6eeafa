"""What the style guide shows: a form with every type of field, and things of every kind that are in no database."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from galaxy.accounts.models import Body, BodyKind
from galaxy.content.models import Entry, Status
from galaxy.core.forms import Form
from galaxy.core.i18n import _, lang
from galaxy.reference import countries, languages, lists, sdgs
from galaxy.solutions.models import Adaptation, Evidence, Solution

MOMENT = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
HELD = (datetime(2021, 9, 10, 13, tzinfo=UTC), datetime(2021, 9, 10, 15, tzinfo=UTC))  # in New York from nine to eleven


class SampleForm(Form):
    """Every type of field that Galaxy uses."""

    title = StringField("Title", [InputRequired("Please give it a title."), Length(max=120)], description="Short.")
    challenge = TextAreaField("What was the challenge?", [InputRequired("Please say what the challenge was.")])
    language = SelectField("Language", [InputRequired()])
    sdgs = SelectMultipleField("Goals", [Optional()], description="Those it serves most.")
    countries = SelectMultipleField("Countries", [InputRequired("Please choose at least one country.")])
    evidence = RadioField("How well is the result known?", [InputRequired()])
    began_on = DateField("Began on", [Optional()])
    picture = FileField("Picture", description="JPEG, PNG or WebP.")
    password = PasswordField("Password", [InputRequired("Please type your password.")])
    consent = BooleanField("I agree that it is published under CC BY 4.0.")


def form() -> SampleForm:
    """The form, sent as it stands, so that it shows its mistakes."""
    sample = SampleForm(meta={"csrf": False}, formdata=None)
    sample.language.choices = languages.choices(lang())
    sample.sdgs.choices = sdgs.choices(lang())[:6]
    sample.countries.choices = countries.choices(lang())[:40]
    sample.evidence.choices = lists.in_order(lists.EVIDENCE, lang())
    sample.validate()
    return sample


def entries() -> list[Entry]:
    """A solution with everything, one with little, and an adaptation."""
    body = Body(kind=BodyKind.NATIONAL, name="Direction générale de la coopération", country="BFA", language="fr")
    full = Solution(
        kind="solutions", ref="a2b3c4", title="Pompes solaires pour les puits de village", status=Status.PUBLISHED,
        summary="Douze villages pompent l’eau avec le soleil, et chacun a sa réparatrice.", language="fr",
        evidence=Evidence.MEASURED, body=body, confirmed_at=MOMENT, endorsed_at=MOMENT, published_at=MOMENT,
    )  # fmt: skip
    full.set_codes("country", ["BFA"])
    full.set_codes("sdg", ["6.1", "7", "13"])
    little = Solution(
        kind="solutions", ref="b3c4d5", title="Seed banks run by the women of five islands", status=Status.PUBLISHED,
        summary="After each storm there is seed to begin again.", language="en", evidence=Evidence.TOLD,
        published_at=MOMENT,
    )  # fmt: skip
    little.set_codes("country", ["FJI", "VUT", "TON", "WSM", "TUV"])
    adapted = Adaptation(
        kind="adaptations", ref="c4d5e6", title="مضخات شمسية في النيجر", status=Status.ARCHIVED, language="ar",
        summary="مضخات أصغر لآبار أعمق.", published_at=MOMENT,
    )  # fmt: skip
    adapted.set_codes("country", ["NER"])
    return [full, little, adapted]


def acts() -> list[Any]:
    """Three lines of an activity log."""
    names = ((_("submitted"), "Aïcha Ouédraogo", ""), (_("returned"), "An admin", _("Please name the source.")))
    told = [*names, (_("published"), "An admin", "")]
    return [
        SimpleNamespace(verb=verb, actor=SimpleNamespace(name=who), reason=why, published=MOMENT)
        for verb, who, why in told
    ]
