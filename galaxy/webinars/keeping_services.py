"""What is kept of a webinar when its hour is over: its hosts change it at once, each change is logged, none is lost."""

from collections.abc import Iterable
from typing import Any

from werkzeug.datastructures import FileStorage

from galaxy.accounts.models import User
from galaxy.accounts.services import record
from galaxy.content import services as content
from galaxy.core.db import now
from galaxy.core.storage import accept_recording
from galaxy.webinars.models import Chapter, Transcript, Webinar
from galaxy.webinars.recordings import second_of
from galaxy.webinars.transcripts import Cue
from galaxy.webinars.words import place_in_recording


class Changed(Exception):
    """Somebody else has said otherwise meanwhile."""


def kept_of(webinar: Webinar) -> dict[str, Any]:
    """What is kept of it in words and times, as forms say it and the log remembers it."""
    chapters = [f"{place_in_recording(chapter.second)} {chapter.title}" for chapter in webinar.chapters]
    return {"recording_url": webinar.recording_url, "minutes": webinar.minutes, "chapters": chapters}


def keep(webinar: Webinar, said: dict[str, Any], base: str, by: User) -> None:
    """Take what a host says now; raises `Changed` where somebody was faster and said otherwise."""
    content.lock(webinar)
    now_said = kept_of(webinar)
    before = {name: now_said[name] for name in said if now_said[name] != said[name]}
    if before and base != content.digest(now_said, said):
        raise Changed
    if before:
        _take(webinar, {name: said[name] for name in before})
        _note(webinar, by, list(before), before)


def _take(webinar: Webinar, said: dict[str, Any]) -> None:
    for name in {"recording_url", "minutes"}.intersection(said):
        setattr(webinar, name, said[name])
    if "chapters" in said:
        rows = (line.split(" ", 1) for line in said["chapters"])
        webinar.chapters = [Chapter(second=second_of(time) or 0, title=title) for time, title in rows]


def _note(webinar: Webinar, by: User, changed: Iterable[str], before: dict[str, Any] | None = None) -> None:
    """Log what was changed, with what it said before, and have the entry searched as it is now: rows that hang on it
    do not make it a changed one."""
    webinar.updated_at = now()
    record(by, "kept", webinar, before=before, after={"changed": sorted(changed)})


def keep_recording(webinar: Webinar, sent: FileStorage, by: User) -> None:
    """Keep a film or a sound of it here, in place of the one before; raises `Refused` with words for the sender."""
    stored = accept_recording(sent)
    content.lock(webinar)
    _replace(webinar, stored, by)


def drop_recording(webinar: Webinar, by: User) -> None:
    """Take the film or sound away that is kept here."""
    content.lock(webinar)
    if webinar.recording is not None:
        _replace(webinar, None, by)


def _replace(webinar: Webinar, stored: Any, by: User) -> None:
    before = {"recording": webinar.recording.name} if webinar.recording else None
    webinar.recording = stored  # the bytes of the one before are swept when nothing names them
    _note(webinar, by, ["recording"], before)


def keep_transcript(webinar: Webinar, language: str, cues: list[Cue], by: User) -> None:
    """Keep what was said, in one language, in place of what was kept of that language."""
    content.lock(webinar)
    kept = next((each for each in webinar.transcripts if each.language == language), None)
    if kept is None:
        webinar.transcripts.append(kept := Transcript(language=language))
    kept.cues, kept.created_at = [list(cue) for cue in cues], now()
    _note(webinar, by, [f"transcript {language}"])


def drop_transcript(webinar: Webinar, language: str, by: User) -> None:
    """Take a transcript away."""
    content.lock(webinar)
    kept = [each for each in webinar.transcripts if each.language == language]
    for each in kept:
        webinar.transcripts.remove(each)
        _note(webinar, by, [f"transcript {language}"])


def shows_at_once(webinar: Webinar) -> bool:
    """Whether slides are shown as soon as they are here: once it has begun, as its recording and its minutes are.

    Before that, and while it is a draft, an admin reads them first, as all that an entry says.
    """
    return webinar.is_visible and webinar.starts_at is not None and webinar.starts_at <= now()


def keep_slides(webinar: Webinar, sent: FileStorage, caption: str, by: User) -> None:
    """Show a file at once, also in the words that wait for an admin; raises `Refused` with words for the sender."""
    content.lock(webinar)
    upload = content.take_in(webinar, sent, caption, live=True)
    upload.position = len(webinar.attachments)
    _say_files(webinar, [*webinar.said["files"], {"id": upload.id, "caption": caption}])
    _note(webinar, by, ["slides"])


def drop_slides(webinar: Webinar, upload_id: int, by: User) -> None:
    """Show a file no longer; older versions still know it."""
    content.lock(webinar)
    gone = next((upload for upload in webinar.attachments if upload.id == upload_id), None)
    if gone is not None:
        gone.live = False
        _say_files(webinar, [file for file in webinar.said["files"] if file["id"] != upload_id])
        _note(webinar, by, ["slides"], {"slides": gone.file.name})


def _say_files(webinar: Webinar, files: list[dict[str, Any]]) -> None:
    """Have the version that waits say these files too: else its publication would take back what was done at once."""
    if (waiting := webinar.waiting) is not None:
        waiting.said = waiting.said | {"files": files}
