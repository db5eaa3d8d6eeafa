"""Files are judged by what they hold, and kept without what they hide."""

import io
import time
from pathlib import Path

import pytest
import time_machine
from PIL import Image
from werkzeug.datastructures import FileStorage

from galaxy.core.db import db
from galaxy.core.storage import Refused, accept, storage, sweep_orphans


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
