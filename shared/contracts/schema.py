"""JSON Schema 2020-12 of each event: the whole CloudEvent with the data of that event."""

import ast
import inspect
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from shared.contracts import types
from shared.contracts.base import WireModel
from shared.contracts.cloud_event import Envelope, envelope_of
from shared.contracts.event_spec import SERVICES, EventSpec
from shared.contracts.fields import annotations_of

DIALECT = "https://json-schema.org/draft/2020-12/schema"
CONTRACTS = f"{__package__}."
REFERENCE = "#/$defs/"
INTAKE_TYPES = {"Name": "Text", "Channel": "Text", "Activity": "Text", "Commune": "Text"}
"""Types checked at intake only, with the wider type that events of the services have: an event
about a dossier that an earlier release accepted repeats it as it was."""
Schema = dict[str, Any]


def file_of(spec: EventSpec) -> str:
    """Return the file name of an event's schema, which is also the id of the schema."""
    return f"{spec.name}.v1.json"


@cache
def schema_of(spec: EventSpec) -> Schema:
    """Return the schema of an event; it is not to be changed. Unknown fields are allowed."""
    generated = envelope_of(spec).model_json_schema(schema_generator=_Untitled)
    definitions = generated.pop("$defs")
    generated["properties"]["type"] = {"const": spec.type, "type": "string"}
    parts = {name: generated[name] for name in ("properties", "required")}
    named = {**_referring(definitions, spec), **type_schemas()}
    named = {name: named[name] for name in sorted(_reachable(_referring(parts, spec), named))}
    body = _with_annotations(_referring(parts, spec), Envelope)
    body["properties"]["type"]["examples"] = [spec.type]
    for schema in (*named.values(), body):
        _add_examples(schema, named)
    return {
        "$schema": DIALECT,
        "$id": file_of(spec),
        "title": spec.name,
        "description": meaning_of(spec),
        "type": "object",
        **body,
        "$defs": named,
    }


def definition(node: Schema, root: Schema) -> Schema:
    """Return the definition that a schema refers to, or the schema itself."""
    reference = node.get("$ref")
    resolved: Schema = root["$defs"][reference.removeprefix(REFERENCE)] if reference else node
    return resolved


def _referring(parts: Schema, spec: EventSpec) -> Schema:
    """Return schemas with references to types, and with descriptions of the fields of models."""
    opened = INTAKE_TYPES if spec.producer in SERVICES else {}
    models = _models()
    return {
        name: _with_annotations(_with_references(part, opened), models[name])
        if name in models
        else _with_references(part, opened)
        for name, part in parts.items()
    }


def _with_annotations(schema: Schema, model: type[WireModel]) -> Schema:
    """Return the schema of a model with description, unit and example of each field."""
    properties = schema.get("properties", {})
    annotated = {name: node | annotations_of(model, name) for name, node in properties.items()}
    return schema | ({"properties": annotated} if annotated else {})


def _add_examples(schema: Schema, named: Mapping[str, Schema]) -> None:
    """Give an example to the fields that hold objects: those of the fields of these objects."""
    for node in schema.get("properties", {}).values():
        node.setdefault("examples", [example_of(node, named)])


def example_of(node: Schema, named: Mapping[str, Schema]) -> Any:
    """Return the example of a schema, made of those of its parts where it has none."""
    if "examples" in node:
        return node["examples"][0]
    if "items" in node:
        return [example_of(node["items"], named)]
    if "anyOf" in node:
        return example_of(node["anyOf"][0], named)
    properties = named[node["$ref"].removeprefix(REFERENCE)].get("properties", {})
    return {name: example_of(part, named) for name, part in properties.items()}


def _models() -> dict[str, type[WireModel]]:
    """Return the models of the contract by name."""
    models: dict[str, type[WireModel]] = {}
    below = WireModel.__subclasses__()
    while below:
        model = below.pop()
        if model.__module__.startswith(CONTRACTS):
            models[model.__name__] = model
        below += model.__subclasses__()
    return models


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


def _with_references(node: Any, opened: Mapping[str, str]) -> Any:
    """Replace the schemas of documented types by references."""
    if isinstance(node, list):
        return [_with_references(part, opened) for part in node]
    if not isinstance(node, dict):
        return node
    if type_name := _type_names().get(json.dumps(node, sort_keys=True)):
        return {"$ref": f"{REFERENCE}{opened.get(type_name, type_name)}"}
    dropped = {"propertyNames"} if opened else set()
    parts = {n: part for n, part in node.items() if n not in dropped and not _is_title(n, part)}
    return {name: _with_references(part, opened) for name, part in parts.items()}


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
        name = reference.removeprefix(REFERENCE)
        below |= {name} | _reachable(named[name], named)
    return below
