"""The part of JSON Schema 2020-12 that our schemas use, to hold them against the models."""

import re
from collections.abc import Iterator
from typing import Any

Node = dict[str, Any]
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}
KNOWN = {
    *("$schema", "$id", "$defs", "$ref", "title", "description", "default", "format"),
    *("type", "const", "enum", "anyOf", "pattern", "minLength", "maxLength", "minimum", "maximum"),
    *("items", "minItems", "maxItems", "properties", "required"),
    *("additionalProperties", "propertyNames", "examples", "x-unit"),
}


def violations(value: Any, schema: Node) -> list[str]:
    """Return the paths at which a document does not satisfy a schema."""
    return list(_violations(value, schema, schema, ""))


def _violations(value: Any, node: Node | bool, root: Node, path: str) -> Iterator[str]:
    if isinstance(node, bool):
        yield from () if node else (path,)
        return
    assert node.keys() <= KNOWN, node.keys() - KNOWN
    if "$ref" in node:
        name = node["$ref"].removeprefix("#/$defs/")
        yield from _violations(value, root["$defs"][name], root, path)
    if "anyOf" in node and all(list(_violations(value, n, root, path)) for n in node["anyOf"]):
        yield path
    if not _fits(value, node):
        yield path
    elif isinstance(value, dict):
        yield from _members(value, node, root, path)
    elif isinstance(value, list) and "items" in node:
        for rank, item in enumerate(value):
            yield from _violations(item, node["items"], root, f"{path}.{rank}".lstrip("."))


def _fits(value: Any, node: Node) -> bool:
    if "type" in node and not _is(value, node["type"]):
        return False
    if value not in node.get("enum", [node.get("const", value)]):
        return False
    if isinstance(value, str):
        fits = node.get("minLength", 0) <= len(value) <= node.get("maxLength", 10**9)
        return fits and _matches(node.get("pattern", ""), value)
    if isinstance(value, int | float):
        return bool(node.get("minimum", value) <= value <= node.get("maximum", value))
    if isinstance(value, list):
        return bool(node.get("minItems", 0) <= len(value) <= node.get("maxItems", 10**9))
    return True


def _matches(pattern: str, value: str) -> bool:
    """Read `$` as JSON Schema does: the end, not the line before it."""
    return bool(re.search(pattern.replace("$", r"\Z"), value))


def _is(value: Any, name: str) -> bool:
    if name == "integer" and isinstance(value, bool | float):
        return isinstance(value, float) and value.is_integer()
    return isinstance(value, TYPES[name])


def _members(value: Node, node: Node, root: Node, path: str) -> Iterator[str]:
    for name in node.get("required", ()):
        if name not in value:
            yield f"{path}.{name}".lstrip(".")
    for name, member in value.items():
        yield from _violations(name, node.get("propertyNames", True), root, f"{path}.{name}")
        yield from _violations(member, _schema_of(name, node), root, f"{path}.{name}".lstrip("."))


def _schema_of(name: str, node: Node) -> Node | bool:
    if name in node.get("properties", {}):
        schema_of_name: Node | bool = node["properties"][name]
        return schema_of_name
    other: Node | bool = node.get("additionalProperties", True)
    return other


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a JSON document, the outermost first."""
    if isinstance(node, dict):
        yield node
        yield from nodes(list(node.values()))
    elif isinstance(node, list):
        for child in node:
            yield from nodes(child)
