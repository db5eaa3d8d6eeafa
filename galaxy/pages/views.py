"""Home and the other pages that join the rooms."""

from datetime import timedelta

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from galaxy.content.models import Status
from galaxy.content.words import kind_name
from galaxy.core import jobs
from galaxy.core.access import admit, anyone, signed_in
from galaxy.core.db import now
from galaxy.core.i18n import _, lang, offered, preferred
from galaxy.core.limits import limiter
from galaxy.core.paging import Pages
from galaxy.hubs import queries as hubs
from galaxy.moderation import queries as moderation_queries
from galaxy.moderation.clock_queries import waiting_for
from galaxy.pages import errors, health, queries, samples
from galaxy.pages.sky import chart
from galaxy.partnerships import queries as calls
from galaxy.partnerships.talk_queries import what_waits
from galaxy.reference import languages, names
from galaxy.reference.countries import BROWSE_REGIONS, COUNTRIES, OFFERED, REGIONS, browse_region_of
from galaxy.reference.groups import GROUPS
from galaxy.reference.lists import EVIDENCE
from galaxy.reference.sdgs import GOALS, targets_of
from galaxy.reference.sectors import CATEGORIES, sectors_of
from galaxy.search import completion, facets, gaps
from galaxy.search import help as grammar_help
from galaxy.search.completion import Completion
from galaxy.search.found import Found
from galaxy.search.queries import find
from galaxy.search.questions import Question, link
from galaxy.webinars import queries as webinars
from galaxy.webinars.registration_queries import awaited

NORTHERN_AMERICA = "021"
REASONS_SHOWN = 3  # of what came back, on the dashboard
WAITS_SHOWN = 8  # on the dashboard
NEXT = 3  # webinars on pages of something else
AWAITED = 5  # webinars one has registered for, on the dashboard
SHOWN = 12  # entries of a list that goes on in the search

bp = Blueprint("pages", __name__)


@bp.get("/")
@admit(anyone)
def door() -> ResponseReturnValue:
    return redirect(url_for(".home", lang=preferred()))


@bp.get("/<lang:lang>/")
@admit(anyone)
def home() -> ResponseReturnValue:
    countries = queries.country_counts()
    return render_template(
        "pages/home.html",
        hubs=hubs.open_hubs(hubs.ON_HOME),
        newest=queries.first(queries.published(queries.SOLUTIONS), 6),
        calls=queries.first(calls.open_calls(), 3),
        webinars=queries.first(webinars.coming(), NEXT),
        goal_counts=queries.goal_counts(),
        goals=GOALS.values(),
        regions=[REGIONS[code] for code in BROWSE_REGIONS],
        region_counts=queries.region_counts(),
        figures=queries.figures(),
        countries=len(countries),
        chart=chart(countries, queries.lessons()),
    )


@bp.get("/<lang:lang>/about")
@admit(anyone)
def about() -> ResponseReturnValue:
    return render_template("pages/about.html", evidence=EVIDENCE.values(), answers=queries.answers())


@bp.get("/<lang:lang>/goals/")
@admit(anyone)
def goals() -> ResponseReturnValue:
    return render_template("pages/goals.html", goals=GOALS.values(), counts=queries.goal_counts())


@bp.get("/<lang:lang>/goals/<code>")
@admit(anyone)
def goal(code: str) -> ResponseReturnValue:
    if code not in GOALS:
        abort(404)
    return render_template(
        "pages/goal.html",
        goal=GOALS[code],
        targets=targets_of(code),
        counts=queries.target_counts(),
        solutions=queries.first(queries.of_goal(code), SHOWN),
        webinars=queries.first(queries.serving(webinars.coming(), code), NEXT),
        total=queries.goal_counts().get(code, 0),
    )


@bp.get("/<lang:lang>/countries/")
@admit(anyone)
def countries() -> ResponseReturnValue:
    counts = queries.country_counts()
    listed = [country for country in OFFERED if country.un_status or country.code in counts]
    regions = [*BROWSE_REGIONS, NORTHERN_AMERICA]
    by_region = {code: [country for country in listed if code in country.regions] for code in regions}
    sorted_names = {code: names.choices(members, lang()) for code, members in by_region.items()}
    return render_template(
        "pages/countries.html", regions=[REGIONS[c] for c in regions], listed=sorted_names, counts=counts
    )


@bp.get("/<lang:lang>/countries/<code>")
@admit(anyone)
def country(code: str) -> ResponseReturnValue:
    found = COUNTRIES.get(code.upper())
    if found is None or not found.offered:
        abort(404)
    if code != found.code:
        return redirect(url_for(".country", code=found.code), 301)
    kinds = (queries.SOLUTIONS, queries.ADAPTATIONS, queries.ORGANISATIONS)
    lists = {kind: queries.of_country(kind, code) for kind in kinds}
    lists["used"] = queries.of_country(queries.SOLUTIONS, code, "used_in")
    lists["calls"] = queries.tagged(calls.newest(), "country", code)
    return render_template(
        "pages/country.html",
        country=found,
        hubs=hubs.of_country(code),
        region=browse_region_of(code),
        groups=[GROUPS[group] for group in GROUPS if group in found.groups(now().date())],
        bodies=queries.focal_points(code),
        entries={name: queries.first(entries, SHOWN) for name, entries in lists.items()},
        totals={name: queries.how_many(entries) for name, entries in lists.items()},
        webinars=queries.first(queries.tagged(webinars.coming(), "country", code), NEXT),
        recordings=queries.first(queries.tagged(webinars.with_recording(), "country", code), NEXT),
    )


