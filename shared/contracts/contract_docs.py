"""docs/contract.md: the contract for the developers of ELAN, the Cafs and accounting systems."""

import json
from collections.abc import Container, Iterable, Iterator
from datetime import date
from pathlib import Path
from string import Template
from typing import Any

from shared.contracts.beyond_schema import BEYOND_SCHEMA, TRIMMED
from shared.contracts.caf import ConventionSigned
from shared.contracts.envelope import NESTING_MAX, VALUES_MAX, encode, routing_key
from shared.contracts.registry import EVENTS, EventSpec
from shared.contracts.schema import Schema, file_of, meaning_of, schema_of, type_schemas
from shared.contracts.types import LIST_LENGTH_MAX

TEMPLATE = Path(__file__).with_name("contract_docs.md")
EXAMPLE = ConventionSigned(
    caf="761", dossier_id="ELAN-2025-761-000001", signed_on=date(2025, 10, 20)
)


def contract_page() -> str:
    """Return the page as Markdown."""
    public = [spec for spec in EVENTS if not spec.internal]
    schemas = {spec.name: schema_of(spec) for spec in public}
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        example=_example(),
        example_key=routing_key(type(EXAMPLE).__name__, EXAMPLE.caf),
        attributes="\n".join(_attributes()),
        beyond="\n".join(f"- {text}" for text in (*BEYOND_SCHEMA.values(), TRIMMED)),
        words="\n".join(_type_rows()),
        list_length=f"{LIST_LENGTH_MAX:,}",
        values=f"{VALUES_MAX:,}",
        nesting=NESTING_MAX,
        overview="\n\n".join(_overview(public)),
        internal=_internal(),
        last_counts=" or ".join(_link(spec.name) for spec in public if spec.last_counts),
        events="\n\n".join(_event(spec, schemas[spec.name]) for spec in public),
        shapes="\n\n".join(_definitions(schemas)),
    )


def _example() -> str:
    body = encode(
        EXAMPLE,
        id="0197f1f0-5d6f-7cc2-a3f4-3f6c1d2b9e10",
        source="/caf/761",
        subject=EXAMPLE.dossier_id,
        time="2025-10-20T16:45:00+02:00",
    )
    return json.dumps(json.loads(body), indent=2, ensure_ascii=False)


def _attributes() -> Iterator[str]:
    return _rows(schema_of(EVENTS[0]), without={"data", "data_base64"})


def _type_rows() -> Iterator[str]:
    for name, schema in sorted(type_schemas().items()):
        form = {key: part for key, part in schema.items() if key != "description"}
        yield f"| {name} | {_type_text(form)} | {schema['description']} |"


def _overview(specs: Iterable[EventSpec]) -> Iterator[str]:
    """Yield one table for each producer, in the order of the registry."""
    by_producer: dict[str, list[EventSpec]] = {}
    for spec in specs:
        by_producer.setdefault(spec.producer, []).append(spec)
    for producer, producer_specs in by_producer.items():
        head = "| event | to | key | answers | rules of refusal |\n|---|---|---|---|---|"
        title = f"### From {'any service' if producer == 'any' else producer}"
        yield "\n".join([title, "", head, *map(_row, producer_specs)])


def _row(spec: EventSpec) -> str:
    answers = ", ".join(map(_link, spec.answers))
    key, refusals = ", ".join(f"`{name}`" for name in spec.key), ", ".join(sorted(spec.refusals))
    to = ", ".join(spec.consumers) or "partners"
    return f"| {_link(spec.name)} | {to} | {key} | {answers or '–'} | {refusals or '–'} |"


def _internal() -> str:
    names = [f"`{spec.name}`" for spec in EVENTS if spec.internal]
    return f"Internal, from a service to itself: {', '.join(names)}."


def _event(spec: EventSpec, schema: Schema) -> str:
    """Return the section of an event: its meaning and the fields of its data."""
    table = _table(schema["$defs"][spec.name])
    source = f"[JSON Schema](../shared/contracts/schemas/{file_of(spec)})"
    return f"### {spec.name}\n\n{meaning_of(spec)}\n\n{source}\n\n{table}"


def _definitions(schemas: dict[str, Schema]) -> Iterator[str]:
    """Yield the section of each shared object, in the form that partners send where they do."""
    definitions: dict[str, Schema] = {}
    for schema in schemas.values():
        definitions = schema["$defs"] | definitions
    for name in sorted(definitions.keys() - type_schemas().keys() - schemas.keys()):
        yield f"### {name}\n\n{definitions[name]['description']}\n\n{_table(definitions[name])}"


def _table(object_schema: Schema) -> str:
    return "\n".join(
        ["| field | type | meaning | example |", "|---|---|---|---|", *_rows(object_schema)]
    )


def _rows(object_schema: Schema, without: Container[str] = ()) -> Iterator[str]:
    for name, node in object_schema.get("properties", {}).items():
        if name not in without:
            cells = (f"`{name}`", _field(name, object_schema), _meaning(node), _shown_example(node))
            yield f"| {' | '.join(cells)} |"


def _meaning(node: Schema) -> str:
    unit = f" In {node['x-unit']}." if "x-unit" in node else ""
    return f"{node['description']}{unit}"


def _shown_example(node: Schema) -> str:
    """Return the example of a field; those of objects are in the tables of their own fields."""
    (example,) = node["examples"]
    members = example if isinstance(example, list) else [example]
    if any(isinstance(member, dict) for member in members):
        return ""
    return f"`{json.dumps(example, ensure_ascii=False)}`"


def _field(name: str, object_schema: Schema) -> str:
    node = object_schema["properties"][name]
    if name in object_schema.get("required", ()):
        return _type_text(node)
    default = node.get("default")
    return f"{_type_text(node)}; optional" + (
        f", {_value(default)} by default" if default is not None else ""
    )


def _type_text(node: Schema) -> str:
    """Return the JSON type of a schema as a short text."""
    if reference := node.get("$ref"):
        name = reference.removeprefix("#/$defs/")
        return name if name in type_schemas() else _link(name)
    if "anyOf" in node:
        return " or ".join(map(_type_text, node["anyOf"]))
    if "const" in node or "enum" in node:
        return ", ".join(map(_value, node.get("enum") or [node["const"]]))
    if "additionalProperties" in node:
        names = _type_text(node["propertyNames"]) if "propertyNames" in node else "id"
        return f"object of {_type_text(node['additionalProperties'])}, by {names}"
    if "items" in node:
        return f"list of {_type_text(node['items'])}{_bounds(node, 'minItems', 'maxItems')}"
    return f"{node['type']}{_bounds(node, 'minimum', 'maximum')}"


def _bounds(node: Schema, least: str, most: str) -> str:
    if least in node:
        return f", {node[least]} to {node[most]}"
    return f", at most {node[most]}" if most in node else ""


def _value(value: Any) -> str:
    return f"`{json.dumps(value) if isinstance(value, bool) else value}`"


def _link(name: str) -> str:
    return f"[{name}](#{name.lower()})"
