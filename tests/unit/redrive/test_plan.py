"""The plan of a redrive: which deliveries are missing, in which order and waves they are sent."""

import hashlib
import json

import pytest

from services.cli.redrive.deliveries import (
    Delivery,
    Logged,
    Selection,
    Stored,
    deliveries_of_output,
    merged,
)
from services.cli.redrive.plan import first_of_scopes, missing_rows
from shared.kernel.messages import DEVELOPMENT, InboxKey
from tests.unit.redrive.deliveries import (
    CAUSE,
    EVERYTHING,
    NINE,
    bareme,
    body,
    forgotten,
    logged,
    order,
    output,
)


def places(deliveries: list[Delivery]) -> list[int]:
    """Return offsets."""
    return [delivery.place[0] for delivery in deliveries]


def test_an_output_is_due_to_each_consumer_under_its_key_or_the_hash_of_its_bytes() -> None:
    deliveries = list(deliveries_of_output("eligibility", output("a-1"), EVERYTHING))

    assert [delivery.consumer for delivery in deliveries] == ["funding", "submission"]
    first = deliveries[0]
    assert first.keys == (
        InboxKey(DEVELOPMENT, "/clas/eligibility", "a-1"),
        InboxKey(DEVELOPMENT, "", "sha256:hash of a-1"),
    )
    assert (first.caf, first.dossier_id, first.produced_at) == ("761", "D-1", NINE)
    assert first.origin == Stored("eligibility", CAUSE, "a-1")


def test_an_output_that_nobody_consumes_is_due_to_nobody() -> None:
    adjourned = output("a-1")._replace(routing_key="CommitteeAdjourned.v1.761")

    assert list(deliveries_of_output("eligibility", adjourned, EVERYTHING)) == []


def test_an_event_from_outside_has_its_bytes_in_the_stream() -> None:
    content = body("/elan/test", "o-1")

    (delivery,) = logged(7, "AdvanceOrdered.v1.761", content)

    assert (delivery.consumer, delivery.origin, delivery.place) == ("funding", Logged(7), (7, 0))
    assert delivery.produced_at == NINE
    assert delivery.keys[0] == InboxKey(DEVELOPMENT, "/elan/test", "o-1")


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"id": 1}', b'{"source": "/s"}', b"\xff"])
def test_a_message_that_is_no_event_is_known_by_the_hash_of_its_bytes(content: bytes) -> None:
    (delivery,) = logged(1, "AdvanceOrdered.v1.761", content)

    digest = hashlib.sha256(content).hexdigest()
    assert delivery.keys == (InboxKey(DEVELOPMENT, "", f"sha256:{digest}"),)
    assert (delivery.dossier_id, delivery.produced_at) == (None, None)


@pytest.mark.parametrize(
    "time", ["yesterday", 7, "2026-03-01T09:00:00", "0001-01-01T00:00:00+01:00"]
)
def test_a_time_that_is_no_instant_is_none(time: object) -> None:
    content = json.dumps({"source": "/s", "id": "1", "time": time}).encode()

    (delivery,) = logged(1, "AdvanceOrdered.v1.761", content)

    assert delivery.produced_at is None


@pytest.mark.parametrize(
    "key", ["Unknown.v1.761", "AdvanceOrdered.v2.761", "AdvanceOrdered.v1", "AdvanceOrdered.v1.7.6"]
)
def test_a_key_that_no_queue_is_bound_to_is_due_to_nobody(key: str) -> None:
    assert logged(1, key, body("/elan/test", "o-1")) == []


def test_a_selection_is_one_consumer_and_one_caf() -> None:
    of_funding = Selection(service="funding")

    (delivery,) = deliveries_of_output("eligibility", output("a-1"), of_funding)
    assert delivery.consumer == "funding"
    assert list(deliveries_of_output("eligibility", output("a-1"), Selection(caf="762"))) == []
    assert logged(1, "AdvanceOrdered.v1.761", body("/e", "1"), Selection(caf="762")) == []
    assert logged(1, "AdvanceOrdered.v1.761", body("/e", "1"), Selection("accounting")) == []


