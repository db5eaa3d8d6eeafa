"""Files people entrust to us: judged by content, kept by hash outside the web root, served with safe headers."""

import hashlib
import io
import os
import re
import secrets
import shutil
import unicodedata
import warnings
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Protocol

import puremagic
import structlog
from flask import Response, current_app, request, send_file
from PIL import Image, ImageOps
from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.utils import secure_filename

from galaxy.core.db import Base, db, now
from galaxy.core.i18n import _
from galaxy.core.jobs import every

log = structlog.get_logger()

IMAGES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
DOCUMENTS = {
    "application/pdf": {"pdf"},
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": {"docx"},
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {"xlsx"},
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": {"pptx"},
    "application/vnd.oasis.opendocument.text": {"odt"},
    "application/vnd.oasis.opendocument.spreadsheet": {"ods"},
    "application/vnd.oasis.opendocument.presentation": {"odp"},
    "text/csv": {"csv"},
    "text/plain": {"txt"},
}
RECORDINGS = {
    "video/mp4": {"mp4", "m4v"},
    "video/webm": {"webm"},
    "audio/mpeg": {"mp3"},
    "audio/mp4": {"m4a"},
    "audio/ogg": {"ogg", "oga", "opus"},
    "audio/webm": {"webm", "weba"},
}
CHUNK = 1024 * 1024  # bytes copied at once
HEAD = 64 * 1024  # bytes at the beginning of a recording, which say what it is
MP4 = re.compile(rb".{4}ftyp(isom|iso[2-9]|mp4[12]|avc1|M4[AVP] |dash|MSNV)", re.DOTALL)
WEBM = re.compile(rb"\x1a\x45\xdf\xa3.{1,60}\x42\x82\x84webm", re.DOTALL)  # EBML with its DocType
WEBM_PICTURES = re.compile(rb"V_(VP[89]|AV1)")
OGG = re.compile(rb"OggS.{22,60}(OpusHead|\x01vorbis)", re.DOTALL)
MP3 = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xeb]")  # the first three bytes of a frame of layer III
IMAGE_SIDE = 2000  # pixels of the longer side that are kept
SMALL_SIDE = 640  # pixels of the longer side of the rendition for lists, phones and slow lines


class StoredFile(Base):
    """A file's facts; its bytes lie in the storage under their SHA-256."""

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    small_sha256: Mapped[str | None]  # of a large picture's small rendition
    created_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def is_image(self) -> bool:
        return self.media_type in IMAGES

    @property
    def is_recording(self) -> bool:
        return self.media_type in RECORDINGS


class Refused(Exception):
    """A file that is not accepted; the message tells the sender what to do."""


class Storage(Protocol):
    """Where bytes are kept, by the hash of their content."""

    def put(self, sha256: str, content: IO[bytes]) -> None: ...
    def open(self, sha256: str) -> IO[bytes]: ...
    def delete(self, sha256: str) -> None: ...
    def hashes(self, older_than: timedelta) -> Iterable[str]: ...


