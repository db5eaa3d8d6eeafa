"""Transcripts and captions: WebVTT and SubRip as people bring them, read forgivingly, and written as WebVTT."""

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from galaxy.core.i18n import N_, _, ngettext

Cue = tuple[int, int, str]
"""When it begins and ends, in milliseconds of the recording, and the words, perhaps on several lines."""

MOST_BYTES = 2 * 1024 * 1024
MOST_CUES = 20_000
MOST_TOLD = 5  # lines that are named among those left out

MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
WESTERN = frozenset({"en", "es", "fr", "pt"})  # languages that were written in Windows-1252 before Unicode
CLOCK = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?"
TIMES = re.compile(rf"\s*{CLOCK}\s*-->\s*{CLOCK}(?:\s.*)?")
VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]+)>")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>|\{\\[^{}]*\}")  # the last is how SubRip says where words stand
SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "؟", "»", "”")
UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]")


class Broken(Exception):
    """A transcript that cannot be read; the message tells its sender why, and where."""


@dataclass
class Heard:
    """What a transcript says: its cues in their order, and in words for its sender what was left out."""

    cues: list[Cue] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def read(content: bytes, language: str) -> Heard:
    """The cues of a WebVTT or SubRip file in this language (ISO 639-1); raises `Broken` where there are none."""
    if len(content) > MOST_BYTES:
        raise Broken(_("This transcript is larger than %(most)d MB. Please send a shorter one.", most=2))
    text, told = decoded(content, language)
    heard = parsed(text)
    return Heard(heard.cues, [*told, *heard.told])


def decoded(content: bytes, language: str) -> tuple[str, list[str]]:
    """The text of a file in whichever of the usual codes it is, with a word where that was a guess."""
    code = next((code for mark, code in MARKS if content.startswith(mark)), "") or _wide(content) or "utf-8"
    try:
        return content.decode(code).lstrip("\ufeff"), []
    except UnicodeDecodeError as wrong:
        if code != "utf-8" or language not in WESTERN:
            number = content.count(b"\n", 0, wrong.start) + 1
            said = _("Line %(number)d cannot be read. Please save the file again as UTF-8.", number=number)
            raise Broken(said) from None
    try:
        guessed = content.decode("cp1252")
    except UnicodeDecodeError:
        raise Broken(_("This is no text in a code that we know. Please save the file again as UTF-8.")) from None
    return guessed, [_("The file is not in UTF-8: we read it as Windows-1252. Please check its accents.")]


def _wide(content: bytes) -> str:
    """UTF-16 that does not say so: of its first letters every other byte is nothing."""
    start = content[:200]
    even, odd = start[::2].count(0), start[1::2].count(0)
    few, many = len(start) // 16, len(start) // 4
    return "utf-16-le" if odd > many and even <= few else "utf-16-be" if even > many and odd <= few else ""


@dataclass
class _Piece:
    """A cue as it stands in a file: the number of its line of times, what that says, and the lines below."""

    number: int
    times: str
    lines: list[str]


def parsed(text: str) -> Heard:
    """The cues of a text, sorted by when they begin; raises `Broken` where there is none."""
    heard, wrong = Heard(), []
    empty = 0
    for piece in _pieces(re.split(r"\r\n|\r|\n", text)):
        times, words = _times(piece.times), _words(piece.lines)
        if isinstance(times, str):
            wrong.append((piece.number, times))
        elif not words:
            empty += 1
        elif len(heard.cues) == MOST_CUES:
            raise Broken(_("There are more than %(most)d pieces in this transcript.", most=MOST_CUES))
        else:
            heard.cues.append((*times, words))
    if not heard.cues:
        raise Broken(_none(wrong))
    heard.cues.sort(key=lambda cue: cue[:2])
    heard.told = [*_left_out(wrong), *_left_empty(empty)]
    return heard


def _none(wrong: Sequence[tuple[int, str]]) -> str:
    """Why nothing could be read."""
    if wrong:
        number, why = wrong[0]
        return str(_("There is nothing in it to be kept. Line %(number)d: %(wrong)s", number=number, wrong=why))
    return str(_("There are no times in it, such as 00:01:05.000 --> 00:01:09.000. Please send a VTT or SRT file."))


