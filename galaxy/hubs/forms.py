"""What admins send about a hub: the short form that opens it, and the parts of the full one."""

from datetime import timedelta
from typing import Any, ClassVar

from wtforms import Form as Cells
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, ValidationError

from galaxy.content.forms import (
    DayField,
    EntryForm,
    PartForm,
    bounded,
    countries_field,
    goals_field,
    keeping,
    lines,
    prose,
    rows,
    sentence,
    web_address,
)
from galaxy.content.models import ADDRESS_MAX, LINE_MAX, SUMMARY_MAX, TITLE_MAX
from galaxy.content.words import code_name
from galaxy.core.db import now
from galaxy.core.i18n import _, lang, lazy, offered
from galaxy.hubs.models import WORDING, Hub, Occasion
from galaxy.hubs.queries import search_of
from galaxy.hubs.words import BEGINNINGS, occasion_name
from galaxy.reference import countries, languages
from galaxy.search import facets
from galaxy.search.grammar import FACETS, LONGEST_QUESTION

WORDS = Hub.words
OTHERS = tuple(facet for facet in FACETS if facet not in {"country", "sdg"})
"""What is chosen on the search page alone."""


def title_field() -> StringField:
    needed = InputRequired(lazy("Please write a title."))
    return StringField(WORDS["title"], [needed, bounded(TITLE_MAX)], filters=[lines])


def summary_field() -> StringField:
    return sentence(WORDS["summary"], SUMMARY_MAX, lazy("For lists. Without it, the first lines are shown there."))


def introduction_field() -> Any:
    hint = lazy("What has happened, what readers find here, what you ask of them.")
    return prose(WORDS["introduction"], hint, rows=10)


def until_field() -> DayField:
    needed = InputRequired(lazy("Please say until when it is open."))
    hint = lazy("Its last day. After it the hub leaves the home page and can still be read. You can extend it.")
    return DayField(lazy("Until when?"), [needed], description=hint)


def opens_field() -> DayField:
    return DayField(WORDS["opens_on"], description=lazy("Only to wait: on this day it opens by itself."))


class SearchFields(PartForm):
    """What a hub searches for, as admins type it."""

    q = sentence(WORDS["q"], LONGEST_QUESTION, lazy("As in the search box. All of these words are looked for."))
    country = countries_field(WORDS["country"])
    sdg = goals_field(WORDS["sdg"])

    def search(self, more: dict[str, Any]) -> dict[str, Any]:
        """What is typed and chosen here, beside what was chosen elsewhere."""
        return search_of(more | {"q": self.q.data or "", "country": self.country.data, "sdg": self.sdg.data}, lang())


class NewForm(SearchFields):
    """The short form: enough for a hub to be online."""

    names = ("title", "introduction", "ends_on", "opens_on")
    span = ("opens_on", "ends_on")

    occasion = HiddenField()  # also when a sign-in has expired meanwhile
    title = title_field()
    introduction = introduction_field()
    ends_on = until_field()
    opens_on = opens_field()

    def begin(self, occasion: Occasion, searched: dict[str, Any]) -> None:
        """Propose what a hub on this occasion may say and search for; or what somebody has searched for already."""
        proposed = BEGINNINGS[occasion]
        self.title.data, self.introduction.data = str(proposed.title), str(proposed.introduction)
        self.ends_on.data = (now().date() + timedelta(days=proposed.days)).isoformat()
        self.q.data = searched.get("q", "") if searched else str(proposed.words)
        self.country.data, self.sdg.data = searched.get("country", []), searched.get("sdg", [])

    def validate_ends_on(self, field: Any) -> None:
        """Refuse a last day that has passed already."""
        if field.data and field.data < now().date().isoformat():
            raise ValidationError(_("This day has passed. Please choose a later one."))


class WordsForm(PartForm):
    """What a hub says in its own language."""

    words = lazy("Title and introduction")
    names = (*WORDING, "language")

    title = title_field()
    summary = summary_field()
    introduction = introduction_field()
    language = SelectField(WORDS["language"])

    def prepare(self, hub: Hub, _untouched: bool) -> None:
        """Offer the languages of the interface in which it says nothing else."""
        taken = {text.language for text in hub.texts}
        free = [code for code in dict.fromkeys((hub.language, *offered())) if code not in taken]
        self.language.choices = [(code, code_name("language", code)) for code in free]


