"""What is kept of a webinar: where its hosts say it, how it is played and read, and its files."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from galaxy.content import services as content
from galaxy.content.differences import Change, differences
from galaxy.content.forms import EntryForm
from galaxy.content.rules import may_read, may_write
from galaxy.content.writing import reopened_with, said_to_do
from galaxy.core.access import admit
from galaxy.core.db import db
from galaxy.core.forms import Form
from galaxy.core.guard import takes
from galaxy.core.headers import framing, playing
from galaxy.core.i18n import _
from galaxy.core.limits import limiter
from galaxy.core.paging import Pages, asked_page
from galaxy.core.storage import Refused, StoredFile, answer
from galaxy.webinars import keeping_services as services
from galaxy.webinars.keeping_forms import ChaptersForm, KeepForm, RecordingForm, SlidesForm, TranscriptForm
from galaxy.webinars.models import Chapter, Transcript, Webinar
from galaxy.webinars.recordings import LONGEST, Recording, found_at
from galaxy.webinars.rules import may_run
from galaxy.webinars.transcripts import MOST_BYTES, Broken, Paragraph, paragraphs, read, written
from galaxy.webinars.writing import bp

PARAGRAPHS = 150  # on one page: some two hours


@dataclass(frozen=True)
class Kept:
    """What a reader is shown of what was kept."""

    webinar: Webinar
    elsewhere: Recording | None
    own: StoredFile | None
    languages: list[str]  # of its transcripts
    way: str  # how it is played when one asks for it: "film" or "sound" of ours, "elsewhere", or not at all
    plays: str  # which of these plays on this page now
    second: int | None  # at which it starts, where that is asked for

    @property
    def chapters(self) -> list[Chapter]:
        return self.webinar.chapters if self.elsewhere or self.own else []

    @property
    def has_film(self) -> bool:
        return self.own is not None and is_film(self.own)

    def at(self, second: int | None = None, way: str = "") -> str | None:
        """The address of this page with the player, which starts at this second; none where nothing plays."""
        if not (way or self.way):
            return None
        play = "sound" if way == "sound" else "1"
        return url_for(".show", ref=self.webinar.slug, play=play, at=second, _anchor="recording")


def told(webinar: Webinar, plays_here: bool = True) -> Kept:
    """What is kept of a webinar, as its page tells it; where the reader has asked for the player, let it be loaded."""
    elsewhere = found_at(webinar.recording_url) if webinar.recording_url else None
    own = webinar.recording
    way = _way(elsewhere, own)
    asked = request.args.get("play", "") if plays_here else ""
    listens = asked == "sound" and own is not None and not is_film(own)
    plays = "sound" if listens else way if asked == "1" else ""
    if plays == "elsewhere" and elsewhere is not None:
        (framing if elsewhere.plays == "frame" else playing)(elsewhere.origin)
    spoken = select(Transcript.language).where(Transcript.webinar_id == webinar.id).order_by(Transcript.id)
    return Kept(webinar, elsewhere, own, list(db.session.scalars(spoken)), way, plays, _asked_second())


def _way(elsewhere: Recording | None, own: StoredFile | None) -> str:
    """A film that lies here goes before what lies elsewhere, and that before the sound alone."""
    if own is not None and is_film(own):
        return "film"
    if elsewhere is not None and elsewhere.plays:
        return "elsewhere"
    return "sound" if own is not None else ""


def is_film(file: StoredFile) -> bool:
    """Whether it has pictures, and is not the sound alone."""
    return file.media_type.startswith("video/")


def _asked_second() -> int | None:
    given = request.args.get("at", "")
    return min(int(given), LONGEST) if given.isascii() and given.isdigit() and len(given) < 7 else None


# Where hosts say it.


def pages_of(webinar: Webinar) -> list[tuple[str, str, int | None]]:
    """The pages on which hosts say what is kept."""
    return [
        (url_for(".keep", ref=webinar.slug), _("Recording and minutes"), None),
        (url_for(".keep_recording", ref=webinar.slug), _("A file of the recording"), None),
        (url_for(".keep_chapters", ref=webinar.slug), _("Chapters"), None),
        (url_for(".keep_transcript", ref=webinar.slug), _("Transcript"), None),
        (url_for(".keep_slides", ref=webinar.slug), _("Slides"), None),
    ]


def show_page(template: str, webinar: Webinar, form: Form, **more: Any) -> str:
    here = url_for(str(request.endpoint), ref=webinar.slug)
    return render_template(template, webinar=webinar, form=form, pages=pages_of(webinar), here=here, **more)


def reopened(form: type[Any], webinar: Webinar) -> Any:
    """A form of what is kept, as it stands, or as this host left it."""
    said = services.kept_of(webinar)
    first = {name: said[name] for name in form.names} | {"base": content.digest(said, form.names)}
    return reopened_with(form, f"webinars.{form.__name__.removesuffix('Form').lower()}", webinar.ref, first)


def took(form: EntryForm, webinar: Webinar) -> list[Change] | None:
    """Keep what was typed; or tell how it differs from what another host has said meanwhile."""
    ref = webinar.ref
    try:
        services.keep(webinar, form.said(), form.base.data or "", current_user)
    except services.Changed:
        db.session.rollback()
        said = services.kept_of(webinar)
        form.base.data = content.digest(said, form.names)
        return differences({name: said[name] for name in form.names}, form.said(), order=form.names)
    content.drop_draft(current_user, form.form_name, ref)
    db.session.commit()
    flash(_("Saved. Readers see it at once.") if webinar.is_visible else _("Saved."), "success")
    return None


@bp.route("/<ref:ref>/keep", methods=["GET", "POST"])
@admit(may_run, Webinar)
def keep(webinar: Webinar) -> ResponseReturnValue:
    """Say where the recording lies, and write the minutes."""
    form, changes = reopened(KeepForm, webinar), None
    if form.validate_on_submit() and (changes := took(form, webinar)) is None:
        return redirect(url_for(".keep", ref=webinar.slug))
    lies = found_at(webinar.recording_url) if webinar.recording_url else None
    page = show_page("webinars/keep.html", webinar, form, changes=changes, lies=lies)
    return page, 409 if changes else 200


@bp.route("/<ref:ref>/keep/chapters", methods=["GET", "POST"])
@admit(may_run, Webinar)
def keep_chapters(webinar: Webinar) -> ResponseReturnValue:
    """Say where in the recording each part begins."""
    form, changes = reopened(ChaptersForm, webinar), None
    form.bound_by(webinar.length, max((each.cues[-1][1] // 1000 for each in webinar.transcripts), default=0))
    if form.validate_on_submit() and (changes := took(form, webinar)) is None:
        return redirect(url_for(".keep_chapters", ref=webinar.slug))
    return show_page("webinars/keep_chapters.html", webinar, form, changes=changes), 409 if changes else 200


def sparing(view: Any) -> Any:
    """Count how often files are sent."""
    return limiter.limit(lambda: current_app.config["LIMIT_UPLOADS"], methods=["POST"])(view)


def removes() -> str:
    """What the button that was pressed takes away, as its value says after `remove:`; nothing at any other button."""
    act = said_to_do()
    return act.removeprefix("remove:") if act.startswith("remove:") else ""


def removed(again: str, said: str) -> ResponseReturnValue:
    """It is taken away for good, and its page says so."""
    db.session.commit()
    flash(said, "success")
    return redirect(again)


def done(act: Callable[[], None], form: Any, said: str) -> bool:
    """Whether an act with the file that was sent is done; else the form says why not."""
    try:
        act()
    except (Refused, Broken) as refused:
        db.session.rollback()
        form.file.errors = [str(refused)]
        return False
    db.session.commit()
    flash(said, "success")
    return True


@bp.route("/<ref:ref>/keep/file", methods=["GET", "POST"])
@sparing
@admit(may_run, Webinar)
@takes("RECORDING_MAX_MB")
def keep_recording(webinar: Webinar) -> ResponseReturnValue:
    """Keep a film or the sound of it here, or take it away."""
    form, again = RecordingForm(), url_for(".keep_recording", ref=webinar.slug)
    if removes():
        services.drop_recording(webinar, current_user)
        return removed(again, _("The file is taken away."))
    if form.validate_on_submit() and done(
        lambda: services.keep_recording(webinar, form.file.data, current_user), form, _("The file is added.")
    ):
        return redirect(again)
    return show_page("webinars/keep_recording.html", webinar, form)


@bp.route("/<ref:ref>/keep/transcript", methods=["GET", "POST"])
@sparing
@admit(may_run, Webinar)
def keep_transcript(webinar: Webinar) -> ResponseReturnValue:
    """Keep what was said, in one language or several, or take it away."""
    form, again = TranscriptForm(language=webinar.language), url_for(".keep_transcript", ref=webinar.slug)
    form.offer([*webinar.codes("spoken"), webinar.language])
    if gone := removes():
        services.drop_transcript(webinar, gone, current_user)
        return removed(again, _("The transcript is taken away."))
    if form.validate_on_submit() and took_transcript(webinar, form):
        return redirect(again)
    return show_page("webinars/keep_transcript.html", webinar, form)


def took_transcript(webinar: Webinar, form: TranscriptForm) -> bool:
    """Read and keep the file that was sent, and tell what was left out of it; else the form says why not."""
    told_of: list[str] = []

    def act() -> None:
        heard = read(form.file.data.read(MOST_BYTES + 1), form.language.data)
        services.keep_transcript(webinar, form.language.data, heard.cues, current_user)
        told_of.extend(heard.told)

    if not done(act, form, _("The transcript is kept.")):
        return False
    for line in told_of:
        flash(line, "warning")
    return True


@bp.route("/<ref:ref>/keep/slides", methods=["GET", "POST"])
@sparing
@admit(may_run, Webinar)
def keep_slides(webinar: Webinar) -> ResponseReturnValue:
    """Show slides and papers at once when it has begun; before that they are files of the entry like any other."""
    form, again, at_once = SlidesForm(), url_for(".keep_slides", ref=webinar.slug), services.shows_at_once(webinar)
    if at_once and (gone := removes()):
        services.drop_slides(webinar, int(gone) if gone.isascii() and gone.isdigit() else 0, current_user)
        return removed(again, _("The file is taken away."))

    def act() -> None:
        services.keep_slides(webinar, form.file.data, form.caption.data or "", current_user)

    if at_once and form.validate_on_submit() and done(act, form, _("The file is added. Readers see it at once.")):
        return redirect(again)
    page = {"files": content.live_files(webinar), "may_add": may_write(current_user, webinar)}
    return show_page("webinars/keep_slides.html", webinar, form, at_once=at_once, **page)


# How it is read.


@bp.get("/<ref:ref>/recording")
@admit(may_read, Webinar)
def recording(webinar: Webinar) -> ResponseReturnValue:
    """The film or sound that is kept here; any part of it that a player asks for."""
    return answer(webinar.recording, private=not webinar.is_visible) if webinar.recording else abort(404)


def transcript_of(webinar: Webinar, code: str) -> Transcript:
    wanted = select(Transcript).where(Transcript.webinar_id == webinar.id, Transcript.language == code)
    return db.session.scalar(wanted) or abort(404)


@bp.get("/<ref:ref>/captions/<string(length=2):code>.vtt")
@admit(may_read, Webinar)
def captions(webinar: Webinar, code: str) -> ResponseReturnValue:
    """What was said as captions for a player."""
    return Response(written(transcript_of(webinar, code).cues), content_type="text/vtt; charset=utf-8")


@bp.get("/<ref:ref>/transcript/<string(length=2):code>")
@admit(may_read, Webinar)
def transcript(webinar: Webinar, code: str) -> ResponseReturnValue:
    """What was said, to be read: folded by chapters, each paragraph with its time in the recording."""
    kept = transcript_of(webinar, code)
    said = paragraphs(kept.cues, [chapter.second for chapter in webinar.chapters])
    page = min(asked_page(), max(-(-len(said) // PARAGRAPHS), 1))
    pages = Pages(said[(page - 1) * PARAGRAPHS : page * PARAGRAPHS], page, len(said), PARAGRAPHS)
    parted = by_chapters(pages.rows, webinar.chapters)
    return render_template(
        "webinars/transcript.html",
        entry=webinar,
        transcript=kept,
        pages=pages,
        parted=parted,
        kept=told(webinar, False),
    )


def by_chapters(said: Any, chapters: list[Chapter]) -> list[tuple[Chapter | None, list[Paragraph]]]:
    """Paragraphs under the chapter in which each begins; those before the first under none."""
    parts: list[tuple[Chapter | None, list[Paragraph]]] = []
    for paragraph in said:
        chapter = next((each for each in reversed(chapters) if each.second <= paragraph.second), None)
        if not parts or parts[-1][0] is not chapter:
            parts.append((chapter, []))
        parts[-1][1].append(paragraph)
    return parts
