"""What a solution and an adaptation are."""

import enum
from datetime import date
from typing import Any, ClassVar

from flask_babel import LazyString
from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from galaxy.content.models import Entry, SearchText, words_of
from galaxy.core.db import Base, Json
from galaxy.core.i18n import lazy
from galaxy.core.markdown import plain


class Evidence(enum.StrEnum):
    """How well a result is known; above `told` it needs a source."""

    TOLD = "told"
    DOCUMENTED = "documented"
    MEASURED = "measured"
    CHECKED = "checked"


class Solution(Entry):
    """A practice that worked somewhere and may work elsewhere."""

    __tablename__ = "solution"
    __mapper_args__ = {"polymorphic_identity": "solutions", "polymorphic_load": "selectin"}

    id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    challenge: Mapped[str] = mapped_column(Text, default="")
    approach: Mapped[str] = mapped_column(Text, default="")  # what was done
    results: Mapped[str] = mapped_column(Text, default="")
    beneficiaries: Mapped[str] = mapped_column(Text, default="")
    enabling: Mapped[str] = mapped_column(Text, default="")  # what helped
    failures: Mapped[str] = mapped_column(Text, default="")  # constraints, and what failed
    adapting: Mapped[str] = mapped_column(Text, default="")  # what must be adapted elsewhere
    sustainability: Mapped[str] = mapped_column(Text, default="")
    inputs: Mapped[str] = mapped_column(Text, default="")  # people, equipment, gifts in kind
    cost_range: Mapped[str | None]
    modality: Mapped[str | None]
    evidence: Mapped[Evidence] = mapped_column(default=Evidence.TOLD)
    evidence_source: Mapped[str] = mapped_column(default="")  # address or title of what shows the results
    began_on: Mapped[date | None]
    ended_on: Mapped[date | None]  # none: still going
    implementers: Mapped[list[str]] = mapped_column(Json, default=list)  # names, as the author gives them
    supporters: Mapped[list[str]] = mapped_column(Json, default=list)

    blocks: Mapped[list["BuildingBlock"]] = relationship(
        back_populates="solution", cascade="all, delete-orphan", order_by="BuildingBlock.position"
    )
    figures: Mapped[list["ResultFigure"]] = relationship(
        back_populates="solution", cascade="all, delete-orphan", order_by="ResultFigure.position"
    )

    endpoint: ClassVar[str] = "solutions.show"
    texts: ClassVar[tuple[str, ...]] = (
        "challenge", "approach", "results", "beneficiaries", "enabling", "failures", "adapting", "sustainability",
        "inputs",
    )  # fmt: skip
    fields: ClassVar[tuple[str, ...]] = (
        *Entry.fields, *texts, "cost_range", "modality", "evidence", "evidence_source", "began_on", "ended_on",
        "implementers", "supporters",
    )  # fmt: skip
    needed: ClassVar[tuple[str, ...]] = ("title", "country", "challenge", "approach", "results", "sdg")
    words: ClassVar[dict[str, LazyString]] = words_of(Entry.words, {
        "challenge": lazy("The challenge"),
        "approach": lazy("What was done"),
        "results": lazy("Results"),
        "beneficiaries": lazy("Who benefits"),
        "figures": lazy("Results in figures"),
        "evidence": lazy("How well the results are known"),
        "evidence_source": lazy("Source of the results"),
        "blocks": lazy("Building blocks"),
        "enabling": lazy("What helped"),
        "failures": lazy("What was difficult, and what failed"),
        "adapting": lazy("What must be adapted elsewhere"),
        "sustainability": lazy("What makes it last"),
        "inputs": lazy("What it takes"),
        "cost_range": lazy("Cost"),
        "country": lazy("Country of origin"),
        "modality": lazy("Way of cooperating"),
        "began_on": lazy("Begun"),
        "ended_on": lazy("Ended"),
        "implementers": lazy("Carried out by"),
        "supporters": lazy("Supported by"),
    })  # fmt: skip

    @property
    def lead(self) -> str:
        return plain(self.summary) or plain(self.challenge)

    @property
    def missing(self) -> list[str]:
        said = self.said
        unproven = said["evidence"] != Evidence.TOLD and not said["evidence_source"]
        return [*super().missing, *(["evidence_source"] if unproven else [])]

    @property
    def period(self) -> str:
        """The years it took, as 2019–2022 or 2019– while it goes on; empty where they are not known."""
        began, ended = self.began_on, self.ended_on
        if began and ended and began.year == ended.year:
            return str(began.year)
        return f"{began.year if began else ''}–{ended.year if ended else ''}" if began or ended else ""

    def snapshot(self) -> dict[str, Any]:
        return super().snapshot() | {
            "blocks": [block.said for block in self.blocks],
            "figures": [figure.said for figure in self.figures],
        }

    def offers(self) -> dict[str, Any]:
        said = self.snapshot()
        return super().offers() | {name: said[name] for name in (*self.texts, "figures")}

    def apply(self, said: dict[str, Any]) -> None:
        said = dict(said)
        for name in ("began_on", "ended_on"):
            if isinstance(said.get(name), str):
                said[name] = date.fromisoformat(said[name])
        if "evidence" in said:
            said["evidence"] = Evidence(said["evidence"])
        super().apply(said)
        if "blocks" in said:
            self.blocks = [BuildingBlock(position=i, **block) for i, block in enumerate(said["blocks"])]
        if "figures" in said:
            self.figures = [ResultFigure(position=i, **figure) for i, figure in enumerate(said["figures"])]

    def text_for_search(self) -> SearchText:
        blocks = [part for block in self.blocks for part in (block.title, plain(block.text))]
        return SearchText(
            self.title,
            [plain(self.summary), plain(self.challenge)],
            [
                *(plain(getattr(self, name)) for name in self.texts[1:]),
                *blocks,
                *self.implementers,
                *self.supporters,
            ],
            self.language,
            self.search_codes(),
        )

    def search_codes(self) -> dict[str, list[str]]:
        codes = super().search_codes()
        codes["modality"] = [self.modality] if self.modality else []
        codes["evidence"] = [self.evidence.value]
        return codes


