"""What is sent to the desk of a webinar, and from the seats: the code, questions of the survey and answers to them."""

from typing import Any

from wtforms import StringField
from wtforms.validators import DataRequired

from galaxy.content.forms import bounded, rows
from galaxy.core.forms import Form, tidy
from galaxy.core.i18n import _, lazy
from galaxy.webinars.models import Webinar
from galaxy.webinars.registration_forms import ASK, AnswersForm, field_of
from galaxy.webinars.running_forms import YES_NO, AsksForm, QuestionRow, answered_by
from galaxy.webinars.surveys import MOST, SCALE


class CheckInForm(Form):
    """The code that is shown while it is on."""

    word = StringField(
        lazy("Check-in code"),
        [DataRequired(lazy("Please type the code.")), bounded(40)],
        filters=[tidy],
        description=lazy("Six letters and figures. Capitals and spaces do not matter."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "dir": "ltr"},
    )


class SurveyRow(QuestionRow):
    """Something that is asked of those who came; nobody must answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [
            ("", _("In their own words")),
            ("scale", _("From 1 to 5")),
            ("choice", _("By one of a list")),
            (YES_NO, _("By yes or no")),
        ]


class QuestionsForm(AsksForm):
    """What hosts ask of those who came."""

    room = most = MOST

    asks = rows(SurveyRow, lazy("Questions"), lazy("Few questions get more answers."))

    def questions(self) -> list[dict[str, Any]]:
        """The questions as they are kept."""
        return [self._kept(row) for row in self["asks"].data if any(row.values())]

    @staticmethod
    def _kept(row: dict[str, Any]) -> dict[str, Any]:
        kind, choices = answered_by(row)
        return {"question": row["question"], "kind": kind or "text", "choices": choices}


def survey_form(webinar: Webinar) -> type[AnswersForm]:
    """The form with which one answers: a field for each question; none must be answered."""
    fields = {f"{ASK}{ask['key']}": field_of(_asked(ask)) for ask in webinar.survey}
    return type("SurveyForm", (AnswersForm,), fields)


def _asked(ask: dict[str, Any]) -> dict[str, Any]:
    """A scale is a choice of numbers."""
    return ask | ({"kind": "choice", "choices": list(SCALE)} if ask.get("kind") == "scale" else {})
