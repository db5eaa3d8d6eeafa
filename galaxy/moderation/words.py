"""What readers call the steps in the log, the reasons of a flag, and the steps one may take."""

from typing import Any

from galaxy.core.i18n import lazy
from galaxy.moderation.models import FlagReason, Outcome

VERBS: dict[str, Any] = {
    "submitted": lazy("Submitted"),
    "taken back": lazy("Taken back from the queue"),
    "returned": lazy("Returned with reasons"),
    "published": lazy("Published"),
    "declined": lazy("Declined"),
    "archived": lazy("Archived"),
    "unarchived": lazy("Brought back from the archive"),
    "withdrawn": lazy("Withdrawn"),
    "hidden": lazy("Hidden for review"),
    "restored": lazy("Shown again after review"),
    "taken down": lazy("Taken down"),
    "endorsed": lazy("Endorsed"),
    "confirmed": lazy("Confirmed to be still true"),
    "consented": lazy("Consent to publish given"),
    "revised": lazy("Revised"),
    "assigned": lazy("Taken on by an admin"),
    "unassigned": lazy("Given free by an admin"),
    "flagged": lazy("Flagged by a reader"),
    "flag upheld": lazy("Flag upheld"),
    "flag dismissed": lazy("Flag dismissed"),
    "flag withdrawn": lazy("Flag settled by withdrawal"),
    "wrote": lazy("Message sent"),
    "acknowledged": lazy("Received, and an answer promised"),
    "paused": lazy("Clock stopped for a while"),
    "resumed": lazy("Clock started again"),
    "needs no answer": lazy("No answer needed"),
    "acknowledge late": lazy("Late to be acknowledged"),
    "answer late": lazy("Late to be answered"),
    "escalated": lazy("Late, and the admins told"),
    "changed working days": lazy("Working days changed"),
    "changed the clock": lazy("Days of the clock changed"),
    "match set aside": lazy("Match set aside"),
    "match shown again": lazy("Match shown again"),
    "weights changed": lazy("Weights of matching changed"),
    "imported": lazy("Brought in by an import"),
    "given": lazy("Given to somebody else"),
    "deleted draft": lazy("Draft deleted"),
    "took consent back": lazy("Consent to publish taken back"),
    "interested": lazy("Interest expressed"),
    "accepted": lazy("Accepted"),
    "interest ended": lazy("Ended with its call"),
    "talks begun": lazy("Talks begun"),
    "joined": lazy("A party joined"),
    "left": lazy("A party left"),
    "changed terms": lazy("Terms changed"),
    "accepted terms": lazy("Terms accepted"),
    "agreed": lazy("Agreed"),
    "talks ended": lazy("Talks ended"),
    "talks reopened": lazy("Talks reopened"),
    "begun": lazy("Work begun"),
    "completed": lazy("Completed"),
    "closed": lazy("Closed"),
    "expired": lazy("Expired"),
    "reopened": lazy("Opened again"),
    "reported": lazy("Progress reported"),
    "kept notes": lazy("Working notes kept"),
    "kept agreement": lazy("Agreement kept"),
    "wrote privately": lazy("Written in a private conversation"),
    "asked admins in": lazy("Admins asked in"),
    "let admins go": lazy("Admins no longer asked in"),
    "looked in": lazy("Private conversation read by an admin"),
    "left alone": lazy("Found that nobody acts for a party"),
    "applied": lazy("Mandate applied for"),
    "verified": lazy("Mandate verified"),
    "named successor": lazy("Successor to a mandate named"),
    "handed over": lazy("Mandate handed over"),
    "ended": lazy("Mandate ended"),
    "signed in": lazy("Signed in"),
    "failed to sign in": lazy("Somebody failed to sign in to it"),
    "registered": lazy("Account opened"),
    "changed profile": lazy("Profile changed"),
    "changed address": lazy("E-mail address changed"),
    "changed password": lazy("Password changed"),
    "changed second factor": lazy("Second step of the sign-in changed"),
    "removed second factor": lazy("Second step of the sign-in removed"),
    "made recovery codes": lazy("Recovery codes made"),
    "signed out elsewhere": lazy("Signed out on every other device"),
    "exported": lazy("Copy of one’s data taken"),
    "deleted": lazy("Account deleted"),
    "disabled": lazy("Account disabled"),
    "enabled": lazy("Account enabled"),
    "appointed": lazy("Made an admin"),
    "dismissed": lazy("Made a member again"),
}

CAN: dict[str, Any] = {
    "submit": lazy("submit it"),
    "take_back": lazy("take it back from the queue"),
    "give_back": lazy("return it with reasons"),
    "publish": lazy("publish it"),
    "decline": lazy("decline it"),
    "archive": lazy("archive it"),
    "unarchive": lazy("bring it back from the archive"),
    "withdraw": lazy("withdraw it"),
    "hide": lazy("hide it for review"),
    "restore": lazy("show it again"),
    "take_down": lazy("take it down"),
}

REASONS: dict[FlagReason, Any] = {
    FlagReason.WRONG: lazy("Something in it is wrong"),
    FlagReason.OUTDATED: lazy("It is no longer true"),
    FlagReason.PERSONAL: lazy("It shows personal data"),
    FlagReason.RIGHTS: lazy("It uses somebody's work without permission"),
    FlagReason.OFFENSIVE: lazy("It offends or discriminates"),
    FlagReason.ADVERTISING: lazy("It is advertising"),
    FlagReason.DUPLICATE: lazy("It is here twice"),
    FlagReason.OTHER: lazy("Something else"),
}

# Who was faster, and when: whole sentences, since word order differs between languages.
FASTER: dict[Outcome, Any] = {
    Outcome.PUBLISHED: lazy("%(who)s published this %(ago)s."),
    Outcome.RETURNED: lazy("%(who)s returned this %(ago)s."),
    Outcome.DECLINED: lazy("%(who)s declined this %(ago)s."),
    Outcome.TAKEN_BACK: lazy("%(who)s took this back from the queue %(ago)s."),
    Outcome.WITHDRAWN: lazy("%(who)s withdrew this %(ago)s."),
}

OUTCOMES: dict[Outcome, Any] = {
    Outcome.PUBLISHED: lazy("Published"),
    Outcome.RETURNED: lazy("Returned with reasons"),
    Outcome.DECLINED: lazy("Declined"),
    Outcome.TAKEN_BACK: lazy("Taken back by its author"),
    Outcome.WITHDRAWN: lazy("Withdrawn"),
}


def verb_name(verb: str) -> str:
    """What readers call an act in the log; an unknown one is shown as it is."""
    return str(VERBS.get(verb, verb))
