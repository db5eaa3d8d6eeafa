"""The pages of moderation: an entry on its way, the queue and its cases, flags, the log, promised work."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta
from flask_login import current_user
from sqlalchemy.orm.exc import StaleDataError

from galaxy.content.models import Entry, Relation
from galaxy.content.queries import linked, public_versions
from galaxy.content.rules import may_confirm, may_delete, may_edit, may_manage, may_read
from galaxy.content.services import as_said, changes, files_of, live_files
from galaxy.content.views import address
from galaxy.content.words import KINDS, code_name, kind_name
from galaxy.content.writing import facts, mine, place, preview_address
from galaxy.core.access import admins, admit, anyone
from galaxy.core.db import db, now
from galaxy.core.forms import tidy
from galaxy.core.i18n import _
from galaxy.core.jobs import Job, later, task, waiting, worker_lives
from galaxy.core.limits import limiter
from galaxy.moderation import queries, rules, services
from galaxy.moderation.clock_queries import waits_of
from galaxy.moderation.criteria import CRITERIA, criteria
from galaxy.moderation.forms import DecisionForm, FlagForm, SettleForm
from galaxy.moderation.models import Case, Flag, FlagOutcome, WaitKind
from galaxy.moderation.words import CAN, FASTER, OUTCOMES, REASONS, VERBS, verb_name
from galaxy.notifications import services as notifications
from galaxy.reference.countries import COUNTRIES
from galaxy.reference.languages import LANGUAGES
from galaxy.search.queries import similar

bp = Blueprint("moderation", __name__, url_prefix="/<lang:lang>/moderation")
OBJECT_KINDS = (*KINDS, "body", "mandate", "user_account")


def asked(name: str, most: int = 100) -> str:
    """A word of the address, bounded."""
    return str(tidy(request.args.get(name, "")[:most]))


def asked_number(name: str, most: int) -> int | None:
    """A whole number of the address from 1 to `most`, or none."""
    given = asked(name, 20)
    return int(given) if given.isascii() and given.isdigit() and 1 <= int(given) <= most else None


def asked_day(name: str) -> date | None:
    """A day of this or a near century, or none."""
    try:
        day = date.fromisoformat(asked(name, 10))
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


def one_of(given: str, known: Any) -> str:
    return given if given in known else ""


@bp.get("/")
@admit(admins)
def queue() -> ResponseReturnValue:
    """What waits, oldest first."""
    wanted = queries.Wanted(
        kind=one_of(asked("kind"), KINDS),
        country=one_of(asked("country"), COUNTRIES),
        language=one_of(asked("language"), LANGUAGES),
        assigned=one_of(asked("assigned"), ("me", "nobody")),
    )
    found = queries.queue(wanted, current_user)
    return render_template(
        "moderation/queue.html",
        wanted=wanted,
        found=found,
        waits=waits_of(WaitKind.SUBMISSION, [case.id for case in found.cases.rows]),
        kinds=[(kind, kind_name(kind, 2)) for kind in found.kinds],
        countries=named("country", found.countries),
        languages=named("language", found.languages),
    )


def named(scheme: str, codes: list[str]) -> list[tuple[str, str]]:
    """Codes with their names, in the order of the names."""
    return sorted(((code, code_name(scheme, code)) for code in codes), key=lambda pair: pair[1])


def asked_again(*names: str) -> dict[str, Any]:
    """These words of the address, and no others: some mean more than a question to `url_for`."""
    return {name: asked(name) for name in names if request.args.get(name)}


@bp.route("/<int:id>", methods=["GET", "POST"])
@admit(rules.may_moderate, Case)
def case(case: Case) -> ResponseReturnValue:
    """An entry beside its checklist; a decision."""
    if request.method == "GET":
        notifications.read_about(current_user, case.entry)
    form = DecisionForm(case.entry.kind)
    if request.method == "POST" and not case.is_open:
        return too_late(case, form)
    if form.validate_on_submit():
        number = case.id
        try:
            return decide(case, form)
        except (StaleDataError, services.TooLate):
            db.session.rollback()
            db.session.expire_all()
            return too_late(db.session.get_one(Case, number), form)
    if not form.is_submitted():
        form.checks.data = [key for key, met in case.checks.items() if met]
    return show_case(case, form)


def decide(case: Case, form: DecisionForm) -> ResponseReturnValue:
    """Do what the button said."""
    title, reasons, ticked = case.entry.title, form.reasons.data or "", form.ticked
    if form.verb.data == "publish":
        services.publish(case, current_user, ticked, reasons)
        done = _("“%(title)s” is published.", title=title)
    elif form.verb.data == "give_back":
        services.give_back(case, current_user, reasons, ticked)
        done = _("“%(title)s” is returned to its author.", title=title)
    elif form.verb.data == "decline":
        services.decline(case, current_user, reasons, ticked)
        done = _("“%(title)s” is declined.", title=title)
    else:
        return show_case(case, form)
    db.session.commit()
    flash(done)
    return redirect(url_for(".queue"))


def show_case(case: Case, form: DecisionForm) -> str:
    """The page of a case."""
    entry, version = case.entry, case.entry_version
    said = entry.snapshot() | (version.said if version else {})
    changed = changes(entry, entry.snapshot(), version.said) if version and case.is_open else []
    return render_template(
        "moderation/case.html",
        case=case,
        entry=entry,
        said=said,
        changes=changed,
        files=files_of(entry, said),
        facts=facts(entry),
        preview=preview_address(entry),
        form=form,
        criteria=criteria(entry.kind),
        earlier=queries.earlier(case),
        alike=queries.alike(entry) if case.is_open else [],
        log=queries.steps(entry, whole=True),
        outcomes=OUTCOMES,
    )


def too_late(case: Case, form: DecisionForm) -> ResponseReturnValue:
    """Somebody else was faster: who, with what, when; the reasons typed here are not lost."""
    if case.closed_at is None or case.outcome is None:
        flash(_("Something about this changed at the same moment. Please look again, and send your decision again."))
        return show_case(case, form), 409
    who = case.closed_by.name if case.closed_by else _("Somebody")
    ago = format_timedelta(min(case.closed_at - now(), timedelta(seconds=-1)), add_direction=True)
    told = str(FASTER[case.outcome]) % {"who": who, "ago": ago}
    return render_template("moderation/too_late.html", case=case, told=told, typed=form.reasons.data or ""), 409


@bp.route("/submit/<ref:ref>", methods=["GET", "POST"])
@admit(rules.may_submit, Entry)
def submit(entry: Entry) -> ResponseReturnValue:
    """The last look: what is missing, what is already there, and the button."""
    if request.method == "POST" and not entry.missing:
        services.submit(entry, current_user, entry.waiting)
        db.session.commit()
        flash(_("Submitted. An admin will read it, and you will be told."), "success")
        own = mine(entry)
        return redirect(own[0] if own else address(entry))
    shown = as_said(entry, entry.said)
    page = {"entry": entry, "shown": shown, "missing": [(name, place(entry, name)) for name in entry.missing]}
    return render_template("moderation/submit.html", similar=similar(shown), **page)


def moved(entry: Entry, words: str) -> ResponseReturnValue:
    """After a step: commit, say so, show the entry."""
    db.session.commit()
    flash(words, "success")
    return redirect(address(entry))


@bp.post("/take-back/<ref:ref>")
@admit(rules.may_take_back, Entry)
def take_back(entry: Entry) -> ResponseReturnValue:
    services.take_back(entry, current_user)
    return moved(entry, _("Taken back. You can go on writing."))


@bp.post("/withdraw/<ref:ref>")
@admit(rules.may_withdraw, Entry)
def withdraw(entry: Entry) -> ResponseReturnValue:
    services.withdraw(entry, current_user, str(tidy(request.form.get("reason", "")))[:2000])
    return moved(entry, _("Withdrawn. The public no longer sees it; you still do."))


@bp.post("/archive/<ref:ref>")
@admit(rules.may_archive, Entry)
def archive(entry: Entry) -> ResponseReturnValue:
    services.archive(entry, current_user)
    return moved(entry, _("Archived. It stays readable, and says that it is of the past."))


@bp.post("/unarchive/<ref:ref>")
@admit(rules.may_unarchive, Entry)
def unarchive(entry: Entry) -> ResponseReturnValue:
    services.unarchive(entry, current_user)
    return moved(entry, _("Back from the archive."))


RULES = {
    "edit": may_edit,
    "manage": may_manage,
    "confirm": may_confirm,
    "delete": may_delete,
    "submit": rules.may_submit,
    "take_back": rules.may_take_back,
    "withdraw": rules.may_withdraw,
    "archive": rules.may_archive,
    "unarchive": rules.may_unarchive,
    "flag": rules.may_flag,
}
"""What a reader may do on the page of an entry of any kind."""


def told_of(entry: Entry, preview: bool = False) -> dict[str, Any]:
    """What the page of an entry of any kind shows: what it says, its files and history, and what its reader may do.

    A preview shows what its owners have written last; to open the page itself is to have read its news.
    """
    if not preview:
        notifications.read_about(current_user, entry)
    said, manages = entry.said if preview else {}, may_manage(current_user, entry)
    return {
        "preview": preview,
        "entry": as_said(entry, said) if preview else entry,
        "files": files_of(entry, said) if preview else live_files(entry),
        "history": public_versions(entry),
        "born_from": [each for each in linked(entry, Relation.BORN_FROM) if may_read(current_user, each)],
        "acts": queries.steps(entry, whole=False),
        "may": {name for name, rule in RULES.items() if rule(current_user, entry)},
        "waiting": entry.waiting if manages else None,
        "reasons": queries.reasons(entry) if manages else None,
    }


@bp.post("/<int:id>/assign")
@admit(rules.may_moderate, Case)
def assign(case: Case) -> ResponseReturnValue:
    """Take a case on oneself."""
    services.assign(case, current_user)
    db.session.commit()
    return redirect(url_for(".case", id=case.id))


@bp.post("/<int:id>/unassign")
@admit(rules.may_moderate, Case)
def unassign(case: Case) -> ResponseReturnValue:
    """Give a case free again."""
    services.unassign(case, current_user)
    db.session.commit()
    return redirect(url_for(".case", id=case.id))


@bp.get("/criteria")
@admit(anyone)
def show_criteria() -> ResponseReturnValue:
    """By what entries are judged, for everybody."""
    return render_template("moderation/criteria.html", lists=CRITERIA)


@bp.route("/flag/<ref:ref>", methods=["GET", "POST"])
@limiter.limit(lambda: current_app.config["LIMIT_FLAGS"], methods=["POST"], key_func=lambda: f"flag {current_user.id}")
@admit(rules.may_flag, Entry)
def flag(entry: Entry) -> ResponseReturnValue:
    """Say that something is wrong with an entry."""
    form = FlagForm(obj=queries.my_flag(entry, current_user))
    if form.validate_on_submit():
        services.flag(entry, current_user, form.reason.data, form.text.data or "")
        db.session.commit()
        flash(_("Thank you. An admin will look at it, and we tell you what they decided."))
        return redirect(address(entry))
    return render_template("moderation/flag.html", entry=entry, form=form)


@bp.get("/flags")
@admit(admins)
def flags() -> ResponseReturnValue:
    """What readers flagged, the longest waiting first."""
    return show_flags(None, None)


def show_flags(wrong: SettleForm | None, at: int | None) -> ResponseReturnValue:
    """The flags, one of them perhaps with what is wrong in its form."""
    found = queries.flagged()
    forms = {flag.id: SettleForm(formdata=None, prefix=f"f{flag.id}-") for _entry, group in found for flag in group}
    return render_template("moderation/flags.html", found=found, forms=forms, wrong=wrong, wrong_at=at, reasons=REASONS)


@bp.post("/flags/<int:id>/settle")
@admit(rules.may_moderate, Flag)
def settle(flag: Flag) -> ResponseReturnValue:
    """Uphold or dismiss a flag."""
    form = SettleForm()
    if not form.validate():
        return show_flags(form, flag.id)
    outcome = FlagOutcome(form.outcome.data or "")
    key, entry_key, note = flag.id, flag.entry_id, form.note.data or ""
    try:
        services.settle(flag, current_user, outcome, note)
        db.session.commit()
    except (StaleDataError, services.NotPossible):
        db.session.rollback()
        if db.session.get_one(Flag, key).settled_at is None:
            form.note.errors = [_("This changed at the same moment. Please look at it and decide again.")]
            return show_flags(form, key)
        return changed_meanwhile(db.session.get_one(Entry, entry_key), note)
    flash(_("The entry is taken down.") if outcome == FlagOutcome.UPHELD else _("The flag is dismissed."))
    return redirect(url_for(".flags"))


def changed_meanwhile(entry: Entry, typed: str = "") -> ResponseReturnValue:
    """Somebody was faster with a flag or its entry; what was typed here is not lost."""
    instead = [str(CAN[verb]) for verb in rules.possible(current_user, entry)]
    page = {"entry": entry, "status": entry.status, "instead": instead, "typed": typed}
    return render_template("moderation/not_possible.html", **page), 409


@bp.post("/hide/<ref:ref>")
@admit(rules.may_moderate, Entry)
def hide(entry: Entry) -> ResponseReturnValue:
    """Hide a flagged entry until its flags are settled."""
    key = entry.id
    try:
        services.hide(entry, current_user)
        db.session.commit()
    except (StaleDataError, services.NotPossible):
        db.session.rollback()
        return changed_meanwhile(db.session.get_one(Entry, key))
    flash(_("It is hidden until its flags are settled."))
    return redirect(url_for(".flags"))


@bp.post("/endorse/<ref:ref>")
@admit(rules.may_endorse, Entry)
def endorse(entry: Entry) -> ResponseReturnValue:
    """Speak for an entry in the name of one's country."""
    services.endorse(entry, current_user)
    db.session.commit()
    flash(_("Your country now stands behind “%(title)s”.", title=entry.title))
    return redirect(address(entry))


