"""The directory as a reader sees it: from A to Z, by country, and the profile of each organisation."""

from sqlalchemy import func, select

from galaxy.accounts.models import BodyKind
from galaxy.accounts.services import mandate_decided
from galaxy.content.models import Link, Relation, Status
from galaxy.core.db import db
from galaxy.directory import services
from galaxy.directory.models import Organisation
from tests.factories import a_body, a_focal_point, a_solution, a_user, an_admin, an_organisation, saved
from tests.statements import statements


def titles(page, selector=".card h2 a"):
    return page.all(selector)


def an_organisation_of(country, **facts):
    organisation = an_organisation(**facts)
    organisation.set_codes("country", [country])
    return saved(organisation)


def implemented_by(organisation, solution):
    saved(Link(from_id=solution.id, relation=Relation.IMPLEMENTED_BY, to_id=organisation.id))
    return solution


def test_organisations_stand_from_a_to_z_whatever_their_accents_and_capitals(visitor):
    for title in ("Zebra", "école", "Équipe", "apple", "3D Lab"):
        an_organisation(title=title)
    an_organisation(title="Hidden", status=Status.DRAFT)

    page = visitor.get("/en/directory/")

    assert titles(page) == ["3D Lab", "apple", "école", "Équipe", "Zebra"]
    assert page.all(".tabs a") == ["All", "A", "E", "Z", "# Digits and signs"]
    assert titles(visitor.get("/en/directory/?letter=E")) == ["école", "Équipe"]
    assert titles(visitor.get("/en/directory/?letter=%23")) == ["3D Lab"]


def test_organisations_are_narrowed_by_country(visitor):
    an_organisation_of("FJI", title="Reef Lab")
    an_organisation_of("BFA", title="Groupement Naam")

    page = visitor.send("/en/directory/", country="FJI")

    assert titles(page) == ["Reef Lab"]
    assert [option.get_text() for option in page.soup.select("select[name=country] option[selected]")] == ["Fiji"]


def test_what_no_list_knows_falls_away(visitor):
    an_organisation(title="A")

    pages = [visitor.get(f"/en/directory/?{query}") for query in ("letter=ZZ", "country=XXX", "page=99", "page=²")]

    assert [titles(page) for page in pages] == [["A"]] * 4


def test_a_long_list_has_pages_that_keep_the_letter(app, visitor, monkeypatch):
    monkeypatch.setitem(app.config, "PAGE_SIZE", 2)
    for title in ("A1", "A2", "A3", "B1"):
        an_organisation(title=title)

    first = visitor.get("/en/directory/?letter=A")
    second = visitor.get(first.links(".paging a")[0])

    assert (titles(first), titles(second)) == (["A1", "A2"], ["A3"])


def test_an_empty_directory_says_so(visitor):
    assert visitor.get("/en/directory/").one(".empty .title") == "No organisation stands here yet"


def test_the_list_asks_the_same_number_of_questions_for_one_and_for_three(visitor):
    services.profile(a_body())
    db.session.commit()
    one = statements(lambda: visitor.get("/en/directory/"))
    for country in ("FJI", "NER"):
        services.profile(a_body(country=country, name=country))
    db.session.commit()

    assert statements(lambda: visitor.get("/en/directory/")) == one
    assert len(titles(visitor.get("/en/directory/"))) == 3


def test_a_profile_shows_what_it_does_and_what_it_carried_out(visitor):
    organisation = an_organisation_of(
        "FJI", title="Reef Lab", acronym="RL", type="80", url="https://reef.example", summary="We **count** fish."
    )
    implemented_by(organisation, a_solution(title="Resting reefs"))
    implemented_by(organisation, a_solution(title="Not yet", status=Status.SUBMITTED))

    page = visitor.get(f"/en/directory/{organisation.slug}")

    assert (page.one("h1"), page.one(".prose")) == ("Reef Lab", "We count fish.")
    assert titles(page, ".card h3 a") == ["Resting reefs"]
    facts = dict(zip(page.all(".facts dt"), page.all(".facts dd"), strict=True))
    assert facts == {
        "Short name": "RL",
        "Countries": "Fiji",
        "Kind": "Academic, Training and Research",
        "Website": "reef.example",
    }
    website = page.soup.select_one('a[href="https://reef.example"]')
    assert website.get("rel") == ["external", "nofollow", "ugc", "noopener"]


