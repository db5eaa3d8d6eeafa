"""Files are judged by what they hold, and kept without what they hide."""

import io
import re
import resource
import signal
import time
import tracemalloc
from pathlib import Path

import pytest
import time_machine
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from galaxy.core.db import db
from galaxy.core.storage import Refused, accept, accept_recording, answer, storage, sweep_orphans


def sent(content: bytes, name: str) -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name)


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **options)
    return out.getvalue()


def test_a_picture_is_drawn_anew_upright_and_without_its_hidden_data(app):
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a secret place"  # turned by 90 degrees; described

    kept = accept(sent(a_picture(exif=exif), "../../Puits de Léo.jpg"))

    with storage().open(kept.sha256) as file:
        content = file.read()
    assert (kept.name, kept.media_type, kept.width, kept.height) == ("Puits de Léo.jpg", "image/jpeg", 30, 40)
    assert b"secret" not in content


def test_a_large_picture_is_made_smaller(app):
    kept = accept(sent(a_picture(size=(3000, 1500)), "large.jpg"))

    assert (kept.width, kept.height) == (2000, 1000)


KINDS = "Please send a PDF, an office document, a text, a CSV table or an image."


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "empty.pdf", "This file is empty. Please choose it again."),
        (b"MZ\x90\x00" + b"\x00" * 99, "letter.pdf", KINDS),
        (b"<html><script>x</script>", "page.html", KINDS),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "mark.svg", KINDS),
        (a_picture()[:200], "cut.jpg", "This picture cannot be read. Please save it again as JPEG or PNG."),
        (a_picture("PNG", (8000, 6000)), "bomb.png", "This picture has too many pixels. Please send a smaller one."),
        (b"x" * (10 * 1024 * 1024 + 1), "long.txt", "This file is larger than 10 MB. Please send a smaller one."),
    ],
)  # fmt: skip
def test_a_file_that_is_refused_says_what_to_do(app, content, name, reason):
    with pytest.raises(Refused, match=reason.replace("(", r"\(")):
        accept(sent(content, name))


def test_bytes_that_no_row_names_are_swept_away_after_a_day(app):
    accept(sent(b"%PDF-1.4 a letter", "letter.pdf"))
    db.session.commit()
    accept(sent(b"%PDF-1.4 lost with its transaction", "lost.pdf"))
    db.session.rollback()
    files = Path(app.instance_path) / "files"

    sweep_orphans()
    young = len(list(files.glob("??/*")))
    with time_machine.travel(time.time() + 2 * 86400):
        sweep_orphans()

    assert (young, len(list(files.glob("??/*")))) == (2, 1)


def an_mp4(brand: bytes = b"isom", size: int = 5_000) -> bytes:
    return b"\x00\x00\x00\x20ftyp" + brand + b"\x00\x00\x02\x00isomiso2mp41" + bytes(range(250)) * (size // 250)


def a_webm(codec: bytes = b"V_VP9", kind: bytes = b"webm") -> bytes:
    head = b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84" + kind
    return head + b"\x00" * 40 + codec + b"\x00" * 900


def an_ogg(codec: bytes = b"OpusHead") -> bytes:
    return b"OggS\x00\x02" + b"\x00" * 20 + b"\x01\x13" + codec + b"\x00" * 900


FRAME = b"\xff\xfb\x90\x64" + b"\x00" * 900
TAGGED = b"ID3\x03\x00\x00\x00\x00\x02\x01" + b"\x00" * 257 + FRAME


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (an_mp4(), "talk.mp4", "video/mp4"),
        (an_mp4(b"M4A "), "talk.m4a", "audio/mp4"),
        (an_mp4(b"mp42"), "talk.m4a", "audio/mp4"),
        (a_webm(), "talk.webm", "video/webm"),
        (a_webm(b"A_OPUS"), "talk.webm", "audio/webm"),
        (an_ogg(), "Entretien de Léo.opus", "audio/ogg"),
        (an_ogg(b"\x01vorbis"), "talk.ogg", "audio/ogg"),
        (FRAME, "talk.mp3", "audio/mpeg"),
        (TAGGED, "talk.MP3", "audio/mpeg"),
    ],
)  # fmt: skip
def test_a_recording_is_known_by_what_it_holds_and_kept_as_it_is(app, content, name, media_type):
    kept = accept_recording(sent(content, name))

    with storage().open(kept.sha256) as file:
        assert file.read() == content
    assert (kept.name, kept.media_type, kept.size, kept.is_recording) == (name, media_type, len(content), True)


