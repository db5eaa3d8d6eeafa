"""Languages of the interface: chosen by the address, spoken by Babel, right to left where they are."""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.dates import format_date as babel_date
from babel.dates import format_time, get_datetime_format, get_timezone_location
from babel.units import format_unit
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, LazyString, force_locale, format_decimal, get_locale, get_translations
from flask_babel import format_date as usual_date
from flask_login import current_user
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

__all__ = [
    "N_",
    "_",
    "force_locale",
    "format_date",
    "format_decimal",
    "init_app",
    "lang",
    "lazy",
    "ngettext",
    "offered",
]

babel = Babel()
FIRST = re.compile(r"(?<!\S)1 (?=[^\W\d])")  # of a month, after the name of a day or at the beginning


def N_(words: str) -> str:  # noqa: N802  # the name by which pybabel finds it
    """Mark words for the translators; whoever shows them later translates them with `_()`."""
    return words


def offered() -> tuple[str, ...]:
    """The languages of the interface, the fallback first."""
    return tuple(current_app.config["LANGUAGES"].split())


def lang() -> str:
    """The language this page is read in."""
    locale = spoken()
    return locale.language if locale else offered()[0]


def reader_locale() -> Locale:
    """What Babel knows of the language this page is read in; of English where nobody reads."""
    return spoken() or Locale("en")


def spoken() -> Locale | None:
    """What `get_locale` says, which is asked a hundred times for a page: read where Babel keeps it."""
    try:
        kept: Locale | None = getattr(g._get_current_object().get("_flask_babel"), "babel_locale", None)
    except RuntimeError:
        return None
    return kept or get_locale()


def _said(words: str, *plural: Any) -> str:
    """Words in the language this page is read in, or one of its plurals: as Babel has it, whose way there is longer."""
    if (locale := spoken()) is None:
        catalog = get_translations()
    elif (catalog := _CATALOGS.get(locale.language)) is None:
        catalog = _CATALOGS[locale.language] = get_translations()
    return str(catalog.ngettext(words, *plural) if plural else catalog.gettext(words))


_CATALOGS: dict[str, Any] = {}


def _(words: str, /, **named: Any) -> str:
    """Words in the language this page is read in."""
    return _said(words) % named if named else _said(words)


def ngettext(one: str, many: str, num: int, /, **named: Any) -> str:
    """Words for this number in the language this page is read in; `%(num)d` in them is the number."""
    return _said(one, many, num) % {"num": num, **named}


def lazy(words: str, /, **named: Any) -> LazyString:
    """Words in the language in which they are read one day."""
    return LazyString(_, words, **named)


def _fit(said: str, context: EvalContext) -> str:
    """Words of ours, which a page takes as they are: they may hold tags, around values that are escaped."""
    return Markup(said) if context.autoescape else said  # noqa: S704  # from our own catalogs


@pass_eval_context
def _in_template(context: EvalContext, words: str, /, **named: Any) -> str:
    return _fit(_said(words), context) % named


@pass_eval_context
def _plural_in_template(context: EvalContext, one: str, many: str, num: int, /, **named: Any) -> str:
    return _fit(_said(one, many, num), context) % {"num": num, **named}


def preferred() -> str:
    """The reader's language where no address says it: their profile, else what the browser asks for."""
    own = getattr(current_user, "language", None)
    if own in offered():
        return str(own)
    return request.accept_languages.best_match(offered()) or offered()[0]


def select_locale() -> str | None:
    if not has_request_context():
        return None
    return g.get("lang") or preferred()


@lru_cache(maxsize=1_000)
def zone_named(name: str | None) -> ZoneInfo | None:
    """The time zone of this name, if there is one; to look through all of them takes longer than to write a page."""
    return ZoneInfo(name) if name and name in available_timezones() else None


def reader_zone() -> ZoneInfo | None:
    """The time zone of the reader's profile; None where it is not known, as of every visitor."""
    return zone_named(getattr(current_user, "time_zone", None)) if has_request_context() else None


def time_zone() -> ZoneInfo:
    """The reader's time zone: their profile's, else the site's."""
    return reader_zone() or ZoneInfo(current_app.config["TIME_ZONE"])


def when(moment: datetime | None, format: str = "medium", zone: ZoneInfo | None = None) -> str:
    """A moment to the minute, in the reader's language and a zone, else the reader's own, with the zone named."""
    if moment is None:
        return ""
    local, locale = moment.astimezone(zone or time_zone()), reader_locale()
    named = get_timezone_location(local, locale=locale, return_city=True)
    title = "UTC" if local.tzname() == "UTC" else f"({named})"
    both = str(get_datetime_format("short" if format == "short" else "long", locale=locale)).replace("'", "")
    hour = format_time(local, "short", locale=locale)
    return f"{both.format(hour, babel_date(local, format, locale=locale))} {title}"


def clock(moment: datetime) -> str:
    """The time of day of a moment just now, in the reader's language and zone."""
    return str(format_time(moment.astimezone(time_zone()), "short", locale=reader_locale()))


def format_date(day: date, format: str | None = None) -> str:
    """A day in the reader's language; in French the first of a month is "1er", which CLDR does not say."""
    return _dated(day, format, lang()) if type(day) is date else _dated.__wrapped__(day, format, lang())


@lru_cache(5_000)
def _dated(day: date, format: str | None, language: str) -> str:
    said = str(usual_date(day, format))
    return FIRST.sub("1er ", said) if language == "fr" else said


def number(value: float) -> str:
    """A number in the reader's language."""
    return _numbered(value, lang()) if type(value) is int else str(format_decimal(value))


@lru_cache(5_000)
def _numbered(value: int, _language: str) -> str:
    return str(format_decimal(value))


def day(moment: datetime | None) -> str:
    """The day of a moment, in the reader's language and zone."""
    return format_date(moment.astimezone(time_zone()).date(), "long") if moment else ""


def filesize(octets: int) -> str:
    """The size of a file in the reader's units: "1.2 MB", "1,2 Mo"."""
    value, unit = (octets / 1e6, "megabyte") if octets >= 1e6 else (octets / 1e3, "kilobyte")
    return str(format_unit(max(round(value, 1), 0.1), f"digital-{unit}", "short", locale=reader_locale()))


def init_app(app: Flask) -> None:
    """Put the language first in every address and let Babel follow it."""
    app.config["BABEL_DEFAULT_LOCALE"] = app.config["LANGUAGES"].split()[0]
    babel.init_app(app, locale_selector=select_locale, default_translation_directories=f"{app.root_path}/translations")

    @app.url_value_preprocessor
    def take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values and "lang" in values:
            g.lang = values.pop("lang")

    @app.url_defaults
    def give_language(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = lang()

    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.globals.update(_=_in_template, gettext=_in_template, ngettext=_plural_in_template)
    app.jinja_env.globals.update(lang=lang, offered=offered, when=when, day=day, reader_zone=reader_zone)
    app.jinja_env.filters.update(filesize=filesize)
    app.jinja_env.globals.update(direction=lambda: reader_locale().text_direction, Locale=Locale)
