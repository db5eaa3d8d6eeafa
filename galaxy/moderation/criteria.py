"""What an entry must meet to be published: a list for each kind, public, and the admin's checklist."""

from dataclasses import dataclass
from typing import Any

from galaxy.core.i18n import lazy


@dataclass(frozen=True, slots=True)
class Criterion:
    """A sentence that is true of an entry that may be published, and what to look for."""

    key: str
    sentence: Any
    hint: Any


SOUTH = Criterion(
    "south",
    lazy("It is cooperation among countries of the South"),
    lazy("It was made in a country of the South, or shared between such countries, perhaps with a third partner."),
)
CLEAR = Criterion(
    "clear",
    lazy("Challenge, action and result are clear"),
    lazy("A reader from another country understands what the problem was, what was done and what came of it."),
)
EVIDENCE = Criterion(
    "evidence",
    lazy("The result is shown, not only claimed"),
    lazy("Each figure has a source, and the level of evidence that is given fits what is shown."),
)
REPLICABLE = Criterion(
    "replicable",
    lazy("Others could do it too"),
    lazy("It says what it needs, and what must be adapted elsewhere."),
)
LANGUAGE = Criterion(
    "language",
    lazy("The language is plain, and the one that is named"),
    lazy("Short sentences, abbreviations explained, no advertising."),
)
RIGHTS = Criterion(
    "rights",
    lazy("It may be published under its licence"),
    lazy("The author consents, and texts, pictures and files are theirs or free to use."),
)
PRIVACY = Criterion(
    "privacy",
    lazy("It holds no personal data of people who have not agreed"),
    lazy("No private addresses or telephone numbers; people in pictures agreed to be shown."),
)
NEW = Criterion(
    "new",
    lazy("It is not here yet"),
    lazy("Nothing that is published already says the same; if something does, it is linked to as an adaptation."),
)
ADAPTED = Criterion(
    "adapted",
    lazy("What was changed, and what came of it, is clear"),
    lazy("It says where the solution was used, what had to be different, and how it ended, also when it failed."),
)
REAL = Criterion(
    "real",
    lazy("The organisation exists, and its name is right"),
    lazy("Its web address leads to it, and the countries it works in are right."),
)

WANTED = Criterion(
    "wanted",
    lazy("It is clear what is wanted, and of whom"),
    lazy("A ministry elsewhere can tell whether it could answer: the kind of help, the countries, the time."),
)
SHARED = Criterion(
    "shared",
    lazy("Both sides bring something"),
    lazy("It says what the country brings itself, in money, in kind or in people, and what it asks."),
)
MANDATED = Criterion(
    "mandated",
    lazy("A body stands behind it"),
    lazy("A focal point acts for it, or it says that no country has endorsed it yet."),
)
TOLD = Criterion(
    "told",
    lazy("What came of it is clear"),
    lazy("Who worked together, in which roles, and what changed; figures have a source."),
)
TIMED = Criterion(
    "timed",
    lazy("It says when, in which languages, and how one comes in"),
    lazy("The time and its zone are right, and the address to join leads to those who hold it."),
)
USEFUL = Criterion(
    "useful",
    lazy("It is clear what one learns, and from whom"),
    lazy("Speakers are named with what they do; it advertises nothing."),
)

BASIC = (LANGUAGE, RIGHTS, PRIVACY)
CRITERIA: dict[str, tuple[Criterion, ...]] = {
    "solutions": (SOUTH, CLEAR, EVIDENCE, REPLICABLE, NEW, *BASIC),
    "adaptations": (SOUTH, ADAPTED, EVIDENCE, *BASIC),
    "requests": (SOUTH, WANTED, SHARED, MANDATED, *BASIC),
    "offers": (SOUTH, WANTED, SHARED, MANDATED, *BASIC),
    "partnerships": (SOUTH, TOLD, EVIDENCE, *BASIC),
    "webinars": (SOUTH, USEFUL, TIMED, *BASIC),
    "organisations": (REAL, NEW, *BASIC),
}


def criteria(kind: str) -> tuple[Criterion, ...]:
    """What an entry of a kind must meet."""
    return CRITERIA.get(kind, BASIC)
