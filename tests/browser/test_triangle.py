"""The whole way of a triangular partnership: a need told in French on a small phone, answered in English at two desks,
agreed, done, told to the public, and told again as an adaptation of the solution it began with."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.conftest import PHONE, Mailbox
from tests.browser.steps import (
    all_words,
    fits,
    follow,
    go,
    heading,
    link_in,
    notices,
    press,
    signed_in,
    words,
)
from tests.factories import a_body, a_focal_point, a_request, a_solution, an_admin, an_offer
from tests.processes import wait_until

SOLUTION = "Wells whose pumps the village repairs itself"
TITLE = "Puits du Sahel : qui peut former soixante réparatrices de pompes ?"
TOLD = "Soixante réparatrices pour les puits du Sahel"
ASKED = "Trois semaines de formation pour **soixante réparatrices**, dans leur langue, avec les pièces de rechange."
BROUGHT = "Les salles, les repas et le voyage dans le pays."
OFFERED = "We trained 240 repairers on our islands, and would send two trainers from March on."
JOINED = "We pay the travel, and our cooperation agency keeps the accounts."
QUESTION = "Merci beaucoup ! Vos formatrices parlent-elles français ? Voici la liste de nos puits."
SECRET = "zanzibarite"  # a word that no public page may say
TERMS = f"Fidji envoie deux formatrices ; le Brésil paie les voyages. Mot convenu : {SECRET}."
WELLS = b"puits,village\n12,Kaya\n"
START, END = "2027-03-01", "2027-12-31"
MILESTONES = [
    ("Vingt réparatrices formées", "2027-04-30"),
    ("Quarante réparatrices formées", "2027-07-31"),
    ("Chaque puits a sa réparatrice", "2027-11-30"),
]
FIGURE = ("58", "Réparatrices formées", "Relevés de la direction de l’eau, 2027")
NOTE = f"Penser aux visas ({SECRET})."
DONE = f"Vingt réparatrices formées à Kaya ({SECRET})."
SUMMARY = "Soixante réparatrices du Sahel apprennent à entretenir les pompes de leurs villages."
RESULTS = "Cinquante-huit puits sur soixante donnent de l’eau chaque jour."
LESSONS = "Les pièces de rechange doivent arriver avant la formation."
INSIDE = ("terms", "terms/edit", "conversation", "notes", "progress", "agreement", "agreement/file")
TRIANGLE = (
    "La coopération triangulaire demande trois rôles, chacun tenu par une institution : un prestataire, un "
    "bénéficiaire et un facilitateur."
)


@dataclass
class Room:
    """Who takes part, each on a page of their own, and the mail they get."""

    caller: Page
    fiji: Page
    brazil: Page
    admin: Page
    stranger: Page
    visitor: Page
    smtp: Mailbox
    solution: str

    call: str = ""
    partnership: str = ""


@pytest.fixture
def room(a_context, behind, smtp):
    """Three focal points, an admin and a visitor, before anything has been asked."""
    phone = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "locale": "fr-FR"}
    burkina = a_body(country="BFA", name="Direction de la coopération du Faso")
    caller = a_focal_point("BFA", burkina, name="Aïssata", email="aissata@coop.bf", language="fr")
    fiji = a_focal_point("FJI", a_body(country="FJI", name="Fiji Aid Unit"), name="Mere", email="mere@aid.fj")
    brazil = a_focal_point("BRA", a_body(country="BRA", name="Agência do Sul"), name="Rosa", email="rosa@abc.br")
    results = "Of 240 wells, 231 give water every day."
    solution = a_solution(title=SOLUTION, author=fiji, countries=["FJI"], sdgs=["6", "6.1"], results=results)
    a_request(title="Trainers for the wells of Zinder", countries=["NER"], roles=["provider"], modality="south-south")
    an_offer(title="A month of work with the repairers of Zinder", countries=["NER"])
    path = f"solutions/{solution.ref}"
    pages = [signed_in(a_context(**phone), behind, caller)]
    pages += [
        signed_in(a_context(), behind, each) for each in (fiji, brazil, an_admin(name="Ada"), a_focal_point("WSM"))
    ]
    return Room(*pages, a_context().new_page(), smtp, path)


def test_a_triangular_partnership_from_need_to_adaptation(room):
    asks_to_adapt_a_solution(room)
    assert room.visitor.goto(f"/en/partnerships/{room.call}").status == 404
    is_published(room.admin, TITLE)
    fiji_finds_it_and_reads_why_it_fits(room)
    fiji_and_brazil_answer(room)
    caller_sees_what_waits_and_writes_back(room)
    two_roles_are_no_triangle(room)
    terms_are_written_with_milestones(room)
    each_of_the_three_accepts(room)
    it_is_begun_and_reported_on(room)
    assert room.visitor.goto(f"/en/{room.partnership}").status == 404
    what_came_of_it_is_told(room)
    is_published(room.admin, TOLD)
    the_public_reads_it_and_nothing_more(room)
    it_is_told_as_an_adaptation(room)
    is_published(room.admin, TOLD)
    it_shows_on_the_page_of_its_solution(room)


def asks_to_adapt_a_solution(room: Room) -> None:
    page = room.caller
    go(page, f"/fr/{room.solution}")
    follow(page, "Demander à l’adapter")
    assert heading(page) == "Dire ce dont vous avez besoin"
    assert notices(page) == [
        f"Commencé à partir de « {SOLUTION} ». Son contenu est repris ci-dessous : changez tout ce qui diffère."
    ]
    assert typed(page, "Titre") == f"Adapter « {SOLUTION} »"
    assert typed(page, "Dans quelle langue écrivez-vous ?") == "fr"
    assert typed(page, "Pour quel pays écrivez-vous ?") == "BFA"
    assert [each.get_attribute("value") for each in page.locator("[name=sdg]:checked").all()] == ["6"]
    page.get_by_label("Titre").fill(TITLE)
    page.get_by_label("Que demandez-vous aux autres ?").fill(ASKED)
    page.get_by_label("Formation").check()
    page.get_by_label("J’accepte la publication sous licence CC BY 4.0").check()
    press(page, "Enregistrer et continuer")
    room.call = page.url.split("/partnerships/")[1].split("/")[0]
    page.get_by_label("Prestataire").check()
    page.get_by_label("Facilitateur").check()
    page.get_by_label("Comment coopéreriez-vous ?").select_option("triangular")
    press(page, "Soumettre à l’examen")
    is_looked_at_and_submitted(page)


def is_looked_at_and_submitted(page: Page) -> None:
    assert heading(page) == "Un dernier regard"
    press(page, page.locator("main form.act button.primary").inner_text())
    assert notices(page)[0] == "C’est soumis. Un administrateur va le lire, et nous vous préviendrons."


def typed(page: Page, label: str) -> str:
    """What stands in a field, its spaces made one."""
    return " ".join(page.get_by_label(label, exact=True).input_value().split())


def is_published(admin: Page, title: str) -> None:
    """An admin reads what waits, ticks the list and publishes it."""
    go(admin, "/en/moderation/")
    follow(admin, title)
    for box in admin.locator("main [name=checks]").all():
        box.check()
    press(admin, "Publish")
    assert notices(admin) == [f"“{title}” is published."]


def fiji_finds_it_and_reads_why_it_fits(room: Room) -> None:
    page = room.fiji
    go(page, "/en/partnerships/")
    for facet in ("Requests", "Triangular", "Provider"):
        narrow(page, facet)
    follow(page, TITLE)
    assert words(page.locator("main .tag").first) == "Written in French"
    wait_until(lambda: SOLUTION in all_words(reloaded(page).locator("#matches h3")), what="what fits the call")
    reasons = words(page.locator("#matches article", has_text=SOLUTION).locator(".hint"))
    assert {"Same target 6.1", "The call was born from it", "Same sector: Water Supply & Sanitation"} <= {
        reason.partition(" (")[0] for reason in reasons.partition(": ")[2].split(" · ")
    }


def reloaded(page: Page) -> Page:
    page.reload()
    return page


def narrow(page: Page, facet: str) -> None:
    """Follow a choice of the list, whatever it counts."""
    with page.expect_navigation():
        page.locator("nav li a", has=page.get_by_text(facet, exact=True)).click()
    fits(page)


def fiji_and_brazil_answer(room: Room) -> None:
    for page, role, message in ((room.fiji, "Provider", OFFERED), (room.brazil, "Facilitator", JOINED)):
        go(page, f"/en/partnerships/{room.call}")
        follow(page, "Answer this call")
        assert heading(page) == "Answer this call"
        page.get_by_label(f"{role} (wanted)").check()
        page.get_by_label("What do you bring, and when?").fill(message)
        press(page, "Send the answer")
        assert notices(page) == ["Your answer is on its way. Theirs will reach you here and by mail."]


def caller_sees_what_waits_and_writes_back(room: Room) -> None:
    page = room.caller
    mail = room.smtp.wait_for("aissata@coop.bf", OFFERED)
    assert mail["Subject"] == f"Fiji Aid Unit répond : {TITLE}"
    go(page, "/fr/partnerships/mine")
    assert all_words(page.locator("#to-answer li .hint [dir=auto]")) == ["Fiji Aid Unit", "Agência do Sul"]
    go(page, link_in(mail))
    assert heading(page) == "La réponse de : Fiji Aid Unit"
    assert words(page.locator("blockquote").first) == OFFERED
    page.get_by_label("Votre message").fill(QUESTION)
    wells = {"name": "puits.csv", "mimeType": "text/csv", "buffer": WELLS}
    page.get_by_label("Fichiers").set_input_files(wells)
    press(page, "Envoyer")
    assert notices(page) == ["Envoyé. Les autres en sont avertis."]
    go(room.fiji, link_in(room.smtp.wait_for("mere@aid.fj", QUESTION)))
    assert words(room.fiji.locator(".thread blockquote")) == QUESTION
    sent = room.fiji.get_by_role("link", name="puits.csv").get_attribute("href") or ""
    assert room.fiji.request.get(sent).body() == WELLS
    assert room.brazil.goto(sent).status == 404
    press(page, "Accepter la réponse")
    assert notices(page)[0].startswith("Acceptée. Vous êtes maintenant en discussion")
    room.partnership = f"partnerships/with/{page.url.split('/with/')[1].split('-')[0]}"


def two_roles_are_no_triangle(room: Room) -> None:
    page = room.caller
    follow(page, "Écrire les termes")
    assert page.get_by_label("Mode de coopération").input_value() == "triangular"
    page.get_by_label("À partir du").fill(START)
    page.get_by_label("Jusqu’au", exact=False).first.fill(END)
    page.get_by_label("Ce dont vous convenez").fill(TERMS)
    part(page, "Fiji Aid Unit").get_by_label("Temps de travail, en jours-personne").fill("60")
    press(page, "Enregistrer ces termes")
    assert all_words(page.locator("main .notice.warning li")) == [TRIANGLE]
    assert page.get_by_role("button", name="Accepter exactement ces termes").count() == 0


def part(page: Page, body: str) -> Locator:
    """What the form of the terms asks of one party."""
    return page.get_by_role("group", name=body)


def terms_are_written_with_milestones(room: Room) -> None:
    page = room.caller
    go(page, "/fr/partnerships/mine")
    page.locator("#to-answer").get_by_role("link", name=TITLE).click()
    press(page, "Accepter la réponse")
    follow(page, "Modifier les termes")
    gives = part(page, "Fiji Aid Unit").get_by_label("Temps de travail, en jours-personne")
    assert gives.input_value() == "60"
    part(page, "Direction de la coopération du Faso").get_by_label("En nature").fill("Salles, repas et ateliers.")
    part(page, "Agência do Sul").get_by_label("Argent").fill("45000")
    press(page, "Ajouter des jalons")
    for place, (title, day) in enumerate(MILESTONES, 1):
        part(page, f"Jalon {place}").get_by_label("Qu’est-ce qui est alors fait ?").fill(title)
        part(page, f"Jalon {place}").get_by_label("Pour quand ?").fill(day)
    press(page, "Enregistrer ces termes")
    assert notices(page)[0] == "Les termes sont enregistrés. Chaque partie peut maintenant les lire et les accepter."
    given = [words(row.locator("td").first) for row in page.locator("main tbody tr").all()]
    assert given == ["Salles, repas et ateliers.", "60 jours-personne", "45 000 USD"]
    assert [each.partition(" pour le ")[0] for each in all_words(page.locator("main section ol li"))] == [
        title for title, _day in MILESTONES
    ]


def each_of_the_three_accepts(room: Room) -> None:
    for page in (room.fiji, room.brazil):
        go(page, "/en/partnerships/mine")
        page.locator("#to-accept").get_by_role("link", name=TITLE).click()
        follow(page, "Read and accept the terms")
        press(page, "Accept exactly these terms")
        assert notices(page)[0] == "Accepted."
    mail = room.smtp.wait_for("aissata@coop.bf", "Agência do Sul accepte")
    page = room.caller
    go(page, link_in(mail))
    if "/terms" not in page.url:
        follow(page, "Lire et accepter les termes")
    press(page, "Accepter exactement ces termes")
    assert notices(page)[0] == "L’accord est fait : toutes les parties acceptent ces termes."
    for email in ("mere@aid.fj", "rosa@abc.br"):
        assert room.smtp.wait_for(email, "All parties have accepted")["Subject"] == f"Agreed: {TITLE}"


def it_is_begun_and_reported_on(room: Room) -> None:
    page = room.caller
    follow(page, "Commencer le travail")
    press(page, "Commencer le travail")
    assert notices(page)[0] == "Le travail est en cours."
    follow(page, "Notes")
    page.get_by_label("Notes de travail").fill(NOTE)
    press(page, "Enregistrer les notes")
    fiji = room.fiji
    go(fiji, f"/en/{room.partnership}")
    follow(fiji, "Progress")
    follow(fiji, f"Report on {MILESTONES[0][0]}")
    fiji.get_by_label("How far is it done, in per cent?").fill("50")
    fiji.get_by_label("What has been done?").fill(DONE)
    press(fiji, "Send the report")
    assert notices(fiji)[0] == "Thank you. The other parties are told."
    go(page, link_in(room.smtp.wait_for("aissata@coop.bf", DONE)))
    assert (heading(page), words(page.locator(".thread blockquote"))) == ("Avancement", DONE)


def what_came_of_it_is_told(room: Room) -> None:
    page = room.caller
    go(page, f"/fr/{room.partnership}")
    follow(page, "Dire que le travail est fait")
    assert all_words(page.locator("main .notice.warning li")) == [
        "Dites d’abord ce qui en est sorti : en mots, ou par un chiffre avec sa source."
    ]
    go(page, f"/fr/{room.partnership}")
    follow(page, "Dire ce qui en est résulté")
    page.get_by_label("Ce qu’il en est résulté").fill(RESULTS)
    page.get_by_label("Ce qui a été appris").fill(LESSONS)
    for label, cell in zip(("Nombre", "Ce qu’il compte", "Qui le dit"), FIGURE, strict=True):
        part(page, "Chiffre 1").get_by_label(label).fill(cell)
    press(page, "Enregistrer le brouillon")
    go(page, f"/fr/{room.partnership}")
    assert words(page.locator(".figures")) == "Réparatrices formées (Relevés de la direction de l’eau, 2027) 58"
    follow(page, "Dire que le travail est fait")
    press(page, "Dire que le travail est fait")
    assert notices(page)[0] == "Achevé. Merci de l’avoir mené à son terme."
    follow(page, "Modifier")
    page.get_by_label("Titre").fill(TOLD)
    page.get_by_label("Résumé public").fill(SUMMARY)
    page.get_by_label("J’accepte la publication sous licence CC BY 4.0").check()
    press(page, "Soumettre à l’examen")
    is_looked_at_and_submitted(page)


def the_public_reads_it_and_nothing_more(room: Room) -> None:
    page = room.visitor
    go(page, f"/en/partnerships/{room.call}")
    page.locator("main .notice.good a").click()
    assert heading(page) == TOLD
    assert words(page.locator("#results .prose")) == RESULTS
    shown = page.content()
    kept = (SECRET, OFFERED, JOINED, QUESTION, "puits.csv", "45000", "45,000", "jours-personne")
    said = {word for word in kept if word in shown}
    assert said == set()
    for each in INSIDE:
        assert room.stranger.goto(f"/en/{room.partnership}/{each}").status == 404
        go(page, f"/en/{room.partnership}/{each}")
        assert heading(page) == "Sign in"
    wait_until(lambda: TOLD in found(page, "Cinquante-huit puits"), what="the partnership in the index")
    assert [found(page, word) for word in (SECRET, OFFERED, "puits.csv")] == [[], [], []]


def found(page: Page, asked: str) -> list[str]:
    """The titles of what the public finds by these very words."""
    go(page, f'/en/search?q="{asked}"')
    return all_words(page.locator(".card h2"))


def it_is_told_as_an_adaptation(room: Room) -> None:
    page = room.caller
    go(page, f"/fr/{room.partnership}")
    follow(page, f"Le raconter comme adaptation de « {SOLUTION} »")
    assert heading(page) == "Raconter comment elle a été utilisée ailleurs"
    told = ("Titre", "Dans quel pays a-t-elle été utilisée ?", "Qu’avez-vous changé ?", "Qu’en est-il résulté ?")
    assert [typed(page, label) for label in told] == [TOLD, "BFA", SUMMARY, RESULTS]
    page.get_by_label("J’accepte la publication sous licence CC BY 4.0").check()
    press(page, "Soumettre à l’examen")
    is_looked_at_and_submitted(page)


def it_shows_on_the_page_of_its_solution(room: Room) -> None:
    page = room.visitor
    go(page, f"/en/{room.solution}")
    assert words(page.locator("#uses h2")) == "Used elsewhere once"
    assert words(page.locator("#uses li")) == f"{TOLD} Burkina Faso · it worked"
    follow(page, TOLD)
    assert words(page.locator("#results .prose")) == RESULTS
    born = page.locator("header p", has_text="Born from").get_by_role("link")
    assert (words(born), (born.get_attribute("href") or "").startswith(f"/en/{room.partnership}-")) == (TOLD, True)
    go(page, f"/en/{room.partnership}")
    assert all_words(page.locator("#made h3")) == [TOLD]
