"""What one unit of work promises."""

import json
import uuid
from typing import Any

import pytest

from shared.kernel.inbound import attempt_key
from shared.kernel.memory.store import MemoryTransaction
from shared.kernel.messages import DEVELOPMENT, InboxKey, OutgoingMessage
from tests.support.client import key_of
from tests.unit.kernel.bench import PAGING, QUEUE, Bench, convention


async def test_messages_are_decided_in_order_each_after_the_one_before() -> None:
    async with Bench().widened() as bench:
        bench.send(*(f"D-{n}" for n in range(1, 50)))

    assert bench.counted() == [f"D-{n}" for n in range(50)]
    assert len(bench.store.sizes) <= 3  # They were committed together.


async def test_the_states_of_a_batch_are_loaded_with_one_query_per_collection() -> None:
    async with Bench().widened() as bench:
        bench.send("D-1", caf="761")
        bench.send("D-2", caf="771")

    assert bench.store.finds == [["761"], ["761", "771"]]


async def test_an_answer_names_its_cause_and_its_place() -> None:
    async with Bench().working() as bench:
        trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        first, second = bench.send("D-1", "D-2", traceparent=trace)

    one, two = bench.published()
    assert (one["causationid"], one["correlationid"]) == (first["id"], first["id"])
    assert (two["causationid"], two["subject"]) == (second["id"], "D-2")
    assert [one["sequence"], two["sequence"]] == ["0000000001", "0000000002"]
    assert (one["traceparent"], one["type"]) == (trace, "fr.caf.clas.ConventionRegistered.v1")
    assert uuid.UUID(one["id"]).version == 5


async def test_a_correlation_is_handed_on_and_a_bad_trace_is_not() -> None:
    async with Bench().working() as bench:
        bench.send("D-1", correlationid="campaign-1", traceparent="nonsense")

    (event,) = bench.published()
    assert event["correlationid"] == "campaign-1"
    assert "traceparent" not in event


async def test_the_same_request_always_gets_the_same_answer_id() -> None:
    ids = []
    for _ in range(2):
        async with Bench().working() as bench:
            bench.send("D-1", event_id="request-1")
        ids.append(bench.published()[0]["id"])

    assert ids[0] == ids[1]


async def test_a_message_that_comes_again_changes_nothing() -> None:
    async with Bench().working() as bench:
        (sent,) = bench.send("D-1")
        for _ in range(3):
            bench.publish(json.dumps(sent).encode(), name=sent["id"])
        await bench.wait_until_idle()
        bench.publish(json.dumps(sent).encode(), name=sent["id"])

    assert bench.counted() == ["D-1"]
    assert len(bench.published()) == 1
    assert bench.dead_letters() == []


async def test_an_id_used_for_another_body_is_refused_and_the_first_stays() -> None:
    async with Bench().working() as bench:
        bench.send("D-1", event_id="once")
        await bench.wait_until_idle()
        bench.send("D-2", event_id="once")

    assert bench.counted() == ["D-1"]
    assert [reason for reason, _ in bench.dead_letters()] == ["id_reuse"]
    (refused,) = bench.published("MessageRefused")
    assert refused["data"]["event_id"] == "once"
    assert refused["data"]["errors"][0]["path"] == "id"


async def test_a_refused_body_that_comes_again_is_refused_once() -> None:
    async with Bench().working() as bench:
        bench.send("D-1", event_id="once")
        await bench.wait_until_idle()
        (other,) = bench.send("D-2", event_id="once")
        await bench.wait_until_idle()
        bench.publish(json.dumps(other).encode(), name="once")
        bench.send("D-3")

    assert bench.counted() == ["D-1", "D-3"]
    assert len(bench.dead_letters()) == 1


async def test_an_id_used_twice_within_one_batch_is_refused_too() -> None:
    async with Bench().widened() as bench:
        bench.send("D-1", event_id="once")
        bench.send("D-2", event_id="once")
        bench.send("D-2", event_id="once")

    assert bench.store.sizes == [2]
    assert bench.counted() == ["D-0", "D-1"]
    assert [reason for reason, _ in bench.dead_letters()] == ["id_reuse"]


