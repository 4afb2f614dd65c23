"""A stored decision, decided again from its receipt alone: what differs, if anything does.

Pure: what is not in the record or in the service's table has no part in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Literal, NamedTuple

import orjson

from shared.contracts.envelope import InvalidMessageError, decode
from shared.kernel import rules
from shared.kernel.effective_dated import ParameterRead
from shared.kernel.messages import LEGACY, MessageRecord, OutgoingMessage, Receipt
from shared.kernel.parameters import recorded
from shared.kernel.receipts import DecisionResult, Document, inputs_from_receipt, sha256
from shared.kernel.service import Service
from shared.kernel.unit_of_work import run_decision

NONE = "nothing"
RELEASE = version("clas")
WITHOUT_VALUES = "0.3.0"
"""The release whose findings had no observed and expected value, and some refusals no finding."""
Parts = Mapping[str, str]
"""What is compared, by name."""
What = Literal["body", "receipt", "parameter", "step", "state", "output", "program"]


class Difference(NamedTuple):
    """What is not as it was: the part of the record, its name, as stored and as computed now."""

    what: What
    name: str
    stored: str
    now: str


def by_another_release(record: MessageRecord, differences: Sequence[Difference]) -> bool:
    """Return whether a decision differs only because another release took it.

    A receipt is judged by the release that wrote it: its rules may have been others. Bytes that do
    not have their hash are tampered with, whatever release wrote them.
    """
    if record.receipt is None or any(each.what in {"body", "receipt"} for each in differences):
        return False
    try:
        return bool(orjson.loads(record.receipt.content)["rules"]["program"] != RELEASE)
    except (ValueError, LookupError, TypeError):
        return False


@dataclass(frozen=True, slots=True)
class Replay:
    """Decides the records of one service again."""

    service: Service
    parameters: Any
    reads: dict[ParameterRead, None]

    @classmethod
    def of(cls, service: Service) -> "Replay":
        """Return the replay of a service, with its parameters and rules of today."""
        reads: dict[ParameterRead, None] = {}
        return cls(service, recorded(service.parameters, reads), reads)

    def differences(self, record: MessageRecord) -> tuple[Difference, ...]:
        """Return all that differs; nothing for a message that was refused and never decided."""
        if record.outcome != "decided":
            return ()
        return tuple(self._compared(record))

    def _compared(self, record: MessageRecord) -> Iterator[Difference]:
        body, receipt = record.body, record.receipt
        if receipt is None or body is None:
            missing = "receipt" if receipt is None else "body"
            yield Difference("receipt", missing, "missing", "needed to decide again")
            return
        yield from _tampered(record, body, receipt)
        try:
            document = orjson.loads(receipt.content)
            result = self._decide(record, body, document)
            differences = tuple(_compare_parts(record, document, result))
        except InvalidMessageError as fault:
            errors = "; ".join(f"{each.path}: {each.message}" for each in fault.errors)
            yield Difference("program", "contract", "could read the message", errors)
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is not what was decided
            yield Difference("program", "decision", "decided", f"{type(fault).__name__}: {fault}")
        else:
            yield from differences

    def _decide(self, record: MessageRecord, body: bytes, document: Document) -> DecisionResult:
        inputs = inputs_from_receipt(document, self.service)
        return run_decision(
            self.service,
            record.handled_at,
            decode(body),
            inputs,
            parameters=self.parameters,
            reads=self.reads,
        )


def _tampered(record: MessageRecord, body: bytes, receipt: Receipt) -> Iterator[Difference]:
    """Compare each part with the hash that was taken of it."""
    yield from _differing("receipt", {"hash": receipt.hash}, {"hash": sha256(receipt.content)})
    yield from _differing("body", {"hash": record.sha256}, {"hash": sha256(body)})


def _compare_parts(
    record: MessageRecord, document: Document, result: DecisionResult
) -> Iterator[Difference]:
    """Compare what was decided with what is decided now, part by part."""
    message = {"message": document["message"]}
    principal = {"principal": document.get("principal", LEGACY)}
    hashes = {each["id"]: each["sha256"] for each in document["outputs"]}
    yield from _differing("receipt", message, {"message": record.sha256})
    yield from _differing("receipt", principal, {"principal": record.key.principal})
    yield from _differing("receipt", hashes, {e.id: sha256(e.body) for e in record.outputs})
    read, read_now = _values(document["read"]), _values_now(result.reads)
    steps, steps_now = document["steps"], [rules.document(f) for f in result.decision.findings]
    if document["rules"]["program"] == WITHOUT_VALUES:
        steps_now = _as_in_0_3_0(steps, steps_now)
        steps = [_without_values(step) for step in steps]
    yield from _differing("parameter", read, read_now)
    yield from _differing("step", _steps(steps), _steps(steps_now))
    yield from _differing("state", _states(document["after"]), _states_now(result))
    yield from _differing("output", _output_texts(record.outputs), _output_texts(result.outputs))


def _differing(what: What, stored: Parts, now: Parts) -> Iterator[Difference]:
    for name in dict.fromkeys((*stored, *now)):
        if stored.get(name) != now.get(name):
            yield Difference(what, name, stored.get(name, NONE), now.get(name, NONE))


def _values(read: Sequence[Document]) -> Parts:
    return {f"{e['name']} {e['asked']}": f"{e['dated']}: {_text(e['value'])}" for e in read}


def _values_now(read: Sequence[ParameterRead]) -> Parts:
    return {f"{e.name} {e.year}": f"{e.start_year}: {_text(orjson.loads(e.value))}" for e in read}


def _steps(steps: Sequence[Document]) -> Parts:
    return {f"{rank} {each['rule']}": _text(each) for rank, each in enumerate(steps, 1)}


def _as_in_0_3_0(stored: Sequence[Document], now: Sequence[Document]) -> list[Document]:
    """Return findings as that release recorded them: without values, of some refusals none."""
    if not stored and all(step["outcome"] == "breach" for step in now):
        return []
    return [_without_values(step) for step in now]


def _without_values(step: Document) -> Document:
    """Return a finding without what was observed and expected."""
    return {name: value for name, value in step.items() if name not in {"observed", "expected"}}


def _states(after: Sequence[Document]) -> Parts:
    return {f"{e['collection']} {e['id']}": f"{e['version']}, {e['sha256']}" for e in after}


def _states_now(result: DecisionResult) -> Parts:
    return {
        f"{each.model.collection} {each.key}": f"{each.version}, {sha256(each.content or b'')}"
        for each in result.written
    }


def _output_texts(outputs: Sequence[OutgoingMessage]) -> Parts:
    return {
        event.id: f"{event.routing_key} {event.subject} {event.body.decode(errors='replace')}"
        for event in outputs
    }


def _text(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
