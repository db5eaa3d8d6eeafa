"""A solution is written in pieces, saved at any moment, and sent when nothing is missing."""

import io

import pytest

from galaxy.content import services as content
from galaxy.content.models import Status
from galaxy.core.db import db
from galaxy.solutions.models import Solution
from tests.content.test_files import a_picture
from tests.factories import a_body, a_focal_point, a_mandate, a_solution, a_user, an_adaptation, an_admin

FORM = "main form.form"
WHOLE = {
    "title": "Solar pumps",
    "language": "en",
    "country": "BFA",
    "challenge": "Diesel was dear.",
    "approach": "Pumps and repairers.",
    "results": "Water every day.",
    "sdg": ["6", "7"],
    "consent": "y",
}


def the_solution():
    db.session.expire_all()
    return db.session.query(Solution).order_by(Solution.id.desc()).first()


def parts_of(ref):
    return f"/en/solutions/{ref}/edit"


def test_a_title_alone_is_a_draft(app, reader):
    own = reader(a_user())

    page = own.send("/en/solutions/new", FORM, title="  Solar   pumps ", act="save")

    solution = the_solution()
    assert (solution.title, solution.status, solution.body) == ("Solar pumps", Status.DRAFT, None)
    assert page.notices[0] == "Your draft is saved. Nobody else sees it before you submit it."
    assert page.form(FORM)["title"] == "Solar pumps"


def test_even_nothing_is_a_draft(app, reader):
    own = reader(a_user())

    own.send("/en/solutions/new", FORM, act="save")

    assert own.get("/en/solutions/mine").all(".card h2") == ["Without a title"]


def test_a_focal_point_shares_in_the_name_of_her_body(app, reader):
    own = reader(a_focal_point(country="BFA"))

    page = own.get("/en/solutions/new")
    own.send_from(page, FORM, **WHOLE, act="save")

    assert page.form(FORM)["country"] == "BFA"
    assert the_solution().body.name == "Focal point of BFA"


def test_the_short_form_is_enough_to_submit(app, reader):
    own = reader(a_focal_point())

    last_look = own.send("/en/solutions/new", FORM, **WHOLE, act="submit")
    after = own.send_from(last_look, "main .toolbar form.act")

    assert last_look.all(".toolbar button, .toolbar a") == ["Submit for review", "Preview", "Go on writing"]
    assert (the_solution().status, the_solution().codes("sdg")) == (Status.SUBMITTED, ["6", "7"])
    assert after.all(".card h2, .card .status") == ["Submitted, waiting for an admin", "Solar pumps"]


def test_what_is_missing_is_listed_with_the_way_there(app, reader):
    own = reader(a_user())
    page = own.send("/en/solutions/new", FORM, title="Solar pumps", language="en", act="submit")

    ref = the_solution().slug
    assert page.all(".notice.warning li") == [
        "Country of origin", "The challenge", "What was done", "Results", "Sustainable Development Goals",
        "Your agreement to publish it",
    ]  # fmt: skip
    assert page.links(".notice.warning a")[::3] == [
        f"/en/solutions/{ref}/edit/context#country",
        f"/en/solutions/{ref}/edit/results#results",
    ]
    assert own.post(f"/en/moderation/submit/{ref}").status == 200
    assert the_solution().status == Status.DRAFT


def test_a_result_above_told_needs_a_source(app, reader):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT, evidence="measured")
    content.consent(solution, focal)
    db.session.commit()

    page = reader(focal).get(f"/en/moderation/submit/{solution.ref}")

    assert page.all(".notice.warning li") == ["Source of the results"]


def test_the_full_form_keeps_every_part(app, reader):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT, sdgs=[])
    own, at = reader(focal), parts_of(solution.ref)
    said = {
        "story": {"title": "Pumps", "summary": "Sun and water.", "language": "fr", "url": "https://example.org/a"},
        "results": {"results": "Much.", "evidence": "measured", "evidence_source": "Report 7", "beneficiaries": "All"},
        "reuse": {"adapting": "Depth", "failures": "Dust", "cost_range": "10k-50k", "inputs": "Two people"},
        "goals": {"sdg": ["6", "13"], "targets": []},
        "context": {
            "country": ["BFA", "NER"], "used_in": ["FJI"], "sector": ["140"], "modality": "triangular",
            "began_on": "2019-05", "ended_on": "2022", "implementers": "One\r\n\r\n Two ", "licence": "CC0-1.0",
            "consent": "y",
        },
    }  # fmt: skip

    pages = [own.send(f"{at}/{part}", FORM, **typed, act="save") for part, typed in said.items()]

    assert [page.errors for page in pages] == [[], [], [], [], []]
    kept = the_solution().snapshot()
    names = ("title", "summary", "language", "url", "evidence", "evidence_source", "cost_range", "modality")
    assert [kept[name] for name in names] == [
        "Pumps", "Sun and water.", "fr", "https://example.org/a", "measured", "Report 7", "10k-50k", "triangular",
    ]  # fmt: skip
    assert (kept["began_on"], kept["ended_on"], kept["implementers"]) == ("2019-05-01", "2022-01-01", ["One", "Two"])
    assert (kept["sdg"], sorted(kept["country"]), kept["licence"]) == (["6", "13"], ["BFA", "NER"], "CC0-1.0")
    assert pages[-1].form(FORM)["began_on"] == "2019-05"