def test_a_body_has_a_profile_that_says_what_it_is_and_what_it_shares(visitor):
    focal = a_focal_point("BFA")
    a_solution(title="Solar pumps", author=focal)
    profile = services.profile(focal.bodies[0])
    db.session.commit()

    page = visitor.get(f"/en/directory/{profile.slug}")

    assert page.one(".tag.good") == "National focal point of Burkina Faso"
    assert titles(page, ".card h3 a") == ["Solar pumps"]
    assert page.all(".tag.good")[0] == "National focal point of Burkina Faso"


def test_other_focal_points_are_named_for_what_they_are(visitor):
    kinds = {BodyKind.REGIONAL: "Regional focal point", BodyKind.GLOBAL: "Global focal point"}
    refs = [services.profile(a_body(kind=kind, country=None, name=kind.value)).ref for kind in kinds]
    db.session.commit()

    said = [visitor.get(f"/en/directory/{ref}").one(".tag.good") for ref in refs]

    assert said == list(kinds.values())


def test_a_verified_mandate_gives_its_body_a_profile_once(app):
    mandate = a_focal_point("FJI").mandates[0]

    for _again in range(2):
        mandate_decided.send(mandate, by=None, verb="verified")
        db.session.commit()

    assert [found.title for found in db.session.scalars(select(Organisation))] == ["Focal point of FJI"]


def test_a_focal_point_edits_the_profile_of_its_body_and_it_is_shown_at_once(reader):
    focal = a_focal_point("BFA")
    profile = services.profile(focal.bodies[0])
    db.session.commit()

    page = reader(focal).send(
        f"/en/directory/{profile.slug}/edit", title="Direction", summary="Nous coopérons.", url="https://d.example"
    )

    assert (page.one("h1"), page.one(".prose")) == ("Direction", "Nous coopérons.")
    assert page.all(".notice")[0] == "The profile is saved."
    profile = db.session.scalars(select(Organisation)).one()
    assert profile.said["country"] == ["BFA"]
    assert [version.said["title"] for version in profile.versions] == ["Focal point of BFA", "Direction"]


def test_a_profile_comes_back_as_typed_when_something_is_wrong(reader):
    organisation = an_organisation(title="Lab")

    page = reader(an_admin()).send(f"/en/directory/{organisation.slug}/edit", title="", url="javascript:x", acronym="L")

    assert page.errors == [
        "Please write the name of the organisation.",
        "Please give the whole address, beginning with https://.",
    ]
    assert (page.form()["acronym"], page.form()["url"]) == ("L", "javascript:x")


def test_only_its_people_and_admins_are_shown_the_way_to_edit(reader, visitor):
    focal = a_focal_point("BFA")
    profile = services.profile(focal.bodies[0])
    db.session.commit()
    address = f"/en/directory/{profile.slug}"

    seen = [bool(who.get(address).links('a[href$="/edit"]')) for who in (visitor, reader(a_user()), reader(focal))]

    assert seen == [False, False, True]
    assert reader(a_user()).get(f"{address}/edit").status == 404


def test_one_writes_to_a_focal_point_from_its_profile(reader):
    ref = services.profile(a_focal_point("BFA").bodies[0]).ref
    db.session.commit()

    page = reader(a_user()).get(f"/en/directory/{ref}")

    assert page.links('a[href*="/write/"]') == [f"/en/notifications/write/{ref}"]


def test_an_organisation_is_found_by_its_name_or_made(app):
    there = an_organisation(title="Médecins du Désert")

    found = [services.find_or_create(name) for name in ("MEDECINS DU DESERT", "Wells Lab", "wells  lab")]
    db.session.commit()

    assert (found[0], found[1].title, found[2]) == (there, "Wells Lab", found[1])
    assert found[1].status == Status.PUBLISHED
    assert db.session.scalar(select(func.count(Organisation.id))) == 2


def test_a_member_writes_to_the_body_behind_a_profile_that_it_does_not_own(reader):
    ref = an_organisation(profile_of=a_focal_point("BFA").bodies[0]).ref
    at, own = f"/en/directory/{ref}", reader(a_user())

    page = own.send(own.get(at).links("aside a.button")[0], text="May we visit your wells?")

    assert "Focal point of BFA" in page.one("main")
    assert page.status == 200
