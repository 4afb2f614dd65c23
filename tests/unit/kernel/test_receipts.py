"""The content of receipts, and that they are stored as built."""

import hashlib
from typing import Any

import orjson

from shared.kernel.memory.documents import DOCUMENT_BYTES_MAX
from shared.kernel.memory.store import MemoryStore
from shared.kernel.memory.system import running
from shared.kernel.messages import MessageRecord, Receipt
from shared.kernel.settings import Settings
from tests.support import samples
from tests.support.campaign import Campaign, play, send_all
from tests.support.client import MemoryClient, event
from tests.support.services import ALL
from tests.unit.kernel.bench import PAGING, Bench

GRANTED = "AgrementGranted.v1.761"


def receipt_of(record: MessageRecord) -> tuple[Receipt, dict[str, Any]]:
    """Return the receipt and its document."""
    assert record.receipt is not None
    return record.receipt, orjson.loads(record.receipt.content)


def only(store: MemoryStore, routing_key: str) -> MessageRecord:
    (record,) = (each for each in store.records.values() if each.routing_key == routing_key)
    return record


async def test_a_receipt_holds_inputs_values_states_and_outputs_and_their_hash() -> None:
    async with running(ALL, Settings()) as system:
        await play(MemoryClient(system), Campaign(dossiers=1, closed=False), system.wait_until_idle)
    record = only(system.stores["funding"], GRANTED)
    receipt, content = receipt_of(record)

    assert receipt.hash == hashlib.sha256(receipt.content).hexdigest()
    assert content["message"] == record.sha256
    assert content["service"] == "funding"
    assert len(content["rules"]["parameters"]) == 64
    dossier = "D-761-00000"
    inputs = {(each["collection"], each["id"]): each for each in content["inputs"]}
    assert inputs["grants", f"{dossier}|2025-2026"] == {
        "collection": "grants",
        "id": f"{dossier}|2025-2026",
        "version": 0,
        "content": None,
    }
    assert inputs["baremes", "2025"]["content"] is None
    (bareme,) = (each for each in content["read"] if each["name"] == "baremes")
    assert (bareme["asked"], bareme["dated"]) == (2025, 2025)
    assert bareme["value"]["plafond"] == "8487.00"
    assert "Seine-Maritime 2025-2026" in bareme["value"]["source"]
    (shares,) = (each for each in content["read"] if each["name"] == "shares")
    assert (shares["asked"], shares["dated"], shares["value"]["ps"]) == (2025, 2021, "0.325")
    after = {(each["collection"], each["id"]): each["version"] for each in content["after"]}
    assert after["grants", f"{dossier}|2025-2026"] == 1
    outputs = [{"id": e.id, "sha256": hashlib.sha256(e.body).hexdigest()} for e in record.outputs]
    assert content["outputs"] == outputs != []


async def test_a_receipt_holds_what_its_own_decision_read_not_the_one_before() -> None:
    async with running(ALL, Settings()) as system:
        await play(MemoryClient(system), Campaign(dossiers=1, closed=False), system.wait_until_idle)
    store = system.stores["funding"]
    _, priced = receipt_of(only(store, GRANTED))
    _, signed = receipt_of(only(store, "ConventionSigned.v1.761"))

    assert {each["name"] for each in priced["read"]} >= {"baremes", "shares", "ceilings"}
    assert signed["read"] == []


async def test_a_receipt_holds_a_state_as_it_was_before_its_decision() -> None:
    async with Bench().working() as bench:
        bench.send("D-1", "D-2")
    _, second = receipt_of(list(bench.store.store.records.values())[1])

    (tally,) = second["inputs"]
    assert (tally["version"], tally["content"]["who"]) == (1, ["D-1"])
    assert second["after"][0]["version"] == 2


async def test_a_decision_is_given_what_its_reads_named_and_nothing_else() -> None:
    async with Bench().working() as bench:
        bench.send("D-1", caf="761")
        bench.send("D-2", caf="771")
    documents = [receipt_of(record)[1] for record in bench.store.store.records.values()]

    assert [[each["id"] for each in receipt["inputs"]] for receipt in documents] == [
        ["761"],
        ["771"],
    ]


async def test_a_page_is_kept_with_its_order_and_its_states() -> None:
    async with Bench(service=PAGING).working() as bench:
        bench.send("D-1")
        await bench.wait_until_idle()
        bench.send("D-2")
    _, second = receipt_of(list(bench.store.store.records.values())[1])

    (page,) = second["pages"]
    assert (page["collection"], page["limit"], page["ids"]) == ("tallies", 10, ["761"])
    assert [each["id"] for each in second["inputs"]] == ["761"]


async def test_what_was_refused_has_no_receipt() -> None:
    async with Bench().working() as bench:
        bench.send("D-poison")
        bench.publish(b"not json")

    assert [each.receipt for each in bench.store.store.records.values()] == [None, None]


async def test_a_record_and_its_events_bear_one_instant_of_whole_milliseconds() -> None:
    async with Bench().working() as bench:
        bench.send("D-1")
    (record,) = bench.store.store.records.values()

    assert record.handled_at.microsecond % 1000 == 0
    time = orjson.loads(record.outputs[0].body)["time"]
    assert time == record.handled_at.isoformat().replace("+00:00", "Z")


async def test_the_largest_page_fits_a_document_many_times_over() -> None:
    """The largest dossier, and as many grants as a page of a closing takes."""
    many = [samples.collectif(collectif_id=f"C{n:03}") for n in range(200)]
    bonuses = [
        {"kind": k, "collectifs": [c["collectif_id"] for c in many], "description": "Projet"}
        for k in ("enfants", "parents")
    ]
    largest = samples.dossier(collectifs=many, bonus_requests=bonuses)
    async with running(ALL, Settings()) as system:
        client = MemoryClient(system)
        campaign = Campaign(dossiers=260)
        await play(client, campaign, system.wait_until_idle)
        await send_all(client, [event("DossierSubmitted", largest.model_dump(mode="json"))])
        await system.wait_until_idle()
    sizes = [
        len(record.receipt.content) + record.size + sum(len(o.body) for o in record.outputs)
        for store in system.stores.values()
        for record in store.records.values()
        if record.receipt
    ]

    assert 250_000 < max(sizes) < DOCUMENT_BYTES_MAX / 8
