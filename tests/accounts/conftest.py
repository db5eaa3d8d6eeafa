"""Mails as they arrive, and the codes an authenticator app shows."""

import base64
import hashlib
import hmac
import re
import struct
from email import message_from_bytes, policy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from galaxy.core import jobs


@pytest.fixture
def mails(app: Flask) -> Any:
    """Deliver what is promised, and give the mails that have come since the last time."""
    seen: set[Path] = set()

    def arrive() -> list[SimpleNamespace]:
        jobs.work()
        fresh = sorted(set((Path(app.instance_path) / "mail").glob("*.eml")) - seen)
        seen.update(fresh)
        return [opened(file.read_bytes()) for file in fresh]

    return arrive


def opened(content: bytes) -> SimpleNamespace:
    """A mail: whom it is for, its subject, its text, its HTML, and the path of the first link in it."""
    message = message_from_bytes(content, policy=policy.default)
    text, html = (message.get_body([kind]).get_content() for kind in ("plain", "html"))
    links = re.findall(r"http://localhost(/\S*)", text)
    return SimpleNamespace(
        to=message["To"], subject=message["Subject"], text=text, html=html, link=links[0] if links else None
    )


def totp(key: str, moment: float) -> str:
    """The code an authenticator app shows for a key at a moment, by RFC 6238: SHA-1, 30 seconds, six digits."""
    letters = key.replace(" ", "").replace("-", "").upper()
    secret = base64.b32decode(letters + "=" * (-len(letters) % 8))
    digest = hmac.new(secret, struct.pack(">Q", int(moment) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"
