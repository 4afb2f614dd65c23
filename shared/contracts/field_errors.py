"""Errors of validation in the words of the contract: what is expected, and an example.

The published schema of the event says both, so that no message repeats the words of the validator.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import ErrorDetails, ValidationError

from shared.contracts.beyond_schema import BEYOND_SCHEMA
from shared.contracts.codes import SHOWN_MAX, code_fault
from shared.contracts.meant import meant_value, sent_note
from shared.contracts.nearest import similar
from shared.contracts.registry import EventSpec
from shared.contracts.schema import (
    REFERENCE,
    Schema,
    definition,
    example_of,
    schema_of,
    type_schemas,
)

KEY = "[key]"  # What the validator adds to the path of a key of an object.
OWN_MESSAGES = {"value_error", *BEYOND_SCHEMA}
LENGTHS = {"too_short", "too_long"}
EXAMPLE_MAX = 120
BARE_DATA = "missing; this looks like the data of an event: put it in `data`"
FIELDS_OF_DATA = (
    "caf",
    "dossier_id",
    "start_year",
)  # One is in the data of each event of a partner.
ABSENT: Final = object()
JSON_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a message: its path, the value there, its schema, and an example of it.

    `above` is the object that holds the value, `names` are the fields that this object may have.
    """

    path: tuple[str, ...]
    value: Any
    node: Schema
    example: Any = ABSENT
    above: Any = None
    names: tuple[str, ...] = ()


def field_errors(
    fault: ValidationError, document: dict[str, Any], spec: EventSpec, most: int
) -> list[tuple[str, str]]:
    """Return path and message of each error, at most `most`, the alternatives of a union once.

    Where a check refuses what has the form of one alternative, the others are not mentioned.
    """
    errors = own_errors(fault.errors(include_url=False, include_input=False)[:most])
    placed = [(_place(error["loc"], document, schema_of(spec)), error) for error in errors]
    checked = {place.path for place, error in placed if error["type"] in OWN_MESSAGES}
    return list(
        dict.fromkeys(
            (_path(error, place), _message(error, place, schema_of(spec)))
            for place, error in placed
            if error["type"] in OWN_MESSAGES or place.path not in checked
        )
    )


def _path(error: ErrorDetails, place: Place) -> str:
    """Return the path of an error; a check of a whole object names the value concerned."""
    below = error.get("ctx", {}).get("below")
    return ".".join([*place.path, *([below] if below else [])])


def is_bare_data(document: dict[str, Any]) -> bool:
    """Return whether a document has fields of the data of an event where attributes stand."""
    return "data" not in document and any(name in document for name in FIELDS_OF_DATA)


