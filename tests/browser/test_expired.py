"""A sign-in that expired while a form was filled in costs nobody a word, with scripts and without."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE
from tests.browser.steps import all_words, fits, go, heading, notices, press, signed_in
from tests.factories import PASSWORD, a_user

TITLE = "Des foyers améliorés à Bobo-Dioulasso"
TYPED = {
    "title": TITLE,
    "language": "fr",
    "country": "BFA",
    "challenge": "Le bois manquait ; les femmes marchaient loin.\n\nEt la fumée rendait malade.",
    "approach": "Des potières ont appris à faire des foyers fermés.",
    "results": "Moitié moins de bois.",
    "sdg": ["7"],
    "consent": True,
}
AWAY = "Vous vous êtes absenté un moment : veuillez vérifier votre saisie et l’envoyer de nouveau. Rien n’est perdu."
SAVED = "Votre brouillon est enregistré. Personne d’autre ne le voit avant que vous ne le soumettiez."


def fill(page: Page) -> None:
    for name in ("title", "challenge", "approach", "results"):
        page.locator(f"main [name={name}]").fill(str(TYPED[name]))
    page.locator("main [name=country]").select_option("BFA")
    page.locator("main [name=sdg][value='7']").check()
    page.locator("main [name=consent]").check()


def typed(page: Page) -> dict[str, object]:
    """What stands in the form."""
    shown: dict[str, object] = {
        name: page.locator(f"main [name={name}]").input_value()
        for name in ("title", "language", "country", "challenge", "approach", "results")
    }
    goals = page.locator("main [name=sdg]:checked").all()
    shown["sdg"] = [goal.get_attribute("value") for goal in goals]
    shown["consent"] = page.locator("main [name=consent]").is_checked()
    return shown


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def writer(request, a_context, behind):
    """Somebody who has filled in the whole form on a phone, and not sent it."""
    context = a_context(viewport=PHONE, java_script_enabled=request.param, locale="fr-FR")
    email = f"issa{request.param}.{request.node.originalname}@example.org".lower()
    page = signed_in(context, behind, a_user(name="Issa", email=email, language="fr", with_password=True))
    page.email = email
    go(page, "/fr/solutions/new")
    fill(page)
    assert typed(page) == TYPED
    return page


def test_an_expired_sign_in_loses_nothing_that_was_typed(writer):
    writer.context.clear_cookies(name="galaxy")
    press(writer, "Enregistrer le brouillon")

    assert heading(writer) == "Se connecter"
    writer.get_by_label("Adresse électronique").fill(writer.email)
    writer.get_by_label("Mot de passe").fill(PASSWORD)
    press(writer, "Se connecter")
    assert (heading(writer), AWAY in notices(writer), typed(writer)) == ("Partager une solution", True, TYPED)

    press(writer, "Enregistrer le brouillon")
    assert notices(writer) == [SAVED]
    go(writer, "/fr/solutions/mine")
    assert all_words(writer.locator(".card h2")) == [TITLE]


def test_a_token_that_is_gone_loses_nothing_that_was_typed(writer):
    writer.evaluate("document.querySelector('main form.form [name=csrf_token]').remove()")
    press(writer, "Enregistrer le brouillon")

    fits(writer)
    assert (heading(writer), AWAY in notices(writer), typed(writer)) == ("Partager une solution", True, TYPED)
    press(writer, "Enregistrer le brouillon")
    assert notices(writer) == [SAVED]
