"""The ground of every form that writes an entry: bounded fields, saved as they are typed, aware of other writers."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, ClassVar

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import Form as Cells
from wtforms.validators import Length, ValidationError
from wtforms.widgets import DateInput

from galaxy.content.models import ADDRESS_MAX, LINE_MAX, LINES_MAX, TEXT_MAX, YEAR_MAX, YEAR_MIN
from galaxy.content.words import code_name
from galaxy.core.addresses import is_web_address
from galaxy.core.forms import Form, tidy
from galaxy.core.i18n import _, lang, lazy
from galaxy.reference import countries, languages, sdgs, sectors
from galaxy.reference.lists import LICENCES, in_order

ROWS_MAX, SPARE_ROWS = 30, 2
BODYLESS = "0"
MARKDOWN = lazy("You may use **bold**, *italics*, lists with a hyphen, and links: [words](address).")


class EntryForm(Form):
    """A part of an entry. `names` are the things of its snapshot that this form writes."""

    names: ClassVar[tuple[str, ...]] = ()
    form_name: str = ""
    restored_at: datetime | None = None  # when what it shows was typed, if it was never sent

    base = HiddenField()  # what the entry said when the form was opened
    key = HiddenField()  # whose draft it is: an entry's, or one of its own
    origin = HiddenField()  # what a new entry is begun from: the permanent id of another

    @classmethod
    def says(cls) -> tuple[str, ...]:
        """All that one says in it: the things it writes, and the agreement, where it asks for that."""
        return (*cls.names, "consent") if hasattr(cls, "consent") else cls.names

    def said(self) -> dict[str, Any]:
        """What its author says, in the words of a snapshot."""
        return {name: self[name].data for name in self.names}


class Needed:
    """Marks a field that is needed for publication; a draft may do without."""

    field_flags: ClassVar[dict[str, Any]] = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """A draft is never refused for what it does not have yet."""


def lines(value: Any) -> Any:
    """Text as we keep it: tidy, and with one kind of line break."""
    return tidy(value.replace("\r\n", "\n").replace("\r", "\n")) if isinstance(value, str) else value


def one_line(value: Any) -> Any:
    """The same in one line: a field of one line is sent without breaks by browsers alone."""
    return " ".join(part.strip() for part in tidy(value).splitlines()) if isinstance(value, str) else value


def bounded(most: int) -> Length:
    return Length(max=most, message=lazy("Please shorten this to %(max)d characters at most."))


def sentence(label: Any, most: int = LINE_MAX, hint: Any = "", needed: bool = False, **more: Any) -> StringField:
    """A field of one line."""
    validators = [bounded(most), *([Needed()] if needed else [])]
    return StringField(label, validators, filters=[one_line], description=hint, **more)


def prose(label: Any, hint: Any = "", most: int = TEXT_MAX, needed: bool = False, rows: int = 6) -> TextAreaField:
    """A field of Markdown text."""
    validators = [bounded(most), *([Needed()] if needed else [])]
    return TextAreaField(label, validators, filters=[lines], description=hint, render_kw={"rows": rows, "dir": "auto"})


def web_address(_form: Any, field: Any) -> None:
    """Refuse what is no address of a page."""
    if field.data and not is_web_address(field.data):
        raise ValidationError(_("Please give the whole address, beginning with https://."))


def address_field(label: Any, hint: Any = "") -> StringField:
    return StringField(label, [bounded(ADDRESS_MAX), web_address], filters=[lines], description=hint)


def keeping(choices: Iterable[tuple[str, str]], codes: Iterable[str], scheme: str = "") -> list[tuple[str, str]]:
    """A menu with what an entry already has at its head, also where only an import could give it."""
    names, wanted = dict(choices), [code for code in dict.fromkeys(codes) if code]
    return [(code, names.get(code) or code_name(scheme, code)) for code in wanted] + [
        each for each in names.items() if each[0] not in wanted
    ]


LONG_LISTS: dict[str, Callable[[], list[tuple[str, str]]]] = {
    "country": lambda: countries.choices(lang()),
    "used_in": lambda: countries.choices(lang()),
    "wanted": lambda: countries.choices(lang()),
    "sector": lambda: sectors.category_choices(lang()),
    "licence": lambda: in_order(LICENCES, lang()),
}
"""The menus in which what is chosen would be lost among the rest."""


def language_field() -> SelectField:
    label = lazy("In which language do you write?")
    return SelectField(label, [Needed()], choices=lambda: languages.choices(lang()))


class CountryField(SelectField):
    """One country of the list that an entry keeps."""

    def process_data(self, value: Any) -> None:
        super().process_data(next(iter(value), "") if isinstance(value, list) else value)


def country_field(label: Any) -> SelectField:
    """One country, in the reader's language."""
    return CountryField(
        label, [Needed()], choices=lambda: [("", _("Choose a country")), *countries.choices(lang())], default=""
    )


