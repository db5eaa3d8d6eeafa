"""What is typed saves itself: a tab that dies and a line that breaks cost nothing."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.steps import go, press, signed_in, words
from tests.factories import a_user

SAVED = re.compile(r"^Enregistré à \d\d:\d\d")
OFFLINE = "Pas de connexion. Votre saisie est conservée sur cet appareil."


def type_title(page: Page, title: str) -> None:
    page.locator("main [name=title]").press_sequentially(title)


def test_a_tab_that_dies_leaves_what_was_typed_as_a_draft(a_context, behind):
    page = signed_in(a_context(viewport=PHONE), behind, a_user(language="fr"))
    go(page, "/fr/solutions/new")

    type_title(page, "Greniers")
    expect(page.locator("[data-told]")).to_have_text(SAVED)
    page.close()

    again = page.context.new_page()
    go(again, "/fr/solutions/new")
    assert again.locator("main [name=title]").input_value() == "Greniers"
    assert "Voici ce que vous avez saisi sans l’enregistrer" in words(again.locator("main .notice.info:visible"))
    press(again, "L’abandonner")
    assert again.locator("main [name=title]").input_value() == ""


def test_what_is_typed_without_a_line_survives_the_tab(browser, server, behind):
    context = browser.new_context(base_url=server.address, viewport=PHONE)  # it may complain of the missing line
    page = signed_in(context, behind, a_user(language="fr"))
    go(page, "/fr/solutions/new")

    context.set_offline(True)
    type_title(page, "Moulins")
    expect(page.locator("[data-told]")).to_have_text(OFFLINE)
    page.close()
    context.set_offline(False)

    again = context.new_page()
    go(again, "/fr/solutions/new")
    again.get_by_role("button", name="Les reprendre").click()
    assert again.locator("main [name=title]").input_value() == "Moulins"
    expect(again.locator("[data-told]")).to_have_text(SAVED)
    context.close()