@bp.get("/<lang:lang>/sectors/")
@admit(anyone)
def sectors() -> ResponseReturnValue:
    counts = queries.category_counts()
    shown = [category for category in CATEGORIES.values() if category.active or category.code in counts]
    return render_template("pages/sectors.html", categories=shown, counts=counts)


@bp.get("/<lang:lang>/sectors/<code>")
@admit(anyone)
def sector(code: str) -> ResponseReturnValue:
    if code not in CATEGORIES:
        abort(404)
    return render_template(
        "pages/sector.html",
        category=CATEGORIES[code],
        sectors=sectors_of(code),
        counts=queries.sector_counts(),
        solutions=queries.first(queries.of_category(code), SHOWN),
        total=queries.category_counts().get(code, 0),
    )


@bp.get("/<lang:lang>/search")
@limiter.limit(lambda: str(current_app.config["LIMIT_SEARCH"]))
@admit(anyone)
def search() -> ResponseReturnValue:
    own = current_user.languages if current_user.is_authenticated else ()
    found = find(Question.from_args(request.args, lang(), own or ()))
    gaps.count_later(found)
    if current_user.is_authenticated or session or found.restless:
        return _search_page(found)
    return found.drawn(request.url, lambda: _search_page(found))  # the same for every visitor


def _search_page(found: Found) -> str:
    return render_template(
        "pages/search.html",
        found=found,
        question=found.question,
        more=request.args.get("more"),
        link=link,
        languages=languages.choices(lang()),
        hubs=hubs.running() if current_user.is_admin else (),
    )


@bp.get("/<lang:lang>/search/complete")
@limiter.limit(lambda: str(current_app.config["LIMIT_COMPLETE"]))
@admit(anyone)
def complete() -> ResponseReturnValue:
    """What somebody may be about to type into the search box, for the script beside it."""
    found = completion.complete(request.args.get("q", ""), lang())
    answer = jsonify([{"text": one.text, "language": one.language} | leading(one) for one in found])
    answer.headers["Cache-Control"] = f"public, max-age={current_app.config['SHARED_CACHE_SECONDS']}"
    return answer


def leading(one: Completion) -> dict[str, str]:
    """What a completion is, and where it leads: an entry to its page, a place or goal to what it has, a term to a
    search for it."""
    if one.kind == "entry":
        return {"kind": kind_name(one.entry_kind), "address": url_for(one.endpoint, ref=one.code)}
    if one.kind == "term":
        return {"kind": _("search term"), "address": url_for(".search", q=one.text)}
    facet = "country" if one.kind == "country" else "sdg"
    narrowed = Question().choosing(facet, (one.code,)).args()
    return {"kind": str(facets.LABELS[facet]), "address": url_for(".search") + link(narrowed)}


@bp.get("/<lang:lang>/search/help")
@admit(anyone)
def search_help() -> ResponseReturnValue:
    """How to search, with an example of everything."""
    return render_template("pages/search_help.html", fields=grammar_help.fields(lang()), bounds=grammar_help.BOUNDS)


@bp.get("/<lang:lang>/dashboard")
@admit(signed_in)
def dashboard() -> ResponseReturnValue:
    admin = queries.admin_desk(current_user) if current_user.is_admin else None
    desk = queries.desk(current_user)
    return render_template(
        "pages/dashboard.html",
        desk=desk,
        reasons={entry.id: moderation_queries.reasons(entry) for entry in desk.returned[:REASONS_SHOWN]},
        waits=waiting_for(current_user, WAITS_SHOWN),
        together=what_waits(current_user),
        coming=awaited(current_user, AWAITED),
        admin=admin,
        jobs=jobs.waiting() if admin else None,
    )


@bp.get("/<lang:lang>/styleguide")
@admit(anyone)
def styleguide() -> ResponseReturnValue:
    if not current_app.config["STYLEGUIDE"]:
        abort(404)
    return render_template(
        "pages/styleguide.html",
        goals=GOALS.values(),
        form=samples.form(),
        samples=samples.entries(),
        acts=samples.acts(),
        held=samples.HELD,
        statuses=Status,
        pages=Pages((), page=2, total=180, size=20),
    )


@bp.get("/robots.txt")
@admit(anyone)
def robots() -> ResponseReturnValue:
    lines = ["User-agent: *", *(f"Disallow: /*/{path}" for path in ("accounts/", "dashboard", "search?"))]
    return Response("\n".join([*lines, ""]), mimetype="text/plain")


@bp.get("/.well-known/security.txt")
@admit(anyone)
def security_txt() -> ResponseReturnValue:
    """Where a weakness is reported (RFC 9116), where those who run this place say it."""
    contact = current_app.config["SECURITY_CONTACT"]
    if not contact:
        abort(404)
    until = (now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    lines = (f"Contact: {contact}", f"Expires: {until}", f"Preferred-Languages: {', '.join(offered())}")
    return Response("\n".join([*lines, ""]), mimetype="text/plain")


def init_app(app: Flask) -> None:
    """Open the pages, and answer errors with pages of our own."""
    app.register_blueprint(bp)
    app.register_blueprint(health.bp)
    errors.init_app(app)
