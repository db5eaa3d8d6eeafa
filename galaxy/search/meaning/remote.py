"""A model behind a server that speaks OpenAI's `/v1/embeddings`; while it does not answer, search knows words only."""

import json
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import structlog

from galaxy.search.meaning.embedders import Floats, Silent

QUESTION_SECONDS = 2.0
BATCH_SECONDS = 60.0
SILENT_SECONDS = 30.0
"""After a failure, for how long nobody waits for the server."""
ASKED_AGAIN = 60.0
AT_ONCE = 16
LARGEST_ANSWER = 150_000
"""Bytes for one text: four thousand components as JSON, and some more."""
REFUSED = {400, 413, 422}
PROBE = "water"

log = structlog.get_logger()


class Refused(Exception):
    """The server answers, and will not take this text."""


class Remote:
    """The model of a server. Its key is sent to that server alone, and stands in no log."""

    most = 6

    def __init__(self, url: str, model: str, key: str) -> None:
        self.name = f"remote {model or 'default'}"
        self.dimensions = 0  # as its first answer says
        self._url = urlsplit(url if "//" in url else f"http://{url}")
        self._model, self._key = model, key
        self._silent_until = self._answered = float("-inf")
        self._why = ""

    def passages(self, texts: Sequence[str]) -> Floats:
        """Their vectors, one a row, of unit length."""
        pieces = [texts[at : at + AT_ONCE] for at in range(0, len(texts), AT_ONCE)]
        try:
            return np.concatenate([self._asked(piece, BATCH_SECONDS) for piece in pieces])
        except Refused:
            self._asked([PROBE], BATCH_SECONDS)  # where it takes nothing at all, the text is not to blame
            raise

    def question(self, text: str) -> Floats:
        """The vector of a question, of unit length."""
        found: Floats = self._asked([text], QUESTION_SECONDS)[0]
        return found

    def pieces(self, text: str) -> int:
        """It does not tell."""
        return 0

    def trouble(self) -> str:
        """Why it does not answer; empty where it does."""
        if time.monotonic() - self._answered < ASKED_AGAIN:
            return ""
        try:
            self.question(PROBE)
        except Silent as reason:
            return str(reason)
        return ""

    def _asked(self, texts: Sequence[str], seconds: float) -> Floats:
        if time.monotonic() < self._silent_until:
            raise Silent(self._why)
        try:
            found = self._understood(self._answer(texts, seconds), len(texts))
        except Refused as reason:
            if list(texts) != [PROBE]:
                raise
            raise self._fallen_silent(reason) from None
        except (OSError, HTTPException, ValueError, LookupError, TypeError, AttributeError, RecursionError) as reason:
            raise self._fallen_silent(reason) from None
        self._answered = time.monotonic()
        return found

    def _fallen_silent(self, reason: Exception) -> Silent:
        self._silent_until, self._answered = time.monotonic() + SILENT_SECONDS, float("-inf")
        self._why = f"the embeddings server does not answer as it should: {reason or type(reason).__name__}"[:300]
        log.warning("embeddings server", reason=self._why)
        return Silent(self._why)

    def _answer(self, texts: Sequence[str], seconds: float) -> bytes:
        """What the server says within so many seconds, all in all."""
        kind = HTTPSConnection if self._url.scheme == "https" else HTTPConnection
        connection = kind(self._url.hostname or "", self._url.port, timeout=seconds)
        headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "Galaxy"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        body = json.dumps({"model": self._model, "input": list(texts)}).encode()
        connection.connect()
        limit = Timer(seconds, _hang_up, [connection.sock])  # a timeout of the socket counts anew with each byte
        limit.daemon = True
        limit.start()
        try:
            connection.request("POST", self._path(), body, headers)
            answer = connection.getresponse()
            largest = LARGEST_ANSWER * len(texts)
            said = answer.read(largest + 1)
            if answer.status in REFUSED:
                raise Refused(f"it says {answer.status}")
            if answer.status != 200:
                raise ValueError(f"it says {answer.status}")
            if len(said) > largest:
                raise ValueError("its answer is too long")
            return said
        finally:
            limit.cancel()
            connection.close()

    def _path(self) -> str:
        path = self._url.path.rstrip("/")
        if not path.endswith("/embeddings"):
            path = f"{path or '/v1'}/embeddings"
        return f"{path}?{self._url.query}" if self._url.query else path

    def _understood(self, said: bytes, count: int) -> Floats:
        rows: list[Any] = sorted(json.loads(said)["data"], key=lambda row: row.get("index", 0))
        if len(rows) != count:
            raise ValueError(f"it gave {len(rows)} vectors for {count} texts")
        vectors = np.array([row["embedding"] for row in rows], dtype=np.float64)
        if vectors.ndim != 2 or not vectors.shape[1]:
            raise ValueError("it gave no vectors")
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not ((lengths > 1e-9) & (lengths < 1e9)).all():  # nor is NaN between them
            raise ValueError("it gave what are no numbers")
        if self.dimensions not in {0, vectors.shape[1]}:
            raise ValueError(f"it gave {vectors.shape[1]} dimensions in place of {self.dimensions}")
        self.dimensions = vectors.shape[1]
        found: Floats = (vectors / lengths).astype(np.float32)
        return found


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
