"""Pages become PDF, with words in many scripts, and reach for nothing beyond themselves."""

import io
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from pypdf import PdfReader

from galaxy.core import pdf

DOT = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/%3E"


@pytest.fixture
def asked():
    """What a web server of this machine is asked for; its address is the first."""
    asked: list[str] = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """In silence."""

    server = HTTPServer(("127.0.0.1", 0), Listening)
    Thread(target=server.serve_forever, daemon=True).start()
    asked.append(f"http://127.0.0.1:{server.server_port}")
    yield asked
    server.shutdown()
    server.server_close()


@pytest.mark.skipif(not pdf.can_print(), reason="Pango is not installed")
def test_a_page_is_printed_with_its_words():
    printed = pdf.write_pdf(f'<html lang=fr><title>Attestation</title><h1>Aïssata Ouédraogo</h1><img src="{DOT}">')

    read = PdfReader(io.BytesIO(printed))
    assert [page.extract_text().strip() for page in read.pages] == ["Aïssata Ouédraogo"]
    assert read.metadata.title == "Attestation"


@pytest.mark.skipif(not pdf.can_print(), reason="Pango is not installed")
def test_a_page_reaches_neither_the_network_nor_a_file(asked, tmp_path):
    site = asked.pop()
    secret = tmp_path / "secret.css"
    secret.write_text("body::before { content: 'secret' }")
    tries = (
        f"<link rel=stylesheet href='{site}/a.css'><img src='{site}/b.png'>"
        f"<style>@import '{site}/c.css'; @import 'file://{secret}'; body {{ background: url('{site}/d.png') }}"
        f"@font-face {{ font-family: x; src: url('{site}/e.woff') }} p {{ font-family: x }}</style>"
        f"<link rel=stylesheet href='file://{secret}'><link rel=attachment href='file://{secret}'>"
        f"<object data='{site}/f.svg'></object><img src=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'"
        f" width='9' height='9'%3E%3Cimage href='{site}/g.png' width='9' height='9'/%3E%3C/svg%3E\"><p>Words</p>"
    )

    printed = pdf.write_pdf(tries)

    read = PdfReader(io.BytesIO(printed))
    assert (asked, read.pages[0].extract_text().strip(), dict(read.attachments)) == ([], "Words", {})


def test_nothing_is_printed_where_libraries_are_missing(monkeypatch):
    monkeypatch.setattr(pdf.importlib, "import_module", broken)
    pdf.weasyprint.cache_clear()
    try:
        assert (pdf.can_print(), pdf.write_pdf("<p>Words")) == (False, None)
    finally:
        pdf.weasyprint.cache_clear()


def broken(_name: str) -> None:
    raise OSError("cannot load library 'libpango-1.0-0'")


def test_the_app_begins_without_it():
    said = subprocess.run(
        [sys.executable, "-c", "import sys, galaxy, galaxy.core.pdf; print('weasyprint' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout.split() == ["False"]