def _left_out(wrong: Sequence[tuple[int, str]]) -> list[str]:
    words = N_("Line %(number)d is left out: %(wrong)s")
    said = [str(_(words, number=number, wrong=why)) for number, why in wrong[:MOST_TOLD]]
    if more := len(wrong) - MOST_TOLD:
        said += [ngettext("And one more is left out.", "And %(num)d more are left out.", more)] if more > 0 else []
    return said


def _left_empty(empty: int) -> list[str]:
    words = ("One piece without words is left out.", "%(num)d pieces without words are left out.")
    return [ngettext(*words, empty)] if empty else []


def _pieces(lines: Iterable[str]) -> Iterator[_Piece]:
    """Every line with an arrow and the words below it; what belongs to no such line is notes, styles or numbers."""
    piece: _Piece | None = None
    for number, line in enumerate(lines, 1):
        if "-->" in line:
            if piece is not None:
                yield _without_number(piece)
            piece = _Piece(number, line, [])
        elif not line.strip():
            if piece is not None:
                yield piece
            piece = None
        elif piece is not None:
            piece.lines.append(line)
    if piece is not None:
        yield piece


def _without_number(piece: _Piece) -> _Piece:
    """Where the empty line between two cues is missing, the number of the second is no word of the first."""
    if piece.lines and piece.lines[-1].strip().isdigit():
        piece.lines.pop()
    return piece


def _times(line: str) -> tuple[int, int] | str:
    """When a cue begins and ends, in milliseconds; or in words what is wrong with its times."""
    found = TIMES.fullmatch(line)
    begin, end = (_moment(found.groups()[:4]), _moment(found.groups()[4:])) if found else (None, None)
    if begin is None or end is None:
        return str(_("“%(line)s” are no times.", line=" ".join(line.split())[:80]))
    return (begin, end) if begin < end else str(_("It ends before it begins."))


def _moment(parts: Sequence[str | None]) -> int | None:
    hours, minutes, seconds, rest = parts
    if int(minutes or 0) > 59 or int(seconds or 0) > 59:
        return None
    return ((int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)) * 1000 + int(
        (rest or "0").ljust(3, "0")
    )


def _words(lines: Iterable[str]) -> str:
    """The words of a cue without their marking; who speaks is said before them."""
    text = VOICE.sub(lambda voice: f"{voice[1].strip()}: ", "\n".join(lines))
    text = UNFIT.sub(" ", unescape(TAG.sub("", text)))
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))


@dataclass
class Paragraph:
    """Some cues as one reads them: the second of the recording at which they begin, and their words."""

    second: int
    words: str


def paragraphs(cues: Iterable[Sequence[Any]], breaks: Iterable[int] = ()) -> list[Paragraph]:
    """What was said in pieces of about a minute, each beginning with a sentence where there are any; a new one begins
    at each of these seconds. A line that a cue repeats from the one before, as captions made by machines do, is said
    once."""
    found: list[Paragraph] = []
    ahead, before = sorted(breaks, reverse=True), ""
    for begin, _end, words in cues:
        second, lines = begin // 1000, words.split("\n")
        said = " ".join(lines[1:] if lines[0] == before else lines)
        before = lines[-1]
        is_break = False
        while ahead and ahead[-1] <= second:
            ahead.pop()
            is_break = True
        if not said:
            continue
        if found and not is_break and not _is_long(found[-1], second):
            found[-1].words += f" {said}"
        else:
            found.append(Paragraph(second, said))
    return found


def _is_long(paragraph: Paragraph, second: int) -> bool:
    """Whether a paragraph may end here: after a minute at the end of a sentence, after two anywhere."""
    lasts = second - paragraph.second
    return lasts >= 120 or (lasts >= 60 and paragraph.words.endswith(SENTENCE_ENDS))


def written(cues: Iterable[Sequence[Any]]) -> str:
    """Cues as a WebVTT file."""
    return "".join(
        ["WEBVTT\n", *(f"\n{stamp(begin)} --> {stamp(end)}\n{_escaped(words)}\n" for begin, end, words in cues)]
    )


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def stamp(moment: int) -> str:
    """Milliseconds as WebVTT writes a time: 01:02:03.400."""
    seconds, rest = divmod(moment, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"
