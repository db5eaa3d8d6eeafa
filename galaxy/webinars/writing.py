"""Where webinars are written: the short form, the parts of the full one, what a series is called."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.content import services as content
from galaxy.content.forms import GoalsForm, PartForm
from galaxy.content.models import Entry
from galaxy.content.rules import may_edit
from galaxy.content.writing import (
    Step,
    asked_origin,
    begun_with,
    chosen_key,
    go_on,
    is_untouched,
    part_steps,
    prepare_own,
    readable,
    reopened,
    save,
    steps,
    steps_of,
    wants_rows,
)
from galaxy.core.access import admit, signed_in
from galaxy.core.db import db
from galaxy.core.i18n import _, lang, lazy, time_zone, zone_named
from galaxy.core.zones import span, zone_title
from galaxy.reference.sdgs import goals_of
from galaxy.reference.weeks import zone_of
from galaxy.webinars import queries, services
from galaxy.webinars.forms import PARTS, AboutForm, ContextForm, NewForm, SeriesForm
from galaxy.webinars.models import Series, State, Webinar
from galaxy.webinars.question_models import Question
from galaxy.webinars.rules import may_host, may_rename

bp = Blueprint("webinars", __name__, url_prefix="/<lang:lang>/webinars")
WHEN = ("starts_at", "join_url", "place")
ENTRANCE = ("entrance_url",)
PAST = lazy("This time has passed: it is kept among the webinars that are over.")


def facts_of(webinar: Webinar) -> list[tuple[Any, Any]]:
    """When and where it is, for whoever judges it: what its versions do not hold."""
    words, at, zone = webinar.words, webinar.starts_at, webinar.zone
    when = f"{span(at, webinar.ends_at, zone, webinar.all_day)}, {zone_title(zone, at)}" if at else ""
    return [
        (words["starts_at"], when),
        (words["join_url"], webinar.join_url),
        (_("What else one must know"), webinar.join_words),
        (words["place"], webinar.place),
        (words["entrance_url"], webinar.entrance_url),
        (_("Places"), webinar.capacity or ""),
        (_("Asked of those who register"), "; ".join(ask["question"] for ask in webinar.asks)),
    ]


@steps_of("webinars", mine="webinars.mine", called=lazy("My webinars"), facts=facts_of)
def steps_of_webinar(webinar: Webinar) -> list[Step]:
    """The parts of its words, and after the first the two of its facts, which take effect at once."""
    about, *others = part_steps(webinar, PARTS, "webinars.edit")
    when, entrance = (url_for(f"webinars.{name}", ref=webinar.slug) for name in ("when", "entrance"))
    return [
        about,
        Step("when", when, _("When and where"), WHEN, webinar.starts_at is not None),
        Step("entrance", entrance, _("How one comes in"), ENTRANCE, webinar.starts_at is not None),
        *others,
    ]


def own_zone(webinar: Webinar | None = None) -> ZoneInfo | None:
    """The zone of those who hold it: of their body and its country, else of the writer."""
    body = webinar.body if webinar else next(iter(current_user.bodies), None)
    if body is not None:
        return zone_named(body.time_zone) or zone_of(body.country)
    return zone_named(current_user.time_zone) or zone_of(current_user.country)


@bp.route("/new", methods=["GET", "POST"])
@admit(may_host)
def new() -> ResponseReturnValue:
    name, asked = "webinars.new", asked_origin()
    form = reopened(NewForm, name, None, chosen_key(name, asked), asked)
    origin = readable(form.origin.data)
    if is_untouched(form):
        begin_with(form, origin)
    form.offer_zones(own_zone())
    form.show_twice()
    if form.validate_on_submit():
        return begun(form, origin)
    body = next(iter(current_user.bodies), None)
    return render_template("webinars/new.html", form=form, body=body, origin=origin)


def begin_with(form: NewForm, origin: Entry | None) -> None:
    """Fill in what is known of the writer and of what the webinar is about."""
    form.zone.data = (own_zone() or time_zone()).key
    form.spoken.data = [lang()]
    if origin is None:
        form.language.data = lang()
    form.sdg.data = [goal.code for goal in goals_of(form.sdg.data or [])]


def begun(form: NewForm, origin: Entry | None) -> ResponseReturnValue:
    """A draft is made of the short form: about a solution or a request, or after another webinar."""
    said, follows = begun_with(form, origin), isinstance(origin, Webinar | Question)
    if origin is not None and not follows:
        said["presents"] = [origin.ref]
    before = origin if follows else None
    webinar = content.begin(Webinar(**form.facts), said, current_user, form.consent.data, before)
    content.drop_draft(current_user, form.form_name, form.key.data or "")
    db.session.commit()
    flash(_("Your draft is saved. Nobody else sees it before you submit it."), "success")
    if form.period and form.period.is_past:
        flash(PAST)
    return go_on(webinar, "about")


@bp.get("/mine")
@admit(signed_in)
def mine() -> ResponseReturnValue:
    begun = content.drafts_of(current_user, "webinars.new")
    return render_template("webinars/mine.html", groups=grouped(queries.mine(current_user)), begun=begun)


def grouped(webinars: list[Webinar]) -> list[tuple[Any, list[Webinar]]]:
    """One's webinars by what one has to do with them: to be written, to come, over or called off."""
    written = [each for each in webinars if each.published_at is None]
    coming = sorted(filter(is_coming, webinars), key=lambda each: each.starts_at or each.created_at)
    return [
        (_("Being written"), written),
        (_("To come"), coming),
        (_("Over, or called off"), [each for each in webinars if each not in written and each not in coming]),
    ]


