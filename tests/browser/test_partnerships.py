"""Talks on a bad day: scripts are off, a sign-in has expired, two people of one body decide at the same moment."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select

from galaxy.core.db import db
from galaxy.partnerships.models import Partnership, Party
from tests.browser.conftest import PHONE
from tests.browser.steps import follow, go, heading, notices, press, signed_in, words
from tests.factories import PASSWORD, a_body, a_focal_point, a_mandate, a_partnership, a_request, a_user, an_interest

OFFERED = "We have trained repairers for ten years, and would gladly come."
AGREED = "Fidji forme ; le Mali reçoit.\n\nOn se parle chaque mois."
MILESTONE = "Vingt réparatrices formées"
AWAY = "Vous vous êtes absenté un moment : veuillez vérifier votre saisie et l’envoyer de nouveau. Rien n’est perdu."


@dataclass
class Sides:
    """The page of who has called, and the page of who answers."""

    caller: Page
    fiji: Page
    call: str


@pytest.fixture
def sides(a_context, behind):
    """A published call of Mali, and Fiji's focal point; both on phones whose browsers run no scripts."""
    phone = {"viewport": PHONE, "java_script_enabled": False}
    mali = a_focal_point("MLI", a_body(country="MLI", name="Coopération du Mali"), name="Oumou", language="fr")
    fiji = a_focal_point("FJI", a_body(country="FJI", name="Fiji Aid Office"), name="Ana")
    call = a_request(author=mali, title="Des puits qui durent à Mopti", language="fr", countries=["MLI"])
    path = f"partnerships/{call.ref}"
    return Sides(*(signed_in(a_context(**phone), behind, each) for each in (mali, fiji)), path)


def test_a_call_is_answered_and_agreed_on_without_scripts(sides):
    caller, fiji = sides.caller, sides.fiji
    go(fiji, f"/en/{sides.call}")
    follow(fiji, "Answer this call")
    fiji.get_by_label("Provider").check()
    press(fiji, "Send the answer")
    assert words(fiji.locator("#message-error")) == "Please say what you bring."
    fiji.get_by_label("What do you bring, and when?").fill(OFFERED)
    press(fiji, "Send the answer")

    go(caller, "/fr/partnerships/mine")
    caller.locator("#to-answer a").first.click()
    press(caller, "Accepter la réponse")
    follow(caller, "Écrire les termes")
    write_terms(caller)
    press(caller, "Ajouter des jalons")
    assert caller.get_by_label("Ce dont vous convenez").input_value() == AGREED
    press(caller, "Enregistrer ces termes")

    for page, button in ((caller, "Accepter exactement ces termes"), (fiji, "Accept exactly these terms")):
        if page is fiji:
            go(page, "/en/partnerships/mine")
            page.locator("#to-accept a").first.click()
            follow(page, "Read and accept the terms")
        press(page, button)
    assert notices(fiji)[0] == "You have agreed: every party accepts these terms."
    go(caller, "/fr/partnerships/mine")
    assert words(caller.locator("#to-begin a")) == "Des puits qui durent à Mopti"


def write_terms(page: Page) -> None:
    page.get_by_label("À partir du").fill("2027-03-01")
    page.get_by_label("Jusqu’au").first.fill("2027-12-31")
    page.get_by_label("Ce dont vous convenez").fill(AGREED)
    part(page, "Coopération du Mali").get_by_label("En nature").fill("Salles et repas")
    part(page, "Jalon 1").get_by_label("Qu’est-ce qui est alors fait ?").fill(MILESTONE)


def part(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=name)


def written(page: Page) -> tuple[str, ...]:
    """What stands in the form of the terms."""
    given = part(page, "Coopération du Mali").get_by_label("En nature")
    milestone = part(page, "Jalon 1").get_by_label("Qu’est-ce qui est alors fait ?")
    fields = (page.get_by_label("À partir du"), page.get_by_label("Ce dont vous convenez"), given, milestone)
    return tuple(field.input_value() for field in fields)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_an_expired_sign_in_loses_no_word_of_the_terms(a_context, behind, scripts):
    email = f"oumou.{scripts}@coop.ml".lower()
    body = a_body(country="MLI", name="Coopération du Mali")
    author = a_focal_point("MLI", body, email=email, language="fr", with_password=True)
    fiji = a_focal_point("FJI").bodies[0]
    partnership = a_partnership(a_request(author=author), (fiji, "provider"))
    path = f"/fr/partnerships/with/{partnership.ref}/terms/edit"
    page = signed_in(a_context(viewport=PHONE, java_script_enabled=scripts, locale="fr-FR"), behind, author)
    go(page, path)
    write_terms(page)
    before = written(page)

    page.context.clear_cookies(name="galaxy")
    press(page, "Enregistrer ces termes")
    assert heading(page) == "Se connecter"
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    press(page, "Se connecter")

    assert (heading(page), AWAY in notices(page), written(page)) == ("Écrire les termes", True, before)
    press(page, "Enregistrer ces termes")
    assert words(page.locator("main section ol li")) == MILESTONE


def test_two_people_of_one_body_who_accept_at_once_make_one_partnership(a_context, behind):
    body = a_body(country="MLI", name="Coopération du Mali")
    author, deputy = a_focal_point("MLI", body, name="Oumou"), a_user(name="Binta")
    a_mandate(deputy, body)
    interest = an_interest(a_request(author=author, title="Wells that last in Mopti"))
    path, title, number = f"/en/partnerships/interests/{interest.ref}", f"The answer of {interest.body.name}", body.id
    pages = [signed_in(a_context(), behind, each) for each in (author, deputy)]
    for page in pages:
        go(page, path)

    for page in pages:
        page.get_by_role("button", name="Accept the answer", exact=True).click(no_wait_after=True)
    for page in pages:
        expect(page.locator("h1")).not_to_have_text(title)

    loser, winner = sorted(pages, key=lambda page: heading(page) != "This cannot be done now")
    assert "the answer has been accepted" in words(loser.locator("main"))
    assert (heading(winner), notices(winner)[0].startswith("Accepted.")) == ("Wells that last in Mopti", True)
    db.session.rollback()
    made = select(func.count()).select_from(Partnership).join(Party).where(Party.body_id == number)
    assert db.session.scalar(made) == 1