def countries_field(label: Any, hint: Any = "", needed: bool = False) -> SelectMultipleField:
    validators = [Needed()] if needed else []
    return SelectMultipleField(label, validators, choices=lambda: countries.choices(lang()), description=hint)


def goals_field(label: Any, hint: Any = "") -> SelectMultipleField:
    return SelectMultipleField(label, [Needed()], choices=lambda: sdgs.choices(lang()), description=hint)


def licence_field() -> SelectField:
    return SelectField(lazy("Licence"), [Needed()], choices=lambda: in_order(LICENCES, lang()))


def consent_field() -> BooleanField:
    return BooleanField(
        lazy("I agree that this is published under CC BY 4.0, and I may agree to it"),
        [Needed()],
        description=lazy("Anyone may then use and change it who names you. You may choose another licence later."),
    )


def owner_field() -> SelectField:
    """In whose name it is shared; its choices are the bodies its writer acts for."""
    return SelectField(
        lazy("In whose name do you share it?"), [Needed()], description=lazy("It stays with them when you leave.")
    )


class LinesField(TextAreaField):
    """A list, one thing a line."""

    def __init__(self, label: Any = None, most: int = LINES_MAX, **kwargs: Any) -> None:
        super().__init__(label, [self.bound], **kwargs)
        self.most = most

    def _value(self) -> str:
        return "\n".join(self.data or [])

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = lines(valuelist[0]) if valuelist else ""
        each = (" ".join(line.split()) for line in typed.split("\n"))
        self.data = [line for line in each if line]  # type: ignore[assignment]  # a list in place of a text

    @staticmethod
    def bound(_form: Any, field: Any) -> None:
        """Refuse too many lines, and too long ones."""
        if len(field.data or []) > field.most:
            raise ValidationError(_("Please give %(most)d lines at most.", most=field.most))
        if any(len(line) > LINE_MAX for line in field.data or []):
            raise ValidationError(_("Please keep every line under %(most)d characters.", most=LINE_MAX))


