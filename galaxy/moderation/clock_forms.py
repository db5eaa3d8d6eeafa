"""What people send to the clock: why it is stopped for a while, and the days that are promised."""

from typing import Any

from wtforms import Form as Part
from wtforms import FormField, IntegerField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from galaxy.core.forms import Form, tidy
from galaxy.core.i18n import _, lazy
from galaxy.moderation.clock_rules import DAYS_MOST, Days
from galaxy.moderation.models import WaitKind

REASON_MAX = 1000


class PauseForm(Form):
    """Why an answer takes longer."""

    reason = TextAreaField(
        lazy("Why it takes longer"),
        [
            DataRequired(lazy("Please say why: who waits will read it.")),
            Length(max=REASON_MAX, message=lazy("Please say it in %(max)d characters at most.")),
        ],
        filters=[tidy],
        description=lazy("Who waits reads this as it stands, and so do the admins."),
        render_kw={"rows": 4, "maxlength": REASON_MAX},
    )


class DaysField(IntegerField):
    """A number of working days."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, render_kw={"inputmode": "numeric", "min": 1, "max": DAYS_MOST}, **kwargs)
        self.flags.required = True

    def process_formdata(self, valuelist: list[Any]) -> None:
        given = str(tidy(valuelist[0])) if valuelist else ""
        self.data = int(given) if given.isascii() and given.isdigit() and len(given) <= len(str(DAYS_MOST)) else None
        if self.data is None or not 1 <= self.data <= DAYS_MOST:
            self.data = None
            raise ValueError(_("Please give a whole number of days from 1 to %(most)d.", most=DAYS_MOST))


class DaysPart(Part):
    """The days for one kind."""

    acknowledge = DaysField(lazy("Working days to acknowledge"))
    answer = DaysField(lazy("Working days to answer"))

    def validate_answer(self, field: Any) -> None:
        if field.data is not None and self.acknowledge.data is not None and field.data < self.acknowledge.data:
            raise ValidationError(_("An answer cannot be due before it is acknowledged."))

    @property
    def days(self) -> Days:
        return Days(self.acknowledge.data or 0, self.answer.data or 0)


class DaysForm(Form):
    """The days for every kind."""

    submission = FormField(DaysPart, lazy("Submissions, which admins answer"))
    request = FormField(DaysPart, lazy("Published requests, until somebody shows interest"))
    interest = FormField(DaysPart, lazy("Interests, which the body that asked answers"))
    message = FormField(DaysPart, lazy("Messages, which the body or the person answers"))

    @property
    def promised(self) -> dict[WaitKind, Days]:
        """The days as they were sent, by kind."""
        return {kind: self[kind.value].form.days for kind in WaitKind}
