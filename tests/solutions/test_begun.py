"""A solution or an adaptation that is begun from another entry, of any kind."""

from galaxy.content.models import Link, Relation, Status
from galaxy.core.db import db
from galaxy.solutions.models import Adaptation, Solution
from tests.factories import a_focal_point, a_solution, a_user, an_adaptation

FORM, SHOWN = "main form.form", ".notice:not([hidden])"
FIGURE = {"value": "12", "label": "wells", "source": "Ministry"}


def the_last(kind):
    db.session.expire_all()
    return db.session.query(kind).order_by(kind.id.desc()).first()


def origins(entry):
    return [link.to_entry.title for link in db.session.query(Link).filter_by(from_id=entry.id, relation="born from")]


def test_a_solution_begun_from_an_entry_opens_with_what_that_offers(app, reader):
    origin = a_solution(title="Solar pumps", language="fr", countries=["NER"], sdgs=["6", "6.1"], sectors=["140"])
    origin.apply({"challenge": "Dear diesel", "failures": "Dust", "figures": [FIGURE]})
    db.session.commit()
    own, ref = reader(a_user(country="BFA")), origin.ref

    page = own.get(f"/en/solutions/new?from={ref}")
    own.send_from(page, FORM, title="Pumps again", act="save")

    form, solution = page.form(FORM), the_last(Solution)
    assert page.all(SHOWN) == [
        "Begun from “ Solar pumps ”. What it says is filled in below: change whatever is different."
    ]
    assert [form[name] for name in ("title", "language", "country", "challenge", "sdg")] == [
        "Solar pumps", "fr", "NER", "Dear diesel", "6",
    ]  # fmt: skip
    assert (solution.title, solution.status, solution.codes("sdg")) == ("Pumps again", Status.DRAFT, ["6", "6.1"])
    assert (solution.codes("sector"), solution.failures) == (["140"], "Dust")
    assert [figure.said for figure in solution.figures] == [FIGURE]
    assert origins(solution) == ["Solar pumps"]
    assert own.get(f"/en/solutions/{solution.ref}").all("header p")[-1] == "Born from Solar pumps"


def test_an_adaptation_is_begun_from_what_else_it_comes_of(app, reader):
    solution = a_solution(title="Solar pumps")
    origin = an_adaptation(solution, title="In Niger", changes="Smaller", countries=["NER"])
    own, ref, path = reader(a_user()), origin.ref, f"/en/solutions/{solution.ref}/adapt"
    sources = [f"/en/solutions/{solution.slug}", f"/en/solutions/adaptations/{origin.slug}"]

    own.send(f"{path}?from={ref}", FORM, results="Well", act="save")
    adaptation = the_last(Adaptation)

    assert (adaptation.title, adaptation.changes, adaptation.results) == ("In Niger", "Smaller", "Well")
    assert own.get(f"/en/solutions/adaptations/{adaptation.ref}").links("header p a")[:2] == sources


def test_what_one_may_not_read_offers_nothing(app, reader):
    hidden = a_solution(title="A secret", author=a_focal_point(), status=Status.DRAFT)
    own, ref = reader(a_user()), hidden.ref

    pages = [own.get(f"/en/solutions/new?from={origin}") for origin in (ref, "nothing", "")]
    own.send_from(pages[0], FORM, title="Mine", origin=ref, act="save")

    assert [(page.all(SHOWN), page.form(FORM)["title"]) for page in pages] == [([], "")] * 3
    assert origins(the_last(Solution)) == []


def test_the_public_does_not_see_that_it_was_born_from_what_is_hidden(app, visitor):
    hidden, solution = a_solution(title="A secret", status=Status.DRAFT), a_solution()
    db.session.add(Link(from_id=solution.id, relation=Relation.BORN_FROM, to_id=hidden.id))
    db.session.commit()

    assert visitor.get(f"/en/solutions/{solution.ref}").links("header p a") == []


def test_what_was_typed_remembers_what_it_was_begun_from(app, reader, visitor):
    user, origin = a_user(), a_solution(title="Solar pumps")
    own, ref, key = reader(user), origin.ref, user.id
    at = f"/en/solutions/new?from={ref}"
    form = own.get(at).form(FORM)
    typed = {"title": "Typed", "origin": form["origin"], "key": form["key"]}
    own.post("/en/content/drafts", {"draft_form": "solutions.new", "draft_key": form["key"]} | typed)
    visitor.post("/en/solutions/new", {"title": "Sent too late", "origin": ref, "act": "save"})
    visitor.sign_in(db.session.get(type(user), key))

    later, held = own.get(at), visitor.get("/en/solutions/new")

    assert [page.form(FORM)["title"] for page in (later, held)] == ["Typed", "Sent too late"]
    assert [page.notices[0].startswith("Begun from “ Solar pumps ”") for page in (later, held)] == [True, True]
    assert own.get("/en/solutions/new?fresh=1").form(FORM)["origin"] == ""