class WholeField(IntegerField):
    """A whole number, perhaps with spaces between its thousands."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = "".join(str(lines(valuelist[0])).split()) if valuelist else ""
        self.data = None
        if not typed:
            return
        if not typed.isascii() or not typed.removeprefix("-").isdigit() or len(typed) > 20:
            raise ValueError(_("Please give a whole number, as 12000."))
        self.data = int(typed)


class ReadField(StringField):
    """A text that stands for something else: it is kept as `read` understands it, and shown as it was typed."""

    def read(self, typed: str) -> Any:
        """What this means; raises ValueError with words for its writer."""
        raise NotImplementedError

    def as_typed(self, kept: Any) -> str:
        """How one would type what is kept."""
        return str(kept or "")

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else self.as_typed(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = lines(valuelist[0]) if valuelist else ""
        self.data = None  # also where it cannot be read
        if typed:
            self.data = self.read(typed)


class WhenField(ReadField):
    """A year, perhaps with its month and day, kept as an ISO date: 2019 is 2019-01-01."""

    def as_typed(self, kept: Any) -> str:
        return re.sub(r"(-01){1,2}$", "", str(kept or ""))

    def read(self, typed: str) -> str:
        found = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", typed)
        try:
            if not found or not YEAR_MIN <= int(found[1]) <= YEAR_MAX:
                raise ValueError
            return date(int(found[1]), int(found[2] or 1), int(found[3] or 1)).isoformat()
        except ValueError:
            raise ValueError(_("Please give a year, as 2019, or a month, as 2019-05.")) from None


class DayField(ReadField):
    """A day, kept as an ISO date, chosen from a calendar where the browser has one."""

    widget = DateInput()

    def read(self, typed: str) -> str:
        try:
            day = date.fromisoformat(typed)
            if not YEAR_MIN <= day.year <= YEAR_MAX:
                raise ValueError
            return day.isoformat()
        except ValueError:
            raise ValueError(_("Please give a day, as 2027-03-31.")) from None


def begun_and_ended(began: Any, ended: Any) -> None:
    """Refuse an end before the beginning."""
    if began.data and ended.data and ended.data < began.data:
        ended.errors = [*ended.errors, _("This is before the beginning. Please correct one of the two.")]


def rows(form: type[Cells], label: Any, hint: Any) -> "FieldList[FormField[Any]]":
    """Rows of one kind; `PartForm` keeps empty ones at the end."""
    return FieldList(FormField(form), label=label, max_entries=ROWS_MAX, description=hint)


class PartForm(EntryForm):
    """A part of a full form; its rows can grow without a script. A row cannot do without its first cell."""

    words: ClassVar[Any] = ""
    row_lists: ClassVar[tuple[str, ...]] = ()
    span: ClassVar[tuple[str, str] | None] = None  # the fields of a beginning and of its end

    def show_chosen(self, said: dict[str, Any]) -> None:
        """Show what is chosen at the head of each long list."""
        for name in LONG_LISTS.keys() & set(self.names):
            chosen = said[name] if isinstance(said[name], list) else [said[name]]
            self[name].choices = keeping(LONG_LISTS[name](), chosen, name)

    def spare(self, more_of: str = "") -> None:
        """Keep two empty rows at the end of each list, and two more where asked."""
        for name in self.row_lists:
            empty = 0
            for row in reversed(self[name].entries):
                empty += not any(row.data.values())
                if any(row.data.values()):
                    break
            for _n in range(max(0, SPARE_ROWS - empty) + (SPARE_ROWS if name == more_of else 0)):
                if len(self[name].entries) < ROWS_MAX:
                    self[name].append_entry()

    def said(self) -> dict[str, Any]:
        filled = {name: [row for row in self[name].data if any(row.values())] for name in self.row_lists}
        return super().said() | filled

    def validate(self, extra_validators: Any = None) -> bool:
        right = bool(super().validate(extra_validators))
        for name in self.row_lists:
            for row in self[name].entries:
                first = next(iter(row.form))
                if any(row.data.values()) and not first.data:
                    first.errors = [*first.errors, _("Please fill this in, or empty the whole row.")]
                    right = False
        if self.span is not None:
            began, ended = (self[name] for name in self.span)
            begun_and_ended(began, ended)
            right = right and not ended.errors
        return right


class GoalsForm(PartForm):
    """Which goals and targets it serves."""

    words = lazy("Goals and targets")
    names = ("sdg",)

    sdg = goals_field(lazy("Which goals does it serve?"))
    targets = SelectMultipleField(
        lazy("Which targets of these goals?"),
        choices=lambda: [(t.code, t.code) for t in sdgs.TARGETS.values()],
        description=lazy("Targets are shown for the goals that are saved."),
    )

    def keep(self, codes: Iterable[str], untouched: bool) -> None:
        """Offer the targets of the goals that are saved, each goal's together; tick what is, where nothing is typed."""
        codes = list(codes)
        of = dict.fromkeys(code.partition(".")[0] for code in codes)
        goals = [sdgs.GOALS[code] for code in of if code in sdgs.GOALS]
        self.targets.choices = {
            f"{goal.code}. {goal.name(lang())}": sdgs.target_choices(lang(), [goal.code]) for goal in goals
        }
        if untouched:
            self.sdg.data = [code for code in codes if "." not in code]
            self.targets.data = [code for code in codes if "." in code]

    def said(self) -> dict[str, Any]:
        targets = list(self.targets.data or [])
        goals = [*(self.sdg.data or []), *(sdgs.goal_of(code).code for code in targets if code in sdgs.TARGETS)]
        return {"sdg": [*dict.fromkeys(goals), *targets]}


class FigureRow(Cells):
    """A result as a number."""

    value = StringField(lazy("Number"), [bounded(40)], filters=[lines], description=lazy("As 1 200, 15–20 or 38 %."))
    label = StringField(lazy("What it counts"), [bounded(200)], filters=[lines])
    source = StringField(lazy("Who says so"), [bounded(LINE_MAX)], filters=[lines])


class UploadForm(EntryForm):
    """A file, and what it shows."""

    file = FileField(
        lazy("File"),
        description=lazy("A picture (JPEG, PNG, WebP), a PDF, an office document, a text or a CSV table."),
    )
    caption = sentence(lazy("Caption"), LINE_MAX, lazy("What it shows, for those who cannot see it too."))