class BuildingBlock(Base):
    """A part of a solution that can be reused by itself."""

    __tablename__ = "building_block"

    id: Mapped[int] = mapped_column(primary_key=True)
    solution_id: Mapped[int] = mapped_column(ForeignKey("solution.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text, default="")
    enabling: Mapped[str] = mapped_column(Text, default="")
    lessons: Mapped[str] = mapped_column(Text, default="")

    solution: Mapped[Solution] = relationship(back_populates="blocks")

    @property
    def said(self) -> dict[str, Any]:
        return {"title": self.title, "text": self.text, "enabling": self.enabling, "lessons": self.lessons}


class ResultFigure(Base):
    """A result as a number: 1,200 households with clean water in 2023, and who says so."""

    __tablename__ = "result_figure"

    id: Mapped[int] = mapped_column(primary_key=True)
    solution_id: Mapped[int] = mapped_column(ForeignKey("solution.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    value: Mapped[str]  # as the author writes it: 1 200, 15–20, 38 %
    label: Mapped[str]
    source: Mapped[str] = mapped_column(default="")

    solution: Mapped[Solution] = relationship(back_populates="figures")

    @property
    def said(self) -> dict[str, Any]:
        return {"value": self.value, "label": self.label, "source": self.source}


class Adaptation(Entry):
    """A solution used elsewhere: what was changed, and what came of it, also when it failed."""

    __tablename__ = "adaptation"
    __mapper_args__ = {"polymorphic_identity": "adaptations", "polymorphic_load": "selectin"}

    id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    changes: Mapped[str] = mapped_column(Text, default="")
    results: Mapped[str] = mapped_column(Text, default="")
    worked: Mapped[str] = mapped_column(default="yes")  # yes, partly, no, early
    began_on: Mapped[date | None]

    endpoint: ClassVar[str] = "solutions.show_adaptation"
    fields: ClassVar[tuple[str, ...]] = (*Entry.fields, "changes", "results", "worked", "began_on")
    needed: ClassVar[tuple[str, ...]] = ("title", "country", "changes", "results")
    words: ClassVar[dict[str, LazyString]] = words_of(Entry.words, {
        "country": lazy("Used in"),
        "changes": lazy("What was changed"),
        "results": lazy("What came of it"),
        "worked": lazy("Did it work?"),
        "began_on": lazy("Begun"),
    })  # fmt: skip

    @property
    def lead(self) -> str:
        return plain(self.summary) or plain(self.changes)

    def offers(self) -> dict[str, Any]:
        return super().offers() | {"changes": self.changes, "approach": self.changes, "results": self.results}

    def apply(self, said: dict[str, Any]) -> None:
        said = dict(said)
        if isinstance(said.get("began_on"), str):
            said["began_on"] = date.fromisoformat(said["began_on"])
        super().apply(said)

    def text_for_search(self) -> SearchText:
        main = [plain(self.summary), plain(self.changes)]
        return SearchText(self.title, main, [plain(self.results)], self.language, self.search_codes())
