"""CPU and memory of comparing vectors: random ones, eight passages an entry, in mapped files."""

import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from galaxy.search.meaning.embedders import Floats
from galaxy.search.meaning.matrices import Matrix, axis_of, coded, quantised, words_for

PASSAGES = 8
MODELS = {"use": 512, "e5": 384}
SIZES = (20_000, 100_000)


def main() -> None:
    print(f"{'entries':>8} {'model':6} {'nearest':>9} {'similar':>9} {'files':>8} {'anonymous':>10} {'resident':>9}")
    for size in [int(size) for size in sys.argv[1:]] or SIZES:
        for model, dimensions in MODELS.items():
            with tempfile.TemporaryDirectory() as folder:
                measure(size, model, dimensions, Path(folder))


def measure(size: int, model: str, dimensions: int, folder: Path) -> None:
    """One line of the table: milliseconds of CPU for the nearest 200, and for how near 400 entries are; megabytes."""
    chance = np.random.default_rng(5)
    write(folder, size, dimensions, chance)
    matrix = Matrix.mapped(folder)
    questions = units(chance, 100, dimensions)
    places = np.sort(chance.choice(size, 400, replace=False))
    nearest = [cpu(matrix.nearest, question, 200) for question in questions]
    similar = [cpu(matrix.similar, question, places) for question in questions]
    files = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    anonymous, resident = memory()
    print(
        f"{size:8} {model:6} {median(nearest):6.1f} ms {median(similar):6.1f} ms {files:5.0f} MB"
        f" {anonymous:7.0f} MB {resident:6.0f} MB"
    )


def write(folder: Path, size: int, dimensions: int, chance: np.random.Generator) -> None:
    """A generation as the worker writes it, in pieces."""
    count, at_once = size * PASSAGES, 20_000
    axis = axis_of(units(chance, 1_000, dimensions))
    open_as = np.lib.format.open_memmap
    rows = open_as(folder / "rows.npy", mode="w+", dtype=np.int8, shape=(count, dimensions))
    scales = open_as(folder / "scales.npy", mode="w+", dtype=np.float32, shape=(count,))
    signs = open_as(folder / "signs.npy", mode="w+", dtype=np.uint64, shape=(words_for(dimensions), count))
    along, lengths = (
        open_as(folder / f"{name}.npy", mode="w+", dtype=np.float32, shape=(count,)) for name in ("along", "lengths")
    )
    for at in range(0, count, at_once):
        some = units(chance, min(at_once, count - at), dimensions)
        rows[at : at + at_once], scales[at : at + at_once] = quantised(some)
        signs[:, at : at + at_once], along[at : at + at_once], lengths[at : at + at_once] = coded(some, axis)
    starts = np.arange(size + 1, dtype=np.int64) * PASSAGES
    arrays: dict[str, Any] = {"ids": starts[1:], "made": np.zeros(size), "starts": starts, "axis": axis}
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)


def units(chance: np.random.Generator, count: int, dimensions: int) -> Floats:
    found = chance.standard_normal((count, dimensions), dtype=np.float32)
    units: Floats = found / np.linalg.norm(found, axis=1, keepdims=True)
    return units


def cpu(act: Callable[..., object], *args: Any) -> float:
    """Milliseconds of CPU, the system's for this process included."""
    before = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    act(*args)
    return 1000 * (sum(resource.getrusage(resource.RUSAGE_SELF)[:2]) - before)


def memory() -> tuple[float, float]:
    """Megabytes of this process that are its own, and all it has at hand, mapped files included."""
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return tuple(int(told[name].split()[0]) / 1000 for name in ("RssAnon", "VmRSS"))  # type: ignore[return-value]


if __name__ == "__main__":
    main()
