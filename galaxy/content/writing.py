"""How an entry of any kind is written: in steps, with drafts and files, never over somebody else's words."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from galaxy.content import services
from galaxy.content.differences import Change
from galaxy.content.forms import BODYLESS, EntryForm, PartForm, UploadForm
from galaxy.content.models import Entry
from galaxy.content.rules import may_delete, may_edit, may_manage, may_read, may_write, owns
from galaxy.core.access import admit, signed_in
from galaxy.core.addresses import is_ours
from galaxy.core.db import REF_LENGTH, REF_LETTERS, SAFE, db, new_ref
from galaxy.core.forms import SECRET
from galaxy.core.i18n import _, clock
from galaxy.core.limits import limiter
from galaxy.core.storage import Refused

bp = Blueprint("content", __name__)
F = TypeVar("F", bound=EntryForm)
FORM_NAME = re.compile(r"[a-z_]{1,30}\.[a-z_]{1,30}")
NEW_KEY = re.compile(rf"new-[{REF_LETTERS}]{{{REF_LENGTH}}}")
ALWAYS_SAID = frozenset({"language", "licence", "evidence", "worked"})  # what is chosen before anybody has written


class Step(NamedTuple):
    """A page on which a part of an entry is written: its name, address and title, the things of a snapshot that one
    says there, and whether that is done: something is said, or its kind knows that it is, and nothing is missing."""

    name: str
    address: str
    words: Any
    says: tuple[str, ...]
    done: bool = False


@dataclass(frozen=True)
class Way:
    """How a kind is written: its steps, the page where people see all of their own, with its title, the preview; and
    the facts that no version of it holds, each with its name, for those who judge it."""

    steps: Callable[[Any], list[Step]]
    mine: str
    called: Any
    preview: str
    facts: Callable[[Any], list[tuple[Any, Any]]]


@dataclass(frozen=True)
class Part:
    """What a form writes of an entry that is more than one text: whose it is, and what it says now."""

    ref: str
    said: dict[str, Any]


WAYS: dict[str, Way] = {}


def no_facts(_entry: Entry) -> list[tuple[Any, Any]]:
    """Of most kinds a version holds all there is."""
    return []


def steps_of(*kinds: str, mine: str = "", called: Any = "", preview: str = "", facts: Any = no_facts) -> Any:
    """Make a function say in which steps entries of these kinds are written; files are added by themselves."""

    def register(steps: Callable[[Any], list[Step]]) -> Callable[[Any], list[Step]]:
        WAYS.update(dict.fromkeys(kinds, Way(steps, mine, called, preview, facts)))
        return steps

    return register


def steps(entry: Entry) -> list[Step]:
    """The steps in which an entry is written, in their order."""
    way, said = WAYS[entry.kind].steps(entry), entry.said
    if entry.judged:
        files = url_for("content.files", ref=entry.slug)
        way = [*way, Step("files", files, _("Files and pictures"), ("files", "cover"))]
    told = {name for name, value in said.items() if value} - ALWAYS_SAID
    missing = set(entry.missing)
    return [
        step._replace(done=not missing.intersection(step.says) and (step.done or bool(told.intersection(step.says))))
        for step in way
    ]


def part_steps(entry: Entry, parts: dict[str, type[PartForm]], endpoint: str) -> list[Step]:
    """The steps of a full form in parts, each on the page of this view."""
    return [
        Step(name, url_for(endpoint, ref=entry.slug, part=name), form.words, form.says())
        for name, form in parts.items()
    ]


def writing_address(entry: Entry) -> str:
    """Where one goes on writing it."""
    return WAYS[entry.kind].steps(entry)[0].address


def place(entry: Entry, name: str) -> str:
    """Where one says what is missing."""
    way = steps(entry)
    return f"{next((step for step in way if name in step.says), way[0]).address}#{name}"


def mine(entry: Entry) -> tuple[str, Any] | None:
    """Address and title of the page where people see all of their own entries of this kind, if it has one."""
    way = WAYS[entry.kind]
    return (url_for(way.mine), way.called) if way.mine else None


def facts(entry: Entry) -> list[tuple[Any, Any]]:
    """What is known of an entry beside what its versions hold: name and value."""
    return WAYS[entry.kind].facts(entry)


def said_to_do() -> str:
    """Which button was pressed: `save`, `next`, `preview`, `submit`, or `row:` and a list that is to grow."""
    return request.form.get("act", "save")[:40]


def wants_rows(form: PartForm) -> bool:
    """Whether the button that was pressed only makes a list of the form grow; it has grown then."""
    if request.method != "POST" or not said_to_do().startswith("row:"):
        return False
    form.spare(more_of=said_to_do().removeprefix("row:"))
    return True


def go_on(entry: Entry, here: str) -> ResponseReturnValue:
    """Where the button that was pressed leads from the step of this name."""
    act, way = said_to_do(), steps(entry)
    after = [step.name for step in way].index(here) + (act == "next")
    if act == "preview":
        return redirect(preview_address(entry))
    if act == "submit" or after == len(way):
        return redirect(url_for("moderation.submit", ref=entry.slug))
    return redirect(way[after].address)


def preview_address(entry: Entry) -> str:
    """Where one sees an entry as its readers will: on the page of its room."""
    room = entry.endpoint.partition(".")[0]
    own = WAYS[entry.kind].preview or f"{room}.preview"
    return url_for(own if entry.judged else entry.endpoint, ref=entry.slug)


def new_key() -> str:
    """What the draft of something new is kept under."""
    return f"new-{new_ref()}"


def asked_origin() -> Entry | None:
    """What something new is to be begun from, as the address says."""
    return readable(request.args.get("from", ""))


def readable(ref: str | None) -> Entry | None:
    """The entry of this permanent id, of any kind, if the reader may read it."""
    found = db.session.scalar(select(Entry).where(Entry.ref == (ref or "")[:40]))
    return found if found is not None and may_read(current_user, found) else None


def begun_with(form: EntryForm, origin: Entry | None) -> dict[str, Any]:
    """What a new entry says: what its writer says, and what its origin offers that a short form does not hold."""
    said, offered = form.said(), origin.offers() if origin else {}
    if "sdg" in said:
        offered_targets = [code for code in offered.get("sdg", ()) if code.partition(".")[0] in said["sdg"]]
        said["sdg"] = [*dict.fromkeys((*said["sdg"], *offered_targets))]
    return offered | said


def chosen_key(form: str, origin: Entry | None = None) -> str:
    """The key of a new thing's draft: the one that is asked for, else of the last one begun (from the same origin),
    else a new one."""
    if request.method == "POST" or "fresh" in request.args:
        return request.form.get("key", "")[:40] or new_key()
    begun = services.drafts_of(current_user, form)
    if origin is not None:
        begun = [draft for draft in begun if ["origin", origin.ref] in draft.fields]
    return begun[0].key if begun else new_key()


def reopened(
    form: type[F], name: str, entry: Entry | Part | None, key: str = "", origin: Entry | None = None, **more: Any
) -> F:
    """A form as it was just sent, or as its writer left it, else as the entry says it, or the origin of a new one."""
    said = entry.said if entry else origin.offers() | {"origin": origin.ref} if origin else {}
    key = entry.ref if entry else key
    first = {"base": services.digest(said, form.names), "key": key} | {
        n: said[n] for n in (*form.names, "origin") if n in said
    }
    return reopened_with(form, name, key, first, **more)


def reopened_with(form: type[F], name: str, key: str, first: dict[str, Any], **more: Any) -> F:
    """A form as it was just sent, or as its writer left it, else with what is said first."""
    first = {"key": key, **first}
    opened = form(data=first, **more)
    if request.method in SAFE and not opened.was_held and (draft := services.take_draft(current_user, name, key)):
        opened = form(formdata=MultiDict(draft.fields), data=first, **more)
        opened.restored_at = draft.updated_at
    opened.form_name = name
    return opened


def is_untouched(form: EntryForm) -> bool:
    """Whether a form is opened for the first time: nothing was typed into it, sent or not."""
    return request.method == "GET" and not form.restored_at and not form.was_held


def prepare_own(form: Any, entry: Entry) -> None:
    """Fill in what a form asks besides what a version keeps: the agreement, and in whose name."""
    first = is_untouched(form)
    if "consent" in form and first:
        form.consent.data = entry.consented_at is not None
    if "owner" in form:
        bodies = [(str(body.id), body.name) for body in current_user.bodies]
        if entry.is_visible or not bodies or not owns(current_user, entry):
            del form.owner
        else:
            form.owner.choices = [*bodies, (BODYLESS, _("My own"))]
            form.owner.data = str(entry.body_id or BODYLESS) if first else form.owner.data


def overtaken(form: EntryForm, theirs: dict[str, Any], compare: Callable[[], list[Change]]) -> list[Change]:
    """What is other in what somebody else has said since a form was opened; the form knows of that from now on."""
    seen, form.base.data = form.base.data, services.digest(theirs, theirs)
    return compare() if form.base.data != seen else []


def save(form: EntryForm, entry: Entry) -> list[Change] | None:
    """Take what was typed; or, where somebody else was faster, what they said in place of it."""
    services.lock(entry)
    if not may_edit(current_user, entry):
        abort(409)
    current, said = entry.said, form.said()
    theirs = {name: current.get(name) for name in form.names}
    if changes := overtaken(form, theirs, lambda: services.changes(entry, theirs, said)):
        return changes
    agreed = entry.consented_at is not None
    services.revise(entry, said, current_user)
    _save_own(form, entry, asks_again=agreed and entry.consented_at is None)
    services.drop_draft(current_user, form.form_name, entry.ref)
    db.session.commit()
    flash(_("Saved."), "success")
    return None


def _save_own(form: Any, entry: Entry, asks_again: bool) -> None:
    """Take the agreement, which is to a licence, and in whose name it is shared."""
    if asks_again:
        flash(_("You chose another licence. Please say that you agree to it, too."), "warning")
    elif "consent" in form:
        services.agree(entry, form.consent.data, current_user)
    if "owner" in form:
        bodies = {str(body.id): body for body in current_user.bodies}
        services.give_to(entry, bodies.get(form.owner.data or BODYLESS), current_user)


@bp.post("/<lang:lang>/content/drafts")
@admit(signed_in)
def save_draft() -> ResponseReturnValue:
    """Keep what is being typed; asked by the form itself every few seconds."""
    form, key = request.form.get("draft_form", ""), request.form.get("draft_key", "")
    entry = writable(key)
    if not FORM_NAME.fullmatch(form) or not (entry or NEW_KEY.fullmatch(key)):
        abort(404)
    own = {"draft_form", "draft_key"}
    typed = [(n, v) for n, v in request.form.items(multi=True) if n not in own and not SECRET.search(n)]
    try:
        draft = services.save_draft(current_user, form, key, typed, entry)
    except ValueError:
        abort(413)
    db.session.commit()
    return {"told": _("Saved at %(time)s", time=clock(draft.updated_at))}


@bp.post("/<lang:lang>/content/drafts/discard")
@admit(signed_in)
def discard_draft() -> ResponseReturnValue:
    services.drop_draft(current_user, request.form.get("draft_form", ""), request.form.get("draft_key", ""))
    db.session.commit()
    flash(_("What you had typed and not saved is discarded."))
    back = request.form.get("next", "")
    return redirect(back if is_ours(back) else "/")


def writable(key: str) -> Entry | None:
    """The entry of this permanent id, if it is the reader's to write about, also while admins read what it says."""
    entry = db.session.scalar(select(Entry).where(Entry.ref == key))
    return entry if entry is not None and may_manage(current_user, entry) else None


