"""Dead letters as text: summary, reason, headers, body, and the verdict of the service now."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from shared.contracts.event_file import event_name
from shared.kernel.inbound import parse
from shared.kernel.settings import Settings
from shared.rabbitmq.dead_letter_queue import DeadLetter

HEX_BYTES_MAX = 4_096
HEX_WIDTH = 16
DETAILED_HEADERS = ("clas-errors",)
"""Headers that are shown in a form of their own."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A dead letter: `replay` counts its replays, `error` is the first one recorded.

    `verdict_now` says whether the service would accept the message now.
    """

    service: str
    id: str
    event: str
    reason: str
    replay: int
    error: str
    verdict_now: str


@dataclass(frozen=True, slots=True)
class DeadLettersDocument:
    """The dead letters of one service or of all, oldest first; `count` before --limit.

    At most the 2,000 oldest of each service are looked at.
    """

    count: int
    dead_letters: tuple[Summary, ...]


def summarise(letter: DeadLetter, service: str, settings: Settings) -> Summary:
    """Return the summary of a letter."""
    errors = errors_of(letter)
    return Summary(
        service=service,
        id=letter.id,
        event=event_name(letter.body),
        reason=letter.reason,
        replay=letter.replay,
        error=errors[0] if errors else "",
        verdict_now=verdict_now(letter, service, settings),
    )


def verdict_now(letter: DeadLetter, service: str, settings: Settings) -> str:
    """Return whether the message, read now, would fit the contract."""
    fault = parse(letter.redrive_message(), service, settings.body_bytes_max).fault
    return f"refused again: {fault.reason}" if fault else "fits the contract"


def errors_of(letter: DeadLetter) -> list[str]:
    """Return the errors recorded by the service, one line each."""
    try:
        errors = orjson.loads(str(letter.headers.get("clas-errors", "[]")))
        return [f"{each['path']}: {each['message']}".removeprefix(": ") for each in errors]
    except (ValueError, KeyError, TypeError):  # The header is not ours.
        return [str(letter.headers["clas-errors"])]


def headers_of(letter: DeadLetter) -> list[tuple[str, str]]:
    """Return the other headers, sorted."""
    return sorted((k, str(v)) for k, v in letter.headers.items() if k not in DETAILED_HEADERS)


def body_of(body: bytes) -> Iterable[str]:
    """Yield the lines of a body: indented JSON, else its first bytes in hexadecimal."""
    document = _parsed(body)
    if document is not None:
        yield from json.dumps(document, indent=2, ensure_ascii=False).splitlines()
        return
    for place in range(0, min(len(body), HEX_BYTES_MAX), HEX_WIDTH):
        row = body[place : place + HEX_WIDTH]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)  # noqa: PLR2004
        yield f"{place:06x}  {row.hex(' '):<{3 * HEX_WIDTH}} {text}"
    if len(body) > HEX_BYTES_MAX:
        yield f"… {len(body) - HEX_BYTES_MAX} more bytes"


def matching_ids(id_prefix: str, ids: Sequence[str]) -> list[str]:
    """Return the id that equals a prefix, else those that begin with it."""
    return [id_prefix] if id_prefix in ids else [each for each in ids if each.startswith(id_prefix)]


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def shortened(text: str, length_max: int = 120) -> str:
    """Return a text, shortened when it is long."""
    return text if len(text) <= length_max else f"{text[: length_max - 1]}…"
