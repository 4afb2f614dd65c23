"""The committed sample campaign, ready to be played."""

import json
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby

from services.cli.demo.phases import ATTRIBUTE, PHASES, Phase
from shared.contracts.envelope import routing_key
from shared.contracts.registry import TYPE_PREFIX
from shared.kernel.messages import OutgoingMessage

FILE = "campaign-76-2025-2026.jsonl"
CAF = "761"
SCHOOL_YEAR = "2025-2026"


@dataclass(frozen=True, slots=True)
class Batch:
    """What is published together: one phase, and its messages in order."""

    phase: Phase
    messages: tuple[OutgoingMessage, ...]


def campaign() -> tuple[Batch, ...]:
    """Return the sample campaign, phase by phase."""
    phases = {phase.name: phase for phase in PHASES}
    text = files("services.cli.demo").joinpath(FILE).read_text(encoding="utf-8")
    events = [(json.loads(line), line) for line in text.splitlines()]
    return tuple(
        Batch(phases[name], tuple(_outgoing(event, line) for event, line in lines))
        for name, lines in groupby(events, key=_phase)
    )


def _phase(event: tuple[dict[str, str], str]) -> str:
    return event[0][ATTRIBUTE]


def _outgoing(event: dict[str, str], line: str) -> OutgoingMessage:
    """Return the message of a line: the line is the body, key and id are those of its event."""
    name = event["type"].removeprefix(TYPE_PREFIX).removesuffix(".v1")
    return OutgoingMessage(id=event["id"], routing_key=routing_key(name, CAF), body=line.encode())
