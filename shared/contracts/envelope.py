"""CloudEvents 1.0 in structured JSON mode: strict decoding from bytes, encoding to bytes."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import ValidationError

from shared.contracts.base import WireModel
from shared.contracts.cloud_event import Envelope, envelope_of
from shared.contracts.common import ShapeError
from shared.contracts.field_errors import BARE_DATA, field_errors, is_bare_data
from shared.contracts.fields import fields
from shared.contracts.nearest import nearest
from shared.contracts.registry import BY_NAME, BY_TYPE, EVENTS, SERVICES
from shared.contracts.types import ATTRIBUTE_MAX, INTAKE, LIST_LENGTH_MAX

__all__ = ["Envelope", "InvalidMessageError", "decode", "decode_at_intake", "encode"]

CONTENT_TYPE = "application/cloudevents+json"
ERRORS_MAX = 500
PATH_MAX = 300
MESSAGE_MAX = 2_000
NESTING_MAX = 32
NEAREST_MAX = 3
VALUES_MAX = 20_000
OWN_EVENTS_FACTOR = 2
"""Events of the services embed those of partners: their bounds are so many times as high."""
REQUIRED_ATTRIBUTES = ("specversion", "id", "source", "time")
CONTAINERS = (dict, list)
READABLE = re.compile(rf"[!-~]{{1,{ATTRIBUTE_MAX}}}")
TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(eq=False)
class InvalidMessageError(Exception):
    """A message does not fit the contract; holds every error, and the ids that could be read."""

    reason: str
    errors: tuple[ShapeError, ...]
    event_id: str | None = None
    event_type: str | None = None
    caf: str | None = None
    dossier_id: str | None = None
    source: str | None = None


def decode(body: bytes) -> Envelope:
    """Parse one event from its bytes, as stores and services hold it.

    Raises:
        InvalidMessageError: with every error, when the body is not a known, well-formed event.
    """
    return _decode(body, at_intake=False)


def decode_at_intake(body: bytes) -> Envelope:
    """Parse one event as it arrives: code lists and names of partners' events are checked too.

    Raises:
        InvalidMessageError: with every error, when the body is not a known, well-formed event.
    """
    return _decode(body, at_intake=True)


def _decode(body: bytes, *, at_intake: bool) -> Envelope:
    document = _parse(body)
    name = document.get("type")
    spec = BY_TYPE.get(name) if isinstance(name, str) else None
    if spec is None:
        raise _invalid_message(document, "unknown_type", _unknown_type_errors(document))
    context = INTAKE if at_intake and spec.producer not in SERVICES else None
    try:
        event = envelope_of(spec).model_validate_json(body, context=context, by_name=False)
    except ValidationError as fault:
        faults = field_errors(fault, document, spec, ERRORS_MAX)
        errors = [_error_at(path, message) for path, message in faults]
        raise _invalid_message(document, "invalid", errors) from None
    return event


def encode(data: WireModel, **attributes: str | None) -> bytes:
    """Return the structured JSON body of an event; attributes without a value are left out."""
    head = {"specversion": "1.0", "type": BY_NAME[type(data).__name__].type}
    head |= {name: value for name, value in attributes.items() if value is not None}
    head["datacontenttype"] = "application/json"
    return orjson.dumps(head)[:-1] + b',"data":' + data.model_dump_json().encode() + b"}"


def routing_key(name: str, caf: str | None) -> str:
    """Return `<EventName>.v1.<caf>`; events without a Caf are `national`."""
    return f"{name}.v1.{caf or 'national'}"


def _parse(body: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as fault:
        message = _encoding_fault(body) or f"not JSON: {fault}"
        raise InvalidMessageError("not_json", (_error_at("", message),)) from None
    if not isinstance(document, dict):
        raise InvalidMessageError("not_an_object", (_error_at("", "expected a JSON object"),))
    values_max = VALUES_MAX * (OWN_EVENTS_FACTOR if _is_of_a_service(document) else 1)
    if reason := _bounds_exceeded(body, document, values_max):
        bounds = (
            f"at most {NESTING_MAX} levels, {LIST_LENGTH_MAX} values in one list or object,"
            f" and {values_max} values in all"
        )
        raise _invalid_message(document, reason, [_error_at("", bounds)])
    if _may_repeat_keys(body, document) and (repeated := _repeated_keys(body)):
        faults = [_error_at(name, "this key stands twice in one object") for name in repeated]
        raise _invalid_message(document, "duplicate_key", faults)
    return document


def _encoding_fault(body: bytes) -> str | None:
    try:
        body.decode()
    except UnicodeDecodeError as fault:
        return f"not UTF-8: byte {fault.start + 1} is no part of a character"
    return None


def _is_of_a_service(document: dict[str, Any]) -> bool:
    name = document.get("type")
    spec = BY_TYPE.get(name) if isinstance(name, str) else None
    return spec is not None and spec.producer in SERVICES


def _bounds_exceeded(body: bytes, document: dict[str, Any], values_max: int) -> str | None:
    """Return which bound a document exceeds, since validating it could take minutes; or None."""
    few = body.count(b",") < LIST_LENGTH_MAX
    if few and body.count(b"{") + body.count(b"[") <= NESTING_MAX:
        return None
    level: list[Any] = [document]
    values = 0
    for _ in range(NESTING_MAX):
        values += sum(map(len, level))
        if values > values_max or max(map(len, level)) > LIST_LENGTH_MAX:
            return "too_many"
        level = [child for node in level for child in _members(node) if type(child) in CONTAINERS]
        if not level:
            return None
    return "too_deep"


def _members(node: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return node.values() if type(node) is dict else node


def _may_repeat_keys(body: bytes, document: dict[str, Any]) -> bool:
    """Return whether the parser may have dropped a repeated key.

    Serialised again, the document has as many quotes as the body, unless a key was dropped or a
    quote was written as an escape.
    """
    return body.count(b'"') != orjson.dumps(document).count(b'"') or b"\\u0022" in body


class _Members(list[tuple[str, Any]]):
    """The members of a JSON object as written, with the keys that it repeats."""


def _repeated_keys(body: bytes) -> list[str]:
    """Return the path of each key that its object repeats: exact but slow."""
    repeated: set[str] = set()
    document = json.loads(body, object_pairs_hook=_Members, parse_int=str)
    nodes: list[tuple[str, Any]] = [("", document)]
    while nodes:
        path, node = nodes.pop()
        pairs = node if isinstance(node, _Members) else list(enumerate(node))
        counts = Counter(name for name, _ in pairs)
        repeated.update(_below(path, name) for name, count in counts.items() if count > 1)
        nodes += [(_below(path, name), child) for name, child in pairs if isinstance(child, list)]
    return sorted(repeated)[:ERRORS_MAX]


def _below(path: str, name: str | int) -> str:
    return f"{path}.{name}".removeprefix(".")[:PATH_MAX]


def _error_at(path: str, message: str) -> ShapeError:
    """Return an error of bounded length."""
    return ShapeError(path=path[:PATH_MAX], message=message[:MESSAGE_MAX])


def _unknown_type_errors(document: dict[str, Any]) -> list[ShapeError]:
    """Return the error at the type; without any envelope, one at each attribute that it lacks."""
    errors = [_error_at("type", _unknown_type_message(document))]
    if is_bare_data(document):
        missing = (name for name in REQUIRED_ATTRIBUTES if name not in document)
        errors += [_error_at(name, _missing_attribute_message(name)) for name in missing]
        errors.append(_error_at("data", BARE_DATA))
    return errors


def _missing_attribute_message(name: str) -> str:
    return f'missing, such as "{fields()[f"{Envelope.__name__}.{name}"]["example"]}"'


def _unknown_type_message(document: dict[str, Any]) -> str:
    if document.get("type") is None:
        return 'missing; expected the type of an event, such as "fr.caf.clas.DossierSubmitted.v1"'
    value = document["type"]
    event_type = (value if isinstance(value, str) else orjson.dumps(value).decode())[:ATTRIBUTE_MAX]
    public = (spec.type for spec in EVENTS if not spec.internal)
    first, *others = nearest(event_type, public, NEAREST_MAX)
    return (
        f"unknown event type {event_type!r}; the nearest known one is {first!r} (routing key"
        f" {BY_TYPE[first].name}.v1.<caf>), then {' and '.join(map(repr, others))};"
        " docs/contract.md lists all"
    )


def _invalid_message(
    document: dict[str, Any], reason: str, errors: list[ShapeError]
) -> InvalidMessageError:
    """Return the exception with the ids that could be read, for the producer to find it."""
    data = document.get("data")
    data = data if isinstance(data, dict) else {}
    caf = _readable(data.get("caf"))
    return InvalidMessageError(
        reason=reason,
        errors=tuple(errors),
        event_id=_readable(document.get("id")),
        event_type=_readable(document.get("type")),
        caf=caf if caf and re.fullmatch(r"[0-9]{3}", caf) else None,
        dossier_id=_readable(data.get("dossier_id")),
        source=_readable(document.get("source")),
    )


def _readable(value: Any) -> str | None:
    """Return an id that an answer may safely repeat, None for another value."""
    return value if isinstance(value, str) and READABLE.fullmatch(value) else None
