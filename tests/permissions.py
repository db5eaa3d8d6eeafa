"""Who gets in where: role × view × state. Every view of the address map has a row; one without fails a test.

`.` let in · `i` asked to sign in · `x` not found · `f` forbidden. The columns are the roles in the order of `ROLES`;
a row of an entry's view says it for each state, `*` for those not named. `python -m tests.permissions` prints the rows
as the app behaves now, to be read with care before they are put here.
"""

import io
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask, url_for
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from galaxy import create_app
from galaxy.accounts.models import Activity, Body, Mandate, MandateStatus, User
from galaxy.content.models import Attachment, Entry, Status, Version
from galaxy.core.db import Base, db, now
from galaxy.core.jobs import Job
from galaxy.core.schema import import_models
from galaxy.core.storage import StoredFile, accept
from galaxy.directory.models import Organisation
from galaxy.hubs.models import Hub
from galaxy.moderation.models import Case, Flag, Wait, WaitKind
from galaxy.notifications.models import Message, Notification
from galaxy.notifications.services import unsubscribe_token
from galaxy.partnerships.models import Call, Interest, Match, Partnership, Post, PostFile, Role
from galaxy.search.alerts import token as token_of_search
from galaxy.search.models import Gap, SavedSearch
from galaxy.solutions.models import Adaptation, Solution
from galaxy.webinars.feeds import new_key
from galaxy.webinars.models import Series, Webinar
from galaxy.webinars.question_models import Answer, Question
from galaxy.webinars.registration_models import Registration
from galaxy.webinars.registration_queries import token as token_of
from tests.conftest import SETTINGS
from tests.factories import (
    a_body,
    a_focal_point,
    a_hub,
    a_kept_webinar,
    a_mandate,
    a_partnership,
    a_question,
    a_registration,
    a_request,
    a_saved_search,
    a_series,
    a_solution,
    a_user,
    a_webinar,
    an_adaptation,
    an_admin,
    an_answer,
    an_interest,
    an_organisation,
    saved,
)
from tests.readers import Page, Reader

ROLES = ("visitor", "member", "author", "focal point", "another focal point", "admin")
STATES = (*Status, "own draft", "own published")  # an `own` entry belongs to no body, so to its author
SEATS = (
    "seat",
    "seat_calendar",
    "confirm",
    "leave",
    "ask_from_seat",
    "check_in_seat",
    "certificate_seat",
    "certificate_pdf",
    "survey",
)
ANYONE, SIGNED_IN, ADMINS = "......", "i.....", "iffff."

