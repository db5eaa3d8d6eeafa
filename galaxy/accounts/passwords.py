"""Passwords: long enough, not one of those everybody tries first, not one's own name; nothing else is asked of them."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from flask import current_app
from flask_security.password_util import PasswordUtil

from galaxy.core.i18n import _

LONGEST = 256  # characters
BASES = Path(__file__).parent / "common_passwords.txt"
LEET = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s", "!": "i"}
)
RUNS = (
    "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "azertyuiopqsdfghjklmwxcvbn",
    "qwertzuiopasdfghjklyxcvbnm",
    "01234567890123456789", "1q2w3e4r5t6y7u8i9o0p", "1a2z3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "zaqxswcdevfrbgtnhymjukilop", "11223344556677889900", "147258369", "789456123", "zxcvbnmasdfghjkl",
)  # fmt: skip
FEW, LONGEST_WORD, SHORT_PIECE = 3, 16, 6
SHARE = 4  # an own name shorter than this may be in a password


@cache
def common() -> frozenset[str]:
    """The words and sequences that passwords are most often made of."""
    lines = BASES.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def is_common(password: str) -> bool:
    """Whether it is made of nothing but common words, sequences, repetitions, and digits or signs around them."""
    small = re.sub(r"\s+", "", password.casefold())
    heart = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", small)
    forms = {small, small.translate(LEET), heart.translate(LEET)}
    if any(_is_dull(form) for form in forms if 2 * len(form) >= len(small)):
        return True
    return any(_made_of_common(re.sub(r"\W|_", "", form)) for form in forms)


def _is_dull(text: str) -> bool:
    """One piece repeated, or a run along the keyboard or the alphabet, forwards or backwards; digits alone."""
    if len(set(text)) < 4 or text.isdecimal():
        return True
    if any(text == (text[:n] * len(text))[: len(text)] for n in range(1, min(len(text) // 2, SHORT_PIECE) + 1)):
        return True
    doubled = [run * 2 for run in RUNS]
    return any(text in run or text in run[::-1] for run in doubled)


def _made_of_common(text: str) -> bool:
    """Whether all of it splits into digits and at most `FEW` common words: a sentence of them is a good password."""
    never = len(text) + 1
    fewest = [0] + [never] * len(text)
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - LONGEST_WORD), end):
            piece = text[start:end]
            if piece.isdecimal() or piece in common():
                fewest[end] = min(fewest[end], fewest[start] + (not piece.isdecimal()))
    return bool(text) and fewest[-1] <= FEW


def names_in(password: str, *own: str) -> list[str]:
    """The parts of one's own name and address that make up half of the password or more."""
    small = password.casefold()
    parts = {part for words in own for part in re.split(r"[\W_]+", words.casefold()) if len(part) >= SHARE}
    return sorted(part for part in parts if part in small and 2 * len(part) >= len(small))


class Passwords(PasswordUtil):
    """What Flask-Security asks of a new password."""

    def validate(self, password: str, is_register: bool, **facts: Any) -> tuple[list[str] | None, str]:
        """What is wrong with it, if anything, and the password as it is kept."""
        kept = self.normalize(password)
        user = facts.get("user")
        own = (user.name, user.email) if user else (facts.get("name") or "", facts.get("email") or "")
        return complaint(kept, *own), kept


def complaint(password: str, *own: str) -> list[str] | None:
    """What is wrong with a password, in words that say what to do."""
    least = current_app.config["PASSWORD_MIN"]
    if len(password) < least:
        return [_("Please use at least %(least)d characters. Three or four words make a good password.", least=least)]
    if len(password) > LONGEST:
        return [_("Please use at most %(longest)d characters.", longest=LONGEST)]
    if is_common(password):
        return [_("Many people use this password, so it is tried first. Please think of another.")]
    if names_in(password, *own):
        return [_("Your own name or address is easy to guess. Please think of another password.")]
    return None