RECORDING = "Please send a video as MP4 or WebM, or a sound as MP3, M4A, OGG, Opus or WebM."


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<html><script>x</script>", "talk.mp4"),
        (an_mp4(), "talk.html"),
        (an_mp4(), "talk.mp3"),
        (an_mp4(b"qt  "), "talk.mp4"),
        (an_mp4(b"heic"), "talk.mp4"),
        (an_mp4(b"M4A "), "talk.mp4"),
        (a_webm(kind=b"mkv "), "talk.webm"),
        (an_ogg(b"\x80theora"), "talk.ogg"),
        (a_picture(), "talk.mp3"),
        (b"ID3\x03\x00\x00\x7f\x7f\x7f\x7f" + FRAME, "talk.mp3"),
        (b"ID3", "talk.mp3"),
        (b"x", "talk.mp4"),
        (b"%PDF-1.4 slides", "slides.pdf"),
    ],
)  # fmt: skip
def test_what_is_no_recording_says_what_to_send(app, content, name):
    with pytest.raises(Refused, match=re.escape(RECORDING)):
        accept_recording(sent(content, name))


def test_a_recording_is_accepted_only_where_one_is_asked_for(app):
    with pytest.raises(Refused, match=re.escape(KINDS)):
        accept(sent(an_mp4(), "talk.mp4"))


def test_a_recording_is_neither_empty_nor_larger_than_the_setting(app, monkeypatch):
    monkeypatch.setitem(app.config, "RECORDING_MAX_MB", 1)

    for content, told in ((b"", "This file is empty."), (an_mp4(size=1_100_000), "This file is larger than 1 MB.")):
        with pytest.raises(Refused, match=told):
            accept_recording(sent(content, "talk.mp4"))


def test_a_large_recording_never_stands_whole_in_memory(app, tmp_path):
    with (tmp_path / "talk.mp4").open("wb+") as file:
        file.write(an_mp4())
        file.truncate(150_000_000)
        tracemalloc.start()
        kept = accept_recording(FileStorage(file, filename="talk.mp4"))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert (kept.size, most < 5_000_000) == (150_000_000, True)


def test_a_full_disk_refuses_a_recording_in_words_and_leaves_nothing_half_written(app):
    folder = Path(app.instance_path) / "files"
    content = an_mp4(size=3_000_000)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))  # no file may grow beyond: writing fails halfway
    try:
        with pytest.raises(Refused, match="We have no room for files at present"):
            accept_recording(sent(content, "talk.mp4"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert [path for path in folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("asked", "status", "part", "said"),
    [
        ({}, 200, slice(None), None),
        ({"Range": "bytes=0-99"}, 206, slice(0, 100), "bytes 0-99/5028"),
        ({"Range": "bytes=5000-"}, 206, slice(5000, None), "bytes 5000-5027/5028"),
        ({"Range": "bytes=-28"}, 206, slice(5000, None), "bytes 5000-5027/5028"),
        ({"Range": "bytes=9999-"}, 416, None, "bytes */5028"),
        ({"Range": "bytes=0-99", "If-Range": '"another"'}, 200, slice(None), None),
    ],
)
def test_a_recording_is_played_in_parts(app, asked, status, part, said):
    content = an_mp4()
    kept = accept_recording(sent(content, "talk.mp4"))
    db.session.commit()

    with app.test_request_context("/", headers=asked):
        try:
            found = answer(kept)
        except RequestedRangeNotSatisfiable as refused:
            found = app.make_response(app.handle_user_exception(refused))
        body = b"".join(found.iter_encoded()) if part is not None else None
        found.close()

    assert (found.status_code, found.headers.get("Content-Range")) == (status, said)
    if part is not None:
        assert body == content[part]
        assert (found.mimetype, found.headers["Accept-Ranges"]) == ("video/mp4", "bytes")
        assert found.headers["Content-Disposition"] == "inline; filename=talk.mp4"
        assert found.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert found.content_length == len(content[part])


def test_a_private_recording_is_kept_by_no_browser_and_an_unchanged_one_is_not_sent_again(app):
    kept = accept_recording(sent(an_mp4(), "talk.mp4"))
    db.session.commit()

    with app.test_request_context("/"):
        private, public = answer(kept, private=True), answer(kept)
        private.close()
        public.close()
    with app.test_request_context("/", headers={"If-None-Match": public.headers["ETag"]}):
        again = answer(kept)
        again.close()

    assert private.headers["Cache-Control"] == "no-store"
    assert (public.headers["Cache-Control"], again.status_code) == ("private, max-age=3600", 304)
