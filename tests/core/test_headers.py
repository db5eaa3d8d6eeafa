"""What an answer says to the browser."""

import pytest
from flask import Response

from galaxy.core.headers import POLICY, framing


@pytest.mark.parametrize("origin", ["https://www.youtube-nocookie.com", "https://tube.example.org:8443"])
def test_one_answer_may_frame_one_site_and_loosens_nothing_else(app, origin):
    with app.test_request_context("/en/"):
        framing(origin)
        framed = app.process_response(Response("page"))
    with app.test_request_context("/en/"):
        plain = app.process_response(Response("page"))

    assert framed.headers["Content-Security-Policy"] == f"{POLICY}; frame-src {origin}"
    assert plain.headers["Content-Security-Policy"] == POLICY
    assert "frame-src" not in POLICY
    assert (framed.headers["X-Frame-Options"], framed.headers["X-Content-Type-Options"]) == ("DENY", "nosniff")


@pytest.mark.parametrize(
    "origin",
    [
        "http://example.org",
        "https://*.example.org",
        "https://example.org/",
        "https://a.org; script-src *",
        "https:",
        "",
    ],
)
def test_what_is_no_origin_of_a_site_is_never_framed(app, origin):
    with app.test_request_context("/en/"), pytest.raises(ValueError, match="origin"):
        framing(origin)