PERMISSIONS: dict[str, str | dict[str, str]] = {
    "accounts.applications": ADMINS,
    "accounts.apply": SIGNED_IN,
    "accounts.change": "ixxxx.",
    "accounts.decline": "ixxxx.",
    "accounts.delete": SIGNED_IN,
    "accounts.disable": "ixxxx.",
    "accounts.end": {"applied": "ix.xxx", "*": "ix.xx."},
    "accounts.export": SIGNED_IN,
    "accounts.hand_over": {"verified": "ix.xx.", "*": "ixxxxx"},
    "accounts.index": SIGNED_IN,
    "accounts.mandate": "ix.xx.",
    "accounts.my_mandates": SIGNED_IN,
    "accounts.nomination": "ix.xx.",
    "accounts.people": ADMINS,
    "accounts.person": "ixxxx.",
    "accounts.profile": SIGNED_IN,
    "accounts.sign_out_elsewhere": SIGNED_IN,
    "accounts.verify": "ixxxx.",
    "accounts.working_days": "ixx.x.",
    "api.openapi": ANYONE,
    "api.search": ANYONE,
    "content.confirm": {"published": "ixx.xx", "own published": "ix.xxx", "*": "ixxxxx"},
    "content.cover": {"published, archived, own published": "......", "own draft": "xx.xx.", "*": "xxx.x."},
    "content.delete": {"draft": "ixx.xx", "own draft": "ix.xxx", "*": "ixxxxx"},
    "content.discard_draft": SIGNED_IN,
    "content.file": {"published, archived, own published": "......", "own draft": "xx.xx.", "*": "xxx.x."},
    "content.files": {
        "submitted, declined, review, archived": "ixxxxx",
        "own draft, own published": "ix.xx.",
        "*": "ixx.x.",
    },
    "content.go": {"published, archived, own published": "......", "own draft": "xx.xx.", "*": "xxx.x."},
    "content.history": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "content.restore": {
        "submitted, declined, review, archived": "ixxxxx",
        "own draft, own published": "ix.xx.",
        "*": "ixx.x.",
    },
    "content.save_draft": SIGNED_IN,
    "directory.edit": {
        "submitted, declined, review, archived": "ixxxxx",
        "own draft, own published": "ix.xx.",
        "*": "ixx.x.",
    },
    "directory.index": ANYONE,
    "directory.show": {"published, archived, own published": "......", "own draft": "xx.xx.", "*": "xxx.x."},
    "health.alive": ANYONE,
    "health.metrics": "xxxxxx",  # closed unless GALAXY_METRICS opens it
    "health.ready": ANYONE,
    "hubs.close": "ixxxx.",
    "hubs.discard": {"draft, own draft": "ixxxx.", "*": "ixxxxx"},
    "hubs.edit": "ixxxx.",
    "hubs.index": ANYONE,
    "hubs.keep_search": ADMINS,
    "hubs.new": ADMINS,
    "hubs.open_now": "ixxxx.",
    "hubs.pin": "ixxxx.",
    "hubs.pins": "ixxxx.",
    "hubs.reopen": "ixxxx.",
    "hubs.show": {"published, archived, own published": "......", "*": "xxxxx."},
    "hubs.text": "ixxxx.",
    "mail.door": "ifffff",
    "mail.index": "ifffff",
    "mail.mail": "ifffff",
    "mail.mail_file": "ifffff",
    "moderation.acknowledge": "ixx.xx",
    "moderation.archive": {"published": "ixx.x.", "own published": "ix.xx.", "*": "ixxxxx"},
    "moderation.assign": "ixxxx.",
    "moderation.case": "ixxxx.",
    "moderation.clock": ADMINS,
    "moderation.close": "ixx.xx",
    "moderation.endorse": {"published, own published": "ixx.xx", "*": "ixxxxx"},
    "moderation.entry_log": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "moderation.flag": {"published, archived": "i..x..", "own published": "i.x...", "*": "ixxxxx"},
    "moderation.flags": ADMINS,
    "moderation.hide": "ixxxx.",
    "moderation.gaps": ADMINS,
    "moderation.jobs": ADMINS,
    "moderation.log": ADMINS,
    "moderation.rebuild": ADMINS,
    "moderation.reopen_gap": "ixxxx.",
    "moderation.search": ADMINS,
    "moderation.settle_gap": "ixxxx.",
    "moderation.pause": "ixx.x.",
    "moderation.queue": ADMINS,
    "moderation.resume": "ixx.x.",
    "moderation.retry": "ixxxx.",
    "moderation.settle": "ixxxx.",
    "moderation.show_criteria": ANYONE,
    "moderation.submit": {"draft, returned, withdrawn": "ixx.x.", "own draft": "ix.xx.", "*": "ixxxxx"},
    "moderation.take_back": {"submitted, published, archived": "ixx.xx", "own published": "ix.xxx", "*": "ixxxxx"},
    "moderation.unarchive": {"archived": "ixx.x.", "*": "ixxxxx"},
    "moderation.unassign": "ixxxx.",
    "moderation.withdraw": {
        "draft, declined, withdrawn, own draft": "ixxxxx",
        "own published": "ix.xxx",
        "*": "ixx.xx",
    },
    "notifications.conversation": "ix..xx",
    "notifications.index": SIGNED_IN,
    "notifications.messages": SIGNED_IN,
    "notifications.open_one": "ix.xxx",
    "notifications.read_all": SIGNED_IN,
    "notifications.settings": SIGNED_IN,
    "notifications.unsubscribe": ANYONE,
    "notifications.write": {"published, archived": "i..x..", "own published": "i.x...", "*": "ixxxxx"},
    "pages.about": ANYONE,
    "pages.complete": ANYONE,
    "pages.countries": ANYONE,
    "pages.country": ANYONE,
    "pages.dashboard": SIGNED_IN,
    "pages.door": ANYONE,
    "pages.goal": ANYONE,
    "pages.goals": ANYONE,
    "pages.home": ANYONE,
    "pages.robots": ANYONE,
    "pages.search": ANYONE,
    "pages.search_help": ANYONE,
    "pages.sector": ANYONE,
    "pages.sectors": ANYONE,
    "pages.security_txt": "xxxxxx",  # until it is said where to report to
    "pages.styleguide": "xxxxxx",  # for developers
    "partnerships.admins": "ixx..x",
    "partnerships.admins_at_interest": "ixx..x",
    "partnerships.agreement": "ixx..x",
    "partnerships.agreement_file": "ixx..x",
    "partnerships.answer": {"published, archived, own published": "i.....", "own draft": "ix.xx.", "*": "ixx.x."},
    "partnerships.board": ADMINS,
    "partnerships.conversation": "ixx..x",
    "partnerships.decide": "ixx.xx",
    "partnerships.dismiss": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "partnerships.edit": {
        "submitted, declined, review, archived": "ixxxxx",
        "own draft, own published": "ix.xx.",
        "*": "ixx.x.",
    },
    "partnerships.edit_terms": "ixx..x",
    "partnerships.file": "ixx..x",
    "partnerships.index": ANYONE,
    "partnerships.interest": "ixx..x",
    "partnerships.leave": "ixx..x",
    "partnerships.matches": {"published, archived, own published": "......", "own draft": "xx.xx.", "*": "xxx.x."},
    "partnerships.mine": SIGNED_IN,
    "partnerships.new": SIGNED_IN,
    "partnerships.notes": "ixx..x",
    "partnerships.partnership": {"published, archived, own published": "......", "*": "xxx..."},
    "partnerships.preview": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "partnerships.preview_partnership": "ixx...",
    "partnerships.report": "ixx..x",
    "partnerships.reset_weights": ADMINS,
    "partnerships.show": {"published, archived, own published": "......", "own draft": "xx.xx.", "*": "xxx.x."},
    "partnerships.show_again": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "partnerships.step": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "partnerships.tell": {"submitted, declined, review, archived": "ixxxxx", "*": "ixx..."},
    "partnerships.terms": "ixx..x",
    "partnerships.weights": ADMINS,
    "search.delete": "ix.xxx",
    "search.edit": "ix.xxx",
    "search.feed": ANYONE,
    "search.matches": "ix.xxx",
    "search.save": SIGNED_IN,
    "search.saved": SIGNED_IN,
    "search.unsubscribe": ANYONE,
    "security.change_email": SIGNED_IN,
    "security.change_email_confirm": ANYONE,
    "security.change_password": SIGNED_IN,
    "security.confirm_email": ANYONE,
    "security.forgot_password": ANYONE,
    "security.login": ANYONE,
    "security.logout": ANYONE,
    "security.mf_recovery": SIGNED_IN,
    "security.mf_recovery_codes": SIGNED_IN,
    "security.register": ANYONE,
    "security.reset_password": ANYONE,
    "security.send_confirmation": ANYONE,
    "security.tf_select": "xxxxxx",
    "security.two_factor_rescue": "xxxxxx",
    "security.two_factor_setup": SIGNED_IN,
    "security.two_factor_setup_validate": "xxxxxx",
    "security.two_factor_token_validation": "iiiiii",  # there is nothing to prove without a password just given
    "security.verify": SIGNED_IN,
    "solutions.adapt": {"published, own published": "i.....", "*": "ixxxxx"},
    "solutions.edit": {
        "submitted, declined, review, archived": "ixxxxx",
        "own draft, own published": "ix.xx.",
        "*": "ixx.x.",
    },
    "solutions.edit_adaptation": {
        "submitted, declined, review, archived": "ixxxxx",
        "own draft, own published": "ix.xx.",
        "*": "ixx.x.",
    },
    "solutions.index": ANYONE,
    "solutions.mine": SIGNED_IN,
    "solutions.new": SIGNED_IN,
    "solutions.preview": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "solutions.show": {"published, archived, own published": "......", "own draft": "xx.xx.", "*": "xxx.x."},
    "solutions.show_adaptation": {"published, archived, own published": "......", "own draft": "xx.xx.", "*": "xxx.x."},
    "webinars.answer": {"submitted, published, archived": "ixx.x.", "own published": "ix.xx.", "*": "ixxxxx"},
    "webinars.ask": {"published, own published": "i.....", "*": "ixxxxx"},
    "webinars.ask_from_seat": ANYONE,  # who knows its address
    "webinars.attendance": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "webinars.certificate": "xxxxxx",  # unless its number is one
    "webinars.certificate_pdf": ANYONE,  # who knows its address
    "webinars.certificate_seat": ANYONE,  # who knows its address
    "webinars.check_in": {"published, archived, own published": "......", "own draft": "xx.xx.", "*": "xxx.x."},
    "webinars.check_in_seat": ANYONE,  # who knows its address
    "webinars.survey": ANYONE,  # who knows its address
    "webinars.survey_questions": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "webinars.survey_results": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "webinars.survey_table": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "webinars.desk": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "webinars.new_code": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "webinars.registrations": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "webinars.remove": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "webinars.calendar": {"published, archived, own published": "......", "own draft": "xx.xx.", "*": "xxx.x."},
    "webinars.captions": {"published, archived, own published": "......", "own draft": "xx.xx.", "*": "xxx.x."},
    "webinars.change_answer": "ixx.x.",
    "webinars.confirm": ANYONE,
    "webinars.feed": ANYONE,  # who knows its address
    "webinars.group": {"submitted, published, archived": "ixx.x.", "own published": "ix.xx.", "*": "ixxxxx"},
    "webinars.hide": {"submitted, published, archived": "ixx.x.", "own published": "ix.xx.", "*": "ixxxxx"},
    "webinars.import_calendar": SIGNED_IN,
    "webinars.index": ANYONE,
    "webinars.keep": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "webinars.keep_chapters": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "webinars.keep_recording": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "webinars.keep_slides": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "webinars.keep_transcript": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "webinars.leave": ANYONE,
    "webinars.let_through": {"submitted": "ixx.x.", "*": "ixxxxx"},
    "webinars.list_calendar": ANYONE,
    "webinars.my_calendar": SIGNED_IN,
    "webinars.month": ANYONE,
    "webinars.preview": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "webinars.question": {"published, archived, own published": "......", "own draft": "xx.xx.", "*": "xx..x."},
    "webinars.recording": {"published, archived, own published": "......", "own draft": "xx.xx.", "*": "xxx.x."},
    "webinars.register": {"published, archived, own published": "......", "own draft": "xx.xx.", "*": "xxx.x."},
    "webinars.seat": ANYONE,
    "webinars.seat_calendar": ANYONE,
    "webinars.series": "xxx.x.",  # before one of its webinars is published
    "webinars.series_calendar": "xxx.x.",  # before one of its webinars is published
    "webinars.show": {"published, archived, own published": "......", "own draft": "xx.xx.", "*": "xxx.x."},
    "webinars.transcript": {"published, archived, own published": "......", "own draft": "xx.xx.", "*": "xxx.x."},
    "webinars.cancel": {"own draft, own published": "ix.xx.", "*": "ixx.x."},  # some are told that it is not possible
    "webinars.edit": {
        "submitted, declined, review, archived": "ixxxxx",
        "own draft, own published": "ix.xx.",
        "*": "ixx.x.",
    },
    "webinars.edit_series": "ixx.x.",
    "webinars.entrance": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "webinars.mine": SIGNED_IN,
    "webinars.new": SIGNED_IN,
    "webinars.postpone": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "webinars.resume": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "webinars.when": {"own draft, own published": "ix.xx.", "*": "ixx.x."},
    "webinars.vote": {"published, archived, own published": "i.x...", "*": "ixxxxx"},
    "webinars.vote_from_seat": ANYONE,
}

