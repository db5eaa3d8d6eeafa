"""A mandate is handed over: what was shared stays with the body, and the pen goes to the successor."""

from tests.browser.conftest import PHONE
from tests.browser.steps import follow, go, heading, link_in, notices, press, signed_in, words
from tests.factories import a_body, a_mandate, a_solution, a_user, an_admin

BODY = "Ministry of Co-operation of Malawi"


def test_a_mandate_is_handed_over_and_what_was_shared_stays(a_context, behind, smtp):
    body, holder = a_body(name=BODY, country="MWI"), a_user(name="Chikondi", email="chikondi@coop.mw")
    a_mandate(holder, body)
    path = f"/en/solutions/{a_solution(title='Seed banks of Zomba', author=holder, countries=['MWI']).ref}"
    old = signed_in(a_context(), behind, holder)
    new = signed_in(a_context(viewport=PHONE), behind, a_user(name="Tiyamike", email="tiyamike@coop.mw"))
    admin = signed_in(a_context(), behind, an_admin())
    assert new.goto(f"{path}/edit/story").status == 404

    go(old, "/en/accounts/mandates")
    follow(old, BODY)
    follow(old, "Hand over to a successor")
    old.get_by_label("E-mail address of your successor").fill("tiyamike@coop.mw")
    press(old, "Hand over")
    assert notices(old)[0].startswith("Thank you. If tiyamike@coop.mw is a member's address, the mandate passes to")
    assert old.goto(f"{path}/edit/story").status == 200  # it stays with its holder until it is verified

    go(admin, "/en/accounts/mandates/applications")
    follow(admin, BODY)
    press(admin, "Verify")
    assert notices(admin) == [f"Tiyamike may now act for {BODY}."]

    verified = smtp.wait_for("tiyamike@coop.mw", "You may now act")
    handed_over = smtp.wait_for("chikondi@coop.mw", "handed over")
    assert verified["Subject"] == f"You may now act for {BODY}"
    assert handed_over["Subject"] == f"Your mandate for {BODY} is handed over"
    go(new, link_in(verified))
    assert words(new.locator("main .status")) == "Verified"
    go(old, link_in(handed_over))
    assert words(old.locator("main .status")) == "Has ended"

    assert old.goto(f"{path}/edit/story").status == 404
    go(new, f"{path}/edit/story")
    new.get_by_label("What was done?").fill("Forty villages keep their own seed.")
    press(new, "Save draft")
    assert notices(new)[0] == "Saved."
    for page in (old, new):
        go(page, path)
        assert (heading(page), words(page.locator("[property=author]"))) == ("Seed banks of Zomba", BODY)
