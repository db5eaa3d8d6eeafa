"""What admins and readers send: a decision with its checklist, a flag, a flag's outcome."""

from typing import Any

from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from galaxy.core.forms import Form, tidy
from galaxy.core.i18n import _, lazy
from galaxy.moderation.criteria import criteria
from galaxy.moderation.models import FlagOutcome, FlagReason
from galaxy.moderation.words import REASONS

REASONS_MAX = 4000


class DecisionForm(Form):
    """The checklist, the reasons, and one of three buttons."""

    checks = SelectMultipleField(lazy("Checklist"), choices=[], validate_choice=False)  # drawn beside its hints
    reasons = TextAreaField(
        lazy("Reasons, for its author"),
        [Length(max=REASONS_MAX, message=lazy("Please say it in %(max)d characters at most."))],
        filters=[tidy],
        description=lazy("What must be changed, or why it cannot be published. Its author reads this as it stands."),
    )
    verb = HiddenField()

    def __init__(self, kind: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind = kind

    @property
    def ticked(self) -> dict[str, bool]:
        """Each criterion, and whether it is met."""
        ticked = set(self.checks.data or ())
        return {each.key: each.key in ticked for each in criteria(self.kind)}

    def validate_reasons(self, field: Any) -> None:
        """Who returns or declines says why; who publishes ticks everything, or says why not."""
        if field.data:
            return
        if self.verb.data == "publish" and not all(self.ticked.values()):
            raise ValidationError(_("Please tick every line of the checklist, or write why it can be published."))
        if self.verb.data in {"give_back", "decline"}:
            raise ValidationError(_("Please write your reasons: its author needs them."))


class FlagForm(Form):
    """What is wrong with an entry."""

    reason = RadioField(
        lazy("What is wrong?"),
        [InputRequired(lazy("Please choose what is wrong."))],
        choices=lambda: [(reason.value, words) for reason, words in REASONS.items()],
        coerce=FlagReason,
    )
    text = TextAreaField(
        lazy("Tell the admins more"),
        [Length(max=2000, message=lazy("Please say it in %(max)d characters at most."))],
        filters=[tidy],
        description=lazy("Where it is in the text, and how you know. Only admins read this."),
    )

    def validate_text(self, field: Any) -> None:
        if self.reason.data == FlagReason.OTHER and not field.data:
            raise ValidationError(_("Please write what is wrong."))


class SettleForm(Form):
    """How an admin settles a flag."""

    outcome = HiddenField()
    note = StringField(
        lazy("Your words to those concerned"),
        [Length(max=1000, message=lazy("Please say it in %(max)d characters at most."))],
        filters=[tidy],
    )

    def validate_note(self, field: Any) -> None:
        if self.outcome.data == FlagOutcome.UPHELD and not field.data:
            raise ValidationError(_("Please write why: the entry is taken down, and its author needs to know."))

    def validate_outcome(self, field: Any) -> None:
        if field.data not in {FlagOutcome.UPHELD, FlagOutcome.DISMISSED}:
            raise ValidationError(_("Please choose one of the buttons."))
