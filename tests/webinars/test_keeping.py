"""What is kept of a webinar: hosts say it and readers see it at once, play it on a click, read and find it."""

import io
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from galaxy.accounts.models import Activity, Body
from galaxy.content.models import Status
from galaxy.content.services import revise
from galaxy.core.db import db, now
from galaxy.core.storage import StoredFile
from galaxy.search import index
from galaxy.webinars.models import Chapter, Transcript, Webinar
from tests.factories import a_focal_point, a_kept_webinar, a_mandate, a_user, a_webinar
from tests.readers import Page, Reader
from tests.statements import statements

FORM = "main form.form"
TUBE = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
FRAMED = "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"
VTT = b"WEBVTT\n\n00:01.000 --> 00:04.000\nThe borehole at Dori ran dry.\n\n12:30.000 --> 12:34.000\nWho asks?\n"
WEBM = (
    b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm"
    + bytes(40)
    + b"V_VP9"
    + bytes(900)
)
OGG = b"OggS\x00\x02" + bytes(20) + b"\x01\x13OpusHead" + bytes(900)


NO_RECORDING = "Please send a video as MP4 or WebM, or a sound as MP3, M4A, OGG, Opus or WebM."


@pytest.fixture
def awa(app) -> Any:
    """The host of a webinar of last week, of which nothing is kept yet."""
    host = a_focal_point(name="Awa")
    begun = (now() - timedelta(days=7)).replace(minute=0, second=0, microsecond=0)
    webinar = a_webinar(author=host, starts_at=begun, title="Pumps that last")
    reader = Reader(app, host)
    reader.body_id, reader.at, reader.ref = host.bodies[0].id, f"/en/webinars/{webinar.ref}", webinar.ref
    return reader


def the_webinar() -> Webinar:
    db.session.expire_all()
    return db.session.query(Webinar).one()


def a_file(content: bytes, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def sections(page: Page) -> list[str]:
    names = {"recording", "chapters", "minutes", "transcript"}
    return [str(found["id"]) for found in page.soup.select("main section[id]") if found["id"] in names]


def test_what_is_not_kept_leaves_no_trace(awa, visitor):
    page = visitor.get(awa.at)

    assert sections(page) == []
    assert page.soup.select("iframe, video, audio") == []


def test_a_recording_and_minutes_are_seen_at_once_and_noted_in_the_log(awa, visitor):
    saved = awa.send(f"{awa.at}/keep", FORM, recording_url=TUBE, minutes="We **agreed** to meet again.")

    page = visitor.get(awa.at)
    act = db.session.query(Activity).filter_by(verb="kept").one()
    assert saved.notices[0] == "Saved. Readers see it at once."
    assert sections(page) == ["recording", "minutes"]
    assert page.one("#minutes .prose") == "We agreed to meet again."
    assert (act.actor.name, act.before, act.after) == (
        "Awa",
        {"recording_url": "", "minutes": ""},
        {"changed": ["minutes", "recording_url"]},
    )


def test_what_changes_nothing_is_not_noted(awa):
    awa.send(f"{awa.at}/keep", FORM, minutes="Agreed.")
    awa.send(f"{awa.at}/keep", FORM)

    assert db.session.query(Activity).filter_by(verb="kept").count() == 1


def test_before_the_click_nothing_is_loaded_and_it_is_said_what_the_click_does(awa, visitor):
    awa.send(f"{awa.at}/keep", FORM, recording_url=TUBE)

    page = visitor.get(awa.at)

    assert page.all("#recording p") == [
        "Play the recording",
        "It plays from www.youtube-nocookie.com, which may see your address. "
        "Nothing is loaded from there before you press the button.",
        "Or open it at YouTube .",
    ]
    assert page.soup.select("iframe") == []
    assert "frame-src" not in page.response.headers["Content-Security-Policy"]


def test_on_the_click_one_provider_is_framed_and_no_other(awa, visitor):
    awa.send(f"{awa.at}/keep", FORM, recording_url=TUBE)
    (play,) = visitor.get(awa.at).links("#recording a.button")

    page = visitor.get(play)
    frame = page.soup.select_one("iframe")

    assert play.endswith("?play=1#recording")
    assert {name: frame[name] for name in ("src", "sandbox", "allow", "referrerpolicy", "title")} == {
        "src": FRAMED,
        "sandbox": ["allow-scripts", "allow-same-origin"],
        "allow": "fullscreen; picture-in-picture",
        "referrerpolicy": "strict-origin",
        "title": "Recording: Pumps that last",
    }
    assert page.response.headers["Content-Security-Policy"].endswith("; frame-src https://www.youtube-nocookie.com")


@pytest.mark.parametrize(
    ("asked", "src"),
    [
        ("at=754", f"{FRAMED}?start=754"),
        ("at=0", FRAMED),
        ("at=-5", FRAMED),
        ("at=x", FRAMED),
        ("at=999999", f"{FRAMED}?start=86400"),
        ("at=99999999999", FRAMED),
    ],
)
def test_it_starts_at_the_second_that_is_asked_for(awa, visitor, asked, src):
    awa.send(f"{awa.at}/keep", FORM, recording_url=TUBE)

    assert visitor.get(f"{awa.at}?play=1&{asked}").soup.select_one("iframe")["src"] == src


def test_an_address_that_cannot_be_played_is_a_link(awa, visitor):
    awa.send(f"{awa.at}/keep", FORM, recording_url="https://zoom.us/rec/share/abc")

    page = visitor.get(f"{awa.at}?play=1")

    assert page.all("#recording p") == ["Open it at zoom.us ."]
    assert page.links("#recording a") == ["https://zoom.us/rec/share/abc"]
    assert page.soup.select("iframe, video") == []


def test_a_file_on_another_server_is_played_from_there_alone(awa, visitor):
    awa.send(f"{awa.at}/keep", FORM, recording_url="https://files.example.org/talk.mp4")

    page = visitor.get(f"{awa.at}?play=1&at=9")

    assert page.soup.select_one("video")["src"] == "https://files.example.org/talk.mp4#t=9"
    assert "media-src 'self' https://files.example.org;" in page.response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["our video", "javascript:alert(1)", "www.youtube.com/watch?v=dQw4w9WgXcQ"])