@bp.get("/log")
@admit(admins)
def log() -> ResponseReturnValue:
    """Every act, newest first."""
    wanted = queries.Asked(
        actor=asked("actor"),
        verb=asked("verb"),
        words=asked("words"),
        kind=one_of(asked("kind"), OBJECT_KINDS),
        since=asked_day("since"),
        until=asked_day("until"),
        before=asked_number("before", 2**62),
    )
    acts, more = queries.log(wanted)
    kinds = [(kind, kind_name(kind)) for kind in OBJECT_KINDS]
    return render_template(
        "moderation/log.html",
        wanted=wanted,
        acts=acts,
        more=more,
        older={**asked_again("actor", "verb", "words", "kind", "since", "until"), "before": more},
        verbs=[(verb, verb_name(verb)) for verb in VERBS],
        kinds=kinds,
    )


@bp.get("/log/<ref:ref>")
@admit(may_manage, Entry)
def entry_log(entry: Entry) -> ResponseReturnValue:
    """Every step of one entry, for its owners and admins."""
    return render_template("moderation/entry_log.html", entry=entry, acts=queries.steps(entry, whole=True))


@bp.get("/jobs")
@admit(admins)
def jobs() -> ResponseReturnValue:
    """Promised work: how much waits, since when, and what failed."""
    return render_template("moderation/jobs.html", **waiting(), age=age, alive=worker_lives())