ADDRESSES: dict[str, dict[str, Any]] = {
    "accounts.change": {"act": "appoint"},
    "content.restore": {"number": 1},
    "mail.mail": {"number": 1},
    "mail.mail_file": {"number": 1, "place": 1},
    **{
        f"webinars.{page}": {"token": lambda world: token_of(a_registration(a_webinar(**world.facts)))}
        for page in SEATS
    },
    "webinars.vote_from_seat": {
        "token": lambda world: token_of(a_registration(a_webinar(**world.facts))),
        "ref": lambda world: a_question(newest_webinar()).ref,
    },
    "notifications.unsubscribe": {"token": lambda world: unsubscribe_token(world.author, "published")},
    "webinars.remove": {"number": lambda world: a_registration_of_the_newest().id},
    "pages.country": {"code": "BFA"},
    "webinars.certificate": {"code": "none"},
    "webinars.captions": {"code": "en"},
    "webinars.transcript": {"code": "en"},
    "partnerships.dismiss": {"other": lambda world: a_matched_entry()},
    "partnerships.show_again": {"other": lambda world: a_matched_entry()},
    "hubs.edit": {"part": "words"},
    "hubs.text": {"code": "fr"},
    "pages.goal": {"code": "6"},
    "pages.sector": {"code": "140"},
    "search.unsubscribe": {"token": lambda world: token_of_search(a_saved_search(world.author))},
    "security.change_email_confirm": {"token": "old"},
    "security.confirm_email": {"token": "old"},
    "security.reset_password": {"token": "old"},
    "security.two_factor_setup_validate": {"token": "old"},
    "partnerships.decide": {"verb": "decline"},
    "partnerships.edit": {"part": "partners"},
    "partnerships.step": {"verb": "close"},
    "partnerships.tell": {"part": "outcome"},
    "solutions.edit": {"part": "results"},
    "webinars.month": {"year": 2026, "number": 3},
    "webinars.feed": {"token": lambda world: a_calendar_key(world)},
    "webinars.edit": {"part": "people"},
}
"""What an address needs besides a row's `ref` or `id`."""

