"""The pages of the clock: acknowledge, pause and resume; for admins also its days, what is late and the medians."""

from datetime import datetime, timedelta
from typing import Any

from babel.units import format_unit
from flask import Flask, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_login import current_user

from galaxy.accounts.models import Body
from galaxy.content.views import address
from galaxy.core.access import admins, admit
from galaxy.core.db import db, now
from galaxy.core.i18n import _, format_date, lang, ngettext
from galaxy.core.paging import page_of
from galaxy.moderation import clock, clock_queries
from galaxy.moderation.clock_forms import DaysForm, PauseForm
from galaxy.moderation.clock_rules import answers, may_acknowledge, may_close, may_pause
from galaxy.moderation.models import Wait, WaitKind
from galaxy.moderation.views import bp
from galaxy.notifications.models import Message
from galaxy.notifications.services import message_sent, path
from galaxy.notifications.words import awaited

SHOWN = 50  # of what is paused


@bp.route("/clock", methods=["GET", "POST"], endpoint="clock")
@admit(admins)
def overview() -> ResponseReturnValue:
    """The days that are promised, what is late, what is paused, and how long answers take."""
    form = DaysForm(data={kind.value: clock_queries.days_of(kind) for kind in WaitKind})
    if form.validate_on_submit():
        for kind, days in form.promised.items():
            clock.set_days(kind, days, current_user)
        db.session.commit()
        flash(_("Saved. What waits already keeps its days; what begins from now on has these."))
        return redirect(url_for(".clock"))
    medians = {kind: clock_queries.median_overall(kind) for kind in WaitKind}
    return render_template(
        "moderation/clock.html",
        form=form,
        late=page_of(clock_queries.late()),
        paused=db.session.scalars(clock_queries.paused().limit(SHOWN)).all(),
        medians=[(form[kind.value].label.text, median) for kind, median in medians.items() if median],
        overall=clock_queries.median_overall(),
    )


@bp.post("/waits/<int:id>/acknowledge")
@admit(may_acknowledge, Wait)
def acknowledge(wait: Wait) -> ResponseReturnValue:
    """Say that it has been received."""
    clock.acknowledge(wait.kind, wait.thing_id, current_user)
    db.session.commit()
    flash(_("Who waits is told that you have received it, and that they will have an answer by the day shown here."))
    return redirect(back(wait))


@bp.route("/waits/<int:id>/pause", methods=["GET", "POST"])
@admit(may_pause, Wait)
def pause(wait: Wait) -> ResponseReturnValue:
    """Stop the clock for a while, and say why."""
    form = PauseForm()
    if form.validate_on_submit():
        clock.pause(wait, current_user, form.reason.data or "")
        db.session.commit()
        flash(_("The clock is stopped. Who waits is told why."))
        return redirect(back(wait))
    return render_template("moderation/pause.html", wait=wait, form=form, back=back(wait))


@bp.post("/waits/<int:id>/resume")
@admit(may_pause, Wait)
def resume(wait: Wait) -> ResponseReturnValue:
    """Let the clock run again."""
    clock.resume(wait, current_user)
    db.session.commit()
    flash(_("The clock runs again. Who waits is told the new day."))
    return redirect(back(wait))


@bp.post("/waits/<int:id>/close")
@admit(may_close, Wait)
def close(wait: Wait) -> ResponseReturnValue:
    """Say that no answer is needed."""
    clock.close(wait, current_user)
    db.session.commit()
    flash(_("Noted: no answer is needed. Who wrote is told."))
    return redirect(back(wait))


def back(wait: Wait) -> str:
    """Where a reader who answers it goes on; an admin who does not, to the overview."""
    return where(wait) if answers(current_user, wait) else url_for(".clock")


def where(wait: Wait) -> str:
    """Where it is answered."""
    if wait.address:
        return f"/{lang()}{wait.address}"
    return address(wait.entry) if wait.entry else url_for("notifications.messages")


def what(wait: Wait) -> str:
    """What somebody waits for an answer to, in the reader's words."""
    words = awaited(wait.kind, wait.entry.title if wait.entry else "", wait.body.name if wait.body else "")
    return words[:1].upper() + words[1:]


def due_day(wait: Wait, moment: datetime) -> str:
    """The day of a deadline where the work is done: the same that the letters name."""
    return str(format_date(clock_queries.calendar_of(wait).day(moment), "long"))


def lasting(seconds: float) -> str:
    """How long something takes, in the reader's words, to the day or to the hour."""
    if seconds < 3600:
        return str(_("less than an hour"))
    hours = seconds < 86_400
    count = round(seconds / (3600 if hours else 86_400))
    return str(format_unit(count, "duration-hour" if hours else "duration-day", "long", locale=get_locale()))


def waited(moment: datetime) -> str:
    """How long ago something was."""
    return lasting(max(now() - moment, timedelta()).total_seconds())


def answer_time(body: Body) -> str:
    """How fast a body answers, for everybody to read; nothing where it has answered nothing in a year."""
    median = clock_queries.median_of(body)
    if median is None:
        return ""
    words = ngettext(
        "Answers in %(time)s (one answer in the last year)",
        "Answers in %(time)s (median of %(num)d answers in the last year)",
        median.count,
        time=lasting(median.seconds),
    )
    return str(words)


def follow_message(message: Message, **_more: Any) -> None:
    """Who began a conversation waits from their message on, until somebody of the other side has answered."""
    first = message.answers or message
    if message.sender_id != first.sender_id:
        clock.answered(WaitKind.MESSAGE, first.id, message.sender)
        return
    clock.begin(
        WaitKind.MESSAGE,
        first.id,
        entry=first.entry,
        body=first.body,
        recipient=first.recipient,
        asker=first.sender,
        address=path("notifications.conversation", id=first.id),
    )


def init_app(app: Flask) -> None:
    """Let messages start and stop the clock, and let every template show it."""
    message_sent.connect(follow_message)
    app.jinja_env.globals.update(
        waited=waited,
        answer_time=answer_time,
        awaited=what,
        awaited_at=where,
        due_day=due_day,
        lasting=lasting,
        may_acknowledge=may_acknowledge,
        may_close=may_close,
        may_pause=may_pause,
        wait_of=clock_queries.wait_of,
    )
