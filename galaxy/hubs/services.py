"""What may be done with a hub: opened, written, given pins, closed and opened again. Each act is logged."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from galaxy.accounts.models import User
from galaxy.accounts.services import record
from galaxy.content.models import VISIBLE, Entry, Status, Version
from galaxy.content.services import ONE_SITTING
from galaxy.core.db import db, now
from galaxy.core.i18n import _
from galaxy.hubs.models import PINS_MAX, Hub, Occasion
from galaxy.hubs.queries import search_of
from galaxy.moderation.services import put_online


class Refused(Exception):
    """What cannot be done now, in words for who tried."""


def open_hub(
    by: User | None,
    title: str,
    until: date,
    *,
    occasion: Occasion = Occasion.OTHER,
    summary: str = "",
    introduction: str = "",
    language: str = "en",
    texts: Mapping[str, Mapping[str, str]] | None = None,
    search: Mapping[str, Any] | None = None,
    pins: Iterable[Entry] = (),
    links: Iterable[Mapping[str, str]] = (),
    opens_on: date | None = None,
    draft: bool = False,
    demo: bool = False,
) -> Hub:
    """Open a hub, online at once; as a `draft`, or where it opens on a later day, only admins see it.

    `texts` says by language what `title`, `summary` and `introduction` are there; `search` is what an address of the
    search page asks (`{"q": "drought", "country": ["BFA"]}`); `links` have `title`, `address` and perhaps `language`.
    """
    hub = Hub(status=Status.DRAFT, demo=demo, ends_on=until)
    db.session.add(hub)
    said: dict[str, Any] = {"title": title, "summary": summary, "introduction": introduction, "language": language}
    said |= {"occasion": occasion, "ends_on": until.isoformat(), "opens_on": opens_on and opens_on.isoformat()}
    said |= {"texts": {each: {"summary": "", "introduction": ""} | dict(text) for each, text in (texts or {}).items()}}
    said |= {"search": search_of(search or {}, language), "links": [{"language": ""} | dict(link) for link in links]}
    said |= {"pins": [{"ref": entry.ref, "note": ""} for entry in pins]}
    hub.apply(said)
    db.session.flush()
    record(by, "hub begun", hub)
    _keep(hub, by)
    if not draft and (opens_on is None or opens_on <= now().date()):
        open_now(hub, by)
    return hub


def open_now(hub: Hub, by: User | None) -> None:
    """Show a draft to the public from today on."""
    if hub.status != Status.DRAFT:
        raise Refused(_("This hub is open already."))
    if hub.ends_on < now().date():
        raise Refused(_("The last day of this hub has passed. First say until when it is to be open."))
    hub.opens_on = now().date()
    put_online(hub, by)


def revise(hub: Hub, said: dict[str, Any], by: User | None) -> None:
    """Change what a hub says, at once; what it said before is kept as a version."""
    before = hub.snapshot()
    hub.apply(said)
    db.session.flush()
    after = hub.snapshot()
    if changed := [name for name in after if after[name] != before.get(name)]:
        record(by, "revised", hub, after={"changed": changed})
        _keep(hub, by)


def _keep(hub: Hub, by: User | None) -> None:
    """Keep what it says now as a version; what one person writes in one sitting is one version."""
    said, author = hub.snapshot(), by.id if by else None
    last = hub.versions[-1] if hub.versions else None
    if last is None or last.author_id != author or now() - last.created_at > ONE_SITTING:
        number = last.number + 1 if last else 1
        last = Version(number=number, said=said, status=Status.PUBLISHED, author_id=author, created_at=now())
        hub.versions.append(last)
    last.said = said


def say(hub: Hub, language: str, wording: dict[str, str], by: User | None) -> None:
    """Say in another language what a hub is about; where nothing is said any more, that language is gone."""
    texts = dict(hub.snapshot()["texts"])
    texts.pop(language, None)
    revise(hub, {"texts": texts | ({language: wording} if any(wording.values()) else {})}, by)


def pin(hub: Hub, entry: Entry, by: User | None) -> None:
    """Put an entry into a hub by hand, at the end; raises `Refused` with words for the admin."""
    pins = hub.snapshot()["pins"]
    if entry.ref in {each["ref"] for each in pins}:
        raise Refused(_("“%(title)s” is pinned already.", title=entry.title))
    if isinstance(entry, Hub) or entry.status not in VISIBLE:
        raise Refused(_("Only what the public can read is pinned, and no hub."))
    if len(pins) >= PINS_MAX:
        raise Refused(_("A hub has at most %(most)d pins. First take one away.", most=PINS_MAX))
    revise(hub, {"pins": [*pins, {"ref": entry.ref, "note": ""}]}, by)


def unpin(hub: Hub, ref: str, by: User | None) -> None:
    """Take an entry out of a hub again."""
    revise(hub, {"pins": [each for each in hub.snapshot()["pins"] if each["ref"] != ref]}, by)


def arrange(hub: Hub, notes: Mapping[str, str], order: Iterable[str], by: User | None) -> None:
    """Give the pins of a hub these notes and this order; what is not named stays at the end."""
    pins = {each["ref"]: each for each in hub.snapshot()["pins"]}
    refs = [ref for ref in dict.fromkeys((*order, *pins)) if ref in pins]
    revise(hub, {"pins": [{"ref": ref, "note": notes.get(ref, pins[ref]["note"])} for ref in refs]}, by)


def close(hub: Hub, by: User | None) -> None:
    """End a hub before its last day; it can still be read."""
    if hub.has_ended or not hub.is_visible:
        raise Refused(_("This hub is closed already."))
    hub.closed_at = now()
    record(by, "closed", hub)


def reopen(hub: Hub, by: User | None) -> None:
    """Open a hub again that was closed; where its last day has passed, for another thirty days."""
    if not hub.has_ended:
        raise Refused(_("This hub is open already."))
    hub.closed_at = None
    if hub.ends_on < now().date():
        revise(hub, {"ends_on": (now().date() + timedelta(days=30)).isoformat()}, by)
    record(by, "reopened", hub, after={"ends_on": hub.ends_on.isoformat()})
