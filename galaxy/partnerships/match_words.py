"""The reasons of a match in the reader's words, and why one is set aside."""

from collections.abc import Sequence
from typing import Any

from flask_babel import LazyString, format_percent

from galaxy.content.words import code_name
from galaxy.core.i18n import _, lang, lazy, ngettext
from galaxy.partnerships.models import Dismissal, Match
from galaxy.reference.countries import COUNTRIES, REGIONS

MOST_NAMED = 4  # codes of one reason

DISMISSALS: dict[Dismissal, LazyString] = {
    Dismissal.SUBJECT: lazy("It is about something else"),
    Dismissal.SITUATION: lazy("The country or its situation is too different"),
    Dismissal.EFFORT: lazy("It is too far, too costly or too slow"),
    Dismissal.KNOWN: lazy("We are in touch already"),
    Dismissal.OUTDATED: lazy("It is no longer true"),
    Dismissal.OTHER: lazy("Another reason"),
}


def why(match: Match) -> list[str]:
    """The reasons of a match, the weightiest first, each with its share of the score: "Same target 6.1 (34%)"."""
    return [
        _("%(reason)s (%(share)s)", reason=said(each["reason"], each["codes"]), share=per_cent(each["share"] / 100))
        for each in match.reasons
    ]


def per_cent(part: float) -> str:
    return str(format_percent(round(part, 2)))


def said(reason: str, codes: Sequence[str]) -> str:
    """A reason as a few words."""
    known = [name_of(reason, code) for code in codes if code]
    names = ", ".join(known[:MOST_NAMED]) + (" …" if len(known) > MOST_NAMED else "")
    sentences: dict[str, Any] = {
        "origin": lambda: _("The call was born from it"),
        "target": lambda: ngettext("Same target %(names)s", "Same targets %(names)s", len(codes), names=names),
        "text": lambda: _("Similar words"),
        "goal": lambda: ngettext("Same goal %(names)s", "Same goals %(names)s", len(codes), names=names),
        "sector": lambda: _("Same sector: %(names)s", names=names),
        "means": lambda: _("Same kind of help: %(names)s", names=names),
        "wanted": lambda: _("From where partners are wanted: %(names)s", names=names),
        "wants": lambda: _("Looks for partners from there: %(names)s", names=names),
        "group": lambda: _("Both among: %(names)s", names=names),
        "language": lambda: _("Shared language: %(names)s", names=names),
        "region": lambda: _("Same region: %(names)s", names=names),
        "adapted": lambda: _("Has been adapted in: %(names)s", names=names) if names else _("Has been adapted"),
        "experience": lambda: done_before(codes),
    }
    return str(sentences[reason]())


def done_before(codes: Sequence[str]) -> str:
    if "completed" in codes:
        return str(_("Its organisation has completed a partnership"))
    return str(_("Its organisation has adapted a solution"))


def name_of(reason: str, code: str) -> str:
    """What readers call a code of a reason; targets and goals by their number alone."""
    if reason in {"target", "goal"}:
        return code
    if reason == "region":
        return REGIONS[code].name(lang())
    scheme = {"adapted": "country", "group": "wanted_group", "wanted": "country"}.get(reason, reason)
    if reason == "wants":
        scheme = "country" if code in COUNTRIES else "wanted_group"
    return code_name(scheme, code)
