"""A drought is declared: an admin opens a hub in French, on a phone whose browser runs no scripts."""

from tests.browser.conftest import PHONE
from tests.browser.steps import all_words, follow, go, heading, notices, press, signed_in
from tests.factories import a_solution, an_admin


def test_an_admin_opens_a_hub_in_french_in_under_ten_steps_without_scripts(a_context, behind):
    solution = a_solution(title="Barrages de sable à Mindoro", language="fr", countries=["PHL"])
    address = f"/fr/solutions/{solution.ref}"
    page = signed_in(a_context(viewport=PHONE, java_script_enabled=False, locale="fr"), behind, an_admin(language="fr"))

    go(page, "/fr/hubs/")  # 1
    follow(page, "Ouvrir un dossier")  # 2
    follow(page, "Une sécheresse")  # 3
    page.get_by_label("Titre").fill("Sécheresse aux Philippines")  # 4
    press(page, "Ouvrir le dossier")  # 5
    assert notices(page) == ["Le dossier est ouvert."]
    follow(page, "Épingles")  # 6
    page.locator("main #ask").fill(address)  # 7
    press(page, "Chercher")  # 8
    press(page, "Épingler Barrages de sable à Mindoro")  # 9

    reader = a_context(viewport=PHONE, java_script_enabled=False, locale="fr").new_page()
    go(reader, "/fr/")
    follow(reader, "Sécheresse aux Philippines")
    assert heading(reader) == "Sécheresse aux Philippines"
    assert all_words(reader.locator("#solutions h3"))[:1] == ["Barrages de sable à Mindoro"]
    assert "Philippines 1" in all_words(reader.locator("#countries li"))
    follow(reader, "Philippines")
    assert all_words(reader.locator("#solutions h3")) == ["Barrages de sable à Mindoro"]