class DaysForm(PartForm):
    """What a hub is for, and until when it is open."""

    words = lazy("Occasion and days")
    names: ClassVar[tuple[str, ...]] = ("occasion", "ends_on")

    occasion = SelectField(WORDS["occasion"], choices=lambda: [(each.value, occasion_name(each)) for each in Occasion])
    ends_on = until_field()

    def prepare(self, hub: Hub, _untouched: bool) -> None:
        """Nothing of it depends on the hub."""


class DraftDaysForm(DaysForm):
    """The same of a hub that is not open yet."""

    names = ("occasion", "opens_on", "ends_on")
    span = ("opens_on", "ends_on")

    opens_on = opens_field()


class SearchForm(SearchFields):
    """What a hub finds by itself."""

    words = lazy("What it searches for")
    names = ("search",)

    others = SelectMultipleField(
        lazy("Also narrowed by"), description=lazy("Chosen on the search page. Untick what is no longer wanted.")
    )

    def prepare(self, hub: Hub, untouched: bool) -> None:
        """Show what it searches for; what was chosen on the search page alone can be left out again."""
        self.kept = hub.said["search"]
        self.country.choices = keeping(countries.choices(lang()), self.kept.get("country", []))
        others = [(facet, code) for facet in OTHERS for code in self.kept.get(facet, [])]
        self.others.choices = [
            (f"{f}:{code}", f"{facets.LABELS[f]}: {facets.label(f, code, lang())}") for f, code in others
        ]
        if not others:
            del self.others
        if untouched:
            self.q.data, self.country.data = self.kept.get("q", ""), self.kept.get("country", [])
            self.sdg.data = self.kept.get("sdg", [])
            if others:
                self.others.data = [f"{facet}:{code}" for facet, code in others]

    def said(self) -> dict[str, Any]:
        more: dict[str, Any] = {"sort": self.kept["sort"]} if "sort" in self.kept else {}
        for chosen in self.others.data or [] if "others" in self else []:
            facet, _colon, code = chosen.partition(":")
            more.setdefault(facet, []).append(code)
        return {"search": self.search(more)}


class LinkRow(Cells):
    """A page elsewhere."""

    title = StringField(lazy("What it is called"), [bounded(LINE_MAX)], filters=[lines])
    address = StringField(lazy("Its address"), [bounded(ADDRESS_MAX), web_address], filters=[lines])
    language = SelectField(lazy("In which language?"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.language.choices = [("", lazy("Not said")), *languages.choices(lang())]


class LinksForm(PartForm):
    """Where readers find more elsewhere."""

    words = lazy("Elsewhere")
    names = ("links",)
    row_lists = ("links",)

    links = rows(LinkRow, lazy("Pages elsewhere"), lazy("Such as those of the United Nations or a ministry."))

    def prepare(self, _hub: Hub, _untouched: bool) -> None:
        """Nothing of it depends on the hub."""

    def validate(self, extra_validators: Any = None) -> bool:
        right = super().validate(extra_validators)
        for row in self.links.entries:
            if row.form.title.data and not row.form.address.data:
                row.form.address.errors = [_("Please give the whole address, beginning with https://.")]
                right = False
        return right


class TextForm(EntryForm):
    """What a hub says in another language; left empty, it does not say it."""

    names = WORDING

    title = sentence(WORDS["title"], TITLE_MAX)
    summary = summary_field()
    introduction = introduction_field()

    def validate_title(self, field: Any) -> None:
        """Whatever is said has a title."""
        if not field.data and any(self.said().values()):
            raise ValidationError(_("Please write a title, or empty the whole page."))


class PinsForm(EntryForm):
    """The order of the pins and a note on each; its fields are drawn beside their entries."""

    names = ("pins",)


PARTS: dict[str, type[WordsForm | DaysForm | SearchForm | LinksForm]] = {
    "words": WordsForm,
    "days": DaysForm,
    "search": SearchForm,
    "links": LinksForm,
}
