"""How many entries have the vectors that they should have."""

from typing import Any

from flask import current_app
from sqlalchemy import Select, and_, func, or_, select

from galaxy.content.models import Entry, Status
from galaxy.core.db import db
from galaxy.search.meaning import passages
from galaxy.search.meaning.embedders import Embedder
from galaxy.search.models import Vectors


def waiting(model: Embedder) -> Select[int]:
    """The ids of published entries without vectors of a model, or with such of another text or cut; newest first."""
    has = and_(Vectors.entry_id == Entry.id, Vectors.model == model.name)
    lacking = or_(Vectors.entry_id.is_(None), ~Vectors.digest.startswith(passages.rules(model.most), autoescape=True))
    published = Entry.status == Status.PUBLISHED
    return (
        select(Entry.id).outerjoin(Vectors, has).where(published, lacking).order_by(Entry.published_at.desc(), Entry.id)
    )


def status() -> dict[str, Any]:
    """For each model how many entries have vectors and how many wait for them; `vectors_pending` counts the latter."""
    published = db.session.scalar(select(func.count(Entry.id)).where(Entry.status == Status.PUBLISHED)) or 0
    meaning = current_app.extensions["meaning"]
    models = []
    for model in meaning.models:
        wait = db.session.scalar(select(func.count()).select_from(waiting(model).order_by(None).subquery())) or 0
        made = published - wait
        models.append(
            {
                "name": model.name,
                "entries": made,
                "pending": wait,
                "coverage": round(made / published, 4) if published else 1.0,
            }
        )
    return {
        "vectors_pending": sum(model["pending"] for model in models),
        "models": models,
        "meaning": meaning.trouble(),
    }
