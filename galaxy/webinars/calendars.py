"""Calendars to download and to subscribe to: of one webinar, a series, a list; and one's own, at a secret address."""

from typing import Any, cast
from urllib.parse import quote, urlencode

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from galaxy.content.imports import Choices, Report, load
from galaxy.content.rules import may_read
from galaxy.core.access import admit, anyone, signed_in
from galaxy.core.db import db
from galaxy.core.i18n import _, lang
from galaxy.core.limits import limiter
from galaxy.core.templates import absolute
from galaxy.core.zones import span, zone_title
from galaxy.webinars import feeds
from galaxy.webinars.calendar import file
from galaxy.webinars.forms import ImportForm
from galaxy.webinars.ics_parts import MAX_BYTES
from galaxy.webinars.imports import IMPORTER, events, zone_of
from galaxy.webinars.models import Series, Webinar
from galaxy.webinars.queries import WEBINARS
from galaxy.webinars.rules import may_host, may_run, may_see_series
from galaxy.webinars.writing import bp

PRIVATE = "private, max-age=0, must-revalidate"


@bp.get("/<ref:ref>/calendar.ics")
@admit(may_read, Webinar)
def calendar(webinar: Webinar) -> ResponseReturnValue:
    """One webinar, for whoever wants to keep its time; where to join only where that is public."""
    if webinar.starts_at is None:
        abort(404)
    return _sent(file([webinar], webinar.title), webinar.slug)


@bp.get("/series/<ref:ref>/calendar.ics")
@admit(may_see_series, Series)
def series_calendar(series: Series) -> ResponseReturnValue:
    here = absolute(url_for("webinars.series_calendar", ref=series.slug))
    return _sent(file(feeds.of_series(series), series.title, address=here), series.slug)


@bp.get("/calendar.ics")
@admit(anyone)
def list_calendar() -> ResponseReturnValue:
    """What the list of webinars shows where the same is asked of it."""
    asked = WEBINARS.asked(request.args, lang())
    here = absolute(f"{url_for('webinars.list_calendar')}?{urlencode(asked.args(), doseq=True)}".rstrip("?"))
    return _sent(file(feeds.of_list(asked), _("Webinars"), address=here), "webinars")


@bp.get("/feeds/<token>.ics")
@admit(anyone)
def feed(token: str) -> ResponseReturnValue:
    """What its owner registered for, with where to join: a calendar program does not sign in, it knows the address."""
    user = feeds.owner_of(token) or abort(404)
    own = feeds.of_user(user)
    made = file(own.webinars, _("My webinars"), joined=own.joined, unsure=own.unsure)
    return _sent(made, "my-webinars", private=True)


@bp.route("/my-calendar", methods=["GET", "POST"])
@admit(signed_in)
def my_calendar() -> ResponseReturnValue:
    """The address of one's own calendar; sending the form makes a new one, and the old one opens nothing any more."""
    if request.method == "POST":
        feeds.new_key(current_user)
        db.session.commit()
        flash(_("Your calendar has a new address."), "success")
        return redirect(url_for("webinars.my_calendar"))
    key = feeds.key_of(current_user)
    path = url_for("webinars.feed", token=key.key) if key else ""
    return render_template("webinars/my_calendar.html", path=path, made_at=key.created_at if key else None)


# Calendars of others.


@bp.route("/import", methods=["GET", "POST"])
@admit(may_host)
@limiter.limit(lambda: current_app.config["LIMIT_UPLOADS"], methods=["POST"])
def import_calendar() -> ResponseReturnValue:
    """Bring in the events of a calendar as drafts, all at once, and tell of each what came of it."""
    form = ImportForm()
    form.offer(current_user.bodies)
    told: list[dict[str, Any]] = []
    if form.validate_on_submit():
        told = _brought_in(form)
    return render_template("webinars/import.html", form=form, told=told, looked=form.look.data)


def _brought_in(form: ImportForm) -> list[dict[str, Any]]:
    """What came of each event; of none, where the file cannot be read."""
    user = current_user._get_current_object()
    body = next((body for body in user.bodies if str(body.id) == form.owner.data), None)
    chosen = Choices(
        by=user, body=body, dry_run=bool(form.look.data), may_change=lambda entry: may_run(user, cast(Webinar, entry))
    )
    with form.file.data.stream as stream:
        raw = stream.read(MAX_BYTES + 1)
    try:
        report = load(events(raw, zone_of(chosen)), IMPORTER, chosen, whole=True)
        told = _told(report, link=not chosen.dry_run)
        if chosen.dry_run or report.stopped:
            db.session.rollback()
        else:
            db.session.commit()
    except IntegrityError:
        db.session.rollback()
        form.file.errors = [_("Somebody brings in the same events at this moment. Please send the file once more.")]
        return []
    if report.stopped or not report.read:
        form.file.errors = [report.stopped or _("There are no events in this calendar.")]
    return told


def _told(report: Report, link: bool) -> list[dict[str, Any]]:
    """What came of each event, in the order of the file."""
    rows: list[dict[str, Any]] = [
        {
            "line": number,
            "title": entry.title,
            "done": done,
            "when": span(entry.starts_at, entry.ends_at, entry.zone, entry.all_day),
            "zone": "" if entry.all_day else zone_title(entry.zone, entry.starts_at),
            "address": url_for("webinars.preview", ref=entry.slug) if link else "",
        }
        for number, done, entry in report.taken
        if isinstance(entry, Webinar) and entry.starts_at
    ]
    refused = [
        {"line": number, "title": values.get("title", ""), "done": "refused", "reason": reason}
        for number, reason, values in report.refused
    ]
    return sorted([*rows, *refused], key=lambda row: row["line"])


def webcal(path: str) -> str:
    """The address of a calendar that a click subscribes to, where there is a program for calendars."""
    return f"webcal://{absolute(path).partition('://')[2]}"


def _sent(made: bytes, name: str, private: bool = False) -> Response:
    """A calendar as a file of this name; one that has not changed since it was asked for is not sent again."""
    response = Response(made, content_type="text/calendar; charset=utf-8")
    known = name.encode("ascii", "ignore").decode().strip("-") or "calendar"
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{known}.ics\"; filename*=UTF-8''{quote(name)}.ics"
    )
    response.headers["X-Robots-Tag"] = "noindex"
    if private:
        response.headers["Cache-Control"] = PRIVATE
        response.add_etag()
        response.make_conditional(request)
    return response
