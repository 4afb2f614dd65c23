"""Fields that the contract does not know: read without a fault, and ignored; perhaps misspelt."""

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from typing import Any

from shared.contracts.registry import EventSpec
from shared.contracts.schema import Schema, schema_of

Document = dict[str, Any]
Unknown = tuple[str, str | None]


def unknown_fields(event: Document, spec: EventSpec) -> list[Unknown]:
    """Return the path of each field of the data that will be ignored, and the name it resembles.

    CloudEvents lets producers add attributes of their own to the envelope: only one that
    resembles an attribute which is not there is returned.
    """
    schema = _schema(spec)
    own = [each for each in _members(event, schema, {}, "") if each[1]]
    return [*own, *_within(event.get("data"), schema["properties"]["data"], schema, "data")]


@cache
def _schema(spec: EventSpec) -> Schema:
    """Return the schema of an event, drawn once for a whole file."""
    return schema_of(spec)


def nearest(name: str, names: list[str]) -> str | None:
    """Return the one of some names that a name resembles."""
    return next(iter(get_close_matches(name, names, n=1, cutoff=0.75)), None)


def _within(value: Any, node: Schema, schema: Schema, path: str) -> Iterator[Unknown]:
    if isinstance(value, list):
        for shape in _shapes(node, schema):
            for rank, each in enumerate(value):
                yield from _within(each, shape.get("items", {}), schema, f"{path}.{rank}")
    elif isinstance(value, dict):
        for shape in _shapes(node, schema):
            yield from _members(value, shape, schema, path)


def _members(value: Document, shape: Schema, schema: Schema, path: str) -> Iterator[Unknown]:
    known = shape.get("properties")
    if known is None:
        return
    absent = [name for name in known if name not in value]
    for name, each in value.items():
        place = f"{path}.{name}".removeprefix(".")
        if name not in known:
            yield place, nearest(name, absent)
        elif path:
            yield from _within(each, known[name], schema, place)


def _shapes(node: Schema, schema: Schema) -> Iterator[Schema]:
    """Yield what a node may be, with references followed; the null of "or null" holds nothing."""
    if reference := node.get("$ref"):
        node = schema["$defs"][reference.removeprefix("#/$defs/")]
    for choice in node.get("anyOf", [node]):
        if choice is node:
            yield node
        else:
            yield from _shapes(choice, schema)