def test_targets_are_offered_for_the_goals_that_are_saved(app, reader):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT, sdgs=["6"])
    own, at = reader(focal), parts_of(solution.ref)

    page = own.get(f"{at}/goals")
    own.send_from(page, FORM, sdg=["6"], targets=["6.1", "6.b"], act="save")

    offered = [box["value"] for box in page.soup.select("input[name=targets]")]
    assert offered == ["6.1", "6.2", "6.3", "6.4", "6.5", "6.6", "6.a", "6.b"]
    assert the_solution().codes("sdg") == ["6", "6.1", "6.b"]


def test_rows_grow_without_a_script_and_empty_ones_are_left_out(app, reader):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT)
    own, at = reader(focal), parts_of(solution.ref) + "/results"

    more = own.send(at, FORM, **{"figures-0-value": "12", "figures-0-label": "people", "act": "row:figures"})
    typed = {"figures-3-value": "38 %", "figures-3-label": "cheaper", "figures-3-source": "Ministry", "act": "save"}
    own.send_from(more, FORM, **typed)

    assert more.all("fieldset.row > legend") == ["Figure 1", "Figure 2", "Figure 3", "Figure 4", "Figure 5"]
    assert [figure.said for figure in the_solution().figures] == [
        {"value": "12", "label": "people", "source": ""},
        {"value": "38 %", "label": "cheaper", "source": "Ministry"},
    ]


def test_a_row_without_its_first_cell_says_so(app, reader):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT)

    page = reader(focal).send(parts_of(solution.ref) + "/reuse", FORM, **{"blocks-0-text": "What it is", "act": "save"})

    assert page.errors == ["Please fill this in, or empty the whole row."]
    assert page.form(FORM)["blocks-0-text"] == "What it is"


@pytest.mark.parametrize(
    ("part", "field", "typed", "words"),
    [
        ("story", "title", "x" * 201, "Please shorten this to 200 characters at most."),
        ("story", "challenge", "x" * 20_001, "Please shorten this to 20000 characters at most."),
        ("story", "url", "javascript:alert(1)", "Please give the whole address, beginning with https://."),
        ("context", "began_on", "last year", "Please give a year, as 2019, or a month, as 2019-05."),
        ("context", "began_on", "2019-13", "Please give a year, as 2019, or a month, as 2019-05."),
        ("context", "implementers", "\n".join("abc" for _ in range(51)), "Please give 50 lines at most."),
    ],
)
def test_what_is_out_of_bounds_comes_back_as_typed_with_advice(app, reader, part, field, typed, words):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT)

    page = reader(focal).send(f"{parts_of(solution.ref)}/{part}", FORM, **{field: typed, "act": "save"})

    assert (page.errors, page.form(FORM)[field]) == ([words], typed)


def test_an_end_before_the_beginning_is_refused(app, reader):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT)

    page = reader(focal).send(parts_of(solution.ref) + "/context", FORM, began_on="2022", ended_on="2019", act="save")

    assert page.errors == ["This is before the beginning. Please correct one of the two."]


def test_what_only_an_import_could_say_stays(app, reader):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT, licence="MIT", sectors=["14030"])

    reader(focal).send(parts_of(solution.ref) + "/context", FORM, act="save")

    assert (the_solution().licence, the_solution().codes("sector")) == ("MIT", ["14030"])


def test_two_tabs_on_different_parts_do_not_disturb_each_other(app, reader):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT)
    own, at = reader(focal), parts_of(solution.ref)
    story, results = own.get(f"{at}/story"), own.get(f"{at}/results")

    own.send_from(story, FORM, title="One", act="save")
    own.send_from(results, FORM, results="Two", act="save")

    assert (the_solution().title, the_solution().results) == ("One", "Two")


def test_who_was_slower_sees_both_texts_and_loses_neither(app, reader):
    body = a_body()
    one, other = a_focal_point(body=body), a_user()
    a_mandate(other, body)
    solution = a_solution(author=one, status=Status.DRAFT, challenge="Dear diesel")
    first, second, at = reader(one), reader(other), parts_of(solution.ref) + "/story"
    open_page = second.get(at)
    first.send(at, FORM, challenge="Dear fuel", act="save")

    told = second.send_from(open_page, FORM, challenge="Dear petrol", act="save")
    still = the_solution().challenge
    second.send_from(told, FORM, act="save")

    assert (told.status, still, the_solution().challenge) == (409, "Dear fuel", "Dear petrol")
    assert (told.one(".changes del"), told.one(".changes ins")) == ("fuel", "petrol")
    assert told.form(FORM)["challenge"] == "Dear petrol"