async def test_two_bodies_that_are_refused_under_one_id_are_answered_under_two() -> None:
    """Otherwise a partner who drops doubles by id misses the second refusal."""
    async with Bench().working() as bench:
        for dossier in ("D-1", "D-2", "D-3"):
            bench.send(dossier, event_id="once")
            await bench.wait_until_idle()

    first, second = bench.published("MessageRefused")
    assert first["id"] != second["id"]
    assert {first["data"]["event_id"], second["data"]["event_id"]} == {"once"}


async def test_poison_whose_id_was_used_for_another_body_does_not_end_the_service() -> None:
    bench = Bench()
    async with bench.working():
        bench.send("D-1", event_id="once")
        await bench.wait_until_idle()
        bench.send("D-2", event_id="once")
        (waiting,) = bench.broker.queues[QUEUE].ready
        bench.store.store._attempts[attempt_key(waiting.delivery)] = 5
        waiting.redeliveries = 3
        await bench.wait_until_idle()
        bench.send("D-3")

    assert bench.counted() == ["D-1", "D-3"]
    assert [reason for reason, _ in bench.dead_letters()] == ["poison"]


@pytest.mark.parametrize("together", [True, False])
async def test_what_a_service_decided_again_is_a_duplicate_whatever_its_time(
    together: bool,
) -> None:
    """A service whose store was restored publishes what it published before, at another time."""
    async with Bench().widened() as bench:
        bench.send("D-1", event_id="once", source="/clas/funding", time="2026-01-05T10:00:00Z")
        if not together:
            await bench.wait_until_idle()
        bench.send("D-1", event_id="once", source="/clas/funding", time="2026-01-06T10:00:00Z")
        bench.send("D-2", event_id="once", source="/clas/funding", time="2026-01-05T10:00:00Z")

    assert bench.counted() == ["D-0", "D-1"]
    assert [reason for reason, _ in bench.dead_letters()] == ["id_reuse"]


async def test_a_partner_that_says_the_same_again_at_another_time_reuses_an_id() -> None:
    async with Bench().working() as bench:
        bench.send("D-1", event_id="once", time="2026-01-05T10:00:00Z")
        await bench.wait_until_idle()
        bench.send("D-1", event_id="once", time="2026-01-06T10:00:00Z")

    assert [reason for reason, _ in bench.dead_letters()] == ["id_reuse"]


async def test_only_what_was_redriven_is_a_replay() -> None:
    """On any other delivery the producer wrote that header: it must not be decided twice."""
    async with Bench().working() as bench:
        (sent,) = bench.send("D-1")
        body, headers = json.dumps(sent).encode(), {"clas-replay": 1}
        bench.broker.publish(OutgoingMessage(sent["id"], key_of(sent), body, headers))

    assert bench.counted() == ["D-1"]


async def test_a_state_that_cannot_be_read_refuses_the_messages_that_need_it_alone() -> None:
    """A release that was rolled back does not know a field of the one that wrote the state."""
    async with Bench().widened() as bench:
        (cell,) = [cell for cell in bench.store.store._cells if cell[0] == "tallies"]
        cells = bench.store.store._cells
        committed, version, content = cells[cell].history[-1]
        newer = (content or b"")[:-1] + b',"of_a_later_release":1}'
        cells[cell].history[-1] = (committed, version, newer)
        bench.send("D-1", caf="761")
        bench.send("D-2", caf="771")

    assert bench.counted()[-1:] == ["D-2"]
    assert [reason for reason, _ in bench.dead_letters()] == ["poison"]
    (refused,) = bench.published("MessageRefused")
    assert "of_a_later_release" in refused["data"]["errors"][0]["message"]


