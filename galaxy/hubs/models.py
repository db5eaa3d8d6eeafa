"""What a topic hub is: its occasion and days, its words in several languages, and what it brings together."""

import enum
from datetime import date, datetime
from typing import Any, ClassVar

from flask_babel import LazyString
from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from galaxy.content.models import Entry, SearchText, words_of
from galaxy.content.queries import with_refs
from galaxy.core.db import Base, Json, now
from galaxy.core.i18n import lazy
from galaxy.core.markdown import plain

PINS_MAX, NOTE_MAX = 60, 300
WORDING = ("title", "summary", "introduction")  # what it says in each of its languages


class Occasion(enum.StrEnum):
    """What a hub is opened for."""

    EPIDEMIC = "epidemic"
    DROUGHT = "drought"
    CYCLONE = "cyclone"
    OBSERVANCE = "observance"
    OTHER = "other"


class Hub(Entry):
    """A page on one subject for as long as it presses; its own words are those of the language it was opened in."""

    __tablename__ = "hub"
    __mapper_args__ = {"polymorphic_identity": "hubs"}

    id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    occasion: Mapped[Occasion] = mapped_column(default=Occasion.OTHER)
    introduction: Mapped[str] = mapped_column(Text, default="")  # Markdown
    opens_on: Mapped[date | None] = mapped_column(index=True)  # of a draft: the day on which it opens by itself
    ends_on: Mapped[date] = mapped_column(index=True)  # its last day
    closed_at: Mapped[datetime | None]  # when an admin closed it before its last day
    search: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # an address of the search page: facet to codes

    texts: Mapped[list["HubText"]] = relationship(
        back_populates="hub", cascade="all, delete-orphan", order_by="HubText.language", lazy="selectin"
    )
    pins: Mapped[list["Pin"]] = relationship(
        back_populates="hub", cascade="all, delete-orphan", order_by="Pin.position, Pin.entry_id"
    )
    links: Mapped[list["HubLink"]] = relationship(
        back_populates="hub", cascade="all, delete-orphan", order_by="HubLink.position"
    )

    endpoint: ClassVar[str] = "hubs.show"
    judged: ClassVar[bool] = False
    fields: ClassVar[tuple[str, ...]] = (*WORDING, "language", "occasion", "opens_on", "ends_on", "search")
    schemes: ClassVar[tuple[str, ...]] = ()  # its countries, goals and sectors are those it searches by
    words: ClassVar[dict[str, LazyString]] = words_of(Entry.words, {
        "introduction": lazy("Introduction"),
        "occasion": lazy("What it is for"),
        "opens_on": lazy("Opens on"),
        "ends_on": lazy("Until"),
        "search": lazy("What it searches for"),
        "pins": lazy("Chosen by hand"),
        "links": lazy("Elsewhere"),
        "q": lazy("Words to search by"),
        "country": lazy("Countries"),
        "sdg": lazy("Goals"),
    })  # fmt: skip

    @property
    def lead(self) -> str:
        return plain(self.summary) or plain(self.introduction)

    @property
    def has_ended(self) -> bool:
        """Whether it is of the past: its last day has passed, or it was closed before."""
        return self.closed_at is not None or self.ends_on < now().date()

    @property
    def languages(self) -> list[str]:
        """The languages in which it can be read, its own first."""
        return [self.language, *(text.language for text in self.texts)]

    def wording(self, language: str) -> "Hub | HubText":
        """Its words in this language, else its own."""
        return next((text for text in self.texts if text.language == language), self)

    def snapshot(self) -> dict[str, Any]:
        """All that admins have said in it."""
        return super().snapshot() | {
            "texts": {text.language: text.said for text in self.texts},
            "pins": [pin.said for pin in self.pins],
            "links": [link.said for link in self.links],
        }

    def offers(self) -> dict[str, Any]:
        """What is shared in answer to it has its goals; its words and countries are not those of the hub."""
        return {"sdg": self.codes("sdg")}

    def apply(self, said: dict[str, Any]) -> None:
        """Take what admins say, for the things that are there; its codes follow its search."""
        days = {name: date.fromisoformat(said[name]) for name in ("opens_on", "ends_on") if said.get(name)}
        occasion = {"occasion": Occasion(said["occasion"])} if "occasion" in said else {}
        super().apply(said | days | occasion)
        if "search" in said:
            for scheme in ("country", "sdg", "sector"):
                self.set_codes(scheme, said["search"].get(scheme, []))
        if "texts" in said:
            self._say(said["texts"])
        if "pins" in said:
            self._pin(said["pins"])
        if "links" in said:
            self.links = [HubLink(position=i, **link) for i, link in enumerate(said["links"])]

    def _say(self, texts: dict[str, dict[str, str]]) -> None:
        """Say this in these languages and in no others, keeping the rows that stay."""
        kept = {text.language: text for text in self.texts}
        self.texts = [kept.get(language) or HubText(language=language) for language in sorted(texts)]
        for text in self.texts:
            for name in WORDING:
                setattr(text, name, texts[text.language][name])

    def _pin(self, pins: list[dict[str, str]]) -> None:
        """Show these entries in this order with these notes, keeping the rows that stay; each once."""
        notes = {pin["ref"]: pin["note"] for pin in pins}
        kept = {pin.entry_id: pin for pin in self.pins}
        self.pins = [kept.get(entry.id) or Pin(entry=entry) for entry in with_refs(list(notes))]
        for position, pin in enumerate(self.pins):
            pin.position, pin.note = position, notes[pin.entry.ref]

    def text_for_search(self) -> SearchText:
        """Its own words count most; those in other languages are found as they are written there."""
        more = [words for text in self.texts for words in (text.title, plain(text.summary), plain(text.introduction))]
        more += [link.title for link in self.links]
        main = [plain(self.summary), plain(self.introduction)]
        return SearchText(self.title, main, more, self.language, self.search_codes())

    def search_codes(self) -> dict[str, list[str]]:
        return super().search_codes() | {"language": self.languages}


class HubText(Base):
    """What a hub says in another language than its own."""

    __tablename__ = "hub_text"

    hub_id: Mapped[int] = mapped_column(ForeignKey("hub.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)  # ISO 639-1
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(Text, default="")
    introduction: Mapped[str] = mapped_column(Text, default="")  # Markdown

    hub: Mapped[Hub] = relationship(back_populates="texts")

    @property
    def said(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in WORDING}


class Pin(Base):
    """An entry that an admin has put into a hub by hand, and why."""

    __tablename__ = "pin"

    hub_id: Mapped[int] = mapped_column(ForeignKey("hub.id", ondelete="CASCADE"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(default="")

    hub: Mapped[Hub] = relationship(back_populates="pins", foreign_keys=hub_id)
    entry: Mapped[Entry] = relationship(foreign_keys=entry_id)

    @property
    def said(self) -> dict[str, str]:
        return {"ref": self.entry.ref, "note": self.note}


class HubLink(Base):
    """A page elsewhere that a hub points to."""

    __tablename__ = "hub_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    hub_id: Mapped[int] = mapped_column(ForeignKey("hub.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str]
    address: Mapped[str]
    language: Mapped[str] = mapped_column(default="")  # ISO 639-1; empty where it is not said

    hub: Mapped[Hub] = relationship(back_populates="links")

    @property
    def said(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in ("title", "address", "language")}
