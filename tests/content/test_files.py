"""Files of entries: judged by content, shown with their entry, and changed by versions like its words."""

import io
import zlib

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage

from galaxy.content import services
from galaxy.content.models import Attachment, Status
from galaxy.core.db import db
from galaxy.core.storage import Refused
from galaxy.solutions.models import Solution
from tests.factories import a_focal_point, a_solution, an_admin


def a_picture(width=1200, height=800, kind="JPEG", **more):
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#246").save(out, kind, **more)
    return out.getvalue()


def sent(content, name):
    return FileStorage(io.BytesIO(content), name)


def a_bomb(width=30_000, height=30_000):
    """A PNG that says it is huge, in a few bytes."""

    def chunk(kind, body):
        crc = zlib.crc32(kind + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + kind + body + crc

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    rows = zlib.compress(b"\x00" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_picture_of_a_draft_is_shown_at_once_and_becomes_its_cover(app):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT)

    services.attach(solution, sent(a_picture(), "pump.jpg"), "A pump", focal)

    assert [(a.caption, a.file.name, a.live) for a in solution.attachments] == [("A pump", "pump.jpg", True)]
    assert solution.cover_id == solution.attachments[0].file_id


def test_a_file_of_a_published_solution_waits_for_an_admin(app, visitor, reader):
    focal = a_focal_point()
    solution = a_solution(author=focal)
    upload = services.attach(solution, sent(a_picture(), "pump.jpg"), "A pump", focal)
    db.session.commit()
    address, own, key = f"/en/content/files/{upload.id}", reader(focal), solution.id

    before = visitor.get(address).status, own.get(address).status
    services.apply_version(db.session.get(Solution, key).waiting)
    after = visitor.get(address).status

    assert (before, after) == ((404, 200), 200)


def test_a_file_taken_away_is_no_longer_open(app, visitor):
    focal = a_focal_point()
    solution = a_solution(author=focal)
    upload = services.attach(solution, sent(b"a;b\n", "table.csv"), "", focal)
    services.apply_version(solution.waiting)
    services.detach(solution, upload.id, focal)
    db.session.commit()
    address, key = f"/en/content/files/{upload.id}", solution.id

    still = visitor.get(address).status
    services.apply_version(db.session.get(Solution, key).waiting)

    assert (still, visitor.get(address).status) == (200, 404)


def test_a_large_picture_is_also_kept_small(app, visitor):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT)
    upload = services.attach(solution, sent(a_picture(3000, 1500), "wide.jpg"), "", focal)
    solution.status = Status.PUBLISHED
    db.session.commit()
    address = f"/en/content/files/{upload.id}"

    sizes = []
    for end in ("", "?small=1"):
        with visitor.client.get(f"{address}{end}") as answer:
            sizes.append(Image.open(io.BytesIO(answer.data)).size)

    assert sizes == [(2000, 1000), (640, 320)]


def test_files_are_answered_so_that_nothing_in_them_runs(app, visitor):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT)
    upload = services.attach(solution, sent(b"<script>alert(1)</script>", "x.txt"), "", focal)
    solution.status = Status.PUBLISHED
    db.session.commit()

    headers = visitor.get(f"/en/content/files/{upload.id}").response.headers

    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (headers["X-Content-Type-Options"], headers["Content-Disposition"]) == (
        "nosniff",
        "attachment; filename=x.txt",
    )


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "empty.pdf", "This file is empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.svg", "Please send a PDF"),
        (b"<html><script>alert(1)</script></html>", "page.jpg", "Please send a PDF"),
        (b"MZ\x90\x00 a programme", "report.pdf", "Please send a PDF"),
        (b"%PDF-1.4 in the wrong clothes", "table.docx", "Please send a PDF"),
        (b"\x00\x01\x02", "notes.txt", "Please send a PDF"),
        (a_picture()[:200], "cut.jpg", "This picture cannot be read"),
        (a_bomb(), "bomb.png", "This picture"),
    ],
)
def test_what_is_not_what_it_says_is_refused_with_advice(app, content, name, words):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT)

    with pytest.raises(Refused) as refused:
        services.attach(solution, sent(content, name), "", focal)

    assert str(refused.value).startswith(words)


def test_twenty_files_are_enough(app):
    app.config["FILES_PER_ENTRY"], focal = 2, a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT)
    for number in range(2):
        services.attach(solution, sent(b"words", f"{number}.txt"), "", focal)

    with pytest.raises(Refused) as refused:
        services.attach(solution, sent(b"words", "more.txt"), "", focal)

    app.config["FILES_PER_ENTRY"] = 20
    assert str(refused.value) == "An entry has at most 2 files. Take one away first."


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\notes.txt", "notes.txt"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie x.txt"),
        ("‮gpj.txt", "gpj.txt"),
        ("Étude des puits.txt", "Étude des puits.txt"),
        ("الآبار.txt", "الآبار.txt"),
    ],
)
def test_names_keep_their_script_and_lose_their_tricks(app, given, kept):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT)

    services.attach(solution, sent(b"words", given), "", focal)

    assert solution.attachments[0].file.name == kept


def test_a_focal_point_adds_captions_orders_and_takes_away(app, reader):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT)
    key, own, at = solution.id, reader(focal), f"/en/content/{solution.ref}/files"

    own.send(at, file=(io.BytesIO(a_picture()), "pump.jpg"), caption="A pump", act="save")
    own.send(at, file=(io.BytesIO(b"a;b"), "wells.csv"), caption="The wells", act="save")
    (pump, wells) = [a.id for a in db.session.query(Attachment).order_by(Attachment.id)]
    own.send(at, **{f"caption-{pump}": "The first pump", f"place-{pump}": "2", f"place-{wells}": "1", "act": "save"})
    arranged = [(a.caption, a.file.name) for a in db.session.get(Solution, key).attachments]
    page = own.send(at, act=f"remove:{pump}")

    assert arranged == [("The wells", "wells.csv"), ("The first pump", "pump.jpg")]
    assert page.all("main fieldset.row > legend") == ["wells.csv", "Add a file"]


def test_a_refused_file_is_told_and_its_caption_kept(app, reader):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT)
    own, at = reader(focal), f"/en/content/{solution.ref}/files"

    page = own.send(at, file=(io.BytesIO(b"MZ\x90"), "x.exe"), caption="My file", act="save")

    assert page.errors == ["Please send a PDF, an office document, a text, a CSV table or an image."]
    assert page.form("main form.form")["caption"] == "My file"


def test_anothers_file_is_not_there(app, reader):
    focal, stranger, admin = a_focal_point(), a_focal_point("FJI"), an_admin()
    solution = a_solution(author=focal, status=Status.DRAFT)
    upload = services.attach(solution, sent(b"words", "a.txt"), "", focal)
    db.session.commit()
    at = f"/en/content/files/{upload.id}"
    readers = [reader(user) for user in (None, stranger, focal, admin)]

    assert [each.get(at).status for each in readers] == [404, 404, 200, 200]
