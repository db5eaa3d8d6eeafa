"""Where recordings lie: which addresses are played here, and how."""

import pytest

from galaxy.webinars.recordings import Recording, found_at

TUBE = "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"
PEER = "https://tube.example.org/videos/embed/9c9de5e8-0a1e-484a-b099-e80766180a6d?p2p=0"


@pytest.mark.parametrize(
    ("address", "played", "later"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PL1", TUBE, f"{TUBE}?start=754"),
        ("http://youtube.com/watch?v=dQw4w9WgXcQ&t=1m5s", f"{TUBE}?start=65", f"{TUBE}?start=754"),
        ("https://youtu.be/dQw4w9WgXcQ?t=30", f"{TUBE}?start=30", f"{TUBE}?start=754"),
        ("https://m.youtube.com/live/dQw4w9WgXcQ", TUBE, f"{TUBE}?start=754"),
        ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", TUBE, f"{TUBE}?start=754"),
        (
            "https://vimeo.com/123456789#t=30s",
            "https://player.vimeo.com/video/123456789?dnt=1#t=30s",
            "https://player.vimeo.com/video/123456789?dnt=1#t=754s",
        ),
        (
            "https://vimeo.com/123456789/abcdef0123",
            "https://player.vimeo.com/video/123456789?dnt=1&h=abcdef0123",
            "https://player.vimeo.com/video/123456789?dnt=1&h=abcdef0123#t=754s",
        ),
        (
            "https://player.vimeo.com/video/123456789?h=abcdef0123",
            "https://player.vimeo.com/video/123456789?dnt=1&h=abcdef0123",
            "https://player.vimeo.com/video/123456789?dnt=1&h=abcdef0123#t=754s",
        ),
        ("https://tube.example.org/videos/watch/9c9de5e8-0a1e-484a-b099-e80766180a6d", PEER, f"{PEER}&start=754s"),
        (
            "https://tube.example.org/w/kkGMgK9ZtnKfYAgnEtQxbv?start=12s",
            "https://tube.example.org/videos/embed/kkGMgK9ZtnKfYAgnEtQxbv?p2p=0&start=12s",
            "https://tube.example.org/videos/embed/kkGMgK9ZtnKfYAgnEtQxbv?p2p=0&start=754s",
        ),
    ],
)
def test_the_usual_places_are_framed_in_their_discreet_form(address, played, later):
    found = found_at(address)

    assert (found.plays, found.at(), found.at(754)) == ("frame", played, later)
    assert found.origin == f"https://{found.host}"


@pytest.mark.parametrize(
    ("address", "plays", "played"),
    [
        ("https://files.example.org:8443/a.mp4?key=1", "film", "https://files.example.org:8443/a.mp4?key=1#t=754"),
        ("https://files.example.org/été.WEBM", "film", "https://files.example.org/%C3%A9t%C3%A9.WEBM#t=754"),
        ("https://files.example.org/a.mp3", "sound", "https://files.example.org/a.mp3#t=754"),
    ],
)
def test_a_file_on_another_server_is_played_from_there(address, plays, played):
    found = found_at(address)

    assert (found.plays, found.at(754)) == (plays, played)


@pytest.mark.parametrize(
    "address",
    [
        "https://zoom.us/rec/share/abc",
        "https://www.youtube.com/@galaxy",
        "https://www.youtube.com/watch?v=short",
        "https://vimeo.com/about",
        "https://tube.example.org/w/p/kkGMgK9ZtnKfYAgnEtQxbv",
        "http://files.example.org/a.mp4",
        "https://someone:secret@files.example.org/a.mp4",
        "https://files.example.org;script-src/a.mp4",
        "https://пример.example.org/a.mp4",
    ],
)
def test_any_other_address_can_only_be_opened(address):
    assert (found_at(address).plays, found_at(address).address) == ("", address)


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "https://[::1", "our video", "<iframe src='x'>"])
def test_what_is_no_address_plays_nothing(address):
    assert found_at(address) == Recording(address, "")