SENT: dict[str, dict[str, Any]] = {
    "content.save_draft": {"draft_form": "solutions.new", "draft_key": "new-23456789"},
}
"""What must be sent to a view for it to know what is meant."""

# Their addresses are signed, and mail programs post to them (RFC 8058).
TOKENLESS = frozenset({"notifications.unsubscribe", "search.unsubscribe", "webinars.leave"})
EXEMPT = frozenset({"static", "security.static"})  # files that are the same for everybody


@dataclass(frozen=True)
class Person:
    """Who asks: as much of a user as outlives the session that made it."""

    id: int
    fs_uniquifier: str


class World:
    """One person in each role, and the body that the focal point acts for."""

    def __init__(self) -> None:
        focal = a_focal_point("BFA")
        people = {
            "member": a_user(),
            "author": a_user(),
            "focal point": focal,
            "another focal point": a_focal_point("FJI"),
            "admin": an_admin(),
        }
        self.body_id = focal.bodies[0].id
        self.author_id = people["author"].id
        self.people: dict[str, Person | None] = {"visitor": None} | {
            role: Person(user.id, user.fs_uniquifier) for role, user in people.items()
        }

    @property
    def author(self) -> User:
        return db.session.get_one(User, self.author_id)

    @property
    def facts(self) -> dict[str, Any]:
        return {"author": self.author, "body": db.session.get_one(Body, self.body_id)}


