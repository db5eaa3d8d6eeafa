"""How near entries are to a question, by every model there is."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Thread
from typing import Any

import structlog
from flask import Flask, current_app

from galaxy.search import text
from galaxy.search.meaning import embedders
from galaxy.search.meaning.embedders import Embedder, Floats, Silent
from galaxy.search.meaning.mapped import Mapped
from galaxy.search.meaning.matrices import Similar
from galaxy.search.meaning.pgvector import Pgvector
from galaxy.search.meaning.remote import Remote
from galaxy.search.meaning.stores import Store
from galaxy.search.neutral import neutral

LONGEST = 300
"""Letters of a question that a model reads."""
CACHED = 2_000
NO_MODEL = "no model of meaning is installed, or GALAXY_MEANING is off: search knows words only"
CHINESE, ARABIC = 2.6, 1.2
"""Letters that a Chinese sign counts for, and an Arabic letter, beside which vowels are mostly not written: by this
models cut all languages into about as many pieces."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Near:
    """The entries nearest to a question, and those asked for, as each model sees them."""

    models: tuple[str, ...] = ()
    """Those that took part."""
    usual: Mapping[str, tuple[float, float, int]] = field(default_factory=dict)
    """For each model mean and deviation of `best` over a sample of all entries, and how many these are."""
    entries: Mapping[int, Mapping[str, Similar]] = field(default_factory=dict)
    """For each entry what the models say; one that has no vector of it says nothing."""
    asked: Mapping[str, Floats] = field(default_factory=dict)
    """The question's vector by each model, less what only tells its language."""
    pieces: float = 0.0
    """Pieces a letter that the question is cut into: many where it is hardly made of words, 0 where none tells."""


class Meaning:
    """The models of an app and where their vectors are compared."""

    def __init__(self, models: list[Embedder], store: Store) -> None:
        self.models = models
        self.store = store
        self.vector = lru_cache(CACHED)(self._vector)
        self.warm = False

    def read(self) -> None:
        """Let each model read what it needs."""
        for model in self.models:
            with suppress(Exception):  # it is told when somebody asks
                model.question(".")

    def trouble(self) -> str:
        """Why there is none, or less than there should be; empty where all is well."""
        if not self.models:
            return NO_MODEL
        return next(filter(None, (model.trouble() for model in self.models)), "") or self.store.trouble()

    def _vector(self, model: str, words: str) -> Floats:
        return next(each for each in self.models if each.name == model).question(words)


def meaning() -> Meaning:
    """The models of this app."""
    found: Meaning = current_app.extensions["meaning"]
    return found


def init_app(app: Flask) -> None:
    """Give the app its models, if it may have any."""
    app.extensions["meaning"] = Meaning(models_for(app.config, Path(app.instance_path) / "models"), store_for(app))
    app.before_request(warm)


def warm() -> None:
    """With its first request a web process begins to read its models, so that the first question need not wait."""
    found = meaning()
    if found.models and not found.warm:
        found.warm = True
        Thread(target=found.read, daemon=True).start()


def models_for(settings: Mapping[str, Any], folder: Path | None = None) -> list[Embedder]:
    """The model of the server that is named, or those of this machine; none where meaning is not wanted."""
    if not settings["MEANING"]:
        return []
    if url := settings["EMBEDDINGS_URL"]:
        return [Remote(url, settings["EMBEDDINGS_MODEL"], settings["EMBEDDINGS_KEY"])]
    return embedders.local(folder)


def store_for(app: Flask) -> Store:
    """Where vectors are compared: in PostgreSQL beside PostgreSQL, else in files."""
    files = Mapped(Path(app.instance_path) / "vectors")
    return Pgvector(files) if app.config["DATABASE_URL"].startswith("postgresql") else files


def nearest(words: str, most: int = 200, among: Collection[int] = ()) -> Near:
    """The entries nearest to a question, so many for each model, and those named.

    Empty without a model or vectors; a model that fails is left out.
    """
    asked = vectors(words)
    store = meaning().store
    told = {model: dict(store.nearest(model, question, most)) if most else {} for model, question in asked.items()}
    ids = set(among).union(*told.values())
    for model, similar in told.items():
        similar |= store.similar(model, asked[model], ids - similar.keys())
    told = {model: similar for model, similar in told.items() if similar}
    entries: dict[int, dict[str, Similar]] = {}
    for model, similar in told.items():
        for entry_id, one in similar.items():
            entries.setdefault(entry_id, {})[model] = one
    usual = {model: store.usual(model, asked[model]) for model in told}
    return Near(tuple(told), usual, entries, asked, pieces(words, meaning().models))


def vectors(words: str) -> dict[str, Floats]:
    """What each model that answers makes of a question, the same in either Chinese script and without vowel signs."""
    words = text.bare(text.simplified(" ".join(text.clean(words, LONGEST).split())))
    if not words:
        return {}
    found = {}
    for model in meaning().models:
        try:
            found[model.name] = neutral(model.name, meaning().vector(model.name, words))
        except Silent:
            continue
        except Exception:  # search goes on with words, whatever a model does
            log.exception("model failed", model=model.name)
    return found


def pieces(words: str, models: Iterable[Embedder]) -> float:
    """Pieces a letter beyond the first that models cut a question into; 0 where none tells."""
    words = text.bare(text.clean(words, LONGEST))
    letters = sum(_weight(letter) for letter in words if letter.isalnum())
    count = max((model.pieces(words) for model in models), default=0)
    return max(count - 1, 0) / letters if letters else 0.0


def _weight(letter: str) -> float:
    """How many letters of an alphabet with vowels a letter stands for."""
    return CHINESE if text.is_cjk(letter) else ARABIC if "\u0600" <= letter <= "\u06ff" else 1


def version() -> str:
    """Changes whenever other vectors are compared."""
    store = meaning().store
    return " ".join(f"{model.name} {store.version(model.name, model.dimensions)}" for model in meaning().models)
