"""What members send: how a saved search is called, and how often they want to hear of it."""

from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from galaxy.core.forms import Form, tidy
from galaxy.core.i18n import lazy
from galaxy.search.grammar import LONGEST_QUESTION
from galaxy.search.models import Often
from galaxy.search.saved import LONGEST_NAME

OFTEN = {
    Often.AT_ONCE: lazy("By mail, at once"),
    Often.DAILY: lazy("By mail, each morning"),
    Often.WEEKLY: lazy("By mail, on Monday mornings"),
    Often.NEVER: lazy("Only here"),
}


class SaveForm(Form):
    """A search that is to be kept."""

    asked = HiddenField()  # the question, as an address asks it
    name = StringField(
        lazy("What it is called"),
        [DataRequired(lazy("Please give it a name.")), Length(max=LONGEST_NAME)],
        filters=[tidy],
    )
    often = RadioField(
        lazy("How you hear of what is new"),
        [InputRequired()],
        choices=lambda: [(each.value, words) for each, words in OFTEN.items()],
        default=Often.DAILY.value,
    )

    @property
    def rhythm(self) -> Often:
        """How often."""
        return Often(self.often.data)


class ChangeForm(SaveForm):
    """The same of one that is kept, and the words it looks for."""

    words = StringField(lazy("Words it looks for"), [Length(max=LONGEST_QUESTION)], filters=[tidy])
