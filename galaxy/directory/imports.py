"""Organisations from files: what each column may say, and how a row becomes an organisation."""

from typing import Any

from galaxy.content.imports import MAX_ID, Importer, Refusal, Row, codes, shown, words
from galaxy.core.addresses import is_web_address
from galaxy.directory.models import Organisation
from galaxy.moderation.services import put_online
from galaxy.reference.countries import find
from galaxy.reference.languages import LANGUAGES
from galaxy.reference.lists import ORGANISATION_TYPES

COLUMNS = frozenset({"external_id", "title", "acronym", "summary", "language", "countries", "type", "url"})


def understand(values: dict[str, Any]) -> Row:
    """What a row says, for the columns that are there; raises `Refusal`."""
    external_id = words(values, "external_id", MAX_ID, needed=True)
    said: dict[str, Any] = {"title": words(values, "title", 200, needed=True)}
    for name, most in (("acronym", 40), ("summary", 5_000), ("language", 10), ("type", 10), ("url", 500)):
        if name in values:
            said[name] = words(values, name, most)
    if "language" in said and (said["language"] or "en") not in LANGUAGES:
        raise Refusal(f"the language “{shown(said['language'])}” is none of {', '.join(LANGUAGES)}")
    if said.get("type") and said["type"] not in ORGANISATION_TYPES:
        raise Refusal(f"the type “{shown(said['type'])}” is none of {', '.join(ORGANISATION_TYPES)}")
    if said.get("url") and not is_web_address(said["url"]):
        raise Refusal("the address (url) must be whole, and begin with http:// or https://")
    if "language" in said:
        said["language"] = said["language"] or "en"
    if "type" in said:
        said["type"] = said["type"] or None
    if "countries" in values:
        said["country"] = codes(values, "countries", find)
    return Row(external_id, said)


IMPORTER = Importer(model=Organisation, columns=COLUMNS, understand=understand, put_online=put_online)
