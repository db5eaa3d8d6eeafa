"""Records of other platforms made into rows for the import: so far the Digital Public Goods Alliance's."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from babel.dates import format_date
from babel.lists import format_list

from galaxy.content.columns import first_sentences
from galaxy.reference.countries import find

WORDS_LEAST = 4  # a text with fewer is no evidence

SECTORS = {
    "agriculture": "311",
    "climate": "410",
    "democracy": "151",
    "education": "111",
    "energy": "231",
    "environment": "410",
    "gender and minority groups": "15170",
    "governance": "151",
    "health": "121",
    "justice": "15130",
    "nutrition": "12240",
    "research": "43082",
    "social protection": "16010",
    "sustainable cities": "43030",
    "water and sanitation": "140",
    "big data": "220",
    "data collection": "220",
    "data management & policy": "220",
    "data security": "220",
    "digital development": "220",
    "digital/data/tech": "220",
}
"""The sectors of the records, by the codes of the OECD's Development Assistance Committee; the rest are too vague."""

SAID: dict[str, dict[str, str]] = {
    "en": {
        "software": "open-source software",
        "content": "open content",
        "data": "open data",
        "aimodel": "an open model of artificial intelligence",
        "standard": "an open standard",
        "is": "{title} is {types}, published under {licences}.",
        "also": "It is also known as {names}.",
        "code": "Its source is open to all: {urls}",
        "goal": "**How it serves goal {goals}:** {evidence}",
        "goals": "**How it serves goals {goals}:** {evidence}",
        "standards": "It keeps to these standards:",
        "privacy": "It says that it keeps to these rules of privacy:",
        "dpg": "The Digital Public Goods Alliance listed it as a digital public good in its records of {day}.",
        "nominee": "It stood as nominated, not yet reviewed, in the Digital Public Goods Alliance’s records of {day}.",
        "archived": "It stood as archived in the Digital Public Goods Alliance’s records of {day}.",
        "excluded": "It stood as not accepted in the Digital Public Goods Alliance’s records of {day}.",
    },
    "fr": {
        "software": "un logiciel libre",
        "content": "un contenu ouvert",
        "data": "un ensemble de données ouvertes",
        "aimodel": "un modèle ouvert d’intelligence artificielle",
        "standard": "une norme ouverte",
        "is": "{title} est {types}, sous licence {licences}.",
        "also": "On l’appelle aussi {names}.",
        "code": "Sa source est ouverte à tous : {urls}",
        "goal": "**Comment cela sert l’objectif {goals} :** {evidence}",
        "goals": "**Comment cela sert les objectifs {goals} :** {evidence}",
        "standards": "Il suit ces normes :",
        "privacy": "Il dit suivre ces règles de protection de la vie privée :",
        "dpg": "La Digital Public Goods Alliance le reconnaissait comme bien public numérique (relevé du {day}).",
        "nominee": "Il était proposé, pas encore examiné, à la Digital Public Goods Alliance (relevé du {day}).",
        "archived": "Il était archivé à la Digital Public Goods Alliance (relevé du {day}).",
        "excluded": "Il n’était pas accepté par la Digital Public Goods Alliance (relevé du {day}).",
    },
}


def convert_dpg(records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A row for each digital public good: nothing is added to what its record says, and nothing said twice."""
    for record in records:
        language = record["language"] if record["language"] in SAID else "en"
        summary, rest = first_sentences(record["description"])
        yield {
            "external_id": record["id"],
            "title": record["title"],
            "summary": summary,
            "approach": _paragraphs(rest, *_about(record, language)),
            "results": _results(record, language),
            "inputs": _listed(SAID[language]["privacy"], record["privacy_laws"]),
            "adapting": _listed(SAID[language]["standards"], record["standards"]),
            "sustainability": _standing(record, language),
            "language": record["language"],
            "countries": _countries(record["development_countries"]),
            "used_in": _countries(record["deployment_countries"]),
            "sdgs": [str(sdg["goal"]) for sdg in record["sdgs"]],
            "sectors": [SECTORS[name.casefold()] for name in record["sectors"] if name.casefold() in SECTORS],
            "organisations": [
                {"name": each["name"], "website": _website(each["website"])} for each in _owners(record, funders=False)
            ],
            "supporters": [each["name"] for each in _owners(record, funders=True)],
            "url": _website(record["url"]),
            "licence": " AND ".join(record["licenses"]) or "other",
            "evidence_source": f"Digital Public Goods Alliance, {record['source_path']}",
        }


def convert_dpg_organisations(records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A row for each organisation behind digital public goods."""
    for record in records:
        count, roles = len(record["solutions"]), format_list(record["roles"], locale="en")
        goods = "a digital public good" if count == 1 else f"{count} digital public goods"
        yield {
            "external_id": record["id"],
            "title": record["name"],
            "summary": f"{roles.capitalize()} of {goods} in the records of the Digital Public Goods Alliance.",
            "language": "en",
            "url": _website(record["website"]),
        }


def _about(record: dict[str, Any], language: str) -> Iterator[str]:
    """What it is, under which licence, where its source lies, and what else it is called."""
    said = SAID[language]
    types = format_list([said[kind] for kind in record["types"]], locale=language)
    licences = format_list(record["licenses"], locale=language)
    yield _sentence(said["is"], title=record["title"], types=types, licences=licences)
    if record["repositories"]:
        yield said["code"].format(urls=", ".join(f"<{url}>" for url in record["repositories"]))
    if record["aliases"]:
        yield _sentence(said["also"], names=format_list(record["aliases"], locale=language))


def _results(record: dict[str, Any], language: str) -> str:
    """What it says of each goal; goals of which it says the same stand together."""
    goals: dict[str, list[str]] = {}
    for sdg in record["sdgs"]:
        evidence = sdg["evidence"].strip()
        if len(evidence.split()) >= WORDS_LEAST:
            goals.setdefault(evidence, []).append(str(sdg["goal"]))
    said = SAID[language]
    return _paragraphs(
        *(
            _sentence(
                said["goal" if len(numbers) == 1 else "goals"],
                goals=format_list(numbers, locale=language),
                evidence=evidence,
            )
            for evidence, numbers in goals.items()
        )
    )


def _standing(record: dict[str, Any], language: str) -> str:
    day = format_date(date.fromisoformat(record["last_changed"]), "long", locale=language)
    return _sentence(SAID[language][record["status"]], day=day)


def _owners(record: dict[str, Any], *, funders: bool) -> list[dict[str, Any]]:
    return [each for each in record["organisations"] if (each["role"] == "funder") == funders]


def _countries(countries: list[dict[str, Any]]) -> list[str]:
    """The codes of countries; what the United Nations' list does not have (as XKX) is left out."""
    return [code for country in countries if (code := find(country["iso3"] or country["name"]))]


def _website(text: str) -> str:
    """An address, or nothing where the record has some other words in its place."""
    return text if re.fullmatch(r"https?://\S+", text or "") else ""


def _sentence(words: str, **said: str) -> str:
    """A sentence with what is said put in; one full stop at its end, also where that has one already."""
    return re.sub(r"(?<!\.)\.\.$", ".", words.format(**said))


def _listed(before: str, things: list[str]) -> str:
    return "\n".join([before, "", *(f"- {thing}" for thing in things)]) if things else ""


def _paragraphs(*texts: str) -> str:
    return "\n\n".join(filter(None, texts))
