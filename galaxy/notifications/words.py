"""The words of every piece of news: one whole sentence for each verb, in the page and in the mail."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from galaxy.core.i18n import _, format_date, lazy
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
    "interest": Words(
        lazy("%(body)s answers: %(title)s"),
        lazy("%(body)s is interested in “%(title)s”, and waits for your answer."),
        lazy("Read and answer"),
        lazy("A body answers a call of mine"),
    ),
    "interest accepted": Words(
        lazy("Talks can begin: %(title)s"),
        lazy("Your answer to “%(title)s” is accepted. You can now write the terms together."),
        lazy("See the partnership"),
        lazy("An answer of ours is accepted"),
    ),
    "interest declined": Words(
        lazy("Declined: your answer to %(title)s"),
        lazy("Your answer to “%(title)s” is declined. Thank you for having answered."),
        lazy("See the reasons"),
        lazy("An answer of ours is declined"),
    ),
    "interest withdrawn": Words(
        lazy("%(body)s withdrew: %(title)s"),
        lazy("%(body)s withdrew its answer to “%(title)s”."),
        SEE,
        lazy("A body withdraws its answer to a call of mine"),
    ),
    "interest ended": Words(
        lazy("No more answers: %(title)s"),
        lazy("“%(title)s” takes no more answers, so yours has ended."),
        lazy("See why"),
        lazy("An answer of ours ends with its call"),
    ),
    "call closed": Words(
        lazy("Closed: %(title)s"),
        lazy("%(by)s closed “%(title)s”. It takes no more answers, and can be opened again."),
        SEE,
        lazy("A colleague or an admin closes a call of mine"),
    ),
    "call expired": Words(
        lazy("Its last day has passed: %(title)s"),
        lazy("The last day for answers to “%(title)s” has passed. You can open it again with a later day."),
        SEE,
        lazy("The last day for answers to a call of mine passes"),
    ),
    "call reopened": Words(
        lazy("Open again: %(title)s"),
        lazy("%(by)s opened “%(title)s” again. It takes answers."),
        SEE,
        lazy("A colleague opens a call of mine again"),
    ),
    "party joined": Words(
        lazy("%(body)s joins: %(title)s"),
        lazy("%(body)s joins the talks about “%(title)s”. All parties must accept the terms anew."),
        lazy("See the partnership"),
        lazy("A body joins talks of ours"),
    ),
    "party left": Words(
        lazy("%(body)s leaves: %(title)s"),
        lazy("%(body)s leaves the talks about “%(title)s”. The others can go on; all must accept the terms anew."),
        lazy("See the partnership"),
        lazy("A body leaves talks of ours"),
    ),
    "terms changed": Words(
        lazy("Other terms: %(title)s"),
        lazy("%(body)s changed the terms of “%(title)s”. Please read them: all parties must accept them anew."),
        lazy("Read the terms"),
        lazy("A party changes the terms of a partnership of ours"),
    ),
    "terms accepted": Words(
        lazy("%(body)s accepts the terms: %(title)s"),
        lazy("%(body)s accepts the terms of “%(title)s” as they stand. Other parties have not yet."),
        lazy("Read the terms"),
        lazy("A party accepts the terms of a partnership of ours"),
    ),
    "agreed": Words(
        lazy("Agreed: %(title)s"),
        lazy("All parties have accepted the terms of “%(title)s”. The work can begin."),
        lazy("See the partnership"),
        lazy("A partnership of ours is agreed"),
    ),
    "talks ended": Words(
        lazy("Talks have ended: %(title)s"),
        lazy("%(by)s ended the talks about “%(title)s”. What was written can still be read."),
        SEE,
        lazy("Talks of ours end"),
    ),
    "talks reopened": Words(
        lazy("Talks again: %(title)s"),
        lazy("%(by)s reopened the talks about “%(title)s”. All parties must accept the terms anew."),
        lazy("See the partnership"),
        lazy("A party reopens the talks about what was agreed"),
    ),
    "partnership begun": Words(
        lazy("Under way: %(title)s"),
        lazy("%(by)s says that the work of “%(title)s” has begun."),
        lazy("See the partnership"),
        lazy("The work of a partnership of ours begins"),
    ),
    "partnership completed": Words(
        lazy("Completed: %(title)s"),
        lazy("“%(title)s” is completed. What came of it can be told as a solution or an adaptation."),
        lazy("See the partnership"),
        lazy("A partnership of ours is completed"),
    ),
    "partnership closed": Words(
        lazy("Closed: %(title)s"),
        lazy("%(by)s closed the partnership “%(title)s”. What was written can still be read."),
        SEE,
        lazy("A partnership of ours is closed"),
    ),
    "reported": Words(
        lazy("A report of %(body)s: %(title)s"),
        lazy("%(body)s tells how far the work of “%(title)s” has come."),
        lazy("Read the report"),
        lazy("A party reports on a partnership of ours"),
    ),
    "agreement kept": Words(
        lazy("The agreement: %(title)s"),
        lazy("%(body)s kept a signed agreement with “%(title)s”."),
        SEE,
        lazy("A party keeps a signed agreement with a partnership of ours"),
    ),
    "private message": Words(
        lazy("A message from %(by)s: %(title)s"),
        lazy("%(by)s wrote in the private conversation about “%(title)s”."),
        lazy("Read and answer"),
        lazy("Somebody writes in a private conversation of ours"),
    ),
    "admins can read": Words(
        lazy("Admins are asked in: %(title)s"),
        lazy("%(by)s asked the admins into the private conversation about “%(title)s”. They can read it now."),
        SEE,
        lazy("Admins are asked into a private conversation of ours"),
    ),
    "match": Words(
        lazy("A match for: %(title)s"),
        lazy("“%(found)s” may fit “%(title)s”."),
        lazy("See the matches"),
        lazy("Something fits a request or an offer of mine well"),
    ),
    "matched": Words(
        lazy("It may fit: %(found)s"),
        lazy("“%(title)s” may be what “%(found)s” looks for."),
        SEE,
        lazy("A request or an offer looks for something of mine"),
    ),
    "saved search": Words(
        lazy("New for your search: %(search)s"),
        lazy("There is something new for your search “%(search)s”."),
        SEE,
        lazy("Something new is published that a search I saved looks for"),
    ),
    "question answered": Words(
        lazy("Answered: %(title)s"),
        lazy("%(by)s answered the question “%(title)s”."),
        lazy("Read the answer"),
        lazy("A question of mine is answered"),
    ),
    "question merged": Words(
        lazy("Asked already: %(title)s"),
        lazy("Your question “%(title)s” was put together with “%(other)s”, which asks the same. It counts there too."),
        lazy("See the question"),
        lazy("A question of mine is put together with another"),
    ),
    "question hidden": Words(
        lazy("Not shown: your question %(title)s"),
        lazy("Those who hold the webinar do not show your question “%(title)s”."),
        lazy("See the reasons"),
        lazy("A question of mine is hidden by those who hold the webinar"),
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
    "acknowledge soon": Words(
        lazy("Acknowledge by %(due)s: %(what)s"),
        lazy("Somebody waits. Please say by %(due)s that you have received this: %(what)s."),
        lazy("Acknowledge or answer"),
        lazy("Something is to be acknowledged soon"),
    ),
    "acknowledge late": Words(
        lazy("Late to be acknowledged: %(what)s"),
        lazy("Somebody has waited since %(since)s, and was to hear by %(due)s that this is received: %(what)s."),
        lazy("Acknowledge or answer"),
        lazy("Something should have been acknowledged"),
    ),
    "answer soon": Words(
        lazy("Answer by %(due)s: %(what)s"),
        lazy("Somebody waits for your answer. Please give it by %(due)s: %(what)s."),
        lazy("Answer"),
        lazy("Something is to be answered soon"),
    ),
    "answer late": Words(
        lazy("Late to be answered: %(what)s"),
        lazy("Somebody has waited since %(since)s, and was to be answered by %(due)s: %(what)s."),
        lazy("Answer"),
        lazy("Something should have been answered"),
    ),
    "wait acknowledged": Words(
        lazy("Received; an answer by %(due)s: %(what)s"),
        lazy("This is received, and you will have an answer by %(due)s: %(what)s."),
        SEE,
        lazy("What I wait for is received"),
    ),
    "wait paused": Words(
        lazy("Your answer takes longer: %(what)s"),
        lazy("%(by)s needs more time to answer, and the clock is stopped for a while: %(what)s."),
        lazy("See the reasons"),
        lazy("What I wait for takes longer"),
    ),
    "wait resumed": Words(
        lazy("An answer by %(due)s: %(what)s"),
        lazy("The clock runs again, and you will have an answer by %(due)s: %(what)s."),
        SEE,
        lazy("What I wait for goes on"),
    ),
    "wait closed": Words(
        lazy("No answer is needed: %(what)s"),
        lazy("%(by)s has read this and thinks that no answer is needed: %(what)s. If you still need one, write again."),
        lazy("Read it again"),
        lazy("What I wait for is closed without an answer"),
    ),
    "escalated": Words(
        lazy("Nobody has answered: %(what)s"),
        lazy("This was to be answered by %(due)s, and nobody has, although they were told: %(what)s."),
        lazy("See what is late"),
        lazy("Something has not been answered although those concerned were told"),
    ),
    "nobody to answer": Words(
        lazy("Nobody to answer: %(what)s"),
        lazy("Nobody acts at present for %(body)s, which should answer this: %(what)s."),
        lazy("See what waits"),
        lazy("Something reaches a body for which nobody acts"),
    ),
    "asked in": Words(
        lazy("Asked in by %(by)s"),
        lazy("%(by)s asks the admins into a private conversation. What is read there is noted in the log."),
        lazy("Read and answer"),
        lazy("Admins are asked into a private conversation"),
    ),
    "left alone": Words(
        lazy("Nobody acts for %(body)s: %(title)s"),
        lazy("Nobody acts for %(body)s any more, and others wait for it in “%(title)s”. Nothing is lost."),
        SEE,
        lazy("Nobody acts any more for a body that others wait for"),
    ),
    "webinar place": Words(
        lazy("You have a place now: %(title)s"),
        lazy("A place has become free: you are registered for “%(title)s”."),
        SEE,
        lazy("A place becomes free in a webinar I wait for"),
    ),
    "webinar place lost": Words(
        lazy("Your registration has ended: %(title)s"),
        lazy("The organisers took your registration for “%(title)s” off their list."),
        SEE,
        lazy("Organisers take my registration for a webinar off their list"),
    ),
    "webinar moved": Words(
        lazy("New time: %(title)s"),
        lazy("“%(title)s” takes place at another time."),
        SEE,
        lazy("A webinar I registered for has a new time"),
    ),
    "webinar changed": Words(
        lazy("Please note what has changed: %(title)s"),
        lazy("The organisers changed where one joins “%(title)s”."),
        SEE,
        lazy("A webinar I registered for is joined elsewhere"),
    ),
    "webinar resumed": Words(
        lazy("It takes place: %(title)s"),
        lazy("“%(title)s” takes place after all, as it was announced."),
        SEE,
        lazy("A webinar I registered for takes place after all"),
    ),
    "webinar postponed": Words(
        lazy("Postponed: %(title)s"),
        lazy("“%(title)s” is postponed. Its new time is not known yet; we write to you when it is."),
        SEE,
        lazy("A webinar I registered for is postponed"),
    ),
    "webinar cancelled": Words(
        lazy("Cancelled: %(title)s"),
        lazy("“%(title)s” does not take place."),
        SEE,
        lazy("A webinar I registered for is cancelled"),
    ),
    "webinar soon": Words(
        lazy("Soon: %(title)s"),
        lazy("“%(title)s” begins soon."),
        SEE,
        lazy("A webinar I registered for begins soon"),
    ),
    "webinar over": Words(
        lazy("Thank you: %(title)s"),
        lazy("“%(title)s” is over. Thank you for your interest."),
        SEE,
        lazy("A webinar I registered for is over, and what is kept of it"),
    ),
}

FOR_ADMINS = (
    "to review", "flagged", "mandate applied", "message unanswered", "escalated", "nobody to answer", "asked in",
    "left alone",
)  # fmt: skip

# What somebody waits for an answer to; it stands after a colon, so that it fits every language.
AWAITED: dict[str, Any] = {
    "submission": lazy("the submission “%(title)s”"),
    "request": lazy("the request “%(title)s”, in which nobody has shown interest yet"),
    "interest": lazy("an answer to the call “%(title)s”"),
    "message": lazy("the message about “%(title)s”"),
}


def facts(news: Notification) -> dict[str, str]:
    """What completes the sentence: the entry's title and the doer's name as they are today, and what was noted."""
    by = news.by.name if news.by else ""
    known: dict[str, str] = {"title": news.entry.title if news.entry else "", "by": by or _("Somebody"), "body": ""}
    known |= news.facts
    if "wait" in known:
        known |= {name: format_date(date.fromisoformat(known[name]), "long") for name in ("due", "since")}
        known["what"] = awaited(known["wait"], known["title"], known["body"])
    return known


def awaited(kind: str, title: str, body: str = "") -> str:
    """What somebody waits for an answer to, in the reader's words."""
    if title:
        return str(AWAITED[kind]) % {"title": title}
    return str(_("the message to %(body)s", body=body) if body else _("a message"))


def sentence(news: Notification) -> str:
    """The news as one whole sentence in the language of the moment."""
    return str(WORDS[news.verb].sentence) % facts(news)


def subject(news: Notification) -> str:
    return str(WORDS[news.verb].subject) % facts(news)