def own_errors(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Return the errors without those of lists that are too short for an invalid member alone."""
    above = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
    return [each for each in errors if each["type"] != "too_short" or each["loc"] not in above]


def _place(location: tuple[int | str, ...], document: dict[str, Any], root: Schema) -> Place:
    """Return the place of an error; names of alternatives of a union are no part of its path."""
    place = Place((), document, root)
    for step in location:
        if step != KEY:
            place = _step_into(place, step, root)
    return place


def _step_into(place: Place, step: int | str, root: Schema) -> Place:
    path, node = (*place.path, str(step)), _object_or_list(place.node, root)
    if isinstance(step, int):
        items = place.value if isinstance(place.value, list) else []
        example = place.example[0] if isinstance(place.example, list) and place.example else ABSENT
        value = items[step] if step < len(items) else ABSENT
        return Place(path, value, node.get("items", {}), example)
    properties = node.get("properties", {})
    if isinstance(place.value, dict) and (step in place.value or step in properties):
        value = place.value.get(step, ABSENT)
        child = properties.get(step) or node.get("additionalProperties", {})
        example = next(iter(child.get("examples", ())), ABSENT)
        return Place(path, value, child, example, place.value, tuple(properties))
    return place


def _object_or_list(node: Schema, root: Schema) -> Schema:
    """Return the alternative of a schema that has members."""
    for choice in node.get("anyOf", [node]):
        resolved = definition(choice, root)
        if resolved.keys() & {"properties", "items", "additionalProperties"}:
            return resolved
    return node


def _message(error: ErrorDetails, place: Place, root: Schema) -> str:
    if error["type"] in OWN_MESSAGES:
        return _own_message(error["msg"].removeprefix("Value error, "), place, root)
    if error["type"] == "missing":
        return _missing(place, root)
    if error["type"] in LENGTHS:
        return _wrong_length(place)
    codes = _codes(place.node, root)
    if len(codes) > 1 and isinstance(place.value, str):
        return str(code_fault(place.value, codes))
    return f"expected {_expected(place, root)}{_instead(place, root)}"


def _own_message(message: str, place: Place, root: Schema) -> str:
    """Return the message of a check of the contract, with the value sent where it lacks it."""
    if message.startswith("expected "):
        return f"{message}{_instead(place, root)}"
    if not isinstance(place.value, str) or place.value[:SHOWN_MAX] in message:
        return message
    return f"{message}{sent_note(_type_name(place.node), place.value, None)}"


def _instead(place: Place, root: Schema) -> str:
    """Return what was sent and what to write: the value that was meant, else an example."""
    codes, meant = _codes(place.node, root), _meant(place, root)
    example = "" if codes or meant is not None else _such_as(place, root)
    return f"{example}{sent_note(_type_name(place.node), place.value, meant)}"


def _meant(place: Place, root: Schema) -> Any:
    """Return the value that was meant, None where it is not obvious or out of the bounds."""
    meant = meant_value(_type_name(place.node), place.value, _codes(place.node, root))
    if isinstance(meant, int) and "minimum" in place.node:
        return meant if place.node["minimum"] <= meant <= place.node["maximum"] else None
    return meant


def _type_name(node: Schema) -> str:
    """Return the type of the contract, or else of JSON, that a schema has first."""
    first = node.get("anyOf", [node])[0]
    name = first.get("$ref", "").removeprefix(REFERENCE)
    if name:
        return name if name in type_schemas() else "object"
    return str(first.get("type", "string"))


def _missing(place: Place, root: Schema) -> str:
    if place.path == ("data",) and is_bare_data(place.above):
        return BARE_DATA
    name = place.path[-1]
    unknown = [each for each in place.above or () if each not in place.names]
    if misspelt := similar(name, unknown):
        return f"missing; {misspelt!r} is unknown: did you mean {name!r}?"
    example = "" if len(_codes(place.node, root)) == 1 else _such_as(place, root)
    return f"missing; expected {_expected(place, root)}{example}"


def _wrong_length(place: Place) -> str:
    count = len(place.value) if isinstance(place.value, list | dict) else 0
    least, most = place.node.get("minItems", 0), place.node.get("maxItems")
    bounds = f"{least} to {most:,}" if most else f"at least {least}"
    return f"expected {bounds} values, {count:,} were sent"


def _expected(place: Place, root: Schema) -> str:
    return " or ".join(dict.fromkeys(_described(place.node, root)))


def _such_as(place: Place, root: Schema) -> str:
    """Return the example of a place, unless there is none or it is too long to help."""
    example = place.example
    if example is None and _type_name(place.node) == "object":
        example = example_of(place.node["anyOf"][0], root["$defs"])
    if example is ABSENT or example is None:
        return ""
    text = json.dumps(example, ensure_ascii=False)
    return f", such as {text}" if len(text) <= EXAMPLE_MAX else ""


def _described(node: Schema, root: Schema) -> Iterator[str]:
    """Yield what a schema accepts, alternative by alternative."""
    if "anyOf" in node:
        for choice in node["anyOf"]:
            yield from _described(choice, root)
    elif codes := _codes(node, root):
        yield f"{'one of ' if len(codes) > 1 else ''}{', '.join(map(json.dumps, codes))}"
    elif name := node.get("$ref", "").removeprefix(REFERENCE):
        yield _named_type(name, definition(node, root))
    else:
        yield _plain(node)


def _named_type(name: str, node: Schema) -> str:
    if name not in type_schemas():
        return JSON_TYPES["object"]
    meaning = str(node["description"]).rstrip(".").replace("`", "")
    return f"{_plain(node)} ({meaning[0].lower()}{meaning[1:]})"


def _plain(node: Schema) -> str:
    text = JSON_TYPES[node["type"]] if "type" in node else "another value"
    if "minimum" in node:
        return f"{text} from {node['minimum']} to {node['maximum']:,}"
    return text


def _codes(node: Schema, root: Schema) -> tuple[str, ...]:
    """Return the closed list of a schema, none where it is open."""
    for choice in node.get("anyOf", [node]):
        resolved = definition(choice, root)
        if codes := resolved.get("enum") or ([resolved["const"]] if "const" in resolved else ()):
            return tuple(codes)
    return ()
