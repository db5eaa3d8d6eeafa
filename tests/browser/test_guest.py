"""A guest on a small phone without scripts, in French: from the catalogue to a certificate that can be verified."""

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from galaxy.core import pdf
from galaxy.core.db import db, now
from galaxy.webinars import attendance
from galaxy.webinars.models import Webinar
from tests.browser.conftest import PHONE
from tests.browser.steps import all_words, follow, go, heading, link_in, notices, press, words
from tests.factories import a_body, a_focal_point, a_webinar

TITLE = "Réparer les pompes de Casamance"


def at(webinar_id, since, lasts=60):
    """Put a webinar so many minutes from now, and the clock of those who wait for it with it."""
    db.session.rollback()
    webinar = db.session.get_one(Webinar, webinar_id)
    webinar.starts_at = now() + timedelta(minutes=since)
    webinar.ends_at = webinar.starts_at + timedelta(minutes=lasts)
    db.session.commit()
    return webinar


@pytest.mark.skipif(not pdf.can_print(), reason="this machine has no Pango")
def test_a_guest_goes_from_the_catalogue_to_a_certificate(a_context, behind, smtp):
    body = a_body(country="SEN", name="Coopération du Sénégal")
    host = a_focal_point("SEN", body, name="Ndeye")
    said = {"title": TITLE, "countries": ["SEN"], "language": "fr", "spoken": ["fr"], "zone": "Africa/Dakar"}
    webinar = a_webinar(author=host, join_url="https://meet.example.org/casamance", **said)
    number = webinar.id
    db.session.commit()
    page = a_context(locale="fr-SN", java_script_enabled=False, viewport=PHONE).new_page()

    go(page, "/fr/webinars/?country=SEN")
    follow(page, TITLE)
    assert "meet.example.org" not in page.content()
    follow(page, "S’inscrire")
    page.get_by_label("Votre nom").fill("Fatou Ndiaye")
    page.get_by_label("Votre adresse électronique").fill("fatou@localhost")
    press(page, "S’inscrire")
    assert all_words(page.locator(".field .error")) == [
        "Veuillez saisir une adresse électronique, par exemple amina@example.org."
    ]
    assert page.get_by_label("Votre nom").input_value() == "Fatou Ndiaye"
    page.get_by_label("Votre adresse électronique").fill("fatou@example.org")
    press(page, "S’inscrire")
    assert heading(page) == "Consultez votre messagerie"

    go(page, link_in(smtp.wait_for("fatou@example.org", "Veuillez confirmer")))
    assert heading(page) == "Confirmez votre inscription"
    press(page, "Je veux participer")
    assert [said.partition(".")[0] for said in notices(page)] == ["Vous êtes inscrit(e)", "Vous avez une place"]
    letter = smtp.wait_for("fatou@example.org", "Vous êtes inscrit(e)")
    assert [part.get_content_type() for part in letter.walk()].count("text/calendar") >= 1
    go(page, link_in_seat(letter))
    assert "https://meet.example.org/casamance" in all_words(page.locator("dd a"))

    attendance.new_code(at(number, since=-20), host)
    db.session.commit()
    code = db.session.get_one(Webinar, number).check_in
    db.session.commit()  # no lock is held while the browser writes
    page.reload()
    follow(page, "Signaler ma présence avec le code")
    page.get_by_label("Code de présence").fill(code.upper())
    press(page, "Je suis là")
    assert notices(page)[0] == "Bienvenue : votre présence est notée."

    at(number, since=-61)
    page.reload()
    follow(page, "Votre attestation de présence")
    press(page, "Créer mon attestation")
    assert notices(page)[0] == "Voici votre attestation."
    link = page.get_by_role("link", name="La télécharger en PDF").get_attribute("href")
    answer = page.context.request.get(link)
    read = PdfReader(io.BytesIO(answer.body()))
    address = words(page.locator(".paper .address"))
    text = " ".join(read.pages[0].extract_text().split())
    assert (answer.headers["content-type"], len(read.pages)) == ("application/pdf", 1)
    assert [said for said in ("Fatou Ndiaye", TITLE, "Coopération du Sénégal") if said not in text] == []

    other = a_context(locale="fr-SN", java_script_enabled=False).new_page()
    go(other, address)
    assert notices(other) == ["Cette attestation est valable."]
    assert all_words(other.locator("dl dd"))[:2] == ["Fatou Ndiaye", TITLE]


def link_in_seat(letter):
    """The way to one’s own page: the first link of a letter that has a place for us is where to join."""
    return next(each for each in words_of(letter) if "/seats/" in each and not each.endswith("/leave"))


def words_of(letter):
    part = letter.get_body(("plain",))
    return part.get_content().split()
