"""Where hosts change the facts of a webinar at once, and postpone, cancel or resume it."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_login import current_user
from sqlalchemy import select

from galaxy.accounts.services import NotPossible
from galaxy.content import services as content
from galaxy.content.differences import Change, differences
from galaxy.content.models import SUMMARY_MAX
from galaxy.content.rules import may_edit
from galaxy.content.views import address
from galaxy.content.writing import go_on, overtaken, reopened, steps, wants_rows
from galaxy.core.access import admit
from galaxy.core.db import db
from galaxy.core.forms import SECRET
from galaxy.core.i18n import lazy, ngettext, time_zone
from galaxy.webinars import services
from galaxy.webinars.models import State, Webinar
from galaxy.webinars.registration_queries import tally
from galaxy.webinars.rules import may_run, possible, refusal
from galaxy.webinars.running_forms import EntranceForm, ReasonForm, WhenForm
from galaxy.webinars.writing import PAST, bp, own_zone

Facts = WhenForm | EntranceForm


class Words(NamedTuple):
    """What a button of a host says, and what follows from it."""

    button: LazyString
    means: LazyString | str
    done: LazyString


WORDS: dict[str, Words] = {
    "move": Words(lazy("Change the time"), "", lazy("Saved.")),
    "entrance": Words(lazy("How one comes in"), "", lazy("Saved.")),
    "postpone": Words(
        lazy("Postpone it"),
        lazy("It then takes place later, at a time that is not known yet. Whoever is registered stays so."),
        lazy("It is postponed. Give it a new time as soon as you know it."),
    ),
    "cancel": Words(
        lazy("Cancel it"),
        lazy(
            "It then does not take place. Its page stays and says so; it vanishes from the calendars of those who come."
        ),
        lazy("It is cancelled."),
    ),
    "resume": Words(
        lazy("Give it a new time"),
        lazy("It then takes place after all."),
        lazy("It takes place. Its page says when, and those who are registered are told by mail."),
    ),
}


@bp.route("/<ref:ref>/when", methods=["GET", "POST"])
@admit(may_run, Webinar)
def when(webinar: Webinar) -> ResponseReturnValue:
    """When and where it is; what was called off is given its new time on a page of its own."""
    if webinar.state != State.PLANNED and request.method == "GET":
        return redirect(url_for(".resume", ref=webinar.slug))
    return timed(webinar, "move")


@bp.route("/<ref:ref>/resume", methods=["GET", "POST"])
@admit(may_run, Webinar)
def resume(webinar: Webinar) -> ResponseReturnValue:
    """The new time of what was postponed or cancelled."""
    if webinar.state == State.PLANNED and request.method == "GET":
        return redirect(url_for(".when", ref=webinar.slug))
    return timed(webinar, "resume")


def timed(webinar: Webinar, verb: str) -> ResponseReturnValue:
    """The page of a time and a place."""
    form = opened(WhenForm, webinar, WhenForm.of(webinar))
    form.needs_time = verb == "resume" or webinar.starts_at is not None
    form.zone.data = form.zone.data or (own_zone(webinar) or time_zone()).key
    form.offer_zones(own_zone(webinar))
    form.show_twice()

    def take() -> None:
        if form.period is None:
            services.set_join(webinar, form.where, current_user)
        else:
            act = services.resume if verb == "resume" else services.move
            act(webinar, *form.period[:3], current_user, form.period.all_day, form.where)
            if form.period.is_past:
                flash(PAST)

    return facts_page(webinar, form, verb, take)


@bp.route("/<ref:ref>/entrance", methods=["GET", "POST"])
@admit(may_run, Webinar)
def entrance(webinar: Webinar) -> ResponseReturnValue:
    """How one comes in."""
    form = opened(EntranceForm, webinar, EntranceForm.of(webinar))
    if wants_rows(form):
        return show_facts(webinar, form, "entrance")
    return facts_page(webinar, form, "entrance", lambda: services.set_entrance(webinar, form.said(), current_user))


F = TypeVar("F", bound=Facts)


def opened(form: type[F], webinar: Webinar, said: dict[str, Any]) -> F:
    """A form of facts as it was just sent, or left, or as the facts are."""
    base = content.digest(said, said)
    return reopened(form, f"webinars.{form.here}", webinar, **form.typed(said), base=base)


def facts_page(webinar: Webinar, form: Facts, verb: str, take: Callable[[], None]) -> ResponseReturnValue:
    """Take what was typed at once; or, where another host was faster, show what they said in place of it."""
    changes = None
    if form.validate_on_submit():
        content.lock(webinar)
        changes = differing(form, webinar)
        if not changes:
            return taken(webinar, form, verb, take)
        db.session.rollback()
    form.spare()
    return show_facts(webinar, form, verb, changes), 409 if changes else 200


def differing(form: Facts, webinar: Webinar) -> list[Change]:
    """How what was typed differs from what another host has said since the form was opened."""
    said = form.of(webinar)
    return overtaken(form, said, lambda: differences(form.in_words(said), form.in_words(form.said()), order=said))


def taken(webinar: Webinar, form: Facts, verb: str, take: Callable[[], None]) -> ResponseReturnValue:
    """Keep the new facts; where they cannot be taken any more, what was typed waits for its writer."""
    before = webinar.sequence
    try:
        take()
    except NotPossible:
        db.session.rollback()
        typed = [(name, value) for name, value in request.form.items(multi=True) if not SECRET.search(name)]
        content.save_draft(current_user, form.form_name, webinar.ref, typed, webinar)
        db.session.commit()
        raise
    content.drop_draft(current_user, form.form_name, webinar.ref)
    db.session.commit()
    flash(told_of(webinar, before) if verb == "move" else WORDS[verb].done, "success")
    return go_on(webinar, form.here) if is_written(webinar) else redirect(address(webinar))


def told_of(webinar: Webinar, before: int) -> str:
    """That it is saved, and how many are told of it by mail."""
    counted = tally(webinar)
    reached = counted.registered + counted.waiting if webinar.sequence > before else 0
    if not reached:
        return str(WORDS["move"].done)
    words = ngettext(
        "Saved. The one person who is registered is told by mail.",
        "Saved. The %(num)d people who are registered are told by mail.",
        reached,
    )
    return str(words)


def is_written(webinar: Webinar) -> bool:
    """Whether one goes on from these facts to the other parts: before it is published."""
    return not webinar.is_visible and may_edit(current_user, webinar)


def show_facts(webinar: Webinar, form: Facts, verb: str, changes: list[Change] | None = None) -> str:
    written = is_written(webinar)
    way = steps(webinar) if may_edit(current_user, webinar) else []
    page = {"form": form, "changes": changes, "steps": way, "written": written, "words": WORDS[verb], "verb": verb}
    labels = {field.name: field.label.text for field in form}
    return render_template("webinars/facts.html", webinar=webinar, may=possible(webinar), labels=labels, **page)


# Postponing and cancelling.


@bp.route("/<ref:ref>/postpone", methods=["GET", "POST"])
@admit(may_run, Webinar)
def postpone(webinar: Webinar) -> ResponseReturnValue:
    return leave_off(webinar, "postpone")


@bp.route("/<ref:ref>/cancel", methods=["GET", "POST"])
@admit(may_run, Webinar)
def cancel(webinar: Webinar) -> ResponseReturnValue:
    return leave_off(webinar, "cancel")


def leave_off(webinar: Webinar, verb: str) -> ResponseReturnValue:
    """Say why, with the number of those who will be told; to cancel, say it twice."""
    if why := refusal(verb, webinar):
        raise NotPossible(str(why))
    counted, form = tally(webinar), ReasonForm()
    registered = counted.registered + counted.waiting
    form.ask(verb == "cancel", registered)
    if form.validate_on_submit():
        act = services.cancel if verb == "cancel" else services.postpone
        act(webinar, form.reason.data or "", current_user)
        db.session.commit()
        flash(WORDS[verb].done, "success")
        return redirect(address(webinar))
    page = {"form": form, "words": WORDS[verb], "registered": registered}
    return render_template("webinars/leave_off.html", webinar=webinar, **page)


def not_possible(refused: NotPossible) -> ResponseReturnValue:
    """An act that cannot be done now: why, what can be done instead, and the reason that was typed."""
    db.session.rollback()
    ref = (request.view_args or {}).get("ref", "")
    webinar = db.session.scalar(select(Webinar).where(Webinar.ref == ref))
    instead = [str(WORDS[verb].button) for verb in possible(webinar)] if webinar else []
    page = {"told": str(refused), "instead": instead, "typed": request.form.get("reason", "")[:SUMMARY_MAX]}
    back = address(webinar) if webinar else url_for("pages.home")
    return render_template("moderation/not_possible.html", back=back, **page), 409


bp.register_error_handler(NotPossible, not_possible)
