"""Runs the samples in order against a system, and compares its answers with the expected ones.

An answer belongs to the sample that caused it, directly or not: `causationid` names the message
that an event answers, `sha256` the body of a refused message.
"""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from shared.contracts.registry import BY_NAME
from shared.examples.changes import value_at
from shared.kernel.messages import IncomingMessage
from shared.partner_kit.diff import differences, missing_answers, name_of
from shared.partner_kit.sample import CAF, RUN, Document, Sample

POLL_INTERVAL_S = 0.02
UNANSWERED_MAX = 3
"""After this many samples in a row without any answer, the rest is not sent."""


class Exchange(Protocol):
    """Publishes to the exchange of events, and receives every event."""

    async def send(self, body: bytes, routing_key: str, message_id: str) -> None:
        """Publish a message, and return once the broker has confirmed it."""
        ...

    def received(self) -> Sequence[IncomingMessage]:
        """Return every event since the exchange was opened, in order."""
        ...

    async def settle(self) -> None:
        """Return once no more events are expected."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the kit: the prefix of its ids, its Caf, its timeout for each answer."""

    prefix: str
    caf: str = CAF
    timeout_s: float = 10.0


@dataclass(slots=True)
class Outcome:
    """The outcome of a sample: the answers received, or why it was not sent."""

    sample: Sample
    received: list[Document] = field(default_factory=list)
    not_sent: str = ""

    @property
    def faults(self) -> list[str]:
        """The differences from the expected answers, none when it conforms."""
        if self.not_sent:
            return [self.not_sent]
        return differences(self.sample.expected, self.received)


def dead_letters_left(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Return how many dead letters a run leaves, by service, sorted."""
    sent = (outcome.sample.expected for outcome in outcomes if not outcome.not_sent)
    queues = Counter(expected.dead_letters for expected in sent if expected.dead_letters)
    return {queue.split(".")[1]: queues[queue] for queue in sorted(queues)}


async def play(
    samples: Sequence[Sample], exchange: Exchange, run: Run, progress: Callable[[], None]
) -> list[Outcome]:
    """Send each sample after the answers to the one before, and return the outcomes.

    `progress` is called after each sample. After `UNANSWERED_MAX` unanswered samples in a row the
    rest is not sent.
    """
    collector, unanswered = AnswerCollector(exchange), 0
    outcomes = [Outcome(sample) for sample in samples]
    for outcome in outcomes:
        if unanswered == UNANSWERED_MAX:
            outcome.not_sent = "not sent: the system no longer answers"
        else:
            unanswered = unanswered + 1 if await _send(outcome, outcomes, collector, run) else 0
        progress()
    await exchange.settle()
    collector.collect()
    return outcomes


async def _send(
    outcome: Outcome, outcomes: list[Outcome], collector: "AnswerCollector", run: Run
) -> bool:
    """Send a sample and wait for its answers; return whether none came though expected."""
    sample = outcome.sample
    try:
        captured = {
            capture.path: _captured_value(capture.sample, capture.event, capture.value, outcomes)
            for capture in sample.takes
        }
    except LookupError as fault:
        outcome.not_sent = f"not sent: it takes a value from an answer that is missing ({fault})"
        return False
    body = body_of_run(sample.bytes(captured), run)
    collector.expect(body, outcome)
    key = _key_of_run(sample.routing_key, run)
    await collector.exchange.send(body, key, sample.properties.message_id.replace(RUN, run.prefix))
    await _wait_for_answers(outcome, collector, run.timeout_s)
    return bool(sample.expected.answers) and sample.expected.once is None and not outcome.received


async def _wait_for_answers(
    outcome: Outcome, collector: "AnswerCollector", timeout_s: float
) -> None:
    deadline = asyncio.get_running_loop().time() + timeout_s
    expected = outcome.sample.expected
    while (
        missing_answers(expected, outcome.received) and asyncio.get_running_loop().time() < deadline
    ):
        await asyncio.sleep(POLL_INTERVAL_S)
        collector.collect()


def body_of_run(body: bytes, run: Run) -> bytes:
    """Return the body of a sample with the prefix and the Caf of this run."""
    body = body.replace(RUN.encode(), run.prefix.encode())
    return body.replace(f'"{CAF}"'.encode(), f'"{run.caf}"'.encode())


def _key_of_run(routing_key: str, run: Run) -> str:
    event, _, last = routing_key.rpartition(".")
    return f"{event}.{run.caf if last == CAF else last}"


def _captured_value(sample: str, event: str, value: str, outcomes: list[Outcome]) -> Any:
    for outcome in outcomes:
        for answer in outcome.received if outcome.sample.name == sample else ():
            if name_of(answer) == event:
                return value_at(answer, value)
    msg = f"{event} of {sample!r}"
    raise LookupError(msg)


class AnswerCollector:
    """Assigns received events to the samples that caused them."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self._read_count = 0
        self._by_id: dict[str, Outcome] = {}
        self._by_sha256: dict[str, Outcome] = {}
        self._waiting: list[Document] = []

    def expect(self, body: bytes, outcome: Outcome) -> None:
        """Register a body that is about to be sent for a sample."""
        self._by_sha256.setdefault(hashlib.sha256(body).hexdigest(), outcome)
        if isinstance(event_id := _parsed(body).get("id"), str):
            self._by_id.setdefault(event_id, outcome)

    def collect(self) -> None:
        """Assign new events to their samples; one that arrives before its cause waits for it."""
        received = self.exchange.received()
        new = [_parsed(each.body) for each in received[self._read_count :]]
        self._read_count = len(received)
        waiting, self._waiting = [*self._waiting, *filter(_is_answer, new)], []
        for event in waiting:
            if outcome := self._cause(event):
                self._by_id.setdefault(str(event.get("id")), outcome)
                if event not in outcome.received and not _is_internal(event):
                    outcome.received.append(event)
            elif event.get("correlationid") in self._by_id:
                self._waiting.append(event)

    def _cause(self, event: Document) -> Outcome | None:
        if name_of(event) == "MessageRefused":
            return self._by_sha256.get(str(event["data"].get("sha256")))
        return self._by_id.get(str(event.get("causationid")))


def _is_answer(event: Document) -> bool:
    """Return whether an event is an answer of a service."""
    from_service = str(event.get("source")).startswith("/clas/") and isinstance(
        event.get("data"), dict
    )
    return from_service and name_of(event) in BY_NAME


def _is_internal(event: Document) -> bool:
    return BY_NAME[name_of(event)].internal


def _parsed(body: bytes) -> Document:
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
