"""What programs can ask here, as OpenAPI 3.1 says it; a test holds real answers beside it."""

from typing import Any, Final

from galaxy.search import text
from galaxy.search.facets import LABELS
from galaxy.search.grammar import FACETS, LONGEST_QUESTION
from galaxy.search.questions import ANY_LANGUAGE, MOST_VALUES, NO_LIST, SORTS

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"

Schema = dict[str, Any]


def _object(perhaps: dict[str, Schema] | None = None, **properties: Schema) -> Schema:
    """An object with exactly these properties, and those that are there only sometimes."""
    return {
        "type": "object",
        "properties": properties | (perhaps or {}),
        "required": list(properties),
        "additionalProperties": False,
    }


def _some(items: Schema, description: str = "") -> Schema:
    return {"type": "array", "items": items} | ({"description": description} if description else {})


def _string(description: str = "", **more: Any) -> Schema:
    return {"type": "string"} | ({"description": description} if description else {}) | more


def _count(description: str) -> Schema:
    return {"type": "integer", "minimum": 0, "description": description}


LANGUAGE: Final = _string("The language it is written in: ISO 639-1.", pattern="^[a-z]{2,3}$")
VALUE: Final = _object(
    code=_string("What the filter takes."),
    label=_string("What the code is called in the language that was asked for."),
    count=_count("How many entries choosing it would give."),
)
HIT: Final = _object(
    id=_string("Permanent; it never changes and is never given to another.", pattern="^[0-9a-z]{8}$"),
    kind=_string("What it is: `solutions`, `adaptations`, `requests`, `offers`, `webinars`, `organisations` …"),
    title=_string("Plain text, in its own language."),
    language=LANGUAGE,
    address=_string("Where people read it.", format="uri"),
    score={"type": "number", "description": "How well it fits; only to be compared within one answer."},
    reasons=_some({"type": "string"}, "Why it was found, in words."),
    highlights=_some(
        {"type": "string"},
        "Passages as HTML: everything is escaped but `<mark>`, which stands around the words that were found.",
    ),
)
ANSWER: Final = _object(
    {
        "notice": _string(
            "There only while the index is being made or does not answer: the answer is plainer, and may be incomplete."
        )
    },
    total=_count("How many entries meet the words and the filters; exact."),
    by_meaning=_count("How many more are listed because they mean the like, or hold some of the words."),
    hits=_some({"$ref": "#/components/schemas/Hit"}, "The entries of this page, the best first."),
    facets={
        "type": "object",
        "description": "What one can narrow by, and how many entries each choice would give.",
        "propertyNames": {"enum": list(FACETS)},
        "additionalProperties": _some({"$ref": "#/components/schemas/Value"}),
    },
    next={"type": ["string", "null"], "format": "uri", "description": "The address of the next page, if there is one."},
)
PROBLEM_DOCUMENT: Final[Schema] = {
    "type": "object",
    "description": "What was wrong: RFC 9457.",
    "properties": {
        "type": _string(),
        "title": _string(),
        "status": {"type": "integer"},
        "detail": _string(),
        "errors": _some(_object(parameter=_string(), detail=_string()), "What is wrong with which parameter."),
    },
    "required": ["type", "title", "status"],
}


def _parameter(name: str, description: str, schema: Schema, **more: Any) -> Schema:
    return {"name": name, "in": "query", "description": description, "schema": schema} | more


def parameters() -> list[Schema]:
    """What an address may ask; anything else in it is left alone."""
    return [
        _parameter(
            "q",
            f'Words, "phrases", `-not`, `field:value`, in any of the languages; the first {LONGEST_QUESTION} signs are '
            "read. Without it, everything is listed, the newest first.",
            _string(),
        ),
        *(
            _parameter(
                facet,
                f"{LABELS[facet]}: a code or a name. Given several times, any of the values will do; "
                f"filters narrow each other. At most {MOST_VALUES} values.",
                _some({"type": "string"}),
                style="form",
                explode=True,
            )
            for facet in FACETS
        ),
        _parameter(
            "lang",
            "The language of the labels and reasons, where the interface speaks it, and a hint in which the question "
            "is asked.",
            _string(enum=list(text.LANGUAGES)),
        ),
        _parameter(
            "prefer",
            f"A language whose entries rise among nearly equal ones; `{ANY_LANGUAGE}` for none. Several may be given.",
            _some({"type": "string"}),
            style="form",
            explode=True,
        ),
        _parameter(
            "without",
            "What the shared lists are not to look for besides, as addresses of the search page say it; "
            f"`{NO_LIST}` for nothing besides.",
            _some({"type": "string"}),
            style="form",
            explode=True,
        ),
        _parameter("sort", "The order.", _string(enum=list(SORTS))),
        _parameter("page", "Pages of 20; one beyond the last is empty.", {"type": "integer", "minimum": 1}),
        _parameter(
            "facets",
            f"1 for all (the usual), 0 for none, or names with commas between: {', '.join(FACETS)}.",
            _string(default="1"),
        ),
    ]


def _answer(description: str, media_type: str, name: str) -> Schema:
    content = {media_type: {"schema": {"$ref": f"#/components/schemas/{name}"}}}
    return {"description": description, "content": content}


def description(server: str) -> Schema:
    """The whole description, for one installation."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Galaxy",
            "version": "1",
            "description": "The search over all that is published. Nobody signs in, and only what is public is found.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": server}],
        "paths": {
            "/search": {
                "get": {
                    "operationId": "search",
                    "summary": "Find entries by words, by meaning and by filters.",
                    "parameters": parameters(),
                    "responses": {
                        "200": _answer("What is found.", JSON, "Answer"),
                        "304": {"description": "The same as when it was asked with this `If-None-Match`."},
                        "400": _answer("A parameter means nothing.", PROBLEM, "Problem"),
                        "429": _answer("Too many requests; wait as `Retry-After` says.", PROBLEM, "Problem"),
                    },
                }
            }
        },
        "components": {"schemas": {"Answer": ANSWER, "Hit": HIT, "Value": VALUE, "Problem": PROBLEM_DOCUMENT}},
    }
