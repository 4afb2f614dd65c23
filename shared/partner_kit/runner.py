"""Playing the samples in order on a system, whoever publishes: its answers found and compared.

An answer belongs to the message that caused it, however far: `causationid` names the message
that an event answers, `sha256` the one that could not be read.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from shared.contracts.registry import BY_NAME
from shared.kernel.ports import IncomingMessage
from shared.partner_kit.diff import differences, missing_answers, name_of
from shared.partner_kit.sample import CAF, RUN, Document, Sample, at

PACE_S = 0.02
SILENT_MAX = 3
"""So many samples in a row without any answer, and the system is not there to be asked."""


class Exchange(Protocol):
    """A publisher on the exchange of events, and an ear."""

    async def send(self, body: bytes, routing_key: str, message_id: str) -> None:
        """Publish a message, and return once the broker has it."""
        ...

    def received(self) -> Sequence[IncomingMessage]:
        """Return every event that passed since it joined, in order."""
        ...

    async def settle(self) -> None:
        """Return once nothing more is to be expected."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the kit: the word that its ids begin with, its Caf, its patience in seconds."""

    prefix: str
    caf: str = CAF
    timeout_s: float = 10.0


@dataclass(slots=True)
class Outcome:
    """What came of a sample: its answers, how they differ, or why it was not sent."""

    sample: Sample
    received: list[Document] = field(default_factory=list)
    not_sent: str = ""

    @property
    def faults(self) -> list[str]:
        """All that is wrong, in French; none means that it conforms."""
        if self.not_sent:
            return [self.not_sent]
        return differences(self.sample.expected, self.received)


async def play(
    samples: Sequence[Sample], exchange: Exchange, run: Run, tell: Callable[[], None]
) -> list[Outcome]:
    """Send each sample once the one before is answered, and return what came of each.

    `tell` is called after each. After `SILENT_MAX` unanswered ones in a row the rest is not sent.
    """
    ear, silent = _AnswerCollector(exchange), 0
    outcomes = [Outcome(sample) for sample in samples]
    for outcome in outcomes:
        if silent == SILENT_MAX:
            outcome.not_sent = "pas envoyé : le système ne répond plus"
        else:
            silent = silent + 1 if await _send(outcome, outcomes, ear, run) else 0
        tell()
    await exchange.settle()
    ear.sort_out()
    return outcomes


async def _send(
    outcome: Outcome, outcomes: list[Outcome], ear: "_AnswerCollector", run: Run
) -> bool:
    """Send a sample and wait for its answers; tell whether it stayed without any."""
    sample = outcome.sample
    try:
        taken = {
            each.path: _taken(each.sample, each.event, each.value, outcomes)
            for each in sample.takes
        }
    except LookupError as fault:
        outcome.not_sent = f"pas envoyé : il prend une valeur d’une réponse qui manque ({fault})"
        return False
    body = of_run(sample.bytes(taken), run)
    ear.expect(body, outcome)
    key = _of_caf(sample.routing_key, run)
    await ear.exchange.send(body, key, sample.properties.message_id.replace(RUN, run.prefix))
    await _answered(outcome, ear, run.timeout_s)
    return bool(sample.expected.answers) and sample.expected.once is None and not outcome.received


async def _answered(outcome: Outcome, ear: "_AnswerCollector", timeout_s: float) -> None:
    deadline = asyncio.get_running_loop().time() + timeout_s
    expected = outcome.sample.expected
    while (
        missing_answers(expected, outcome.received) and asyncio.get_running_loop().time() < deadline
    ):
        await asyncio.sleep(PACE_S)
        ear.sort_out()


def of_run(body: bytes, run: Run) -> bytes:
    """Return the bytes of a sample with the word and the Caf of this run."""
    body = body.replace(RUN.encode(), run.prefix.encode())
    return body.replace(f'"{CAF}"'.encode(), f'"{run.caf}"'.encode())


def _of_caf(routing_key: str, run: Run) -> str:
    event, _, last = routing_key.rpartition(".")
    return f"{event}.{run.caf if last == CAF else last}"


def _taken(sample: str, event: str, value: str, outcomes: list[Outcome]) -> Any:
    for outcome in outcomes:
        for answer in outcome.received if outcome.sample.name == sample else ():
            if name_of(answer) == event:
                return at(answer, value)
    msg = f"{event} de « {sample} »"
    raise LookupError(msg)


class _AnswerCollector:
    """Sorts what is heard by the sample that caused it."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self._listened = 0
        self._by_id: dict[str, Outcome] = {}
        self._by_sha256: dict[str, Outcome] = {}
        self._later: list[Document] = []

    def expect(self, body: bytes, outcome: Outcome) -> None:
        """Note that a message of a sample is about to be sent."""
        self._by_sha256.setdefault(hashlib.sha256(body).hexdigest(), outcome)
        if isinstance(event_id := _parsed(body).get("id"), str):
            self._by_id.setdefault(event_id, outcome)

    def sort_out(self) -> None:
        """Give each new event to its sample; what came before its cause waits for it."""
        heard = self.exchange.received()
        new = [_parsed(each.body) for each in heard[self._listened :]]
        self._listened = len(heard)
        waiting, self._later = [*self._later, *filter(_answers, new)], []
        for event in waiting:
            if outcome := self._cause(event):
                self._by_id.setdefault(str(event.get("id")), outcome)
                if event not in outcome.received and not _internal(event):
                    outcome.received.append(event)
            elif event.get("correlationid") in self._by_id:
                self._later.append(event)

    def _cause(self, event: Document) -> Outcome | None:
        if name_of(event) == "MessageRefused":
            return self._by_sha256.get(str(event["data"].get("sha256")))
        return self._by_id.get(str(event.get("causationid")))


def _answers(event: Document) -> bool:
    """Tell an answer from a request, and from what cannot be read."""
    said = str(event.get("source")).startswith("/clas/") and isinstance(event.get("data"), dict)
    return said and name_of(event) in BY_NAME


def _internal(event: Document) -> bool:
    return BY_NAME[name_of(event)].internal


def _parsed(body: bytes) -> Document:
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
