"""Every stored decision can be decided again from its record alone, and any change shows."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from shared.contracts.caf import ConventionSigned
from shared.kernel.decision import Decision, Message, States
from shared.kernel.effective_dated import ByStartYear
from shared.kernel.memory.system import MemorySystem, running
from shared.kernel.messages import MessageRecord, Receipt
from shared.kernel.receipts import sha256
from shared.kernel.replay import Difference, Replay, by_another_release
from shared.kernel.service import Handler, Service
from shared.kernel.settings import Settings
from tests.support.campaign import Campaign, play
from tests.support.client import MemoryClient
from tests.support.services import ALL, ELIGIBILITY, FUNDING
from tests.unit.kernel.bench import TOY, Bench, count, reads

SERVICES = {service.name: service for service in ALL}


async def campaign() -> MemorySystem:
    """Play a whole campaign, closings included."""
    async with running(ALL, Settings()) as system:
        await play(MemoryClient(system), Campaign(dossiers=12), system.wait_until_idle)
    return system


def records(system: MemorySystem, service: str) -> list[MessageRecord]:
    return list(system.stores[service].records.values())


def differences(system: MemorySystem) -> Iterator[Difference]:
    for name in system.stores:
        replay = Replay.of(SERVICES[name])
        for record in records(system, name):
            yield from replay.differences(record)


def granted(system: MemorySystem) -> MessageRecord:
    """Return the record of one grant priced by funding."""
    key = "AgrementGranted.v1.761"
    return next(each for each in records(system, "funding") if each.routing_key == key)


def differing_parts(service: Service, record: MessageRecord) -> set[tuple[str, str]]:
    return {(each.what, each.name) for each in Replay.of(service).differences(record)}


async def test_no_decision_of_a_campaign_differs() -> None:
    system = await campaign()

    assert sum(len(records(system, name)) for name in SERVICES) > 100
    assert list(differences(system)) == []


async def test_a_changed_parameter_is_named_with_both_values() -> None:
    system = await campaign()
    parameters = FUNDING.parameters
    shares = {
        year: share.model_copy(update={"ps": Decimal("0.30")})
        for year, share in parameters.shares.values.items()
    }
    changed = replace(FUNDING, parameters=replace(parameters, shares=ByStartYear("shares", shares)))
    differences = Replay.of(changed).differences(granted(system))

    (value,) = (each for each in differences if each.what == "parameter")
    assert value.name == "shares 2025"
    assert '"ps":"0.325"' in value.stored
    assert '"ps":"0.30"' in value.now
    assert {"state", "output"} <= {each.what for each in differences}


def counted_twice(message: Message[ConventionSigned], states: States, nothing: None) -> Decision:
    """Decide as it was never decided before."""
    decision = count(message, states, nothing)
    return replace(decision, states=tuple(s.with_changes(count=7) for s in decision.states))


def silent(message: Message[ConventionSigned], states: States, nothing: None) -> Decision:
    return replace(count(message, states, nothing), events=())


def failing(_message: Message[ConventionSigned], _states: States, _nothing: None) -> Decision:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("rule", "what"),
    [(counted_twice, {"state"}), (silent, {"output"}), (failing, {"program"})],
)
async def test_changed_code_shows_in_what_it_decides(
    rule: Callable[..., Decision], what: set[str]
) -> None:
    async with Bench().working() as bench:
        bench.send("D-1")
    (record,) = bench.store.store.records.values()
    changed = Service("funding", (Handler(ConventionSigned, reads, rule),), TOY.states)

    assert Replay.of(TOY).differences(record) == ()
    assert {each.what for each in Replay.of(changed).differences(record)} == what


async def test_a_tampered_body_shows_though_it_still_gives_the_same() -> None:
    record = granted(await campaign())
    assert record.body is not None
    spaced = replace(record, body=record.body + b" ")

    assert differing_parts(FUNDING, spaced) == {("body", "hash")}


async def test_another_principal_than_the_receipt_names_shows() -> None:
    record = granted(await campaign())

    assert differing_parts(FUNDING, replace(record, key=record.key.legacy)) == {
        ("receipt", "principal")
    }


async def test_a_receipt_of_form_1_is_replayed_as_it_is() -> None:
    record = granted(await campaign())
    assert record.receipt is not None
    head = b'{"form":2,"principal":"development",'
    assert record.receipt.content.startswith(head)
    content = b"{" + record.receipt.content.removeprefix(head)
    legacy = replace(record, key=record.key.legacy, receipt=Receipt(content, sha256(content)))

    assert differing_parts(FUNDING, legacy) == set()
    assert differing_parts(FUNDING, replace(legacy, key=record.key)) == {("receipt", "principal")}


async def test_a_tampered_amount_in_an_output_shows() -> None:
    record = granted(await campaign())
    (output,) = record.outputs
    dearer = replace(output, body=output.body.replace(b'"2758.25"', b'"2758.26"'))
    assert dearer != output

    assert differing_parts(FUNDING, replace(record, outputs=(dearer,))) == {
        ("receipt", output.id),
        ("output", output.id),
    }


async def test_an_output_taken_away_shows() -> None:
    record = granted(await campaign())
    (output,) = record.outputs

    assert ("output", output.id) in differing_parts(FUNDING, replace(record, outputs=()))


async def test_a_tampered_receipt_shows_by_its_hash_and_by_what_it_gives() -> None:
    record = granted(await campaign())
    assert record.receipt is not None
    content = record.receipt.content.replace(b'"8487.00"', b'"8488.00"')
    forged = Receipt(content, record.receipt.hash)
    signed = Receipt(content, sha256(content))

    assert ("receipt", "hash") in differing_parts(FUNDING, replace(record, receipt=forged))
    assert ("parameter", "baremes 2025") in differing_parts(
        FUNDING, replace(record, receipt=signed)
    )


def _without_input(document: dict[str, Any]) -> None:
    document["inputs"] = document["inputs"][1:]


def _with_unknown_collection(document: dict[str, Any]) -> None:
    document["inputs"][0]["collection"] = "nowhere"


def _without_steps(document: dict[str, Any]) -> None:
    del document["steps"]


@pytest.mark.parametrize("spoil", [_without_input, _with_unknown_collection, _without_steps])
async def test_a_receipt_that_cannot_be_read_is_told_not_raised(
    spoil: Callable[[dict[str, Any]], None],
) -> None:
    record = granted(await campaign())
    assert record.receipt is not None
    document = orjson.loads(record.receipt.content)
    spoil(document)
    content = orjson.dumps(document)

    assert differing_parts(FUNDING, replace(record, receipt=Receipt(content, sha256(content)))) == {
        ("program", "decision")
    }


async def test_a_body_that_breaks_the_contract_of_today_is_told() -> None:
    record = granted(await campaign())

    assert ("program", "contract") in differing_parts(FUNDING, replace(record, body=b"{}"))


async def test_another_instant_shows_in_the_events() -> None:
    record = granted(await campaign())
    later = replace(record, handled_at=record.handled_at + timedelta(milliseconds=1))

    assert {what for what, _ in differing_parts(FUNDING, later)} == {"output"}


@pytest.mark.parametrize("part", ["receipt", "body"])
async def test_a_decision_without_its_receipt_or_body_differs(part: str) -> None:
    record = granted(await campaign())
    missing: Any = {part: None}

    assert differing_parts(FUNDING, replace(record, **missing)) == {("receipt", part)}


async def test_a_message_that_was_refused_is_not_a_decision() -> None:
    async with Bench().working() as bench:
        bench.publish(b"not json")
    (record,) = bench.store.store.records.values()

    assert Replay.of(TOY).differences(record) == ()


def written_by(record: MessageRecord, program: str) -> MessageRecord:
    """Return a record whose receipt another release wrote, its hashes right."""
    assert record.receipt is not None
    document = orjson.loads(record.receipt.content)
    document["rules"]["program"] = program
    content = orjson.dumps(document)
    return replace(record, receipt=Receipt(content, sha256(content)))


async def test_a_decision_of_another_release_is_judged_apart() -> None:
    parameters = FUNDING.parameters
    shares = {
        year: share.model_copy(update={"ps": Decimal("0.30")})
        for year, share in parameters.shares.values.items()
    }
    changed = replace(FUNDING, parameters=replace(parameters, shares=ByStartYear("shares", shares)))
    record = granted(await campaign())
    earlier = written_by(record, "0.3.0")

    assert Replay.of(changed).differences(earlier)
    assert by_another_release(earlier, Replay.of(changed).differences(earlier))
    assert not by_another_release(record, Replay.of(changed).differences(record))


async def test_a_tampered_body_is_no_matter_of_releases() -> None:
    earlier = written_by(granted(await campaign()), "0.3.0")
    assert earlier.body is not None
    spaced = replace(earlier, body=earlier.body + b" ")

    assert not by_another_release(spaced, Replay.of(FUNDING).differences(spaced))


async def test_a_tampered_receipt_is_no_matter_of_releases() -> None:
    earlier = written_by(granted(await campaign()), "0.3.0")
    assert earlier.receipt is not None
    tampered = replace(earlier, receipt=replace(earlier.receipt, hash="0" * 64))
    unreadable = Receipt(b"{}", sha256(b"{}"))

    assert {part for part, _ in differing_parts(FUNDING, tampered)} == {"receipt"}
    assert not by_another_release(tampered, Replay.of(FUNDING).differences(tampered))
    assert not by_another_release(replace(earlier, receipt=unreadable), ())


async def test_a_receipt_of_0_3_0_is_compared_without_what_it_did_not_record() -> None:
    (record,) = [
        record
        for record in records(await campaign(), "eligibility")
        if record.routing_key == "DossierReceived.v1.761"
    ][:1]
    assert record.receipt is not None
    document = orjson.loads(record.receipt.content)
    for step in document["steps"]:
        del step["observed"], step["expected"]
    content = orjson.dumps(document)
    shorter = replace(record, receipt=Receipt(content, sha256(content)))

    assert {part for part, _ in differing_parts(ELIGIBILITY, shorter)} == {"step"}
    assert differing_parts(ELIGIBILITY, written_by(shorter, "0.3.0")) == set()
    assert {part for part, _ in differing_parts(ELIGIBILITY, written_by(shorter, "0.3.1"))} == {
        "step"
    }


@pytest.mark.parametrize("part", ["steps", "read"])
async def test_nothing_else_may_be_missing_from_an_older_receipt(part: str) -> None:
    record = granted(await campaign())
    assert record.receipt is not None
    document = orjson.loads(record.receipt.content)
    document[part] = []
    content = orjson.dumps(document)
    emptied = replace(record, receipt=Receipt(content, sha256(content)))

    names = {"steps": "step", "read": "parameter"}
    parts = differing_parts(FUNDING, written_by(emptied, "0.3.0"))
    assert {what for what, _ in parts} == {names[part]}
