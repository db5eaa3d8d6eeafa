"""Where hosts look after those who come: who they are, who came, letters to all of them, what they thought of it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.content.words import code_name
from galaxy.content.writing import wants_rows
from galaxy.core.access import LAST_ID, admit
from galaxy.core.db import db
from galaxy.core.i18n import _, ngettext
from galaxy.core.paging import Pages, page_of
from galaxy.core.tables import csv_file
from galaxy.webinars import attendance as services
from galaxy.webinars import registration_services, surveys
from galaxy.webinars.desk_forms import QuestionsForm
from galaxy.webinars.models import Entrance, State, Webinar
from galaxy.webinars.registration_models import Registration
from galaxy.webinars.registration_queries import LIVE, Tally, holders, queue, tally
from galaxy.webinars.rules import may_run
from galaxy.webinars.writing import bp

ROWS = 50  # people on one page
TAKEN_AWAY = 50_000  # rows of a table, at most


class Next(NamedTuple):
    """What hosts do next, as a sentence, and the page on which they do it."""

    words: str
    endpoint: str = ""


def next_of(webinar: Webinar, counted: Tally) -> Next:
    """The one thing that waits for its hosts."""
    if not webinar.is_visible:
        return Next(_("It is not published: nobody can register."))
    if webinar.state == State.CANCELLED:
        return Next(_("It is cancelled. All who were registered have been told."))
    if webinar.state == State.POSTPONED or webinar.starts_at is None:
        return Next(_("Give it a time as soon as you know it: those who are registered are told."), "webinars.when")
    if webinar.entrance != Entrance.HERE and not counted.registered:
        return Next(_("People do not register here, so there is nobody to look after."), "webinars.entrance")
    return _next_after(webinar, counted) if services.has_begun(webinar) else _next_before(webinar, counted)


def _next_before(webinar: Webinar, counted: Tally) -> Next:
    if not (webinar.join_url or webinar.join_words or webinar.place):
        return Next(_("Say where people join it: nobody knows yet."), "webinars.when")
    if counted.waiting:
        some = ngettext(
            "One person waits for a place. Add places if you can: whoever waits moves up by themselves.",
            "%(num)d people wait for a place. Add places if you can: they move up by themselves.",
            counted.waiting,
        )
        return Next(some, "webinars.entrance")
    if not counted.registered:
        return Next(_("Nobody is registered yet. Send the address of its page to those it is for."), "webinars.show")
    return Next(_("Nothing: reminders go out by themselves, a day and an hour before it begins."))


def _next_after(webinar: Webinar, counted: Tally) -> Next:
    if not webinar.is_over:
        return Next(_("Show the check-in code, so that those who are there can say so themselves."))
    if counted.registered and not counted.attended:
        return Next(_("Say who came: they can then have a certificate."), "webinars.attendance")
    if not (webinar.has_recording or webinar.minutes):
        return Next(_("Keep what remains of it: the recording, slides, minutes."), "webinars.keep")
    return Next(_("Nothing: it is over, and what is kept of it can be read."))


def pages_of(webinar: Webinar, counted: Tally) -> list[tuple[str, str, int | None]]:
    """The pages on which hosts look after those who come."""

    def page(name: str, show: str | None = None) -> str:
        return url_for(f".{name}", ref=webinar.slug, show=show)

    return [
        (page("desk"), _("Who is registered"), counted.registered),
        (page("desk", show="waiting"), _("Waiting list"), counted.waiting),
        (page("attendance"), _("Who came"), counted.attended),
        (page("survey_questions"), _("Survey"), None),
        (page("survey_results"), _("What they thought"), None),
    ]


def show_page(template: str, webinar: Webinar, counted: Tally, here: str = "", **more: Any) -> str:
    here = here or url_for(str(request.endpoint), ref=webinar.slug)
    pages = pages_of(webinar, counted)
    return render_template(template, webinar=webinar, counted=counted, pages=pages, here=here, **more)


@bp.get("/<ref:ref>/desk")
@admit(may_run, Webinar)
def desk(webinar: Webinar) -> ResponseReturnValue:
    """Who comes, and who waits for a place, in their order; the code that is shown while it is on."""
    counted, waiting = tally(webinar), request.args.get("show") == "waiting"
    found = _page(webinar, counted, waiting)
    here = url_for(".desk", ref=webinar.slug, show="waiting" if waiting else None)
    page = {"found": found, "waiting": waiting, "next": next_of(webinar, counted), "asked": asked_of(webinar)}
    begun = services.has_begun(webinar)
    return show_page("webinars/desk.html", webinar, counted, here, **page, begun=begun)


def _page(webinar: Webinar, counted: Tally, waiting: bool) -> Pages[Registration]:
    if waiting:
        return page_of(queue(webinar), counted.waiting, ROWS)
    return page_of(holders(webinar), counted.registered, ROWS)


def asked_of(webinar: Webinar) -> dict[str, str]:
    """The questions that are asked of who registers, by their keys."""
    return {ask["key"]: ask["question"] for ask in webinar.asks}


@bp.post("/<ref:ref>/desk/code")
@admit(may_run, Webinar)
def new_code(webinar: Webinar) -> ResponseReturnValue:
    """Make the code that those who are there type, or another one."""
    services.new_code(webinar, current_user)
    db.session.commit()
    return redirect(url_for(".desk", ref=webinar.slug, _anchor="code"))


@bp.post("/<ref:ref>/registrations.csv")
@admit(may_run, Webinar)
def registrations(webinar: Webinar) -> ResponseReturnValue:
    """Those who come and who wait as a table; that it was taken away stands in the log."""
    services.note_taken_away(webinar, current_user)
    db.session.commit()
    asked = asked_of(webinar)
    head = [
        *(_("Name"), _("Organisation"), _("Country"), _("Language"), _("Registered at"), _("Came"), _("Place")),
        *asked.values(),
    ]
    return csv_file(f"registrations-{webinar.ref}", head, _rows(webinar, list(asked)))


def _rows(webinar: Webinar, asked: list[str]) -> Iterator[list[Any]]:
    """A row for each person, those who hold a place first."""
    for people, place in ((holders(webinar), _("holds a place")), (queue(webinar), _("waits for a place"))):
        for each in db.session.scalars(people.limit(TAKEN_AWAY)):
            yield [*_facts(each), place, *(in_words(each.answers.get(key)) for key in asked)]


def _facts(person: Registration) -> list[str]:
    """Who somebody is; moments are in UTC, as ISO 8601 says them."""
    country = code_name("country", person.country) if person.country else ""
    since = person.queued_at.isoformat(timespec="minutes") if person.queued_at else ""
    came = _("yes") if person.attended_at else ""
    return [person.name, person.organisation, country, code_name("language", person.language), since, came]


def in_words(answer: Any) -> str:
    """An answer to a question of the hosts; several of a list stand side by side."""
    return "; ".join(map(str, answer)) if isinstance(answer, list) else str(answer or "")


@bp.route("/<ref:ref>/registrations/<int:number>/remove", methods=["GET", "POST"])
@admit(may_run, Webinar)
def remove(webinar: Webinar, number: int) -> ResponseReturnValue:
    """Take somebody off the list: asked once; they are told by letter."""
    registration = db.session.get(Registration, number) if number <= LAST_ID else None
    if registration is None or registration.webinar_id != webinar.id or registration.status not in LIVE:
        abort(404)
    if request.method == "POST":
        registration_services.remove(registration, current_user)
        db.session.commit()
        flash(_("They are off the list, and are told so by mail."), "success")
        return redirect(url_for(".desk", ref=webinar.slug))
    return render_template("webinars/remove.html", webinar=webinar, registration=registration)


@bp.route("/<ref:ref>/attendance", methods=["GET", "POST"])
@admit(may_run, Webinar)
def attendance(webinar: Webinar) -> ResponseReturnValue:
    """Say who came: page by page, or all at once."""
    if request.method == "POST":
        if request.form.get("act") == "all":
            changed = services.mark_all(webinar, current_user)
        else:
            changed = services.mark(webinar, *_ticked(), current_user)
        db.session.commit()
        flash(ngettext("Saved: one mark has changed.", "Saved: %(num)d marks have changed.", changed), "success")
        return redirect(request.full_path.removesuffix("?"))
    counted = tally(webinar)
    found = page_of(holders(webinar), counted.registered, ROWS)
    return show_page("webinars/attendance.html", webinar, counted, found=found, begun=services.has_begun(webinar))


def _ticked() -> tuple[set[int], set[int]]:
    """Whom the form marks, and whose mark it takes back: only what was changed in it, as another host may have marked
    others meanwhile."""
    shown, were, are = (_numbers(name) for name in ("shown", "was", "came"))
    return (are - were) & shown, (were - are) & shown


def _numbers(name: str) -> set[int]:
    given = request.form.getlist(name)[:ROWS]
    return {int(each) for each in given if each.isascii() and each.isdigit() and len(each) < 10} - {0}


# The survey.


@bp.route("/<ref:ref>/survey-questions", methods=["GET", "POST"])
@admit(may_run, Webinar)
def survey_questions(webinar: Webinar) -> ResponseReturnValue:
    """Choose what is asked of those who came; once somebody has answered, only add to it."""
    answered = surveys.how_many(webinar)
    asked = [] if answered else webinar.survey or surveys.proposed()
    form = QuestionsForm(data={"asks": [_row(each) for each in asked]})
    form.room = surveys.MOST - (len(webinar.survey) if answered else 0)
    if not wants_rows(form):
        if form.validate_on_submit():
            surveys.ask(webinar, form.questions(), current_user)
            db.session.commit()
            flash(_("Saved."), "success")
            return redirect(url_for(".survey_questions", ref=webinar.slug))
        form.spare()
    return show_page("webinars/survey_questions.html", webinar, tally(webinar), form=form, answered=answered)


def _row(asked: dict[str, Any]) -> dict[str, Any]:
    """A question as the rows of the form hold it."""
    kind = asked.get("kind", "")
    return {**asked, "kind": kind if kind in {"scale", "choice"} else ""}


@bp.get("/<ref:ref>/survey-results")
@admit(may_run, Webinar)
def survey_results(webinar: Webinar) -> ResponseReturnValue:
    """What those who came thought of it, without names."""
    page: dict[str, Any] = {"results": surveys.results(webinar), "answered": surveys.how_many(webinar)}
    return show_page("webinars/survey_results.html", webinar, tally(webinar), **page)


@bp.post("/<ref:ref>/survey-results.csv")
@admit(may_run, Webinar)
def survey_table(webinar: Webinar) -> ResponseReturnValue:
    """The same as a table: each answer on its own, so that no row is one person."""
    found = surveys.results(webinar) or []
    rows = [(each.question, *row) for each in found for row in (each.counts or [(text, 1) for text in each.texts])]
    return csv_file(f"survey-{webinar.ref}", [_("Question"), _("Answer"), _("How often")], rows)
