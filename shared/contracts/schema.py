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
    """Return the name of the file that holds an event's schema; it is the schema's id too."""
    return f"{spec.name}.v1.json"


def schema_of(spec: EventSpec) -> Schema:
    """Return the schema of an event. Unknown fields are allowed everywhere."""
    drawn = envelope_of(spec).model_json_schema(schema_generator=_Untitled)
    shapes = drawn.pop("$defs")
    drawn["properties"] |= {"type": {"const": spec.type}, "data_base64": False}
    body = _with_words({"properties": drawn["properties"], "required": drawn["required"]})
    named = {**{name: _with_words(shape) for name, shape in shapes.items()}, **words()}
    return {
        "$schema": DIALECT,
        "$id": file_of(spec),
        "title": spec.name,
        "description": meaning_of(spec),
        "type": "object",
        **body,
        "$defs": {name: named[name] for name in sorted(_reachable(body, named))},
    }


def meaning_of(spec: EventSpec) -> str:
    """Return what an event says, in the words of its model."""
    return inspect.cleandoc(spec.model.__doc__ or "")


@cache
def words() -> dict[str, Schema]:
    """Return the schema of each documented word of `types`, by name."""
    return {
        name: TypeAdapter(getattr(types, name)).json_schema() | {"description": meaning}
        for name, meaning in _documented(ast.parse(inspect.getsource(types)))
    }


class _Untitled(GenerateJsonSchema):
    """A field's title would only repeat its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def _documented(module: ast.Module) -> list[tuple[str, str]]:
    """Return the assignments that a docstring follows, with it."""
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


def _with_words(node: Any) -> Any:
    """Replace what is a word by a reference to it; a map has no other keys than it names."""
    if isinstance(node, list):
        return [_with_words(each) for each in node]
    if not isinstance(node, dict):
        return node
    if word := _names_of_words().get(json.dumps(node, sort_keys=True)):
        return {"$ref": f"#/$defs/{word}"}
    closed = {"additionalProperties": False} if "patternProperties" in node else {}
    kept = {name: part for name, part in node.items() if not _is_title(name, part)}
    return {name: _with_words(part) for name, part in kept.items()} | closed


def _is_title(name: str, part: Any) -> bool:
    """Titles repeat the names of shapes; a field may be called `title` too."""
    return name == "title" and isinstance(part, str)


@cache
def _names_of_words() -> dict[str, str]:
    return {json.dumps(_undescribed(schema), sort_keys=True): n for n, schema in words().items()}


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
