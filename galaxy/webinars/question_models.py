"""Questions that are asked of a webinar, before, during and after it, and their answers."""

from datetime import datetime
from typing import Any, ClassVar

from flask_babel import LazyString
from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, remote

from galaxy.accounts.models import Body, User
from galaxy.content.models import Entry, SearchText, Status, words_of
from galaxy.core.db import Base, now
from galaxy.core.i18n import lazy
from galaxy.core.markdown import plain
from galaxy.webinars.models import Webinar
from galaxy.webinars.registration_models import Registration


class Question(Entry):
    """A question to the speakers of a webinar: the title asks it, the summary says more; found by the main search."""

    __tablename__ = "question"
    __mapper_args__ = {"polymorphic_identity": "questions", "polymorphic_load": "selectin"}

    id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    webinar_id: Mapped[int] = mapped_column(ForeignKey("webinar.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="SET NULL"), index=True)
    asker: Mapped[str] = mapped_column(default="")  # the name of a guest; a member is its author
    group: Mapped[str] = mapped_column(default="")  # the heading under which hosts put it
    second: Mapped[int | None]  # of the recording, where it is asked or answered
    votes: Mapped[int] = mapped_column(default=0)
    same_as_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"), index=True)  # that asks the same
    own_status: Mapped[Status | None]  # where it stands by itself, while its webinar is not there for the public
    answered_at: Mapped[datetime | None]

    webinar: Mapped[Webinar] = relationship(foreign_keys=webinar_id, lazy="selectin")  # every list names it
    registration: Mapped[Registration | None] = relationship(foreign_keys=registration_id)
    same_as: Mapped["Question | None"] = relationship(
        foreign_keys=same_as_id, primaryjoin=lambda: Question.same_as_id == remote(Question.id)
    )
    answers: Mapped[list["Answer"]] = relationship(
        back_populates="question", cascade="all, delete-orphan", order_by="Answer.id"
    )

    endpoint: ClassVar[str] = "webinars.question"
    judged: ClassVar[bool] = False
    disposable: ClassVar[bool] = False
    words: ClassVar[dict[str, LazyString]] = words_of(Entry.words, {
        "title": lazy("Question"),
        "summary": lazy("More about the question"),
    })  # fmt: skip

    @property
    def parent(self) -> Entry:
        """It stands on the page of its webinar."""
        return self.webinar

    @property
    def is_answered(self) -> bool:
        return bool(self.answers)

    @property
    def spoken_for_by(self) -> Body | None:
        """One writes to those who hold the webinar."""
        return self.webinar.body

    def offers(self) -> dict[str, Any]:
        """A request that is begun from it asks what it asks, about what the webinar is about."""
        asked = "\n\n".join(filter(None, (self.title, self.summary)))
        return self.webinar.offers() | super().offers() | {"summary": "", "asked": asked}

    def text_for_search(self) -> SearchText:
        answers = [plain(answer.text) for answer in self.answers]
        return SearchText(
            self.title, [plain(self.summary), *answers], [self.webinar.title], self.language, self.search_codes()
        )


class Answer(Base):
    """What a speaker or a host says to a question."""

    __tablename__ = "answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)  # Markdown
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(default="")  # of the speaker who said it, where somebody else wrote it down
    second: Mapped[int | None]  # of the recording
    created_at: Mapped[datetime] = mapped_column(default=now)

    question: Mapped[Question] = relationship(back_populates="answers")
    by: Mapped[User | None] = relationship()


class Vote(Base):
    """Somebody wants the answer to a question too; each person once."""

    __tablename__ = "question_vote"

    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    voter: Mapped[str] = mapped_column(primary_key=True)  # `user:7`, or `registration:12` of a guest
    created_at: Mapped[datetime] = mapped_column(default=now)
