"""How solutions are found: the newest, one's own, and who adapted which."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Select, func, literal, or_, select
from sqlalchemy.orm import joinedload, selectinload

from galaxy.accounts.models import User
from galaxy.content.models import VISIBLE, Entry, Link, Relation, Status, Version
from galaxy.content.queries import linked
from galaxy.core.db import db
from galaxy.reference.names import fold
from galaxy.solutions.models import Adaptation, Solution

PUBLISHED = (Entry.kind == Solution.__mapper__.polymorphic_identity, Entry.status == Status.PUBLISHED)
"""Said of the table all kinds share, whose index counts them and has them in order."""
DEEPEST, WIDEST = 8, 200  # of a family tree


def published() -> Select[Solution]:
    """What the public may see, newest first, each with its body."""
    return (
        select(Solution)
        .where(*PUBLISHED)
        .options(joinedload(Solution.body))
        .order_by(Entry.published_at.desc(), Entry.id.desc())
    )


def published_count() -> int:
    """How many solutions the public may see."""
    return db.session.scalar(select(func.count(Entry.id)).where(*PUBLISHED)) or 0


_standing = selectinload(Entry.versions).load_only(Version.number, Version.status)


def mine(user: User) -> list[Entry]:
    """Solutions and adaptations this person may write: their own, and those of the bodies they act for."""
    bodies = [body.id for body in user.bodies]
    own = or_(Entry.body_id.in_(bodies), (Entry.author_id == user.id) & Entry.body_id.is_(None))
    kinds = Entry.kind.in_([Solution.__mapper__.polymorphic_identity, Adaptation.__mapper__.polymorphic_identity])
    rows = select(Entry).where(own, kinds).options(joinedload(Entry.body), _standing)
    return list(db.session.scalars(rows.order_by(Entry.updated_at.desc(), Entry.id.desc()).limit(300)).unique())


@dataclass(frozen=True)
class Relative:
    """A place in a family tree: an entry, and what was made of it."""

    entry: Entry
    children: list["Relative"] = field(default_factory=list)


def family(entry: Entry) -> Relative:
    """What was adapted from an entry, and from that again: only what the public may see, oldest first."""
    pairs = _descent(entry.id)
    found = {each.id: Relative(each) for each in _visible({child for child, _parent in pairs})}
    root = Relative(entry)
    placed = {entry.id}
    for child, parent in pairs:
        above = root if parent == entry.id else found.get(parent)
        if child in found and child not in placed and above:
            above.children.append(found[child])
            placed.add(child)
    return root


def _descent(root: int) -> list[tuple[int, int]]:
    """Pairs of child and parent below an entry, the nearest first, however the links may circle."""
    tree = (
        select(Link.from_id, Link.to_id, literal(1).label("depth"))
        .where(Link.to_id == root, Link.relation == Relation.ADAPTS)
        .cte("tree", recursive=True)
    )
    below = (
        select(Link.from_id, Link.to_id, tree.c.depth + 1)
        .join(tree, Link.to_id == tree.c.from_id)
        .where(Link.relation == Relation.ADAPTS, tree.c.depth < DEEPEST)
    )
    tree = tree.union(below)
    rows = select(tree.c.from_id, tree.c.to_id).order_by(tree.c.depth, tree.c.from_id).limit(WIDEST)
    return [(child, parent) for child, parent in db.session.execute(rows) if child != root]


def _visible(ids: Iterable[int]) -> list[Entry]:
    rows = select(Entry).where(Entry.id.in_(list(ids)), Entry.status.in_(VISIBLE)).options(joinedload(Entry.body))
    return list(db.session.scalars(rows)) if ids else []


def parent(entry: Entry) -> Entry | None:
    """What an entry was adapted from."""
    return next(iter(linked(entry, Relation.ADAPTS)), None)


def implementers(entry: Entry) -> dict[str, Entry]:
    """The public profiles of the organisations that carried an entry out, by their names without capitals; where two
    have the same name, the older one."""
    profiles = [each for each in linked(entry, Relation.IMPLEMENTED_BY) if each.status == Status.PUBLISHED]
    return {fold(profile.title): profile for profile in reversed(profiles)}


def uses(relative: Relative) -> int:
    """How many times it was used elsewhere, directly or by way of another."""
    return sum(1 + uses(child) for child in relative.children)
