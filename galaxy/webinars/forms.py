"""What people send about a webinar: the short form, the parts of the full one, its series, a calendar of others."""

from collections.abc import Iterable
from typing import Any, ClassVar

from flask_login import current_user
from flask_security.forms import EmailValidation
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField
from wtforms import Form as Cells
from wtforms.validators import Optional as MayBeEmpty
from wtforms.validators import ValidationError

from galaxy.accounts.models import Body
from galaxy.content.forms import (
    BODYLESS,
    MARKDOWN,
    EntryForm,
    GoalsForm,
    LinesField,
    Needed,
    PartForm,
    address_field,
    bounded,
    consent_field,
    countries_field,
    goals_field,
    language_field,
    licence_field,
    lines,
    owner_field,
    prose,
    rows,
    sentence,
)
from galaxy.content.models import ADDRESS_MAX, SUMMARY_MAX, TITLE_MAX, Entry
from galaxy.content.queries import meant, with_refs
from galaxy.content.rules import may_read
from galaxy.core.forms import Form
from galaxy.core.i18n import _, lang, lazy
from galaxy.reference import countries, languages, sectors
from galaxy.reference.lists import FORMATS, in_order
from galaxy.webinars.models import Entrance, Format, Webinar
from galaxy.webinars.time_forms import TimedForm

WORDS = Webinar.words
TITLE_HINT = lazy("What one learns, and from whom, in one line.")


# Other entries of this site, named by their addresses or titles.


def one_meant(said: str, kept: Any = ()) -> Entry:
    """The entry that is meant; raises ValueError with words for the writer where there is none, or several."""
    found = [entry for entry in meant(said) if may_read(current_user, entry) or entry.ref in kept]
    if not found:
        raise ValueError(_("There is no entry “%(said)s” here. Give its whole title, or its address.", said=said[:80]))
    if len(found) > 1:
        raise ValueError(
            _("There are several entries “%(said)s”. Give the address of the one you mean.", said=said[:80])
        )
    return found[0]


class EntriesField(LinesField):
    """Entries of this site, one a line: kept by their permanent ids, shown by the last part of their addresses."""

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else "\n".join(e.slug for e in with_refs(list(self.data or [])))

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        named = list(self.data or [])
        if len(named) <= self.most:  # else the bound says so
            kept = self.object_data or ()
            self.data = list(dict.fromkeys(one_meant(line, kept).ref for line in named))  # type: ignore[assignment]  # a list


