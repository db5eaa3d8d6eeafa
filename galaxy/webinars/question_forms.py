"""What people send about questions: the question, its answer, its place among the others, why it is not shown."""

from typing import Any

from wtforms import SelectField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from galaxy.content.forms import MARKDOWN, ReadField, bounded, lines, sentence
from galaxy.content.models import LINE_MAX, SUMMARY_MAX, TITLE_MAX
from galaxy.core.forms import Form
from galaxy.core.i18n import _, lazy
from galaxy.webinars.question_models import Answer, Question
from galaxy.webinars.question_queries import others
from galaxy.webinars.recordings import second_of
from galaxy.webinars.words import place_in_recording

ANSWER_MAX = 10_000
GROUP_MAX = 80
PLACE = lazy("Hours, minutes and seconds, as 1:02:03. Leave it empty where there is none.")


class PlaceField(ReadField):
    """A place in a recording, kept in seconds, typed as 1:02:03 or 2:03."""

    def as_typed(self, kept: Any) -> str:
        return place_in_recording(kept) if isinstance(kept, int) else ""

    def read(self, typed: str) -> int:
        second = second_of(typed)
        if second is None:
            raise ValueError(_("Please give a time of the recording, as 1:02:03."))
        return second


class AskForm(Form):
    """A question."""

    title = sentence(lazy("Your question"), TITLE_MAX, lazy("In one line. Speakers and hosts answer it."), needed=True)
    summary = TextAreaField(
        lazy("More about it"), [bounded(SUMMARY_MAX)], filters=[lines], render_kw={"rows": 3, "dir": "auto"}
    )

    def validate_title(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_("Please write your question."))

    @property
    def said(self) -> dict[str, str]:
        return {name: self[name].data or "" for name in ("title", "summary", "asker") if name in self}


class GuestAskForm(AskForm):
    """A question of somebody who has no account."""

    asker = sentence(lazy("Your name"), LINE_MAX, lazy("It is shown with your question. You may leave it empty."))


class AnswerForm(Form):
    """An answer; hosts may write down what a speaker has said."""

    text = TextAreaField(
        lazy("Answer"),
        [DataRequired(lazy("Please write the answer.")), bounded(ANSWER_MAX)],
        filters=[lines],
        description=MARKDOWN,
        render_kw={"rows": 8, "dir": "auto"},
    )
    name = SelectField(lazy("Whose answer is it?"))
    second = PlaceField(lazy("Where in the recording it is given"), description=PLACE)

    def speak_of(self, question: Question, runs: bool, answer: Answer | None = None) -> None:
        """Offer hosts the names of the speakers; whoever answers for themselves is not asked."""
        names = [speaker.name for speaker in question.webinar.speakers]
        if answer is not None and answer.name and answer.name not in names:
            names = [answer.name, *names]
        if runs and names:
            myself = (answer.by.name if answer and answer.by else "") or _("My own")
            self.name.choices = [("", myself), *((name, name) for name in dict.fromkeys(names))]
        else:
            del self.name

    @property
    def said(self) -> dict[str, Any]:
        return {name: self[name].data for name in ("text", "name", "second") if name in self}


class ArrangeForm(Form):
    """Where a question stands: its heading, its time, and whether it is asked already."""

    group = sentence(
        lazy("Heading"),
        GROUP_MAX,
        lazy("Questions with the same heading stand together."),
        render_kw={"list": "headings"},
    )
    second = PlaceField(lazy("Where in the recording it is asked or answered"), description=PLACE)
    same = SelectField(
        lazy("Is it the same as another question?"),
        coerce=int,
        description=lazy("Then its votes and answers go there, and its address leads there. This cannot be undone."),
    )

    def speak_of(self, question: Question) -> None:
        """Offer the other questions of its webinar."""
        self.same.choices = [(0, _("No")), *((number, title) for number, title in others(question))]

    @property
    def said(self) -> dict[str, Any]:
        return {"group": self.group.data or "", "second": self.second.data}


class HideForm(Form):
    """Why a question is not shown."""

    reason = TextAreaField(
        lazy("Why is it not shown?"),
        [DataRequired(lazy("Please say why: who asked will read it.")), Length(max=SUMMARY_MAX)],
        filters=[lines],
        description=lazy("Who asked reads this as it stands."),
        render_kw={"rows": 3, "dir": "auto"},
    )