class Folder:
    """A storage in a local folder: `files/ab/abcd…`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256

    def put(self, sha256: str, content: IO[bytes]) -> None:
        path = self.path(sha256)
        if path.exists():
            return
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{secrets.token_hex(8)}")
        try:
            with draft.open("wb") as out:
                shutil.copyfileobj(content, out, CHUNK)
                out.flush()
                os.fsync(out.fileno())
            draft.rename(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise

    def open(self, sha256: str) -> IO[bytes]:
        return self.path(sha256).open("rb")

    def delete(self, sha256: str) -> None:
        self.path(sha256).unlink(missing_ok=True)

    def hashes(self, older_than: timedelta) -> Iterable[str]:
        limit = now().timestamp() - older_than.total_seconds()
        return (path.name for path in self.root.glob("??/*") if path.stat().st_mtime < limit)


def storage() -> Storage:
    """The storage of this installation."""
    return Folder(Path(current_app.instance_path) / "files")


def accept(sent: FileStorage, images_only: bool = False) -> StoredFile:
    """Judge an upload and keep it; raises `Refused` with words for the sender."""
    limit = current_app.config["UPLOAD_MAX_MB"]
    content = sent.stream.read(limit * 1024 * 1024 + 1)
    if len(content) > limit * 1024 * 1024:
        raise Refused(_("This file is larger than %(limit)d MB. Please send a smaller one.", limit=limit))
    if not content:
        raise Refused(_("This file is empty. Please choose it again."))
    name = safe_name(sent.filename or "")
    media_type = judge(content, name)
    width: int | None = None
    height: int | None = None
    if media_type in IMAGES:
        content, width, height = clean_image(content, media_type)
    elif media_type is None or images_only:
        raise Refused(
            _("Please send a JPEG, PNG or WebP image.")
            if images_only
            else _("Please send a PDF, an office document, a text, a CSV table or an image.")
        )
    stored = StoredFile(name=name, media_type=media_type, size=len(content), width=width, height=height)
    stored.sha256 = put(io.BytesIO(content))
    if width and height and max(width, height) > SMALL_SIDE:
        stored.small_sha256 = put(io.BytesIO(draw(content, media_type, SMALL_SIDE)[0]))
    db.session.add(stored)
    return stored


def accept_recording(sent: FileStorage) -> StoredFile:
    """Judge a video or a sound and keep it, never whole in memory; raises `Refused` with words for the sender.

    Its view says `@takes("RECORDING_MAX_MB")` (`core.guard`), or it is sent no more than others are.
    """
    limit, content = current_app.config["RECORDING_MAX_MB"], sent.stream
    size = content.seek(0, os.SEEK_END)
    if size > limit * 1024 * 1024:
        raise Refused(_("This file is larger than %(limit)d MB. Please send a smaller one.", limit=limit))
    if not size:
        raise Refused(_("This file is empty. Please choose it again."))
    name = safe_name(sent.filename or "")
    media_type = judge_recording(content, name)
    if media_type is None:
        raise Refused(_("Please send a video as MP4 or WebM, or a sound as MP3, M4A, OGG, Opus or WebM."))
    stored = StoredFile(name=name, media_type=media_type, size=size, sha256=put(content))
    db.session.add(stored)
    return stored


def put(content: IO[bytes]) -> str:
    """Keep these bytes, and tell their hash; raises `Refused` where the disk is full or cannot be written."""
    content.seek(0)
    sha256 = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]  # it asks for less than it says
    content.seek(0)
    try:
        storage().put(sha256, content)
    except OSError as problem:
        log.error("a file cannot be kept", problem=str(problem))
        raise Refused(_("We have no room for files at present. Please try again later, or go on without it.")) from None
    return sha256


def safe_name(name: str) -> str:
    """The sender's file name without paths and control characters; its script is kept."""
    base = unicodedata.normalize("NFC", name.replace("\\", "/")).rsplit("/", 1)[-1]
    clean = "".join(c for c in base if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*').strip(" .")
    return clean[-120:] or secure_filename(name) or "file"


def judge(content: bytes, name: str) -> str | None:
    """The media type by content, where content and name agree on one we accept; else none."""
    ending = name.rpartition(".")[2].lower()
    try:
        kinds = {match.mime_type for match in puremagic.magic_string(content, name)}
    except (puremagic.PureError, ValueError):
        kinds = set()
    for kind in IMAGES:
        if kind in kinds and content[:12].startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")):
            return kind
    if ending in {"txt", "csv"}:
        return ("text/csv" if ending == "csv" else "text/plain") if is_text(content) else None
    for kind, endings in DOCUMENTS.items():
        if (
            ending in endings
            and content.startswith((b"%PDF-", b"PK\x03\x04"))
            and (ending == "pdf") == content.startswith(b"%PDF-")
        ):
            return kind
    return None


def judge_recording(content: IO[bytes], name: str) -> str | None:
    """The media type by content, where content and name agree on a recording we accept; else none."""
    content.seek(0)
    head = content.read(HEAD)
    kinds: tuple[str, ...] = ()
    if found := MP4.match(head):
        kinds = ("audio/mp4",) if found[1] == b"M4A " else ("video/mp4", "audio/mp4")
    elif WEBM.match(head):
        kinds = ("video/webm",) if WEBM_PICTURES.search(head) else ("audio/webm",)
    elif OGG.match(head):
        kinds = ("audio/ogg",)
    elif MP3.match(after_tag(content, head)):
        kinds = ("audio/mpeg",)
    ending = name.rpartition(".")[2].lower()
    return next((kind for kind in kinds if ending in RECORDINGS[kind]), None)


def after_tag(content: IO[bytes], head: bytes) -> bytes:
    """What follows the words and pictures (ID3v2) at the beginning of an MP3."""
    if not head.startswith(b"ID3"):
        return head
    one, two, three, four = (*head[6:10], 0, 0, 0, 0)[:4]  # seven bits of each byte count
    content.seek(10 + ((one & 127) << 21 | (two & 127) << 14 | (three & 127) << 7 | four & 127))
    return content.read(4096).lstrip(b"\x00")


def is_text(content: bytes) -> bool:
    try:
        return "\x00" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False


def clean_image(content: bytes, media_type: str) -> tuple[bytes, int, int]:
    """The picture drawn anew: turned upright, at most `IMAGE_SIDE` pixels, without hidden data such as a place."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return draw(content, media_type, IMAGE_SIDE)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(_("This picture cannot be read. Please save it again as JPEG or PNG.")) from None


def draw(content: bytes, media_type: str, side: int) -> tuple[bytes, int, int]:
    """A picture drawn anew, its longer side at most so many pixels: its bytes, width and height."""
    image: Image.Image = Image.open(io.BytesIO(content), formats=[IMAGES[media_type]])
    if image.width * image.height > current_app.config["UPLOAD_MAX_MEGAPIXELS"] * 1_000_000:
        raise Refused(_("This picture has too many pixels. Please send a smaller one."))
    image = ImageOps.exif_transpose(image)
    image.thumbnail((side, side))
    if media_type == "image/jpeg" and image.mode != "RGB":
        image = image.convert("RGB")
    out = io.BytesIO()
    image.save(out, IMAGES[media_type], quality=85, optimize=True)
    return out.getvalue(), image.width, image.height


def answer(stored: StoredFile, small: bool = False, private: bool = False) -> Response:
    """The file as an answer: pictures shown, also small, recordings played, the rest downloaded, nothing run.

    What is private is kept by no browser: whoever may no longer open it must not find it there.
    """
    sha256 = stored.small_sha256 if small and stored.small_sha256 else stored.sha256
    response = send_file(
        storage().open(sha256),
        mimetype=stored.media_type,
        as_attachment=not (stored.is_image or stored.is_recording),
        download_name=stored.name,
        conditional=not stored.is_recording,
        etag=sha256,
        last_modified=stored.created_at,
    )
    if stored.is_recording:
        in_parts(response, stored.size)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store" if private else "private, max-age=3600"
    return response


def in_parts(response: Response, size: int) -> None:
    """Answer with the part of a file that was asked for, as players do; 416 where it has no such part."""
    response.content_length = size
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise


@every(hour="3", minute="35")
def sweep_orphans() -> None:
    """Delete bytes that no row names, left by acts that were undone; young ones may belong to an act under way."""
    rows = db.session.execute(select(StoredFile.sha256, StoredFile.small_sha256)).all()
    named = {sha256 for row in rows for sha256 in row if sha256}
    db.session.commit()
    for sha256 in [sha256 for sha256 in storage().hashes(older_than=timedelta(days=1)) if sha256 not in named]:
        storage().delete(sha256)
