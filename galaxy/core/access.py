"""The door-keeper: finds what an address names, asks the rule, and hands it over."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import abort
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin, current_user
from sqlalchemy import select

from galaxy.core.db import Base, db

LAST_ID = 2**31 - 1  # beyond it lies no row, and no database looks
Rule = Callable[..., bool]
View = Callable[..., ResponseReturnValue]
R = TypeVar("R", bound=Rule)


class Visitor(AnonymousUserMixin):
    """A reader who has not signed in: has no id, acts for nobody, is no admin."""

    id = None
    is_admin = False

    def acts_for(self, body: object) -> bool:
        return False


def public(rule: R) -> R:
    """Mark a rule that may let visitors in; at any other a visitor is asked to sign in first."""
    rule.public = True  # type: ignore[attr-defined]  # a mark on a plain function
    return rule


@public
def anyone(user: Any) -> bool:
    """Everybody may."""
    return True


def signed_in(user: Any) -> bool:
    """Whoever has signed in may."""
    return bool(user.is_authenticated)


def admins(user: Any) -> bool:
    """Admins may."""
    return bool(user.is_admin)


def admit(rule: Rule, model: type[Base] | None = None) -> Callable[[View], View]:
    """Let a view be reached only by those the rule admits, and hand it the row its address names.

    A visitor at a door that is not public is asked to sign in before any row is looked for, so the answer tells
    nothing; a thing one may not see is 404; a page one may not use is 403.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(**address: Any) -> ResponseReturnValue:
            if not current_user.is_authenticated and not getattr(rule, "public", False):
                abort(401)
            found = [_row(model, address)] if model else []
            if not rule(current_user, *found):
                abort(404 if found else 403 if current_user.is_authenticated else 401)
            return view(*found, **address)

        guarded.rule = rule  # type: ignore[attr-defined]  # read by the house test and the permission matrix
        guarded.model = model  # type: ignore[attr-defined]
        return guarded

    return decorate


def _row(model: type[Base], address: dict[str, Any]) -> Base:
    """The row of `model` that the address names by `ref` or `id`, taken out of the address; 404 where there is none."""
    key = "ref" if "ref" in address else "id"
    named = address.pop(key)
    if isinstance(named, int) and named > LAST_ID:
        abort(404)
    found = db.session.scalars(select(model).where(getattr(model, key) == named)).one_or_none()
    return found if found is not None else abort(404)
