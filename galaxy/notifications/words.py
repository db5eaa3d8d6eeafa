"""The words of every piece of news: one whole sentence for each verb, in the page and in the mail."""

from dataclasses import dataclass
from typing import Any

from galaxy.core.i18n import _, lazy
from galaxy.notifications.models import Notification


@dataclass(frozen=True, slots=True)
class Words:
    """How a verb is said: the mail's subject, the sentence, what its button does, and its line in the settings."""

    subject: Any
    sentence: Any
    button: Any
    setting: Any


SEE = lazy("See it")

WORDS: dict[str, Words] = {
    "submitted": Words(
        lazy("Submitted: %(title)s"),
        lazy("%(by)s submitted “%(title)s”. An admin will read it; we tell you as soon as they have decided."),
        SEE,
        lazy("A colleague submits an entry of my organisation"),
    ),
    "returned": Words(
        lazy("Please look again: %(title)s"),
        lazy("An admin read “%(title)s” and asks for changes before it can be published."),
        lazy("See what to change"),
        lazy("An entry of mine is returned with reasons"),
    ),
    "published": Words(
        lazy("Published: %(title)s"),
        lazy("“%(title)s” is published. Everybody can now read it and find it."),
        SEE,
        lazy("An entry of mine is published"),
    ),
    "declined": Words(
        lazy("Not published: %(title)s"),
        lazy("An admin read “%(title)s” and decided not to publish it."),
        lazy("See the reasons"),
        lazy("An entry of mine is declined"),
    ),
    "withdrawn": Words(
        lazy("Withdrawn: %(title)s"),
        lazy("%(by)s withdrew “%(title)s”. The public can no longer read it."),
        SEE,
        lazy("A colleague withdraws an entry of my organisation"),
    ),
    "taken down": Words(
        lazy("Taken down: %(title)s"),
        lazy("An admin took “%(title)s” down. You can correct it and submit it again."),
        lazy("See the reasons"),
        lazy("An admin takes an entry of mine down"),
    ),
    "archived": Words(
        lazy("Archived: %(title)s"),
        lazy("“%(title)s” is now in the archive. It can still be read, and says that it is of the past."),
        SEE,
        lazy("An entry of mine is archived"),
    ),
    "hidden": Words(
        lazy("Under review: %(title)s"),
        lazy("A reader raised a question about “%(title)s”. It is hidden until an admin has looked."),
        SEE,
        lazy("An entry of mine is hidden for review"),
    ),
    "restored": Words(
        lazy("Shown again: %(title)s"),
        lazy("An admin looked at “%(title)s” and found nothing wrong. Everybody can read it again."),
        SEE,
        lazy("An entry of mine is shown again after review"),
    ),
    "endorsed": Words(
        lazy("Endorsed: %(title)s"),
        lazy("%(body)s endorsed “%(title)s” in the name of its country."),
        SEE,
        lazy("A country endorses an entry of mine"),
    ),
    "flag upheld": Words(
        lazy("You were right about: %(title)s"),
        lazy("You raised a flag on “%(title)s”. An admin agreed and took it down. Thank you."),
        SEE,
        lazy("A flag I raised is upheld"),
    ),
    "flag dismissed": Words(
        lazy("Your flag on: %(title)s"),
        lazy("You raised a flag on “%(title)s”. An admin looked and left it as it is. Thank you for your care."),
        SEE,
        lazy("A flag I raised is dismissed"),
    ),
    "flag withdrawn": Words(
        lazy("Your flag on: %(title)s"),
        lazy("You raised a flag on “%(title)s”. Since then it has been withdrawn."),
        SEE,
        lazy("What I raised a flag on is withdrawn"),
    ),
    "message": Words(
        lazy("A message from %(by)s"),
        lazy("%(by)s wrote to you through Galaxy."),
        lazy("Read and answer"),
        lazy("A message is received"),
    ),
    "message about": Words(
        lazy("A message from %(by)s about: %(title)s"),
        lazy("%(by)s wrote to you through Galaxy about “%(title)s”."),
        lazy("Read and answer"),
        lazy("A message about an entry of mine is received"),
    ),
    "mandate verified": Words(
        lazy("You may now act for %(body)s"),
        lazy("An admin verified your mandate: you may now act for %(body)s."),
        lazy("See your mandates"),
        lazy("My mandate is verified"),
    ),
    "mandate declined": Words(
        lazy("Your application to act for %(body)s"),
        lazy("An admin read your application to act for %(body)s and could not verify it."),
        lazy("See the reasons"),
        lazy("My application for a mandate is declined"),
    ),
    "mandate ended": Words(
        lazy("Your mandate for %(body)s has ended"),
        lazy("Your mandate to act for %(body)s has ended. What you shared stays with %(body)s."),
        lazy("See your mandates"),
        lazy("A mandate of mine ends"),
    ),
    "mandate handed over": Words(
        lazy("Your mandate for %(body)s is handed over"),
        lazy("Somebody else now acts for %(body)s in your place. What you shared stays with %(body)s."),
        lazy("See your mandates"),
        lazy("A mandate of mine is handed over"),
    ),
    "mandate applied": Words(
        lazy("A mandate to verify: %(by)s for %(body)s"),
        lazy("%(by)s applied to act for %(body)s, and waits for an admin."),
        lazy("Verify"),
        lazy("Somebody applies for a mandate"),
    ),
    "to review": Words(
        lazy("To review: %(title)s"),
        lazy("%(by)s submitted “%(title)s”. It waits for an admin."),
        lazy("Review it"),
        lazy("An entry waits in the queue"),
    ),
    "flagged": Words(
        lazy("Flagged: %(title)s"),
        lazy("%(by)s raised a flag on “%(title)s”. It waits for an admin."),
        lazy("See the flags"),
        lazy("A reader raises a flag"),
    ),
    "message unanswered": Words(
        lazy("Nobody to answer: a message to %(body)s"),
        lazy("%(by)s wrote to %(body)s, for which nobody acts at present. Please see that it is answered."),
        lazy("Read and answer"),
        lazy("A message reaches a body for which nobody acts"),
    ),
}

FOR_ADMINS = ("to review", "flagged", "mandate applied", "message unanswered")


def facts(news: Notification) -> dict[str, str]:
    """What completes the sentence: the entry's title and the doer's name as they are today, and what was noted."""
    by = news.by.name if news.by else ""
    known: dict[str, str] = {"title": news.entry.title if news.entry else "", "by": by or _("Somebody"), "body": ""}
    return known | news.facts


def sentence(news: Notification) -> str:
    """The news as one whole sentence in the language of the moment."""
    return str(WORDS[news.verb].sentence) % facts(news)


def subject(news: Notification) -> str:
    return str(WORDS[news.verb].subject) % facts(news)
