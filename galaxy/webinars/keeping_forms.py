"""What hosts send to keep a webinar: where its recording lies, minutes, chapters, transcripts."""

from datetime import timedelta
from typing import Any, ClassVar

from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField
from wtforms.validators import InputRequired, ValidationError

from galaxy.content.forms import MARKDOWN, EntryForm, LinesField, address_field, keeping, prose, sentence
from galaxy.content.models import LINE_MAX, TITLE_MAX
from galaxy.core.forms import Form
from galaxy.core.i18n import _, lang, lazy
from galaxy.reference import languages
from galaxy.webinars.recordings import LONGEST, second_of
from galaxy.webinars.words import place_in_recording

MINUTES_MAX, CHAPTERS_MAX = 60_000, 200

OVERRUN = 3 * 3600  # seconds by which a recording may be longer than was planned


class KeepForm(EntryForm):
    """Where the recording lies, and what was said and decided."""

    names = ("recording_url", "minutes")
    words: ClassVar[dict[str, Any]] = {"recording_url": lazy("Recording"), "minutes": lazy("Minutes")}

    recording_url = address_field(
        lazy("Where does the recording lie?"),
        lazy("The address of its page at YouTube, Vimeo or a PeerTube, of a video file, or any other page."),
    )
    minutes = prose(lazy("Minutes"), MARKDOWN, most=MINUTES_MAX, rows=16)


class ChaptersField(LinesField):
    """The parts of a recording, one a line: a time, and what begins there. They are kept in their order."""

    def __init__(self, label: Any = None, **more: Any) -> None:
        super().__init__(label, CHAPTERS_MAX, **more)
        self.longest = LONGEST
        self.in_order: list[str] = []  # what was typed, as it is kept

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no time, has no words, stands twice or lies beyond the end; each with its line."""
        chapters: dict[int, str] = {}
        for number, line in enumerate(self.data or [], 1):
            time, _space, title = line.partition(" ")
            second = second_of(time.strip("[]()"))
            if second is None:
                said = _("“%(time)s” is no time. Write it as 12:30 or 1:12:30.", time=time[:40])
            elif not (title := title.strip(" -–—:")):
                said = _("Say after the time what begins there.")
            elif second > self.longest:
                said = _("%(time)s is after the end.", time=place_in_recording(second))
            elif second in chapters:
                said = _("%(time)s stands there twice.", time=place_in_recording(second))
            elif len(title) > TITLE_MAX:
                said = _("Please shorten this to %(max)d characters at most.", max=TITLE_MAX)
            else:
                chapters[second] = title
                continue
            raise ValidationError(_("Line %(number)d: %(wrong)s", number=number, wrong=said))
        self.in_order = [f"{place_in_recording(second)} {title}" for second, title in sorted(chapters.items())]


class ChaptersForm(EntryForm):
    """The parts of the recording."""

    names = ("chapters",)
    words: ClassVar[dict[str, Any]] = {"chapters": lazy("Chapters")}

    chapters = ChaptersField(
        lazy("Chapters"),
        description=lazy("One a line: the time in the recording, then what begins there. As: 12:30 Questions"),
        render_kw={"rows": 12, "dir": "auto"},
    )

    def said(self) -> dict[str, Any]:
        return {"chapters": self.chapters.in_order}

    def bound_by(self, length: timedelta | None, heard: int = 0) -> None:
        """Take no time far beyond the planned length, or beyond the last words (a second) where more is known."""
        planned = int(length.total_seconds()) + OVERRUN if length else LONGEST
        self.chapters.longest = max(planned, heard)


class RecordingForm(Form):
    """A film or a sound, to be kept here."""

    file = FileField(
        lazy("File"),
        [FileRequired(lazy("Please choose a file."))],
        description=lazy(
            "A video (MP4, WebM) or only the sound (M4A, MP3, Ogg), which also reaches readers on a slow line."
        ),
    )


class TranscriptForm(Form):
    """What was said, with its times."""

    language = SelectField(lazy("In which language?"), [InputRequired()])
    file = FileField(
        lazy("File"),
        [FileRequired(lazy("Please choose a file."))],
        description=lazy("Captions or a transcript with times: a VTT or an SRT file, at most 2 MB."),
    )

    def offer(self, spoken: list[str]) -> None:
        """Offer every language, those that are spoken first."""
        self.language.choices = keeping(languages.choices(lang()), spoken)


class SlidesForm(Form):
    """A file that was shown or handed out."""

    file = FileField(
        lazy("File"),
        [FileRequired(lazy("Please choose a file."))],
        description=lazy("A PDF, an office document, a picture, a text or a CSV table."),
    )
    caption = sentence(lazy("Caption"), LINE_MAX, lazy("What it shows, for those who cannot see it too."))
