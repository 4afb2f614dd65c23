"""The total-queue checker: of what was sent and derived, what is lost, doubled or unexpected."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.contracts.registry import BY_NAME
from tests.support.campaign import Calm
from tests.support.client import Event, name_of

PARTNER = "/elan/test"
Poison = Mapping[str, Counter[str]]
"""By service, the message ids of dead letters: each may come twice, after a late confirm."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What the wire shows against a run without faults: ids with the names of their events."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    published_again: int = 0
    gaps_of_log: int = 0


def without_times(bodies: Iterable[bytes]) -> Iterable[bytes]:
    """Yield events without their time: a service that was restored decides again, later."""
    for body in bodies:
        event = json.loads(body)
        yield json.dumps({name: value for name, value in event.items() if name != "time"}).encode()


def compare_traffic(
    bodies: Iterable[bytes], handled: Mapping[str, set[str]], calm: Calm
) -> Traffic:
    """Compare all bodies in the log, and the ids that services handled, with a run without faults.

    Lost: a consumer has not handled it, or it has none and is not in the log. Doubled: one id with
    two contents. Unexpected: an id or data that no run without faults has. A message that was
    published again with the same bytes is no fault, nor is a gap of the log, which the broker does
    not confirm.
    """
    expected = {event["id"]: event for event in calm.events}
    contents = _by_id(bodies)
    absent = {name: event for name, event in expected.items() if name not in contents}
    lost = [e for e in expected.values() if _is_lost(e, handled, absent)]
    return Traffic(
        lost=sorted(map(_label, lost)),
        doubled=sorted(name for name, copies in contents.items() if _is_doubled(copies)),
        unexpected=sorted(_unexpected(contents, expected)),
        published_again=sum(sum(copies.values()) - 1 for copies in contents.values()),
        gaps_of_log=len(absent.keys() - {event["id"] for event in lost}),
    )


def missing_dead_letters(actual: Poison, expected: Poison) -> list[str]:
    """Return the ids that were to be dead letters and are not, by service."""
    return _absent(expected, actual)


def healthy_dead_letters(actual: Poison, expected: Poison) -> list[str]:
    """Return the ids of dead letters that nobody made invalid, by service."""
    return _absent(actual, expected)


def _absent(some_ids: Poison, others: Poison) -> list[str]:
    return sorted(
        f"{service} {message}"
        for service, ids in some_ids.items()
        for message in ids
        if message not in others.get(service, ())
    )


def _is_lost(
    event: Event, handled: Mapping[str, set[str]], absent_from_log: Mapping[str, Event]
) -> bool:
    consumers = BY_NAME[name_of(event)].consumers
    if not consumers:
        return event["id"] in absent_from_log
    return not all(event["id"] in handled[consumer] for consumer in consumers)


def _is_doubled(copies: Counter[bytes]) -> bool:
    """Return whether a service gave one id to two contents; what partners do is theirs."""
    return len(copies) > 1 and any(json.loads(body).get("source") != PARTNER for body in copies)


def _by_id(bodies: Iterable[bytes]) -> dict[str, Counter[bytes]]:
    contents: defaultdict[str, Counter[bytes]] = defaultdict(Counter)
    for body in bodies:
        try:
            event = json.loads(body)
        except ValueError:
            continue  # A malformed message that the scenario sent.
        contents[str(event.get("id"))][body] += 1
    return dict(contents)


def _unexpected(
    contents: Mapping[str, Counter[bytes]], expected: Mapping[str, Event]
) -> Iterable[str]:
    for name, bodies in contents.items():
        event: dict[str, Any] = json.loads(next(iter(bodies)))
        if event.get("source") == PARTNER or name_of(event) == "MessageRefused":
            continue  # What was sent, and the answers to poison, which dead letters count.
        calm = expected.get(name)
        if calm is None or calm["data"] != event["data"]:
            yield _label(event)


def _label(event: Event) -> str:
    return f"{name_of(event)} {event['id']}"