def test_what_is_no_address_is_refused_in_words_and_nothing_typed_is_lost(awa, address):
    page = awa.send(f"{awa.at}/keep", FORM, recording_url=address, minutes="Agreed.")

    assert page.errors == ["Please give the whole address, beginning with https://."]
    assert (page.form(FORM)["recording_url"], page.form(FORM)["minutes"]) == (address, "Agreed.")
    assert the_webinar().minutes == ""


def test_of_two_hosts_at_once_the_second_is_shown_what_the_first_wrote(awa, reader):
    bob = a_user(name="Bob")
    a_mandate(bob, db.session.get_one(Body, awa.body_id))
    other = reader(bob)
    opened = other.get(f"{awa.at}/keep")
    awa.send(f"{awa.at}/keep", FORM, minutes="We meet in May.")

    refused = other.send_from(opened, FORM, minutes="We meet in June.")
    kept_meanwhile = the_webinar().minutes
    again = other.send_from(refused, FORM)

    assert refused.status == 409
    assert refused.all(".changes dt, .changes del, .changes ins") == ["Minutes", "May", "June"]
    assert kept_meanwhile == "We meet in May."
    assert (again.status, the_webinar().minutes) == (200, "We meet in June.")
    assert db.session.query(Activity).order_by(Activity.id.desc()).first().before == {"minutes": "We meet in May."}


def test_minutes_save_themselves_as_a_draft_also_while_an_admin_reads_the_words(awa):
    webinar = the_webinar()
    version = revise(webinar, {"summary": "New words."}, None)
    version.status = Status.SUBMITTED
    db.session.commit()
    typed = {"draft_form": "webinars.keep", "draft_key": awa.ref, "minutes": "We agr"}

    kept = awa.post("/en/content/drafts", typed)
    page = awa.get(f"{awa.at}/keep")

    assert kept.status == 200
    assert page.form(FORM)["minutes"] == "We agr"


def test_chapters_are_sorted_and_lead_into_the_recording(awa, visitor):
    awa.send(f"{awa.at}/keep", FORM, recording_url=TUBE)
    typed = "12:30 - Questions\n\n0:00 Welcome\n[1:02:05] The end\n"

    awa.send(f"{awa.at}/keep/chapters", FORM, chapters=typed)
    page = visitor.get(awa.at)

    assert awa.get(f"{awa.at}/keep/chapters").form(FORM)["chapters"].split("\n") == [
        "0:00 Welcome",
        "12:30 Questions",
        "1:02:05 The end",
    ]
    assert page.all("#chapters li") == ["0:00 Welcome", "12:30 Questions", "1:02:05 The end"]
    assert [link.partition("?")[2] for link in page.links("#chapters a")] == [
        "play=1&at=0#recording",
        "play=1&at=750#recording",
        "play=1&at=3725#recording",
    ]
    assert page.all("#recording [typeof=Clip]") == ["", "", ""]


