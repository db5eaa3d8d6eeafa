"""What readers send: a message, an answer, which news they want by mail."""

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from galaxy.core.forms import Form, tidy
from galaxy.core.i18n import lazy

MESSAGE_MAX = 5000


class MessageForm(Form):
    """The text of a message."""

    text = TextAreaField(
        lazy("Your message"),
        [
            DataRequired(lazy("Please write your message.")),
            Length(max=MESSAGE_MAX, message=lazy("Please say it in %(max)d characters at most.")),
        ],
        filters=[tidy],
        description=lazy("Who you are, what you would like to know or do together, and by when."),
        render_kw={"rows": 10},
    )