def entry_facts(world: World, state: str) -> dict[str, Any]:
    """An entry's owner and status."""
    own, _, status = state.rpartition(" ")
    return world.facts | {"status": Status(status)} | ({"body": None} if own else {})


def a_case(world: World) -> Case:
    entry = a_solution(**world.facts, status=Status.SUBMITTED)
    return saved(Case(entry_id=entry.id, submitted_by_id=world.author.id))


def a_wait(world: World) -> Wait:
    said = Message(sender_id=world.author_id, body_id=world.body_id, text="Hello")
    days = {"acknowledge_by": now() + timedelta(days=5), "answer_by": now() + timedelta(days=20)}
    asked = {"body_id": world.body_id, "asker_id": world.author_id}
    return Wait(kind=WaitKind.MESSAGE, thing_id=saved(said).id, **asked, **days)


def a_mandate_that_is(world: World, state: str) -> Mandate:
    return a_mandate(world.author, a_body(name="A ministry"), status=MandateStatus(state), letter=a_file())


def fiji(world: World) -> Body:
    """The body that the other focal point acts for: it answers calls, and is a party."""
    person = world.people["another focal point"]
    assert person is not None
    return db.session.get_one(User, person.id).bodies[0]


def a_partnership_of(world: World, state: str) -> Partnership:
    """A partnership with that focal point, and a signed agreement; it is never its author's own."""
    status = Status(state.rpartition(" ")[2])
    parties = (fiji(world), Role.PROVIDER)
    return a_partnership(a_request(**world.facts), parties, author=world.author, status=status, agreement=a_file())


