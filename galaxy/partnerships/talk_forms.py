"""What bodies send each other: an answer to a call, messages, terms, reports, notes, reasons."""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from babel.numbers import list_currencies
from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from galaxy.content.forms import DayField, EntryForm, Needed, WholeField, begun_and_ended, bounded, lines
from galaxy.content.models import TEXT_MAX, TITLE_MAX
from galaxy.core.forms import Form as PageForm
from galaxy.core.i18n import _, format_date, lang, lazy
from galaxy.partnerships.models import MONEY_MAX, PERSON_DAYS_MAX, Milestone, Partnership, Role, gifts
from galaxy.reference.lists import MODALITIES, ROLES, in_order

MESSAGE_MAX, REASON_MAX, KIND_MAX = 5_000, 2_000, 1_000
MILESTONES_MAX, SPARE_ROWS = 30, 2
WHOLE = "0"  # a report on the work as a whole


def said(label: Any, needed: Any, hint: Any = "", most: int = MESSAGE_MAX, rows: int = 8) -> TextAreaField:
    """A text that must be there; `needed` says so."""
    checks = [DataRequired(needed), bounded(most)]
    return TextAreaField(label, checks, filters=[lines], description=hint, render_kw={"rows": rows, "dir": "auto"})


def iso(day: date | None) -> str | None:
    """A day as its field holds it."""
    return day.isoformat() if day else None


def day_of(said: str | None) -> date | None:
    """The same as a day."""
    return date.fromisoformat(said) if said else None


def within(least: int, most: int, words: Any) -> Any:
    """Refuse a number out of these bounds; none is none, and what is no number has been refused already."""

    def check(_form: Any, field: Any) -> None:
        if field.data is not None and not least <= field.data <= most:
            raise ValidationError(words)

    return check


class AnswerForm(EntryForm):
    """A body answers a call."""

    names = ("body", "role", "message")

    body = SelectField(lazy("In whose name?"), [InputRequired()])
    role = RadioField(lazy("In which role?"), [InputRequired(lazy("Please choose a role."))])
    message = said(
        lazy("What do you bring, and when?"),
        lazy("Please say what you bring."),
        lazy("What you have done of the kind, whom you could send or receive, from when on. Only both sides read it."),
    )

    def offer(self, bodies: list[tuple[str, str]], roles: list[tuple[str, str]]) -> None:
        """The bodies and the roles to choose from; a body without another is not asked for."""
        self.role.choices = roles
        if len(bodies) == 1:
            del self.body
        else:
            self.body.choices = bodies


class PostForm(PageForm):
    """Something written in a private thread, perhaps with files."""

    text = said(lazy("Your message"), lazy("Please write your message."), rows=5)
    files = MultipleFileField(
        lazy("Files"),
        description=lazy("Pictures, PDF, office documents, texts or CSV tables: five at most."),
    )

    @property
    def sent(self) -> list[Any]:
        """The files that were chosen."""
        return [file for file in self.files.data or [] if file and file.filename]


class StepForm(PageForm):
    """A step to be taken: with its reason, or with a new last day for answers."""

    reason = TextAreaField(lazy("Why?"), [bounded(REASON_MAX)], filters=[lines], render_kw={"rows": 4, "dir": "auto"})
    deadline = DayField(lazy("Last day for answers"), description=lazy("Leave it empty where there is none."))

    def ask(self, reason: str, deadline: bool = False) -> None:
        """Ask for a reason that `must` or `may` be given, or for none; for a day only where one is needed."""
        if not deadline:
            del self.deadline
        if not reason:
            del self.reason
        elif reason == "must":
            self.reason.validators = [DataRequired(lazy("Please say why: the others read it.")), bounded(REASON_MAX)]
            self.reason.flags.required = True