def test_the_stream_gives_the_order_and_the_outbox_the_bytes() -> None:
    stored = [
        *deliveries_of_output("eligibility", output("expired"), Selection("funding")),
        *deliveries_of_output("eligibility", output("a-1"), Selection("funding")),
    ]
    again = logged(
        8, "AgrementGranted.v1.761", body("/clas/eligibility", "a-1"), Selection("funding")
    )
    later = logged(
        9, "AgrementGranted.v1.761", body("/clas/eligibility", "a-1"), Selection("funding")
    )

    missing = merged(stored, [*again, order(3, "D-1"), *later])

    assert [delivery.keys[0].id for delivery in missing] == ["expired", "order-3", "a-1"]
    assert [delivery.place for delivery in missing[1:]] == [(3, 0), (8, 0)]
    assert missing[2].origin == Stored("eligibility", CAUSE, "a-1")


def test_what_the_stream_has_lost_comes_after_what_its_producer_published_before() -> None:
    of_funding = Selection("funding")
    outputs = [output(f"a-{rank}")._replace(position=rank) for rank in (1, 2, 3)]
    stored = [
        delivery
        for each in outputs
        for delivery in deliveries_of_output("eligibility", each, of_funding)
    ]
    key = "AgrementGranted.v1.761"
    first = logged(8, key, body("/clas/eligibility", "a-1"), of_funding)
    third = logged(12, key, body("/clas/eligibility", "a-3"), of_funding)

    missing = merged(stored, [*first, order(10, "D-1"), *third])

    assert [each.keys[0].id for each in missing] == ["a-1", "a-2", "order-10", "a-3"]


def test_an_event_of_a_service_that_no_outbox_has_is_not_sent() -> None:
    (missing,) = merged([], [forgotten(8)])

    assert missing.origin is None
    assert missing_rows([missing])[0].bytes_from == "nowhere"


def test_dossiers_do_not_wait_for_each_other_and_one_keeps_its_order() -> None:
    missing = [order(1, "D-1"), order(2, "D-2"), order(3, "D-1"), order(4, "D-2")]

    assert places(first_of_scopes(missing)) == [1, 2]
    assert places(first_of_scopes(missing[2:])) == [3, 4]
    assert first_of_scopes([]) == []


def test_what_is_about_no_dossier_waits_for_its_caf_and_holds_it_up() -> None:
    missing = [
        order(1, "D-1"),
        order(2, None),
        order(3, "D-2"),
        order(4, "E-1", caf="762"),
        order(5, None, caf="763"),
    ]

    assert places(first_of_scopes(missing)) == [1, 4, 5]
    assert places(first_of_scopes(missing[1:])) == [2, 4, 5]


def test_what_is_about_no_caf_waits_for_everything_and_holds_everything_up() -> None:
    missing = [order(1, "D-1"), bareme(2), order(3, "E-1", caf="762"), bareme(4)]

    assert places(first_of_scopes(missing)) == [1]
    assert places(first_of_scopes(missing[1:])) == [2]
    assert places(first_of_scopes(missing[2:])) == [3]


def test_one_event_goes_to_all_its_consumers_at_once() -> None:
    both = list(deliveries_of_output("eligibility", output("a-1"), EVERYTHING))

    assert first_of_scopes(both) == both


def test_rows_count_by_consumer_event_and_place_of_the_bytes() -> None:
    agrement = deliveries_of_output("eligibility", output("a-1"), EVERYTHING)

    rows = missing_rows([order(2, "D-1"), order(3, "D-2"), *agrement])

    assert [(row.consumer, row.event, row.bytes_from, row.count) for row in rows] == [
        ("submission", "AgrementGranted", "outbox", 1),
        ("funding", "AdvanceOrdered", "log", 2),
        ("funding", "AgrementGranted", "outbox", 1),
    ]
    assert {row.oldest for row in rows} == {NINE}
