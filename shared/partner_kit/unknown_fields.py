"""Fields that the contract does not define: ignored by the services, perhaps misspelt."""

from collections.abc import Iterator
from typing import Any

from shared.contracts.nearest import similar
from shared.contracts.registry import EventSpec
from shared.contracts.schema import Schema, schema_of

Document = dict[str, Any]
Unknown = tuple[str, str | None]


def unknown_fields(event: Document, spec: EventSpec) -> list[Unknown]:
    """Return the path of each unknown field of the data, and the defined name it resembles.

    CloudEvents lets producers add attributes to the envelope: of these only one that resembles an
    absent attribute is returned.
    """
    schema = schema_of(spec)
    own = [each for each in _unknown_members(event, schema, {}, "") if each[1]]
    return [*own, *_unknown_within(event.get("data"), schema["properties"]["data"], schema, "data")]


def _unknown_within(value: Any, node: Schema, schema: Schema, path: str) -> Iterator[Unknown]:
    if isinstance(value, list):
        for alternative in _alternatives(node, schema):
            for rank, item in enumerate(value):
                yield from _unknown_within(
                    item, alternative.get("items", {}), schema, f"{path}.{rank}"
                )
    elif isinstance(value, dict):
        for alternative in _alternatives(node, schema):
            yield from _unknown_members(value, alternative, schema, path)


def _unknown_members(
    value: Document, object_schema: Schema, schema: Schema, path: str
) -> Iterator[Unknown]:
    properties = object_schema.get("properties")
    if properties is None:
        return
    unused = [name for name in properties if name not in value]
    for name, child in value.items():
        place = f"{path}.{name}".removeprefix(".")
        if name not in properties:
            yield place, similar(name, unused)
        elif path:
            yield from _unknown_within(child, properties[name], schema, place)


def _alternatives(node: Schema, schema: Schema) -> Iterator[Schema]:
    """Yield the alternatives of a schema node, references resolved."""
    if reference := node.get("$ref"):
        node = schema["$defs"][reference.removeprefix("#/$defs/")]
    for choice in node.get("anyOf", [node]):
        if choice is node:
            yield node
        else:
            yield from _alternatives(choice, schema)
