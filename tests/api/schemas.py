"""Whether a value is what a JSON schema says: as much of JSON Schema 2020-12 as our own description uses."""

import re
from typing import Any

KNOWN = {
    "$ref", "type", "properties", "required", "additionalProperties", "propertyNames", "items", "enum", "pattern",
    "minimum", "format", "description", "default",
}  # fmt: skip
TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "null": type(None),
}  # fmt: skip


def wrong(value: Any, schema: dict[str, Any], schemas: dict[str, Any], at: str = "/") -> list[str]:
    """What of a value is not as its schema says; a schema that says more than is understood here fails."""
    if "$ref" in schema:
        return wrong(value, schemas[schema["$ref"].rpartition("/")[2]], schemas, at)
    assert set(schema) <= KNOWN, f"{at}: teach tests/api/schemas.py {set(schema) - KNOWN}"
    types = schema["type"] if isinstance(schema.get("type"), list) else [schema["type"]] if "type" in schema else []
    if types and not any(isinstance(value, TYPES[each]) and not isinstance(value, bool) for each in types):
        return [f"{at}: {value!r} is no {' or '.join(types)}"]
    said = []
    if "enum" in schema and value not in schema["enum"]:
        said.append(f"{at}: {value!r} is none of {schema['enum']}")
    if isinstance(value, str):
        if not re.search(schema.get("pattern", ""), value):
            said.append(f"{at}: {value!r} is not {schema['pattern']}")
        if schema.get("format") == "uri" and not re.match(r"https?://[^\s]+$", value):
            said.append(f"{at}: {value!r} is no address")
    if isinstance(value, int | float) and value < schema.get("minimum", value):
        said.append(f"{at}: {value} is too small")
    if isinstance(value, list):
        for n, each in enumerate(value):
            said += wrong(each, schema.get("items", {}), schemas, f"{at}{n}/")
    if isinstance(value, dict):
        said += _wrong_in(value, schema, schemas, at)
    return said


def _wrong_in(value: dict[str, Any], schema: dict[str, Any], schemas: dict[str, Any], at: str) -> list[str]:
    said = [f"{at}: {name} is missing" for name in schema.get("required", ()) if name not in value]
    properties, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    for name, each in value.items():
        said += wrong(name, schema.get("propertyNames", {}), schemas, f"{at}{name}")
        if name in properties:
            said += wrong(each, properties[name], schemas, f"{at}{name}/")
        elif others is False:
            said.append(f"{at}: {name} is not known")
        elif isinstance(others, dict):
            said += wrong(each, others, schemas, f"{at}{name}/")
    return said
