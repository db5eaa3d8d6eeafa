"""The second step of a sign-in: codes of an authenticator app, each taken once, and recovery codes kept as hashes."""

import hashlib
import hmac
import secrets
from typing import Any

import segno
from flask import current_app
from flask_security.recovery_codes import MfRecoveryCodesUtil
from flask_security.totp import Totp
from passlib.totp import TokenError

from galaxy.accounts.models import User
from galaxy.accounts.services import record
from galaxy.core.db import db

RECOVERY_CODES = 10


class Codes(Totp):
    """Codes of an authenticator app; each is taken once."""

    def verify_totp(self, token: str, totp_secret: str, user: User, window: int = 0) -> bool:
        """Whether it is right and new; the row is locked, so that one code cannot be used twice at the same moment."""
        row = locked(user)
        last = row.tf_last_counter if totp_secret == row.tf_totp_secret else None
        try:
            match = self._totp.verify(token, totp_secret, window=window, last_counter=last)
        except TokenError:
            return False
        row.tf_last_counter = match.counter
        return True

    def generate_qrcode(self, username: str, totp: str) -> str:
        """The picture for the app, dark on white whatever the page's colours."""
        return str(segno.make(self.get_totp_uri(username, totp)).svg_data_uri(scale=5, light="white", border=4))


class RecoveryCodes(MfRecoveryCodesUtil):
    """Codes for the day the phone is lost: shown once, kept as hashes, each used once."""

    def create_recovery_codes(self, user: User) -> list[str]:
        codes = ["-".join(secrets.token_hex(2) for _part in range(3)) for _code in range(RECOVERY_CODES)]
        locked(user).mf_recovery_codes = [hashed(code) for code in codes]
        record(person(user), "made recovery codes", person(user))
        return codes

    def get_recovery_codes(self, user: User) -> list[str]:
        return []

    def check_recovery_code(self, user: User, code: str) -> bool:
        return hashed(code) in (locked(user).mf_recovery_codes or [])

    def delete_recovery_code(self, user: User, code: str) -> bool:
        row = person(user)
        row.mf_recovery_codes = [kept for kept in row.mf_recovery_codes or [] if kept != hashed(code)]
        return True


def hashed(code: str) -> str:
    """How a recovery code is kept; spaces and capital letters do not matter."""
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    key = str(current_app.config["SECURITY_PASSWORD_SALT"]).encode()
    return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()


def person(user: Any) -> User:
    """The user itself, where Flask-Login hands over a stand-in."""
    found: User = user._get_current_object() if hasattr(user, "_get_current_object") else user
    return found


def locked(user: Any) -> User:
    """The user's row as it is now, kept from others until the end of the transaction."""
    row = db.session.get(User, person(user).id, with_for_update=True, populate_existing=True)
    assert row is not None
    return row
