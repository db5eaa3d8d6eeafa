"""Any search as an Atom feed (RFC 4287): the newest that it finds, for whoever would rather not be mailed."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import current_app, url_for

from galaxy.content.models import Entry
from galaxy.content.views import address, short_address
from galaxy.content.words import kind_name
from galaxy.core.db import now
from galaxy.core.i18n import lang
from galaxy.core.templates import absolute
from galaxy.search.entries import published
from galaxy.search.queries import found_ids
from galaxy.search.questions import Question
from galaxy.search.saved import kept, named

MOST: Final = 30  # entries
LONGEST_SUMMARY: Final = 600
ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML


def newest(question: Question) -> list[Entry]:
    """The newest entries that a question finds."""
    return published(found_ids(replace(question, asked_sort="newest"), MOST).ids)


def feed(question: Question, entries: Sequence[Entry]) -> tuple[bytes, datetime]:
    """The feed, and when it last changed; one without entries changes each day."""
    asked = urlencode(kept(question), doseq=True)
    here = absolute(f"{url_for('search.feed')}?{asked}".rstrip("?"))
    changed = max(map(changed_at, entries), default=now().replace(hour=0, minute=0, second=0, microsecond=0))
    root = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": lang()})
    _say(root, "id", here)
    _say(root, "title", f"{named(question)} · {current_app.config['SITE_NAME']}")
    _say(root, "updated", _instant(changed))
    _by(root, current_app.config["SITE_NAME"])
    _link(root, "self", here, "application/atom+xml")
    _link(root, "alternate", absolute(f"{url_for('pages.search')}?{asked}".rstrip("?")), "text/html")
    for entry in entries:
        _add(root, entry)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="utf-8"), changed


def changed_at(entry: Entry) -> datetime:
    """When an entry last changed for its readers."""
    return max(entry.updated_at, entry.published_at or entry.updated_at)


def _add(root: Element, entry: Entry) -> None:
    item = SubElement(root, "entry", {"xml:lang": entry.language})
    _say(item, "id", short_address(entry))
    _say(item, "title", entry.title)
    _say(item, "updated", _instant(changed_at(entry)))
    _say(item, "published", _instant(entry.published_at or entry.updated_at))
    if entry.body is not None:
        _by(item, entry.body.name)
    _link(item, "alternate", absolute(address(entry)), "text/html", hreflang=lang())
    SubElement(item, "category", {"term": entry.kind, "label": kind_name(entry.kind)})
    _say(item, "summary", entry.lead[:LONGEST_SUMMARY])


def _say(parent: Element, name: str, words: str) -> None:
    SubElement(parent, name).text = ILLEGAL.sub("", words)


def _by(parent: Element, name: str) -> None:
    _say(SubElement(parent, "author"), "name", name)


def _link(parent: Element, relation: str, place: str, media_type: str, **more: str) -> None:
    SubElement(parent, "link", {"rel": relation, "type": media_type, "href": place, **more})


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
