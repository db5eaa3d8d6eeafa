"""The form of an organisation's profile."""

from typing import Any

from wtforms import SelectField, SelectMultipleField
from wtforms.validators import InputRequired

from galaxy.content.forms import address_field, bounded, keeping, prose, sentence
from galaxy.core.forms import Form
from galaxy.core.i18n import lang, lazy
from galaxy.directory.models import Organisation
from galaxy.reference import countries, languages
from galaxy.reference.lists import organisation_type_choices


class ProfileForm(Form):
    """What an organisation says of itself."""

    title = sentence(lazy("Name"), 200, needed=True)
    acronym = sentence(lazy("Short name"), 40, lazy("As FAO or UNDP."))
    type = SelectField(lazy("What kind of organisation it is"))
    country = SelectMultipleField(lazy("Countries where it works"))
    language = SelectField(lazy("Language of this text"))
    summary = prose(lazy("What it does"), lazy("A few sentences. You may use **bold**, lists and links."), 5_000)
    url = address_field(lazy("Website"), lazy("The whole address, beginning with https://."))

    def __init__(self, organisation: Organisation, **more: Any) -> None:
        super().__init__(data=organisation.snapshot(), **more)
        self.title.validators = [InputRequired(lazy("Please write the name of the organisation.")), bounded(200)]
        self.type.choices = [("", lazy("Not said")), *organisation_type_choices(lang())]
        self.country.choices = keeping(countries.choices(lang()), organisation.codes("country"))
        self.language.choices = languages.choices(lang())

    def said(self) -> dict[str, Any]:
        """What it says now, in the words of a snapshot."""
        names = ("title", "acronym", "type", "country", "language", "summary", "url")
        said = {name: self[name].data for name in names}
        return said | {"type": said["type"] or None}