def is_coming(webinar: Webinar) -> bool:
    """Whether people wait for it, also where nobody knows yet when it will be."""
    planned = webinar.state == State.PLANNED and not webinar.is_over
    return webinar.is_visible and (planned or webinar.state == State.POSTPONED)


@bp.route(f"/<ref:ref>/edit/<any({', '.join(PARTS)}):part>", methods=["GET", "POST"])
@admit(may_edit, Webinar)
def edit(webinar: Webinar, part: str) -> ResponseReturnValue:
    form = reopened(PARTS[part], f"webinars.{part}", webinar)
    prepare(form, webinar)
    if wants_rows(form):
        return show_part(webinar, part, form)
    if form.validate_on_submit():
        if isinstance(form, AboutForm) and form.new_series.data:
            form.series.data = services.series_called(form.new_series.data, webinar, current_user).ref
        changes = save(form, webinar)
        if changes is None:
            return go_on(webinar, part)
        db.session.rollback()
        return show_part(webinar, part, form, changes), 409
    form.spare()
    return show_part(webinar, part, form)


def prepare(form: PartForm, webinar: Webinar) -> None:
    """Fill the menus that depend on the webinar, and what it says of them."""
    said = webinar.said
    prepare_own(form, webinar)
    if isinstance(form, GoalsForm):
        form.keep(said["sdg"], is_untouched(form))
    if isinstance(form, AboutForm):
        form.offer_series([(series.ref, series.title) for series in services.series_of(webinar)])
    if isinstance(form, ContextForm):
        form.show_chosen(said)


def show_part(webinar: Webinar, part: str, form: PartForm, changes: list[Any] | None = None) -> str:
    page = {"webinar": webinar, "part": part, "form": form, "changes": changes, "steps": steps(webinar)}
    return render_template("webinars/edit.html", **page)


@bp.route("/series/<ref:ref>/edit", methods=["GET", "POST"])
@admit(may_rename, Series)
def edit_series(series: Series) -> ResponseReturnValue:
    """What a series is called, and what it is about; readers see it at once."""
    form = SeriesForm(data={"title": series.title, "summary": series.summary})
    if form.validate_on_submit():
        services.rename(series, form.title.data or "", form.summary.data or "", current_user)
        db.session.commit()
        flash(_("Saved."), "success")
        return redirect(url_for(".series", ref=series.slug))
    return render_template("webinars/edit_series.html", series=series, form=form)
