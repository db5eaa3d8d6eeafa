"""What people send about matches: why one does not fit, and how much each reason counts."""

from typing import Any

from wtforms import FloatField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError
from wtforms.widgets import NumberInput

from galaxy.core.forms import Form, tidy
from galaxy.core.i18n import _, lazy
from galaxy.partnerships.match_words import DISMISSALS
from galaxy.partnerships.matching import DEFAULTS, LEAST, MOST, RULES
from galaxy.partnerships.models import Dismissal


class DismissForm(Form):
    """Why a match does not fit."""

    reason = RadioField(
        lazy("Why does it not fit?"),
        [InputRequired(lazy("Please choose a reason."))],
        choices=lambda: [(reason.value, words) for reason, words in DISMISSALS.items()],
        coerce=Dismissal,
    )
    text = TextAreaField(
        lazy("Say more"),
        [Length(max=1000, message=lazy("Please say it in %(max)d characters at most."))],
        filters=[tidy],
        description=lazy("Both sides and the admins read this. It helps to make better suggestions."),
    )

    def validate_text(self, field: Any) -> None:
        if self.reason.data == Dismissal.OTHER and not field.data:
            raise ValidationError(_("Please write your reason."))


class WeightsForm(Form):
    """A number for each reason."""

    @property
    def weights(self) -> dict[str, float]:
        return {name: self[name].data for name in RULES}


def _weight(name: str) -> FloatField:
    said = lazy("Please give a number from %(min)s to %(max)s.", min=LEAST, max=MOST)
    return FloatField(
        RULES[name].words,
        [InputRequired(said), NumberRange(LEAST, MOST, said)],
        description=lazy("Default: %(number)s", number=f"{DEFAULTS[name]:g}"),
        widget=NumberInput(step="0.5", min=LEAST, max=MOST),
    )


for _name in RULES:
    setattr(WeightsForm, _name, _weight(_name))
