"""A site with content of every kind, the same each time, and people who have signed in to it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask

from benchmarks import corpus
from galaxy import create_app
from galaxy.accounts.models import Body, BodyKind, Mandate, MandateStatus, User
from galaxy.content.models import Entry, Link, Relation, Status
from galaxy.core.db import REF_LENGTH, Base, db, now
from galaxy.directory.models import Organisation
from galaxy.moderation.models import Case
from galaxy.notifications.models import Notification
from galaxy.reference.countries import OFFERED
from galaxy.search import index
from galaxy.solutions.models import Adaptation, Evidence, Solution

SETTINGS = {"NUDGE": False, "LIMITS": False, "DATABASE_URL": "", "SITE_URL": "https://galaxy.example"}
WITHOUT_0_AND_1 = str.maketrans("01", "xy")
TENTH, TWENTIETH = 10, 20  # every tenth entry is an organisation, every twentieth an adaptation
AT_ONCE = 500
WAITING = 60


class Everything(set[int]):
    """Entries of which each is promised to the index already: it is built in one go at the end."""

    def __contains__(self, _id: object) -> bool:
        return True


@contextmanager
def a_site(size: int, kept: str = "") -> Iterator[Flask]:
    """The app with so many published entries, indexed; gone afterwards unless a folder keeps it."""
    with TemporaryDirectory(prefix="galaxy-bench-") as passing:
        folder = Path(kept, str(size)) if kept else Path(passing)
        begun = (folder / "galaxy.db").exists()
        app = create_app(folder, **SETTINGS)
        with app.app_context():
            if not begun:
                build(size)
        yield app
        with app.app_context():
            db.engine.dispose()


def build(size: int) -> None:
    """Everything that a site has."""
    Base.metadata.create_all(db.engine)
    people()
    fill(size, mixed)
    queue()
    index.rebuild()
    db.session.remove()


def fill(size: int, kind: Callable[[corpus.Text], Entry]) -> None:
    """Put the corpus into the database, each text as an entry of the kind made of it."""
    for written in corpus.entries(size):
        entry = kind(written)
        entry.ref = f"{written.number:0{REF_LENGTH}d}".translate(WITHOUT_0_AND_1)
        entry.title, entry.summary, entry.language = written.title, written.summary, written.language
        entry.status, entry.published_at = Status.PUBLISHED, written.published_at
        for scheme in ("country", "sdg", "sector"):
            entry.set_codes(scheme, {"country": written.countries, "sdg": written.sdgs}.get(scheme, written.sectors))
        db.session.info["indexed"] = Everything()
        db.session.add(entry)
        if not written.number % AT_ONCE:
            db.session.commit()
            db.session.expunge_all()
    db.session.commit()


def solution(written: corpus.Text) -> Entry:
    """All of the text under its challenge."""
    return Solution(challenge=written.body)


def mixed(written: corpus.Text) -> Entry:
    """An organisation, an adaptation of the solution before, or a solution with a body, its text in three parts."""
    if written.number % TENTH == 0:
        return Organisation()
    if written.number % TWENTIETH == 1 and written.number > 1:
        link = Link(from_id=written.number, relation=Relation.ADAPTS, to_id=written.number - 2)
        db.session.flush()
        db.session.add(link)
        return Adaptation(id=written.number, changes=written.body)
    third = len(written.body) // 3
    return Solution(
        challenge=written.body[:third],
        approach=written.body[third : 2 * third],
        results=written.body[2 * third :],
        body_id=written.number % 50 + 1,
        author_id=1,
        evidence=list(Evidence)[written.number % 4],
        evidence_source="https://example.org/report",
        confirmed_at=written.published_at,
    )


def people() -> None:
    """Fifty focal points' bodies; a focal point and an admin with news to read."""
    focal = User(email="focal@example.org", name="A focal point", confirmed_at=now(), language="en")
    admin = User(
        email="admin@example.org",
        name="An admin",
        confirmed_at=now(),
        appointed=True,
        tf_primary_method="authenticator",
    )
    bodies = [
        Body(kind=BodyKind.NATIONAL, name=f"Focal point of {country.name('en')}", country=country.code)
        for country in OFFERED[:50]
    ]
    db.session.add_all([focal, admin, *bodies])
    db.session.flush()
    start = now().date() - timedelta(days=30)
    db.session.add(Mandate(user=focal, body=bodies[0], status=MandateStatus.VERIFIED, starts_on=start))
    db.session.add_all(Notification(user=user, verb="published", facts={}) for user in (focal, admin) for _ in range(5))
    db.session.commit()


def queue() -> None:
    """Entries that wait for an admin, of the focal point's body."""
    db.session.info["indexed"] = Everything()
    for number in range(WAITING):
        entry = Solution(title=f"Waiting {number}", status=Status.SUBMITTED, author_id=1, body_id=1, submitted_at=now())
        entry.set_codes("country", ["BFA"])
        db.session.add_all([entry, Case(entry=entry, submitted_by_id=1)])
    db.session.commit()


def cookie(app: Flask, email: str) -> str:
    """What the browser of somebody who has signed in sends."""
    client = app.test_client()
    user = db.session.query(User).filter_by(email=email).one()
    with client.session_transaction() as session:
        session.update({"_user_id": user.fs_uniquifier, "_fresh": True, "fs_cc": "set", "identity": None})
    kept = client.get_cookie("galaxy") or client.get_cookie("session")
    assert kept is not None
    return f"{kept.key}={kept.value}"
