"""What is sent to the desk of a webinar, and from the seats: the code."""

from wtforms import StringField
from wtforms.validators import DataRequired

from galaxy.content.forms import bounded
from galaxy.core.forms import Form, tidy
from galaxy.core.i18n import lazy


class CheckInForm(Form):
    """The code that is shown while it is on."""

    word = StringField(
        lazy("Check-in code"),
        [DataRequired(lazy("Please type the code.")), bounded(40)],
        filters=[tidy],
        description=lazy("Six letters and figures. Capitals and spaces do not matter."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "dir": "ltr"},
    )
