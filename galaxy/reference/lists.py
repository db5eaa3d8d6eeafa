"""The short lists that describe an entry: how one worked together, how well it is proven, what it cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from galaxy.reference import names
from galaxy.reference.files import read
from galaxy.reference.names import Named, Names, said

T = TypeVar("T", bound=Named)


@dataclass(frozen=True, slots=True)
class Modality(Named):
    """A way of co-operating; `iati` is its code among IATI's collaboration types, where there is one."""

    iati: str | None = field(compare=False)


@dataclass(frozen=True, slots=True)
class Evidence(Named):
    """How well a result is known; a higher level holds what the lower ones do."""

    level: int = field(compare=False)
    hints: Names = field(compare=False, repr=False)

    def hint(self, lang: str) -> str:
        """When to choose it, as a sentence."""
        return said(self.hints, lang)


@dataclass(frozen=True, slots=True)
class Licence(Named):
    """Terms under which something is published; its code is SPDX's, its address None for `other`."""

    url: str | None = field(compare=False)


@dataclass(frozen=True, slots=True)
class CostRange(Named):
    """What it takes, in US dollars: from `least`, included, to `most`, excluded (None: without end)."""

    least: int = field(compare=False)
    most: int | None = field(compare=False)


def _by_code(*lines: T) -> Mapping[str, T]:
    return {line.code: line for line in lines}


MODALITIES: Final = _by_code(
    Modality("south-south", {"en": "South-South, between two countries", "fr": "Sud-Sud, entre deux pays"}, "1"),
    Modality("regional", {"en": "South-South, within a region", "fr": "Sud-Sud, dans une région"}, None),
    Modality("triangular", {"en": "Triangular", "fr": "Triangulaire"}, "8"),
)

ROLES: Final = _by_code(
    Named("provider", {"en": "Provider", "fr": "Prestataire"}),
    Named("recipient", {"en": "Recipient", "fr": "Bénéficiaire"}),
    Named("facilitator", {"en": "Facilitator", "fr": "Facilitateur"}),
)

MEANS: Final = _by_code(
    Named("expertise", {"en": "Expertise", "fr": "Expertise"}),
    Named("training", {"en": "Training", "fr": "Formation"}),
    Named("study-visit", {"en": "Study visit", "fr": "Visite d’étude"}),
    Named("equipment", {"en": "Equipment", "fr": "Équipement"}),
    Named("funding", {"en": "Funding", "fr": "Financement"}),
    Named("policy-advice", {"en": "Policy advice", "fr": "Conseil en politiques publiques"}),
    Named("technology", {"en": "Technology", "fr": "Technologie"}),
)

FORMATS: Final = _by_code(
    Named("webinar", {"en": "Webinar", "fr": "Webinaire"}),
    Named("course", {"en": "Course session", "fr": "Séance de formation"}),
    Named("conference", {"en": "Conference", "fr": "Conférence"}),
    Named("side-event", {"en": "Side event", "fr": "Événement parallèle"}),
    Named("observance", {"en": "Observance", "fr": "Journée ou année internationale"}),
)

EVIDENCE: Final = _by_code(
    Evidence(
        "told",
        {"en": "Told", "fr": "Raconté"},
        1,
        {
            "en": "Those who did it say that it worked.",
            "fr": "Ceux qui l’ont fait disent que cela a marché.",
        },
    ),
    Evidence(
        "documented",
        {"en": "Documented", "fr": "Documenté"},
        2,
        {
            "en": "A report or an article describes what was done and what came of it.",
            "fr": "Un rapport ou un article décrit ce qui a été fait et ce qu’il en est résulté.",
        },
    ),
    Evidence(
        "measured",
        {"en": "Measured", "fr": "Mesuré"},
        3,
        {
            "en": "Figures from before and after, or from a comparison, show the result.",
            "fr": "Des chiffres d’avant et d’après, ou d’une comparaison, montrent le résultat.",
        },
    ),
    Evidence(
        "checked",
        {"en": "Independently checked", "fr": "Vérifié de façon indépendante"},
        4,
        {
            "en": "Somebody without a part in it has evaluated the result.",
            "fr": "Quelqu’un qui n’y a pas pris part a évalué le résultat.",
        },
    ),
)

