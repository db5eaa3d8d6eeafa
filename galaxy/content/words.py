"""What readers call the kinds of entries, the codes of the shared lists, and the steps of an entry's life."""

from collections.abc import Callable
from typing import Any

from galaxy.content.models import Entry, Status
from galaxy.core.i18n import _, lang, ngettext
from galaxy.reference.countries import COUNTRIES
from galaxy.reference.groups import GROUPS
from galaxy.reference.languages import LANGUAGES
from galaxy.reference.lists import COST_RANGES, EVIDENCE, FORMATS, LICENCES, MEANS, MODALITIES, ROLES
from galaxy.reference.names import Named
from galaxy.reference.sdgs import GOALS, TARGETS
from galaxy.reference.sectors import CATEGORIES, SECTORS

KINDS: dict[str, Callable[[int], str]] = {
    "solutions": lambda n: ngettext("solution", "solutions", n),
    "adaptations": lambda n: ngettext("adaptation", "adaptations", n),
    "organisations": lambda n: ngettext("organisation", "organisations", n),
    "experts": lambda n: ngettext("expert", "experts", n),
    "requests": lambda n: ngettext("request", "requests", n),
    "offers": lambda n: ngettext("offer", "offers", n),
    "partnerships": lambda n: ngettext("partnership", "partnerships", n),
    "webinars": lambda n: ngettext("webinar", "webinars", n),
    "questions": lambda n: ngettext("question", "questions", n),
    "resources": lambda n: ngettext("resource", "resources", n),
    "hubs": lambda n: ngettext("topic hub", "topic hubs", n),
}
OTHERS: dict[str, Callable[[int], str]] = {  # what the activity log tells of, beside entries
    "user_account": lambda n: ngettext("account", "accounts", n),
    "body": lambda n: ngettext("institution", "institutions", n),
    "mandate": lambda n: ngettext("mandate", "mandates", n),
    "series": lambda n: ngettext("series", "series", n),
    "interest": lambda n: ngettext("answer to a call", "answers to calls", n),
}
LISTS: dict[str, Any] = {
    "country": COUNTRIES,
    "used_in": COUNTRIES,
    "sdg": {**GOALS, **TARGETS},
    "sector": {**CATEGORIES, **SECTORS},
    "language": LANGUAGES,
    "licence": LICENCES,
    "modality": MODALITIES,
    "evidence": EVIDENCE,
    "cost_range": COST_RANGES,
    "role": ROLES,
    "means": MEANS,
    "wanted": COUNTRIES,
    "wanted_group": GROUPS,
    "spoken": LANGUAGES,
    "captions": LANGUAGES,
    "format": FORMATS,
}


def kind_name(kind: str, count: int = 1) -> str:
    """What readers call one entry of a kind, or several: "solution", "solutions"."""
    named = KINDS.get(kind) or OTHERS.get(kind)
    return named(count) if named else kind


def code_name(scheme: str, code: Any, language: str = "") -> str:
    """What readers call a code of a list: `code_name("country", "BFA")`; an unknown one is shown as it is."""
    found: Named | None = LISTS.get(scheme, {}).get(code)
    if found is None:
        return str(code or "")
    number = f"{code}. " if scheme == "sdg" and "." not in code else f"{code} " if scheme == "sdg" else ""
    return number + found.name(language or lang())


def code_names(entry: Entry, scheme: str) -> list[str]:
    """What readers call an entry's codes of one list, in the author's order."""
    return [code_name(scheme, code) for code in entry.codes(scheme)]


def licence_address(code: str) -> str:
    """Where the terms of a licence are read; empty where it is not one of ours."""
    return getattr(LICENCES.get(code), "url", None) or ""


def status_name(status: str) -> str:
    """Where an entry stands, a mandate, or an answer to a call, in the reader's words."""
    names: dict[str, str] = {
        Status.DRAFT: _("Draft"),
        Status.SUBMITTED: _("Submitted, waiting for an admin"),
        Status.RETURNED: _("Returned to you"),
        Status.DECLINED: _("Declined"),
        Status.PUBLISHED: _("Published"),
        Status.REVIEW: _("Under review after a report"),
        Status.WITHDRAWN: _("Withdrawn"),
        Status.ARCHIVED: _("Archived"),
        "applied": _("Applied for"),
        "verified": _("Verified"),
        "ended": _("Has ended"),
        "waiting": _("Waiting for an answer"),
        "accepted": _("Accepted"),
    }
    return names[status]
