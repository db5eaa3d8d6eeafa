"""Webinars and their series as they are read."""

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.content.rules import may_read
from galaxy.core.access import admit, anyone
from galaxy.core.db import now
from galaxy.core.i18n import _, lang, time_zone
from galaxy.core.paging import page_of
from galaxy.core.templates import has_page
from galaxy.core.zones import in_zone
from galaxy.moderation.views import told_of
from galaxy.search.found import Value
from galaxy.search.lists import Listing
from galaxy.search.questions import link
from galaxy.webinars import (  # noqa: F401  # `asking`, `attending`, `desk` and `running` open their own pages
    asking,
    attendance,
    attending,
    certificates,
    desk,
    keeping,
    months,
    queries,
    readings,
    registering,
    running,
    surveys,
    words,
)
from galaxy.webinars.calendars import webcal
from galaxy.webinars.models import Series, State, Webinar
from galaxy.webinars.question_queries import asked_of
from galaxy.webinars.registration_queries import may_join
from galaxy.webinars.rules import may_ask, may_preview, may_see_series
from galaxy.webinars.writing import bp

SHOWN_ON = 3  # of what takes place at this moment, at the head of the list


@bp.get("/")
@admit(anyone)
def index() -> ResponseReturnValue:
    """What is on now and to come, the soonest first, and then what has been."""
    found = queries.WEBINARS.listing(queries.WEBINARS.asked(request.args, lang()))
    return render_template(
        "webinars/index.html",
        found=replace(found, facets=tuple(facet for facet in found.facets if facet.name != "when")),
        on=queries.on_now(SHOWN_ON),
        tabs=times_of(found),
        here=link(found.question.choosing("when", found.question.chosen.get("when", ())).args()),
        this=this_month(),
        in_own=in_own_language(found),
        more=request.args.get("more"),
        link=link,
    )


@bp.get("/month/<int(min=1900, max=2100):year>/<int(min=1, max=12):number>")
@admit(anyone)
def month(year: int, number: int) -> ResponseReturnValue:
    """A month of what the list shows where the same is asked of it."""
    asked = queries.WEBINARS.asked(request.args, lang())
    return render_template(
        "webinars/month.html",
        month=months.month_of(asked, date(year, number, 1), time_zone()),
        this=this_month(),
        today=in_zone(now(), time_zone()).date(),
        asked=asked,
        chosen=queries.WEBINARS.chosen(asked),
        link=link,
    )


def this_month() -> date:
    """The first day of the month that the reader's calendar shows."""
    return in_zone(now(), time_zone()).date().replace(day=1)


Tab = tuple[str, str, int | None]


def times_of(found: Listing[Webinar]) -> list[Tab]:
    """Ways to what is to come and to what has been, with how many those are."""
    asked = found.question
    counts = {value.code: value.count for facet in found.facets if facet.name == "when" for value in facet.values}
    ways = {(): _("All events"), ("now", "coming"): _("On now and to come"), ("past",): _("Past")}
    return [
        (link(asked.choosing("when", when).args()), said, sum(counts.get(code, 0) for code in when) if when else None)
        for when, said in ways.items()
    ]


def in_own_language(found: Listing[Webinar]) -> Value | None:
    """The way to what one can follow in the language of the page, where there is something and it is not chosen."""
    values = [value for facet in found.facets if facet.name == "language" for value in facet.values]
    return next((value for value in values if value.code == lang() and value.count and not value.selected), None)


@bp.get("/<ref:ref>")
@admit(may_read, Webinar)
def show(webinar: Webinar) -> ResponseReturnValue:
    return page(webinar)


@bp.get("/<ref:ref>/preview")
@admit(may_preview, Webinar)
def preview(webinar: Webinar) -> ResponseReturnValue:
    """What the public would see if it were published as it is written now."""
    return page(webinar, preview=True)


def page(webinar: Webinar, preview: bool = False) -> str:
    """A webinar with all that one may do there; `entry` is what it says, in a preview what is written last."""
    told: dict[str, Any] = told_of(webinar, preview)
    entry: Webinar = told["entry"]
    told["may"] |= {"join"} if joins(current_user, webinar) else set()
    told["may"] |= {"ask"} if may_ask(current_user, webinar) else set()
    if not has_page("webinars.edit"):
        told["may"] -= {"edit"}
    return render_template(
        "webinars/show.html",
        webinar=webinar,
        kept=keeping.told(webinar),
        asked=asked_of(webinar, current_user),
        moved_from=readings.moved_from(webinar),
        neighbours=readings.neighbours(webinar),
        presented=readings.presented(webinar, entry),
        registration=registering.told(webinar, current_user),
        profiles=readings.profiles(entry.speakers),
        **told,
    )


def joins(user: Any, webinar: Webinar) -> bool:
    """Whether somebody is told where to join: until it is over, where it takes place."""
    return webinar.state == State.PLANNED and not webinar.is_over and may_join(user, webinar)


@bp.get("/series/<ref:ref>")
@admit(may_see_series, Series)
def series(series: Series) -> ResponseReturnValue:
    """What belongs together: what comes next first, then what has been."""
    return render_template("webinars/series.html", series=series, found=page_of(readings.of_series(series)))


def init_app(app: Flask) -> None:
    """Open the pages of this room, and let templates say what this room's words mean."""
    app.register_blueprint(bp)
    app.jinja_env.filters.update(month_name=months.month_name)
    app.jinja_env.globals.update(
        around_the_world=words.around_the_world,
        event_zone=words.event_zone,
        hour=words.hour,
        in_your_language=words.in_your_language,
        lasts=words.lasts,
        lets_in=words.lets_in,
        machine_time=words.machine_time,
        nearness=words.nearness,
        organisers=words.organisers,
        place_in_recording=words.place_in_recording,
        shown_zone=words.shown_zone,
        no_certificate=certificates.void,
        survey_is_open=surveys.is_open,
        takes_code=attendance.takes_code,
        webcal=webcal,
    )