class PartyRow(Form):
    """What one party does and gives."""

    body = HiddenField()
    role = SelectField(lazy("Role"), [Needed()], choices=lambda: in_order(ROLES, lang()))
    money = WholeField(
        lazy("Money"),
        [within(0, MONEY_MAX, lazy("Please give a whole number, or none."))],
    )
    currency = StringField(
        lazy("Currency"),
        filters=[lambda typed: typed.strip().upper() if typed else "USD"],
        default="USD",
        render_kw={"maxlength": 3, "size": 4},
        description=lazy("Three letters, as USD, EUR or XOF."),
    )
    person_days = WholeField(
        lazy("Working time, in person-days"),
        [within(0, PERSON_DAYS_MAX, lazy("Please give a whole number, or none."))],
    )
    in_kind = TextAreaField(
        lazy("In kind"),
        [bounded(KIND_MAX)],
        filters=[lines],
        description=lazy("Rooms, equipment, travel, meals."),
        render_kw={"rows": 2, "dir": "auto"},
    )

    def validate_currency(self, field: Any) -> None:
        if field.data not in list_currencies():
            raise ValidationError(_("No currency is called %(code)s.", code=field.data[:3]))

    @property
    def gives(self) -> dict[str, Any]:
        return {
            "money": self.money.data or None,
            "currency": self.currency.data or "USD",
            "person_days": self.person_days.data or None,
            "in_kind": self.in_kind.data or "",
        }


class MilestoneRow(Form):
    """A step of the work that can be seen to be done."""

    title = StringField(lazy("What is then done?"), [bounded(TITLE_MAX)], filters=[lines])
    due_on = DayField(lazy("By when?"))


class TermsForm(EntryForm):
    """The terms of a partnership: who does what, gives what, from when to when."""

    names: ClassVar[tuple[str, ...]] = (
        "modality", "starts_on", "ends_on", "terms", "parties", "milestones", "costs_public",
    )  # fmt: skip

    modality = SelectField(lazy("Way of cooperating"), [Needed()], choices=lambda: in_order(MODALITIES, lang()))
    starts_on = DayField(lazy("From"), [Needed()])
    ends_on = DayField(lazy("Until"), [Needed()])
    terms = TextAreaField(
        lazy("What you agree on"),
        [bounded(TEXT_MAX)],
        filters=[lines],
        description=lazy("Who does what, when and where; how you decide; what happens where something goes wrong."),
        render_kw={"rows": 10, "dir": "auto"},
    )
    parties = FieldList(FormField(PartyRow), label=lazy("Who gives what"), max_entries=60)
    milestones = FieldList(
        FormField(MilestoneRow),
        label=lazy("Milestones"),
        max_entries=MILESTONES_MAX,
        description=lazy("What can be seen to be done, one after the other. Empty rows are left out."),
    )
    costs_public = BooleanField(
        lazy("The public may see what each of us gives"),
        description=lazy("Otherwise only the parties see it. Roles, period and milestones are public once published."),
    )

    def spare(self, more: bool = False) -> None:
        """Keep two empty rows at the end of the milestones, and two more where asked."""
        filled = [n for n, row in enumerate(self.milestones.entries, 1) if any(row.data.values())]
        wanted = max(filled, default=0) + SPARE_ROWS * (2 if more else 1)
        while len(self.milestones.entries) < min(wanted, MILESTONES_MAX):
            self.milestones.append_entry()

    def only(self, partnership: Partnership) -> None:
        """One row for each party, whatever was sent: rows of others fall away, one that has joined gets its own."""
        sent = {row.form.body.data: row for row in self.parties.entries}
        for there in terms_of(partnership)["parties"]:
            if there["body"] not in sent:
                sent[there["body"]] = self.parties.append_entry(there)
        bodies = [str(party.body_id) for party in partnership.parties]
        self.parties.entries = [sent[body] for body in bodies]

    @property
    def data(self) -> dict[str, Any]:
        """What was typed, without the rows that say nothing."""
        typed: dict[str, Any] = super().data
        return typed | {"milestones": [row for row in typed["milestones"] if any(row.values())]}

    def typed(self) -> dict[str, Any]:
        """The terms as the service takes them."""
        rows = {int(row.form.body.data or 0): row.form for row in self.parties.entries}
        return {
            "modality": self.modality.data,
            "starts_on": day_of(self.starts_on.data),
            "ends_on": day_of(self.ends_on.data),
            "terms": self.terms.data or "",
            "costs_public": self.costs_public.data,
            "roles": {body: Role(row.role.data) for body, row in rows.items()},
            "gives": {body: row.gives for body, row in rows.items()},
            "milestones": [row | {"due_on": day_of(row["due_on"])} for row in self.data["milestones"]],
        }

    def validate(self, extra_validators: Any = None) -> bool:
        right = bool(super().validate(extra_validators))
        if self.starts_on.data and self.ends_on.data and self.ends_on.data < self.starts_on.data:
            begun_and_ended(self.starts_on, self.ends_on)
            right = False
        for row in self.milestones.entries:
            if row.form.due_on.data and not row.form.title.data:
                row.form.title.errors = [*row.form.title.errors, _("Please fill this in, or empty the whole row.")]
                right = False
        return right


