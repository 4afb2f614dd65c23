"""Events of a file: found with their lines, and all checked before any of them travels."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import orjson

from shared.contracts.common import ShapeError
from shared.contracts.envelope import Envelope, InvalidMessage, decode, routing_key
from shared.contracts.registry import BY_TYPE, SERVICES, TYPE_PREFIX

INTERNAL_PRODUCERS = {*SERVICES, "any"}
_SPACE = " \t\r\n"


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One event as the file has it: its bytes, and the line that it starts on."""

    line: int
    body: bytes


@dataclass(frozen=True, slots=True)
class ValidEvent:
    """A well-formed event, ready to travel: its name and its caf make the routing key."""

    line: int
    body: bytes
    id: str
    name: str
    routing_key: str


@dataclass(frozen=True, slots=True)
class EventFault:
    """What is wrong on a line; `path` is empty where it is the whole of it."""

    line: int
    path: str
    message: str

    def __str__(self) -> str:
        """Return `line 3: data.caf: …`."""
        return f"line {self.line}: {self.path}{': ' if self.path else ''}{self.message}"


def split(content: bytes) -> Iterator[RawEvent]:
    """Yield the events of JSON lines, of a JSON array, or of JSON documents one after another.

    What cannot be read as JSON is yielded as it stands: its check says why.
    """
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if _one_on_each(lines):
        return _each_line(lines)
    return _each_document(b"\n".join(lines).decode("utf-8", errors="surrogateescape"))


def validate(
    events: Iterable[RawEvent], *, bytes_max: int, from_anyone: bool
) -> tuple[list[ValidEvent], list[EventFault]]:
    """Return the events that are well formed, and every fault of the others."""
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
    """Yield each event with what it is once checked, or with all its faults."""
    bodies: dict[tuple[str, str], tuple[int, str]] = {}
    for written in events:
        try:
            event = _decode(written, bytes_max)
            _reject_internal_event(event, from_anyone=from_anyone)
            _reject_reused_id(event, written, bodies)
        except InvalidMessage as fault:
            yield (
                written,
                [EventFault(written.line, each.path, each.message) for each in fault.errors],
            )
        else:
            yield written, _valid_event(event, written)


def event_name(body: bytes) -> str:
    """Return the name of the event, as far as the body tells."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return "?"
    told = document.get("type") if isinstance(document, dict) else None
    if not isinstance(told, str):
        return "?"
    return re.sub(r"\.v1$", "", told.removeprefix(TYPE_PREFIX))[:80]


def _one_on_each(lines: list[bytes]) -> bool:
    """Tell JSON lines from a document that spreads over lines, even if the first line is broken."""
    filled = [line.strip() for line in lines if line.strip()]
    if not filled or not filled[0].startswith(b"{"):
        return False
    return filled[0].endswith(b"}") or (len(filled) > 1 and filled[1].startswith(b"{"))


def _each_line(lines: list[bytes]) -> Iterator[RawEvent]:
    for number, line in enumerate(lines, 1):
        if body := line.strip():
            yield RawEvent(number, body)


def _each_document(text: str) -> Iterator[RawEvent]:
    """Yield each document of an array, or of a sequence; after one that is broken, the rest."""
    is_array = text.lstrip(_SPACE).startswith("[")
    between = _SPACE + ",[]" if is_array else _SPACE
    place = _skip(text, 0, between)
    while place < len(text):
        end = _end(text, place)
        yield _written(text, place, end)
        place = _skip(text, end, between)
    if is_array and not text.rstrip(_SPACE).endswith("]"):
        yield _written(text, len(text), len(text))  # The file was cut: no JSON stands here.


def _end(text: str, place: int) -> int:
    try:
        return json.JSONDecoder().raw_decode(text, place)[1]
    except (ValueError, RecursionError):
        return len(text)


def _written(text: str, place: int, end: int) -> RawEvent:
    body = text[place:end].encode("utf-8", errors="surrogateescape")
    return RawEvent(text.count("\n", 0, place) + 1, body)


def _skip(text: str, place: int, characters: str) -> int:
    while place < len(text) and text[place] in characters:
        place += 1
    return place


def _decode(written: RawEvent, bytes_max: int) -> Envelope:
    if len(written.body) > bytes_max:
        told = f"{len(written.body)} bytes, over the bound of {bytes_max}"
        raise _invalid("too_large", "", told)
    return decode(written.body)


def _reject_internal_event(event: Envelope, *, from_anyone: bool) -> None:
    spec = BY_TYPE[event.type]
    if spec.producer in INTERNAL_PRODUCERS and not from_anyone:
        told = f"{spec.name} is published by the services themselves; --any sends it nevertheless"
        raise _invalid("ours", "type", told)


def _reject_reused_id(
    event: Envelope, written: RawEvent, bodies: dict[tuple[str, str], tuple[int, str]]
) -> None:
    """Refuse another event under an id that the file used before; the same one again is fine."""
    digest = hashlib.sha256(written.body).hexdigest()
    line, known = bodies.setdefault((event.source, event.id), (written.line, digest))
    if known != digest:
        raise _invalid("id_reuse", "id", f"line {line} has this source and id with other content")


def _invalid(reason: str, path: str, message: str) -> InvalidMessage:
    return InvalidMessage(reason, (ShapeError(path=path, message=message),))


def _valid_event(event: Envelope, written: RawEvent) -> ValidEvent:
    name = BY_TYPE[event.type].name
    key = routing_key(name, getattr(event.data, "caf", None))
    return ValidEvent(written.line, written.body, event.id, name, key)