def a_question_of(world: World, state: str) -> Question:
    """A question of the author's on a webinar of theirs, or of the body's."""
    webinar = a_webinar(**entry_facts(world, "published") | ({"body": None} if state.startswith("own ") else {}))
    status = Status(state.rpartition(" ")[2])
    return a_question(webinar, author=world.author, status=status, own_status=None)


def newest_webinar() -> Webinar:
    """The one that was made last, whose guest asks."""
    return db.session.scalars(select(Webinar).order_by(Webinar.id.desc()).limit(1)).one()


def a_hub_that_is(state: str) -> Hub:
    """A hub in a state; it belongs to nobody, and one that was never shown is still to be opened."""
    status = Status(state.rpartition(" ")[2])
    hub = a_hub(draft=status == Status.DRAFT)
    hub.status = status
    return saved(hub)


def an_interest_in(world: World) -> Interest:
    return an_interest(a_request(**world.facts), fiji(world))


def a_post(world: World) -> Post:
    return saved(Post(interest_id=an_interest_in(world).id, text="See the plan."))


def whole(entry: Any) -> Any:
    """An entry with a version, a cover, and, where it waits for an admin, a case."""
    entry.cover = a_file()
    db.session.add(Version(entry_id=entry.id, number=1, said=entry.snapshot(), status=entry.status))
    if entry.status == Status.SUBMITTED:
        db.session.add(Case(entry_id=entry.id, submitted_by_id=entry.author_id))
    return saved(entry)


def a_calendar_key(world: World) -> str:
    return saved(new_key(world.author)).key


def a_registration_of_the_newest() -> Registration:
    """For the newest webinar there is, which is to come."""
    webinar = newest_webinar()
    webinar.ends_at = now() + timedelta(days=1)
    return a_registration(webinar)


