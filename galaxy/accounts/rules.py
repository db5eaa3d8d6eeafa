"""Who may do what with accounts and mandates, and the rule of each door of the sign-in."""

from typing import Any

from galaxy.accounts.models import Body, Mandate, MandateRole, MandateStatus, User
from galaxy.core.access import Rule, anyone, signed_in

SIGN_IN_DOORS: dict[str, Rule] = {
    "security.login": anyone,
    "security.logout": anyone,
    "security.register": anyone,
    "security.send_confirmation": anyone,
    "security.confirm_email": anyone,
    "security.forgot_password": anyone,
    "security.reset_password": anyone,
    "security.verify": signed_in,
    "security.change_password": signed_in,
    "security.change_email": signed_in,
    "security.change_email_confirm": anyone,
    "security.two_factor_setup": signed_in,
    "security.two_factor_token_validation": anyone,
    "security.mf_recovery": anyone,
    "security.mf_recovery_codes": signed_in,
}
"""Every view of Flask-Security that is open here, with its rule."""

CLOSED_DOORS = frozenset({"security.tf_select", "security.two_factor_rescue", "security.two_factor_setup_validate"})
"""Views Flask-Security always brings and nobody needs here: they answer 404."""


def may_apply(user: Any) -> bool:
    """Members may apply to act for a body."""
    return bool(user.is_authenticated)


def may_see_mandate(user: Any, mandate: Mandate) -> bool:
    """Its holder, and admins."""
    return bool(mandate.user_id == user.id or user.is_admin)


def may_see_letter(user: Any, mandate: Mandate) -> bool:
    """The applicant, and admins, where there is a letter."""
    return mandate.letter_id is not None and may_see_mandate(user, mandate)


def may_decide(user: Any, mandate: Mandate) -> bool:
    """Admins, of what others apply for."""
    return bool(user.is_admin) and mandate.user_id != user.id


def may_end(user: Any, mandate: Mandate) -> bool:
    """Its holder may lay it down or take an application back; an admin may end one that runs."""
    if mandate.status == MandateStatus.APPLIED:
        return bool(mandate.user_id == user.id)
    running = mandate.status == MandateStatus.VERIFIED and not mandate.is_over
    return running and may_see_mandate(user, mandate)


def may_try_to_end(user: Any, mandate: Mandate) -> bool:
    """Also of one that has just ended otherwise: who may see it is told so."""
    gone = mandate.is_over or mandate.status in {MandateStatus.ENDED, MandateStatus.DECLINED}
    return may_end(user, mandate) or (gone and may_see_mandate(user, mandate))


def may_hand_over(user: Any, mandate: Mandate) -> bool:
    """A lead hands over their own live mandate; an admin any live one."""
    mine = mandate.user_id == user.id and mandate.role == MandateRole.LEAD
    return mandate.is_live and (mine or bool(user.is_admin))


def may_set_week(user: Any, body: Body) -> bool:
    """Who acts for a body knows when it works; admins may say it too."""
    return bool(user.acts_for(body) or user.is_admin)


def may_manage(user: Any, person: User) -> bool:
    """Admins manage accounts that are still somebody's."""
    return bool(user.is_admin) and person.deleted_at is None


def may_disable(user: Any, person: User) -> bool:
    """Admins, but nobody locks themselves out."""
    return may_manage(user, person) and person.id != user.id
