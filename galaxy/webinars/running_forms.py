"""What hosts send about the facts of a webinar: when and where it is, how one comes in, why it is called off."""

from typing import Any, ClassVar

from wtforms import BooleanField, Form, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, ValidationError

from galaxy.content.forms import (
    DayField,
    LinesField,
    Needed,
    PartForm,
    WholeField,
    bounded,
    lines,
    prose,
    rows,
    sentence,
)
from galaxy.content.models import LINE_MAX, SUMMARY_MAX
from galaxy.core.forms import Form as SentForm
from galaxy.core.i18n import _, lazy, ngettext
from galaxy.webinars.forms import join_field, register_field
from galaxy.webinars.models import PLACES_MAX, Entrance, Webinar
from galaxy.webinars.services import ENTRANCE, WHERE
from galaxy.webinars.time_forms import TimedForm, tell, times_of

ASKS_MAX, CHOICES_MAX = 15, 20
LINE, LISTED, YES_NO = "line", ("choice", "choices"), "yes/no"


class WhenForm(TimedForm, PartForm):
    """When and where it is."""

    words, here = lazy("When and where"), "when"
    needs_time = False  # whether it has, or must be given, a time
    facts: ClassVar[tuple[str, ...]] = (
        "day", "begins", "ends", "begins_twice", "ends_twice", "last_day", "all_day", "zone", *WHERE,
    )  # fmt: skip

    last_day = DayField(lazy("Last day"), description=lazy("Only where it ends on another day."))
    all_day = BooleanField(lazy("The hours are not known, or it lasts whole days"))
    join_url = join_field()
    join_words = prose(
        lazy("What else must one know to join?"),
        lazy("A telephone number, a code. Shown to the same people as the address."),
        SUMMARY_MAX,
        rows=3,
    )
    join_public = BooleanField(lazy("Everybody may see where to join, without registering"))
    place = sentence(lazy("Place"), LINE_MAX, lazy("Where people meet in person, if they do. Everybody sees it."))

    def said(self) -> dict[str, Any]:
        return {name: self[name].data or "" for name in self.facts}

    @classmethod
    def typed(cls, said: dict[str, Any]) -> dict[str, Any]:
        """Facts as its fields hold them."""
        return said

    def in_words(self, said: dict[str, Any]) -> dict[str, Any]:
        """Facts as people read them, to be compared side by side."""
        return {name: _("yes") if value is True else value for name, value in said.items()}

    def validate(self, extra_validators: Any = None) -> bool:
        right = super().validate(extra_validators)
        if right and self.needs_time and self.period is None:
            tell(self.day, _("Please give a day. Where it is not known any more, you can postpone it."))
        return right and not self.day.errors

    @property
    def where(self) -> dict[str, Any]:
        """Where one joins it."""
        said = {name: self[name].data or "" for name in WHERE}
        return said | {"join_public": bool(self.join_public.data)}

    @classmethod
    def of(cls, webinar: Webinar) -> dict[str, Any]:
        """The facts of a webinar as this form says them."""
        now = {name: getattr(webinar, name) for name in WHERE} | times_of(webinar)
        return {name: now.get(name) or "" for name in cls.facts}


class QuestionRow(Form):
    """Something that hosts ask, and how it is answered."""

    question = StringField(lazy("Question"), [bounded(LINE_MAX)], filters=[lines])
    kind = SelectField(
        lazy("How is it answered?"),
        choices=lambda: [
            ("", _("In one line")),
            ("text", _("In their own words, at length")),
            ("choice", _("By one of a list")),
            ("choices", _("By some of a list")),
            (YES_NO, _("By yes or no")),
        ],
        default="",
    )
    choices = LinesField(
        lazy("The list"),
        CHOICES_MAX,
        description=lazy("Only where a list is to choose from: one answer a line."),
        render_kw={"rows": 3},
    )


class AskRow(QuestionRow):
    """Something that is asked of those who register."""

    needed = BooleanField(lazy("It must be answered"))


class AsksForm(PartForm):
    """A form in which hosts ask things, a row for each; `room` is how many they may still ask, of `most` in all."""

    row_lists = ("asks",)
    room = most = ASKS_MAX

    def validate(self, extra_validators: Any = None) -> bool:
        right = bool(super().validate(extra_validators))
        asked = [row for row in self["asks"].entries if any(row.data.values())]
        if len(asked) > self.room:
            tell(self["asks"], _("Please ask %(most)d things at most.", most=self.most))
            right = False
        for row in asked:
            if row.form.kind.data in LISTED and len(row.form.choices.data or []) < 2:
                tell(row.form.choices, _("Please give two answers at least, one a line."))
                right = False
        return right