def age(seconds: float) -> str:
    """A duration in the reader's words."""
    return str(format_timedelta(seconds))


@bp.post("/jobs/<int:id>/retry")
@admit(rules.may_moderate, Job)
def retry(job: Job) -> ResponseReturnValue:
    """Try a failed promise again now."""
    job.due_at, job.leased = now(), False
    later(wake)
    db.session.commit()
    flash(_("It will be tried again in a moment."))
    return redirect(url_for(".jobs"))


@task
def wake() -> None:
    """Nothing to do: its promise nudges a worker, who then finds what is due."""


def not_possible(refused: services.NotPossible) -> ResponseReturnValue:
    """A step that cannot be taken now: what can be done instead."""
    entry, instead = refused.entry, [str(CAN[verb]) for verb in refused.instead]
    page = render_template("moderation/not_possible.html", entry=entry, status=refused.status, instead=instead)
    db.session.rollback()
    return page, 409


def init_app(app: Flask) -> None:
    """Open the pages of this room."""
    app.register_blueprint(bp)
    app.register_error_handler(services.NotPossible, not_possible)
    app.jinja_env.globals.update(
        verb_name=verb_name,
        may_flag=rules.may_flag,
        may_endorse=rules.may_endorse,
        may_submit=rules.may_submit,
        may_take_back=rules.may_take_back,
        may_withdraw=rules.may_withdraw,
        may_archive=rules.may_archive,
        may_unarchive=rules.may_unarchive,
    )
