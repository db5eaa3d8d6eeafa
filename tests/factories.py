"""Things for tests, whole without help: `a_solution(status=…)`, `a_user()`, `a_focal_point(country="FJI")`."""

import io
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

from flask_security.utils import hash_password
from werkzeug.datastructures import FileStorage, MultiDict

from galaxy.accounts.models import Body, BodyKind, Mandate, MandateRole, MandateStatus, User
from galaxy.content.models import Link, Relation, Status
from galaxy.core.db import db, now
from galaxy.core.storage import accept_recording
from galaxy.directory.models import Organisation
from galaxy.hubs.models import Hub
from galaxy.hubs.services import open_hub
from galaxy.partnerships.models import Call, Interest, Offer, Partnership, Party, Request, Role, Stage
from galaxy.search.models import Often, SavedSearch
from galaxy.search.questions import Question as QuestionAsked
from galaxy.search.saved import save as save_search
from galaxy.solutions.models import Adaptation, Solution
from galaxy.webinars.models import Chapter, Series, Transcript, Webinar
from galaxy.webinars.question_models import Answer, Question
from galaxy.webinars.registration_models import Registration, RegistrationStatus

PASSWORD = "a long enough password"
number = count(1)
Thing = TypeVar("Thing")
C = TypeVar("C", bound=Call)


def a_user(**facts: Any) -> User:
    """A member who has confirmed their address; the password is `PASSWORD` where `with_password` is true."""
    n = next(number)
    password = hash_password(PASSWORD) if facts.pop("with_password", False) else None
    user = User(
        **{"email": f"member{n}@example.org", "name": f"Member {n}", "confirmed_at": now(), "language": "en"} | facts,
        password=password,
    )
    return saved(user)


def an_admin(**facts: Any) -> User:
    return a_user(**{"is_admin": True, "name": "An admin", "tf_primary_method": "authenticator"} | facts)


def a_body(**facts: Any) -> Body:
    """The national focal point of Burkina Faso, or as said."""
    return saved(Body(**{"kind": BodyKind.NATIONAL, "name": "Direction de la coopération", "country": "BFA"} | facts))


def a_mandate(user: User, body: Body, **facts: Any) -> Mandate:
    """A live mandate."""
    start = now().date() - timedelta(days=30)
    return saved(
        Mandate(
            user=user,
            body=body,
            **{"status": MandateStatus.VERIFIED, "role": MandateRole.LEAD, "starts_on": start} | facts,
        )
    )


def a_focal_point(country: str = "BFA", body: Body | None = None, **facts: Any) -> User:
    """A user with a live mandate for the national focal point of a country."""
    user = a_user(**{"name": "A focal point", "country": country} | facts)
    a_mandate(user, body or a_body(country=country, name=f"Focal point of {country}"))
    return user


def a_solution(**facts: Any) -> Solution:
    """A published solution of Burkina Faso; its author comes with it; `countries=…`, `sdgs=…`."""
    countries, sdgs = facts.pop("countries", ["BFA"]), facts.pop("sdgs", ["6"])
    sectors = facts.pop("sectors", ["140"])
    status = facts.get("status", Status.PUBLISHED)
    shown = {"published_at": now(), "submitted_at": now(), "confirmed_at": now()} if status == Status.PUBLISHED else {}
    author = facts.pop("author", None) or a_user()
    solution = Solution(
        **{
            "title": "Solar pumps for village wells",
            "summary": "Villages pump water with the sun.",
            "language": "en",
            "status": status,
            "challenge": "Diesel for the pumps was dear and often missing.",
            "approach": "Twelve wells were given solar pumps, and each village a trained repairer.",
            "results": "Water runs every day; the villages save the price of the diesel.",
            "author": author,
            "body": author.bodies[0] if author.bodies else None,
        }
        | shown
        | facts
    )
    solution.set_codes("country", countries)
    solution.set_codes("sdg", sdgs)
    solution.set_codes("sector", sectors)
    return saved(solution)