def a_matched_entry() -> str:
    """The permanent id of a solution that fits the newest call there is."""
    call_id = db.session.scalar(select(Call.id).order_by(Call.id.desc()).limit(1)) or a_request().id
    entry = a_solution()
    saved(Match(call_id=call_id, entry_id=entry.id, score=0.5, reasons=[]))
    return entry.ref


def a_file() -> StoredFile:
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, "PNG")
    content.seek(0)
    return saved(accept(FileStorage(content, "a.png")))


SUBJECTS: dict[type, Callable[[World, str], Any]] = {
    Entry: lambda world, state: whole(a_solution(**entry_facts(world, state))),
    Hub: lambda _world, state: a_hub_that_is(state),
    Solution: lambda world, state: whole(a_solution(**entry_facts(world, state))),
    Series: lambda world, _state: a_series(body=db.session.get_one(Body, world.body_id)),
    Webinar: lambda world, state: whole(a_kept_webinar(**entry_facts(world, state))),
    Question: lambda world, state: a_question_of(world, state),
    Answer: lambda world, _state: an_answer(a_question_of(world, "published"), by=world.author),
    Adaptation: lambda world, state: whole(an_adaptation(a_solution(), **entry_facts(world, state))),
    Call: lambda world, state: whole(a_request(**entry_facts(world, state))),
    Interest: lambda world, _state: an_interest_in(world),
    Partnership: lambda world, state: whole(a_partnership_of(world, state)),
    PostFile: lambda world, _state: saved(PostFile(post_id=a_post(world).id, file_id=a_file().id)),
    Organisation: lambda world, state: whole(an_organisation(**entry_facts(world, state))),
    Attachment: lambda world, state: saved(
        Attachment(entry_id=a_solution(**entry_facts(world, state)).id, file_id=a_file().id)
    ),
    Case: lambda world, _state: a_case(world),
    Flag: lambda world, _state: saved(
        Flag(entry_id=a_solution(**world.facts).id, user_id=world.author.id, reason="wrong")
    ),
    Mandate: a_mandate_that_is,
    User: lambda _world, _state: a_user(),
    Message: lambda world, _state: saved(Message(sender_id=world.author_id, body_id=world.body_id, text="Hello")),
    Notification: lambda world, _state: saved(Notification(user_id=world.author_id, verb="published")),
    Body: lambda world, _state: db.session.get_one(Body, world.body_id),
    SavedSearch: lambda world, _state: a_saved_search(world.author),
    Wait: lambda world, _state: saved(a_wait(world)),
    Gap: lambda _world, _state: saved(Gap(folded=f"ovens {now()}", language="en", words="ovens")),
    Job: lambda _world, _state: saved(Job(name="a task", args={}, due_at=now() + timedelta(days=1), error="broken")),
}
"""How to make the row that a view is asked about, for each model."""


def endpoints(app: Flask) -> list[str]:
    return sorted({rule.endpoint for rule in app.url_map.iter_rules()} - EXEMPT)


def states(model: type | None) -> tuple[str, ...]:
    """The states of a model's rows that make a difference."""
    if model is Mandate:
        return tuple(MandateStatus)
    return STATES if model is not None and issubclass(model, Entry | Attachment) else ("",)


def observed(app: Flask, endpoint: str, among: Iterable[str] = ()) -> dict[str, str]:
    """What each role meets at a view, for each state of its row or those named; every method it takes must agree."""
    model = getattr(app.view_functions[endpoint], "model", None)
    methods = sorted({"GET", "POST"} & set().union(*(rule.methods or () for rule in app.url_map.iter_rules(endpoint))))
    world, found = World(), {}
    if "POST" in methods and endpoint not in TOKENLESS:
        check_refused_without_token(app, endpoint, world, model)
    for state in among or states(model):
        met = {method: letters(app, endpoint, world, model, state, method) for method in methods}
        assert len(set(met.values())) == 1, f"{endpoint}, {state}: GET and POST do not agree: {met}"
        found[state] = met[methods[0]]
    return found


