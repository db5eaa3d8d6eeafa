"""What was found as plain values, the same for programs that ask over the network and for the command line."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import url_for

from galaxy.core.templates import absolute
from galaxy.search.found import Found, Hit
from galaxy.search.grammar import FACETS
from galaxy.search.questions import link


def answer(
    found: Found, page: int = 1, wanted: Collection[str] = FACETS, more: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What was found, as JSON has it; an asked page beyond the last holds nothing.

    `wanted` names the facets to be told, `more` what the address of the next page needs beside the question. Passages
    are HTML: all is escaped but `<mark>`, which stands around the words that were found. `notice` is there only where
    the answer may be incomplete. Needs a request's context.
    """
    beyond = page > found.question.page
    following = None if beyond else found.next
    return {
        "total": found.total,
        "by_meaning": found.by_meaning,
        "hits": [] if beyond else [_hit(hit) for hit in found.hits],
        "facets": {
            facet.name: [{"code": value.code, "label": value.label, "count": value.count} for value in facet.values]
            for facet in found.facets
            if facet.name in wanted
        },
        "next": absolute(f"{url_for('api.search')}{link(following, **(more or {}))}") if following else None,
        **({"notice": found.notice} if found.notice else {}),
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "id": hit.ref,
        "kind": hit.kind,
        "title": hit.name,
        "language": hit.language,
        "address": absolute(url_for(hit.endpoint, ref=hit.slug)),
        "score": round(hit.score, 6),
        "reasons": [reason.text for reason in hit.reasons],
        "highlights": [str(hit.snippet)] if hit.snippet else [],
    }