def an_adaptation(of: Solution, **facts: Any) -> Adaptation:
    """A published adaptation of a solution, in Niger."""
    countries = facts.pop("countries", ["NER"])
    adaptation = Adaptation(
        **{
            "title": "Solar pumps in Tillabéri",
            "summary": "Used in Niger, with smaller pumps.",
            "status": Status.PUBLISHED,
            "published_at": now(),
            "changes": "Smaller pumps, since the wells are deeper.",
            "results": "Nine of ten wells still run after two years.",
            "author": facts.pop("author", None) or a_user(),
        }
        | facts
    )
    adaptation.set_codes("country", countries)
    saved(adaptation)
    saved(Link(from_id=adaptation.id, relation=Relation.ADAPTS, to_id=of.id))
    return adaptation


def a_saved_search(
    user: User, words: str = "pumps", often: Often = Often.AT_ONCE, lang: str = "en", **chosen: str
) -> SavedSearch:
    """What somebody has saved on the search page."""
    question = QuestionAsked.from_args(MultiDict({"q": words, **chosen}), lang)
    return saved(save_search(user, question, words, often))


def an_organisation(**facts: Any) -> Organisation:
    organisation = Organisation(
        **{
            "title": "Institut des eaux du Sahel",
            "summary": "Research on wells and pumps.",
            "status": Status.PUBLISHED,
            "published_at": now(),
        }
        | facts
    )
    return saved(organisation)


def a_request(**facts: Any) -> Request:
    """A published request of Burkina Faso’s focal point; `countries=…`, `sdgs=…`, `sectors=…`, `means=…`."""
    return saved(_call(Request, "Wells that last: who can train our repairers?", facts))


def an_offer(**facts: Any) -> Offer:
    """A published offer; the body is that of its author, or a new one of Burkina Faso."""
    return saved(_call(Offer, "We train repairers of solar pumps", facts))


def _call(kind: type[C], title: str, facts: dict[str, Any]) -> C:
    lists = {"country": ["BFA"], "sdg": ["6"], "sector": ["140"], "means": ["training"], "role": [], "spoken": ["en"]}
    names = {"countries": "country", "sdgs": "sdg", "sectors": "sector", "means": "means", "roles": "role"}
    lists |= {names[name]: facts.pop(name) for name in list(facts) if name in names}
    lists |= {name: facts.pop(name) for name in ("wanted", "wanted_group", "spoken") if name in facts}
    status = facts.get("status", Status.PUBLISHED)
    shown = {"published_at": now(), "submitted_at": now(), "confirmed_at": now()} if status == Status.PUBLISHED else {}
    author = facts.pop("author", None) or a_focal_point()
    call = kind(
        **{
            "title": title,
            "summary": "Sixty repairers in three regions.",
            "status": status,
            "asked": "Three weeks of training for sixty repairers of solar pumps.",
            "brought": "Rooms, meals and travel within the country.",
            "author": author,
            "body": author.bodies[0] if author.bodies else None,
        }
        | shown
        | facts
    )
    for scheme, codes in lists.items():
        call.set_codes(scheme, codes)
    return call


def an_interest(call: Call, body: Body | None = None, **facts: Any) -> Interest:
    """An answer to a call that waits, by Fiji's focal point or the body given."""
    body = body or a_focal_point("FJI").bodies[0]
    said = {"role": Role.PROVIDER, "message": "We have trained repairers for ten years, and would gladly come."}
    return saved(Interest(call=call, body=body, by=body.holders[0] if body.holders else None, **said | facts))


def a_partnership(call: Call, *others: tuple[Body, Role], **facts: Any) -> Partnership:
    """A partnership on a call's body as recipient (of an offer: provider) and the others; in talks unless said."""
    stage = facts.get("stage", Stage.IN_TALKS)
    partnership = Partnership(
        **{"title": call.title, "language": call.language, "body": call.party, "call": call, "stage": stage} | facts
    )
    own = (call.party, call.own_role)
    accepted = None if stage == Stage.IN_TALKS else now()
    partnership.parties = [Party(body=body, role=role, accepted_at=accepted) for body, role in (own, *others)]
    call.stage = stage
    return saved(partnership)


