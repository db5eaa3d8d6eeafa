"""Files people entrust to us: judged by content, kept by hash outside the web root, served with safe headers."""

import hashlib
import io
import os
import secrets
import unicodedata
import warnings
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Protocol

import puremagic
import structlog
from flask import Response, current_app, send_file
from PIL import Image, ImageOps
from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import FileStorage
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


class Refused(Exception):
    """A file that is not accepted; the message tells the sender what to do."""


class Storage(Protocol):
    """Where bytes are kept, by the hash of their content."""

    def put(self, sha256: str, content: bytes) -> None: ...
    def open(self, sha256: str) -> IO[bytes]: ...
    def delete(self, sha256: str) -> None: ...
    def hashes(self, older_than: timedelta) -> Iterable[str]: ...


class Folder:
    """A storage in a local folder: `files/ab/abcd…`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256

    def put(self, sha256: str, content: bytes) -> None:
        path = self.path(sha256)
        if path.exists():
            return
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{secrets.token_hex(8)}")
        try:
            with draft.open("wb") as out:
                out.write(content)
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
    stored.sha256 = put(content)
    if width and height and max(width, height) > SMALL_SIDE:
        stored.small_sha256 = put(draw(content, media_type, SMALL_SIDE)[0])
    db.session.add(stored)
    return stored


def put(content: bytes) -> str:
    """Keep these bytes, and tell their hash; raises `Refused` where the disk is full or cannot be written."""
    sha256 = hashlib.sha256(content).hexdigest()
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
    """The file as an answer: pictures shown, also small, everything else downloaded, nothing run.

    What is private is kept by no browser: whoever may no longer open it must not find it there.
    """
    sha256 = stored.small_sha256 if small and stored.small_sha256 else stored.sha256
    response = send_file(
        storage().open(sha256),
        mimetype=stored.media_type,
        as_attachment=not stored.is_image,
        download_name=stored.name,
        etag=sha256,
        last_modified=stored.created_at,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store" if private else "private, max-age=3600"
    return response


@every(hour="3", minute="35")
def sweep_orphans() -> None:
    """Delete bytes that no row names, left by acts that were undone; young ones may belong to an act under way."""
    rows = db.session.execute(select(StoredFile.sha256, StoredFile.small_sha256)).all()
    named = {sha256 for row in rows for sha256 in row if sha256}
    db.session.commit()
    for sha256 in [sha256 for sha256 in storage().hashes(older_than=timedelta(days=1)) if sha256 not in named]:
        storage().delete(sha256)