def answered_by(row: dict[str, Any]) -> tuple[str, list[str]]:
    """How a question of a row is answered, and the list to choose from; yes and no are a list of two."""
    if row["kind"] == YES_NO:
        return "choice", [str(_("Yes")), str(_("No"))]
    return row["kind"], list(row["choices"] or []) if row["kind"] in LISTED else []


class EntranceForm(AsksForm):
    """How one comes in."""

    words, here = lazy("How one comes in"), "entrance"

    entrance = RadioField(
        lazy("How does one come in?"),
        [Needed()],
        choices=lambda: [
            (Entrance.HERE.value, _("People register here. You see who comes, and reminders go out by themselves.")),
            (Entrance.ELSEWHERE.value, _("People register on another site.")),
            (Entrance.OPEN.value, _("Everybody can join without registering.")),
        ],
        default=Entrance.HERE.value,
    )
    entrance_url = register_field()
    capacity = WholeField(
        lazy("How many places are there?"),
        description=lazy(
            "Leave it empty where there is room for all. Who comes later waits, and moves up when a place is free."
        ),
        render_kw={"inputmode": "numeric", "min": 1, "max": PLACES_MAX},
    )
    asks = rows(
        AskRow,
        lazy("What do you ask of those who register?"),
        lazy("Name and e-mail are always asked. Ask only what you need: you must keep the answers safe."),
    )
    questions_read_first = BooleanField(lazy("We read questions first, before the public sees them"))

    def said(self) -> dict[str, Any]:
        asks = [self._ask(row) for row in self["asks"].data if any(row.values())]
        return {
            "entrance": self.entrance.data,
            "entrance_url": self.entrance_url.data or "",
            "capacity": self.capacity.data,
            "asks": asks,
            "questions_read_first": bool(self.questions_read_first.data),
        }

    @staticmethod
    def _ask(row: dict[str, Any]) -> dict[str, Any]:
        """A question as it is kept."""
        kind, choices = answered_by(row)
        return {"question": row["question"], "kind": kind or LINE, "choices": choices, "needed": bool(row["needed"])}

    @classmethod
    def of(cls, webinar: Webinar) -> dict[str, Any]:
        """The facts of a webinar as this form says them."""
        blank = {"kind": LINE, "choices": [], "needed": False}
        asks = [{name: (blank | ask)[name] for name in ("question", *blank)} for ask in webinar.asks]
        return {name: getattr(webinar, name) for name in ENTRANCE} | {"asks": asks}

    @classmethod
    def typed(cls, said: dict[str, Any]) -> dict[str, Any]:
        """Facts as its fields hold them."""
        asks = [{**ask, "kind": "" if ask["kind"] == LINE else ask["kind"]} for ask in said["asks"]]
        return said | {"asks": asks}

    def in_words(self, said: dict[str, Any]) -> dict[str, Any]:
        """Facts as people read them, to be compared side by side."""
        ways = {value: words for value, words, *_more in self.entrance.iter_choices()}
        asks = [" · ".join([ask["question"], *ask["choices"], *[_("needed")] * ask["needed"]]) for ask in said["asks"]]
        first = _("yes") if said["questions_read_first"] else ""
        return said | {"entrance": ways[said["entrance"]], "asks": asks, "questions_read_first": first}

    def validate_entrance_url(self, field: Any) -> None:
        if self.entrance.data == Entrance.ELSEWHERE and not field.data:
            raise ValidationError(_("Please say where people register."))

    def validate_capacity(self, field: Any) -> None:
        if field.data is not None and not 1 <= field.data <= PLACES_MAX:
            raise ValidationError(_("Please give a whole number of places, from 1 to 100000, or none."))


class ReasonForm(SentForm):
    """Why it is postponed or cancelled, and that one means it."""

    reason = TextAreaField(
        lazy("Why?"),
        [DataRequired(lazy("Please say why, in a sentence or two.")), bounded(SUMMARY_MAX)],
        filters=[lines],
        description=lazy("Everybody reads it: on the page, and in the mail to those who are registered."),
        render_kw={"rows": 4, "maxlength": SUMMARY_MAX},
    )
    sure = BooleanField(validators=[DataRequired(lazy("Please tick this if you mean it."))])

    def ask(self, cancels: bool, registered: int) -> None:
        """Ask once more, with the number of those who will be told; to postpone is no end, so it is asked once."""
        if not cancels:
            del self.sure
            return
        self.sure.label.text = (
            ngettext(
                "Yes, cancel it and tell the one person who is registered",
                "Yes, cancel it and tell the %(num)d people who are registered",
                registered,
            )
            if registered
            else _("Yes, cancel it: nobody is registered yet")
        )