@bp.route("/<lang:lang>/content/<ref:ref>/files", methods=["GET", "POST"])
@admit(may_write, Entry)
@limiter.limit(lambda: current_app.config["LIMIT_UPLOADS"], methods=["POST"], exempt_when=lambda: not request.files)
def files(entry: Entry) -> ResponseReturnValue:
    form = reopened(UploadForm, "content.files", entry)
    if form.validate_on_submit():
        services.lock(entry)
        try:
            change_files(form, entry)
        except Refused as refused:
            db.session.rollback()
            form.file.errors = [str(refused)]
        else:
            services.drop_draft(current_user, form.form_name, entry.ref)
            db.session.commit()
            return go_on(entry, "files")
    said = entry.said
    page = {"files": services.files_of(entry, said), "cover": said["cover"], "steps": steps(entry)}
    return render_template("content/files.html", entry=entry, form=form, **page)


def change_files(form: UploadForm, entry: Entry) -> None:
    """Take away the file whose button was pressed; else take captions, order and cover, and the file that was sent."""
    kept = [file["id"] for file in entry.said["files"]]
    captions = {number: request.form.get(f"caption-{number}", "").strip()[:300] for number in kept}
    typed = {number: request.form.get(f"place-{number}", 0, type=int) for number in kept}
    if kept and f"caption-{kept[0]}" in request.form:
        order = sorted(kept, key=lambda number: typed[number] or 0)
        services.arrange(entry, captions, order, request.form.get("cover", type=int), current_user)
    if (gone := said_to_do()).startswith("remove:"):
        number = gone.removeprefix("remove:")
        services.detach(entry, int(number) if number.isascii() and number.isdigit() else 0, current_user)
        flash(_("The file is taken away."), "success")
    elif form.file.data:
        services.attach(entry, form.file.data, form.caption.data or "", current_user)
        flash(_("The file is added."), "success")
    else:
        flash(_("Saved."), "success")


@bp.route("/<lang:lang>/content/<ref:ref>/delete", methods=["GET", "POST"])
@admit(may_delete, Entry)
def delete(entry: Entry) -> ResponseReturnValue:
    """Throw a draft away, once its owner has looked at what goes with it."""
    if request.method == "POST":
        own = mine(entry)
        services.throw_away(entry, current_user)
        db.session.commit()
        flash(_("The draft is deleted."), "success")
        return redirect(own[0] if own else "/")
    return render_template("content/delete.html", entry=entry)
