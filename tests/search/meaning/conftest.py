"""The models, each read once; vectors are made as the worker would."""

import pytest
from sqlalchemy import text

from galaxy.core.db import db
from galaxy.search.meaning import embedders
from galaxy.search.meaning.nearness import Meaning, store_for

MODELS = embedders.local()


def with_models(app, models):
    """The app with these models and a store that has seen nothing, beside which a worker has begun."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
        db.session.commit()
    before = app.extensions["meaning"]
    app.extensions["meaning"] = Meaning(models, store_for(app))
    return before


def look_again(store):
    """As if a second had passed."""
    getattr(store, "files", store)._looked.clear()


@pytest.fixture
def meaning(app):
    """All models of this machine are at hand."""
    before = with_models(app, MODELS)
    yield app.extensions["meaning"]
    app.extensions["meaning"] = before


@pytest.fixture
def quick(app):
    """The quick model alone."""
    before = with_models(app, MODELS[:1])
    yield app.extensions["meaning"]
    app.extensions["meaning"] = before
