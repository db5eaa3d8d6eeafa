"""What people send who register: who they are, and their answers to what the hosts ask."""

from typing import Any, TypeVar

from wtforms import (
    EmailField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Regexp

from galaxy.content.forms import bounded, lines
from galaxy.content.models import LINE_MAX
from galaxy.core.forms import Form, tidy
from galaxy.core.i18n import lang, lazy, zone_named
from galaxy.reference import countries
from galaxy.webinars.models import Webinar

ANSWER_MAX, EMAIL_MAX = 2_000, 254
ASK = "ask_"  # before the key of a question, in the name of its field
F = TypeVar("F", bound=Form)


class AnswersForm(Form):
    """What the hosts ask, of somebody whom the site knows."""

    def said(self) -> dict[str, Any]:
        """What is said, as the services take it."""
        return {"answers": {field.name.removeprefix(ASK): field.data for field in self if field.name.startswith(ASK)}}


class PersonForm(AnswersForm):
    """Who a guest is."""

    name = StringField(
        lazy("Your name"),
        [DataRequired(lazy("Please type your name.")), bounded(100)],
        filters=[tidy],
        description=lazy("The organisers read it; it stands on your certificate of attendance."),
        render_kw={"autocomplete": "name", "dir": "auto"},
    )
    organisation = StringField(
        lazy("Your organisation"),
        [bounded(LINE_MAX)],
        filters=[tidy],
        render_kw={"autocomplete": "organization", "dir": "auto"},
    )
    country = SelectField(lazy("Your country"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = [("", lazy("Not said")), *countries.choices(lang())]

    def said(self) -> dict[str, Any]:
        names = ("name", "organisation", "country")
        return super().said() | {name: self[name].data or "" for name in names}


class GuestForm(PersonForm):
    """A guest registers: no account is needed."""

    email = EmailField(
        lazy("Your e-mail address"),
        [
            DataRequired(lazy("Please type your e-mail address.")),
            Length(max=EMAIL_MAX, message=lazy("Please type an e-mail address, like amina@example.org.")),
            Regexp(
                r"^[^@\s\"(),:;<>\[\]\\]+@[^@\s.\"(),:;<>\[\]\\]+(\.[^@\s.\"(),:;<>\[\]\\]+)+$",
                message=lazy("Please type an e-mail address, like amina@example.org."),
            ),
        ],
        filters=[tidy],
        description=lazy("We send a link to it that confirms your registration."),
        render_kw={"autocomplete": "email"},
    )
    time_zone = HiddenField(filters=[tidy])  # filled in by `zone.js`; empty: that of the event

    def said(self) -> dict[str, Any]:
        zone = zone_named(self.time_zone.data)
        person = super().said() | {"email": (self.email.data or "").lower(), "language": lang()}
        return person | {"zone": zone.key if zone else ""}


def with_questions(form: type[F], webinar: Webinar) -> type[F]:
    """The same form with a field for each question of the hosts."""
    return type(form.__name__, (form,), {f"{ASK}{ask['key']}": field_of(ask) for ask in webinar.asks})


def field_of(ask: dict[str, Any]) -> Any:
    """The field of a question: of one line unless it says that it is a `text`, or a `choice` or `choices` of some."""
    label, kind = ask["question"], ask.get("kind", "line")
    needed = [DataRequired(lazy("Please answer this."))] if ask.get("needed") else []
    options = [(option, option) for option in ask.get("choices", [])]
    if kind == "choice":
        return RadioField(
            label, needed, choices=lambda: options, validate_choice=bool(needed), filters=[known(options)]
        )
    if kind == "choices":
        return SelectMultipleField(label, needed, choices=lambda: options)
    said: dict[str, Any] = {"filters": [lines], "render_kw": {"dir": "auto"}}
    if kind == "text":
        return TextAreaField(label, [*needed, bounded(ANSWER_MAX)], **said)
    return StringField(label, [*needed, bounded(LINE_MAX)], **said)


def known(options: list[tuple[str, str]]) -> Any:
    """What is no option of the question is no answer."""
    values = {value for value, _words in options}
    return lambda given: given if given in values else ""


def answers_of(answers: dict[str, Any]) -> dict[str, Any]:
    """Answers as the fields of a form hold them."""
    return {f"{ASK}{key}": answer for key, answer in answers.items()}
