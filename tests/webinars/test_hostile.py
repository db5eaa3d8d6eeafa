"""Hostile words in every text of a webinar: shown, told, sent and written into files, and never more than words."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from icalendar import Calendar
from sqlalchemy import select

from galaxy.core.db import db, now
from galaxy.core.mail import Letter, compose
from galaxy.webinars import letters, services
from galaxy.webinars.models import Chapter, Transcript
from galaxy.webinars.registration_models import RegistrationStatus
from galaxy.webinars.registration_queries import token
from tests.factories import (
    a_focal_point,
    a_question,
    a_registration,
    a_series,
    a_user,
    a_webinar,
    an_answer,
)

EVIL = (
    "'\"><script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1)) \u202e\n\nBEGIN:VEVENT\n"
    "X-EVIL:1\n00:00.000 --> 99:00.000\nBcc: x@evil.example\n{{7*7}}%(title)s%s"
)


def an_evil_webinar(**facts):
    """A webinar that says it wherever something can be said."""
    author = facts.get("author")
    series = a_series(title=EVIL, summary=EVIL, body=author.bodies[0] if author else None)
    person = dict.fromkeys(("name", "role", "organisation"), EVIL) | {"email": "sera@example.org"}
    said = {
        "title": EVIL, "summary": EVIL, "description": EVIL, "organisers": [EVIL], "sign_language": EVIL,
        "place": EVIL, "join_words": EVIL, "minutes": EVIL, "series": series, "speakers": [person],
        "interpretation": [{"language": "fr", "channel": EVIL}], "countries": ["BFA"],
        "chapters": [Chapter(second=0, title=EVIL)],
        "transcripts": [Transcript(language="en", cues=[[0, 4_000, EVIL], [5_000, 9_000, "</c><script>alert(1)"]])],
        "asks": [{"key": "a", "question": EVIL, "kind": "choice", "choices": [EVIL, "No"], "needed": False}],
    }  # fmt: skip
    return a_webinar(**said | facts)


def check(page, where):
    """Words are words: no script of theirs, no attribute that acts, no address of a script."""
    assert page.status < 400, f"{where}: {page.status}"
    if "html" not in (page.response.mimetype or ""):
        return
    for tag in page.soup.find_all(True):
        acting = [name for name in tag.attrs if name.startswith("on")]
        assert not acting, f"{where}: <{tag.name} {acting}>"
        for name in ("href", "src", "action"):
            assert not str(tag.get(name, "")).strip().lower().startswith(("javascript:", "data:")), f"{where}: {tag}"
        assert tag.name != "script" or tag.get("src") or "json" in str(tag.get("type")), f"{where}: {tag}"
    assert not re.search(r"<script>alert|<img src=x", page.text), where


def test_hostile_words_are_shown_as_words(app, reader, work):
    host, member = a_focal_point("BFA"), a_user(name=EVIL, organisation=EVIL)
    hosts, event = reader(host), an_evil_webinar(author=host)
    services.postpone(event, EVIL, host)
    kept = an_evil_webinar(author=host, starts_at=now() - timedelta(days=3), recording_url="https://evil.example/a.mp4")
    comes = an_evil_webinar(author=host)
    question = a_question(kept, title=EVIL, summary=EVIL, asker=EVIL, author=None, group=EVIL, second=5)
    an_answer(question, text=EVIL, name=EVIL, second=7)
    seat = token(a_registration(comes, None, name=EVIL, organisation=EVIL, answers={"a": EVIL}))
    other = token(a_registration(comes, member, status=RegistrationStatus.WAITING))
    unsure = token(a_registration(comes, None, status=RegistrationStatus.UNCONFIRMED, name=EVIL))
    refs, ref, asked, series = (event.ref, kept.ref, comes.ref), kept.ref, question.ref, kept.series.ref
    db.session.commit()
    work()
    month = f"/en/webinars/month/{now().year}/{now().month}"
    paths = [f"/en/webinars/{each}{rest}" for each in refs for rest in ("", "/register", "/calendar.ics")]
    paths += [f"/en/webinars/{ref}{rest}" for rest in ("?play=1&at=3", "/transcript/en", "/captions/en.vtt")]
    paths += ["/en/webinars/", "/en/", "/fr/webinars/", month, f"/en/webinars/series/{series}", "/en/search?q=alert"]
    paths += [f"/en/webinars/questions/{asked}", f"/en/webinars/series/{series}/calendar.ics", "/en/countries/BFA"]
    paths += [f"/en/webinars/seats/{each}" for each in (seat, unsure)] + [f"/en/webinars/seats/{seat}/questions"]
    paths += [f"/en/webinars/seats/{other}/leave", "/en/webinars/calendar.ics"]
    for path in paths:
        check(reader().get(path, follow=True), path)
    theirs = ("when", "entrance", "cancel", "keep", "keep/chapters", "keep/transcript", "keep/slides", "preview")
    parts = ("about", "people", "languages", "goals", "context")
    inside = [f"/en/webinars/{refs[2]}/{rest}" for rest in (*theirs, *(f"edit/{part}" for part in parts))]
    inside += [f"/en/webinars/questions/{asked}/{rest}" for rest in ("answer", "group", "hide")]
    inside += ["/en/webinars/mine", f"/en/webinars/series/{series}/edit"]
    for path in inside:
        check(hosts.get(path), path)


def test_a_calendar_and_captions_hold_no_line_that_somebody_else_wrote(app, reader):
    event = an_evil_webinar(starts_at=now() - timedelta(days=3))
    ref = event.ref

    calendar = reader().get(f"/en/webinars/{ref}/calendar.ics").text
    captions = reader().get(f"/en/webinars/{ref}/captions/en.vtt").text

    read = Calendar.from_ical(calendar)
    assert [each.name for each in read.subcomponents].count("VEVENT") == 1
    lines = calendar.replace("\r\n ", "").split("\r\n")
    assert not [line for line in lines if line.startswith(("X-EVIL", "Bcc")) or "\n" in line]
    assert captions.count(" --> ") == 2
    assert "<script" not in captions


@pytest.mark.parametrize("kind", letters.KINDS)
def test_a_letter_has_its_own_headers_alone_and_shows_words_as_words(app, kind, work):
    said = letters.KINDS[kind]
    over = kind == "after"
    event = an_evil_webinar(starts_at=now() + (-1 if over else 1) * timedelta(days=1, minutes=5), reason=EVIL)
    status = {"confirm": "unconfirmed", "left": "cancelled", "removed": "cancelled", "waiting": "waiting"}
    registration = a_registration(event, None, name=EVIL, status=RegistrationStatus(status.get(kind, "registered")))
    event.sequence = 1
    assert said.true_of(registration)

    letters._post(registration, said, {})
    letter = db.session.scalars(select(Letter)).one()
    message = compose(letter)

    assert message["Bcc"] is None
    assert b"\nBcc:" not in message.as_bytes().partition(b"\r\n\r\n")[0]
    soup = BeautifulSoup(letter.html, "html.parser")
    assert soup.find_all(["script", "img"]) == []
    assert [tag["href"] for tag in soup.find_all("a") if not tag["href"].startswith(("http://", "https://"))] == []
