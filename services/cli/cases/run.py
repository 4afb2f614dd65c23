"""Run a case with the production decisions, in process, and compare it with its expectations."""

import json
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from services.accounting.service import SERVICE as ACCOUNTING
from services.cli.cases import examples
from services.cli.cases.answer_details import Answers
from services.cli.cases.given import Event, events
from services.cli.cases.mapping import CaseError, Document, as_mapping, as_written, lookup
from services.cli.cases.then import QUESTIONS, PublishedEvent, observed
from services.eligibility.service import SERVICE as ELIGIBILITY
from services.funding.service import SERVICE as FUNDING
from services.submission.service import SERVICE as SUBMISSION
from shared.contracts.envelope import InvalidMessageError, decode_at_intake, routing_key
from shared.contracts.registry import BY_NAME, BY_TYPE
from shared.kernel.memory.system import MemorySystem, running
from shared.kernel.messages import OutgoingMessage
from shared.kernel.settings import Settings
from shared.yaml import RepeatedKeyError, YamlError, read_yaml

Case = Mapping[str, Any]
PARTS = ("nom", "période", "règles", "étant donné", "ensuite", "attendu")
SERVICES = (SUBMISSION, ELIGIBILITY, FUNDING, ACCOUNTING)
INTERNAL_SOURCE = "/clas/"
UNORDERED = {"écritures", "à examiner", "dérogations accordées"}
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
SCHOOL_YEAR = re.compile(r"20\d\d-20\d\d")
AMOUNT = re.compile(r"-?[\d ]+([,.]\d\d)?")


def load(file: Path) -> Case:
    """Return a case from its file.

    Raises:
        OSError: when it cannot be read.
        CaseError: when it is no YAML, or lacks its name, its period or its expected results.
    """
    try:
        case = as_mapping(read_yaml(file), file.name)
    except YamlError as fault:
        msg = f"{file.name} : {_yaml_text(fault)}"
        raise CaseError(msg) from fault
    for part in case:
        lookup(dict.fromkeys(PARTS), part, file.name)
    if lacking := [part for part in ("nom", "période", "attendu") if not case.get(part)]:
        msg = f"{file.name} : il manque {', '.join(lacking)}"
        raise CaseError(msg)
    if not SCHOOL_YEAR.fullmatch(str(case["période"])):
        msg = f"{file.name}, période : une année scolaire s’écrit 2025-2026"
        raise CaseError(msg)
    return case


async def differences(case: Case, settings: Settings | None = None) -> list[str]:
    """Run a case; return a French sentence for each answer that is not as expected.

    Raises:
        CaseError: when a part of the case has no meaning.
    """
    expected = as_mapping(case["attendu"], "attendu")
    for question in expected:
        lookup(dict.fromkeys(QUESTIONS), question, "attendu")
    return list(compare(expected, await answers(case, settings)))


async def answers(case: Case, settings: Settings | None = None) -> Answers:
    """Run a case; return the answers of the services, by question.

    Raises:
        CaseError: when a part of the case has no meaning.
    """
    async with run_events(events(case), settings) as system:
        published = _published(system)
    return observed(published, examples.DOSSIER_ID, str(case["période"]))


@asynccontextmanager
async def run_events(
    requests: Iterable[Event], settings: Settings | None = None
) -> AsyncIterator[MemorySystem]:
    """Yield a system that handled these events, each before the next one was sent.

    Raises:
        CaseError: when an event breaks the contract, or a service cannot handle it.
    """
    messages = [_message(number, *event) for number, event in enumerate(requests)]
    async with running(SERVICES, settings or Settings()) as system:
        for message in messages:
            system.broker.publish(message)
            await system.wait_until_idle()
        _expect_all_handled(system)
        yield system


def compare(
    expected: Mapping[str, Any], actual: Mapping[str, Any], where: str = ""
) -> Iterator[str]:
    """Yield the differences, question by question; only expected questions are compared."""
    for question, value in expected.items():
        name = f"{where}{question}"
        answer = actual.get(question)
        if isinstance(value, Mapping) and isinstance(answer, Mapping) and value:
            yield from compare({str(key): item for key, item in value.items()}, answer, f"{name}, ")
        elif _plain(value, question) != _plain(answer, question):
            yield f"{name} : attendu {as_written(value)}, obtenu {as_written(answer)}"


def _yaml_text(fault: YamlError) -> str:
    place = f"ligne {fault.line}, colonne {fault.column}"
    if isinstance(fault, RepeatedKeyError):
        line, column = fault.first
        return f"« {fault.key} » est écrit deux fois, ligne {line}, colonne {column} puis {place}"
    return f"ce n’est pas du YAML en UTF-8 ({place})"


def _message(number: int, name: str, data: Document) -> OutgoingMessage:
    """Return an event as its producer would send it, checked against the contract."""
    event_id = f"cas-{number}"
    event = {
        "specversion": "1.0",
        "id": event_id,
        "source": "/cas",
        "type": BY_NAME[name].type,
        "time": (FIRST + timedelta(minutes=number)).isoformat(),
        "datacontenttype": "application/json",
        "data": data,
    }
    body = json.dumps(event).encode()
    try:
        decode_at_intake(body)
    except InvalidMessageError as fault:
        errors = "; ".join(f"{error.path} {error.message}" for error in fault.errors)
        msg = f"{name} : le contrat refuse cet événement ({errors})"
        raise CaseError(msg) from fault
    return OutgoingMessage(id=event_id, routing_key=routing_key(name, data.get("caf")), body=body)


def _expect_all_handled(system: MemorySystem) -> None:
    for service in system.stores:
        for dead_letter in system.broker.dead_letters(service):
            msg = f"{service} n’a pas su traiter {dead_letter.routing_key}"
            raise CaseError(msg)


def _published(system: MemorySystem) -> list[PublishedEvent]:
    events = [json.loads(each.body) for each in system.broker.log]
    return [
        (BY_TYPE[event["type"]].name, event["data"])
        for event in events
        if event["source"].startswith(INTERNAL_SOURCE)
    ]


def _plain(value: Any, question: str = "") -> Any:
    """Return a value in a form where notations of one amount are equal: 9000, « 9 000,00 »."""
    if isinstance(value, list):
        plain = [_plain(each) for each in value]
        return sorted(plain, key=str) if question in UNORDERED else plain
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    text = re.sub(r"\s", " ", as_written(value)).strip()
    if AMOUNT.fullmatch(text):
        return Decimal(text.replace(" ", "").replace(",", "."))
    return text
