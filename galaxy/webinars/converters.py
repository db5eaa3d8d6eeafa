"""Records of other platforms made into rows for the import: so far the recorded talks that PyVideo lists."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from galaxy.content.columns import first_sentences

ICT = "22040"  # information and communication technology, of the OECD's Development Assistance Committee
PROGRAMMERS = re.compile(r"\b[Pp]y(?=[A-Z]|thon|\b)|[Pp]ython|[Dd]jango|[Ff]lask|[Pp]lone|Jupyter|[Cc]aipyra")
PLAYERS = re.compile(r"https?://(www\.)?(youtube\.com|youtu\.be|vimeo\.com)/")
SECONDS_LEAST, SECONDS_MOST = 60, 6 * 60 * 60  # what lasts longer was counted in another unit
FILES = (".mp4", ".webm")  # that any browser plays

SAID: dict[str, dict[str, str]] = {
    "en": {
        "links": "Links:",
        "also": "The recording is also here:",
        "length": "The recording lasts {minutes} minutes.",
        "from": "From PyVideo’s list of recorded talks (CC0 1.0), where it is `{id}`. The recording has its own terms.",
    },
    "es": {
        "links": "Enlaces:",
        "also": "La grabación también está aquí:",
        "length": "La grabación dura {minutes} minutos.",
        "from": "De la lista de charlas grabadas de PyVideo (CC0 1.0), donde es `{id}`. "
        "La grabación tiene sus propias condiciones.",
    },
    "fr": {
        "links": "Liens :",
        "also": "L’enregistrement se trouve aussi ici :",
        "length": "L’enregistrement dure {minutes} minutes.",
        "from": "Tiré de la liste d’exposés enregistrés de PyVideo (CC0 1.0), sous le nom `{id}`. "
        "L’enregistrement a ses propres conditions.",
    },
    "pt": {
        "links": "Ligações:",
        "also": "A gravação também está aqui:",
        "length": "A gravação dura {minutes} minutos.",
        "from": "Da lista de palestras gravadas do PyVideo (CC0 1.0), onde é `{id}`. "
        "A gravação tem as suas próprias condições.",
    },
    "ru": {
        "links": "Ссылки:",
        "also": "Запись есть также здесь:",
        "length": "Продолжительность записи — {minutes} мин.",
        "from": "Из списка записанных докладов PyVideo (CC0 1.0), где это `{id}`. У записи свои условия использования.",
    },
    "zh": {
        "links": "链接：",
        "also": "录像也在此处：",
        "length": "录像时长 {minutes} 分钟。",
        "from": "来自 PyVideo 的演讲录像列表（CC0 1.0），编号 `{id}`。录像另有其使用条款。",
    },
}  # fmt: skip


def convert_pyvideo(records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A row for each recorded talk: a past conference whose day is known and whose hour is not.

    Nothing is added to what its record says: no country, since the name of an event is not a place; no goal; the theme
    only where the event is evidently one of programmers.
    """
    for record in records:
        yield _row(record)


def _row(record: dict[str, Any]) -> dict[str, Any]:
    summary, rest = first_sentences(record["description"]) if record["description"].strip() else ("", "")
    videos = sorted(map(_quoted, record["videos"]), key=_preference)
    return {
        "external_id": record["id"],
        "title": record["title"],
        "summary": summary,
        "description": "\n\n".join(filter(None, (_rest(record, rest), *_about(record, videos[1:])))),
        "language": record["text_language"],
        "spoken": [record["language"]],
        "format": "conference",
        "series": record["event"],
        "speakers": record["speakers"],
        "sectors": [ICT] if PROGRAMMERS.search(" ".join([record["event"], *record["tags"]])) else [],
        "starts_at": record["recorded"],
        "all_day": True,
        "zone": "UTC",
        "recording_url": videos[0] if videos else "",
        "licence": "CC0-1.0",
    }


def _preference(address: str) -> int:
    """A page that plays it comes first, then a file that any browser plays."""
    return 0 if PLAYERS.match(address) else 1 + next((i for i, end in enumerate(FILES) if address.endswith(end)), 9)


def _quoted(address: str) -> str:
    return address.replace("'", "%27")


def _rest(record: dict[str, Any], rest: str) -> str:
    """What the summary leaves of the description, with its paragraphs; all of it where that is not at its end."""
    whole = record["description"].strip()
    if not rest or rest.split() == whole.split():
        return "" if not rest else whole
    words = len(whole.split()) - len(rest.split())
    begins = re.match(rf"\s*(\S+\s+){{{words}}}", whole)
    return whole[begins.end() :] if begins else rest


def _about(record: dict[str, Any], more: list[str]) -> Iterator[str]:
    """How long the recording is, where else it lies, what the record links to, and where all this comes from."""
    said = SAID.get(record["text_language"], SAID["en"])
    if SECONDS_LEAST <= (record["duration_s"] or 0) <= SECONDS_MOST:
        yield said["length"].format(minutes=round(record["duration_s"] / 60))
    for words, addresses in ((said["also"], more), (said["links"], record["links"])):
        if addresses:
            yield "\n".join([words, "", *(f"- <{_quoted(address)}>" for address in addresses)])
    yield said["from"].format(id=record["id"])