class EntryField(StringField):
    """An entry of this site, kept by its permanent id."""

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else next((e.slug for e in with_refs([self.data or ""])), "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = lines(valuelist[0]) if valuelist else ""
        self.data = one_meant(typed, (self.object_data,)).ref if typed else ""


# The short form.


def spoken_field() -> SelectMultipleField:
    label = lazy("Which languages are spoken?")
    return SelectMultipleField(label, [Needed()], choices=lambda: languages.choices(lang()))


def format_field() -> SelectField:
    return SelectField(
        WORDS["format"], [Needed()], choices=lambda: in_order(FORMATS, lang()), default=Format.WEBINAR.value
    )


def summary_field() -> Any:
    hint = lazy("What it is about and for whom, in a sentence or two.")
    return prose(lazy("In short"), hint, SUMMARY_MAX, needed=True, rows=3)


def join_field() -> StringField:
    return address_field(
        lazy("Web address at which one joins"), lazy("Only those who are registered see it, unless you make it public.")
    )


def register_field() -> StringField:
    return address_field(
        lazy("Web address at which one registers"),
        lazy("Only where people register on another site. Else they register here."),
    )


class NewForm(TimedForm):
    """The short form: enough for a draft, and for an admin to read."""

    names = ("title", "format", "spoken", "summary", "sdg", "language")
    asks: ClassVar[tuple[str, ...]] = (
        "title", "format", "when", "spoken", "summary", "join_url", "entrance_url", "sdg", "language", "consent",
    )  # fmt: skip

    title = sentence(lazy("Title"), TITLE_MAX, TITLE_HINT, needed=True)
    format = format_field()
    spoken = spoken_field()
    summary = summary_field()
    join_url = join_field()
    entrance_url = register_field()
    sdg = goals_field(lazy("Which goals does it serve?"))
    language = language_field()
    consent = consent_field()

    @property
    def facts(self) -> dict[str, Any]:
        """What is known of its time and of how one comes in: who registers elsewhere does not register here."""
        elsewhere = self.entrance_url.data or ""
        said: dict[str, Any] = {"join_url": self.join_url.data or "", "entrance_url": elsewhere}
        said["entrance"] = Entrance.ELSEWHERE if elsewhere else Entrance.HERE
        return said | (self.period._asdict() if self.period else {})


# The parts.


class AboutForm(PartForm):
    """What it is about."""

    words = lazy("What it is about")
    names = ("title", "summary", "description", "format", "series", "language", "url")

    title = sentence(lazy("Title"), TITLE_MAX, TITLE_HINT, needed=True)
    summary = summary_field()
    description = prose(lazy("What happens in it?"), MARKDOWN, rows=10)
    format = format_field()
    series = SelectField(lazy("To which series does it belong?"), validate_choice=False)
    new_series = sentence(
        lazy("Or to a new series, called"), TITLE_MAX, lazy("For webinars that follow one another. They share a page.")
    )
    language = language_field()
    url = address_field(lazy("Web address where one can read more"))

    def offer_series(self, own: list[tuple[str, str]]) -> None:
        """The series to choose from, by permanent id and title."""
        self.series.choices = [("", _("To none")), *own]
        if self.series.data not in dict(own):
            self.series.data = ""


class SpeakerRow(Cells):
    """Who speaks."""

    name = StringField(lazy("Name"), [bounded(TITLE_MAX)], filters=[lines])
    role = StringField(
        lazy("Role"), [bounded(TITLE_MAX)], filters=[lines], description=lazy("As speaker, moderator or interpreter.")
    )
    organisation = StringField(lazy("Organisation"), [bounded(TITLE_MAX)], filters=[lines])
    country = SelectField(lazy("Country"), choices=lambda: [("", _("Not said")), *countries.choices(lang())])
    profile = EntryField(
        lazy("Profile on this site"), [bounded(ADDRESS_MAX)], description=lazy("The address or the title of its page.")
    )
    email = StringField(
        lazy("E-mail"),
        [MayBeEmpty(), bounded(TITLE_MAX), EmailValidation(verify=False)],
        filters=[lines, lambda typed: typed and typed.lower()],
        description=lazy("Shown to nobody. It lets them answer questions here once they have an account."),
    )


class PeopleForm(PartForm):
    """Who speaks, and who invites."""

    words = lazy("Speakers and organisers")
    names = ("speakers", "organisers")
    row_lists = ("speakers",)

    speakers = rows(SpeakerRow, WORDS["speakers"], lazy("One row for each person. Empty rows are left out."))
    organisers = LinesField(lazy("Who organises it?"), description=lazy("One organisation a line."))


class InterpretationRow(Cells):
    """A language into which it is interpreted."""

    language = SelectField(
        lazy("Language"), choices=lambda: [("", _("Choose a language")), *languages.choices(lang())], default=""
    )
    channel = StringField(
        lazy("Channel"), [bounded(TITLE_MAX)], filters=[lines], description=lazy("What one chooses to hear it.")
    )


class LanguagesForm(PartForm):
    """In which languages one can follow it."""

    words = lazy("Languages")
    names = ("spoken", "interpretation", "captions", "sign_language")
    row_lists = ("interpretation",)

    spoken = spoken_field()
    interpretation = rows(
        InterpretationRow, WORDS["interpretation"], lazy("One row for each language into which it is interpreted.")
    )
    captions = SelectMultipleField(lazy("Captions in"), choices=lambda: languages.choices(lang()))
    sign_language = sentence(
        WORDS["sign_language"], TITLE_MAX, lazy("Which one, where there is one: as French Sign Language.")
    )


class ContextForm(PartForm):
    """What it is for, what is presented, and under which licence."""

    words = lazy("Context and licence")
    names = ("country", "sector", "presents", "licence")

    country = countries_field(lazy("Which countries does it speak of?"))
    sector = SelectMultipleField(WORDS["sector"], choices=lambda: sectors.category_choices(lang()))
    presents = EntriesField(
        lazy("Which solutions and requests are presented?"),
        description=lazy("Those of this site, one a line: the address or the whole title of each."),
    )
    owner = owner_field()
    licence = licence_field()
    consent = BooleanField(lazy("I agree that this is published under this licence, and I may agree to it"), [Needed()])


PARTS: dict[str, type[PartForm]] = {
    "about": AboutForm,
    "people": PeopleForm,
    "languages": LanguagesForm,
    "goals": GoalsForm,
    "context": ContextForm,
}


class SeriesForm(EntryForm):
    """What a series is called, and what it is about."""

    title = sentence(lazy("Title"), TITLE_MAX, needed=True)
    summary = prose(lazy("What is it about?"), "", SUMMARY_MAX, rows=3)

    def validate_title(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_("Please give it a title."))


class ImportForm(Form):
    """The calendar of an organiser, whose events become drafts."""

    file = FileField(
        lazy("The calendar, a file that ends in .ics"),
        [FileRequired(message=lazy("Please choose a file."))],
        description=lazy("At most 5 MB and 1,000 events. Of what comes again, 100 dates within two years are taken."),
    )
    owner = SelectField(lazy("In whose name?"))
    look = BooleanField(lazy("Only show me what would be taken"))

    def offer(self, bodies: Iterable[Body]) -> None:
        """Let somebody choose among the bodies they act for, and themselves."""
        self.owner.choices = [*((str(body.id), body.name) for body in bodies), (BODYLESS, _("My own"))]