async def test_a_first_read_that_fails_refuses_the_messages_that_need_it_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The store cannot make a state of a document that has another form."""
    find = MemoryTransaction.find

    async def find_readable(self: Any, model: Any, keys: list[str]) -> Any:
        if "761" in keys:
            raise ValueError("tallies 761: form 9, not 2")
        return await find(self, model, keys)

    async with Bench().widened() as bench:
        monkeypatch.setattr(MemoryTransaction, "find", find_readable)
        bench.send("D-1", caf="761")
        bench.send("D-2", caf="771")

    assert bench.counted()[-1:] == ["D-2"]
    ((reason, _),) = bench.dead_letters()
    assert reason == "poison"


async def test_a_decision_that_raises_is_taken_out_alone() -> None:
    async with Bench().widened() as bench:
        bench.send("D-1", "D-poison", "D-2")

    assert bench.counted() == ["D-0", "D-1", "D-2"]
    ((reason, body),) = bench.dead_letters()
    assert reason == "poison"
    assert json.loads(body)["data"]["dossier_id"] == "D-poison"
    (refused,) = bench.published("MessageRefused")
    assert refused["data"]["errors"][0]["message"] == "ZeroDivisionError: no rule foresees this"


async def test_a_poisoned_message_can_be_replayed_and_the_replay_is_one_message() -> None:
    async with Bench().working() as bench:
        (sent,) = bench.send("D-poison")
    key = InboxKey(DEVELOPMENT, "/elan/test", sent["id"])

    assert bench.store.store.records[key].outcome == "poison"
    assert bench.store.store.records[key].body == json.dumps(sent).encode()


async def test_what_the_store_refuses_for_good_is_found_among_the_others() -> None:
    async with Bench().widened() as bench:
        bench.send("D-1", "D-2", "D-big", "D-3", "D-4")

    assert sorted(bench.counted()) == ["D-0", "D-1", "D-2", "D-3", "D-4"]
    assert [reason for reason, _ in bench.dead_letters()] == ["poison"]


async def test_a_message_that_reads_a_page_is_a_unit_of_its_own() -> None:
    async with Bench(service=PAGING).widened() as bench:
        bench.send("D-1", "D-2", "D-3")

    assert bench.counted() == ["D-0", "D-1", "D-2", "D-3"]
    assert sorted(bench.store.sizes)[:2] == [1, 1]


async def test_a_record_keeps_body_outputs_and_subjects() -> None:
    async with Bench().working() as bench:
        (sent,) = bench.send("D-1")

    record = bench.store.store.records[InboxKey(DEVELOPMENT, "/elan/test", sent["id"])]
    assert record.body == json.dumps(sent).encode()
    assert (record.dossier_ids, record.caf, record.outcome) == (("D-1",), "761", "decided")
    assert [output.id for output in record.outputs] == [bench.published()[0]["id"]]


async def test_a_shapeless_message_tells_its_producer_what_is_wrong_where() -> None:
    broken = convention("D-1")
    broken["data"]["signed_on"] = "2025-02-30"
    async with Bench().working() as bench:
        bench.publish(json.dumps(broken).encode(), name=broken["id"])

    (refused,) = bench.published("MessageRefused")
    data = refused["data"]
    assert (data["caf"], data["dossier_id"], data["queue"]) == ("761", "D-1", "clas.funding")
    assert data["errors"][0]["path"] == "data.signed_on"
    (dead_letter,) = bench.broker.dead_letters("funding")
    assert dead_letter.headers["clas-errors-total"] == 1
    assert json.loads(dead_letter.headers["clas-errors"]) == data["errors"]
    assert dead_letter.headers["clas-routing-key"] == "ConventionSigned.v1.761"


async def test_a_nameless_message_is_refused_under_the_caf_of_its_key() -> None:
    async with Bench().working() as bench:
        bench.publish(b"{", name="x")
        bench.publish(b"", name="y")

    refused = bench.published("MessageRefused")
    assert [each["data"]["caf"] for each in refused] == ["761", "761"]
    assert [each["data"]["event_id"] for each in refused] == [None, None]
    assert refused[0]["id"] != refused[1]["id"]


async def test_many_errors_are_cut_to_what_a_header_can_carry() -> None:
    broken = convention("D-1")
    broken["data"] = {"caf": "761"}
    many = {"type": "fr.caf.clas.CommitteeDecided.v1", "id": "m", "data": {"collectifs": []}}
    many["data"] = {"members_present": [1] * 900, "caf": "761"}
    async with Bench().working() as bench:
        bench.publish(json.dumps(many).encode(), key="ConventionSigned.v1.761")

    (dead_letter,) = bench.broker.dead_letters("funding")
    assert len(dead_letter.headers["clas-errors"]) <= 32 * 1024
    assert dead_letter.headers["clas-errors-total"] == 500
