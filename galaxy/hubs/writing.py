"""Where hubs are opened and written: the short form, the parts of the full one, other languages, the pins."""

from datetime import date
from typing import Any

from babel import Locale
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.content import services as content
from galaxy.content.differences import Change
from galaxy.content.forms import EntryForm, PartForm
from galaxy.content.models import Entry, Status
from galaxy.content.queries import meant
from galaxy.content.writing import (
    Part,
    Step,
    is_untouched,
    new_key,
    overtaken,
    readable,
    reopened,
    said_to_do,
    steps_of,
    wants_rows,
)
from galaxy.core.access import admit
from galaxy.core.db import db
from galaxy.core.i18n import _, lang, offered
from galaxy.hubs import queries, services
from galaxy.hubs.forms import PARTS, DaysForm, DraftDaysForm, NewForm, PinsForm, TextForm
from galaxy.hubs.models import NOTE_MAX, WORDING, Hub, Occasion
from galaxy.hubs.rules import may_open, may_run
from galaxy.search.entries import published
from galaxy.search.queries import found_ids
from galaxy.search.questions import Question, typed

bp = Blueprint("hubs", __name__, url_prefix="/<lang:lang>/hubs")
LOOKED_UP = 10  # entries that are offered to be pinned


@steps_of("hubs")
def steps_of_hub(hub: Hub) -> list[Step]:
    """The pages on which a hub is written: its words, each other language, what it shows, its days."""
    parts = {
        name: Step(name, url_for("hubs.edit", ref=hub.slug, part=name), form.words, ()) for name, form in PARTS.items()
    }
    others = [code for code in offered() if code != hub.language]
    texts = [Step(code, url_for("hubs.text", ref=hub.slug, code=code), in_own_words(code), ()) for code in others]
    pins = Step("pins", url_for("hubs.pins", ref=hub.slug), _("Pins"), ())
    return [parts["words"], *texts, pins, parts["search"], parts["links"], parts["days"]]


def in_own_words(code: str) -> str:
    """What a language calls itself."""
    return str(Locale(code).get_display_name(code)).capitalize()


@bp.route("/new", methods=["GET", "POST"])
@admit(may_open)
def new() -> ResponseReturnValue:
    """First what it is for; then the short form, with what is proposed on that occasion."""
    occasion = _occasion(request.values.get("occasion", ""))
    searched = queries.search_of(request.args, lang())
    if occasion is None:
        return render_template("hubs/choose.html", occasions=Occasion, searched=searched)
    form = reopened(NewForm, "hubs.new", None, _key(occasion))
    form.occasion.data = occasion.value
    if is_untouched(form):
        form.begin(occasion, searched)
    if form.validate_on_submit():
        hub = _opened(form, occasion, searched)
        content.drop_draft(current_user, form.form_name, form.key.data or "")
        db.session.commit()
        flash(
            _("The hub is open.") if hub.is_visible else _("The hub is kept as a draft: only admins see it."), "success"
        )
        return redirect(url_for(".show", ref=hub.slug))
    return render_template("hubs/new.html", form=form, occasion=occasion)


def _occasion(asked: str) -> Occasion | None:
    return Occasion(asked) if asked in set(Occasion) else None


def _key(occasion: Occasion) -> str:
    """The key of the draft that was begun last on this occasion, else a new one."""
    if request.method == "POST":
        return request.form.get("key", "")[:40] or new_key()
    begun = content.drafts_of(current_user, "hubs.new")
    return next((draft.key for draft in begun if ["occasion", occasion.value] in draft.fields), new_key())


def _opened(form: NewForm, occasion: Occasion, searched: dict[str, Any]) -> Hub:
    """The hub as it was typed; online at once, unless it is to wait."""
    more = {facet: codes for facet, codes in searched.items() if facet not in {"q", "country", "sdg"}}
    return services.open_hub(
        current_user,
        form.title.data or "",
        date.fromisoformat(form.ends_on.data or ""),
        occasion=occasion,
        introduction=form.introduction.data or "",
        language=lang(),
        search=form.search(more),
        opens_on=date.fromisoformat(form.opens_on.data) if form.opens_on.data else None,
        draft=said_to_do() != "open",
    )


@bp.route(f"/<ref:ref>/edit/<any({', '.join(PARTS)}):part>", methods=["GET", "POST"])
@admit(may_run, Hub)
def edit(hub: Hub, part: str) -> ResponseReturnValue:
    kind = DraftDaysForm if PARTS[part] is DaysForm and not hub.published_at else PARTS[part]
    form: Any = reopened(kind, f"hubs.{part}", hub)
    form.prepare(hub, is_untouched(form))
    if wants_rows(form):
        return _part(hub, part, form)
    changes = None
    if form.validate_on_submit():
        changes = save(form, hub)
        if changes is None:
            return redirect(request.path)
    form.spare()
    return _part(hub, part, form, changes), 409 if changes else 200


def _part(hub: Hub, part: str, form: PartForm, changes: list[Change] | None = None) -> str:
    finds = queries.finds(hub) if part == "search" else None
    page = {"steps": steps_of_hub(hub), "finds": finds, "asked": queries.question(hub)}
    return render_template("hubs/edit.html", hub=hub, part=part, form=form, changes=changes, **page)


def save(form: EntryForm, hub: Hub) -> list[Change] | None:
    """Take what was typed; or, where another admin was faster, what they said in place of it."""
    content.lock(hub)
    if changes := faster(form, hub, hub.snapshot(), form.said()):
        return changes
    services.revise(hub, form.said(), current_user)
    kept(form, hub)
    return None


