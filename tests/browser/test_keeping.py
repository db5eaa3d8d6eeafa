"""A recording plays on the click and not before it; each page of what is kept fits, and axe finds nothing."""

from datetime import timedelta

import pytest

from galaxy.core.db import now
from galaxy.webinars.models import Chapter
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.steps import all_words, fits, follow, go, notices, press, signed_in, violations, words
from tests.factories import a_focal_point, a_kept_webinar, a_webinar

TUBE, FRAMED = "https://www.youtube.com/watch?v=dQw4w9WgXcQ", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"
KEPT = ("", "?play=1", "/transcript/en", "/keep", "/keep/file", "/keep/chapters", "/keep/transcript", "/keep/slides")
OGG = b"OggS\x00\x02" + bytes(20) + b"\x01\x13OpusHead" + bytes(900)


def test_without_scripts_one_click_frames_the_one_place_where_it_lies(behind, page_without_scripts):
    webinar = a_webinar(
        author=a_focal_point("PER"),
        starts_at=now() - timedelta(days=7),
        recording_url=TUBE,
        chapters=[Chapter(second=750, title="Questions")],
    )
    page, asked = page_without_scripts, []

    def answer(route):
        asked.append(route.request.url)
        route.fulfill(body="A player.", content_type="text/html")

    page.context.route(lambda url: "127.0.0.1" not in url, answer)

    go(page, f"/en/webinars/{webinar.slug}")
    before = [*asked]
    follow(page, "12:30")
    frame = page.frame_locator("iframe.player")

    assert before == []
    assert asked == [f"{FRAMED}?start=750"]
    assert words(frame.locator("body")) == "A player."


def test_a_host_keeps_a_sound_and_a_reader_listens_to_it(behind, a_context):
    host = a_focal_point("PER")
    at = f"/en/webinars/{a_webinar(author=host, starts_at=now() - timedelta(days=7)).slug}"
    own, reader = signed_in(a_context(), behind, host), a_context(viewport=PHONE).new_page()

    go(own, f"{at}/keep/file")
    own.set_input_files("input[type=file]", {"name": "talk.ogg", "mimeType": "audio/ogg", "buffer": OGG})
    press(own, "Keep this file")
    go(reader, at)
    follow(reader, "Listen to the recording")
    fetched = reader.evaluate(
        "async () => (await fetch(document.querySelector('audio').src)).headers.get('content-type')"
    )

    assert notices(own)[0] == "The file is added."
    assert fetched == "audio/ogg"
    assert all_words(reader.locator("#chapters li")) == []


@pytest.mark.parametrize(("size", "language"), [(PHONE, "fr"), (DESKTOP, "en")], ids=["phone", "desk"])
def test_every_page_of_what_is_kept_fits_and_axe_finds_nothing(behind, a_context, size, language):
    host = a_focal_point("PER")
    webinar = a_kept_webinar(author=host)
    page, found = signed_in(a_context(viewport=size), behind, host), {}

    for part in KEPT:
        page.goto(f"/{language}/webinars/{webinar.slug}{part}")
        fits(page)
        found[part] = violations(page)

    assert {path: seen for path, seen in found.items() if seen} == {}
