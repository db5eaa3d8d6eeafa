"""The mails of accounts: about sign-in, to one person, in that person's language."""

from typing import Any
from urllib.parse import urlsplit

from flask import current_app, has_request_context, render_template, request

from galaxy.core import mail
from galaxy.core.i18n import N_, _, force_locale, lang, offered

SUBJECTS = {
    "welcome": N_("Please confirm your address"),
    "known": N_("You already have an account"),
    "confirm": N_("Please confirm your address"),
    "recover": N_("Choose a new password"),
    "password_changed": N_("Your password has been changed"),
    "new_address": N_("Please confirm your new address"),
    "address_changed": N_("Your address has been changed"),
    "factor_changed": N_("The second step of your sign-in has been changed"),
    "handed_over": N_("Somebody wants to hand over their mandate to you"),
}


def whole(path: str) -> str:
    """An address of ours with the site before it: the one that is set, and never one that a request made up."""
    site = current_app.config["SITE_URL"] or (request.host_url if has_request_context() else "")
    parts = urlsplit(path)
    return site.rstrip("/") + parts.path + (f"?{parts.query}" if parts.query else "")


def send(name: str, to: str, language: str | None, **facts: Any) -> None:
    """Post the mail `name` in the language of whom it is for; a fact called `…link` becomes a whole address."""
    links = {key: whole(value) for key, value in facts.items() if key.endswith("link") and value}
    spoken = language if language in offered() else lang()
    with force_locale(spoken):
        page = {**facts, **links, "subject": _(SUBJECTS[name]), "site": current_app.config["SITE_NAME"]}
        text = render_template(f"emails/accounts/{name}.txt", **page)
        mail.post(to, page["subject"], text, render_template(f"emails/accounts/{name}.html", **page))