class AcceptForm(PageForm):
    """The terms as they were read."""

    base = HiddenField()


class ReportForm(PageForm):
    """How far the work has come."""

    milestone = SelectField(lazy("On what do you report?"), [Needed()])
    progress = WholeField(
        lazy("How far is it done, in per cent?"),
        [within(0, 100, lazy("Please give a whole number from 0 to 100."))],
        render_kw={"min": 0, "max": 100, "step": 5},
    )
    text = said(lazy("What has been done?"), lazy("Please say what has been done."), rows=5)

    def offer(self, milestones: Iterable[Milestone]) -> None:
        """The milestones to report on, and the work as a whole."""
        rows = [(str(each.id), f"{each.title} ({each.progress} %)") for each in milestones]
        self.milestone.choices = [*rows, (WHOLE, _("The work as a whole"))]

    @property
    def milestone_id(self) -> int | None:
        return int(self.milestone.data) if self.milestone.data != WHOLE else None

    @property
    def percent(self) -> int | None:
        """How far a milestone is; of the work as a whole it is known by its milestones."""
        return self.progress.data if self.milestone.data != WHOLE else None

    def validate_progress(self, field: Any) -> None:
        if self.milestone.data != WHOLE and field.data is None and not field.errors:
            raise ValidationError(_("Please say how far it is, from 0 to 100 per cent."))


class NotesForm(EntryForm):
    """The working notes that the parties share."""

    names = ("notes",)

    notes = TextAreaField(
        lazy("Working notes"),
        [Length(max=TEXT_MAX, message=lazy("Please shorten this to %(max)d characters at most."))],
        filters=[lines],
        description=lazy("Shared by all parties, never public. You may use **bold** and lists with a hyphen."),
        render_kw={"rows": 18, "dir": "auto"},
    )


class AgreementForm(PageForm):
    """The agreement as it was signed."""

    file = FileField(
        lazy("The signed agreement"),
        [FileRequired(lazy("Please choose a file."))],
        description=lazy("A PDF, an office document, a text or a picture of it."),
    )


def terms_of(partnership: Partnership) -> dict[str, Any]:
    """The terms as the form holds them."""
    parties = [{"body": str(party.body_id), "role": party.role.value, **party.gives} for party in partnership.parties]
    milestones = [{"title": each.title, "due_on": iso(each.due_on)} for each in partnership.milestones]
    return {
        "modality": partnership.modality,
        "starts_on": iso(partnership.starts_on),
        "ends_on": iso(partnership.ends_on),
        "terms": partnership.terms,
        "costs_public": partnership.costs_public,
        "parties": parties,
        "milestones": milestones,
    }


def in_words(terms: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Terms as people read them, to be compared side by side; `names` are those of the bodies, by number."""

    def day(value: str | None) -> str:
        found = day_of(value)
        return format_date(found, "long") if found else ""

    parties = [(names.get(row["body"], ""), row) for row in terms["parties"]]
    due = [f"{row['title']} ({day(row['due_on'])})" if row["due_on"] else row["title"] for row in terms["milestones"]]
    return {
        "modality": MODALITIES[terms["modality"]].name(lang()) if terms["modality"] in MODALITIES else "",
        "starts_on": day(terms["starts_on"]),
        "ends_on": day(terms["ends_on"]),
        "terms": terms["terms"],
        "roles": "\n".join(f"{name}: {ROLES[Role(row['role']).value].name(lang())}" for name, row in parties),
        "gives": "\n".join(f"{name}: {', '.join(gifts(row))}" for name, row in parties if gifts(row)),
        "milestones": "\n".join(due),
        "costs_public": str(_("yes") if terms["costs_public"] else _("no")),
    }


TERM_WORDS: dict[str, Any] = {
    "modality": lazy("Way of cooperating"),
    "starts_on": lazy("From"),
    "ends_on": lazy("Until"),
    "terms": lazy("What you agree on"),
    "roles": lazy("Roles"),
    "gives": lazy("Who gives what"),
    "milestones": lazy("Milestones"),
    "costs_public": lazy("The public may see what each of us gives"),
}
