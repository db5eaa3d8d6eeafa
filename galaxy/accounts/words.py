"""What Flask-Security says, in Galaxy's words; they are translated when they are shown."""

from galaxy.core.i18n import N_

LINK_DEAD = N_("This link does not work any more. Please ask for a new one below.")
MESSAGES = {
    "API_ERROR": LINK_DEAD,
    "GENERIC_AUTHN_FAILED": N_("The address or the password is not right. Please try again."),
    "CONFIRM_REGISTRATION": N_(
        "Thank you. We have sent a mail to %(email)s: follow the link in it to confirm your address, then sign in."
    ),
    "EMAIL_CONFIRMED": N_("Thank you, your address is confirmed. You can sign in now."),
    "ALREADY_CONFIRMED": N_("Your address is confirmed already. You can sign in."),
    "INVALID_CONFIRMATION_TOKEN": LINK_DEAD,
    "EMAIL_ALREADY_ASSOCIATED": N_("This address cannot be used."),
    "INVALID_REDIRECT": N_("This address leads away from this site."),
    "INVALID_RECOVERY_CODE": N_("This code is not right, or it has been used already."),
    "NO_RECOVERY_CODES_SETUP": N_("You have no recovery codes yet."),
    "PASSWORD_RESET_REQUEST": N_(
        "If %(email)s has an account, we have sent a mail there: follow the link in it to choose a new password."
    ),
    "PASSWORD_RESET_EXPIRED": N_("This link has expired. Please ask for a new one below."),
    "INVALID_RESET_PASSWORD_TOKEN": LINK_DEAD,
    "CONFIRMATION_REQUIRED": N_(
        "Please confirm your address first: follow the link in the mail we sent you, or ask for it again."
    ),
    "CONFIRMATION_REQUEST": N_(
        "If %(email)s has an account that waits to be confirmed, we have sent the mail with the link again."
    ),
    "CONFIRMATION_EXPIRED": N_("This link has expired. Please ask for a new one below."),
    "DISABLED_ACCOUNT": N_("This account is disabled. Please write to those who run this site."),
    "EMAIL_NOT_PROVIDED": N_("Please give your e-mail address."),
    "INVALID_EMAIL_ADDRESS": N_("This is not an e-mail address. It should look like name@example.org."),
    "PASSWORD_NOT_PROVIDED": N_("Please give your password."),
    "USER_DOES_NOT_EXIST": N_("The address or the password is not right. Please try again."),
    "INVALID_PASSWORD": N_("This password is not right. Please try again."),
    "FORGOT_PASSWORD": N_("Forgot your password?"),
    "PASSWORD_RESET_NO_LOGIN": N_("Your new password is set. Please sign in with it."),
    "PASSWORD_IS_THE_SAME": N_("This is the password you have now. Please choose another."),
    "PASSWORD_CHANGE": N_("Your password is changed. Every other device has been signed out."),
    "REAUTHENTICATION_REQUIRED": N_("Please give your password again: what you are about to do matters."),
    "REAUTHENTICATION_SUCCESSFUL": N_("Thank you. Please go on."),
    "UNAUTHENTICATED": N_("Please sign in first."),
    "UNAUTHORIZED": N_("This is not open to you."),
    "TWO_FACTOR_INVALID_TOKEN": N_("This code is not right, or it has been used already. Please give the next one."),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": N_("Welcome back."),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": N_(
        "The second step is set up. Now make recovery codes, for the day your phone is lost."
    ),
    "TWO_FACTOR_PERMISSION_DENIED": N_("Please sign in again."),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": N_("Please choose what to do with the second step."),
    "TWO_FACTOR_DISABLED": N_("The second step is turned off."),
    "CHANGE_EMAIL_EXPIRED": N_("This link has expired. Please start again."),
    "CHANGE_EMAIL_CONFIRMED": N_("Your new address is confirmed. Please sign in with it from now on."),
    "CHANGE_EMAIL_SENT": N_("We have sent a mail to %(email)s: follow the link in it to confirm your new address."),
}
GOOD = {
    "CONFIRM_REGISTRATION",
    "EMAIL_CONFIRMED",
    "PASSWORD_RESET_NO_LOGIN",
    "PASSWORD_CHANGE",
    "CHANGE_EMAIL_CONFIRMED",
}
GOOD |= {
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL",
    "TWO_FACTOR_LOGIN_SUCCESSFUL",
    "TWO_FACTOR_DISABLED",
    "CHANGE_EMAIL_SENT",
}
TOLD = {"PASSWORD_RESET_REQUEST", "CONFIRMATION_REQUEST", "ALREADY_CONFIRMED", "REAUTHENTICATION_SUCCESSFUL"}
TOLD |= {"REAUTHENTICATION_REQUIRED", "FORGOT_PASSWORD", "NO_RECOVERY_CODES_SETUP"}


def category(key: str) -> str:
    """How a message is meant: a success, a piece of news, or a mistake."""
    return "success" if key in GOOD else "info" if key in TOLD else "error"
