"""A question is asked, answered, found by the main search at its time; one that stays open becomes a request."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from galaxy.core.db import db, now
from galaxy.moderation import services as moderation
from galaxy.partnerships.models import Request
from galaxy.webinars.question_models import Question
from tests.browser.conftest import PHONE
from tests.browser.steps import all_words, follow, go, heading, notices, press, signed_in, words
from tests.factories import a_body, a_focal_point, a_user, a_webinar
from tests.processes import wait_until


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_question_is_asked_answered_found_at_its_time_and_made_a_request(a_context, behind, scripts):
    body = a_body(country="IDN", name=f"Kerja sama {scripts}")
    host = a_focal_point("IDN", body, name="Dewi")
    yesterday = now() - timedelta(days=1)
    webinar = a_webinar(
        author=host, countries=["IDN"], title="Inverters of the islands", starts_at=yesterday,
        recording_url="https://example.org/recording",
    )  # fmt: skip
    path, room = f"/en/webinars/{webinar.ref}", f"Inverterkits{scripts}".lower()
    phone = {"viewport": PHONE, "java_script_enabled": scripts}
    asker, dewi = (signed_in(a_context(**phone), behind, each) for each in (a_user(name="Ana"), host))

    go(asker, path)
    asker.get_by_label("Your question").fill(f"Who repairs {room}?")
    press(asker, "Ask")
    assert notices(asker) == ["Your question is here. You will be told when it is answered."]
    go(asker, f"{path}/ask")
    asker.get_by_label("Your question").fill(f"What does one of {room} cost?")
    press(asker, "Ask")

    follow(opened(dewi, path), f"What does one of {room} cost?")
    follow(dewi, "Answer it")
    dewi.get_by_label("Answer", exact=True).fill("Forty dollars in *Bandung*.")
    dewi.get_by_label("Where in the recording it is given").fill("12:34")
    press(dewi, "Answer it")
    assert words(dewi.locator("[property=acceptedAnswer] .prose")) == "Forty dollars in Bandung."

    def found() -> list[str]:
        go(asker, f'/en/search?q="{room}"&kind=questions')
        return sorted(all_words(asker.locator("ol.cards h2")))

    wait_until(lambda: len(found()) == 2)
    card = asker.locator("ol.cards li", has_text="cost?")
    assert words(card.get_by_role("link", name="Play at 12:34")) == "Play at 12:34"
    expect(card.get_by_role("link", name="Play at 12:34")).to_have_attribute(
        "href", f"{webinar_at(path)}?play=1&at=754"
    )

    follow(opened(dewi, path), f"Who repairs {room}?")
    follow(dewi, "Ask the countries of the world: make it a request")
    assert dewi.get_by_label("Title").input_value() == f"Who repairs {room}?"
    assert dewi.get_by_label("What do you ask of others?").input_value() == f"Who repairs {room}?"
    press(dewi, "Save draft")
    db.session.rollback()
    request = db.session.scalars(select(Request).where(Request.title == f"Who repairs {room}?")).one()
    question = db.session.scalars(select(Question).where(Question.title == f"Who repairs {room}?")).one()
    moderation.put_online(request)
    address, of_question = request.ref, question.ref
    db.session.commit()
    go(asker, f"/en/partnerships/{address}")
    follow(asker, f"Who repairs {room}?")
    assert (heading(asker), asker.url.split("/")[-1].startswith(of_question)) == (f"Who repairs {room}?", True)
    assert all_words(asker.locator("#born h3")) == [f"Who repairs {room}?"]


def opened(page, path):
    go(page, path)
    return page


def webinar_at(path: str) -> str:
    return f"{path}-inverters-of-the-islands"
