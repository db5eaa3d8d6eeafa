"""What changed between two versions of an entry, word by word, as plain values for a page."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

MOST_PIECES = 6_000  # on both sides together; beyond it lines are compared, beyond it again only the whole
WORD = re.compile(r"\s+|[^\W_]+|.", re.DOTALL)
NAMES = "country used_in sdg sector language licence modality evidence cost_range cover"
NAMES += " spoken captions format series presents"
UNSHOWN = frozenset({"id", "email"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is the `same` in both, or was `added`, or `removed`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A field that differs, and how."""

    field: str
    pieces: tuple[Piece, ...]


def differences(
    old: dict[str, Any],
    new: dict[str, Any],
    named: Callable[[str, Any], str] = lambda _scheme, code: str(code),
    order: Iterable[str] = (),
) -> list[Change]:
    """The fields in which two snapshots differ, in this order; `named` says what readers call a code or a file."""
    fields = dict.fromkeys([*order, *sorted(new), *sorted(old)])
    changed = (name for name in fields if (old.get(name) or None) != (new.get(name) or None))
    sides = ((name, _text(name, old.get(name), named), _text(name, new.get(name), named)) for name in changed)
    return [Change(name, tuple(compare(before, after))) for name, before, after in sides if before != after]


def _text(name: str, value: Any, named: Callable[[str, Any], str]) -> str:
    """Any value of a snapshot as text: texts as they are, lists a line each, rows their values side by side."""
    if isinstance(value, dict):
        cells = [named("file", value["id"])] if "id" in value else []
        cells += [str(value[key]) for key in sorted(value, key=_place) if value[key] and key not in UNSHOWN]
        return " · ".join(cells)
    if isinstance(value, list):
        return "\n".join(_text(name, each, named) for each in value)
    return named(name, value) if value and name in NAMES.split() else str(value if value is not None else "")


def _place(cell: str) -> tuple[bool, str]:
    """What names a row comes first, in whichever order the database gives its cells."""
    return cell not in {"title", "value"}, cell


def compare(before: str, after: str) -> list[Piece]:
    """How one text became another. Its cost is bounded, whatever the texts."""
    for cut in (WORD.findall, lambda text: text.splitlines(keepends=True)):
        old, new = cut(before), cut(after)
        if len(old) + len(new) <= MOST_PIECES:
            return list(_joined(_pieces(old, new)))
    return [Piece("removed", before), Piece("added", after)]


def _pieces(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    for kind, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(old[a:b]))
            continue
        yield Piece("removed", "".join(old[a:b]))
        yield Piece("added", "".join(new[c:d]))


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """A lone space between two changes is part of them: a rewritten sentence reads as one, not word by word."""
    removed = added = ""
    for piece in (*pieces, Piece("same", "")):
        if piece.kind == "removed":
            removed += piece.text
        elif piece.kind == "added":
            added += piece.text
        elif piece.text.isspace() and (removed or added) and "\n" not in piece.text:
            removed, added = removed + piece.text, added + piece.text
        else:
            yield from (Piece(kind, text) for kind, text in (("removed", removed), ("added", added)) if text)
            removed = added = ""
            if piece.text:
                yield piece
