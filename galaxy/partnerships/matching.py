"""Why an entry may be what a call looks for: plain rules, each with a weight, that anybody can read and check.

A rule takes from a call what it looks for as parts: sets of codes of which an entry has one or has not. What an entry
gets for a rule is its weight, times the share of its parts that are met. The same parts are asked of the database
(`match_queries`) and of a single entry (`judge`), so both come to the same order.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from flask_babel import LazyString

from galaxy.core.i18n import lazy
from galaxy.reference.countries import COUNTRIES, browse_region_of, groups_of, in_group, members
from galaxy.reference.sdgs import goals_of, targets_of
from galaxy.reference.sectors import CATEGORIES, SECTORS

KINDS: Mapping[str, tuple[str, ...]] = {
    "requests": ("offers", "solutions", "organisations", "experts"),
    "offers": ("requests", "solutions", "organisations", "experts"),
}
"""What is suggested for a call of each kind."""
KEPT = 10  # matches of each kind for a call
MOST_ALIKE = 300  # entries whose words are compared with a call's; all others count as not alike
LEAST, MOST = 0, 10  # of a weight


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules know of an entry: its codes of each list, and of some lists that are no one's but theirs.

    `language` is that of its text, `id` its own number, `origin` the numbers of what it was born from, `adapted` the
    countries where it was adapted, `experience` what its body has done before.
    """

    id: int
    kind: str
    codes: Mapping[str, frozenset[str]]

    def of(self, *schemes: str) -> set[str]:
        """Its codes of these lists."""
        return {code for scheme in schemes for code in self.codes.get(scheme, ())}

    @property
    def countries(self) -> list[str]:
        return sorted(code for code in self.of("country") if code in COUNTRIES)


@dataclass(frozen=True, slots=True)
class Part:
    """One thing a call looks for: any of these codes in any of these lists; without codes, anything in them."""

    schemes: tuple[str, ...]
    codes: frozenset[str] | None
    said: str = ""  # the code readers are told; without it, those that were found

    def found(self, entry: Facts) -> list[str]:
        """The codes by which an entry meets it; none where it does not."""
        held = entry.of(*self.schemes)
        met = sorted(held if self.codes is None else held & self.codes)
        return [self.said] if met and self.said else met


Looking = Callable[[Facts, date], Iterable[Part]]


@dataclass(frozen=True, slots=True)
class Rule:
    """How much a reason counts where no admin says otherwise, what it is, and what of it a call looks for."""

    weight: float
    words: LazyString
    parts: Looking
    subject: bool = False  # whether it shows that both are about the same; only then is an entry suggested


def origin(call: Facts, _on: date) -> Iterable[Part]:
    if born := call.of("origin"):
        yield Part(("id",), frozenset(born))


def targets(call: Facts, _on: date) -> Iterable[Part]:
    return (Part(("sdg",), frozenset([code]), code) for code in sorted(call.of("sdg")) if "." in code)


def goals(call: Facts, _on: date) -> Iterable[Part]:
    """A goal, or any of its targets."""
    for goal in goals_of(call.of("sdg")):
        yield Part(("sdg",), frozenset([goal.code, *(target.code for target in targets_of(goal.code))]), goal.code)


@cache
def _inside(category: str) -> frozenset[str]:
    return frozenset([category, *(code for code, sector in SECTORS.items() if sector.category == category)])


def sectors(call: Facts, _on: date) -> Iterable[Part]:
    """A category of sectors, or any sector in it."""
    wanted = {code[:3] for code in call.of("sector")}
    return (Part(("sector",), _inside(code), code) for code in sorted(wanted) if code in CATEGORIES)


def means(call: Facts, _on: date) -> Iterable[Part]:
    return (Part(("means",), frozenset([code]), code) for code in sorted(call.of("means")))


def wanted(call: Facts, on: date) -> Iterable[Part]:
    """Being of a country that the call names, or of another one in a group that it names."""
    inside = {code for group in call.of("wanted_group") for code in in_group(group, on)}
    if named := call.of("wanted") | (inside - set(call.countries)):
        yield Part(("country",), frozenset(named))


def wants(call: Facts, on: date) -> Iterable[Part]:
    """Being a call itself that names the country of this one, or a group it is in."""
    ours = call.countries
    yield Part(("wanted", "wanted_group"), frozenset([*ours, *(g for code in ours for g in groups_of(code, on))]))


def groups(call: Facts, on: date) -> Iterable[Part]:
    ours = sorted({group for code in call.countries for group in groups_of(code, on)})
    return (Part(("country",), in_group(group, on), group) for group in ours)


def regions(call: Facts, _on: date) -> Iterable[Part]:
    found = {region.code for code in call.countries if (region := browse_region_of(code))}
    return (Part(("country",), frozenset(members(code)), code) for code in sorted(found))


def languages(call: Facts, _on: date) -> Iterable[Part]:
    yield Part(("spoken", "language"), frozenset(call.of("spoken") or call.of("language")))