def test_chapters_of_a_recording_that_can_only_be_opened_lead_nowhere(awa, visitor):
    awa.send(f"{awa.at}/keep", FORM, recording_url="https://zoom.us/rec/share/abc")
    awa.send(f"{awa.at}/keep/chapters", FORM, chapters="0:00 Welcome")

    page = visitor.get(awa.at)

    assert (page.all("#chapters li"), page.links("#chapters a")) == (["0:00 Welcome"], [])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Welcome", "Line 1: “Welcome” is no time. Write it as 12:30 or 1:12:30."),
        ("0:00 Welcome\n1:75 Questions", "Line 2: “1:75” is no time. Write it as 12:30 or 1:12:30."),
        ("0:00", "Line 1: Say after the time what begins there."),
        ("0:00 -", "Line 1: Say after the time what begins there."),
        ("5:00:00 Questions", "Line 1: 5:00:00 is after the end."),
        ("0:30 One\n00:30 Two", "Line 2: 0:30 stands there twice."),
        ("0:30 " + "x" * 201, "Line 1: Please shorten this to 200 characters at most."),
        ("\n".join(f"{n}:00 Part" for n in range(201)), "Please give 200 lines at most."),
    ],
    ids=["no time", "75 seconds", "no words", "only a hyphen", "after the end", "twice", "long", "many"],
)
def test_a_chapter_that_is_none_is_refused_with_its_line(awa, typed, said):
    page = awa.send(f"{awa.at}/keep/chapters", FORM, chapters=typed)

    assert page.errors == [said]
    assert page.form(FORM)["chapters"] == typed
    assert the_webinar().chapters == []


def test_a_film_that_is_kept_here_plays_from_here_with_captions(awa, visitor):
    awa.send(f"{awa.at}/keep", FORM, recording_url=TUBE)
    awa.send(f"{awa.at}/keep/file", FORM, file=a_file(WEBM, "Pumps.webm"))
    awa.send(f"{awa.at}/keep/transcript", FORM, file=a_file(VTT, "talk.vtt"), language="en")

    before, page = visitor.get(awa.at), visitor.get(f"{awa.at}?play=1&at=30")
    video, track = page.soup.select_one("video"), page.soup.select_one("track")

    assert before.all("#recording p") == [
        "Play the recording",
        "It plays from Galaxy: nobody else sees that you watch it.",
        "It lies at YouTube too.",
        "Download it WEBM, 1 kB",
    ]
    assert (video["src"].partition("#")[2], video["preload"]) == ("t=30", "none")
    assert (track["kind"], track["srclang"], track["label"]) == ("captions", "en", "English")
    assert visitor.get(track["src"]).text == VTT.decode().replace("\n\n00:01", "\n\n00:00:01").replace(
        "--> 00:04", "--> 00:00:04"
    ).replace("12:30.000 --> 12:34", "00:12:30.000 --> 00:12:34")
    assert "frame-src" not in page.response.headers["Content-Security-Policy"]
    part = visitor.get(video["src"].partition("#")[0], headers={"Range": "bytes=0-3"})
    assert (part.status, part.response.get_data(), part.response.mimetype) == (206, WEBM[:4], "video/webm")


def test_the_sound_alone_is_offered_beside_a_film_elsewhere(awa, visitor):
    awa.send(f"{awa.at}/keep", FORM, recording_url=TUBE)
    awa.send(f"{awa.at}/keep/file", FORM, file=a_file(OGG, "Pumps.ogg"))

    before, listens = visitor.get(awa.at), visitor.get(f"{awa.at}?play=sound&at=30")

    assert before.all("#recording p")[0::3] == [
        "Play the recording",
        "Download the sound OGG, 0.9 kB Only listen, on a slow line",
    ]
    assert listens.soup.select_one("audio")["src"].endswith("/recording#t=30")
    assert listens.soup.select("iframe") == []


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"%PDF-1.4 slides", "slides.pdf", NO_RECORDING),
        (b"", "talk.mp4", "This file is empty. Please choose it again."),
    ],
)  # fmt: skip
def test_a_recording_that_is_none_is_refused_in_words(awa, content, name, said):
    page = awa.send(f"{awa.at}/keep/file", FORM, file=a_file(content, name))

    assert (page.errors, the_webinar().recording_id) == ([said], None)


