"""Events of a file: split with their line numbers, and validated before any is published."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import orjson

from shared.contracts.common import ShapeError
from shared.contracts.envelope import Envelope, InvalidMessageError, decode_at_intake, routing_key
from shared.contracts.registry import BY_TYPE, SERVICES, TYPE_PREFIX

INTERNAL_PRODUCERS = {*SERVICES, "any"}
_SPACE = " \t\r\n"


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One event of a file: its bytes, and the line where it starts."""

    line: int
    body: bytes


@dataclass(frozen=True, slots=True)
class ValidEvent:
    """A valid event, ready to be published."""

    line: int
    body: bytes
    id: str
    name: str
    routing_key: str


@dataclass(frozen=True, slots=True)
class EventFault:
    """An error on a line; `path` is empty for the whole event."""

    line: int
    path: str
    message: str

    def __str__(self) -> str:
        """Return `line 3: data.caf: …`."""
        return f"line {self.line}: {self.path}{': ' if self.path else ''}{self.message}"


def split(content: bytes) -> Iterator[RawEvent]:
    """Yield the events of JSON lines, of a JSON array, or of JSON documents one after another.

    What is not JSON is yielded as it is: its validation reports why.
    """
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if _one_on_each(lines):
        return _each_line(lines)
    return _each_document(b"\n".join(lines).decode("utf-8", errors="surrogateescape"))


def validate(
    events: Iterable[RawEvent], *, bytes_max: int, from_anyone: bool
) -> tuple[list[ValidEvent], list[EventFault]]:
    """Return the valid events, and every fault of the others."""
    good: list[ValidEvent] = []
    faults: list[EventFault] = []
    for _, verdict in validate_each(events, bytes_max=bytes_max, from_anyone=from_anyone):
        if isinstance(verdict, ValidEvent):
            good.append(verdict)
        else:
            faults += verdict
    return good, faults


def validate_each(
    events: Iterable[RawEvent], *, bytes_max: int, from_anyone: bool
) -> Iterator[tuple[RawEvent, ValidEvent | list[EventFault]]]:
    """Yield each event with its valid form, or with all its faults."""
    bodies: dict[tuple[str, str], tuple[int, str]] = {}
    for raw in events:
        try:
            event = _decode(raw, bytes_max)
            _reject_internal_event(event, from_anyone=from_anyone)
            _reject_reused_id(event, raw, bodies)
        except InvalidMessageError as fault:
            yield (
                raw,
                [EventFault(raw.line, each.path, each.message) for each in fault.errors],
            )
        else:
            yield raw, _valid_event(event, raw)


def event_name(body: bytes) -> str:
    """Return the name of the event, or `?` when the body has none."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return "?"
    event_type = document.get("type") if isinstance(document, dict) else None
    if not isinstance(event_type, str):
        return "?"
    return re.sub(r"\.v1$", "", event_type.removeprefix(TYPE_PREFIX))[:80]


def _one_on_each(lines: list[bytes]) -> bool:
    """Return whether these are JSON lines, even if the first one is broken."""
    filled = [line.strip() for line in lines if line.strip()]
    if not filled or not filled[0].startswith(b"{"):
        return False
    return filled[0].endswith(b"}") or (len(filled) > 1 and filled[1].startswith(b"{"))


def _each_line(lines: list[bytes]) -> Iterator[RawEvent]:
    for number, line in enumerate(lines, 1):
        if body := line.strip():
            yield RawEvent(number, body)


def _each_document(text: str) -> Iterator[RawEvent]:
    """Yield each document of an array or sequence; the rest of the text after a broken one."""
    is_array = text.lstrip(_SPACE).startswith("[")
    separators = _SPACE + ",[]" if is_array else _SPACE
    place = _skip(text, 0, separators)
    while place < len(text):
        end = _end(text, place)
        yield _raw_event(text, place, end)
        place = _skip(text, end, separators)
    if is_array and not text.rstrip(_SPACE).endswith("]"):
        yield _raw_event(
            text, len(text), len(text)
        )  # The file is truncated: an empty event fails validation.


def _end(text: str, place: int) -> int:
    try:
        return json.JSONDecoder().raw_decode(text, place)[1]
    except (ValueError, RecursionError):
        return len(text)


def _raw_event(text: str, place: int, end: int) -> RawEvent:
    body = text[place:end].encode("utf-8", errors="surrogateescape")
    return RawEvent(text.count("\n", 0, place) + 1, body)


def _skip(text: str, place: int, characters: str) -> int:
    while place < len(text) and text[place] in characters:
        place += 1
    return place


def _decode(raw: RawEvent, bytes_max: int) -> Envelope:
    if len(raw.body) > bytes_max:
        message = f"{len(raw.body)} bytes, over the bound of {bytes_max}"
        raise _invalid("too_large", "", message)
    return decode_at_intake(raw.body)


def _reject_internal_event(event: Envelope, *, from_anyone: bool) -> None:
    spec = BY_TYPE[event.type]
    if spec.producer in INTERNAL_PRODUCERS and not from_anyone:
        message = (
            f"{spec.name} is published by the services themselves; --any sends it nevertheless"
        )
        raise _invalid("ours", "type", message)


def _reject_reused_id(
    event: Envelope, raw: RawEvent, bodies: dict[tuple[str, str], tuple[int, str]]
) -> None:
    """Reject another event under an id used before in the file; an identical repetition is fine."""
    digest = hashlib.sha256(raw.body).hexdigest()
    line, first_digest = bodies.setdefault((event.source, event.id), (raw.line, digest))
    if first_digest != digest:
        raise _invalid("id_reuse", "id", f"line {line} has this source and id with other content")


def _invalid(reason: str, path: str, message: str) -> InvalidMessageError:
    return InvalidMessageError(reason, (ShapeError(path=path, message=message),))


def _valid_event(event: Envelope, raw: RawEvent) -> ValidEvent:
    name = BY_TYPE[event.type].name
    key = routing_key(name, getattr(event.data, "caf", None))
    return ValidEvent(raw.line, raw.body, event.id, name, key)
