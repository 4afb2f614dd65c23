"""JSON Schema 2020-12 of each event: the whole CloudEvent with the data of that event."""

import ast
import inspect
import json
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from shared.contracts import types
from shared.contracts.envelope import envelope_of
from shared.contracts.registry import EventSpec

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


def file_of(spec: EventSpec) -> str:
    """Return the file name of an event's schema, which is also the id of the schema."""
    return f"{spec.name}.v1.json"


def schema_of(spec: EventSpec) -> Schema:
    """Return the schema of an event. Unknown fields are allowed everywhere."""
    generated = envelope_of(spec).model_json_schema(schema_generator=_Untitled)
    definitions = generated.pop("$defs")
    generated["properties"] |= {"type": {"const": spec.type}, "data_base64": False}
    body = _with_references(
        {"properties": generated["properties"], "required": generated["required"]}
    )
    named_schemas = {
        **{name: _with_references(definition) for name, definition in definitions.items()},
        **type_schemas(),
    }
    return {
        "$schema": DIALECT,
        "$id": file_of(spec),
        "title": spec.name,
        "description": meaning_of(spec),
        "type": "object",
        **body,
        "$defs": {name: named_schemas[name] for name in sorted(_reachable(body, named_schemas))},
    }


def meaning_of(spec: EventSpec) -> str:
    """Return the meaning of an event: the docstring of its model."""
    return inspect.cleandoc(spec.model.__doc__ or "")


@cache
def type_schemas() -> dict[str, Schema]:
    """Return the schema of each documented type of `types`, by name."""
    return {
        name: TypeAdapter(getattr(types, name)).json_schema() | {"description": meaning}
        for name, meaning in _documented(ast.parse(inspect.getsource(types)))
    }


class _Untitled(GenerateJsonSchema):
    """Generates schemas without titles of fields, which only repeat their names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def _documented(module: ast.Module) -> list[tuple[str, str]]:
    """Return the assignments that are followed by a docstring, with that docstring."""
    pairs = zip(module.body, module.body[1:], strict=False)
    return [
        (first.targets[0].id, inspect.cleandoc(second.value.value))
        for first, second in pairs
        if isinstance(first, ast.Assign)
        and isinstance(first.targets[0], ast.Name)
        and isinstance(second, ast.Expr)
        and isinstance(second.value, ast.Constant)
        and isinstance(second.value.value, str)
    ]


def _with_references(node: Any) -> Any:
    """Replace the schemas of documented types by references; close the maps."""
    if isinstance(node, list):
        return [_with_references(each) for each in node]
    if not isinstance(node, dict):
        return node
    if type_name := _type_names().get(json.dumps(node, sort_keys=True)):
        return {"$ref": f"#/$defs/{type_name}"}
    closed = {"additionalProperties": False} if "patternProperties" in node else {}
    parts = {name: part for name, part in node.items() if not _is_title(name, part)}
    return {name: _with_references(part) for name, part in parts.items()} | closed


def _is_title(name: str, part: Any) -> bool:
    """Return whether a member is the title of a schema, and not a field named `title`."""
    return name == "title" and isinstance(part, str)


@cache
def _type_names() -> dict[str, str]:
    return {
        json.dumps(_undescribed(schema), sort_keys=True): n for n, schema in type_schemas().items()
    }


def _undescribed(schema: Schema) -> Schema:
    return {name: part for name, part in schema.items() if name != "description"}


def _reachable(node: Any, named: dict[str, Schema]) -> set[str]:
    """Return the names that a schema refers to, directly or not."""
    if isinstance(node, list):
        return set().union(*(_reachable(each, named) for each in node))
    if not isinstance(node, dict):
        return set()
    below = set().union(*(_reachable(part, named) for part in node.values()))
    if isinstance(reference := node.get("$ref"), str):
        name = reference.removeprefix("#/$defs/")
        below |= {name} | _reachable(named[name], named)
    return below