def test_no_file_at_all_is_said(awa):
    assert awa.send(f"{awa.at}/keep/file", FORM).errors == ["Please choose a file."]


def test_another_file_takes_the_place_of_a_recording_and_it_can_be_taken_away(awa, visitor):
    for content, name in ((OGG, "first.ogg"), (WEBM, "second.webm")):
        awa.send(f"{awa.at}/keep/file", FORM, file=a_file(content, name))
    names = [file.name for file in db.session.query(StoredFile)]

    gone = awa.send(f"{awa.at}/keep/file", "main form.act", act="remove:file")

    assert names == ["second.webm"]
    assert gone.notices[0] == "The file is taken away."
    assert (db.session.query(StoredFile).count(), visitor.get(f"{awa.at}/recording").status) == (0, 404)
    assert sections(visitor.get(awa.at)) == []


def test_a_draft_that_is_thrown_away_takes_its_recording_with_it(app, reader):
    host = a_focal_point()
    at = f"/en/content/{a_kept_webinar(author=host, status=Status.DRAFT, submitted_at=None).ref}/delete"

    reader(host).post(at)

    assert (db.session.query(Webinar).count(), db.session.query(StoredFile).count()) == (0, 0)


def test_a_transcript_is_read_by_chapters_with_its_times(awa, visitor):
    awa.send(f"{awa.at}/keep", FORM, recording_url=TUBE)
    awa.send(f"{awa.at}/keep/chapters", FORM, chapters="0:30 After the welcome\n12:30 Questions")
    awa.send(f"{awa.at}/keep/transcript", FORM, file=a_file(VTT, "talk.vtt"), language="en")

    (at, _captions) = visitor.get(awa.at).links("#transcript a")
    page = visitor.get(at)

    assert page.all("main > p")[2:] == ["0:01 The borehole at Dori ran dry."]
    assert page.all("summary.title") == ["Questions 12:30"]
    assert page.all("main details p") == ["12:30 Who asks?"]
    assert page.links("main details p a")[0].endswith("?play=1&at=750#recording")


def test_a_transcript_is_replaced_per_language_and_taken_away(awa, visitor):
    for language, content in (("en", VTT), ("fr", VTT), ("en", VTT.replace(b"Dori", b"Djibo"))):
        awa.send(f"{awa.at}/keep/transcript", FORM, file=a_file(content, "talk.vtt"), language=language)
    replaced = visitor.get(f"{awa.at}/transcript/en").all("main > p")[2]

    awa.send(f"{awa.at}/keep/transcript", "main form.act", act="remove:en")

    assert replaced == "0:01 The borehole at Djibo ran dry."
    assert visitor.get(awa.at).all("#transcript li") == ["French Captions (VTT)"]
    assert [visitor.get(f"{awa.at}/{path}").status for path in ("transcript/en", "captions/en.vtt")] == [404, 404]


def test_what_is_wrong_in_a_transcript_is_told(awa):
    broken = awa.send(f"{awa.at}/keep/transcript", FORM, file=a_file(b"Hello", "talk.txt"), language="en")
    partly = awa.send(
        f"{awa.at}/keep/transcript", FORM, file=a_file(VTT + b"\n9:00 --> 8:00\nBack.\n", "talk.vtt"), language="en"
    )

    assert broken.errors == [
        "There are no times in it, such as 00:01:05.000 --> 00:01:09.000. Please send a VTT or SRT file."
    ]
    assert partly.notices[:2] == [
        "The transcript is kept.",
        "Line 9 is left out: It ends before it begins.",
    ]


def test_a_transcript_of_a_language_that_is_none_is_refused(awa):
    page = awa.send(f"{awa.at}/keep/transcript", FORM, file=a_file(VTT, "talk.vtt"), language="xx")

    assert (page.errors, the_webinar().transcripts) == (["Not a valid choice."], [])


def test_slides_of_what_has_begun_are_shown_at_once_and_outlive_words_that_wait(awa, visitor):
    revise(the_webinar(), {"summary": "New words."}, None)
    db.session.commit()
    awa.send(f"{awa.at}/keep/slides", FORM, file=a_file(b"%PDF-1.4 slides", "slides.pdf"), caption="The slides")
    shown = visitor.get(awa.at).all("main article ul a[download]")

    webinar = the_webinar()
    webinar.apply(webinar.versions[-1].said)
    db.session.commit()
    page = visitor.get(awa.at)

    assert shown == ["The slides"]
    assert (page.one(".lead"), page.all("main article ul a[download]")) == ("New words.", ["The slides"])