def letters(app: Flask, endpoint: str, world: World, model: type | None, state: str, method: str) -> str:
    """What each role in turn meets. An act that was let in may have changed its row: the next role meets another."""
    path, found = "", ""
    for person in world.people.values():
        if not path or (found[-1] == "." and method == "POST"):
            path = address(app, endpoint, world, model, state)
        reader = Reader(app, person)
        sent = {"data": SENT.get(endpoint, {}), "headers": {"X-CSRFToken": reader.token()}} if method == "POST" else {}
        found += letter(reader.open(path, method, **sent))
    return found


def check_refused_without_token(app: Flask, endpoint: str, world: World, model: type | None) -> None:
    """An unsafe method without a token does nothing, whoever asks."""
    path = address(app, endpoint, world, model, states(model)[0])
    before = db.session.query(Activity).count()
    for role, person in world.people.items():
        page = Reader(app, person).open(path, "POST", data=SENT.get(endpoint, {}))
        assert page.status in {302, 400}, f"{endpoint}: {page.status} for {role} without a token"
    assert db.session.query(Activity).count() == before, f"{endpoint} acts without a token"


def address(app: Flask, endpoint: str, world: World, model: type | None, state: str) -> str:
    """Where a view is, for a new row in a state."""
    row = SUBJECTS[model](world, state) if model else None
    named = {name: getattr(row, name) for name in ("ref", "id") if hasattr(row, name)}
    wanted = set().union(*(rule.arguments for rule in app.url_map.iter_rules(endpoint)))
    given = {name: value(world) if callable(value) else value for name, value in ADDRESSES.get(endpoint, {}).items()}
    values = {"lang": "en"} | named | given
    with app.test_request_context("/en/"):
        return url_for(endpoint, **{name: value for name, value in values.items() if name in wanted})


def letter(page: Page) -> str:
    """What an answer means to who asked."""
    if page.status == 302 and (page.location or "").partition("?")[0] == "/en/accounts/sign-in":
        return "i"
    assert page.status != 500, page.text[:2000]
    return {404: "x", 403: "f"}.get(page.status, ".")


def expected(endpoint: str, model: type | None) -> dict[str, str]:
    """A view's row, spelt out for each state."""
    row = PERMISSIONS[endpoint]
    if isinstance(row, str):
        return dict.fromkeys(states(model), row)
    named = {state: said for key, said in row.items() for state in key.split(", ")}
    return {state: named.get(state, named.get("*", "no row")) for state in states(model)}


def written(found: dict[str, str]) -> str:
    """A row as it is written in this file."""
    by_letters: dict[str, list[str]] = {}
    for state, said in found.items():
        by_letters.setdefault(said, []).append(state)
    if len(by_letters) == 1:
        (said,) = by_letters
        return {ANYONE: "ANYONE", SIGNED_IN: "SIGNED_IN", ADMINS: "ADMINS"}.get(said, f'"{said}"')
    rest = max(by_letters, key=lambda said: len(by_letters[said]))
    parts = [f'"{", ".join(by_letters[said])}": "{said}"' for said in by_letters if said != rest]
    return f'{{{", ".join(parts)}, "*": "{rest}"}}'


def main(names: list[str]) -> None:
    """Print the row of each view that has none, or of those that are named."""
    with tempfile.TemporaryDirectory() as instance:
        app = create_app(instance, **SETTINGS)
        with app.app_context():
            import_models()
            Base.metadata.create_all(db.engine)
            for endpoint in names or [each for each in endpoints(app) if each not in PERMISSIONS]:
                try:
                    row = written(observed(app, endpoint))
                except Exception as problem:  # the others are still worth printing
                    row = f"# {type(problem).__name__}: {str(problem).splitlines()[0]}"
                sys.stdout.write(f'    "{endpoint}": {row},\n')


if __name__ == "__main__":
    main(sys.argv[1:])