def faster(form: EntryForm, hub: Hub, current: dict[str, Any], said: dict[str, Any]) -> list[Change]:
    """What another admin has said since the form was opened, if it differs; the form then knows of it."""
    theirs = {name: current.get(name) for name in form.names}
    return overtaken(form, theirs, lambda: content.changes(hub, _flat(theirs), _flat(said)))


def _flat(said: dict[str, Any]) -> dict[str, Any]:
    """The same, each thing that is searched for by itself."""
    searched: dict[str, Any] = said.get("search", {})
    return {name: value for name, value in said.items() if name != "search"} | searched


def kept(form: EntryForm, hub: Hub) -> None:
    """What was typed is saved for good."""
    content.drop_draft(current_user, form.form_name, hub.ref)
    db.session.commit()
    flash(_("Saved. Readers see it now.") if hub.is_visible else _("Saved."), "success")


@bp.route("/<ref:ref>/texts/<code>", methods=["GET", "POST"])
@admit(may_run, Hub)
def text(hub: Hub, code: str) -> ResponseReturnValue:
    """What a hub says in another language, beside its own words."""
    if code not in offered() or code == hub.language:
        abort(404)
    form = reopened(TextForm, f"hubs.text_{code}", Part(hub.ref, _said_in(hub, code)))
    changes = None
    if form.validate_on_submit():
        content.lock(hub)
        changes = faster(form, hub, _said_in(hub, code), form.said()) or None
        if changes is None:
            services.say(hub, code, form.said(), current_user)
            kept(form, hub)
            return redirect(request.path)
    page = {"steps": steps_of_hub(hub), "changes": changes}
    return render_template("hubs/text.html", hub=hub, code=code, form=form, **page), 409 if changes else 200


def _said_in(hub: Hub, code: str) -> dict[str, Any]:
    texts: dict[str, dict[str, str]] = hub.snapshot()["texts"]
    return texts.get(code) or dict.fromkeys(WORDING, "")


@bp.route("/<ref:ref>/pins", methods=["GET", "POST"])
@admit(may_run, Hub)
def pins(hub: Hub) -> ResponseReturnValue:
    """The pins with their order and notes, and a search for more."""
    form = reopened(PinsForm, "hubs.pins", hub)
    if form.validate_on_submit():
        content.lock(hub)
        if (gone := said_to_do()).startswith("remove:"):
            services.unpin(hub, gone.removeprefix("remove:"), current_user)
            db.session.commit()
            flash(_("The pin is taken away."), "success")
            return redirect(request.path)
        if form.base.data == content.digest(hub.snapshot(), form.names):
            services.arrange(hub, *_arranged(hub), current_user)
            kept(form, hub)
            return redirect(request.path)
        form.base.data = content.digest(hub.snapshot(), form.names)
        return _pins(hub, form, dict(_arranged(hub)[0]), late=True), 409
    return _pins(hub, form, {})


def _arranged(hub: Hub) -> tuple[dict[str, str], list[str]]:
    """The notes that were typed, and the order in which the pins are to stand."""
    refs = [pin.entry.ref for pin in hub.pins]
    notes = {
        ref: " ".join(request.form[f"note-{ref}"].split())[:NOTE_MAX] for ref in refs if f"note-{ref}" in request.form
    }
    places = {ref: request.form.get(f"place-{ref}", type=int) or 0 for ref in notes}
    return notes, sorted(notes, key=lambda ref: places[ref])


def _pins(hub: Hub, form: PinsForm, notes: dict[str, str], late: bool = False) -> str:
    words = typed(request.args)
    pinned = {pin.entry_id for pin in hub.pins}
    found = [entry for entry in looked_up(words) if entry.id not in pinned] if words else []
    page = {"steps": steps_of_hub(hub), "words": words, "found": found, "notes": notes, "late": late}
    return render_template("hubs/pins.html", hub=hub, form=form, **page)


def looked_up(words: str) -> list[Entry]:
    """Published entries with these words, or the one whose address they are."""
    named = [entry for entry in meant(words) if entry.status == Status.PUBLISHED]
    asked = Question(words=words, lang=lang())
    some = {entry.id: entry for entry in (*named, *published(found_ids(asked, LOOKED_UP).ids))}
    return [entry for entry in some.values() if not isinstance(entry, Hub)][:LOOKED_UP]


@bp.post("/<ref:ref>/pins/add")
@admit(may_run, Hub)
def pin(hub: Hub) -> ResponseReturnValue:
    """Put an entry into the hub."""
    entry = readable(request.form.get("entry"))
    content.lock(hub)
    try:
        if entry is None:
            raise services.Refused(_("This entry is no longer there."))
        services.pin(hub, entry, current_user)
    except services.Refused as refused:
        db.session.rollback()
        flash(str(refused), "warning")
    else:
        db.session.commit()
        flash(_("“%(title)s” is pinned.", title=entry.title), "success")
    return redirect(url_for(".pins", ref=hub.slug, q=typed(request.form) or None))


@bp.post("/keep-search")
@admit(may_open)
def keep_search() -> ResponseReturnValue:
    """Give the search that an admin is looking at to a hub."""
    hub = readable(request.form.get("hub"))
    if not isinstance(hub, Hub):
        flash(_("Please choose a hub."), "warning")
        return redirect(url_for("pages.search", **queries.search_of(request.form, lang())))
    content.lock(hub)
    services.revise(hub, {"search": queries.search_of(request.form, lang())}, current_user)
    db.session.commit()
    flash(_("The hub now shows what this search finds."), "success")
    return redirect(url_for(".show", ref=hub.slug))
