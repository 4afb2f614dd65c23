"""What one unit of work promises."""

import json
import uuid

from shared.kernel.messages import DEVELOPMENT, InboxKey
from tests.unit.kernel.bench import PAGING, Bench, convention


async def test_messages_are_decided_in_order_each_after_the_one_before() -> None:
    async with Bench().working() as bench:
        bench.send(*(f"D-{n}" for n in range(50)))

    assert bench.counted() == [f"D-{n}" for n in range(50)]
    assert len(bench.store.sizes) <= 3  # They were committed together.


async def test_the_states_of_a_batch_are_loaded_with_one_query_per_collection() -> None:
    bench = Bench()
    bench.send("D-1", caf="761")
    bench.send("D-2", caf="771")
    async with bench.working():
        pass

    assert bench.store.finds == [["761", "771"]]


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


async def test_an_id_used_twice_within_one_batch_is_refused_too() -> None:
    async with Bench().working() as bench:
        bench.send("D-1", event_id="once")
        bench.send("D-2", event_id="once")
        bench.send("D-2", event_id="once")

    assert len(bench.counted()) == 1
    assert [reason for reason, _ in bench.dead_letters()] == ["id_reuse"]


async def test_a_decision_that_raises_is_taken_out_alone() -> None:
    async with Bench().working() as bench:
        bench.send("D-1", "D-poison", "D-2")

    assert bench.counted() == ["D-1", "D-2"]
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
    async with Bench().working() as bench:
        bench.send("D-1", "D-2", "D-big", "D-3", "D-4")

    assert sorted(bench.counted()) == ["D-1", "D-2", "D-3", "D-4"]
    assert [reason for reason, _ in bench.dead_letters()] == ["poison"]


async def test_a_message_that_reads_a_page_is_a_unit_of_its_own() -> None:
    async with Bench(service=PAGING).working() as bench:
        bench.send("D-1", "D-2", "D-3")

    assert bench.counted() == ["D-1", "D-2", "D-3"]
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