def test_slides_are_taken_away_at_once(awa, visitor):
    awa.send(f"{awa.at}/keep/slides", FORM, file=a_file(b"%PDF-1.4 slides", "slides.pdf"), caption="The slides")

    awa.send(f"{awa.at}/keep/slides", "main form.act")
    button = awa.get(f"{awa.at}/keep/slides").soup.select_one("button[name=act]")
    awa.send(f"{awa.at}/keep/slides", "main form.act", act=button["value"])

    assert visitor.get(awa.at).all("main article ul a[download]") == []


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            {"status": Status.PUBLISHED},
            "Once the event has begun, slides that you add here are shown at once. Until then its files are read by an "
            "admin first, as all that its page says.",
        ),
        (
            {"status": Status.DRAFT},
            "This is not published yet: an admin reads its files together with all that its page says.",
        ),
    ],
)
def test_slides_before_that_wait_for_an_admin(app, reader, facts, said):
    host = a_focal_point()
    webinar = a_webinar(author=host, **facts)
    own = reader(host)
    at = f"/en/webinars/{webinar.ref}/keep/slides"

    page = own.get(at)
    own.post(at, {"file": a_file(b"%PDF-1.4 slides", "slides.pdf")})

    assert page.one("main > p:not(.lead, .notice, :has(a))") == said
    assert the_webinar().uploads == []


def test_what_is_kept_of_a_draft_is_nobody_elses(app, reader):
    host = a_focal_point()
    webinar = a_kept_webinar(author=host, status=Status.DRAFT)
    at = f"/en/webinars/{webinar.ref}"
    paths = ("", "/recording", "/captions/en.vtt", "/transcript/en")
    own, other = reader(host), reader()

    met = {name: [who.get(at + path).status for path in paths] for name, who in (("own", own), ("other", other))}

    assert met == {"own": [200, 200, 200, 200], "other": [404, 404, 404, 404]}
    assert own.get(f"{at}/recording").response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("page", "typed", "words"),
    [
        ("keep", {"minutes": "The borehole at Dori ran dry."}, "borehole"),
        ("keep/chapters", {"chapters": "0:00 The borehole of Dori"}, "borehole"),
        ("keep/transcript", {"language": "en", "file": VTT}, "borehole"),
    ],
    ids=["minutes", "chapters", "transcript"],
)
def test_what_is_kept_is_found(awa, visitor, work, page, typed, words):
    index.rebuild()
    work()  # nothing is promised any more but what is changed now
    typed = {name: a_file(value, "talk.vtt") if isinstance(value, bytes) else value for name, value in typed.items()}
    before = the_webinar().version

    awa.send(f"{awa.at}/{page}", FORM, **typed)
    work()
    found = visitor.get(f"/en/search?q={words}")

    assert the_webinar().version > before  # by which the index knows that it is behind, should the promise be lost
    assert found.all(".results .card h3, .results .card h2") == ["Pumps that last"]
    assert found.all(".results mark") == ["borehole"]
    assert found.links(".results .card a")[0].startswith(awa.at)


def test_the_last_words_of_a_long_transcript_are_shown_where_they_are_found(awa, visitor, work):
    lines = [f"{n // 60}:{n % 60:02} --> {n // 60}:{n % 60:02}.900\nWe speak of pumps again.\n" for n in range(1500)]
    index.rebuild()
    work()  # nothing is promised any more but what is changed now

    awa.send(
        f"{awa.at}/keep/transcript",
        FORM,
        language="en",
        file=a_file("\n".join([*lines, "26:00 --> 26:02\nThen the borehole ran dry.\n"]).encode(), "talk.srt"),
    )
    work()

    assert visitor.get("/en/search?q=borehole").all(".results mark") == ["borehole"]


def test_a_page_costs_the_same_statements_however_much_is_kept(app, visitor):
    made = {}
    for number in (1, 3):
        chapters = [Chapter(second=n, title="Part") for n in range(number)]
        spoken = [Transcript(language=code, cues=[[0, 1, "Hi"]]) for code in ("en", "fr", "es")[:number]]
        webinar = a_kept_webinar(author=a_focal_point(), chapters=chapters, transcripts=spoken)
        at = f"/en/webinars/{webinar.ref}"
        visitor.get(at)
        made[number] = statements(partial(visitor.get, at))

    assert made[1] == made[3]
