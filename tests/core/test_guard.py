"""How much a request may send: more only where a view takes recordings, and never into memory."""

import io
import resource
import signal

import pytest
from flask import request
from flask_wtf.csrf import generate_csrf

from galaxy import create_app
from galaxy.core.access import admit, anyone, signed_in
from galaxy.core.db import Base, db
from galaxy.core.guard import takes
from galaxy.core.schema import import_models
from tests.conftest import SETTINGS
from tests.factories import a_user
from tests.readers import Reader

MB = 1024 * 1024
MULTIPART = "multipart/form-data; boundary=x"


@pytest.fixture
def site(tmp_path):
    """An app with a view that takes recordings and one that does not; who has signed in to it."""
    app = create_app(tmp_path / "instance", **SETTINGS, RECORDING_MAX_MB=20)
    app.get("/token")(admit(anyone)(lambda: generate_csrf()))
    app.post("/plain", endpoint="plain")(admit(signed_in)(lambda: received()))
    app.post("/recording", endpoint="recording")(admit(signed_in)(takes("RECORDING_MAX_MB")(lambda: received())))
    import_models()
    with app.app_context():
        Base.metadata.create_all(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


def received() -> str:
    """How large the file is that was sent, and where it waits."""
    stream = request.files["file"].stream
    place = "memory" if isinstance(stream, io.BytesIO) or getattr(stream, "_rolled", None) is False else "disk"
    return f"{stream.seek(0, io.SEEK_END)} {place}"


def send(reader: Reader, path: str, size: int, words: str = "") -> tuple[int, str]:
    """Send a file so large, as a browser would; what is answered."""
    fields = {"csrf_token": reader.get("/token").text, "words": words}
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{said}' for name, said in fields.items()]
    parts.append('--x\r\nContent-Disposition: form-data; name="file"; filename="talk.mp4"\r\n\r\n')
    body = "\r\n".join(parts).encode() + bytes(size) + b"\r\n--x--\r\n"
    page = reader.open(path, "POST", input_stream=io.BytesIO(body), content_type=MULTIPART)
    return page.status, page.text if page.status == 200 else ""


def announce(reader: Reader, path: str, size: int) -> int:
    """What is answered to who begins to send so much."""
    said = {"CONTENT_LENGTH": str(size), "CONTENT_TYPE": MULTIPART}
    return reader.open(path, "POST", environ_overrides=said).status


def test_only_who_has_signed_in_sends_a_recording_and_only_where_one_is_taken(site):
    awa, visitor = Reader(site, a_user()), Reader(site)

    assert send(awa, "/recording", 19 * MB) == (200, f"{19 * MB} disk")
    assert announce(awa, "/recording", 33 * MB) == 413
    assert announce(awa, "/plain", 13 * MB) == 413
    assert announce(visitor, "/recording", 13 * MB) == 413


def test_words_are_bounded_beside_a_recording_as_everywhere(site):
    assert send(Reader(site, a_user()), "/recording", MB, words="x" * (2 * MB + 1))[0] == 413


def test_a_recording_without_a_token_is_not_taken(site):
    awa = Reader(site, a_user())
    awa.get("/token")

    assert awa.open("/recording", "POST", data={"file": (io.BytesIO(b"x"), "talk.mp4")}).status == 302


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Werkzeug lets half a file go unclosed
def test_where_a_recording_finds_no_room_while_it_arrives_its_sender_is_told(site):
    awa = Reader(site, a_user())
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10 * MB, limits[1]))  # no file may grow beyond: writing fails halfway
    try:
        status = send(awa, "/recording", 15 * MB)[0]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert status == 507