def test_saving_the_same_page_twice_is_no_conflict(app, reader):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT)
    own, at = reader(focal), parts_of(solution.ref) + "/story"
    page = own.get(at)

    answers = [own.send_from(page, FORM, title="Twice", act="save").status for _ in range(2)]

    assert answers == [200, 200]


def test_changes_to_what_is_published_wait_for_an_admin(app, reader, visitor):
    focal = a_focal_point()
    solution = a_solution(author=focal, title="Solar pumps")
    content.consent(solution, focal)
    db.session.commit()
    own, ref = reader(focal), solution.ref

    own.send(parts_of(ref) + "/story", FORM, title="Hand pumps", act="save")
    public, preview = visitor.get(f"/en/solutions/{ref}"), own.get(f"/en/solutions/{ref}/preview")
    last_look = own.get(f"/en/moderation/submit/{ref}")
    own.send_from(last_look, "main .toolbar form.act")

    assert (public.one("h1"), preview.one("h1")) == ("Solar pumps", "Hand pumps")
    assert (the_solution().status, the_solution().waiting.status) == (Status.PUBLISHED, Status.SUBMITTED)
    assert own.get(parts_of(ref) + "/story").status == 404


def test_in_whose_name_is_chosen_among_ones_bodies(app, reader):
    focal = a_focal_point()
    second = a_body(name="Ministry of Water")
    a_mandate(focal, second)
    solution = a_solution(author=focal, status=Status.DRAFT)
    own, at, key = reader(focal), parts_of(solution.ref) + "/context", second.id
    stranger_body = a_body(name="Not hers").id

    own.send(at, FORM, owner=str(key), act="save")
    chosen = the_solution().body.name
    refused = own.send(at, FORM, owner=str(stranger_body), act="save")

    assert (chosen, the_solution().body.name) == ("Ministry of Water", "Ministry of Water")
    assert len(refused.errors) == 1


def test_the_agreement_can_be_taken_back_before_publication(app, reader):
    own = reader(a_user())
    own.send("/en/solutions/new", FORM, **WHOLE, act="save")
    agreed = the_solution().consented_at is not None

    own.send(parts_of(the_solution().ref) + "/context", FORM, consent=None, act="save")

    assert (agreed, the_solution().consented_at) == (True, None)


@pytest.mark.parametrize("part", ["story", "results", "reuse", "goals", "context"])
def test_nobody_writes_what_is_not_theirs(app, reader, part):
    solution = a_solution(status=Status.DRAFT)
    at, others = f"{parts_of(solution.ref)}/{part}", [reader(user) for user in (a_user(), a_focal_point(), an_admin())]

    assert [each.get(at).status for each in others] == [404, 404, 200]


def test_buttons_lead_on(app, reader):
    focal = a_focal_point()
    solution = a_solution(author=focal, status=Status.DRAFT)
    own, at, slug = reader(focal), parts_of(solution.ref), solution.slug

    ways = [
        own.send(f"{at}/results", FORM, follow=False, act=act).location for act in ("save", "next", "preview", "submit")
    ]
    pages = (f"{at}/context", f"/en/content/{slug}/files")
    last = [own.send(page, FORM, follow=False, act="next").location for page in pages]

    assert ways[:3] == [f"/en/solutions/{slug}/{end}" for end in ("edit/results", "edit/reuse", "preview")]
    assert [*ways[3:], *last] == [
        f"/en/moderation/submit/{slug}", f"/en/content/{slug}/files", f"/en/moderation/submit/{slug}",
    ]  # fmt: skip


def test_an_adaptation_has_files_too(app, reader):
    focal = a_focal_point()
    adaptation = an_adaptation(a_solution(), author=focal, body=focal.bodies[0], status=Status.DRAFT)
    own, at = reader(focal), f"/en/solutions/adaptations/{adaptation.ref}"

    page = own.send(f"{at}/edit", FORM, act="next")
    own.send_from(page, FORM, file=(io.BytesIO(a_picture(8, 8)), "pump.png"), caption="A smaller pump", act="save")

    assert page.one("h1") == "Files and pictures"
    assert page.all(".steps a") == ["What you tell", "Files and pictures"]
    assert own.get(at).soup.select_one("figure img")["alt"] == "A smaller pump"


def test_who_agreed_to_one_licence_is_asked_again_for_another(app, reader):
    focal = a_focal_point()
    solution = a_solution(author=focal)
    content.consent(solution, focal)
    db.session.commit()
    own, ref = reader(focal), solution.ref
    at = f"{parts_of(ref)}/context"

    page = own.send(at, FORM, licence="CC0-1.0", act="submit")
    own.send(at, FORM, consent="y", act="save")
    after = own.get(f"/en/moderation/submit/{ref}")

    assert page.notices[0] == "You chose another licence. Please say that you agree to it, too."
    assert page.all(".notice.warning li") == ["Your agreement to publish it"]
    assert after.all(".notice.warning li") == []