DEFAULT_LICENCE: Final = "CC-BY-4.0"
OTHER_LICENCE: Final = "other"
_COMMONS: Final = "https://creativecommons.org"
LICENCES: Final = _by_code(
    Licence(
        DEFAULT_LICENCE,
        {
            "en": "CC BY 4.0: anyone may use and change it who names the author",
            "fr": "CC BY 4.0 : chacun peut l’utiliser et le modifier en citant l’auteur",
        },
        f"{_COMMONS}/licenses/by/4.0/",
    ),
    Licence(
        "CC-BY-SA-4.0",
        {
            "en": "CC BY-SA 4.0: the same, and what is made from it stays under this licence",
            "fr": "CC BY-SA 4.0 : de même, et ce qui en est tiré reste sous cette licence",
        },
        f"{_COMMONS}/licenses/by-sa/4.0/",
    ),
    Licence(
        "CC-BY-NC-4.0",
        {
            "en": "CC BY-NC 4.0: anyone may use and change it who names the author and does not sell it",
            "fr": "CC BY-NC 4.0 : chacun peut l’utiliser et le modifier en citant l’auteur, sans le vendre",
        },
        f"{_COMMONS}/licenses/by-nc/4.0/",
    ),
    Licence(
        "CC0-1.0",
        {"en": "CC0 1.0: no conditions at all", "fr": "CC0 1.0 : aucune condition"},
        f"{_COMMONS}/publicdomain/zero/1.0/",
    ),
    Licence(OTHER_LICENCE, {"en": "Another licence", "fr": "Une autre licence"}, None),
)

COST_RANGES: Final = _by_code(
    CostRange("under-10k", {"en": "Under 10,000 US dollars", "fr": "Moins de 10 000 dollars"}, 0, 10_000),
    CostRange(
        "10k-50k",
        {"en": "10,000 to 50,000 US dollars", "fr": "De 10 000 à 50 000 dollars"},
        10_000,
        50_000,
    ),
    CostRange(
        "50k-250k",
        {"en": "50,000 to 250,000 US dollars", "fr": "De 50 000 à 250 000 dollars"},
        50_000,
        250_000,
    ),
    CostRange(
        "250k-1m",
        {"en": "250,000 to 1 million US dollars", "fr": "De 250 000 à 1 million de dollars"},
        250_000,
        1_000_000,
    ),
    CostRange("over-1m", {"en": "Over 1 million US dollars", "fr": "Plus d’un million de dollars"}, 1_000_000, None),
)

# IATI has no French for these.
_FRENCH_TYPES: Final = {
    "11": "Administration locale",
    "23": "ONG régionale",
    "24": "ONG établie dans un pays partenaire",
    "71": "Secteur privé dans le pays fournisseur",
    "72": "Secteur privé dans le pays bénéficiaire",
    "73": "Secteur privé dans un pays tiers",
    "90": "Autre",
}
ORGANISATION_TYPES: Final = _by_code(
    *(
        Named(row["code"], {**row["name"], "fr": _FRENCH_TYPES.get(row["code"]) or row["name"]["fr"]})
        for row in read("organisation_types")
    )
)


def licence_of(spdx: str) -> str:
    """Our code for an SPDX identifier: the same where we offer it, else `other` (keep the identifier too)."""
    wanted = spdx.strip().casefold()
    return next((code for code in LICENCES if code.casefold() == wanted), OTHER_LICENCE)


def cost_range_of(dollars: int) -> CostRange:
    """The range an amount in US dollars falls in."""
    return next(found for found in COST_RANGES.values() if found.most is None or dollars < found.most)


def in_order(lines: Mapping[str, Named], lang: str) -> list[tuple[str, str]]:
    """A list whose own order means something, for a menu: modalities, evidence, licences, cost ranges."""
    return [(line.code, line.name(lang)) for line in lines.values()]


def organisation_type_choices(lang: str) -> list[tuple[str, str]]:
    """The types of organisation for a menu."""
    return names.choices(ORGANISATION_TYPES.values(), lang)