def adapted(_call: Facts, _on: date) -> Iterable[Part]:
    yield Part(("adapted",), None)


def experience(_call: Facts, _on: date) -> Iterable[Part]:
    yield Part(("experience",), None)


def words(_call: Facts, _on: date) -> Iterable[Part]:
    """Words are not codes: how alike two texts are, the search index says."""
    return ()


TEXT = "text"
BEYOND = "origin"  # comes on top of what the others can give
RULES: Mapping[str, Rule] = {
    "origin": Rule(10, lazy("The call was born from it"), origin, subject=True),
    "target": Rule(8, lazy("Same target, on top of its goal"), targets, subject=True),
    "text": Rule(8, lazy("Similar words"), words, subject=True),
    "goal": Rule(6, lazy("Same goal"), goals, subject=True),
    "sector": Rule(6, lazy("Same sector"), sectors, subject=True),
    "means": Rule(6, lazy("The kinds of help that are asked for or offered"), means),
    "wanted": Rule(5, lazy("From a country or a group of countries that the call names"), wanted),
    "wants": Rule(2, lazy("Looks itself for partners from the country of the call, or from its groups"), wants),
    "group": Rule(4, lazy("Same group of countries: least developed, landlocked, small islands"), groups),
    "language": Rule(4, lazy("Shared language"), languages),
    "region": Rule(3, lazy("Same region"), regions),
    "adapted": Rule(4, lazy("It was adapted before"), adapted),
    "experience": Rule(3, lazy("Its organisation has adapted a solution or completed a partnership"), experience),
}
DEFAULTS: Mapping[str, float] = {name: rule.weight for name, rule in RULES.items()}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a call looks for on a day: each part with its rule and what an entry gets for it, the subject's first."""

    call: Facts
    weights: Mapping[str, float]
    parts: tuple[tuple[str, Part, float], ...]
    most: float
    """What an entry would get that meets everything."""

    @classmethod
    def of(cls, call: Facts, weights: Mapping[str, float], on: date) -> "Wanted":
        asked = {name: tuple(rule.parts(call, on)) for name, rule in RULES.items() if weights[name]}
        parts = [(name, part, weights[name] / len(some)) for name, some in asked.items() for part in some]
        most = sum(weights[name] for name, some in asked.items() if (some and name != BEYOND) or name == TEXT)
        return cls(call, weights, tuple(sorted(parts, key=lambda one: not RULES[one[0]].subject)), most)


@dataclass(frozen=True, slots=True)
class Fit:
    """How well an entry fits, from 0 to 1, and why: each reason, its share of the score in per cent, its codes."""

    entry_id: int
    kind: str
    score: float
    reasons: list[dict[str, Any]] = field(default_factory=list)


def judge(wanted: Wanted, entry: Facts, alike: float) -> Fit | None:
    """How an entry fits a call whose text it is so much alike, from 0 to 1; none where both share no subject."""
    met = [(name, worth, codes) for name, part, worth in wanted.parts if (codes := part.found(entry))]
    if alike and wanted.weights[TEXT]:
        met.append((TEXT, wanted.weights[TEXT] * alike, []))
    points = sum(worth for _name, worth, _codes in met)
    if not points or not any(RULES[name].subject for name, _worth, _codes in met):
        return None
    score = round(min(points / wanted.most, 1.0), 6) if wanted.most else 1.0
    return Fit(entry.id, entry.kind, score, _reasons(met, points))


def _reasons(met: list[tuple[str, float, list[str]]], points: float) -> list[dict[str, Any]]:
    """What was met by reason, the weightiest first; a goal whose target is shared is told with the target."""
    shared = {code.partition(".")[0] for name, _worth, codes in met if name == "target" for code in codes}
    worth: dict[str, float] = {}
    codes: dict[str, list[str]] = {}
    for name, each, said in met:
        told = "target" if name == "goal" and shared.issuperset(said) else name
        worth[told] = worth.get(told, 0) + each
        codes.setdefault(told, []).extend(said if told == name and name != BEYOND else [])
    order = sorted(worth, key=lambda name: (-worth[name], list(RULES).index(name)))
    shares = _per_cent([worth[name] / points for name in order])
    found = zip(order, shares, strict=True)
    return [{"reason": name, "share": share, "codes": codes[name]} for name, share in found if share]


def _per_cent(parts: list[float]) -> list[int]:
    """Parts of one as whole per cents that make a hundred."""
    whole = [int(part * 100) for part in parts]
    lost = sorted(range(len(parts)), key=lambda at: whole[at] - parts[at] * 100)
    for at in lost[: 100 - sum(whole)]:
        whole[at] += 1
    return whole


def best(found: Iterable[Fit]) -> list[Fit]:
    """The best of each kind, the best first; of equals the newer."""
    kept: list[Fit] = []
    often: dict[str, int] = {}
    for fit in sorted(found, key=lambda fit: (-fit.score, -fit.entry_id)):
        often[fit.kind] = often.get(fit.kind, 0) + 1
        if often[fit.kind] <= KEPT:
            kept.append(fit)
    return kept