def a_webinar(**facts: Any) -> Webinar:
    """A published webinar of Burkina Faso’s focal point, tomorrow at 14:00 UTC for an hour; `countries=…`, `sdgs=…`,
    `sectors=…`, `spoken=…`, `starts_at=…`; rows as in a snapshot: `speakers=[{"name": …}]`."""
    names = {"countries": "country", "sdgs": "sdg", "sectors": "sector", "spoken": "spoken", "captions": "captions"}
    lists: dict[str, Any] = {"country": ["BFA"], "sdg": ["6"], "sector": ["140"], "spoken": ["en"]}
    lists |= {names[name]: facts.pop(name) for name in list(facts) if name in names}
    rows = {name: facts.pop(name) for name in ("speakers", "interpretation", "presents") if name in facts}
    status = facts.get("status", Status.PUBLISHED)
    shown = {"published_at": now(), "submitted_at": now(), "confirmed_at": now()} if status == Status.PUBLISHED else {}
    author = facts.pop("author", None) or a_focal_point()
    tomorrow = (now() + timedelta(days=1)).replace(hour=14, minute=0, second=0, microsecond=0)
    starts_at = facts.pop("starts_at", tomorrow)
    webinar = Webinar(
        **{
            "title": "How villages keep their pumps running",
            "summary": "Repairers from three countries tell what breaks, and what they do.",
            "description": "An hour with those who repair solar pumps.",
            "language": "en",
            "status": status,
            "author": author,
            "body": author.bodies[0] if author.bodies else None,
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=1) if starts_at else None,
            "join_url": "https://meet.example.org/pumps",
        }
        | shown
        | facts
    )
    saved(webinar)
    webinar.apply(lists | rows)
    return saved(webinar)


def a_kept_webinar(**facts: Any) -> Webinar:
    """A webinar that was last week, of which all is kept: a sound of some bytes, minutes, a chapter, a transcript."""
    sound = io.BytesIO(b"OggS\x00\x02" + bytes(20) + b"\x01\x13OpusHead" + bytes(900))
    kept: dict[str, Any] = {
        "starts_at": (now() - timedelta(days=7)).replace(minute=0, second=0, microsecond=0),
        "recording": accept_recording(FileStorage(sound, "talk.ogg")),
        "minutes": "We agreed to meet again.",
        "chapters": [Chapter(second=0, title="Welcome"), Chapter(second=750, title="Questions")],
        "transcripts": [Transcript(language="en", cues=[[0, 4_000, "Welcome."], [750_000, 754_000, "Who asks?"]])],
    }
    return a_webinar(**kept | facts)


def a_series(**facts: Any) -> Series:
    return saved(Series(**{"title": "Water talks", "summary": "Every month an hour about water."} | facts))


def a_registration(webinar: Webinar, user: User | None = None, **facts: Any) -> Registration:
    """A place of a member, or of a guest where no user is given."""
    n = next(number)
    said: dict[str, Any] = {
        "email": user.email if user else f"guest{n}@example.org",
        "name": user.name if user else f"Guest {n}",
    }
    said |= {"status": RegistrationStatus.REGISTERED, "queued_at": now()}
    return saved(Registration(webinar=webinar, user=user, **said | facts))


def a_question(webinar: Webinar, **facts: Any) -> Question:
    """A question that the public sees, asked by a member."""
    author = facts.pop("author") if "author" in facts else a_user()
    said: dict[str, Any] = {"title": "What does a spare part cost?", "status": Status.PUBLISHED, "published_at": now()}
    question = Question(**said | {"author": author, "language": webinar.language, "webinar": webinar} | facts)
    for scheme in ("country", "sdg", "sector"):
        question.set_codes(scheme, webinar.codes(scheme))
    return saved(question)


def an_answer(question: Question, **facts: Any) -> Answer:
    """An answer of a host, and the question says that it has one."""
    question.answered_at = question.answered_at or now()
    by = facts.pop("by", None) or question.webinar.author
    return saved(Answer(**{"question": question, "text": "Forty dollars.", "by": by} | facts))


def a_hub(**facts: Any) -> Hub:
    """An open hub on a drought, for thirty days; `pins=[entry, …]`, and what else `services.open_hub` takes."""
    until = facts.pop("until", now().date() + timedelta(days=30))
    said = {"title": "Living through the drought", "introduction": "What keeps **wells** alive."}
    return saved(open_hub(facts.pop("by", None), until=until, **said | facts))


def saved(thing: Thing) -> Thing:
    db.session.add(thing)
    db.session.commit()
    return thing
